"""Keeping near-identical passages from filling a list: releases repeat whole paragraphs of each other."""

import re
from collections.abc import Sequence

from index.terms import terms
from index.types import Hit

_NEAR = 0.9
"""Jaccard similarity of term sets from which two passages count as the same words."""


def distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits without those that repeat a better one.

    Two passages repeat each other when nine in ten of their terms are shared and every number in them is the same:
    a paragraph restated with another figure is news, not a repetition.
    """
    kept: list[tuple[Hit, frozenset[str], tuple[str, ...]]] = []
    for hit in hits:
        words = terms(hit.passage.text)
        bag = frozenset(words)
        numbers = tuple(word for word in words if re.match(r"\d", word))
        if not any(numbers == other and _jaccard(bag, seen) >= _NEAR for _, seen, other in kept):
            kept.append((hit, bag, numbers))
    return [hit for hit, _, _ in kept]


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    union = len(a | b)
    return len(a & b) / union if union else 1.0
