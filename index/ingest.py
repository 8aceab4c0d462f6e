"""Bringing an index up to date with its sources: read, skip what is unchanged, split, embed, store, publish.

The write lock is held only while a batch is stored and while the search files are published, so that a slow source does
not keep other processes from writing. Another process may therefore have written since an entry was read:
`CatalogWriter.put` compares each release with the catalog once more. Reading a source again from its last stored
checkpoint changes nothing.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date

from index.catalog.changes import Described, Withdrawal
from index.catalog.writer import CatalogWriter, Prepared
from index.decisions import Decisions, News
from index.disk.interrupts import held_back
from index.disk.lock import PATIENCE
from index.errors import IndexLockedError, ManifestMismatchError, SourceError
from index.prepare import BATCH_TEXTS, CountTokens, EmbeddingAhead, Progress, counted, embed_missing, prepare
from index.protocols import Embedder, Source
from index.search.legs import SearchFiles
from index.types import SearchFilter, SyncProgress, SyncReport

_MOMENT = 0.5
"""How many seconds to wait for the lock at least: what was merged is published under it, in less, and nothing else."""


def sync(
    catalog: CatalogWriter,
    files: SearchFiles,
    embedder: Embedder,
    sources: Iterable[Source],
    *,
    count_tokens: CountTokens,
    today: date,
    recognise: bool = False,
    progress: Progress = lambda done: None,
) -> SyncReport:
    """Ingest what the sources yield, and publish; unchanged releases are neither split nor embedded.

    With ``recognise``, a release that another source gave already is not stored twice (`index.same_release`).

    Each source is read from its last stored checkpoint. A bad entry becomes a `Problem` in the report, and so does a
    second text for an id that this run has already seen, unless both have a day of update and the second one's is
    later. All other entries are stored, in one transaction for each batch. A source that cannot be read, or not to its
    end, is a `Problem` too, and the others are read.

    Raises:
        SourceError: that is so of every source; what came before is kept.
        IndexLockedError: another process still held the write lock after `PATIENCE` seconds; earlier batches are kept.
        ManifestMismatchError: another process has meanwhile embedded the index with another model or other passages.
    """
    run = _Run(catalog, embedder, count_tokens, today, progress, recognise=recognise)
    try:
        try:
            for source in sources:
                run.read(source)
            run.store()
            run.check()
        finally:
            run.close()
    except BaseException:
        with contextlib.suppress(Exception):  # the first error says what became of the batch; this one often follows it
            run.publish(files)  # searches should find what was committed
        raise
    run.publish(files)
    return run.report()


def remove(catalog: CatalogWriter, files: SearchFiles, release_ids: Sequence[str]) -> None:
    """Delete releases and publish; nothing of their text is left in any file of the index.

    Raises `UnknownReleaseError`, before anything is deleted, for an unknown id; `IndexLockedError` if somebody is still
    reading an earlier state.
    """
    with held_back(), catalog.writing(wait=PATIENCE):
        for release_id in release_ids:
            catalog.release(release_id, SearchFilter())
        catalog.remove(release_ids)
        files.publish()
        is_read: IndexLockedError | None = None
        try:
            catalog.scrub()
        except IndexLockedError as error:
            is_read = error
    files.clean()  # without the lock: others may write while parts are made anew
    if is_read is not None:
        raise is_read


class _Run:
    """One run of `sync`: what has been decided but not stored yet, and what has been done so far."""

    def __init__(
        self,
        catalog: CatalogWriter,
        embedder: Embedder,
        count_tokens: CountTokens,
        today: date,
        progress: Progress,
        *,
        recognise: bool,
    ) -> None:
        self.has_stored = False
        self._catalog = catalog
        self._manifest = catalog.manifest
        self._embedder = embedder
        self._ahead = EmbeddingAhead(catalog, embedder)
        self._count_tokens = count_tokens
        self._today = today
        self._progress = progress
        self._decisions = Decisions(catalog, recognise=recognise)
        self._counts: Counter[str] = Counter()
        self._batch: list[Prepared | Withdrawal | Described] = []
        self._texts = 0

    def read(self, source: Source) -> None:
        """Take everything that a source yields, and store whenever a batch is full."""
        try:
            for entry in source.read(self._decisions.begin(source)):
                item = self._decisions.decide(entry, source)
                if isinstance(item, News):
                    made = prepare(item.release, self._embedder, self._manifest)
                    self._batch.append(replace(made, stands_from=item.stands_from))
                    self._texts += len(made.chunks)
                    self._ahead.add(made.texts)
                elif item is not None:
                    self._batch.append(item)
                if max(self._texts, len(self._batch), self._decisions.pages) >= BATCH_TEXTS:
                    self.store()
                self._tell()
        except SourceError as error:
            self._decisions.end(source, error)
        else:
            self._decisions.end(source)

    def close(self) -> None:
        """End the thread that embeds."""
        self._ahead.close()

    def check(self) -> None:
        """Raise `SourceError` if no source could be read."""
        self._decisions.check()

    def store(self) -> None:
        """Store in one transaction what was decided and the checkpoints that were passed, then empty the batch."""
        reading = self._decisions.reading()
        if self._batch or not reading.is_empty:
            texts = [text for item in self._batch if isinstance(item, Prepared) for text in item.texts]
            self._ahead.begin()
            # Counting reads a large vocabulary when it begins, which takes as long as embedding a few releases.
            batch = [counted(item, self._count_tokens) if isinstance(item, Prepared) else item for item in self._batch]
            vectors = self._ahead.take()
            with held_back(), self._catalog.writing(wait=PATIENCE):
                self._check_manifest()
                if batch:
                    # another process may have removed a release meanwhile, and with it vectors that were at hand
                    vectors |= embed_missing(self._catalog, self._embedder, texts, vectors)
                    self._counts.update(asdict(self._catalog.put(batch, vectors, self._today, reading)))
                    self.has_stored = True
                else:
                    self._catalog.store_reading(reading)
            self._counts["embedded"] += len(vectors)
        self._batch, self._texts = [], 0
        self._decisions.stored()
        self._tell()

    def _check_manifest(self) -> None:
        if self._catalog.read_manifest() != self._manifest:
            raise ManifestMismatchError(
                f"{self._catalog.store.place} was embedded again by another process while this one was reading",
                "run the command again: what was stored is kept",
            )

    def _tell(self) -> None:
        counts = self._counts + self._decisions.counts
        done = counts["added"] + counts["changed"] + counts["unchanged"] + len(self._decisions.problems)
        self._progress(SyncProgress(done, counts["passages"]))

    def publish(self, files: SearchFiles) -> None:
        """Bring the search files up to date; if nothing was stored, not while another process holds the write lock."""
        _publish(self._catalog, files, wait=PATIENCE if self.has_stored else None)

    def report(self) -> SyncReport:
        """Return what was done so far."""
        counts = self._counts + self._decisions.counts
        problems, skipped = tuple(self._decisions.problems), tuple(self._decisions.skipped)
        return SyncReport(**counts, problems=problems, skipped=skipped)


def _publish(catalog: CatalogWriter, files: SearchFiles, *, wait: float | None) -> None:
    """Bring the search files up to date with the catalog, waiting up to ``wait`` seconds for the write lock.

    With ``wait`` None, do nothing if another process keeps the lock: it will publish when it is done.
    """
    try:
        with held_back(), catalog.writing(wait=_MOMENT if wait is None else wait):
            files.publish()
    except IndexLockedError:
        if wait is not None:
            raise
