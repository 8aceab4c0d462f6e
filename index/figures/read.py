"""The figures of a release as records: each quantity with what it counts, whether it is a change, and its period."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from index.figures.alongside import figure_for, joined
from index.figures.carried import CARRIED, CarriedRules, Context, Told, is_more
from index.figures.cells import cell_figures
from index.figures.dating import DATING, DatingRules, SentencePeriods
from index.figures.periods import PERIODS, PeriodRules, periods
from index.figures.quantities import QUANTITIES, Quantity, QuantityRules, quantities
from index.figures.subjects import SUBJECTS, SubjectRules, change_at, counted_at
from index.figures.units import DURATIONS
from index.text.note_marks import Unmarked, unmark
from index.text.sentences import sentences
from index.text.tables import Row, tables
from index.types import Figure, Period, Span

_THE_SAME_TIME = re.compile(r"\b(?:in|over|during)\sthe\s(?:year|month)\b(?!\s(?:to|end|before|[0-9]))")
_NAMED_WITHIN: Final = 4
"""How many sentences before "in the year" are searched for that year; set by judgement: a paragraph or two."""

_FROM = re.compile(r"\b(?:down|up|against|compared|from)\b[^.;\n]*$", re.IGNORECASE)
"""What comes between a figure and one that it is compared with: "162 in March, down from 171"."""

_COMPARED_WITHIN: Final = 80
"""How many characters before a figure are searched for what makes it the one that is compared with: a clause."""


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
    outside, inside = _apart(found, [grid.span for grid in grids])
    figures = _of_prose(body, published, spans, outside, grammar)
    for grid, held in zip(grids, inside, strict=True):
        figures += cell_figures(body, published, grid, partial(_in_words, body, published, held, grammar=grammar))
    return sorted(figures, key=lambda figure: figure.span)


def _apart(found: Sequence[Quantity], grids: Sequence[Span]) -> tuple[list[Quantity], list[list[Quantity]]]:
    """Return the quantities outside tables, and those of each table; ``grids`` are the tables in their order."""
    starts, ends = [grid.start for grid in grids], [grid.end for grid in grids]
    outside: list[Quantity] = []
    inside: list[list[Quantity]] = [[] for _ in grids]
    for each in found:
        touched = range(bisect_right(ends, each.span.start), bisect_left(starts, each.span.end))
        for place in touched:
            inside[place].append(each)
        if not touched:
            outside.append(each)
    return outside, inside


def _in_words(
    body: str, published: date, inside: Sequence[Quantity], cell: Span, row: Row, *, grammar: Grammar
) -> list[Figure]:
    """Return the figures of a cell that is read as a sentence; ``inside`` are the quantities of its table."""
    first = bisect_left(inside, cell.start, key=lambda each: each.span.start)
    last = bisect_left(inside, cell.end, key=lambda each: each.span.start)
    found = _of_sentence(body, cell, inside[first:last], published, grammar=grammar)
    return [replace(each, sentence=row.span) for each in found]


def _of_prose(
    body: str, published: date, spans: Sequence[Span], found: Sequence[Quantity], grammar: Grammar
) -> list[Figure]:
    """Return the figures of quantities in sentences, in order."""
    figures: list[Figure] = []
    starts = [span.start for span in spans]
    place = 0
    base, read_to = None, 0
    made: list[Figure] = []
    while place < len(found):
        sentence = _around(spans, starts, found[place].span)
        stop = place
        while stop < len(found) and found[stop].span.start < sentence.end:
            stop += 1
        follows = bool(figures) and _next_to(starts, figures[-1], sentence)
        previous = [each for each in made if each.sentence == figures[-1].sentence] if follows else []
        if "\n" in body[read_to : sentence.start]:  # another paragraph
            base = None
        if _THE_SAME_TIME.search(body, sentence.start, sentence.end):
            here = bisect_left(starts, sentence.start)
            base = _named_before(body, spans[max(0, here - _NAMED_WITHIN) : here], published, grammar)
        made = _of_sentence(body, sentence, found[place:stop], published, previous, base=base, grammar=grammar)
        base = next((own for each in reversed(made) if (own := _own_period(each)) is not None), base)
        read_to = sentence.end
        figures += made
        place = stop
    return figures


def _not_compared_with(body: str, figures: Sequence[Figure]) -> Figure:
    """Return the last of a sentence's figures, or the one that is compared with it: "162 in March, down from 171"."""
    place = len(figures) - 1
    while place:
        start = figures[place].span.start
        if not _FROM.search(body, max(figures[place - 1].span.end, start - _COMPARED_WITHIN), start):
            break
        place -= 1
    return figures[place]


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


def _next_to(starts: Sequence[int], earlier: Figure, sentence: Span) -> bool:
    """Whether the sentence of an earlier figure comes right before this one."""
    return bisect_left(starts, sentence.start) - bisect_left(starts, earlier.sentence.start) == 1


def _of_sentence(
    body: str,
    sentence: Span,
    found: Sequence[Quantity],
    published: date,
    previous: Sequence[Figure] = (),
    *,
    base: Period | None = None,
    grammar: Grammar,
) -> list[Figure]:
    """Return the figures of a sentence.

    ``previous`` are those of the sentence right before it, ``base`` the last time named before in the paragraph.
    """
    named = periods(body, sentence, published, grammar.periods, before=base)
    whens = SentencePeriods(body, sentence, named, [each.number for each in found], grammar.dating)
    figures: list[Figure] = []
    before = previous[-1] if previous else None
    continues = bool(previous) and grammar.carried.continues(body, sentence)
    continued = before if continues else None
    carried = _period_of(body, sentence, previous) if continues and not whens.any else None
    for each in found:
        within = Span(min(sentence.start, each.span.start), max(sentence.end, each.span.end))
        earlier = figures[-1] if figures else continued
        change, after = change_at(
            body, within, each.span, each.unit, earlier.change if earlier else None, rules=grammar.subjects
        )
        counted = each.counted
        if counted is None and not _is_none(body, each):
            counted = counted_at(body, within, each.span, each.unit, after=after, change=change, rules=grammar.subjects)
        context = Context(body, within, each, earlier, before, continued is not None, change is not None, counted)
        if (same := grammar.carried.counted(context)) is not None:
            counted = same.counted
            if same is earlier and is_more(body, same) and joined(body, same.span, each.span):
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
    told = Told(body, sentence, published, tuple(figures), previous, grammar.subjects.nouns, grammar.periods)
    return grammar.carried.paired(told) or figures


def _is_none(body: str, quantity: Quantity) -> bool:
    """Return True for "none" and "nobody": what comes after them says what was not done, not of what there was none."""
    return not quantity.value and not any(map(str.isdigit, quantity.number.of(body)))


def _own_period(figure: Figure) -> Period | None:
    """Return the period of a figure if its own sentence names it, not one before that."""
    period = figure.period
    return period if period is not None and period.span.start >= figure.sentence.start else None


def _period_of(body: str, sentence: Span, previous: Sequence[Figure]) -> Period | None:
    """Return the period that a sentence has from the figures it continues, if their own sentence names it.

    Figures for one place after another ("The figure for York was 20.") are all of the time named first: that of what
    is news in the sentence before, and not of what this is compared with.
    """
    return _not_compared_with(body, previous).period if figure_for(body, sentence) else _own_period(previous[-1])
