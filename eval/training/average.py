"""One model of several: the average of their weights (Wortsman et al. 2022, "Model soups")."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from index.errors import InputError

WEIGHTS = "model.safetensors"


def average_models(models: Sequence[Path], shares: Sequence[float], out: Path) -> None:
    """Write the weighted average of models of one shape, trained one from the other, into the folder ``out``.

    ``shares`` add up to 1, one a model. Configuration and tokenizer are those of the first. Raises `InputError`.
    """
    if len(models) != len(shares) or abs(sum(shares) - 1) > 1e-6:
        raise InputError(f"{len(models)} models with the shares {list(shares)}", "give a share a model, 1 in all")
    total: dict[str, torch.Tensor] = {}
    for folder, share in zip(models, shares, strict=True):
        try:
            weights = load_file(folder / WEIGHTS)
        except (OSError, SafetensorError) as error:
            raise InputError(f"no weights in {folder}: {error}", "name folders that the training wrote") from error
        if total and {name: value.shape for name, value in weights.items()} != {n: v.shape for n, v in total.items()}:
            raise InputError(f"{folder} has another shape than {models[0]}", "average models of one training")
        for name, value in weights.items():
            total[name] = total.get(name, torch.zeros_like(value, dtype=torch.float32)) + share * value.float()
    out.mkdir(parents=True, exist_ok=True)
    for path in models[0].iterdir():
        if path.is_file() and path.name != WEIGHTS:
            shutil.copy(path, out / path.name)
    save_file({name: value.contiguous() for name, value in total.items()}, out / WEIGHTS)
