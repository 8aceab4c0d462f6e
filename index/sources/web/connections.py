"""Connections that are made only to addresses that were checked, and that end in time.

httpx2 has no place for either, so its transport is given here over httpcore2's connection pool, whose network backend
is public. Proxies and other settings from the environment are not used: they would resolve names themselves.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator

import httpcore2
import httpx2

from index.sources.web.addresses import public_addresses
from index.sources.web.types import TOO_LARGE, FetchError, TryAgainError


class Budget:
    """What the page that a thread reads may still cost: a moment at which it must have come, and bytes on the wire.

    A server that sends a byte now and then would never reach the time limit of a single read.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def start(self, seconds: float, size: int) -> None:
        """Begin a page."""
        self._local.end = time.monotonic() + seconds
        self._local.bytes = size

    def left(self) -> float:
        """Return how many seconds are left; raises `TryAgainError` if none are."""
        left = float(getattr(self._local, "end", float("inf"))) - time.monotonic()
        if left <= 0:
            raise TryAgainError("the answer took too long")
        return left

    def spend(self, size: int) -> None:
        """Count bytes that came; raises `FetchError` if they are too many."""
        self._local.bytes = getattr(self._local, "bytes", 0) - size
        if self._local.bytes < 0:
            raise FetchError("the answer is too large", TOO_LARGE)


class _TimedStream(httpcore2.NetworkStream):
    """A connection that reads no longer and no more than the budget allows."""

    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._shorter(timeout))
        self._budget.spend(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._shorter(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._shorter(timeout))
        return _TimedStream(secured, self._budget)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    def _shorter(self, timeout: float | None) -> float:
        left = self._budget.left()
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects to a host by the addresses that were checked, the first that answers."""

    def __init__(self, allowed: tuple[str, ...], budget: Budget) -> None:
        self._plain = httpcore2.SyncBackend()
        self._allowed = allowed
        self._budget = budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect, or raise `RefusedAddressError`, `TryAgainError` or an error of httpcore2."""
        *others, last = public_addresses(host, port, self._allowed)
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> httpcore2.NetworkStream:
        left = self._budget.left()
        timeout = left if timeout is None else min(timeout, left)
        stream = self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
        return _TimedStream(stream, self._budget)


class CheckedTransport(httpx2.BaseTransport):
    """Sends the requests of an `httpx2.Client` over such connections, which are kept open for the next ones."""

    def __init__(self, allowed: tuple[str, ...], budget: Budget, connections: int) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=15.0,
            network_backend=CheckedBackend(allowed, budget),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; raises errors of httpcore2."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        sent = httpcore2.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        answer = self._pool.handle_request(sent)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Stream(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
