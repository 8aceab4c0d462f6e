"""Answers that come bit by bit: a batch as one JSON object a line, a question as server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import TypeAdapter
from starlette.types import Scope

from api.access import charge
from api.admission import unless_gone
from api.error_handlers import problem_of
from api.examples import example_events, example_lines
from api.requests import BatchBody, BatchQuestion, StreamQuery
from api.responses import BatchLine
from api.state import ServerState
from api.work import OpenEngine, State, documented, last, note_answer
from api.written import writing
from qa.engine import Engine
from qa.evidence.citations import cite_passages
from qa.steps import Answered, PassagesFound, QuestionAsked, Step, TimelineMade
from qa.types import Answer, CitedPassage, TimelinePoint, WrittenAnswer, WrittenSentence

LAST = "last"
"""The id of the event that ends a stream. A browser that connects again names it, and is told to stay away (204)."""

LastEventId = Annotated[str | None, Header(description="Sent by a browser that connects again.", examples=[LAST])]

_ANSWER = TypeAdapter(Answer)
_PASSAGES = TypeAdapter(tuple[CitedPassage, ...])
_SENTENCE = TypeAdapter(WrittenSentence)
_WRITTEN = TypeAdapter(WrittenAnswer)
_TIMELINE = TypeAdapter(tuple[TimelinePoint, ...])

router = APIRouter()


class JsonLines(StreamingResponse):
    """A response of one JSON object a line, each sent when it is there."""

    media_type = "application/x-ndjson"


class EventStream(StreamingResponse):
    """A response of server-sent events."""

    media_type = "text/event-stream"


_LINES = {"schema": {"type": "string"}, "example": example_lines()}

_BATCH: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A `BatchLine` as JSON for each question; as text to a client that accepts nothing else.",
        # As text too: a generated client knows what to do with that.
        "content": {"application/x-ndjson": _LINES, "text/plain": _LINES},
    }
}


@router.post(
    "/v1/ask/batch",
    tags=["questions"],
    summary="Ask many questions",
    response_class=JsonLines,
    response_model=BatchLine,
    responses={**_BATCH, **documented(400, 413, 415, 422, 503)},
)
async def ask_batch(body: BatchBody, engine: OpenEngine, state: State, request: Request) -> Response:
    """Answer up to 100 questions; each line of the response is the result of one, in the order in which they are done.

    A line is a `BatchLine`. A question that fails has a `problem` in its line; the others are answered all the same.
    """
    charge(request, state.limits, len(body.questions) - 1)
    state.questions.check()
    lines = _lines(body.questions, engine, state, request.scope)
    return JsonLines(lines, headers={"Cache-Control": "no-store"}, media_type=_media_type(request))


def _media_type(request: Request) -> str:
    """Return what lines of JSON are sent as: as text to a client whose ``Accept`` has only that."""
    accepted = {each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")}
    as_text = "text/plain" in accepted and not accepted & {JsonLines.media_type, "application/*", "*/*"}
    return "text/plain" if as_text else JsonLines.media_type


async def _lines(
    questions: list[BatchQuestion], engine: Engine, state: ServerState, scope: Scope
) -> AsyncIterator[bytes]:
    left = enumerate(questions)
    done: asyncio.Queue[bytes] = asyncio.Queue()

    async def work() -> None:
        for index, question in left:
            done.put_nowait(await _line(index, question, engine, state, scope))

    # As many at a time as the server works on: further ones would only keep others waiting.
    workers = [asyncio.ensure_future(work()) for _ in range(state.settings.concurrency)]
    try:
        for _ in questions:
            yield await done.get()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _line(index: int, question: BatchQuestion, engine: Engine, state: ServerState, scope: Scope) -> bytes:
    asking = question.asked_of(engine)
    answer, problem = "null", "null"
    try:
        found = await state.questions.run("ask", lambda stop: last(asking(), stop), patient=True)
        note_answer(scope, state, found)
        answer = _ANSWER.dump_json(found).decode()
    except Exception as error:
        problem = json.dumps(problem_of(scope, error))
    head = f'"index":{index},"id":{json.dumps(question.id)}'
    return f'{{{head},"answer":{answer},"problem":{problem}}}\n'.encode()


_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["asked", "passages", "timeline", "answer", "sentence", "written", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"const": LAST},
    },
    "required": ["event", "data"],
}

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The events `asked`, `passages`, `timeline` and `answer`, with `write` also `sentence` and"
        " `written`, or `problem`; their data are JSON.",
        "content": {"text/event-stream": {"itemSchema": _EVENT, "example": example_events()}},
    },
    204: {"description": "The stream was received to its end before (`Last-Event-ID: last`): do not connect again."},
}


@router.get(
    "/v1/ask/stream",
    tags=["questions"],
    summary="Ask, step by step",
    response_class=EventStream,
    response_model=None,
    responses={**_STREAM, **documented(413, 422, 503)},
)
async def ask_stream(
    query: Annotated[StreamQuery, Query()],
    engine: OpenEngine,
    state: State,
    request: Request,
    last_event_id: LastEventId = None,
) -> Response:
    """Answer a question as `GET /v1/ask` does, and send each step as a server-sent event as soon as it is done.

    `asked` holds `question` and `as_of`; `passages` the best passages (`PassageObject`); `timeline` the statements of
    the figure that answers (`TimelineObject`); `answer`, the last one, the whole `AnswerObject`. Where no release is by
    the `publisher` asked for, `answer` comes right after `asked`. If the work fails after the first event, the last one
    is `problem`. With `write`, after `answer` come `sentence` (`WrittenSentenceObject`), each once it is checked, and
    `written` (`WrittenObject`) as the last event.
    """
    if last_event_id == LAST:
        return Response(status_code=204)
    steps = state.questions.steps("ask", query.asked_of(engine))
    # What is refused is refused with a status of its own: the response begins when the work does.
    first = await unless_gone(request.receive, anext(steps))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(first, steps, query, engine=engine, state=state, scope=request.scope), headers=headers)


async def _events(
    first: Step,
    steps: AsyncGenerator[Step, None],
    query: StreamQuery,
    *,
    engine: Engine,
    state: ServerState,
    scope: Scope,
) -> AsyncIterator[bytes]:
    answer = None
    async with aclosing(steps):
        yield _event(first, query)
        try:
            async for step in steps:
                if isinstance(step, Answered):
                    answer = step.answer
                    note_answer(scope, state, answer)
                if event := _event(step, query):
                    yield event
            if query.write and answer is not None:
                async for each in writing(state, engine, answer, as_of=query.as_of, max_tokens=query.max_tokens):
                    yield _written_event(each)
        except Exception as error:
            yield format_sse_event(event="problem", data_str=json.dumps(problem_of(scope, error)), id=LAST)


def _event(step: Step, query: StreamQuery) -> bytes:
    """Return a step as an event; empty for one that says nothing to a client."""
    if isinstance(step, QuestionAsked):
        day = query.as_of.isoformat() if query.as_of else None
        return format_sse_event(event="asked", data_str=json.dumps({"question": step.asked.text, "as_of": day}))
    if isinstance(step, PassagesFound):
        hits = list(step.hits[: query.top_k])
        passages = _PASSAGES.dump_json(cite_passages(hits, [hit.passage.tokens for hit in hits])).decode()
        return format_sse_event(event="passages", data_str=f'{{"passages":{passages}}}')
    if isinstance(step, TimelineMade):
        timeline = _TIMELINE.dump_json(step.points).decode()
        return format_sse_event(event="timeline", data_str=f'{{"timeline":{timeline}}}')
    if isinstance(step, Answered):
        ends = None if query.write else LAST
        return format_sse_event(event="answer", data_str=_ANSWER.dump_json(step.answer).decode(), id=ends)
    return b""


def _written_event(each: WrittenSentence | WrittenAnswer) -> bytes:
    if isinstance(each, WrittenSentence):
        return format_sse_event(event="sentence", data_str=_SENTENCE.dump_json(each).decode())
    return format_sse_event(event="written", data_str=_WRITTEN.dump_json(each).decode(), id=LAST)
