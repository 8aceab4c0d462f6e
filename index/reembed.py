"""Splitting and embedding every stored revision again, for another model or passages of another length."""

from contextlib import closing

from index.catalog.writer import CatalogWriter, Prepared
from index.disk.lock import PATIENCE
from index.prepare import BATCH_TEXTS, CountTokens, EmbeddingAhead, Progress, counted, prepare
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
    passages = embedded = waiting = 0
    with catalog.writing(wait=PATIENCE), closing(EmbeddingAhead(catalog, embedder)) as ahead:
        prepared: list[tuple[int, Prepared]] = []
        for row, release in catalog.revisions():
            item = counted(prepare(release, embedder, manifest), count_tokens)
            prepared.append((row, item))
            ahead.add(item.texts)
            passages += len(item.chunks)
            waiting += len(item.chunks)
            if waiting >= BATCH_TEXTS:
                embedded += _store(catalog, ahead, embedder.fingerprint)
                waiting = 0
                progress(SyncProgress(len(prepared), passages))
        embedded += _store(catalog, ahead, embedder.fingerprint)
        catalog.replace_passages(manifest, prepared)
        files.publish()
    progress(SyncProgress(len(prepared), passages))
    return SyncReport(changed=len(prepared), passages=passages, embedded=embedded)


def _store(catalog: CatalogWriter, ahead: EmbeddingAhead, fingerprint: str) -> int:
    vectors = ahead.take()
    if vectors:
        catalog.store_vectors(vectors, fingerprint)
    return len(vectors)
