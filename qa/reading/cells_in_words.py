"""A cell of a table as a sentence with the labels of its row and column, for a reader of sentences."""

from dataclasses import dataclass, replace

from index.figures.cells import column_names
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
    row, heads = table.table.data[place.row], table.table.heads(place.column)
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
            *_named(table, *heads),
            replace(_quoted(table, row.label or value, answers=True), settled=table.settles(place)),
        ]
        return [*made, Piece(", "), _quoted(table, value), Piece(".")]
    if place.column == 0:
        made += [*_named(table, *heads), _quoted(table, value, answers=True)]
        for other in filter(None, table.covered[place.row]):
            cell = row.cell(other)
            made += [Piece(", "), *_named(table, *table.table.heads(other)), *([_quoted(table, cell)] if cell else [])]
        return [*made, Piece(".")]
    named = column_names(table.labels, place.column)
    times = [head for head in heads if head not in named]
    label = [row.label] if row.label is not None else []
    if label and table.row_is_dated(place.row):
        times, label = [*label, *times], []
    made += _named(table, *label, *named)
    made.append(replace(_quoted(table, value, answers=True), settled=table.settles(place)))
    for number, time in enumerate(times):
        made += [Piece(" " if number else " in "), _quoted(table, time)]
    return [*made, Piece(".")]


def _named(table: AskedTable, *names: Span) -> list[Piece]:
    return [piece for name in names for piece in (_quoted(table, name), Piece(": "))]


def _quoted(table: AskedTable, span: Span, *, answers: bool = False) -> Piece:
    return Piece(span.of(table.body), span if answers else None, answers)
