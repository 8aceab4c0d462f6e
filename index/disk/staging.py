"""Folders in which files are made before they are put in their place. One whose maker has died is told from the others.

Its maker holds a lock on a file in it, which the operating system releases when the process dies.
"""

import contextlib
import json
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.disk.lock import alone
from index.disk.scratch import clear_scratch

PREFIX = "staging-"
"""How the names of such folders begin."""

_LOCK = "lock"
_MADE_OF = "made-of.json"


@contextlib.contextmanager
def staging(parent: Path, made_of: Iterable[str] = ()) -> Iterator[Path]:
    """Make an empty folder in ``parent``; delete it at the end, with what was not moved out of it. Raises OSError.

    ``made_of`` names what its files will be made of: once any of that is gone, `sweep` takes the folder away from its
    maker, whose next file in it then fails to open.
    """
    while True:
        path = parent / f"{PREFIX}{uuid.uuid4().hex[:12]}"
        path.mkdir()
        with alone(path / _LOCK) as is_mine:
            if not is_mine or not (path / _LOCK).exists():
                continue  # a sweep came first, to which its maker seemed to have died
            try:
                (path / _MADE_OF).write_text(json.dumps(sorted(made_of)), "utf-8")
                yield path
            finally:
                _discard(path)
            return


def sweep(parent: Path, there: set[str]) -> None:
    """Delete such folders in ``parent`` whose maker has died, or that are made of something that is not ``there``."""
    for path in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), alone(path / _LOCK) as is_mine:  # its maker may be deleting it
            if is_mine or not _made_of(path) <= there:
                _discard(path)


def _made_of(path: Path) -> set[str]:
    try:
        return set(json.loads((path / _MADE_OF).read_text("utf-8")))
    except (OSError, ValueError):  # it is about to be written, before any other file
        return set()


def _discard(path: Path) -> None:
    clear_scratch(path)  # first: its name is known from that of the folder only
    shutil.rmtree(path, ignore_errors=True)
