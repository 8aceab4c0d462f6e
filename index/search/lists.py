"""The structure of a large index: vectors in lists by their nearest centre, each in 8 bits a dimension.

A search looks into the lists whose centres are nearest to the question, and what it finds there are candidates only:
`index.search.vectors` scores them by the stored vectors. The method: Jégou, Douze and Schmid, "Product quantization for
nearest neighbor search", TPAMI 2011, with FAISS's scalar quantiser in place of the product quantiser.
"""

import ctypes
import mmap
import sys
from collections.abc import Iterator, Sequence
from math import log2, sqrt
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.types import Memory, Vectors

_untyped: Any = faiss  # its type hints lack the I/O classes

EXACT: dict[Memory, int] = {"normal": 65_536, "low": 8_192}
"""How many passages an index may have before it gets lists.

Set by judgement: up to there a search compares all of them in about 10 milliseconds. It reads all their vectors for
that, 100 MB at 384 dimensions, which a small machine may not keep in memory from one search to the next.
"""

_GROWN = 4
"""By what factor an index may grow before its centres are trained again, with twice as many.

Set by judgement: a smaller factor keeps lists shorter, a larger one trains less often, which takes a minute for a
million passages.
"""

LISTED = 1_024
"""How many passages a part must have to get lists; the vectors of smaller ones are all compared. Set by judgement."""

_SAMPLE = 40
"""How many vectors for each centre the training sees: FAISS warns below 39."""

_ROUNDS = 8
"""How often the training moves the centres. Set by judgement: FAISS's 25 take three times as long."""

PROBES = 48
"""How many lists a search looks into if no filter is given. With 32 `eval.bench.scale` missed its recall."""

_IN_MEMORY_ROWS = 4_096
"""How many vectors are read at a time where all of them pass through."""


def lists_for(passages: int) -> int:
    """Return how many lists an index should have: about twice the square root of its size, a power of 2."""
    return int(2 ** round(log2(2 * sqrt(passages))))


def is_due(passages: int, trained: int | None, memory: Memory) -> bool:
    """Return True if centres must be trained; ``trained`` is the size of the index when they last were, None if not."""
    return passages > EXACT[memory] if trained is None else passages >= _GROWN * trained


def is_small(passages: int) -> bool:
    """Return True if an index that has lists no longer needs them: well below what gives it any, lest they come and go.

    However much memory its writer has: others may write to it with another setting.
    """
    return passages < min(EXACT.values()) // 2


class Codebook:
    """The centres of the lists, and the range of each dimension that the 8 bits cover."""

    def __init__(self, index: Any, centres: Any = None) -> None:
        self._index = index
        self._centres = centres  # the index has only a pointer to those that it was trained with

    @property
    def lists(self) -> int:
        """The number of lists."""
        return int(self._index.nlist)

    @classmethod
    def train(cls, parts: Sequence[Vectors], lists: int) -> "Codebook":
        """Train on a sample of the vectors of all parts; the same vectors give the same codebook."""
        ends = np.cumsum([len(part) for part in parts])
        count = min(int(ends[-1]), _SAMPLE * lists)
        chosen = np.sort(np.random.default_rng(0).choice(int(ends[-1]), count, replace=False))
        sample = np.concatenate(
            [
                part[chosen[(end - len(part) <= chosen) & (chosen < end)] - (end - len(part))]
                for part, end in zip(parts, ends.tolist(), strict=True)
            ]
        )
        centres = faiss.IndexFlatIP(sample.shape[1])
        index = _empty(centres, lists)
        index.cp.niter = _ROUNDS
        index.cp.max_points_per_centroid = _SAMPLE
        index.cp.min_points_per_centroid = 1
        index.train(sample)
        return cls(index, centres)

    def write(self, path: Path) -> None:
        """Write the codebook to ``path``; raises OSError."""
        # Through a Python file, because FAISS's own writer ignores an error on closing its file, as on a full disk.
        with path.open("wb") as file:
            faiss.write_index(self._index, _untyped.PyCallbackIOWriter(file.write))

    @classmethod
    def read(cls, path: Path, dimension: int) -> "Codebook":
        """Read a file of `write`; raises ValueError for any other, or another ``dimension``."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"not a codebook: {path}") from error
        if not isinstance(index, faiss.IndexIVFScalarQuantizer) or index.d != dimension or not index.is_trained:
            raise ValueError(f"not a codebook for {dimension}-dimensional vectors: {path}")
        return cls(index)

    def write_lists(self, path: Path, vectors: Vectors) -> None:
        """Write the lists of a part's vectors, which are known there by their rows; raises OSError."""
        index = self._like()
        for some in _batches(vectors):
            index.add(some)
        with path.open("wb") as file:
            _untyped.write_InvertedLists(index.invlists, _untyped.PyCallbackIOWriter(file.write))

    def map_lists(self, path: Path, count: int) -> "Lists":
        """Open a part's lists without reading them; raises ValueError if they are not those of ``count`` vectors."""
        index = self._like()
        try:
            flags = _untyped.IO_FLAG_MMAP | _untyped.IO_FLAG_READ_ONLY
            lists = _untyped.read_InvertedLists(_untyped.FileIOReader(str(path)), flags)
        except RuntimeError as error:
            raise ValueError(f"not the lists of a part: {path}") from error
        if lists.nlist != index.nlist or lists.code_size != index.code_size or lists.compute_ntotal() != count:
            raise ValueError(f"not {index.nlist} lists of {count} passages: {path}")
        index.replace_invlists(lists, True)
        index.ntotal = count
        return Lists(index, self)

    def nearest(self, question: Vectors, probes: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return the ``probes`` lists nearest to a question of shape (dimension,), and the cosines of their centres."""
        cosines, lists = self._index.quantizer.search(question.reshape(1, -1), min(probes, self.lists))
        return lists, cosines

    def _like(self) -> Any:
        """Return an index of the same lists without vectors; the centres are shared, not copied."""
        index = _empty(self._index.quantizer, self.lists)
        index.sq = self._index.sq
        index.is_trained = True
        return index


class Lists:
    """The lists of one part."""

    def __init__(self, index: Any, codebook: Codebook) -> None:
        self._index = index
        self._codebook = codebook  # FAISS has only a pointer to its centres

    def candidates(
        self,
        question: Vectors,
        limit: int,
        probed: tuple[NDArray[np.int64], Vectors],
        bits: NDArray[np.uint8] | None = None,
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Return up to ``limit`` rows from the lists that `Codebook.nearest` named, and about what their cosines are.

        Bit i of ``bits`` is 1 if row i may be returned; None lets all be.
        """
        lists, cosines = probed
        scores = np.empty((1, limit), dtype=np.float32)
        rows = np.empty((1, limit), dtype=np.int64)
        parameters = _untyped.SearchParametersIVF()
        parameters.nprobe = lists.shape[1]
        selector = None if bits is None else faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        if selector is not None:
            parameters.sel = selector
        self._index.search_preassigned_c(
            1,
            faiss.swig_ptr(question),
            limit,
            faiss.swig_ptr(lists),
            faiss.swig_ptr(cosines),
            faiss.swig_ptr(scores),
            faiss.swig_ptr(rows),
            False,
            parameters,
        )
        found = rows[0] >= 0  # fewer matches than the limit are padded
        return rows[0][found], scores[0][found]

    def let_go(self) -> None:
        """Have Linux take back the memory of what was read of the mapped file; nothing elsewhere."""
        mapped = faiss.downcast_InvertedLists(self._index.invlists)
        if sys.platform == "linux" and isinstance(mapped, faiss.OnDiskInvertedLists):
            address, size = ctypes.c_void_p(int(mapped.ptr)), ctypes.c_size_t(mapped.totsize)
            ctypes.CDLL(None).madvise(address, size, mmap.MADV_DONTNEED)  # FAISS does not give its map to Python


def _empty(centres: Any, lists: int) -> Any:
    bits = faiss.ScalarQuantizer.QT_8bit
    index: Any = faiss.IndexIVFScalarQuantizer(centres, centres.d, lists, bits, faiss.METRIC_INNER_PRODUCT)
    index.own_fields = False  # the centres are not deleted with it, and must live as long
    return index


def _batches(vectors: Vectors) -> Iterator[Vectors]:
    for begin in range(0, len(vectors), _IN_MEMORY_ROWS):
        yield np.ascontiguousarray(vectors[begin : begin + _IN_MEMORY_ROWS])
