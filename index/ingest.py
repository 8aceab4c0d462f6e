"""Bringing an index up to date with its sources: read, skip what is unchanged, split, embed, store, publish.

The write lock is held only while a batch is stored and while the search files are published, so that a slow source does
not keep other processes from writing. Another process may therefore have written since an entry was read:
`CatalogWriter.put` compares each release with the catalog once more. Reading a source again from its last stored
checkpoint changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from index.catalog.changes import Current, Withdrawal, is_news, release_digest, withdraws
from index.catalog.writer import CatalogWriter, Prepared, Reading
from index.disk.lock import PATIENCE, writing
from index.errors import IndexLockedError, ManifestMismatchError, SourceError
from index.prepare import BATCH_TEXTS, CountTokens, Progress, embed_missing, prepare
from index.protocols import Embedder, Source
from index.same_release import Recognition
from index.search.legs import SearchFiles
from index.types import (
    Checkpoint,
    Cursor,
    PageRead,
    Problem,
    Release,
    SearchFilter,
    Skipped,
    SyncProgress,
    SyncReport,
    Withdrawn,
)


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
    failed: list[SourceError] = []
    number = 0
    try:
        for source in sources:
            number += 1
            try:
                run.read(source)
            except SourceError as error:
                failed.append(error)
                run.refuse(source, error)
        run.store()
        if failed and len(failed) == number:
            raise failed[0]
    finally:
        # Also when something fails half way: searches should find what was committed.
        _publish(catalog, files, wait=PATIENCE if run.has_stored else None)
    return run.report()


def refusal(where: str, error: SourceError) -> Problem:
    """Return the `Problem` of a path or source that cannot be read, with what to do about it."""
    reason = str(error).removeprefix(f"{where} ").removesuffix(f": {where}")
    return Problem(where, f"{reason}; {error.hint}" if error.hint else reason)


def remove(catalog: CatalogWriter, files: SearchFiles, release_ids: Sequence[str]) -> None:
    """Delete releases and publish; nothing of their text is left in any file of the index.

    Raises `UnknownReleaseError`, before anything is deleted, for an unknown id; `IndexLockedError` if somebody is still
    reading an earlier state.
    """
    with writing(catalog.folder, wait=PATIENCE):
        for release_id in release_ids:
            catalog.release(release_id, SearchFilter())
        catalog.remove(release_ids)
        files.publish()
        catalog.scrub()


class _Run:
    """One run of `sync`: what has been read but not stored yet, and what has been done so far."""

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
        self._count_tokens = count_tokens
        self._today = today
        self._progress = progress
        self._said = _Said()
        self._recognition = Recognition(catalog) if recognise else None
        self._counts: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._skipped: list[Skipped] = []
        self._clear()

    def _clear(self) -> None:
        if self._recognition is not None:
            self._recognition.clear()
        self._pages: list[tuple[str, PageRead]] = []
        self._batch: list[Prepared | Withdrawal] = []
        self._pending: dict[str, Current] = {}
        self._cursors: dict[str, Cursor] = {}
        self._texts = 0

    def read(self, source: Source) -> None:
        """Take everything that a source yields, and store whenever a batch is full."""
        for entry in source.read(self._catalog.cursor(source.name)):
            if isinstance(entry, Problem):
                self._problems.append(entry)
            elif isinstance(entry, Release):
                self._take(entry, source)
            elif isinstance(entry, Withdrawn):
                self._withdraw(entry, source)
            elif isinstance(entry, Skipped):
                self._skipped.append(entry)
            elif isinstance(entry, PageRead):
                self._note(entry, source)
            else:
                self._pass(entry, source)
            if max(self._texts, len(self._batch), len(self._pages)) >= BATCH_TEXTS:
                self.store()
            self._tell()
        self._said.next_source()

    def refuse(self, source: Source, error: SourceError) -> None:
        """Record that a source could not be read to its end."""
        self._problems.append(refusal(source.name, error))
        self._said.next_source()

    def _take(self, release: Release, source: Source) -> None:
        stands_from = None
        if self._recognition is not None:
            match = self._recognition.match(source, release)
            stands_from = release.published if match.replaces_copy else None
            if not match.takes_text:
                self._counts["unchanged"] += 1
                return
            release = replace(release, id=match.release_id)
        digest = release_digest(release)
        conflict = self._said.conflict(release, digest)
        if conflict is not None:
            self._problems.append(Problem(f"{source.name}: {release.title!r}", conflict))
        elif is_news(digest, release.updated, self._current(release.id)):
            item = prepare(release, self._embedder, self._manifest, self._count_tokens)
            self._batch.append(replace(item, stands_from=stands_from))
            self._pending[release.id] = Current(digest, release.updated, None)
            self._texts += len(item.chunks)
        else:
            self._counts["unchanged"] += 1

    def _current(self, release_id: str) -> Current | None:
        """Return what the catalog holds of a release, or will hold once the batch is stored."""
        return self._pending.get(release_id) or self._catalog.current(release_id)

    def _note(self, page: PageRead, source: Source) -> None:
        """Keep what became of a page for the batch, under the id that its release is known by."""
        if page.failure is not None:
            self._problems.append(Problem(page.address, page.failure))
        self._counts["unchanged"] += page.is_unchanged
        if page.release_id is not None and self._recognition is not None:
            page = replace(page, release_id=self._recognition.release_id(source, page.release_id))
        self._pages.append((source.name, page))

    def _withdraw(self, entry: Withdrawn, source: Source) -> None:
        if self._recognition is not None:
            entry = replace(entry, release_id=self._recognition.release_id(source, entry.release_id))
            if not self._recognition.gives_text(source, entry.release_id):
                return
        item = self._said.withdrawn(entry)
        if withdraws(item, self._current(item.release_id)):
            self._batch.append(item)

    def _pass(self, checkpoint: Checkpoint, source: Source) -> None:
        self._said.checkpoint()
        self._cursors[source.name] = checkpoint.cursor

    def store(self) -> None:
        """Store in one transaction what was read and the checkpoints that were passed, then empty the batch."""
        new = {name: cursor for name, cursor in self._cursors.items() if cursor != self._catalog.cursor(name)}
        origins = tuple(self._recognition.pending) if self._recognition is not None else ()
        reading = Reading(new, tuple(self._pages), origins)
        if self._batch or not reading.is_empty:
            texts = [text for item in self._batch if isinstance(item, Prepared) for text in item.texts]
            vectors = embed_missing(self._catalog, self._embedder, texts) if texts else {}
            with writing(self._catalog.folder, wait=PATIENCE):
                self._check_manifest()
                if self._batch:
                    self._counts.update(asdict(self._catalog.put(self._batch, vectors, self._today, reading)))
                    self.has_stored = True
                else:
                    self._catalog.store_reading(reading)
            self._counts["embedded"] += len(vectors)
        self._clear()
        self._tell()

    def _check_manifest(self) -> None:
        if self._catalog.read_manifest() != self._manifest:
            raise ManifestMismatchError(
                f"{self._catalog.folder} was embedded again by another process while this one was reading",
                "run the command again: what was stored is kept",
            )

    def _tell(self) -> None:
        counts = self._counts
        done = counts["added"] + counts["changed"] + counts["unchanged"] + len(self._problems)
        self._progress(SyncProgress(done, counts["passages"]))

    def report(self) -> SyncReport:
        """Return what was done so far."""
        return SyncReport(**self._counts, problems=tuple(self._problems), skipped=tuple(self._skipped))


@dataclass(frozen=True, slots=True)
class _Version:
    """What a run has read about a release: its latest accepted version, and the day of a later withdrawal."""

    title: str
    digest: str | None
    updated: date | None
    withdrawn: date | None


class _Said:
    """What the sources of a run have yielded for each release, so that contradictions are noticed.

    A checkpoint begins a new stretch: what a source yields after it is newer and contradicts nothing before it. A run
    that starts at a stored checkpoint therefore decides as the run that stored it would have decided.
    """

    def __init__(self) -> None:
        self._stretch: dict[str, _Version] = {}
        self._earlier: dict[str, _Version] = {}

    def conflict(self, release: Release, digest: str) -> str | None:
        """Record a release and return None, or return the reason why it cannot be accepted, for a `Problem`."""
        updated = release.updated
        here = self._stretch.get(release.id)
        withdrawn = here.withdrawn if here else None
        said = here if here and here.digest else self._earlier.get(release.id)
        if said is not None and said.digest == digest:
            latest = max((day for day in (said.updated, updated) if day), default=None)
            self._stretch[release.id] = _Version(said.title, digest, latest, withdrawn)
            return None
        if said is not None and not _is_later(updated, said.updated):
            return f"duplicate id {release.id!r}: {said.title!r} has it already in this run"
        if withdrawn is not None and not _is_later(updated, withdrawn):
            return f"id {release.id!r} was withdrawn on {withdrawn} earlier in this run"
        self._stretch[release.id] = _Version(release.title, digest, updated, None)
        return None

    def withdrawn(self, entry: Withdrawn) -> Withdrawal:
        """Record a withdrawal, and return it with the version that the source yielded before it in this stretch."""
        said = self._stretch.get(entry.release_id) or _Version("", None, None, None)
        self._stretch[entry.release_id] = replace(said, withdrawn=entry.day)
        return Withdrawal(entry.release_id, entry.day, said.digest, said.updated)

    def checkpoint(self) -> None:
        """Begin a new stretch of the same source."""
        self._stretch.clear()

    def next_source(self) -> None:
        """Begin another source; what earlier ones yielded is remembered."""
        self._earlier |= {name: said for name, said in self._stretch.items() if said.digest}
        self._stretch.clear()


def _is_later(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day > other


def _publish(catalog: CatalogWriter, files: SearchFiles, *, wait: float | None) -> None:
    """Bring the search files up to date with the catalog, waiting up to ``wait`` seconds for the write lock.

    With ``wait`` None, do nothing if another process holds the lock: it will publish when it is done.
    """
    try:
        with writing(catalog.folder, wait=wait or 0.0):
            files.publish()
    except IndexLockedError:
        if wait is not None:
            raise
