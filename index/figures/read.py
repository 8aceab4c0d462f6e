"""The figures of a release as records: each quantity with what it counts, whether it is a change, and its period."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from index.figures.cells import cell_figures
from index.figures.dating import DATING, DatingRules, SentencePeriods
from index.figures.periods import PERIODS, PeriodRules, periods
from index.figures.quantities import QUANTITIES, Quantity, QuantityRules, quantities
from index.figures.rules import Chain, Rule
from index.figures.subjects import SUBJECTS, SubjectRules, change_at, counted_at
from index.figures.units import DURATIONS
from index.text.sentences import sentences
from index.text.tables import Row, tables
from index.types import Figure, Period, Span

_CONTINUES = re.compile(
    r"(?:This|That|These|Those|It|They)\s(?:is(?!\snow\b)|was|are|were|represents?|represented|means|equates"
    r"|amounts?|comes|came|marks|includes?|included)\b|(?:The\s)?(?:majority|most|rest|bulk)\sof\sth"
    r"|Of\s(?:(?:these|those|this|them)\b|the\s(?=[0-9]))"
)
_OF_THEM = re.compile(
    r"\sof\s(?:(?:which|whom|them)\b|(?:these|those)(?=\s*[,.;:)]|\s(?:are|were|is|was|have|had|has|will|go|went)\b))"
)


@dataclass(frozen=True, slots=True)
class Context:
    """A quantity in its sentence, and the figures before it.

    ``earlier`` is the figure before it in its sentence, or in the sentence before if that is continued; ``before`` the
    last figure of the sentence before. ``counted`` are the words that it counts by itself.
    """

    body: str
    quantity: Quantity
    earlier: Figure | None
    before: Figure | None
    continues: bool
    is_change: bool
    counted: Span | None


def _continues(body: str, sentence: Span) -> bool:
    return _CONTINUES.match(body, sentence.start) is not None


def _of_them(context: Context) -> Figure | None:
    return (context.earlier or context.before) if _OF_THEM.match(context.body, context.quantity.span.end) else None


def _change_of_it(context: Context) -> Figure | None:
    may_be = context.counted is None and context.quantity.unit not in DURATIONS
    return context.earlier if may_be and (context.is_change or context.continues) else None


@dataclass(frozen=True, slots=True)
class CarriedRules:
    """The rules by which a figure has something from an earlier one.

    ``continues`` says that a sentence says more of the figure before it, and so has its period; ``counted`` returns
    the figure that counts the same.
    """

    continues: Chain[[str, Span], bool]
    counted: Chain[[Context], Figure]


CARRIED: Final = CarriedRules(
    continues=Chain(
        "sentence",
        (Rule("continues", "In 2023 police made 300 arrests. This is a 5% rise from before.", _continues),),
    ),
    counted=Chain(
        "counted before",
        (
            Rule("of them", "22 drugs were banned, 6 of which are new.", _of_them),
            Rule("change of it", "2,580 people were removed, a 23% increase.", _change_of_it),
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
    found = quantities(body, grammar.quantities)
    grids = tables(body)
    if not found and not grids:
        return []
    spans = sentences(body) if spans is None else spans
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
    while place < len(found):
        sentence = _around(spans, starts, found[place].span)
        stop = place
        while stop < len(found) and found[stop].span.start < sentence.end:
            stop += 1
        before = figures[-1] if figures and _next_to(spans, starts, figures[-1], sentence) else None
        figures += _of_sentence(body, sentence, found[place:stop], published, before, grammar=grammar)
        place = stop
    return figures


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
    grammar: Grammar,
) -> list[Figure]:
    named = periods(body, sentence, published, grammar.periods)
    whens = SentencePeriods(body, sentence, named, [each.number for each in found], grammar.dating)
    figures: list[Figure] = []
    continued = before if grammar.carried.continues(body, sentence) else None
    carried = _own_period(continued) if continued is not None and not whens.any else None
    for each in found:
        within = Span(min(sentence.start, each.span.start), max(sentence.end, each.span.end))
        earlier = figures[-1] if figures else continued
        change, after = change_at(
            body, within, each.span, each.unit, earlier.change if earlier else None, rules=grammar.subjects
        )
        counted = counted_at(body, within, each.span, each.unit, after=after, change=change, rules=grammar.subjects)
        context = Context(body, each, earlier, before, continued is not None, change is not None, counted)
        if (same := grammar.carried.counted(context)) is not None:
            counted = same.counted
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
    return figures


def _own_period(figure: Figure) -> Period | None:
    """Return the period of a figure if its own sentence names it, not one before that."""
    period = figure.period
    return period if period is not None and period.span.start >= figure.sentence.start else None
