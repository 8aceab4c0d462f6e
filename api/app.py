"""The app factory: settings in, an ASGI application out. Nothing is opened before the server starts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import Route

from api import streams, writes
from api.access import Access
from api.admission import Admission
from api.cors import Cors
from api.description import TAGS, add_document, completed
from api.engine_gate import EngineGate
from api.error_handlers import add_problem_handlers
from api.job_runner import Jobs
from api.keys import KeyRing
from api.mcp_http import PATH, McpEndpoint, McpService
from api.metrics import Metrics
from api.middleware import BodyLimit, Envelope, HeadAsGet, HostCheck, PlainBodies, Shed
from api.quick_refusal import PATHS, QuickRefusal
from api.rate_limits import RateLimits
from api.routes import router
from api.settings import ServerSettings
from api.state import Edition, ServerState
from api.tracing import Traced, open_tracer
from api.version import own_version
from api.web.routes import add_pages
from index.open import catalog_file
from qa.compose import open_engine, writer_of
from qa.engine import Engine
from qa.settings import Settings
from qa.writing.client import PIECES

DESCRIPTION = """Questions over dated government press releases, answered in the words of the release.

Every answer is a quotation that can be checked: `body[answer_start:answer_end]` of the release that is
cited, counted in code points. Errors are problem details (RFC 9457) with a `hint` that says what to do.

Where the server wants a key, send the header `Authorization: Bearer KEY`; changing the index always needs one with the
scope `write`. Responses to GET have an ETag that changes with the index: send it back as `If-None-Match`.

Besides what is listed with it, any address may answer 400, 408, 413, 415 or 421 to what is no proper HTTP request to
this server, and 500 where something went wrong in it; these are problem details, too.
"""

NEVER_GZIPPED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/x-ndjson")
"""What is compressed already, and streams: compressed, their lines would be held back."""
_CORS: dict[str, Any] = {
    "allow_methods": ["GET", "HEAD", "POST", "PUT", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-None-Match",
        "Last-Event-ID",
        "MCP-Protocol-Version",
        "X-Request-ID",
    ],
    "expose_headers": ["ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"],
}
QUESTIONS = (*PATHS, "/ask/fragments", "/feed", "/figures.csv", "/changes")
"""Addresses whose requests wait in the queue for questions."""
LOOKUPS = 2
"""How many threads look releases up. They wait for the same SQLite file, so that more would not be quicker."""
LOOKUPS_WAITING = 256
"""How many such look-ups wait at most: each takes about a millisecond."""
WRITINGS = 4
"""How many answers are written at a time, and how many more wait: a language model takes seconds for each."""


class _Application(FastAPI):
    """FastAPI, but its description of the API is complete."""

    def __init__(self, *, open_to_read: bool, open_metrics: bool, **options: Any) -> None:
        self._completed = partial(completed, open_to_read=open_to_read, open_metrics=open_metrics)
        super().__init__(**options)

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API, made once."""
        if self.openapi_schema is None:
            self._completed(super().openapi())
        return super().openapi()


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    opener: Callable[[], Engine] | None = None,
    server: ServerSettings | None = None,
) -> FastAPI:
    """Return the application, for ``uvicorn --factory api.app:create_app`` or a test.

    The engine is opened from ``settings`` when the server starts, off the event loop, and closed when it
    stops. One that is handed in as ``engine`` is used as it is and left open: its owner closes it. A caller that has
    begun to open it gives an ``opener``, which is called in a thread, and again after it has failed.
    """
    server = server or ServerSettings()
    settings = settings or Settings()
    metrics = Metrics(own_version())
    limits = RateLimits(server.quota, time.monotonic) if server.quota else None
    tracer = open_tracer(server.traces) if server.traces else None
    opens = (lambda: engine) if engine is not None else opener or partial(open_engine, settings, wait=True, serves=True)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gate = EngineGate(opens, owned=engine is None, source=partial(catalog_file, settings.data, settings.catalog))
        questions = _admission(server, server.concurrency, server.queue)
        lookups = _admission(server, LOOKUPS, LOOKUPS_WAITING)
        writings = Admission(
            concurrency=WRITINGS,
            queue=WRITINGS,
            longest_wait=settings.llm_timeout,
            time_limit=(PIECES + 1) * settings.llm_timeout,
        )
        app.state.server = ServerState(
            server,
            gate,
            questions,
            lookups,
            settings.data,
            settings.index,
            settings.catalog,
            jobs := Jobs(settings, server.languages),
            metrics,
            limits,
            writer=writer_of(settings),
            writings=writings,
            build=f"{own_version()} {settings.model_dump_json()}",
            edition=Edition(),
        )
        metrics.watch({"questions": questions, "lookups": lookups, "writings": writings})
        app.state.quick_refusal = QuickRefusal(questions, metrics)
        app.state.mcp = mcp = McpService(app.state.server, server.max_request_bytes)
        jobs.start()
        gate.start()
        yield
        await mcp.close()
        await asyncio.to_thread(jobs.close)
        await questions.close()
        await lookups.close()
        await writings.close()
        await gate.close()

    shows_metrics = server.is_loopback and not server.require_key
    app = _Application(
        open_to_read=server.is_open,
        open_metrics=shows_metrics,
        title="pressqa",
        version=own_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_tags=list(TAGS),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # what generators of clients call their functions
    )
    app.include_router(router)
    app.include_router(streams.router)
    app.include_router(writes.router)
    add_pages(app)
    add_document(app)
    app.router.routes.append(Route(PATH, McpEndpoint(server.cors_origins), include_in_schema=False))
    add_problem_handlers(app)
    # The last one added is the outermost.
    app.add_middleware(
        BodyLimit,
        limit=server.max_request_bytes,
        write_limit=server.max_write_bytes,
        seconds=server.time_limit,
    )
    app.add_middleware(Shed, paths=QUESTIONS, pages=("/", "/figures", "/releases"))
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5, exclude_content_types=NEVER_GZIPPED)
    app.add_middleware(HeadAsGet)
    app.add_middleware(
        Access,
        keys=KeyRing(settings.data),
        is_open=server.is_open,
        shows_metrics=shows_metrics,
        limits=limits,
    )
    if server.cors_origins:
        app.add_middleware(Cors, allow_origins=server.cors_origins, **_CORS)
    app.add_middleware(PlainBodies)
    app.add_middleware(HostCheck, hosts=server.host_names, literal=not server.is_loopback and not server.hosts)
    if tracer is not None:
        app.add_middleware(Traced, tracer=tracer)
    app.add_middleware(Envelope, metrics=metrics, log_questions=server.log_questions)
    return app


def _admission(server: ServerSettings, concurrency: int, queue: int) -> Admission:
    return Admission(
        concurrency=concurrency, queue=queue, longest_wait=server.longest_wait, time_limit=server.time_limit
    )
