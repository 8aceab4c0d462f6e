"""Metrics of the time that answering takes: percentiles for each stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Percentiles of one stage, in milliseconds, over ``n`` questions."""

    n: int
    median: float
    p95: float
    p99: float


def latency_summary(timings_ms: Sequence[Mapping[str, float]]) -> dict[str, LatencySummary]:
    """Return stage -> percentiles, over the questions whose timings name the stage, in the order first met.

    Definition: linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default).
    Pitfall: below 100 questions p99 is nearly the maximum, and the first question pays for the cold start; no
    mean is given, because one slow question moves it.
    """
    stages: dict[str, list[float]] = {}
    for timings in timings_ms:
        for stage, milliseconds in timings.items():
            stages.setdefault(stage, []).append(milliseconds)
    return {stage: _summary(values) for stage, values in stages.items()}


def _summary(values: list[float]) -> LatencySummary:
    median, p95, p99 = (float(value) for value in np.percentile(values, [50, 95, 99]))
    return LatencySummary(len(values), median, p95, p99)
