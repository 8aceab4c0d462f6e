"""The engine: a question in, a cited answer out.

Long because the steps of an answer are one piece: reading, the time asked for, figures and facts that change.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.errors import UnknownPublisherError
from index.protocols import PassageIndex
from index.types import Coverage, Found, Hit, IndexStatus, Release, Revision, SearchFilter, Span
from qa.cursors import make_cursor, read_cursor
from qa.evidence.citations import cite, cite_passages
from qa.evidence.explanation import explained, reordered
from qa.evidence.list_parts import cell_of, parts_of
from qa.facts import timeline as facts
from qa.figures.covers import hold_to_time, of_the_time
from qa.figures.search import check_filter, rank
from qa.figures.shown import Ranked, nearest_statement, statement
from qa.figures.statements import as_statement
from qa.figures.timeline import Timeline, anchor_of, points, same_figure, timeline, worth_reading
from qa.limits import check_budget, check_dates, check_page, check_top_k
from qa.question import Asked, clean_question, understand
from qa.reading.agreement import witnesses
from qa.reading.reader import Reader
from qa.repetitions import distinct
from qa.steps import Answered, PassagesFound, PassagesRead, QuestionAsked, Step, TimelineMade
from qa.timings import Stages
from qa.types import (
    Answer,
    Citation,
    CitedPassage,
    FigureFilter,
    FigureResult,
    Figures,
    IndexInfo,
    NearestStatement,
    ReleasePage,
    SearchResult,
    TimelinePoint,
)

_EVERYTHING = SearchFilter()
_ANY = FigureFilter()
SPARE = 10
"""How many more passages than wanted are fetched, to replace those that repeat better ones, and for timelines.

It was not tuned; neither were `WIDENING` and `REACH`.
"""

ALIKE = 40
"""How many passages are searched for that are like the sentence of the best answer, for its timeline.

On 39 development timelines of GOV.UK the F1 of the members is 0.880 without them, 0.889 with 16 and 0.894 with 40.
"""

WIDENING = 4
"""The factor by which a search is widened if too few of its passages are of use."""

REACH = 100, 1_600
"""In how many passages figures are searched at first, and at most: the search widens while too few figures fit."""

CountTokens = Callable[[str], int]
"""Text -> its length in tokens."""


def find(index: PassageIndex, question: str, wanted: int, where: SearchFilter) -> tuple[list[Hit], Found]:
    """Return the ``wanted`` best hits, without those that repeat a better one, and what the search found.

    There are fewer hits only if the index has no more. Raises `UnknownPublisherError`.
    """
    reach = wanted + SPARE
    while True:
        found = index.search(question, reach, where)
        hits = distinct(found.hits, wanted)
        if len(hits) >= wanted or found.exhausted:
            return hits, found
        reach *= WIDENING


def figures_of(index: PassageIndex, hits: Sequence[Hit]) -> Figures:
    """Return the figures in the passages of the hits, as they are stored in the index."""
    stated = index.figures([hit.passage for hit in hits])
    return {hit.passage.id: figures for hit, figures in zip(hits, stated, strict=True)}


_Place = tuple[Hit, Span]


@dataclass(frozen=True, slots=True)
class _Result:
    """The places of the answer, best first, and the timeline as it is shown."""

    places: list[_Place]
    timeline: tuple[TimelinePoint, ...]


_NO_RESULT = _Result([], ())


class Engine:
    """Answers questions over one index. Safe to use from several threads."""

    def __init__(
        self, index: PassageIndex, reader: Reader, *, threshold: float, count_tokens: CountTokens | None = None
    ) -> None:
        """Take an open index and a reader.

        Below ``threshold``, a confidence in [0, 1], the answer is "not found". ``count_tokens`` counts the
        tokens of a passage; without it the counts stored in the index are taken.
        """
        self._index = index
        self._reader = reader
        self._threshold = threshold
        self._count_tokens = count_tokens

    @property
    def reads(self) -> int:
        """How many of the best passages are read for an answer."""
        return self._reader.reads

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
        for step in self.steps(question, top_k=top_k, where=where, max_tokens=max_tokens, explain=explain):
            if isinstance(step, Answered):
                return step.answer
        raise RuntimeError("the steps ended without an answer")

    def steps(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = _EVERYTHING,
        max_tokens: int | None = None,
        explain: bool = False,
    ) -> Iterator[Step]:
        """Answer a question as `ask` does, and give each step as it is done: one of each kind, `Answered` last.

        The work stops where the caller stops asking for steps. Raises `InputError` at once, and whatever else `ask`
        raises with the step that fails.
        """
        stages = Stages()
        asked = understand(clean_question(question))
        _check(top_k, where, max_tokens)

        def work() -> Iterator[Step]:
            yield QuestionAsked(asked)
            hits, found = find(self._index, asked.text, max(top_k, self.reads), where)
            stages.add(found.timings_ms)
            yield PassagesFound(tuple(hits))
            with stages.timed("read"):
                read = self._read(asked, hits[: self.reads], found.hits, where)
            yield read
            result = _NO_RESULT
            if read.candidates and read.candidates[0].confidence >= self._threshold:
                with stages.timed("timeline"):
                    result = self._result(read)
            yield TimelineMade(result.timeline)
            order = [*(hit for hit, _ in result.places[:1]), *(each.hit for each in read.candidates)]
            citations = tuple(cite(hit.passage, span) for hit, span in result.places)
            yield Answered(
                Answer(
                    question=asked.text,
                    answer=_words(result.places[0]) if result.places else None,
                    confidence=round(read.candidates[0].confidence if read.candidates else 0.0, 4),
                    citation=citations[0] if citations else None,
                    citations=citations,
                    parts=parts_of(asked.text, result.places[0][0].passage.release, result.places[0][1])
                    if result.places
                    else (),
                    cell=cell_of(result.places[0][0].passage.release, result.places[0][1]) if result.places else None,
                    nearest=self._nearest(read) if not result.places else None,
                    timeline=result.timeline,
                    passages=self._passages(reordered(hits, order)[:top_k], max_tokens),
                    explanation=explained(read.read, read.candidates) if explain else None,
                    as_of=where.as_of,
                    index=self._info(found.generation),
                    timings_ms=stages.milliseconds(),
                    hint=None,
                )
            )

        return work()

    def best_guess(self, read: PassagesRead) -> tuple[str, Citation] | None:
        """Return the answer that a threshold of 0 would give, and its first citation; None if nothing was found.

        Evaluations use it to see what was refused; it is never shown as an answer.
        """
        if not read.candidates:
            return None
        place = self._result(read).places[0]
        return _words(place), cite(place[0].passage, place[1])

    def search(
        self, question: str, *, top_k: int = 5, where: SearchFilter = _EVERYTHING, max_tokens: int | None = None
    ) -> SearchResult:
        """Return the best passages for a question, without reading them; arguments and errors are those of `ask`."""
        stages = Stages()
        asked = understand(clean_question(question))
        _check(top_k, where, max_tokens)
        hits, found = find(self._index, asked.text, top_k, where)
        stages.add(found.timings_ms)
        return SearchResult(
            question=asked.text,
            passages=self._passages(hits[:top_k], max_tokens),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=stages.milliseconds(),
            hint=None,
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

        They come from the best passages for the query; more passages are searched while too few figures are ``wanted``.
        Raises `InputError` for what cannot be asked, `UnknownPublisherError` for a publisher that is not in the index.
        """
        stages = Stages()
        asked = understand(clean_question(query))
        check_dates(where)
        check_filter(wanted, limit)
        reach, most = REACH
        while True:
            found = self._index.search(asked.text, reach, where)
            ranked: list[Ranked] = rank(
                asked, found.hits, self._index.figures([hit.passage for hit in found.hits]), wanted
            )
            if len(ranked) >= limit or found.exhausted or reach >= most:
                break
            reach *= WIDENING
        stages.add(found.timings_ms)
        return FigureResult(
            query=asked.text,
            figures=tuple(statement(each) for each in ranked[:limit]),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=stages.milliseconds(),
            hint=None,
        )

    def nothing(self, question: str, where: SearchFilter, reason: UnknownPublisherError) -> Answer:
        """Return what is answered where no release is by the publisher asked for: nothing, and a hint.

        Raises `InputError` for what cannot be asked anyway.
        """
        return Answer(
            question=understand(clean_question(question)).text,
            answer=None,
            confidence=0.0,
            citation=None,
            citations=(),
            parts=(),
            cell=None,
            nearest=None,
            timeline=(),
            passages=(),
            explanation=None,
            as_of=where.as_of,
            index=self._info(self._index.status().generation),
            timings_ms=Stages().milliseconds(),
            hint=f"{reason}; {reason.hint}",
        )

    def release(self, release_id: str, where: SearchFilter = _EVERYTHING) -> Release:
        """Return the revision of a release that was current at ``where.as_of``; raises `UnknownReleaseError`."""
        return self._index.release(release_id, where)

    def history(self, release_id: str) -> tuple[Revision, ...]:
        """Return all revisions of a release, the current one first; raises `UnknownReleaseError`."""
        return self._index.history(release_id)

    def releases(self, *, limit: int = 50, cursor: str | None = None, where: SearchFilter = _EVERYTHING) -> ReleasePage:
        """Return a page of the releases, newest first, and the cursor of the next; raises `InputError`."""
        check_page(limit)
        check_dates(where)
        entries = self._index.entries(where, limit + 1, read_cursor(cursor) if cursor is not None else None)
        more = len(entries) > limit
        entries = entries[:limit]
        following = make_cursor(entries[-1].published, entries[-1].id) if more else None
        return ReleasePage(tuple(entries), following, None)

    def coverage(self) -> Coverage:
        """Return which publishers and days the releases in the index cover."""
        return self._index.coverage()

    def status(self) -> IndexStatus:
        """Return how much the index holds."""
        return self._index.status()

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def _read(self, asked: Asked, hits: Sequence[Hit], found: Sequence[Hit], where: SearchFilter) -> PassagesRead:
        """Read the hits; where they speak of another time than the question, also others that speak of just that."""
        limits = self._reader.score_limits
        figures = figures_of(self._index, hits)
        held = hold_to_time(asked, self._reader.read(asked, hits, figures), figures, limits)
        if held.nearest is not None and held.candidates[0].confidence < self._threshold <= held.nearest.confidence:
            wide = [
                hit for hit in self._index.search(asked.text, REACH[0], where).hits if hit.passage.id not in figures
            ]
            every = {**figures, **figures_of(self._index, wide)}
            if more := of_the_time(asked, held.nearest, every, wide):
                hits = [*hits[: self.reads - len(more)], *more]
                figures = {hit.passage.id: every[hit.passage.id] for hit in hits}
                held = hold_to_time(asked, self._reader.read(asked, hits, figures), figures, limits)
        others = {hit.passage.id: hit for hit in found if hit.passage.id not in figures}
        return PassagesRead(asked, held.candidates, tuple(hits), tuple(others.values()), figures, where, held.nearest)

    def _nearest(self, read: PassagesRead) -> NearestStatement | None:
        """Return the statement that was refused because its time differs, if it would have been the answer."""
        near = read.nearest
        if near is None or near.confidence < self._threshold:
            return None
        return nearest_statement(near, as_statement(read.asked, near, read.figures))

    def _result(self, read: PassagesRead) -> _Result:
        """Return the places of the best answer: from its timeline, or from the candidates that agree."""
        line = self._timeline(read)
        if line is None:
            changed = self._changed(read)
            if changed is not None:
                return _Result(
                    [(each.hit, each.span) for each in facts.same_words(changed)], facts.fact_points(changed)
                )
            agreeing = witnesses(read.candidates, self._reader.score_limits)
            return _Result([(each.hit, each.span) for each in agreeing], ())
        return _Result([(each.hit, each.span) for each in same_figure(line)], points(line))

    def _timeline(self, read: PassagesRead) -> Timeline | None:
        """Return the statements of the figure that answers the question; None if the answer is not a figure."""
        asked, limits = read.asked, self._reader.score_limits
        figures = {**read.figures, **figures_of(self._index, read.others)}
        anchor = anchor_of(asked, read.candidates, figures, limits)
        if anchor is None:
            return None
        # What says the same in other words is found by the words that say it, rather than by the question's.
        alike = self._index.search(anchor.figure.sentence.of(anchor.release.body), ALIKE, read.where).hits
        seen = {hit.passage.id for hit in read.read}
        rest = {hit.passage.id: hit for hit in [*alike, *read.others] if hit.passage.id not in seen}
        figures |= figures_of(self._index, [hit for hit in alike if hit.passage.id not in figures])
        line = timeline(asked, anchor, read.candidates, figures, limits)
        more = worth_reading(asked, line, anchor, list(rest.values()), figures)
        further = self._reader.read(asked, more, figures, again=False) if more else []
        return timeline(asked, anchor, [*read.candidates, *further], figures, limits, unread=list(rest.values()))

    def _changed(self, read: PassagesRead) -> facts.FactTimeline | None:
        """Return the statements of the date or name that answers the question; None if no release changed it."""
        anchor = facts.anchor_of(read.asked, read.candidates)
        if anchor is None:
            return None
        more = facts.further_hits(anchor, _unreached(read))
        figures = figures_of(self._index, more)
        further = self._reader.read(read.asked, more, figures, again=False) if more else []
        return facts.fact_timeline(anchor, [*read.candidates, *further], self._reader.score_limits)

    def _passages(self, hits: Sequence[Hit], max_tokens: int | None) -> tuple[CitedPassage, ...]:
        kept: list[Hit] = []
        lengths: list[int] = []
        for hit in hits:
            count = self._count_tokens
            length = count(hit.passage.text) if count else hit.passage.tokens
            # A long passage that does not fit makes room for a shorter one after it.
            if max_tokens is None or sum(lengths) + length <= max_tokens:
                kept.append(hit)
                lengths.append(length)
        return cite_passages(kept, lengths)

    def _info(self, generation: int) -> IndexInfo:
        status = self._index.status()
        return IndexInfo(generation, status.releases, status.passages, status.manifest.model)


def _unreached(read: PassagesRead) -> list[Hit]:
    """Return the passages found of releases of which none was read."""
    reached = {hit.passage.release.id for hit in read.read}
    return [hit for hit in read.others if hit.passage.release.id not in reached]


def _check(top_k: int, where: SearchFilter, max_tokens: int | None) -> None:
    check_top_k(top_k)
    check_budget(max_tokens)
    check_dates(where)


def _words(place: _Place) -> str:
    hit, span = place
    return span.of(hit.passage.release.body)
