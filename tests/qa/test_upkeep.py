from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.models.hashing_embedder import HASHING_MODEL
from index.types import Cursor, Release, SyncProgress
from qa.settings import Settings
from qa.upkeep import ingest_sources

TODAY = date(2025, 3, 1)


class Counted:
    """A source that counts how often it is read."""

    name = "counted"

    def __init__(self, releases: list[Release], expected: int | None) -> None:
        self.reads = 0
        self._releases = releases
        self._expected = expected

    def expected(self) -> int | None:
        return self._expected

    def read(self, since: Cursor | None = None) -> Iterator[Release]:
        self.reads += 1
        yield from self._releases


class Watching:
    wants_total = True

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.seen: list[SyncProgress] = []

    def expect(self, entries: int) -> None:
        self.totals.append(entries)

    def update(self, progress: SyncProgress) -> None:
        self.seen.append(progress)


def test_a_source_is_read_once_though_somebody_watches(tmp_path: Path, make: Callable[..., Release]) -> None:
    settings = Settings(data=tmp_path / "data", model=HASHING_MODEL)
    one, other = Counted([make(1), make(2)], 2), Counted([make(3)], 1)
    watcher = Watching()
    assert ingest_sources(settings, [one, other], watcher, today=TODAY).added == 3
    assert (one.reads, other.reads, watcher.totals) == (1, 1, [3])
    assert (watcher.seen[0].entries, watcher.seen[-1].entries) == (0, 3)
    with pytest.raises(FrozenInstanceError):
        watcher.seen[0].entries = 9  # type: ignore[misc]

    unsure = Watching()
    ingest_sources(settings, [one, Counted([make(4)], None)], unsure, today=TODAY)
    assert unsure.totals == [], "a total that leaves out a source would be wrong"


def test_ingest_names_a_web_address_and_what_can_be_read(tmp_path: Path, pressqa: Callable[..., Any]) -> None:
    result = pressqa("ingest", "https://www.gov.uk/a?b=c", data=tmp_path / "data")
    assert result.returncode == 2
    assert "cannot read https://www.gov.uk/a?b=c: only files and folders" in result.stderr.decode()
    assert not (tmp_path / "data").exists()
