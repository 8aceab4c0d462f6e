"""Fitting confidences to made-up scores whose chance of being right is known."""

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from eval.metrics import auroc, expected_calibration_error
from eval.training.calibrate import TRIED, Asked, fit, is_right, ranked_spans, worth
from index.types import Hit, Passage, Release, Span
from qa.reading.calibration import Calibration, Spotted, Weights

ALONE = Weights(retrieval=0.0, surplus=1.0, again=0.0)
PLAIN = Calibration(ALONE, first=1.0, again=0.0, dense=0.0, bias=0.0)


def hit(number: int, body: str, *, score: float = 0.5, dense: float = 0.5) -> Hit:
    release = Release(f"r{number}", "T", body, "P", date(2025, 1, 1))
    span = Span(0, len(body))
    return Hit(Passage(number, release, 1, span, (span,), 5), score, dense, 0.5)


def asked(number: int, chance: random.Random) -> Asked:
    """A question read once; the best answer is right with the probability 1 / (1 + exp(-(score / 2 - 1)))."""
    score = chance.gauss(2.0, 4.0)
    right = chance.random() < 1 / (1 + np.exp(-(score / 2 - 1)))
    found = hit(number, "Then 12 sailed.", dense=chance.random())
    answers = ("12",) if right else chance.choice([("15",), ()])
    return Asked(answers, (Spotted(found, Span(5, 7), score),))


@pytest.fixture(scope="module")
def questions() -> list[Asked]:
    chance = random.Random(1)
    return [asked(number, chance) for number in range(3000)]


def test_the_confidences_that_are_fitted_are_calibrated_on_other_questions(questions: list[Asked]) -> None:
    fitted = fit(questions[:2000], PLAIN)
    assert fitted.first == pytest.approx(0.5, abs=0.06)
    assert fitted.dense == pytest.approx(0.0, abs=0.4)
    best = [(ranked_spans(question, fitted)[0], question.answers) for question in questions[2000:]]
    values = [candidate.confidence for candidate, _ in best]
    rights = [is_right(candidate, answers) for candidate, answers in best]
    error = expected_calibration_error(values, rights)
    assert error is not None
    assert error < 0.05
    known = auroc(values, rights)
    assert known is not None
    assert known > 0.8


def test_retrieval_that_points_at_the_answer_is_worth_its_weight() -> None:
    chance = random.Random(2)
    made = []
    for number in range(200):
        right, wrong = hit(2 * number, "Then 12 sailed.", score=0.9), hit(2 * number + 1, "Then 15 sailed.", score=0.1)
        made.append(
            Asked(
                ("12",),
                (Spotted(right, Span(5, 7), chance.gauss(0, 3)), Spotted(wrong, Span(5, 7), chance.gauss(0, 3))),
            )
        )
    by_weight = {weight: worth(made, replace(ALONE, retrieval=weight)) for weight in TRIED["retrieval"]}
    assert by_weight[20.0] > by_weight[4.0] > by_weight[0.0]
    assert max(by_weight, key=by_weight.__getitem__) > 8


def test_a_margin_over_no_answer_counts_for_less_than_a_deficit() -> None:
    weights = Weights(retrieval=2.0, surplus=0.25, again=0.5)
    there = hit(1, "Then 12 sailed.", score=0.5)
    assert [weights.score(Spotted(there, Span(5, 7), score, 4.0)) for score in (-8.0, 0.0, 8.0)] == [-5.0, 3.0, 5.0]


def test_a_question_without_spans_is_left_out_and_does_not_count(questions: list[Asked]) -> None:
    some = questions[:300]
    assert fit([*some, Asked(("12",), ())], PLAIN) == fit(some, PLAIN)
    assert worth([*some, Asked(("12",), ())], ALONE) == worth(some, ALONE)


@pytest.mark.parametrize(
    ("span", "answers", "right"),
    [
        (Span(5, 15), ("£3bn",), True), (Span(5, 15), ("£3 million",), False), (Span(5, 15), (), False),
        (Span(0, 4), ("then",), True), (Span(0, 4), ("now", "Then"), True), (Span(0, 4), ("12",), False),
    ],
)  # fmt: skip
def test_what_counts_as_right(span: Span, answers: tuple[str, ...], right: bool) -> None:
    question = Asked(answers, (Spotted(hit(1, "Then £3 billion came."), span, 1.0),))
    assert is_right(ranked_spans(question, PLAIN)[0], answers) is right


def test_what_the_second_reading_says_of_there_being_an_answer_counts_for_the_confidence_alone() -> None:
    chance = random.Random(3)
    made = []
    for number in range(2000):
        again = chance.gauss(0.0, 4.0)
        answers = ("12",) if chance.random() < 1 / (1 + np.exp(-again)) else ()
        made.append(Asked(answers, (Spotted(hit(number, "Then 12 sailed."), Span(5, 7), chance.gauss(0, 3), again),)))
    fitted = fit(made, replace(PLAIN, weights=replace(ALONE, again=0.1)))
    assert fitted.again == pytest.approx(1.0, abs=0.15)
    assert abs(fitted.first) < 0.1
