"""Keeping an index: what ``pressqa ingest``, ``remove``, ``export`` and ``verify`` do, from settings to result."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol

from index import ingest as ingesting
from index import reembed as reembedding
from index.catalog.reader import Catalog
from index.catalog.schema import SCHEMA, exists
from index.catalog.writer import CatalogWriter
from index.disk.lock import writing
from index.errors import ManifestMismatchError, StorageError
from index.models.load import DeferredEmbedder, load_embedder
from index.models.names import DEFAULT_MODEL
from index.prepare import CountTokens
from index.search.files import LocalFiles
from index.sources import dump_line, open_source
from index.text.token_counts import DEFAULT_ENCODING, load_encoding
from index.types import Embedder, Manifest, Release, ReleaseEntry, SearchFilter, Source, SyncReport
from index.verify import Verdict, verify
from qa.limits import check_dates
from qa.settings import Settings

_REEMBED = "drop the setting, choose another folder (--data), or embed it anew: pressqa ingest --reembed"
_KEPT = frozenset({"chunk_tokens", "chunk_overlap", "encoding"})
"""Settings of an index that stay as it was built, unless they are given."""


class Watcher(Protocol):
    """Someone who follows long work."""

    @property
    def wants_total(self) -> bool:
        """Whether it is worth counting the entries first."""
        ...

    def expect(self, entries: int) -> None:
        """Take the number of entries to come."""
        ...

    def update(self, report: SyncReport) -> None:
        """Take the report so far; called after every entry."""
        ...


def ingest(settings: Settings, paths: Sequence[Path], kind: str | None, watcher: Watcher) -> SyncReport:
    """Ingest releases from files and folders into the index in ``settings.data``, which is made if need be.

    ``kind`` names the kind of every input; None recognises each. Raises `SourceError` before anything is written
    if one of them is no source, `ManifestMismatchError` if the settings ask for another model or chunking than
    the index was built with.
    """
    return ingest_sources(settings, [open_source(path, kind) for path in paths], watcher)


def ingest_sources(
    settings: Settings, sources: Sequence[Source], watcher: Watcher, embedder: Embedder | None = None
) -> SyncReport:
    """Ingest open sources; ``embedder`` is the model, where it is open already. Raises as `ingest` does."""
    _folder(settings.data)
    given = embedder

    def load() -> Embedder:
        name = settings.model or (catalog.manifest.model if catalog else DEFAULT_MODEL)
        model = given or load_embedder(name, settings.models_folder, threads=settings.threads)
        if catalog is not None:
            _check_manifest(catalog.manifest, settings, model)
        return model

    def count_tokens(texts: Sequence[str]) -> list[int]:
        return _counter(manifest.encoding)(texts)

    catalog = CatalogWriter(settings.data) if exists(settings.data) else None
    try:
        # Where a person asks for a model, say at once if it is another; else load it when something has changed.
        model = DeferredEmbedder(load) if catalog is not None and settings.model is None else load()
        if catalog is None:
            # The lock, because two first ingests at once must not both make a catalog.
            with writing(settings.data):
                if exists(settings.data):
                    catalog = CatalogWriter(settings.data)
                    _check_manifest(catalog.manifest, settings, model)
                else:
                    catalog = CatalogWriter.create(settings.data, _manifest(settings, model))
        manifest = catalog.manifest
        _check_chunking(manifest, settings)
        if watcher.wants_total:
            watcher.expect(sum(1 for source in sources for _ in source.read()))
        return ingesting.sync(
            catalog, model, sources, count_tokens=count_tokens, today=date.today(), progress=watcher.update
        )
    finally:
        if catalog is not None:
            catalog.close()


def reembed(settings: Settings, watcher: Watcher) -> SyncReport:
    """Split and embed every stored release anew, as the settings say."""
    catalog = CatalogWriter(settings.data)
    try:
        name = settings.model or catalog.manifest.model
        embedder = load_embedder(name, settings.models_folder, threads=settings.threads)
        manifest = _manifest(settings, embedder, catalog.manifest)
        watcher.expect(sum(1 for _ in catalog.revisions()))
        return reembedding.reembed(
            catalog, embedder, manifest, count_tokens=_counter(manifest.encoding), progress=watcher.update
        )
    finally:
        catalog.close()


def remove(settings: Settings, release_ids: Sequence[str]) -> None:
    """Delete releases; raises `UnknownReleaseError`, before anything is deleted, when one is not there."""
    catalog = CatalogWriter(settings.data)
    try:
        ingesting.remove(catalog, release_ids)
    finally:
        catalog.close()


def export(settings: Settings) -> Iterator[str]:
    """Yield every current release, oldest first, as a line of JSON Lines."""
    with _reading(settings) as catalog:
        for each in catalog.releases():
            yield dump_line(each)


def entries(settings: Settings, where: SearchFilter, limit: int) -> list[ReleaseEntry]:
    """Return up to ``limit`` releases, newest first; raises `UnknownPublisherError`."""
    check_dates(where)
    with _reading(settings) as catalog:
        return catalog.entries(where, limit)


def release(settings: Settings, release_id: str, where: SearchFilter) -> Release:
    """Return a release as it stood at ``where.as_of``; raises `UnknownReleaseError`."""
    with _reading(settings) as catalog:
        return catalog.release(release_id, where)


def status(settings: Settings) -> dict[str, object]:
    """Return what the index holds and what it was built with."""
    with _reading(settings) as catalog:
        releases, passages = catalog.counts()
        published = LocalFiles(catalog).generation()
        return {
            "data": str(settings.data),
            "generation": catalog.generation(),
            "search_files": "none" if published is None else f"generation {published}",
            "releases": releases,
            "passages": passages,
            "publishers": len(catalog.publishers()),
            **{name: value for name, value in asdict(catalog.manifest).items() if name != "schema"},
        }


def check(settings: Settings) -> Verdict:
    """Check the index and rebuild what can be rebuilt; raises `CatalogDamagedError`."""
    catalog = CatalogWriter(settings.data)
    try:
        return verify(catalog)
    finally:
        catalog.close()


@contextmanager
def _reading(settings: Settings) -> Iterator[Catalog]:
    catalog = Catalog(settings.data)
    try:
        yield catalog
    finally:
        catalog.close()


def _folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the data folder {data}: {error}", "choose another: --data DIR") from error


def _manifest(settings: Settings, embedder: Embedder, built: Manifest | None = None) -> Manifest:
    """Return the manifest that the settings ask for; what they leave open stays as it was built."""
    chosen = Manifest(
        schema=SCHEMA,
        model=embedder.name,
        fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        chunk_tokens=settings.chunk_tokens,
        chunk_overlap=settings.chunk_overlap,
        encoding=settings.encoding or DEFAULT_ENCODING,
    )
    if built is None:
        return chosen
    return replace(chosen, **{name: getattr(built, name) for name in _KEPT - settings.model_fields_set})


@cache
def _counter(encoding: str) -> CountTokens:
    return load_encoding(encoding).count_batch


def _check_manifest(built: Manifest, settings: Settings, embedder: Embedder) -> None:
    if built.fingerprint != embedder.fingerprint:
        raise ManifestMismatchError(
            f"{settings.data} was built with {built.model} ({built.fingerprint[:12]}), not with {embedder.name}"
            f" ({embedder.fingerprint[:12]})",
            _REEMBED,
        )


def _check_chunking(built: Manifest, settings: Settings) -> None:
    asked = {name: getattr(settings, name) for name in _KEPT & settings.model_fields_set}
    differing = [
        f"{name} {getattr(built, name)}, not {value}"
        for name, value in sorted(asked.items())
        if value is not None and getattr(built, name) != value
    ]
    if differing:
        raise ManifestMismatchError(f"{settings.data} was built with {'; '.join(differing)}", _REEMBED)
