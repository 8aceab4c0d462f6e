"""The lines that give a tag page its structure: tags, titles, and "issued by" lines with publisher and date.

All functions expect text that `index.sources.clean.plain` has returned.
"""

import re
from dataclasses import dataclass
from datetime import date

from index.sources.build import month_number, parse_day
from index.sources.clean import BULLETS, EntryError

_LABELS = {
    "PRESS RELEASE",
    "NEWS RELEASE",
    "NEWS STORY",
    "SPEECH",
    "STATEMENT",
    "ORAL STATEMENT",
    "WRITTEN STATEMENT",
}
"""The labels of titles that tag pages are known to use."""

_TAG = re.compile(r"Tag:")
_HEADING = re.compile(rf"(?P<bullet>[{re.escape(BULLETS)}]\s*)?(?P<label>[A-Z][A-Z &/’'-]*[A-Z])\s*:\s*(?P<title>.*)")
_MONTH = re.compile(r"\[(?P<month>[A-Za-z]{3,9})\.? (?P<year>[0-9]{4})\]$")
_ISSUED = re.compile(
    r"The (?P<what>[A-Za-z ]+?) (?:issued|published|released|made|given|delivered) by\b(?P<rest>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The title line of an entry.

    ``text`` is everything after the label and ``title`` the same without the month. ``month`` is a trailing
    "[January 2025]" as (2025, 1), or None.
    """

    bullet: bool
    label: str
    text: str
    title: str
    month: tuple[int, int] | None


def parse_heading(line: str) -> Heading | None:
    """Read a title line ("• PRESS RELEASE : A title [January 2025]"); None for any other line.

    The label must be one that such pages are known to use, or any other in capitals if the title ends in a month.
    "• NHS: waiting times" in the body of a release is thus not taken for a title.
    """
    found = _HEADING.fullmatch(single_spaced(line)) if ":" in line else None
    if found is None:
        return None
    text, month = found["title"], None
    title = text
    suffix = _MONTH.search(text)
    if suffix and (number := month_number(suffix["month"])):
        month = (int(suffix["year"]), number)
        title = text[: suffix.start()].rstrip()
    if month is None and found["label"] not in _LABELS:
        return None
    return Heading(found["bullet"] is not None, found["label"], text, title, month)


def is_tag(line: str) -> bool:
    """Return True if a line begins a section of the page ("Tag: Home Office")."""
    return _TAG.match(line.lstrip()) is not None


def match_issued(words: str, label: str) -> re.Match[str] | None:
    """Match "The press release issued by ...", even if it is cut short, but not "The report published by ...".

    ``label`` is the label of the entry's title, which is accepted in addition to the known ones.
    """
    found = _ISSUED.fullmatch(words)
    return found if found and found["what"].upper() in _LABELS | {label} else None


def publisher_and_day(issued: re.Match[str]) -> tuple[str, date]:
    """Return publisher and day of a match; raises `EntryError` if the date is missing or not a date."""
    publisher, on, day = issued["rest"].rpartition(" on ")
    if not on or not day.strip(" ."):
        raise EntryError(f'no date in "{issued.group()}"')
    return publisher.strip(" ,").removeprefix("the "), parse_day(day.strip(" ."))


def is_issued(words: str, label: str) -> bool:
    """Return True if a line is a complete "issued by" line, with a date."""
    found = match_issued(words, label)
    if found is None:
        return False
    try:
        publisher_and_day(found)
    except EntryError:
        return False
    return True


def single_spaced(text: str) -> str:
    """Return the words of a line with single spaces between them."""
    return " ".join(text.split())


def indent(text: str) -> int:
    """Return the number of spaces at the beginning of a line."""
    return len(text) - len(text.lstrip())
