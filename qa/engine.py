"""The engine: a question in, a cited answer out.

What reads answers and figures is imported when it is first needed: a search needs none of it, and starts sooner.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from index.errors import UnknownPublisherError
from index.protocols import PassageIndex
from index.types import Coverage, Hit, IndexStatus, Release, Revision, SearchFilter
from qa.cursors import make_cursor, read_cursor
from qa.evidence.citations import cite, cite_passages
from qa.limits import check_budget, check_dates, check_page, check_top_k, clean_question
from qa.reading.reader import Reader
from qa.retrieval import REACH, WIDENING, find
from qa.steps import Answered, PassagesFound, PassagesRead, QuestionAsked, Step, TimelineMade
from qa.timings import Stages
from qa.types import (
    Answer,
    Citation,
    CitedPassage,
    FigureFilter,
    FigureResult,
    IndexInfo,
    ReleasePage,
    SearchResult,
)
from qa.wording import nothing_fits

if TYPE_CHECKING:
    from qa.answering import Answering
    from qa.figures.shown import Ranked

_EVERYTHING = SearchFilter()
_ANY = FigureFilter()

CountTokens = Callable[[str], int]
"""Text -> its length in tokens."""


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

    @cached_property
    def _answering(self) -> "Answering":
        from qa.answering import Answering

        return Answering(self._index, self._reader, self._threshold)

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
        from qa.answering import Result, words_at
        from qa.evidence.explanation import explained, reordered
        from qa.evidence.list_parts import cell_of, parts_of
        from qa.question import understand

        stages = Stages()
        asked = understand(clean_question(question))
        _check(top_k, where, max_tokens)

        def work() -> Iterator[Step]:
            yield QuestionAsked(asked)
            hits, found = find(self._index, asked.text, max(top_k, self.reads), where)
            stages.add(found.timings_ms)
            yield PassagesFound(tuple(hits))
            with stages.timed("read"):
                read = self._answering.read(asked, hits[: self.reads], found.hits, where)
            yield read
            result = Result()
            if read.candidates and read.candidates[0].confidence >= self._threshold:
                with stages.timed("timeline"):
                    result = self._answering.result(read)
            yield TimelineMade(result.timeline)
            best = result.places[0] if result.places else None
            order = [*([best[0]] if best else []), *(each.hit for each in read.candidates)]
            citations = tuple(cite(hit.passage, span) for hit, span in result.places)
            yield Answered(
                Answer(
                    question=asked.text,
                    answer=words_at(best) if best else None,
                    confidence=round(read.candidates[0].confidence if read.candidates else 0.0, 4),
                    citation=citations[0] if citations else None,
                    citations=citations,
                    parts=parts_of(asked.text, best[0].passage.release, best[1]) if best else (),
                    cell=cell_of(best[0].passage.release, best[1]) if best else None,
                    nearest=None if best else self._answering.nearest(read),
                    timeline=result.timeline,
                    passages=self._passages(reordered(hits, order)[:top_k], max_tokens),
                    explanation=explained(read.read, read.candidates) if explain else None,
                    as_of=where.as_of,
                    index=self._info(found.generation),
                    timings_ms=stages.milliseconds(),
                    hint=None if hits else self._unsearched(where),
                    written=None,
                )
            )

        return work()

    def best_guess(self, read: PassagesRead) -> tuple[str, Citation] | None:
        """Return the answer that a threshold of 0 would give, and its first citation; None if nothing was found.

        Evaluations use it to see what was refused; it is never shown as an answer.
        """
        from qa.answering import words_at

        places = self._answering.result(read).places
        return (words_at(places[0]), cite(places[0][0].passage, places[0][1])) if places else None

    def search(
        self, question: str, *, top_k: int = 5, where: SearchFilter = _EVERYTHING, max_tokens: int | None = None
    ) -> SearchResult:
        """Return the best passages for a question, without reading them; arguments and errors are those of `ask`."""
        stages = Stages()
        asked = clean_question(question)
        _check(top_k, where, max_tokens)
        hits, found = find(self._index, asked, top_k, where)
        stages.add(found.timings_ms)
        return SearchResult(
            question=asked,
            passages=self._passages(hits[:top_k], max_tokens),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=stages.milliseconds(),
            hint=None if hits else self._unsearched(where),
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
        Those without a word of the query are left out; if all are without, they are the nearest, and the hint says so.
        Raises `InputError` for what cannot be asked, `UnknownPublisherError` for a publisher that is not in the index.
        """
        from qa.figures.search import check_filter, named, rank
        from qa.figures.shown import statement
        from qa.question import understand

        stages = Stages()
        asked = understand(clean_question(query))
        check_dates(where)
        check_filter(wanted, limit)
        reach, most = REACH
        fitting: list[Ranked] = []
        while True:
            before = len(fitting)
            found = self._index.search(asked.text, reach, where)
            ranked: list[Ranked] = rank(
                asked, found.hits, self._index.figures([hit.passage for hit in found.hits]), wanted
            )
            fitting = named(ranked)
            if len(fitting) >= limit or found.exhausted or reach >= most:
                break
            if reach > REACH[0] and len(fitting) == before and wanted == _ANY:
                break  # passages with words of the query come first: the others have none
            reach *= WIDENING
        stages.add(found.timings_ms)
        hint = None if found.hits else self._unsearched(where)
        if ranked and not fitting:
            hint = "no figure here has a word of the query, these are the nearest: use the words of a release"
        return FigureResult(
            query=asked.text,
            figures=tuple(statement(each) for each in (fitting or ranked)[:limit]),
            as_of=where.as_of,
            index=self._info(found.generation),
            timings_ms=stages.milliseconds(),
            hint=hint,
        )

    def nothing(self, question: str, where: SearchFilter, reason: UnknownPublisherError) -> Answer:
        """Return what is answered where no release is by the publisher asked for: nothing, and a hint.

        Raises `InputError` for what cannot be asked anyway.
        """
        return Answer(
            question=clean_question(question),
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
            written=None,
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

    def _unsearched(self, where: SearchFilter) -> str | None:
        """Return why nothing was found: the filter leaves no release; None if that is not why."""
        if where == _EVERYTHING or self._index.entries(where, 1):
            return None
        return nothing_fits(where, self._index.coverage())

    def _info(self, generation: int) -> IndexInfo:
        status = self._index.status(generation)
        return IndexInfo(generation, status.releases, status.passages, status.manifest.model)


def import_answering() -> None:
    """Import what answers questions now, and not with the first question."""
    for name in ("qa.answering", "qa.evidence.explanation", "qa.evidence.list_parts"):
        import_module(name)


def _check(top_k: int, where: SearchFilter, max_tokens: int | None) -> None:
    check_top_k(top_k)
    check_budget(max_tokens)
    check_dates(where)
