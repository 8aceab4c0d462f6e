"""Measures a reader in training, on paragraphs alone and on questions with the passages found for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics import auroc
from eval.metrics.answers import exact_match, token_f1
from eval.training.examples import Example, Mined
from qa.reading.spans import best_spans
from qa.reading.windows import Text, Window

Logits = Callable[[Sequence[Window]], tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]]
"""A model: start and end scores of each token of each window."""

_READ = 6
"""How many passages are read: as many as the shipped reader reads by itself."""

Cut = Callable[[str, Sequence[Text]], list[list[Window]]]
"""A question and texts, cut into the windows that the model reads."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Exact match and F1 over the answerable, and the AUROC of the best span's score for being answerable.

    The AUROC is None where all questions, or none, can be answered.
    """

    exact: float
    f1: float
    auroc: float | None

    def __str__(self) -> str:
        known = "-" if self.auroc is None else f"{self.auroc:.3f}"
        return f"EM {self.exact:.3f} F1 {self.f1:.3f} AUROC {known}"


def measure_paragraphs(examples: Sequence[Example], model: Logits, cut: Cut) -> Measured:
    """Return how well the model answers each question from its own paragraph."""
    asked = [(e.question, [e.passages[0].text], [0.0], list(e.accepted)) for e in examples]
    return _measure(asked, model, cut)


def measure_questions(questions: Sequence[Mined], model: Logits, cut: Cut, *, retrieval: float = 20) -> Measured:
    """Return how well the model answers from the best passages; ``retrieval`` weighs the retriever's score."""
    asked = [
        (
            mined.question,
            [text for text, _ in mined.found[:_READ]],
            [score * retrieval for _, score in mined.found[:_READ]],
            list(mined.answers),
        )
        for mined in questions
    ]
    return _measure(asked, model, cut)


def _measure(
    asked: Sequence[tuple[str, list[Text], list[float], list[str]]],
    model: Logits,
    cut: Cut,
) -> Measured:
    read = [cut(question, texts) for question, texts, _, _ in asked]
    every = [window for texts in read for found in texts for window in found]
    starts, ends = map(iter, model(every))
    exact, f1, scores, answerable = [], [], [], []
    for (_, texts, extra, answers), of_texts in zip(asked, read, strict=True):
        best = ("", -1e3)
        for text, add, found in zip(texts, extra, of_texts, strict=True):
            s, e = [next(starts) for _ in found], [next(ends) for _ in found]
            for span in best_spans(found, s, e, wanted=1):
                best = max(best, (text.body[span.start : span.end], span.score + add), key=lambda item: item[1])
        scores.append(1 / (1 + float(np.exp(-best[1] / 20))))
        answerable.append(bool(answers))
        if answers:
            exact.append(exact_match(best[0], answers))
            f1.append(token_f1(best[0], answers))
    return Measured(float(np.mean(exact)), float(np.mean(f1)), auroc(scores, answerable))
