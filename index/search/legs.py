"""The two legs of a search, whatever engine is under them, and what a moment's pair of them is.

A leg knows passages by their ids in the catalog, and applies a `SearchFilter` by the rule of `index.catalog.validity`
before it scores anything. Legs are never changed once made, so any thread may search them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from index.types import SearchFilter, Vectors


@dataclass(frozen=True, slots=True)
class KeywordWeights:
    """What is added to BM25 of a passage's text: BM25 of its title, and of pairs of question terms, each times this."""

    title: float
    pair: float


class VectorLeg(Protocol):
    """Passages by the cosine of their vectors."""

    def __len__(self) -> int:
        """Return how many passages the leg holds, superseded ones too."""
        ...

    def search(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return the ``k`` best (passage id, cosine) pairs, best first, ties by id.

        ``vector`` has shape (dimension,). Fewer than ``k`` come only where the filter lets no more through.
        """
        ...

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine to each of ``ids`` that the leg holds, filtered or not."""
        ...


class KeywordLeg(Protocol):
    """Passages by the words they share with a question."""

    def __len__(self) -> int:
        """Return how many passages the leg holds, superseded ones too."""
        ...

    def search(self, question: str, k: int, where: SearchFilter, weights: KeywordWeights) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, score) pairs of passages that share a term, best first, ties by id."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both legs as of one generation of the catalog."""

    generation: int
    vectors: VectorLeg
    keywords: KeywordLeg


class SearchFiles(Protocol):
    """Where both legs are kept between processes. A reader loads them; only a writer publishes."""

    def generation(self) -> int | None:
        """Return the generation of what is published, without opening it; None where there is nothing of use."""
        ...

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published; None if it is absent, damaged, of another catalog, or newer than the catalog.

        ``thorough`` checks all of it, however long that takes.
        """
        ...

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Bring what is published up to the catalog's generation; only for the holder of the write lock.

        With ``afresh`` nothing that was published is used. Raises `StorageError`.
        """
        ...

    def in_memory(self) -> Snapshot:
        """Make both legs from the catalog alone, and write nothing: slow, and as large in memory as the index is."""
        ...


def best(fetch: Callable[[int], list[tuple[int, float]]], k: int) -> list[tuple[int, float]]:
    """Return the ``k`` best (id, score) pairs of a leg, best first, ties by id, also where ``k`` cuts through a tie.

    ``fetch(n)`` gives the leg's own best n. Which of several equals an engine keeps depends on where they happen to be
    stored, so more are fetched until the last one is worse than what is kept.
    """
    limit = k + 1
    while True:
        pairs = sorted(fetch(limit), key=lambda pair: (-pair[1], pair[0]))
        if len(pairs) < limit or pairs[-1][1] < pairs[k - 1][1]:
            return pairs[:k]
        limit *= 4
