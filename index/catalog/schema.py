"""The catalog's tables as they were at the oldest schema that is read, and making an empty catalog."""

import json
import uuid
from dataclasses import asdict

from index.catalog import migrations
from index.catalog.connection import Connection, Store
from index.catalog.validity import FOREVER
from index.types import Manifest

SCHEMA = migrations.newest()
"""The number of the schema of new catalogs; `index.catalog.migrations` describes how a schema changes."""

# Never edited: `migrations` starts from it.
_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE generation (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL) STRICT;
CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    release_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    publisher TEXT NOT NULL,
    published INTEGER NOT NULL,
    url TEXT,
    sha256 TEXT NOT NULL,
    digest TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    UNIQUE (release_id, number)
) STRICT;
CREATE UNIQUE INDEX revision_current ON revision (release_id) WHERE valid_to = {FOREVER};
CREATE INDEX revision_published ON revision (published DESC, release_id);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision_id INTEGER NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    lead_start INTEGER,
    lead_end INTEGER,
    sentences TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    text_key BLOB NOT NULL,
    generation INTEGER NOT NULL
) STRICT;
CREATE INDEX passage_revision ON passage (revision_id);
CREATE INDEX passage_generation ON passage (generation);
CREATE TABLE figure (
    revision_id INTEGER NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    number_start INTEGER NOT NULL,
    number_end INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_max TEXT,
    unit TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    counted_start INTEGER,
    counted_end INTEGER,
    change TEXT,
    period_start INTEGER,
    period_end INTEGER,
    period_from TEXT,
    period_to TEXT,
    sentence_start INTEGER NOT NULL,
    sentence_end INTEGER NOT NULL,
    PRIMARY KEY (revision_id, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE removed (passage_id INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
CREATE INDEX removed_generation ON removed (generation);
CREATE TABLE embedding (
    fingerprint TEXT NOT NULL,
    text_key BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, text_key)
) STRICT, WITHOUT ROWID;
"""


def create(store: Store, manifest: Manifest, *, wait: float = 0.0) -> None:
    """Make an empty catalog, whole or not at all, unless there is one.

    Raises `StorageError`, and `IndexLockedError` if another process still has the write lock after ``wait`` seconds.
    """
    with store.making(wait=wait) as connection:
        if connection is None:
            return
        make_tables(connection)
        schema = migrations.newest()
        held = json.dumps({**asdict(manifest), "schema": schema})
        values = {"schema": str(schema), "id": uuid.uuid4().hex, "manifest": held}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
        connection.execute("INSERT INTO generation VALUES (0, ?)", (uuid.uuid4().hex,))


def make_tables(connection: Connection) -> None:
    """Make the tables of the newest schema, empty, in the transaction that is open."""
    for statement in _TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
    for number in range(migrations.OLDEST + 1, migrations.newest() + 1):
        migrations.apply(connection, number)
