"""Tables in a release's body: rows of cells with " | " between them under a header, as Markdown writes them.

A table stays as it is written, so that a row and a cell are slices of the body. A header line is followed by a line of
dashes; every line after them that has a bar is a row. Rows may be ragged: a missing cell is empty, and one too many has
no header.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.types import Span

_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"\|? ?:?-+:? ?(?:\| ?:?-+:? ?)*\|?")
_LINE = re.compile(r"[^\n]+")
_NAMES_COLUMN = re.compile(
    r"[^\d£$€%]*(?:\b(?:(?:19|20)\d\d(?:[/-]\d\d(?:\d\d)?)?|Q[1-4]|Year \d|\d(?:st|nd|rd|th))\b[^\d£$€]*)?"
    r"|[£$€%]m?n?|[^\d]*\([£$€%]m?n?\)"
)
"""Words that tell columns apart, rather than a number: a year, a name, a unit."""

_POINTS_AT_TABLE = re.compile(r"\b(?:tables?|below|following|shows?|as follows)\b", re.IGNORECASE)

_CAPTION_WORDS = 30
"""The most words of a line before a table that may be its caption; set by judgement, as captions are short."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. ``cells`` are its cells in order, None where one is empty.

    ``label`` is the first cell, or that of a row before where it is left empty, as merged cells are written. ``group``
    is the text of the last row above that has only one cell and so stands over the rows below it.
    """

    span: Span
    cells: tuple[Span | None, ...]
    label: Span | None = None
    group: Span | None = None

    def cell(self, column: int) -> Span | None:
        """Return the cell in a column, counted from 0; None if it is empty or the row is too short."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header, the line of dashes below that, and its rows; ``caption`` is the line that introduces it.

    ``two_headers``: the first row is a second header, whose cells tell the columns of a merged cell above apart.
    """

    caption: Span | None
    header: Row
    dashes: Span
    rows: tuple[Row, ...]
    two_headers: bool = False

    @property
    def span(self) -> Span:
        """All lines of the table, without its caption."""
        return Span(self.header.span.start, self.rows[-1].span.end if self.rows else self.dashes.end)

    @property
    def data(self) -> tuple[Row, ...]:
        """The rows that are no header."""
        return self.rows[1:] if self.two_headers else self.rows

    def heads(self, column: int) -> tuple[Span, ...]:
        """Return the headers of a column, counted from 0, the upper one first; none if it has none."""
        upper = self.header.cell(column)
        if self.two_headers and upper is None and 0 < column < len(self.header.cells):
            upper = next(filter(None, reversed(self.header.cells[1:column])), None)
        under = self.rows[0].cell(column) if self.two_headers else None
        return tuple(head for head in (upper, under) if head is not None)

    @property
    def lead(self) -> Span:
        """The caption, if there is one, and the header: what is needed to understand a row."""
        return Span(self.caption.start if self.caption else self.header.span.start, self.header.span.end)


@lru_cache(maxsize=128)
def tables(body: str) -> tuple[Table, ...]:
    """Return the tables of ``body`` in their order. Time is linear in the length of the body."""
    if "|" not in body:
        return ()
    lines = [Span(*line.span()) for line in _LINE.finditer(body)]
    found: list[Table] = []
    place = 0
    while place + 1 < len(lines):
        header, dashes = lines[place], lines[place + 1]
        if not (_follows(header, dashes) and _opens(body, header, dashes)):
            place += 1
            continue
        stop = place + 2
        while stop < len(lines) and _follows(lines[stop - 1], lines[stop]) and _BAR.search(lines[stop].of(body)):
            stop += 1
        before = lines[place - 1] if place and (not found or found[-1].span.end < lines[place - 1].start) else None
        caption = before if before and _is_caption(body, before, header) else None
        rows = [row for row in lines[place + 2 : stop] if not _DASHES.fullmatch(row.of(body))]
        top, below = Row(header, _cells(body, header)), tuple(_labelled(body, rows))
        found.append(Table(caption, top, dashes, below, _two_headers(body, top, below)))
        place = stop
    return tuple(found)


def rows_of(found: Sequence[Table]) -> Iterator[Span]:
    """Yield every line of the tables, in order; the header with its line of dashes is two."""
    for table in found:
        yield table.header.span
        yield table.dashes
        yield from (row.span for row in table.rows)


def table_at(body: str, span: Span) -> Table | None:
    """Return the table that a span begins in; None if it begins in none."""
    return next((each for each in tables(body) if each.span.start <= span.start < each.span.end), None)


def cell_at(body: str, span: Span) -> tuple[Span | None, Span | None] | None:
    """Return the label of the row and the header of the column of the cell that holds ``span``; None outside a table.

    A cell that is itself the label has no label.
    """
    for table in tables(body):
        for row in table.rows if table.span.holds(span) else ():
            for column, cell in enumerate(row.cells if row.span.end >= span.end else ()):
                if cell is not None and cell.holds(span):
                    return (row.label if row.label != cell else None), next(iter(table.heads(column)), None)
    return None


def _follows(line: Span, following: Span) -> bool:
    return following.start == line.end + 1


def _opens(body: str, header: Span, dashes: Span) -> bool:
    """Return True if two lines are the header of a table and the dashes below it."""
    below = dashes.of(body)
    if not _DASHES.fullmatch(below) or not _BAR.search(header.of(body)) or "|" not in below:
        return False
    return not _DASHES.fullmatch(header.of(body))


def _cells(body: str, line: Span) -> tuple[Span | None, ...]:
    """Return the cells of a line, without the white space around them."""
    text = line.of(body)
    bars = [bar.start() for bar in _BAR.finditer(text)]
    edges = [-1, *bars, len(text)]
    if bars and not text[: bars[0]].strip():
        edges = edges[1:]
    if bars and len(edges) > 2 and not text[bars[-1] + 1 :].strip():
        edges = edges[:-1]
    cells: list[Span | None] = []
    for first, last in pairwise(edges):
        words = text[first + 1 : last]
        start = line.start + first + 1 + len(words) - len(words.lstrip())
        cells.append(Span(start, start + len(words.strip())) if words.strip() else None)
    return tuple(cells)


def _labelled(body: str, lines: Sequence[Span]) -> Iterator[Row]:
    label: Span | None = None
    group: Span | None = None
    for line in lines:
        cells = _cells(body, line)
        filled = [cell for cell in cells if cell is not None]
        if len(filled) == 1 and len(cells) > 1 and cells[0] is not None:
            group, label = cells[0], None
            yield Row(line, cells, cells[0])
            continue
        if filled:
            label = cells[0] or label
        yield Row(line, cells, label, group)


def _two_headers(body: str, header: Row, rows: Sequence[Row]) -> bool:
    """Return True if the first row only tells apart columns that have one header: "2023", "2024" under "Infants".

    So it is if a header stands over several columns, said again or left empty, and the row has no label of its own.
    """
    if len(rows) < 2 or rows[0].cell(0) is not None:
        return False
    above = [cell.of(body) if cell is not None else "" for cell in header.cells[1:]]
    below = [cell.of(body) for cell in rows[0].cells[1:] if cell is not None]
    merged = any(not words or words in above[:place] for place, words in enumerate(above) if place)
    return merged and len(below) == len(above) > 1 and all(_NAMES_COLUMN.fullmatch(words) for words in below)


def _is_caption(body: str, line: Span, header: Span) -> bool:
    """Return True if a line above a table names it: a heading, a lead-in, or a sentence that points at a table."""
    words = line.of(body)
    if header.start - line.end > 2 or len(words.split()) > _CAPTION_WORDS:
        return False
    return words[-1] not in ".!?" or _POINTS_AT_TABLE.search(words) is not None
