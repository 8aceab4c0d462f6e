"""The pages of releases: the list and its search, one release with its revisions, and what a revision changed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.requests import Filters
from api.web.differences import compare, compare_words, runs
from api.web.forms import Form, fault_of, faults_of, read_form
from api.web.links import same_text
from api.web.marked_text import Block, blocks
from api.web.pages import check_unchanged_page, coverage_of, page, tagged
from api.work import OpenEngine, State, in_thread, look_up
from index.errors import InputError, UnknownPublisherError, UnknownReleaseError, UnknownRevisionError
from index.text.terms import stems
from index.types import Revision, SearchFilter, Span
from qa.engine import Engine
from qa.limits import MAX_QUESTION, MAX_TOP_K
from qa.question import understand
from qa.types import CitedPassage, SearchResult

PAGE = 30
"""How many releases a page of the list has."""

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")

router = APIRouter(include_in_schema=False)


class ReleasesForm(Filters):
    """The list of releases: words to search for, if any, filters, and where the page begins."""

    q: str = Field("", max_length=MAX_QUESTION)
    cursor: str | None = Field(None, max_length=2000)


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A release that a search found, with its best passage."""

    passage: CitedPassage
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class FoundReleases:
    """What a search found, best first; ``nearest``: none has a word of the search. ``hint`` says why there are none."""

    releases: tuple[FoundRelease, ...]
    nearest: bool
    hint: str | None


@router.get("/releases")
async def releases_page(request: Request, state: State, engine: OpenEngine) -> Response:
    """List the releases, newest first, or those that fit the words best."""
    form = read_form(ReleasesForm, request.query_params)
    tag = await check_unchanged_page(request, state, engine)
    run = in_thread if form.read is not None and form.read.q else look_up
    return tagged(await run(request, state, partial(_releases_page, engine, form)), tag)


def _releases_page(engine: Engine, form: Form[ReleasesForm]) -> Response:
    covered, releases = coverage_of(engine)
    values: dict[str, object] = {"listed": None, "found": None, "where": SearchFilter()}
    faults = dict(form.faults)
    if form.read is not None:
        where = form.read.where()
        faults = faults_of(form.read.q or "any", where)
        if not faults:
            values["where"] = where
            try:
                if form.read.q:
                    result = engine.search(form.read.q, top_k=MAX_TOP_K, where=where)
                    values["found"] = _by_release(result)
                else:
                    values["listed"] = engine.releases(limit=PAGE, cursor=form.read.cursor, where=where)
            except UnknownPublisherError as error:
                faults = {"publisher": fault_of(error)}
    return page(
        "releases.html",
        status=422 if faults else 200,
        form=form,
        faults=faults,
        coverage=covered,
        releases=releases,
        **values,
    )


def _by_release(result: SearchResult) -> FoundReleases:
    """Return the releases of the passages with a word of the search; if there are none, of all: the nearest."""
    asked = set(understand(result.question).stems)
    named = [each for each in result.passages if not asked or asked & set(stems(f"{each.title}\n{each.text}"))]
    best: dict[str, CitedPassage] = {}
    for passage in named or result.passages:
        best.setdefault(passage.release_id, passage)
    shown = tuple(FoundRelease(each, blocks(each.text)) for each in list(best.values())[:PAGE])
    return FoundReleases(shown, bool(shown) and not named, result.hint)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which revision of a release a link means, and what is to be marked in it."""

    quote: Span | None
    answer: Span | None
    digest: str
    revision: int | None


@router.get("/release")
async def release_page(request: Request, state: State, engine: OpenEngine) -> Response:
    """Show a release in full, with a quote and its answer marked if the address gives their offsets."""
    query = request.query_params
    form = read_form(Filters, {"as_of": query.get("as_of", "")})
    if form.read is None:
        raise InputError(f"as_of: {form.faults['as_of']}")
    wanted = _Wanted(
        _span(query.get("quote", "")),
        _span(query.get("answer", "")),
        query.get("text", ""),
        _number("revision", query.get("revision", "")),
    )
    tag = await check_unchanged_page(request, state, engine)
    work = partial(_release_page, engine, query.get("id", ""), wanted, form.read.where())
    return tagged(await look_up(request, state, work), tag)


@contextmanager
def _for_people() -> Iterator[None]:
    """Let an error about a release that is not there say what to do on a page: its own hint is for the command line."""
    try:
        yield
    except UnknownReleaseError as error:
        raise UnknownReleaseError(str(error), "look for it among the releases") from error


def _release_page(engine: Engine, release_id: str, wanted: _Wanted, where: SearchFilter) -> Response:
    with _for_people():
        history = engine.history(release_id)
        chosen, holds = _choose(engine, history, wanted, where)
    body = chosen.release.body
    quote, answer = (_within(span, body) if holds else None for span in (wanted.quote, wanted.answer))
    covered, releases = coverage_of(engine)
    return page(
        "release.html",
        release=chosen.release,
        blocks=blocks(body, quote, [answer] if answer else []),
        marked=quote is not None,
        lost=wanted.quote is not None and quote is None,
        chosen=chosen,
        history=history,
        coverage=covered,
        releases=releases,
    )


def _choose(engine: Engine, history: Sequence[Revision], wanted: _Wanted, where: SearchFilter) -> tuple[Revision, bool]:
    """Return the revision that a link means, and whether its offsets count in that text."""
    if wanted.revision is not None:
        numbered = _text(history, wanted.revision, history[0])
        return numbered, not wanted.digest or same_text(numbered.release, wanted.digest)
    if wanted.digest:
        # The text that the quote was read from, even if a later one has replaced it meanwhile.
        chosen = next((each for each in history if same_text(each.release, wanted.digest)), None)
        return (chosen, True) if chosen else (history[0], False)
    if where.as_of is not None:
        then = engine.release(history[0].release.id, where)
        return next((each for each in history if each.release == then), history[0]), True
    return history[0], True


def _text(history: Sequence[Revision], number: int | None, otherwise: Revision) -> Revision:
    """Return the revision with a number, ``otherwise`` without one; raises `UnknownRevisionError`."""
    chosen = otherwise if number is None else next((each for each in history if each.number == number), None)
    if chosen is None:
        raise _no_text(history, number)
    return chosen


def _span(text: str) -> Span | None:
    found = _SPAN.fullmatch(text)
    start, end = (int(found[1]), int(found[2])) if found else (0, 0)
    return Span(start, end) if start < end else None


def _number(name: str, text: str) -> int | None:
    """Return the number of a text that a parameter gives, None if it is empty; raises `InputError` for other words."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise InputError(f"{name} is {text[:40]!r}, which is no number of a text", f"write a number: {name}=1")
    return int(text)


def _no_text(history: Sequence[Revision], number: int | None) -> UnknownRevisionError:
    release = history[0].release
    count = history[0].number
    some = "it has one text" if count == 1 else f"it has the texts 1 to {count}"
    return UnknownRevisionError(f"{release.id!r} has no text number {number}: {some}", f"open release?id={release.id}")


def _within(span: Span | None, body: str) -> Span | None:
    return span if span is not None and span.end <= len(body) else None


@router.get("/changes")
async def changes_page(request: Request, state: State, engine: OpenEngine) -> Response:
    """Show what differs between two revisions of a release; without numbers, between the newest two."""
    query = request.query_params
    earlier, later = (_number(name, query.get(name, "")) for name in ("from", "to"))
    tag = await check_unchanged_page(request, state, engine)
    work = partial(_changes_page, engine, query.get("id", ""), earlier, later)
    return tagged(await in_thread(request, state, work), tag)


def _changes_page(engine: Engine, release_id: str, earlier: int | None, later: int | None) -> Response:
    with _for_people():
        history = engine.history(release_id)
    old = _text(history, earlier, history[min(1, len(history) - 1)])
    new = _text(history, later, history[0])
    changed = compare(old.release.body, new.release.body)
    covered, releases = coverage_of(engine)
    return page(
        "changes.html",
        old=old,
        new=new,
        title=compare_words(old.release.title, new.release.title),
        runs=runs(changed),
        is_same=all(each.same for each in changed),
        history=history,
        coverage=covered,
        releases=releases,
    )
