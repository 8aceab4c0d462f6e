"""What happens to every request, whatever its address. Plain ASGI: no response is held back to be changed."""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Sequence
from ipaddress import ip_address

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission import Admission, BusyError, ClientGoneError
from api.error_handlers import problem, refusal, unexpected
from api.logs import REQUEST_ID, log_request, route_of
from api.metrics import Metrics
from api.problems import PROBLEMS

_log = logging.getLogger(__name__)

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""Sent with every response that does not set its own: JSON has nothing to load and no page to frame."""

SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""The ids of requests that are taken over from a client: they go into headers, logs and addresses as they are."""

SEND_TIME = 60.0
"""Seconds in which a client must take the next part of a response; one that does not would keep it in memory."""

_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?")


class Envelope:
    """The outermost layer: gives requests an id and responses their headers, and turns a stray exception into a 500.

    It counts each request in ``metrics`` and logs it, its question only with ``log_questions``.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log_questions: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._log_questions = log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if SANE_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        REQUEST_ID.set(request_id)
        begun = time.perf_counter()
        started = False
        status = 499  # no response: the client has gone

        async def sealed(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started = True
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store" if message["status"] >= 400 else "no-cache")
            try:
                async with asyncio.timeout(SEND_TIME):
                    await send(message)
            except TimeoutError:
                raise ClientGoneError(f"the client has taken nothing for {SEND_TIME:g} s") from None

        try:
            await self._app(scope, receive, sealed)
        except ClientGoneError as error:
            status = 499
            _log.info("request %s: %s", request_id, error)  # the connection ends with this: half a response is out
        except Exception as error:
            response = unexpected(scope, error)
            if started:
                # Half an answer is out: only breaking the connection tells the client so.
                raise
            await response(scope, receive, sealed)
        finally:
            seconds = time.perf_counter() - begun
            route = route_of(scope)
            self._metrics.request(scope["method"], route, status, seconds)
            question = scope["state"].get("question") if self._log_questions else None
            log_request(scope, route, status, seconds, question=question)


class HostCheck:
    """Refuses requests for other names than the server's own, with which a foreign page could reach it (DNS rebinding).

    ``hosts`` are the names in lower case, IPv6 addresses in brackets; ``*`` allows any, ``literal`` every IP address.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], *, literal: bool) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._literal = literal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or "*" in self._hosts:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist("host")
        match = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        if match is None:
            response = problem(scope, PROBLEMS[400], "the header Host is missing, doubled or malformed")
        elif match[1].lower() in self._hosts or (self._literal and _is_address(match[1])):
            await self._app(scope, receive, send)
            return
        else:
            hint = "whoever runs the server names its hosts in PRESSQA_HOSTS"
            response = problem(scope, PROBLEMS[421], f"this server is not called {match[1][:100]!r}", hint=hint)
        await response(scope, receive, send)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class HeadAsGet:
    """Answers HEAD as GET without the body, as RFC 9110 asks of every resource that can be read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"}
        try:
            await self._app(inner, receive, bodiless)
        finally:
            scope["route"] = inner.get("route")


class Shed:
    """Refuses questions while the queue is full, before anything of them is read: a refusal has to cost nothing.

    Whatever is asked for at ``paths`` is a question, and at ``pages`` what has the parameter ``q``. One that a place is
    kept for has been let in already.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str], pages: Sequence[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "http" and self._asks(scope):
            queue: Admission = scope["app"].state.server.questions
            try:
                if not queue.has_place:
                    queue.check()
            except BusyError as busy:
                await refusal(scope, busy)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _asks(self, scope: Scope) -> bool:
        path = scope["path"]
        return path in self._paths or (path in self._pages and b"&q=" in b"&" + scope["query_string"])


class PlainBodies:
    """Refuses a body whose end is given in two ways, which is how one request is smuggled in another (RFC 9112, 6.3).

    The connection ends with it. One that is compressed is refused too: no address takes that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        has_length, is_chunked = "content-length" in headers, "transfer-encoding" in headers
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if has_length and is_chunked:
            detail, hint = "Content-Length and Transfer-Encoding are both sent", "send one of the two headers"
            response = problem(scope, PROBLEMS[400], detail, hint=hint, headers={"Connection": "close"})
        elif encoding not in ("", "identity") and (is_chunked or headers.get("content-length", "0") != "0"):
            detail, hint = f"the body is encoded as {encoding[:40]!r}", "send it as it is, without Content-Encoding"
            response = problem(scope, PROBLEMS[415], detail, hint=hint, headers={"Accept-Encoding": "identity"})
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)


class BodyLimit:
    """Refuses a request body of more than ``limit`` bytes: by its Content-Length, or by counting what comes in.

    So is one that has not arrived after ``seconds``. With a key for writing ``write_limit`` holds instead.
    """

    def __init__(self, app: ASGIApp, limit: int, write_limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._write_limit = write_limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._write_limit if scope["state"].get("key_scope") == "write" else self._limit
        detail = f"a request may have at most {limit:,} bytes"
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 15 or int(declared) > limit):
            response = problem(scope, PROBLEMS[413], detail, headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        received = 0
        complete = False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def counted() -> Message:
            nonlocal received, complete
            try:
                async with asyncio.timeout_at(None if complete else deadline):
                    message = await receive()
            except TimeoutError:
                late = f"the body has not arrived after {self._seconds:g} s"
                raise HTTPException(408, late, {"Connection": "close"}) from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise HTTPException(413, detail, {"Connection": "close"})
            return message

        await self._app(scope, counted, send)
