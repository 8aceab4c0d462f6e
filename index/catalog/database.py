"""The database of the catalog: connections of threads, transactions and generations, whatever database it is."""

import contextlib
import functools
import json
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from index.catalog import migrations
from index.catalog.connection import Connection, ConnectionLostError
from index.catalog.stores import store_of
from index.errors import CatalogDamagedError, CatalogServerError
from index.types import Manifest


class _Lease:
    """A connection lent to one thread; when the thread ends, the connection goes back to ``idle``.

    ``older`` is the catalog's schema, as the connection found it, if that is not the newest one.
    """

    def __init__(self, connection: Connection, older: int | None, idle: "deque[tuple[Connection, int | None]]") -> None:
        self.connection = connection
        self.older = older
        self._idle = idle

    def __del__(self) -> None:
        self._idle.append((self.connection, self.older))


class Database:
    """One open catalog. Safe to share between threads: each gets a connection of its own."""

    def __init__(self, folder: Path, catalog: str | None = None, *, writable: bool = False) -> None:
        """Open the catalog at the address ``catalog``, or in ``folder`` if that is None.

        With ``writable``, a catalog of an earlier schema is migrated to the newest. Raises `IndexMissingError`,
        `CatalogDamagedError`, or `ManifestMismatchError` for a schema that cannot be read; for an address also
        `CatalogServerError`, and `InputError` if it is none; with ``writable`` also `IndexLockedError` or
        `StorageError`.
        """
        self.folder = folder
        self.store = store_of(folder, catalog)
        self.guard = self.store.guard
        self._writable = writable
        self._local = threading.local()
        # A server's threads come and go, so the connection of a thread that has ended is used by the next one. To close
        # it would not free its file: SQLite keeps that open while other connections of the process have locks on it.
        self._idle: deque[tuple[Connection, int | None]] = deque()
        self._all: list[Connection] = []
        self._guard_all = threading.Lock()
        try:
            with self.guard():
                if writable:
                    self._migrate()
                self.id = self.meta("id")
            self.manifest = self.read_manifest()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        with self._guard_all:
            for connection in self._all:
                connection.close()
            self._all.clear()

    @property
    def connection(self) -> Connection:
        """The calling thread's connection; it is opened again if what it assumes no longer holds."""
        lease: _Lease | None = getattr(self._local, "lease", None)
        if lease is None:
            try:
                connection, older = self._idle.popleft()
            except IndexError:
                connection, older = self._connect()
            lease = self._local.lease = _Lease(connection, older, self._idle)
        if self._is_stale(lease):
            stale = lease.connection
            lease.connection, lease.older = self._connect()
            self._all.remove(stale)  # it closes when nothing reads from it any more
        return lease.connection

    def _is_stale(self, lease: _Lease) -> bool:
        """Return True if what a connection assumes about the catalog, its schema or its state, no longer holds."""
        if self.store.is_stale(lease.connection):
            return True
        return lease.older is not None and lease.older != migrations.schema_of(lease.connection, self.store)

    def _migrate(self) -> None:
        with contextlib.closing(self.store.connect(writable=True)) as connection:
            schema = migrations.schema_of(connection, self.store)
        if schema < migrations.newest():
            migrations.migrate(self.store)

    def _connect(self) -> tuple[Connection, int | None]:
        connection = self.store.connect(writable=self._writable)
        try:
            schema = migrations.read_as_newest(connection, self.store)
        except BaseException:
            connection.close()
            raise
        with self._guard_all:
            self._all.append(connection)
        return connection, schema if schema < migrations.newest() else None

    @contextlib.contextmanager
    def writing(self, *, wait: float = 0.0) -> Iterator[None]:
        """Hold the write lock inside a ``with`` block: one writer at a time, wherever the others run.

        Raises `IndexLockedError`, which names the holder, if another process still has the lock after ``wait`` seconds;
        also `StorageError` and `CatalogServerError`.
        """
        with self.guard():
            connection = self.connection
        with self.store.writing(connection, wait=wait):
            yield

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read several things from one state; within another snapshot or a transaction, from its state."""
        with self.guard():
            connection = self.connection
            if connection.in_transaction:
                yield
                return
            connection.begin(write=False)
            try:
                yield
            finally:
                connection.rollback()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[int]:
        """Write everything in the ``with`` block as one generation, whose number it gets; on an error write nothing."""
        with self.guard():
            connection = self.connection
            connection.begin(write=True)
            try:
                generation, stamp = self._newest() + 1, uuid.uuid4().hex
                yield generation
                connection.execute("INSERT INTO generation VALUES (?, ?)", (generation, stamp))
                self._commit(connection, generation, stamp)
            except BaseException:
                connection.rollback()
                raise

    def _commit(self, connection: Connection, generation: int, stamp: str) -> None:
        """Commit; if the answer to that was lost, look whether it was done."""
        try:
            connection.commit()
        except ConnectionLostError:
            try:
                with contextlib.closing(self.store.connect(writable=False)) as other:
                    row = other.execute("SELECT stamp FROM generation WHERE number = ?", (generation,)).fetchone()
            except CatalogServerError as error:
                raise ConnectionLostError(
                    f"the connection to {self.store.name} was lost during a commit: the batch may be stored or not",
                    "run the command again: it finds what is stored, and goes on from there",
                ) from error
            if row is None or row[0] != stamp:
                raise
            connection.rollback()  # for the connection the transaction is still open

    def scrub(self) -> None:
        """Leave as little of deleted rows as the database can, while other connections are open.

        Raises `IndexLockedError` if somebody reads from an earlier state for ten seconds: then that is still held.
        """
        with self.guard():
            self.store.scrub(self.connection)

    def meta(self, key: str) -> str:
        """Return the "id", "schema" or "manifest" of the catalog; raises `CatalogDamagedError` if it is missing."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise CatalogDamagedError(f"{self.store.name} lacks its {key}", self.store.recover)
        return str(row[0])

    def generation(self) -> int:
        """Return the number of the last committed write."""
        with self.guard():
            return self._newest()

    def _newest(self) -> int:
        number = self.connection.execute("SELECT max(number) FROM generation").fetchone()[0]
        if number is None:
            raise CatalogDamagedError(f"{self.store.name} lacks its generation", self.store.recover)
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


_Self = TypeVar("_Self", bound=Database)
_Given = ParamSpec("_Given")
_Read = TypeVar("_Read")


def repeated(read: Callable[Concatenate[_Self, _Given], _Read]) -> Callable[Concatenate[_Self, _Given], _Read]:
    """Let a method that reads in one snapshot read once more, from a new one, if the connection was lost on the way."""

    @functools.wraps(read)
    def reading(self: _Self, /, *args: _Given.args, **named: _Given.kwargs) -> _Read:
        try:
            return read(self, *args, **named)
        except ConnectionLostError:
            if self.connection.in_transaction:  # within a snapshot of the caller's, which is lost
                raise
            return read(self, *args, **named)

    return reading
