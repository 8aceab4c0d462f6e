"""Clients that may read loopback and do not wait, and an index that web sources are read into."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from index.models.hashing_embedder import HashingEmbedder
from index.protocols import KnownPages
from index.sources.web import client
from index.sources.web.client import WebClient
from index.sources.web.types import Limits, Manners
from index.types import SyncReport

TODAY = date(2025, 3, 1)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., WebClient]]:
    """Make clients with small limits; their pauses before another attempt are short."""
    real = client.stamina.retry_context
    quick = {"wait_initial": 0.01, "wait_max": 0.02, "wait_jitter": 0.01}
    monkeypatch.setattr(client.stamina, "retry_context", lambda **given: real(**(given | quick)))
    opened: list[WebClient] = []

    def make(allowed: tuple[str, ...] = ("127.0.0.1",), delay: float = 0.0, **limits: Any) -> WebClient:
        small = {"bytes": 200_000, "seconds": 2.0, "pause": 0.5, "attempts": 3} | limits
        opened.append(WebClient(Manners(delay=delay, allowed=allowed), Limits(**small)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def sync(lab: Any, web: Callable[..., WebClient]) -> Callable[..., SyncReport]:
    """Read sources into the lab's index; each is a function that takes a client and what is known of its pages."""
    shared = web(seconds=10.0, pause=5.0, bytes=5_000_000)

    def run(*makes: tuple[str, Callable[[WebClient, KnownPages], Any]], today: date = TODAY) -> SyncReport:
        with closing(lab.writer()) as writer:
            sources = [make(shared, writer.pages(name)) for name, make in makes]
            report: SyncReport = writer.sync(
                HashingEmbedder(), sources, count_tokens=lambda texts: [1] * len(texts), today=today, recognise=True
            )
            return report

    return run
