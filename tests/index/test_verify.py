from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from index.catalog.check import check
from index.errors import IndexLockedError, StorageError
from index.search import files
from index.types import Release
from index.verify import Verdict

Make = Callable[..., Release]


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


def test_a_sound_index_is_left_as_it_is(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(5)))
    before = {path: path.stat().st_mtime_ns for path in (lab.data / files.FOLDER).rglob("*") if path.is_file()}
    assert lab.verify() == Verdict(generation=1, releases=5, passages=10, rebuilt=False)
    after = {path: path.stat().st_mtime_ns for path in (lab.data / files.FOLDER).rglob("*") if path.is_file()}
    assert {path: time for path, time in after.items() if ".lock" not in path.name} == {
        path: time for path, time in before.items() if ".lock" not in path.name
    }


def test_an_empty_index_is_sound(lab: Any) -> None:
    lab.writer().close()
    assert lab.verify().passages == 0
    assert not lab.verify().rebuilt


def test_superseded_passages_are_counted_in_the_search_files_but_not_in_the_verdict(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    lab.ingest(make(1, version=1))
    assert lab.verify() == Verdict(generation=2, releases=1, passages=2, rebuilt=False)


def test_a_writer_at_work_is_not_disturbed(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    with lab.locked(), pytest.raises(IndexLockedError):
        lab.verify()


def test_a_folder_that_cannot_be_written_is_a_storage_error(lab: Any, make: Make, pressqa: Callable[..., Any]) -> None:
    lab.ingest(make(1))
    folder = lab.data / files.FOLDER
    (folder / "current.json").write_bytes(b"")
    with closing(lab.writer()):
        folder.chmod(0o555)
        result = pressqa("verify", data=lab.data, env=lab.env, unprivileged=True)
        folder.chmod(0o755)
    assert result.returncode == 2
    assert len(result.stderr.decode().splitlines()) == 2
    assert StorageError.__name__ not in result.stderr.decode()


def test_a_release_that_is_removed_during_the_check_is_no_damage(lab: Any, make: Make) -> None:
    lab.ingest(make(1), make(2))
    with closing(lab.catalog()) as catalog:
        revisions = catalog.revisions

        def removing() -> Iterator[tuple[int, Release]]:
            for each in revisions():
                yield each
                if each[1].id == "release/1":
                    with pytest.raises(IndexLockedError, match="still holds what was deleted"):
                        lab.remove("release/2")

        catalog.revisions = removing
        assert check(catalog) == []
