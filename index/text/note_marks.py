"""Footnote marks: "4,812³", "967[4]", "58[^5]", "12%*". They point to a note and are no part of what is said.

A mark follows what it belongs to, so nothing at the beginning of a line is one. Powers ("300 m²", "10⁶"), grades ("A*")
and letters put into a word ("ship[s]") are none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from index.types import Span

SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"

_NOTE: Final = r"\[(?:\^[\w-]{1,20}|(?:(?:foot|end)?notes? ?)?[0-9]{1,3}(?:(?:, ?|[-–])[0-9]{1,3}){0,4})\]"
_NAMED_NOTE: Final = r"\[(?:\^[\w-]{1,20}|(?:foot|end)?notes? ?[0-9]{1,3})\]"
_MARK = re.compile(
    rf"(?<=[^\s([{{“‘])(?P<raised>[{SUPERSCRIPTS}]+(?:,[{SUPERSCRIPTS}]+)*)"
    rf"|(?<=[^\s([{{“‘])(?:{_NOTE})+"
    # with a blank before it, a number in brackets may also be a word that was put in: "we have [3] ships"
    rf"|(?<=[0-9%.,;:])[ \u00a0\u2009\u202f](?:{_NOTE})+"
    rf"|(?<=[^\s([{{“‘])[ \u00a0\u2009\u202f](?:{_NAMED_NOTE})+"
    r"|(?<=[\w%£).,;:”’\"])(?P<star>[*†‡]{1,3})(?![\w*†‡(])",
    re.IGNORECASE,
)
_MAY_HOLD = re.compile(rf"[{SUPERSCRIPTS}\[*†‡]")
_POWER_OF = re.compile(r"(?:(?<![^\W\d_])(?:[kcdmnµμ]?m|ft|yd|CO)|(?<![0-9.,])10)$")
_GRADE = re.compile(r"(?<![^\W_])A$")
_BEFORE: Final = 4
"""How many characters before a mark tell a power from a note: "10", or the longest unit and what is before it."""


def note_marks(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the footnote marks of ``text`` from ``start`` to ``end`` in order, each with the blank before it."""
    if _MAY_HOLD.search(text, start, len(text) if end is None else end) is None:
        return
    for found in _MARK.finditer(text, start, len(text) if end is None else end):
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if found["raised"] and _POWER_OF.search(before):
            continue
        if found["star"] and (_GRADE.search(before) or before.endswith("*")):
            continue
        yield Span(*found.span())


def mark_at(text: str, at: int) -> Span | None:
    """Return the footnote mark that begins at ``at``; None if none does."""
    found = next(note_marks(text, at, at + _LONGEST), None) if _MAY_HOLD.search(text, at, at + 2) else None
    return found if found is not None and found.start == at else None


def mark_before(text: str, at: int) -> Span | None:
    """Return the footnote mark that ends at ``at``; None if none does."""
    if at == 0 or text[at - 1] not in f"{SUPERSCRIPTS}]*†‡":
        return None
    return next((mark for mark in note_marks(text, max(0, at - _LONGEST), at) if mark.end == at), None)


_LONGEST: Final = 48
"""How many characters are searched for one mark: two notes with names."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A text without its footnote marks, and the way from its offsets to those of the text with them and back.

    ``places`` are the offsets in ``text`` at which a mark was left out, ``lost`` how much was left out up to there.
    """

    text: str
    places: tuple[int, ...]
    lost: tuple[int, ...]

    def marked(self, span: Span) -> Span:
        """Return a span of `text` as a span of the text with marks; a mark at its end is left out of it."""
        # A mark at the very beginning is before the span, one at the very end after it.
        return Span(
            span.start + self._lost(bisect_right(self.places, span.start)),
            span.end + self._lost(bisect_right(self.places, span.end - 1)),
        )

    def unmarked(self, at: int) -> int:
        """Return an offset in the text with marks as one in `text`; one inside a mark is where the mark was."""
        low = bisect_right(range(len(self.places)), at, key=lambda mark: self.places[mark] + self.lost[mark])
        near = at - self._lost(low)
        return min(near, self.places[low]) if low < len(self.places) else near

    def holds(self, span: Span) -> bool:
        """Whether anything of a span of the text with marks is left in `text`."""
        return self.unmarked(span.start) < self.unmarked(span.end)

    def _lost(self, marks: int) -> int:
        return self.lost[marks - 1] if marks else 0


def unmark(text: str) -> Unmarked | None:
    """Return ``text`` without its footnote marks; None if it has none."""
    marks = list(note_marks(text))
    if not marks:
        return None
    kept: list[str] = []
    end = 0
    for mark in marks:
        kept.append(text[end : mark.start])
        end = mark.end
    kept.append(text[end:])
    places = tuple(accumulate(len(part) for part in kept[:-1]))
    return Unmarked("".join(kept), places, tuple(accumulate(mark.end - mark.start for mark in marks)))
