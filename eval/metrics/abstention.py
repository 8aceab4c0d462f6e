"""Metrics of the confidence: how well it separates right from wrong answers, and how well it is calibrated.

Every function takes ``confidences`` in [0, 1] and, at the same places, ``positives``: whether answering was
right. The caller chooses and names what "right" means (the question is answerable, or the answer is correct); a
question that was not answered counts with the confidence that it was given.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sklearn.metrics import average_precision_score, roc_auc_score


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts at a threshold. Positive means: answered, and answering was right."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def precision(self) -> float:
        """Share of the answered that were right to answer; 0 if none was answered."""
        return _share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Share of those right to answer that were answered; 0 if there are none."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two: 2TP / (2TP + FP + FN), 0 where that is 0/0. Ignores true negatives."""
        return _share(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)


@dataclass(frozen=True, slots=True)
class RiskCoveragePoint:
    """Answering only from ``threshold`` up: the share answered, and the share of wrong ones among them."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence lies in [low, high); the last bin includes its high end."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean confidence of the bin."""
    accuracy: float
    """Share of positives in the bin."""


def auroc(confidences: Sequence[float], positives: Sequence[bool]) -> float | None:
    """Return the chance that a positive has a higher confidence than a negative, ties counting half.

    ``None`` if one of the two classes is absent. Source: area under the ROC curve (Hanley and McNeil 1982),
    through scikit-learn. Pitfall: blind to calibration and to how rare the classes are.
    """
    _check(confidences, positives)
    if not 0 < sum(positives) < len(positives):
        return None
    return float(roc_auc_score(list(positives), list(confidences)))


def average_precision(confidences: Sequence[float], positives: Sequence[bool]) -> float | None:
    """Return the sum, over the thresholds, of the precision times the recall gained there.

    ``None`` without positives. Not interpolated; equal confidences are one threshold. Source: Zhu 2004,
    through scikit-learn. Pitfall: its floor is the share of positives, so values of sets with different
    shares do not compare.
    """
    _check(confidences, positives)
    if not any(positives):
        return None
    return float(average_precision_score(list(positives), list(confidences)))


def risk_coverage_curve(confidences: Sequence[float], positives: Sequence[bool]) -> list[RiskCoveragePoint]:
    """Return risk against coverage as the threshold falls, one point for each distinct confidence.

    Source: El-Yaniv and Wiener 2010. Equal confidences enter together, for no threshold can part them. The
    last point has coverage 1 and the risk of answering everything. Empty for no questions.
    """
    _check(confidences, positives)
    order = sorted(zip(confidences, positives, strict=True), key=lambda pair: -pair[0])
    points, answered, wrong = [], 0, 0
    for confidence, group in groupby(order, key=lambda pair: pair[0]):
        outcomes = [positive for _, positive in group]
        answered += len(outcomes)
        wrong += outcomes.count(False)
        points.append(RiskCoveragePoint(confidence, answered / len(order), wrong / answered))
    return points


def risk_coverage_area(confidences: Sequence[float], positives: Sequence[bool]) -> float | None:
    """Return the area under the risk-coverage curve (AURC), lower is better; ``None`` for no questions.

    Source: Geifman and El-Yaniv 2017, Geifman et al. 2019: the mean, over the questions from the most to the
    least confident, of the risk of answering down to that one. Within equal confidences, the expectation over
    their orders is taken, so that the order of the file cannot matter. Pitfall: depends on the accuracy as
    much as on the confidence; compare it at the same accuracy only.
    """
    _check(confidences, positives)
    order = sorted(zip(confidences, positives, strict=True), key=lambda pair: -pair[0])
    risks: list[float] = []
    wrong_above = 0
    for _, group in groupby(order, key=lambda pair: pair[0]):
        outcomes = [positive for _, positive in group]
        wrong, above = outcomes.count(False), len(risks)
        for place in range(1, len(outcomes) + 1):
            expected = wrong_above + place * wrong / len(outcomes)
            risks.append(expected / (above + place))
        wrong_above += wrong
    return math.fsum(risks) / len(risks) if risks else None


def confusion_at(confidences: Sequence[float], positives: Sequence[bool], threshold: float) -> Confusion:
    """Count the outcomes when exactly the questions with a confidence of ``threshold`` or more are answered.

    Pitfall: a threshold chosen on the same questions flatters; choose it on others.
    """
    _check(confidences, positives)
    pairs = [(c >= threshold, bool(p)) for c, p in zip(confidences, positives, strict=True)]
    return Confusion(
        true_positive=pairs.count((True, True)),
        false_positive=pairs.count((True, False)),
        false_negative=pairs.count((False, True)),
        true_negative=pairs.count((False, False)),
    )


def reliability_bins(confidences: Sequence[float], positives: Sequence[bool], bins: int = 10) -> list[ReliabilityBin]:
    """Return ``bins`` bins of equal width over [0, 1] for a reliability diagram, the empty ones left out.

    Source: Guo et al. 2017, figure 1; a confidence on a border belongs to the upper bin.
    """
    _check(confidences, positives)
    borders = [index / bins for index in range(bins + 1)]
    members: dict[int, list[tuple[float, bool]]] = {}
    for pair in zip(confidences, positives, strict=True):
        members.setdefault(min(bisect_right(borders, pair[0]), bins) - 1, []).append(pair)
    return [_bin(index / bins, (index + 1) / bins, members[index]) for index in sorted(members)]


def expected_calibration_error(confidences: Sequence[float], positives: Sequence[bool], bins: int = 10) -> float | None:
    """Return the mean distance, over the questions, between the confidence and the accuracy of their bin.

    ``None`` for no questions. Source: Guo et al. 2017, equal-width bins. Pitfall: biased upwards for few
    questions, and a constant confidence equal to the accuracy scores a perfect 0.
    """
    if not confidences:
        return None
    gaps = [b.count * abs(b.accuracy - b.confidence) for b in reliability_bins(confidences, positives, bins)]
    return math.fsum(gaps) / len(confidences)


def _bin(low: float, high: float, members: list[tuple[float, bool]]) -> ReliabilityBin:
    count = len(members)
    confidence = math.fsum(c for c, _ in members) / count
    return ReliabilityBin(low, high, count, confidence, sum(p for _, p in members) / count)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _check(confidences: Sequence[float], positives: Sequence[bool]) -> None:
    if len(confidences) != len(positives):
        raise ValueError(f"{len(confidences)} confidences for {len(positives)} outcomes")
    for confidence in confidences:
        if not 0 <= confidence <= 1:
            raise ValueError(f"not a confidence in [0, 1]: {confidence!r}")
