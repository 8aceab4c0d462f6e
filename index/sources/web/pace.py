"""Being polite to a host: not too many requests at once, a pause between them, and a longer one if it asks for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pace:
    """Gives the threads of a process their turns to ask a host. Safe to share between threads."""

    def __init__(self, delay: float, concurrency: int) -> None:
        self._delay = delay
        self._concurrency = concurrency
        self._guard = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until ``host`` may be asked again, and count the request as under way meanwhile."""
        state = self._host(host)
        with state.under_way:
            while (wait := self._wait(state)) > 0:
                time.sleep(wait)
            yield

    def _wait(self, state: "_Host") -> float:
        with self._guard:
            now = time.monotonic()
            if now < state.next:
                return state.next - now
            state.next = now + max(self._delay, state.delay)
            return 0.0

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least ``delay`` seconds between requests to a host, as its robots.txt asks."""
        self._host(host).delay = delay

    def hold(self, host: str, seconds: float) -> None:
        """Ask a host nothing for so long, as it asked (``Retry-After``)."""
        state = self._host(host)
        with self._guard:
            state.next = max(state.next, time.monotonic() + seconds)

    def _host(self, name: str) -> "_Host":
        with self._guard:
            return self._hosts.setdefault(name, _Host(self._concurrency))


class _Host:
    def __init__(self, concurrency: int) -> None:
        self.under_way = threading.Semaphore(concurrency)
        self.next = 0.0
        self.delay = 0.0
