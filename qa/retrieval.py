"""Finding the passages for a question, and the figures that they state."""

from collections.abc import Sequence

from index.protocols import PassageIndex
from index.types import Found, Hit, SearchFilter
from qa.repetitions import distinct
from qa.types import Figures

SPARE = 10
"""How many more passages than wanted are fetched, to replace those that repeat better ones, and for timelines.

It was not tuned; neither were `WIDENING` and `REACH`.
"""

WIDENING = 4
"""The factor by which a search is widened if too few of its passages are of use."""

REACH = 100, 1_600
"""In how many passages figures are searched at first, and at most: the search widens while too few figures fit."""


def find(index: PassageIndex, question: str, wanted: int, where: SearchFilter) -> tuple[list[Hit], Found]:
    """Return the ``wanted`` best hits, without those that repeat a better one, and what the search found.

    There are fewer hits only if the index has no more. Raises `UnknownPublisherError`.
    """
    reach = wanted + SPARE
    while True:
        found = index.search(question, reach, where)
        hits = distinct(found.hits, wanted)
        if len(hits) >= wanted or found.exhausted:
            return hits, found
        reach *= WIDENING


def figures_of(index: PassageIndex, hits: Sequence[Hit]) -> Figures:
    """Return the figures in the passages of the hits, as they are stored in the index."""
    stated = index.figures([hit.passage for hit in hits])
    return {hit.passage.id: figures for hit, figures in zip(hits, stated, strict=True)}
