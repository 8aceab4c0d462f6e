"""The two legs as of one generation of the catalog."""

from dataclasses import dataclass

from index.catalog.reader import Catalog
from index.search.keywords import KeywordIndex
from index.search.vectors import VectorIndex


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both derived indexes as of one generation. Never changed once made, so any thread may search it."""

    generation: int
    vectors: VectorIndex
    keywords: KeywordIndex


def build(catalog: Catalog) -> Snapshot:
    """Return a snapshot of the whole catalog, held in memory only."""
    with catalog.snapshot():  # a writer may be at work
        delta = catalog.delta(0)
        vectors = VectorIndex(catalog.manifest.dimension)
        vectors.put(delta.put, catalog.vectors(delta.put))
        keywords = KeywordIndex(None)
        keywords.update(catalog.documents(delta.put), [])
    return Snapshot(delta.generation, vectors, keywords)
