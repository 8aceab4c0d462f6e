"""Splitting and embedding every stored revision again, for another model or passages of another length."""

from collections.abc import Sequence

from index.catalog.writer import CatalogWriter, Prepared
from index.disk.lock import PATIENCE
from index.prepare import BATCH_TEXTS, CountTokens, Progress, embed_missing, prepare
from index.protocols import Embedder
from index.search.legs import SearchFiles
from index.types import Manifest, SyncProgress, SyncReport


def reembed(
    catalog: CatalogWriter,
    files: SearchFiles,
    embedder: Embedder,
    manifest: Manifest,
    *,
    count_tokens: CountTokens,
    progress: Progress = lambda done: None,
) -> SyncReport:
    """Split and embed every stored revision again under another manifest, and publish.

    Vectors are stored in the catalog's cache batch by batch, so that little is lost in a crash. All passages are
    replaced in one transaction at the end; until then the index answers as before.
    """
    passages = embedded = 0
    with catalog.writing(wait=PATIENCE):
        prepared: list[tuple[int, Prepared]] = []
        waiting: list[str] = []
        for row, release in catalog.revisions():
            item = prepare(release, embedder, manifest, count_tokens)
            prepared.append((row, item))
            waiting += item.texts
            passages += len(item.chunks)
            if len(waiting) >= BATCH_TEXTS:
                embedded += _cache(catalog, embedder, waiting)
                waiting = []
                progress(SyncProgress(len(prepared), passages))
        embedded += _cache(catalog, embedder, waiting)
        catalog.replace_passages(manifest, prepared)
        files.publish()
    progress(SyncProgress(len(prepared), passages))
    return SyncReport(changed=len(prepared), passages=passages, embedded=embedded)


def _cache(catalog: CatalogWriter, embedder: Embedder, texts: Sequence[str]) -> int:
    vectors = embed_missing(catalog, embedder, texts)
    if vectors:
        catalog.store_vectors(vectors, embedder.fingerprint)
    return len(vectors)
