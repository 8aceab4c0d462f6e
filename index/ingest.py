"""Bringing an index up to its sources: read, skip what is unchanged, split, embed, store, publish."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.catalog.changes import release_digest
from index.catalog.reader import Catalog
from index.catalog.writer import CatalogWriter, Prepared
from index.disk.lock import writing
from index.prepare import BATCH_TEXTS, CountTokens, Progress, embed_missing, prepare
from index.search.files import LocalFiles
from index.types import Embedder, Problem, Release, SearchFilter, Source, SyncReport


@dataclass(slots=True)
class _Batch:
    items: list[Prepared] = field(default_factory=list)
    texts: int = 0

    def add(self, item: Prepared) -> None:
        self.items.append(item)
        self.texts += len(item.chunks)


def sync(
    catalog: CatalogWriter,
    embedder: Embedder,
    sources: Iterable[Source],
    *,
    count_tokens: CountTokens,
    today: date,
    progress: Progress = lambda report: None,
) -> SyncReport:
    """Ingest every release of the sources, and publish; unchanged releases cost neither splitting nor embedding.

    A bad entry, and a second one with an id that this run has already seen, becomes a `Problem` of the report;
    the others are stored, a batch a transaction. Raises `IndexLockedError` when another process writes,
    `SourceError` when a source cannot be read at all (what came before it is kept).
    """
    report = SyncReport()
    with writing(catalog.folder):
        try:
            batch = _Batch()
            for release in _fresh(catalog, _entries(sources, report, progress), report):
                batch.add(prepare(release, embedder, catalog.manifest, count_tokens))
                if batch.texts >= BATCH_TEXTS:
                    _store(catalog, embedder, batch, report, today)
                    progress(report)
                    batch = _Batch()
            if batch.items:
                _store(catalog, embedder, batch, report, today)
                progress(report)
        finally:
            # Also when a source fails half way: what was committed should be found.
            LocalFiles(catalog).publish()
    return report


def _entries(sources: Iterable[Source], report: SyncReport, progress: Progress) -> Iterator[Release]:
    seen: dict[str, str] = {}
    for source in sources:
        for entry in source.read():
            if isinstance(entry, Problem):
                report.problems.append(entry)
            elif entry.id in seen:
                where = f"{source.name}: {entry.title!r}"
                reason = f"duplicate id {entry.id!r}: {seen[entry.id]!r} has it already in this run"
                report.problems.append(Problem(where, reason))
            else:
                seen[entry.id] = entry.title
                yield entry
            progress(report)


def _fresh(catalog: Catalog, releases: Iterator[Release], report: SyncReport) -> Iterator[Release]:
    """Yield the releases that are new or changed, asking the catalog for many at once."""
    for group in _grouped(releases, 200):
        known = catalog.digests([release.id for release in group])
        for release in group:
            if known.get(release.id) == release_digest(release):
                report.unchanged += 1
            else:
                yield release


def _grouped(releases: Iterator[Release], size: int) -> Iterator[list[Release]]:
    group: list[Release] = []
    for release in releases:
        group.append(release)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _store(catalog: CatalogWriter, embedder: Embedder, batch: _Batch, report: SyncReport, today: date) -> None:
    vectors = embed_missing(catalog, embedder, [text for item in batch.items for text in item.texts])
    added, changed, passages = catalog.put(batch.items, vectors, today)
    report.added += added
    report.changed += changed
    report.passages += passages
    report.embedded += len(vectors)


def remove(catalog: CatalogWriter, release_ids: Sequence[str]) -> None:
    """Delete releases and publish; raises `UnknownReleaseError`, before anything is deleted, for an unknown id."""
    with writing(catalog.folder):
        for release_id in release_ids:
            catalog.release(release_id, SearchFilter())
        catalog.remove(release_ids)
        LocalFiles(catalog).publish()
