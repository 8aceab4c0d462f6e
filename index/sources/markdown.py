"""Markdown files with YAML front matter: one file, or a folder of them.

A file begins with its fields between two ``---`` lines: ``title``, ``publisher`` (or ``organisation``), ``published``
(or ``date``), and optionally ``url`` and ``id``. The body of the release is the text of the rendered page. In files
of other people, other names are recognised (`index.sources.records.fields`), a publisher may be given for files that
name none, a day may stand in the file's name, and lines around the text are left out (`index.sources.wire`).
"""

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path

import frontmatter
import yaml  # PyYAML ships no types

from index.errors import SourceError
from index.sources.build import LONDON, build_release, parse_day
from index.sources.clean import EntryError, bad_byte, clean_body
from index.sources.days import address_day
from index.sources.html.tables import with_pipe_tables
from index.sources.lines import place, unreadable
from index.sources.markdown_text import plain_markdown
from index.sources.records.fields import AS_RECOGNISED, FieldMap, recognise
from index.sources.wire import part
from index.types import Cursor, Problem, Release

SUFFIXES = frozenset({".md", ".markdown"})
"""The suffixes of the files in a folder that are read, in lower case."""

MAX_BYTES = 500_000
"""The largest file that is read, in bytes: ten times a long release.

For some texts the parser needs time in the square of their length (15 s were measured for 400 kB of "["), so a much
larger limit would protect nothing.
"""

_QUOTE = 'put a value that holds a colon, a # or such a mark into quotation marks: title: "..."'

_TEXT_FIELD = re.compile(r"(?P<name>title|publisher|organisation)[ \t]*:(?:[ \t]+(?P<value>.*))?$", re.IGNORECASE)
_NO_PLAIN_TEXT = re.compile(r"[\"']|[|>][+-]?[0-9]?[+-]?[ \t]*(?:# .*)?$|[\[{]|!!")
"""Values that YAML reads by itself: in quotation marks, a block, a list or mapping, or with a tag."""

_GOES_ON_AFTER_QUOTE = re.compile(r"(?P<mark>[\"']).*(?P=mark)[ \t]+#[^ \t]")
"""A value that only begins with quotation marks: '"Plan" #2'; a comment has a blank after its mark."""

_ITEM = re.compile(r"[ \t]*-[ \t]")
"""A line of a list below its field's name."""

_ATTRIBUTES = re.compile(r"^[ \t]*\{:[^{}\n]*\}[ \t]*$", re.MULTILINE)
"""Lines that tell kramdown how to set what is below them."""

_YAML = frontmatter.YAMLHandler()


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

    def read(self, since: Cursor | None = None) -> Iterator[Release | Problem]:
        """Yield a release or a problem for each file, and a problem for each folder that cannot be listed.

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

    def _together(self, files: Sequence[Path]) -> Iterator[Release | Problem]:
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


_HEADING = re.compile(r"\s*#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|$)")
"""The heading with which a file without front matter begins."""


class _LackingError(EntryError):
    """A file without a field that every release needs; ``names`` are the fields that it has."""

    def __init__(self, field: str, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.field = field
        self.names = names


def is_front_matter(text: str) -> bool:
    """Return True if a text begins with front matter: a line of ``---``, then a field."""
    return re.match(r"---+[ \t]*\r?\n(?:[ \t]*\r?\n|#.*\n)*[A-Za-z_]+[ \t]*:", text) is not None


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
    text = data.decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if (fault := bad_byte(line)) is not None:
            raise EntryError(f"line {number}: {fault}")
    return text


def _release(text: str, zone: tzinfo, how: FieldMap, path: Path) -> Release:
    fields, content = _front_matter(text)
    title = _field(fields, how, "title", ("title",))
    publisher = _field(fields, how, "publisher", ("publisher", "organisation"), required=not how.publisher_name)
    day = _field(fields, how, "published", ("published", "date"), required=address_day(path.name) is None)
    body = plain_markdown(_ATTRIBUTES.sub("", content) if not publisher else content)
    return build_release(
        title=title,
        body=body if publisher else part(clean_body(with_pipe_tables(body)), title).body,
        publisher=publisher or how.publisher_name or "",
        published=parse_day(day, zone) if day else address_day(path.name) or date.min,
        id=_field(fields, how, "id", ("id",), required=False),
        url=_field(fields, how, "url", ("url",), required=False),
    )


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    if not _YAML.detect(text):
        heading = _HEADING.match(text)
        if heading is None:
            raise EntryError(
                "no front matter: open the file with ---, title, publisher and published, and ---; or with a heading,"
                " the day in its name and the publisher as --publisher NAME"
            )
        return {"title": plain_markdown(heading["title"])}, text[heading.end() :]
    try:
        header, content = _YAML.split(text)
    except ValueError:
        raise EntryError("the front matter has no closing ---: end it with a line of ---") from None
    header = _whole_titles(header)
    try:
        # BaseLoader keeps every value as the text that was written. Other loaders would turn some titles into dates or
        # numbers, and fail on 31 February without a line number.
        fields = _YAML.load(header, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise EntryError(f"the front matter is not YAML: {error.problem}{line}; {_QUOTE}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise EntryError(f"the front matter is not YAML: {str(error).partition(chr(10))[0]}; {_QUOTE}") from None
    if not isinstance(fields, dict):
        raise EntryError("the front matter names no fields: write title: ..., publisher: ..., published: ...")
    return {str(name).lower(): value for name, value in fields.items()}, content


def _whole_titles(header: str) -> str:
    """Return front matter in which YAML reads every title and publisher to its end.

    People write titles without quotation marks, and YAML would take " #" for a comment, ": " for a mapping, and a first
    "@", "&" or "%" for something of its own. A value in quotation marks, a block (``|``) and a list stay as they are.
    Raises `EntryError` for a field that is there twice.
    """
    lines = header.split("\n")
    seen: set[str] = set()
    kept: list[str] = []
    at = 0
    while at < len(lines):
        found = _TEXT_FIELD.match(lines[at])
        at += 1
        if found is None:
            kept.append(lines[at - 1])
            continue
        name = found["name"].lower()
        if name in seen:
            raise EntryError(f"the front matter has {name} twice: leave one of them out")
        seen.add(name)
        words = [found["value"] or ""]
        is_list = not words[0] and at < len(lines) and _ITEM.match(lines[at])
        if is_list or (_NO_PLAIN_TEXT.match(words[0]) and not _GOES_ON_AFTER_QUOTE.match(words[0])):
            kept.append(lines[at - 1])
            continue
        while at < len(lines) and lines[at][:1] in (" ", "\t"):  # a long value goes on in lines that are set in
            words.append(lines[at])
            at += 1
        value = " ".join(" ".join(words).split()).replace("'", "''")
        # the lines are kept, so that errors name the right ones
        kept += [f"{found['name']}: '{value}'" if value else f"{found['name']}:", *[""] * (len(words) - 1)]
    return "\n".join(kept)


def _field(
    fields: dict[str, object], how: FieldMap, field: str, names: tuple[str, ...], *, required: bool = True
) -> str:
    """Return the value of the first of ``names`` that has one, else of what is given or recognised for the field."""
    given = how.named().get(field)
    others = [] if field in ("id", "url") else recognise(list(fields)).get(field, [])
    searched = (given.lower(),) if given else (*names, *others)
    name = next((name for name in searched if fields.get(name)), None)
    if name is None:
        if required:
            there = [str(name) for name in fields]
            raise _LackingError(field, f"the front matter has no {given or ' or '.join(names)}", there)
        return ""
    value = fields[name]
    if not isinstance(value, str):
        raise EntryError(f"{name} must be one line of text, not {'a list' if isinstance(value, list) else 'a mapping'}")
    return value
