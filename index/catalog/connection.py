"""What the catalog asks of a database: connections that run SQL, and a store that makes them.

There is one body of SQL, written as SQLite takes it, with ``?`` for a value and only what both databases understand.
`index.catalog.sqlite` runs it as it is; `index.catalog.postgres.dialect` translates the few words that differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from index.errors import CatalogServerError

Values = Sequence[Any]
"""The values of a statement's question marks: text, whole numbers, bytes, truth values and None."""


class ConnectionLostError(CatalogServerError):
    """The connection to the database was lost on the way: what was read may be read again, what was written is not."""


class Rows(Protocol):
    """The rows that a statement gives, each a tuple, and how many rows it changed."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that are left."""
        ...


class Connection(Protocol):
    """A connection to the database, used by one thread at a time."""

    @property
    def in_transaction(self) -> bool:
        """True between ``begin`` and ``commit`` or ``rollback``."""
        ...

    def execute(self, sql: str, values: Values = (), /) -> Rows:
        """Run a statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Values], /) -> object:
        """Run a statement that gives no rows once for each of ``rows``."""
        ...

    def each(self, sql: str, rows: Iterable[Values], /) -> Iterator[Any]:
        """Run a query once for each of ``rows``, and yield the first row that it gives, or None, for each."""
        ...

    def stream(self, sql: str, values: Values = (), /) -> Iterator[Any]:
        """Yield the rows of a query, of one state of the database, without holding all of them in memory."""
        ...

    def begin(self, *, write: bool) -> None:
        """Begin a transaction that sees one state of the database, or with ``write`` the only one that may write."""
        ...

    def commit(self) -> None:
        """Make what the transaction wrote visible to others, and durable."""
        ...

    def rollback(self) -> None:
        """End the transaction, if there is one, without what it wrote."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Store(Protocol):
    """Where a catalog is kept: a SQLite file in a data folder, or a schema of a PostgreSQL database.

    ``place`` and ``name`` are how messages call it: ``place`` what a person gave (the folder or the address) and
    ``name`` what is damaged if something is (the file or the address). ``recover``, ``elsewhere`` and ``again`` are
    parts of hints: what to do about damage, how to name another place, and how to make the index again in one.
    ``has_views`` tells if an earlier schema can be read through temporary views (`index.catalog.migrations`).
    """

    @property
    def place(self) -> str:
        """What a person gave."""
        ...

    @property
    def name(self) -> str:
        """What holds the catalog."""
        ...

    @property
    def recover(self) -> str:
        """What to do about damage."""
        ...

    @property
    def elsewhere(self) -> str:
        """How to name another place."""
        ...

    @property
    def again(self) -> str:
        """How to make the index again in another place."""
        ...

    @property
    def has_views(self) -> bool:
        """True if an earlier schema can be read as the newest."""
        ...

    def exists(self) -> bool:
        """Return True if there is a catalog."""
        ...

    def connect(self, *, writable: bool) -> Connection:
        """Open a connection; raises `IndexMissingError` if there is no catalog."""
        ...

    def is_stale(self, connection: Connection) -> bool:
        """Return True if a connection must be opened again, because what it assumes no longer holds."""
        ...

    def making(self, *, wait: float) -> AbstractContextManager[Connection | None]:
        """Give a connection in whose transaction the tables are made, under the write lock; None if there are some.

        At the end of the ``with`` block it is committed, whole or not at all. Raises `StorageError`.
        """
        ...

    def migrating(self) -> AbstractContextManager[Connection]:
        """Give a connection to change the schema by, under the write lock."""
        ...

    def writing(self, connection: Connection, *, wait: float) -> AbstractContextManager[None]:
        """Hold the write lock inside a ``with`` block; ``connection`` is the one that will write.

        Raises `IndexLockedError` if another process still has it after ``wait`` seconds, and `StorageError`.
        """
        ...

    def guard(self) -> AbstractContextManager[None]:
        """Turn the database's errors into pressqa's own."""
        ...

    def dangling(self, connection: Connection) -> list[str]:
        """Return a message for each row that refers to one that is not there."""
        ...

    def faults(self, connection: Connection) -> list[str]:
        """Return what the database itself finds wrong with its files; an empty list if nothing is."""
        ...

    def go_on_counting(self, connection: Connection) -> None:
        """Number further rows after those that were inserted with their numbers, and after removed passages."""
        ...

    def scrub(self, connection: Connection) -> None:
        """Take what is left of deleted rows out of the database; raises `IndexLockedError` if somebody reads them."""
        ...
