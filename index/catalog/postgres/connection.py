"""One connection to a catalog in PostgreSQL: statements, transactions, the write lock, and what is asked again.

A connection that broke is made again, once, for what can be asked again: a query by itself, or the beginning of a
transaction. What was in the middle of a transaction, or held the write lock, is lost as a whole, and an error says so.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from typing import Any, TypeVar

from index.catalog.connection import ConnectionLostError, Rows, Values
from index.catalog.postgres.dialect import translated
from index.catalog.postgres.server import FAMILY, Server, is_loss, is_of_psycopg
from index.errors import CatalogServerError, IndexLockedError, ManifestMismatchError

_Result = TypeVar("_Result")

BUSY = 10
"""Seconds that a transaction waits for another one that writes, as SQLite's do here."""

POLL = 0.05
"""Seconds between two looks at what somebody else holds."""

_AT_ONCE = 500
"""How many queries are asked, or rows of a long result fetched, at a time: a megabyte, where they hold vectors."""


class PostgresConnection:
    """One connection to the database, made again when it broke; a `index.catalog.connection.Connection`."""

    def __init__(self, server: Server, *, writable: bool) -> None:
        self._server = server
        self._writable = writable
        self._is_closed = False
        self._in_transaction = self._writes = False
        self._locks = 0
        self._names = count()
        self._raw: Any = server.open(writable=writable)
        self._state: list[Any] | None = None

    @property
    def in_transaction(self) -> bool:
        """True between ``begin`` and ``commit`` or ``rollback``, also once the connection was lost in between."""
        return self._in_transaction

    def know(self) -> None:
        """Remember which catalog is there, so that a connection made again does not go on with another one."""
        self._state = _catalog_and_schema(self._raw)

    def execute(self, sql: str, values: Values = (), /) -> Rows:
        """Run a statement."""
        rows: Rows = self._ask(lambda raw: raw.execute(translated(sql), values))
        return rows

    def executemany(self, sql: str, rows: Iterable[Values], /) -> None:
        """Run a statement that gives no rows once for each of ``rows``."""
        given = list(rows)
        self._ask(lambda raw: raw.cursor().executemany(translated(sql), given))

    def each(self, sql: str, rows: Iterable[Values], /) -> Iterator[Any]:
        """Run a query once for each of ``rows``, many on one way to the server, and yield the first row of each."""
        left = iter(rows)
        while some := list(islice(left, _AT_ONCE)):
            yield from self._ask(partial(_first_rows, translated(sql), some))

    def stream(self, sql: str, values: Values = (), /) -> Iterator[Any]:
        """Yield the rows of a query through a cursor on the server."""
        if not self._in_transaction:
            # Over a connection of its own, because a caller may write over this one while it goes through the rows.
            with contextlib.closing(PostgresConnection(self._server, writable=False)) as own:
                own.begin(write=False)
                yield from own.stream(sql, values)
            return
        cursor = self._ask(lambda raw: raw.cursor(name=f"rows{next(self._names)}"))
        with contextlib.closing(cursor):
            self._ask(lambda raw: cursor.execute(translated(sql), values))
            while some := self._ask(lambda raw: cursor.fetchmany(_AT_ONCE)):
                yield from some

    def begin(self, *, write: bool) -> None:
        """Begin a transaction that sees one state; with ``write``, once no other one writes."""
        sql = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        if write:
            lock = f"SELECT pg_advisory_xact_lock({FAMILY}, {self._server.key})"
            sql = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '{BUSY}s'; {lock}"
        try:
            self._ask(lambda raw: raw.execute(sql))
        except BaseException:
            if self._raw is not None:
                with contextlib.suppress(Exception):
                    self._raw.execute("ROLLBACK")
            raise
        self._in_transaction, self._writes = True, write

    def commit(self) -> None:
        """Commit; raises `ConnectionLostError` if it is not known whether that was done."""
        done = self._ask(lambda raw: raw.execute("COMMIT")).statusmessage
        self._in_transaction = False
        if done != "COMMIT":  # PostgreSQL rolls a transaction back in which something failed, whatever it is told
            raise CatalogServerError(f"{self._server.address} did not store a batch", "run the command again")

    def rollback(self) -> None:
        """End the transaction, if there is one; that of a lost connection has ended already."""
        if self._in_transaction and self._raw is not None:
            try:
                self._raw.execute("ROLLBACK")
            except Exception:
                self._drop()
        self._in_transaction = False

    def close(self) -> None:
        """Close the connection."""
        self._is_closed = True
        self._drop()

    def lock(self, wait: float) -> None:
        """Take the write lock, which this connection holds until `unlock`; raises `IndexLockedError`."""
        until = time.monotonic() + wait
        arguments = f"{FAMILY}, {self._server.key}"
        while not self._ask(lambda raw: raw.execute(f"SELECT pg_try_advisory_lock({arguments})").fetchone()[0]):
            if time.monotonic() >= until:
                raise IndexLockedError(
                    f"another process{self._holder()} is writing to {self._server.address}",
                    "wait until it is done, then try again",
                )
            time.sleep(POLL)
        self._locks += 1

    def unlock(self) -> None:
        """Give the write lock back; it is gone already if the connection was lost."""
        self._locks -= 1
        if self._raw is not None:
            try:
                self._raw.execute(f"SELECT pg_advisory_unlock({FAMILY}, {self._server.key})")
            except Exception:
                self._drop()  # with the connection, the server gives back its locks

    def _holder(self) -> str:
        """Return who has the write lock, for a message, as far as the server tells."""
        sql = (
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s::oid AND l.objid = %s::oid"
        )
        row = self._ask(lambda raw: raw.execute(sql, (FAMILY, self._server.key)).fetchone())
        return f" ({row[0]})" if row and row[0] else ""

    def _ask(self, ask: Callable[[Any], _Result]) -> _Result:
        """Return what ``ask`` returns of a `psycopg.Connection`; asked again, over a new one, if this one broke."""
        if self._raw is not None:
            try:
                return self._once(ask)
            except ConnectionLostError:
                if self._in_transaction or self._locks:
                    raise
        elif self._is_closed:
            raise RuntimeError("the catalog was closed")
        elif self._in_transaction or self._locks:
            raise self._lost()
        self._raw = self._server.open(writable=self._writable)
        if self._state is not None and _catalog_and_schema(self._raw) != self._state:
            self._drop()
            raise ManifestMismatchError(
                f"{self._server.address} holds another index, or one of another schema, than when it was opened",
                "start pressqa again",
            )
        return self._once(ask)

    def _once(self, ask: Callable[[Any], _Result]) -> _Result:
        try:
            return ask(self._raw)
        except Exception as error:
            if is_of_psycopg(error):
                if "NUL" in str(error) and not getattr(error, "sqlstate", None):
                    # Like half of a surrogate pair, it is in no stored text.
                    raise UnicodeEncodeError("utf-8", "\0", 0, 1, "PostgreSQL keeps no NUL in a text") from error
                if self._raw.closed or is_loss(error):
                    self._drop()
                    raise self._lost() from error
            raise

    def _lost(self) -> ConnectionLostError:
        """Return the error that says what became of what was being done."""
        what = f"the connection to {self._server.address} was lost"
        if self._in_transaction and self._writes:
            return ConnectionLostError(
                f"{what} while it was written to: nothing of this batch is stored, and everything before it is",
                "run the command again: it goes on where it stopped",
            )
        if self._locks:
            return ConnectionLostError(
                f"{what}, and the write lock with it; what was stored is kept", "finish the work: pressqa verify"
            )
        return ConnectionLostError(what, "try again")

    def _drop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with contextlib.suppress(Exception):
                raw.close()


def _catalog_and_schema(raw: Any) -> list[Any]:
    rows: list[Any] = raw.execute("SELECT value FROM meta WHERE key IN ('id', 'schema') ORDER BY key").fetchall()
    return rows


def _first_rows(sql: str, values: Sequence[Values], raw: Any) -> list[Any]:
    """Return the first row of a query for each of some values, or None, all asked at once."""
    cursor = raw.cursor()
    cursor.executemany(sql, values, returning=True)
    found = [cursor.fetchone()]
    while cursor.nextset():
        found.append(cursor.fetchone())
    return found
