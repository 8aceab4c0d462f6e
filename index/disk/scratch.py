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
    """Make an empty folder for one writer to ``folder``, in memory or else in ``folder`` itself; delete it at the end.

    What a writer that was killed has left there is deleted first. Raises OSError.
    """
    name = f"pressqa-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
    target = _made(_MEMORY / name) or folder / name
    if target.parent == folder:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
    try:
        yield target
    finally:
        shutil.rmtree(target, ignore_errors=True)


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
