"""Checking an index thoroughly, and mending what can be mended: the caches, never the truth."""

from index.catalog.check import check
from index.catalog.reader import Catalog
from index.disk.lock import PATIENCE, writing
from index.errors import RECOVER, CatalogDamagedError
from index.search.legs import SearchFiles
from index.types import Verdict


def verify(catalog: Catalog, files: SearchFiles) -> Verdict:
    """Read the whole index; make the search files again from the catalog where they are damaged or out of date.

    Raises `CatalogDamagedError` when the catalog itself is not sound: there is nothing to mend it from.
    """
    found = check(catalog)
    if found:
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise CatalogDamagedError(f"{catalog.path}: {'; '.join(found[:3])}{more}", RECOVER)
    with writing(catalog.folder, wait=PATIENCE):
        held = files.load(thorough=True)
        counts = catalog.delta(0)
        sound = (
            held is not None
            and held.generation == counts.generation
            and len(held.vectors) == len(held.keywords) == len(counts.put)
        )
        if not sound:
            files.publish(afresh=True)
    releases, passages = catalog.counts()
    return Verdict(counts.generation, releases, passages, rebuilt=not sound)
