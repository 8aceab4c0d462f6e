"""Metrics, one small function each: first a value for each question, then means over the questions.

A function of one question returns a float, or ``None`` where the metric does not apply to the question;
`mean` averages those that apply. The caller must score a question that failed as zero, and never drop it.
"""

from eval.metrics.abstention import (
    Confusion,
    ReliabilityBin,
    RiskCoveragePoint,
    auroc,
    average_precision,
    confusion_at,
    expected_calibration_error,
    reliability_bins,
    risk_coverage_area,
    risk_coverage_curve,
)
from eval.metrics.answers import exact_match, figure_match, figure_qualifier_match, token_f1
from eval.metrics.citations import Overlap, citation_overlap, quote_holds
from eval.metrics.intervals import (
    Interval,
    PairedDifference,
    bootstrap_interval,
    holm,
    mean,
    paired_difference,
    randomisation_p_value,
)
from eval.metrics.latency import LatencySummary, latency_summary
from eval.metrics.retrieval import RETRIEVAL_METRICS, evidence_in_passages, retrieval_scores
from eval.metrics.timelines import Member, TimelineScore, timeline_score

__all__ = [
    "RETRIEVAL_METRICS",
    "Confusion",
    "Interval",
    "LatencySummary",
    "Member",
    "Overlap",
    "PairedDifference",
    "ReliabilityBin",
    "RiskCoveragePoint",
    "TimelineScore",
    "auroc",
    "average_precision",
    "bootstrap_interval",
    "citation_overlap",
    "confusion_at",
    "evidence_in_passages",
    "exact_match",
    "expected_calibration_error",
    "figure_match",
    "figure_qualifier_match",
    "holm",
    "latency_summary",
    "mean",
    "paired_difference",
    "quote_holds",
    "randomisation_p_value",
    "reliability_bins",
    "retrieval_scores",
    "risk_coverage_area",
    "risk_coverage_curve",
    "timeline_score",
    "token_f1",
]
