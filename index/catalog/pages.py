"""The web pages that a source has read, as the catalog keeps them."""

from dataclasses import replace
from datetime import date

from index.catalog.database import Database
from index.catalog.validity import FOREVER
from index.types import PageRead

_COLUMNS = "address, checked, release_id, etag, last_modified, failure, settings"


class SourcePages:
    """The stored pages of one source. Safe to share between threads.

    A page that was read with other settings than the source has today is given as one that was read long ago, without
    what makes a request conditional: it is read again, whole.
    """

    def __init__(self, catalog: Database, source: str, settings: str = "") -> None:
        """Take the name of the source, and the digest of its settings if they matter."""
        self._catalog = catalog
        self._source = source
        self._settings = settings

    def page(self, address: str) -> PageRead | None:
        """Return what became of a page when it was last read; None if it never was."""
        return next(iter(self._all("address = ?", address)), None)

    def failed(self) -> list[PageRead]:
        """Return the pages that could not be read, by their addresses."""
        return self._all("failure IS NOT NULL ORDER BY address")

    def with_release(self, before: int, limit: int) -> list[PageRead]:
        """Return up to ``limit`` pages of releases that were last checked before a moment, the earliest checked first.

        ``before`` counts seconds of Unix time.
        """
        where = "release_id IS NOT NULL AND failure IS NULL AND checked < ? ORDER BY checked, address LIMIT ?"
        return self._all(where, before, limit)

    def published(self, release_id: str) -> date | None:
        """Return the day of publication of the release that the source gave under an id; None if there is none."""
        sql = (
            "SELECT r.published FROM revision r JOIN origin o ON o.release_id = r.release_id"
            f" WHERE o.source = ? AND o.entry = ? AND r.valid_to = {FOREVER}"
        )
        with self._catalog.guard():
            row = self._catalog.connection.execute(sql, (self._source, release_id)).fetchone()
        return date.fromordinal(row[0]) if row is not None else None

    def _all(self, where: str, *values: int | str) -> list[PageRead]:
        sql = f"SELECT {_COLUMNS} FROM page WHERE source = ? AND {where}"
        with self._catalog.guard():
            rows = self._catalog.connection.execute(sql, (self._source, *values)).fetchall()
        return [self._told(PageRead(*page), settings) for *page, settings in rows]

    def _told(self, page: PageRead, settings: str | None) -> PageRead:
        if self._settings in ("", settings):
            return page
        return replace(page, checked=0, etag=None, last_modified=None)


def gives_release(catalog: Database, source: str, release_id: str) -> list[str]:
    """Return the addresses of the pages of a source that gave a release when they were last read, and did not fail."""
    sql = "SELECT address FROM page WHERE release_id = ? AND source = ? AND failure IS NULL"
    with catalog.guard():
        return [str(row[0]) for row in catalog.connection.execute(sql, (release_id, source))]
