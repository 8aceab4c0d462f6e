"""The catalog's schema as numbered steps, so that a file of an earlier schema keeps everything it holds.

To change the schema, append a function to `MIGRATIONS` that changes the tables inside the transaction that is open
(``connection.execute`` only: ``executescript`` would commit half of it), and add to `VIEWS` how a file of each earlier
schema is to be read. A step that was released is never edited; nor are the tables of `index.catalog.schema`: a new file
starts from them and then goes through the same steps. ``meta.schema`` is the number of the schema a file has reached.

A writer takes an older file through the missing steps when it opens it. A reader writes nothing; it reads an older file
through temporary views, which have the names of the tables and which SQLite looks up first.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from index.errors import RECOVER, CatalogDamagedError, ManifestMismatchError
from index.text.addresses import canonical_address

Migration = Callable[[sqlite3.Connection], None]
"""One step: it changes the tables inside the transaction that is open on the connection."""

DELETES_SECURELY = 1
"""SQLite's ``user_version`` of a file in which deleted text was overwritten from the first day on."""

OLDEST = 2
"""The number of the oldest schema that can be read; earlier ones were never released."""


def _updates_withdrawals_cursors(connection: sqlite3.Connection) -> None:
    # Days as ordinals, like the table's other days; NULL if the source gives no update, and if nothing was withdrawn.
    connection.execute("ALTER TABLE revision ADD COLUMN updated INTEGER")
    connection.execute("ALTER TABLE revision ADD COLUMN withdrawn INTEGER")
    connection.execute("CREATE TABLE cursor (source TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT, WITHOUT ROWID")


def _pages_and_origins(connection: sqlite3.Connection) -> None:
    # What was read from the web, with the validators of its version; failure is NULL unless the page could not be read.
    connection.execute(
        "CREATE TABLE page (source TEXT NOT NULL, address TEXT NOT NULL, release_id TEXT, etag TEXT,"
        " last_modified TEXT, failure TEXT, checked INTEGER NOT NULL, PRIMARY KEY (source, address))"
        " STRICT, WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX page_release ON page (release_id)")
    # Where each release was found. entry is its id there, canonical its address in a form that can be compared; the
    # origin of the lowest rank, and of those the first, gives the text.
    connection.execute(
        "CREATE TABLE origin (number INTEGER PRIMARY KEY, release_id TEXT NOT NULL, source TEXT NOT NULL,"
        " entry TEXT NOT NULL, address TEXT, canonical TEXT, rank INTEGER NOT NULL, matched TEXT NOT NULL,"
        " UNIQUE (source, entry)) STRICT"
    )
    connection.execute("CREATE INDEX origin_release ON origin (release_id)")
    connection.execute("CREATE INDEX origin_canonical ON origin (canonical)")
    # From now on the same release from elsewhere is recognised by its address; of these only that is known, so their
    # source has no name and the rank of a file.
    sql = "SELECT release_id, url FROM revision WHERE valid_to = ? AND url IS NOT NULL ORDER BY id"
    for release_id, url in connection.execute(sql, (date.max.toordinal(),)).fetchall():
        values = (release_id, release_id, url, canonical_address(url))
        connection.execute("INSERT INTO origin VALUES (NULL, ?, '', ?, ?, ?, 9, 'id')", values)


def _details_and_settings(connection: sqlite3.Connection) -> None:
    # What the publisher says of a text: language, its own id of the document, the notice of a withdrawal, and notes of
    # changes as a JSON array of [day as ordinal, note].
    for column in ("language", "content_id", "notice", "changes"):
        connection.execute(f"ALTER TABLE revision ADD COLUMN {column} TEXT")
    connection.execute("CREATE INDEX revision_content ON revision (content_id) WHERE content_id IS NOT NULL")
    # With which settings a source was read so far, and a page: NULL is not known, so it is read again.
    connection.execute("ALTER TABLE cursor ADD COLUMN settings TEXT")
    connection.execute("ALTER TABLE page ADD COLUMN settings TEXT")


def _passages_by_text(connection: sqlite3.Connection) -> None:
    # Whether another passage has the same words, which a removal asks: without it every passage is looked at.
    connection.execute("CREATE INDEX passage_text ON passage (text_key)")


MIGRATIONS: tuple[Migration, ...] = (
    _updates_withdrawals_cursors,
    _pages_and_origins,
    _details_and_settings,
    _passages_by_text,
)
"""The steps in order: the first takes a file from schema `OLDEST` to `OLDEST` + 1, the second to `OLDEST` + 2."""

_NO_PAGES_AND_ORIGINS = (
    "CREATE TEMP VIEW page AS SELECT '' AS source, '' AS address, NULL AS release_id, NULL AS etag,"
    " NULL AS last_modified, NULL AS failure, 0 AS checked, NULL AS settings WHERE 0",
    "CREATE TEMP VIEW origin AS SELECT 0 AS number, '' AS release_id, '' AS source, '' AS entry, NULL AS address,"
    " NULL AS canonical, 0 AS rank, '' AS matched WHERE 0",
)

_NO_DETAILS = (
    "CREATE TEMP VIEW revision AS SELECT *, NULL AS language, NULL AS content_id, NULL AS notice, NULL AS changes"
    " FROM main.revision",
    "CREATE TEMP VIEW cursor AS SELECT *, NULL AS settings FROM main.cursor",
)

VIEWS: Mapping[int, tuple[str, ...]] = {
    2: (
        "CREATE TEMP VIEW revision AS SELECT *, NULL AS updated, NULL AS withdrawn, NULL AS language,"
        " NULL AS content_id, NULL AS notice, NULL AS changes FROM main.revision",
        "CREATE TEMP VIEW cursor AS SELECT '' AS source, '' AS place, NULL AS settings WHERE 0",
        *_NO_PAGES_AND_ORIGINS,
    ),
    3: (*_NO_DETAILS, *_NO_PAGES_AND_ORIGINS),
    4: (*_NO_DETAILS, "CREATE TEMP VIEW page AS SELECT *, NULL AS settings FROM main.page"),
    5: (),
}
"""For each earlier schema, the SQL statements that make its tables look like the newest ones to a reader.

The statements are () if nothing is missing. A file of an earlier schema that is not listed cannot be read until a
writer has opened it.
"""


def newest() -> int:
    """Return the number of the newest schema, which the last step leads to."""
    return OLDEST + len(MIGRATIONS)


def schema_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema of an open file; raises `CatalogDamagedError` or `ManifestMismatchError` if it is unknown."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    if row is None or not row[0].isdecimal():
        raise CatalogDamagedError(f"{path} has no schema number", RECOVER)
    schema = int(row[0])
    if not OLDEST <= schema <= newest():
        known = f"schemas {OLDEST} to {newest()}" if MIGRATIONS else f"schema {OLDEST}"
        raise ManifestMismatchError(
            f"{path} has schema {schema}; this pressqa reads {known}",
            "upgrade pressqa to the version that wrote the index, or name another folder: --data DIR"
            if schema > newest()
            else "make it again in another folder: pressqa ingest PATH --data DIR",
        )
    return schema


def read_as_newest(connection: sqlite3.Connection, path: Path) -> int:
    """Let a reader's connection see the newest tables, whatever the file's schema is; return the file's schema.

    Nothing is written to the file. Raises `ManifestMismatchError` for a schema that cannot be read this way.
    """
    schema = schema_of(connection, path)
    if schema < newest():
        if schema not in VIEWS:
            raise ManifestMismatchError(
                f"{path} has schema {schema}; this pressqa reads it once it is brought to schema {newest()}",
                "bring it there, with all it holds: pressqa verify",
            )
        for statement in VIEWS[schema]:
            connection.execute(statement)
    return schema


def migrate(path: Path) -> None:
    """Take a file through the steps it lacks, each in a transaction. The caller must hold the write lock.

    A process that is killed leaves the file at the last step that was done.
    """
    where = f"{path.resolve().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(where, uri=True, timeout=10)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        # Off, so that a step can drop and recreate a table without deleting the rows that refer to it.
        connection.execute("PRAGMA foreign_keys = OFF")
        for number in range(schema_of(connection, path) + 1, newest() + 1):
            connection.execute("BEGIN IMMEDIATE")
            apply(connection, number)
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
            if dangling is not None:
                raise CatalogDamagedError(f"{path}: schema {number} would leave the row {dangling} dangling", RECOVER)
            connection.commit()


def apply(connection: sqlite3.Connection, number: int) -> None:
    """Take the step that leads to schema ``number``, in the transaction that is open."""
    MIGRATIONS[number - OLDEST - 1](connection)
    if not connection.in_transaction:
        raise RuntimeError(f"the step to schema {number} ended its transaction")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(number),))
    connection.execute("UPDATE meta SET value = json_set(value, '$.schema', ?) WHERE key = 'manifest'", (number,))
