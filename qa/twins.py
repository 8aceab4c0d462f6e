"""Candidates of another thing of the class that a question asks about: of the upper lock, where it asks of the lower.

A reader finds the sentence that fits best in the wrong one of two releases that are alike, and takes the deputy for the
head. The words that tell things apart are held against the question's, as for figures in `qa.figures.own_words`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from index.text.terms import content_stems, stems
from index.types import Release
from qa.facts.offices import is_lesser_office
from qa.figures.covers import CONTRADICTED
from qa.figures.own_words import NO_THING, said_of_another_place
from qa.figures.statements import as_statement
from qa.question import Asked
from qa.types import Candidate, Figures

_LOOKED_AT: Final = 8
"""How many of the best candidates show which releases name what the question names; set by judgement."""

_TOKEN = re.compile(r"[A-Za-z][\w’'-]*|[^\sA-Za-z]")
_BEFORE_NAMES: Final = frozenset(
    stems(
        "mr mrs ms miss dr sir dame lord lady baroness baron viscount earl professor prof councillor cllr minister"
        " secretary congressman congresswoman senator representative president king queen prince princess captain"
        " colonel major general sergeant corporal private chief judge justice reverend bishop"
    )
)
"""Words before a name that tell nothing apart: "Mr Paice" is Jim Paice."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two words next to each other, by their stems; ``is_name`` if both have a capital."""

    first: str
    second: str
    is_name: bool


def hold_to_thing(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> list[Candidate]:
    """Return the candidates with those of another thing of its class last, and with next to no confidence.

    A release is of another thing if its title names one in the place of what the question names ("upper lock", "Saint
    Erlend"), no word of it has the question's own ("lower", "Olaf"), and another candidate's title or passage does. A
    person is another one if the question asks for the head of something, and the name is its deputy's; a figure, if it
    is said of one place and another figure of the passage is said of that which the question names.
    """
    others = _other_releases(asked, candidates)
    kept: list[Candidate] = []
    refused: list[Candidate] = []
    for each in candidates:
        is_other = (
            each.hit.passage.release.id in others or _is_deputy(asked, each) or _is_elsewhere(asked, each, figures)
        )
        if is_other:
            refused.append(replace(each, confidence=CONTRADICTED * each.confidence))
        else:
            kept.append(each)
    return [*kept, *refused]


def _is_deputy(asked: Asked, candidate: Candidate) -> bool:
    passage, span = candidate.hit.passage, candidate.span
    sentence = next((each for each in passage.sentences if each.start <= span.start < each.end), span)
    return is_lesser_office(asked.text, passage.release.body, span, sentence)


def _is_elsewhere(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    passage = candidate.hit.passage
    found = as_statement(asked, candidate, figures)
    beside = figures.get(passage.id, ())
    return found is not None and said_of_another_place(asked.text, passage, found.figure, beside)


def _other_releases(asked: Asked, candidates: Sequence[Candidate]) -> set[str]:
    """Return the ids of the releases that are of a twin of what the question names; none if all would be."""
    asked_for = set(_pairs(asked.text))
    if not asked_for:
        return set()
    releases: dict[str, Release] = {}
    named: dict[str, set[_Pair]] = {}
    for each in candidates[:_LOOKED_AT]:
        release = each.hit.passage.release
        releases[release.id] = release
        known = named.setdefault(release.id, set(_pairs(release.title)))
        known.update(_pairs(each.hit.passage.text))
    words = frozenset(stems(asked.text))
    others = {
        key
        for key, release in releases.items()
        for pair in asked_for
        if any(_names(pair, pairs) for other, pairs in named.items() if other != key) and _is_twin(pair, release, words)
    }
    return others if len(others) < len(releases) else set()


def _names(pair: _Pair, pairs: set[_Pair]) -> bool:
    return any((each.first, each.second) == (pair.first, pair.second) for each in pairs)


def _is_twin(pair: _Pair, release: Release, words: frozenset[str]) -> bool:
    """Return True if a title has a pair that differs in one word, and nothing in the release has the question's."""
    twins = {
        pair.first if each.second == pair.second else pair.second
        for each in _pairs(release.title)
        if (each.second == pair.second and each.first not in words)
        or (each.first == pair.first and each.second not in words and each.is_name)
    }
    return bool(twins) and not twins & frozenset(stems(f"{release.title}\n{release.body}"))


def _pairs(text: str) -> Iterator[_Pair]:
    """Yield each word of a text with the one after it, where both may name a thing."""
    before, before_word = "", ""
    for token in _TOKEN.findall(text):
        stem = _stem(token)
        if before and stem and before != stem:
            yield _Pair(before, stem, before_word[0].isupper() and token[0].isupper())
        before, before_word = stem, token


@lru_cache(maxsize=8192)
def _stem(token: str) -> str:
    """Return the stem of a word that may name a thing or tell it from another; "" for any other token."""
    stem = next(iter(content_stems(token)), "") if token[0].isalpha() else ""
    return stem if stem.isalpha() and stem not in NO_THING and stem not in _BEFORE_NAMES else ""
