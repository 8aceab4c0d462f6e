"""The vector leg: an exact FAISS index over passage vectors by passage id, made from the catalog."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.catalog.reader import Catalog
from index.search.legs import best
from index.types import Ids, SearchFilter, Vectors

_untyped: Any = faiss  # its type hints lack the I/O classes

_FILTERS = 16
"""How many filters a leg keeps a bitmap for, of one bit for each passage.

Set by judgement: more save the time of asking the catalog again, fewer save memory.
"""

_EVERYTHING = SearchFilter()


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A set of ``count`` passage ids: bit i of ``bits`` is 1 if id i is in it."""

    bits: NDArray[np.uint8]
    count: int

    @classmethod
    def of(cls, ids: Ids) -> Self:
        """Return the set of ``ids``, which must be positive and distinct."""
        present = np.zeros(int(ids.max(initial=0)) + 1, dtype=bool)
        present[ids] = True
        return cls(np.packbits(present, bitorder="little"), len(ids))


class VectorIndex:
    """Unit vectors in memory, searched by inner product, so that scores are cosines."""

    def __init__(self, dimension: int) -> None:
        # IDMap2, because remove_ids on a bare flat index would renumber all later vectors.
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def ids(self) -> Ids:
        """The passage ids held, in storage order."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def put(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors of shape (len(ids), dimension), replacing those that have the same ids."""
        if len(ids):
            # FAISS accepts a duplicate id silently and would then return both.
            self.remove(ids)
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: Ids) -> None:
        """Remove these ids; ids that are not in the index are ignored."""
        if len(ids) and len(self):
            self._index.remove_ids(faiss.IDSelectorBatch(ids))

    def search(self, question: Vectors, k: int, allowed: Bitmap | None = None) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, cosine) pairs, best first, ties by id.

        ``question`` has shape (dimension,). ``allowed`` restricts the search to those ids before scoring;
        None allows all.
        """
        k = min(k, len(self) if allowed is None else allowed.count)
        if k <= 0:
            return []
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBitmap(len(allowed.bits), faiss.swig_ptr(allowed.bits))
            parameters = faiss.SearchParameters()
            parameters.sel = selector

        def fetch(limit: int) -> list[tuple[int, float]]:
            scores, ids = self._index.search(question.reshape(1, -1), min(limit, len(self)), params=parameters)
            # Fewer matches than the limit are padded with id -1.
            return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

        return best(fetch, k)

    def cosines(self, question: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine of the question to each of ``ids`` that is held."""
        cosines: dict[int, float] = {}
        for passage_id in ids:
            try:
                vector = self._index.reconstruct(passage_id)
            except RuntimeError:  # not in this index, which is older than the catalog
                continue
            cosines[passage_id] = float(np.dot(vector, question))
        return cosines

    def copy(self) -> "VectorIndex":
        """Return a copy, which can be changed while this index is searched."""
        copy = VectorIndex(self._index.d)
        copy._index = faiss.clone_index(self._index)
        return copy

    def write(self, path: Path) -> None:
        """Write the index to ``path``; raises OSError."""
        # Through a Python file, because FAISS's own writer ignores an error on closing its file, as on a full disk.
        with path.open("wb") as file:
            faiss.write_index(self._index, _untyped.PyCallbackIOWriter(file.write))

    @classmethod
    def read(cls, path: Path, dimension: int) -> "VectorIndex":
        """Read an index that `write` wrote; raises ValueError for any other file, or another ``dimension``."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {path}") from error
        if not isinstance(index, faiss.IndexIDMap2) or index.d != dimension:
            raise ValueError(f"not an index of {dimension}-dimensional passage vectors: {path}")
        vectors = cls(dimension)
        vectors._index = index
        return vectors


class LocalVectorLeg:
    """The `VectorLeg` over a `VectorIndex`; it asks the catalog which passages a filter lets through."""

    def __init__(self, index: VectorIndex, catalog: Catalog, generation: int) -> None:
        """Take an index that is not changed any more, the catalog from which it was made, and its generation."""
        self.index = index
        # The cache is over the catalog, not self: a leg that refers to itself would stay in memory after its last use.
        self._allowed = lru_cache(maxsize=_FILTERS)(partial(_allowed, catalog, generation))

    def __len__(self) -> int:
        return len(self.index)

    def search(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return the ``k`` best (passage id, cosine) pairs, best first, ties by id; exact."""
        return self.index.search(vector, k, self._allowed(where))

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine of the question to each of ``ids`` that is held."""
        return self.index.cosines(vector, ids)


def _allowed(catalog: Catalog, generation: int, where: SearchFilter) -> Bitmap | None:
    """Return the passages that a filter let through at a generation; None if that is every passage."""
    if where == _EVERYTHING and not catalog.has_superseded():
        return None
    return Bitmap.of(catalog.allowed(where, generation))
