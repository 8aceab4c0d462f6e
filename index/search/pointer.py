"""The one file that says which search files are published: replaced by a rename, and checked against its own digest."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.disk.stamps import FileStamp
from index.search.parts import Part

NAME = "current.json"
"""The name of the pointer in the folder of the search files."""

_FORMAT = 2
"""The number of the pointer's format; a pointer of another format is ignored, and the writer makes the files again."""


@dataclass(frozen=True, slots=True)
class Structure:
    """How the vectors of a large index are arranged: in lists, by the codebook in ``file``.

    It was trained when the index had ``passages`` passages.
    """

    file: str
    stamp: FileStamp
    lists: int
    passages: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """What is published: the parts, ascending by their ids, and the folder of the keyword index over all of them.

    ``catalog``, ``stamp`` and ``fingerprint`` tie it to the state of the catalog at ``generation``. ``list_stamp`` is
    of the file in which tantivy lists its segments. ``structure`` is None if every vector is compared.
    """

    catalog: str
    stamp: str | None
    fingerprint: str
    generation: int
    keywords: str
    list_stamp: FileStamp
    parts: tuple[Part, ...]
    structure: Structure | None = None

    @property
    def names(self) -> set[str]:
        """The names in the folder that are in use."""
        names = {NAME, self.keywords}.union(*(part.files for part in self.parts))
        return names | ({self.structure.file} if self.structure is not None else set())


def read_pointer(folder: Path) -> tuple[Pointer, tuple[int, int]] | None:
    """Return the pointer in a folder with its `identity`; None if it is missing, changed, or not of this format."""
    try:
        with (folder / NAME).open("rb") as file:
            mark = _identity(os.fstat(file.fileno()))
            record = json.loads(file.read())
        if record.pop("sha256") != _digest(record) or record.pop("format") != _FORMAT:
            return None
        parts = tuple(Part.read(each) for each in record["parts"])
        given = record.get("structure")
        structure = Structure(**given | {"stamp": FileStamp(**given["stamp"])}) if given is not None else None
        stamp = FileStamp(**record["list_stamp"])
        pointer = Pointer(**record | {"parts": parts, "list_stamp": stamp, "structure": structure})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return pointer, mark


def write_pointer(path: Path, pointer: Pointer) -> None:
    """Write a pointer to a file, from which it may be renamed; raises OSError."""
    record = {"format": _FORMAT, **asdict(pointer)}
    path.write_text(json.dumps(record | {"sha256": _digest(record)}), "utf-8")


def identity(folder: Path) -> tuple[int, int] | None:
    """Return what changes whenever the pointer is replaced; None if there is none."""
    try:
        return _identity((folder / NAME).stat())
    except OSError:
        return None


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_ino, status.st_mtime_ns


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
