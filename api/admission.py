"""How much work the server takes on at a time: what runs, what waits in order, and what is refused at once.

A refusal costs next to nothing, so that a server with ten times its load still answers everybody: some with an answer,
the others with "come back in so many seconds".
"""

import asyncio
import math
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from typing import TypeVar

from starlette.types import Receive

from index.errors import PressqaError

T = TypeVar("T")

RETRY_AFTER = 30
"""The most seconds that a refused client is told to wait: the queue is empty long before."""

_NEWEST = 0.1
"""The weight of the newest piece of work in the mean time that its kind takes."""

Work = Callable[[threading.Event], T]
"""Work for a thread. Once its event is set nobody waits for the result any more, and it may stop early."""


class BusyError(PressqaError):
    """More work is waiting than the server takes; ``retry_after`` are the seconds after which to try again."""

    def __init__(self, message: str, hint: str, retry_after: int) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class TimeLimitError(PressqaError):
    """The work took longer than the server allows a request."""


class ClientGoneError(PressqaError):
    """The client closed the connection before its answer was there: nobody reads this."""


class Place:
    """A place in a queue that is kept for a request on its way there."""

    def __init__(self, kept: "set[Place]") -> None:
        """Add this to the places that are ``kept``."""
        self._kept = kept
        kept.add(self)

    def give_up(self) -> None:
        """Leave the place to others, as the request has ended; one that has offered its work has done so already."""
        self._kept.discard(self)


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)
"""What is kept for the request that is being handled."""


class Admission:
    """Threads that work for requests, and the bounded queue in front of them. All methods belong to one event loop."""

    def __init__(
        self,
        *,
        concurrency: int,
        queue: int,
        longest_wait: float,
        time_limit: float,
    ) -> None:
        """Run ``concurrency`` pieces of work at a time and let ``queue`` wait for that.

        Work is refused when the queue is full, or when what waits already would take more than ``longest_wait``
        seconds. Work that is not done ``time_limit`` seconds after it was offered is given up.
        """
        self._concurrency = concurrency
        self._queue = queue
        self._longest_wait = longest_wait
        self._time_limit = time_limit
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="engine")
        self._waiting: dict[asyncio.Future[None], str] = {}
        self._kept: set[Place] = set()
        self._working = 0
        self._takes: dict[str, float] = {}
        self._ended: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many pieces of work wait."""
        return len(self._waiting)

    @property
    def working(self) -> int:
        """How many pieces of work are being done, including those that nobody waits for any more."""
        return self._working

    @property
    def ended(self) -> Counter[str]:
        """How many pieces of work were ``done``, ``refused``, ``timed_out`` or ``dropped`` (the client had gone)."""
        return self._ended

    def check(self) -> None:
        """Raise `BusyError` if no further work is taken now; a place that was kept for this request is given up."""
        self._give_up_place()
        waiting = len(self._waiting) + len(self._kept)
        free = 0 if self._waiting else max(0, self._concurrency - self._working)
        if waiting < free:
            return
        wait = self._wait
        if waiting < free + self._queue and wait <= self._longest_wait:
            return
        self._ended["refused"] += 1
        seconds = min(RETRY_AFTER, max(1, math.ceil(wait)))
        raise BusyError(f"{waiting} requests are waiting already", f"try again in {seconds} s", seconds)

    def keep(self) -> "Place":
        """Keep a place for a request that has arrived in full, until it offers its work; raises `BusyError`.

        Requests that arrive together would else all be let in, before the first of them waits.
        """
        self.check()
        place = Place(self._kept)
        _PLACE.set(place)
        return place

    @property
    def has_place(self) -> bool:
        """Whether a place is kept for the request that is being handled."""
        return _PLACE.get() in self._kept

    async def run(self, kind: str, work: Work[T], *, patient: bool = False) -> T:
        """Return what ``work`` returns, once it had its turn and a thread has done it.

        ``kind`` groups work that takes about the same time. ``patient`` work, a further part of a request that was let
        in, waits where other work would be refused. If this is cancelled, work that waits is dropped and work under way
        is told to stop; its thread stays taken until it does. Raises `BusyError`, or `TimeLimitError`.
        """
        if patient:
            self._give_up_place()
        else:
            self.check()
        stop = threading.Event()
        limit = asyncio.timeout(self._time_limit)
        try:
            async with limit:
                await self._enter(kind)
                result = await asyncio.shield(self._begin(kind, work, stop))
        except TimeoutError:
            if not limit.expired():
                raise
            self._ended["timed_out"] += 1
            took = f"the request took longer than {self._time_limit:g} s"
            raise TimeLimitError(took, "try again later, or ask for less") from None
        except asyncio.CancelledError:
            self._ended["dropped"] += 1
            raise
        finally:
            stop.set()
        self._ended["done"] += 1
        return result

    async def steps(
        self, kind: str, work: Callable[[], Iterator[T]], *, patient: bool = False
    ) -> AsyncGenerator[T, None]:
        """Yield what ``work`` yields as soon as it does, from a thread that waits for no reader; see `run`.

        A None of ``work`` is not passed on: it only lets the work be stopped there.
        """
        loop = asyncio.get_running_loop()
        yielded: asyncio.Queue[T | None] = asyncio.Queue()

        def go(stop: threading.Event) -> None:
            for each in work():
                if stop.is_set():
                    return
                if each is not None:
                    loop.call_soon_threadsafe(yielded.put_nowait, each)

        def ended(running: asyncio.Future[None]) -> None:
            _ = running.cancelled() or running.exception()  # read also where nobody waits for it
            yielded.put_nowait(None)

        running = asyncio.ensure_future(self.run(kind, go, patient=patient))
        running.add_done_callback(ended)
        try:
            while (each := await yielded.get()) is not None:
                yield each
            await running
        finally:
            running.cancel()

    async def close(self) -> None:
        """Wait for the threads: what they work with may be closed after that."""
        await asyncio.to_thread(self._threads.shutdown)

    @property
    def _wait(self) -> float:
        """How many seconds the work that waits is expected to take."""
        kinds = Counter(self._waiting.values())
        work = sum(self._takes.get(kind, 0.0) * number for kind, number in kinds.items())
        return work / self._concurrency

    def _give_up_place(self) -> None:
        if (place := _PLACE.get()) is not None:
            self._kept.discard(place)

    async def _enter(self, kind: str) -> None:
        if not self._waiting and self._working < self._concurrency:
            self._working += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = kind
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came at the very moment when it was given up
                self._leave()
            raise
        finally:
            self._waiting.pop(turn, None)

    def _leave(self) -> None:
        """Give the place to the next one that still waits, in their order."""
        self._working -= 1
        for turn in list(self._waiting):
            if not turn.done():
                self._working += 1
                turn.set_result(None)
                # Now, not when its task runs: until then others would count it as waiting.
                del self._waiting[turn]
                return

    def _begin(self, kind: str, work: Work[T], stop: threading.Event) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        future = loop.run_in_executor(self._threads, copy_context().run, work, stop)

        def ended(future: asyncio.Future[T]) -> None:
            failed = future.cancelled() or future.exception() is not None  # read also where nobody waits for it
            if not failed and not stop.is_set():
                took = loop.time() - begun
                mean = self._takes.setdefault(kind, took)
                self._takes[kind] = mean + _NEWEST * (took - mean)
            self._leave()

        future.add_done_callback(ended)
        return future


async def unless_gone(receive: Receive, work: Awaitable[T]) -> T:
    """Return what ``work`` returns; cancel it and raise `ClientGoneError` if the client closes the connection first.

    ``receive`` is that of a request whose body, if it has one, was read.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        leaving.result()  # more body than a request may have is an error of its own
        raise ClientGoneError("the client closed the connection")
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
