import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from index.types import Release

RELEASES = (
    Release(
        "ferries-january",
        "Ferry inspections rise again",
        "Inspectors went to every port in the north.\n\n"
        "Since the summer, 2,580 ferries were inspected, 23% more than a year earlier.",
        "Harbour Board",
        date(2025, 1, 9),
        "https://example.org/ferries-january",
    ),
    Release(
        "ferries-december",
        "Ferry inspections on the rise, says the new chief inspector of harbours",
        "The chief inspector took up office in spring.\n\n"
        "The board said that more than 2,100 ferries were inspected since 5 July 2024. No tug was among them.",
        "Harbour Board",
        date(2024, 12, 16),
        "https://example.org/ferries-december",
    ),
    Release(
        "lamps",
        "移民局と港湾局が灯台の電灯を交換 🚢 and the lamps of the lighthouse shine further than ever",
        "The lighthouse keeper changed the lamps in the tower. They are seen from 20 miles away.",
        "Ministère de l’Été",
        date(2024, 3, 4),
    ),
    Release(
        "buoys",
        "Buoys by region",
        "Buoys laid out by region:\n\n| Region | 2023 | 2024 |\n|---|---|---|\n| North Sound | 310 | 290 |\n"
        "| South Sound | 405 | 611 |\n\nThe board counts them each spring.",
        "Harbour Board",
        date(2025, 2, 3),
    ),
)


@pytest.fixture(scope="session")
def harbours(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[[Path], Any]) -> Path:
    """Return the data folder of a few releases about harbours, made up for reading their answers on a screen."""
    lab = new_lab(tmp_path_factory.mktemp("harbours") / "data")
    lab.ingest(*RELEASES)
    folder: Path = lab.data
    return folder


class Terminal:
    """A process on a pseudo-terminal, and a person who types at it."""

    def __init__(self, command: list[str], env: dict[str, str], columns: int) -> None:
        self.pid, self._screen = pty.fork()
        if self.pid == 0:
            # Tests that run in the background of a shell, or under nohup, ignore these, and a child inherits that.
            for each in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
                signal.signal(each, signal.SIG_DFL)
            os.execvpe(command[0], command, env)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._unread = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.code: int | None = None

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._screen)

    def read(self, until: str, seconds: float = 60) -> str:
        """Return what is printed up to and with some words."""
        deadline = time.monotonic() + seconds
        while until not in self._unread:
            ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no {until!r} in {self._unread!r}"
            part = self._read()
            assert part, f"it ended without {until!r}: {self._unread!r}"
            self._take(part)
        shown, _, self._unread = self._unread.partition(until)
        return shown + until

    def end(self, seconds: float = 60) -> str:
        """Return what is printed until the process ends, and keep its exit code."""
        deadline = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"it does not end after {self._unread!r}"
            if not (part := self._read()):
                break
            self._take(part)
        _, status = os.waitpid(self.pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return self._unread

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._screen, keys.encode())

    def _read(self) -> bytes:
        try:
            return os.read(self._screen, 1 << 16)
        except OSError:  # Linux says so where the process has ended
            return b""

    def _take(self, part: bytes) -> None:
        # A part may end within a character or a line end.
        self._unread = (self._unread + self._decoder.decode(part)).replace("\r\n", "\n")


@pytest.fixture
def terminal(harbours: Path, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Run the command on a terminal, with code before it if need be."""
    opened = []

    def run(*args: str, columns: int = 80, before: str = "", **more: str) -> Terminal:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("PRESSQA_", "FORCE_"))}
        for name in ("NO_COLOR", "COLUMNS", "INPUTRC"):
            env.pop(name, None)
        env |= {
            "PRESSQA_DATA": str(harbours),
            "PRESSQA_HISTORY": str(tmp_path / "state" / "questions"),
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "OMP_WAIT_POLICY": "PASSIVE",
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
        }
        code = f"{before}\nfrom qa.cli.commands import main; main()"
        started = Terminal([sys.executable, "-c", code, *args], env | more, columns)
        opened.append(started.__enter__())
        return started

    yield run
    for each in opened:
        each.__exit__(None, None, None)


def without_ansi(shown: str) -> str:
    """Return what a person sees of a terminal's output."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\", "", shown)


@pytest.fixture(scope="session")
def seen() -> Callable[[str], str]:
    """Take what drives a terminal out of what was printed on it."""
    return without_ansi
