"""Whether a file is still the one that was recorded: size, time and SHA-256."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it was written. A file of the same size and time is taken to be the same file."""

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
    """Return the SHA-256 of a value as JSON, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
