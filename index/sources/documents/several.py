"""Several releases in one plain text file: where one ends and the next one begins.

People keep releases one below the other, parted by "###", by rules of dashes or by form feeds. Such lines stand inside
a release too: above notes, contacts and tables, between pages, around a title. So a release begins below one only where
a title, its day and a text follow, in the way of the file's first release.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice, pairwise

from index.sources.clean import EntryError
from index.sources.days import days_in
from index.sources.documents.plain_text import columns_apart, unwrapped
from index.sources.wire import headline, part
from index.sources.wire_lines import END, is_label, is_released, is_sentence, issued

_Told = dict[str, date | None]
"""The ways in which a release tells its day, each with the day; `_LABELLED` if it says that it is one."""

_LABELLED = "labelled"
_NEW_PAGE = "\f"
_RULE = re.compile(r"\s*(?:[-=_*~#+–—]\s?){3,}")
"""A line of marks that parts what is above it from what is below."""

_MOST_MARKS = 5_000
"""How many such lines a file may have that is searched for releases: each takes some milliseconds (measured)."""

_MOST_RELEASED = 500
"""How many lines "FOR IMMEDIATE RELEASE" are looked at where nothing parts releases; set by judgement."""

_LOOKED_AT = 40
"""How many lines below a mark tell if a release begins there; set by judgement."""

_LABEL_WITHIN = 12
"""Within how many lines a release that is labelled says "FOR IMMEDIATE RELEASE" or "News release"; set by judgement."""

_LONGEST_TITLE = 200
"""How many characters the title of one of several releases may have; set by judgement."""

_FEWEST_WORDS = 25
"""How many words each of two releases has at least: three tell by their number; set by judgement."""

_MOST_ABOVE = 4
"""How many lines above the first release may be a title of the file, which is left out; set by judgement."""


def releases_in(text: str) -> list[str]:
    """Return the text of each release in a text, or the text alone where it is that of one, as far as can be told.

    Raises `EntryError` where several begin ("FOR IMMEDIATE RELEASE"), and nothing parts them.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", f"\n{_NEW_PAGE}\n").split("\n")
    begins = _begins(lines)
    if len(begins) > 1:
        return ["\n".join(_inner(lines[begin:end])) for begin, end in pairwise([*begins, len(lines)])]
    released = (number for number, line in enumerate(lines) if is_released(line.strip()))
    several = list(_openings(lines, islice(released, _MOST_RELEASED)))
    if len(several) > 1:
        raise EntryError(
            f"it seems to hold {len(several)} releases, and nothing parts them (lines"
            f" {', '.join(str(number + 1) for number in several[:5])}): put a line of ### above each"
        )
    return [text]


def _begins(lines: Sequence[str]) -> list[int]:
    """Return the numbers of the lines with which several releases begin; one or none if there are not several."""
    below = [number + 1 for number, line in enumerate(lines) if _is_mark(line)]
    if not below or len(below) > _MOST_MARKS:
        return []
    places = [place for place in (0, *below) if place < len(lines) and not _is_mark(lines[place])]
    told = _openings(lines, places)
    first = next(iter(told.values())).keys() if told else set()
    begins: list[int] = []
    for place, days in told.items():
        if not days.keys() & ({_LABELLED} & first or first):
            continue
        if begins and _is_page(lines, place) and set(days.values()) & set(told[begins[-1]].values()) - {None}:
            continue  # the header of a page has the day of the release too
        begins.append(place)
    if not begins or not _is_title_of_file(lines[: begins[0]]):
        return []
    words = [sum(len(line.split()) for line in lines[begin:end]) for begin, end in pairwise([*begins, len(lines)])]
    return begins if len(begins) > 2 or min(words) >= _FEWEST_WORDS else []


def _is_page(lines: Sequence[str], place: int) -> bool:
    """Return True if a page begins at a line, and nothing else ends above it."""
    above = next(filter(str.strip, reversed(lines[: place - 1])), "")
    return lines[place - 1 : place] == [_NEW_PAGE] and not _is_mark(above)


def _openings(lines: Sequence[str], places: Iterable[int]) -> dict[int, _Told]:
    """Return the places, of those in order, where a release begins that ends before the next, with `_told_by`."""
    told = {place: days for place in places if (days := _told_by(lines[place : place + _LOOKED_AT]))}
    kept: list[int] = []
    for place in reversed(told):  # what is above a release and none by itself belongs to another
        end = kept[-1] if kept else len(lines)
        if _told_by(lines[place : min(place + _LOOKED_AT, end)]):
            kept.append(place)
    return {place: told[place] for place in reversed(kept)}


def _inner(lines: Sequence[str]) -> Sequence[str]:
    """Return lines without rules above and below them."""
    filled = [number for number, line in enumerate(lines) if line.strip() and not _is_rule(line)]
    return lines[filled[0] : filled[-1] + 1] if filled else lines


def _is_title_of_file(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip() and not _is_mark(line)]
    return len(filled) <= _MOST_ABOVE and not any(map(is_sentence, filled))


def _is_mark(line: str) -> bool:
    return _is_rule(line) or _is_end(line)


def _is_end(line: str) -> bool:
    return len(line) < _LONGEST_TITLE and END.fullmatch(line.strip()) is not None


def _is_rule(line: str) -> bool:
    return line == _NEW_PAGE or (len(line) < _LONGEST_TITLE and _RULE.fullmatch(line) is not None)


def _told_by(lines: Sequence[str]) -> _Told:
    """Return how a release that begins with these lines tells its day; empty if none begins with them."""
    lines = lines[: next((number for number, line in enumerate(lines) if _is_end(line)), None)]
    if not any(next(days_in(line[:_LONGEST_TITLE]), None) for line in lines):
        return {}
    text = unwrapped(columns_apart("\n".join(line for line in lines if not _is_mark(line))))
    title = headline(text)
    if not title or len(title) > _LONGEST_TITLE or is_sentence(title):
        return {}
    wire = part(text, title)
    days = {
        "shown": wire.day,
        "alone": wire.alone,
        "dateline": wire.dateline,
        "issued": (issued(wire.body) or ("", None))[1],
    }
    told: _Told = {kind: day for kind, day in days.items() if day is not None}
    if not told or not any(is_sentence(line) for line in wire.body.split("\n")):
        return {}
    above = (line.strip() for line in lines[:_LABEL_WITHIN])
    return told | ({_LABELLED: None} if any(is_released(line) or is_label(line) for line in above) else {})
