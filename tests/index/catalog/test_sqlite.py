"""What is so of a catalog in a SQLite file alone: its log, the rights of its folder, and damage to its bytes."""

import gc
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.catalog.reader import Catalog
from index.catalog.sqlite import FILE
from index.catalog.writer import CatalogWriter
from index.errors import CatalogDamagedError, IndexMissingError, StorageError
from index.types import Release, SearchFilter

Make = Callable[..., Release]


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


def test_asking_what_changed_costs_what_changed(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(200)))
    lab.ingest(make(200))
    with closing(lab.catalog()) as catalog:
        steps: list[int] = []

        def count(since: int) -> int:
            steps.clear()
            catalog.connection.set_progress_handler(lambda: steps.append(1), 1)
            found = catalog.delta(since)
            catalog.connection.set_progress_handler(None, 1)
            assert list(found.put) == sorted(found.put)
            return len(found.put)

        few, few_steps = count(catalog.generation() - 1), len(steps)
        every, every_steps = count(0), len(steps)
        assert 0 < few < every / 100
        assert few_steps < every_steps / 5


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


DAMAGES = [truncate, truncate_to_nothing, garbage_header, zeroed_page, not_sqlite]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_a_damaged_file_says_so(lab: Any, damaged: Path, damage: Callable[[Path], None]) -> None:
    damage(damaged)
    with pytest.raises(CatalogDamagedError, match=r"catalog\.sqlite3") as caught:
        use_all(lab)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [truncate, garbage_header])
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
