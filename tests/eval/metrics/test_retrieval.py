import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import RETRIEVAL_METRICS, evidence_in_passages, retrieval_scores
from index.types import Span


def test_hand_computed_ranking():
    run = {"q": {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.6}}
    scores = retrieval_scores({"q": {"b": 1, "d": 1, "z": 1}}, run)["q"]
    assert list(scores) == list(RETRIEVAL_METRICS)
    assert [scores[f"hit@{k}"] for k in (1, 3, 5, 10)] == [0, 1, 1, 1]
    assert [scores[f"recall@{k}"] for k in (1, 3, 5)] == pytest.approx([0, 1 / 3, 2 / 3])
    assert scores["mrr"] == 0.5
    assert scores["map"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / best)


def test_a_question_that_the_run_lacks_scores_zero_and_an_unanswerable_one_has_no_ranking():
    qrels = {
        "found": {"a": 1},
        "missing": {"a": 1},
        "empty": {"a": 1},
        "unanswerable": {},
        "judged bad": {"a": 0},
    }
    scores = retrieval_scores(qrels, {"found": {"a": 1.0}, "empty": {}, "unknown": {"a": 1.0}})
    assert list(scores) == ["found", "missing", "empty"]
    assert set(scores["missing"].values()) == set(scores["empty"].values()) == {0.0}
    assert set(scores["found"].values()) == {1.0}
    assert retrieval_scores({}, {}) == {}


def test_ties_stand_in_the_order_of_their_ids_and_close_scores_are_no_ties():
    tied = {"q": {"b": 0.5, "a": 0.5}}
    assert retrieval_scores({"q": {"a": 1}}, tied)["q"]["mrr"] == 1.0
    assert retrieval_scores({"q": {"b": 1}}, tied)["q"]["mrr"] == 0.5
    close = {"q": {"a": 0.5, "b": 0.5 + 1e-12}}  # equal in the single precision of trec_eval
    assert retrieval_scores({"q": {"b": 1}}, close)["q"]["mrr"] == 1.0


@given(
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.sampled_from([0.1, 0.2, 0.3, 0.4]), max_size=14),
    st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=5),
)
def test_agrees_with_the_definitions(scores, relevant):
    order = sorted(scores, key=lambda item: (-scores[item], item))
    hits = [place for place, item in enumerate(order, 1) if item in relevant]
    got = retrieval_scores({"q": dict.fromkeys(relevant, 1)}, {"q": scores})["q"]
    for k in (1, 3, 5, 10):
        assert got[f"hit@{k}"] == float(any(place <= k for place in hits))
        assert got[f"recall@{k}"] == pytest.approx(sum(place <= k for place in hits) / len(relevant))
    assert got["mrr"] == pytest.approx(1 / hits[0] if hits else 0)
    assert got["map"] == pytest.approx(sum(n / place for n, place in enumerate(hits, 1)) / len(relevant))


def test_evidence_must_lie_inside_one_passage_of_its_own_release():
    evidence = {"r1": [Span(100, 120)]}
    inside, cut, elsewhere = ("r1", Span(90, 120)), ("r1", Span(101, 200)), ("r2", Span(0, 500))
    assert evidence_in_passages(evidence, [inside], k=1) == 1.0
    assert evidence_in_passages(evidence, [cut, elsewhere], k=5) == 0.0
    assert evidence_in_passages(evidence, [cut, inside], k=1) == 0.0
    assert evidence_in_passages(evidence, [cut, inside], k=2) == 1.0
    assert evidence_in_passages(evidence, [], k=5) == 0.0
    assert evidence_in_passages({}, [inside], k=5) is None
