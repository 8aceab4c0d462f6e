from dataclasses import replace
from datetime import date
from typing import cast

from eval.runs.folder import Run, RunInfo
from eval.scoring.identity import changed_questions
from eval.types import Attempt, Ranked, Record
from qa.types import Citation, CitedPassage, TimelinePoint

CITATION = Citation("r", "T", "P", date(2024, 1, 1), None, None, "12 ferries", 0, 10, 0, 2, "0" * 64)
RECORD = Record("q", "How many?", "number", ("12",), None, (), (), given=Attempt("12", CITATION), confidence=0.5)


def run(*records: Record) -> Run:
    return Run(cast(RunInfo, None), records)


def test_every_aspect_is_seen_by_itself_and_timings_are_not() -> None:
    others = {
        None: replace(RECORD, timings_ms={"total": 9.0}),
        "question": replace(RECORD, question="How many more?"),
        "answer": replace(RECORD, given=Attempt("13", CITATION)),
        "confidence": replace(RECORD, confidence=0.5 + 1e-12),
        "citations": replace(RECORD, given=Attempt("12", replace(CITATION, start=1))),
        "timeline": replace(RECORD, points=(cast(TimelinePoint, "a point"),)),
        "passages": replace(RECORD, passages=(cast(CitedPassage, "a passage"),)),
        "ranking": replace(RECORD, ranked=(Ranked("r", 0, 1, 0.5),)),
    }
    for aspect, other in others.items():
        found = changed_questions(run(RECORD), run(other))
        assert [each.aspects for each in found] == ([(aspect,)] if aspect else [])


def test_a_question_of_one_run_only_differs() -> None:
    more = replace(RECORD, id="r")
    assert [(each.id, each.aspects) for each in changed_questions(run(RECORD), run(RECORD, more))] == [
        ("r", ("question",))
    ]
    assert [each.id for each in changed_questions(run(RECORD, more), run(more))] == ["q"]
