"""Ctrl-C during an ingest, in any line from the first commit on: searches find what was committed."""

import shutil
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from index import ingest
from index.catalog import sqlite
from index.disk.interrupts import held_back
from index.types import Release

Make = Callable[..., Release]


class Moment:
    """Sends SIGINT to this process in the ``count``-th line that the index runs from the first commit on."""

    def __init__(self, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = count
        self._armed = False

        def commit(connection: sqlite3.Connection) -> None:
            sqlite3.Connection.commit(connection)
            self._armed = True

        monkeypatch.setattr(sqlite.SqliteConnection, "commit", commit, raising=False)

    def trace(self, frame: FrameType, event: str, _: object) -> Any:
        names = ("/index/", "/filelock/", "/contextlib.py")
        if not any(name in frame.f_code.co_filename.replace("\\", "/") for name in names):
            return None
        if self._armed and event == "line":
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return self.trace


@pytest.mark.parametrize("count", [*range(1, 60, 3), *range(60, 2_000, 190)])
def test_what_was_committed_is_found_wherever_ctrl_c_comes(
    labs: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    labs("before").ingest(make(99))
    shutil.copytree(tmp_path / "before", tmp_path / "data")
    lab = labs("data")
    monkeypatch.setattr(ingest, "BATCH_TEXTS", 16)
    moment = Moment(count, monkeypatch)
    traces = sys.gettrace()
    sys.settrace(moment.trace)
    try:
        with pytest.raises(KeyboardInterrupt):
            lab.ingest(*(make(i) for i in range(40)))
    finally:
        sys.settrace(traces)
    assert moment.left <= 0
    assert 1 < len(lab.everything()) <= 41
    assert not lab.verify().rebuilt


def press(done: list[str], *, times: int = 1, error: Exception | None = None) -> None:
    """Send SIGINT that often while interrupts are held back, and note how far that came."""
    with held_back():
        for number in range(times):
            signal.raise_signal(signal.SIGINT)
            done.append(f"after {number + 1}")
        if error is not None:
            raise error


def test_ctrl_c_waits_for_the_end_a_second_one_does_not() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        press(done)
    assert done == ["after 1"]
    with pytest.raises(KeyboardInterrupt):
        press(done, times=2)
    assert done == ["after 1", "after 1"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_comes_before_an_interrupt() -> None:
    with pytest.raises(ValueError, match="of the block"):
        press([], error=ValueError("of the block"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_and_other_threads_keep_their_signals() -> None:
    def within() -> None:
        with held_back():
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers: list[Any] = []
    thread = threading.Thread(target=within)
    thread.start()
    thread.join()
    theirs = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        mine = signal.getsignal(signal.SIGINT)
        within()
    finally:
        signal.signal(signal.SIGINT, theirs)
    assert handlers == [signal.default_int_handler, mine]
