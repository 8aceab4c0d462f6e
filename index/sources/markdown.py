"""Markdown files with YAML front matter: one file, or a folder of them.

A file begins with its fields between two ``---`` lines: ``title``, ``publisher`` (or ``organisation``), ``published``
(or ``date``), and optionally ``url`` and ``id``. The body of the release is the text of the rendered page.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import frontmatter
import yaml  # PyYAML ships no types

from index.errors import SourceError
from index.sources.build import LONDON, build_release, parse_day
from index.sources.clean import EntryError, bad_byte
from index.sources.lines import place, unreadable
from index.sources.markdown_text import plain_markdown
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

_YAML = frontmatter.YAMLHandler()


@dataclass(frozen=True, slots=True)
class MarkdownFiles:
    """The source of one Markdown file, or of all ``*.md`` and ``*.markdown`` files in a folder and its subfolders.

    Files are read in the order of their paths. Names that start with a dot are ignored, and links to folders are not
    followed. Files larger than ``max_bytes`` are problems. Times of day are read in the publisher's ``zone``.
    """

    path: Path
    max_bytes: int = MAX_BYTES
    zone: tzinfo = LONDON

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

        ``since`` is ignored: all files are read each time.

        Raises:
            SourceError: the path does not exist, or is a folder without Markdown.
        """
        if not self.path.is_dir():
            if not self.path.exists():
                raise SourceError(f"no such file or folder: {self.path}", "check the path")
            yield _read(self.path, self.max_bytes, self.zone)
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
        for path in files:
            yield _read(path, self.max_bytes, self.zone)


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


def _read(path: Path, max_bytes: int, zone: tzinfo) -> Release | Problem:
    try:
        return _release(_text(path, max_bytes), zone)
    except EntryError as error:
        return Problem(place(path), str(error))
    except OSError as error:
        return Problem(place(path), str(unreadable(path, error)))


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


def _release(text: str, zone: tzinfo) -> Release:
    fields, content = _front_matter(text)
    return build_release(
        title=_field(fields, "title"),
        body=plain_markdown(content),
        publisher=_field(fields, "publisher", "organisation"),
        published=parse_day(_field(fields, "published", "date"), zone),
        id=_field(fields, "id", required=False),
        url=_field(fields, "url", required=False),
    )


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    if not _YAML.detect(text):
        raise EntryError("no front matter: open the file with ---, title, publisher and published, and ---")
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


def _field(fields: dict[str, object], *names: str, required: bool = True) -> str:
    name = next((name for name in names if fields.get(name)), None)
    if name is None:
        if required:
            raise EntryError(f"the front matter has no {' or '.join(names)}")
        return ""
    value = fields[name]
    if not isinstance(value, str):
        raise EntryError(f"{name} must be one line of text, not {'a list' if isinstance(value, list) else 'a mapping'}")
    return value
