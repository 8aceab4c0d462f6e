"""From records to numbers: each metric per question first, then means with intervals, overall and by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.metrics import (
    RETRIEVAL_METRICS,
    Confusion,
    Interval,
    LatencySummary,
    Member,
    ReliabilityBin,
    RiskCoveragePoint,
    auroc,
    average_precision,
    bootstrap_interval,
    citation_overlap,
    confusion_at,
    evidence_in_passages,
    exact_match,
    expected_calibration_error,
    figure_match,
    figure_qualifier_match,
    latency_summary,
    reliability_bins,
    retrieval_scores,
    risk_coverage_area,
    risk_coverage_curve,
    timeline_score,
    token_f1,
)
from eval.runs.folder import Run
from eval.types import Attempt, Record
from index.types import Span

Values = dict[str, float | None]
"""Metric -> value of one question; None where the metric does not apply to it."""

EVIDENCE_AT = (1, 3, 5, 10)
METRICS = (
    *RETRIEVAL_METRICS,
    *(f"evidence@{k}" for k in EVIDENCE_AT),
    "answer_correct",
    "answer_em",
    "answer_f1",
    "figure_match",
    "figure_qualifier",
    "citation_precision",
    "citation_recall",
    "abstention",
    "timeline_precision",
    "timeline_recall",
    "timeline_f1",
    "timeline_relations",
)
"""Every metric of a question, in the order in which it is shown.

hit, recall, mrr, ndcg and map rank releases, each by its best passage, so that they do not depend on how releases
are cut; evidence@k asks whether one of the first k passages holds the evidence whole. ``answer_correct`` is the
figure match where the gold answer is a figure, else the exact match. ``abstention`` is 1 where a question was
answered if and only if it can be.
"""

HEADLINE = (
    "hit@1",
    "hit@5",
    "mrr",
    "evidence@1",
    "evidence@5",
    "answer_correct",
    "answer_f1",
    "figure_match",
    "citation_recall",
    "abstention",
)
"""The metrics that decide: those that runs are compared on, unless others are asked for, and the gate holds."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """Does the confidence know. ``readings``: what it should tell apart -> its curve, bins, area and error.

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
    """A run in numbers. ``errors`` and ``faults`` name the questions that failed, and the citations that did."""

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


def per_question(records: Sequence[Record]) -> dict[str, Values]:
    """Return question id -> metric -> value. A question that failed has 0 wherever a metric applies to it."""
    qrels = {record.id: _grades(record) for record in records}
    retrieval = retrieval_scores(qrels, {record.id: _by_release(record) for record in records})
    found: dict[str, Values] = {}
    for record in records:
        values: Values = dict.fromkeys(METRICS)
        values.update(retrieval.get(record.id, {}))
        values.update(_passages(record))
        values.update(_answer(record))
        values.update(_timeline(record))
        if record.error is not None:
            values = {metric: None if value is None else 0.0 for metric, value in values.items()}
        found[record.id] = values
    return found


def _grades(record: Record) -> dict[str, int]:
    grades: dict[str, int] = {}
    for target in record.targets:
        grades[target.release_id] = max(target.grade, grades.get(target.release_id, 0))
    return grades


def _by_release(record: Record) -> dict[str, float]:
    """Return the releases in the order of their best passages, as scores: the product's ties are already settled."""
    order = dict.fromkeys(passage.release_id for passage in record.ranked)
    return {release_id: float(len(order) - rank) for rank, release_id in enumerate(order)}


def _passages(record: Record) -> Values:
    ranked = [(passage.release_id, Span(passage.start, passage.end)) for passage in record.ranked]
    return {f"evidence@{k}": evidence_in_passages(record.evidence, ranked, k) for k in EVIDENCE_AT}


def _answer(record: Record) -> Values:
    cited = None
    if record.given is not None:
        citation = record.given.citation
        cited = (citation.release_id, Span(citation.start, citation.end))
    overlap = citation_overlap(cited, record.evidence) if record.answers is not None else None
    values: Values = {
        "citation_precision": overlap.precision if overlap else None,
        "citation_recall": overlap.recall if overlap else None,
    }
    if record.answers is not None:
        given = record.given.answer if record.given else None
        values |= {
            "answer_correct": float(_correct(record, record.given)),
            "answer_em": exact_match(given, record.answers),
            "answer_f1": token_f1(given, record.answers),
            "figure_match": figure_match(given, record.answers, record.quantity),
            "figure_qualifier": figure_qualifier_match(given, record.answers, record.quantity),
            "abstention": float((given is not None) == record.answerable),
        }
    return values


def _timeline(record: Record) -> Values:
    given = [Member(p.citation.release_id, float(p.value), p.relation) for p in record.points]
    gold = [Member(point.target.release_id, point.value, point.relation) for point in record.timeline]
    scored = timeline_score(given, gold)
    if scored is None:
        return {}
    return {
        "timeline_precision": scored.precision,
        "timeline_recall": scored.recall,
        "timeline_f1": scored.f1,
        "timeline_relations": scored.relations,
    }


def _correct(record: Record, attempt: Attempt | None) -> bool:
    answer = attempt.answer if attempt else None
    figure = figure_match(answer, record.answers or (), record.quantity)
    return (exact_match(answer, record.answers or ()) if figure is None else figure) == 1.0


def _cited(record: Record) -> bool:
    """Whether the best span's quote holds at least half of the evidence."""
    if record.best is None:
        return False
    citation = record.best.citation
    overlap = citation_overlap((citation.release_id, Span(citation.start, citation.end)), record.evidence)
    return overlap is not None and overlap.recall >= 0.5


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
    return bool(record.answers) and _correct(record, record.best)


def _confidence(record: Record) -> float:
    """Return the confidence; a question that failed counts as the worst: answered if it cannot be, and else not."""
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
