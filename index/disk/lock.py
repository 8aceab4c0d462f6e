"""One writer at a time: a lock file that the operating system releases when its holder dies."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.errors import IndexLockedError, StorageError

PATIENCE = 3.0
"""How many seconds a writer waits for the write lock before it gives up.

Set by judgement: an ingest holds the lock for a moment for each batch, so that waiting usually helps, and a person who
runs a command sees soon that it cannot write.
"""

_LOCK = "write.lock"
"""The name of the lock file in a data folder."""

_HOLDER = "writer.json"
"""The name of the file that says which process holds the lock, for the error message of the others."""


@contextlib.contextmanager
def writing(data: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the write lock of the data folder ``data`` inside a ``with`` block.

    Raises `IndexLockedError`, which names the holder, if another process still has the lock after ``wait`` seconds, and
    `StorageError` if the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # imports asyncio, which asking a question does not need

    lock = FileLock(data / _LOCK)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise IndexLockedError(
            f"another process{_holder(data)} is writing to {data}", "wait until it is done, then try again"
        ) from None
    except (OSError, NotImplementedError) as error:  # NotImplementedError: a file system without locks
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


@contextlib.contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock file ``path`` inside a ``with`` block, unless somebody else does; yield if it is held.

    Raises OSError if the file cannot be made, as where its folder is gone.
    """
    from filelock import FileLock, Timeout  # as above

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _holder(data: Path) -> str:
    try:
        holder = json.loads((data / _HOLDER).read_text("utf-8"))
        return f" (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
