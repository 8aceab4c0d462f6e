"""Bytes of pages and feeds as text: their encoding, and the repair of text that was decoded wrongly before."""

import codecs
import re

_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_HEAD = 4096
"""How many bytes at the beginning of a page are searched for its declared encoding; browsers search 1,024."""

_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030"}
"""The encodings that pages declare, and what browsers read them as."""

_ODD_BYTES = (
    "\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022"
)
_ODD_BYTES += "\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
_CONTINUES = f"[\u0080-\u00bf{_ODD_BYTES}]"
_TWICE = re.compile(
    f"(?:[\u00c2-\u00df]{_CONTINUES}|[\u00e0-\u00ef]{_CONTINUES}{{2}}|[\u00f0-\u00f4]{_CONTINUES}{{3}})+"
)
"""Characters that are the bytes of a UTF-8 sequence, read as Latin-1 or Windows-1252."""

_NEVER_MEANT = re.compile("[\u00c2-\u00f4][\u0080-\u009f]|\u00e2\u20ac|\u00c3\u201a|\u00c3\u0192")
"""Signs that a text was decoded wrongly, which no clean text has."""


def has_utf16_mark(content: bytes) -> bool:
    """Return True if bytes begin with the mark of UTF-16, in which Excel and other programs of Windows save text."""
    return content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def decode(content: bytes, content_type: str | None = None) -> str:
    """Return the text of a page or feed; bytes that are wrong in its encoding become replacement characters.

    A mark at the beginning decides; bytes that are UTF-8 are UTF-8, whatever was declared; then the encoding that
    ``content_type`` (the HTTP header) names, then the one that the page declares, then Windows-1252. What is declared
    to be UTF-8 and has more bytes that are not is Windows-1252 too: servers add a charset that the page does not have.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace")
    try:
        return repair(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    header = _HEADER.search(content_type or "")
    declared = _DECLARED.search(content[:_HEAD])
    names = [header[1] if header else "", declared[1].decode("ascii", "ignore") if declared else "", "cp1252"]
    name = next(filter(None, map(_known, names)))
    if name == "utf-8" and _is_no_utf8(content):
        name = "cp1252"
    return repair(content.decode(name, errors="replace"))


def _is_no_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", errors="replace").removesuffix("\ufffd")  # it may be cut off
    wrong = text.count("\ufffd")
    return wrong > sum(not mark.isascii() for mark in text) - wrong


def repair(text: str) -> str:
    """Return text in which UTF-8 that was read as Latin-1 ("Ellisonâ\\x80\\x99s", "Â£5") is read as UTF-8.

    Text without signs of that, which no clean text has, is returned as it is.
    """
    return _TWICE.sub(_again, text) if _NEVER_MEANT.search(text) else text


def _again(found: re.Match[str]) -> str:
    data = bytearray()
    for mark in found.group():
        data += bytes([ord(mark)]) if ord(mark) < 256 else mark.encode("cp1252")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return found.group()


def _known(name: str) -> str | None:
    """Return Python's name of a text encoding that keeps ASCII, None if there is none such."""
    try:
        found = codecs.lookup(name).name
        keeps = b"<p>".decode(found) == "<p>"
    except (LookupError, UnicodeError, ValueError, TypeError):
        return None
    if not keeps or found in ("utf-8", "utf-7"):
        return "utf-8" if found == "utf-8" else None
    return _SUPERSETS.get(found, found)
