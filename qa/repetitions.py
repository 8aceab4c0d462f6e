"""Keeping near-identical passages from filling a list: releases repeat whole paragraphs of each other."""

import re
from collections.abc import Iterable
from functools import lru_cache

from index.text.dates import MONTHS
from index.text.number_words import SCALES, TENS
from index.text.terms import terms
from index.types import Hit

_NEAR = 0.9
"""The Jaccard similarity of their sets of terms from which two passages count as having the same words.

From 0.7 to no limit at all, the answers to the sample and to the Home Office questions are equally good: the limit is
for lists, in which releases that restate a paragraph would fill the first places.
"""

_AS_LONG = 0.6
"""The least share of the longer passage's characters that one with the same words has (set by judgement)."""

_DIGITS = re.compile(r"[0-9]+")
_FIGURES = frozenset(
    [*TENS, *SCALES, *map(str.lower, MONTHS), *"hundred bn m k half third quarter double twice".split()]
)
"""Terms without digits that belong to a figure or a date; `terms` itself turns "two" to "twenty" into digits."""


def distinct(hits: Iterable[Hit], wanted: int) -> list[Hit]:
    """Return the first ``wanted`` hits, best first, without those that repeat a better one.

    Two passages repeat each other when nine in ten of their terms are shared and every number, scale and month in
    them is the same: a paragraph restated with another figure is news, not a repetition. One that has a number in words
    which the other has in digits counts as restated.
    """
    kept: list[tuple[Hit, str, str]] = []
    for hit in hits:
        if len(kept) == wanted:
            break
        text = hit.passage.text
        digits = "".join(_DIGITS.findall(text))
        # Most passages differ in their digits or are far from equally long, and their terms need not be read.
        if not any(digits == other and _repeat(text, seen) for _, seen, other in kept):
            kept.append((hit, text, digits))
    return [hit for hit, _, _ in kept]


def _repeat(text: str, other: str) -> bool:
    if min(len(text), len(other)) < _AS_LONG * max(len(text), len(other)):
        return False
    (bag, numbers), (seen, others) = _bag(text), _bag(other)
    return numbers == others and _jaccard(bag, seen) >= _NEAR


@lru_cache(maxsize=2048)
def _bag(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the terms of a passage, and its numbers in order.

    Kept for the passages seen last, some 20 MB of them: reading them again was a quarter of the time of a search.
    """
    words = terms(text)
    return frozenset(words), tuple(word for word in words if word in _FIGURES or any(map(str.isdigit, word)))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    union = len(a | b)
    return len(a & b) / union if union else 1.0
