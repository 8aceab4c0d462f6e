"""Recording a file's size, time and SHA-256, to find out later if it has changed.

A file that is mapped into memory needs a quicker look, before each use: to read beyond the end of one that was cut off
ends the process (SIGBUS), and no error can be caught.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it was written: SHA-256 in hexadecimal, size in bytes, and time of modification in nanoseconds."""

    sha256: str
    size: int
    mtime_ns: int


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamp_file(path: Path) -> FileStamp:
    """Return the digest, size and time of a file."""
    status = path.stat()
    return FileStamp(file_digest(path), status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file as it was just before it was mapped: inode, size in bytes, and time of modification in nanoseconds."""

    path: str
    inode: int
    size: int
    mtime_ns: int

    def is_changed(self, path: str) -> bool | None:
        """Return True if this file, at its path or at another one, was changed in its place; None if nothing is there.

        What is mapped of a file stays whole when it is deleted, or when another one takes its place.
        """
        try:
            status = os.stat(path)  # noqa: PTH116 - in half the time of Path.stat, as this is done before every search
        except OSError:
            return None
        return status.st_ino == self.inode and (status.st_size, status.st_mtime_ns) != (self.size, self.mtime_ns)


def mark_file(path: Path) -> FileMark:
    """Return what tells later if a file was changed in its place; raises OSError."""
    status = path.stat()
    return FileMark(str(path), status.st_ino, status.st_size, status.st_mtime_ns)


def digest_json(value: object) -> str:
    """Return the SHA-256, in hexadecimal, of a value as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
