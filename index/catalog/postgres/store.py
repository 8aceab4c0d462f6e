"""The catalog in a schema of a PostgreSQL database: making it, its write lock, and its errors as pressqa's own."""

import contextlib
import time
from collections.abc import Iterator
from functools import lru_cache

from index.catalog.connection import Connection, ConnectionLostError
from index.catalog.postgres.address import Address, parse
from index.catalog.postgres.connection import BUSY, POLL, PostgresConnection
from index.catalog.postgres.server import Server, is_loss, is_of_psycopg, library, reason
from index.errors import CatalogDamagedError, CatalogServerError, IndexLockedError, IndexMissingError

_HELD = frozenset(("55P03", "40P01", "40001"))
"""PostgreSQL's codes for what another transaction prevents: a lock not had in time, a deadlock, no serial order."""

_DAMAGED = frozenset(("42P01", "42703", "XX001", "XX002"))
"""PostgreSQL's codes for a table or a column that is not there, and for damaged files."""

_SECURE = "revision, passage, figure, embedding, page, origin, removed"
"""The tables from which a removal deletes."""


class PostgresStore:
    """The catalog's schema in a PostgreSQL database; a `index.catalog.connection.Store`."""

    recover = "restore the database from a backup, or ingest the releases again into another one (PRESSQA_CATALOG)"
    elsewhere = "name another database: PRESSQA_CATALOG"
    again = "make it again in another database: name that one in PRESSQA_CATALOG, then pressqa ingest PATH"
    has_views = False

    def __init__(self, address: Address) -> None:
        self.address = address
        self._server = Server(address)

    @property
    def place(self) -> str:
        """The address, without a password."""
        return str(self.address)

    @property
    def name(self) -> str:
        """The address, without a password."""
        return str(self.address)

    def exists(self) -> bool:
        """Return True if the schema holds a catalog; raises `CatalogServerError`."""
        with self.guard(), contextlib.closing(PostgresConnection(self._server, writable=False)) as connection:
            return self._has_catalog(connection)

    def _has_catalog(self, connection: Connection) -> bool:
        found = connection.execute("SELECT to_regclass(?) IS NOT NULL", (f'"{self.address.schema}".meta',))
        return bool(found.fetchone()[0])

    def connect(self, *, writable: bool) -> PostgresConnection:
        """Open a connection to the catalog; raises `IndexMissingError` and `CatalogServerError`."""
        with self.guard():
            connection = PostgresConnection(self._server, writable=writable)
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
            contextlib.closing(PostgresConnection(self._server, writable=True)) as connection,
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
            contextlib.closing(PostgresConnection(self._server, writable=True)) as connection,
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
            if not is_of_psycopg(error):
                raise
            told = self._told(error)
            if told is None:
                raise
            raise told from error

    def _told(self, error: Exception) -> Exception | None:
        """Return a database's error as one of pressqa's; None for a bug in pressqa."""
        state = getattr(error, "sqlstate", None) or ""
        if is_loss(error):
            return ConnectionLostError(f"the connection to {self.name} was lost", "try again")
        if state in _HELD:
            return IndexLockedError(f"{self.name} is busy: {reason(error)}", "try again in a moment")
        if state in _DAMAGED or state[:2] in ("22", "23"):
            return CatalogDamagedError(f"{self.name} is damaged: {reason(error)}", self.recover)
        if state[:2] in ("", "42") and state != "42501":
            return None
        return CatalogServerError(
            f"{self.name} refuses: {reason(error)}", "see the server's log and the rights of its user, then try again"
        )

    def dangling(self, connection: Connection) -> list[str]:
        """Return an empty list: PostgreSQL refuses a row that refers to one that is not there."""
        return []

    def faults(self, connection: Connection) -> list[str]:
        """Return an empty list: the files are the server's, whose tool ``pg_amcheck`` reads them."""
        return []

    def go_on_counting(self, connection: Connection) -> None:
        """Number further rows after those that were inserted with their numbers, and after removed passages."""
        for table, column, most in (
            ("revision", "id", "SELECT max(id) FROM revision"),
            ("origin", "number", "SELECT max(number) FROM origin"),
            ("passage", "id", "SELECT greatest((SELECT max(id) FROM passage), (SELECT max(passage_id) FROM removed))"),
        ):
            last = connection.execute(most).fetchone()[0]
            if last is not None:
                connection.execute("SELECT setval(pg_get_serial_sequence(?, ?), ?)", (table, column, last))

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
        until = time.monotonic() + BUSY
        while (is_read := connection.execute(older).fetchone()[0]) and time.monotonic() < until:
            time.sleep(POLL)
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
    library(address)
    return PostgresStore(address)
