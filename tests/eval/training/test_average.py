"""Averaged weights, by values that can be checked by hand."""

from pathlib import Path

import pytest

from index.errors import InputError

pytestmark = pytest.mark.model


def write_model(folder: Path, *values: float) -> Path:
    import torch  # noqa: PLC0415 - only these tests pay for it
    from safetensors.torch import save_file  # noqa: PLC0415

    folder.mkdir()
    save_file({"layer": torch.tensor(values)}, folder / "model.safetensors")
    return folder


def test_the_average_has_the_shares_of_the_weights(tmp_path: Path) -> None:
    from eval.training.average import averaged  # noqa: PLC0415 - torch

    weights = averaged({write_model(tmp_path / "a", 1.0, 4.0): 0.75, write_model(tmp_path / "b", 2.0, -1.0): 0.25})
    assert weights["layer"].tolist() == [1.25, 2.75]


def test_what_cannot_be_averaged_is_said(tmp_path: Path) -> None:
    from eval.training.average import averaged  # noqa: PLC0415 - torch

    a, b = write_model(tmp_path / "a", 1.0), write_model(tmp_path / "b", 1.0, 2.0)
    with pytest.raises(InputError, match="shape"):
        averaged({a: 0.5, b: 0.5})
    with pytest.raises(InputError, match="nowhere"):
        averaged({a: 0.5, tmp_path / "nowhere": 0.5})
    (a / "model.safetensors").write_bytes((a / "model.safetensors").read_bytes()[:20])
    with pytest.raises(InputError, match="no weights"):
        averaged({a: 1.0})
