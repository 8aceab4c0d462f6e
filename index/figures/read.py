"""The figures of a release as records: each quantity with what it counts, whether it is a change, and its period.

Long because the rules of figures that share a sentence are rows next to what applies them.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from index.figures.alongside import Respective, figure_for, had, joined, respective, years_of_change
from index.figures.cells import cell_figures
from index.figures.dating import DATING, DatingRules, SentencePeriods
from index.figures.period_patterns import PAST
from index.figures.periods import PERIODS, PeriodRules, periods
from index.figures.quantities import QUANTITIES, Quantity, QuantityRules, quantities
from index.figures.rules import Chain, Rule
from index.figures.subject_patterns import EXTRA_AFTER
from index.figures.subjects import SUBJECTS, SubjectRules, change_at, counted_at
from index.figures.units import DURATIONS
from index.figures.zeros import verb_before_none
from index.text.note_marks import Unmarked, unmark
from index.text.sentences import sentences
from index.text.tables import Row, tables
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

_THE_SAME_TIME = re.compile(r"\b(?:in|over|during)\sthe\s(?:year|month)\b(?!\s(?:to|end|before|[0-9]))")
_NAMED_WITHIN: Final = 4
"""How many sentences before "in the year" are searched for that year; set by judgement: a paragraph or two."""

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
    if earlier is None or context.named_after or not (context.is_like(earlier) or _is_more(context.body, earlier)):
        return None
    return earlier if joined(context.body, earlier.span, context.quantity.span) else None


def _is_more(body: str, figure: Figure) -> bool:
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
    """A sentence with its figures as they are read one by one, and the rules by which they were."""

    body: str
    sentence: Span
    published: date
    figures: tuple[Figure, ...]
    grammar: "Grammar"


def _respective(told: Told) -> list[Figure] | None:
    """Give each figure before "respectively" its own name and year, and what the last of them counts."""
    paired = respective(told.body, told.sentence, [each.span for each in told.figures], told.grammar.subjects.nouns)
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


def _with_own(told: Told, figure: Figure, own: Respective, noun: Span | None, year: str = "") -> Figure:
    """Return a figure with its own name and time; ``year`` is that of its time, where only others have it."""
    counted, period = noun or (own.names[0] if own.names else figure.counted), figure.period
    for item in own.times:
        words = f"in {item.of(told.body)}"
        if not words[-1].isdigit():
            words += year or (" it was" if PAST.search(told.body, told.sentence.start, told.sentence.end) else "")
        named = periods(words, Span(0, len(words)), told.published, told.grammar.periods)
        period = replace(named[0], span=item) if named else period
    return replace(figure, counted=counted, period=period)


def _words_of_time(counted: Span, figure: Span, named: Sequence[Period]) -> bool:
    """Whether the words are a period's, and the figure is none of it ("during a six-month tour" counts no tours)."""
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
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """Every rule by which the figures of a release are read."""

    quantities: QuantityRules
    periods: PeriodRules
    subjects: SubjectRules
    dating: DatingRules
    carried: CarriedRules


GRAMMAR: Final = Grammar(QUANTITIES, PERIODS, SUBJECTS, DATING, CARRIED)


def figures(
    body: str, published: date, spans: Sequence[Span] | None = None, *, grammar: Grammar = GRAMMAR
) -> list[Figure]:
    """Return the figures that a release states, in order and without overlap.

    Nothing is invented: a malformed number is no figure, and a period that the words and the day of publication do
    not settle keeps its words without dates. Time is linear in the length of the body. ``spans`` are the `sentences`
    of ``body``, from a caller that has cut them already; ``grammar`` is another set of rules, to measure what one of
    them earns. Cells of tables have the labels of their row and column for subject and period.
    """
    spans = sentences(body) if spans is None else spans
    plain = unmark(body)
    if plain is None:
        return _read(body, published, spans, grammar)
    # Footnote marks are read over, as a reader does: they hide neither what is counted nor the end of a number.
    cut = {Span(plain.unmarked(span.start), plain.unmarked(span.end)): span for span in spans if plain.holds(span)}
    ends = {short.end: span.end for short, span in cut.items()}
    return [_with_marks(plain, figure, ends) for figure in _read(plain.text, published, list(cut), grammar)]


def _with_marks(plain: Unmarked, figure: Figure, ends: Mapping[int, int]) -> Figure:
    """Return a figure of a text without footnote marks as one of the text with them."""
    sentence = plain.marked(figure.sentence)
    period = figure.period
    return replace(
        figure,
        span=plain.marked(figure.span),
        number=plain.marked(figure.number),
        counted=plain.marked(figure.counted) if figure.counted else None,
        period=replace(period, span=plain.marked(period.span)) if period else None,
        sentence=Span(sentence.start, ends.get(figure.sentence.end, sentence.end)),
    )


def _read(body: str, published: date, spans: Sequence[Span], grammar: Grammar) -> list[Figure]:
    found = quantities(body, grammar.quantities)
    grids = tables(body)
    if not found and not grids:
        return []
    if not grids:
        return _of_prose(body, published, spans, found, grammar)
    outside = [each for each in found if not any(_touch(grid.span, each.span) for grid in grids)]
    figures = _of_prose(body, published, spans, outside, grammar)
    for grid in grids:
        inside = [each for each in found if _touch(grid.span, each.span)]
        figures += cell_figures(body, published, grid, partial(_in_words, body, published, inside, grammar=grammar))
    return sorted(figures, key=lambda figure: figure.span)


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _in_words(
    body: str, published: date, inside: Sequence[Quantity], cell: Span, row: Row, *, grammar: Grammar
) -> list[Figure]:
    """Return the figures of a cell that is read as a sentence; ``inside`` are the quantities of its table."""
    first = bisect_left(inside, cell.start, key=lambda each: each.span.start)
    last = bisect_left(inside, cell.end, key=lambda each: each.span.start)
    found = _of_sentence(body, cell, inside[first:last], published, None, grammar=grammar)
    return [replace(each, sentence=row.span) for each in found]


def _of_prose(
    body: str, published: date, spans: Sequence[Span], found: Sequence[Quantity], grammar: Grammar
) -> list[Figure]:
    """Return the figures of quantities in sentences, in order."""
    figures: list[Figure] = []
    starts = [span.start for span in spans]
    place = 0
    base, read_to = None, 0
    while place < len(found):
        sentence = _around(spans, starts, found[place].span)
        stop = place
        while stop < len(found) and found[stop].span.start < sentence.end:
            stop += 1
        before = figures[-1] if figures and _next_to(spans, starts, figures[-1], sentence) else None
        if "\n" in body[read_to : sentence.start]:  # another paragraph
            base = None
        if _THE_SAME_TIME.search(body, sentence.start, sentence.end):
            here = bisect_left(starts, sentence.start)
            base = _named_before(body, spans[max(0, here - _NAMED_WITHIN) : here], published, grammar)
        made = _of_sentence(body, sentence, found[place:stop], published, before, base=base, grammar=grammar)
        base = next((own for each in reversed(made) if (own := _own_period(each)) is not None), base)
        read_to = sentence.end
        figures += made
        place = stop
    return figures


def _named_before(body: str, spans: Sequence[Span], published: date, grammar: Grammar) -> Period | None:
    """Return the time that the last of these sentences to name one is about: its first, as others are compared with."""
    for sentence in reversed(spans):
        named = [each for each in periods(body, sentence, published, grammar.periods) if each.start and each.end]
        if named:
            return named[0]
    return None


def _around(spans: Sequence[Span], starts: Sequence[int], figure: Span) -> Span:
    """Return the sentence that holds ``figure``, or the sentences if the figure runs over the end of one."""
    first = max(0, bisect_right(starts, figure.start) - 1)
    last = max(first, bisect_left(starts, figure.end) - 1)
    return Span(min(spans[first].start, figure.start), max(spans[last].end, figure.end))


def _next_to(spans: Sequence[Span], starts: Sequence[int], earlier: Figure, sentence: Span) -> bool:
    """Whether the sentence of an earlier figure comes right before this one."""
    return bisect_left(starts, sentence.start) - bisect_left(starts, earlier.sentence.start) == 1


def _of_sentence(
    body: str,
    sentence: Span,
    found: Sequence[Quantity],
    published: date,
    before: Figure | None,
    *,
    base: Period | None = None,
    grammar: Grammar,
) -> list[Figure]:
    """Return the figures of a sentence.

    ``before`` is the last figure of the sentence before, ``base`` the last time named before in the paragraph.
    """
    named = periods(body, sentence, published, grammar.periods, before=base)
    whens = SentencePeriods(body, sentence, named, [each.number for each in found], grammar.dating)
    figures: list[Figure] = []
    continued = before if grammar.carried.continues(body, sentence) else None
    carried = _period_of(body, sentence, continued) if continued is not None and not whens.any else None
    for each in found:
        within = Span(min(sentence.start, each.span.start), max(sentence.end, each.span.end))
        earlier = figures[-1] if figures else continued
        change, after = change_at(
            body, within, each.span, each.unit, earlier.change if earlier else None, rules=grammar.subjects
        )
        counted = each.counted or counted_at(
            body, within, each.span, each.unit, after=after, change=change, rules=grammar.subjects
        )
        context = Context(body, within, each, earlier, before, continued is not None, change is not None, counted)
        if (same := grammar.carried.counted(context)) is not None:
            counted = same.counted
            if same is earlier and _is_more(body, same) and joined(body, same.span, each.span):
                change = same.change
        elif counted is not None and grammar.carried.uncounted(counted, each.span, named):
            counted = None
        figures.append(
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
    return grammar.carried.paired(Told(body, sentence, published, tuple(figures), grammar)) or figures


def _own_period(figure: Figure) -> Period | None:
    """Return the period of a figure if its own sentence names it, not one before that."""
    period = figure.period
    return period if period is not None and period.span.start >= figure.sentence.start else None


def _period_of(body: str, sentence: Span, continued: Figure) -> Period | None:
    """Return the period that a sentence has from the figure it continues, if that one's own sentence names it.

    Figures for one place after another ("The figure for York was 20.") are all of the time named first.
    """
    return continued.period if figure_for(body, sentence) else _own_period(continued)
