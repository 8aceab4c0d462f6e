from dataclasses import replace
from datetime import date

from eval.scoring.measures import METRICS
from eval.scoring.outcome import Outcome, outcome
from eval.types import Attempt, Record
from qa.types import Citation

CITATION = Citation("r", "T", "P", date(2024, 1, 1), None, None, "12 ferries", 0, 10, 0, 2, "0" * 64)


def test_outcome_is_the_first_thing_that_failed() -> None:
    nothing: dict[str, float | None] = dict.fromkeys(METRICS)
    record = Record("q", "How many?", "number", ("12",), None, (), ())
    answered = replace(record, given=Attempt("12", CITATION))
    cases = [
        (replace(record, error="it fell over"), {}, Outcome.ERROR),
        (replace(record, error="x", fault="moved"), {}, Outcome.FAULT),
        (answered, {"answer_correct": 1.0, "evidence@5": 0.0}, Outcome.RIGHT),
        (answered, {"answer_correct": 0.0, "evidence@5": 0.0}, Outcome.NOT_FOUND),
        (record, {"answer_correct": 0.0, "evidence@5": 1.0}, Outcome.REFUSED),
        (answered, {"answer_correct": 0.0, "evidence@5": 1.0, "citation_recall": 0.2}, Outcome.ELSEWHERE),
        (answered, {"answer_correct": 0.0, "evidence@5": 1.0, "citation_recall": 1.0}, Outcome.INEXACT),
        (replace(answered, answers=()), {"answer_correct": 0.0}, Outcome.INVENTED),
        (replace(record, answers=()), {"answer_correct": 1.0}, Outcome.RIGHT),
        (replace(record, answers=None), {"hit@1": 0.0}, Outcome.NOT_FIRST),
    ]
    assert [outcome(each, nothing | values) for each, values, _ in cases] == [ended for _, _, ended in cases]
