"""Abbreviations that a text explains: "the Harbour Lights Board (HLB)" says that HLB is the Harbour Lights Board.

The method: Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text",
PSB 2003, for initials of words only.
"""

import re
from collections.abc import Iterator

from index.text.terms import is_stop_word

_IN_BRACKETS = re.compile(r"\([“\"‘']?(?P<short>[A-Z][A-Za-z&]{1,8}?)s?[”\"’']?\)")
_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
_BREAK = re.compile(r"[.;:()\n]")
_CAPITALS = 2
"""How many capitals an abbreviation has at least: "(Suffolk)" is none."""

_LONGEST = 120
"""How many characters before a bracket are searched for what it abbreviates."""


def explained(text: str) -> Iterator[tuple[str, str]]:
    """Yield each abbreviation that a text explains in brackets, and the name before them whose initials it has."""
    for bracket in _IN_BRACKETS.finditer(text):
        short = bracket["short"]
        if sum(mark.isupper() for mark in short) >= _CAPITALS:
            before = _BREAK.split(text[max(0, bracket.start() - _LONGEST) : bracket.start()])[-1]
            name = _name(before, [mark for mark in short.casefold() if mark.isalpha()])
            if name:
                yield short, name


def _name(before: str, letters: list[str]) -> str:
    """Return the words at the end of a text that begin with the letters, in order; "" if it does not end so.

    Small words may have no letter: "Department for Works and Ways (DWW)".
    """
    for word in reversed(list(_WORD.finditer(before))):
        if word.group()[0].casefold() == letters[-1]:
            letters = letters[:-1]
        elif not is_stop_word(word.group()):
            return ""
        if not letters:
            return before[word.start() :].strip() if word.group()[0].isupper() else ""
    return ""
