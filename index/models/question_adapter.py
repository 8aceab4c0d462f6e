"""A linear map of question vectors, which brings questions in other words nearer to the passages that answer them.

The vectors of passages stay what they are, so an index needs no change, and can be asked with or without it.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import ModelError
from index.models.names import DEFAULT_MODEL
from index.protocols import Embedder
from index.types import Vectors

SHIPPED_ADAPTER = Path(__file__).parent / "weights" / "question_adapter.npy"
"""The adapter of the default model, made by ``python -m eval.training.adapter``."""

SHIPPED_ADAPTER_DIGEST = "98ccbe0e6689e2d982805b84b1a5044b9ae99ef46bd1f15bc6da33719e421a9f"
"""SHA-256 of the shipped adapter."""

NO_ADAPTER = "none"
"""In the place of an adapter's path: questions keep the vectors that the model gives them."""


class AdaptedEmbedder:
    """An `Embedder` whose question vectors v become v + v @ M, made a unit vector again; M has shape (d, d)."""

    def __init__(self, embedder: Embedder, change: Vectors) -> None:
        """Take the embedder and M; raises `ModelError` if M does not fit the length of its vectors."""
        if change.shape != (embedder.dimension, embedder.dimension):
            raise ModelError(
                f"the question adapter has the shape {change.shape}, and {embedder.name} gives vectors of"
                f" {embedder.dimension}",
                f"name one that was made for this model, or set PRESSQA_ADAPTER={NO_ADAPTER}",
            )
        self._embedder = embedder
        self._change = change

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors of passages, which the adapter does not change."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """The longest input in the model's own tokens, special tokens and prompt left out."""
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special tokens and prompt left out."""
        return self._embedder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, shape (len(texts), dimension), in the order given."""
        return self._embedder.encode_passages(texts)

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        vector = self._embedder.encode_question(text)
        moved = vector + vector @ self._change
        unit: Vectors = (moved / max(float(np.linalg.norm(moved)), 1e-12)).astype(np.float32)
        return unit


def adapted(embedder: Embedder, name: str | None = None) -> Embedder:
    """Return the embedder with an adapter of question vectors: the one in the file ``name``, or none at all.

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
    return AdaptedEmbedder(embedder, change)
