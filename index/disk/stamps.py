"""Recording a file's size, time and SHA-256, to find out later if it has changed."""

import hashlib
import json
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


def digest_json(value: object) -> str:
    """Return the SHA-256, in hexadecimal, of a value as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
