"""Releases that are kept after they were read: a search never sees an earlier state of one."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

from index.catalog.recent import RecentReleases
from index.types import Passage, Release, Span

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
    short = Release("a", "T", "Short." * 1_000, "P", date(2025, 1, 1))
    recent.keep(0, replace(short, body="x" * 200_000))
    assert recent.get(0) is None
    for row in range(1, 10_000):
        recent.keep(row, short)
        recent.keep_passages([(row, passage(row, short))], 1)
    kept = [row for row in range(1, 10_000) if recent.get(row)]
    assert kept == list(range(10_000 - len(kept), 10_000))
    assert 100 < len(kept) < 9_999
    assert sorted(recent.passages(range(10_000), 1)) == kept, "a passage goes with its release"


def test_passages_are_those_of_one_generation() -> None:
    recent = RecentReleases()
    release = Release("a", "T", "Short.", "P", date(2025, 1, 1))
    recent.keep("row", release)
    recent.keep_passages([("row", passage(1, release)), ("other row", passage(2, release))], 5)
    assert recent.passages([1, 2, 3], 5) == {1: passage(1, release)}
    assert recent.passages([1], 6) == {}
    recent.keep_passages([("row", passage(7, release))], 6)
    recent.keep_passages([("row", passage(1, release))], 5)  # by a thread that is late
    assert (recent.passages([1, 7], 6), recent.passages([1, 7], 5)) == ({7: passage(7, release)}, {})


def test_a_search_sees_what_was_written_since_the_last_one_also_in_passages_that_it_has_read(
    lab: Any, make: Make
) -> None:
    made = [make(number, body=f"The ferry timetable has {number} sailings.") for number in (1, 2)]
    lab.ingest(*made)
    with closing(lab.open()) as index:
        assert {hit.passage.revision for hit in index.search("ferry timetable", 5).hits} == {1}
        lab.ingest(replace(made[0], body="The ferry timetable has 3 sailings."))
        found = {hit.passage.text: hit.passage.revision for hit in index.search("ferry timetable", 5).hits}
        assert found == {"The ferry timetable has 3 sailings.": 2, "The ferry timetable has 2 sailings.": 1}


def passage(number: int, release: Release) -> Passage:
    return Passage(number, release, 1, Span(0, 6), (Span(0, 6),), 2)
