"""Checking an index thoroughly, and repairing its search files; a damaged catalog is reported, never changed."""

from index.catalog.check import check
from index.catalog.reader import Catalog
from index.disk.lock import PATIENCE
from index.errors import CatalogDamagedError
from index.search.legs import SearchFiles
from index.types import Verdict


def verify(catalog: Catalog, files: SearchFiles) -> Verdict:
    """Read the whole index; make the search files again from the catalog if they are damaged or out of date.

    Raises `CatalogDamagedError` if the catalog itself is damaged: it cannot be repaired from anything else; and
    `IndexLockedError` if deleted text is left in the catalog's log because somebody is still reading an earlier state.
    """
    faults = check(catalog)
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise CatalogDamagedError(f"{catalog.store.name}: {'; '.join(faults[:3])}{more}", catalog.store.recover)
    with catalog.writing(wait=PATIENCE):
        catalog.read_manifest()
        published = files.load(thorough=True)
        everything = catalog.delta(0)
        sound = (
            published is not None
            and published.generation == everything.generation
            and len(published.vectors) == len(published.keywords) == len(everything.put)
        )
        files.publish(afresh=not sound)
    files.clean()  # a removal may have been interrupted
    with catalog.writing(wait=PATIENCE):
        catalog.scrub()  # or have found the log in use
    releases, passages = catalog.counts()
    return Verdict(everything.generation, releases, passages, rebuilt=not sound)
