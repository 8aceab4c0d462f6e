"""The body of a release as blocks of a page: paragraphs, lists and tables, with a quote and its answer marked.

Every piece of text is cut from the body by its offsets, so the page shows the words that are stored.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from index.text.tables import Table, tables
from index.types import Span

Mark = Literal["", "quote", "answer"]
"""What a piece of text belongs to: the answer, the quote around it, or neither."""

_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"\s*[•◦▪‣*–-]\s+")
_BULLET = re.compile(r"\A\s*[•◦▪‣*]\s+")
_SPACE = re.compile(r"\s+")
_BAR = re.compile(r"\s*\|\s*")

_AROUND = 110
"""How many characters of a sentence are shown on each side of its number, where a line has to be short."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of the body with one mark; ``first`` on the first marked piece of all, to which links lead."""

    text: str
    mark: Mark = ""
    first: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are shown as one: a ``text`` of lines, a ``list`` of items, or a ``table`` of rows of cells.

    ``lines`` is for texts and lists, ``rows`` for tables, the header first.
    """

    kind: Literal["text", "list", "table"]
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()


class Marker:
    """Cuts spans of a body into pieces, so that the quote and the answers in it are marked."""

    def __init__(self, body: str, quote: Span | None = None, answers: Iterable[Span] = ()) -> None:
        """Take the offsets of what is to be marked; parts that lie outside the body are not marked."""
        self._body = body
        self._quote = quote
        self._answers = tuple(answers)
        self._begun = False

    def pieces(self, start: int, end: int) -> Line:
        """Return the pieces of ``body[start:end]`` in order; their texts joined are exactly that."""
        marked = [span for span in (self._quote, *self._answers) if span is not None]
        edges = {edge for span in marked for edge in (span.start, span.end) if start < edge < end}
        cuts = sorted({start, end} | edges)
        return tuple(self._piece(a, b) for a, b in pairwise(cuts))

    def _piece(self, start: int, end: int) -> Piece:
        mark: Mark = ""
        if any(span.start <= start and end <= span.end for span in self._answers):
            mark = "answer"
        elif self._quote is not None and self._quote.start <= start and end <= self._quote.end:
            mark = "quote"
        first = bool(mark) and not self._begun
        self._begun = self._begun or first
        return Piece(self._body[start:end], mark, first)


def blocks(body: str, quote: Span | None = None, answers: Iterable[Span] = ()) -> tuple[Block, ...]:
    """Return a whole body as blocks, with ``quote`` marked and the ``answers`` marked more strongly."""
    marker = Marker(body, quote, answers)
    return tuple(block for paragraph in _paragraphs(body) for block in _blocks_of(body, paragraph, marker))


def around(body: str, quote: Span, answers: Iterable[Span] = ()) -> tuple[Block, ...]:
    """Return the paragraphs of a body that hold ``quote``, as blocks with the same marks as `blocks`."""
    marker = Marker(body, quote, answers)
    holding = [lines for lines in _paragraphs(body) if lines[0].start < quote.end and quote.start < lines[-1].end]
    return tuple(block for paragraph in holding for block in _blocks_of(body, paragraph, marker))


def stating(quote: str, number: Span, *, of_table: bool) -> Line:
    """Return the words of a quote around a number as one short line, the number in it marked as the answer.

    What is left out at either end is an ellipsis. In a row of a table the bars between cells become dots.
    """
    before, after = quote[: number.start], quote[number.end :]
    if of_table:
        before, after = (_BAR.sub(" · ", part) for part in (before.lstrip(" |"), after.rstrip(" |")))
    before, after = _SPACE.sub(" ", _BULLET.sub("", before)), _SPACE.sub(" ", after)
    if len(before) > _AROUND:
        before = f"… {before[-_AROUND:].partition(' ')[2]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND].rpartition(' ')[0]} …"
    pieces = (Piece(before), Piece(number.of(quote), "answer"), Piece(after))
    return tuple(piece for piece in pieces if piece.text)


def _paragraphs(body: str) -> Iterator[list[Span]]:
    """Yield the lines of each paragraph; paragraphs are separated by blank lines."""
    lines: list[Span] = []
    for found in _LINE.finditer(body):
        if lines and found.start() > lines[-1].end + 1:
            yield lines
            lines = []
        lines.append(Span(*found.span()))
    if lines:
        yield lines


def _blocks_of(body: str, lines: Sequence[Span], marker: Marker) -> Iterator[Block]:
    grids = [grid for grid in tables(body) if lines[0].start < grid.span.end and grid.span.start < lines[-1].end]
    for grid, group in groupby(lines, key=lambda line: _table_with(grids, line)):
        if grid is not None:
            yield _table(grid, marker)
        else:
            yield from _prose(body, list(group), marker)


def _table_with(grids: Sequence[Table], line: Span) -> Table | None:
    return next((grid for grid in grids if grid.span.start <= line.start < grid.span.end), None)


def _prose(body: str, lines: Sequence[Span], marker: Marker) -> Iterator[Block]:
    for is_list, group in groupby(lines, key=lambda line: _item(body, line) is not None):
        run = [(_item(body, line) or line.start, line.end) for line in group]
        yield Block("list" if is_list else "text", tuple(marker.pieces(start, end) for start, end in run))


def _item(body: str, line: Span) -> int | None:
    """Return where the words of a list's item begin; None if a line is none."""
    found = _ITEM.match(body, line.start, line.end)
    return found.end() if found and found.end() < line.end else None


def _table(grid: Table, marker: Marker) -> Block:
    lines = [grid.header, *grid.rows]
    rows = [tuple(marker.pieces(cell.start, cell.end) if cell else () for cell in line.cells) for line in lines]
    width = max(map(len, rows))
    return Block("table", rows=tuple(row + ((),) * (width - len(row)) for row in rows))
