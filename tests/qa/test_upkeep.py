import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.errors import SourceError
from index.models.hashing_embedder import HASHING_MODEL
from index.sources import Url, dump_line
from index.types import Cursor, Release, SyncProgress
from qa.settings import Settings
from qa.upkeep import ingest, ingest_sources

TODAY = date(2025, 3, 1)


def test_settings_that_are_written_down_have_no_password_of_the_search_server() -> None:
    settings = Settings(index="milvus://me:secret@db.example:7/press")
    assert settings.model_dump(mode="json")["index"] == "milvus://db.example:7/press"
    assert "secret" not in settings.model_dump_json()


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
    result = pressqa("ingest", "ftp://www.gov.uk/a?b=c", data=tmp_path / "data")
    assert result.returncode == 2
    assert "ftp://www.gov.uk/a?b=c is neither http nor https" in result.stderr.decode()
    assert not (tmp_path / "data").exists()
    inside = pressqa("ingest", "http://127.0.0.1:9/a?b=c", data=tmp_path / "data")
    assert inside.returncode == 2
    assert "127.0.0.1 is not a public address" in inside.stderr.decode()


@pytest.mark.parametrize("bad", ["missing", "binary", "empty", "folder", "pipe", "blank lines", "long name", "url"])
def test_one_path_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, make: Callable[..., Release], bad: str
) -> None:
    good = [tmp_path / "good.jsonl", tmp_path / "also.jsonl"]
    for number, path in enumerate(good):
        path.write_text(dump_line(make(number)), "utf-8")
    path = tmp_path / "bad"
    match bad:
        case "binary":
            path.write_bytes(bytes(range(256)))
        case "empty":
            path.touch()
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "blank lines":
            path.write_text(" " * 70_000, "utf-8")
        case "long name":
            path = tmp_path / ("x" * 300)
    settings = Settings(data=tmp_path / "data", model=HASHING_MODEL)
    origin = Url("https://e.org/a") if bad == "url" else path

    report = ingest(settings, [good[0], origin, good[1]], None, Watching(), today=TODAY)

    assert report.added == 2
    (problem,) = report.problems
    assert problem.where == str(origin)
    assert "; " in problem.reason, "what to do follows what is wrong"


def test_what_was_left_out_shows_in_the_exit_code(
    tmp_path: Path, make: Callable[..., Release], pressqa: Callable[..., Any]
) -> None:
    (tmp_path / "good.jsonl").write_text(dump_line(make(1)), "utf-8")
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(bytes(100))
    settings = {"PRESSQA_MODEL": HASHING_MODEL}

    result = pressqa("ingest", bad, tmp_path / "good.jsonl", data=tmp_path / "data", env=settings)

    assert result.returncode == 1
    assert result.stdout.decode().startswith("1 added, 0 changed, 0 unchanged, 1 left out")
    assert (
        f"left out: {bad}: is not text in UTF-8 or UTF-16; give a text file, saved as UTF-8" in result.stderr.decode()
    )


def test_paths_that_cannot_be_read_at_all_are_all_named(tmp_path: Path, pressqa: Callable[..., Any]) -> None:
    result = pressqa("ingest", tmp_path / "one", tmp_path / "two", data=tmp_path / "data")
    assert result.returncode == 2
    assert all(f"no such file or folder: {tmp_path / name}" in result.stderr.decode() for name in ("one", "two"))
    assert not (tmp_path / "data").exists()


def test_a_folder_that_may_not_be_entered_does_not_stop_the_others(
    tmp_path: Path, make: Callable[..., Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text(dump_line(make(1)), "utf-8")
    usual = Path.is_dir

    def refused(path: Path) -> bool:
        if path.name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return usual(path)

    monkeypatch.setattr(Path, "is_dir", refused)
    settings = Settings(data=tmp_path / "data", model=HASHING_MODEL)
    report = ingest(settings, [tmp_path / "closed", good], None, Watching(), today=TODAY)
    assert report.added == 1
    assert [each.reason for each in report.problems] == [
        f"cannot read {tmp_path / 'closed'}: Permission denied; check the path and that you may read the file"
    ]


def test_a_source_that_breaks_while_it_is_read_does_not_stop_the_others(
    tmp_path: Path, make: Callable[..., Release]
) -> None:
    class Broken(Counted):
        name = "broken"

        def expected(self) -> int | None:
            raise SourceError("broken is gone")

        def read(self, since: Cursor | None = None) -> Iterator[Release]:
            yield from super().read(since)
            raise SourceError("broken is gone", "mount it again")

    settings = Settings(data=tmp_path / "data", model=HASHING_MODEL)
    sources = [Broken([make(1)], None), Counted([make(2)], 1)]
    report = ingest_sources(settings, sources, Watching(), today=TODAY)
    assert report.added == 2
    assert [(each.where, each.reason) for each in report.problems] == [("broken", "is gone; mount it again")]
