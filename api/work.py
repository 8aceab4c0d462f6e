"""What the addresses share: the engine that is open, its work in a thread, and what OpenAPI says of their errors."""

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from starlette.types import Scope

from api.admission import ClientGoneError, unless_gone
from api.problems import PROBLEMS
from api.requests import Asking
from api.responses import ProblemObject
from api.state import ServerState, state_of
from index.errors import SourceError, UnknownPublisherError, UnknownReleaseError, UnknownRevisionError
from index.types import Release, SearchFilter
from qa.engine import Engine
from qa.steps import Answered, Step
from qa.types import Answer

T = TypeVar("T")

LISTED = "GET /v1/releases lists them"
"""What to do where a release is not there."""

_EVERYTHING = SearchFilter()


async def _state(request: Request) -> ServerState:  # not `state_of` itself: FastAPI calls what is not async in a thread
    return state_of(request)


State = Annotated[ServerState, Depends(_state)]


_NOT_OF_API = tuple(PROBLEMS[each] for each in (SourceError, UnknownPublisherError, UnknownRevisionError))
"""No source is read over HTTP, a publisher that is not there is answered with a hint, and only pages have revisions."""

API_PROBLEMS = tuple(kind for kind in dict.fromkeys(PROBLEMS.values()) if kind not in _NOT_OF_API)
"""The kinds of problem that the API reports."""

UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the client has, by its `If-None-Match`, still holds."}
}
"""What OpenAPI says of a response that is tagged with the state of the index."""


async def _engine(state: State) -> Engine:
    return await state.gate.get(state.settings.patience)


OpenEngine = Annotated[Engine, Depends(_engine)]


def documented(*statuses: int, counted: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of responses with an error ``status``: the problems of the table that have it.

    Two are wherever requests are ``counted``: a key that is missing or refused (401), and a quota used up (429).
    """
    always = (401, 429) if counted else ()
    titles: dict[int, list[str]] = {status: [] for status in sorted({*statuses, *always})}
    for kind in API_PROBLEMS:
        if kind.status in titles:
            titles[kind.status].append(kind.title)
    return {status: {"model": ProblemObject, "description": "; or: ".join(told)} for status, told in titles.items()}


async def think(request: Request, state: ServerState, kind: str, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread when its turn comes, which keeps the event loop free; drop it if the client goes.

    ``kind`` groups work that takes about the same time. Raises `BusyError`, `TimeLimitError` or `ClientGoneError`.
    """
    return await unless_gone(request.receive, state.questions.run(kind, lambda _: work()))


async def in_thread(request: Request, state: ServerState, work: Callable[[], T]) -> T:
    """Run ``work`` for a page as `think` does."""
    return await think(request, state, "page", work)


async def look_up(request: Request, state: ServerState, work: Callable[[], T]) -> T:
    """Run ``work`` that takes a moment, as `think` does, but without waiting for questions."""
    return await unless_gone(request.receive, state.lookups.run("look-up", lambda _: work()))


async def look_up_release(
    request: Request, state: ServerState, engine: Engine, release_id: str, where: SearchFilter = _EVERYTHING
) -> Release:
    """Return a release as `Engine.release` does, as `look_up` does; that there is none is told in terms of the API."""
    try:
        return await look_up(request, state, partial(engine.release, release_id, where))
    except UnknownReleaseError as error:  # its own hint is for the command line
        raise UnknownReleaseError(str(error), LISTED) from error


async def answer(request: Request, state: ServerState, asking: Asking) -> Answer:
    """Return the answer to what is asked, as `think` does; the work stops at the next step if the client goes."""
    found = await unless_gone(request.receive, state.questions.run("ask", lambda stop: last(asking(), stop)))
    note_answer(request.scope, state, found)
    return found


def note_answer(scope: Scope, state: ServerState, answer: Answer) -> None:
    """Count an answer, and keep what the log and a trace may tell of it."""
    state.metrics.answer(found=answer.answer is not None)
    note_work(scope, state, answer.question, answer.timings_ms)


def note_work(scope: Scope, state: ServerState, question: str, timings_ms: Mapping[str, float]) -> None:
    """Count the stages of the work for a question, and keep what the log and a trace may tell of it."""
    state.metrics.stages(timings_ms)
    scope["state"] |= {"question": question, "timings_ms": timings_ms}


def last(steps: Iterator[Step], stop: threading.Event) -> Answer:
    """Return the answer that the steps lead to; raises `ClientGoneError` once nobody waits for it."""
    for step in steps:
        if isinstance(step, Answered):
            return step.answer
        if stop.is_set():
            break
    raise ClientGoneError("nobody waits for the answer any more")
