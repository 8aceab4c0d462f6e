"""Questions with the passages that our own retriever finds for them, as the reader is given them in use."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from eval.runs.ask import open_model, with_models
from eval.runs.corpus import gather, indexed
from eval.runs.vector_cache import default_cache
from eval.sets.load import load_set
from eval.sets.resolve import Resolved
from eval.training.config import Questions
from eval.training.examples import Mined, Shown
from eval.types import GoldSet, Question
from index.models.question_adapter import adapted
from index.open import open_index
from index.protocols import PassageIndex
from index.types import Hit, Passage, SearchFilter, Span
from qa.compose import ranking_of
from qa.reading.windows import text_of
from qa.retrieval import find
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Searchable:
    """An index of a set's corpus, the labels of its questions in it, and its passages by release id."""

    index: PassageIndex
    resolved: Mapping[str, Resolved]
    passages: Mapping[str, Sequence[Passage]]


def load_questions(path: Path, split: str | None, take: int | None) -> GoldSet:
    """Return a question set, or ``take`` of its questions, drawn at random but always the same ones."""
    gold = load_set(path, split=split)
    if take is None or take >= len(gold.questions):
        return gold
    drawn = sorted(random.Random(take).sample(range(len(gold.questions)), take))
    return replace(gold, questions=tuple(gold.questions[number] for number in drawn))


def settings_in_use() -> Settings:
    """Return the settings that questions are mined with: those of the environment, with our models."""
    return with_models(Settings(), default_cache())


@contextmanager
def searchable(gold: GoldSet, corpus: Sequence[Path], distractors: Sequence[Path]) -> Iterator[Searchable]:
    """Index the corpus of a set with the settings' model and ranking, as long as the context lasts."""
    gathered = gather(gold, corpus, distractors)
    settings = settings_in_use()
    embedder = open_model(settings)
    ranking = ranking_of(settings)
    with (
        indexed(gathered, settings, embedder, default_cache()) as placed,
        closing(open_index(placed.data, lambda: adapted(embedder, settings.adapter), ranking, placed.index)) as index,
    ):
        passages: dict[str, list[Passage]] = {}
        for passage in index.every_passage():
            passages.setdefault(passage.release.id, []).append(passage)
        yield Searchable(index, gathered.resolved, passages)


def mine(questions: Questions, depth: int) -> list[Mined]:
    """Return the questions of a set with the ``depth`` passages that `Engine.ask` finds, and which hold the answer.

    A passage that has the answer's words but is not labelled is left out: it may
    answer the question too. A passage that holds the labelled answer is taken even if it was not found.
    """
    gold = load_questions(questions.path, questions.split, questions.take)
    misleading = _misleading(questions.path)
    with searchable(gold, questions.corpus, questions.distractors) as library:
        found = []
        for question in gold.questions:
            hits, _ = find(library.index, question.text, depth, SearchFilter(as_of=question.as_of))
            resolved = library.resolved[question.id]
            found.append(_mined(question, resolved, hits, library.passages, misleading.get(question.id)))
        return found


def _mined(
    question: Question,
    resolved: Resolved,
    hits: Sequence[Hit],
    of_release: Mapping[str, Sequence[Passage]],
    misleading: tuple[str, Span] | None,
) -> Mined:
    preferred = (resolved.answers or ("",))[0]
    spans = {target.release_id: target.spans for target in resolved.targets}
    holding = []
    for release_id, evidence in spans.items():
        for passage in of_release[release_id]:
            # The evidence is the answer itself, or a sentence with it.
            places = {
                (span.start + found.start() - passage.span.start, span.start + found.end() - passage.span.start)
                for span in evidence
                if passage.span.start <= span.start and span.end <= passage.span.end
                for found in occurrences(span.of(passage.release.body), preferred)
            }
            answers = tuple(sorted(places))
            if answers:
                holding.append(Shown(text_of(passage), answers))
    found = tuple((text_of(hit.passage), hit.score) for hit in hits)
    lacking = [
        Shown(text) for text, _ in found if not any(_holds(text.body, answer) for answer in resolved.answers or ())
    ]
    misled = None
    if misleading is not None and misleading[0] in of_release:
        release_id, place = misleading
        misled = Shown(text_of(max(of_release[release_id], key=lambda passage: _shared(passage.span, place))))
    return Mined(question.id, question.text, resolved.answers or (), tuple(holding), tuple(lacking), found, misled)


def _holds(text: str, answer: str) -> bool:
    return any(True for _ in occurrences(text, answer))


def occurrences(text: str, answer: str) -> Iterator[re.Match[str]]:
    """Yield where a text says an answer, as whole words in any case; an empty answer is nowhere."""
    return re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text, re.IGNORECASE) if answer else iter(())


def _shared(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


def _misleading(path: Path) -> dict[str, tuple[str, Span]]:
    """Return the release and paragraph that each unanswerable question of an `offsets` set was written about."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {
        row["id"]: (row["release"], Span(*row["passage"])) for row in rows if row.get("passage") and not row["answers"]
    }
