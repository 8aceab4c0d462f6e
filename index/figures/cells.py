"""The figures of tables: a cell with what its row and column say it counts, and for when.

The label of a row is the subject of its cells and the header of a column their period, or the other way about where the
rows are years. A unit that a header or a caption names ("Cost (£ million)", "Share (%)") is that of its bare numbers.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final

from index.figures.periods import periods
from index.figures.quantities import Quantity, whole_quantity
from index.figures.rules import Rule, Steps
from index.text.dates import MONTH_NUMBERS
from index.text.note_marks import mark_before
from index.text.tables import Row, Table
from index.types import Change, Figure, Period, Span

_TABLE_NOTE = re.compile(r"\s*(?:\[[a-z]\]|\((?:[a-z]|\d|note \d+)\)|[*§]+)$")
"""A footnote's mark that only tables have, after a cell's number or by itself."""
_YEAR = re.compile(r"(?<![\d,.£$€])(?:19|20)\d\d(?![\d,.])")
_TELLS_TIME = re.compile(
    rf"(?:19|20)\d\d|\d\d[/-]\d\d|\b(?:{'|'.join(MONTH_NUMBERS)}|Q[1-4]|FY\s?\d{{2,4}}|quarter|half|year|month|week|day|last"
    r"|this|previous|latest|spring|summer|autumn|winter|today|yesterday)\b",
    re.IGNORECASE,
)
"""Without any of these a label names no time; most labels of a long table are told so, at little cost."""

_COUNTED_IN = re.compile(
    r"(?:^|,\s|\()(?:in\s)?(?P<scale>thousands?|millions?|billions?|000s?)\s*(?:\)|:?\s*$)|\bin\s(?P<in>thousands|millions|billions)\b",
    re.IGNORECASE,
)
"""What says in what a table counts, where it is no money."""

_COUNTED_IN_WORDS = {"thousand": "thousand", "000": "thousand", "million": "million", "billion": "billion"}

_LAST_YEAR = 60
"""Two digits above this are a year of the last century: FY99."""

_LONG_LABEL = 60
"""A label of more characters is no name of a time."""

_YEAR_LIKE = re.compile(r"(?:19|20|21)\d\d")
_BRACKETS = re.compile(r"\((?P<inside>[^()]*)\)")
_MONEY = re.compile(r"(?P<sign>[£$€])\s?(?P<scale>m|mn|million|bn|billion|k|000s?|thousands?)?")
_SCALES: Final = {"m": " million", "mn": " million", "bn": " billion", "k": " thousand", "000": " thousand"}
_CHANGE = re.compile(r"\b(?:change|increase|decrease|difference|growth)\b", re.IGNORECASE)


def _quarter_first(label: str) -> str | None:
    found = re.search(r"\b((?:19|20)\d\d):? (Q[1-4])\b", label)
    return f"{label[: found.start()]}{found[2]} {found[1]}{label[found.end() :]}" if found else None


def _quarter_words(label: str) -> str | None:
    found = re.search(r"\bQuarter ([1-4]),?(?: of)? ((?:19|20)\d\d)\b", label, re.IGNORECASE)
    return f"{label[: found.start()]}Q{found[1]} {found[2]}{label[found.end() :]}" if found else None


def _short_year(label: str) -> str | None:
    found = re.search(r"\b([A-Z][a-z]{2,8})[- ’'](\d\d)$", label)
    return f"{found[1]} 20{found[2]}" if found and found[1] in MONTH_NUMBERS else None


def _fiscal(label: str) -> str | None:
    found = re.search(r"\bFY ?(?:20)?(\d\d)(?:[/-](?:20)?(\d\d))?\b", label)
    if not found:
        return None
    last = int(found[2] or found[1])
    year = last + (1900 if last > _LAST_YEAR else 2000)
    return f"{year - 1}/{last:02}"


LABELS: Final = Steps(
    "label",
    (
        Rule("quarter first", "2024 Q1", _quarter_first),
        Rule("quarter in words", "Quarter 2, 2024", _quarter_words),
        Rule("short year", "Jan-24", _short_year),
        Rule("fiscal year", "FY24", _fiscal),
    ),
)
"""How a label is written in the words in which sentences name the same period."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A table with the periods that its labels name; a label that names no dated period has None.

    ``columns`` are those of the headers, ``rows`` those of the rows' labels and ``whole`` that of the caption.
    ``values`` says of each column whether its cells are values: the others hold labels.
    """

    table: Table
    columns: tuple[Period | None, ...]
    rows: tuple[Period | None, ...]
    whole: Period | None
    values: tuple[bool, ...]


def read_labels(body: str, published: date, table: Table) -> Labels:
    """Return the periods of a table's labels, read as on the day of publication."""
    whole = _only_period(body, table.caption, published)
    year = whole.start.year if whole and whole.start and whole.end and whole.start.year == whole.end.year else None
    width = max((len(row.cells) for row in (table.header, *table.rows)), default=0)
    columns = tuple(_column_period(body, table, place, published, year) for place in range(width))
    rows = tuple(label_period(body, row.label, published, year) for row in table.data)
    values = tuple(_holds_values(columns, place) for place in range(width))
    return Labels(table, columns, rows, whole, values)


def _column_period(body: str, table: Table, place: int, published: date, year: int | None) -> Period | None:
    found = (label_period(body, head, published, year) for head in reversed(table.heads(place)))
    return next((each for each in found if each is not None), None)


def label_period(body: str, label: Span | None, published: date, year: int | None = None) -> Period | None:
    """Return the period that the label of a row or column names, with its first and last day, or None.

    ``year`` is the year of a month or a day that names none.
    """
    if label is None:
        return None
    words = label.of(body)
    if len(words) > _LONG_LABEL or not _TELLS_TIME.search(words):
        return None
    written = LABELS(words)
    if year is not None and not _YEAR.search(written):
        written = f"{written} {year}"
    for text in (f"in {written}", *(f"in {found.group()}" for found in _YEAR.finditer(written))):
        named = periods(text, Span(0, len(text)), published)
        dated = [each for each in named if each.start and each.end]
        if dated:
            return Period(label, dated[0].start, dated[0].end)
        if named:
            return None  # "Autumn 2024" is not all of 2024
    return None


def _mark_start(text: str) -> int:
    """Return where the footnote's mark at the end of a cell begins; 0 if there is none, or nothing else."""
    mark = mark_before(text, len(text))
    found = _TABLE_NOTE.search(text)
    return mark.start if mark else found.start() if found else 0


def cell_quantity(text: str, *, years: bool = False) -> Quantity | None:
    """Return the quantity that a cell as a whole is, without a footnote's mark; ``years`` reads "2011" as a number."""
    while (start := _mark_start(text)) > 0:
        text = text[:start].rstrip()
    found = whole_quantity(text, years=years)
    return found if found is not None and found.span.end == len(text.rstrip(")")) else None


def cell_figures(
    body: str, published: date, table: Table, in_words: Callable[[Span, Row], Sequence[Figure]]
) -> Iterator[Figure]:
    """Yield the figures of a table in order; ``in_words`` reads those of a cell that says more than a number."""
    labels = read_labels(body, published, table)
    for number, row in enumerate(table.data):
        for column, cell in enumerate(row.cells):
            if cell is None or not labels.values[column]:
                continue
            years = _counts(body, labels, column)
            quantity = cell_quantity(cell.of(body), years=years)
            if quantity is None:
                yield from in_words(cell, row)
                continue
            quantity = _with_unit(body, labels, row, column, quantity)
            yield Figure(
                span=Span(cell.start + quantity.span.start, cell.start + quantity.span.end),
                number=Span(cell.start + quantity.number.start, cell.start + quantity.number.end),
                value=quantity.value,
                value_max=quantity.value_max,
                unit=quantity.unit,
                qualifier=quantity.qualifier,
                counted=_counted(labels, number, row, column),
                change=_change(body, labels, column, quantity),
                period=cell_period(body, published, labels, number, column) or labels.whole,
                sentence=row.span,
            )


def _only_period(body: str, caption: Span | None, published: date) -> Period | None:
    if caption is None:
        return None
    named = [each for each in periods(body, caption, published) if each.start and each.end]
    return named[0] if len(named) == 1 else None


def _holds_values(columns: Sequence[Period | None], place: int) -> bool:
    """Return True for a column of values: one of a period, or any but the first; the first mostly holds labels."""
    return place > 0 or (bool(columns) and columns[0] is not None)


def _counts(body: str, labels: Labels, column: int) -> bool:
    """Return True if four digits in a column count something: its header is a period, or some cells are no years."""
    if column < len(labels.columns) and labels.columns[column] is not None:
        return True
    cells = [cell.of(body) for row in labels.table.data if (cell := row.cell(column)) is not None]
    return any(not _YEAR_LIKE.fullmatch(text) and cell_quantity(text) is not None for text in cells[:50])


def _counted(labels: Labels, number: int, row: Row, column: int) -> Span | None:
    is_time = labels.rows[number] is not None
    names = [None if is_time or column == 0 else row.label]
    names += [*column_names(labels, column), row.group]
    return next((name for name in names if name is not None), None)


def column_names(labels: Labels, column: int) -> list[Span]:
    """Return the headers of a column that do not name its period, the upper one first."""
    period = labels.columns[column] if column < len(labels.columns) else None
    return [head for head in labels.table.heads(column) if period is None or period.span != head]


def cell_period(body: str, published: date, labels: Labels, number: int, column: int) -> Period | None:
    """Return the period of a cell: that of its column or its row, or the month of the one in the year of the other."""
    row, header = labels.table.data[number].label, next(iter(labels.table.heads(column)), None)
    of_column = labels.columns[column] if column < len(labels.columns) else None
    of_row = labels.rows[number]
    for whole, part in ((of_column, row), (of_row, header)):
        year = _calendar_year(whole)
        if year is not None and part is not None and not _YEAR.search(part.of(body)):
            found = label_period(body, part, published, year)
            if found is not None and found.start and found.start.year == year and _calendar_year(found) is None:
                return found
    return of_column or of_row


def _calendar_year(period: Period | None) -> int | None:
    if period is None or period.start is None or period.end is None:
        return None
    year = period.start.year
    return year if (period.start, period.end) == (date(year, 1, 1), date(year, 12, 31)) else None


def _change(body: str, labels: Labels, column: int, quantity: Quantity) -> Change | None:
    heads = " ".join(head.of(body) for head in labels.table.heads(column))
    if not quantity.value or not _CHANGE.search(heads):
        return None
    return "up" if quantity.value > 0 else "down"


def _with_unit(body: str, labels: Labels, row: Row, column: int, quantity: Quantity) -> Quantity:
    """Give a bare number the unit that its column, its row or the caption names, in this order."""
    if quantity.unit or quantity.value_max is not None:
        return quantity
    number = quantity.text[quantity.number.start - quantity.span.start :]
    caption = labels.table.caption
    of_time = column < len(labels.columns) and labels.columns[column] is not None
    for place in (*reversed(labels.table.heads(column)), row.label, caption):
        if place is None:
            continue
        # A caption says in what the values of each time are counted, and nothing of a column of numbers of stations.
        if (place is not caption or of_time) and (scale := _scale(place.of(body))):
            found = whole_quantity(f"{number} {scale}", years=True)
            return replace(quantity, value=found.value) if found is not None else quantity
        for before, after in _units(place.of(body)):
            found = whole_quantity(f"{before}{number}{after}", years=True)
            if found is not None and found.unit:
                return replace(quantity, value=found.value, unit=found.unit)
    return quantity


def _scale(label: str) -> str | None:
    """Return the word of scale in which a label says that something is counted: "Journeys, in millions"."""
    found = _COUNTED_IN.search(label)
    return _COUNTED_IN_WORDS[(found["scale"] or found["in"]).lower().rstrip("s")] if found else None


def _units(label: str) -> Iterator[tuple[str, str]]:
    """Yield what a number would be written with, before and after it, if it had the unit that a label names."""
    inside = [found["inside"].strip() for found in _BRACKETS.finditer(label)]
    last = [label.rpartition(",")[2].strip(" :")] if "," in label else []
    for words in chain(inside, last, [label]):
        money = _MONEY.fullmatch(words)
        if money:
            scale = (money["scale"] or "").rstrip("s")
            yield (
                money["sign"],
                _SCALES.get(scale, " thousand" if scale in {"000", "thousand"} else f" {scale}".rstrip()),
            )
        elif words.lower() in {"%", "per cent", "percent", "percentage", "percentage change", "% change", "share"}:
            yield "", "%"
        elif words and len(words.split()) < 3:
            yield "", f" {words.lower()}"
