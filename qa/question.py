"""A question as it is understood: its words, the kind of answer it asks for, and the time it names.

`understand` reads a question once; everything after it takes the resulting `Asked`, and never the string.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from index.errors import InputError
from index.figures.periods import periods
from index.text.terms import question_stems, stems
from index.types import Period, Span
from qa.limits import MAX_QUESTION

NEUTRAL = frozenset(
    stems(
        "many much long number total amount figure percentage percent proportion share rate increase rise rose grow"
        " fall fell decrease drop change year month week day last first new since time so far all same period"
    )
)
"""Stems of words that ask for a figure or a time and do not say what is measured."""

_FIGURE = re.compile(
    r"\b(?:how (?:many|much|long|often|large|big|old|high|far)"
    r"|what (?:is|was|are|were) the (?:number|total|figure|amount)"
    r"|what (?:number|percentage|proportion|share|amount|sum)|by what (?:percentage|factor))\b",
    re.IGNORECASE,
)
"""A question for a number, an amount or a length of time."""

_DEFINITION = re.compile(
    r"(?!.*\b(?:called|named?)\b)\s*what(?:\s(?:is|are|was|were)|[’']s)\s+[^\s?]+(?:\s+[^\s?]+){0,3}\s*\?*\s*$",
    re.IGNORECASE,
)
"""A question that asks what something is and gives only its name: "What is Prevent?"."""

_RELEASED = re.compile(
    r"\b(?:(?:the|a|an|this|that|its|their)\s(?:press\s|news\s)?(?:release|statement|announcement|news)"
    r"|press\s(?:release|statement)|published|announced)\b",
    re.IGNORECASE,
)
"""Words before a day that make it a day of publication; not "visas issued in October" or "did they release in May"."""

_ITS_RELEASE = re.compile(r"\s(?:press\s|news\s)?(?:release|statement|announcement)\b", re.IGNORECASE)
"""Words after a day that make it a day of publication: "the 17 December press release"."""

_BY_THEN = re.compile(r"\b(?:by|until|up to|as of|as at|before)(?:\sthe)?(?:\send\sof)?(?:\sthe)?\s*$", re.IGNORECASE)
"""Words before a time that ask for everything up to it."""

_OPENS_BY_THEN = re.compile(r"(?:by|until|up to|as of|as at|before)\b", re.IGNORECASE)
"""The same words at the beginning of a time that includes them."""

_COMPARED = re.compile(
    r"\b(?:than|on|over|from|versus|against|compared (?:with|to|against))\s+"
    r"(?:(?:in|the same period(?: of| in)?)\s+)?$",
    re.IGNORECASE,
)
"""Words before a time that a change is measured against, which is not the time asked about: "more than in 2023"."""

_RELATIVE = re.compile(
    r"(?:(?:in|on|over|during|for|since|by|from|until)\s+)?(?:the\s+)?(?:last|past|previous|this|next|coming|current)\b",
    re.IGNORECASE,
)
"""A time that depends on the day of asking, which is not known: "last year"."""

_PART_OF = re.compile(r"\b(?:(?:early|mid|late)[\s-]+|(?:the\s)?middle\sof\s)", re.IGNORECASE)
"""Words that narrow a month or year without giving days; the question is read as one about all of it."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The time that a question names, first and last day included; None where it is open or not settled.

    ``of_release``: the days on which a release was published, not those that a figure covers. ``by_then``: everything
    up to the last day is asked for.
    """

    start: date | None
    end: date | None
    of_release: bool
    by_then: bool


@dataclass(frozen=True, slots=True)
class _Dated:
    """What a question says when it is read as on one day: the time it names, and the stems of what it asks about."""

    time: AskedTime | None
    subject: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was understood of it.

    ``stems`` are the distinct stems of its words that carry meaning, in order. ``wants_figure``: it asks for a number,
    an amount or a length of time. ``wants_definition``: it asks what something is, by its name alone.
    """

    text: str
    stems: tuple[str, ...]
    wants_figure: bool
    wants_definition: bool
    _dated: dict[date, _Dated] = field(default_factory=dict, repr=False, compare=False)

    def time(self, near: date) -> AskedTime | None:
        """Return the first time that the question names as its own, read as on the day ``near``; None if there is none.

        A time that a figure is compared with ("more than in 2023"), or that depends on the day of asking ("last
        year"), is not the question's own.
        """
        return self._read_on(near).time

    def subject(self, near: date) -> frozenset[str]:
        """Return the stems that say what is measured, without those of times; they are read as on the day ``near``."""
        return self._read_on(near).subject

    def _read_on(self, near: date) -> _Dated:
        if near not in self._dated:
            # Times depend on the day, and only a few days are asked for: those of the releases that answer.
            self._dated[near] = _read_times(self.text, near)
        return self._dated[near]


def clean_question(text: str) -> str:
    """Return a question in NFC with control characters and runs of space as one space.

    Raises `InputError` when nothing is left, when it is longer than `MAX_QUESTION`, or when it is not valid Unicode.
    """
    if len(text) > MAX_QUESTION:
        raise InputError(
            f"the question has {len(text):,} characters; at most {MAX_QUESTION:,} can be asked",
            "ask a shorter question",
        )
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise InputError("the question is not valid text: it holds half of a surrogate pair", "send it as UTF-8")
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in unicodedata.normalize("NFC", text))
    question = " ".join(spaced.split())
    if not any(c.isalnum() for c in question):
        raise InputError(f"the question is empty: {question!r}", 'ask something: pressqa ask "how many ...?"')
    return question


def understand(question: str) -> Asked:
    """Return what a question asks; a question that a user typed goes through `clean_question` first."""
    return Asked(
        text=question,
        stems=tuple(question_stems(question)),
        wants_figure=_FIGURE.search(question) is not None,
        wants_definition=_DEFINITION.match(question) is not None,
    )


def _read_times(question: str, near: date) -> _Dated:
    named = periods(question, Span(0, len(question)), near)
    whole = _PART_OF.sub("", question)
    of_whole = named if whole == question else periods(whole, Span(0, len(whole)), near)
    without = question
    for period in reversed(named):
        without = f"{without[: period.span.start]} {without[period.span.end :]}"
    return _Dated(_own_time(whole, of_whole), frozenset(question_stems(without)) - NEUTRAL)


def _own_time(question: str, named: list[Period]) -> AskedTime | None:
    for period in named:
        dated = period.start is not None or period.end is not None
        compared = _COMPARED.search(question, 0, period.span.start)
        if dated and not compared and not _RELATIVE.match(question, period.span.start):
            before = question[max(0, period.span.start - 30) : period.span.start]
            of_release = _RELEASED.search(before) or _ITS_RELEASE.match(question, period.span.end)
            by_then = period.start is None or _OPENS_BY_THEN.match(period.span.of(question)) or _BY_THEN.search(before)
            return AskedTime(period.start, period.end, bool(of_release), bool(by_then))
    return None
