"""What went wrong with a question, in the words that a person would use: the first thing in the chain that failed."""

from enum import StrEnum

from eval.scoring.measures import Values
from eval.types import Record


class Outcome(StrEnum):
    """How a question ended; the order is that of the chain, worst first."""

    ERROR = "failed with an error"
    FAULT = "citation does not hold"
    NOT_FOUND = "evidence not in the passages shown"
    NOT_FIRST = "right release not ranked first"
    REFUSED = "not answered, though it could be"
    INVENTED = "answered, though it cannot be"
    ELSEWHERE = "answered from another place"
    INEXACT = "right place, but not the answer"
    RIGHT = "right"


def outcome(record: Record, values: Values) -> Outcome:
    """Return the first thing that failed; ``values`` are the record's, from `eval.scoring.measures.per_question`."""
    if record.fault is not None:
        return Outcome.FAULT
    if record.error is not None:
        return Outcome.ERROR
    if record.answers is None:
        return Outcome.RIGHT if values["hit@1"] == 1.0 else Outcome.NOT_FIRST
    if values["answer_correct"] == 1.0:
        return Outcome.RIGHT
    if not record.answers:
        return Outcome.INVENTED
    if values["evidence@5"] == 0.0:
        return Outcome.NOT_FOUND
    if record.given is None:
        return Outcome.REFUSED
    recall = values["citation_recall"]
    return Outcome.INEXACT if recall is not None and recall >= 0.5 else Outcome.ELSEWHERE
