import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER
from index.search.rows import REMOVED, Held, amended, columns_of
from index.search.vectors import LocalVectorLeg, map_vectors, write_vectors
from index.types import SearchFilter

EVERYTHING = SearchFilter()
ALLOWED = SearchFilter(publisher="Home Office")


def unit(rows: int, dimension: int = 8, seed: int = 0) -> Any:
    made = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def leg(ids: list[int], vectors: Any, allowed: set[int] | None = None, cuts: tuple[int, ...] = ()) -> LocalVectorLeg:
    """Return a leg over passages with ascending ids, in parts that begin at ``cuts``; `ALLOWED` sees those allowed."""
    documents = [
        KeywordDocument(i, "", "", "Home Office" if allowed is None or i in allowed else "Other", 1, 1, FOREVER)
        for i in ids
    ]
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(ids)}), len(ids)]
    spans = [slice(a, b) for a, b in pairwise(edges)]
    held = Held([columns_of(documents[span]) for span in spans])
    return LocalVectorLeg(held, [np.ascontiguousarray(vectors[span]) for span in spans])


@given(
    st.sets(st.integers(1, 60), min_size=1, max_size=40),
    st.sets(st.integers(1, 80), max_size=40),
    st.lists(st.integers(1, 40), max_size=4),
    st.integers(0, 50),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_a_restricted_search_over_parts_equals_one_of_an_index_that_has_nothing_else(
    some: set[int], allowed: set[int], cuts: list[int], k: int, seed: int
) -> None:
    ids = sorted(some)
    vectors = unit(len(ids), seed=seed)
    question = unit(1, seed=99)[0]
    keep = [row for row, passage_id in enumerate(ids) if passage_id in allowed]
    alone = leg([ids[row] for row in keep], vectors[keep])

    found = leg(ids, vectors, allowed, tuple(cuts)).search(question, k, ALLOWED)

    assert found == alone.search(question, k, EVERYTHING), "to the last bit"
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
    assert len(found) == min(k, len(keep))


def test_equal_scores_come_in_the_order_of_ids_also_where_k_cuts() -> None:
    same = np.repeat(unit(1), 50, axis=0)
    parts = leg(list(range(1, 51)), same, set(range(20, 40)), (10, 22, 41))

    assert [i for i, _ in parts.search(same[0], 7, EVERYTHING)] == [1, 2, 3, 4, 5, 6, 7]
    assert [i for i, _ in parts.search(same[0], 3, ALLOWED)] == [20, 21, 22]


def test_what_was_removed_is_neither_found_nor_counted() -> None:
    vectors = unit(4)
    columns = columns_of(KeywordDocument(i, "", "", "", 1, 1, FOREVER) for i in (10, 20, 30, 40))
    held = Held([amended(columns, [(20, REMOVED), (30, 700), (99, REMOVED)])])
    parts = LocalVectorLeg(held, [vectors])

    assert len(parts) == 3
    assert {i for i, _ in parts.search(vectors[1], 9, EVERYTHING)} == {10, 40}
    assert {i for i, _ in parts.search(vectors[1], 9, SearchFilter(as_of=date.fromordinal(699)))} == {10, 30, 40}
    assert parts.cosines(vectors[2], [30, 20, 99, 5]) == {30: pytest.approx(1.0)}


def test_an_index_without_passages_finds_nothing() -> None:
    empty = LocalVectorLeg(Held([]), [])
    assert (len(empty), empty.search(unit(1)[0], 5, EVERYTHING), empty.cosines(unit(1)[0], [1])) == (0, [], {})


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_vectors(tmp_path / "v.npy", unit(3))
    assert np.array_equal(map_vectors(tmp_path / "v.npy", 8), unit(3))


@pytest.mark.parametrize("data", [b"", b"\x93NUMPY", b"\0" * 500, b"\x80\x04N."])
def test_a_file_that_holds_no_vectors_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "v.npy"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        map_vectors(path, 8)


def test_vectors_of_another_dimension_are_refused(tmp_path: Path) -> None:
    write_vectors(tmp_path / "v.npy", unit(1))
    with pytest.raises(ValueError, match="9-dimensional"):
        map_vectors(tmp_path / "v.npy", 9)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_and_not_a_truncated_file() -> None:
    with pytest.raises(OSError, match="space"):
        write_vectors(Path("/dev/full"), unit(1))
