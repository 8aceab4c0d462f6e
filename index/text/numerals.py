"""Digits in groups of three with spaces between them: "934 000", "1 064", "12 345 678.5"."""

import re
from typing import Final

from index.text.number_words import SPACE

GROUPED: Final = (
    # not the short end of "2023–24", nor digits that go on others, unless those are a year: "in 2023 12 345 left"
    rf"(?<!(?:19|20)[0-9]{{2}}[-–/])(?<![0-9])(?:(?<![0-9]{SPACE})|(?<=(?<![0-9])(?:19|20)[0-9]{{2}}{SPACE}))[1-9][0-9]{{0,2}}(?:{SPACE}[0-9]{{3}}){{1,4}}(?:\.[0-9]+)?"
    # more digits make it a telephone or a list; "5 400-seat halls" is five of something
    rf"(?![0-9]|{SPACE}[0-9]|[,:/][0-9]|[-‐‑][^\W\d_])"
)
"""Pattern for a number whose digits are in groups: one to three digits, then groups of exactly three.

"in 2023 450 people" holds none, because no group begins with four digits; "0300 123 123" none, because no number begins
with a nought. A text that lists short numbers with nothing but spaces between them cannot be told from one number.
"""

_GROUPED = re.compile(GROUPED)
_SPACES = re.compile(SPACE)
_LONGEST: Final = 24
"""How many characters before a place are searched for the beginning of its number."""


def without_spaces(digits: str) -> str:
    """Return digits without the spaces between their groups."""
    return _SPACES.sub("", digits)


def inside_grouped(text: str, at: int) -> bool:
    """Whether ``at`` lies inside a number whose digits are in groups, so that the text must not be cut there."""
    begin = max(0, at - _LONGEST)
    while begin and text[begin].isdigit() and text[begin - 1].isdigit():
        begin -= 1
    return any(found.start() < at < found.end() for found in _GROUPED.finditer(text, begin, at + _LONGEST))
