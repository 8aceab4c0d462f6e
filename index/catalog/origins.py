"""Where releases were found, as the catalog keeps it, and the questions by which the same release is recognised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.catalog.database import Database
from index.catalog.validity import FOREVER
from index.text.publishers import publisher_key

FILE_RANK = 9
"""The rank of a file: further from the publisher than any web source, whose ranks are in their modules."""


@dataclass(frozen=True, slots=True)
class OriginRow:
    """One place where a release was found.

    ``entry`` is the id that the source gives it, ``canonical`` its `index.text.addresses.canonical_address`. A lower
    ``rank`` is a source closer to the publisher; that of files is `FILE_RANK`. ``number`` counts the
    places in the order in which they were found.
    """

    release_id: str
    source: str
    entry: str
    address: str | None
    canonical: str | None
    rank: int
    matched: Literal["id", "content_id", "address", "text"]
    number: int


_COLUMNS = "release_id, source, entry, address, canonical, rank, matched, number"


def origin_of(catalog: Database, source: str, entry: str) -> OriginRow | None:
    """Return the row of an entry of a source; None if it is not known."""
    sql = f"SELECT {_COLUMNS} FROM origin WHERE source = ? AND entry = ?"
    with catalog.guard():
        row = catalog.connection.execute(sql, (source, entry)).fetchone()
        return OriginRow(*row) if row else None


def origins_of(catalog: Database, release_id: str) -> list[OriginRow]:
    """Return the rows of a release, the one that gives its text first."""
    sql = f"SELECT {_COLUMNS} FROM origin WHERE release_id = ? ORDER BY rank, number"
    with catalog.guard():
        return [OriginRow(*row) for row in catalog.connection.execute(sql, (release_id,))]


def found_at(catalog: Database, canonical: str) -> list[OriginRow]:
    """Return the first rows of what was found at a canonical address: enough to tell if it is one release."""
    sql = f"SELECT {_COLUMNS} FROM origin WHERE canonical = ? ORDER BY number LIMIT 50"
    with catalog.guard():
        return [OriginRow(*row) for row in catalog.connection.execute(sql, (canonical,))]


def of_content(catalog: Database, content_id: str, language: str | None) -> str | None:
    """Return the id of the release of a document in a language; None if there is none."""
    same, values = ("language = ?", (language,)) if language is not None else ("language IS NULL", ())
    sql = (
        f"SELECT release_id FROM revision WHERE content_id = ? AND {same} AND valid_to = ? ORDER BY release_id LIMIT 1"
    )
    with catalog.guard():
        row = catalog.connection.execute(sql, (content_id, *values, FOREVER)).fetchone()
        return str(row[0]) if row else None


def title_of(catalog: Database, release_id: str) -> str:
    """Return the title of a release, "" if there is none."""
    sql = "SELECT title FROM revision WHERE release_id = ? AND valid_to = ?"
    with catalog.guard():
        row = catalog.connection.execute(sql, (release_id, FOREVER)).fetchone()
        return str(row[0]) if row else ""


def of_that_day(catalog: Database, publisher: str, published: date, source: str) -> Iterable[tuple[str, str, str]]:
    """Return id, title and body of a publisher's releases of a day that were not found in ``source``, by their ids."""
    sql = (
        "SELECT r.release_id, r.title, r.body FROM revision r WHERE r.published = ? AND r.valid_to = ?"
        " AND r.publisher_key = ?"
        " AND NOT EXISTS (SELECT 1 FROM origin o WHERE o.release_id = r.release_id AND o.source = ?)"
        " ORDER BY r.release_id"
    )
    with catalog.guard():
        values = (published.toordinal(), FOREVER, publisher_key(publisher), source)
        return [(str(row[0]), str(row[1]), str(row[2])) for row in catalog.connection.execute(sql, values)]
