"""Front matter: the fields with which a Markdown file begins, as YAML, TOML or JSON.

YAML stands between two lines of ``---``, TOML between two of ``+++``, JSON is an object before the text. Every value is
the text that was written; tables that programs keep for a site's own fields (``params``, ``extra``) hold fields too.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time

import frontmatter
import yaml  # PyYAML ships no types

from index.sources.clean import EntryError

_QUOTE = 'put a value that holds a colon, a # or such a mark into quotation marks: title: "..."'

_TEXT_FIELD = re.compile(r"(?P<name>title|publisher|organisation)[ \t]*:(?:[ \t]+(?P<value>.*))?$", re.IGNORECASE)
_NO_PLAIN_TEXT = re.compile(r"[\"']|[|>][+-]?[0-9]?[+-]?[ \t]*(?:# .*)?$|[\[{]|!!")
"""Values that YAML reads by itself: in quotation marks, a block, a list or mapping, or with a tag."""

_GOES_ON_AFTER_QUOTE = re.compile(r"(?P<mark>[\"']).*(?P=mark)[ \t]+#[^ \t]")
"""A value that only begins with quotation marks: '"Plan" #2'; a comment has a blank after its mark."""

_ITEM = re.compile(r"[ \t]*-[ \t]")
"""A line of a list below its field's name."""

_YAML = frontmatter.YAMLHandler()

_OPENS_YAML = re.compile(r"---+[ \t]*\r?\n(?:[ \t]*\r?\n|#.*\n)*[A-Za-z_]+[ \t]*:")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<header>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENS_TOML = re.compile(r"\+\+\+[ \t]*\r?\n")
_OPENS_JSON = re.compile(r"\{\s*\"[^\"\n]*\"\s*:")
_OWN_TABLES = ("params", "extra")
"""Where Hugo and Zola keep the fields that a site adds."""


def is_front_matter(text: str) -> bool:
    """Return True if a text begins with front matter: a line of ``---``, then a field, or a line of ``+++``.

    JSON does not tell: files of records begin like it.
    """
    return _OPENS_TOML.match(text) is not None or _OPENS_YAML.match(text) is not None


def split(text: str) -> tuple[dict[str, object], str] | None:
    """Return the fields of a text by their names in small letters, and the text after them; None without front matter.

    Raises `EntryError`, with the line, for what begins as front matter and is none.
    """
    if _YAML.detect(text):
        fields, content = _yaml(text)
    elif _OPENS_TOML.match(text):
        fields, content = _toml(text)
    elif _OPENS_JSON.match(text):
        fields, content = _json(text)
    else:
        return None
    inside = [table for name in _OWN_TABLES if isinstance(table := fields.get(name), dict)]
    return {str(name).lower(): value for table in (*inside, fields) for name, value in table.items()}, content


def _yaml(text: str) -> tuple[dict[str, object], str]:
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
    return fields, content


def _toml(text: str) -> tuple[dict[str, object], str]:
    found = _TOML.match(text)
    if found is None:
        raise EntryError("the front matter has no closing +++: end it with a line of +++")
    try:
        return _texts(tomllib.loads(found["header"])), text[found.end() :]
    except (ValueError, RecursionError) as error:  # the parser counts lines from the one after the first
        line = re.sub(r"at line (\d+)", lambda at: f"at line {int(at[1]) + 1}", str(error).partition("\n")[0])
        raise EntryError(f"the front matter is not TOML: {line}") from None


def _json(text: str) -> tuple[dict[str, object], str]:
    try:
        fields, end = json.JSONDecoder(strict=False).raw_decode(text)
        return _texts(fields), text[end:]
    except (ValueError, RecursionError) as error:
        raise EntryError(f"the front matter is not JSON: {error}") from None


def _texts(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields as YAML gives them here: every value that is no list or mapping as text."""
    return {name: _written(value) for name, value in fields.items()}


def _written(value: object) -> object:
    if isinstance(value, Mapping):
        return _texts(value)
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return "" if value is None else str(value)


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
