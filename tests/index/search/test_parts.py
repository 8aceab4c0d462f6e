import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.disk.stamps import FileStamp
from index.search import parts, publishing
from index.search.files import FOLDER, LocalFiles
from index.search.parts import FULL, Part, due
from index.search.pointer import read_pointer
from index.search.publishing import Publisher
from index.types import Release, SearchFilter

Make = Callable[..., Release]
STAMP = FileStamp("0" * 64, 1, 1)


def part(count: int, removed: int = 0, first: int = 1) -> Part:
    return Part("r", "v", ("w",), ({},), first, first + count - 1, count, removed, dict.fromkeys("rvw", STAMP))


def names(lab: Any) -> list[str]:
    found = read_pointer(lab.data / FOLDER)
    assert found is not None
    return [each.vectors for each in found[0].parts]


@given(st.lists(st.integers(1, 3_000) | st.integers(1, FULL), min_size=1, max_size=400))
def test_parts_stay_few_and_a_passage_is_seldom_written_again(added: list[int]) -> None:
    sizes: list[int] = []
    written = 0
    for count in added:
        sizes.append(count)
        while (group := due([part(size) for size in sizes])) is not None:
            assert 2 <= group.stop - group.start <= 8
            merged = sum(sizes[group])
            assert merged <= FULL
            sizes[group] = [merged]
            written += merged
    assert sum(sizes) == sum(added)
    assert written <= 4 * sum(added), "at most once for each of four sizes"
    assert len(sizes) <= 28 + 3 * sum(added) / FULL, "seven of each size, and parts that are at least half full"


def test_what_was_removed_comes_first() -> None:
    some = [part(10)] * 9
    assert due(some) == slice(0, 8)
    assert due([*some, part(FULL, removed=1)]) == slice(9, 10)
    assert due(some[:7]) is None
    assert due([part(FULL)] * 20) is None
    assert due([part(FULL // 2)] * 2 + [part(1)]) == slice(0, 2)


def test_a_record_is_read_back_and_another_shape_is_none() -> None:
    record = json.loads(json.dumps(asdict(part(3))))
    assert Part.read(record) == part(3)
    for wrong in ({"first": 0}, {"first": "1"}, {"stamps": {}}, {"words": None}, {"more": 1}, {"vectors": "x"}):
        with pytest.raises((ValueError, TypeError, KeyError)):
            Part.read(record | wrong)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts of up to 4 passages are merged, none has more than 16, and any that is changed is marked first."""
    for owner, name, value in (
        (parts, "FULL", 16),
        (publishing, "FULL", 16),
        (parts, "_FAN", 2),
        (parts, "_SMALLEST", 4),
        (publishing, "_AT_ONCE", 0),
    ):
        monkeypatch.setattr(owner, name, value)


def test_publishing_leaves_the_parts_alone_that_did_not_change(lab: Any, make: Make, small_parts: None) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    before = names(lab)
    assert len(before) == 4
    lab.ingest(make(40), make(2, version=1))
    assert names(lab)[:4] == before, "a superseded release changes no vectors"
    lab.remove("release/29")
    assert names(lab)[:3] == before[:3]
    assert set(before[3:]).isdisjoint(names(lab))


def test_a_reader_keeps_open_what_did_not_change(lab: Any, make: Make, small_parts: None) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    with closing(lab.open()) as index:
        first = index._snapshot.vectors._parts
        lab.ingest(make(40))
        assert index.search("uniq40v0", 1).hits[0].passage.release.id == "release/40"
        second = index._snapshot.vectors._parts
        assert len(second) > len(first)
        assert all(a is b for a, b in zip(first, second, strict=False))


@pytest.mark.parametrize("step", ["_amend", "exchange"])
def test_a_removal_that_was_interrupted_is_hidden_at_once_and_finished_later(
    lab: Any, make: Make, small_parts: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    with closing(lab.open()) as index, monkeypatch.context() as patch:

        def full(*args: Any) -> Any:
            raise OSError(28, "No space left on device")

        patch.setattr(Publisher, step, full)
        with pytest.raises(Exception, match="space"):
            lab.remove("release/7")
        assert "release/7" not in {hit.passage.release.id for hit in index.search("uniq7v0", 60).hits}
    assert not lab.verify().rebuilt or step == "_amend"
    assert b"uniq7v0" not in b"".join(p.read_bytes() for p in Path(lab.data).rglob("*.term"))
    with closing(lab.catalog()) as catalog:
        loaded = LocalFiles(catalog).load()
        assert loaded is not None
        assert len(loaded.vectors) == len(loaded.keywords) == 58
        fresh = LocalFiles(catalog).in_memory()
        vector = np.ones(256, dtype=np.float32) / 16
        where = SearchFilter()
        assert loaded.vectors.search(vector, 60, where) == fresh.vectors.search(vector, 60, where)


def test_only_the_damaged_part_is_made_again(lab: Any, make: Make, small_parts: None) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    before = names(lab)
    path = lab.data / FOLDER / before[1]
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    lab.ingest(make(50))
    after = names(lab)
    assert [name in after for name in before] == [True, False, True, True]
    assert lab.ids("uniq50v0", 1) == ["release/50"]
    assert not lab.verify().rebuilt


def test_files_of_another_format_are_made_again(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    path = lab.data / FOLDER / "current.json"
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(record | {"format": 1}), "utf-8")
    assert lab.ids("uniq1v0", 1) == ["release/1"], "made in memory"
    lab.ingest(make(2))
    assert lab.ids("uniq2v0", 1) == ["release/2"]
