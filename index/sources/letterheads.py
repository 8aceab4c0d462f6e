"""Names of offices above and below the text of a release: its letterhead, or who signed it."""

import re
from collections.abc import Iterable, Sequence

from index.sources.days import days_in, is_day
from index.sources.offices import is_organisation
from index.sources.wire_contacts import is_contact
from index.sources.wire_lines import is_label, key

_FROM = re.compile(r"From (?:the )?(?P<name>[A-Z][^.:!?]{3,80})")

_LONGEST_NAME, _LONGEST_LINE = 8, 11
"""The most words that a letterhead may have, and a line with one; both set by judgement."""

_ADDRESS = re.compile(r",(?=.*\d).*")
"""What follows a name in the line of an address: "Coast Office, 1 Quay Road, Ness NE1 2AB"."""

_PLACE = re.compile(r"(?:state|city|county|commonwealth|government|republic|province) of \S+(?: \S+)?", re.IGNORECASE)
"""The name of a place's whole government, above that of one of its offices."""

_OFFICE_NAME = re.compile(
    r"(?:(?:the |u\.?s\.? )?"
    r"(?:office|department|ministry|bureau|board|agency|state|city|county|government) (?:of|for) .+"
    r"|(?:\w+ ){0,2}(?:minister|secretary|commissioner|governor|mayor|premier|chancellor) (?:of|for) .+"
    r"|(?:[\w'’&.-]+ )+(?:office|department|ministry|bureau|board|agency|commission|council|authority|service))",
    re.IGNORECASE,
)
"""A name that begins or ends with the kind of office."""


def letterhead_above(lines: Iterable[str]) -> str | None:
    """Return the first office that lines above a text name, before the name of a place's whole government; or None."""
    short = (line for line in lines if len(line.split()) <= _LONGEST_LINE)
    offices = [piece for line in short for piece in _stated(line) if is_office(piece)]
    name = next((name for name in offices if not _PLACE.fullmatch(name)), next(iter(offices), None))
    return title_case(name) if name else None


def letterhead_in(lines: Sequence[str]) -> str | None:
    """Return the first name of an office alone that headers and footers have, or None."""
    parts = (part for line in lines for part in _stated(_ADDRESS.sub("", line)))
    name = next(filter(is_office_alone, parts), None)
    return title_case(name) if name else None


def is_letterhead(line: str, lines: Sequence[str]) -> bool:
    """Return True if a line is the name of an office alone, as the other ``lines`` of its text tell.

    A name comes back in the text, or begins or ends with the kind of office. A headline goes on where the name of the
    text ends: "Ministry of Ports Opens Pier" in a text that has only the "Ministry of Ports".
    """
    words = key(line).split()
    if not is_office(line) or len(words) > _LONGEST_NAME or line.endswith((".", "!", "?")):
        return False
    text = f" {' '.join(key(other) for other in lines if other != line)} "
    if f" {' '.join(words)} " in text:
        return True
    if any(f" {' '.join(words[:count])} " in text for count in range(3, len(words))):
        return False
    return _OFFICE_NAME.fullmatch(line) is not None


def from_office(line: str) -> str | None:
    """Return the office of a line "From Ministry of Ports", which has no colon, or None."""
    found = _FROM.fullmatch(line)
    return found["name"] if found and is_organisation(found["name"]) and len(line.split()) <= _LONGEST_NAME else None


def is_office_alone(name: str) -> bool:
    """Return True for the name of an office that has no number, address or end of a sentence with it."""
    return is_office(name) and len(name.split()) <= _LONGEST_NAME and not re.search(r"\d|[.:;]$|@|www\.", name)


def _stated(line: str) -> list[str]:
    """Return the parts of a line of a letterhead, "Coast Office - News release - 4 July 2024", or the line."""
    parts = re.split(r"\s+[-–—|•]\s+", line)
    return parts if all(is_label(part) or is_day(part) or is_office(part) for part in parts) else [line]


def is_office(line: str) -> bool:
    """Return True for a line that names an office, and is no label, contact or day."""
    return is_organisation(line) and not is_label(line) and not is_contact(line) and next(days_in(line), None) is None


def title_case(name: str) -> str:
    """Return a name that is written in capitals as it is usually written."""
    if not name.isupper():
        return name.strip(" ,.;")
    small = {"of", "and", "the", "for", "in", "on", "to", "de", "du", "des", "la"}
    words = [word if word in small else word[:1].upper() + word[1:] for word in name.lower().strip(" ,.;").split()]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]
