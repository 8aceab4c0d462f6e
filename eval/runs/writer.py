"""What becomes of what a language model writes: the questions of a set, answered, written about and judged."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.metrics.latency import LatencySummary, latency_summary
from eval.runs.ask import Progress, asking, open_model, with_models
from eval.runs.corpus import gather, indexed
from eval.types import GoldSet
from index.errors import InputError
from index.types import SearchFilter
from qa.compose import writer_of
from qa.settings import Settings
from qa.types import WrittenAnswer


@dataclass(frozen=True, slots=True)
class ModelScore:
    """What was shown of what a model wrote about the answers to ``questions``, and why the rest was not.

    ``answered`` questions have an answer, without which nothing is written. ``with_sentences`` of those show at least
    one sentence. ``problems`` says how often the model did not come to its end, and why. ``latency`` is that of writing
    and judging all of an answer; None if nothing was answered. It does not say if what is shown is worth reading.
    """

    model: str
    questions: int
    answered: int
    with_sentences: int
    shown: int
    dropped: int
    reasons: dict[str, int]
    problems: dict[str, int]
    latency: LatencySummary | None

    @property
    def claims(self) -> float:
        """How many sentences are shown for an answer, on average."""
        return self.shown / self.answered if self.answered else 0.0


def write_about(
    gold: GoldSet,
    corpus: Sequence[Path],
    settings: Settings,
    cache: Path,
    *,
    max_tokens: int | None = None,
    progress: Progress = lambda done, of: None,
) -> ModelScore:
    """Answer every question over the corpus and have the language model of the settings write about it.

    ``max_tokens`` bounds the passages that it is shown. Raises `InputError` if the settings name no model, and what
    `gather` and `asking` raise; what the model does wrong is counted.
    """
    model = settings.llm_model
    if writer_of(settings) is None or model is None:
        raise InputError("no language model is set", "set PRESSQA_LLM_URL and PRESSQA_LLM_MODEL")
    gathered = gather(gold, corpus, [])
    settings = with_models(settings, cache)
    embedder = open_model(settings)
    written: list[WrittenAnswer] = []
    timings: list[dict[str, float]] = []
    with indexed(gathered, settings, embedder, cache) as placed, asking(placed, embedder) as (engine, _):
        writer = writer_of(placed)  # counts tokens as this index does
        assert writer is not None
        for number, question in enumerate(gold.questions, start=1):
            where = SearchFilter(as_of=question.as_of)
            answer = engine.ask(question.text, where=where)
            if answer.answer is not None:
                begun = time.perf_counter()
                written.append(writer.write(answer, partial(engine.release, where=where), max_tokens))
                timings.append({"write": (time.perf_counter() - begun) * 1000})
            progress(number, len(gold.questions))
    reasons: Counter[str] = Counter()
    for each in written:
        reasons.update(each.reasons)
    return ModelScore(
        model=model,
        questions=len(gold.questions),
        answered=len(written),
        with_sentences=sum(bool(each.sentences) for each in written),
        shown=sum(len(each.sentences) for each in written),
        dropped=sum(each.dropped for each in written),
        reasons=dict(reasons.most_common()),
        problems=dict(Counter(each.problem for each in written if each.problem is not None).most_common()),
        latency=latency_summary(timings).get("write"),
    )
