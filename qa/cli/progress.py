"""Showing how far long work has come: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from index.types import SyncProgress
from qa.upkeep import Watcher

_EVERY = 10.0
"""Seconds from one plain line of progress to the next."""


class PlainLines:
    """Prints a line to standard error every ten seconds."""

    wants_total = False

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._next = time.monotonic() + _EVERY

    def expect(self, entries: int) -> None:
        """Ignore the number: plain lines do not show it."""

    def update(self, progress: SyncProgress) -> None:
        """Print a line if the last one is ten seconds old."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            print(f"{self._verb}: {progress.entries} entries, {progress.passages} passages", file=sys.stderr)  # noqa: T201


class Bar:
    """Draws a progress bar on standard error."""

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
    """Yield a watcher that suits standard error: on a terminal a bar that vanishes when done, elsewhere plain lines."""
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
