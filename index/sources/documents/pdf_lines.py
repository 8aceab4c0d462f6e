"""The lines of a PDF, put together from where each letter stands on the page.

A PDF says where letters are painted, not in which order they are read. Letters of one baseline are a line, from left
to right, whatever order they were painted in; a wide gap parts two columns if both sides are prose.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from index.sources.html.elements import RAISED

_MOST_LETTERS = 200_000
"""The most letters of a page that are read; set by judgement, thirty times a page of small print."""

_SPACE = 0.11
"""The gap between letters, in units of the letters' height, from which on it is a space where none is painted."""

_CELL = 1.6
"""The gap, in units of the letters' height, from which on it parts cells or columns; both set by judgement."""

_PROSE = 22
"""How many characters the lines of a column have at least on average: the cells of a table are shorter."""


_OF_LIGATURES = frozenset("fijltsThkbc")
"""The letters that fonts have signs for several of: "ffi", "ti", "Th", "ct"."""

_LEAST_ROWS = 4
"""How many lines a column has at least; set by judgement."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page, with its place in points from the lower left corner of the page.

    ``cells`` are its pieces where wide gaps part them. ``heavy`` is True if most of it is bold.
    """

    text: str
    left: float
    right: float
    base: float
    height: float
    heavy: bool
    page: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Letter:
    mark: str
    left: float
    right: float
    base: float
    height: float
    heavy: bool


def page_lines(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """Return the lines of a page in reading order; empty for a page without a text layer. ``number`` counts from 1."""
    letters = _letters(page)
    if not letters:
        return []
    rows = _rows(letters)
    return [line for part in _columns(rows) for row in part if (line := _line(row, number)).text]


def _letters(page: pypdfium2.PdfPage) -> list[_Letter]:
    text = page.get_textpage()
    try:
        found: list[_Letter] = []
        x, y = ctypes.c_double(), ctypes.c_double()
        loose = pdfium.FS_RECTF()
        for number in range(min(text.count_chars(), _MOST_LETTERS)):
            code = pdfium.FPDFText_GetUnicode(text, number)
            breaks_word = code in (0x02, 0xFFFE)  # how pdfium writes a hyphen at the end of a line
            is_text = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000
            if not breaks_word and (pdfium.FPDFText_IsGenerated(text, number) or not is_text):
                continue
            mark = "-" if breaks_word else chr(code)
            pdfium.FPDFText_GetCharOrigin(text, number, x, y)
            pdfium.FPDFText_GetLooseCharBox(text, number, loose)
            height = abs(loose.top - loose.bottom)
            if height <= 0 or abs(pdfium.FPDFText_GetCharAngle(text, number)) > 0.3:
                continue  # text along the margin is no line of the page
            heavy = pdfium.FPDFText_GetFontWeight(text, number) >= 600
            found.append(_Letter(mark, loose.left, loose.right, y.value, height, heavy))
        return _ligatures_apart(found)
    finally:
        text.close()


def _ligatures_apart(letters: Sequence[_Letter]) -> list[_Letter]:
    """Return letters with those of one sign, such as "ffi", beside each other: all have the place of the sign."""
    apart: list[_Letter] = []
    at = 0
    while at < len(letters):
        first, end = letters[at], at + 1
        while end < len(letters) and _is_one_sign(first, letters[end]):
            end += 1
        width = (first.right - first.left) / (end - at)
        for number, each in enumerate(letters[at:end]):
            left = first.left + number * width
            apart.append(replace(each, left=left, right=left + width))
        at = end
    return apart


def _is_one_sign(first: _Letter, other: _Letter) -> bool:
    same = (first.left, first.right, first.base) == (other.left, other.right, other.base)
    return same and first.mark in _OF_LIGATURES and other.mark in _OF_LIGATURES


def _rows(letters: Sequence[_Letter]) -> list[list[_Letter]]:
    """Return the letters of each baseline from left to right, from the top of the page; raised ones in their line."""
    rows: list[list[_Letter]] = []
    for letter in sorted(letters, key=lambda each: -each.base):
        if rows and rows[-1][0].base - letter.base < 0.25 * min(letter.height, rows[-1][0].height):
            rows[-1].append(letter)
        else:
            rows.append([letter])
    merged: list[list[_Letter]] = []
    for row in rows:
        small = median(each.height for each in row)
        above = merged[-1] if merged else None
        if above is not None:
            tall = median(each.height for each in above)
            gap = above[0].base - row[0].base
            if (
                small > 1.2 * tall and gap < 0.5 * small and len(above) < 6
            ):  # numbers of notes, over the line they are in
                merged[-1] = [*row, *(_raised(each) for each in above)]
                continue
        merged.append(row)
    return [sorted(row, key=lambda each: each.left) for row in merged]


def _raised(letter: _Letter) -> _Letter:
    return _Letter(letter.mark.translate(RAISED), letter.left, letter.right, letter.base, letter.height, letter.heavy)


def _columns(rows: list[list[_Letter]]) -> list[list[list[_Letter]]]:
    """Return the rows in reading order: of two columns of prose, one after the other."""
    parts: list[list[list[_Letter]]] = []
    run: list[tuple[list[_Letter], list[_Letter]]] = []
    plain: list[list[_Letter]] = []
    edge: tuple[float, float] | None = None

    def close() -> None:
        nonlocal run, plain, edge
        if plain:
            parts.append(plain)
        if _is_prose(run):
            parts.extend([each[side] for each in run if each[side]] for side in (0, 1))
        elif run:
            parts.append([[*each[0], *each[1]] for each in run])
        run, plain, edge = [], [], None

    for row in rows:
        gap = _gutter(row, edge)
        if gap is None:
            if run:
                close()
            plain.append(row)
            continue
        if plain or (len(row) < _PROSE and _is_prose(run)):  # a table below two columns
            close()
            gap = _gutter(row, None) or gap
        edge = gap if edge is None else (max(edge[0], gap[0]), min(edge[1], gap[1]))
        middle = (edge[0] + edge[1]) / 2
        run.append(([each for each in row if each.left < middle], [each for each in row if each.left >= middle]))
    close()
    return parts


def _is_prose(run: Sequence[tuple[list[_Letter], list[_Letter]]]) -> bool:
    """Return True if rows that a gap parts are two columns of prose, and no table."""
    for side in (0, 1):
        lengths = [len(each[side]) for each in run if each[side]]
        if len(lengths) < _LEAST_ROWS or sum(lengths) < _PROSE * len(lengths):
            return False
    return True


def _gutter(row: Sequence[_Letter], edge: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the widest gap of a row as (left, right), inside ``edge`` if that is given; None if there is none."""
    inked = [each for each in row if not each.mark.isspace()]
    if not inked:
        return None
    height = median(each.height for each in inked)
    if edge is not None:
        middle = (edge[0] + edge[1]) / 2
        if all(each.right < middle for each in inked):
            return max(each.right for each in inked), edge[1]
        if all(each.left > middle for each in inked):
            return edge[0], min(each.left for each in inked)
    gaps = [
        (one.right, two.left)
        for one, two in pairwise(inked)
        if two.left - one.right > _CELL * height * 0.6
        and (edge is None or (two.left > edge[0] + 1 and one.right < edge[1] - 1))
    ]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=None)


def _line(row: Sequence[_Letter], page: int) -> Line:
    inked = [each for each in row if not each.mark.isspace()]
    if not inked:
        return Line("", 0, 0, 0, 0, False, page)
    height = median(each.height for each in inked)
    gaps = sorted((two.left - one.right) / height for one, two in pairwise(row) if two.left >= one.left)
    usual = gaps[len(gaps) // 2] if len(gaps) > 5 else 0.0
    least = 1.8 * usual if usual > _SPACE else _SPACE  # letters may be set apart
    cells: list[list[str]] = [[]]
    before: _Letter | None = None
    pending = False
    for letter in row:
        if letter.mark.isspace():
            pending = True
            continue
        if before is not None:
            if letter.mark == before.mark and before.right - letter.left > 0.5 * (letter.right - letter.left):
                continue  # painted twice, to look bold or in two parts
            gap = (letter.left - before.right) / height
            if gap > _CELL:
                cells.append([])
            elif gap > least or (pending and least == _SPACE and gap > 0.04):
                cells[-1].append(" ")
        cells[-1].append(letter.mark)
        before, pending = letter, False
    texts = tuple(" ".join("".join(cell).split()) for cell in cells)
    heavy = 2 * sum(each.heavy for each in inked) > len(inked)
    bases = median(each.base for each in inked)
    return Line(" ".join(texts), inked[0].left, max(each.right for each in inked), bases, height, heavy, page, texts)
