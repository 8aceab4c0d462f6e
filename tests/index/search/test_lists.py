import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER
from index.errors import StorageError
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_index, open_writer
from index.search import lists, parts, vectors
from index.search.files import FOLDER, LocalFiles
from index.search.lists import Codebook, is_due, is_small, lists_for
from index.search.rows import Held, columns_of
from index.search.vectors import LocalVectorLeg
from index.types import Memory, Ranking, Release, SearchFilter

Make = Callable[..., Release]
EVERYTHING = SearchFilter()


def near(count: int, dimension: int = 32, seed: int = 0) -> Any:
    """Return unit vectors around 60 centres."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(9).standard_normal((60, dimension))
    made = centres[random.integers(0, 60, count)] + 0.6 * random.standard_normal((count, dimension))
    return np.ascontiguousarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def legs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[LocalVectorLeg, LocalVectorLeg]:
    """The same 6,000 passages in three parts, compared one by one, and with lists of which one in eight is probed."""
    monkeypatch.setitem(vectors._FEW, "normal", 100)
    monkeypatch.setattr(vectors, "PROBES", 16)
    made = [near(3000, seed=1), near(2800, seed=2), near(200, seed=3)]
    documents = [
        KeywordDocument(i, "", "", "Home Office" if i % 100 == 0 else "Half" if i % 2 else "", 1, 1, FOREVER)
        for i in range(1, 6001)
    ]
    held = Held([columns_of(documents[:3000]), columns_of(documents[3000:5800]), columns_of(documents[5800:])])
    trained = Codebook.train(made, 128)
    trained.write(tmp_path / "codebook")
    codebook = Codebook.read(tmp_path / "codebook", 32)
    mapped = []
    for number, some in enumerate(made[:2]):
        codebook.write_lists(tmp_path / str(number), some)
        mapped.append(codebook.map_lists(tmp_path / str(number), len(some)))
    return LocalVectorLeg(held, made), LocalVectorLeg(held, made, codebook, [*mapped, None])


def test_what_lists_find_is_scored_by_the_vectors_and_nearly_all_that_is_best(
    legs: tuple[LocalVectorLeg, LocalVectorLeg],
) -> None:
    exact, listed = legs
    for where, at_least in ((EVERYTHING, 0.97), (SearchFilter(publisher="Half"), 0.97)):
        shared = 0
        for question in near(50, seed=5):
            best, found = exact.search(question, 10, where), listed.search(question, 10, where)
            assert len(found) == 10
            cosines = exact.cosines(question, [i for i, _ in found])
            assert all(score == pytest.approx(cosines[i], abs=1e-6) for i, score in found)
            assert set(found) & set(best) <= set(best), "the same passage has the same score, to the last bit"
            assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
            shared += len({i for i, _ in best} & {i for i, _ in found})
        assert shared >= at_least * 500


def test_few_allowed_passages_are_all_compared(legs: tuple[LocalVectorLeg, LocalVectorLeg]) -> None:
    exact, listed = legs
    where = SearchFilter(publisher="Home Office")
    for question in near(20, seed=6):
        assert listed.search(question, 10, where) == exact.search(question, 10, where)
        assert len(listed.search(question, 100, where)) == 60


def test_more_than_the_lists_hold_is_asked_for(legs: tuple[LocalVectorLeg, LocalVectorLeg]) -> None:
    exact, listed = legs
    question = near(1, seed=7)[0]
    assert listed.search(question, 9_000, EVERYTHING) == exact.search(question, 9_000, EVERYTHING)


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    codebook = Codebook.train([near(500)], 8)
    codebook.write(tmp_path / "codebook")
    codebook.write_lists(tmp_path / "lists", near(100))
    with pytest.raises(ValueError, match="31-dimensional"):
        Codebook.read(tmp_path / "codebook", 31)
    with pytest.raises(ValueError, match="of 99 passages"):
        codebook.map_lists(tmp_path / "lists", 99)
    for data in (b"", b"IwSq", (tmp_path / "lists").read_bytes()[:900]):
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises(ValueError, match="not a codebook"):
            Codebook.read(tmp_path / "bad", 32)
        with pytest.raises(ValueError, match="not the lists"):
            codebook.map_lists(tmp_path / "bad", 100)


def test_how_many_lists_and_when() -> None:
    assert [lists_for(n) for n in (70_000, 300_000, 1_000_000)] == [512, 1024, 2048]
    assert [is_due(n, None, "normal") for n in (65_536, 65_537)] == [False, True]
    assert [is_due(n, None, "low") for n in (8_192, 8_193)] == [False, True]
    assert [is_due(n, 70_000, "normal") for n in (200_000, 280_000)] == [False, True]
    assert [is_small(n) for n in (4_096, 4_095)] == [False, True], "also of an index that a small machine arranged"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists from 50 passages on, for parts of 8 and more."""
    monkeypatch.setitem(lists.EXACT, "normal", 50)
    monkeypatch.setitem(vectors._FEW, "normal", 5)
    monkeypatch.setattr(parts, "LISTED", 8)


def arranged(lab: Any) -> Any:
    with closing(lab.catalog()) as catalog:
        loaded = LocalFiles(catalog).load()
        assert loaded is not None
        return LocalFiles(catalog).structure(), loaded


def test_an_index_gets_lists_as_it_grows_and_loses_them_as_it_shrinks(lab: Any, make: Make, soon: None) -> None:
    lab.ingest(*(make(i) for i in range(20)))
    assert arranged(lab)[0] is None
    with closing(lab.open()) as index:
        lab.ingest(*(make(i) for i in range(20, 40)))
        first, _ = arranged(lab)
        assert first.passages == 80
        assert index.search("uniq33v0", 1).hits[0].passage.release.id == "release/33"
        assert index._snapshot.vectors._codebook is not None, "an open index follows"
    lab.ingest(*(make(i) for i in range(40, 80)))
    assert arranged(lab)[0] == first
    lab.ingest(*(make(i) for i in range(80, 170)))
    assert arranged(lab)[0].passages == 340
    for number in (0, 35, 79, 169):
        assert lab.ids(f"uniq{number}v0", 1) == [f"release/{number}"]
    assert not lab.verify().rebuilt
    lab.remove(*(f"release/{i}" for i in range(5, 170)))
    assert arranged(lab)[0] is None
    assert lab.ids("uniq3v0", 1) == ["release/3"]
    assert not any(path.name.startswith(("lists", "codebook")) for path in (lab.data / FOLDER).iterdir())


@pytest.mark.parametrize("kind", ["lists", "codebook"])
def test_a_damaged_structure_is_noticed_and_made_again(lab: Any, make: Make, soon: None, kind: str) -> None:
    lab.ingest(*(make(i) for i in range(40)))
    path = next(path for path in (lab.data / FOLDER).iterdir() if path.name.startswith(kind))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.with_name("draft").write_bytes(data)
    path.with_name("draft").replace(path)
    with closing(lab.catalog()) as catalog:
        assert LocalFiles(catalog).load() is None
    assert lab.ids("uniq33v0", 1) == ["release/33"]
    lab.ingest(make(50))
    assert arranged(lab)[0] is not None
    assert not lab.verify().rebuilt


def test_a_disk_that_is_full_while_lists_are_made_leaves_what_was_there(
    lab: Any, make: Make, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Codebook, path: Path, some: Any) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Codebook, "write_lists", full)
        with pytest.raises(StorageError, match="space"):
            lab.ingest(*(make(i) for i in range(40)))
    structure, _ = arranged(lab)
    assert structure is None
    assert lab.ids("uniq33v0", 1) == ["release/33"], "the new releases are found, if slower"
    assert not any(path.name.startswith(("lists", "codebook")) for path in (lab.data / FOLDER).iterdir())
    lab.verify()
    assert arranged(lab)[0] is not None


def resident(path: Path) -> int:
    """Return how many KB of a mapped file are in the memory of this process."""
    size, mapped = 0, ""
    for line in Path("/proc/self/smaps").read_text("utf-8").splitlines():
        name, *rest = line.split()
        if not name.endswith(":"):
            mapped = line
        elif name == "Rss:" and mapped.endswith(str(path)):
            size += int(rest[0])
    return size


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say what is in memory")
def test_with_little_memory_nothing_of_mapped_files_stays_in_it_and_the_same_is_found(tmp_path: Path) -> None:
    made = near(9_000, seed=4)
    vectors.write_vectors(tmp_path / "vectors.npy", made)
    trained = Codebook.train([made], 64)
    trained.write_lists(tmp_path / "lists", made)
    held = Held([columns_of(KeywordDocument(i, "", "", "", 1, 1, FOREVER) for i in range(1, 9_001))])
    found, kept = {}, {}
    memory: Memory
    for memory in ("low", "normal"):
        mapped = vectors.map_vectors(tmp_path / "vectors.npy", 32)
        listed = trained.map_lists(tmp_path / "lists", 9_000)
        leg = LocalVectorLeg(held, [mapped], trained, [listed], memory=memory)
        compared = LocalVectorLeg(held, [mapped], memory=memory)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(vectors._FEW, "normal", vectors._FEW["low"])
            questions = near(9, seed=8)
            found[memory] = [each.search(q, 20, EVERYTHING) for q in questions for each in (leg, compared)]
        kept[memory] = [resident(tmp_path / name) for name in ("vectors.npy", "lists")]
        del mapped, listed, leg, compared
    assert found["low"] == found["normal"]
    assert kept["low"] == [0, 0]
    assert all(kept["normal"])


def test_a_small_machine_arranges_in_lists_sooner_and_others_leave_them(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lists.EXACT, "low", 50)
    monkeypatch.setattr(parts, "LISTED", 8)
    lab.ingest(*(make(i) for i in range(40)))
    assert arranged(lab)[0] is None
    with closing(open_writer(lab.data, memory="low")) as writer:
        writer.maintain()
    structure = arranged(lab)[0]
    assert structure is not None
    lab.ingest(make(40))
    assert arranged(lab)[0] == structure
    memory: Memory
    for memory in ("normal", "low"):
        with closing(open_index(lab.data, HashingEmbedder, Ranking(), memory=memory)) as index:
            assert index.search("uniq33v0", 1).hits[0].passage.release.id == "release/33"
