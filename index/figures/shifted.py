"""Stretches of time that lie from another one as the words say: "the same month a year before", "a year earlier"."""

from calendar import monthrange
from datetime import date, timedelta

from index.figures.calendar import calendar_days, month_start
from index.figures.period_patterns import MONTH_BEFORE, SAME_BEFORE, STEPPED
from index.text.dates import MONTH_NUMBERS
from index.text.number_words import ONES

Days = tuple[date, date]
"""The first and the last day of a stretch of time."""

Shifted = tuple[int, Days | None]
"""Where the words end, and the days they mean; None where the words do not settle them."""

_DAY = timedelta(days=1)

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "months": 12}
"""How many months the words of a stretch of time mean; "the previous 12 months" is the only one in the plural."""

_YEAR = 366
"""A stretch of more days than this is no single year, so that "the year before" it means nothing in particular."""


def same_time_before(text: str, at: int, base: Days | None) -> Shifted | None:
    """Return what "the same month a year before" means at ``at``, after a time ``base`` of the sentence.

    "August of the year before" is that of the year before the base's.
    """
    if (month := MONTH_BEFORE.match(text, at)) is not None:
        days = (
            calendar_days(base[0].year - 1, MONTH_NUMBERS[month["month"]], None) if base is not None else (None, None)
        )
        return month.end(), (days[0], days[1]) if days[0] and days[1] else None
    match = SAME_BEFORE.match(text, at)
    if match is None:
        return None
    whole = _unit_of(base, match["unit"].lower()) if base is not None else None
    if whole is None:
        return match.end(), None
    years = whole[0].year - int(match["year"]) if match["year"] else _count(match["count"])
    return match.end(), _months_before(whole, 12 * years) if years > 0 else None


def stepped_from(text: str, at: int, base: Days | None) -> Shifted | None:
    """Return what "a year earlier", "the month before" or "the next day" means at ``at``, after ``base``.

    Without a ``base`` that is as long as the words say, there is nothing to count from, and None is returned.
    """
    match = STEPPED.match(text, at)
    if match is None or base is None or match["ago"]:  # "a year ago" counts from the day of publication
        return None
    if match["length"]:
        # A day is no figure's period a year on: "sentenced on 5 May for offences a year earlier".
        months = _count(match["count"]) * (12 if match["length"].lower() == "year" else 1)
        return (match.end(), _months_before(base, months)) if base[0] != base[1] else None
    if match["after"]:
        return (match.end(), (base[0] + _DAY, base[1] + _DAY)) if base[0] == base[1] else None
    unit = (match["before"] or match["next"]).lower().split()[-1]
    if unit in ("day", "week"):
        days = {"day": 1, "week": 7}[unit]
        step = timedelta(days=days)
        return (match.end(), (base[0] - step, base[1] - step)) if (base[1] - base[0]).days + 1 == days else None
    months = _MONTHS[unit]
    if not _whole_months(base, months):
        return None
    return match.end(), _months_before(base, months)


def is_unit(days: Days, unit: str) -> bool:
    """Return True if a stretch of time is one whole month, quarter or year, whatever day it begins on."""
    return unit in _MONTHS and _whole_months(days, _MONTHS[unit])


def _count(word: str | None) -> int:
    if word is None:
        return 1
    return int(word) if word.isdigit() else ONES[word.lower()]


def _unit_of(base: Days, unit: str) -> Days | None:
    start, end = base
    match unit:
        case "month":
            whole = calendar_days(start.year, start.month, None)
            return (whole[0], whole[1]) if whole[0] and whole[1] and end <= whole[1] else None
        case "quarter":
            return base if _whole_months(base, 3) else None
        case "year":
            return base if _whole_months(base, 12) else None
        case "day" | "date":
            return base if start == end else None
        case "week" | "weekend":
            return None  # a week of another year has other days
    return base if (end - start).days <= _YEAR else None


def _whole_months(days: Days, months: int) -> bool:
    return days[0].day == 1 and days[1] == month_start(days[0], months) - timedelta(days=1)


def _months_before(days: Days, months: int) -> Days:
    """Return the days that lie some months before; the end of a month stays the end of one."""
    return _month_before(days[0], months), _month_before(days[1], months)


def _month_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    last = monthrange(year, month)[1]
    ends = day.day == monthrange(day.year, day.month)[1]
    return date(year, month, last if ends else min(day.day, last))
