"""Making what was written survive a loss of power."""

import os
from collections.abc import Iterable
from pathlib import Path


def sync_to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders to the disk, in the order given; raises OSError where the disk has no room."""
    for path in paths:
        if os.name == "nt" and path.is_dir():  # a folder cannot be opened there
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what stood there stays until then. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        sync_to_disk([draft])
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
