from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    Confusion,
    RiskCoveragePoint,
    auroc,
    average_precision,
    confusion_at,
    expected_calibration_error,
    reliability_bins,
    risk_coverage_area,
    risk_coverage_curve,
)

CONFIDENCES = [0.9, 0.8, 0.8, 0.3]
POSITIVES = [True, False, True, False]

samples = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]), st.booleans()), min_size=1, max_size=6
).map(lambda pairs: ([c for c, _ in pairs], [p for _, p in pairs]))


def test_hand_computed_values():
    assert auroc(CONFIDENCES, POSITIVES) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert average_precision(CONFIDENCES, POSITIVES) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert risk_coverage_curve(CONFIDENCES, POSITIVES) == [
        RiskCoveragePoint(0.9, 0.25, 0.0),
        RiskCoveragePoint(0.8, 0.75, 1 / 3),
        RiskCoveragePoint(0.3, 1.0, 0.5),
    ]
    assert risk_coverage_area(CONFIDENCES, POSITIVES) == pytest.approx((0 + 0.25 + 1 / 3 + 0.5) / 4)
    # bins [0.3,0.4): 1 of accuracy 0; [0.8,0.9): 2 of 0.5; [0.9,1]: 1 of 1
    assert expected_calibration_error(CONFIDENCES, POSITIVES) == pytest.approx((0.3 + 2 * 0.3 + 0.1) / 4)


def test_confusion_answers_from_the_threshold_up():
    at = confusion_at(CONFIDENCES, POSITIVES, 0.8)
    assert at == Confusion(true_positive=2, false_positive=1, false_negative=0, true_negative=1)
    assert (at.precision, at.recall, at.f1) == (pytest.approx(2 / 3), 1.0, pytest.approx(0.8))
    nothing = confusion_at(CONFIDENCES, POSITIVES, 1.0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 0.0, 0.0)


@given(samples)
def test_auroc_and_average_precision_agree_with_their_definitions(sample):
    confidences, positives = sample
    right = [c for c, p in zip(*sample, strict=True) if p]
    wrong = [c for c, p in zip(*sample, strict=True) if not p]
    if right and wrong:
        wins = sum((r > w) + (r == w) / 2 for r in right for w in wrong)
        assert auroc(confidences, positives) == pytest.approx(wins / len(right) / len(wrong))
    else:
        assert auroc(confidences, positives) is None
    if right:
        area, recall = 0.0, 0.0
        for threshold in sorted(set(confidences), reverse=True):
            at = confusion_at(confidences, positives, threshold)
            area, recall = area + at.precision * (at.recall - recall), at.recall
        assert average_precision(confidences, positives) == pytest.approx(area)
    else:
        assert average_precision(confidences, positives) is None


@given(samples)
def test_the_area_is_the_mean_over_every_order_of_equal_confidences(sample):
    areas = []
    for order in permutations(zip(*sample, strict=True)):
        if [c for c, _ in order] == sorted(sample[0], reverse=True):
            risks = [sum(not p for _, p in order[:n]) / n for n in range(1, len(order) + 1)]
            areas.append(sum(risks) / len(risks))
    assert risk_coverage_area(*sample) == pytest.approx(sum(areas) / len(areas))


@given(samples)
def test_the_curve_ends_at_answering_everything(sample):
    last = risk_coverage_curve(*sample)[-1]
    assert (last.coverage, last.risk) == (1.0, sample[1].count(False) / len(sample[1]))


@given(samples)
def test_every_question_is_in_one_bin(sample):
    bins = reliability_bins(*sample)
    assert sum(b.count for b in bins) == len(sample[0])
    assert all(b.low - 1e-12 <= b.confidence <= b.high + 1e-12 for b in bins)


def test_a_border_belongs_to_the_upper_bin_and_one_to_the_last():
    borders = [index / 10 for index in range(11)]
    bins = reliability_bins(borders, [True] * 11)
    assert [(b.low, b.count) for b in bins] == [(index / 10, 1 if index < 9 else 2) for index in range(10)]


def test_no_questions_have_no_value():
    assert auroc([], []) is average_precision([], []) is risk_coverage_area([], []) is None
    assert expected_calibration_error([], []) is None
    assert risk_coverage_curve([], []) == reliability_bins([], []) == []


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_what_is_no_confidence_is_named(confidence):
    with pytest.raises(ValueError, match="not a confidence"):
        risk_coverage_area([confidence], [True])
    with pytest.raises(ValueError, match="2 confidences for 1"):
        auroc([0.1, 0.2], [True])
