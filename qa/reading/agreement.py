"""Which candidates give the same answer."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from index.figures.quantities import Quantity, parse_quantity, same_value
from qa.reading.reader import ScoreLimits
from qa.types import Candidate

_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_QUOTES = re.compile(r"[“”‘\"\[\]]")
# Marks without meaning at either end; currency signs, percent signs and a leading minus have one.
_EDGES = re.compile(r"^[\s'.,;:!?()…–—•]+|[\s'.,;:!?()…–—•-]+$")


def alike(a: Candidate, b: Candidate) -> bool:
    """Return True if two candidates say the same: the same words, or the same figure ("£3 billion", "£3bn")."""
    return answers_alike(answer_text(a), answer_text(b))


def answers_alike(a: str, b: str) -> bool:
    """Return True if two answers say the same; articles, quotation marks, case and Unicode forms are ignored."""
    if _plain(a) == _plain(b):
        return True
    if not (any(mark.isdigit() for mark in a) and any(mark.isdigit() for mark in b)):
        return False
    one, other = _quantity(a), _quantity(b)
    return one is not None and other is not None and one.unit == other.unit and same_value(one, other)


@lru_cache(maxsize=1024)
def _quantity(answer: str) -> Quantity | None:
    return parse_quantity(answer)


def answer_text(candidate: Candidate) -> str:
    """Return the words of a candidate."""
    return candidate.span.of(candidate.hit.passage.release.body)


def witnesses(candidates: Sequence[Candidate], limits: ScoreLimits) -> list[Candidate]:
    """Return the candidates that give the same answer as the first: one for each release, in their order.

    Each must score above ``limits.alone``: otherwise its words may be there by chance.
    """
    best = candidates[0]
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate is best or (candidate.span_score > limits.alone and alike(best, candidate)):
            found.setdefault(candidate.hit.passage.release.id, candidate)
    return list(found.values())


@lru_cache(maxsize=1024)
def _plain(answer: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", answer).casefold().split())
    return _ARTICLE.sub("", _EDGES.sub("", _QUOTES.sub("", folded).replace("’", "'"))) or folded
