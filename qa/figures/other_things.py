"""Whether two texts are of two things of one class: by what stands before a noun, a label after it, a name, an order.

Where a question names the ferry grant, what is said of a bus grant is no answer, however alike the two sentences are.
"""

import re
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from index.text.terms import content_stems, question_stems, stems
from qa.figures.own_places import MONTH_STEMS, places_in
from qa.figures.own_words import Own
from qa.question import NEUTRAL

_WORD = re.compile(r"[^\W_](?:[\w’'&-]*[^\W_])?")
_LABEL = re.compile(r"[0-9]{1,3}|[A-Z]|[IVX]{2,4}|one|two|three|four|five|six")
"""A number or letter after a noun that tells its like apart: "phase 2", "class A"."""

_LABELLED = re.compile(
    r"phase|stage|tier|round|class|level|grade|band|category|zone|type|part|step|unit|lot|wave|group|route|platform"
    r"|terminal|block|schedule|scheme|option|line|site|ward|area|district|pier|key|year|week|quarter|tranche|generation",
    re.IGNORECASE,
)
"""Nouns that a label follows; after others a number counts what comes next."""

_ORDER = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth)\b(?!\s(?:half|quarter|time|year|month|week|day|place|person|in\s))",
    re.IGNORECASE,
)
"""A word that tells things in a row apart; stretches of time are held against the question's by their days."""

_LOOSE = frozenset(
    stems(
        "new extra further additional total overall more other latest recent current annual whole entire record single"
        " current government national uk british our its their average estimated provisional official planned"
    )
)
"""Stems of words before a noun that do not tell two things of one class apart."""

NO_THING = MONTH_STEMS | _LOOSE | NEUTRAL
"""Stems of words that name no thing, and do not tell one from another."""


def other_thing(question: str, anchor: Own, other: Own, around: str) -> bool:
    """Return True if a figure is of another thing of the class that a question asks about.

    That is so if, where the question and the anchor name the thing by a word ("ferry" grant, north "pier", phase "2",
    in "Aldmoor"), the other figure's words have another one in its place. ``around`` is more text of the other
    release: a word that is there does not tell the two apart.
    """
    known = anchor.stems | frozenset(question_stems(question))
    has = other.stems | frozenset(stems(around))
    ours, theirs = _words(question), _words(other.text)
    return (
        _other_modifier(ours, theirs, anchor.stems, known, has)
        or _other_label(ours, theirs)
        or _other_name(question, other, anchor.stems, known)
    )


def other_in_order(question: str, one: str, other: str) -> bool:
    """Return True if one text is of that in a row which a question names ("the second trial"), the other of another."""
    asked, said, instead = (_orders(text) for text in (question, one, other))
    return bool(asked & said) and bool(instead) and not asked & instead


def in_order(text: str) -> dict[str, set[str]]:
    """Return the places in a row that a text has before each noun or superlative, by its stem: "second-largest"."""
    found: dict[str, set[str]] = {}
    for match in _ORDER.finditer(text):
        following = _WORD.match(text, match.end() + 1)
        if following and (stem := _stem(following.group())):
            found.setdefault(stem, set()).add(match.group().lower())
    return found


def _orders(text: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _ORDER.findall(text))


def _words(text: str) -> list[str]:
    return [word for part in text.split("…") for word in [*_WORD.findall(part), ""]]


def _stem(word: str) -> str:
    found = content_stems(word)
    return found[0] if found else ""


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the stems of each word and the one that it is said of, where both may name a thing.

    That is the one after it, or before "for": "the women's refuge", "the refuge for women". No verbs, numbers or times.
    """
    said_of = ((last, first) for first, by, last in zip(words, words[1:], words[2:], strict=False) if by == "for")
    beside = [*pairwise(words), *said_of]
    found = []
    for word, following in beside:
        first, second = _stem(word), _stem(following)
        if first.isalpha() and second.isalpha() and not {first, second} & NO_THING and not word.endswith("ed"):
            found.append((first, second))
    return found


def _other_modifier(
    ours: Sequence[str], theirs: Sequence[str], said: frozenset[str], known: frozenset[str], has: frozenset[str]
) -> bool:
    found: dict[str, set[str]] = {}
    for modifier, head in _pairs(theirs):
        found.setdefault(head, set()).add(modifier)
    for modifier, head in _pairs(ours):
        if modifier in has or not {modifier, head} <= said:
            continue
        if found.get(head, set()) - known:
            return True
    return False


def _other_label(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return says_others(_labels(ours), _labels(theirs))


def says_others(asked: Mapping[str, Set[str]], said: Mapping[str, Set[str]]) -> bool:
    """Return True if a text has words for a noun that tell it from its like, and none that the question has for it."""
    return any(said.get(noun) and not words & said[noun] for noun, words in asked.items())


def _labels(words: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for noun, label in pairwise(words):
        if _LABELLED.fullmatch(noun) and _LABEL.fullmatch(label):
            found.setdefault(noun.casefold(), set()).add(label.casefold())
    return found


def _other_name(question: str, other: Own, said: frozenset[str], known: frozenset[str]) -> bool:
    if not any(name <= said and not name & other.stems for name in places_in(question)):
        return False
    return any(not name & known for name in places_in(other.text))


def names_of(question: str) -> frozenset[str]:
    """Return the stems of the words of a question that are written as names: not its first, months, and "UK"."""
    named = [match.group() for match in _WORD.finditer(question) if match.start() and match.group()[0].isupper()]
    return frozenset(stems(" ".join(named))) - _LOOSE - MONTH_STEMS
