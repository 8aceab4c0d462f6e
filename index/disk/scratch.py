"""A folder for files that are needed for a moment only, in memory where the system has a place for that."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

_MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: to flush one to the disk costs nothing there."""

_ROOM = 128 * 2**20
"""How many bytes must be free in memory for it to be used, which is several times what is written there at once."""


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Make an empty folder for the one writer to ``folder``, in memory or else in it; delete it at the end.

    What a killed writer has left in memory stays until `clear_scratch` is called. Raises OSError.
    """
    target = _made(_MEMORY / f"{_prefix(folder.parent)}{folder.name}") or folder / "scratch"
    if target.parent == folder:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
    try:
        yield target
    finally:
        shutil.rmtree(target, ignore_errors=True)


def clear_scratch(parent: Path) -> None:
    """Delete what writers to any of the folders in ``parent`` have in memory, or left there when they were killed."""
    for path in _MEMORY.glob(f"{_prefix(parent)}*"):
        shutil.rmtree(path, ignore_errors=True)


def _prefix(parent: Path) -> str:
    return f"pressqa-{hashlib.sha256(str(parent.resolve()).encode()).hexdigest()[:16]}-"


def _made(target: Path) -> Path | None:
    try:
        if target.exists():
            shutil.rmtree(target)
        if shutil.disk_usage(target.parent).free < _ROOM:
            return None
        target.mkdir(mode=0o700)
    except OSError:  # no such place, or a name that somebody else took
        return None
    return target
