"""Ctrl-C that comes between two steps which belong together: it takes effect after the second."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Raise the KeyboardInterrupt of a first Ctrl-C at the end of the ``with`` block; that of a second one at once.

    So a lock that was taken is always given back, and what follows a commit follows it. Only where Python would raise
    it: in the main thread, unless somebody else (as a server does) handles the signal.
    """
    default = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not default:
        yield
        return
    has_come = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal has_come
        if has_come:
            default(number, frame)
        has_come = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, default)
    if has_come:
        raise KeyboardInterrupt
