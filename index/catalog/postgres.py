"""The catalog in a schema of a PostgreSQL database: connections, the write lock, and its errors as pressqa's own.

A connection that broke is made again, once, for what can be asked again: a query by itself, or the beginning of a
transaction. What was in the middle of a transaction, or held the write lock, is lost as a whole, and an error says so.

Long because everything that is PostgreSQL's is here: the rest of the catalog knows no database.
"""

import contextlib
import hashlib
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import count, islice
from typing import Any, TypeVar

import stamina

from index.catalog.address import Address, parse
from index.catalog.connection import Connection, ConnectionLostError, Rows, Values
from index.catalog.dialect import translated
from index.errors import (
    CatalogDamagedError,
    CatalogServerError,
    IndexLockedError,
    IndexMissingError,
    InputError,
    ManifestMismatchError,
)

_Result = TypeVar("_Result")

logging.getLogger("stamina").addHandler(logging.NullHandler())  # a retry is no news: a failure is reported

PATIENCE = 5.0
"""Seconds that a connection waits for a server that is starting again. Set by judgement: about a restart's length."""

_BUSY = 10
"""Seconds that a transaction waits for another one that writes, as SQLite's do here."""

_POLL = 0.05
"""Seconds between two looks at a lock that somebody else has."""

_AT_ONCE = 500
"""How many queries, or rows of a long result, are fetched at a time: a megabyte, where they hold vectors."""

_FAMILY = 0x70727173 & 0x7FFFFFFF
"""The first number of every advisory lock of pressqa, "prqs" in ASCII, so that those of others do not meet it."""

_SECURE = "revision, passage, figure, embedding, page, origin, removed"
"""The tables from which a removal deletes."""

_STARTING = ("starting up", "shutting down", "not yet accepting", "in recovery")
"""What a server says of itself, in English, while it restarts."""

_LOST = frozenset(("57P01", "57P02", "57P03"))
"""PostgreSQL's codes for the end of a connection: it is shut down, it crashed, it is starting."""

_BUSY_STATES = frozenset(("55P03", "40P01", "40001"))
"""PostgreSQL's codes for what another transaction prevents: a lock not had in time, a deadlock, no serial order."""

_DAMAGED = frozenset(("42P01", "42703", "XX001", "XX002"))
"""PostgreSQL's codes for a table or a column that is not there, and for damaged files."""


class _UnreachableError(Exception):
    """The server did not answer; another try may succeed. Its text is the reason."""


class PostgresConnection:
    """One connection to the database, made again when it broke; a `index.catalog.connection.Connection`."""

    def __init__(self, store: "PostgresStore", *, writable: bool) -> None:
        self._store = store
        self._writable = writable
        self._in_transaction = False
        self._locks = 0
        self._names = count()
        self._raw: Any = store.open(writable=writable)
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
            with contextlib.closing(self._store.connect(writable=False)) as own:
                own.begin(write=False)
                yield from own.stream(sql, values)
            return
        cursor = self._ask(lambda raw: raw.cursor(name=f"rows{next(self._names)}"))
        cursor.itersize = _AT_ONCE
        with contextlib.closing(cursor):
            self._ask(lambda raw: cursor.execute(translated(sql), values))
            while some := self._ask(lambda raw: cursor.fetchmany(_AT_ONCE)):
                yield from some

    def begin(self, *, write: bool) -> None:
        """Begin a transaction that sees one state; with ``write``, once no other one writes."""
        key = self._store.key
        sql = (
            f"BEGIN; SET LOCAL lock_timeout = '{_BUSY}s'; SELECT pg_advisory_xact_lock({_FAMILY}, {key})"
            if write
            else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        )
        try:
            self._ask(lambda raw: raw.execute(sql))
        except BaseException:
            if self._raw is not None:
                with contextlib.suppress(Exception):
                    self._raw.execute("ROLLBACK")
            raise
        self._in_transaction = True

    def commit(self) -> None:
        """Commit; raises `ConnectionLostError` if it is not known whether that was done."""
        done = self._ask(lambda raw: raw.execute("COMMIT")).statusmessage
        self._in_transaction = False
        if done != "COMMIT":  # PostgreSQL rolls a transaction back in which something failed, whatever it is told
            raise CatalogServerError(f"{self._store.name} did not store a batch", "run the command again")

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
        self._drop()

    def lock(self, wait: float) -> None:
        """Take the write lock, which this connection holds until `unlock`; raises `IndexLockedError`."""
        until = time.monotonic() + wait
        arguments = f"{_FAMILY}, {self._store.key}"
        while not self._ask(lambda raw: raw.execute(f"SELECT pg_try_advisory_lock({arguments})").fetchone()[0]):
            if time.monotonic() >= until:
                raise IndexLockedError(
                    f"another process{self._holder()} is writing to {self._store.name}",
                    "wait until it is done, then try again",
                )
            time.sleep(_POLL)
        self._locks += 1

    def unlock(self) -> None:
        """Give the write lock back; it is gone already if the connection was lost."""
        self._locks -= 1
        if self._raw is not None:
            try:
                self._raw.execute(f"SELECT pg_advisory_unlock({_FAMILY}, {self._store.key})")
            except Exception:
                self._drop()  # with the connection, the server gives back its locks

    def _holder(self) -> str:
        """Return who has the write lock, for a message, as far as the server tells."""
        sql = (
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s::oid AND l.objid = %s::oid"
        )
        row = self._ask(lambda raw: raw.execute(sql, (_FAMILY, self._store.key)).fetchone())
        return f" ({row[0]})" if row and row[0] else ""

    def _ask(self, ask: Callable[[Any], _Result]) -> _Result:
        """Return what ``ask`` returns of a `psycopg.Connection`; asked again, over a new one, if this one broke."""
        if self._raw is not None:
            try:
                return self._once(ask)
            except ConnectionLostError:
                if self._in_transaction or self._locks:
                    raise
        elif self._in_transaction or self._locks:
            raise self._store.lost(writing=bool(self._locks))
        self._raw = self._store.open(writable=self._writable)
        if self._state is not None and _catalog_and_schema(self._raw) != self._state:
            self._drop()
            raise ManifestMismatchError(
                f"{self._store.name} holds another index, or one of another schema, than when it was opened",
                "start pressqa again",
            )
        return self._once(ask)

    def _once(self, ask: Callable[[Any], _Result]) -> _Result:
        try:
            return ask(self._raw)
        except Exception as error:
            if _is_of_psycopg(error):
                if "NUL" in str(error) and not getattr(error, "sqlstate", None):
                    # Like half of a surrogate pair, it is in no stored text.
                    raise UnicodeEncodeError("utf-8", "\0", 0, 1, "PostgreSQL keeps no NUL in a text") from error
                if self._raw.closed or _is_loss(error):
                    self._drop()
                    raise self._store.lost(writing=bool(self._locks)) from error
            raise

    def _drop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            with contextlib.suppress(Exception):
                raw.close()


class PostgresStore:
    """The catalog's schema in a PostgreSQL database; a `index.catalog.connection.Store`."""

    recover = "restore the database from a backup, or ingest the releases again into another one (PRESSQA_CATALOG)"
    elsewhere = "name another database: PRESSQA_CATALOG"
    again = "make it again in another database: name that one in PRESSQA_CATALOG, then pressqa ingest PATH"
    has_views = False

    def __init__(self, address: Address) -> None:
        self.address = address
        digest = hashlib.sha256(address.schema.encode()).digest()
        self.key = int.from_bytes(digest[:4], "big") & 0x7FFFFFFF
        """The second number of the advisory lock: locks are of one database, in which the schema tells catalogs apart.

        Both numbers are below 2 ** 31, as PostgreSQL's signed ones must be."""

    @property
    def place(self) -> str:
        """The address, without a password."""
        return str(self.address)

    @property
    def name(self) -> str:
        """The address, without a password."""
        return str(self.address)

    def open(self, *, writable: bool) -> Any:
        """Return a new `psycopg.Connection`, tried again while the server starts; raises `CatalogServerError`."""
        psycopg = _library(self.address)
        try:
            for attempt in stamina.retry_context(
                on=_UnreachableError, attempts=None, timeout=PATIENCE, wait_initial=0.1, wait_max=1.0
            ):
                with attempt:
                    return self._open(psycopg, writable=writable)
        except _UnreachableError as error:
            raise CatalogServerError(
                f"{self.address} does not answer: {error}",
                "start the PostgreSQL server, or correct PRESSQA_CATALOG",
            ) from error
        raise AssertionError("a retry ends with a result or an error")

    def _open(self, psycopg: Any, *, writable: bool) -> Any:
        address = self.address
        login = {name: value for name, value in (("user", address.user), ("password", address.password)) if value}
        try:
            raw = psycopg.connect(
                host=address.host,
                port=address.port,
                dbname=address.database,
                **login,
                **address.options,
                autocommit=True,
                client_encoding="UTF8",
                application_name=f"pressqa, process {os.getpid()} on {socket.gethostname()[:30]}",
                connect_timeout=int(PATIENCE),
                # A network that swallows everything is noticed in about a minute, not in hours.
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
                tcp_user_timeout=60_000,
            )
        except psycopg.OperationalError as error:
            said = _reason(error)
            if "FATAL" not in str(error) or any(words in str(error) for words in _STARTING):
                raise _UnreachableError(said) from error
            raise CatalogServerError(
                f"{address} refuses: {said}",
                "correct PRESSQA_CATALOG, or see that the database, the user and its password are there",
            ) from error
        try:
            raw.execute(
                "SELECT set_config('search_path', %s, false), set_config('default_transaction_read_only', %s, false)",
                (f'"{address.schema}"', "off" if writable else "on"),
            )
        except psycopg.Error as error:
            raw.close()
            if _is_loss(error):
                raise _UnreachableError(_reason(error)) from error
            raise
        return raw

    def lost(self, *, writing: bool) -> ConnectionLostError:
        """Return the error of a connection that was lost on the way."""
        if writing:
            return ConnectionLostError(
                f"the connection to {self.address} was lost while it was written to: nothing of this batch is stored,"
                " and everything before it is",
                "run the command again: it goes on where it stopped",
            )
        return ConnectionLostError(f"the connection to {self.address} was lost", "try again")

    def exists(self) -> bool:
        """Return True if the schema holds a catalog; raises `CatalogServerError`."""
        with self.guard(), contextlib.closing(PostgresConnection(self, writable=False)) as connection:
            return self._has_catalog(connection)

    def _has_catalog(self, connection: Connection) -> bool:
        found = connection.execute("SELECT to_regclass(?) IS NOT NULL", (f'"{self.address.schema}".meta',))
        return bool(found.fetchone()[0])

    def connect(self, *, writable: bool) -> PostgresConnection:
        """Open a connection to the catalog; raises `IndexMissingError` and `CatalogServerError`."""
        with self.guard():
            connection = PostgresConnection(self, writable=writable)
            try:
                if not self._has_catalog(connection):
                    raise IndexMissingError(f"no index in {self.address}", "make one: pressqa ingest PATH")
                connection.know()
            except BaseException:
                connection.close()
                raise
            return connection

    def is_stale(self, connection: Connection) -> bool:
        """Return False: a connection sees what is there."""
        return False

    @contextlib.contextmanager
    def making(self, *, wait: float) -> Iterator[Connection | None]:
        """Give a connection in whose transaction the tables are made; None if the schema has a catalog.

        Raises `IndexLockedError` and `CatalogServerError`.
        """
        # Under the lock, so that two processes that start at once do not both make a catalog.
        with (
            self.guard(),
            contextlib.closing(PostgresConnection(self, writable=True)) as connection,
            self.writing(connection, wait=wait),
        ):
            if self._has_catalog(connection):
                yield None
                return
            encoding = connection.execute("SHOW server_encoding").fetchone()[0]
            if encoding != "UTF8":
                raise CatalogServerError(
                    f"{self.address} keeps text as {encoding}, which cannot hold every character",
                    "make a database that can: createdb --encoding UTF8 --template template0",
                )
            connection.begin(write=True)
            try:
                schema = self.address.schema
                found = connection.execute("SELECT to_regnamespace(?) IS NULL", (f'"{schema}"',)).fetchone()
                if found[0]:  # asked first, because an existing one may be used by those who may make none
                    connection.execute(f'CREATE SCHEMA "{schema}"')
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a connection to change the schema by, under the write lock; raises `IndexLockedError`."""
        with (
            contextlib.closing(PostgresConnection(self, writable=True)) as connection,
            self.writing(connection, wait=0.0),
        ):
            yield connection

    @contextlib.contextmanager
    def writing(self, connection: Connection, *, wait: float) -> Iterator[None]:
        """Hold the write lock: an advisory lock of the connection that writes, so that none writes without it."""
        assert isinstance(connection, PostgresConnection)
        with self.guard():
            connection.lock(wait)
        try:
            yield
        finally:
            connection.unlock()

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Turn psycopg's errors into `IndexLockedError`, `CatalogServerError` or `CatalogDamagedError`."""
        try:
            yield
        except UnicodeEncodeError:  # an argument that is not text
            raise
        except (ValueError, TypeError, OverflowError) as error:  # dates, spans and JSON that cannot be what was stored
            raise CatalogDamagedError(f"{self.name} is damaged: {error}", self.recover) from error
        except Exception as error:
            if not _is_of_psycopg(error):
                raise
            told = self._told(error)
            if told is None:
                raise
            raise told from error

    def _told(self, error: Exception) -> Exception | None:
        """Return a database's error as one of pressqa's; None for a bug in pressqa."""
        state = getattr(error, "sqlstate", None) or ""
        if _is_loss(error):
            return self.lost(writing=False)
        if state in _BUSY_STATES:
            return IndexLockedError(f"{self.name} is busy: {_reason(error)}", "try again in a moment")
        if state in _DAMAGED or state[:2] in ("22", "23"):
            return CatalogDamagedError(f"{self.name} is damaged: {_reason(error)}", self.recover)
        if state[:2] in ("", "42") and state != "42501":
            return None
        return CatalogServerError(
            f"{self.name} refuses: {_reason(error)}", "see the server's log and the rights of its user, then try again"
        )

    def dangling(self, connection: Connection) -> list[str]:
        """Return an empty list: PostgreSQL refuses a row that refers to one that is not there."""
        return []

    def faults(self, connection: Connection) -> list[str]:
        """Return an empty list: the files are the server's, whose tool ``pg_amcheck`` reads them."""
        return []

    def scrub(self, connection: Connection) -> None:
        """Vacuum the tables from which a removal deletes, once nobody reads an earlier state any more.

        Raises `IndexLockedError` if somebody still does after ten seconds: then the tables still hold what was deleted.
        """
        newest = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0]
        # A snapshot that began earlier than now keeps the rows that it may see; those of other users are not shown.
        older = (
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND age(backend_xmin) > age('{newest}'::xid8::xid))"
        )
        until = time.monotonic() + _BUSY
        while (is_read := connection.execute(older).fetchone()[0]) and time.monotonic() < until:
            time.sleep(_POLL)
        connection.execute(f"VACUUM {_SECURE}")
        if is_read:
            raise IndexLockedError(
                f"{self.name} still holds what was deleted: somebody is reading an earlier state of the index",
                "when that has ended: pressqa verify",
            )


@lru_cache(maxsize=64)
def postgres_at(text: str) -> PostgresStore:
    """Return the store at an address; raises `InputError` for no address, or where psycopg is not installed."""
    address = parse(text)
    _library(address)
    return PostgresStore(address)


def _library(address: Address) -> Any:
    try:
        import psycopg
    except ImportError as error:  # also where it is there without the C library that it needs
        raise InputError(
            f"PRESSQA_CATALOG is {str(address)!r}, and psycopg is not installed",
            "install it: pip install 'pressqa[postgres]'",
        ) from error
    return psycopg


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


def _is_of_psycopg(error: BaseException) -> bool:
    return any(kind.__module__.split(".")[0] == "psycopg" for kind in type(error).__mro__)


def _is_loss(error: BaseException) -> bool:
    """Return True if an error of psycopg is the end of a connection."""
    state = getattr(error, "sqlstate", None) or ""
    names = {kind.__name__ for kind in type(error).__mro__}
    return state in _LOST or state[:2] == "08" or (not state and "OperationalError" in names)


def _reason(error: BaseException) -> str:
    """Return what an error says, in one line, without what the client library puts around it."""
    said = str(getattr(getattr(error, "diag", None), "message_primary", None) or error).strip()
    line = said.splitlines()[0] if said else type(error).__name__
    return line.rpartition(" failed: ")[2].removeprefix("FATAL: ").strip()[:300]
