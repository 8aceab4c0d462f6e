"""Means with bootstrap intervals, and tests of differences: paired randomisation with Holm's correction.

Randomness comes from a generator seeded for each call, so equal input gives equal output to the last digit.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

SEED: Final = 20260101
"""The seed of every generator."""

RESAMPLES: Final = 10_000
"""How many samples a bootstrap or a randomisation test draws."""

_EXACT_UP_TO: Final = 16
"""Up to this many pairs that differ, all 2**n patterns of signs are counted: at most 65,536."""

_BATCH_CELLS: Final = 2_000_000
"""How many random cells are drawn at once: about 16 MB."""

_TOLERANCE: Final = 1e-12
"""How far apart two sums may be and count as equal, as a share of the sum of absolute values.

The same differences added in another order may differ by rounding.
"""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean of ``n`` values with its confidence interval; rarely, for very skewed values, the mean lies outside it."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean of B minus A over the same questions, its interval, and the test of "no difference"."""

    difference: Interval
    p_value: float
    won: int
    """The number of questions on which B is better."""
    lost: int
    """The number of questions on which B is worse."""
    tied: int
    """The number of questions on which both are equal."""


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that apply (not ``None``), summed exactly; ``None`` if none does."""
    applicable = [value for value in values if value is not None]
    return math.fsum(applicable) / len(applicable) if applicable else None


def bootstrap_interval(
    values: Sequence[float], level: float = 0.95, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """Return the mean of ``values`` with its percentile bootstrap interval.

    Definition: the (1 - level)/2 quantiles of the means of ``resamples`` samples drawn with replacement.
    Source: Efron 1979; Efron and Tibshirani 1993, chapter 13. Pitfalls: too narrow below about 20 values, and
    of no width where all values are equal; it speaks of new questions of the same kind, not of other corpora.
    Raises ValueError for no values.
    """
    if not values:
        raise ValueError("no values to take a mean of")
    if not 0 < level < 1:
        raise ValueError(f"not a confidence level in (0, 1): {level!r}")
    data = np.asarray(values, dtype=np.float64)
    centre = math.fsum(values) / len(values)
    if data.min() == data.max():
        return Interval(centre, centre, centre, len(values))
    generator = np.random.default_rng(seed)
    means = np.concatenate(
        [
            data[generator.integers(0, data.size, size=(rows, data.size))].sum(axis=1) / data.size
            for rows in _batches(resamples, data.size)
        ]
    )
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(centre, float(low), float(high), len(values))


def randomisation_p_value(differences: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> float:
    """Return the two-sided p-value of "the mean of the paired ``differences`` is 0".

    Definition: under that hypothesis each pair's two systems may change places, so the sign of its difference
    may flip; p is the share of sign patterns whose mean is at least as far from 0 as the one seen. Up to 16
    pairs that differ all patterns are counted (exact); beyond, ``resamples`` = m random ones are drawn and
    p = (b + 1) / (m + 1), never 0. Pairs without a difference change nothing and are left out; 1.0 where no
    pair differs. Source: Fisher 1935; Noreen 1989; for retrieval Smucker et al. 2007; the +1: Phipson and
    Smyth 2010. Pitfall: n pairs that differ give no p below 2 / 2**n, so 5 of them cannot reach 0.05.
    """
    moved = np.asarray([d for d in differences if d != 0], dtype=np.float64)
    if moved.size == 0:
        return 1.0
    seen = abs(math.fsum(moved))
    bound = seen - _TOLERANCE * float(np.abs(moved).sum())
    if moved.size <= _EXACT_UP_TO:
        patterns = np.array(list(product((1.0, -1.0), repeat=moved.size)), dtype=np.float64)
        return _as_extreme(patterns, moved, bound) / len(patterns)
    generator = np.random.default_rng(seed)
    extreme = 0
    for rows in _batches(resamples, moved.size):
        signs = generator.integers(0, 2, size=(rows, moved.size)).astype(np.float64) * 2 - 1
        extreme += _as_extreme(signs, moved, bound)
    return (extreme + 1) / (resamples + 1)


def paired_difference(
    a: Mapping[str, float], b: Mapping[str, float], resamples: int = RESAMPLES, seed: int = SEED
) -> PairedDifference:
    """Compare two runs over the same questions: question id -> value, for A and for B.

    The interval is the percentile bootstrap of the mean of B - A, the p-value that of
    `randomisation_p_value`. Raises ValueError if the questions are not the same or there are none: a question
    that one run failed on must be scored as zero there, not dropped here.
    """
    if a.keys() != b.keys():
        odd = sorted(a.keys() ^ b.keys())
        raise ValueError(f"not the same questions: {', '.join(odd[:5])}{' ...' if len(odd) > 5 else ''}")
    differences = [b[question] - a[question] for question in sorted(a)]
    return PairedDifference(
        difference=bootstrap_interval(differences, resamples=resamples, seed=seed),
        p_value=randomisation_p_value(differences, resamples=resamples, seed=seed),
        won=sum(d > 0 for d in differences),
        lost=sum(d < 0 for d in differences),
        tied=sum(d == 0 for d in differences),
    )


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return metric -> p-value corrected for the number of metrics, in the order given.

    Definition: the k-th smallest of m is multiplied by m - k + 1, at most 1, and never below a smaller one's.
    Source: Holm 1979: bounds the chance of any false alarm whatever the metrics' dependence. Pitfall: every
    metric that is looked at must be in; leaving some out after looking undoes it.
    """
    corrected, floor = {}, 0.0
    for place, name in enumerate(sorted(p_values, key=lambda name: (p_values[name], name))):
        floor = max(floor, min(1.0, p_values[name] * (len(p_values) - place)))
        corrected[name] = floor
    return {name: corrected[name] for name in p_values}


def _as_extreme(signs: NDArray[np.float64], moved: NDArray[np.float64], bound: float) -> int:
    # not a matrix product: BLAS may add in another order on another machine
    sums = np.abs((signs * moved).sum(axis=1))
    return int(np.count_nonzero(sums >= bound))


def _batches(rows: int, columns: int) -> list[int]:
    """Split ``rows`` into batches of at most `_BATCH_CELLS` cells."""
    size = max(1, _BATCH_CELLS // columns)
    return [min(size, rows - start) for start in range(0, rows, size)]
