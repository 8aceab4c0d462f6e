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
    (folder / "config.json").write_text(folder.name, "utf-8")
    return folder


def test_the_average_has_the_shares_of_the_weights_and_the_first_models_configuration(tmp_path: Path) -> None:
    from safetensors.torch import load_file  # noqa: PLC0415

    from eval.training.average import average_models  # noqa: PLC0415 - torch

    models = [write_model(tmp_path / "a", 1.0, 4.0), write_model(tmp_path / "b", 2.0, -1.0)]
    average_models(models, [0.75, 0.25], tmp_path / "out")
    assert load_file(tmp_path / "out" / "model.safetensors")["layer"].tolist() == [1.25, 2.75]
    assert (tmp_path / "out" / "config.json").read_text("utf-8") == "a"


def test_what_cannot_be_averaged_is_said(tmp_path: Path) -> None:
    from eval.training.average import average_models  # noqa: PLC0415 - torch

    a, b = write_model(tmp_path / "a", 1.0), write_model(tmp_path / "b", 1.0, 2.0)
    with pytest.raises(InputError, match="shares"):
        average_models([a, a], [0.5, 0.4], tmp_path / "out")
    with pytest.raises(InputError, match="shape"):
        average_models([a, b], [0.5, 0.5], tmp_path / "out")
    with pytest.raises(InputError, match="nowhere"):
        average_models([a, tmp_path / "nowhere"], [0.5, 0.5], tmp_path / "out")
    (a / "model.safetensors").write_bytes((a / "model.safetensors").read_bytes()[:20])
    with pytest.raises(InputError, match="no weights"):
        average_models([a], [1.0], tmp_path / "out")
    assert not (tmp_path / "out").exists()
