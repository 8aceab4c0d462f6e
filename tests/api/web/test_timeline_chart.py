from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.web.timeline_chart import BASE, HEIGHT, TOP, chart_of
from qa.types import Citation, TimelinePoint

CITED = Citation("r", "T", "P", date(2024, 1, 1), None, None, "q", 0, 1, 0, 1, "0" * 64)


def point(day: date, value: Any, **fields: Any) -> TimelinePoint:
    made = TimelinePoint(str(value), value, None, "", "", None, None, None, day, "earlier", CITED)
    return replace(made, **fields)


DAY = date(2024, 5, 1)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=2).map(str)


@given(st.lists(st.tuples(st.integers(0, 4000), NUMBERS, st.none() | NUMBERS), max_size=12))
def test_every_dot_is_in_the_picture_and_labels_keep_apart(stated: list[tuple[int, str, str | None]]) -> None:
    chart = chart_of([point(DAY + timedelta(days), value, value_max=top) for days, value, top in stated])
    if chart is None:
        assert len({days for days, *_ in stated}) < 2
        return
    assert len(chart.dots) == len(stated)
    for dot in chart.dots:
        assert 0 <= dot.x <= 100
        assert 0 < TOP <= dot.y <= BASE < HEIGHT
        assert TOP <= chart.zero <= BASE
    labelled = sorted(dot.x for dot in chart.dots if dot.label)
    assert all(b - a >= 24 for a, b in pairwise(labelled))
    assert chart.dots[-1].label, "the latest is always named"


def test_statements_that_are_no_numbers_are_left_to_the_table() -> None:
    dates = [point(DAY, None, text="3 May"), point(DAY + timedelta(9), None, text="9 May")]
    assert chart_of(dates) is None
    assert chart_of([point(DAY, "7"), point(DAY, "8")]) is None, "one day has no course"
    chart = chart_of([*dates, point(DAY, "7"), point(DAY + timedelta(3), "8", qualifier="more than")])
    assert chart is not None
    assert [dot.label for dot in chart.dots] == ["7", "> 8"]
