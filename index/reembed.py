"""Splitting and embedding every stored revision anew, for another model or other passages."""

from collections.abc import Sequence

from index.catalog.writer import CatalogWriter, Prepared
from index.disk.lock import writing
from index.prepare import BATCH_TEXTS, CountTokens, Progress, embed_missing, prepare
from index.search.legs import SearchFiles
from index.types import Embedder, Manifest, SyncReport


def reembed(
    catalog: CatalogWriter,
    files: SearchFiles,
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
            if len(waiting) >= BATCH_TEXTS:
                report.embedded += _cache(catalog, embedder, waiting)
                waiting = []
                progress(report)
        report.embedded += _cache(catalog, embedder, waiting)
        catalog.replace_passages(manifest, prepared)
        files.publish()
    progress(report)
    return report


def _cache(catalog: CatalogWriter, embedder: Embedder, texts: Sequence[str]) -> int:
    vectors = embed_missing(catalog, embedder, texts)
    if vectors:
        catalog.store_vectors(vectors, embedder.fingerprint)
    return len(vectors)
