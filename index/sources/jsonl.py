"""Releases in JSON Lines, one on each line: the format that `pressqa export` writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import SourceError
from index.sources.build import LONDON, build_release, clean_notice, is_iso_day, parse_iso_day
from index.sources.clean import EntryError
from index.sources.json_faults import sentence
from index.sources.languages import READ, readable
from index.sources.lines import MAX_CHARACTERS, place, read_lines
from index.sources.records.fields import REQUIRED, recognise
from index.types import ChangeNote, Cursor, Problem, Release, Skipped, Withdrawn

_LOOKED_AT = 100
"""How many lines tell whether a file is in this format; set by judgement."""


class _Note(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    day: str
    note: str


class _Entry(BaseModel):
    """The fields of a line. Other keys are ignored; if a key is repeated, its last value is used."""

    model_config = ConfigDict(strict=True, extra="ignore")

    title: str
    body: str
    publisher: str
    published: str
    id: str | None = None
    url: str | None = None
    updated: str | None = None
    withdrawn: str | None = None
    withdrawn_notice: str | None = None
    language: str | None = None
    content_id: str | None = None
    changes: list[_Note] = Field(default_factory=list)
    government: str | None = None


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The source of a JSON Lines file; a line longer than ``max_line`` characters is a problem and is not parsed.

    Times of day are read in the publisher's ``zone``.
    """

    path: Path
    max_line: int = MAX_CHARACTERS
    zone: tzinfo = LONDON

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int:
        """Return how many lines are not blank; raises `SourceError` if the file cannot be read."""
        return sum(1 for line in read_lines(self.path, self.max_line) if line.fault or line.text.strip())

    def read(self, since: Cursor | None = None) -> Iterator[Release | Withdrawn | Problem]:
        """Yield a release or a problem for each line that is not blank, in the order of the file.

        The release of a line that says that it was withdrawn is followed by its withdrawal.

        ``since`` is ignored: the whole file is read each time.

        Raises:
            SourceError: the file cannot be read, or holds only blank lines.
        """
        empty = True
        for line in read_lines(self.path, self.max_line):
            where = place(self.path, line.number)
            if line.fault is not None:
                yield Problem(where, line.fault)
            elif line.text.strip():
                yield from read_text(line.text, where, self.zone)
            else:
                continue
            empty = False
        if empty:
            raise SourceError(f"{self.path} holds no release", "write one JSON object a line")


@dataclass(frozen=True, slots=True)
class JsonTexts:
    """The source of releases that are in memory already, each as the text of a line of JSON Lines.

    Times of day are read in the publisher's ``zone``. Releases in none of ``languages`` are skipped. ``first`` is the
    place of the first text, by which it is named.
    """

    name: str
    texts: Sequence[str]
    zone: tzinfo = LONDON
    languages: tuple[str, ...] = READ
    first: int = 0

    def expected(self) -> int:
        """Return how many texts there are."""
        return len(self.texts)

    def read(self, since: Cursor | None = None) -> Iterator[Release | Withdrawn | Skipped | Problem]:
        """Yield a release or a problem for each text, in their order; problems name its place, counted from 0."""
        for number, text in enumerate(self.texts, self.first):
            where = f"{self.name}[{number}]"
            for each in read_text(text, where, self.zone):
                yield readable(each, where, self.languages) if isinstance(each, Release) else each


def is_own(path: Path) -> bool:
    """Return True if a file's first lines have the fields of this format, or tell nothing of others.

    Raises `SourceError` if the file cannot be read.
    """
    told = False
    for line in islice(read_lines(path), _LOOKED_AT):
        try:
            record = json.loads(line.text) if line.text.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            if all(name in record for name in REQUIRED) and is_iso_day(record["published"]):
                return True
            told = told or len(record) > 2 or len(recognise(list(record))) > 1
    return not told


def dump_line(release: Release) -> str:
    """Return the release as a line of JSON, without the line end; `JsonLines` reads an equal release back."""
    fields = {
        "id": release.id,
        "title": release.title,
        "publisher": release.publisher,
        "published": release.published.isoformat(),
        "url": release.url,
        "updated": release.updated.isoformat() if release.updated else None,
        "withdrawn": release.withdrawn.isoformat() if release.withdrawn else None,
        "withdrawn_notice": release.withdrawn_notice,
        "language": release.language,
        "content_id": release.content_id,
        "changes": [{"day": each.day.isoformat(), "note": each.note} for each in release.changes] or None,
        "government": release.government,
        "body": release.body,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)


def read_text(text: str, where: str, zone: tzinfo = LONDON) -> list[Release | Withdrawn | Problem]:
    """Return the release that a line holds, with its withdrawal if it has one, or the problem with it at ``where``.

    A time of day is read in the publisher's ``zone``.
    """
    try:
        entry = _Entry.model_validate_json(text)
        release = build_release(
            title=entry.title,
            body=entry.body,
            publisher=entry.publisher,
            published=parse_iso_day(entry.published, zone),
            id=entry.id,
            url=entry.url,
            updated=parse_iso_day(entry.updated, zone) if entry.updated else None,
            language=entry.language,
            content_id=entry.content_id,
            changes=[ChangeNote(parse_iso_day(each.day, zone), each.note) for each in entry.changes],
            government=entry.government,
        )
        day = parse_iso_day(entry.withdrawn, zone) if entry.withdrawn else None
        return [release, Withdrawn(release.id, day, clean_notice(entry.withdrawn_notice))] if day else [release]
    except ValidationError as error:
        return [Problem(where, "; ".join(sentence(detail) for detail in error.errors(include_url=False)))]
    except EntryError as error:
        return [Problem(where, str(error))]
