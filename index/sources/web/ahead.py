"""Reading pages ahead of whoever takes them, in their order, so that fetching and embedding go on at the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 64
"""How many pages are read before they are taken.

A batch of passages is embedded in one go, and comes from about fifty releases: fewer would leave the embedding waiting.
"""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def read_ahead(
    read: Callable[[_Item], _Result], items: Iterable[_Item], threads: int, ahead: int = AHEAD
) -> Iterator[_Result]:
    """Yield ``read(item)`` for each item, in their order, up to ``ahead`` of them read in other threads meanwhile.

    What ``read`` raises is raised when its turn comes.
    """
    waiting: deque[Future[_Result]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="pressqa-read")
    try:
        for item in items:
            waiting.append(pool.submit(read, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
