"""Telling from its content which kind of input a path holds."""

import codecs
import json
import re
from pathlib import Path

from index.errors import SourceError
from index.sources.clean import plain
from index.sources.lines import unreadable
from index.sources.markdown import is_front_matter
from index.sources.tag_page_lines import is_tag, parse_heading

TAG_PAGE, JSONL, MARKDOWN = "tag-page", "jsonl", "markdown"
"""The names of the kinds of input."""

_HEAD = 65_536
"""How many bytes at the beginning of a file are examined.

Set by judgement: they must hold a tag page's first title line, which may come after a long page header; more would take
longer to read.
"""

_MOST_ODD = 0.05
"""The largest share of control characters and bytes that are not UTF-8 that a text file may have.

Set by judgement: a lower share would refuse text with a few damaged bytes, a higher one would accept more binary files.
"""

_ODD = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")


def detect(path: Path) -> str:
    """Return the kind of input: "tag-page", "jsonl" or "markdown".

    A folder is taken to hold Markdown. A file is JSON Lines if its first line is a JSON object or begins like one,
    Markdown if it begins with front matter, and a tag page if it has a "Tag:" line or a title line.

    Raises:
        SourceError: the path is missing, or the file is empty, binary, or none of these.
    """
    if path.is_dir():
        return MARKDOWN
    head = read_head(path)
    lines = [line for line in plain(head).split("\n") if line.strip()]
    if _opens_json_object(lines[0]):
        return JSONL
    if is_front_matter(head):
        return MARKDOWN
    if any(is_tag(line) or parse_heading(line) for line in lines):
        return TAG_PAGE
    raise SourceError(
        f"cannot tell what kind of input {path} is",
        f"name it with --source KIND, where KIND is {TAG_PAGE}, {JSONL} or {MARKDOWN}",
    )


def read_head(path: Path) -> str:
    """Return the beginning of a text file.

    Raises:
        SourceError: the path is missing, not a file, or unreadable; or the file is empty or binary.
    """
    if not path.exists():
        raise SourceError(f"no such file or folder: {path}", "check the path")
    if not path.is_file():
        raise SourceError(f"{path} is not a file that can be read twice", "save the releases to a file first")
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(
            f"{path} is not text in UTF-8 but in UTF-16", f"convert it first: iconv -f UTF-16 -t UTF-8 {path}"
        )
    head = data.decode("utf-8-sig", errors="replace")
    if "\0" in head or len(_ODD.findall(head)) > _MOST_ODD * len(head):
        raise SourceError(f"{path} is not text in UTF-8", "give a text file, saved as UTF-8")
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
