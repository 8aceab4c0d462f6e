"""What an index holds: its releases, their revisions and origins, and what it was built with. Nothing is searched."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict

from index.errors import SearchServerError, UnknownReleaseError
from index.open import open_releases, search_structure, searched_generation
from index.search.milvus.address import parse
from index.sources import dump_line
from index.sources.build import MAX_ID
from index.text.addresses import address_id
from index.types import Release, ReleaseEntry, ReleaseOrigin, Revision, SearchFilter
from qa.limits import check_dates
from qa.settings import Settings


def export(settings: Settings) -> Iterator[str]:
    """Yield every current release, oldest first, as a line of JSON Lines."""
    with closing(open_releases(settings.data, settings.catalog)) as stored:
        for each in stored.export():
            yield dump_line(each)


def entries(settings: Settings, where: SearchFilter, limit: int) -> list[ReleaseEntry]:
    """Return up to ``limit`` releases, newest first; raises `UnknownPublisherError`."""
    check_dates(where)
    with closing(open_releases(settings.data, settings.catalog)) as stored:
        return stored.entries(where, limit)


def release(settings: Settings, release_id: str, where: SearchFilter) -> Release:
    """Return the revision of a release that was current at ``where.as_of``; raises `UnknownReleaseError`."""
    with closing(open_releases(settings.data, settings.catalog)) as stored:
        return stored.release(release_id, where)


def history(settings: Settings, release_id: str) -> tuple[tuple[Revision, ...], tuple[ReleaseOrigin, ...]]:
    """Return a release's revisions, the current one first, and where it was found; raises `UnknownReleaseError`."""
    with closing(open_releases(settings.data, settings.catalog)) as stored:
        return stored.history(release_id), stored.origins(release_id)


def found(settings: Settings, name: str) -> tuple[str, tuple[Revision, ...], tuple[ReleaseOrigin, ...]]:
    """Return the id of a release that is named by it or by its web address, and its `history`.

    Raises `UnknownReleaseError`, with the name as it was given.
    """
    try:
        return name, *history(settings, name)
    except UnknownReleaseError:
        known_as = address_id(name, MAX_ID)
        if known_as == name or "://" not in name:
            raise
        try:
            return known_as, *history(settings, known_as)
        except UnknownReleaseError:
            raise UnknownReleaseError(name) from None


def status(settings: Settings) -> dict[str, object]:
    """Return what the index holds and what it was built with."""
    with closing(open_releases(settings.data, settings.catalog)) as stored:
        held = stored.status()
        try:
            searched = searched_generation(settings.data, settings.index, settings.catalog)
            structure = search_structure(settings.data, settings.index, settings.catalog)
            search_files = "none" if searched is None else f"generation {searched}"
        except SearchServerError as error:
            search_files, structure = str(error), None
        return {
            "data": str(settings.data),
            "catalog": "file" if settings.catalog is None else settings.place,
            "generation": held.generation,
            "search": "files" if settings.index is None else str(parse(settings.index)),
            "search_files": search_files,
            "vectors_searched": structure,
            "memory": settings.memory,
            "releases": held.releases,
            "passages": held.passages,
            "publishers": len(stored.publishers()),
            **{name: value for name, value in asdict(held.manifest).items() if name != "schema"},
        }
