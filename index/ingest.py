"""Bringing an index up to its sources: read, skip what is unchanged, split, embed, store, publish."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.catalog.changes import release_digest
from index.catalog.reader import Catalog
from index.catalog.writer import CatalogWriter, Prepared, text_key
from index.disk.lock import writing
from index.figures.read import figures
from index.search.files import LocalFiles
from index.text.passages import embedded_text, passage_prefix, split
from index.types import Embedder, Manifest, Problem, Release, SearchFilter, Source, SyncReport, Vectors

_BATCH_TEXTS = 256
"""A transaction is cut when this many passages wait: small enough to lose little in a crash."""

Progress = Callable[[SyncReport], None]
"""Called after every entry and every batch with the report so far."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""The reader's tokens (tiktoken) of each text."""


def prepare(release: Release, embedder: Embedder, manifest: Manifest, count_tokens: CountTokens) -> Prepared:
    """Read a release's figures and split it as its index was built.

    Of each chunk count the reader's tokens and make the embedded text.
    """
    prefix = passage_prefix(release, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    chunks = split(
        release.body,
        count_tokens=embedder.count_tokens,
        max_tokens=embedder.max_tokens,
        target=manifest.chunk_tokens,
        overlap=manifest.chunk_overlap,
        prefix=prefix,
    )
    tokens = count_tokens([chunk.span.of(release.body) for chunk in chunks])
    texts = [embedded_text(prefix, release.body, chunk) for chunk in chunks]
    found = figures(release.body, release.published)
    return Prepared(release, tuple(chunks), tuple(tokens), tuple(texts), tuple(found))


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
                if batch.texts >= _BATCH_TEXTS:
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
    vectors = _embed(catalog, embedder, [text for item in batch.items for text in item.texts])
    added, changed, passages = catalog.put(batch.items, vectors, today)
    report.added += added
    report.changed += changed
    report.passages += passages
    report.embedded += len(vectors)


def _embed(catalog: Catalog, embedder: Embedder, texts: Sequence[str]) -> dict[bytes, Vectors]:
    """Return the vectors of those texts that the cache does not hold, by content address."""
    keyed = {text_key(text): text for text in texts}
    held = catalog.embedded(list(keyed), embedder.fingerprint)
    missing = [key for key in keyed if key not in held]
    made = embedder.encode_passages([keyed[key] for key in missing])
    return dict(zip(missing, made, strict=True))


def remove(catalog: CatalogWriter, release_ids: Sequence[str]) -> None:
    """Delete releases and publish; raises `UnknownReleaseError`, before anything is deleted, for an unknown id."""
    with writing(catalog.folder):
        for release_id in release_ids:
            catalog.release(release_id, SearchFilter())
        catalog.remove(release_ids)
        LocalFiles(catalog).publish()


def reembed(
    catalog: CatalogWriter,
    embedder: Embedder,
    manifest: Manifest,
    *,
    count_tokens: CountTokens,
    progress: Progress = lambda report: None,
) -> SyncReport:
    """Split and embed every stored revision anew under another manifest, and publish.

    Vectors go to the cache batch by batch, so that a crash loses little; the passages change in one transaction
    at the end, and until then the index answers as before.
    """
    report = SyncReport()
    with writing(catalog.folder):
        prepared: list[tuple[int, Prepared]] = []
        waiting: list[str] = []
        for row, release in catalog.revisions():
            item = prepare(release, embedder, manifest, count_tokens)
            prepared.append((row, item))
            waiting += item.texts
            report.changed += 1
            report.passages += len(item.chunks)
            if len(waiting) >= _BATCH_TEXTS:
                report.embedded += _cache(catalog, embedder, waiting)
                waiting = []
                progress(report)
        report.embedded += _cache(catalog, embedder, waiting)
        catalog.replace_passages(manifest, prepared)
        LocalFiles(catalog).publish()
    progress(report)
    return report


def _cache(catalog: CatalogWriter, embedder: Embedder, texts: Sequence[str]) -> int:
    vectors = _embed(catalog, embedder, texts)
    if vectors:
        catalog.store_vectors(vectors, embedder.fingerprint)
    return len(vectors)
