"""The addresses of the API. Each reads a request, has the engine work on it in a thread, and returns its result."""

from contextlib import suppress
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from prometheus_client.exposition import choose_encoder

from api import unknown_publisher
from api.caching import check_unchanged
from api.error_handlers import MAX_NAME
from api.examples import EXAMPLE_ID, EXAMPLE_METRICS
from api.problem_pages import POLICY, problem_page
from api.problems import kind_called
from api.requests import AskBody, AskQuery, FiguresQuery, ReleaseQuery, ReleasesQuery, WriteAskBody
from api.responses import HealthObject, ReadyObject
from api.work import (
    LISTED,
    UNCHANGED,
    OpenEngine,
    State,
    answer,
    documented,
    look_up,
    look_up_release,
    note_work,
    think,
)
from api.written import with_writing
from index.errors import PressqaError, UnknownReleaseError
from index.open import changed_at
from index.types import IndexStatus, SearchFilter
from qa.types import Answer, FigureResult, FullRelease, IndexInfo, ReleasePage, SearchResult, full_release

PROBE_PATIENCE = 0.5
"""Seconds that /readyz waits for an index that is being opened: probes commonly give up after one."""

router = APIRouter()


@router.post(
    "/v1/ask",
    tags=["questions"],
    summary="Ask",
    response_description="The answer, or that there is none.",
    responses=documented(400, 413, 415, 422, 503),
)
async def ask(body: WriteAskBody, engine: OpenEngine, state: State, request: Request) -> Answer:
    """Answer a question in the words of a release, with the citation and the best passages.

    Where the releases do not answer it, `answer` and `citation` are null: that is a normal result. `hint` then says if
    no release is by the `publisher` asked for, or none fits the filters. With `write` a language model also writes, and
    `written` holds its sentences that their quotes bear out; the answer does not depend on it.
    """
    found = await answer(request, state, body.asked_of(engine))
    if body.write:
        found = await with_writing(request, state, engine, found, as_of=body.as_of, max_tokens=body.max_tokens)
    return found


@router.get(
    "/v1/ask",
    tags=["questions"],
    summary="Ask by link",
    response_description="The answer, or that there is none.",
    responses={**UNCHANGED, **documented(413, 422, 503)},
)
async def ask_by_link(
    query: Annotated[AskQuery, Query()], engine: OpenEngine, state: State, request: Request, response: Response
) -> Answer:
    """Answer a question as `POST /v1/ask` does, from query parameters."""
    response.headers.update(await check_unchanged(request, state, engine))
    return await answer(request, state, query.asked_of(engine))


@router.post(
    "/v1/search",
    tags=["questions"],
    summary="Search",
    response_description="The passages.",
    responses=documented(400, 413, 415, 422, 503),
)
async def search(body: AskBody, engine: OpenEngine, state: State, request: Request) -> SearchResult:
    """Find the best passages for a question, without choosing an answer."""
    work = partial(
        unknown_publisher.search,
        engine,
        body.question,
        top_k=body.top_k,
        where=body.where(),
        max_tokens=body.max_tokens,
    )
    found = await think(request, state, "search", work)
    note_work(request.scope, state, found.question, found.timings_ms)
    return found


@router.get(
    "/v1/figures",
    tags=["questions"],
    summary="Search figures",
    response_description="The figures.",
    responses={**UNCHANGED, **documented(413, 422, 503)},
)
async def figures(
    query: Annotated[FiguresQuery, Query()], engine: OpenEngine, state: State, request: Request, response: Response
) -> FigureResult:
    """Find the figures that releases state about something, each with its date, period and checked sentence."""
    response.headers.update(await check_unchanged(request, state, engine))
    work = partial(
        unknown_publisher.figures,
        engine,
        query.q,
        wanted=query.wanted(),
        where=query.where(),
        limit=query.limit,
    )
    found = await think(request, state, "figures", work)
    note_work(request.scope, state, found.query, found.timings_ms)
    return found


@router.get(
    "/v1/releases",
    tags=["releases"],
    summary="List releases",
    response_description="A page of the list.",
    responses={**UNCHANGED, **documented(413, 422, 503)},
)
async def releases(
    query: Annotated[ReleasesQuery, Query()], engine: OpenEngine, state: State, request: Request, response: Response
) -> ReleasePage:
    """List the releases in the index, a page at a time."""
    response.headers.update(await check_unchanged(request, state, engine))
    work = partial(unknown_publisher.releases, engine, limit=query.limit, cursor=query.cursor, where=query.where())
    return await look_up(request, state, work)


@router.get(
    "/v1/releases/{release_id:path}",
    tags=["releases"],
    summary="Show a release",
    response_description="The release.",
    responses={**UNCHANGED, **documented(404, 413, 422, 503)},
)
async def release(
    release_id: Annotated[
        str, Path(description="The id, percent-encoded: a slash in it is `%2F`.", examples=[EXAMPLE_ID])
    ],
    query: Annotated[ReleaseQuery, Query()],
    engine: OpenEngine,
    state: State,
    request: Request,
    response: Response,
) -> FullRelease:
    """Show one release in full, with the body that every offset counts in."""
    if not release_id:
        raise UnknownReleaseError("no release has an empty id", LISTED)
    response.headers.update(await check_unchanged(request, state, engine))
    return full_release(await look_up_release(request, state, engine, release_id, SearchFilter(as_of=query.as_of)))


@router.get("/healthz", tags=["server"], summary="Is the server up?", response_description="It is.")
async def healthz(response: Response) -> HealthObject:
    """Say that the server is up; needs no index."""
    response.headers["Cache-Control"] = "no-store"
    return HealthObject(status="ok")


@router.get(
    "/readyz",
    tags=["server"],
    summary="Can it answer?",
    response_description="It can.",
    responses=documented(503, counted=False),
)
async def readyz(state: State, response: Response) -> ReadyObject:
    """Say whether questions can be answered now, and from what; if not, why not."""
    response.headers["Cache-Control"] = "no-store"
    engine = await state.gate.get(PROBE_PATIENCE)
    status = await to_thread.run_sync(engine.status)
    index = IndexInfo(
        generation=status.generation,
        releases=status.releases,
        passages=status.passages,
        model=status.manifest.model,
    )
    return ReadyObject(status="ready", index=index)


@router.get(
    "/metrics",
    tags=["server"],
    summary="Counters for Prometheus",
    response_class=PlainTextResponse,
    response_description="The counters.",
    responses={200: {"content": {"text/plain": {"example": EXAMPLE_METRICS}}}, **documented(401)},
)
async def metrics(request: Request, state: State) -> Response:
    """Give the server's counters in the format of Prometheus; where others can reach the server, this needs a key."""
    status: IndexStatus | None = None
    jobs: dict[str, int] = {}
    with suppress(PressqaError):  # an index that cannot be opened is something to count, too
        status = await to_thread.run_sync((await state.gate.get(0)).status)
    with suppress(PressqaError):
        jobs = await to_thread.run_sync(state.jobs.counts)
    state.metrics.index(status, await to_thread.run_sync(changed_at, state.data, state.index, state.catalog))
    state.metrics.jobs(jobs)
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(state.metrics.registry), headers={"Content-Type": media_type, "Cache-Control": "no-store"})


@router.get("/problems/{slug}", include_in_schema=False)
async def problem_kind(slug: str, request: Request) -> Response:
    """Say what a kind of problem means and what to do about it: the address is the `type` in every error."""
    kind = kind_called(slug)
    if kind is None:
        raise HTTPException(404, f"no kind of problem is called {slug[:MAX_NAME]!r}")
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(problem_page(kind), headers={**headers, "Content-Security-Policy": POLICY})
    described = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "meaning": kind.meaning,
        "remedy": kind.remedy,
    }
    return JSONResponse(described, headers=headers)
