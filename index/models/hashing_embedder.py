"""An embedder that needs no model, for tests and experiments: feature hashing of words and their trigrams."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from index.types import Vectors

HASHING_MODEL = "hashing"
"""The model name that selects `HashingEmbedder`."""

_DIMENSION = 256
"""The length of a vector; set by judgement, so that few words of a passage share a place and tests stay fast."""

_MAX_TOKENS = 256
"""The longest input in words; the default model's limit is 256 too, in its own tokens."""

_TRIGRAM_WEIGHT = 0.25
"""The weight of a word's character trigram, where the word has 1; set by judgement, not measured."""

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """An `Embedder` by signed feature hashing of words and their character trigrams, into 256 dimensions.

    Texts that share words get similar vectors; texts that share only synonyms do not. A token is a word (a run of
    letters, digits and underscores), and words after the first `max_tokens` are ignored, as a model ignores them. The
    method: Weinberger, Dasgupta, Langford, Smola and Attenberg, "Feature hashing for large scale multitask learning",
    ICML 2009.
    """

    name = HASHING_MODEL
    dimension = _DIMENSION
    max_tokens = _MAX_TOKENS
    fingerprint = hashlib.sha256(
        f"hashing 1 {_DIMENSION} {_MAX_TOKENS} {_TRIGRAM_WEIGHT} {_WORD.pattern}".encode()
    ).hexdigest()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in words."""
        return [len(_WORD.findall(text)) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, shape (len(texts), 256), in the order given."""
        vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.casefold())[:_MAX_TOKENS]:
                for index, weight in _features(word):
                    vector[index] += weight
            if not vector.any():
                # No words, or words that cancel each other out: a cosine needs a vector that is not zero.
                vector[0] = 1.0
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (256,)."""
        row: Vectors = self.encode_passages([text])[0]
        return row


@lru_cache(maxsize=65_536)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """Return the positions in the vector of a word and of its trigrams, each with its signed weight."""
    return tuple(_place(feature, weight) for feature, weight in _parts(word))


def _parts(word: str) -> Iterator[tuple[str, float]]:
    yield f"word:{word}", 1.0
    padded = f"^{word}$"
    for i in range(len(padded) - 2):
        yield f"trigram:{padded[i : i + 3]}", _TRIGRAM_WEIGHT


def _place(feature: str, weight: float) -> tuple[int, float]:
    # Not hash(), which differs between processes. "surrogatepass", because this embedder accepts any string.
    digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big") % _DIMENSION, weight if digest[4] & 1 else -weight
