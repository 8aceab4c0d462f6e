"""The catalog keeps every revision, whatever happens to it.

Long because each promise of the catalog has its test here.
"""

import gc
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from index.catalog.changes import release_digest
from index.catalog.reader import Catalog
from index.catalog.sqlite import FILE
from index.catalog.writer import CatalogWriter
from index.errors import (
    CatalogDamagedError,
    IndexMissingError,
    StorageError,
    UnknownPublisherError,
    UnknownReleaseError,
)
from index.types import Release, SearchFilter

Make = Callable[..., Release]
PAST = SearchFilter(as_of=date(2025, 2, 28))


def edit(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql, values)
        connection.commit()


# revisions and dates


def test_a_revision_stands_from_its_day_to_the_day_before_the_next(lab: Any, make: Make) -> None:
    first, second = make(1, published=date(2025, 1, 10)), make(1, version=1, published=date(2025, 1, 10))
    lab.ingest(first, today=date(2025, 1, 12))
    lab.ingest(second, today=date(2025, 2, 1))
    with closing(lab.catalog()) as catalog:

        def at(*day: int) -> Release:
            return catalog.release(first.id, SearchFilter(as_of=date(*day)))

        with pytest.raises(UnknownReleaseError):
            at(2025, 1, 9)
        assert at(2025, 1, 10) == at(2025, 1, 31) == first
        assert at(2025, 2, 1) == at(9999, 12, 31) == catalog.release(first.id, SearchFilter()) == second
        assert catalog.entries(SearchFilter(as_of=date(2025, 1, 31)), 5, None)[0].revision == 1
        assert [entry.revision for entry in catalog.entries(SearchFilter(), 5, None)] == [2]


def test_two_changes_on_one_day_leave_the_last(lab: Any, make: Make) -> None:
    for version in range(3):
        lab.ingest(make(1, version=version), today=date(2025, 3, 1))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", SearchFilter(as_of=date(2025, 3, 1))) == make(1, version=2)
        assert catalog.release("release/1", PAST) == make(1)


def test_a_clock_that_goes_back_never_makes_two_revisions_stand_at_once(lab: Any, make: Make) -> None:
    days = [date(2025, 3, 1), date(2025, 6, 1), date(2025, 4, 1), date(2025, 5, 1)]
    for version, today in enumerate(days):
        lab.ingest(make(1, version=version), today=today)
    with closing(lab.catalog()) as catalog:
        for offset in range(0, 400, 5):
            day = date(2025, 1, 1) + timedelta(days=offset)
            revisions = catalog.entries(SearchFilter(as_of=day), 10, None)
            assert len(revisions) == (day >= make(1).published)


@pytest.mark.parametrize("published", [date.min, date.max])
def test_the_first_and_the_last_day_of_the_calendar_are_days_like_others(lab: Any, make: Make, published: date) -> None:
    lab.ingest(make(1, published=published))
    lab.ingest(make(1, version=1, published=published))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", SearchFilter()) == make(1, version=1, published=published)
        assert catalog.release("release/1", SearchFilter(as_of=date.max)) == make(1, version=1, published=published)
    assert lab.ids("uniq1v1", as_of=date.max) == ["release/1"]


def test_a_date_corrected_to_the_future_keeps_the_earlier_revision_until_today(lab: Any, make: Make) -> None:
    lab.ingest(make(1), today=date(2025, 3, 1))
    later = make(1, version=1, published=date(2025, 9, 1))
    lab.ingest(later, today=date(2025, 3, 1))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", PAST) == make(1)
        with pytest.raises(UnknownReleaseError):
            catalog.release("release/1", SearchFilter(as_of=date(2025, 8, 31)))
        assert catalog.release("release/1", SearchFilter(as_of=date(2025, 9, 1))) == later


# lists and names


def test_pages_of_entries_are_newest_first_with_ties_by_id_and_lose_nothing(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i, published=date(2025, 1, 1 + i % 3)) for i in range(20)))
    with closing(lab.catalog()) as catalog:
        seen = []
        after = None
        while page := catalog.entries(SearchFilter(), 3, after):
            seen += [(entry.published, entry.id) for entry in page]
            after = seen[-1]
        assert seen == sorted(seen, key=lambda place: (-place[0].toordinal(), place[1]))
        assert len(set(seen)) == 20
        assert len(catalog.entries(SearchFilter(), 10**30, None)) == 20
        assert all(entry.passages > 0 for entry in catalog.entries(SearchFilter(), 50, None))


def test_an_unknown_publisher_is_named_with_those_there_are(lab: Any, make: Make) -> None:
    lab.ingest(make(0), make(1))
    with closing(lab.catalog()) as catalog:
        catalog.check_publisher(SearchFilter(publisher="ministère de l’ÉTÉ"))
        with pytest.raises(UnknownPublisherError, match="'Treasury'") as caught:
            catalog.check_publisher(SearchFilter(publisher="Treasury"))
        assert "Home Office; Ministère" in caught.value.hint
        with pytest.raises(UnknownPublisherError):
            catalog.check_publisher(SearchFilter(publisher="\udcff"))


def test_an_earlier_publisher_is_known_at_an_earlier_day(lab: Any, make: Make) -> None:
    lab.ingest(make(1, publisher="Old Office"))
    lab.ingest(make(1, publisher="New Office"))
    assert lab.ids("uniq1v0", publisher="old office", as_of=date(2025, 2, 1)) == ["release/1"]
    with pytest.raises(UnknownPublisherError):
        lab.ids("uniq1v0", publisher="old office")


@pytest.mark.parametrize("release_id", ["release/2", "", "\udcff", "' OR 1=1 --"])
def test_an_unknown_release_is_an_error(lab: Any, make: Make, release_id: str) -> None:
    lab.ingest(make(1))
    with closing(lab.catalog()) as catalog, pytest.raises(UnknownReleaseError):
        catalog.release(release_id, SearchFilter())


# connections


def test_threads_that_end_leave_no_open_files(lab: Any, make: Make) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("open files can be counted on Linux only")
    lab.ingest(make(1))
    with closing(lab.catalog()) as catalog:
        catalog.generation()
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - iterating a Path keeps one more open
        for _ in range(20):
            thread = threading.Thread(target=catalog.generation)
            thread.start()
            thread.join()
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) <= before + 3  # noqa: PTH208


READ_WHILE_WRITTEN = """
import pathlib, sys
from index.catalog.changes import release_digest
from index.catalog.reader import Catalog
catalog = Catalog(pathlib.Path(sys.argv[1]))
print(catalog.generation(), flush=True)
sys.stdin.readline()
print(catalog.generation(), catalog.counts(), flush=True)
"""


def test_a_reader_in_a_folder_it_may_not_write_sees_what_another_ingests(
    lab: Any, make: Make, python: Callable[..., Any]
) -> None:
    lab.ingest(make(1))
    for log in lab.data.glob(f"{FILE}-*"):
        log.unlink()  # as a clean end leaves it: the reader can make neither of them
    lab.data.chmod(0o555)
    pipes = {"stdin": -1, "stdout": -1, "text": True}
    with python(READ_WHILE_WRITTEN, str(lab.data), unprivileged=True, wait=False, **pipes) as reader:
        first = reader.stdout.readline()
        lab.data.chmod(0o755)
        lab.ingest(make(2))
        lab.data.chmod(0o555)
        output, _ = reader.communicate("\n")
    lab.data.chmod(0o755)
    if reader.returncode == 77:
        pytest.skip("cannot give up the rights of root here")
    assert (first, output) == ("1\n", "2 (2, 4)\n")


# damage


@pytest.fixture
def damaged(lab: Any, make: Make) -> Callable[[], Path]:
    lab.ingest(*(make(i) for i in range(30)))
    path = lab.data / FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size > 20 * 4096
    return path


def use_all(lab: Any) -> None:
    """Everything a person may do with an index; any step may find the damage."""
    with closing(lab.open()) as index:
        index.search("uniq3v0 harbour", 50)
        index.entries(SearchFilter(), 100)
        for entry in index.entries(SearchFilter(), 100):
            index.release(entry.id)
    lab.verify()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def truncate_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def garbage_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[:100] = os.urandom(100)
    path.write_bytes(data)


def zeroed_page(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096, 3):
        data[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(data)


def not_sqlite(path: Path) -> None:
    path.write_text("releases\n" * 5000, "utf-8")


def no_number_for_a_schema(path: Path) -> None:
    edit(path, "UPDATE meta SET value = '²' WHERE key = 'schema'")


def no_manifest(path: Path) -> None:
    edit(path, "DELETE FROM meta WHERE key = 'manifest'")


def manifest_of_another_shape(path: Path) -> None:
    edit(path, "UPDATE meta SET value = '[1]' WHERE key = 'manifest'")


def no_generation(path: Path) -> None:
    edit(path, "DELETE FROM generation")


def edited_body(path: Path) -> None:
    edit(path, "UPDATE revision SET body = replace(body, 'uniq3v0', 'uniq4v0')")


def edited_date(path: Path) -> None:
    edit(path, "UPDATE revision SET published = published - 1 WHERE release_id = 'release/3'")


def impossible_date(path: Path) -> None:
    edit(path, "UPDATE revision SET published = -5 WHERE release_id = 'release/3'")


def impossible_span(path: Path) -> None:
    edit(path, 'UPDATE passage SET start = "end" + 5')


def span_outside(path: Path) -> None:
    edit(path, 'UPDATE passage SET "end" = "end" + 50000 WHERE id = 3')


def sentences_of_another_shape(path: Path) -> None:
    edit(path, "UPDATE passage SET sentences = '[1, 2, 3]'")


def vectors_gone(path: Path) -> None:
    edit(path, "DELETE FROM embedding")


def vector_flipped(path: Path) -> None:
    edit(path, "UPDATE embedding SET vector = zeroblob(length(vector))")


DAMAGES = [
    truncate, truncate_to_nothing, garbage_header, zeroed_page, not_sqlite, no_number_for_a_schema,
    no_manifest, manifest_of_another_shape, no_generation, edited_body, edited_date, impossible_date, impossible_span,
    span_outside, sentences_of_another_shape, vectors_gone, vector_flipped,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_a_damaged_catalog_says_so(lab: Any, damaged: Path, damage: Callable[[Path], None]) -> None:
    damage(damaged)
    with pytest.raises(CatalogDamagedError, match=r"catalog\.sqlite3") as caught:
        use_all(lab)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_an_edited_body_is_never_quoted(lab: Any, damaged: Path) -> None:
    edited_body(damaged)
    with closing(lab.open()) as index, pytest.raises(CatalogDamagedError, match=r"'release/3'.*SHA-256"):
        index.search("uniq3v0", 3)


@pytest.mark.parametrize("damage", [truncate, garbage_header, edited_date, vector_flipped])
def test_the_command_says_what_is_damaged_in_two_lines(
    lab: Any, damaged: Path, damage: Callable[[Path], None], pressqa: Callable[..., Any]
) -> None:
    damage(damaged)
    result = pressqa("verify", data=lab.data)
    assert result.returncode == 2
    assert result.stdout == b""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 2
    assert "catalog.sqlite3" in lines[0]
    assert "ingest" in lines[1]


# making


def test_there_may_be_no_index_yet(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(IndexMissingError, match="no index"):
            Catalog(folder)
    with pytest.raises(StorageError, match="cannot look"):
        Catalog(tmp_path / ("x" * 300))


def test_the_log_of_a_deleted_catalog_is_not_replayed_into_a_new_one(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    with closing(CatalogWriter(lab.data)) as catalog:
        lab.ingest(make(3))
        log = (lab.data / f"{FILE}-wal").read_bytes()
        catalog.generation()
    assert log
    (lab.data / FILE).unlink()
    (lab.data / f"{FILE}-wal").write_bytes(log)
    (lab.data / "catalog.new").write_bytes(b"half")
    (lab.data / "catalog.new-journal").write_bytes(b"half")

    lab.ingest(make(2))

    assert [release.id for release in lab.everything()] == ["release/2"]
    assert not lab.verify().rebuilt


def test_a_digest_covers_every_field(make: Make) -> None:
    release = make(1)
    others = [
        replace(release, title="T"),
        replace(release, body="B"),
        replace(release, publisher="P"),
        replace(release, published=date(2000, 1, 1)),
        replace(release, url="https://example.org"),
    ]
    assert len({release_digest(each) for each in [release, *others]}) == 6
