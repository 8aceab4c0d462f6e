"""What a figure takes over from an earlier one: what it counts, its period, or its own part of "respectively".

"Leeds made 150 arrests in 2023. The figure for York was 220": the second number counts arrests of 2023 as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from index.figures.alongside import Respective, figure_for, had, joined, respective, years_of_change
from index.figures.noun_phrases import PhraseRules
from index.figures.period_patterns import PAST
from index.figures.periods import PeriodRules, periods
from index.figures.quantities import Quantity
from index.figures.rules import Chain, Rule
from index.figures.subject_patterns import EXTRA_AFTER
from index.figures.units import DURATIONS
from index.figures.zeros import verb_before_none
from index.types import Figure, Period, Span

_CONTINUES = re.compile(
    r"(?:This|That|These|Those|It|They)\s(?:is(?!\snow\b)|was|are|were|represents?|represented|means|equates"
    r"|amounts?|comes|came|marks|includes?|included)\b|(?:The\s)?(?:majority|most|rest|bulk)\sof\sth"
    # of another place or group, in the same time
    r"|The\s(?:(?:corresponding|equivalent|comparable|same)\s)?(?:figure|number|total|rate|share)\s(?:for|in|at|among)\s"
    r"(?!(?:19|20)[0-9]{2}\b)[^.;:,]{1,60}?\s(?:was|were|is|are|stood|came)\s"
    r"|Of\s(?:(?:these|those|this|them)\b|the\s(?=[0-9]))"
)
_OF_THEM = re.compile(
    r"\sof\s(?:(?:which|whom|them)\b|(?:these|those)(?=\s*[,.;:)]|\s(?:are|were|is|was|have|had|has|will|go|went)\b))"
)


_OF_A_NUMBER = re.compile(r"[0-9][0-9,.]*\s?(?:(?:million|billion|trillion|m|bn)\s)?$")
"""A number right before the words of its unit: "816,000 tonnes"."""

_SAME_PERIOD = re.compile(r"\b(?:over|in|during|across)\sthe\ssame\s(?:period|time|span|(?:\w+\s)?(?:years|months))\b")
_BETWEEN_ENDS: Final = 40
"""How many characters may stand between the two ends of a change: a time, and "to"."""

_UNIT_WORD = re.compile(r"[0-9.,]+\s(?!million|billion|trillion|thousand)[a-z]")
"""A number whose unit comes after it, in words: "11 minutes"."""

_LAST_YEAR = re.compile(r"\s(?:19|20)[0-9]{2}$")
_PLACE_BEFORE: Final = (" in ", " at ", " in the ", " at the ")
_NUMBER_WITHIN: Final = 24
"""How many characters before a unit are searched for its number: the longest number with its scale word."""


@dataclass(frozen=True, slots=True)
class Context:
    """A quantity in its sentence, and the figures before it.

    ``earlier`` is the figure before it in its sentence, or in the sentence before if that is continued; ``before`` the
    last figure of the sentence before. ``counted`` are the words that it counts by itself.
    """

    body: str
    sentence: Span
    quantity: Quantity
    earlier: Figure | None
    before: Figure | None
    continues: bool
    is_change: bool
    counted: Span | None

    @property
    def named_after(self) -> bool:
        """Whether what it counts is named after it; a place ("15% in Leeds") is not what is counted."""
        if self.counted is None or self.counted.start < self.quantity.span.end:
            return False
        between = self.body[self.quantity.span.end : self.counted.start]
        return between not in _PLACE_BEFORE or not self.body[self.counted.start].isupper()

    def is_like(self, other: Figure | None) -> bool:
        """Whether another figure has the same unit, and both are levels or both are changes."""
        return other is not None and other.unit == self.quantity.unit and (other.change is not None) == self.is_change


def _continues(body: str, sentence: Span) -> bool:
    return _CONTINUES.match(body, sentence.start) is not None


def _of_them(context: Context) -> Figure | None:
    return (context.earlier or context.before) if _OF_THEM.match(context.body, context.quantity.span.end) else None


def _change_of_it(context: Context) -> Figure | None:
    may_be = context.counted is None and context.quantity.unit not in DURATIONS
    return context.earlier if may_be and (context.is_change or context.continues) else None


def _joined(context: Context) -> Figure | None:
    earlier = context.earlier
    if earlier is None or context.named_after or not (context.is_like(earlier) or is_more(context.body, earlier)):
        return None
    return earlier if joined(context.body, earlier.span, context.quantity.span) else None


def is_more(body: str, figure: Figure) -> bool:
    """Whether a number is one of more things: "150 extra spaces at Leeds", after which "220 at York" are more too."""
    return figure.change == "up" and not figure.unit and EXTRA_AFTER.match(body, figure.number.end) is not None


def _unit_of_another(context: Context) -> Figure | None:
    counted = context.counted
    if counted is None or context.earlier is None or counted.start >= context.earlier.number.end:
        return None
    before = context.body[max(context.sentence.start, counted.start - _NUMBER_WITHIN) : counted.start]
    return context.earlier if _OF_A_NUMBER.search(before) else None


def _figure_for(context: Context) -> Figure | None:
    first = context.earlier is None or context.earlier is context.before
    own = context.named_after or context.quantity.counted is not None
    if not first or own or not context.is_like(context.before):
        return None
    body, sentence = context.body, context.sentence
    said = figure_for(body, sentence) or had(body, sentence, context.quantity.span)
    return context.before if said else None


def _none_of_it(context: Context) -> Figure | None:
    """Return the figure that counts what "none" is none of: the fires of "12 fires in 2022, and none now"."""
    earlier = context.earlier or context.before
    alone = not context.quantity.value and context.quantity.text.lower() == "none"
    counts = earlier is not None and not earlier.unit and earlier.change is None
    return earlier if counts and alone and verb_before_none(context.body, context.quantity.span.start) else None


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with its figures as they are read one by one, those of the sentence before, and rules to read more."""

    body: str
    sentence: Span
    published: date
    figures: tuple[Figure, ...]
    before: Sequence[Figure]
    nouns: PhraseRules
    times: PeriodRules


def _respective(told: Told) -> list[Figure] | None:
    """Give each figure before "respectively" its own name and year, and what the last of them counts."""
    paired = respective(told.body, told.sentence, [each.span for each in told.figures], told.nouns)
    if not paired:
        return None
    own = {each.quantity: each for each in paired}
    last = next(each for each in told.figures if each.span == paired[-1].quantity)
    noun = last.counted if last.counted is not None and last.counted.start >= last.span.end else None
    if _UNIT_WORD.match(last.number.of(told.body)):  # "4 and 11 minutes respectively"
        figures = [replace(each, unit=each.unit or last.unit) if each.span in own else each for each in told.figures]
        told = replace(told, figures=tuple(figures))
    # "In March, April and May 2024": the year of the last is that of the others too.
    year = _LAST_YEAR.search(paired[-1].times[0].of(told.body)) if paired[-1].times else None
    return [
        _with_own(told, each, own[each.span], noun, year.group() if year else "") if each.span in own else each
        for each in told.figures
    ]


def _change_between_years(told: Told) -> list[Figure] | None:
    """Give what something rose from, and what it rose to, each its own of the two years that a sentence names."""
    paired = dict(years_of_change(told.body, told.sentence, [each.span for each in told.figures]))
    if not paired:
        return None
    own = {span: Respective(span, (), (time,), ()) for span, time in paired.items()}
    return [_with_own(told, each, own[each.span], each.counted) if each.span in own else each for each in told.figures]


def _change_in_the_same_time(told: Told) -> list[Figure] | None:
    """Give "from 40 to 30 over the same period" the two years of the change that the sentence before tells of."""
    if not _SAME_PERIOD.search(told.body, told.sentence.start, told.sentence.end):
        return None
    ends = _ends_of_change(told.body, told.figures)
    years = _ends_of_change(told.body, told.before)
    if ends is None or years is None or any(each.period is not None for each in ends):
        return None
    own = {each.span: year.period for each, year in zip(ends, years, strict=True)}
    if None in own.values() or len(set(own.values())) < len(own):
        return None
    return [replace(each, period=own[each.span]) if each.span in own else each for each in told.figures]


def _ends_of_change(body: str, figures: Sequence[Figure]) -> tuple[Figure, Figure] | None:
    """Return the 40 and the 30 of "from 40 in 2022 to 30 in 2024"."""
    for first, last in pairwise(figures):
        between = body[first.span.end : last.span.start]
        before = body[max(0, first.span.start - len("from ")) : first.span.start]
        if before.lower() == "from " and between.endswith(" to ") and len(between) <= _BETWEEN_ENDS:
            return first, last
    return None


def _with_own(told: Told, figure: Figure, own: Respective, noun: Span | None, year: str = "") -> Figure:
    """Return a figure with its own name and time; ``year`` is that of its time, where only others have it."""
    counted, period = noun or (own.names[0] if own.names else figure.counted), figure.period
    for item in own.times:
        words = f"in {item.of(told.body)}"
        if not words[-1].isdigit():
            words += year or (" it was" if PAST.search(told.body, told.sentence.start, told.sentence.end) else "")
        named = periods(words, Span(0, len(words)), told.published, told.times)
        period = replace(named[0], span=item) if named else period
    return replace(figure, counted=counted, period=period)


def _words_of_time(counted: Span, figure: Span, named: Sequence[Period]) -> bool:
    """Whether the words are a period's, and the figure is no part of it ("during a six-month tour" counts no tours)."""
    of_time = (time.span for time in named)
    return any(time.start <= counted.start < time.end and not time.start <= figure.start < time.end for time in of_time)


@dataclass(frozen=True, slots=True)
class CarriedRules:
    """The rules by which a figure has something from an earlier one.

    ``continues`` says that a sentence says more of the figure before it, and so has its period; ``counted`` returns
    the figure that counts the same. ``uncounted`` says that words next to a figure are not what it counts. ``paired``
    returns the figures of a sentence that pairs them with its names.
    """

    continues: Chain[[str, Span], bool]
    counted: Chain[[Context], Figure]
    uncounted: Chain[[Span, Span, Sequence[Period]], bool]
    paired: Chain[[Told], list[Figure]]


_REPORTED: Final = "from a bug report: 'the figure for B was N' counts what A's figure counted"

CARRIED: Final = CarriedRules(
    continues=Chain(
        "sentence",
        (
            Rule("continues", "In 2023 police made 300 arrests. This is a 5% rise from before.", _continues),
            Rule("figure for", "In 2023 Leeds made 300 arrests. In York the figure was 20.", figure_for, _REPORTED),
        ),
    ),
    counted=Chain(
        "counted before",
        (
            Rule("of them", "22 drugs were banned, 6 of which are new.", _of_them),
            Rule("change of it", "2,580 people were removed, a 23% increase.", _change_of_it),
            Rule("figure for", "There were 300 arrests at Leeds. York had 20.", _figure_for, _REPORTED),
            Rule("joined", "They made 150 extra arrests at Leeds and 220 at York.", _joined),
            Rule(
                "none of it",
                "There were 12 fires in 2022; in 2023 there were none.",
                _none_of_it,
                "people ask for noughts in words",
            ),
            Rule("unit of another", "Timber sold was 800 tonnes worth £5 million.", _unit_of_another),
        ),
    ),
    uncounted=Chain("counts no", (Rule("words of time", "On Tuesday 5 May 2024 they fined 530.", _words_of_time),)),
    paired=Chain(
        "paired",
        (
            Rule("respectively", "Leeds and York made 240 and 310 arrests respectively.", _respective, _REPORTED),
            Rule(
                "between two years",
                "Between 2009 and 2013 visits rose from 12 to 30.",
                _change_between_years,
                "from a sibling of a bug report: 'rose from A in year 1 to B in year 2'",
            ),
            Rule(
                "in the same time",
                "Visits rose from 12 in 2022 to 30 in 2024. Loans fell over the same period, from 40 to 35.",
                _change_in_the_same_time,
                "from a sibling of a bug report: 'rose from A in year 1 to B in year 2'",
            ),
        ),
    ),
)
