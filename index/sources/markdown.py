"""Markdown files with front matter (`index.sources.front_matter`): one file, or a folder of them.

A file begins with its fields: ``title``, ``publisher`` (or ``organisation``), ``published`` (or ``date``), and
optionally ``url``, ``id`` and ``language``. The body of the release is the text of the rendered page. In files of other
people, other names are recognised (`index.sources.records.fields`), a publisher may be given for files that name none,
a day may stand in the file's name, and lines around the text are left out (`index.sources.wire`). What its front matter
calls a draft is skipped.
"""

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path

from index.errors import SourceError
from index.sources.build import LONDON, build_release, parse_day
from index.sources.clean import EntryError, bad_byte, clean_body
from index.sources.days import address_day, read_moment
from index.sources.decode import has_utf16_mark
from index.sources.front_matter import split
from index.sources.html.tables import with_pipe_tables
from index.sources.lines import place, unreadable
from index.sources.markdown_text import plain_markdown
from index.sources.records.fields import AS_RECOGNISED, FieldMap, recognise
from index.sources.wire import part
from index.types import Cursor, Problem, Release, Skipped

SUFFIXES = frozenset({".md", ".markdown"})
"""The suffixes of the files in a folder that are read, in lower case."""

MAX_BYTES = 500_000
"""The largest file that is read, in bytes: ten times a long release.

For some texts the parser needs time in the square of their length (15 s were measured for 400 kB of "["), so a much
larger limit would protect nothing.
"""

_TEMPLATE = re.compile(r"\{%[^\n]{0,500}?%\}|\{\{[^\n]{0,500}?\}\}")
"""What Jekyll and Hugo put something in the place of: "{% include image.html %}", "{{< figure >}}"."""

_ATTRIBUTES = re.compile(r"^[ \t]*\{:[^{}\n]*\}[ \t]*$", re.MULTILINE)
"""Lines that tell kramdown how to set what is below them."""


@dataclass(frozen=True, slots=True)
class MarkdownFiles:
    """The source of one Markdown file, or of all ``*.md`` and ``*.markdown`` files in a folder and its subfolders.

    Files are read in the order of their paths. Names that start with a dot are ignored, and links to folders are not
    followed. Files larger than ``max_bytes`` are problems. Times of day are read in the publisher's ``zone``. ``how``
    names fields, and the publisher of files that name none.
    """

    path: Path
    max_bytes: int = MAX_BYTES
    zone: tzinfo = LONDON
    how: FieldMap = AS_RECOGNISED

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int:
        """Return the number of Markdown files, plus that of folders that cannot be listed, which are problems."""
        if not self.path.is_dir():
            return 1
        closed: list[OSError] = []
        return len(_markdown_files(self.path, closed)) + len(closed)

    def read(self, since: Cursor | None = None) -> Iterator[Release | Skipped | Problem]:
        """Yield a release, a problem or a draft for each file, and a problem for each folder that cannot be listed.

        Files of a folder that lack the same field are one problem, which says how to give it.
        ``since`` is ignored: all files are read each time.

        Raises:
            SourceError: the path does not exist, or is a folder without Markdown.
        """
        if not self.path.is_dir():
            if not self.path.exists():
                raise SourceError(f"no such file or folder: {self.path}", "check the path")
            yield from self._together([self.path])
            return
        closed: list[OSError] = []
        files = list(_markdown_files(self.path, closed))
        if not files and not closed:
            raise SourceError(
                f"no Markdown in {self.path}",
                "give a folder that holds *.md files, or name a file with releases",
            )
        for error in closed:
            yield Problem(place(Path(error.filename)), f"cannot list the folder: {error.strerror}")
        yield from self._together(files)

    def _together(self, files: Sequence[Path]) -> Iterator[Release | Skipped | Problem]:
        lacking: dict[str, list[tuple[Path, _LackingError]]] = defaultdict(list)
        for path in files:
            try:
                yield _release(_text(path, self.max_bytes), self.zone, self.how, path)
            except _LackingError as error:
                lacking[error.field].append((path, error))
            except EntryError as error:
                yield Problem(place(path), str(error))
            except OSError as error:
                yield Problem(place(path), str(unreadable(path, error)))
        for field, found in lacking.items():
            path, first = found[0]
            option = "--publisher NAME" if field == "publisher" else f"--field {field}=NAME"
            if len(found) == 1:
                yield Problem(place(path), f"{first}; or say which: pressqa ingest ... {option}")
                continue
            names = list(dict.fromkeys(name for _, each in found for name in each.names)) or ["none"]
            yield Problem(
                self.name,
                f"{len(found)} of {len(files)} files have no {field} in their front matter, such as {path.name}; their"
                f" fields are: {', '.join(names[:30])}; pressqa ingest {shlex.quote(str(self.path))} {option}",
            )


class _LackingError(EntryError):
    """A file without a field that every release needs; ``names`` are the fields that it has."""

    def __init__(self, field: str, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.field = field
        self.names = names


def _markdown_files(folder: Path, closed: list[OSError]) -> list[Path]:
    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(parent, name) for name in names if not name.startswith(".")]
        files += [path for path in paths if path.suffix.lower() in SUFFIXES]
    return sorted(files, key=lambda path: path.relative_to(folder).parts)


def _text(path: Path, max_bytes: int) -> str:
    if path.exists() and not path.is_file():
        raise EntryError("it is not a file that can be read: leave it out of the folder")
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise EntryError(f"the file is larger than {max_bytes:,} bytes: give so long a release as JSON Lines")
    if has_utf16_mark(data):
        data = data.decode("utf-16", errors="replace").encode()
    text = data.decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if (fault := bad_byte(line)) is not None:
            raise EntryError(f"line {number}: {fault}")
    return text


def _release(text: str, zone: tzinfo, how: FieldMap, path: Path) -> Release | Skipped:
    found = split(text)
    fields, content = (found[0], _TEMPLATE.sub("", found[1])) if found is not None else _headed(text)
    if str(fields.get("draft")).lower() == "true" or str(fields.get("published")).lower() == "false":
        return Skipped(place(path), "it is a draft, by its front matter")
    fields = {name: value for name, value in fields.items() if (name, value) != ("published", "true")}
    title = _field(fields, how, "title", ("title",))
    publisher = _field(fields, how, "publisher", ("publisher", "organisation"), required=not how.publisher_name)
    day = _field(fields, how, "published", ("published", "date"), required=address_day(path.name) is None)
    url = _field(fields, how, "url", ("url",), required=False)
    body = plain_markdown(_ATTRIBUTES.sub("", content) if not publisher else content)
    return build_release(
        title=title,
        body=body if publisher else part(clean_body(with_pipe_tables(body)), title).body,
        publisher=publisher or how.publisher_name or "",
        published=(read_moment(day, zone) or parse_day(day, zone)) if day else address_day(path.name) or date.min,
        id=_field(fields, how, "id", ("id",), required=False),
        url=url if not url.startswith("/") else None,  # of a site that the file does not name
        language=_field(fields, how, "language", ("language", "lang", "locale"), required=False),
    )


_HEADING = re.compile(r"\s*#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|$)")
"""The heading with which a file without front matter begins."""


def _headed(text: str) -> tuple[dict[str, object], str]:
    """Return the title of a file without front matter, its first heading, and the text below it."""
    heading = _HEADING.match(text)
    if heading is None:
        raise EntryError(
            "no front matter: open the file with ---, title, publisher and published, and ---; or with a heading,"
            " the day in its name and the publisher as --publisher NAME"
        )
    return {"title": plain_markdown(heading["title"])}, text[heading.end() :]


def _field(
    fields: dict[str, object], how: FieldMap, field: str, names: tuple[str, ...], *, required: bool = True
) -> str:
    """Return the value of the first of ``names`` that has one, else of what is given or recognised for the field."""
    given = how.named().get(field)
    others = [] if field in ("id", "url", "language") else recognise(list(fields)).get(field, [])
    searched = (given.lower(),) if given else (*names, *others)
    name = next((name for name in searched if fields.get(name)), None)
    if name is None:
        if required:
            there = [str(name) for name in fields]
            raise _LackingError(field, f"the front matter has no {given or ' or '.join(names)}", there)
        return ""
    value = fields[name]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise EntryError(f"{name} must be one line of text, not {'a list' if isinstance(value, list) else 'a mapping'}")
    return value
