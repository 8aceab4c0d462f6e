"""The parts that the search files consist of, and when parts are made into one.

A part holds the vectors and words of some passages, whose ids follow those of the part before, and never changes; only
its few numbers for filters (`index.search.rows`) are written anew when a passage is superseded or removed. Publishing
therefore costs what changed. Parts are made from the catalog alone, merged ones too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.catalog.changes import KeywordDocument
from index.catalog.reader import Catalog
from index.disk.stamps import FileStamp, stamp_file
from index.search.keywords import write_words
from index.search.lists import LISTED, Codebook, Lists
from index.search.rows import NAMES, Columns, columns_of
from index.search.vectors import map_vectors, write_vectors
from index.types import Ids, Vectors

FULL = 65_536
"""The most passages in a part.

Each list of a part is read by itself, and short ones are slow to read: over a million passages, whose search by lists
took 5.3 milliseconds of processor time in parts of half this size, it takes 3.5; in twice this size no less. But of a
removed release its whole part is made again, in the background.
"""

_FAN = 8
"""How many neighbours of about the same size are merged: a passage is written again once for each factor of 8."""

_AT_ONCE = 1_000
"""How many passages are read from the catalog at a time (set by judgement: some hundredths of a second)."""

_SMALLEST = 64
"""Parts of up to this many passages count as the same size."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the pointer records it.

    ``rows`` and ``vectors`` are files in the folder of the search files; ``words`` are files in its keyword index, and
    ``segments`` what tantivy's list says of them. The ids of its ``count`` passages lie from ``first`` to ``last``, and
    ``removed`` of them are gone. ``lists`` is a file too, made by the ``codebook`` of that name; both are None if there
    are no lists. ``stamps`` has every file by its name.
    """

    rows: str
    vectors: str
    words: tuple[str, ...]
    segments: tuple[dict[str, Any], ...]
    first: int
    last: int
    count: int
    removed: int
    stamps: dict[str, FileStamp]
    lists: str | None = None
    codebook: str | None = None

    @property
    def files(self) -> set[str]:
        """The names of its files but for those of its words, which are in a folder of their own."""
        return {self.rows, self.vectors} | ({self.lists} if self.lists is not None else set())

    def without_lists(self) -> "Part":
        """Return the part as it is without its lists."""
        stamps = {name: stamp for name, stamp in self.stamps.items() if name != self.lists}
        return replace(self, lists=None, codebook=None, stamps=stamps)

    @classmethod
    def read(cls, record: dict[str, Any]) -> "Part":
        """Return the part of a record that `dataclasses.asdict` made; raises KeyError, TypeError or ValueError."""
        stamps = {str(name): FileStamp(**stamp) for name, stamp in record["stamps"].items()}
        words, segments = tuple(map(str, record["words"])), tuple(map(dict, record["segments"]))
        part = cls(**record | {"words": words, "segments": segments, "stamps": stamps})
        if stamps.keys() != part.files | set(words) or not 0 < part.first <= part.last:
            raise ValueError("not the record of a part")
        return part


@dataclass(frozen=True, slots=True)
class Written:
    """A part whose files were just written to ``folder``: where its words are, and tantivy's list of them alone."""

    part: Part
    folder: Path
    words: Path
    listed: dict[str, Any]

    @property
    def files(self) -> list[Path]:
        """All its files."""
        return [*(self.folder / name for name in self.part.files), *(self.words / name for name in self.part.words)]


def write_part(
    folder: Path, tag: str, catalog: Catalog, ids: Ids, codebook: tuple[str, Codebook] | None = None
) -> Written | None:
    """Write a part of passages, whose ids ascend; None if the catalog holds none of them any more. Raises OSError.

    Those that are removed meanwhile are left out. With a ``codebook``, given with its name, a part that is large enough
    gets lists.
    """
    words = folder / f"words-{tag}"
    words.mkdir()
    seen: list[KeywordDocument] = []
    read: list[Vectors] = []

    def documents() -> Iterator[KeywordDocument]:
        for begin in range(0, len(ids), _AT_ONCE):
            # One state of the catalog for each batch, as another process may remove passages. To hold one for longer
            # would keep what is removed in SQLite's log.
            with catalog.snapshot():
                some = list(catalog.documents(ids[begin : begin + _AT_ONCE]))
                read.append(catalog.vectors(np.array([document.id for document in some], dtype=np.int64)))
            seen.extend(replace(document, text="", title="") for document in some)  # of words there may be too many
            yield from some

    listed, names = write_words(words, documents())
    if not seen:
        return None
    path = folder / f"vectors-{tag}.npy"
    vectors = np.concatenate(read)
    write_vectors(path, vectors)
    rows, rows_stamp = write_rows(folder, tag, columns_of(seen))
    stamps = {rows: rows_stamp, path.name: stamp_file(path)}
    stamps |= {name: stamp_file(words / name) for name in names}
    segments = tuple(listed["segments"])
    part = Part(rows, path.name, names, segments, seen[0].id, seen[-1].id, len(seen), 0, stamps)
    if codebook is not None:
        part = with_lists(folder, tag, part, vectors, codebook)
    return Written(part, folder, words, listed)


def with_lists(folder: Path, tag: str, part: Part, vectors: Vectors, codebook: tuple[str, Codebook]) -> Part:
    """Write the lists of a part's vectors, if it is large enough for lists; return what it is with them, or without.

    Raises OSError.
    """
    part = part.without_lists()
    if part.count < LISTED:
        return part
    name, code = codebook
    path = folder / f"lists-{tag}.faiss"
    code.write_lists(path, vectors)
    return replace(part, lists=path.name, codebook=name, stamps=part.stamps | {path.name: stamp_file(path)})


def has_no_lists(part: Part, codebook: str) -> bool:
    """Return True if a part is large enough for lists, and has none by the codebook of this name."""
    return part.count >= LISTED and part.codebook != codebook


def write_rows(folder: Path, tag: str, columns: Columns) -> tuple[str, FileStamp]:
    """Write the numbers of a part's passages; return the file's name and stamp. Raises OSError."""
    path = folder / f"rows-{tag}.npy"
    with path.open("wb") as file:
        np.save(file, columns.astype("<i8"), allow_pickle=False)
    return path.name, stamp_file(path)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A part whose files are open, but are read only as far as they are needed."""

    columns: Columns
    vectors: Vectors
    lists: Lists | None


def map_part(folder: Path, part: Part, dimension: int, codebook: tuple[str, Codebook] | None = None) -> Mapped:
    """Open the files of a part but for its words; raises OSError or ValueError if they are not its own."""
    columns = np.asarray(np.load(folder / part.rows, mmap_mode="r", allow_pickle=False))
    vectors = map_vectors(folder / part.vectors, dimension)
    if columns.shape != (len(NAMES), part.count) or columns.dtype != np.dtype("<i8") or len(vectors) != part.count:
        raise ValueError(f"not the numbers of {part.count} passages: {folder / part.rows}")
    lists = None
    if codebook is not None and part.lists is not None and part.codebook == codebook[0]:
        lists = codebook[1].map_lists(folder / part.lists, part.count)
    return Mapped(columns, vectors, lists)


def due(parts: Sequence[Part]) -> slice | None:
    """Return which neighbouring parts are to be made anew as one; None if all are as they should be.

    First come those of which something was removed: nothing of it may stay in a file. Then any eight of about the same
    size, or fewer that with the next would be more than `FULL`, so that parts are few and each passage is seldom
    written again.
    """
    for number, part in enumerate(parts):
        if part.removed:
            return slice(number, number + 1)
    for size in range(_size(FULL)):
        begin = total = 0
        for number, part in enumerate(parts):
            if _size(part.count) > size:
                begin, total = number + 1, 0
                continue
            if total + part.count > FULL:
                if number - begin > 1:
                    return slice(begin, number)
                begin, total = number, 0
            total += part.count
            if number + 1 - begin == _FAN:
                return slice(begin, number + 1)
    return None


def _size(count: int) -> int:
    """Return the class of a part's size: 0 up to `_SMALLEST` passages, and one more for each factor of `_FAN`."""
    size = 0
    while count > _SMALLEST * _FAN**size:
        size += 1
    return size
