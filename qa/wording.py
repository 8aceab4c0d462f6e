"""Words that are the same wherever a person reads them: in the terminal, in the plot, on the page."""

import re
from datetime import date
from decimal import Decimal

from index.text.dates import MONTHS, WEEKDAY, long_date
from index.types import Coverage, SearchFilter
from qa.types import FigurePeriod

RELATIONS = {
    "latest": "latest",
    "same": "the same again",
    "earlier": "since superseded",
    "conflict": "in conflict with the latest",
}
"""The words in which a person reads how a statement relates to the newest one."""

CHANGES = {"up": "a rise", "down": "a fall"}
"""The words in which a person reads that a figure is a change."""

_SIGNS = {"GBP": "£", "USD": "$", "EUR": "€", "JPY": "¥"}
_SCALES = ((Decimal(10) ** 12, " trillion"), (Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million"))
_ROUNDS_UP = Decimal("0.9999995")
"""The share of a scale from which a number is written in it: 999,999,999 is 1 billion, to three decimal places."""
_BEYOND_WORDS = Decimal(10) ** 18
"""Numbers from here on are written as a power of ten."""


_FEW = 6
"""Up to how many publishers are named where it is said what an index covers."""

_NAMES_A_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_BEGINS_WITH_A_NAME = re.compile(rf"(?:{'|'.join(MONTHS)}|{WEEKDAY}|Christmas|Q[1-4])\b")


def when(period: FigurePeriod) -> str:
    """Return the words of a period as they stand in a line, with its days where they name no year: "in 2023"."""
    words = one_line(period.text)
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


def one_line(text: str) -> str:
    """Return a text on one line, with single blanks."""
    return " ".join(text.split())


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts: "1 passage", "2 passages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def covered(coverage: Coverage, releases: int) -> str:
    """Return what an index covers, and how current it is; ``releases`` is how many there are.

    "10 releases by 1 publisher (Home Office), published from 28 November 2024 to 16 January 2025".
    """
    if coverage.oldest is None or coverage.newest is None:
        return "no release yet"
    by = counted(len(coverage.publishers), "publisher")
    names = f" ({'; '.join(coverage.publishers)})" if len(coverage.publishers) <= _FEW else ""
    days = f"from {long_date(coverage.oldest)} to {long_date(coverage.newest)}"
    if coverage.oldest == coverage.newest:
        days = f"on {long_date(coverage.newest)}"
    return f"{counted(releases, 'release')} by {by}{names}, published {days}"


def nothing_fits(where: SearchFilter, coverage: Coverage) -> str:
    """Return that a filter leaves no release to search, and what to change; a clause without a full stop.

    "nothing was searched, because no release here is published from 1 January 2030: choose days from 28 November 2024
    to 16 January 2025, or leave the filters out".
    """
    bounds = [f"published from {long_date(where.since)}"] if where.since else []
    bounds += [f"published until {long_date(where.until)}"] if where.until else []
    bounds += [f"known on {long_date(where.as_of)}"] if where.as_of else []
    bounds += [f"by {one_line(where.publisher)}"] if where.publisher else []
    fits = f"nothing was searched, because no release here is {' and '.join(bounds)}"
    if coverage.oldest is None or coverage.newest is None:
        return f"{fits}: leave the filters out"
    days = f"choose days from {long_date(coverage.oldest)} to {long_date(coverage.newest)}"
    return f"{fits}: {days}, or leave the filters out"


def sentence(clause: str) -> str:
    """Return a clause, such as a hint, as a sentence: with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}".rstrip(".") + "."


def in_words(value: Decimal, unit: str) -> str:
    """Return a number as a newspaper prints it: £19.5 billion, 2,580, 24%, 119 tonnes."""
    scaled, scale = next(
        ((value / size, word) for size, word in _SCALES if abs(value) >= size * _ROUNDS_UP and unit != "percent"),
        (value, ""),
    )
    if abs(value) >= _BEYOND_WORDS:
        digits, power = f"{abs(value):.3e}".split("e")
        number, scale = f"{Decimal(digits).normalize():f} × 10^{int(power)}", ""
    else:
        # Three places, or three digits of what is smaller.
        places = Decimal(1).scaleb(min(-3, scaled.adjusted() - 2 if scaled else -3))
        number = f"{abs(scaled.quantize(places)):,f}".rstrip("0").rstrip(".")
    minus = "−" if value < 0 else ""
    if unit in _SIGNS:
        if not scale and re.fullmatch(r"[\d,]+\.\d", number):  # £2.60, and £2.6 million
            number += "0"
        return f"{minus}{_SIGNS[unit]}{number}{scale}"
    if unit == "percent":
        return f"{minus}{number}%"
    return f"{minus}{number}{scale}{f' {unit}' if unit else ''}"
