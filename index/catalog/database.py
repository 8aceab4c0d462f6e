"""The SQLite file of the catalog: connections, transactions, generations, and SQLite's errors as pressqa's own."""

import contextlib
import json
import sqlite3
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from index.catalog import migrations
from index.catalog.schema import FILE, exists
from index.disk.lock import writing
from index.errors import RECOVER, STORAGE, CatalogDamagedError, IndexLockedError, IndexMissingError, StorageError
from index.text.publishers import publisher_key
from index.types import Manifest

_CANNOT_LOCK = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""SQLite's primary result codes when it is not allowed to make the files of a write-ahead log."""


class _Connection(sqlite3.Connection):
    """A connection that remembers what it assumes about the file.

    ``frozen`` is the state of the file (`Database._state`) if it was opened as immutable, because its folder is
    read-only. ``older`` is the file's schema if that is not the newest one.
    """

    frozen: tuple[int, ...] | None = None
    older: int | None = None


class _Lease:
    """A connection lent to one thread; when the thread ends, the connection goes back to ``idle``."""

    def __init__(self, connection: _Connection, idle: deque[_Connection]) -> None:
        self.connection = connection
        self._idle = idle

    def __del__(self) -> None:
        self._idle.append(self.connection)


class Database:
    """One open catalog file. Safe to share between threads: each gets a connection of its own."""

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        """Open the catalog in ``folder``; with ``writable``, a file of an earlier schema is migrated to the newest.

        Raises `IndexMissingError`, `CatalogDamagedError`, or `ManifestMismatchError` for a schema that cannot be read;
        with ``writable`` also `IndexLockedError` or `StorageError`.
        """
        self.folder = folder
        self.path = folder / FILE
        self._writable = writable
        self._local = threading.local()
        # A server's threads come and go, so the connection of a thread that has ended is used by the next one. To close
        # it would not free its file: SQLite keeps that open while other connections of the process have locks on it.
        self._idle: deque[_Connection] = deque()
        self._all: list[_Connection] = []
        self._guard_all = threading.Lock()
        if not exists(folder):
            raise IndexMissingError(f"no index in {folder}", "make one: pressqa ingest PATH")
        with self.guard():
            if writable:
                self._migrate()
            self.id = self.meta("id")
        self.manifest = self.read_manifest()

    def close(self) -> None:
        """Close every connection."""
        with self._guard_all:
            for connection in self._all:
                connection.close()
            self._all.clear()

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's connection; it is opened again if what it assumes about the file no longer holds."""
        lease: _Lease | None = getattr(self._local, "lease", None)
        if lease is None:
            try:
                connection = self._idle.popleft()
            except IndexError:
                connection = self._connect()
            lease = self._local.lease = _Lease(connection, self._idle)
        if self._is_stale(lease.connection):
            stale, lease.connection = lease.connection, self._connect()
            self._all.remove(stale)  # it closes when nothing reads from it any more
        return lease.connection

    def _migrate(self) -> None:
        with contextlib.closing(self._connection("mode=rw")) as connection:
            schema = migrations.schema_of(connection, self.path)
        if schema < migrations.newest():
            with writing(self.folder):
                migrations.migrate(self.path)

    def _is_stale(self, connection: _Connection) -> bool:
        """Return True if what a connection assumes about the file, its schema or its state, no longer holds."""
        if connection.frozen is not None and connection.frozen != self._state():
            return True
        return connection.older is not None and connection.older != migrations.schema_of(connection, self.path)

    def _connect(self) -> _Connection:
        connection = self._open()
        try:
            schema = migrations.read_as_newest(connection, self.path)
        except BaseException:
            connection.close()
            raise
        connection.older = schema if schema < migrations.newest() else None
        with self._guard_all:
            self._all.append(connection)
        # SQLite ignores case in ASCII only; this compares publishers as the keyword index does.
        connection.create_function("publisher_key", 1, publisher_key, deterministic=True)
        return connection

    def _open(self) -> _Connection:
        if self._writable:
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
            # which is correct while nobody writes to it: `connection` opens it again once its state has changed.
            state = self._state()
            if state[-1]:
                raise StorageError(
                    f"{self.path} has unfinished writes in its log, and {self.folder} cannot be written",
                    "copy the folder to where you can write, or run pressqa verify as its owner",
                ) from error
            connection = self._connection("immutable=1")
            connection.frozen = state
        return connection

    def _connection(self, how: str) -> _Connection:
        uri = f"{self.path.resolve().as_uri()}?{how}"
        return sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False, factory=_Connection)

    def _state(self) -> tuple[int, ...]:
        """Return what changes when somebody writes: the file's inode, time and size, and the size of its log."""
        status = self.path.stat()
        try:
            log = self.path.with_name(f"{FILE}-wal").stat().st_size
        except OSError:
            log = 0
        return status.st_ino, status.st_mtime_ns, status.st_size, log

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

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read several things from one state of the file; within another snapshot or a transaction, from its state."""
        with self.guard():
            connection = self.connection
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[int]:
        """Write everything in the ``with`` block as one generation, whose number it gets; on an error write nothing."""
        with self.guard():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                generation = self._newest() + 1
                yield generation
                connection.execute("INSERT INTO generation VALUES (?, ?)", (generation, uuid.uuid4().hex))
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def scrub(self) -> None:
        """Leave nothing of deleted rows in the file and its log; other connections may stay open.

        Raises `IndexLockedError` if somebody reads from an earlier state for ten seconds: then the log still holds it.
        """
        with self.guard():
            connection = self.connection
            if connection.execute("PRAGMA user_version").fetchone()[0] < migrations.DELETES_SECURELY:
                # an earlier pressqa wrote this file, and what it deleted is still there
                connection.execute("VACUUM")
                connection.execute(f"PRAGMA user_version = {migrations.DELETES_SECURELY}")
            (is_read, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_read:
            raise IndexLockedError(
                f"{self.path}-wal still holds what was deleted: somebody is reading an earlier state of the index",
                "when that has ended: pressqa verify",
            )

    def meta(self, key: str) -> str:
        """Return the "id", "schema" or "manifest" of the file; raises `CatalogDamagedError` if it is missing."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise CatalogDamagedError(f"{self.path} lacks its {key}", RECOVER)
        return str(row[0])

    def generation(self) -> int:
        """Return the number of the last committed write."""
        with self.guard():
            return self._newest()

    def _newest(self) -> int:
        number = self.connection.execute("SELECT max(number) FROM generation").fetchone()[0]
        if number is None:
            raise CatalogDamagedError(f"{self.path} lacks its generation", RECOVER)
        return int(number)

    def stamp(self, generation: int) -> str | None:
        """Return the random mark of a generation, None if there is no such generation.

        Two copies of an index that were written to separately give the same number different marks.
        """
        with self.guard():
            sql = "SELECT stamp FROM generation WHERE number = ?"
            row = self.connection.execute(sql, (generation,)).fetchone()
            return None if row is None else str(row[0])

    def read_manifest(self) -> Manifest:
        """Read the manifest, which another process may have changed by re-embedding."""
        with self.guard():
            self.manifest = Manifest(**json.loads(self.meta("manifest")))
        return self.manifest
