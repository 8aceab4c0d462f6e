"""Two runs of the same questions: whether the difference is real, and which questions cause it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics import PairedDifference, holm, paired_difference
from eval.runs.folder import Run
from eval.scoring.measures import HEADLINE, METRICS, Values, per_question
from eval.types import Record
from index.errors import InputError

ALPHA = 0.05
"""A corrected p-value below this is called a real difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of A and B over the questions that it applies to in both. ``p_holm`` is corrected."""

    metric: str
    a: float
    b: float
    paired: PairedDifference
    p_holm: float

    @property
    def worse(self) -> bool:
        """True if B is significantly worse."""
        return self.p_holm < ALPHA and self.paired.difference.mean < 0

    @property
    def better(self) -> bool:
        """True if B is significantly better."""
        return self.p_holm < ALPHA and self.paired.difference.mean > 0


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose metrics differ, with the values of those that do: metric -> (A, B)."""

    a: Record
    b: Record
    values: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A against B. ``dropped`` are the questions that only one of them has, or that were labelled differently."""

    a: Run
    b: Run
    differences: tuple[Difference, ...]
    won: tuple[Changed, ...]
    lost: tuple[Changed, ...]
    dropped: tuple[str, ...]
    settings: dict[str, tuple[Any, Any]]


def compare(a: Run, b: Run, metrics: Sequence[str] = HEADLINE, *, intersect: bool = False) -> Comparison:
    """Compare two runs, paired by question; the p-values are corrected for the number of metrics.

    Raises `InputError` for an unknown metric, and where the two runs did not ask the same questions with the same
    labels, unless only those that they share are wanted (``intersect``).
    """
    check_metrics(metrics)
    left, right = ({record.id: record for record in run.records} for run in (a, b))
    shared = [name for name in left if name in right and same_question(left[name], right[name])]
    dropped = sorted((left.keys() | right.keys()) - set(shared))
    if dropped and not intersect:
        raise InputError(
            f"the runs {a.info.name} and {b.info.name} are not of the same questions: {len(dropped)} differ"
            f" or are in one only ({', '.join(dropped[:5])}{', ...' if len(dropped) > 5 else ''})",
            "run both over one gold set, or compare those that they share: --intersect",
        )
    if not shared:
        raise InputError(f"the runs {a.info.name} and {b.info.name} share no question", "compare runs of one gold set")
    values_a, values_b = (per_question([held[name] for name in shared]) for held in (left, right))
    changed = [_changed(left[name], right[name], values_a[name], values_b[name], metrics) for name in shared]
    return Comparison(
        a=a,
        b=b,
        differences=differences(values_a, values_b, metrics),
        won=tuple(each for each in changed if _balance(each) > 0),
        lost=tuple(each for each in changed if _balance(each) < 0),
        dropped=tuple(dropped),
        settings=_settings(a, b),
    )


def check_metrics(metrics: Iterable[str]) -> None:
    """Raise `InputError` for an unknown metric, naming those there are."""
    for metric in metrics:
        if metric not in METRICS:
            raise InputError(f"no metric is called {metric!r}", f"choose among: {', '.join(METRICS)}")


def differences(
    a: Mapping[str, Values], b: Mapping[str, Values], metrics: Sequence[str] = HEADLINE
) -> tuple[Difference, ...]:
    """Return the paired difference of each metric over the questions that it applies to in both runs.

    Metrics that apply to none are left out. The correction (Holm) is over the metrics returned.
    """
    found: dict[str, tuple[float, float, PairedDifference]] = {}
    for metric in metrics:
        both = {
            name: (first, second)
            for name in a
            if (first := a[name].get(metric)) is not None and (second := b[name].get(metric)) is not None
        }
        if both:
            paired = paired_difference({n: v[0] for n, v in both.items()}, {n: v[1] for n, v in both.items()})
            mean_a, mean_b = (sum(values[side] for values in both.values()) / len(both) for side in (0, 1))
            found[metric] = (mean_a, mean_b, paired)
    corrected = holm({metric: paired.p_value for metric, (_, _, paired) in found.items()})
    return tuple(
        Difference(metric, mean_a, mean_b, paired, corrected[metric])
        for metric, (mean_a, mean_b, paired) in found.items()
    )


def same_question(a: Record, b: Record) -> bool:
    """Return True if two records are of the same question with the same labels, whatever the chunker and the index."""

    def asked(record: Record) -> tuple[object, ...]:
        evidence = frozenset((target.title, target.published, _evidence(target)) for target in record.targets)
        return record.question, record.answers, record.as_of, evidence

    return asked(a) == asked(b)


def _evidence(target: Any) -> tuple[str, ...]:
    start = target.paragraph_start
    return tuple(target.paragraph[span.start - start : span.end - start] for span in target.spans[:1])


def _changed(a: Record, b: Record, before: Values, after: Values, metrics: Sequence[str]) -> Changed:
    moved = {}
    for metric in metrics:
        first, second = before.get(metric), after.get(metric)
        if first is not None and second is not None and first != second:
            moved[metric] = (first, second)
    return Changed(a, b, moved)


def _balance(changed: Changed) -> float:
    """Positive where B did better: by the sum over the metrics, all of which lie in [0, 1]."""
    return sum(after - before for before, after in changed.values.values())


def _settings(a: Run, b: Run) -> dict[str, tuple[Any, Any]]:
    sides = [
        {
            **run.info.settings,
            **run.info.manifest,
            "commit": run.info.commit,
            "releases": run.info.releases,
            "passages": run.info.passages,
            "gold": run.info.gold["sha256"][:12],
        }
        for run in (a, b)
    ]
    names = dict.fromkeys([*sides[0], *sides[1]])
    return {
        name: (sides[0].get(name), sides[1].get(name)) for name in names if sides[0].get(name) != sides[1].get(name)
    }
