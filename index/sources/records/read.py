"""Releases in files of other people: JSON Lines, JSON and CSV whose fields have other names.

The first records are looked at before anything is read, to find which fields are those of a release and in which order
days and months are written. A file that lacks a field altogether is refused once, with the names of the fields that
are there and the command that reads it; entries without a value are told of together at the end.
"""

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from html import unescape
from itertools import islice
from pathlib import Path

from index.errors import SourceError
from index.sources.build import LONDON, MAX_ID, NAME_PUBLISHER, NoPublisherError, build_release
from index.sources.clean import EntryError, clean_body, has_words, printable
from index.sources.days import day_in, is_ambiguous, order_of, read_moment
from index.sources.documents.plain_text import unwrapped
from index.sources.html.text import html_body, html_title
from index.sources.lines import place
from index.sources.markdown_text import plain_markdown
from index.sources.records.answers import is_answer, read_answer
from index.sources.records.fields import AS_RECOGNISED, REQUIRED, FieldMap, recognise, text_of, value_of
from index.sources.records.files import Record, csv_file, json_file, json_lines
from index.sources.wire import part
from index.types import Cursor, Problem, Release, Skipped, Withdrawn

READERS: Mapping[str, Callable[[Path], Iterator[Record | Problem]]] = {
    "jsonl": json_lines,
    "json": json_file,
    "csv": csv_file,
}
"""For each form of a file, the function that yields its records."""

_SAMPLE = 500
"""How many records are looked at first; set by judgement, so that fields that only some entries have are seen."""

_TAGS = re.compile(r"<(?:p|br|div|li|ul|ol|h[1-6]|table|span|strong|em|a|blockquote)\b[^<>]*>", re.IGNORECASE)
_IS_ADDRESS = re.compile(r"(?:https?:)?//\S+$|[\w-]+(?:\.[\w-]+)+(?:/\S*)?$|\S+@\S+$", re.IGNORECASE)

_IS_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]{2,8})*")
"""A code of a language, as it is declared; a name such as "English" tells nothing."""

_MARKDOWN = re.compile(
    r"^#{1,6} [^\W_]|\*\*[^*\n]{1,200}\*\*|\[[^\]\n]{1,200}\]\([^()\s]{1,500}\)|^\|(?:\s*:?-{3,}:?\s*\|)+\s*$",
    re.MULTILINE,
)
"""Signs that a text is Markdown, of which it has more than one."""

_PARAGRAPH_END = re.compile(r"(?<=[^\n]{150})\n(?=[^\n])")
"""The end of a line that is too long to have been wrapped: a paragraph, though no blank line follows."""

_SERIAL = re.compile(r"([2-5]\d{4})(?:\.\d+)?")
_FIRST_SERIAL = date(1899, 12, 30)
"""Days as tables of Excel count them."""

_SHOWN = 12
"""How many entries a message names."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first records of a file have: the names of their fields, which of them is which, and how dates go.

    ``held`` counts the records that have a value under each name; ``offices`` are those whose values may be names of
    publishers. ``lists`` are the addresses that records of several titles have: those of a list, and of none of them.
    """

    names: tuple[str, ...]
    held: Mapping[str, int]
    found: Mapping[str, tuple[str, ...]]
    month_first: bool | None
    records: int
    offices: frozenset[str]
    lists: frozenset[str] = frozenset()

    def missing(self, how: FieldMap) -> list[str]:
        """Return the required fields that no name in the file stands for."""
        return [
            field
            for field in REQUIRED
            if not any(self.held.get(name) for name in self.found.get(field, ()))
            and not (field == "publisher" and how.publisher_name)
        ]


@dataclass(frozen=True, slots=True)
class Records:
    """The source of a file of records in one of the forms of `READERS`; times of day are read in the ``zone``."""

    path: Path
    form: str
    zone: tzinfo = LONDON
    how: FieldMap = AS_RECOGNISED

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int | None:
        """Return None: the records are counted only by reading them."""
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Release | Withdrawn | Skipped | Problem]:
        """Yield a release or a problem for each record; those that lack a value are one problem for each field.

        Answers of known APIs are read as such, unless the names of fields are given.

        ``since`` is ignored: the whole file is read each time.

        Raises:
            SourceError: the file cannot be read, holds no records, or lacks a field that every release needs.
        """
        seen = survey((entry for entry in self._entries() if not self._is_answer(entry)), self.how)
        if seen.records:
            self._refuse(seen)
        elif not any(map(self._is_answer, self._entries())):
            raise SourceError(f"{self.path} holds no entries", "give a file of releases, one object or row for each")
        lacking: dict[str, list[str]] = defaultdict(list)
        for entry in self._entries():
            if isinstance(entry, Problem):
                yield entry
                continue
            where, record = entry
            try:
                if self._is_answer(entry):
                    yield from read_answer(record, where, self.zone, self.how)
                    continue
                release = _release(record, seen, self.zone, self.how)
            except NoPublisherError:
                release = "publisher"
            except EntryError as error:
                yield Problem(where, str(error))
                continue
            if isinstance(release, Release):
                yield release
            else:
                lacking[release].append(where.removeprefix(place(self.path)).lstrip(": "))
        for field, places in lacking.items():
            yield Problem(self.name, _told(field, places, seen))

    def _entries(self) -> Iterator[Record | Problem]:
        return READERS[self.form](self.path)

    def _is_answer(self, entry: Record | Problem) -> bool:
        return not isinstance(entry, Problem) and not self.how.named() and is_answer(entry[1])

    def _refuse(self, seen: Survey) -> None:
        unknown = [name for name in self.how.named().values() if not any(_same(name, each) for each in seen.names)]
        missing = seen.missing(self.how)
        if not unknown and not missing:
            return
        there = ", ".join(seen.names[:30])
        lacks = f'has no field "{unknown[0]}"' if unknown else f"has no {' and no '.join(missing)} that is recognised"
        raise SourceError(f"{self.path} {lacks}; its fields are: {there}", command(self.path, seen, self.how, missing))


def survey(records: Iterator[Record | Problem], how: FieldMap) -> Survey:
    """Look at the first records of a file; see `Survey`."""
    held: Counter[str] = Counter()
    names: dict[str, None] = {}
    sampled = [entry[1] for entry in islice(records, _SAMPLE) if not isinstance(entry, Problem)]
    for record in sampled:
        for name, value in _flat(record):
            names[name] = None
            held[name] += bool(text_of(value))
    found = {field: tuple(candidates) for field, candidates in recognise(list(names)).items()}
    offices = frozenset(name for name in names if _names_offices(name, sampled))
    found["publisher"] = tuple(name for name in found.get("publisher", ()) if name in offices)
    found |= {field: (name,) for field, name in how.named().items()}
    for name in how.named().values():
        held[name] = sum(bool(text_of(value_of(record, name))) for record in sampled)
    month_first = order_of(
        text_of(value_of(record, name)) for record in sampled for name in found.get("published", ())[:1]
    )
    seen = Survey(tuple(names), held, found, month_first, len(sampled), offices)
    titles: dict[str, set[str]] = defaultdict(set)
    for record in sampled:
        titles[_value(record, seen, "url")].add(_value(record, seen, "title"))
    return replace(seen, lists=frozenset(address for address, under in titles.items() if len(under) > 1))


def command(path: Path, seen: Survey, how: FieldMap, missing: list[str]) -> str:
    """Return the command that would read a file that lacks fields, with the best guess for each of them."""
    taken = {name for field in REQUIRED for name in seen.found.get(field, ())[:1]} | set(how.named().values())
    words = ["pressqa", "ingest", str(path)]
    for field, name in how.named().items():
        if any(_same(name, each) for each in seen.names):
            words += ["--field", f"{field}={name}"]
    for field in missing:
        guess = _guess(field, seen, taken)
        taken.add(guess)
        words += (
            ["--publisher", "NAME"] if field == "publisher" and not guess else ["--field", f"{field}={guess or 'NAME'}"]
        )
    if how.publisher_name:
        words += ["--publisher", how.publisher_name]
    return f"say which field is which: {' '.join(shlex.quote(word) for word in words)}"


def _guess(field: str, seen: Survey, taken: set[str]) -> str:
    """Return the name of a field that may stand for one of a release; empty if none does."""
    sign = {
        "title": r"title|head|subject|name$",
        "body": r"text|body|content|story|html|paragraph",
        "publisher": r"(?:\.name|\.title|org\w*|agency|office|dep\w*|ministry|publisher\w*|member\w*|author\w*)$",
        "published": r"date|time|day|year|issued|posted",
    }[field]
    usual = [name for name in seen.names if name not in taken and seen.held[name] * 2 > seen.records]
    if field == "publisher":
        usual = [name for name in usual if name in seen.offices]
    return next((name for name in usual if re.search(sign, name, re.IGNORECASE)), "")


def _flat(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a record, and those of objects in it with a dot between the names."""
    for name, value in islice(record.items(), 200):
        is_name = isinstance(value, Mapping) and "publisher" in recognise([name]) and bool(text_of(value))
        if isinstance(value, Mapping) and not any(key in value for key in ("rendered", "#text", "$t", "_", "__cdata")):
            yield name, value if is_name else None
            yield from ((f"{name}.{each}", inside) for each, inside in islice(value.items(), 50))
        else:
            yield name, value


def _names_offices(name: str, records: list[Mapping[str, object]]) -> bool:
    """Return True if the values of a field are names, and not addresses or numbers of who wrote an entry."""
    values = [text for record in records[:100] if (text := text_of(value_of(record, name)))]
    named = [text for text in values if not _IS_ADDRESS.match(text) and not text.isdigit() and len(text) < 200]
    return bool(values) and 2 * len(named) > len(values)


def _release(record: Mapping[str, object], seen: Survey, zone: tzinfo, how: FieldMap) -> Release | str:
    """Return the release of a record, or the name of the field for which it has no value."""
    title = html_title(_value(record, seen, "title"))
    raw = _value(record, seen, "body", "\n\n")
    if len(_MARKDOWN.findall(raw)) > 1 and not _TAGS.search(raw):
        body = clean_body(plain_markdown(_PARAGRAPH_END.sub("\n\n", printable(unescape(raw)))))
    elif _TAGS.search(raw):
        body = html_body(raw, _value(record, seen, "url") or None)
    else:  # marks that are written as in HTML do not make it HTML: its lines are lines
        body = unwrapped(clean_body(printable(unescape(raw))))
    wire = part(body, title, seen.month_first)
    if not has_words(wire.body):
        return "body"
    if not has_words(title):
        return "title"
    written = _value(record, seen, "published")
    day = (_day(written, zone, seen.month_first) if written else None) or (wire.day if not written else None)
    if day is None and written:
        raise EntryError(_bad_day(written))
    if day is None:
        return "published"
    publisher = html_title(_value(record, seen, "publisher")) or how.publisher_name or wire.issuer
    if not publisher or not has_words(publisher):
        return "publisher"
    link = _value(record, seen, "url")
    url = _address(link)
    own = url if link not in seen.lists else None
    name = _value(record, seen, "id")
    updated = _value(record, seen, "updated")
    language = _value(record, seen, "language")
    return build_release(
        title=title,
        body=wire.body,
        publisher=publisher,
        published=day,
        id=name if how.id else own or (None if name.isdigit() else name),  # numbers are told apart within a file only
        url=url,
        updated=_day(updated, zone, seen.month_first) if updated else None,
        language=language if _IS_LANGUAGE.fullmatch(language) else None,
    )


def _address(text: str) -> str | None:
    """Return a web address that pages can link to, with its spaces escaped; None for anything else."""
    address = re.sub(r"\s+", "%20", text.strip())
    return address if re.match(r"https?://[^/]+", address, re.IGNORECASE) and len(address) <= MAX_ID else None


def _value(record: Mapping[str, object], seen: Survey, field: str, between: str = ", ") -> str:
    """Return the first value that is not empty under the names for a field."""
    for name in seen.found.get(field, ()):
        if text := text_of(value_of(record, name), between):
            return text
    return ""


def _day(text: str, zone: tzinfo, month_first: bool | None) -> date | None:
    if serial := _SERIAL.fullmatch(text):
        return _FIRST_SERIAL + timedelta(days=int(serial[1]))
    return read_moment(text, zone) or day_in(html_title(text), month_first)


def _bad_day(written: str) -> str:
    if is_ambiguous(written):
        return f'"{written[:60]}" can be read as two days: write dates as 2025-01-31'
    return f'"{written[:60]}" is not a date: write it as 2025-01-31'


def _same(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")


def _told(field: str, places: list[str], seen: Survey) -> str:
    names = " or ".join(f'"{name}"' for name in seen.found.get(field, ())[:4])
    entries = "entry has" if len(places) == 1 else "entries have"
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    told = f"{len(places)} {entries} no words" if field in ("body", "title") else f"{len(places)} {entries} no {field}"
    kind = "line " if places[0].isdigit() else ""
    places_told = f"{told}{f' in {names}' if names else ''}: {kind}{', '.join(places[:_SHOWN])}{more}"
    return f"{places_told}; {NAME_PUBLISHER}" if field == "publisher" else places_told
