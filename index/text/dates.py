"""Writing dates as press releases do."""

from datetime import date

# fmt: off
_MONTHS = (  # `calendar.month_name` would follow the machine's locale
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def long_date(day: date) -> str:
    """Return a date as a British release writes it: "9 January 2025"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
