"""Embedding in bulk: what ``pressqa embed`` does, from settings to a file of vectors."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from index.catalog.stores import exists
from index.embed import EmbedReport, Share, embed
from index.errors import InputError
from index.open import manifest_of
from index.sources import AS_RECOGNISED, READ, FieldMap, Origin, Url, open_source
from qa.manifests import check_chunking
from qa.settings import Settings
from qa.upkeep import Watcher, load_model


def embed_share(
    settings: Settings,
    origins: Sequence[Origin],
    kind: str | None,
    *,
    share: Share,
    path: Path,
    watcher: Watcher,
    how: FieldMap = AS_RECOGNISED,
    languages: Sequence[str] = READ,
) -> EmbedReport:
    """Write the vectors of a share of the releases in files and folders, as an ingest with these settings embeds them.

    An index in ``settings.data`` says with which model and in which passages; without one the settings do. Raises
    `InputError` for a web address, `SourceError` if an input cannot be read, `StorageError` if the file cannot be
    written, and `ManifestMismatchError` if the settings ask for other passages than the index has.
    """
    for origin in origins:
        if isinstance(origin, Url):
            raise InputError(
                f"{origin} is a web address: only files and folders are embedded in shares",
                "ingest it instead: pressqa ingest ADDRESS",
            )
    sources = [open_source(origin, kind, ZoneInfo(settings.timezone), how, languages) for origin in origins]
    tokens, overlap = settings.chunk_tokens, settings.chunk_overlap
    if exists(settings.data, settings.catalog):
        built = manifest_of(settings.data, settings.catalog)
        check_chunking(built, settings)
        tokens, overlap = built.chunk_tokens, built.chunk_overlap
    if watcher.wants_total:
        expected = [source.expected() for source in sources]
        known = [number for number in expected if number is not None]
        if len(known) == len(expected):
            watcher.expect(sum(known))
    return embed(
        sources,
        load_model(settings),
        share,
        path,
        chunk_tokens=tokens,
        chunk_overlap=overlap,
        progress=watcher.update,
    )
