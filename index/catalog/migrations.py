"""The catalog's schema as numbered steps, so that a catalog of an earlier schema keeps everything it holds.

To change the schema, append a function to `MIGRATIONS` that changes the tables inside the transaction that is open
(``connection.execute`` only: ``executescript`` would commit half of it), and add to `VIEWS` how a catalog of each
earlier schema is to be read. The same steps run on SQLite and PostgreSQL, so they keep to what both understand
(`index.catalog.postgres.dialect`). What a step that was released makes never changes; nor do the tables of
`index.catalog.schema`: a new catalog starts from them and then goes through the same steps. ``meta.schema`` is the
number of the schema a catalog has reached.

A writer takes an older catalog through the missing steps when it opens it. A reader writes nothing; it reads an older
file through temporary views, which have the names of the tables and which SQLite looks up first. On PostgreSQL, whose
first catalogs have schema 7, a reader waits for a writer.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date

from index.catalog.connection import Connection, Store
from index.errors import CatalogDamagedError, ManifestMismatchError
from index.text.addresses import canonical_address
from index.text.publishers import publisher_key

Migration = Callable[[Connection], None]
"""One step: it changes the tables inside the transaction that is open on the connection."""

OLDEST = 2
"""The number of the oldest schema that can be read; earlier ones were never released."""


def _updates_withdrawals_cursors(connection: Connection) -> None:
    # Days as ordinals, like the table's other days; NULL if the source gives no update, and if nothing was withdrawn.
    connection.execute("ALTER TABLE revision ADD COLUMN updated INTEGER")
    connection.execute("ALTER TABLE revision ADD COLUMN withdrawn INTEGER")
    connection.execute("CREATE TABLE cursor (source TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT, WITHOUT ROWID")


def _pages_and_origins(connection: Connection) -> None:
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
        connection.execute(
            "INSERT INTO origin (release_id, source, entry, address, canonical, rank, matched)"
            " VALUES (?, '', ?, ?, ?, 9, 'id')",
            (release_id, release_id, url, canonical_address(url)),
        )


def _details_and_settings(connection: Connection) -> None:
    # What the publisher says of a text: language, its own id of the document, the notice of a withdrawal, and notes of
    # changes as a JSON array of [day as ordinal, note].
    for column in ("language", "content_id", "notice", "changes"):
        connection.execute(f"ALTER TABLE revision ADD COLUMN {column} TEXT")
    connection.execute("CREATE INDEX revision_content ON revision (content_id) WHERE content_id IS NOT NULL")
    # With which settings a source was read so far, and a page: NULL is not known, so it is read again.
    connection.execute("ALTER TABLE cursor ADD COLUMN settings TEXT")
    connection.execute("ALTER TABLE page ADD COLUMN settings TEXT")


def _passages_by_text(connection: Connection) -> None:
    # Whether another passage has the same words, which a removal asks: without it every passage is looked at.
    connection.execute("CREATE INDEX passage_text ON passage (text_key)")


def _publishers_by_key(connection: Connection) -> None:
    # Publishers are compared as the keyword index does, which neither database can do by itself.
    connection.execute("ALTER TABLE revision ADD COLUMN publisher_key TEXT NOT NULL DEFAULT ''")
    # Each row once, by its number: no index leads to the revisions of a publisher.
    rows = connection.execute("SELECT id, publisher FROM revision").fetchall()
    values = ((publisher_key(publisher), revision) for revision, publisher in rows)
    connection.executemany("UPDATE revision SET publisher_key = ? WHERE id = ?", values)


def _governments(connection: Connection) -> None:
    # Under which government a political release was published; NULL if the publisher does not say.
    connection.execute("ALTER TABLE revision ADD COLUMN government TEXT")


MIGRATIONS: tuple[Migration, ...] = (
    _updates_withdrawals_cursors,
    _pages_and_origins,
    _details_and_settings,
    _passages_by_text,
    _publishers_by_key,
    _governments,
)
"""The steps in order: the first takes a file from schema `OLDEST` to `OLDEST` + 1, the second to `OLDEST` + 2."""

_NO_PAGES_AND_ORIGINS = (
    "CREATE TEMP VIEW page AS SELECT '' AS source, '' AS address, NULL AS release_id, NULL AS etag,"
    " NULL AS last_modified, NULL AS failure, 0 AS checked, NULL AS settings WHERE 0",
    "CREATE TEMP VIEW origin AS SELECT 0 AS number, '' AS release_id, '' AS source, '' AS entry, NULL AS address,"
    " NULL AS canonical, 0 AS rank, '' AS matched WHERE 0",
)

_NO_PUBLISHER_KEY = (
    "CREATE TEMP VIEW revision AS SELECT *, publisher_key(publisher) AS publisher_key, NULL AS government"
    " FROM main.revision"
)

_NO_DETAILS = (
    "CREATE TEMP VIEW revision AS SELECT *, NULL AS language, NULL AS content_id, NULL AS notice, NULL AS changes,"
    " publisher_key(publisher) AS publisher_key, NULL AS government FROM main.revision",
    "CREATE TEMP VIEW cursor AS SELECT *, NULL AS settings FROM main.cursor",
)

VIEWS: Mapping[int, tuple[str, ...]] = {
    2: (
        "CREATE TEMP VIEW revision AS SELECT *, NULL AS updated, NULL AS withdrawn, NULL AS language,"
        " NULL AS content_id, NULL AS notice, NULL AS changes, publisher_key(publisher) AS publisher_key,"
        " NULL AS government FROM main.revision",
        "CREATE TEMP VIEW cursor AS SELECT '' AS source, '' AS place, NULL AS settings WHERE 0",
        *_NO_PAGES_AND_ORIGINS,
    ),
    3: (*_NO_DETAILS, *_NO_PAGES_AND_ORIGINS),
    4: (*_NO_DETAILS, "CREATE TEMP VIEW page AS SELECT *, NULL AS settings FROM main.page"),
    5: (_NO_PUBLISHER_KEY,),
    6: (_NO_PUBLISHER_KEY,),
    7: ("CREATE TEMP VIEW revision AS SELECT *, NULL AS government FROM main.revision",),
}
"""For each earlier schema, the SQL statements that make its tables look like the newest ones to a reader.

The statements are () if nothing is missing. A file of an earlier schema that is not listed cannot be read until a
writer has opened it.
"""


def newest() -> int:
    """Return the number of the newest schema, which the last step leads to."""
    return OLDEST + len(MIGRATIONS)


def schema_of(connection: Connection, store: Store) -> int:
    """Return the schema of an open catalog; raises `CatalogDamagedError` or `ManifestMismatchError` if unknown."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    if row is None or not row[0].isdecimal():
        raise CatalogDamagedError(f"{store.name} has no schema number", store.recover)
    schema = int(row[0])
    if not OLDEST <= schema <= newest():
        known = f"schemas {OLDEST} to {newest()}" if MIGRATIONS else f"schema {OLDEST}"
        raise ManifestMismatchError(
            f"{store.name} has schema {schema}; this pressqa reads {known}",
            f"upgrade pressqa to the version that wrote the index, or {store.elsewhere}"
            if schema > newest()
            else store.again,
        )
    return schema


def read_as_newest(connection: Connection, store: Store) -> int:
    """Let a reader's connection see the newest tables, whatever the catalog's schema is; return that schema.

    Nothing is written to the catalog. Raises `ManifestMismatchError` for a schema that cannot be read this way.
    """
    schema = schema_of(connection, store)
    if schema < newest():
        if schema not in VIEWS or not store.has_views:
            raise ManifestMismatchError(
                f"{store.name} has schema {schema}; this pressqa reads it once it is brought to schema {newest()}",
                "bring it there, with all it holds: pressqa verify",
            )
        for statement in VIEWS[schema]:
            connection.execute(statement)
    return schema


def migrate(store: Store) -> None:
    """Take a catalog through the steps it lacks, each in a transaction, under the write lock.

    A process that is killed leaves the catalog at the last step that was done.
    """
    with store.migrating() as connection:
        for number in range(schema_of(connection, store) + 1, newest() + 1):
            connection.begin(write=True)
            try:
                apply(connection, number)
                dangling = store.dangling(connection)
                if dangling:
                    raise CatalogDamagedError(
                        f"{store.name}: schema {number} would leave a {dangling[0]}", store.recover
                    )
                connection.commit()
            except BaseException:
                connection.rollback()
                raise


def apply(connection: Connection, number: int) -> None:
    """Take the step that leads to schema ``number``, in the transaction that is open."""
    MIGRATIONS[number - OLDEST - 1](connection)
    if not connection.in_transaction:
        raise RuntimeError(f"the step to schema {number} ended its transaction")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(number),))
    row = connection.execute("SELECT value FROM meta WHERE key = 'manifest'").fetchone()
    if row is not None:  # a catalog without one is damaged, and is found so when it is read
        values = (json.dumps({**json.loads(row[0]), "schema": number}),)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'manifest'", values)
