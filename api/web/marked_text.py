"""The body of a release as blocks of a page: paragraphs, lists and tables, with a quote and its answer marked.

Every piece of text is cut from the body by its offsets, so the page shows the words that are stored.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from index.types import Span

Mark = Literal["", "quote", "answer"]
"""What a piece of text belongs to: the answer, the quote around it, or neither."""

_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"\s*[•◦▪‣*–-]\s+")
_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")


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

    ``lines`` is for texts and lists, ``rows`` for tables; a table's first row is its header if ``header`` is True.
    """

    kind: Literal["text", "list", "table"]
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    header: bool = False


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
    kinds = [_kind(line.of(body)) for line in lines]
    # One line with a bar in it, such as "Contact | Press office", is no table.
    for kind, group in groupby(zip(kinds, lines, strict=True), key=lambda each: each[0]):
        run = [line for _, line in group]
        if kind == "table" and len(run) > 1:
            yield _table(body, run, marker)
        elif kind == "list":
            items = (_ITEM.match(body, line.start, line.end) for line in run)
            starts = [item.end() if item else line.start for item, line in zip(items, run, strict=True)]
            yield Block("list", tuple(marker.pieces(a, line.end) for a, line in zip(starts, run, strict=True)))
        else:
            yield Block("text", tuple(marker.pieces(line.start, line.end) for line in run))


def _kind(line: str) -> Literal["text", "list", "table"]:
    item = _ITEM.match(line)
    if item and item.end() < len(line):
        return "list"
    return "table" if _BAR.search(line) else "text"


def _table(body: str, lines: Sequence[Span], marker: Marker) -> Block:
    # Markdown's line of dashes says that the line before it is a header; without one, the first row is taken for it.
    rows = [line for line in lines if not _DASHES.fullmatch(line.of(body))]
    cells = [tuple(_cells(body, line, marker)) for line in rows]
    width = max(map(len, cells), default=0)
    return Block("table", rows=tuple(row + ((),) * (width - len(row)) for row in cells), header=len(rows) > 1)


def _cells(body: str, line: Span, marker: Marker) -> Iterator[Line]:
    bars = [bar.start() for bar in _BAR.finditer(body, line.start, line.end)]
    left = right = None
    if bars and not body[line.start : bars[0]].strip():  # the bar before the first cell
        left, bars = bars[0] + 1, bars[1:]
    if bars and not body[bars[-1] + 1 : line.end].strip():  # the bar after the last cell
        right, bars = bars[-1], bars[:-1]
    starts = [line.start if left is None else left, *(bar + 1 for bar in bars)]
    ends = [*bars, line.end if right is None else right]
    for start, end in zip(starts, ends, strict=True):
        text = body[start:end]
        begin = start + len(text) - len(text.lstrip())
        yield marker.pieces(begin, begin + len(text.strip())) if text.strip() else ()
