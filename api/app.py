"""The app factory: settings in, an ASGI application out. Nothing is opened before the server starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI

from api.engine_gate import EngineGate
from api.error_handlers import MEDIA_TYPE, add_problem_handlers
from api.json_schema import on_the_wire, with_wire_names
from api.middleware import BodyLimit, Envelope, HeadAsGet
from api.routes import router
from api.settings import ServerSettings
from api.state import ServerState
from api.swagger import add_docs
from api.web.routes import add_pages
from qa.compose import open_engine
from qa.engine import Engine
from qa.settings import Settings

DESCRIPTION = """Questions over dated government press releases, answered in the words of the release.

Every answer is a quotation that can be checked: `body[answer_start:answer_end]` of the release that is
cited, counted in code points. Errors are problem details (RFC 9457) with a `hint` that says what to do.
"""


class _Application(FastAPI):
    """FastAPI, but in OpenAPI nouns have their names on the wire, and errors the media type they are sent with."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["paths"] = with_wire_names(document["paths"])
            document["components"]["schemas"] = on_the_wire(document["components"]["schemas"])
            for path in document["paths"].values():
                for operation in path.values():
                    for status, response in operation["responses"].items():
                        if status[0] in "45" and "content" in response:
                            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        return super().openapi()


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    server: ServerSettings | None = None,
) -> FastAPI:
    """Return the application, for ``uvicorn --factory api.app:create_app`` or a test.

    The engine is opened from ``settings`` when the server starts, off the event loop, and closed when it
    stops. One that is handed in as ``engine`` is used as it is and left open: its owner closes it.
    """
    server = server or ServerSettings()
    opener = partial(open_engine, settings or Settings(), wait=True) if engine is None else lambda: engine

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gate = EngineGate(opener, owned=engine is None)
        app.state.server = ServerState(server, gate, CapacityLimiter(server.concurrency))
        gate.start()
        yield
        await gate.close()

    app = _Application(
        title="pressqa",
        version=_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(router)
    add_pages(app)
    add_docs(app)
    add_problem_handlers(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=server.max_request_bytes)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Envelope)
    return app


def _version() -> str:
    try:
        return version("pressqa")
    except PackageNotFoundError:
        return "0+source"
