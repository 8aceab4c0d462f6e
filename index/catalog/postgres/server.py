"""A schema in a PostgreSQL database: opening connections to it, and what its errors mean."""

import hashlib
import logging
import os
import socket
from typing import Any

import stamina

from index.catalog.postgres.address import Address
from index.errors import CatalogServerError, InputError

logging.getLogger("stamina").addHandler(logging.NullHandler())  # a retry is no news: a failure is reported

PATIENCE = 5.0
"""Seconds that a connection waits for a server that is starting again. Set by judgement: about a restart's length."""

FAMILY = 0x70727173
"""The first number of every advisory lock of pressqa, "prqs" in ASCII, so that those of others do not meet it."""

_FOR_NOW = ("starting up", "shutting down", "not yet accepting", "in recovery", "too many", "connection slots")
"""What a server says, in English, where it refuses for a moment only: while it restarts, or has its hands full."""

_LOST = frozenset(("57P01", "57P02", "57P03"))
"""PostgreSQL's codes for the end of a connection: it is shut down, it crashed, it is starting."""


class _UnreachableError(Exception):
    """The server did not answer; another try may succeed. Its text is the reason."""


class Server:
    """The schema at an address, which any number of connections may be opened to.

    ``key`` is the second number of its advisory lock: a lock is of one database, in which the schema tells catalogs
    apart. Both numbers are below 2 ** 31, as they must be for PostgreSQL.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.key = int.from_bytes(hashlib.sha256(address.schema.encode()).digest()[:4], "big") & 0x7FFFFFFF

    def open(self, *, writable: bool) -> Any:
        """Return a new `psycopg.Connection`, tried again while the server starts; raises `CatalogServerError`."""
        psycopg = library(self.address)
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
            said = reason(error)
            if "FATAL" not in str(error) or any(words in str(error) for words in _FOR_NOW):
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
            if is_loss(error):
                raise _UnreachableError(reason(error)) from error
            raise
        return raw


def library(address: Address) -> Any:
    """Return the module psycopg; raises `InputError`, which says how to install it."""
    try:
        import psycopg
    except ImportError as error:  # also where it is there without the C library that it needs
        raise InputError(
            f"PRESSQA_CATALOG is {str(address)!r}, and psycopg is not installed",
            "install it: pip install 'pressqa[postgres]'",
        ) from error
    return psycopg


def is_of_psycopg(error: BaseException) -> bool:
    """Return True for an error of the client library."""
    return any(kind.__module__.split(".")[0] == "psycopg" for kind in type(error).__mro__)


def is_loss(error: BaseException) -> bool:
    """Return True if an error of psycopg is the end of a connection."""
    state = getattr(error, "sqlstate", None) or ""
    names = {kind.__name__ for kind in type(error).__mro__}
    return state in _LOST or state[:2] == "08" or (not state and "OperationalError" in names)


def reason(error: BaseException) -> str:
    """Return what an error says, in one line, without what the client library puts around it."""
    said = str(getattr(getattr(error, "diag", None), "message_primary", None) or error).strip()
    line = said.splitlines()[0] if said else type(error).__name__
    return line.rpartition(" failed: ")[2].removeprefix("FATAL: ").strip()[:300]
