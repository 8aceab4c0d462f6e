"""One connection to a Milvus server: made when it is first needed, made again when it broke, its errors as our own."""

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import stamina

from index.errors import InputError, SearchServerError
from index.search.milvus.address import Address, parse

_Result = TypeVar("_Result")

logging.getLogger("stamina").addHandler(logging.NullHandler())  # a retry is no news: a failure is reported

READ_PATIENCE = 5.0
"""Seconds that a search waits for a server that is starting again. Set by judgement: less than a person's patience."""

WRITE_PATIENCE = 60.0
"""Seconds that a publication waits for it: about what a restart of Milvus takes, so that an ingest outlasts one."""

CALL_SECONDS = 30.0
"""How long one request may take; Milvus answers a search in milliseconds, and a batch of rows in a second or two."""

_KEEPALIVE = 300_000
"""Milliseconds between signs of life on a connection without requests: gRPC servers end one that gives more of them."""

READ = {"consistency_level": "Strong", "timeout": CALL_SECONDS}
"""What every search and query says: it sees all that was written before it was asked, and ends."""

_CONNECT_FAILED = 2
"""pymilvus's code for a server that did not answer while the connection was made."""

_NOT_FOUND = frozenset({100, 1600})
"""Milvus's codes for a collection and for an alias that is not there; milvus-lite gives the first for both."""

_NOT_LOADED = 101
"""Milvus's code for a collection that is not in the memory of its query nodes."""


class _UnreachableError(Exception):
    """The server did not answer; another try may succeed. Its text is the end of a sentence that says so."""


class Server:
    """A database on a Milvus server, used by any number of threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._client: Any = None

    def call(self, ask: Callable[[Any], _Result], *, patience: float | None = None) -> _Result:
        """Return what ``ask`` returns of a `pymilvus.MilvusClient`; tried again while the server does not answer.

        ``patience`` is for how many seconds, by default `READ_PATIENCE`. ``ask`` may therefore run more than once.
        Raises `SearchServerError`, and `InputError` if pymilvus is not installed.
        """
        patience = READ_PATIENCE if patience is None else patience
        try:
            for attempt in stamina.retry_context(
                on=_UnreachableError, attempts=None, timeout=patience, wait_initial=0.1, wait_max=2.0
            ):
                with attempt:
                    return self._once(ask)
        except _UnreachableError as error:
            raise self._silent(str(error)) from error
        raise AssertionError("a retry ends with a result or an error")

    def find(self, ask: Callable[[Any], _Result]) -> _Result | None:
        """Return what ``ask`` returns, or None if the collection or alias that it names is not there."""

        def asked(client: Any) -> _Result | None:
            try:
                return ask(client)
            except Exception as error:
                if _code(error) not in _NOT_FOUND:
                    raise
                return None

        return self.call(asked)

    def loaded(self, collection: str, ask: Callable[[Any], _Result]) -> _Result:
        """Return what ``ask`` returns of a collection or alias.

        It is loaded first if a restart of the server unloaded it, and asked again if it was just switched.
        """

        def asked(client: Any) -> _Result:
            try:
                return ask(client)
            except Exception as error:
                if _code(error) != _NOT_LOADED and _code(error) not in _NOT_FOUND:
                    raise
            # An alias that is switched while Milvus looks it up leads to a collection that is gone.
            client.load_collection(collection, timeout=CALL_SECONDS)
            return ask(client)

        return self.call(asked)

    def _once(self, ask: Callable[[Any], _Result]) -> _Result:
        client = None
        try:
            client = self._connected()
            return ask(client)
        except (InputError, SearchServerError):
            raise
        except Exception as error:
            if _is_unreachable(error):
                self._drop(client)
                said = "" if _code(error) == _CONNECT_FAILED else f": {_reason(error)}"
                raise _UnreachableError(said) from error
            if not _is_of_milvus(error):
                raise
            if getattr(_code(error), "name", "") == "DEADLINE_EXCEEDED":
                raise self._silent(f" within {CALL_SECONDS:.0f} seconds") from error
            raise SearchServerError(
                f"{self.address} refused a request: {_reason(error)}",
                "see the server's log; 'pressqa verify' makes what it holds again from the catalog",
            ) from error

    def _silent(self, more: str) -> SearchServerError:
        return SearchServerError(
            f"{self.address} does not answer{more}",
            "start the Milvus server, or correct PRESSQA_INDEX; the catalog has everything, and the next ingest or"
            " 'pressqa verify' brings the server up to date",
        )

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _connect(self.address)
            return self._client

    def _drop(self, client: Any) -> None:
        """Forget a connection that broke, unless another thread has made a new one already."""
        with self._lock:
            if client is not None and self._client is client:
                self._client = None
                with contextlib.suppress(Exception):
                    client.close()


@lru_cache(maxsize=16)
def server_at(text: str) -> Server:
    """Return the server at an address, the same one for all who ask; raises `InputError` for no address."""
    return Server(parse(text))


def _connect(address: Address) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise InputError(
            f"PRESSQA_INDEX is {str(address)!r}, and pymilvus is not installed",
            "install it: pip install 'pressqa[milvus]'",
        ) from error
    # It writes a traceback to the screen for every request that fails; the error that is raised says the same.
    for name in ("pymilvus", "pymilvus.milvus_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # A connection of its own, because that which pymilvus shares cannot be used again once its server was away.
    return MilvusClient(
        uri=address.uri,
        token=address.token,
        db_name=address.database,
        timeout=READ_PATIENCE,
        dedicated=True,
        grpc_options={"grpc.keepalive_time_ms": _KEEPALIVE},
    )


def _code(error: BaseException) -> object:
    """Return the code of an error of pymilvus or gRPC; None if it has none."""
    code = getattr(error, "code", None)
    return code() if callable(code) else code


def _is_of_milvus(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in {"pymilvus", "grpc"}


def _is_unreachable(error: BaseException) -> bool:
    if isinstance(error, ValueError) and "closed channel" in str(error):
        return True  # another thread dropped the connection
    code = _code(error)
    name = getattr(code, "name", "")  # of a `grpc.StatusCode`
    said = str(error)
    return _is_of_milvus(error) and (
        code == _CONNECT_FAILED
        or getattr(error, "retriable", False)  # so says Milvus, for example while its nodes restart
        or name in {"UNAVAILABLE", "CANCELLED"}
        or "closed channel" in said
        or "should create connection first" in said
    )


def _reason(error: BaseException) -> str:
    """Return the first line of an error's message, without what pymilvus wraps it in."""
    said = str(getattr(error, "message", "") or "") or str(error)
    return said.strip().splitlines()[0][:300] if said.strip() else type(error).__name__
