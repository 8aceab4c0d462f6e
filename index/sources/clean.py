"""Cleaning the text of a release into one normal form, whatever it was read from.

Every offset in pressqa counts code points of a cleaned body, so a change here moves the offsets of every citation.
`clean_body` must be idempotent, so that a release that is exported and read again keeps its offsets.
"""

import re
import unicodedata

BULLETS = "•◦▪‣*-"
"""The marks that open an item of a bullet list, each followed by a space."""

_BULLET_LINE = re.compile(rf"[{re.escape(BULLETS)}] ")
_SPACES = re.compile(r" {2,}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Line ends of other systems, and the page and line breaks of word processors. They become line ends, because removing
# them like other control characters would join the words on both sides.
_LINE_BREAKS = "\r\v\f\x85\u2028"
# Spaces that hold the digits of a number together. Anywhere else they become plain ones.
_GROUPING = "\u00a0\u2009\u202f"
# Nor do digits after a decimal point go on: "112.50 103.00" are two numbers.
_BETWEEN_WORDS = re.compile(
    rf"[{_GROUPING}](?![0-9]{{3}}(?![0-9]))"
    rf"|(?:(?<![0-9])|(?<=[0-9]{{4}})|(?<=\.[0-9])|(?<=\.[0-9]{{2}})|(?<=\.[0-9]{{3}}))[{_GROUPING}]"
)
# The rest of Unicode's category Zs without the plain space.
_OTHER_SPACES = "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u200a\u205f\u3000"
# Invisible characters, which are removed: break opportunities, byte order marks, and marks of direction, which can make
# a quotation look like other words than it contains. Joiners (U+200C, U+200D) stay: some scripts need them in spelling.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"


def _table() -> dict[int, str | None]:
    controls = [*range(0x20), *range(0x7F, 0xA0)]
    table: dict[int, str | None] = {code: None for code in controls if chr(code) != "\n"}
    table |= {ord(mark): None for mark in _INVISIBLE}
    table |= {ord(mark): "\n" for mark in _LINE_BREAKS}
    table[ord("\u2029")] = "\n\n"
    table[ord("\t")] = " "
    table |= {ord(space): " " for space in _OTHER_SPACES}
    table[ord("\u2011")] = "-"  # the non-breaking hyphen
    return table


_TABLE = _table()


class EntryError(ValueError):
    """An entry of an input that cannot become a release; ``str(error)`` is the reason, for a `Problem`."""


def plain(text: str) -> str:
    """Return ``text`` in NFC with plain spaces and ``\\n`` line ends only, invisible characters removed.

    Spaces that may not break, or are thin, stay between the digits of a number, which they hold together. Lone
    surrogates are kept: sources read bytes that are not UTF-8 as lone surrogates, and still need their lines.
    """
    if text.isascii() and text.isprintable():
        return text
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_TABLE))
    return _BETWEEN_WORDS.sub(" ", cleaned)


def clean_body(text: str) -> str:
    """Return the body in the form it is stored in: what `Release.body` promises.

    The result is in NFC and has single plain spaces (others only within numbers, see `plain`), no spaces at the ends of
    lines, one blank line between paragraphs, no blank line between the items of a bullet list, and no control or
    invisible characters. Line ends are kept, because only a source knows if they end paragraphs or only wrap long
    lines. The function is idempotent.

    Raises:
        EntryError: the text holds half of a surrogate pair, which UTF-8 cannot store.
    """
    _refuse_surrogates(text)
    kept: list[str] = []
    blank = False
    for line in plain(text).split("\n"):
        words = _SPACES.sub(" ", line).strip(" ")
        if not words:
            blank = True
            continue
        if kept and blank and not (is_item(words) and is_item(kept[-1])):
            kept.append("")
        kept.append(words)
        blank = False
    return "\n".join(kept)


def clean_line(text: str) -> str:
    """Return a title, publisher or id on one line with single spaces; raises `EntryError` for a lone surrogate."""
    _refuse_surrogates(text)
    return " ".join(plain(text).split())


def is_item(line: str) -> bool:
    """Return True if a line, which has no leading spaces, begins an item of a bullet list."""
    return _BULLET_LINE.match(line) is not None


def has_words(text: str) -> bool:
    """Return True if the text has at least one letter or digit."""
    return any(mark.isalnum() for mark in text)


def bad_byte(text: str) -> str | None:
    """Return a message that names the first byte of a line that is not UTF-8; None if all bytes are.

    The line must have been decoded with ``errors="surrogateescape"``.
    """
    found = None if text.isascii() else _SURROGATE.search(text)
    if found is None:
        return None
    return f"byte 0x{ord(found.group()) - 0xDC00:02x} at column {found.start() + 1} is not UTF-8: save it as UTF-8"


def printable(text: str) -> str:
    """Return ``text`` with replacement characters for halves of surrogate pairs: for bytes that are not UTF-8."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _refuse_surrogates(text: str) -> None:
    found = None if text.isascii() else _SURROGATE.search(text)
    if found is not None:
        raise EntryError(f"half of a surrogate pair (U+{ord(found.group()):04X}) is not a character")
