"""The Atom feed of the answer to a question: an entry for each time that the answer changed."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Request, Response

from api.caching import check_unchanged
from api.web.ask import AskForm
from api.web.forms import read_whole
from api.web.links import ask_link, feed_link, filters_of, quote_link
from api.web.pages import look, render
from api.work import OpenEngine, State, in_thread
from index.types import SearchFilter
from qa.engine import Engine
from qa.evidence.web_addresses import web_url
from qa.types import Answer, Citation, TimelinePoint

_MINUTES = 15
"""How long a reader of feeds may keep an answer before it asks again."""
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One answer that the question has had: its words, since when, and where it stands.

    ``before`` is the answer that it replaced. ``id`` stays the same as long as the answer does.
    """

    id: str
    text: str
    before: str | None
    published: date
    citation: Citation
    link: str
    """The original at the quote, or our page of the release if it has no address."""


@router.get("/feed")
async def feed(request: Request, state: State, engine: OpenEngine) -> Response:
    """Return the feed of a question's answer, newest first; 304 while the index has not changed."""
    asked = read_whole(AskForm, request.query_params)
    where = replace(asked.where(), as_of=None)
    base = str(request.base_url)
    kept = {"Cache-Control": f"max-age={_MINUTES * 60}"}
    headers = await check_unchanged(request, state, engine, look(), base, headers=kept)
    text = await in_thread(request, state, partial(_feed, engine, asked.q, where, base))
    return Response(text, 200, headers, "application/atom+xml")


def _feed(engine: Engine, question: str, where: SearchFilter, base: str) -> str:
    answer = engine.ask(question, where=where)
    key = repr((answer.question, filters_of(where)))
    entries = list(_entries(answer, key, base))[::-1]
    newest = engine.coverage().newest
    return _NOT_XML.sub(
        "\ufffd",
        render(
            "feed.xml",
            question=answer.question,
            id=f"urn:uuid:{uuid5(NAMESPACE_URL, key)}",
            updated=entries[0].published if entries else newest or date(1970, 1, 1),
            page=urljoin(base, ask_link(answer.question, where)),
            itself=urljoin(base, feed_link(answer.question, where)),
            entries=entries,
        ),
    )


def _entries(answer: Answer, key: str, base: str) -> Iterator[FeedEntry]:
    """Yield an entry for each answer that differs from the one before it, oldest first.

    A release that says the same again is no news, whichever release is cited first.
    """
    if answer.citation is None or answer.answer is None:
        return
    if not answer.timeline:
        yield _entry(_id(key, answer.answer, 0), answer.answer, None, answer.citation, base)
        return
    before: TimelinePoint | None = None
    told = Counter[str]()
    for point in reversed(answer.timeline):
        if before is None or _stated(point) != _stated(before):
            words = point.text.casefold()
            yield _entry(
                _id(key, point.text, told[words]), point.text, before.text if before else None, point.citation, base
            )
            told[words] += 1
            before = point


def _id(key: str, text: str, times: int) -> str:
    """Return the id of an answer that was given ``times`` times before: the same with a timeline and without one.

    An answer has no timeline before it changes for the first time.
    """
    return f"urn:uuid:{uuid5(NAMESPACE_URL, repr((key, text.casefold(), times)))}"


def _stated(point: TimelinePoint) -> tuple[object, ...]:
    return point.value or point.text.casefold(), point.value_max, point.unit


def _entry(name: str, text: str, before: str | None, citation: Citation, base: str) -> FeedEntry:
    link = citation.link if citation.link and web_url(citation.url) else urljoin(base, quote_link(citation))
    return FeedEntry(name, text, before, citation.published, citation, link)
