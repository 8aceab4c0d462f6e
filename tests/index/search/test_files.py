import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.errors import StorageError
from index.search import parts, soundness
from index.search.files import FOLDER, LocalFiles
from index.search.keywords import KeywordIndex
from index.search.pointer import read_pointer
from index.types import Hit, Release

Make = Callable[..., Release]
QUESTIONS = ("uniq3v0 harbour", "ferry pilot court", "customs 5%")


def ranking(hits: list[Hit]) -> list[tuple[Any, ...]]:
    return [(hit.passage.release.id, hit.passage.span, hit.score, hit.dense, hit.lexical) for hit in hits]


def answers(lab: Any) -> list[list[tuple[Any, ...]]]:
    with closing(lab.open()) as index:
        return [ranking(index.search(question, 12).hits) for question in QUESTIONS]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[[Path], Any]) -> tuple[Path, Path]:
    """Two indexes, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("built")
    one, other = new_lab(folder / "one"), new_lab(folder / "other")
    one.ingest(*(make(i) for i in range(40)))
    one.ingest(make(3, version=1), make(41))
    other.ingest(*(make(i) for i in range(100, 133)))
    other.ingest(make(103, version=1), make(141))
    return one.data, other.data


@pytest.fixture
def index(built: tuple[Path, Path], lab: Any) -> Any:
    shutil.copytree(built[0], lab.data)
    return lab


def named(data: Path, kind: str) -> Path:
    """Return the largest search file whose name begins or ends so."""
    found = [path for path in (data / FOLDER).rglob("*") if path.is_file()]
    return max((p for p in found if p.name.startswith(kind) or p.suffix == kind), key=lambda p: p.stat().st_size)


def published(data: Path) -> Any:
    found = read_pointer(data / FOLDER)
    assert found is not None
    return found[0]


def put(path: Path, data: bytes) -> None:
    """Put another file in place of one. To change it in place would kill whoever has it mapped: this process, too."""
    status = path.stat()
    draft = path.with_name("draft")
    draft.write_bytes(data)
    os.utime(draft, ns=(status.st_atime_ns, status.st_mtime_ns))
    draft.replace(path)


def truncate(path: Path, other: Path) -> None:
    put(path, path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path, other: Path) -> None:
    put(path, b"")


def lengthen(path: Path, other: Path) -> None:
    put(path, path.read_bytes() + b"\0")


def flip(path: Path, other: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    put(path, data)


def swap(path: Path, other: Path) -> None:
    put(path, other.read_bytes())


def delete(path: Path, other: Path) -> None:
    path.unlink()


DAMAGES = [
    *((kind, how) for kind in ("vectors", "rows", ".idx") for how in (truncate, empty, lengthen, flip, swap, delete)),
    *((kind, how) for kind in ("current.json", "meta.json") for how in (truncate, empty, flip, swap, delete)),
    *((kind, flip) for kind in (".term", ".pos", ".fast", ".fieldnorm", ".store")),
    (".term", delete),
]


@pytest.mark.parametrize(("kind", "damage"), DAMAGES, ids=lambda value: getattr(value, "__name__", value))
def test_a_damaged_file_is_noticed_by_readers_and_made_again_by_verify(
    index: Any, built: tuple[Path, Path], kind: str, damage: Callable[[Path, Path], None]
) -> None:
    before = answers(index)
    damage(named(index.data, kind), named(built[1], kind))

    with closing(index.catalog()) as catalog:
        assert LocalFiles(catalog).load() is None
    assert answers(index) == before, "from the catalog alone"
    assert index.verify().rebuilt, "a reader has repaired nothing"
    assert answers(index) == before
    assert not index.verify().rebuilt


@pytest.mark.parametrize("state", ["sound", "out of date", "damaged", "gone"])
def test_a_reader_writes_nothing_whatever_it_finds(
    index: Any, make: Make, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    if state == "out of date":
        with monkeypatch.context() as patch:
            patch.setattr(LocalFiles, "publish", lambda self: None)
            index.ingest(make(70))
    elif state == "damaged":
        flip(named(index.data, ".idx"), Path())
    elif state == "gone":
        shutil.rmtree(index.data / FOLDER)

    def written() -> dict[Path, bytes]:
        # but for what SQLite and tantivy need to read along with a writer
        passing = ("-wal", "-shm", ".lock")
        return {p: p.read_bytes() for p in index.data.rglob("*") if p.is_file() and not p.name.endswith(passing)}

    before = written()
    generation = 2 if state == "out of date" else None
    with closing(index.open()) as opened:
        found = opened.search("uniq3v1", 1)
        assert found.hits[0].passage.release == make(3, version=1)
        assert found.generation == (generation or opened.status().generation)
    assert written() == before
    index.verify()
    assert index.ids("uniq70v0", 1) == (["release/70"] if generation else index.ids("uniq70v0", 1))


POINTERS: list[Any] = [
    None, 5, "x", [], {}, {"sha256": None}, {"format": 1}, [{}] * 3,
    {"format": 2, "generation": "2", "parts": 5, "keywords": 7}, {"format": 2, "parts": [{"stamps": []}]},
]  # fmt: skip


@pytest.mark.parametrize("pointer", POINTERS, ids=str)
def test_a_pointer_of_another_shape_is_no_pointer(index: Any, pointer: Any) -> None:
    before = answers(index)
    path = index.data / FOLDER / "current.json"
    path.write_text(json.dumps(pointer), "utf-8")
    assert answers(index) == before


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\0\0", "\ud800"])
def test_a_pointer_that_is_no_json_is_no_pointer(index: Any, text: str) -> None:
    before = answers(index)
    (index.data / FOLDER / "current.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert answers(index) == before


@pytest.mark.parametrize(
    ("key", "value"), [("generation", 1), ("generation", 99), ("generation", None), ("parts", []), ("keywords", None)]
)
def test_an_edited_pointer_is_not_believed(index: Any, key: str, value: Any) -> None:
    before = answers(index)
    path = index.data / FOLDER / "current.json"
    pointer = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(pointer | {key: value}), "utf-8")
    with closing(index.catalog()) as catalog:
        assert LocalFiles(catalog).generation() is None
    assert answers(index) == before


def test_leftovers_are_ignored_and_cleared_away(index: Any, make: Make) -> None:
    folder = index.data / FOLDER
    before = answers(index)
    (folder / "vectors-9-deadbeef.npy").write_bytes(b"half")
    (folder / "rows-9-deadbeef.npy").write_bytes(b"half")
    (folder / "keywords-9-deadbeef").mkdir()
    (folder / "keywords-9-deadbeef" / "meta.json").write_bytes(b"{")
    (folder / "current.json.new").write_bytes(b"{")
    assert answers(index) == before

    index.ingest(make(60))

    assert {path.name for path in folder.iterdir()} == published(index.data).names


def test_a_file_too_many_among_the_segments_is_noticed(index: Any) -> None:
    named(index.data, "meta.json").with_name("0123.idx").write_bytes(b"x")
    with closing(index.catalog()) as catalog:
        assert LocalFiles(catalog).load() is None


def test_search_files_of_a_copy_that_grew_apart_are_not_used(
    index: Any, labs: Callable[[str], Any], make: Make
) -> None:
    copy = labs("copy")
    shutil.copytree(index.data, copy.data)
    index.ingest(make(200))
    copy.ingest(make(300))
    before = answers(index)

    shutil.rmtree(index.data / FOLDER)
    shutil.copytree(copy.data / FOLDER, index.data / FOLDER)

    assert answers(index) == before
    assert index.ids("uniq200v0", 1) == ["release/200"]


def test_a_catalog_restored_from_a_backup_does_not_meet_later_search_files(
    index: Any, labs: Callable[[str], Any], make: Make
) -> None:
    backup = labs("backup")
    shutil.copytree(index.data, backup.data)
    for number in (200, 201, 202):
        index.ingest(make(number))
    for path in index.data.glob("catalog*"):
        path.unlink()
    for path in backup.data.glob("catalog*"):
        shutil.copy2(path, index.data)

    for number in (300, 301, 302, 303):  # the generations go past those that the search files were made at
        index.ingest(make(number))

    assert index.ids("uniq300v0 uniq301v0", 2) == ["release/300", "release/301"]
    assert not index.verify().rebuilt
    with closing(index.catalog()) as catalog:
        assert len(LocalFiles(catalog).in_memory().vectors) == len(LocalFiles(catalog).load().vectors)  # type: ignore[union-attr]


def test_a_large_file_is_hashed_when_its_time_says_it_was_touched(index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "ALWAYS_HASH", 0)
    path = named(index.data, "vectors")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    status = path.stat()
    path.write_bytes(data)
    with closing(index.catalog()) as catalog:
        published = LocalFiles(catalog)
        assert published.load() is None
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert published.load() is not None, "the price of a quick start"
        assert published.load(thorough=True) is None


def test_many_small_updates_score_as_an_index_built_at_once(index: Any, labs: Callable[[str], Any], make: Make) -> None:
    one_by_one, at_once = labs("one"), labs("all")
    for number in range(30):
        one_by_one.ingest(make(number))
    at_once.ingest(*(make(number) for number in range(30)))
    assert answers(one_by_one) == answers(at_once)


def failing_write(path: Path, vectors: Any) -> None:
    path.write_bytes(b"half")
    raise OSError(28, "No space left on device")


def failing_add(self: KeywordIndex, *args: Any) -> None:
    raise ValueError("An IO error occurred: 'No space left on device'")


@pytest.mark.parametrize(
    "failing",
    [(parts, "write_vectors", failing_write), (KeywordIndex, "_add", failing_add)],
    ids=["vectors", "keywords"],
)
def test_a_full_disk_leaves_no_half_written_files_behind(
    index: Any, make: Make, monkeypatch: pytest.MonkeyPatch, failing: tuple[Any, str, Any]
) -> None:
    folder = index.data / FOLDER
    before = sorted(folder.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(*failing)
        with pytest.raises(StorageError, match="space") as caught:
            index.ingest(make(70))
    assert "--data" in caught.value.hint
    assert sorted(folder.rglob("*")) == before
    assert index.verify().rebuilt
    assert index.ids("uniq70v0", 1) == ["release/70"], "the catalog has it, and the search files have caught up"
