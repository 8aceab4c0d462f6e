"""The engine: a question in, a cited answer out."""

import base64
import json
import time
from collections.abc import Callable, Sequence
from datetime import date

from index.errors import InputError
from index.types import Found, Hit, IndexStatus, PassageIndex, Release, SearchFilter
from qa.evidence.citations import cite, cite_passages
from qa.evidence.explanation import explained, reordered
from qa.figures.search import check_filter, rank
from qa.figures.shown import Ranked, statement
from qa.figures.timeline import Timeline, anchor_of, points, same_figure, timeline, worth_reading
from qa.limits import check_budget, check_dates, check_page, check_top_k
from qa.question import Asked, clean_question, understand
from qa.reading.agreement import answer_text, witnesses
from qa.reading.reader import Reader
from qa.repetitions import distinct
from qa.types import (
    Answer,
    Candidate,
    CitedPassage,
    FigureFilter,
    FigureResult,
    Figures,
    IndexInfo,
    ReleasePage,
    SearchResult,
)

_EVERYTHING = SearchFilter()
_ANY = FigureFilter()
READ = 6
"""Passages that the reader reads."""

SPARE = 10
"""Passages fetched on top of those wanted, to replace those that repeat better ones."""

WIDENING = 4
"""By how much a search is widened when too few of its passages will do."""

REACH = 100, 1_600
"""Passages whose figures are searched at first, and at most: the search widens while too few figures fit."""

CountTokens = Callable[[str], int]


def find(index: PassageIndex, question: str, wanted: int, where: SearchFilter) -> tuple[list[Hit], Found]:
    """Return the ``wanted`` best hits that repeat no better one, fewer only at the end of the list, and the search.

    Raises `UnknownPublisherError`.
    """
    reach = wanted + SPARE
    while True:
        found = index.search(question, reach, where)
        hits = distinct(found.hits, wanted)
        if len(hits) >= wanted or len(found.hits) < reach:
            return hits, found
        reach *= WIDENING


def figures_of(index: PassageIndex, hits: Sequence[Hit]) -> Figures:
    """Return the figures that the passages of the hits state, as the index holds them."""
    stated = index.figures([hit.passage for hit in hits])
    return {hit.passage.id: figures for hit, figures in zip(hits, stated, strict=True)}


class Engine:
    """Answers questions over one index. Safe to use from several threads."""

    def __init__(
        self, index: PassageIndex, reader: Reader, *, threshold: float, count_tokens: CountTokens | None = None
    ) -> None:
        """Take an open index and a reader.

        Below ``threshold``, a confidence in [0, 1], the answer is "not found". ``count_tokens`` measures passages
        in another encoding than the index did.
        """
        self._index = index
        self._reader = reader
        self._threshold = threshold
        self._count_tokens = count_tokens

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = _EVERYTHING,
        max_tokens: int | None = None,
        explain: bool = False,
    ) -> Answer:
        """Return the answer with its citations and the best passages; an answer of None is a normal result.

        ``top_k`` in 1 to 100 and ``max_tokens`` bound the passages returned; ``explain`` adds what was read. Raises
        `InputError` for what cannot be asked, `UnknownPublisherError` for a publisher that the index does not have.
        """
        started = time.perf_counter()
        asked = understand(clean_question(question))
        _check(top_k, where, max_tokens)
        hits, found = find(self._index, asked.text, max(top_k, READ), where)
        reading = time.perf_counter()
        figures = figures_of(self._index, hits[:READ])
        candidates = self._reader.read(asked, hits[:READ], figures)
        timings = dict(found.timings_ms)
        timings["read"] = _milliseconds(reading)
        answering: list[Candidate] = []
        line = None
        if candidates and candidates[0].confidence >= self._threshold:
            comparing = time.perf_counter()
            line = self._timeline(asked, candidates, hits[:READ], found.hits, figures)
            answering = same_figure(line) if line else witnesses(candidates)
            timings["timeline"] = _milliseconds(comparing)
        citations = tuple(map(cite, answering))
        return Answer(
            question=asked.text,
            answer=answer_text(answering[0]) if answering else None,
            confidence=round(candidates[0].confidence if candidates else 0.0, 4),
            citation=citations[0] if citations else None,
            citations=citations,
            timeline=points(line) if line else (),
            passages=self._passages(reordered(hits, [*answering[:1], *candidates])[:top_k], max_tokens),
            explanation=explained(hits[:READ], candidates) if explain else None,
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=timings | {"total": _milliseconds(started)},
        )

    def search(
        self, question: str, *, top_k: int = 5, where: SearchFilter = _EVERYTHING, max_tokens: int | None = None
    ) -> SearchResult:
        """Return the best passages for a question, without reading them; bounds and errors as `ask` has them."""
        started = time.perf_counter()
        asked = understand(clean_question(question))
        _check(top_k, where, max_tokens)
        hits, found = find(self._index, asked.text, top_k, where)
        return SearchResult(
            question=asked.text,
            passages=self._passages(hits[:top_k], max_tokens),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=found.timings_ms | {"total": _milliseconds(started)},
        )

    def figures(
        self,
        query: str,
        *,
        wanted: FigureFilter = _ANY,
        where: SearchFilter = _EVERYTHING,
        limit: int = 20,
    ) -> FigureResult:
        """Return up to ``limit`` figures whose words fit the query best, each with its checked citation.

        They are looked for in the best passages for the query, further down while too few of them are ``wanted``.
        Raises `InputError` for what cannot be asked, `UnknownPublisherError` as `ask` does.
        """
        started = time.perf_counter()
        asked = understand(clean_question(query))
        check_dates(where)
        check_filter(wanted, limit)
        reach, most = REACH
        while True:
            found = self._index.search(asked.text, reach, where)
            ranked: list[Ranked] = rank(
                asked, found.hits, self._index.figures([hit.passage for hit in found.hits]), wanted
            )
            if len(ranked) >= limit or len(found.hits) < reach or reach >= most:
                break
            reach *= WIDENING
        return FigureResult(
            query=asked.text,
            figures=tuple(statement(each) for each in ranked[:limit]),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=found.timings_ms | {"total": _milliseconds(started)},
        )

    def release(self, release_id: str, where: SearchFilter = _EVERYTHING) -> Release:
        """Return a release as it stood at ``where.as_of``; raises `UnknownReleaseError`."""
        return self._index.release(release_id, where)

    def releases(self, *, limit: int = 50, cursor: str | None = None, where: SearchFilter = _EVERYTHING) -> ReleasePage:
        """Return a page of the releases, newest first, and the cursor of the next; raises `InputError`."""
        check_page(limit)
        check_dates(where)
        entries = self._index.entries(where, limit + 1, _read_cursor(cursor) if cursor is not None else None)
        more = len(entries) > limit
        entries = entries[:limit]
        following = _make_cursor(entries[-1].published, entries[-1].id) if more else None
        return ReleasePage(tuple(entries), following)

    def status(self) -> IndexStatus:
        """Return how much the index holds."""
        return self._index.status()

    def close(self) -> None:
        """Give back what the engine holds open."""
        self._index.close()

    def _timeline(
        self,
        asked: Asked,
        candidates: Sequence[Candidate],
        read: Sequence[Hit],
        found: Sequence[Hit],
        figures: Figures,
    ) -> Timeline | None:
        """Return the statements of the figure that answers the question; None where it is answered by none."""
        others = {hit.passage.id: hit for hit in found if hit.passage.id not in figures}
        figures = {**figures, **figures_of(self._index, list(others.values()))}
        anchor = anchor_of(asked, candidates, figures)
        if anchor is None:
            return None
        reached = {hit.passage.release.id for hit in read}
        rest = [hit for hit in others.values() if hit.passage.release.id not in reached]
        more = worth_reading(asked, anchor, rest, figures)
        further = self._reader.read(asked, more, figures, again=False) if more else []
        return timeline(asked, anchor, [*candidates, *further], figures)

    def _passages(self, hits: Sequence[Hit], max_tokens: int | None) -> tuple[CitedPassage, ...]:
        kept: list[Hit] = []
        lengths: list[int] = []
        for hit in hits:
            count = self._count_tokens
            length = count(hit.passage.text) if count else hit.passage.tokens
            # A long passage that does not fit makes room for a shorter one behind it.
            if max_tokens is None or sum(lengths) + length <= max_tokens:
                kept.append(hit)
                lengths.append(length)
        return cite_passages(kept, lengths)

    def _info(self, generation: int) -> IndexInfo:
        status = self._index.status()
        return IndexInfo(generation, status.releases, status.passages, status.manifest.model)


def _check(top_k: int, where: SearchFilter, max_tokens: int | None) -> None:
    check_top_k(top_k)
    check_budget(max_tokens)
    check_dates(where)


def _make_cursor(published: date, release_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([published.isoformat(), release_id]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[date, str]:
    try:
        day, release_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        release_id.encode()  # half a surrogate pair can stand in JSON, but not in an id
        return date.fromisoformat(day), release_id
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"not a cursor: {cursor[:80]!r}", "use the 'next' of the page before, as it came") from error


def _milliseconds(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 3)
