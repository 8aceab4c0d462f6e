"""A linear map of question vectors, which brings questions in other words nearer to the passages that answer them.

The vectors of passages stay what they are, so an index needs no change, and can be asked with or without it.
"""

import hashlib
import io
from pathlib import Path

import numpy as np

from index.errors import ModelError
from index.models.names import DEFAULT_MODEL
from index.protocols import Embedder, QuestionEncoder
from index.types import Vectors

SHIPPED_ADAPTER = Path(__file__).parent / "weights" / "question_adapter.npy"
"""The adapter of the default model.

``python -m eval.training.adapter --questions eval/data/people-questions.jsonl --questions
eval/data/govuk-questions.jsonl --corpus NEWS --held BLIND --out FILE`` makes one like it: the shipped one came from a
script with the same settings, and the entries of the two correlate at 0.996.
"""

SHIPPED_ADAPTER_DIGEST = "98ccbe0e6689e2d982805b84b1a5044b9ae99ef46bd1f15bc6da33719e421a9f"
"""SHA-256 of the shipped adapter."""

NO_ADAPTER = "none"
"""In the place of an adapter's path: questions keep the vectors that the model gives them."""


class AdaptedEncoder:
    """A `QuestionEncoder` whose vectors v become v + v @ M, made unit vectors again; M has shape (d, d)."""

    def __init__(self, encoder: QuestionEncoder, change: Vectors) -> None:
        """Take the model that encodes questions, and M."""
        self._encoder = encoder
        self._change = change

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors of passages, which the adapter does not change."""
        return self._encoder.fingerprint

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        vector = self._encoder.encode_question(text)
        moved = vector + vector @ self._change
        unit: Vectors = (moved / max(float(np.linalg.norm(moved)), 1e-12)).astype(np.float32)
        return unit


def adapted(embedder: Embedder, name: str | None = None) -> QuestionEncoder:
    """Return the embedder as a search uses it, its questions changed by the adapter in the file ``name``.

    Without a name the default model gets the shipped adapter, and any other model none. Raises `ModelError` if the file
    cannot be read, is not an adapter of this model, or if the shipped one is missing or changed.
    """
    if name == NO_ADAPTER or (name is None and embedder.name != DEFAULT_MODEL):
        return embedder
    path = SHIPPED_ADAPTER if name is None else Path(name)
    hint = f"install pressqa again, or name another file; to do without: PRESSQA_ADAPTER={NO_ADAPTER}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"the question adapter {path} cannot be read: {error.strerror or error}", hint) from error
    digest = hashlib.sha256(content).hexdigest()
    if name is None and digest != SHIPPED_ADAPTER_DIGEST:
        raise ModelError(f"{path} has SHA-256 {digest}, not {SHIPPED_ADAPTER_DIGEST}: it is damaged", hint)
    try:
        change = np.load(io.BytesIO(content), allow_pickle=False).astype(np.float32)
    except (ValueError, OSError, EOFError, AttributeError) as error:
        raise ModelError(f"{path} is not an array of numbers saved by numpy: {error}", hint) from error
    if change.shape != (embedder.dimension, embedder.dimension):
        raise ModelError(
            f"the question adapter {path} has the shape {change.shape}, and {embedder.name} gives vectors of"
            f" {embedder.dimension}",
            f"name one that was made for this model, or set PRESSQA_ADAPTER={NO_ADAPTER}",
        )
    return AdaptedEncoder(embedder, change)
