"""How a server holds its engine, which may not be open yet, or may not have an index yet."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import PressqaError

if TYPE_CHECKING:  # importing it takes as long as opening it
    from qa.engine import Engine

_log = logging.getLogger(__name__)

_LAST_USES = 60.0
"""Seconds after which an engine is closed that another one has replaced: what works with it is done long before."""


class NotReadyError(PressqaError):
    """The index is still being opened, or could not be opened for a reason that is told in the server's log only."""


class EngineGate:
    """Opens the engine in a worker thread and hands it to the requests that wait for it.

    A failed opening is tried again by the next request, one attempt at a time, so that a server which was
    started before the first ingest becomes ready after it. So it is where the index has been deleted, made again or
    put back from a backup: an engine would go on with the files that are gone. All methods belong to the server's
    event loop.
    """

    def __init__(
        self, opener: "Callable[[], Engine]", *, owned: bool = True, source: Callable[[], object] = lambda: None
    ) -> None:
        """Take the function that opens the engine; ``owned`` says whether `close` closes the engine too.

        ``source`` quickly tells what an engine is opened from: one of something else is opened again.
        """
        self._opener = opener
        self._owned = owned
        self._source = source
        self._opened_from: object = None
        self._attempt: asyncio.Future[Engine] | None = None
        self._failure: PressqaError | None = None
        self._replaced: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def start(self) -> "asyncio.Future[Engine]":
        """Begin to open the engine, unless that is under way or done; return the attempt."""
        attempt = self._attempt
        if attempt is not None and attempt.done() and attempt.exception() is None and self._is_of_the_past():
            _log.warning("the index is another one now: opening it")
            closing = asyncio.ensure_future(self._close_later(attempt.result()))
            self._replaced.add(closing)
            closing.add_done_callback(self._replaced.discard)
            attempt = None
        if attempt is None or (attempt.done() and attempt.exception() is not None):
            self._attempt = attempt = asyncio.ensure_future(self._open())
            # The failure is kept and logged: nobody has to be waiting when it happens.
            attempt.add_done_callback(lambda attempt: attempt.cancelled() or attempt.exception())
        return attempt

    async def get(self, patience: float) -> "Engine":
        """Return the engine, waiting at most ``patience`` seconds for it.

        Raises the reason why the last attempt failed, or `NotReadyError` while the first is under way.
        """
        attempt = self.start()
        if not attempt.done():
            await asyncio.wait({attempt}, timeout=patience)
        if attempt.done():
            return attempt.result()
        raise self._failure or NotReadyError("the index is still being opened", "try again in a second")

    async def close(self) -> None:
        """Wait for an opening under way, which cannot be stopped, and close what was opened."""
        self._closing.set()
        attempt = self._attempt
        if attempt is None:
            return
        await asyncio.wait({attempt})
        await asyncio.gather(*self._replaced, return_exceptions=True)
        if self._owned and not attempt.cancelled() and attempt.exception() is None:
            await asyncio.to_thread(attempt.result().close)

    def _is_of_the_past(self) -> bool:
        return self._owned and self._source() != self._opened_from

    async def _close_later(self, engine: "Engine") -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), _LAST_USES)
        await asyncio.to_thread(engine.close)

    async def _open(self) -> "Engine":
        source = self._source()  # before it is opened: what is replaced meanwhile is opened again
        try:
            engine = await asyncio.to_thread(self._opener)
        except PressqaError as error:
            if str(error) != str(self._failure):
                _log.warning("not ready: %s%s", error, f" ({error.hint})" if error.hint else "")
            self._failure = error
            raise
        except Exception as error:
            _log.exception("not ready: the index could not be opened")
            self._failure = NotReadyError("the index could not be opened", "the server's log says why")
            raise self._failure from error
        if self._failure is not None:
            _log.warning("ready: the index is open now")
        self._failure = None
        self._opened_from = source
        return engine
