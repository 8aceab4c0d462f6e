"""Fits the calibration of a span reader: the weights of its scores, and how scores become confidences.

Run it with ``python -m eval.training.calibrate --set GOLD SPLIT CORPUS [DISTRACTORS ...] [--set ...]`` on development
sets; a SPLIT of - takes the whole set. It prints the numbers that `qa.reading.calibration` holds, the F1 with
other weights, and how well the confidence tells right from wrong at several thresholds. All questions weigh the same,
whatever their set.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.metrics import auroc, confusion_at, exact_match, expected_calibration_error, figure_match, token_f1
from eval.sets.load import load_set
from eval.training.mining import searchable, settings_in_use
from index.types import SearchFilter
from qa.question import understand
from qa.reading.agreement import answer_text
from qa.reading.calibration import Calibration, Spotted, Weights, weighed
from qa.reading.exports import SHIPPED
from qa.reading.load import load_reader
from qa.reading.span_reader import SpanReader
from qa.retrieval import figures_of, find
from qa.types import Candidate

TRIED = {
    "retrieval": (0.0, 4.0, 6.0, 8.0, 11.0, 15.0, 20.0, 30.0),
    "surplus": (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
    "again": (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 2.5),
}
"""The values that are tried for each weight, with the shipped values of the others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was read: its spans with the model's scores, and its accepted answers."""

    answers: tuple[str, ...]
    spans: tuple[Spotted, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit the calibration and print what the module's docstring lists; return 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.calibrate", description=__doc__)
    parser.add_argument("--set", action="append", nargs="+", required=True, metavar="PART", dest="sets")
    parser.add_argument("--reader", default=SHIPPED, help="the reader to fit")
    parser.add_argument("--second", help="the model of its second reading; by default the one it comes with")
    chosen = parser.parse_args(arguments)
    settings = settings_in_use()
    reader = load_reader(chosen.reader, settings.models_folder, second=chosen.second, wait=True)
    if not isinstance(reader, SpanReader):
        raise SystemExit(f"the reader {chosen.reader} has no scores to calibrate")
    sets = [
        ask_all(Path(gold), None if split == "-" else split, [Path(corpus)], list(map(Path, distractors)), reader)
        for gold, split, corpus, *distractors in chosen.sets
    ]
    asked = [question for questions in sets for question in questions]
    print(f"{len(asked)} questions, {sum(bool(question.answers) for question in asked)} answerable")
    shipped = reader.calibration.weights
    for name, values in TRIED.items():
        for value in values:
            weights = replace(shipped, **{name: value})
            parts = "  ".join(f"{worth(questions, weights):.3f}" for questions in sets)
            print(f"{name} {value:4}: F1 of the best span {worth(asked, weights):.3f} ({parts})")
    fitted = fit(asked, reader.calibration)
    print(fitted)
    for questions, (gold, *_) in zip([asked, *sets], [["all"], *chosen.sets], strict=True):
        report(gold, questions, fitted)
    return 0


def ask_all(
    gold_path: Path, split: str | None, corpus: Sequence[Path], distractors: Sequence[Path], reader: SpanReader
) -> list[Asked]:
    """Search and read every question of a set, without what the engine adds: tables and lists written out, times."""
    gold = load_set(gold_path, split=split)
    with searchable(gold, corpus, distractors) as found:
        asked = []
        for question in gold.questions:
            hits, _ = find(found.index, question.text, reader.reads, SearchFilter(as_of=question.as_of))
            spans = reader.spans(understand(question.text), hits, figures_of(found.index, hits))
            asked.append(Asked(found.resolved[question.id].answers or (), tuple(spans)))
        return asked


def fit(asked: Sequence[Asked], calibration: Calibration) -> Calibration:
    """Return the calibration with Platt's (1999) logistic regression of "the best answer is right"."""
    signs, rights = [], []
    for question in asked:
        ranked = ranked_spans(question, calibration)
        if ranked:
            best = ranked[0]
            signs.append([best.span_score, best.again_score, best.hit.dense])
            rights.append(is_right(best, question.answers))
    model = LogisticRegression(C=100.0, max_iter=1000).fit(np.array(signs), rights)
    first, again, dense = (round(float(value), 3) for value in model.coef_[0])
    bias = round(float(model.intercept_[0]), 3)
    return replace(calibration, first=first, again=again, dense=dense, bias=bias)


def ranked_spans(question: Asked, calibration: Calibration) -> list[Candidate]:
    """Return the candidates of a question as the reader ranks them."""
    return weighed(question.spans, calibration)


def is_right(candidate: Candidate, answers: Sequence[str]) -> bool:
    """Return True if a candidate is an accepted answer: by its figure if the answers are figures, else by its words."""
    if not answers:
        return False
    text = answer_text(candidate)
    figure = figure_match(text, answers)
    return (exact_match(text, answers) if figure is None else figure) == 1.0


def report(name: str, asked: Sequence[Asked], calibration: Calibration) -> None:
    """Print how good the best answer of each question is, and how good its confidence is."""
    best = [(ranked_spans(question, calibration)[0], question.answers) for question in asked if question.spans]
    values = [candidate.confidence for candidate, _ in best]
    rights = [is_right(candidate, answers) for candidate, answers in best]
    answerable = [bool(answers) for _, answers in best]
    texts = [(answer_text(candidate), answers) for candidate, answers in best if answers]
    exact = np.mean([exact_match(text, answers) for text, answers in texts])
    f1 = np.mean([token_f1(text, answers) for text, answers in texts])
    print(f"{name}: EM {exact:.3f}, F1 {f1:.3f}, right {np.mean(rights):.3f};", end=" ")
    print(f"AUROC answerable {auroc(values, answerable)}, right {auroc(values, rights)};", end=" ")
    print(f"calibration error {expected_calibration_error(values, rights):.3f}")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        c = confusion_at(values, answerable, threshold)
        count = c.false_negative + c.true_positive
        print(f"  at {threshold}: {c.false_negative} of {count} answerable refused,", end=" ")
        print(f"{c.false_positive} of {c.false_positive + c.true_negative} unanswerable answered")


def worth(asked: Sequence[Asked], weights: Weights) -> float:
    """Return the F1 of the best span of the answerable questions, with these weights.

    Which spans were read again was decided with the shipped weights.
    """
    plain = Calibration(weights, first=0.0, again=0.0, dense=0.0, bias=0.0)
    answered = [question for question in asked if question.answers and question.spans]
    return float(np.mean([token_f1(answer_text(ranked_spans(q, plain)[0]), q.answers) for q in answered]))


if __name__ == "__main__":
    sys.exit(main())
