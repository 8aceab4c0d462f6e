"""Releases that are kept after they were read: a search never sees an earlier state of one."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

from index.catalog.recent import RecentReleases
from index.types import Release

Make = Callable[..., Release]


def found(index: Any) -> Release:
    release: Release = index.search("ferry timetable", 1).hits[0].passage.release
    return release


def test_a_search_reads_a_release_once_and_again_when_anything_of_it_changes(lab: Any, make: Make) -> None:
    made = make(1, body="The ferry timetable has 12 sailings.")
    lab.ingest(made)
    with closing(lab.open()) as index:
        first = found(index)
        assert found(index) is first
        lab.ingest(replace(made, url="https://example.org/ferry"))
        assert found(index).url == "https://example.org/ferry"
        lab.ingest(replace(made, body="The ferry timetable has 14 sailings."))
        assert found(index).body.endswith("14 sailings.")


def test_so_many_are_kept_and_no_very_long_one() -> None:
    recent = RecentReleases()
    short = Release("a", "T", "Short.", "P", date(2025, 1, 1))
    recent.keep(0, replace(short, body="x" * 200_000))
    assert recent.get(0) is None
    for row in range(1, 1_000):
        recent.keep(row, short)
    kept = [row for row in range(1, 1_000) if recent.get(row)]
    assert kept == list(range(1_000 - len(kept), 1_000))
    assert 100 < len(kept) < 999
