"""HTML tables as the tables that a body keeps: a line for each row, with bars between the cells (`index.text.tables`).

A merged cell is repeated in every place that it covers, and the rows of a header are joined, so that each cell stands
under the whole of its header: "2023" over "Q1" and "Q2" becomes "2023 Q1" and "2023 Q2".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from index.sources.html.elements import RAISED, UNREAD

_TAG = re.compile(r"<(?P<end>/?)table\b[^<>]*>", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\D*(?:19|20)\d\d\D*(?:\d\d){0,2}\D*")

_MOST_COLUMNS, _MOST_ROWS = 200, 5_000
"""The most columns and rows that one cell may cover: a page can claim any number."""

_MOST_CELLS = 200_000
"""The most cells of a table of which merged ones are repeated; no text is lost beyond that."""


@dataclass(slots=True)
class _Cell:
    """A cell as the page has it; ``heads``: it is marked as a header or lies in the table's head."""

    columns: int
    rows: int
    heads: bool
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split()).replace("\\|", "|").replace("|", "\\|")


def with_pipe_tables(text: str) -> str:
    """Return ``text`` with each HTML table in it written as lines of cells, a paragraph of its own.

    A table of one column, which only lays out a page, becomes its paragraphs. Tables inside a cell become its text. A
    table that is not closed stays as it is.
    """
    if "<table" not in text and "<TABLE" not in text:
        return text
    pieces: list[str] = []
    at, depth, begin = 0, 0, 0
    for tag in _TAG.finditer(text):
        if not tag["end"]:
            begin = begin if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                pieces += [text[at:begin], "\n\n", table_text(text[begin : tag.end()]), "\n\n"]
                at = tag.end()
    return "".join([*pieces, text[at:]])


def pipe_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as lines: header, dashes and rows; every row is made as wide as the widest."""
    width = max(len(header), *(len(row) for row in rows), 1) if rows else max(len(header), 1)
    lines = [_line(header, width), "|" + "---|" * width, *(_line(row, width) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str], width: int) -> str:
    return "| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |"


class _Table(HTMLParser):
    """Collects caption and cells of one table; the text of tables inside goes to the cell that holds them."""

    def __init__(self) -> None:
        super().__init__()
        self.caption: list[str] = []
        self.rows: list[list[_Cell]] = []
        self._open: list[str] | None = None
        self._depth = 0
        self._unread = 0
        self._raised = False
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        self._raised = self._raised or tag == "sup"
        if tag == "table":
            self._depth += 1
        if self._depth > 1 or tag not in {"thead", "tbody", "tfoot", "tr", "td", "th", "caption"}:
            if self._open is not None:
                self._open.append(
                    " " if tag not in {"b", "i", "em", "strong", "span", "a", "sup", "sub", "abbr"} else ""
                )
            return
        match tag:
            case "thead" | "tbody" | "tfoot":
                self._in_head = tag == "thead"
                self._open = None
            case "tr":
                self.rows.append([])
                self._open = None
            case "caption":
                self._open = self.caption
            case _:
                if not self.rows:
                    self.rows.append([])
                given = dict(attrs)
                cell = _Cell(
                    _span(given.get("colspan"), _MOST_COLUMNS),
                    _span(given.get("rowspan"), _MOST_ROWS),
                    tag == "th" or self._in_head,
                )
                self.rows[-1].append(cell)
                self._open = cell.parts

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD and self._unread > 0
        self._raised = self._raised and tag not in {"sup", "td", "th", "tr"}
        if tag == "table":
            self._depth -= 1
        if self._depth > 1:
            return
        if tag == "thead":
            self._in_head = False
        if self._open is None:
            return
        if tag in {"td", "th", "tr", "caption"}:
            self._open = None
        elif tag in {"p", "li", "div"}:
            self._open.append(" ")

    def handle_data(self, data: str) -> None:
        if self._open is not None and not self._unread:
            self._open.append(data.translate(RAISED) if self._raised else data)


def _span(given: str | None, most: int) -> int:
    return min(max(int(given), 1), most) if given and given.strip().isdecimal() else 1


def table_text(html: str) -> str:
    """Return the text of one whole HTML table: its caption, then its lines of cells; see `with_pipe_tables`."""
    parser = _Table()
    parser.feed(html)
    parser.close()
    grid = _grid(parser.rows)
    caption = " ".join("".join(parser.caption).split())
    if max((len(row) for row in grid), default=0) < 2:
        return "\n\n".join(filter(None, [caption, *(cell.text for row in parser.rows for cell in row)]))
    heads = _header_rows(grid)
    header = [_joined([cell.text for cell in column if cell]) for column in _columns(grid[:heads])]
    rows = [[cell.text if cell else "" for cell in row] for row in grid[heads:]]
    return "\n\n".join(filter(None, [caption, pipe_table(header, rows)]))


def _grid(rows: Sequence[Sequence[_Cell]]) -> list[list[_Cell | None]]:
    """Return the rows with merged cells repeated in every place that they cover."""
    grid: list[list[_Cell | None]] = []
    below: dict[int, tuple[_Cell, int]] = {}
    count = 0
    for cells in rows:
        line: list[_Cell | None] = []
        waiting = list(cells)
        following: dict[int, tuple[_Cell, int]] = {}
        while waiting or below:
            at = len(line)
            if at in below:
                cell, left = below.pop(at)
                line.append(cell)
                if left > 1:
                    following[at] = cell, left - 1
            elif waiting:
                cell = waiting.pop(0)
                wide = cell.columns if count + cell.columns <= _MOST_CELLS else 1
                for place in range(at, at + wide):
                    below.pop(place, None)
                    line.append(cell)
                    if cell.rows > 1 and count <= _MOST_CELLS:
                        following[place] = cell, cell.rows - 1
                count += wide
            else:
                line.append(None)
        below = following
        if any(cell is not None and cell.text for cell in line):
            grid.append(line)
    return grid


def _columns(rows: Sequence[Sequence[_Cell | None]]) -> list[list[_Cell | None]]:
    width = max((len(row) for row in rows), default=0)
    return [[row[place] if place < len(row) else None for row in rows] for place in range(width)]


def _joined(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, texts)))


def _header_rows(grid: Sequence[Sequence[_Cell | None]]) -> int:
    """Return how many rows at the top are the header: those marked as such, or the first if it looks like one.

    Without marks, the first row is the header if it has no number but for years, and other rows do, or if the table has
    three columns or more; two columns without numbers are more often names and what belongs to them.
    """
    marked = 0
    while marked < len(grid) - 1 and all(cell is None or cell.heads for cell in grid[marked]):
        marked += 1
    if marked or any(cell is not None and cell.heads for row in grid for cell in row):
        return marked
    if len(grid) < 2:
        return 0
    first = [cell.text for cell in grid[0] if cell]
    plain = not any(_DIGIT.search(text) and not _YEAR.fullmatch(text) for text in first)
    counts = sum(bool(_DIGIT.search(cell.text)) for row in grid[1:] for cell in row[1:] if cell)
    return int(plain and (len(first) > 2 or 2 * counts >= len(grid) - 1))
