"""The time that a question names, and whether a statement is of it."""

import re
from dataclasses import dataclass
from datetime import date

from index.figures.periods import periods
from index.types import Span

_RELEASED = re.compile(
    r"\b(?:(?:the|a|an|this|that|its|their)\s(?:press\s|news\s)?(?:release|statement|announcement|news)"
    r"|press\s(?:release|statement)|published|announced)\b",
    re.IGNORECASE,
)
"""Words before a day that make it a release's: not "visas issued in October", nor "did they release in October"."""

_ITS_RELEASE = re.compile(r"\s(?:press\s|news\s)?(?:release|statement|announcement)\b", re.IGNORECASE)

_BY_THEN = re.compile(r"\b(?:by|until|up to|as of|as at|before)(?:\sthe)?(?:\send\sof)?(?:\sthe)?\s*$", re.IGNORECASE)

_OPENS_BY_THEN = re.compile(r"(?:by|until|up to|as of|as at|before)\b", re.IGNORECASE)

_COMPARED = re.compile(
    r"\b(?:than|on|over|from|versus|against|compared (?:with|to|against))\s+"
    r"(?:(?:in|the same period(?: of| in)?)\s+)?$",
    re.IGNORECASE,
)
"""What a change is measured against is not the time that a question asks about."""

_RELATIVE = re.compile(
    r"(?:(?:in|on|over|during|for|since|by|from|until)\s+)?(?:the\s+)?(?:last|past|previous|this|next|coming|current)\b",
    re.IGNORECASE,
)
"""Times that depend on the day of asking, which nobody knows of a question."""

_PART_OF = re.compile(r"\b(?:(?:early|mid|late)[\s-]+|(?:the\s)?middle\sof\s)", re.IGNORECASE)
"""Words that leave open which days of a month or year are meant: a question of them is one of the whole."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The time that a question names; ``of_release``: the day a release was published, not what a figure covers."""

    start: date | None
    end: date | None
    of_release: bool
    by_then: bool


def named_time(question: str, near: date) -> AskedTime | None:
    """Return the first time that a question names as its own, read as on the day ``near``; None if it names none.

    A time that the figure is compared with ("more than in 2023"), or that depends on the day of asking ("last year"),
    is not the question's own.
    """
    question = _PART_OF.sub("", question)
    for period in periods(question, Span(0, len(question)), near):
        compared = _COMPARED.search(question, 0, period.span.start)
        if (
            (period.start is not None or period.end is not None)
            and not compared
            and not _RELATIVE.match(question, period.span.start)
        ):
            before = question[max(0, period.span.start - 30) : period.span.start]
            words = period.span.of(question)
            of_release = _RELEASED.search(before) or _ITS_RELEASE.match(question, period.span.end)
            by_then = period.start is None or _OPENS_BY_THEN.match(words) or _BY_THEN.search(before)
            return AskedTime(period.start, period.end, bool(of_release), bool(by_then))
    return None
