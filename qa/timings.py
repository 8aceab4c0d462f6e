"""How long each stage of answering takes, under the names that people and programs see."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

Stage = Literal["filter", "embed", "vectors", "keywords", "fuse", "read", "timeline"]
"""The stages: the first five are the index's, in `Found.timings_ms`; the others are the engine's."""


class Stages:
    """Times the stages of one question, in milliseconds to three places. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._taken: dict[str, float] = {}

    def add(self, timings_ms: Mapping[str, float]) -> None:
        """Add stages that were timed elsewhere: stage -> milliseconds."""
        self._taken.update(timings_ms)

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Time what is done in the block as a stage."""
        begun = time.perf_counter()
        yield
        self._taken[stage] = _milliseconds(begun)

    def milliseconds(self) -> dict[str, float]:
        """Return the stages so far in the order in which they ended, then ``total``, the time since the beginning."""
        return {**self._taken, "total": _milliseconds(self._started)}


def _milliseconds(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 3)
