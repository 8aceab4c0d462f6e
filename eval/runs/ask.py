"""A run: every question of a set asked through the engine that users get, with a record of each."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.metrics.citations import quote_holds
from eval.runs import provenance
from eval.runs.corpus import gather, indexed
from eval.runs.folder import Run, RunInfo
from eval.sets.resolve import Resolved, libraries_of, resolve_all
from eval.types import Attempt, GoldSet, Question, Ranked, Record
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL
from index.protocols import Embedder
from index.types import Problem, SearchFilter
from qa.compose import open_engine
from qa.engine import Engine
from qa.evidence.citations import CitationError
from qa.limits import MAX_TOP_K
from qa.retrieval import SPARE
from qa.settings import Settings
from qa.steps import Answered, PassagesRead
from qa.types import Answer, CitedPassage

TOP_K = 5
"""How many passages a user is shown: the command line's default."""

_DEEPEST = 50
"""The most passages of a question's ranking that are recorded."""

Progress = Callable[[int, int], None]
"""Called after every question with how many were asked, and of how many."""


def ranking_depth(settings: Settings) -> int:
    """Return how many passages the ranking of a question holds.

    There are enough for ten releases and for MAP, but never so many that the search would look deeper than it does for
    a user, since then another search than the user's would be measured.
    """
    return max(10, min(_DEEPEST, MAX_TOP_K, settings.depth - SPARE))


class Asker:
    """Asks each question as a user would; also records the deep ranking and the best span below the threshold."""

    def __init__(self, engine: Engine, depth: int, *, read: bool = True) -> None:
        """Take the users' engine and the depth of the ranking.

        Without ``read``, and for questions whose answers are not labelled, only the search is measured.
        """
        self._engine = engine
        self._depth = depth
        self._read = read

    def ask(self, question: Question, resolved: Resolved) -> Record:
        """Return the record of a question; an error is recorded in it, never raised."""
        record = Record(
            id=question.id,
            question=question.text,
            kind=question.kind,
            answers=resolved.answers if self._read else None,
            quantity=question.quantity,
            as_of=question.as_of,
            targets=resolved.targets,
            timeline=resolved.timeline,
        )
        where = SearchFilter(as_of=question.as_of)
        try:
            ranking = self._engine.search(question.text, top_k=self._depth, where=where)
            ranked = tuple(map(_ranked, ranking.passages))
            if record.answers is None and not record.timeline:
                timings, shown = dict(ranking.timings_ms), ranking.passages[:TOP_K]
                return replace(record, ranked=ranked, passages=shown, timings_ms=timings)
            answer, guess = self._answer(question.text, where)
            # Reading reorders the passages that were read; the others follow in the order of the search.
            read = tuple(map(_ranked, answer.passages))
            places = {(p.release_id, p.start) for p in read}
            ranked = (*read, *(p for p in ranked if (p.release_id, p.start) not in places))
            given = _attempt(answer)
            best = given or guess
            fault = self._fault(best, where)
        except CitationError as error:
            return replace(record, fault=str(error), error=f"CitationError: {error}")
        except Exception as error:  # whatever it is, it is this question's result and must not end the run
            return replace(record, error=f"{type(error).__name__}: {error}")
        return replace(
            record,
            ranked=ranked,
            passages=answer.passages[:TOP_K],
            given=given,
            best=best,
            points=answer.timeline,
            confidence=answer.confidence,
            timings_ms=dict(answer.timings_ms),
            fault=fault,
        )

    def _answer(self, question: str, where: SearchFilter) -> tuple[Answer, Attempt | None]:
        """Return what a user is told, and the answer that was refused, if there was one."""
        steps = list(self._engine.steps(question, top_k=max(TOP_K, self._engine.reads), where=where))
        (answer,) = (step.answer for step in steps if isinstance(step, Answered))
        (read,) = (step for step in steps if isinstance(step, PassagesRead))
        guess = self._engine.best_guess(read) if answer.answer is None else None
        return answer, Attempt(*guess) if guess else None

    def _fault(self, attempt: Attempt | None, where: SearchFilter) -> str | None:
        """Return how a citation differs from the stored text, which is read again; None if it does not differ."""
        if attempt is None:
            return None
        citation = attempt.citation
        release = self._engine.release(citation.release_id, where)
        if citation.sha256 != release.sha256:
            return f"the citation says SHA-256 {citation.sha256}, {release.id!r} has {release.sha256}"
        if not quote_holds(release.body, citation.start, citation.end, citation.quote):
            return f"the quote is not the text at {citation.start} to {citation.end} of {release.id!r}"
        if not quote_holds(release.body, citation.answer_start, citation.answer_end, attempt.answer):
            return f"the answer is not the text at {citation.answer_start} to {citation.answer_end} of {release.id!r}"
        return None


def _ranked(passage: CitedPassage) -> Ranked:
    return Ranked(passage.release_id, passage.start, passage.end, passage.score)


def _attempt(answer: Answer) -> Attempt | None:
    if answer.answer is None or answer.citation is None:
        return None
    return Attempt(answer.answer, answer.citation, answer.parts)


@contextmanager
def asking(settings: Settings, embedder: Embedder | None, *, read: bool = True) -> Iterator[tuple[Engine, Asker]]:
    """Open the users' engine over an index, and yield it with an asker that uses it."""
    engine = open_engine(settings, embedder)
    try:
        yield engine, Asker(engine, ranking_depth(settings), read=read)
    finally:
        engine.close()


def ask_all(
    gold: GoldSet, resolved: dict[str, Resolved], asker: Asker, progress: Progress = lambda done, of: None
) -> tuple[Record, ...]:
    """Ask every question, in the order of the set."""
    records = []
    for question in gold.questions:
        records.append(asker.ask(question, resolved[question.id]))
        progress(len(records), len(gold.questions))
    return tuple(records)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: a set, the releases it is asked of (none: the index in ``settings.data``), and how."""

    name: str
    gold: GoldSet
    settings: Settings
    cache: Path
    corpus: tuple[Path, ...] = ()
    distractors: tuple[Path, ...] = ()

    @property
    def brings_releases(self) -> bool:
        """True if an index is built for this run."""
        return bool(self.corpus or self.distractors or self.gold.releases)


def execute(plan: Plan, progress: Progress = lambda done, of: None) -> Run:
    """Run a plan. Raises what `gather`, `resolve_all`, `load_embedder` and `open_engine` raise."""
    if not plan.brings_releases:
        return _over_an_index(plan, progress)
    started = time.perf_counter()
    corpus = gather(plan.gold, plan.corpus, plan.distractors)
    settings = with_models(plan.settings, plan.cache)
    embedder = open_model(settings)
    with indexed(corpus, settings, embedder, plan.cache) as placed:
        ingested = time.perf_counter()
        # The model itself and not the cache: otherwise the latencies would be those of the cache.
        with asking(placed, embedder) as (engine, asker):
            _warm_up(engine)
            begun = time.perf_counter()
            records = ask_all(plan.gold, corpus.resolved, asker, progress)
            seconds = {"prepare": ingested - started, "ask": time.perf_counter() - begun}
            return Run(
                describe(plan, engine, records, seconds=seconds, left_out=corpus.left_out, resolved=corpus.resolved),
                records,
            )


def _over_an_index(plan: Plan, progress: Progress) -> Run:
    with asking(plan.settings, None) as (engine, asker):
        resolved = resolve_all(plan.gold, libraries_of(engine))
        _warm_up(engine)
        begun = time.perf_counter()
        records = ask_all(plan.gold, resolved, asker, progress)
        seconds = {"ask": time.perf_counter() - begun}
        return Run(
            describe(plan, engine, records, seconds=seconds, left_out=plan.gold.left_out, resolved=resolved), records
        )


def with_models(settings: Settings, cache: Path) -> Settings:
    """Return settings that keep exported models in the cache, unless they say where."""
    return settings if settings.models is not None else settings.model_copy(update={"models": cache / "models"})


def open_model(settings: Settings) -> Embedder:
    """Open the embedding model that the settings name for a new index."""
    return load_embedder(settings.model or DEFAULT_MODEL, settings.models_folder, threads=settings.threads)


def _warm_up(engine: Engine) -> None:
    """Ask a question that is not measured, so that the first measured one does not wait for what is loaded once."""
    engine.ask("How many questions were asked?", top_k=TOP_K)


def describe(
    plan: Plan,
    engine: Engine,
    records: Sequence[Record],
    *,
    seconds: dict[str, float],
    left_out: Sequence[Problem],
    resolved: dict[str, Resolved],
) -> RunInfo:
    """Return all that must be known of a run to repeat it, and to compare another with it."""
    status = engine.status()
    commit, dirty = provenance.commit()
    gold: dict[str, Any] = {"path": str(plan.gold.path), "form": plan.gold.form, "sha256": plan.gold.sha256}
    files = provenance.files("corpus", list(plan.corpus)) + provenance.files("distractors", list(plan.distractors))
    # Places on this machine say nothing about the result.
    settings = plan.settings.model_dump(mode="json", exclude={"data", "models"})
    return RunInfo(
        name=plan.name,
        created=datetime.now(UTC).replace(microsecond=0),
        gold=gold,
        corpus=files,
        settings=settings,
        manifest=asdict(status.manifest),
        releases=status.releases,
        passages=status.passages,
        left_out=[f"{problem.where}: {problem.reason}" for problem in left_out],
        notes=[f"{name}: {note}" for name, found in resolved.items() for note in found.notes],
        threshold=plan.settings.threshold,
        top_k=TOP_K,
        ranking_depth=ranking_depth(plan.settings),
        seconds={name: round(value, 3) for name, value in seconds.items()},
        versions=provenance.versions(),
        commit=commit,
        dirty=dirty,
        machine=provenance.machine(),
        questions=len(records),
    )
