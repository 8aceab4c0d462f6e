"""The days of seasons that words name: "this spring" of a release, "summer 2024" of a question.

Records of figures leave a season without days, since nobody says on which it begins. To hold one season against
another, or against a day, its three months are enough.
"""

import re
from datetime import date, timedelta
from typing import Final

from index.figures.calendar import month_start

_FIRST_MONTH: Final = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_LENGTH: Final = 3
"""Months in a season."""

_NAMED = re.compile(
    r"\b(?:(?P<this>this|the)\s+)?(?P<season>spring|summer|autumn|winter)\b"
    r"(?:\s+(?:of\s+)?(?P<year>(?:19|20)\d\d)\b(?P<next>[-–/](?:\d{4}|\d\d)\b)?)?",
    re.IGNORECASE,
)


def season_days(words: str, published: date | None = None) -> tuple[date, date] | None:
    """Return the first and last day of the first season that is named with its year, or as that of a release.

    "This spring" is that of the year of publication; in January and February "this winter" began the year before. A
    winter by one year ("winter 2024") begins in it. None if nothing tells which year is meant.
    """
    for match in _NAMED.finditer(words):
        season = match["season"].lower()
        if match["next"] and season != "winter":
            continue
        if match["year"]:
            year = int(match["year"])
        elif match["this"] and match["this"].lower() == "this" and published is not None:
            year = published.year - (season == "winter" and published.month < _LENGTH)
        else:
            continue
        if not date.min.year < year < date.max.year:
            continue
        start = date(year, _FIRST_MONTH[season], 1)
        return start, month_start(start, _LENGTH) - timedelta(days=1)
    return None
