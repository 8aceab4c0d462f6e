"""The web pages that a source has read, as the catalog keeps them."""

from index.catalog.database import Database
from index.types import PageRead

_COLUMNS = "address, checked, release_id, etag, last_modified, failure"


class SourcePages:
    """The stored pages of one source. Safe to share between threads."""

    def __init__(self, catalog: Database, source: str) -> None:
        self._catalog = catalog
        self._source = source

    def page(self, address: str) -> PageRead | None:
        """Return what became of a page when it was last read; None if it never was."""
        sql = f"SELECT {_COLUMNS} FROM page WHERE source = ? AND address = ?"
        with self._catalog.guard():
            row = self._catalog.connection.execute(sql, (self._source, address)).fetchone()
            return PageRead(*row) if row else None

    def failed(self) -> list[PageRead]:
        """Return the pages that could not be read, by their addresses."""
        return self._all("failure IS NOT NULL ORDER BY address")

    def with_release(self, before: int, limit: int) -> list[PageRead]:
        """Return up to ``limit`` pages of releases that were last checked before a moment, the earliest checked first.

        ``before`` counts seconds of Unix time.
        """
        where = "release_id IS NOT NULL AND failure IS NULL AND checked < ? ORDER BY checked, address LIMIT ?"
        return self._all(where, before, limit)

    def _all(self, where: str, *values: int) -> list[PageRead]:
        sql = f"SELECT {_COLUMNS} FROM page WHERE source = ? AND {where}"
        with self._catalog.guard():
            return [PageRead(*row) for row in self._catalog.connection.execute(sql, (self._source, *values))]
