"""A question as it is understood: its words, the kind of answer it asks for, and the time it names.

`understand` reads a question once; everything after it takes the resulting `Asked`, and never the string.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from index.figures.calendar import calendar_days
from index.figures.periods import periods
from index.figures.seasons import season_days
from index.text.dates import MONTH_NUMBERS, MONTHS
from index.text.terms import question_stems, stems
from index.types import Period, Span

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

_OF_A_VERB = re.compile(r"\b(?:on|over|from)\s+$", re.IGNORECASE)
"""Words that belong to a verb before "in": "how many staff did it take on in 2023"."""

_RELATIVE = re.compile(
    r"(?:(?:in|on|over|during|for|since|by|from|until)\s+)?(?:the\s+)?(?:last|past|previous|this|next|coming|current"
    r"|yesterday|tomorrow|day\s+(?:before|after)\s+(?:yesterday|tomorrow))\b",
    re.IGNORECASE,
)
"""A time that depends on the day of asking, which is not known: "last year", "yesterday"."""

_SMALL_MONTHS = "|".join(name.lower() for name in MONTHS if name not in ("May", "March"))
_SMALL_MONTH = re.compile(
    rf"\b(?:{_SMALL_MONTHS})\b"
    r"|(?:(?<=\bin\s)|(?<=\bsince\s)|(?<=\bduring\s)|(?<=\buntil\s)|(?<=\bearly\s)|(?<=\blate\s)|(?<=\bmid\s)"
    r"|(?<=\bof\s)|(?<=[0-9]\s)|(?<=[0-9](?:st|nd|rd|th)\s))(?:may|march)\b|\b(?:may|march)(?=\s(?:19|20)[0-9]{2}\b)"
)
"""A month as people type it. The verbs "may" and "march" are none: those need a word of time before or a year after."""

_YEAR_LAST = re.compile(r"(?<=[a-z0-9]\s)(?:in\s)?(?P<year>(?:19|20)[0-9]{2})\s*[?.]?\s*$")
"""A year at the end of a question, after a word that is no name: "cycle thefts penbrook 2024"."""

_RELATIVE_CLAUSE = re.compile(r"\w\s(?:(?:that|which|who)\s(?:[\w’'-]+\s){1,4}|when\s(?:[\w’'-]+\s){2,9})$")
_PARTICIPLE = re.compile(
    r"\b(?:has|have|had|did|does|do|is|are|was|were|will|can|could|would|should)\b.*?"
    r"\s(?!(?:was|were|been|be|is|are|had|has|have|being|got|did|and|or|not|they|it|he|she|we|you|i|[a-z]+ly)\s)[\w’'-]+\s"
    r"(?:[a-z]+ed|set\sup|begun|built|held|made|won|signed|drawn\sup)\s$",
    re.IGNORECASE,
)
"""Words before a time that say something of a thing by the way: "how much did the fund launched in 2019 cost"."""

_TWO_TIMES = re.compile(r"^(?:between|from)\s(?P<first>.+?)\s(?:and|to|until)\s(?P<last>.+)$", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(
    rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{'|'.join(MONTHS)})\b(?:\s(?P<year>(?:19|20)[0-9]{{2}}))?"
)

_PART_OF = re.compile(r"\b(?:(?:early|mid|late)[\s-]+|(?:the\s)?middle\sof\s)", re.IGNORECASE)
"""Words that narrow a month or year without giving days; the question is read as one about all of it."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """The time that a question names, first and last day included; None where it is open or not settled.

    ``of_release``: the days on which a release was published, not those that a figure covers. ``by_then``: everything
    up to the last day is asked for. ``never``: there is no such time ("31 November", "from 2024 to 2020").
    ``of_season``: a season is named, whose days the words do not give.
    """

    start: date | None
    end: date | None
    of_release: bool
    by_then: bool
    never: bool = False
    of_season: bool = False

    def includes(self, day: date) -> bool:
        """Return True if a day lies between the first and the last; where one is open, any day may."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


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


def understand(question: str) -> Asked:
    """Return what a question asks; a question that a user typed goes through `qa.limits.clean_question` first."""
    return Asked(
        text=question,
        stems=tuple(question_stems(question)),
        wants_figure=_FIGURE.search(question) is not None,
        wants_definition=_DEFINITION.match(question) is not None,
    )


def _read_times(question: str, near: date) -> _Dated:
    written = _SMALL_MONTH.sub(lambda month: month.group().title(), question)
    named = periods(written, Span(0, len(written)), near)
    whole = _PART_OF.sub("", written)
    of_whole = named if whole == written else periods(whole, Span(0, len(whole)), near)
    without = question
    for period in reversed(named):
        without = f"{without[: period.span.start]} {without[period.span.end :]}"
    return _Dated(_own_time(whole, of_whole, near), frozenset(question_stems(without)) - NEUTRAL)


def _own_time(question: str, named: list[Period], near: date) -> AskedTime | None:
    for period in named:
        before = question[: period.span.start]
        of_verb = _OF_A_VERB.search(before) and period.span.of(question)[:3].lower() == "in "
        if (_COMPARED.search(before) and not of_verb) or _RELATIVE.match(question, period.span.start):
            continue
        close = before[-30:]
        of_release = _RELEASED.search(close) or _ITS_RELEASE.match(question, period.span.end)
        if not of_release and _by_the_way(before):
            continue
        if period.start is not None or period.end is not None:
            by_then = period.start is None or _OPENS_BY_THEN.match(period.span.of(question)) or _BY_THEN.search(close)
            return AskedTime(period.start, period.end, bool(of_release), bool(by_then))
        if (season := season_days(period.span.of(question))) is not None:
            return AskedTime(*season, bool(of_release), by_then=False, of_season=True)
        if _never(period.span.of(question), near):
            return AskedTime(None, None, of_release=False, by_then=False, never=True)
    last = _YEAR_LAST.search(question)
    if last is None or any(period.span.end > last.start("year") for period in named):
        return None
    first_day, last_day = calendar_days(int(last["year"]), None, None)
    return AskedTime(first_day, last_day, of_release=False, by_then=False)


def _by_the_way(before: str) -> bool:
    """Return True if the words before a time make it one that something else in the question is known by."""
    return _RELATIVE_CLAUSE.search(before) is not None or _PARTICIPLE.search(before) is not None


def _never(words: str, near: date) -> bool:
    """Return True if there are no such days: 31 November, or a stretch of time that ends before it begins."""
    for day in _DAY_OF_MONTH.finditer(words):
        # 29 February is a day of some year
        year = int(day["year"] or 2000)
        if calendar_days(year, MONTH_NUMBERS[day["month"]], int(day["day"])) == (None, None):
            return True
    two = _TWO_TIMES.match(words)
    if two is None:
        return False
    first, last = (periods(each, Span(0, len(each)), near) for each in (f"in {two['first']}", f"in {two['last']}"))
    begins, ends = (each[0] if each else None for each in (first, last))
    return bool(begins and ends and begins.start and ends.end and begins.start > ends.end)
