"""Where an answer begins and ends: whole words, whole figures, and nothing that only surrounds them."""

import itertools
import re
import unicodedata
from collections.abc import Sequence

from index.types import Span
from qa.question import Asked

_LEFT = " \t\n,;:.–—-•)]}”’"
_RIGHT = " \t\n,;:–—([{“‘"
_PAIRS = {"“": "”", "‘": "’", "(": ")", "[": "]", '"': '"'}
_JOINERS = "\u200c\u200d"
_POSSESSIVE = re.compile(r"['’]s(?!\w)")
_HONOUR = re.compile(r"\b(?:Dame|Sir|Lord|Lady|Baroness) $")
"""Titles that are part of a name, as an office ("Minister") is not."""

_OWNER = re.compile(r"\b(?:[Tt]he )?[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}['’]s $")

_LETTER = re.compile(r"(?:[A-HJ-Z]|[IVX]{2,4})(?![\w’'.-])")
_NAME_BEFORE = re.compile(r"\b[A-Z][a-z]+ $")
"""A letter or numeral behind a name is its end: "Class C", "Grade II", "John F Kennedy"."""

_ACT = re.compile(r"\b(?:Act|Regulations|Order|Bill)(?: [12][0-9]{3})?$")
_OF_AN_ACT = re.compile(
    r"(?:(?!(?:The|A|An|Under|In|By|Section|Part|Schedule)\b)[A-Z][\w’'-]*,? (?:(?:and|of|for|to|in) )?){1,6}$"
)
"""What stands before the end of an Act's name and belongs to it: "Protection of", "Crime and"."""

_RUN_ON = re.compile(r"(?:\b[a-z]{2,}|\b[A-Z][a-z]{3,})$")
_RUNS_ON = re.compile(
    r"(?:and|are|as|at|by|for|from|has|have|in|is|of|on|or|said|that|the|to|was|were|which|will|with)\b"
)
"""Words that stand together as mark-up between them is gone: "theNHS", "of55", "MinisterBaroness", "UKHSAsaid"."""

_COMPOUND = re.compile(r"\s+(?:(?:and|to|or)\s+)?")
"""Between the figures of one answer: "one year and two months", "6 months to 2 years"."""

_COUNTED = re.compile(r"\s+(?:of\s+)?[^\W\d_][\w’'-]*(?:\s+[^\W\d_][\w’'-]*){0,5}")


def tidy(asked: Asked, body: str, span: Span, within: Span, numbers: Sequence[Span]) -> Span:
    """Return ``span`` of ``body`` without ragged ends; the result lies in ``within`` and is never empty.

    ``numbers`` are those of the figures in ``within``, with their currency, scale word and measure, in their order.

    Words, figures, honours ("Dame"), Acts and names ending in a letter ("Class C") are never cut, but for a possessive
    "’s": a figure keeps its currency, percent sign, scale word and measure, and the answer to a question for a figure
    leaves out the words for what is counted. For "What is Prevent?" the owner is included ("the UK’s programme ...").
    Marks at the ends go, unless they belong to a pair inside.
    """
    start, end = span.start, span.end
    while start > within.start and _joined(body, start):
        start -= 1
    while end < within.end and _joined(body, end) and not _POSSESSIVE.match(body, end):
        end += 1
    start, end = _trimmed(body, start, end)
    if start >= end:
        start, end = span.start, span.end
    honour = _HONOUR.search(body, max(within.start, start - 10), start)
    if honour and body[start].isupper():
        start = honour.start()
    if _LETTER.match(body, start) and (name := _NAME_BEFORE.search(body, max(within.start, start - 24), start)):
        start = name.start()
    if body[start].isupper() and _ACT.search(body[start:end]):
        name = _OF_AN_ACT.search(body, max(within.start, start - 80), start)
        start = name.start() if name else start
    if asked.wants_definition and (owner := _OWNER.search(body, max(within.start, start - 48), start)):
        start = owner.start()  # "the UK’s programme which ..."
    for number in numbers:
        if number.start < end and start < number.end:
            start = min(start, number.start)
            end = max(end, number.end)
            rest = body[number.end : end]
            if asked.wants_figure and start <= number.start and _COUNTED.fullmatch(rest):
                end = number.end
    return Span(start, end)


def apart(asked: Asked, body: str, span: Span, numbers: Sequence[Span]) -> list[Span]:
    """Return the numbers in a span that runs across several, if the question asks for one; otherwise an empty list.

    Start and end are scored apart, so each may fall on another figure ("204, 68"). Of 1,707 answers to such questions
    in our train and dev parts, three hold two figures, all of them a compound or a range.
    """
    if not asked.wants_figure:
        return []
    found = [each for each in numbers if span.start <= each.start and each.end <= span.end]
    return [] if all(_COMPOUND.fullmatch(body, a.end, b.start) for a, b in itertools.pairwise(found)) else found


def _joined(body: str, at: int) -> bool:
    """Whether the characters before and after ``at`` belong to one word, number or sign."""
    before, after = body[at - 1], body[at]
    if _in_word(before) and _in_word(after):
        return not _run_together(body, at)
    # An accent or a skin tone belongs to what it follows, and a joiner to both sides.
    if not before.isspace() and (_marks(after) or before in _JOINERS):
        return True
    return _binds(body, at) or _binds(body, at - 1)


def _run_together(body: str, at: int) -> bool:
    """Whether a blank is missing at ``at``, as far as capitals, digits and the commonest words tell."""
    before, after = body[at - 1], body[at]
    if before.islower() and (after.isupper() or after.isdigit()):
        word = _RUN_ON.search(body, max(0, at - 24), at)
        return word is not None and (after.isupper() or word.group().islower())
    last_two = body[max(0, at - 2) : at]
    return (before.isdigit() or (len(last_two) == 2 and last_two.isupper())) and _RUNS_ON.match(body, at) is not None


def _binds(body: str, at: int) -> bool:
    """Whether the mark at ``at`` makes one word of what stands around it: "2,580", "10:30", "don’t", "U.S"."""
    if not 0 < at < len(body) - 1:
        return False
    before, mark, after = body[at - 1], body[at], body[at + 1]
    if mark in ",.:/" and before.isdigit() and after.isdigit():
        return True
    if mark in "'’":
        return _in_word(before) and _in_word(after)
    # "said.The" are two words with a blank too few.
    single = at == 1 or not _in_word(body[at - 2])
    return mark == "." and before.isalpha() and after.isalpha() and (single or after.islower())


def _in_word(mark: str) -> bool:
    return mark.isalnum() or unicodedata.category(mark) in ("Mn", "Mc")


def _marks(mark: str) -> bool:
    return mark in _JOINERS or unicodedata.category(mark) in ("Mn", "Mc", "Me", "Sk")


def _trimmed(body: str, start: int, end: int) -> tuple[int, int]:
    while start < end:
        first, last = body[start], body[end - 1]
        inside = body[start:end]
        if first in _LEFT and first not in _PAIRS:
            start += 1
        elif last in _RIGHT or (last == "." and not _abbreviates(inside)):
            end -= 1
        elif first in _PAIRS and _PAIRS[first] not in inside[1:]:
            start += 1
        elif last in _PAIRS.values() and not any(
            mark in inside[:-1] for mark, other in _PAIRS.items() if other == last
        ):
            end -= 1
        elif first in _PAIRS and last == _PAIRS[first] and _PAIRS[first] not in inside[1:-1]:
            start, end = start + 1, end - 1
        else:
            break
    return start, end


def _abbreviates(text: str) -> bool:
    """Whether a full stop at the end belongs to the last word, as in "U.S." or "P.C.C."."""
    return re.search(r"(?:^|[\s(])(?:[A-Za-z]\.){2,}$", text) is not None
