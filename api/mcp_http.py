"""``/mcp``: the tools for assistants over HTTP, in the same server and behind the same keys, queues and limits.

The protocol's transport "streamable HTTP", without sessions: every request stands alone, as the tools only read.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from api.admission import ClientGoneError, Work
from api.error_handlers import problem
from api.problems import PROBLEMS
from api.state import ServerState
from api.version import own_version
from qa.engine import Engine
from qa.types import Answer, FigureResult, SearchResult

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

T = TypeVar("T")

PATH = "/mcp"


class _Shared:
    """The engine and the queues of a running server, as the tools use them."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    async def engine(self) -> Engine:
        """Return the open engine; raises the reason why there is none."""
        return await self._state.gate.get(self._state.settings.patience)

    async def think(self, kind: str, work: Work[T]) -> T:
        """Run work when its turn comes, and count what comes of it; raises `BusyError` or `TimeLimitError`."""
        found = await self._state.questions.run(kind, work)
        if isinstance(found, Answer):
            self._state.metrics.answer(found=found.answer is not None)
        if isinstance(found, Answer | SearchResult | FigureResult):
            self._state.metrics.stages(found.timings_ms)
        return found

    async def look_up(self, work: Work[T]) -> T:
        """Run work that takes a moment, without waiting for questions."""
        return await self._state.lookups.run("look-up", work)


class McpService:
    """What answers the requests at `PATH`, made for the first of them: importing the protocol takes half a second.

    All methods belong to the server's event loop.
    """

    def __init__(self, state: ServerState, max_request_bytes: int) -> None:
        self._state = state
        self._max_request_bytes = max_request_bytes
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def manager(self) -> "StreamableHTTPSessionManager":
        """Return the protocol's own handler of requests, which is running; raises what keeps it from that."""
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            # It has to be left by the task that entered it: not by one of a request.
            self._serving = asyncio.create_task(self._serve(self._ready))
        return await asyncio.shield(self._ready)

    async def close(self) -> None:
        """End what is under way."""
        self._closing.set()
        if self._serving is not None:
            await self._serving

    async def _serve(self, ready: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        try:
            made = await asyncio.to_thread(self._made)
        except Exception as error:
            self._ready = None  # the next request tries again
            ready.set_exception(error)
            ready.exception()  # read also where the request has gone
            return
        async with made.run():
            ready.set_result(made)
            await self._closing.wait()

    def _made(self) -> "StreamableHTTPSessionManager":
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from api.mcp_server import mcp_server

        return StreamableHTTPSessionManager(
            mcp_server(_Shared(self._state), own_version()),
            json_response=True,
            stateless=True,
            max_request_body_size=self._max_request_bytes,
        )


class McpEndpoint:
    """The ASGI application at `PATH`. A page of another site is refused, as the protocol demands."""

    path = PATH
    """By this name requests are counted and logged."""

    def __init__(self, origins: Sequence[str]) -> None:
        """Take the sites besides the server's own whose scripts may call the tools."""
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; what it asks for is dropped if the client goes, with `ClientGoneError`."""
        scope["route"] = self
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = origin is None or urlsplit(origin).netloc == headers.get("host")
        if not own and origin not in self._origins and "*" not in self._origins:
            hint = "whoever runs the server names other sites in PRESSQA_CORS_ORIGINS"
            response = problem(scope, PROBLEMS[403], "pages of other sites may not call this server", hint=hint)
            await response(scope, receive, send)
            return
        service: McpService = scope["app"].state.mcp
        manager = await service.manager()
        if scope["method"] != "POST":  # a stream that only listens looks itself whether its client is there
            await manager.handle_request(scope, receive, send)
            return
        arrived = asyncio.Event()

        async def noted() -> Message:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                arrived.set()
            return message

        async def gone() -> None:
            await arrived.wait()
            while (await receive())["type"] != "http.disconnect":
                pass

        handling = asyncio.ensure_future(manager.handle_request(scope, noted, send))
        leaving = asyncio.ensure_future(gone())
        try:
            await asyncio.wait({handling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not handling.done():
                raise ClientGoneError("the client closed the connection")
            handling.result()
        finally:
            handling.cancel()
            leaving.cancel()
            await asyncio.gather(handling, leaving, return_exceptions=True)
