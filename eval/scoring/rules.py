"""What each rule of `index.figures` earns on labelled releases, measured by switching it off.

A rule fires where it decides. Every release in which it does is read once more without it, and the two readings are
held against the labels, figure by figure: the rule is right where the figure is read better with it, and wrong where it
is read worse. Where another rule decides the same, both are zero. A rule that fires nowhere needs no second reading,
so the whole takes seconds.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.figures import ASPECTS, FigureLabel
from eval.scoring.figures import Read
from index.figures.read import GRAMMAR, Grammar, figures
from index.figures.rules import rows, watched, without
from index.types import Figure


@dataclass(frozen=True, slots=True)
class Earned:
    """What a rule earns: how often it decides, and how many figures are read better (``right``) or worse with it.

    ``neither`` counts those that are read otherwise, but no better and no worse. ``kept`` is the reason why the rule
    stays although it may earn nothing.
    """

    rule: str
    example: str
    kept: str
    fires: int
    right: int
    wrong: int
    neither: int


def by_rule(read: Sequence[Read], grammar: Grammar = GRAMMAR) -> list[Earned]:
    """Return what each rule earns on the releases read, in the order in which rules are tried."""
    fires: Counter[str] = Counter()
    where: dict[str, list[Read]] = {rule: [] for rule in rows(grammar)}
    for each in read:
        fired: list[str] = []
        figures(each.release.body, each.release.published, grammar=watched(grammar, fired.append))
        fires.update(fired)
        for rule in set(fired):
            where[rule].append(each)
    return [_earned(rule, fires[rule], where[rule], grammar) for rule in rows(grammar)]


def _earned(rule: str, fires: int, where: Sequence[Read], grammar: Grammar) -> Earned:
    row, rest = rows(grammar)[rule], without(grammar, rule)
    changes: Counter[str] = Counter()
    for each in where:
        changes.update(_changes(each, figures(each.release.body, each.release.published, grammar=rest)))
    return Earned(rule, row.example, row.kept, fires, changes["right"], changes["wrong"], changes["neither"])


def _changes(read: Read, rest: Sequence[Figure]) -> Counter[str]:
    """Count how the figures of a release are read with a rule, against ``rest``, what is read without it."""
    labels = {label.span: label for label in read.labels}
    with_rule = {figure.span: figure for figure in read.found}
    without_rule = {figure.span: figure for figure in rest}
    changes: Counter[str] = Counter()
    for span in {*with_rule, *without_rule}:
        a, b = with_rule.get(span), without_rule.get(span)
        if a is None or b is None or _told(a) != _told(b):
            better = _worth(a, labels.get(span)) - _worth(b, labels.get(span))
            changes["right" if better > 0 else "wrong" if better < 0 else "neither"] += 1
    return changes


def _told(figure: Figure) -> tuple[object, ...]:
    period = figure.period
    return figure.value, figure.value_max, figure.unit, figure.qualifier, figure.counted, figure.change, period


def _worth(figure: Figure | None, label: FigureLabel | None) -> int:
    """Return how many things of a figure are right: its span, and if that is right each aspect."""
    if figure is None and label is None:
        return 1 + len(ASPECTS)
    if figure is None or label is None:
        return 0
    return 1 + sum(right(figure, label) for right in ASPECTS.values())
