"""Words that are the same wherever a person reads them: in the terminal, in the plot."""

import re
from datetime import date

from index.text.dates import MONTHS, WEEKDAY, long_date
from qa.types import FigurePeriod

RELATIONS = {
    "latest": "latest",
    "same": "the same again",
    "earlier": "since superseded",
    "conflict": "in conflict with the latest",
}
"""The words in which a person reads how a statement relates to the newest one."""


_NAMES_A_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_BEGINS_WITH_A_NAME = re.compile(rf"(?:{'|'.join(MONTHS)}|{WEEKDAY}|Christmas|Q[1-4])\b")


def when(period: FigurePeriod) -> str:
    """Return the words of a period as they stand in a line, with its days where they name no year: "in 2023"."""
    words = " ".join(period.text.split())
    if not _BEGINS_WITH_A_NAME.match(words):
        words = words[:1].lower() + words[1:]
    if _NAMES_A_YEAR.search(words) or (period.start is None and period.end is None):
        return words
    if period.start == period.end and period.start is not None:
        return f"{words} ({long_date(period.start)})"
    if period.start is None or period.end is None:
        days = f"{long_date(period.start)} on" if period.start else f"up to {long_date(period.end or date.max)}"
        return f"{words} ({days})"
    return f"{words} ({long_date(period.start)} to {long_date(period.end)})"


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: "1 passage", "2 passages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
