"""Sources that withdraw, update and checkpoint; runs that crash, wait and meet.

Long because all of them need the same scripted sources and crashing catalogs.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ingest, prepare
from index.catalog.writer import CatalogWriter
from index.errors import IndexLockedError, ManifestMismatchError, SourceError
from index.models.hashing_embedder import HashingEmbedder
from index.search.files import LocalFiles
from index.types import Checkpoint, Cursor, Entry, Problem, Release, SearchFilter, SyncReport, Withdrawn

Make = Callable[..., Release]

DAY = date(2025, 1, 1)
TODAY = date(2025, 3, 1)


class Scripted:
    """A source that yields what it is given, and goes on after the entry that its checkpoint's cursor counts."""

    def __init__(self, entries: Sequence[Entry], name: str = "scripted") -> None:
        self.name = name
        self.since: list[Cursor | None] = []
        self._entries = entries

    def expected(self) -> int | None:
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        self.since.append(since)
        yield from self._entries[int(since or 0) :]


def run(lab: Any, *sources: Any, today: date = TODAY) -> SyncReport:
    with closing(lab.writer()) as writer:
        return writer.sync(HashingEmbedder(), sources, count_tokens=lambda texts: [1] * len(texts), today=today)


def held(lab: Any) -> dict[str, Any]:
    """Return all that the catalog holds of releases and cursors, without row ids and generations."""
    with closing(lab.catalog()) as catalog:
        columns = "release_id, number, title, body, url, valid_from, valid_to, updated, withdrawn"
        rows = catalog.connection.execute(f"SELECT {columns} FROM revision ORDER BY release_id, number").fetchall()
        cursors = catalog.connection.execute("SELECT * FROM cursor ORDER BY source").fetchall()
        vectors = {tuple(row) for row in catalog.connection.execute("SELECT fingerprint, text_key FROM embedding")}
        passages = catalog.connection.execute(
            'SELECT r.release_id, r.number, p.start, p."end" FROM passage p JOIN revision r ON r.id = p.revision_id'
            " ORDER BY 1, 2, 3"
        ).fetchall()
    return {"revisions": rows, "cursors": cursors, "vectors": vectors, "passages": passages}


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


def test_a_withdrawal_marks_a_release_and_loses_nothing(lab: Any, make: Make) -> None:
    entries = [make(1), make(2), Withdrawn("release/1", DAY), Withdrawn("release/9", DAY)]
    assert run(lab, Scripted(entries)).withdrawn == 1
    with closing(lab.catalog()) as catalog:
        assert catalog.current("release/1").withdrawn == DAY
        assert catalog.current("release/2").withdrawn is None
        generation = catalog.generation()
    assert lab.everything() == sorted([make(1), make(2)], key=lambda r: (r.published, r.id))
    assert lab.ids("uniq1v0", 1) == ["release/1"]
    # said again, on whatever day, it changes nothing
    assert run(lab, Scripted([make(1), Withdrawn("release/1", TODAY)])).withdrawn == 0
    with closing(lab.catalog()) as catalog:
        assert catalog.current("release/1").withdrawn == DAY
        assert catalog.generation() == generation
    # another text is published again, and the mark stays with the earlier one
    assert run(lab, Scripted([make(1, version=1)])).changed == 1
    with closing(lab.catalog()) as catalog:
        assert catalog.current("release/1").withdrawn is None
        assert [row[-1] for row in held(lab)["revisions"][:2]] == [DAY.toordinal(), None]


def test_a_text_that_was_edited_after_its_withdrawal_is_still_withdrawn(lab: Any, make: Make) -> None:
    run(lab, Scripted([make(1)]))
    edited = make(1, version=1, updated=DAY + timedelta(9))
    run(lab, Scripted([edited, Withdrawn("release/1", DAY)]))
    with closing(lab.catalog()) as catalog:
        assert catalog.current("release/1").withdrawn == DAY
        assert catalog.release("release/1", SearchFilter()) == edited


def test_a_withdrawal_that_is_read_again_does_not_mark_the_version_that_came_after_it(lab: Any, make: Make) -> None:
    for before in ([make(1, updated=DAY)], []):
        again = make(1, version=1, updated=DAY + timedelta(2))
        script = Scripted([*before, Withdrawn("release/1", DAY + timedelta(1)), again])
        run(lab, script)
        once = held(lab)
        assert [row[-1] for row in once["revisions"]] == [(DAY + timedelta(1)).toordinal(), None]
        run(lab, script)
        assert held(lab) == once


def test_a_revision_is_valid_from_the_publishers_own_day(lab: Any, make: Make) -> None:
    first = make(1, published=date(2024, 5, 1))
    run(lab, Scripted([first]), today=date(2024, 6, 1))
    second = make(1, version=1, published=date(2024, 5, 1), updated=date(2024, 7, 1))
    run(lab, Scripted([second]), today=date(2025, 3, 1))
    third = make(1, version=2, published=date(2024, 5, 1), updated=date(2030, 1, 1))
    run(lab, Scripted([third]), today=date(2025, 3, 2))
    with closing(lab.catalog()) as catalog:

        def stood(day: date) -> Release:
            return catalog.release("release/1", SearchFilter(as_of=day))

        assert stood(date(2024, 6, 30)) == first
        assert stood(date(2024, 7, 1)) == stood(date(2025, 3, 1)) == second
        assert stood(date(2025, 3, 2)) == third, "a day to come is not believed"
    assert run(lab, Scripted([second])).unchanged == 1, "an earlier version does not come back"
    assert lab.everything() == [third]


def test_a_repeated_entry_is_no_problem_and_another_text_must_be_later(lab: Any, make: Make) -> None:
    report = run(lab, Scripted([make(1), make(2), make(1)]), Scripted([make(2)], "other"))
    assert (report.added, report.unchanged, report.problems) == (2, 2, ())
    older, newer = make(3, updated=DAY), make(3, version=1, updated=DAY + timedelta(1))
    report = run(lab, Scripted([older, newer, older, make(3, version=2)]))
    assert (report.added, report.changed) == (1, 1)
    assert ["duplicate id 'release/3'" in problem.reason for problem in report.problems] == [True, True]
    assert newer in lab.everything()
    # after a checkpoint, another text is later news
    report = run(lab, Scripted([make(4), Checkpoint(Cursor("1")), make(4, version=1)]))
    assert (report.added, report.changed, report.problems) == (1, 1, ())


def test_a_source_is_read_from_its_own_last_checkpoint(lab: Any, make: Make) -> None:
    entries = [make(1), Checkpoint(Cursor("2")), make(2), Problem("here", "bad")]
    one, other = Scripted(entries, "one"), Scripted([make(3)], "other")
    run(lab, one, other)
    generation = held_generation(lab)
    report = run(lab, one, other)
    assert (one.since, other.since) == ([None, "2"], [None, None])
    assert (report.unchanged, len(report.problems)) == (2, 1)
    # a checkpoint alone is kept, and is no new generation for the search files to catch up with
    run(lab, Scripted([*entries, Checkpoint(Cursor("5"))], "one"))
    with closing(lab.catalog()) as catalog:
        assert catalog.cursor("one") == "5"
    assert held_generation(lab) == generation


def held_generation(lab: Any) -> int:
    with closing(lab.catalog()) as catalog:
        return int(catalog.generation())


# the lock


class Waiting(Scripted):
    """Yields its entries, then waits for `go` before the last one."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__(entries)
        self.waits, self.go = threading.Event(), threading.Event()

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        yield from self._entries[:-1]
        self.waits.set()
        assert self.go.wait(60)
        yield self._entries[-1]


def test_a_slow_source_blocks_neither_removal_nor_verification_nor_another_ingest(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_TEXTS", 4)
    lab.ingest(make(8), make(9))
    source = Waiting([make(0), make(1), make(2), make(3)])
    reports: list[SyncReport] = []
    thread = threading.Thread(target=lambda: reports.append(run(lab, source)))
    thread.start()
    try:
        assert source.waits.wait(60)
        lab.remove("release/8")
        lab.ingest(make(2), make(3), make(7))  # one of them is waiting to be stored, one is to come
        lab.verify()
    finally:
        source.go.set()
        thread.join()
    (report,) = reports
    assert (report.added, report.changed, report.unchanged) == (2, 0, 2)
    assert {release.id for release in lab.everything()} == {f"release/{n}" for n in (0, 1, 2, 3, 7, 9)}
    assert all(row[1] == 1 for row in held(lab)["revisions"]), "nothing was stored twice"
    assert lab.ids("uniq3v0", 1) == ["release/3"]
    assert not lab.verify().rebuilt


def test_a_vector_that_is_removed_with_another_release_meanwhile_is_made_again(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "_AHEAD_TEXTS", 1)
    lab.ingest(make(1))
    source = Waiting([replace(make(1), id="release/again"), make(2)])
    thread = threading.Thread(target=lambda: run(lab, source))
    thread.start()
    try:
        assert source.waits.wait(60)  # the vectors of its first release were seen in the cache
        lab.remove("release/1")
    finally:
        source.go.set()
        thread.join()
    assert lab.ids("uniq1v0", 1) == ["release/again"]
    assert not lab.verify().rebuilt


def test_an_ingest_is_refused_only_when_it_has_something_to_write(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "PATIENCE", 0.2)
    run(lab, Scripted([make(1)]))
    with lab.locked():
        assert run(lab, Scripted([make(1)])).unchanged == 1
        with pytest.raises(IndexLockedError, match="another process"):
            run(lab, Scripted([make(1), make(2)]))
    assert run(lab, Scripted([make(1), make(2)])).added == 1


def test_an_ingest_notices_that_the_index_was_embedded_with_another_model_meanwhile(
    lab: Any, make: Make, models: Any
) -> None:
    lab.ingest(make(1))

    def entries() -> Iterator[Entry]:
        yield make(2)
        lab.reembed(models[1]())

    source = Scripted([])
    source.read = lambda since=None: entries()  # type: ignore[method-assign]
    with pytest.raises(ManifestMismatchError, match="embedded again"):
        run(lab, source)
    assert lab.everything() == [make(1)]


def test_what_another_process_embedded_again_is_not_taken_for_damage(lab: Any, make: Make, models: Any) -> None:
    lab.ingest(make(1), make(2))

    def entries() -> Iterator[Entry]:
        yield make(1)
        lab.reembed(models[1]())

    source = Scripted([])
    source.read = lambda since=None: entries()  # type: ignore[method-assign]
    assert run(lab, source).unchanged == 1
    with closing(lab.writer()) as writer:
        lab.reembed(HashingEmbedder())
        writer.remove(["release/1"])
    with closing(lab.writer()) as writer:
        lab.reembed(models[1]())
        assert not writer.verify().rebuilt
    assert lab.everything() == [make(2)]


# any history, in batches of any size, killed at any of them


def histories(make: Make) -> st.SearchStrategy[list[Entry]]:
    ids = st.integers(0, 2)
    days = st.integers(0, 4).map(lambda n: DAY + timedelta(n))
    releases = st.builds(
        lambda number, version, updated: make(number, version=version, updated=updated),
        ids,
        st.integers(0, 2),
        st.none() | days,
    )
    entries = st.one_of(
        releases,
        releases,
        st.builds(lambda number, day: Withdrawn(f"release/{number}", day), ids, days),
        st.just(Problem("here", "bad")),
        st.just(Checkpoint(Cursor("?"))),
    )

    def numbered(script: list[Entry]) -> list[Entry]:
        return [Checkpoint(Cursor(str(n))) if isinstance(e, Checkpoint) else e for n, e in enumerate(script, 1)]

    return st.lists(entries, min_size=1, max_size=14).map(numbered)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("kind", ["batches", "crashes"])
def test_batches_of_any_size_and_crashes_at_any_of_them_lead_to_the_same_index(
    make: Make, lab_at: Callable[[Path], Any], kind: str
) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(before=histories(make), script=histories(make), size=st.integers(1, 6), data=st.data())
    def check(before: list[Entry], script: list[Entry], size: int, data: st.DataObject) -> None:
        with TemporaryDirectory(prefix="pressqa-test-") as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(LocalFiles, "publish", lambda self: None)  # slow, and tested on its own
            at_once, in_parts = lab_at(Path(folder) / "one"), lab_at(Path(folder) / "other")
            for lab in (at_once, in_parts):
                run(lab, Scripted(before, "earlier"))
            expected = run(at_once, Scripted(script))

            patch.setattr(ingest, "BATCH_TEXTS", size)
            if kind == "batches":
                assert run(in_parts, Scripted(script)) == expected
            else:
                for _ in range(data.draw(st.integers(1, 3))):
                    fall = data.draw(st.integers(1, 5)), data.draw(st.booleans())
                    with patch.context() as killing:
                        kill_at(killing, *fall)
                        with suppress(Killed):
                            run(in_parts, Scripted(script))
                run(in_parts, Scripted(script))
            assert held(in_parts) == held(at_once)

    check()


def kill_at(patch: pytest.MonkeyPatch, count: int, after: bool) -> None:
    """Let a run die at the count-th batch: before it is stored, or right after."""
    put, calls = CatalogWriter.put, [0]

    def deadly(self: CatalogWriter, *args: Any) -> Any:
        calls[0] += 1
        if calls[0] == count and not after:
            raise Killed
        result = put(self, *args)
        if calls[0] == count:
            raise Killed
        return result

    patch.setattr(CatalogWriter, "put", deadly)


def test_what_a_source_yielded_before_it_broke_is_kept_with_its_checkpoint(lab: Any, make: Make) -> None:
    class Broken(Scripted):
        def read(self, since: Cursor | None = None) -> Iterator[Entry]:
            yield from super().read(since)
            raise SourceError("the site is down")

    with pytest.raises(SourceError, match="down"):
        run(lab, Broken([make(1), Checkpoint(Cursor("2")), make(2)]))
    assert lab.ids("uniq2v0", 1) == ["release/2"]
    with closing(lab.catalog()) as catalog:
        assert catalog.cursor("scripted") == "2"
