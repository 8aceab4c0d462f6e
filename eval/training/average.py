"""Averaging the weights of several models into one (Wortsman et al. 2022, "Model soups")."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from index.errors import InputError

WEIGHTS = "model.safetensors"


def averaged(models: Mapping[Path, float]) -> dict[str, torch.Tensor]:
    """Return the weighted average of models of the same shape: name of a weight -> float32 tensor.

    ``models`` maps the folder of each to its share; the shares add up to 1. The models must come from one training.
    Raises `InputError`.
    """
    total: dict[str, torch.Tensor] = {}
    for folder, share in models.items():
        try:
            weights = load_file(folder / WEIGHTS)
        except (OSError, SafetensorError) as error:
            raise InputError(f"no weights in {folder}: {error}", "name folders that the training wrote") from error
        if total and {name: value.shape for name, value in weights.items()} != {n: v.shape for n, v in total.items()}:
            raise InputError(f"{folder} has another shape than those before", "average models of one training")
        for name, value in weights.items():
            total[name] = total.get(name, torch.zeros_like(value, dtype=torch.float32)) + share * value.float()
    return total
