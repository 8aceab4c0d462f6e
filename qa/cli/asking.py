"""Asking a question from the command line, and printing what comes of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.console import Console

from index.text.terms import content_stems
from index.types import Hit, SearchFilter
from qa.cli.answers import Searched, show_answer
from qa.engine import Engine
from qa.evidence.best_sentence import best_sentence
from qa.steps import Answered, PassagesFound, PassagesRead, QuestionAsked
from qa.types import Answer, CitedPassage


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked, and how their answers are printed; ``whole`` prints other passages whole."""

    top_k: int
    where: SearchFilter
    max_tokens: int | None
    explain: bool
    whole: bool


class _Stems:
    """What stands for the passages that were found for a question: the sentences with most of its ``stems``."""

    def __init__(self, stems: Collection[str], hits: Sequence[Hit]) -> None:
        self._stems = frozenset(stems)
        self._passages = {(hit.passage.release.id, hit.passage.span.start): hit.passage for hit in hits}

    def sentence(self, passage: CitedPassage) -> str:
        """Return the best sentence of a passage that was found or read; of another its first line."""
        found = self._passages.get((passage.release_id, passage.start))
        if found is None:
            return passage.text.partition("\n")[0]
        return best_sentence(found, self._stems).of(found.release.body)

    def wanted(self, word: str) -> bool:
        """Return True for a word of the question."""
        return not self._stems.isdisjoint(content_stems(word))


def ask_and_show(engine: Engine, console: Console, question: str, how: Asking) -> Answer:
    """Answer a question and print the answer; raises what `Engine.ask` raises."""
    stems: Collection[str] = ()
    hits: list[Hit] = []
    steps = engine.steps(question, top_k=how.top_k, where=how.where, max_tokens=how.max_tokens, explain=how.explain)
    for step in steps:
        if isinstance(step, QuestionAsked):
            stems = step.asked.stems
        elif isinstance(step, PassagesFound):
            hits += step.hits
        elif isinstance(step, PassagesRead):
            hits += [candidate.hit for candidate in step.candidates]  # a list or table that was cut is read whole
        elif isinstance(step, Answered):
            found = step.answer
            best = None if how.whole else _Stems(stems, hits)
            where = _searched(engine, how.where) if found.answer is None else None
            show_answer(console, found, best=best, where_searched=where)
            return found
    raise RuntimeError("the steps ended without an answer")


def _searched(engine: Engine, where: SearchFilter) -> Searched:
    return Searched(engine.coverage(), engine.status().releases, where != SearchFilter())
