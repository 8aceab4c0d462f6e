"""Finding the passages for a question, and the figures that they state."""

from collections.abc import Sequence
from dataclasses import replace

from index.protocols import PassageIndex
from index.types import Found, Hit, SearchFilter
from qa.abbreviations import in_other_length
from qa.repetitions import distinct
from qa.types import Figures

SPARE = 10
"""How many more passages than wanted are fetched, to replace those that repeat better ones, and for timelines.

It was not tuned; neither were `WIDENING` and `REACH`.
"""

_COMPARED = 30
"""Among how many of the best passages those of a release that fits well move up; so many are fetched at least.

The number is fixed, so that more passages wanted only adds some at the end.
"""

_OF_RELEASE = 0.4
"""What the score of a release's best passage counts in that of its others, beside 1 for their own.

Of 0.2 to 2, on the development sets (eval/results/README.md); neighbours differ by less than a question in a hundred.
"""

_OTHER_LENGTH = 0.85
"""What a passage counts that was found by a question with names in place of their abbreviations, or the reverse.

As for everyday words: of 0.85 to 1 it found most on the development sets.
"""

WIDENING = 4
"""The factor by which a search is widened if too few of its passages are of use."""

REACH = 100, 1_600
"""In how many passages figures are searched at first, and at most: the search widens while too few figures fit."""


def find(index: PassageIndex, question: str, wanted: int, where: SearchFilter) -> tuple[list[Hit], Found]:
    """Return the ``wanted`` best hits, without those that repeat a better one, and what the search found.

    The score of a hit counts that of the best passage of its release, too; `Found` has them as the index gave them,
    by the question's own words or with the abbreviations in it spelt out. There are fewer hits only if the index has no
    more. Raises `UnknownPublisherError`.
    """
    reach = max(wanted + SPARE, _COMPARED)
    while True:
        found = index.search(question, reach, where)
        other = in_other_length(question, [hit.passage.release for hit in found.hits[:_COMPARED]])
        if other is not None:
            found = _either(found, index.search(other, reach, where), reach)
        ranked = [*_with_releases(found.hits[:_COMPARED]), *found.hits[_COMPARED:]]
        hits = distinct(ranked, wanted)
        if len(hits) >= wanted or found.exhausted:
            return hits, found
        reach *= WIDENING


def _either(own: Found, other: Found, wanted: int) -> Found:
    """Return what either of two searches found, each passage with its better score; the second counts a little less."""
    hits = {hit.passage.id: hit for hit in own.hits}
    for hit in other.hits:
        score = _OTHER_LENGTH * hit.score
        known = hits.get(hit.passage.id)
        if known is None or score > known.score:
            hits[hit.passage.id] = replace(hit, score=score)
    best = sorted(hits.values(), key=lambda hit: (-hit.score, hit.passage.id))[:wanted]
    laps = {name: own.timings_ms.get(name, 0.0) + lap for name, lap in other.timings_ms.items()}
    return replace(
        own, hits=tuple(best), timings_ms={**own.timings_ms, **laps}, exhausted=own.exhausted and other.exhausted
    )


def _with_releases(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits in the order of scores in which the best passage of their release counts too, ties by passage id.

    A question names its subject, which a release says once, in a passage that need not be the one that answers.
    """
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.passage.release.id] = max(best.get(hit.passage.release.id, 0.0), hit.score)
    of_both: list[Hit] = []
    for hit in hits:
        score = (hit.score + _OF_RELEASE * best[hit.passage.release.id]) / (1 + _OF_RELEASE)
        of_both.append(Hit(hit.passage, score, hit.dense, hit.lexical))
    return sorted(of_both, key=lambda hit: (-hit.score, hit.passage.id))


def figures_of(index: PassageIndex, hits: Sequence[Hit]) -> Figures:
    """Return the figures in the passages of the hits, as they are stored in the index."""
    stated = index.figures([hit.passage for hit in hits])
    return {hit.passage.id: figures for hit, figures in zip(hits, stated, strict=True)}
