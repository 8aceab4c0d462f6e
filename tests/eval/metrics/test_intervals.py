import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from eval.metrics import (
    Interval,
    bootstrap_interval,
    holm,
    latency_summary,
    mean,
    paired_difference,
    randomisation_p_value,
)


def test_mean_is_over_what_applies():
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([0.1] * 10) == 0.1
    assert mean([None]) is None
    assert mean([]) is None


def test_bootstrap_agrees_with_scipy_and_with_the_normal_approximation():
    values = [float(v) for v in np.random.default_rng(1).normal(0.5, 0.2, 200)]
    ours = bootstrap_interval(values)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(2)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.003)
    assert ours.high - ours.low == pytest.approx(2 * 1.96 * np.std(values) / math.sqrt(200), rel=0.05)


def test_bootstrap_of_two_values_is_known():
    # the mean of two draws from {0, 1} is 0, 1/2 or 1 with chances 1/4, 1/2, 1/4
    assert bootstrap_interval([0.0, 1.0]) == Interval(0.5, 0.0, 1.0, 2)
    assert bootstrap_interval([0.0, 1.0], level=0.4) == Interval(0.5, 0.5, 0.5, 2)


def test_bootstrap_is_the_same_to_the_last_digit_and_leaves_the_global_state_alone():
    values = [0.1 * n for n in range(30)]
    state = np.random.get_state()[1].tolist()
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)
    assert np.random.get_state()[1].tolist() == state


def test_bootstrap_of_equal_values_has_no_width_and_of_none_is_an_error():
    assert bootstrap_interval([0.1] * 3) == Interval(pytest.approx(0.1), pytest.approx(0.1), pytest.approx(0.1), 3)
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])
    with pytest.raises(ValueError, match="95"):
        bootstrap_interval([1.0], level=95)


def test_randomisation_by_hand():
    assert randomisation_p_value([]) == randomisation_p_value([0.0, 0.0]) == 1.0
    assert randomisation_p_value([1.0]) == 1.0
    assert randomisation_p_value([1.0, 1.0, 1.0]) == 2 / 8
    assert randomisation_p_value([1.0, 1.0, -1.0]) == 1.0
    assert randomisation_p_value([3.0, 2.0, -1.0]) == 4 / 8  # at least 4 from 0: +++, ++-, and their mirrors
    assert randomisation_p_value([0.1, 0.2, 0.3, 0.0]) == 2 / 8  # rounding must not part equal sums


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9))
def test_exact_randomisation_agrees_with_scipy(differences):
    theirs = stats.permutation_test(
        (np.array(differences),),
        np.sum,
        permutation_type="samples",
        n_resamples=np.inf,
        alternative="two-sided",
    )
    # scipy doubles the smaller tail; under sign flips the two tails are mirrors, so both are the same
    assert randomisation_p_value(differences) == pytest.approx(min(1.0, theirs.pvalue))


def test_drawn_randomisation_is_near_the_binomial_and_never_zero():
    # all of one size: the sum is decided by the number of signs, which is binomial
    won, lost = 16, 6
    drawn = randomisation_p_value([0.5] * won + [-0.5] * lost)
    assert drawn == pytest.approx(stats.binomtest(won, won + lost).pvalue, abs=0.01)
    assert drawn == randomisation_p_value([0.5] * won + [-0.5] * lost)
    assert randomisation_p_value([1.0] * 60, resamples=999) == 1 / 1000


def test_a_paired_difference_counts_and_signs_b_minus_a():
    a = {"q1": 0.0, "q2": 1.0, "q3": 0.5, "q4": 0.0}
    b = {"q4": 1.0, "q3": 0.5, "q2": 0.0, "q1": 1.0}
    result = paired_difference(a, b)
    assert result.difference.mean == 0.25
    assert result.difference.low <= 0.25 <= result.difference.high
    assert (result.won, result.lost, result.tied) == (2, 1, 1)
    assert result.p_value == 1.0
    assert paired_difference(b, a).difference.mean == -0.25


def test_a_question_missing_from_one_run_is_named_not_dropped():
    with pytest.raises(ValueError, match="q2"):
        paired_difference({"q1": 1.0}, {"q1": 1.0, "q2": 0.0})


def test_holm_by_hand():
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=8))
def test_holm_keeps_the_order_and_lies_between_no_correction_and_bonferroni(p_values):
    corrected = holm(p_values)
    assert list(corrected) == list(p_values)
    ranked = [corrected[name] for name in sorted(p_values, key=lambda name: (p_values[name], name))]
    assert ranked == sorted(ranked)
    for name, p in p_values.items():
        assert p <= corrected[name] <= min(1.0, p * len(p_values)) + 1e-12


def test_latency_percentiles_per_stage():
    summary = latency_summary([{"search": float(n), "read": 5.0} for n in range(1, 102)] + [{"cite": 2.0}])
    assert list(summary) == ["search", "read", "cite"]
    assert (summary["search"].n, summary["search"].median) == (101, 51.0)
    assert (summary["search"].p95, summary["search"].p99) == (96.0, 100.0)
    assert summary["cite"].p99 == 2.0
    assert latency_summary([]) == {}
