"""Arithmetic of days, months and years, as far as periods need it. Bounds are inclusive."""

from calendar import monthrange
from datetime import date, timedelta


def calendar_days(year: int, month: int | None, day: int | None) -> tuple[date, date] | tuple[None, None]:
    """Return the first and last day of a year, a month or a day; of one that does not exist, nothing."""
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is not None:
            return date(year, month, day), date(year, month, day)
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None, None


def unit_around(today: date, unit: str, step: int, *, fiscal: bool) -> tuple[date, date] | tuple[None, None]:
    """Return the calendar year, month, week, weekend or quarter that lies ``step`` from today's.

    This weekend is Saturday and Sunday of this week, also before they have come.
    """
    try:
        match unit:
            case "year" if fiscal:
                first = today.year - (today.month < 4) + step
                return date(first, 4, 1), date(first + 1, 3, 31)
            case "year":
                return calendar_days(today.year + step, None, None)
            case "month" | "quarter":
                length = 1 if unit == "month" else 3
                begin = today.replace(month=today.month - (today.month - 1) % length, day=1)
                start = month_start(begin, step * length)
                return start, month_start(start, length) - timedelta(days=1)
            case "week":
                monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
                return monday, monday + timedelta(days=6)
            case "weekend":
                monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
                return monday + timedelta(days=5), monday + timedelta(days=6)
    except (ValueError, OverflowError):
        pass
    return None, None


def month_start(first: date, months: int) -> date:
    """Return the first day of the month that lies ``months`` after that of ``first``; raises ValueError beyond 9999."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_back(end: date, months: int) -> date:
    """Return the first day of the ``months`` months that end on ``end``, inclusive."""
    day = end + timedelta(days=1) if end < date.max else end
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
