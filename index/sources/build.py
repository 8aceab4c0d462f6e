"""Making a `Release` from the raw fields of one entry: required fields, days, and an id if it has none."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from index.sources.clean import EntryError, clean_body, clean_line, has_words
from index.sources.html.tables import with_pipe_tables
from index.types import ChangeNote, Release

LONDON: Final = ZoneInfo("Europe/London")
"""The time zone of British publishers."""

MAX_ID = 500
"""The longest id that is accepted, in characters; set by judgement, because ids are used in URLs."""

NAME_PUBLISHER: Final = (
    'give the entry a publisher, or name one: --publisher NAME, or publisher = "NAME" in pressqa.toml'
)
"""What to do about entries that name no publisher."""

MAX_CODE = 100
"""The longest language or content id that is kept, in characters (set by judgement)."""

MAX_GOVERNMENT = 200
"""The longest name of a government that is kept, in characters (set by judgement)."""

MAX_NOTICE = 2_000
"""The longest notice of a withdrawal or note of a change that is kept, in characters (set by judgement)."""

MAX_NOTES = 200
"""How many notes of changes are kept of a release, the newest (set by judgement)."""

_PUBLISHER_SLUG = 40
"""The longest form of a publisher's name in a derived id, in characters (set by judgement)."""

_TITLE_SLUG = 80
"""The longest form of a title in a derived id, in characters (set by judgement)."""

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_WRITTEN_DAY = re.compile(
    r"(?:[a-z]+day,? )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]{3,9})\.?,? (?P<year>[0-9]{4})",
    re.IGNORECASE,
)


class NoPublisherError(EntryError):
    """An entry has all that a release needs but a publisher."""


def build_release(
    *,
    title: str,
    body: str,
    publisher: str,
    published: date,
    id: str | None = None,
    url: str | None = None,
    updated: date | None = None,
    language: str | None = None,
    content_id: str | None = None,
    changes: Sequence[ChangeNote] = (),
    government: str | None = None,
) -> Release:
    """Clean the fields and return the release; if ``id`` is None or blank it is derived from the other fields.

    A day of update that is not after that of publication is none. What is said of the text beside it is cut to a length
    that no publisher needs.

    HTML tables in the body become lines of cells, as `index.text.tables` reads them.

    Raises:
        EntryError: title or body holds no word, the url is not a web address, or the id is too long.
        NoPublisherError: the publisher holds no word.
    """
    title, body = _required("title", clean_line(title)), _required("body", clean_body(with_pipe_tables(body)))
    publisher = clean_line(publisher)
    if not has_words(publisher):
        raise NoPublisherError(f"{_fault('publisher', publisher)}; {NAME_PUBLISHER}")
    name = clean_line(id or "") or derive_id(publisher, published, title)
    if len(name) > MAX_ID:
        raise EntryError(f"the id has {len(name)} characters, at most {MAX_ID} are allowed: {name[:40]}...")
    changed = updated if updated is not None and updated > published else None
    return Release(
        name,
        title,
        body,
        publisher,
        published,
        _web_address(url),
        changed,
        language=clean_line(language or "")[:MAX_CODE] or None,
        content_id=clean_line(content_id or "")[:MAX_CODE] or None,
        changes=_notes(changes),
        government=clean_line(government or "")[:MAX_GOVERNMENT] or None,
    )


def language_code(tag: str | None) -> str:
    """Return the language of a tag as pages and feeds write it ("en" of "en-GB" and "en_US"); "" for none."""
    return (tag or "").partition("-")[0].partition("_")[0].strip().lower()


def clean_notice(text: str | None) -> str | None:
    """Return what a publisher says of a withdrawal or a change as one line; None if that is no word."""
    notice = clean_line(text or "")[:MAX_NOTICE]
    return notice if has_words(notice) else None


def _notes(changes: Sequence[ChangeNote]) -> tuple[ChangeNote, ...]:
    """Return notes cleaned, each once, oldest first; of too many the newest."""
    cleaned = {ChangeNote(each.day, note): None for each in changes if (note := clean_notice(each.note)) is not None}
    return tuple(sorted(cleaned, key=lambda each: each.day))[-MAX_NOTES:]


def derive_id(publisher: str, published: date, title: str) -> str:
    """Return ``{publisher}-{YYYY-MM-DD}-{title}`` in lower-case ASCII: at most 132 characters, deterministic.

    A part that was cut, or that has letters which ASCII lacks, ends in a hash of the whole part, so that two titles
    which differ only in what is lost get different ids.
    """
    return f"{_slug(publisher, _PUBLISHER_SLUG)}-{published.isoformat()}-{_slug(title, _TITLE_SLUG)}"


def month_number(name: str) -> int | None:
    """Return 1 to 12 for an English month ("January", "Jan"), None for any other word."""
    return _MONTHS.get(name.lower())


def parse_day(text: str, zone: tzinfo = LONDON) -> date:
    """Read "16 January 2025", "1st Jan 2025", "Thursday 16 January 2025" or what `parse_iso_day` reads.

    Raises:
        EntryError: it is not written as a date, or the calendar has no such day.
    """
    written = _WRITTEN_DAY.fullmatch(clean_line(text))
    month = month_number(written["month"]) if written else None
    if written is None or month is None:
        return parse_iso_day(text, zone)
    try:
        return date(int(written["year"]), month, int(written["day"]))
    except ValueError:
        raise EntryError(f'there is no such day as "{written.group()}"') from None


def iso_moment(words: str) -> datetime:
    """Read an ISO 8601 date and time, also with a space before its zone: "2025-01-31 09:00:00 -0500", "... UTC".

    Raises `ValueError` for anything else.
    """
    named = re.sub(r" (?:UTC|GMT|Z)$", "+00:00", words)
    return datetime.fromisoformat(re.sub(r"(?<=\d) (?=[+-]\d\d:?\d\d$)", "", named))


def is_iso_day(value: object) -> bool:
    """Return True for a text that begins as `parse_iso_day` reads it."""
    return isinstance(value, str) and _ISO_DAY.match(value.strip()) is not None


def parse_iso_day(text: str, zone: tzinfo = LONDON) -> date:
    """Read "2025-01-16", or an ISO 8601 date and time.

    A time with an offset is that of one moment, and gives the day that it was in the publisher's ``zone``:
    "2025-06-30T23:30:00Z" is 1 July in London. A time without one is taken as written.

    Raises:
        EntryError: it is not written as a date, or the calendar has no such day.
    """
    words = clean_line(text)
    if not _ISO_DAY.match(words):
        fault = f'"{_shorten(words)}" is not a date' if words else "the date is empty"
        raise EntryError(f"{fault}: write it as 2025-01-31")
    try:
        moment = iso_moment(words)
        return (moment.astimezone(zone) if moment.tzinfo is not None else moment).date()
    except (ValueError, OverflowError):
        raise EntryError(f'there is no such day as "{_shorten(words)}"') from None


def _required(field: str, value: str) -> str:
    if not has_words(value):
        raise EntryError(f"{_fault(field, value)}; give the entry a {field}")
    return value


def _fault(field: str, value: str) -> str:
    """Return what is wrong with a field without a word."""
    return f'the {field} has no words: "{_shorten(value)}"' if value else f"the {field} is empty"


def _web_address(url: str | None) -> str | None:
    """Return the cleaned address or None; only http and https are accepted, because pages show it as a link."""
    address = clean_line(url or "")
    if address and not re.match(r"https?://[^\s]+$", address, re.IGNORECASE):
        raise EntryError(f'the url must start with http:// or https://: "{_shorten(address)}"')
    return address or None


def _slug(text: str, limit: int) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    lost = any(mark.isalnum() and not mark.isascii() for mark in letters)
    words = "-".join(re.findall(r"[a-z0-9]+", letters.encode("ascii", "ignore").decode().lower()))
    if len(words) <= limit and not lost:
        return words
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    room = limit - len(digest) - 1
    kept = words[:room] if len(words) <= room or words[room] == "-" else words[:room].rpartition("-")[0]
    return f"{kept or words[:room]}-{digest}".strip("-")


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
