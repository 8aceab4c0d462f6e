"""Two words next to each other that name a thing or a person: "lower lock", "Olaf Trade"; and the twins of a pair.

A twin differs from a pair in one of its words: "upper lock", "Saint Erlend" for "Saint Olaf".
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from index.text.terms import content_stems, stems
from qa.figures.other_things import NO_THING

_TOKEN = re.compile(r"[A-Za-z][\w’'-]*|[^\sA-Za-z]")
_BEFORE_NAMES: Final = frozenset(
    stems(
        "mr mrs ms miss dr sir dame lord lady baroness baron viscount earl professor prof councillor cllr minister"
        " secretary congressman congresswoman senator representative president king queen prince princess captain"
        " colonel major general sergeant corporal private chief judge justice reverend bishop lcpl cpl"
        " sgt pte lt capt maj col"
    )
)
"""Words before a name that tell nothing apart: "Mr Paice" is Jim Paice."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words next to each other, by their stems; ``is_name`` if both have a capital."""

    first: str
    second: str
    is_name: bool


def pairs_in(text: str) -> Iterator[Pair]:
    """Yield each word of a text with the one after it, where both may name a thing."""
    before, before_word = "", ""
    for token in _TOKEN.findall(text):
        stem = _stem(token)
        if before and stem and before != stem:
            yield Pair(before, stem, before_word[0].isupper() and token[0].isupper())
        before, before_word = stem, token


def has_pair(pair: Pair, pairs: Set[Pair]) -> bool:
    """Return True if a pair is among others, whether or not they have capitals."""
    return any((each.first, each.second) == (pair.first, pair.second) for each in pairs)


def twins_among(pair: Pair, titled: Set[Pair], words: frozenset[str]) -> frozenset[str]:
    """Return those words of a pair that a title has other words for, which the question does not have either."""
    return frozenset(
        pair.first if each.second == pair.second else pair.second
        for each in titled
        if (each.second == pair.second and each.first not in words)
        or (each.first == pair.first and each.second not in words and each.is_name)
    )


@lru_cache(maxsize=8192)
def _stem(token: str) -> str:
    """Return the stem of a word that may name a thing or tell it from another; "" for any other token."""
    stem = next(iter(content_stems(token)), "") if token[0].isalpha() else ""
    return stem if stem.isalpha() and stem not in NO_THING and stem not in _BEFORE_NAMES else ""
