"""The catalog in a SQLite file: connections, locks, and SQLite's errors as pressqa's own."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.catalog.connection import Connection, Values
from index.disk.atomic import sync_to_disk
from index.disk.lock import writing
from index.errors import RECOVER, STORAGE, CatalogDamagedError, IndexLockedError, IndexMissingError, StorageError
from index.text.publishers import publisher_key

FILE = "catalog.sqlite3"
"""The name of the catalog's file in a data folder."""

DELETES_SECURELY = 1
"""SQLite's ``user_version`` of a file in which deleted text was overwritten from the first day on."""

_CANNOT_LOCK = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""SQLite's primary result codes when it is not allowed to make the files of a write-ahead log."""


class SqliteConnection(sqlite3.Connection):
    """A connection that remembers what it assumes about the file.

    ``frozen`` is the state of the file (`SqliteStore._state`) if it was opened as immutable, because its folder is
    read-only.
    """

    frozen: tuple[int, ...] | None = None

    def each(self, sql: str, rows: Iterable[Values], /) -> Iterator[Any]:
        """Run a query once for each of ``rows``, and yield the first row that it gives, or None, for each."""
        for values in rows:
            yield self.execute(sql, values).fetchone()

    def stream(self, sql: str, values: Values = (), /) -> Iterator[Any]:
        """Yield the rows of a query as SQLite finds them."""
        yield from self.execute(sql, values)

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; with ``write``, once no other one writes."""
        self.execute("BEGIN IMMEDIATE" if write else "BEGIN")


class SqliteStore:
    """The catalog's file in a data folder; a `index.catalog.connection.Store`."""

    recover = RECOVER
    elsewhere = "name another folder: --data DIR"
    again = "make it again in another folder: pressqa ingest PATH --data DIR"
    has_views = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self.path)

    def exists(self) -> bool:
        """Return True if the folder holds a catalog; raises `StorageError` if the folder may not be read."""
        try:
            return self.path.is_file()
        except OSError as error:
            raise StorageError(f"cannot look into {self.folder}: {error.strerror or error}", STORAGE) from error

    def connect(self, *, writable: bool) -> SqliteConnection:
        """Open the file; raises `IndexMissingError`."""
        if not self.exists():
            raise IndexMissingError(f"no index in {self.folder}", "make one: pressqa ingest PATH")
        connection = self._open(writable=writable)
        # For a file of an earlier schema, whose views ask for it.
        connection.create_function("publisher_key", 1, publisher_key, deterministic=True)
        return connection

    def _open(self, *, writable: bool) -> SqliteConnection:
        if writable:
            connection = self._connection("mode=rw")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            return connection
        try:
            connection = self._connection("mode=ro")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _CANNOT_LOCK:
                raise
            # A write-ahead log needs a folder that can be written. In a read-only one the file is opened as immutable,
            # which is correct while nobody writes to it: it is opened again once its state has changed.
            state = self._state()
            if state[-1]:
                raise StorageError(
                    f"{self.path} has unfinished writes in its log, and {self.folder} cannot be written",
                    "copy the folder to where you can write, or run pressqa verify as its owner",
                ) from error
            connection = self._connection("immutable=1")
            connection.frozen = state
        return connection

    def _connection(self, how: str) -> SqliteConnection:
        uri = f"{self.path.resolve().as_uri()}?{how}"
        return sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False, factory=SqliteConnection)

    def is_stale(self, connection: Connection) -> bool:
        """Return True if the file was opened as immutable, and has changed."""
        frozen = getattr(connection, "frozen", None)
        return frozen is not None and frozen != self._state()

    def _state(self) -> tuple[int, ...]:
        """Return what changes when somebody writes: the file's inode, time and size, and the size of its log."""
        status = self.path.stat()
        try:
            log = self.path.with_name(f"{FILE}-wal").stat().st_size
        except OSError:
            log = 0
        return status.st_ino, status.st_mtime_ns, status.st_size, log

    @contextlib.contextmanager
    def making(self, *, wait: float) -> Iterator[Connection | None]:
        """Give a connection to a draft, which becomes the file at the end; None if there is a file.

        Raises `StorageError`.
        """
        draft = self.path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot make the data folder {self.folder}: {error}", STORAGE) from error
        # Under the lock, so that two processes that start at once do not both make a catalog.
        with writing(self.folder, wait=wait):
            if self.exists():
                yield None
                return
            try:
                # Drafts of an earlier try, and the log of a deleted catalog, which SQLite would replay into this one.
                for stale in (*self.folder.glob(f"{draft.name}*"), *self.folder.glob(f"{FILE}-*")):
                    stale.unlink(missing_ok=True)
                with contextlib.closing(sqlite3.connect(draft, factory=SqliteConnection)) as connection:
                    connection.begin(write=True)
                    yield connection
                    connection.commit()
                    connection.execute(f"PRAGMA user_version = {DELETES_SECURELY}")
                    connection.execute("PRAGMA journal_mode = WAL")
                draft.rename(self.path)
                sync_to_disk([self.folder])
            except (OSError, sqlite3.Error) as error:
                raise StorageError(f"cannot make an index in {self.folder}: {error}", STORAGE) from error

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a connection to change the schema by, under the write lock."""
        where = f"{self.path.resolve().as_uri()}?mode=rw"
        with (
            writing(self.folder),
            contextlib.closing(sqlite3.connect(where, uri=True, timeout=10, factory=SqliteConnection)) as connection,
        ):
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            # Off, so that a step can drop and recreate a table without deleting the rows that refer to it.
            connection.execute("PRAGMA foreign_keys = OFF")
            yield connection

    @contextlib.contextmanager
    def writing(self, connection: Connection, *, wait: float) -> Iterator[None]:
        """Hold the write lock of the folder; raises `IndexLockedError` or `StorageError`."""
        with writing(self.folder, wait=wait):
            yield

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Turn SQLite's errors into `IndexLockedError`, `StorageError` or `CatalogDamagedError`."""
        try:
            yield
        except sqlite3.ProgrammingError:  # a bug in pressqa, or use after close: not the file's fault
            raise
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text or "busy" in text:
                raise IndexLockedError(f"{self.path} is busy: {text}", "try again in a moment") from error
            if any(word in text for word in ("readonly", "read-only", "full", "disk I/O", "unable to open")):
                raise StorageError(f"cannot use {self.path}: {text}", STORAGE) from error
            raise CatalogDamagedError(f"{self.path} is damaged: {text}", RECOVER) from error
        except UnicodeEncodeError:  # an argument with a lone surrogate, which is not text
            raise
        except (sqlite3.DatabaseError, ValueError, TypeError, OverflowError) as error:
            # ValueError: dates, spans and JSON that cannot be what was stored.
            raise CatalogDamagedError(f"{self.path} is damaged: {error}", RECOVER) from error

    def dangling(self, connection: Connection) -> list[str]:
        """Return a message for each row that refers to one that is not there."""
        return [f"dangling row: {row}" for row in connection.execute("PRAGMA foreign_key_check")]

    def faults(self, connection: Connection) -> list[str]:
        """Return what SQLite finds wrong with its file."""
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def go_on_counting(self, connection: Connection) -> None:
        """Number further passages after those that were removed too; the rest SQLite does by itself."""
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'passage'")
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'passage', max(coalesce((SELECT max(id) FROM passage), 0),"
            " coalesce((SELECT max(passage_id) FROM removed), 0))"
        )

    def scrub(self, connection: Connection) -> None:
        """Leave nothing of deleted rows in the file and its log; other connections may stay open.

        Raises `IndexLockedError` if somebody reads from an earlier state for ten seconds: then the log still holds it.
        """
        if connection.execute("PRAGMA user_version").fetchone()[0] < DELETES_SECURELY:
            # an earlier pressqa wrote this file, and what it deleted is still there
            connection.execute("VACUUM")
            connection.execute(f"PRAGMA user_version = {DELETES_SECURELY}")
        (is_read, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_read:
            raise IndexLockedError(
                f"{self.path}-wal still holds what was deleted: somebody is reading an earlier state of the index",
                "when that has ended: pressqa verify",
            )
