"""The adapter of question vectors: what it changes, what it leaves, and files that are none."""

from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models import question_adapter
from index.models.hashing_embedder import HashingEmbedder
from index.models.names import DEFAULT_MODEL
from index.models.question_adapter import NO_ADAPTER, adapted


def test_the_digest_in_the_code_is_that_of_the_adapter_in_the_repository() -> None:
    class Default(HashingEmbedder):
        name = DEFAULT_MODEL
        dimension = 384

    assert adapted(Default()) is not None
    assert not np.allclose(np.load(question_adapter.SHIPPED_ADAPTER), 0)


def test_questions_move_and_the_model_stays_what_an_index_was_built_with(tmp_path: Path) -> None:
    model = HashingEmbedder()
    change = np.random.default_rng(1).normal(scale=0.05, size=(model.dimension, model.dimension))
    np.save(tmp_path / "map.npy", change)
    moved = adapted(model, str(tmp_path / "map.npy"))
    question = "How many ferries sailed?"
    expected = model.encode_question(question) @ (np.eye(model.dimension) + change)
    np.testing.assert_allclose(moved.encode_question(question), expected / np.linalg.norm(expected), atol=1e-5)
    assert moved.fingerprint == model.fingerprint, "an index fits it with and without"


def test_another_model_and_none_have_no_adapter() -> None:
    model = HashingEmbedder()
    assert adapted(model) is model
    assert adapted(model, NO_ADAPTER) is model


@pytest.mark.parametrize("content", [b"", b"not numpy", b"\x93NUMPY\x01\x00", None, "shape", "object"])
def test_a_file_that_is_no_adapter_of_the_model_says_so(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "map.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "shape":
        np.save(path, np.zeros((3, 4)))
    elif content == "object":
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ModelError) as raised:
        adapted(HashingEmbedder(), str(path))
    assert f"PRESSQA_ADAPTER={NO_ADAPTER}" in raised.value.hint
    assert "map.npy" in str(raised.value) or "shape" in str(raised.value)


def test_a_shipped_adapter_that_was_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Default(HashingEmbedder):
        name = DEFAULT_MODEL

    path = tmp_path / "question_adapter.npy"
    path.write_bytes(question_adapter.SHIPPED_ADAPTER.read_bytes()[:-1] + b"!")
    monkeypatch.setattr(question_adapter, "SHIPPED_ADAPTER", path)
    with pytest.raises(ModelError, match="SHA-256"):
        adapted(Default())
