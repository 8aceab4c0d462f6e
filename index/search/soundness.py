"""Whether the search files are those that were written: each file against the size, time and SHA-256 in the pointer."""

from pathlib import Path

from index.disk.stamps import FileStamp, file_digest
from index.search.keywords import META
from index.search.parts import Part
from index.search.pointer import Pointer

ALWAYS_HASH = 64 * 2**20
"""The size in bytes of all search files together up to which each of them is hashed whenever it is opened.

Files of a larger index are trusted if their size and modification time are the recorded ones, and hashed otherwise. Set
by judgement: a higher limit finds more damage, a lower one opens an index faster.
"""


def hashes(pointer: Pointer) -> bool:
    """Return True if files are hashed even if nobody asks for a thorough check."""
    return sum(stamp.size for part in pointer.parts for stamp in part.stamps.values()) <= ALWAYS_HASH


def part_files(folder: Path, pointer: Pointer, part: Part) -> list[Path]:
    """Return the files of a part, in the order of ``part.stamps``."""
    return [(folder / pointer.keywords if name in part.words else folder) / name for name in part.stamps]


def check_part(folder: Path, pointer: Pointer, part: Part, *, thorough: bool = False) -> None:
    """Raise OSError or ValueError if a file of a part is not the one that was written."""
    for path, stamp in zip(part_files(folder, pointer, part), part.stamps.values(), strict=True):
        _check(path, stamp, pointer, thorough)


def check_list(folder: Path, pointer: Pointer, *, thorough: bool = False) -> None:
    """Raise OSError or ValueError if the list of keyword segments is not the one that was written."""
    _check(folder / pointer.keywords / META, pointer.list_stamp, pointer, thorough)


def check_structure(folder: Path, pointer: Pointer, *, thorough: bool = False) -> None:
    """Raise OSError or ValueError if there should be a codebook, and it is not the one that was written."""
    if pointer.structure is not None:
        _check(folder / pointer.structure.file, pointer.structure.stamp, pointer, thorough)


def _check(path: Path, stamp: FileStamp, pointer: Pointer, thorough: bool) -> None:
    status = path.stat()
    if status.st_size != stamp.size:
        raise ValueError(f"{path} has {status.st_size} bytes, not {stamp.size}")
    trusted = status.st_mtime_ns == stamp.mtime_ns and not thorough and not hashes(pointer)
    if not trusted and file_digest(path) != stamp.sha256:
        raise ValueError(f"{path} has been changed")
