"""The page on which people ask (``/``), and the same answer piece by piece for the page's script."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from functools import partial

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.responses import StreamingResponse

from api.problems import kind_of
from api.requests import Filters, Question
from api.state import ServerState, state_of
from api.web.citation_formats import CitationText, citation_texts
from api.web.forms import Form, fault_of, faults_of, read_form
from api.web.marked_text import Block, around, blocks
from api.web.pages import POLICY, as_page, check_unchanged_page, coverage_of, render, tagged
from api.web.timeline_chart import Chart, chart_of
from api.work import OpenEngine, State, in_thread, look_up, note_answer
from api.written import writing
from index.errors import InputError, PressqaError, UnknownPublisherError, UnknownReleaseError
from index.types import SearchFilter, Span
from qa.engine import Engine
from qa.evidence.citations import cite_passages
from qa.evidence.web_addresses import web_url
from qa.steps import Answered, PassagesFound, Step
from qa.types import Answer, Citation, CitedPassage, WrittenAnswer, WrittenSentence

SHOWN = 6
"""How many passages a page shows; a reader looks at few of them. More may be read for the answer."""

_NEWEST = 5
"""How many releases are listed below an empty form."""

_PLACE = Markup("<!-- the result -->")
"""Stands in the page where the answer goes; no text can hold it, because text is escaped."""

_WRITING = Markup("<!-- what is written -->")
"""Stands in the result where what a language model writes goes, in the same way."""

_log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)


class AskForm(Filters):
    """A question with filters, and whether a language model is to write beside the answer."""

    q: Question
    write: bool = False


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage as blocks of a page."""

    passage: CitedPassage
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What the page shows of an answer besides the answer itself.

    ``paragraph`` is the paragraph of the quote with the answer marked, empty if nothing was found; ``others`` are the
    passages besides that of the quote.
    """

    paragraph: tuple[Block, ...]
    chart: Chart | None
    citation_texts: tuple[CitationText, ...]
    others: tuple[ShownPassage, ...]


@router.get("/")
async def ask_page(request: Request, state: State, engine: OpenEngine) -> Response:
    """Show the form, and the answer if there is a question: the form is sent at once, the answer when it is known."""
    form = read_form(AskForm, request.query_params, needs="q")
    tag = await _tag(request, state, engine, form)
    # Only a question waits in their queue; the form is there however many are asked.
    begun = _unasked(form) if form.read is None else await in_thread(request, state, partial(_begin, engine, form.read))
    page = partial(_page_without_answer, engine, form, begun, can_write=state.writer is not None)
    html = await look_up(request, state, page)
    if begun.steps is None:
        return tagged(as_page(html, status=422 if begun.faults else 200), tag)
    pieces = _with_answer(begun.steps, engine, begun, html, request)
    return StreamingResponse(pieces, 200, {"Content-Security-Policy": POLICY, **tag}, "text/html")


async def _tag(request: Request, state: ServerState, engine: Engine, form: Form[AskForm]) -> dict[str, str]:
    """Return the headers that tag the page; none where a language model writes, which never does so twice alike."""
    if form.read is None:
        return await check_unchanged_page(request, state, engine)
    if form.read.write:
        return {}
    # A citation names the day on which it was made.
    return await check_unchanged_page(request, state, engine, state.edition.mark, date.today().isoformat())


@router.get("/ask/fragments")
async def ask_fragments(request: Request, engine: OpenEngine) -> Response:
    """Send the pieces of the page as they are ready: server-sent events whose data are HTML.

    The events are ``passages``, ``answer`` last, or ``problem`` where the page itself is to tell what is wrong. If a
    language model is to write, ``sentence`` comes for each sentence that holds, and ``written`` last.
    """
    form = read_form(AskForm, request.query_params)
    if form.read is None:
        raise InputError("the question or a filter cannot be used", "ask on the page itself")
    where = form.read.where()
    steps = engine.steps(form.read.q, top_k=SHOWN, where=where)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(steps, engine, where, request, write=form.read.write)
    return StreamingResponse(events, 200, headers, "text/event-stream")


async def _events(
    steps: Iterator[Step], engine: Engine, where: SearchFilter, request: Request, *, write: bool
) -> AsyncIterator[str]:
    state = state_of(request)
    answer = None
    place = Markup(render("written.html", written=None)) if write else Markup()
    try:
        async with aclosing(state.questions.steps("ask", lambda: _shown_steps(steps, engine, where, place))) as done:
            async for name, html, found in done:
                yield _event(name, html)
                if found is not None:
                    answer = found
                    note_answer(request.scope, state, answer)
    except PressqaError:
        yield _event("problem", "")
        return
    if write and answer is not None:
        async for each in writing(state, engine, answer, as_of=where.as_of, max_tokens=None):
            if isinstance(each, WrittenSentence):
                yield _event("sentence", render("written_sentence.html", sentence=each))
            else:
                yield _event("written", render("written.html", written=each))


def _shown_steps(
    steps: Iterator[Step], engine: Engine, where: SearchFilter, place: Markup
) -> Iterator[tuple[str, str, Answer | None]]:
    """Yield the name of each event, its HTML, and the answer if it is that: rendered in the thread that reads."""
    for step in steps:
        if isinstance(step, PassagesFound):
            hits = list(step.hits[:SHOWN])
            passages = cite_passages(hits, [hit.passage.tokens for hit in hits])
            yield "passages", render("passages_found.html", passages=_shown(passages), where=where), None
        elif isinstance(step, Answered):
            yield "answer", _result(engine, step.answer, where, place=place), step.answer


def _event(name: str, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\n{lines}\n"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A question as far as it is known whether the page can answer it: its passages are found, but not read.

    ``steps`` are those that are left, None where nothing can be asked; ``faults`` are by the field to correct.
    """

    steps: Iterator[Step] | None
    faults: Mapping[str, str]
    where: SearchFilter
    write: bool = False


def _unasked(form: Form[AskForm]) -> _Begun:
    return _Begun(None, form.faults, SearchFilter())


def _begin(engine: Engine, asked: AskForm) -> _Begun:
    where = asked.where()
    faults = faults_of(asked.q, where)
    if faults:
        return _Begun(None, faults, where)
    steps = engine.steps(asked.q, top_k=SHOWN, where=where)
    try:
        any(isinstance(step, PassagesFound) for step in steps)  # goes to that step, and no further
    except UnknownPublisherError as error:
        return _Begun(None, {"publisher": fault_of(error)}, where)
    return _Begun(steps, {}, where, asked.write)


def _page_without_answer(engine: Engine, form: Form[AskForm], begun: _Begun, *, can_write: bool) -> str:
    covered, releases = coverage_of(engine)
    asked = begun.steps is not None
    newest = () if asked else engine.releases(limit=_NEWEST).releases
    return render(
        "ask.html",
        form=form,
        faults=begun.faults,
        where=begun.where,
        asked=asked,
        can_write=can_write,
        result=_PLACE,
        newest=newest,
        coverage=covered,
        releases=releases,
    )


async def _with_answer(
    steps: Iterator[Step], engine: Engine, begun: _Begun, html: str, request: Request
) -> AsyncIterator[str]:
    state = state_of(request)
    where = begun.where
    before, after = html.split(_PLACE)
    yield before
    try:
        work = partial(_shown_steps, steps, engine, where, _WRITING)
        async with aclosing(state.questions.steps("ask", work, patient=True)) as done:
            async for _, shown, answer in done:
                if answer is None:
                    continue
                note_answer(request.scope, state, answer)
                head, tail = shown.split(_WRITING)
                yield head
                if begun.write:
                    async for each in writing(state, engine, answer, as_of=where.as_of, max_tokens=None):
                        if isinstance(each, WrittenAnswer):
                            yield render("written.html", written=each)
                yield tail
    except PressqaError as error:
        _log.warning("a page broke off: %s: %s", type(error).__name__, error)
        state.edition.end()
        yield render("broken_off.html", meaning=kind_of(error).meaning)
    yield after


def _result(engine: Engine, answer: Answer, where: SearchFilter, *, place: Markup) -> str:
    covered, releases = coverage_of(engine)
    return render(
        "result.html",
        answer=answer,
        shown=_shown_answer(engine, answer, where),
        writing=place,
        where=where,
        filtered=where != SearchFilter(),
        coverage=covered,
        releases=releases,
    )


def _shown_answer(engine: Engine, answer: Answer, where: SearchFilter) -> ShownAnswer:
    cited = answer.citation
    others = tuple(each for each in answer.passages if cited is None or not _holds(each, cited))
    texts = citation_texts(cited, web_url(cited.url), date.today()) if cited else ()
    paragraph = _paragraph(engine, cited, where) if cited else ()
    return ShownAnswer(paragraph, chart_of(answer.timeline), texts, _shown(others))


def _shown(passages: tuple[CitedPassage, ...]) -> tuple[ShownPassage, ...]:
    return tuple(ShownPassage(each, blocks(each.text)) for each in passages)


def _holds(passage: CitedPassage, cited: Citation) -> bool:
    return passage.release_id == cited.release_id and passage.start <= cited.answer_start < passage.end


def _paragraph(engine: Engine, cited: Citation, where: SearchFilter) -> tuple[Block, ...]:
    try:
        release = engine.release(cited.release_id, SearchFilter(as_of=where.as_of))
        body, offset = (release.body, 0) if release.sha256 == cited.sha256 else (cited.quote, cited.start)
    except UnknownReleaseError:  # removed since it was read: what was read is still the answer
        body, offset = cited.quote, cited.start
    answers = [Span(cited.answer_start - offset, cited.answer_end - offset)]
    return around(body, Span(cited.start - offset, cited.end - offset), answers)
