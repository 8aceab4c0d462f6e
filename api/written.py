"""Written answers over HTTP: a language model writes in a thread of its own, and what fails there costs no answer."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import date
from functools import partial
from threading import Event

from fastapi import Request

from api.admission import BusyError, ClientGoneError, TimeLimitError, unless_gone
from api.state import ServerState
from index.errors import PressqaError
from index.types import SearchFilter
from qa.engine import Engine
from qa.types import Answer, WrittenAnswer, WrittenSentence
from qa.writing.check import Dropped
from qa.writing.writer import Writer, unwritten, with_written

_log = logging.getLogger(__name__)

_NONE = "this server has no language model; whoever runs it sets PRESSQA_LLM_URL and PRESSQA_LLM_MODEL"


async def with_writing(
    request: Request, state: ServerState, engine: Engine, answer: Answer, *, as_of: date | None, max_tokens: int | None
) -> Answer:
    """Return an answer with what a language model wrote beside it, or why it wrote nothing.

    Raises `ClientGoneError` if the client goes.
    """

    if state.writer is None:
        return with_written(answer, unwritten(_NONE))
    judged = partial(_judged, state.writer, engine, answer, as_of, max_tokens)

    def work(stop: Event) -> WrittenAnswer:
        for each in judged():
            if isinstance(each, WrittenAnswer):
                return each
            if stop.is_set():
                break
        raise ClientGoneError("nobody waits for what is written any more")

    try:
        return with_written(answer, await unless_gone(request.receive, state.writings.run("write", work)))
    except ClientGoneError:
        raise
    except PressqaError as error:
        return with_written(answer, unwritten(_told(error)))


async def writing(
    state: ServerState, engine: Engine, answer: Answer, *, as_of: date | None, max_tokens: int | None
) -> AsyncIterator[WrittenSentence | WrittenAnswer]:
    """Yield each sentence that holds as soon as it is checked, and the whole written answer last."""
    if state.writer is None:
        yield unwritten(_NONE)
        return
    work = partial(_judged, state.writer, engine, answer, as_of, max_tokens)
    try:
        async with aclosing(state.writings.steps("write", work)) as steps:
            async for each in steps:
                if each is not None and not isinstance(each, Dropped):
                    yield each
    except ClientGoneError:
        raise
    except PressqaError as error:
        yield unwritten(_told(error))


def _told(error: PressqaError) -> str:
    """Return why nothing was written; what an error says of the server itself goes to the log alone."""
    if isinstance(error, BusyError | TimeLimitError):
        return f"{error}; {error.hint}"
    _log.warning("nothing was written: %s: %s", type(error).__name__, error)
    return "what is needed to write could not be read; the server's log says why"


def _judged(
    writer: Writer, engine: Engine, answer: Answer, as_of: date | None, max_tokens: int | None
) -> Iterator[WrittenSentence | Dropped | WrittenAnswer | None]:
    release_of = partial(engine.release, where=SearchFilter(as_of=as_of))
    return writer.judged(answer, release_of, max_tokens)
