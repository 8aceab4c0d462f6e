"""A model that is loaded when it is first needed: an ingest that finds nothing changed never needs it."""

from collections.abc import Callable, Sequence
from functools import cached_property

from index.types import Embedder, Vectors


class DeferredEmbedder:
    """An `Embedder` that calls ``load`` once, at the first use of anything; errors of ``load`` surface there."""

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load

    @cached_property
    def _embedder(self) -> Embedder:
        return self._load()

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors."""
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
        """Return each text's length in the model's own tokens."""
        return self._embedder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimension)."""
        return self._embedder.encode_passages(texts)

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        return self._embedder.encode_question(text)
