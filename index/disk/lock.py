"""One writer at a time: a lock file that the operating system releases when its holder dies."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.errors import IndexLockedError, StorageError

PATIENCE = 3.0
"""Seconds that a writer waits for another one: an ingest holds the lock for a moment a batch (chosen, not measured)."""

_LOCK = "write.lock"
_HOLDER = "writer.json"


@contextlib.contextmanager
def writing(data: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the write lock of a data folder.

    Raises `IndexLockedError`, naming the holder, if another still has it after ``wait`` seconds, and `StorageError`
    where the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # brings asyncio; asking a question writes nothing

    lock = FileLock(data / _LOCK)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise IndexLockedError(
            f"another process{_holder(data)} is writing to {data}", "wait until it is done, then try again"
        ) from None
    except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
        raise StorageError(
            f"cannot write in {data}: {error}",
            "check the folder's permissions, or choose another: --data DIR",
        ) from error
    try:
        with contextlib.suppress(OSError):  # only for the message above
            holder = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
            (data / _HOLDER).write_text(json.dumps(holder), "utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            (data / _HOLDER).unlink()
        lock.release()


def _holder(data: Path) -> str:
    try:
        holder = json.loads((data / _HOLDER).read_text("utf-8"))
        return f" (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
