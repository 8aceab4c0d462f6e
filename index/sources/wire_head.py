"""The lines above the text of a release: its day, its publisher, contacts, a second headline, the dateline."""

import re
from collections.abc import Sequence
from datetime import date

from index.sources.clean import is_item
from index.sources.days import days_in, is_day
from index.sources.letterheads import from_office
from index.sources.wire_contacts import has_number, is_contact, is_street
from index.sources.wire_lines import (
    NUMBER,
    is_bare,
    is_label,
    is_released,
    is_sentence,
    is_tail,
    is_update,
    issued,
    key,
    labelled_day,
    labelled_issuer,
    only_label,
    shown_day,
    statements,
)

MAIL = re.compile(r"(?:subject|to|cc|bcc|sent|reply-to)\s*:\s*.*", re.IGNORECASE)
"""The head of a message."""

_PLACED_DAY = re.compile(r"\W*(?!\w+day\b)[^\W\d]+ \d{1,2} [A-Z]")
"""A word before a day, as in a row of a table: "Pellport 12 June 2024"."""

_LONGEST_SUBHEADING, _DAY_LINE = 300, 80
"""Up to how many characters a text above the day of a release is one that introduces it, and up to how many a line with
a label is one that states the day; both set by judgement.
"""

MOST_LINES = 20
"""The most lines at the beginning that may stand before the text; set by judgement."""


class Head:
    """Reads the lines before the text."""

    def __init__(self, title: str, month_first: bool | None) -> None:
        self.day: date | None = None
        self.issuer: str | None = None
        self.alone: date | None = None
        self.contacts: list[str] = []
        self.issued = False
        self.subheading = ""
        self._title = key(title)
        self._month_first = month_first

    def read(self, lines: Sequence[str]) -> int:
        """Return the number of the line where the text begins."""
        begin = self._after_title(lines)
        seen = 0
        in_contacts = False
        value_at = -1
        for number, line in enumerate(lines):
            if not line or number == value_at:
                continue
            seen += 1
            if seen > MOST_LINES + begin:
                break
            if only_label(line) and (found := self._value_of(lines, number)) is not None:
                value_at, in_contacts = found, False
                begin = max(begin, found + 1)
                continue
            if is_bare(line) and self.day is None:
                self.day = shown_day([line, *list(filter(None, lines[number + 1 :]))[:1]], self._month_first)
            if is_bare(line) or self._is_head(line, in_contacts):
                in_contacts = bool(self.contacts) and self.contacts[-1] == line and not has_number(line)
                begin = max(begin, number + 1) if number >= begin else begin
            elif number >= begin:
                if self.subheading or not self._stands_above_day(lines, number):
                    break
                self.subheading, begin = line, number + 1
        return begin

    def _stands_above_day(self, lines: Sequence[str], number: int) -> bool:
        """Return True for a short text, such as a second headline, with a line below it that is a day or its label."""
        below = next(filter(None, lines[number + 1 :]), "")
        if len(lines[number]) > _LONGEST_SUBHEADING or is_item(lines[number]) or self.day or self.alone:
            return False
        if is_bare(below) or (len(below) < _DAY_LINE and labelled_day(below) is not None):
            return True
        return is_day(below) and not is_sentence(lines[number]) and not _PLACED_DAY.match(below)

    def takes(self, line: str) -> bool:
        """Return True if a line is no text, and keep what it tells."""
        return self._is_head(line, in_contacts=False)

    def _value_of(self, lines: Sequence[str], number: int) -> int | None:
        """Return where the value of the label alone on a line stands, and keep what both tell; None if it has none."""
        at = next((at for at in range(number + 1, len(lines)) if lines[at]), None)
        if at is None or len(lines[at].split()) > 12 or lines[at].endswith((".", ":")):
            return None
        return at if self._is_head(f"{lines[number]} {lines[at]}", in_contacts=False) else None

    def _after_title(self, lines: Sequence[str]) -> int:
        """Return the number of the line after the title, if it stands near the beginning; what is before is no text."""
        words = 0
        for number, line in enumerate(lines[: 2 * MOST_LINES]):
            if self._title and key(line) == self._title:
                return number + 1
            words += len(line.split())
            if words > 60:
                break
        return 0

    def _is_head(self, line: str, in_contacts: bool) -> bool:
        if self._title and key(line) == self._title:
            return True
        if (found := issued(line)) is not None and len(line) < 250:
            self.issuer, self.day, self.issued = *found, True
            return True
        if len(several := statements(line)) > 1:
            told = [self._is_head(each, in_contacts=False) for each in several]
            return all(told)
        if is_contact(line) or is_street(line) or (in_contacts and _is_of_contact(line)):
            self.contacts.append(line)
            if "<" in line:  # "From: Coast Office <press@coast.example>"
                self.issuer = self.issuer or labelled_issuer(line)
            return True
        if len(line) > 200:
            return False
        if (name := labelled_issuer(line) or from_office(line)) is not None:
            self.issuer = self.issuer or name
            return True
        if (day := labelled_day(line, self._month_first)) is not None:
            self.day = self.day or day
            return True
        return self._is_day(line) or self._is_label(line)

    def _is_day(self, line: str) -> bool:
        found = next(days_in(line, self._month_first), None)
        if found is None or len(line) > 90:
            return False
        around = f"{line[: found.start]} {line[found.end :]}"
        words = re.findall(r"[^\W\d_]{2,}", around)
        plain = [
            word
            for word in words
            if not re.fullmatch(r"(?i)[a-z]+day|date|am|pm|at|on|posted|in|bst|gmt|est|edt|et", word)
        ]
        if len(plain) > 6 or (len(plain) > 2 and line.endswith(".")):
            return False
        self.alone = self.alone or found.day
        return True

    def _is_label(self, line: str) -> bool:
        return (
            is_update(line)
            or NUMBER.fullmatch(line) is not None
            or MAIL.fullmatch(line) is not None
            or is_tail(line)
            or is_label(line)
            or is_released(line)
        )


def _is_of_contact(line: str) -> bool:
    """Return True for a line that may go on with a contact, such as a name or a street."""
    if len(line.split()) > 6 or line.endswith((".", ":")) or next(days_in(line), None) is not None:
        return False
    return not (is_released(line) or is_label(line))


def dateline(body: str, month_first: bool | None = None) -> date | None:
    """Return the day of a dateline in the first lines: "LEEDS, 4 July 2025 - ...", "May 3, 2024 (OTTAWA) - ..."."""
    for line in list(filter(None, body.split("\n")))[:4]:
        for found in days_in(line[:140], month_first):
            before, after = line[: found.start], line[found.end : found.end + 30]
            opens = len(before.strip(" ([–—-")) < 2 and re.match(r"\W*(?:\([^)]{2,25}\)?|[A-Z]|[–—-])", after)
            placed = (
                re.match(r"\W*[A-Z]", before)
                and len(before) < 70
                and re.match(r"\)\.?\s|[^.!?]{0,20}?(?:[–—-]|:\s)", after)
            )
            if (opens or placed) and len(line) > 60:
                return found.day
    return None
