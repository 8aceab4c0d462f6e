"""Telling a person how long work goes: a bar on a terminal, plain lines now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from index.types import SyncProgress
from qa.upkeep import Watcher

_EVERY = 10.0
"""Seconds between plain lines."""


class PlainLines:
    """A line of standard error every ten seconds."""

    wants_total = False

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._next = time.monotonic() + _EVERY

    def expect(self, entries: int) -> None:
        """Ignore the number: it is not asked for."""

    def update(self, progress: SyncProgress) -> None:
        """Print a line when the last is old enough."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            print(f"{self._verb}: {progress.entries} entries, {progress.passages} passages", file=sys.stderr)  # noqa: T201


class Bar:
    """A progress bar."""

    wants_total = True

    def __init__(self, progress: Progress, verb: str) -> None:
        self._progress = progress
        self._task = progress.add_task(verb, total=None, passages=0)

    def expect(self, entries: int) -> None:
        """Give the bar its length."""
        self._progress.update(self._task, total=entries)

    def update(self, progress: SyncProgress) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=progress.entries, passages=progress.passages)


@contextmanager
def watching(verb: str) -> Iterator[Watcher]:
    """Give what suits standard error: a bar that vanishes when done on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield PlainLines(verb)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[passages]} passages"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, verb)
