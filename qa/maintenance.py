"""Maintaining an index beside other work: a thread that merges and trains what a process has published.

Processes that go on writing wake it and go on: a server's jobs, and ``pressqa sync --every``. Other commands wait for
it at their end, once their result is told.
"""

import contextlib
import os
import threading
from collections.abc import Callable

from index.errors import PressqaError
from qa.settings import Settings

_NICER = 10
"""By how much the thread gives way to others on Linux, so that questions are answered while it trains."""

_LAST_WAIT = 5.0
"""How many seconds `Maintenance.stop` waits at most: the training itself cannot be stopped, and loses nothing."""


class Maintenance:
    """Maintains one index in a thread of its own whenever it is woken, one time after another."""

    def __init__(self, settings: Settings, complain: Callable[[PressqaError], object]) -> None:
        """Take what is called with an error; the index answers as before, and the next time tries again."""
        self._settings = settings
        self._complain = complain
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something was published: see what is due, after what is under way."""
        self._wake.set()
        if (self._thread is None or not self._thread.is_alive()) and not self._stopped.is_set():
            self._start(self._run)

    def once(self) -> None:
        """See what is due, and wait until that is done; KeyboardInterrupt may be raised meanwhile, then call `stop`."""
        thread = self._start(self._maintain)
        while thread.is_alive():
            thread.join(0.2)  # on Windows nothing else is interrupted

    def stop(self) -> None:
        """Give up what is under way."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_LAST_WAIT)

    def _start(self, work: Callable[[], None]) -> threading.Thread:
        # A daemon, because a process may end at any moment of it.
        self._thread = threading.Thread(target=work, name="maintenance", daemon=True)
        self._thread.start()
        return self._thread

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if self._stopped.is_set():
                return
            self._wake.clear()
            self._maintain()

    def _maintain(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
        from qa import upkeep  # with what reads sources: a server that is starting does without

        try:
            upkeep.maintain(self._settings, self._stopped.is_set)
        except PressqaError as error:
            self._complain(error)
