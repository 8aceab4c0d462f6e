"""What a later text of a release adds and takes away, word by word; in tables cell by cell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from index.text.tables import tables

Change = Literal["same", "added", "removed"]

_WORDS = re.compile(r"\s*\S+|\s+\Z")
_PARAGRAPHS = re.compile(r"\n{2,}")
_ALIKE = 0.5
"""The share of common words from which two paragraphs are compared word by word; set by judgement."""


@dataclass(frozen=True, slots=True)
class ChangedText:
    """Words that both texts have, or only the later one (``added``), or only the earlier one (``removed``)."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph, or a row of a table, of the later or the earlier text; ``same`` is True if nothing in it changed.

    ``cells`` has the pieces of a row cell by cell, and is empty for a paragraph; ``is_header`` is True for a header.
    """

    pieces: tuple[ChangedText, ...]
    cells: tuple[tuple[ChangedText, ...], ...] = ()
    is_header: bool = False

    @property
    def same(self) -> bool:
        """Whether both texts have this paragraph in the same words."""
        return all(piece.change == "same" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is matched as a whole: a paragraph, or a row of a table with the texts of its cells."""

    text: str
    cells: tuple[str, ...] = ()
    is_header: bool = False


def compare(earlier: str, later: str) -> tuple[ChangedParagraph, ...]:
    """Return the paragraphs and rows of tables of both texts in order, with what changed.

    The pieces that are not ``removed``, joined, are the later text, and those that are not ``added`` the earlier one,
    paragraph by paragraph. Paragraphs are matched first: only those that replace each other are compared by words.
    """
    return tuple(_compare_units(_units(earlier), _units(later)))


def runs(paragraphs: Iterable[ChangedParagraph]) -> list[tuple[bool, list[ChangedParagraph]]]:
    """Return what stands together: True with the rows of a table that follow each other, False with paragraphs."""
    return [(is_table, list(run)) for is_table, run in groupby(paragraphs, key=lambda each: bool(each.cells))]


def _units(text: str) -> list[_Unit]:
    """Return the paragraphs of a text and the rows of its tables, in order; lines of dashes say nothing."""
    units: list[_Unit] = []
    done = 0
    for table in tables(text):
        units += _paragraphs(text[done : table.span.start])
        for row in (table.header, *table.rows):
            cells = tuple(cell.of(text) if cell else "" for cell in row.cells)
            units.append(_Unit(" | ".join(cells), cells, row is table.header))
        done = table.span.end
    return units + _paragraphs(text[done:])


def _paragraphs(text: str) -> list[_Unit]:
    return [_Unit(each) for each in _PARAGRAPHS.split(text.strip("\n")) if each]


def compare_words(earlier: str, later: str) -> tuple[ChangedText, ...]:
    """Return the words of both texts in order, with what changed, as pieces as long as possible."""
    before, after = _WORDS.findall(earlier), _WORDS.findall(later)
    pieces: list[ChangedText] = []
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(ChangedText("".join(before[a:b]), "same"))
            continue
        pieces += [ChangedText("".join(before[a:b]), "removed")] if b > a else []
        pieces += [ChangedText("".join(after[c:d]), "added")] if d > c else []
    return tuple(pieces)


def _compare_units(before: list[_Unit], after: list[_Unit]) -> Iterator[ChangedParagraph]:
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from (_whole(unit, "same") for unit in before[a:b])
            continue
        old, new = before[a:b], after[c:d]
        for unit in old[: len(old) - len(new)] if len(old) > len(new) else []:
            yield _whole(unit, "removed")
        old = old[len(old) - len(new) :] if len(old) > len(new) else old
        added: list[ChangedParagraph] = []  # after what they replace, so that the rows of a table stay together
        for number, unit in enumerate(new):
            if number < len(old) and _alike(old[number], unit):
                yield from added
                added = []
                yield _changed(old[number], unit)
                continue
            if number < len(old):
                yield _whole(old[number], "removed")
            added.append(_whole(unit, "added"))
        yield from added


def _whole(unit: _Unit, change: Change) -> ChangedParagraph:
    cells = tuple((ChangedText(cell, change),) if cell else () for cell in unit.cells)
    return ChangedParagraph((ChangedText(unit.text, change),), cells, unit.is_header)


def _changed(old: _Unit, new: _Unit) -> ChangedParagraph:
    if not new.cells:
        return ChangedParagraph(compare_words(old.text, new.text))
    cells = tuple(compare_words(*both) for both in zip(old.cells, new.cells, strict=True))
    return ChangedParagraph(tuple(piece for cell in cells for piece in cell), cells, new.is_header)


def _alike(one: _Unit, other: _Unit) -> bool:
    if len(one.cells) != len(other.cells):
        return False  # a column more or less: no cell would be compared with its own
    return SequenceMatcher(None, one.text.split(), other.text.split(), autojunk=False).ratio() >= _ALIKE
