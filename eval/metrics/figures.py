"""Metrics of the figures read in releases: of their spans and, for each span that was found, of its other aspects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from index.types import Figure, Span

_DIGITS: Final = Decimal("1e-10")
"""Labels write a third as 0.3333333333: values that differ by no more than this count as equal."""


@dataclass(frozen=True, slots=True)
class PeriodLabel:
    """The period of a labelled figure: its words as a span, and its days where they are settled."""

    span: Span
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class FigureLabel:
    """A figure as a person labels it, with spans into the release's body."""

    span: Span
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    counted: Span | None
    change: str | None
    period: PeriodLabel | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; the rate is 0 of nothing."""

    right: int
    of: int

    @property
    def rate(self) -> float:
        """The share in [0, 1]."""
        return self.right / self.of if self.of else 0.0


def value_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if the value is the labelled one, and of a range both ends are."""
    return _same(figure.value, label.value) and _same(figure.value_max, label.value_max)


def _same(a: Decimal | None, b: Decimal | None) -> bool:
    return a is b is None or (a is not None and b is not None and abs(a - b) <= _DIGITS)


def unit_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if the unit is the labelled one, letter by letter."""
    return figure.unit == label.unit


def qualifier_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if the qualifier is the labelled one."""
    return figure.qualifier == label.qualifier


def change_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if both are the same change, or both a level."""
    return figure.change == label.change


def counted_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if the words counted overlap the labelled ones, or both have none.

    Definition: ours. Pitfall: where a noun phrase ends is a matter of taste; `counted_exact` wants the same words.
    """
    return _overlap(figure.counted, label.counted)


def counted_exact(figure: Figure, label: FigureLabel) -> bool:
    """Return True if the words counted are the labelled ones to the letter, or both have none."""
    return figure.counted == label.counted


def period_right(figure: Figure, label: FigureLabel) -> bool:
    """Return True if both have no period, or both have overlapping words that run from and to the same days.

    Definition: ours. Pitfall: most figures have no period, so a reader that never gives one scores their share; look
    at it for the labels that have one, too.
    """
    if figure.period is None or label.period is None:
        return figure.period is None and label.period is None
    days = (figure.period.start, figure.period.end) == (label.period.start, label.period.end)
    return days and _overlap(figure.period.span, label.period.span)


def _overlap(a: Span | None, b: Span | None) -> bool:
    if a is None or b is None:
        return a is b is None
    return a.start < b.end and b.start < a.end


ASPECTS: Final[dict[str, Callable[[Figure, FigureLabel], bool]]] = {
    "value": value_right,
    "unit": unit_right,
    "qualifier": qualifier_right,
    "period": period_right,
    "counted": counted_right,
    "counted, every word": counted_exact,
    "change": change_right,
}
"""Name -> function: the aspects of a figure that are scored, each by itself, if its span was found."""


@dataclass(frozen=True, slots=True)
class FigureScore:
    """Precision and recall of spans, and the accuracy of each aspect of those that were found.

    ``stated_period`` is the period's accuracy for the labels that have one.
    """

    releases: int
    precision: Share
    recall: Share
    aspects: dict[str, Share]
    stated_period: Share

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision.of + self.recall.of
        return 2 * self.precision.right / both if both else 0.0


Pairs = Sequence[tuple[Sequence[Figure], Sequence[FigureLabel]]]
"""For each release, what was read and what is labelled."""


def matched(found: Sequence[Figure], labels: Sequence[FigureLabel]) -> list[tuple[Figure, FigureLabel]]:
    """Return the figures whose span is exactly that of a label, with it."""
    by_span = {label.span: label for label in labels}
    return [(figure, by_span[figure.span]) for figure in found if figure.span in by_span]


def figure_score(pairs: Pairs) -> FigureScore:
    """Return the scores over releases, every figure with the same weight (micro average).

    Definition: a span counts as found where start and end are the labelled ones. Source: the exact match of the
    shared task CoNLL-2003 (Tjong Kim Sang and De Meulder 2003). Pitfall: an article too much is a miss and a false
    alarm at once; and precision holds only where every quantity of a release is labelled.
    """
    hits = [pair for found, labels in pairs for pair in matched(found, labels)]
    dated = [pair for pair in hits if pair[1].period is not None]
    return FigureScore(
        releases=len(pairs),
        precision=Share(len(hits), sum(len(found) for found, _ in pairs)),
        recall=Share(len(hits), sum(len(labels) for _, labels in pairs)),
        aspects={name: _share(right, hits) for name, right in ASPECTS.items()},
        stated_period=_share(period_right, dated),
    )


def _share(right: Callable[[Figure, FigureLabel], bool], hits: Sequence[tuple[Figure, FigureLabel]]) -> Share:
    return Share(sum(right(figure, label) for figure, label in hits), len(hits))
