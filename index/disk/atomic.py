"""Durable and atomic file writes."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.errors import StorageError


def sync_to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders to the disk, in no order; raises OSError, as when the disk is full."""
    some = list(paths)
    if len(some) < 3:
        for path in some:
            _sync(path)
        return
    # All at once, because a file system writes down together what is asked of it together.
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_sync, some))


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # a folder cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all; an earlier file at ``path`` stays until it is replaced. Raises OSError.

    A ``private`` file is one that its owner alone may read, from its first byte on.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if private:
            draft.unlink(missing_ok=True)  # one left by a process that died keeps the rights that it has
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draft.write_bytes(content)
        sync_to_disk([draft])
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_lines(path: Path, lines: Iterator[str]) -> int:
    """Write lines to a file, whole or not at all, and return how many; raises `StorageError`."""
    count = 0
    try:
        target = path.resolve()  # the file that a link leads to, not the link
        # A device or a pipe is written to directly: a file must never replace it.
        draft = target.with_name(f"{target.name}.new") if target.is_file() or not target.exists() else target
        try:
            with draft.open("w", encoding="utf-8", newline="\n") as file:
                for line in lines:
                    file.write(line + "\n")
                    count += 1
            if draft != target:
                sync_to_disk([draft])
                draft.replace(target)
        except BaseException:
            if draft != target:
                draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}", "choose another file: --output FILE") from error
    return count
