"""A figure as a row of the catalog's table, and back.

Values are stored as decimals in text, because a database's numbers need not be exact.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from index.text.decimals import plain
from index.types import Figure, Period, Span

COLUMNS: Final = (
    'start, "end", number_start, number_end, value, value_max, unit, qualifier, counted_start, counted_end, change,'
    " period_start, period_end, period_from, period_to, sentence_start, sentence_end"
)
"""The columns of a figure in SQL, in the order in which `from_row` reads them."""

INSERT: Final = f"INSERT INTO figure (revision_id, {COLUMNS}) VALUES (?{', ?' * 17})"
"""The SQL statement that stores a figure; `to_row` gives its values."""

Row = Sequence[int | str | None]
"""The values of a figure's row, in the order of the SQL statement it belongs to."""


def to_row(revision: int, figure: Figure) -> Row:
    """Return the values with which `INSERT` stores ``figure`` for the revision with the row id ``revision``."""
    period, counted = figure.period, figure.counted
    return (
        revision,
        figure.span.start,
        figure.span.end,
        figure.number.start,
        figure.number.end,
        plain(figure.value),
        plain(figure.value_max) if figure.value_max is not None else None,
        figure.unit,
        figure.qualifier,
        counted.start if counted else None,
        counted.end if counted else None,
        figure.change,
        period.span.start if period else None,
        period.span.end if period else None,
        period.start.isoformat() if period and period.start else None,
        period.end.isoformat() if period and period.end else None,
        figure.sentence.start,
        figure.sentence.end,
    )


def from_row(row: Row) -> Figure:
    """Return the figure in a row of `COLUMNS`; raises ValueError for values that `to_row` never gives."""
    start, end, number, number_end, value, value_max, unit, qualifier, counted, counted_end, change, *rest = row
    period, period_end, period_from, period_to, sentence, sentence_end = rest
    if change not in (None, "up", "down"):
        raise ValueError(f"no direction of change: {change!r}")
    try:
        return Figure(
            span=_span(start, end),
            number=_span(number, number_end),
            value=Decimal(str(value)),
            value_max=Decimal(str(value_max)) if value_max is not None else None,
            unit=str(unit),
            qualifier=str(qualifier),
            counted=_span(counted, counted_end) if counted is not None else None,
            change="up" if change == "up" else "down" if change else None,
            period=Period(_span(period, period_end), _day(period_from), _day(period_to))
            if period is not None
            else None,
            sentence=_span(sentence, sentence_end),
        )
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}, {value_max!r}") from error


def _span(start: int | str | None, end: int | str | None) -> Span:
    return Span(int(start or 0), int(end or 0))


def _day(text: int | str | None) -> date | None:
    return date.fromisoformat(str(text)) if text is not None else None
