"""``/mcp``: the tools for assistants over HTTP, in the same server and behind the same keys, queues and limits.

The protocol's transport "streamable HTTP", without sessions: every request stands alone, as the tools only read.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from api.error_handlers import problem
from api.mcp_server import mcp_server
from api.problems import PROBLEMS
from api.state import ServerState
from api.version import own_version
from qa.engine import Engine

T = TypeVar("T")

PATH = "/mcp"


class _Shared:
    """The engine and the queues of a running server, as the tools use them."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    async def engine(self) -> Engine:
        """Return the open engine; raises the reason why there is none."""
        return await self._state.gate.get(self._state.settings.patience)

    async def think(self, kind: str, work: Callable[[], T]) -> T:
        """Run work when its turn comes; raises `BusyError` or `TimeLimitError`."""
        return await self._state.questions.run(kind, lambda _: work())

    async def look_up(self, work: Callable[[], T]) -> T:
        """Run work that takes a moment, without waiting for questions."""
        return await self._state.lookups.run("look-up", lambda _: work())


def session_manager(state: ServerState, max_request_bytes: int) -> StreamableHTTPSessionManager:
    """Return what answers the requests at `PATH`, within its ``run()``, which belongs to the lifespan of the app."""
    server = mcp_server(_Shared(state), own_version())
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=max_request_bytes
    )


class McpEndpoint:
    """The ASGI application at `PATH`. A page of another site is refused, as the protocol demands."""

    def __init__(self, origins: Sequence[str]) -> None:
        """Take the sites besides the server's own whose scripts may call the tools."""
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = origin is None or urlsplit(origin).netloc == headers.get("host")
        if not own and origin not in self._origins and "*" not in self._origins:
            hint = "whoever runs the server names other sites in PRESSQA_CORS_ORIGINS"
            response = problem(scope, PROBLEMS[403], "pages of other sites may not call this server", hint=hint)
            await response(scope, receive, send)
            return
        manager: StreamableHTTPSessionManager = scope["app"].state.mcp
        await manager.handle_request(scope, receive, send)
