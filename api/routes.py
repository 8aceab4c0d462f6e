"""The addresses of the API. Each reads a request, has the engine work on it in a thread, and returns its result."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, HTTPException, Path, Query

from api.error_handlers import MAX_NAME
from api.problems import PROBLEMS, kind_called
from api.requests import AskBody, AskQuery, ExplainedAskBody, FiguresQuery, ReleaseQuery, ReleasesQuery
from api.responses import HealthObject, ProblemObject, ReadyObject
from api.state import ServerState, in_thread, state_of
from index.errors import SourceError, UnknownPublisherError, UnknownReleaseError
from index.types import SearchFilter
from qa.engine import Engine
from qa.types import Answer, FigureResult, FullRelease, IndexInfo, ReleasePage, SearchResult, full_release

T = TypeVar("T")
PROBE_PATIENCE = 0.5
"""Seconds that /readyz waits for an index that is being opened: probes commonly give up after one."""


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of responses with an error ``status``: the problems of the table that have it."""
    titles: dict[int, list[str]] = {status: [] for status in statuses}
    for kind in dict.fromkeys(PROBLEMS.values()):
        # Nothing is ingested over HTTP, and a publisher that is not there is answered with nothing and a hint.
        if kind.status in titles and kind not in (PROBLEMS[SourceError], PROBLEMS[UnknownPublisherError]):
            titles[kind.status].append(kind.title)
    return {status: {"model": ProblemObject, "description": "; or: ".join(told)} for status, told in titles.items()}


router = APIRouter()
_LISTED = "GET /v1/releases lists them"


State = Annotated[ServerState, Depends(state_of)]


async def _engine(state: State) -> Engine:
    return await state.gate.get(state.settings.patience)


OpenEngine = Annotated[Engine, Depends(_engine)]


def _or_nothing(engine: Engine, question: str, where: SearchFilter, work: Callable[[], T]) -> T | Answer:
    """Do ``work``, or return an answer of nothing if no release is by the publisher asked for: that can be asked."""
    try:
        return work()
    except UnknownPublisherError as error:
        return engine.nothing(question, where, error)


def _figures_or_none(engine: Engine, query: FiguresQuery) -> FigureResult:
    found = _or_nothing(
        engine,
        query.q,
        query.where(),
        partial(engine.figures, query.q, wanted=query.wanted(), where=query.where(), limit=query.limit),
    )
    if isinstance(found, Answer):
        return FigureResult(found.question, (), found.as_of, found.index, found.timings_ms, found.hint)
    return found


def _passages_or_none(engine: Engine, body: AskBody) -> SearchResult:
    work = partial(engine.search, body.question, top_k=body.top_k, where=body.where(), max_tokens=body.max_tokens)
    found = _or_nothing(engine, body.question, body.where(), work)
    if isinstance(found, Answer):
        return SearchResult(found.question, (), found.as_of, found.index, found.timings_ms, found.hint)
    return found


def _releases_or_none(engine: Engine, query: ReleasesQuery) -> ReleasePage:
    try:
        return engine.releases(limit=query.limit, cursor=query.cursor, where=query.where())
    except UnknownPublisherError as error:
        return ReleasePage((), None, f"{error}; {error.hint}")


@router.post("/v1/ask", tags=["questions"], summary="Ask", responses=_documented(400, 413, 415, 422, 503))
async def ask(body: ExplainedAskBody, engine: OpenEngine, state: State) -> Answer:
    """Answer a question in the words of a release, with the citation and the best passages.

    Where the releases do not answer it, `answer` and `citation` are null: that is a normal result. `hint` then says if
    no release is by the `publisher` asked for.
    """
    work = partial(
        engine.ask,
        body.question,
        top_k=body.top_k,
        where=body.where(),
        max_tokens=body.max_tokens,
        explain=body.explain,
    )
    return await in_thread(state, partial(_or_nothing, engine, body.question, body.where(), work))


@router.get("/v1/ask", tags=["questions"], summary="Ask by link", responses=_documented(422, 503))
async def ask_by_link(query: Annotated[AskQuery, Query()], engine: OpenEngine, state: State) -> Answer:
    """Answer a question as `POST /v1/ask` does, from query parameters."""
    work = partial(
        engine.ask,
        query.q,
        top_k=query.top_k,
        where=query.where(),
        max_tokens=query.max_tokens,
        explain=query.explain,
    )
    return await in_thread(state, partial(_or_nothing, engine, query.q, query.where(), work))


@router.post("/v1/search", tags=["questions"], summary="Search", responses=_documented(400, 413, 415, 422, 503))
async def search(body: AskBody, engine: OpenEngine, state: State) -> SearchResult:
    """Find the best passages for a question, without choosing an answer."""
    return await in_thread(state, partial(_passages_or_none, engine, body))


@router.get("/v1/figures", tags=["questions"], summary="Search figures", responses=_documented(422, 503))
async def figures(query: Annotated[FiguresQuery, Query()], engine: OpenEngine, state: State) -> FigureResult:
    """Find the figures that releases state about something, each with its date, period and checked sentence."""
    return await in_thread(state, partial(_figures_or_none, engine, query))


@router.get("/v1/releases", tags=["releases"], summary="List releases", responses=_documented(422, 503))
async def releases(query: Annotated[ReleasesQuery, Query()], engine: OpenEngine) -> ReleasePage:
    """List the releases in the index, a page at a time."""
    return await to_thread.run_sync(partial(_releases_or_none, engine, query))


@router.get(
    "/v1/releases/{release_id:path}",
    tags=["releases"],
    summary="Show a release",
    responses=_documented(404, 422, 503),
)
async def release(
    release_id: Annotated[str, Path(description="The id, percent-encoded: a slash in it is `%2F`.")],
    query: Annotated[ReleaseQuery, Query()],
    engine: OpenEngine,
) -> FullRelease:
    """Show one release in full, with the body that every offset counts in."""
    if not release_id:
        raise UnknownReleaseError("no release has an empty id", _LISTED)
    where = SearchFilter(as_of=query.as_of)
    try:
        return full_release(await to_thread.run_sync(engine.release, release_id, where))
    except UnknownReleaseError as error:  # its own hint is for the command line
        raise UnknownReleaseError(str(error), _LISTED) from error


@router.get("/healthz", tags=["server"], summary="Is the server up?")
async def healthz() -> HealthObject:
    """Say that the server is up; needs no index."""
    return HealthObject(status="ok")


@router.get("/readyz", tags=["server"], summary="Can it answer?", responses=_documented(503))
async def readyz(state: State) -> ReadyObject:
    """Say whether questions can be answered now, and from what; if not, why not."""
    engine = await state.gate.get(PROBE_PATIENCE)
    status = await to_thread.run_sync(engine.status)
    index = IndexInfo(
        generation=status.generation,
        releases=status.releases,
        passages=status.passages,
        model=status.manifest.model,
    )
    return ReadyObject(status="ready", index=index)


@router.get("/problems/{slug}", include_in_schema=False)
async def problem_kind(slug: str) -> dict[str, str | int]:
    """Say what a kind of problem means and what to do about it: the address is the `type` in every error."""
    kind = kind_called(slug)
    if kind is None:
        raise HTTPException(404, f"no kind of problem is called {slug[:MAX_NAME]!r}")
    return {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "meaning": kind.meaning,
        "remedy": kind.remedy,
    }
