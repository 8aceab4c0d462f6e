"""The two legs of a search, one by vectors and one by keywords, as protocols for any search engine.

A leg knows passages by their ids in the catalog, and applies a `SearchFilter` by the rule of `index.catalog.validity`
before it scores anything. A leg never changes after it was made, so any thread may search it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from index.types import SearchFilter, Vectors


@dataclass(frozen=True, slots=True)
class KeywordWeights:
    """What is added to the BM25 score of a passage's text.

    ``title`` multiplies BM25 of the release's title, ``pair`` BM25 of pairs of neighbouring question terms.
    """

    title: float
    pair: float


class VectorLeg(Protocol):
    """Finds passages by the cosine of their vector and the question's."""

    def __len__(self) -> int:
        """Return how many passages the leg holds, superseded ones too."""
        ...

    def search(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return the ``k`` best (passage id, cosine) pairs, best first, ties by id.

        ``vector`` has shape (dimension,). Fewer than ``k`` are returned only if the filter lets no more through.
        """
        ...

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine of ``vector`` to each of ``ids`` that the leg holds; no filter is applied."""
        ...


class KeywordLeg(Protocol):
    """Finds passages by the words they share with a question."""

    def __len__(self) -> int:
        """Return how many passages the leg holds, superseded ones too."""
        ...

    def search(self, question: str, k: int, where: SearchFilter, weights: KeywordWeights) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, score) pairs of passages that share a term, best first, ties by id."""
        ...

    def information(self, question: str) -> float:
        """Return what a question's terms are worth in all, in the units of BM25: the sum of their weights by rarity.

        About what a passage of average length scores that has each term once; 0 for a question without terms.
        """
        ...


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both legs, made from one generation of the catalog.

    ``is_replaced`` returns True once something else is published in its place, of a later generation or of the same;
    ``is_damaged`` once what it reads was changed from outside, after which it must not be searched.
    """

    generation: int
    vectors: VectorLeg
    keywords: KeywordLeg
    is_replaced: Callable[[], bool] = _never
    is_damaged: Callable[[], bool] = _never


class SearchFiles(Protocol):
    """Where both legs are stored. A reader loads them; only a writer publishes new ones."""

    def generation(self) -> int | None:
        """Return the generation of what is published, without opening it; None if nothing usable is published."""
        ...

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published; None if it is absent, damaged, of another catalog, or newer than the catalog.

        With ``thorough`` all of it is checked, however long that takes.
        """
        ...

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Publish both legs at the catalog's generation. The caller must hold the write lock.

        With ``afresh`` they are made from the catalog alone, without what was published. Raises `StorageError`.
        """
        ...

    def clean(self) -> None:
        """Leave nothing of what was removed, once that is published; the caller must not hold the write lock.

        Raises `StorageError` or `IndexLockedError`.
        """
        ...

    def maintain(self, stop: Callable[[], bool] = ...) -> None:
        """Arrange what is published so that searches are quick; answers stay the same.

        The caller must not hold the write lock, and others may publish meanwhile. It ends soon once ``stop`` returns
        True. Raises what `clean` raises.
        """
        ...

    def in_memory(self) -> Snapshot:
        """Make both legs from the catalog alone and write nothing; slow, and the whole index must fit into memory."""
        ...


def best(fetch: Callable[[int], list[tuple[int, float]]], k: int) -> list[tuple[int, float]]:
    """Return the ``k`` best (id, score) pairs of a leg, best first, ties by id, even if ``k`` cuts through a tie.

    ``fetch(n)`` returns the engine's own best n. Which of several equal ones an engine returns depends on where they
    are stored, so more are fetched until the last one is worse than the k-th.
    """
    limit = k + 1
    while True:
        pairs = sorted(fetch(limit), key=lambda pair: (-pair[1], pair[0]))
        if len(pairs) < limit or pairs[-1][1] < pairs[k - 1][1]:
            return pairs[:k]
        limit *= 4
