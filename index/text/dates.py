"""Dates as people write them: the names of months and weekdays, and how a release writes a day."""

from datetime import date
from typing import Final

# `calendar.month_name` would follow the machine's locale
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""The months in order, with the names that releases give them."""

SHORT_MONTHS: Final = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sept": 9, "Sep": 9, "Oct": 10, "Nov": 11,
    "Dec": 12,
}  # fmt: skip
"""Shortened names of months, and the number of each month."""

MONTH_NUMBERS: Final = {name: number for number, name in enumerate(MONTHS, start=1)} | SHORT_MONTHS
"""Every name of a month, long or short, and its number."""

UNDATED: Final = date.min
"""The day of a release whose day is not known: the first there is, so that nothing is told from it by counting back."""

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""The weekdays in order, as `date.weekday` counts them."""

WEEKDAY: Final = rf"(?:{'|'.join(name.removesuffix('day') for name in WEEKDAYS)})day"
"""Pattern of the seven weekdays."""


def long_date(day: date) -> str:
    """Return a date as a British release writes it: "9 January 2025"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
