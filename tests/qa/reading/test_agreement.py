from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.types import Hit, Span
from qa.evidence.explanation import explained, reordered
from qa.reading.agreement import alike, answer_text, answers_alike, witnesses
from qa.reading.calibration import Calibration, Weights, with_confidence
from qa.reading.reader import ScoreLimits
from qa.types import Candidate

MakeHit = Callable[..., Hit]
LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)
PLAIN = Calibration(Weights(retrieval=8.0, surplus=0.5, again=0.5), first=0.5, again=0.2, dense=0.0, bias=-1.0)


def candidate(hit: Hit, words: str, score: float, span_score: float = 1.0) -> Candidate:
    start = hit.passage.release.body.index(words)
    return Candidate(hit, Span(start, start + len(words)), 0.0, score, span_score)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("£3 billion", "£3bn"), ("£3 billion", "£3,000 million"), ("24%", "24 per cent"), ("2,580", "2580"),
        ("the Crime and Policing Bill", "Crime and Policing Bill"), ("The Home Office", "home  office"),
        ("“the plan”", "the plan"), ("a ‘new plan’", "new plan"), ("Dover.", "Dover"), ("e\u0301te\u0301", "été"),
        ("don’t", "don't"), ("more than 800 people", "800"), ("the “Bill”", "Bill"), ("(NCA)", "NCA"),
    ],
)  # fmt: skip
def test_answers_that_say_the_same(one: str, other: str) -> None:
    assert answers_alike(one, other)
    assert answers_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("24%", "24"), ("£24", "24"), ("£24", "$24"), ("24", "24 tonnes"), ("24", "25"), ("£3 million", "£3 billion"),
        ("9 January 2025", "9 January 2024"), ("Dover", "Kent"), ("the NCA", "the NCSC"), ("-5°C", "5°C"), ("5", "5°C"),
        ("2 to 3", "2"), ("“”", "the"), ("£", "%"),
    ],
)  # fmt: skip
def test_answers_that_do_not(one: str, other: str) -> None:
    assert not answers_alike(one, other)
    assert not answers_alike(other, one)


@given(st.text(max_size=12), st.text(max_size=12))
def test_being_alike_is_mutual_and_everything_is_like_itself(one: str, other: str) -> None:
    assert answers_alike(one, one)
    assert answers_alike(one, other) == answers_alike(other, one)


def test_witnesses_are_one_a_release_best_first(hit: MakeHit) -> None:
    first, again = hit(1, "Then 12 ferries sailed. Later 12 did."), hit(2, "So 12 sailed.", release="r1")
    other, third = hit(3, "Only 15 ferries sailed."), hit(4, "Twelve or 12 ferries.")
    doubtful = hit(5, "Open at 12 days.")
    found = [
        candidate(first, "12", 9),
        candidate(other, "15", 8),
        candidate(again, "12", 7),
        candidate(third, "12 ferries", 6),
        candidate(doubtful, "12", 5, span_score=-0.1),
    ]
    assert witnesses(found, LIMITS) == [found[0], found[3]]
    alone = [replace(found[0], span_score=-3.0)]
    assert witnesses(alone, LIMITS) == alone, "the best one is its own witness, whatever it is worth"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 7), max_size=12), st.integers(0, 8))
def test_reordering_loses_and_repeats_no_hit(hit: MakeHit, places: list[int], read: int) -> None:
    hits = [hit(number, f"Then {number} ferries sailed.") for number in range(8)]
    found = [candidate(hits[place], "ferries", 0.0) for place in places if place < read]
    order = reordered(hits, (each.hit for each in found))
    assert sorted(each.passage.id for each in order) == list(range(8))
    best = list(dict.fromkeys(each.hit.passage.id for each in found))
    assert [each.passage.id for each in order[: len(best)]] == best
    rest = [each.passage.id for each in order[len(best) :]]
    assert rest == sorted(rest)


def test_an_explanation_shows_each_passage_with_its_own_spans(hit: MakeHit) -> None:
    one, two, unread = hit(1, "Then 12 sailed. Or 15 did."), hit(2, "So 12 sailed.", release="r1"), hit(3, "Nobody.")
    found = [candidate(two, "12", 9), candidate(one, "15", 8), candidate(one, "12", 7)]
    shown = explained([one, two, unread], found)
    assert [[span.text for span in read.spans] for read in shown] == [["12"], ["15", "12"], []]
    assert [(read.release_id, read.end) for read in shown] == [("r1", 13), ("r1", 26), ("r3", 7)]


# confidence


def test_support_from_another_passage_may_turn_the_order(hit: MakeHit) -> None:
    wrong, one, two = hit(1, "Only 15 sailed."), hit(2, "Then 12 sailed."), hit(3, "So 12 ferries sailed.")
    alone = with_confidence([candidate(wrong, "15", 4.0), candidate(one, "12", 3.8)], PLAIN)
    assert [each.hit for each in alone] == [wrong, one]
    together = with_confidence(
        [candidate(wrong, "15", 4.0), candidate(one, "12", 3.8), candidate(two, "12 ferries", 3.7)], PLAIN
    )
    assert [each.hit for each in together] == [one, two, wrong]
    assert together[0].confidence == together[1].confidence >= together[2].confidence


def test_a_passage_that_repeats_itself_is_one_witness(hit: MakeHit) -> None:
    body = "Then 12 sailed. Later all 12 came back."
    one = hit(1, body)
    twice = Candidate(one, Span(26, 28), 0.0, 3.5, 1.0)
    assert body[26:28] == "12"
    once = with_confidence([candidate(one, "12", 3.8)], PLAIN)[0].confidence
    assert [each.confidence for each in with_confidence([candidate(one, "12", 3.8), twice], PLAIN)] == [once, once]


@pytest.mark.parametrize("score", [-1e6, -800.0, 0.0, 800.0, 1e6])
def test_no_score_is_too_great_for_a_confidence(hit: MakeHit, score: float) -> None:
    made = with_confidence([candidate(hit(1, "Then 12 sailed."), "12", score, score)], PLAIN)
    assert 0.0 <= made[0].confidence <= 1.0


def test_no_candidates_have_no_confidence() -> None:
    assert with_confidence([], PLAIN) == []


def test_no_answer_is_surer_than_a_better_one(hit: MakeHit) -> None:
    better, worse = candidate(hit(1, "Then 12 sailed."), "12", 4.0), candidate(hit(2, "Then 15 sailed."), "15", 3.0)
    calibration = replace(PLAIN, again=1.0)
    made = with_confidence([replace(better, again_score=-3.0), replace(worse, again_score=3.0)], calibration)
    assert [answer_text(each) for each in made] == ["12", "15"]
    assert made[1].confidence == made[0].confidence
    assert made[0].confidence < with_confidence([better], calibration)[0].confidence


weighed = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["12", "15", "12 ferries", "£3 billion", "£3bn", "the agency"]),
              st.integers(-60, 60).map(lambda n: n / 4)),
    min_size=1, max_size=12,
)  # fmt: skip
BODY = "Then 12 ferries; 15; £3 billion and £3bn for the agency."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weighed)
def test_confidences_follow_the_scores_of_answers(hit: MakeHit, drawn: list[tuple[int, str, float]]) -> None:
    hits = [hit(number, BODY) for number in range(6)]
    found = [candidate(hits[number], words, score, score) for number, words, score in drawn]
    found.sort(key=lambda c: (-c.score, c.hit.passage.release.id, c.span))
    made = with_confidence(found, PLAIN)
    assert sorted(map(key, made)) == sorted(map(key, found)), "all of them, none twice"
    confidences = [each.confidence for each in made]
    assert confidences == sorted(confidences, reverse=True)
    for one in made:
        for other in made:
            assert (one.confidence == other.confidence) or not alike(one, other)
        assert one.score == max(each.score for each in made if alike(one, each)) or any(
            alike(one, each) for each in made[: made.index(one)]
        )
    # Higher scores are more confidence.
    best = made[0]
    raised = [_raised(each) if key(each) == key(best) else each for each in found]
    raised.sort(key=lambda c: (-c.score, c.hit.passage.release.id, c.span))
    assert with_confidence(raised, PLAIN)[0].confidence >= best.confidence


def _raised(each: Candidate) -> Candidate:
    return replace(each, score=each.score + 1, span_score=each.span_score + 1)


def key(each: Candidate) -> tuple[int, Span, float]:
    return each.hit.passage.id, each.span, each.score
