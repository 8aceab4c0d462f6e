"""The figures of a release as records: each quantity with what it counts, whether it is a change, and its period."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from index.figures.periods import periods
from index.figures.quantities import Quantity, quantities
from index.figures.subjects import change_at, counted_at
from index.figures.units import DURATIONS
from index.text.sentences import sentences
from index.types import Figure, Period, Span

_COMPARES = re.compile(
    r"\b(?:than|compared\s(?:to|with)|versus|vs|relative\sto|up\son|down\son|over(?=\slast\syear)|(?:from|on|over(?!\sthe\slast))"
    r"(?=\s(?:the\s)?(?:last|previous|same|year|(?:19|20)\d\d\b(?![/–-]|\s(?:to|until|on))))"
    r"|(?:highest|lowest|largest|biggest|smallest|best|worst|most|record|greatest|fastest|longest|unmatched)"
    r"(?=[^,;.]{0,60}?\ssince\b))\b",
    re.IGNORECASE,
)


def figures(body: str, published: date, spans: Sequence[Span] | None = None) -> list[Figure]:
    """Return the figures that a release states, in order and without overlap.

    Nothing is invented: a malformed number is no figure, and a period that the words and the day of publication do
    not settle keeps its words without dates. Time is linear in the length of the body. ``spans`` are the `sentences`
    of ``body``, from a caller that has cut them already.
    """
    found = quantities(body)
    if not found:
        return []
    made: list[Figure] = []
    spans = sentences(body) if spans is None else spans
    starts = [span.start for span in spans]
    place = 0
    while place < len(found):
        sentence = _around(spans, starts, found[place].span)
        stop = place
        while stop < len(found) and found[stop].span.start < sentence.end:
            stop += 1
        before = made[-1] if made and _next_to(spans, starts, made[-1], sentence) else None
        made += _of_sentence(body, sentence, found[place:stop], published, before)
        place = stop
    return made


# a sentence that goes on about the figures of the one before
_GOES_ON = re.compile(
    r"(?:This|That|These|Those|It|They)\s(?:is(?!\snow\b)|was|are|were|represents?|represented|means|equates"
    r"|amounts?|comes|came|marks|includes?|included)\b|(?:The\s)?(?:majority|most|rest|bulk)\sof\sth"
    r"|Of\s(?:(?:these|those|this|them)\b|the\s(?=[0-9]))"
)
_OF_THEM = re.compile(
    r"\sof\s(?:(?:which|whom|them)\b|(?:these|those)(?=\s*[,.;:)]|\s(?:are|were|is|was|have|had|has|will|go|went)\b))"
)


def _around(spans: Sequence[Span], starts: Sequence[int], figure: Span) -> Span:
    """Return the sentence, or where a figure runs over its end the sentences, that ``figure`` stands in."""
    first = max(0, bisect_right(starts, figure.start) - 1)
    last = max(first, bisect_left(starts, figure.end) - 1)
    return Span(min(spans[first].start, figure.start), max(spans[last].end, figure.end))


def _next_to(spans: Sequence[Span], starts: Sequence[int], earlier: Figure, sentence: Span) -> bool:
    """Whether the sentence of an earlier figure is the one right before."""
    return bisect_left(starts, sentence.start) - bisect_left(starts, earlier.sentence.start) == 1


def _of_sentence(
    body: str, sentence: Span, found: Sequence[Quantity], published: date, before: Figure | None
) -> list[Figure]:
    whens = _Whens(body, sentence, periods(body, sentence, published), [each.number for each in found])
    made: list[Figure] = []
    goes_on = before if _GOES_ON.match(body, sentence.start) else None
    carried = None
    if goes_on is not None and goes_on.period is not None and not whens.any:
        # of the sentence before, not of one before that
        carried = goes_on.period if goes_on.period.span.start >= goes_on.sentence.start else None
    for each in found:
        within = Span(min(sentence.start, each.span.start), max(sentence.end, each.span.end))
        earlier = made[-1] if made else goes_on
        change, after = change_at(body, within, each.span, each.unit, earlier.change if earlier else None)
        counted = counted_at(body, within, each.span, each.unit, after=after, change=change)
        if counted is None and earlier is not None and each.unit not in DURATIONS and (change or goes_on):
            counted = earlier.counted  # "2,580 people were removed, a 23% increase"
        if _OF_THEM.match(body, each.span.end) and (source := earlier or before) is not None:
            counted = source.counted
        made.append(
            Figure(
                span=each.span,
                number=each.number,
                value=each.value,
                value_max=each.value_max,
                unit=each.unit,
                qualifier=each.qualifier,
                counted=counted,
                change=change,
                period=(carried or whens.of(each.span)) if each.unit not in DURATIONS else None,
                sentence=within,
            )
        )
    return made


class _Whens:
    """Which of a sentence's periods belongs to which of its figures."""

    def __init__(self, body: str, sentence: Span, found: Sequence[Period], figures: Sequence[Span]) -> None:
        self._body = body
        self._sentence = sentence
        self._figures = [span.start for span in figures]
        self._compares = [match.start() for match in _COMPARES.finditer(body, sentence.start, sentence.end)]
        self._periods = [each for each in found if not (self._is_base(each) or self._tells_of_news(each))]
        self._starts = [each.span.start for each in self._periods]

    def _tells_of_news(self, period: Period) -> bool:
        """Whether it dates an announcement, not what is counted: "£5 million announced last month"."""
        if period.start is not None and period.end is not None and (period.end - period.start).days > 31:
            return False  # what is announced last year is mostly last year's
        return (
            _NEWS.search(self._body, max(self._sentence.start, period.span.start - 20), period.span.start) is not None
        )

    @property
    def any(self) -> bool:
        """Whether the sentence names a period that is not only compared with."""
        return bool(self._periods)

    def _is_base(self, period: Period) -> bool:
        """Whether a period is only what is compared with ("than last year"): no figure stands in between."""
        mark = self._mark_before(period.span.start + 4)
        if mark is None or period.span.start - mark > _REACH or _CLAUSE.search(self._body, mark, period.span.start):
            return False
        return bisect_left(self._figures, mark) == bisect_left(self._figures, period.span.start)

    def _mark_before(self, at: int) -> int | None:
        place = bisect_left(self._compares, at)
        return self._compares[place - 1] if place else None

    def of(self, figure: Span) -> Period | None:
        """Return the period that a figure covers: one behind it in its clause, else one before it."""
        after = bisect_left(self._starts, figure.end)
        before = after - 1
        while before >= 0 and self._periods[before].span.end > figure.start:
            before -= 1  # a period that the figure stands in: "over the next 5 years"
        if self._names_a_group(figure):
            return None
        following = self._periods[after] if after < len(self._periods) else None
        preceding = self._periods[before] if before >= 0 else None
        if following is not None and self._reaches(figure, following, preceding):
            return following
        return preceding if preceding is not None and self._carries(figure, preceding) else None

    def _carries(self, figure: Span, period: Period) -> bool:
        """Whether a period goes on to hold for a figure behind it: a single day does from its clause's beginning."""
        between = self._body[period.span.end : figure.start] if figure.start - period.span.end <= _REACH else ""
        if between.count("(") != between.count(")") or (period.start and between == " to "):
            return False  # "from 20 in 2016 to 30"
        if _NOW.search(between) and (period.start is None or period.end is not None):
            return False
        if _OPENING.search(self._body[max(0, period.span.start - 12) : period.span.start]):
            return True
        return (period.start is None or period.start != period.end) and not _BREAK.search(between)

    def _names_a_group(self, figure: Span) -> bool:
        """Whether it says how many some well-known ones are ("the two countries"), which is so at any time."""
        if _FIRST_OF.search(self._body, max(self._sentence.start, figure.start - 20), figure.start):
            return True
        if not _DEFINITE.search(self._body, max(self._sentence.start, figure.start - 20), figure.start):
            return False
        words = figure.of(self._body)
        return len(words) < 3 if words.isdigit() else words.isalpha()

    def _reaches(self, figure: Span, period: Period, preceding: Period | None) -> bool:
        if period.span.start - figure.end > _REACH:
            return False
        between = self._body[figure.end : period.span.start]
        if "(" in between and ")" not in between:
            return False
        if _CLAUSE.search(between) or _COMPARES.search(between):
            return False
        others = bisect_left(self._figures, period.span.start) - bisect_left(self._figures, figure.end)
        return not others or (preceding is None and not _ANNUAL.match(between))


_NEWS = re.compile(r"\b(?:announced|published|unveiled|revealed|confirmed|set\sout|pledged|promised|reported)\s$")
_OPENING = re.compile(r"(?:^|[.!?•\n:;“\"(–—]|,\s*(?:and|but)?)\s*$")
_DEFINITE = re.compile(
    r"\b(?:the|all|these|those|both|our|its|their|his|her|your|my)\s(?:(?:other|first|last|top|remaining|same)\s)?$",
    re.IGNORECASE,
)
_FIRST_OF = re.compile(r"\b(?:first|second|third|latest|last|one)\sof\s(?:the\s|our\s|its\s|their\s)?$", re.IGNORECASE)
_NOW = re.compile(r"\b(?:now|currently)\b", re.IGNORECASE)
_BREAK = re.compile(r"[;:]|\s[–—-]\s")
_ANNUAL = re.compile(r"\s\(?(?:year[\s-](?:on|over)[\s-]year|annually|a\syear|per\s(?:year|annum))\b")
"""A figure by the year has its time said: a period behind the next figure is that one's."""
_REACH = 240
"""How many characters apart two parts of one statement stand at most."""
_CLAUSE = re.compile(
    r"[;:]|\s[–—-]\s|,\s(?:and|but|while|with|as|up|down|which|(?:rising|increasing|falling|growing|reducing)\sto)\b"
)
