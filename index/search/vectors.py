"""The vector leg: FAISS over the vectors of passages, part by part, each a plain array that may be a mapped file.

A small index is searched by comparing every vector. A large one has lists (`index.search.lists`), in which candidates
are found that are then scored by their vectors: every cosine is exact, but a passage may be missed.
"""

import mmap
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.search.legs import best
from index.search.lists import PROBES, Codebook, Lists
from index.search.rows import Allowed, Held
from index.types import Memory, SearchFilter, Vectors

_untyped: Any = faiss  # its type hints lack the functions over plain arrays

_FEW: dict[Memory, int] = {"normal": 20_000, "low": 4_096}
"""How many passages a filter may let through for all of them to be compared, even if there are lists.

Set by judgement: so many take some milliseconds, about as long as a search by lists. Their vectors have 30 MB at 384
dimensions, or 6 MB where memory is low.
"""

_CANDIDATES = 2
"""How many candidates are scored by their vectors for each passage that is asked for; 8 bits seldom misplace more."""


def write_vectors(path: Path, vectors: Vectors) -> None:
    """Write vectors of shape (n, dimension) to a file that `map_vectors` opens; raises OSError."""
    with path.open("wb") as file:
        np.save(file, np.ascontiguousarray(vectors, dtype="<f4"), allow_pickle=False)


def map_vectors(path: Path, dimension: int) -> Vectors:
    """Open a file of `write_vectors` without reading it; raises ValueError for any other, or another ``dimension``."""
    try:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"not vectors of passages: {path}") from error
    if vectors.ndim != 2 or vectors.shape[1] != dimension or vectors.dtype != np.dtype("<f4"):
        raise ValueError(f"not {dimension}-dimensional vectors of passages: {path}")
    return np.asarray(vectors)  # the class of mapped arrays is slow to index


def let_go(vectors: Vectors) -> None:
    """Have the system take back the memory of what was read of a mapped file; nothing for an array that is no file."""
    mapped = getattr(vectors.base, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def nearest(
    vectors: Vectors, question: Vectors, limit: int, bits: NDArray[np.uint8] | None = None
) -> tuple[NDArray[np.int64], Vectors]:
    """Return the rows of the ``limit`` vectors nearest to a question, and their cosines, best first.

    ``question`` has shape (dimension,); bit i of ``bits`` is 1 if row i may be returned, None lets all be. Which of
    several equal ones are returned is not settled. FAISS computes each cosine by itself, so a score does not depend on
    what else is there.
    """
    count = min(limit, len(vectors))
    scores = np.empty((1, count), dtype=np.float32)
    rows = np.empty((1, count), dtype=np.int64)
    selector = None if bits is None else faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
    _untyped.knn_inner_product(
        faiss.swig_ptr(question),
        faiss.swig_ptr(vectors),
        vectors.shape[1],
        1,
        len(vectors),
        count,
        faiss.swig_ptr(scores),
        faiss.swig_ptr(rows),
        selector,
    )
    found = rows[0] >= 0  # fewer matches than the limit are padded
    return rows[0][found], scores[0][found]


def score(vectors: Vectors, question: Vectors, rows: NDArray[np.int64]) -> Vectors:
    """Return the cosines of a question and the vectors in these rows, the same to the last bit as `nearest` does."""
    cosines = np.empty(len(rows), dtype=np.float32)
    chosen = np.ascontiguousarray(rows)
    threads = faiss.omp_get_max_threads()
    # By itself: what other threads would do here in a few microseconds is not worth waking them on a busy machine.
    faiss.omp_set_num_threads(1)
    try:
        _untyped.fvec_inner_products_by_idx(
            faiss.swig_ptr(cosines),
            faiss.swig_ptr(question),
            faiss.swig_ptr(vectors),
            faiss.swig_ptr(chosen),
            vectors.shape[1],
            1,
            len(chosen),
        )
    finally:
        faiss.omp_set_num_threads(threads)
    return cosines


Probed = tuple[NDArray[np.int64], Vectors]
"""The lists that a search looks into, as `Codebook.nearest` returns them."""


class LocalVectorLeg:
    """The `VectorLeg` over the vectors of all parts of an index. It never changes, and any thread may search it."""

    def __init__(
        self,
        held: Held,
        parts: Sequence[Vectors],
        codebook: Codebook | None = None,
        lists: Sequence[Lists | None] = (),
        *,
        memory: Memory = "normal",
    ) -> None:
        """Take the passages that are held, and the vectors of each part in the order of its passages.

        With a ``codebook``, ``lists`` has those of each part, or None for a part that has none. With ``memory`` "low",
        what a search has read of mapped files does not stay in this process's memory.
        """
        self._held = held
        self._parts = tuple(parts)
        self._codebook = codebook
        self._lists = tuple(lists) or (None,) * len(self._parts)
        self._memory = memory

    def __len__(self) -> int:
        return len(self._held)

    def search(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return the ``k`` best (passage id, cosine) pairs, best first, ties by id.

        The best are certain to be found if the index has no lists, or if the filter lets few passages through.
        """
        allowed = self._held.allowed(where)
        count = len(self) if allowed is None else allowed.count
        k = min(k, count)
        if k <= 0:
            return []
        question = np.ascontiguousarray(vector, dtype=np.float32)
        probed = None
        if self._codebook is not None and count > _FEW[self._memory]:
            # What a filter lets through is spread over more lists than are as many passages without one.
            probed = self._codebook.nearest(question, round(PROBES * len(self._held.ids) / count))
        found = best(partial(self._fetch, question, allowed, probed), k)
        self._let_go()
        return found

    def compare(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return what `search` would if the index had no lists: the best are certain to be found."""
        return LocalVectorLeg(self._held, self._parts, memory=self._memory).search(vector, k, where)

    def _fetch(
        self, question: Vectors, allowed: Allowed | None, probed: Probed | None, limit: int
    ) -> list[tuple[int, float]]:
        """Return the best ``limit`` pairs, fewer only if the filter lets no more through."""
        places, scores = [], []
        candidates, rough = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
        for number, vectors in enumerate(self._parts):
            if allowed is not None and not allowed.counts[number]:
                continue
            bits = None if allowed is None else allowed.bits[number]
            start, lists = int(self._held.starts[number]), self._lists[number]
            if probed is None or lists is None:
                rows, some = nearest(vectors, question, limit, bits)
                places.append(start + rows)
                scores.append(some)
            else:
                rows, some = lists.candidates(question, _CANDIDATES * limit, probed, bits)
                candidates.append(start + rows)
                rough.append(some)
        order = np.argsort(-np.concatenate(rough), kind="stable")[: _CANDIDATES * limit]
        chosen = np.sort(np.concatenate(candidates)[order])
        edges = np.searchsorted(chosen, self._held.starts)
        for number, vectors in enumerate(self._parts):
            some_places = chosen[edges[number] : edges[number + 1]]
            if len(some_places):
                places.append(some_places)
                scores.append(score(vectors, question, some_places - int(self._held.starts[number])))
        found, cosines = np.concatenate(places), np.concatenate(scores)
        if probed is not None and len(found) < min(limit, len(self) if allowed is None else allowed.count):
            return self._fetch(question, allowed, None, limit)  # the lists that were looked into hold too few
        ids = self._held.ids[found]
        order = np.lexsort((ids, -cosines))[:limit]
        return list(zip(ids[order].tolist(), cosines[order].tolist(), strict=True))

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine of the question to each of ``ids`` that is held."""
        wanted = np.fromiter(ids, dtype=np.int64)
        places, is_held = self._held.places(wanted)
        question = np.ascontiguousarray(vector, dtype=np.float32)
        cosines: dict[int, float] = {}
        for part, rows in self._held.in_parts(places[is_held]):
            found = self._held.ids[self._held.starts[part] + rows]
            cosines.update(zip(found.tolist(), score(self._parts[part], question, rows).tolist(), strict=True))
        self._let_go()
        return cosines

    def _let_go(self) -> None:
        """Where memory is low, have the system take back the pages of mapped files; it reads them again when needed."""
        if self._memory == "low":
            for vectors in self._parts:
                let_go(vectors)
            for lists in self._lists:
                if lists is not None:
                    lists.let_go()
