"""The timeline of a figure as a small chart: when each number was published, and how high it was.

Only places are computed here, in percent of the width and in pixels of height, so that the drawing fits any screen
without scaling its letters. It is drawn by the template ``timeline.html``: libraries for charts write styles or script
into their pictures, which the pages' security policy refuses, and know nothing of light and dark. Numbers are not
joined by a line, because nothing is known of the time between two releases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from index.text.dates import MONTHS, long_date
from qa.types import Relation, TimelinePoint
from qa.wording import RELATIONS, in_words

HEIGHT, TOP, BASE = 190, 34, 156
"""Pixels: the height of the chart, the place of its highest number, and that of zero."""

_LEFT, _RIGHT = 5.0, 95.0
"""Percent of the width: the places of the first and the last day."""

_APART = 24.0
"""Percent of the width that a label needs for itself on a phone; set by looking at one of 320 pixels."""

_SIGNS = {"more than": ">", "at least": "≥", "fewer than": "<", "up to": "≤", "nearly": "~", "around": "~"}
"""The qualifiers of figures as the labels of a small chart have room for them."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A statement in the chart: its place, its number in words, and the sentence that a pointer shows.

    ``x`` is in percent of the width; ``y`` and ``y_low``, the lower end of a range, in pixels from above. ``label`` is
    empty where it would cover another; ``anchor`` says which side of it is at ``x``.
    """

    x: float
    y: float
    y_low: float | None
    label: str
    anchor: str
    note: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Tick:
    """A day below the chart."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its dots, oldest first, days below them, and where zero lies, in pixels from above."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    zero: float
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Number:
    day: date
    low: Decimal
    high: Decimal
    point: TimelinePoint


def chart_of(timeline: Sequence[TimelinePoint]) -> Chart | None:
    """Return the chart of a timeline; None if fewer than two days have a number to show."""
    numbers = sorted(filter(None, map(_number, timeline)), key=lambda each: each.day)
    if len({each.day for each in numbers}) < 2:
        return None
    first, last = numbers[0].day, numbers[-1].day
    top = max(Decimal(0), *(each.high for each in numbers))
    bottom = min(Decimal(0), *(each.low for each in numbers))

    def x(day: date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (day - first).days / (last - first).days, 2)

    def y(value: Decimal) -> float:
        return round(BASE - (BASE - TOP) * float((value - bottom) / (top - bottom or 1)), 1)

    labelled = _labelled([x(each.day) for each in numbers])
    dots = []
    for number, each in enumerate(numbers):
        words = f"{_SIGNS.get(each.point.qualifier, '')} {in_words(each.high, each.point.unit)}".strip()
        note = f"{long_date(each.day)}: {' '.join(each.point.text.split())} ({RELATIONS[each.point.relation]})"
        dots.append(
            Dot(
                x(each.day),
                y(each.high),
                y(each.low) if each.low != each.high else None,
                words if number in labelled else "",
                _anchor(x(each.day)),
                note,
                each.point.relation,
            )
        )
    ticks = tuple(
        Tick(x(day), f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}", _anchor(x(day))) for day in (first, last)
    )
    return Chart(tuple(dots), ticks, y(Decimal(0)))


def _number(point: TimelinePoint) -> _Number | None:
    if point.value is None:  # a statement of another kind, such as a date or a name
        return None
    try:
        low, high = sorted((Decimal(point.value), Decimal(point.value_max or point.value)))
    except InvalidOperation:
        return None
    return _Number(point.published, low, high, point) if low.is_finite() and high.is_finite() else None


def _labelled(places: Sequence[float]) -> set[int]:
    """Return which of the places, ascending, have room for a label: the last, the first, then from the left."""
    chosen = [len(places) - 1]
    for number in range(len(places) - 1):
        if all(abs(places[number] - places[other]) >= _APART for other in chosen):
            chosen.append(number)
    return set(chosen)


def _anchor(x: float) -> str:
    return "start" if x < 15 else "end" if x > 85 else "middle"
