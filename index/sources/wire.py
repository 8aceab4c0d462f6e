"""What a press release carries around its text: "FOR IMMEDIATE RELEASE", dates, contacts, "###".

These lines are for editors. They say when and by whom a release was issued, and are kept apart from the body, so that
no question is answered with a press officer's telephone number. Notes to editors stay in the body: they state facts.

Long because what stands above a text, below it and in its headline is told by the same lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.sources.clean import clean_body, is_item
from index.sources.days import day_in, days_in, is_day
from index.sources.offices import is_organisation
from index.sources.wire_contacts import has_number, is_contact, is_street
from index.sources.wire_lines import (
    END,
    KEPT_AFTER,
    NUMBER,
    closing_source,
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
    without_history,
)

_SIGNS = re.compile(r"(?:issued|released|published) by:? (?:the )?(?P<name>.{4,150})", re.IGNORECASE)

_FROM = re.compile(r"From (?:the )?(?P<name>[A-Z][^.:!?]{3,80})")

_CLOSES = re.compile(r"(?i:issued|released) (?i:by):? (?:the )?(?P<name>[A-Z][^,.;:|]{3,80})")
_ABOUT = re.compile(r"\W*(?i:about) (?:the )?(?P<name>[A-Z][^.;:|]{3,80})(?::|$)")
"""How lines below a text begin that say whose it is."""

_LAST = 15
"""How many lines at the end may say so; set by judgement."""

_PLACE = re.compile(r"(?:state|city|county|commonwealth|government|republic|province) of \S+(?: \S+)?", re.IGNORECASE)
"""The name of a place's whole government, above that of one of its offices."""

_PERSON = re.compile(r"(?:the )?(?:rt\.? |right )?hon(?:ourable)?\b\.? .{3,60}|[^.:]{3,50} (?:MP|MSP|MLA|MLC|TD|MS)\W*")
_MAIL = re.compile(r"(?:subject|to|cc|bcc|sent|reply-to)\s*:\s*.*", re.IGNORECASE)
"""The head of a message."""

_PLACED_DAY = re.compile(r"\W*(?!\w+day\b)[^\W\d]+ \d{1,2} [A-Z]")
"""A word before a day, as in a row of a table: "Pellport 12 June 2024"."""

_AMOUNT = re.compile(r"[£$€]\s?\d")

_OFFICE_NAME = re.compile(
    r"(?:(?:the |u\.?s\.? )?"
    r"(?:office|department|ministry|bureau|board|agency|state|city|county|government) (?:of|for) .+"
    r"|(?:\w+ ){0,2}(?:minister|secretary|commissioner|governor|mayor|premier|chancellor) (?:of|for) .+"
    r"|(?:[\w'’&.-]+ )+(?:office|department|ministry|bureau|board|agency|commission|council|authority|service))",
    re.IGNORECASE,
)
"""A name that begins or ends with the kind of office."""

_LONGEST_NAME = 8
"""The most words that a letterhead may have; set by judgement."""

_LONGEST_SUBHEADING, _DAY_LINE = 300, 80
"""Up to how many characters a text above the day of a release is one that introduces it, and up to how many a line with
a label is one that states the day; both set by judgement.
"""

_HEAD = 20
"""The most lines at the beginning that may stand before the text; set by judgement."""

_MOST_AFTER = 0.5
"""The largest share of a text that may stand after its end mark: more, and the mark only parts it; set by judgement."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A release's text parted from what stands around it.

    ``day`` and ``issuer`` are what labelled lines state, ``alone`` a day that stands on a line of its own without a
    label, ``dateline`` that of the first sentence ("LEEDS, 4 July 2025 - ..."). ``signed`` are publisher and day below
    the text, ``source`` the publisher of a line "SOURCE ..." there, ``letterhead`` the first office named above it.
    ``contacts`` are the lines for editors.
    """

    body: str
    day: date | None = None
    issuer: str | None = None
    alone: date | None = None
    dateline: date | None = None
    contacts: str = ""
    issued: bool = False
    signed: tuple[str | None, date | None] = (None, None)
    letterhead: str | None = None
    source: str | None = None
    closing: str | None = None
    """The office that the lines below the text are about, or that its contacts are of."""


def part(text: str, title: str = "", month_first: bool | None = None) -> Wire:
    """Part the clean text of a release from the lines around it; ``title`` is left out where it stands before the text.

    ``month_first`` is that of `index.sources.days.days_in`. Nothing is cut if nothing would be left.
    """
    lines = without_history(text.split("\n"))
    head = _Head(title, month_first)
    begin = head.read(lines)
    below_title = [head.subheading, ""] if head.subheading else []
    kept, source, below = _before_source([*below_title, *lines[begin:]])
    kept, after = _at_end(kept)
    after = [*after, *below]
    body = clean_body("\n".join(kept))
    if not any(mark.isalnum() for mark in body):
        kept, after = lines, []
        body = text
    contacts = "\n".join(line for line in [*head.contacts, *after] if line)
    signed = _signed(kept, month_first)
    above = (line for line in lines[:begin] if len(line.split()) < 12 and key(line) != key(title))
    offices = [piece for line in above for piece in _stated(line) if _is_office(piece)]
    letterhead = next((name for name in offices if not _PLACE.fullmatch(name)), next(iter(offices), None))
    return Wire(
        body,
        head.day,
        head.issuer,
        head.alone,
        dateline(body, month_first),
        contacts,
        head.issued,
        signed,
        _title_case(letterhead) if letterhead else None,
        source,
        _closing([*kept, *after]),
    )


def headline(text: str) -> str:
    """Return the first line of more than two words that is no label, day, contact or letterhead; "" without one.

    A letterhead is the name of an office that stands above a line which may be the title.
    """
    head = _Head("", None)
    lines = [line for line in part(text).body.split("\n") if len(line.split()) > 2]
    told = [
        line
        for number, line in enumerate(lines[:_HEAD])
        if (number == 0 and not is_contact(line) and not is_street(line)) or not head.takes(line)
    ]
    told = [line for line in told if not (_PERSON.fullmatch(line) or _MAIL.fullmatch(line))] or told or lines[:1]
    for number, line in enumerate(told[:-1]):
        if not (is_letterhead(line, lines) and _may_be_title(told[number + 1])):
            return line
    return told[-1] if told else ""


def is_letterhead(line: str, lines: Sequence[str]) -> bool:
    """Return True if a line is the name of an office alone, as the other ``lines`` of its text tell.

    A name comes back in the text, or begins or ends with the kind of office. A headline goes on where the name of the
    text ends: "Ministry of Ports Opens Pier" in a text that has only the "Ministry of Ports".
    """
    words = key(line).split()
    if not _is_office(line) or len(words) > _LONGEST_NAME or line.endswith((".", "!", "?")):
        return False
    text = f" {' '.join(key(other) for other in lines if other != line)} "
    if f" {' '.join(words)} " in text:
        return True
    if any(f" {' '.join(words[:count])} " in text for count in range(3, len(words))):
        return False
    return _OFFICE_NAME.fullmatch(line) is not None


def _may_be_title(line: str) -> bool:
    return len(line) < 250 and not line.endswith(".") and dateline(line) is None


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


class _Head:
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
            if seen > _HEAD + begin:
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
        for number, line in enumerate(lines[: 2 * _HEAD]):
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
            or _MAIL.fullmatch(line) is not None
            or is_tail(line)
            or is_label(line)
            or is_released(line)
        )


def _is_of_contact(line: str) -> bool:
    """Return True for a line that may go on with a contact, such as a name or a street."""
    if len(line.split()) > 6 or line.endswith((".", ":")) or next(days_in(line), None) is not None:
        return False
    return not (is_released(line) or is_label(line))


def _stated(line: str) -> list[str]:
    """Return the parts of a line of a letterhead, "Coast Office - News release - 4 July 2024", or the line."""
    parts = re.split(r"\s+[-–—|•]\s+", line)
    return parts if all(is_label(part) or is_day(part) or _is_office(part) for part in parts) else [line]


def from_office(line: str) -> str | None:
    """Return the office of a line "From Ministry of Ports", which has no colon, or None."""
    found = _FROM.fullmatch(line)
    return found["name"] if found and is_organisation(found["name"]) and len(line.split()) <= _LONGEST_NAME else None


def _before_source(lines: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """Return the lines above one that names the source, the name, and the lines below it; all of them without one.

    Below it stand only contacts and links: a table's source has text below it.
    """
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if (name := closing_source(line)) is not None:
            return list(lines[:number]), name, [each for each in lines[number + 1 :] if each]
        if line and not is_contact(line) and len(line.split()) > 12:
            break
    return list(lines), None, []


def _at_end(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of the text, and those after it that are for editors; buttons of a page are in neither."""
    lines = [line for line in lines if not (is_update(line) and len(line) < 60 and day_in(line))]
    kept = list(lines)
    after: list[str] = []
    total = sum(map(len, lines))
    for number, line in enumerate(lines):
        if line and len(line) < 40 and END.fullmatch(line):
            rest = lines[number + 1 :]
            if sum(map(len, rest)) <= _MOST_AFTER * total:
                facts, after = _parted(rest)
                kept = [*lines[:number], *([""] if facts else []), *facts]
                break
    while kept and (not kept[-1] or is_tail(kept[-1]) or is_update(kept[-1]) or END.fullmatch(kept[-1])):
        kept.pop()
    if kept:
        kept[-1] = re.sub(r"\s+(?:#\s?){3,}$", "", kept[-1])
    return _without_contacts(kept, after)


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what stands after an end mark into what states facts, such as notes to editors, and the rest.

    A list of amounts is a fact too, unless it is about whoever issued the release.
    """
    facts: list[str] = []
    rest: list[str] = []
    to_facts = to_rest = False
    for line in lines:
        if KEPT_AFTER.fullmatch(line):
            to_facts, to_rest = True, False
        elif is_contact(line) or re.match(r"\W*about (?:the |us)?", line, re.IGNORECASE):
            to_facts, to_rest = False, True
        if to_facts or (not to_rest and _AMOUNT.search(line)):
            facts += [""] if facts and not to_facts else []
            facts.append(line)
        else:
            rest.append(line)
    return facts, [line for line in rest if not is_tail(line)]


def _without_contacts(kept: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    end = len(kept)
    found = False
    for number in range(len(kept) - 1, max(len(kept) - 16, 0), -1):
        line = kept[number]
        if line and is_contact(line):
            end, found = number, True
        elif line and not is_street(line) and (len(line.split()) > 6 or line.endswith((".", "”", '"', ":"))):
            break
    if not found:
        return kept, after
    contacts = [*filter(None, kept[end:]), *after]
    kept = kept[:end]
    while kept and not kept[-1]:
        kept.pop()
    return kept, contacts


def _signed(lines: Sequence[str], month_first: bool | None) -> tuple[str | None, date | None]:
    """Return publisher and day of the lines below a text: "ISSUED BY THE MINISTRY OF LAW", "19 January 2009".

    Those of the first such block count: annexes may have others.
    """
    filled = [line for line in lines if line]
    for number, line in enumerate(filled):
        found = next(days_in(line, month_first), None) if len(line) < 200 and not is_released(line) else None
        if found is None:
            continue
        around = f"{line[: found.start]} {line[found.end :]}".strip(" ,.")
        beside = [around, *filled[max(number - 1, 0) : number], *filled[number + 1 : number + 2]]
        beside = [name for name in beside if not is_released(name) and not is_label(name) and not END.fullmatch(name)]
        if around and not _SIGNS.fullmatch(around) and not around.isupper():
            continue
        for name in beside:
            signs = _SIGNS.fullmatch(name)
            if 1 < len(name.split()) < 20 and (signs or name.isupper()) and next(days_in(name), None) is None:
                return _title_case(signs["name"] if signs else name), found.day
    return None, None


def letterhead_in(lines: Sequence[str]) -> str | None:
    """Return the first name of an office alone that headers and footers have, or None."""
    parts = (part for line in lines for part in _stated(line))
    name = next(filter(_is_letterhead_name, parts), None)
    return _title_case(name) if name else None


def _is_letterhead_name(name: str) -> bool:
    return _is_office(name) and len(name.split()) <= _LONGEST_NAME and not re.search(r"\d|[.:;]$|@|www\.", name)


def _closing(lines: Sequence[str]) -> str | None:
    """Return the office that lines say who issued a text, or are about, or are the contacts of; None without one."""
    last = [line for line in lines if line][-_LAST:]
    for sign in (_CLOSES, _ABOUT):
        for line in last:
            found = sign.match(line)
            if found is not None and _is_letterhead_name(found["name"]):
                return found["name"].strip()
    pieces = (piece.strip() for line in last if is_contact(line) for piece in re.split(r"[,|;:–]\s", line))
    return next(filter(_is_letterhead_name, pieces), None)


def _is_office(line: str) -> bool:
    return is_organisation(line) and not is_label(line) and not is_contact(line) and next(days_in(line), None) is None


def _title_case(name: str) -> str:
    """Return a name that is written in capitals as it is usually written."""
    if not name.isupper():
        return name.strip(" ,.;")
    small = {"of", "and", "the", "for", "in", "on", "to", "de", "du", "des", "la"}
    words = [word if word in small else word[:1].upper() + word[1:] for word in name.lower().strip(" ,.;").split()]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]
