"""Timelines in an evaluation: the metric by hand, the sets of labels by offsets, and a run that scores them."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import Member, TimelineScore, timeline_score
from eval.scoring.measures import per_question
from eval.sets.lines import GoldError
from eval.sets.load import load_set
from eval.sets.offsets import timelines
from eval.types import Attempt, Record, Target, TimelineTarget
from index.errors import InputError
from index.types import Span
from qa.types import Citation, Relation, TimelinePoint

GOLD = [Member("jan", 2580, "latest"), Member("dec", 2100, "earlier"), Member("nov", 1500, "earlier")]
POINT = {
    "release": "ferries", "sha256": "ab", "span": [25, 35], "sentence": [0, 62], "value": "12", "unit": "",
    "qualifier": "exactly", "relation": "latest",
}  # fmt: skip
LINE = {"id": "t1", "question": "How many ferries were ordered?", "split": "dev", "timeline": [POINT]}
Write = Callable[..., Path]


def test_a_timeline_is_scored_on_its_members_and_their_relations() -> None:
    assert timeline_score(GOLD, GOLD) == TimelineScore(1.0, 1.0, 1.0, 1.0)
    assert timeline_score(GOLD[:1], GOLD) == TimelineScore(1.0, 1 / 3, 0.5, 1.0)
    wrong = [*GOLD[:2], Member("nov", 1500, "conflict"), Member("oct", 9, "earlier")]
    assert timeline_score(wrong, GOLD) == TimelineScore(3 / 4, 1.0, 6 / 7, 2 / 3)


def test_a_timeline_that_is_missing_or_all_wrong() -> None:
    assert timeline_score([], GOLD) == TimelineScore(None, 0.0, 0.0, None)
    assert timeline_score([Member("jan", 2581, "latest")], GOLD) == TimelineScore(0.0, 0.0, 0.0, None)
    assert timeline_score([Member("feb", 2580, "latest")], GOLD) == TimelineScore(0.0, 0.0, 0.0, None)
    assert timeline_score(GOLD, []) is None


def test_a_gold_member_counts_once_however_often_it_is_given() -> None:
    assert timeline_score([GOLD[0], GOLD[0]], GOLD[:1]) == TimelineScore(0.5, 1.0, 2 / 3, 1.0)


def test_a_number_may_differ_by_how_a_fraction_is_written_but_no_more() -> None:
    third = Member("jan", 1 / 3, "latest")
    assert timeline_score([Member("jan", 0.3333333333333, "latest")], [third]) == TimelineScore(1.0, 1.0, 1.0, 1.0)
    assert timeline_score([Member("jan", 0.333, "latest")], [third]) == TimelineScore(0.0, 0.0, 0.0, None)


RELATIONS = st.sampled_from(["latest", "same"])
MEMBERS = st.lists(
    st.builds(Member, st.sampled_from(["a", "b"]), st.sampled_from([1.0, 2.0, 3.0]), RELATIONS), max_size=5
)


@given(MEMBERS, MEMBERS.filter(bool))
def test_f1_is_the_harmonic_mean_and_all_lie_between_0_and_1(found: list[Member], gold: list[Member]) -> None:
    scored = timeline_score(found, gold)
    assert scored is not None
    precision = scored.precision or 0.0
    assert all(
        each is None or 0 <= each <= 1 for each in (scored.precision, scored.recall, scored.f1, scored.relations)
    )
    both = precision + scored.recall
    assert scored.f1 == pytest.approx(2 * precision * scored.recall / both if both else 0.0)
    assert (scored.relations is None) == (scored.f1 == 0)


# sets


def test_a_set_of_timelines_is_recognised_and_read(write_gold: Write) -> None:
    path = write_gold(LINE, LINE | {"id": "t2", "split": "test", "timeline": [POINT | {"relation": "same"}, POINT]})
    whole = load_set(path)
    assert whole.form == "timelines"
    assert [each.id for each in whole.questions] == ["t1", "t2"]
    (question,) = timelines(path, "test").questions
    assert (question.id, question.kind, question.answers) == ("t2", "timeline", None)
    assert [point.relation for point in question.timeline] == ["same", "latest"]
    assert question.timeline[0].label.spans == (Span(25, 35),)
    assert question.timeline[0].value == 12.0
    assert question.where.endswith(":2")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"relation": "newer"}, "relation 'newer'"),
        ({"span": [35, 25]}, "not a span"),
        ({"span": [1]}, "missing 1 required"),
        ({"span": None}, "not a timeline"),
        ({"value": "many"}, "could not convert"),
        ({"unit": ...}, "'unit'"),
    ],
)
def test_a_statement_that_is_none_is_named_with_its_line(write_gold: Write, wrong: dict[str, Any], said: str) -> None:
    point = {key: value for key, value in (POINT | wrong).items() if value is not ...}
    with pytest.raises(GoldError, match=said) as caught:
        timelines(write_gold(LINE | {"id": "t0"}, LINE | {"timeline": [point]}), None)
    assert ":2" in str(caught.value)
    assert "t1" in str(caught.value)


@pytest.mark.parametrize("timeline", [[], [5], ["x"], {"a": 1}, "x", 5])
def test_a_timeline_that_is_none_is_a_bad_line(write_gold: Write, timeline: Any) -> None:
    with pytest.raises(GoldError, match=":2"):
        timelines(write_gold(LINE | {"id": "t0"}, LINE | {"timeline": timeline}), None)


def test_all_bad_lines_are_said_at_once(write_gold: Write) -> None:
    path = write_gold(LINE, LINE, {"id": "t3", "question": "x"})
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    with pytest.raises(GoldError) as caught:
        timelines(path, None)
    message = str(caught.value)
    assert f"duplicate id 't1', first at {path}:1" in message
    assert '"timeline" is missing' in message
    assert "not JSON" in message


def test_a_split_that_is_not_there_names_those_that_are(write_gold: Write) -> None:
    with pytest.raises(InputError, match="no split 'tset'; it has: dev, test"):
        timelines(write_gold(LINE, LINE | {"id": "t2", "split": "test"}), "tset")


FACT = {"id": "f1", "question": "Who is the pilot?", "kind": "changed", "answer": "new", "as_of": "2025-02-01"}
STATED = [
    {"release": "new", "sha256": "ab", "spans": [[4, 12], [40, 48]], "relation": "latest"},
    {"release": "old", "sha256": "cd", "spans": [[7, 10]], "relation": "earlier"},
]


def test_a_fact_has_places_instead_of_a_number_and_says_which_release_answers(write_gold: Write) -> None:
    whole = load_set(write_gold(FACT | {"timeline": STATED}))
    assert whole.form == "timelines"
    (question,) = whole.questions
    assert (question.kind, question.as_of) == ("changed", date(2025, 2, 1))
    assert [(point.value, point.answers) for point in question.timeline] == [(None, True), (None, False)]
    assert question.timeline[0].label.spans == (Span(4, 12), Span(40, 48))


def test_a_fact_without_the_release_that_answers_is_a_bad_line(write_gold: Write) -> None:
    with pytest.raises(GoldError, match=r"newest.* is not the release of a statement"):
        timelines(write_gold(FACT | {"answer": "newest", "timeline": STATED}), None)


# scores


def fact_record(points: tuple[TimelinePoint, ...], given: Attempt | None = None) -> Record:
    targets = [Target(name, "T", date(2025, 1, 9), 1, (Span(4, 12),)) for name in ("new", "old")]
    gold = [TimelineTarget(each, None, "", "", how) for each, how in zip(targets, ("latest", "earlier"), strict=True)]
    return Record("q", "Who?", "changed", ("Ada",), None, tuple(targets), tuple(gold), points=points, given=given)


def test_a_statement_of_a_fact_is_right_where_it_touches_a_labelled_place() -> None:
    touching, apart = point("new", None, "latest", 11), point("old", None, "earlier", 12)
    assert timeline_metrics(fact_record((touching, apart))) == pytest.approx([0.5, 0.5, 0.5, 1.0])


def test_an_answer_without_a_timeline_is_a_timeline_of_one_statement() -> None:
    given = Attempt("A", point("new", None, "latest", 5).citation)
    assert timeline_metrics(fact_record((), given)) == pytest.approx([1.0, 0.5, 2 / 3, 1.0])
    assert timeline_metrics(fact_record(())) == [None, 0.0, 0.0, None]


def point(release: str, value: str | None, relation: Relation, start: int = 0) -> TimelinePoint:
    day = date(2025, 1, 9)
    cited = Citation(release, "T", "P", day, None, None, "q", start, start + 1, start, start + 1, "")
    return TimelinePoint(value or "", value, None, "", "exactly", None, None, None, day, relation, cited)


def record(points: tuple[TimelinePoint, ...], error: str | None = None) -> Record:
    targets = {name: Target(name, "T", date(2025, 1, 9), 1, (Span(50, 60),)) for name in ("jan", "dec")}
    gold = (
        TimelineTarget(targets["jan"], 2580, "", "exactly", "latest"),
        TimelineTarget(targets["dec"], 2100, "", "more than", "earlier"),
    )
    return Record("q", "How many?", "timeline", None, None, tuple(targets.values()), gold, points=points, error=error)


def timeline_metrics(*records: Record) -> list[float | None]:
    values = per_question(records)["q"]
    return [values[f"timeline_{name}"] for name in ("precision", "recall", "f1", "relations")]


def test_the_score_of_a_question_takes_a_statement_from_anywhere_in_its_release() -> None:
    points = point("jan", "2580", "latest", 7), point("dec", "2100", "conflict"), point("nov", "2100", "earlier")
    assert timeline_metrics(record(points)) == pytest.approx([2 / 3, 1.0, 0.8, 0.5])


def test_no_timeline_is_no_recall_and_a_failure_scores_nothing() -> None:
    assert timeline_metrics(record(())) == [None, 0.0, 0.0, None]
    assert timeline_metrics(record((point("jan", "2580", "latest"),), "boom")) == [0.0, 0.0, 0.0, 0.0]
    plain = Record("q", "Who?", "name", ("Ada",), None, (), (), points=(point("jan", "2580", "latest"),))
    assert timeline_metrics(plain) == [None] * 4
    json.dumps(per_question([plain]))
