from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.fusion import convex, coverage, covered, either, normalise, reciprocal_rank
from index.search.legs import best

legs = st.dictionaries(st.integers(1, 20), st.floats(-1, 1, width=32), max_size=12)
keyword_legs = st.dictionaries(st.integers(1, 20), st.floats(0, 40, width=32), max_size=12)


def test_convex_by_hand() -> None:
    # BM25 8 and 2 become 1 and 0.25. With a keyword share of 0.25:
    # 1: 0.75 * 0.8 = 0.6; 2: 0.75 * 0.4 + 0.25 * 1 = 0.55; 3: 0.25 * 0.25 = 0.0625; 4: a cosine below 0 counts as 0.
    fused = convex({1: 0.8, 2: 0.4, 4: -0.5}, {2: 8.0, 3: 2.0}, 0.25)
    assert [item.id for item in fused] == [1, 2, 3, 4]
    assert [item.score for item in fused] == pytest.approx([0.6, 0.55, 0.0625, 0.0])
    assert [(item.dense, item.lexical) for item in fused] == [(0.8, 0.0), (0.4, 1.0), (0.0, 0.25), (-0.5, 0.0)]


@given(legs, keyword_legs, st.floats(0, 1))
def test_convex_ranks_every_passage_of_either_leg_in_one_order(
    dense: dict[int, float], lexical: dict[int, float], weight: float
) -> None:
    fused = convex(dense, lexical, weight)
    assert {item.id for item in fused} == dense.keys() | lexical.keys()
    assert [(-item.score, item.id) for item in fused] == sorted((-item.score, item.id) for item in fused)
    assert all(0 <= item.score <= 1 for item in fused)


def test_coverage_by_hand() -> None:
    # Of a question worth 10, BM25 of 8 covers 0.8, 2 covers 0.2, and 12 all of it. With a keyword share of 0.25:
    # 1: 0.75 * 0.8 = 0.6; 2: 0.75 * 0.4 + 0.25 * 0.64 = 0.46; 3: 0.25 * 0.04 = 0.01; 4: 0.25; 5: nothing.
    fused = coverage({1: 0.8, 2: 0.4, 5: -0.5}, covered({2: 8.0, 3: 2.0, 4: 12.0}, 10.0), 0.25)
    assert [item.id for item in fused] == [1, 2, 4, 3, 5]
    assert [item.score for item in fused] == pytest.approx([0.6, 0.46, 0.25, 0.01, 0.0])
    assert [item.lexical for item in fused] == pytest.approx([0.0, 0.8, 1.0, 0.2, 0.0])


def test_the_best_keyword_hit_counts_little_where_it_covers_little_of_the_question() -> None:
    dense, lexical = {1: 0.6, 2: 0.3}, {2: 4.0}
    assert [item.id for item in convex(dense, lexical, 0.5)] == [2, 1]
    assert [item.id for item in coverage(dense, covered(lexical, 20.0), 0.5)] == [1, 2]
    assert [item.id for item in coverage(dense, covered(lexical, 4.0), 0.5)] == [2, 1]


@given(legs, keyword_legs, st.floats(0, 1), st.floats(0, 50))
def test_coverage_ranks_every_passage_of_either_leg_in_one_order(
    dense: dict[int, float], lexical: dict[int, float], weight: float, information: float
) -> None:
    fused = coverage(dense, covered(lexical, information), weight)
    assert {item.id for item in fused} == dense.keys() | lexical.keys()
    assert [(-item.score, item.id) for item in fused] == sorted((-item.score, item.id) for item in fused)
    assert all(0 <= item.score <= 1 and 0 <= item.lexical <= 1 for item in fused)


def test_the_better_of_two_wordings_of_a_question_counts() -> None:
    # 1 covers more in the question's own words, 2 in official ones, which count a little less; 3 in official ones only
    shares = either({1: 0.9, 2: 0.2}, {1: 0.5, 2: 1.0, 3: 0.4})
    assert shares[1] == 0.9
    assert 0.2 < shares[2] < 1.0
    assert 0 < shares[3] < 0.4


def test_reciprocal_rank_by_hand() -> None:
    # Ranks: 1 is first and absent, 2 second and first, 3 absent and second. First is worth 61/61, second 61/62.
    fused = reciprocal_rank({1: 0.9, 2: 0.1}, {2: 5.0, 3: 1.0}, 0.25)
    assert [(item.id, item.score) for item in fused] == [
        (2, pytest.approx(0.75 * 61 / 62 + 0.25)),
        (1, pytest.approx(0.75)),
        (3, pytest.approx(0.25 * 61 / 62)),
    ]


@given(legs, keyword_legs, st.floats(0, 1))
def test_reciprocal_rank_knows_ranks_only(dense: dict[int, float], lexical: dict[int, float], weight: float) -> None:
    fused = reciprocal_rank(dense, lexical, weight)
    # multiplying by two is exact, so equal scores stay equal
    doubled = reciprocal_rank({i: 2 * s for i, s in dense.items()}, {i: 2 * s for i, s in lexical.items()}, weight)
    assert [(item.id, item.score) for item in fused] == [(item.id, item.score) for item in doubled]
    assert all(0 <= item.score <= 1 + 1e-9 for item in fused)


def test_first_in_both_legs_scores_one() -> None:
    assert reciprocal_rank({1: 0.9, 2: 0.1}, {1: 5.0, 3: 2.0}, 0.3)[0].score == pytest.approx(1.0)


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_out_of_range_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        convex({1: 0.5}, {}, weight)


def test_nothing_positive_normalises_to_zero() -> None:
    assert normalise({1: 0.0, 2: -3.0}) == {1: 0.0, 2: 0.0}
    assert normalise({}) == {}


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 60), st.randoms())
def test_the_cut_does_not_depend_on_how_the_engine_orders_equals(scores: list[int], k: int, random: Random) -> None:
    pairs = [(i, float(score)) for i, score in enumerate(scores)]

    def fetch(n: int) -> list[tuple[int, float]]:
        shuffled = list(pairs)
        random.shuffle(shuffled)
        return sorted(shuffled, key=lambda pair: -pair[1])[:n]

    assert best(fetch, k) == sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]
