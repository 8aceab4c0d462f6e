import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.search.vectors import Bitmap, VectorIndex


def unit(rows: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def filled(ids: list[int], vectors: np.ndarray) -> VectorIndex:
    index = VectorIndex(vectors.shape[1])
    index.put(np.array(ids, dtype=np.int64), vectors)
    return index


@given(
    st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=40),
    st.sets(st.integers(1, 80), max_size=40),
    st.integers(0, 50),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_a_restricted_search_equals_one_of_an_index_that_has_nothing_else(
    ids: list[int], allowed: set[int], k: int, seed: int
) -> None:
    vectors = unit(len(ids), seed=seed)
    question = unit(1, seed=99)[0]
    index = filled(ids, vectors)
    keep = [row for row, passage_id in enumerate(ids) if passage_id in allowed]
    alone = filled([ids[row] for row in keep], vectors[keep])

    found = index.search(question, k, Bitmap.of(np.array(sorted(allowed), dtype=np.int64)))

    assert [i for i, _ in found] == [i for i, _ in alone.search(question, k)]
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
    assert len(found) == min(k, len(keep))


def test_equal_scores_come_in_the_order_of_ids_also_where_k_cuts() -> None:
    same = np.repeat(unit(1), 50, axis=0)
    backwards = filled(list(range(50, 0, -1)), same)

    assert [i for i, _ in backwards.search(same[0], 7)] == [1, 2, 3, 4, 5, 6, 7]
    assert [i for i, _ in backwards.search(same[0], 3, Bitmap.of(np.arange(20, 40)))] == [20, 21, 22]


def test_putting_again_replaces_and_removing_keeps_the_ids_of_the_others() -> None:
    vectors = unit(4)
    index = filled([10, 20, 30, 40], vectors)

    index.remove(np.array([10, 99], dtype=np.int64))
    index.put(np.array([30], dtype=np.int64), -vectors[2:3])

    assert sorted(index.ids.tolist()) == [20, 30, 40]
    assert index.search(vectors[3], 1)[0][0] == 40
    assert index.cosines(vectors[2], [30, 10]) == {30: pytest.approx(-1.0)}


def test_a_copy_may_change_while_the_original_is_searched() -> None:
    index = filled([1, 2], unit(2))
    copy = index.copy()
    copy.remove(np.array([1, 2], dtype=np.int64))
    assert (len(index), len(copy)) == (2, 0)
    assert copy.search(unit(1)[0], 5) == []


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    index = filled([3, 1, 2], unit(3))
    index.write(tmp_path / "v.faiss")
    again = VectorIndex.read(tmp_path / "v.faiss", 8)
    assert again.search(unit(1)[0], 3) == index.search(unit(1)[0], 3)


@pytest.mark.parametrize("data", [b"", b"IxM2", b"\0" * 500])
def test_a_file_that_is_no_such_index_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "v.faiss"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        VectorIndex.read(path, 8)


def test_an_index_of_another_dimension_is_refused(tmp_path: Path) -> None:
    filled([1], unit(1)).write(tmp_path / "v.faiss")
    with pytest.raises(ValueError, match="9-dimensional"):
        VectorIndex.read(tmp_path / "v.faiss", 9)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_and_not_a_truncated_file() -> None:
    with pytest.raises(OSError, match="space"):
        filled([1], unit(1)).write(Path("/dev/full"))
