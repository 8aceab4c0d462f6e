"""A run in numbers: means with intervals, overall and by kind, how good the confidence is, and the latency."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.metrics import (
    Confusion,
    Interval,
    LatencySummary,
    ReliabilityBin,
    RiskCoveragePoint,
    auroc,
    average_precision,
    bootstrap_interval,
    confusion_at,
    expected_calibration_error,
    latency_summary,
    reliability_bins,
    risk_coverage_area,
    risk_coverage_curve,
)
from eval.runs.folder import Run
from eval.scoring.measures import METRICS, Values, correct, overlap, per_question
from eval.types import Record


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well the confidence separates right from wrong answers.

    ``readings`` maps each meaning of "right" to its curve, bins, area and error.

    AUROC, average precision and the confusion at the threshold take "can be answered" as the right to answer.
    """

    questions: int
    threshold: float
    auroc: float | None
    average_precision: float | None
    confusion: Confusion
    readings: dict[str, "Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """Confidence against one meaning of "right", had every question been answered."""

    risk_coverage_area: float | None
    calibration_error: float | None
    curve: list[RiskCoveragePoint]
    bins: list[ReliabilityBin]


@dataclass(frozen=True, slots=True)
class Score:
    """A run in numbers. ``errors`` names the questions that failed, ``faults`` those whose citation did."""

    questions: dict[str, Values]
    overall: dict[str, Interval]
    by_kind: dict[str, dict[str, Interval]]
    abstention: Abstention | None
    latency: dict[str, LatencySummary]
    errors: list[str]
    faults: list[str]


def score(run: Run) -> Score:
    """Return the numbers of a run; equal records give equal numbers to the last digit."""
    questions = per_question(run.records)
    kinds = dict.fromkeys(record.kind for record in run.records)
    return Score(
        questions=questions,
        overall=means(list(questions.values())),
        by_kind={kind: means([questions[r.id] for r in run.records if r.kind == kind]) for kind in kinds},
        abstention=_abstention(run.records, run.info.threshold),
        latency=latency_summary([record.timings_ms for record in run.records]),
        errors=[record.id for record in run.records if record.error is not None],
        faults=[record.id for record in run.records if record.fault is not None],
    )


def as_json(scored: Score) -> dict[str, Any]:
    """Return the content of ``metrics.json``."""
    return asdict(scored)


def means(values: Sequence[Mapping[str, float | None]]) -> dict[str, Interval]:
    """Return metric -> mean and 95 % bootstrap interval, over the questions that it applies to."""
    found: dict[str, Interval] = {}
    for metric in METRICS:
        applicable = [value for each in values if (value := each.get(metric)) is not None]
        if applicable:
            found[metric] = bootstrap_interval(applicable)
    return found


def _cited(record: Record) -> bool:
    """Return True if the best span's quote holds at least half of the evidence."""
    found = overlap(record, record.best)
    return found is not None and found.recall >= 0.5


def _abstention(records: Sequence[Record], threshold: float) -> Abstention | None:
    judged = [record for record in records if record.answerable is not None]
    if not judged:
        return None
    answerable = [bool(record.answerable) for record in judged]
    confidences = [_confidence(record) for record in judged]
    outcomes = {
        "the answer is right": [record.error is None and _right(record) for record in judged],
        "the evidence is cited": [record.error is None and _cited(record) for record in judged],
    }
    return Abstention(
        questions=len(judged),
        threshold=threshold,
        auroc=auroc(confidences, answerable),
        average_precision=average_precision(confidences, answerable),
        confusion=confusion_at(confidences, answerable, threshold),
        readings={name: _reading(confidences, right) for name, right in outcomes.items()},
    )


def _right(record: Record) -> bool:
    return bool(record.answers) and correct(record, record.best)


def _confidence(record: Record) -> float:
    """Return the confidence; a question that failed gets the worst one: 0 if it can be answered, else 1."""
    if record.error is None:
        return record.confidence
    return 0.0 if record.answerable else 1.0


def _reading(confidences: Sequence[float], right: Sequence[bool]) -> Reading:
    return Reading(
        risk_coverage_area=risk_coverage_area(confidences, right),
        calibration_error=expected_calibration_error(confidences, right),
        curve=risk_coverage_curve(confidences, right),
        bins=reliability_bins(confidences, right),
    )
