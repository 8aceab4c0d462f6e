"""The records of JSON Lines, JSON and CSV files, whatever their fields are called."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SourceError
from index.sources.clean import EntryError, printable
from index.sources.decode import decode
from index.sources.lines import place, read_lines, unreadable
from index.sources.records.answers import is_answer, no_releases
from index.sources.records.fields import SEPARATOR, delimiter_of, header_at, recognise
from index.sources.sites.feed_names import feed_publisher
from index.types import Problem

if TYPE_CHECKING:
    import _csv

Record = tuple[str, Mapping[str, object]]
"""The place of a record in its file ("releases.csv:12"), and its fields."""

MAX_BYTES = 200_000_000
"""The largest JSON or CSV file that is read, in bytes: such files are held in memory; JSON Lines are not."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_HEAD, _MOST_ABOVE = 65_536, 20
"""In how many characters and lines of a table its header is looked for."""

_MOST_COLUMNS = 1_000
_LONGEST_CELL = 20_000_000

_LISTS = frozenset({"results", "items", "entries"})
"""Fields of an object that lists records, though it has a title itself."""

_MOST_PLACES = 10_000
"""How many objects are searched for a list of records, and how many fields of each."""

_LOOKED_AT, _LONG_TEXT = 100, 60
"""How many values of a list tell whether it is one of records, and from how many characters on a value is a text; both
set by judgement.
"""


def json_lines(path: Path) -> Iterator[Record | Problem]:
    """Yield the object of each line that is not blank, or a problem; raises `SourceError` as `json_file` does."""
    for line in read_lines(path):
        where = place(path, line.number)
        if line.fault is not None:
            yield Problem(where, line.fault)
        elif line.text.strip():
            try:
                record = json.loads(line.text, strict=False)
            except (ValueError, RecursionError) as error:
                yield Problem(where, f"not JSON: {error}")
                continue
            if (told := no_releases(record)) is not None:
                raise SourceError(f"{path} {told[0]}", told[1])
            yield (where, record) if isinstance(record, dict) else Problem(where, "not a JSON object")


def json_file(path: Path) -> Iterator[Record | Problem]:
    """Yield the objects of a JSON array, or of the list of objects inside a JSON object, or the object itself.

    Raises `SourceError` for a file that is not JSON, or too large, or an answer of an API without any release's text.
    """
    text = read_text(path, MAX_BYTES, "write it as JSON Lines: jq -c '.[]' FILE > FILE.jsonl")
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON: {error}", "check the end of the file: it may be cut off") from None
    if (told := no_releases(data)) is not None:
        raise SourceError(f"{path} {told[0]}", told[1])
    inside, entries = _list_in(data)
    if isinstance(data, dict) and str(data.get("version")).startswith("https://jsonfeed.org/"):
        publisher = feed_publisher(str(data.get("title") or ""), (), str(data.get("home_page_url") or ""))
        entries = [{"publisher": publisher, **each} if isinstance(each, dict) else each for each in entries]
    if not entries:
        raise SourceError(f"{path} holds no list of objects", "write one JSON object a line, or an array of them")
    for number, entry in enumerate(entries, 1):
        where = place(path) + f" entry {number}" + (f" of {printable(inside)[:100]}" if inside else "")
        yield (where, entry) if isinstance(entry, dict) else Problem(where, "not a JSON object")


def is_one_object(path: Path) -> bool:
    """Return True if a file is one JSON object on one line that holds a list of records, and no line of JSON Lines.

    Raises `SourceError` if it cannot be read.
    """
    lines = list(islice((line.text for line in read_lines(path) if line.text.strip()), 2))
    if len(lines) != 1:
        return False
    try:
        data = json.loads(lines[0], strict=False)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and _list_in(data)[1] != [data]


def csv_file(path: Path) -> Iterator[Record | Problem]:
    """Yield the rows of a table of values with a header, parted by commas, semicolons, tabs or bars.

    Raises `SourceError` for a file without a header of two columns, or too large.
    """
    text = read_text(path, MAX_BYTES, "cut it into parts, each with the header")
    csv.field_size_limit(_LONGEST_CELL)
    lines = _LINE_END.split(text[:_HEAD], _MOST_ABOVE)[:_MOST_ABOVE]
    first = next((number for number, line in enumerate(lines) if line.strip() and not SEPARATOR.fullmatch(line)), 0)
    start = found if (found := header_at(lines)) is not None else first
    mark = delimiter_of(lines[start]) if lines else ","
    body = _LINE_END.split(text, start)[start] if start else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark)
    names: list[str] = []
    rows = _rows(reader, path, start)
    for where, row in rows:
        if isinstance(row, Problem):
            yield row
        elif not names:
            names = [name.strip() for name in row[:_MOST_COLUMNS]]
            if len(list(filter(None, names))) < 2:
                raise SourceError(
                    f"{path} has no header of two columns", "give the first line the names of the columns"
                )
        elif any(cell.strip() for cell in row):
            yield where, dict(zip(names, row, strict=False))


def _rows(reader: "_csv.Reader", path: Path, above: int) -> Iterator[tuple[str, list[str] | Problem]]:
    line = above + 1
    while True:
        where = place(path, line)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield where, Problem(where, f"not a row of values: {error}")
            line = above + reader.line_num + 1
            continue
        line = above + reader.line_num + 1
        yield where, row


def read_text(path: Path, most: int, hint: str) -> str:
    """Return the text of a file in whatever encoding it is; raises `SourceError` if it is unreadable or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(content) > most:
        raise SourceError(f"{path} is larger than {most:,} bytes", hint)
    return decode(content)


def read_bytes(path: Path, most: int) -> bytes:
    """Return a file's content; raises `EntryError` if it has more than ``most`` bytes or is no file, and `OSError`."""
    if not path.is_file():
        raise EntryError("it is not a file that can be read" if path.exists() else "no such file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise EntryError(f"the file is larger than {most:,} bytes")
    return content


def _by_columns(data: Mapping[str, object]) -> list[object]:
    """Return the rows of a table kept by columns, {"title": {"0": ...}, "text": {"0": ...}}; empty for others."""
    columns = {name: column for name, column in data.items() if isinstance(column, dict) and column}
    if len(columns) < 2 or len(columns) < len(data):
        return []
    rows = list(next(iter(columns.values())))
    if not all(row.isdigit() for row in rows) or not all(list(column) == rows for column in columns.values()):
        return []
    return [{name: column[row] for name, column in columns.items()} for row in rows]


def _list_in(data: object) -> tuple[str, list[object]]:
    """Return the list of records in a JSON value, and where it stands: "" for the value itself, or "data.items".

    That is the value if it is a list, or else the longest list of objects that have text, wherever it stands below
    objects, or the object alone if it is a record or holds no list.
    """
    if isinstance(data, list):
        return "", data
    if not isinstance(data, dict):
        return "", []
    if is_answer(data):
        return "", [data]
    if rows := _by_columns(data):
        return "", rows
    if "title" in data and not _LISTS & data.keys():
        return "", [data]
    found = list(_lists(data))
    alone: tuple[str, list[object]] = ("", [data])
    with_text = [each for each in found if _mostly(_has_text, each[1])]
    titled = [each for each in found if _mostly(lambda record: "title" in record, each[1])]
    return max(with_text or titled or found, key=lambda each: len(each[1]), default=alone)


def _lists(data: dict[str, object]) -> Iterator[tuple[str, list[object]]]:
    """Yield the lists of objects in an object, each with where it stands, the outer ones first.

    Objects that are the values of one are a list of their own if they have text or are a table kept by columns.
    """
    waiting: deque[tuple[str, dict[str, object]]] = deque([("", data)])
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        where, each = waiting.popleft()
        values: list[object] = list(each.values())
        if rows := _by_columns(each):
            yield where, rows
            continue
        if len(values) > 1 and all(isinstance(value, dict) for value in values) and _mostly(_has_text, values):
            yield where, values
            continue
        for name, value in islice(each.items(), _MOST_PLACES):
            place_of = f"{where}.{name}" if where else name
            if isinstance(value, dict):
                waiting.append((place_of, value))
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                yield place_of, value


def _mostly(holds: Callable[[dict[str, object]], bool], values: list[object]) -> bool:
    seen = values[:_LOOKED_AT]
    return 2 * sum(isinstance(each, dict) and holds(each) for each in seen) > len(seen)


def _has_text(record: dict[str, object]) -> bool:
    """Return True for an object with a text of its own, in a field for texts or of some length."""
    if "body" in recognise(list(record)):
        return True
    inner = [value for each in record.values() if isinstance(each, dict) for value in each.values()]
    return any(isinstance(each, str) and len(each) > _LONG_TEXT for each in [*record.values(), *inner])
