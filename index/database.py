"""The SQLite file under the catalog: its tables, connections, transactions, and its errors made ours."""

import contextlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Self

from index.errors import CatalogDamagedError, IndexLockedError, IndexMissingError, StorageError
from index.types import Manifest

RECOVER = "restore the file from a backup, or ingest the releases again into a new folder (--data)"
STORAGE = "check the folder's permissions and free space, or choose another: --data DIR"

SCHEMA = 1
FILE = "catalog.sqlite3"

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
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
CREATE UNIQUE INDEX revision_current ON revision (release_id) WHERE valid_to = 3652059;
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
CREATE TABLE removed (passage_id INTEGER PRIMARY KEY, generation INTEGER NOT NULL) STRICT;
CREATE INDEX removed_generation ON removed (generation);
CREATE TABLE embedding (
    fingerprint TEXT NOT NULL,
    text_key BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, text_key)
) STRICT, WITHOUT ROWID;
"""


class Database:
    """One open catalog file. Safe to share between threads: each gets a connection of its own."""

    def __init__(self, folder: Path, *, writable: bool) -> None:
        """Open the catalog in ``folder``; raises `IndexMissingError` or `CatalogDamagedError`."""
        self.folder = folder
        self.path = folder / FILE
        self._writable = writable
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard_all = threading.Lock()
        if not self.path.is_file():
            raise IndexMissingError(f"no index in {folder}", "make one: pressqa ingest PATH")
        with self.guard():
            row = self.connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
            if row is None or not row[0].isdigit():
                raise CatalogDamagedError(f"{self.path} has no schema number", RECOVER)
            if int(row[0]) != SCHEMA:
                raise CatalogDamagedError(
                    f"{self.path} has schema {row[0]}; this pressqa reads schema {SCHEMA}",
                    "ingest again into a new folder (--data), or use the pressqa that made it",
                )
            self.id = self.meta("id")
        self.manifest = self.read_manifest()

    @classmethod
    def create(cls, folder: Path, manifest: Manifest) -> Self:
        """Make an empty catalog in ``folder`` and open it for writing; whole or not at all."""
        path = folder / FILE
        draft = path.with_suffix(".new")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with contextlib.closing(sqlite3.connect(draft)) as connection:
                connection.executescript(_TABLES)
                values = {
                    "schema": str(SCHEMA),
                    "id": uuid.uuid4().hex,
                    "generation": "0",
                    "manifest": json.dumps(asdict(manifest)),
                }
                connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
                connection.commit()
                connection.execute("PRAGMA journal_mode = WAL")
            draft.rename(path)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"cannot make an index in {folder}: {error}", STORAGE) from error
        return cls(folder, writable=True)

    def close(self) -> None:
        """Close every connection."""
        with self._guard_all:
            for connection in self._all:
                connection.close()
            self._all.clear()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            with self._guard_all:
                self._all.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = self._open()
        # SQLite folds ASCII only; publishers are compared as the keyword index compares them.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
        return connection

    def _open(self) -> sqlite3.Connection:
        uri = self.path.resolve().as_uri()
        if self._writable:
            connection = sqlite3.connect(uri + "?mode=rw", uri=True, timeout=10, check_same_thread=False)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            return connection
        try:
            connection = sqlite3.connect(uri + "?mode=ro", uri=True, timeout=10, check_same_thread=False)
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            # A write-ahead log needs a folder that can be written; a read-only one is opened as it lies.
            connection = sqlite3.connect(uri + "?immutable=1", uri=True, check_same_thread=False)
        return connection

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text or "busy" in text:
                raise IndexLockedError(f"{self.path} is busy: {text}", "try again in a moment") from error
            if any(word in text for word in ("readonly", "read-only", "full", "disk I/O", "unable to open")):
                raise StorageError(f"cannot use {self.path}: {text}", STORAGE) from error
            raise CatalogDamagedError(f"{self.path} is damaged: {text}", RECOVER) from error
        except (sqlite3.DatabaseError, json.JSONDecodeError, TypeError, UnicodeDecodeError) as error:
            raise CatalogDamagedError(f"{self.path} is damaged: {error}", RECOVER) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read several things as of one moment."""
        with self.guard():
            connection = self.connection
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[int]:
        """Write everything inside as one generation, whose number is given; on any error nothing is written."""
        with self.guard():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                generation = int(self.meta("generation")) + 1
                yield generation
                connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (str(generation),))
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def meta(self, key: str) -> str:
        """Return one of the file's own settings; raises `CatalogDamagedError` if it is not there."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise CatalogDamagedError(f"{self.path} lacks its {key}", RECOVER)
        return str(row[0])

    def generation(self) -> int:
        """Return the number of the last committed write."""
        with self.guard():
            return int(self.meta("generation"))

    def read_manifest(self) -> Manifest:
        """Read the manifest, which another process may have changed by re-embedding."""
        with self.guard():
            self.manifest = Manifest(**json.loads(self.meta("manifest")))
        return self.manifest
