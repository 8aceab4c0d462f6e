"""How an earlier statement relates to the newest one."""

from decimal import Decimal

from index.types import Figure, Period
from qa.figures.statements import Statement
from qa.types import Relation

_CLOSE = Decimal("0.05")
"""How far the exact number may be from one after "nearly" or "around", as a share of the latter."""


def relation(newest: Statement, other: Statement) -> Relation:
    """Return how an older statement relates to the newest one.

    ``same``: it states the same number, or one that the qualifiers allow for the same period; ``conflict``: another
    number for the same dated period, or on the same day for none; ``earlier``: superseded.
    """
    a, b = newest.figure, other.figure
    if (a.value, a.value_max) == (b.value, b.value_max):
        return "same"
    of_one_day = newest.published == other.published and a.period is None and b.period is None
    if not of_one_day and not _same_period(a.period, b.period):
        return "earlier"
    return "same" if _compatible(a, b) else "conflict"


def _same_period(a: Period | None, b: Period | None) -> bool:
    if a is None or b is None or (a.start is None and a.end is None):
        return False
    # "Since 5 July" ends on the day it was written: a later count of it covers more.
    return (a.start, a.end) == (b.start, b.end) and a.end is not None


def _compatible(a: Figure, b: Figure) -> bool:
    """Return True if two statements may be about the same number: "more than 2,100" and "2,134"."""
    low_a, high_a = _bounds(a)
    low_b, high_b = _bounds(b)
    return (low_a is None or high_b is None or low_a <= high_b) and (low_b is None or high_a is None or low_b <= high_a)


def _bounds(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    low = figure.value
    high = low if figure.value_max is None else figure.value_max
    slack = abs(high) * _CLOSE
    match figure.qualifier:
        case "more than" | "at least":
            return low, None
        case "up to" | "fewer than":
            return None, high
        case "nearly":
            return low - slack, high
        case "around":
            return low - slack, high + slack
        case _:
            return low, high
