"""The records of JSON Lines, JSON and CSV files, whatever their fields are called."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SourceError
from index.sources.clean import EntryError
from index.sources.decode import decode
from index.sources.lines import place, read_lines, unreadable
from index.sources.records.answers import is_answer, no_releases
from index.types import Problem

if TYPE_CHECKING:
    import _csv

Record = tuple[str, Mapping[str, object]]
"""The place of a record in its file ("releases.csv:12"), and its fields."""

MAX_BYTES = 200_000_000
"""The largest JSON or CSV file that is read, in bytes: such files are held in memory; JSON Lines are not."""

_MOST_COLUMNS = 1_000
_LONGEST_CELL = 20_000_000


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
    entries = _list_in(data)
    if not entries:
        raise SourceError(f"{path} holds no list of objects", "write one JSON object a line, or an array of them")
    for number, entry in enumerate(entries, 1):
        where = place(path) + f" entry {number}"
        yield (where, entry) if isinstance(entry, dict) else Problem(where, "not a JSON object")


def csv_file(path: Path) -> Iterator[Record | Problem]:
    """Yield the rows of a table of values with a header, parted by commas, semicolons, tabs or bars.

    Raises `SourceError` for a file without a header of two columns, or too large.
    """
    text = read_text(path, MAX_BYTES, "cut it into parts, each with the header")
    csv.field_size_limit(_LONGEST_CELL)
    first = text.split("\n", 1)[0]
    mark = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    names: list[str] = []
    rows = _rows(reader, path)
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


def _rows(reader: "_csv.Reader", path: Path) -> Iterator[tuple[str, list[str] | Problem]]:
    line = 1
    while True:
        where = place(path, line)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield where, Problem(where, f"not a row of values: {error}")
            line = reader.line_num + 1
            continue
        line = reader.line_num + 1
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


def _turned(data: Mapping[str, Mapping[str, object]]) -> list[object]:
    """Return the rows of a table kept by columns, {"title": {"0": ...}, "text": {"0": ...}}; empty for others."""
    rows = list(next(iter(data.values())))
    if not all(row.isdigit() for row in rows) or not all(list(column) == rows for column in data.values()):
        return []
    return [{name: column[row] for name, column in data.items()} for row in rows]


def _list_in(data: object) -> list[object]:
    """Return the longest list of objects in a JSON value: itself, or one or two levels inside; or the object alone."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        return []
    if is_answer(data):
        return [data]
    values = list(data.values())
    if len(values) > 1 and all(isinstance(each, dict) and each for each in values):
        return _turned(data) or values
    inside = list(data.values()) + [
        value for each in data.values() if isinstance(each, dict) for value in each.values()
    ]
    lists = [value for value in inside if isinstance(value, list) and value and isinstance(value[0], dict)]
    named = [
        value for value in lists if sum("title" in each for each in value if isinstance(each, dict)) * 2 > len(value)
    ]
    if "title" not in data or "results" in data or "items" in data or "entries" in data:
        return max(named or lists, key=len, default=[data])
    return [data]
