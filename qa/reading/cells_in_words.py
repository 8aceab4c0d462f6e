"""A cell of a table as a sentence with the labels of its row and column, for a reader of sentences."""

from dataclasses import dataclass, replace

from index.types import Span
from qa.reading.table_cells import AskedTable, Place


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text that is read: those at ``place`` in the release's body, or ours if it is None.

    ``answers``: an answer that touches these words is these words, whatever else it touches. ``settled``: the
    table alone says that these are what is asked for (`AskedTable.settles`), which a reader can only believe or doubt.
    """

    text: str
    place: Span | None = None
    answers: bool = False
    settled: bool = False


def cell_sentence(table: AskedTable, place: Place) -> list[Piece]:
    """Return a cell in words: "Fly-tipping incidents by region: South Marsh: 2,611 in 2024".

    Only the words of the cell can be an answer.
    """
    row, header = table.table.rows[place.row], table.table.header.cell(place.column)
    value = row.cell(place.column) or row.label
    made: list[Piece] = []
    if table.table.caption is not None:
        made += [_quoted(table, table.table.caption), Piece(" ")]
    if row.group is not None:
        made += [_quoted(table, row.group), Piece(", ")]
    if value is None:
        return made
    if place.superlative:
        made += [
            Piece(f"{place.superlative} in "),
            *_named(table, header),
            replace(_quoted(table, row.label or value, answers=True), settled=table.settles(place)),
        ]
        return [*made, Piece(", "), _quoted(table, value), Piece(".")]
    if place.column == 0:
        made += [*_named(table, header), _quoted(table, value, answers=True)]
        for other in filter(None, table.covered[place.row]):
            head, cell = table.table.header.cell(other), row.cell(other)
            made += [Piece(", "), *_named(table, head), *([_quoted(table, cell)] if cell else [])]
        return [*made, Piece(".")]
    times = [header] if table.is_dated(place.column) else []
    if row.label is not None and table.row_is_dated(place.row):
        times.insert(0, row.label)
    for name in (row.label, header):
        made += _named(table, name) if name not in times else []
    made.append(replace(_quoted(table, value, answers=True), settled=table.settles(place)))
    for number, time in enumerate(times):
        made += [Piece(" " if number else " in "), _quoted(table, time)] if time else []
    return [*made, Piece(".")]


def _named(table: AskedTable, name: Span | None) -> list[Piece]:
    return [_quoted(table, name), Piece(": ")] if name is not None else []


def _quoted(table: AskedTable, span: Span, *, answers: bool = False) -> Piece:
    return Piece(span.of(table.body), span if answers else None, answers)
