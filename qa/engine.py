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
from qa.question import check_bounds, clean_question
from qa.reading.agreement import answer_text, witnesses
from qa.repetitions import distinct
from qa.types import (
    Answer,
    Candidate,
    CitedPassage,
    FigureFilter,
    FigureResult,
    IndexInfo,
    Reader,
    ReleasePage,
    SearchResult,
)

_EVERYTHING = SearchFilter()
_ANY = FigureFilter()
READ = 6
"""Passages that the reader reads."""
REACH = 100, 1_600
"""Passages whose figures are looked at first, and at most where too few of them fit."""

CountTokens = Callable[[str], int]


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
        question = clean_question(question)
        check_bounds(top_k, where, max_tokens)
        hits, found = self._find(question, max(top_k, READ), where)
        reading = time.perf_counter()
        candidates = self._reader.read(question, hits[:READ])
        timings = dict(found.timings_ms)
        timings["read"] = _milliseconds(reading)
        answering: list[Candidate] = []
        line = None
        if candidates and candidates[0].confidence >= self._threshold:
            comparing = time.perf_counter()
            line = self._timeline(question, candidates, hits[:READ], found.hits)
            answering = same_figure(line) if line else witnesses(candidates)
            timings["timeline"] = _milliseconds(comparing)
        citations = tuple(map(cite, answering))
        return Answer(
            question=question,
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
        question = clean_question(question)
        check_bounds(top_k, where, max_tokens)
        hits, found = self._find(question, top_k, where)
        return SearchResult(
            question=question,
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
        query = clean_question(query)
        check_bounds(1, where, None)
        check_filter(wanted, limit)
        reach, most = REACH
        while True:
            found = self._index.search(query, reach, where)
            ranked: list[Ranked] = rank(
                query, found.hits, self._index.figures([hit.passage for hit in found.hits]), wanted
            )
            if len(ranked) >= limit or found.exhausted or reach >= most:
                break
            reach *= 4
        return FigureResult(
            query=query,
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
        if limit < 1:
            raise InputError(f"limit is {limit}; it must be at least 1", "ask for 1 or more")
        check_bounds(1, where, None)
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
        self, question: str, candidates: Sequence[Candidate], read: Sequence[Hit], found: Sequence[Hit]
    ) -> Timeline | None:
        """Return the statements of the figure that answers the question; None where it is answered by none."""
        hits = {hit.passage.id: hit for hit in (*read, *found)}
        stated = self._index.figures([hit.passage for hit in hits.values()])
        figures = dict(zip(hits, stated, strict=True))
        anchor = anchor_of(question, candidates, figures)
        if anchor is None:
            return None
        reached = {hit.passage.release.id for hit in read}
        rest = [hit for hit in hits.values() if hit.passage.release.id not in reached]
        more = worth_reading(question, anchor, rest, figures)
        further = self._reader.read(question, more, again=False) if more else []
        return timeline(question, anchor, [*candidates, *further], figures)

    def _find(self, question: str, wanted: int, where: SearchFilter) -> tuple[list[Hit], Found]:
        """Return at least ``wanted`` distinct hits where there are so many."""
        reach = wanted + 10
        while True:
            found = self._index.search(question, reach, where)
            hits = distinct(found.hits, wanted)
            if len(hits) >= wanted or found.exhausted:
                return hits, found
            reach *= 4

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
