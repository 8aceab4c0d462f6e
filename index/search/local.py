"""Searching a catalog by its two legs, and fusing what they find.

Search files are mapped into memory, and are looked at before searches, every 20 ms at most: what was cut off or
overwritten there is given up, as files found damaged when they are opened. One that is cut off in between still ends
the process (SIGBUS) if that is where a search reads.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from index.catalog.reader import Catalog
from index.errors import ManifestMismatchError
from index.protocols import QuestionEncoder
from index.search import fusion
from index.search.legs import KeywordLeg, KeywordWeights, SearchFiles, Snapshot
from index.text.everyday import in_official_words
from index.types import (
    Coverage,
    Figure,
    Found,
    Hit,
    IndexStatus,
    Passage,
    Ranking,
    Release,
    ReleaseEntry,
    ReleaseOrigin,
    Revision,
    SearchFilter,
    Vectors,
)

_EVERYTHING = SearchFilter()


class LocalIndex:
    """The `PassageIndex` of a catalog on this machine. Any number of threads may search it; it never writes."""

    def __init__(
        self, catalog: Catalog, files: SearchFiles, embedder: Callable[[], QuestionEncoder], ranking: Ranking
    ) -> None:
        """Load the search files, then call ``embedder``, whose model may have been loading in another thread meanwhile.

        Raises `ManifestMismatchError` if the index was built with another model.
        """
        self.catalog = catalog
        self.ranking = ranking
        self._files = files
        self._lock = threading.Lock()
        self._counts = lru_cache(maxsize=4)(self._read_counts)
        self._coverage = lru_cache(maxsize=4)(self._read_coverage)
        self._stamp = lru_cache(maxsize=4)(catalog.stamp)
        self._snapshot = self._newest(None)
        self.embedder = embedder()
        self._check_model()

    def _check_model(self) -> None:
        manifest = self.catalog.manifest
        if manifest.fingerprint != self.embedder.fingerprint:
            is_same = manifest.model == self.embedder.name
            why = ": it was trained again, or this version of pressqa computes it otherwise" if is_same else ""
            other = "" if is_same else f"ask with PRESSQA_MODEL={manifest.model}, or "
            raise ManifestMismatchError(
                f"{self.catalog.store.place} was built with {manifest.model} ({manifest.fingerprint[:12]}), not with"
                f" {self.embedder.name} ({self.embedder.fingerprint[:12]}){why}",
                f"{other}embed it again: pressqa ingest --reembed",
            )

    def search(self, question: str, k: int, where: SearchFilter = _EVERYTHING) -> Found:
        """Return the ``k`` best passages (at least 1) for a question, best first, ties by passage id.

        Raises `UnknownPublisherError` for a publisher that the index does not have.
        """
        clock = _Clock()
        self.catalog.check_publisher(where)
        clock.lap("filter")
        vector = self.embedder.encode_question(question)
        clock.lap("embed")
        found = self._search(question, vector, k, where, clock)
        if found is None:
            # All passages found have been replaced since: the index was embedded again while this search ran.
            found = self._search(question, vector, k, where, clock)
            found = found or Found((), self.catalog.generation(), {}, exhausted=True)
        return found

    def _search(self, question: str, vector: Vectors, k: int, where: SearchFilter, clock: "_Clock") -> Found | None:
        """Search the newest snapshot; None if it found passages but the catalog no longer holds any of them."""
        snapshot, generation = self._current()
        clock.lap("filter")
        depth = max(self.ranking.depth, k)
        dense = dict(snapshot.vectors.search(vector, depth, where))
        clock.lap("vectors")
        lexical = self._by_words(snapshot.keywords, question, depth, where)
        clock.lap("keywords")
        is_complete = len(dense) < depth  # the vector leg returns fewer than asked for only if there are no more
        fused = self._fuse(snapshot, vector, dense, lexical)
        hits = self._hits(fused, k, generation)
        clock.lap("fuse")
        if fused and not hits:
            return None
        return Found(hits, snapshot.generation, clock.laps, exhausted=is_complete and len(fused) <= k)

    def _by_words(self, leg: KeywordLeg, question: str, depth: int, where: SearchFilter) -> dict[int, float]:
        """Return BM25 scores by passage id, or for coverage the shares of the question that its words cover."""
        weights = KeywordWeights(self.ranking.title_weight, self.ranking.pair_weight)
        own = dict(leg.search(question, depth, where, weights))
        if self.ranking.fusion != "coverage":
            return own
        shares = fusion.covered(own, leg.information(question))
        official = in_official_words(question)
        if official is None:
            return shares
        found = dict(leg.search(official, depth, where, weights))
        return fusion.either(shares, fusion.covered(found, leg.information(official)))

    def _fuse(
        self, snapshot: Snapshot, vector: Vectors, dense: dict[int, float], lexical: dict[int, float]
    ) -> list[fusion.Fused]:
        if self.ranking.fusion == "rrf":
            return fusion.reciprocal_rank(dense, lexical, self.ranking.weight)
        # A keyword hit that the vector leg did not return still has an exact cosine; use it instead of 0.
        dense |= snapshot.vectors.cosines(vector, lexical.keys() - dense.keys())
        if self.ranking.fusion == "convex":
            return fusion.convex(dense, lexical, self.ranking.weight)
        return fusion.coverage(dense, lexical, self.ranking.weight)

    def _hits(self, fused: Sequence[fusion.Fused], k: int, generation: int) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for start in range(0, len(fused), k):
            some = fused[start : start + k]
            passages = self.catalog.passages([item.id for item in some], generation)
            # Passages that were removed since the snapshot was made are skipped, and the next best take their places.
            hits += [Hit(passages[i.id], i.score, i.dense, i.lexical) for i in some if i.id in passages]
            if len(hits) >= k:
                break
        return tuple(hits[:k])

    def status(self, generation: int | None = None) -> IndexStatus:
        """Return how much the index holds, or held at a ``generation`` that a search has just found.

        What was not asked for while the index was at that generation is told as it is now.
        """
        generation = self.catalog.generation() if generation is None else generation
        releases, passages = self._counts(generation)
        return IndexStatus(generation, releases, passages, self.catalog.manifest, self._stamp(generation) or "")

    def release(self, release_id: str, where: SearchFilter = _EVERYTHING) -> Release:
        """Return the revision of a release that was current at ``where.as_of``; raises `UnknownReleaseError`."""
        return self.catalog.release(release_id, where)

    def history(self, release_id: str) -> tuple[Revision, ...]:
        """Return all revisions of a release, the current one first; raises `UnknownReleaseError`."""
        return self.catalog.history(release_id)

    def origins(self, release_id: str) -> tuple[ReleaseOrigin, ...]:
        """Return where a release was found, the origin that gives its text first."""
        return self.catalog.origins(release_id)

    def figures(self, passages: Sequence[Passage]) -> list[tuple[Figure, ...]]:
        """Return, for each passage, the figures whose span lies in it, in the order of the text."""
        return self.catalog.figures(passages)

    def entries(self, where: SearchFilter, limit: int, after: tuple[date, str] | None = None) -> list[ReleaseEntry]:
        """Return up to ``limit`` releases, newest first, ties by id, that come after the given (date, id).

        Raises `UnknownPublisherError`.
        """
        return self.catalog.entries(where, limit, after)

    def publishers(self) -> list[str]:
        """Return the publishers of the current releases, sorted."""
        return self.catalog.publishers()

    def coverage(self) -> Coverage:
        """Return which publishers and days the current releases cover."""
        return self._coverage(self.catalog.generation())

    def export(self) -> Iterator[Release]:
        """Yield every current release, oldest first, ties by id."""
        return self.catalog.export()

    def every_passage(self) -> Iterator[Passage]:
        """Yield the passages of every current release, in the order of their ids."""
        return self.catalog.every_passage()

    def close(self) -> None:
        """Close the catalog and release the search files."""
        self.catalog.close()
        del self._snapshot  # the caches and the index refer to each other, so the index may stay in memory for a while

    def _read_counts(self, generation: int) -> tuple[int, int]:
        # ``generation`` is only the key under which the result is cached.
        return self.catalog.counts()

    def _read_coverage(self, generation: int) -> Coverage:
        return self.catalog.coverage()

    def _current(self) -> tuple[Snapshot, int]:
        """Return a snapshot of the newest generation that is published, or one made in memory if none is usable.

        With it comes the catalog's generation, which is a later one while what was written is being published.
        """
        generation = self.catalog.generation()
        if not self._is_newest(self._snapshot, generation):
            with self._lock:
                generation = self.catalog.generation()
                if not self._is_newest(self._snapshot, generation):
                    self.catalog.read_manifest()
                    self._check_model()
                    self._snapshot = self._newest(self._snapshot)
        return self._snapshot, generation

    def _is_newest(self, snapshot: Snapshot, generation: int) -> bool:
        return snapshot.generation == generation and not snapshot.is_replaced() and not snapshot.is_damaged()

    def _newest(self, snapshot: Snapshot | None) -> Snapshot:
        """Return the newest snapshot that can be loaded without writing; only a writer repairs the search files.

        While a writer works, or if it died, this is what was published last: an earlier state, but a correct one.
        ``snapshot`` is the one in use now.
        """
        if snapshot is None or self._is_past(snapshot):
            snapshot = self._files.load() or snapshot
        # An earlier state is useless if none of its passages is left, as after embedding all of them again.
        if snapshot is not None and not snapshot.is_damaged() and self.catalog.has_unchanged(snapshot.generation):
            return snapshot
        return self._files.in_memory()

    def _is_past(self, snapshot: Snapshot) -> bool:
        """Return True if a snapshot cannot be used any more, or something else is published."""
        is_past = snapshot.is_replaced() or snapshot.is_damaged()
        return is_past or self._files.generation() != snapshot.generation


class _Clock:
    """Measures the milliseconds of each stage: ``lap`` ends a stage, or more of it, and starts the next."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + (now - self._last) * 1000, 3)
        self._last = now
