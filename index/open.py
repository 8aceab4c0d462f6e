"""Opening an index: to search it, to read what is stored in it, or to write to it. All other code opens it from here.

An index is named by its place, a data folder, which holds the catalog and, next to it, the search files that are made
from the catalog. Either may be elsewhere: ``server`` is the address of a Milvus server that holds what is searched, and
``catalog`` that of a PostgreSQL database that holds the catalog. The libraries of each (FAISS, tantivy, pymilvus,
psycopg) are imported only when it is opened, and the errors of a server (`SearchServerError`, `CatalogServerError`) are
raised by everything that asks it.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from index.catalog.pages import SourcePages
from index.catalog.reader import Catalog
from index.catalog.sqlite import FILE
from index.catalog.stores import exists, store_of
from index.catalog.writer import CatalogWriter
from index.disk.lock import PATIENCE
from index.errors import PressqaError
from index.protocols import (
    Embedder,
    IndexPreview,
    IndexWriter,
    KnownPages,
    PassageIndex,
    QuestionEncoder,
    Source,
    StoredReleases,
)
from index.search.legs import KeywordWeights, SearchFiles
from index.types import Manifest, Memory, Ranking, SyncProgress, SyncReport, Verdict


def manifest_of(place: Path, catalog: str | None = None) -> Manifest:
    """Return what an index was built with, without loading a model.

    Raises `IndexMissingError` or `CatalogDamagedError`.
    """
    with closing(Catalog(place, catalog)) as opened:
        return opened.manifest


def open_index(
    place: Path,
    embedder: Callable[[], QuestionEncoder],
    ranking: Ranking,
    server: str | None = None,
    *,
    memory: Memory = "normal",
    catalog: str | None = None,
) -> PassageIndex:
    """Open an index to search it; ``embedder`` is called last, so that its model may load in another thread meanwhile.

    Nothing is written. ``memory`` says how much of it searching in files may take. Raises `IndexMissingError`,
    `CatalogDamagedError`, or `ManifestMismatchError` if the index was built with another model; with a ``server`` also
    `SearchServerError`, and `InputError` for what it cannot rank by.
    """
    from index.search.local import LocalIndex

    if server is not None:
        from index.search.milvus.legs import check_weights

        check_weights(KeywordWeights(ranking.title_weight, ranking.pair_weight))
    opened = Catalog(place, catalog)
    try:
        return LocalIndex(opened, _files(opened, server, memory), embedder, ranking)
    except BaseException:
        opened.close()
        raise


def open_releases(place: Path, catalog: str | None = None) -> StoredReleases:
    """Open an index to read what is stored in it, without loading a model or the search files.

    Raises `IndexMissingError` or `CatalogDamagedError`.
    """
    return Catalog(place, catalog)


def searched_generation(place: Path, server: str | None = None, catalog: str | None = None) -> int | None:
    """Return the generation that the search files of an index hold; None if they are missing or cannot be used.

    Raises `SearchServerError`.
    """
    with closing(Catalog(place, catalog)) as opened:
        return _files(opened, server).generation()


def changed_at(place: Path, server: str | None = None, catalog: str | None = None) -> float | None:
    """Return when an index was changed last, as a Unix time; None if it was never changed or is not there."""
    if server is None:
        from index.search.files import published_at

        return published_at(place)
    from index.search.milvus.files import MilvusFiles
    from index.search.milvus.server import server_at

    try:
        with closing(Catalog(place, catalog)) as opened:
            return MilvusFiles(opened, server_at(server)).published_at()
    except PressqaError:
        return None


def catalog_file(place: Path, catalog: str | None = None) -> tuple[int, int] | None:
    """Return which file holds the catalog of an index, by device and number; None if there is none, or it is no file.

    It is another one after the index was deleted and made again, or put back from a backup.
    """
    if catalog is not None:
        return None
    try:
        status = (place / FILE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def discard(place: Path, server: str | None, catalog: str | None = None) -> None:
    """Delete what a server holds of an index, before the folder with its catalog is deleted; nothing without a server.

    Raises `SearchServerError`.
    """
    if server is None:
        return
    from index.search.milvus.files import MilvusFiles
    from index.search.milvus.server import server_at

    with closing(Catalog(place, catalog)) as opened:
        MilvusFiles(opened, server_at(server)).discard()


def search_structure(place: Path, server: str | None = None, catalog: str | None = None) -> str | None:
    """Return in a few words how the vectors of an index are searched; None if nothing usable is published.

    Raises `SearchServerError`.
    """
    with closing(Catalog(place, catalog)) as opened:
        if server is not None:
            from index.search.milvus.files import MilvusFiles
            from index.search.milvus.server import server_at

            return MilvusFiles(opened, server_at(server)).structure()
        from index.search.files import LocalFiles

        files = LocalFiles(opened)
        if files.generation() is None:
            return None
        structure = files.structure()
    return "every vector" if structure is None else f"{structure.lists} lists, 8 bits a dimension, scored again"


def _files(catalog: Catalog, server: str | None, memory: Memory = "normal") -> SearchFiles:
    """Return the search files of a catalog: in its folder, or on a server; raises `InputError` for no address."""
    if server is None:
        from index.search.files import LocalFiles

        return LocalFiles(catalog, memory)
    from index.search.milvus.files import MilvusFiles
    from index.search.milvus.server import server_at

    return MilvusFiles(catalog, server_at(server))


def open_writer(
    place: Path,
    make: Callable[[], Manifest] | None = None,
    server: str | None = None,
    *,
    memory: Memory = "normal",
    catalog: str | None = None,
) -> IndexWriter:
    """Open an index to write to it; each method of the writer takes the write lock, and none is held in between.

    ``memory`` says from how many passages on `IndexWriter.maintain` arranges vectors in lists. If there is no index
    yet, an empty one is made with the manifest that ``make`` returns; without ``make`` an `IndexMissingError` is
    raised. An index of an earlier schema is migrated to the newest. Raises `CatalogDamagedError`,
    `ManifestMismatchError`, `IndexLockedError` or `StorageError`.
    """
    if make is not None and not exists(place, catalog):
        return LocalWriter(CatalogWriter.create(place, make(), catalog, wait=PATIENCE), server, memory)
    return LocalWriter(CatalogWriter(place, catalog), server, memory)


def copy_catalog(place: Path, to: Path, *, catalog: str | None = None, to_catalog: str | None = None) -> int:
    """Copy a catalog to the folder ``to``, or to the address ``to_catalog``, which holds none; return its revisions.

    Search files are made there by `IndexWriter.verify`. Raises `IndexMissingError`, `CatalogDamagedError`, `InputError`
    if there is an index there already, or `StorageError`.
    """
    from index.catalog.copying import copy

    with closing(CatalogWriter(place, catalog)) as opened:  # for writing, so that it has the newest schema
        return copy(opened, store_of(to, to_catalog), wait=PATIENCE)


def open_preview(place: Path, catalog: str | None = None) -> IndexPreview:
    """Open an index to see what an ingest would do to it; nothing is written, whatever its schema.

    Raises `IndexMissingError`, `CatalogDamagedError`, or `ManifestMismatchError` for a schema that cannot be read.
    """
    return _Preview(Catalog(place, catalog))


class _Preview:
    """The `IndexPreview` of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def pages(self, source: str, settings: str = "") -> KnownPages:
        """Return what is remembered of the web pages that the source of this name has read."""
        return SourcePages(self._catalog, source, settings)

    def preview(self, sources: Iterable[Source]) -> SyncReport:
        """Return what a sync would do; see `index.preview.preview`."""
        from index.preview import preview

        return preview(self._catalog, sources)

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()


class LocalWriter:
    """The `IndexWriter` of one catalog, whose search files are in its data folder or on a ``server``."""

    def __init__(self, catalog: CatalogWriter, server: str | None = None, memory: Memory = "normal") -> None:
        self._catalog = catalog
        self._files = _files(catalog, server, memory)

    @property
    def manifest(self) -> Manifest:
        """What the index was built with."""
        return self._catalog.manifest

    def revisions(self) -> int:
        """Return how many revisions of releases are stored; `reembed` embeds all of them."""
        return self._catalog.count_revisions()

    def sync(
        self,
        embedder: Embedder,
        sources: Iterable[Source],
        *,
        count_tokens: Callable[[Sequence[str]], list[int]],
        today: date,
        recognise: bool = False,
        progress: Callable[[SyncProgress], None] = lambda done: None,
    ) -> SyncReport:
        """Ingest what the sources yield, and publish; see `index.ingest.sync`."""
        from index.ingest import sync

        return sync(
            self._catalog,
            self._files,
            embedder,
            sources,
            count_tokens=count_tokens,
            today=today,
            recognise=recognise,
            progress=progress,
        )

    def pages(self, source: str, settings: str = "") -> KnownPages:
        """Return what is remembered of the web pages that the source of this name has read."""
        return SourcePages(self._catalog, source, settings)

    def remove(self, release_ids: Sequence[str]) -> None:
        """Delete releases with all their revisions, and publish; see `index.ingest.remove`."""
        from index.ingest import remove

        remove(self._catalog, self._files, release_ids)

    def reembed(
        self,
        embedder: Embedder,
        manifest: Manifest,
        *,
        count_tokens: Callable[[Sequence[str]], list[int]],
        progress: Callable[[SyncProgress], None] = lambda done: None,
    ) -> SyncReport:
        """Split and embed every revision again under another manifest, and publish; see `index.reembed.reembed`."""
        from index.reembed import reembed

        return reembed(self._catalog, self._files, embedder, manifest, count_tokens=count_tokens, progress=progress)

    def verify(self) -> Verdict:
        """Read the whole index and repair the search files; see `index.verify.verify`."""
        from index.verify import verify

        return verify(self._catalog, self._files)

    def maintain(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Merge parts of the search files and train lists, as far as due; see `index.search.maintenance`."""
        self._files.maintain(stop)

    def close(self) -> None:
        """Close the catalog."""
        self._catalog.close()
