"""LocalIndex: a catalog and two legs, searched as one."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from index.catalog.reader import Catalog
from index.errors import ManifestMismatchError
from index.protocols import Embedder
from index.search import fusion
from index.search.legs import KeywordWeights, SearchFiles, Snapshot
from index.types import Figure, Found, Hit, IndexStatus, Passage, Ranking, Release, ReleaseEntry, SearchFilter, Vectors

_EVERYTHING = SearchFilter()


class LocalIndex:
    """The `PassageIndex` of one machine. Any number of threads may search; writing is `index.ingest`'s."""

    def __init__(
        self, catalog: Catalog, files: SearchFiles, embedder: Callable[[], Embedder], ranking: Ranking
    ) -> None:
        """Open what is searched, then take the model, which may have been loading meanwhile.

        Raises `ManifestMismatchError` when the two do not belong together.
        """
        self.catalog = catalog
        self.ranking = ranking
        self._files = files
        self._lock = threading.Lock()
        self._counts = lru_cache(maxsize=4)(self._read_counts)
        self._snapshot = self._newest(None)
        self.embedder = embedder()
        self._check_model()

    def _check_model(self) -> None:
        manifest = self.catalog.manifest
        if manifest.fingerprint != self.embedder.fingerprint:
            raise ManifestMismatchError(
                f"{self.catalog.folder} was built with {manifest.model} ({manifest.fingerprint[:12]}), not with"
                f" {self.embedder.name} ({self.embedder.fingerprint[:12]})",
                f"ask with PRESSQA_MODEL={manifest.model}, or embed it anew: pressqa ingest --reembed",
            )

    def search(self, question: str, k: int, where: SearchFilter = _EVERYTHING) -> Found:
        """Return the ``k`` best passages (at least 1) for a question, best first, ties by passage id.

        Raises `UnknownPublisherError` for a publisher that the index does not have.
        """
        clock = _Clock()
        self.catalog.check_publisher(where)
        snapshot = self._current()
        clock.lap("filter")
        found = self._search(snapshot, question, k, where, clock)
        if found is None:
            # All that was found has been replaced since: an index embedded anew while this question was under way.
            found = self._search(self._current(), question, k, where, clock)
            found = found or Found((), self.catalog.generation(), {}, exhausted=True)
        return found

    def _search(self, snapshot: Snapshot, question: str, k: int, where: SearchFilter, clock: "_Clock") -> Found | None:
        """Search one snapshot; None when it found passages but the catalog holds none of them any more."""
        vector = self.embedder.encode_question(question)
        clock.lap("embed")
        depth = max(self.ranking.depth, k)
        dense = dict(snapshot.vectors.search(vector, depth, where))
        clock.lap("vectors")
        weights = KeywordWeights(self.ranking.title_weight, self.ranking.pair_weight)
        lexical = dict(snapshot.keywords.search(question, depth, where, weights))
        clock.lap("keywords")
        every = len(dense) < depth  # the vector leg gives less than it is asked for only where there is no more
        fused = self._fuse(snapshot, vector, dense, lexical)
        hits = self._hits(fused, k)
        clock.lap("fuse")
        if fused and not hits:
            return None
        return Found(hits, snapshot.generation, clock.laps, exhausted=every and len(fused) <= k)

    def _fuse(
        self, snapshot: Snapshot, vector: Vectors, dense: dict[int, float], lexical: dict[int, float]
    ) -> list[fusion.Fused]:
        if self.ranking.fusion == "rrf":
            return fusion.reciprocal_rank(dense, lexical, self.ranking.weight)
        # A keyword hit outside the dense leg's depth still has an exact cosine: use it rather than zero.
        dense |= snapshot.vectors.cosines(vector, lexical.keys() - dense.keys())
        return fusion.convex(dense, lexical, self.ranking.weight)

    def _hits(self, fused: Sequence[fusion.Fused], k: int) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for start in range(0, len(fused), k):
            some = fused[start : start + k]
            passages = self.catalog.passages([item.id for item in some])
            # What was removed since the snapshot was made is not there any more, and so not found: the next moves up.
            hits += [Hit(passages[i.id], i.score, i.dense, i.lexical) for i in some if i.id in passages]
            if len(hits) >= k:
                break
        return tuple(hits[:k])

    def status(self) -> IndexStatus:
        """Return how much the index holds."""
        generation = self.catalog.generation()
        releases, passages = self._counts(generation)
        return IndexStatus(generation, releases, passages, self.catalog.manifest)

    def release(self, release_id: str, where: SearchFilter = _EVERYTHING) -> Release:
        """Return a release as it stood at ``where.as_of``; raises `UnknownReleaseError`."""
        return self.catalog.release(release_id, where)

    def figures(self, passages: Sequence[Passage]) -> list[tuple[Figure, ...]]:
        """Return for each passage the figures whose statement lies in it, in their order."""
        return self.catalog.figures(passages)

    def entries(self, where: SearchFilter, limit: int, after: tuple[date, str] | None = None) -> list[ReleaseEntry]:
        """Return up to ``limit`` releases, newest first, ties by id, that come after the given (date, id)."""
        return self.catalog.entries(where, limit, after)

    def publishers(self) -> list[str]:
        """Return the publishers of the current releases, sorted."""
        return self.catalog.publishers()

    def export(self) -> Iterator[Release]:
        """Yield every current release, oldest first, ties by id."""
        return self.catalog.export()

    def every_passage(self) -> Iterator[Passage]:
        """Yield the passages of every current release, by their ids."""
        return self.catalog.every_passage()

    def close(self) -> None:
        """Close the catalog and let go of the search files."""
        self.catalog.close()
        del self._snapshot  # the caches refer to the index and back: it may live until the collector comes

    # The generation is in the signature for the cache's sake: what is cached holds for one generation.

    def _read_counts(self, generation: int) -> tuple[int, int]:
        return self.catalog.counts()

    def _current(self) -> Snapshot:
        """Return a snapshot of the newest generation that is published, or that can be made where none is."""
        if self._snapshot.generation == self.catalog.generation():
            return self._snapshot
        with self._lock:
            if self._snapshot.generation != self.catalog.generation():
                self.catalog.read_manifest()
                self._check_model()
                self._snapshot = self._newest(self._snapshot)
        return self._snapshot

    def _newest(self, held: Snapshot | None) -> Snapshot:
        """Return the newest state that can be had by reading: to mend the search files is a writer's work.

        Where a writer is at work, or died at it, that is what it published last: a true earlier state.
        """
        if held is None or self._files.generation() != held.generation:
            held = self._files.load() or held
        # An earlier state is of no use when none of its passages is left, as after embedding all of them again.
        if held is not None and self.catalog.has_unchanged(held.generation):
            return held
        return self._files.in_memory()


class _Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now
