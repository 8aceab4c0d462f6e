"""Fitting the sentence reader's confidence: a logistic regression over what speaks for each sentence it weighs.

Run it with ``python -m eval.fit --set GOLD CORPUS [DISTRACTORS ...] [--set ...]`` on development sets. It prints the
weights that `qa.reader` holds and, of the sentence that would be answered with each question, how well the
confidence tells right from wrong. A sentence is right when it overlaps a question's evidence.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.cache import default_cache
from eval.corpus import gather, indexed
from eval.importers import load_set
from eval.metrics import auroc, confusion_at, expected_calibration_error
from eval.resolve import Resolved
from eval.run import open_model, with_models
from index.catalog import Catalog
from index.local import LocalIndex
from index.types import Hit, SearchFilter, Span
from qa.distinct import distinct
from qa.engine import READ, ranking_of
from qa.reader import BIAS, WEIGHTS, SentenceReader, Signs
from qa.settings import Settings

Example = tuple[int, Signs, bool]
"""Number of the question, signs of a sentence, and whether it is right."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit", description=__doc__)
    parser.add_argument("--set", action="append", nargs="+", type=Path, required=True, metavar="PATH", dest="sets")
    chosen = parser.parse_args(arguments)
    examples: list[Example] = []
    for gold, corpus, *distractors in chosen.sets:
        start = examples[-1][0] + 1 if examples else 0
        examples += [(start + number, signs, right) for number, signs, right in weigh(gold, corpus, distractors)]
    weights, bias = fit(examples)
    right = sum(example[2] for example in examples)
    print(f"{len(examples)} sentences of {examples[-1][0] + 1} questions, {right} right")
    for name, held, intercept in (("shipped", WEIGHTS, BIAS), ("fitted", weights, bias)):
        print(f"{name}: {held}, bias {intercept}")
        report(examples, held, intercept)
    return 0


def fit(examples: Sequence[Example]) -> tuple[Signs, float]:
    """Return weights and bias: the ranking from all sentences, its scale from the best one of each question.

    The second step is Platt's (1999): the best of several is right more often than a sentence of its confidence.
    """
    signs = np.array([example[1] for example in examples])
    rights = np.array([example[2] for example in examples])
    ranking = LogisticRegression(max_iter=1000).fit(signs, rights)
    scores = ranking.decision_function(signs)
    best: dict[int, int] = {}
    for row, (number, _, _) in enumerate(examples):
        if number not in best or scores[row] > scores[best[number]]:
            best[number] = row
    rows = list(best.values())
    scale = LogisticRegression(C=100.0).fit(scores[rows].reshape(-1, 1), rights[rows])
    factor = float(scale.coef_[0][0])
    weights = Signs(*(round(float(value) * factor, 2) for value in ranking.coef_[0]))
    return weights, round(float(ranking.intercept_[0]) * factor + float(scale.intercept_[0]), 2)


def weigh(gold_path: Path, corpus_path: Path, distractors: Sequence[Path]) -> Iterator[Example]:
    """Yield an example for each sentence that the reader weighs for each question of a set."""
    gold = load_set(gold_path)
    corpus = gather(gold, [corpus_path], distractors)
    settings = with_models(Settings(), default_cache())
    embedder = open_model(settings)
    with indexed(corpus, settings, embedder, default_cache()) as placed:
        catalog = Catalog(placed.data)
        index = LocalIndex(catalog, lambda: embedder, ranking_of(placed))
        reader = SentenceReader(embedder)
        for number, question in enumerate(gold.questions):
            found = index.search(question.text, READ + 10, SearchFilter(as_of=question.as_of))
            hits = distinct(found.hits, READ)
            for hit, span, signs in reader.weigh(question.text, hits):
                yield number, signs, is_right(corpus.resolved[question.id], hit, span)
        catalog.close()


def is_right(resolved: Resolved, hit: Hit, sentence: Span) -> bool:
    """Say whether a sentence overlaps the evidence."""
    return any(
        target.release_id == hit.passage.release.id
        and any(span.start < sentence.end and sentence.start < span.end for span in target.spans)
        for target in resolved.targets
    )


def report(examples: Sequence[Example], weights: Signs, bias: float) -> None:
    """Print what the confidence of the best sentence of each question is worth."""
    best: dict[int, tuple[float, bool]] = {}
    for number, signs, right in examples:
        value = float(1 / (1 + np.exp(-(np.dot(weights, signs) + bias))))
        best[number] = max(best.get(number, (0.0, False)), (value, right))
    values, rights = zip(*best.values(), strict=True)
    print(
        f"  best sentences: right {np.mean(rights):.3f}, AUROC {auroc(values, rights):.3f},"
        f" calibration error {expected_calibration_error(values, rights):.3f}"
    )
    for threshold in (0.2, 0.3, 0.4, 0.5):
        c = confusion_at(values, rights, threshold)
        print(f"  at {threshold}: {c.true_positive} right and {c.false_positive} wrong answers given,", end=" ")
        print(f"{c.false_negative} right and {c.true_negative} wrong ones withheld")


if __name__ == "__main__":
    sys.exit(main())
