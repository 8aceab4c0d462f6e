"""Telling from its content which kind of input a path holds."""

import codecs
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import SourceError
from index.sources.clean import plain
from index.sources.days import days_in
from index.sources.decode import has_utf16_mark
from index.sources.front_matter import is_front_matter
from index.sources.lines import unreadable
from index.sources.markdown import SUFFIXES as MARKDOWN_SUFFIXES
from index.sources.records.fields import header_at
from index.sources.tag_page_lines import is_tag, parse_heading

TAG_PAGE, JSONL, MARKDOWN = "tag-page", "jsonl", "markdown"
JSON, CSV, FEED, HTML, PDF, DOCX, TEXT, FILES = "json", "csv", "feed", "html", "pdf", "docx", "text", "files"
"""The names of the kinds of input; "files" is a folder of files of any kind."""

_SUFFIXES = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php", ".jsp", ".cfm"), HTML),
    **dict.fromkeys(MARKDOWN_SUFFIXES, MARKDOWN),
    **{".pdf": PDF, ".docx": DOCX, ".txt": TEXT},
}
"""The suffixes of documents, in lower case, and the kind of each."""

_DATA_SUFFIXES = frozenset((".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".xml", ".rss", ".atom", ".rdf"))
"""The suffixes of files that may hold many releases: each that cannot be read is told of with its reason."""

_HEAD = 65_536
"""How many bytes at the beginning of a file are examined.

Set by judgement: they must hold a tag page's first title line, which may come after a long page header; more would take
longer to read.
"""

_MOST_ODD = 0.05
"""The largest share of control characters and bytes that are not UTF-8 that a text file may have.

Set by judgement: a lower share would refuse text with a few damaged bytes, a higher one would accept more binary files.
"""

_TOP = 2_000
"""How many characters at the beginning of a text file have a day if it is a release; set by judgement."""

_ODD = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_IS_HTML = re.compile(
    rb"\s*(?:<\?xml[^<>]*>\s*|<!--[^>]*>\s*){0,20}<(?:!doctype html|html|head|body|title|meta)\b", re.IGNORECASE
)
_IS_FEED = re.compile(
    rb"\s*(?:<\?[^<>]*>\s*|<!--[^>]*>\s*|<!doctype[^>]*>\s*){0,20}(?:<html\b[^<>]*>\s*<body\b[^<>]*>\s*)?"
    rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>]",
    re.IGNORECASE,
)
"""How an Atom or RSS feed begins, also one that a server wrapped in a page."""

_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "a file of an old Word or Excel (.doc, .xls)"),
    (b"{\\rtf", "a file of rich text (.rtf)"),
    (b"PK\x03\x04", "a packed file, such as .odt, .xlsx, .pptx or .zip"),
)
"""How files begin that hold texts and are not read, and what they are."""

_HAS_TAGS = re.compile(rb"<(?:p|div|br|h[1-6]|table|span|article)\b[^<>]*>", re.IGNORECASE)
_WIRE = re.compile(
    r"^\W*(?:for immediate release|(?:press|news|media) (?:release|statement|advisory)|embargoed|media advisory)\b"
    r"|(?:/|\()(?:PR ?Newswire\b[^/)\n]{0,20}|globe ?newswire|business ?wire|market ?wired?|CNW|EIN ?presswire)(?:/|\))"
    r"|^\W*(?:#\s?#\s?#|-\s?30\s?-|-?\s?ends\s?-?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)


def detect(path: Path) -> str:
    """Return the kind of input, one of those that are named at the top of this module.

    A folder is taken to hold Markdown, or "files" if it holds anything else. A file is Markdown if it begins with front
    matter or is named so, JSON Lines if its first line is a JSON object or begins like one, JSON if it begins with an
    array or object over several lines, and a tag page if it has a "Tag:" line or a title line; feeds, web pages,
    PDF and Word files are known by how they begin, CSV by a header that names two fields of a release, text by the
    marks of a press release.

    Raises:
        SourceError: the path is missing, or the file is empty, binary, or none of these.
    """
    if path.is_dir():
        return FILES if _holds_documents(path) else MARKDOWN
    if (kind := _by_first_bytes(path)) is not None:
        return kind
    head = read_head(path)
    lines = [line for line in plain(head).split("\n") if line.strip()]
    if is_front_matter(head) or path.suffix.lower() in MARKDOWN_SUFFIXES:
        return MARKDOWN
    if _opens_json_object(lines[0]):
        return JSONL
    if re.match(r'\s*\[\s*\{|\s*\{\s*"', head):
        return JSON
    if any(is_tag(line) or parse_heading(line) for line in lines):
        return TAG_PAGE
    if header_at([line for line in head.splitlines() if line.strip()]) is not None:
        return CSV
    if _WIRE.search(head) or (path.suffix.lower() == ".txt" and next(days_in(head[:_TOP]), None) is not None):
        return TEXT
    kinds = ", ".join((TAG_PAGE, JSONL, JSON, CSV, FEED, MARKDOWN, HTML, PDF, DOCX, TEXT, FILES))
    raise SourceError(
        f"cannot tell what kind of input {path} is", f"name it with --source KIND, where KIND is one of: {kinds}"
    )


@dataclass(slots=True)
class LeftOut:
    """What of a folder cannot be read: folders that cannot be listed, and files of a kind that is not known.

    ``unread`` are those that may hold many releases, by their names, each with the reason; ``others`` all other files.
    """

    closed: list[OSError] = field(default_factory=list)
    unread: list[tuple[Path, SourceError]] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)


def documents_in(folder: Path, left_out: LeftOut) -> Iterator[tuple[Path, str]]:
    """Yield the files of a folder and its subfolders that can be read, each with its kind.

    Documents are known by their names, other files by their content; all that are not known are added to ``left_out``.
    Names that start with a dot are ignored, and so are the folders that browsers save beside a page.
    """
    for parent, folders, names in os.walk(folder, onerror=left_out.closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not name.endswith("_files"))
        for path in (Path(parent, name) for name in sorted(names) if not name.startswith(".")):
            suffix = path.suffix.lower()
            kind = _SUFFIXES.get(suffix)
            if kind not in (None, TEXT):
                yield path, kind
                continue
            try:
                yield path, detect(path)
            except SourceError as error:
                if suffix in _DATA_SUFFIXES:
                    left_out.unread.append((path, error))
                else:
                    left_out.others.append(path)


def is_feed(content: bytes) -> bool:
    """Return True if a file or an answer begins like an Atom or RSS feed."""
    return _IS_FEED.match(content[:_HEAD].removeprefix(codecs.BOM_UTF8)) is not None


def check(path: Path, kind: str) -> None:
    """Raise `SourceError` if a path cannot be of a kind that was named: a folder, or a file of another nature."""
    if path.is_dir():
        if kind not in (MARKDOWN, FILES):
            raise SourceError(f"{path} is a folder", f"--source {kind} reads one file; leave it out for a folder")
    elif kind in (PDF, DOCX) and path.is_file():
        if _by_first_bytes(path) != kind:
            raise SourceError(f"{path} is not {'a PDF' if kind == PDF else 'a Word file'}", "leave out --source")
    elif _by_first_bytes(path) not in (HTML, FEED):
        read_head(path)


def read_head(path: Path) -> str:
    """Return the beginning of a text file.

    Raises:
        SourceError: the path is missing, not a file, or unreadable; or the file is empty or binary.
    """
    if not path.exists():
        is_address = re.match(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:gov|org|com|uk|eu|int|ie|au|nz|ca)/)", str(path))
        raise SourceError(
            f"no such file or folder: {path}",
            f"check the path, or give the whole web address: https://{path}" if is_address else "check the path",
        )
    if not path.is_file():
        raise SourceError(f"{path} is not a file that can be read twice", "save the releases to a file first")
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error
    head = data.decode("utf-16", "ignore") if has_utf16_mark(data) else data.decode("utf-8-sig", errors="replace")
    if "\0" in head or len(_ODD.findall(head)) > _MOST_ODD * len(head):
        raise SourceError(f"{path} is not text in UTF-8 or UTF-16", "give a text file, saved as UTF-8")
    if not head.strip():
        raise SourceError(f"{path} is empty", "give a file that holds releases")
    return head


def _opens_json_object(line: str) -> bool:
    """Return True if a line is a JSON object or begins like one: good entries may follow a first one that is bad."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        pass
    return re.match(r'\s*\{\s*"[^"\n]*"\s*:', line) is not None


def _first_bytes(path: Path) -> bytes:
    """Return the beginning of a file; empty for what is none. Raises `SourceError` if it cannot be read."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error


def _by_first_bytes(path: Path) -> str | None:
    """Return the kind of a feed, web page, PDF or Word file, whatever its encoding; None for anything else."""
    data = _first_bytes(path)
    if b"%PDF" in data[:1024]:
        return PDF
    if data.startswith(b"PK\x03\x04") and (path.suffix.lower() == ".docx" or b"word/" in data):
        return DOCX
    text = data.removeprefix(codecs.BOM_UTF8)
    if has_utf16_mark(data):
        text = data.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if (made := next((name for mark, name in _OTHERS if data.startswith(mark)), None)) is not None:
        raise SourceError(f"{path} is {made}, which is not read", "save it as PDF, Word (.docx), HTML or text")
    if b"\0" in text:
        return None
    if is_feed(text):
        return FEED
    if _IS_HTML.match(text) or (_SUFFIXES.get(path.suffix.lower()) == HTML and _HAS_TAGS.search(text)):
        return HTML
    return None


def _holds_documents(folder: Path) -> bool:
    """Return True if a folder holds a file that is no Markdown."""
    left_out = LeftOut()
    if any(kind != MARKDOWN for _, kind in documents_in(folder, left_out)):
        return True
    return bool(left_out.unread or left_out.others)
