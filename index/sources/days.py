"""Days as people and machines write them in pages, feeds and files: "4 July 2025", "July 4, 2025", "2025-07-04"."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from index.sources.build import LONDON, iso_moment

_MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr",
):
    _MONTHS |= {name: number for number, name in enumerate(_names.split(), 1)}
_MONTHS |= {"sept": 9, "setiembre": 9}
_MONTHS |= {"janv": 1, "fevr": 2, "avr": 4, "juil": 7}  # as French shortens them; then German, Spanish, Italian
_MONTHS |= {"mrz": 3, "okt": 10, "dez": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12}
_MONTHS |= {"gen": 1, "giu": 6, "lug": 7, "ott": 10}

_NAME = r"(?P<{m}>[^\W\d_]{{3,10}})"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?(?: [A-Z]{2,5})?"
"""A time of day between the day and the year, as programs write it: "Thu Mar 14 10:00:00 EST 2024"."""

_DAY_FIRST = (
    r"(?P<d1>\d{1,2})(?:st|nd|rd|th|er|\.|º)?(?:[ -]|/(?=[^\W\d_]{3,10}/))(?:day of |of |de |d[ae]n |am )?"
    rf"{_NAME.format(m='m1')}(?:\.?,?[ -]|/|,)(?:de |of )?"
    r"(?P<y1>(?:19|20)\d\d(?!\d)|[’']?\d\d(?=\s*(?:$|[,;|)\]–—]|\d{1,2}:\d\d)))"
)
_MONTH_FIRST = (
    rf"{_NAME.format(m='m2')}(?:\. ?|[ -])(?P<d2>\d{{1,2}})(?:st|n?d|rd|th)?"
    rf"(?:(?:,| ,)? ?| {_CLOCK} )(?P<y2>(?:19|20)\d\d(?!\d)|(?<=[ ,])[’']\d\d(?!\w))"
)
_YEAR_FIRST = (
    rf"(?P<y5>(?:19|20)\d\d)[ /-]{_NAME.format(m='m5')}\.?[ /-](?P<d5>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?![\w/-])(?!,? ?(?:19|20)\d\d)"
)
_ISO = r"(?P<y3>(?:19|20)\d\d)[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})(?!\d)(?![-/.]\d)"
_NUMBERS = r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y4>(?:(?:19|20)\d\d)|\d\d)(?!\d)(?![-/.]\d)"
_WRITTEN = re.compile(rf"(?<![\w/.-])(?:{_DAY_FIRST}|{_MONTH_FIRST}|{_YEAR_FIRST}|{_ISO}|{_NUMBERS})", re.IGNORECASE)
_MOMENT = re.compile(r"\s*\d{4}-\d\d-\d\d[T ]\d\d:?\d\d")
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(?:\d{4,6}|T[\dZ:+.-]*)?\s*")
_WRAPPED = re.compile(r"/?Date\((\d{9,13})(?:[+-]\d{4})?\)/?")
"""How some programs write a moment in JSON."""

_YEARS = range(1900, 2100)


_ORDER = re.compile(r"\s*(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.]\d{2,4}\b")
_ADDRESS_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](\d{1,2})[-_/](\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day that a text states, and where: ``[start, end)`` are offsets into the text."""

    day: date
    start: int
    end: int


def days_in(text: str, month_first: bool | None = None) -> Iterator[WrittenDay]:
    """Yield the days that a text states with their year, in order.

    ``month_first`` says how "04/05/2025" is meant: True for 5 April, False for 4 May. With None, only numbers that
    cannot be read in two ways are days.
    """
    at = 0
    while (found := _WRITTEN.search(text, at)) is not None:
        day = _day(found, month_first)
        if day is not None:
            yield WrittenDay(day, found.start(), found.end())
        # a word that is no month may stand before a day: "page 12 2024-03-14"
        at = found.end() if day is not None else max(found.end(name) for name in ("m1", "m2", "m5", "a", "y3"))


def day_in(text: str, month_first: bool | None = None) -> date | None:
    """Return the first day that a text states, or None; see `days_in`."""
    return next((found.day for found in days_in(text, month_first)), None)


def order_of(texts: Iterable[str]) -> bool | None:
    """Return how dates that were written alike mean "04/05/2025": True for 5 April, False for 4 May.

    None if no date among them can be read in one way only, or if two contradict each other.
    """
    orders = {
        int(found["second"]) > 12
        for text in texts
        if (found := _ORDER.match(text)) and (int(found["first"]) > 12) != (int(found["second"]) > 12)
    }
    return orders.pop() if len(orders) == 1 else None


def is_ambiguous(text: str) -> bool:
    """Return True if a text states a day in numbers that can be read in two ways, and no other."""
    return day_in(text) is None and day_in(text, month_first=True) is not None


def is_day(text: str) -> bool:
    """Return True if a text is a day and little else: "Published on 4 July 2025" (what is little: by judgement)."""
    found = next(days_in(text), None)
    return found is not None and len(text) - (found.end - found.start) < 14


def address_day(address: str | None) -> date | None:
    """Return the day in the path of a web address or file ("/2024/05/03/", "2019_04_03_Homes.html"), or None."""
    try:
        path = urlsplit(address).path if address and "://" in address else address or ""
    except ValueError:
        return None
    found = _ADDRESS_DAY.search(unquote(path))
    return day_in("-".join(found.groups())) if found else None


def read_moment(text: str, zone: tzinfo = LONDON) -> date | None:
    """Return the day of a date or time as machines write it, or None: ISO 8601, as in mail, or Unix seconds.

    A time in UTC is that of one moment, and has the day that it was in ``zone``. A time with another offset has the day
    as written, since the offset is the publisher's own; so has midnight in UTC, which is how days are stored.
    """
    words = text.strip()
    if wrapped := _WRAPPED.fullmatch(words):
        words = wrapped[1]
    if _MOMENT.match(words):
        return _iso_moment(words, zone)
    if re.fullmatch(r"1?\d{9}(?:\d{3})?", words):
        seconds = int(words[: len(words) - 3] if len(words) > 10 else words)
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date()
    if compact := _COMPACT.fullmatch(words):
        return _date(int(compact[1]), int(compact[2]), int(compact[3]))
    if re.search(r"\d:\d\d", words) and re.match(
        r"(?:[a-z]{3,9}, *)?\d{1,2} [a-z]{3,9} \d{2,4} ", words, re.IGNORECASE
    ):
        try:
            return parsedate_to_datetime(words).date()
        except (ValueError, TypeError, IndexError, OverflowError):
            pass
    return day_in(words)


def _iso_moment(words: str, zone: tzinfo) -> date | None:
    try:
        moment = iso_moment(words)
    except ValueError:
        return day_in(words[:10])
    if moment.year not in _YEARS:
        return None
    if moment.utcoffset() == timedelta() and (moment.hour or moment.minute or moment.second):
        return moment.astimezone(zone).date()
    return moment.date()


def _day(found: re.Match[str], month_first: bool | None) -> date | None:
    for number in ("1", "2", "5"):
        if found[f"m{number}"]:
            month = _MONTHS.get(_plain(found[f"m{number}"]))
            return _date(_year(found[f"y{number}"]), month, int(found[f"d{number}"])) if month else None
    if found["y3"]:
        return _date(int(found["y3"]), int(found["m3"]), int(found["d3"]))
    first, second, year = int(found["a"]), int(found["b"]), _year(found["y4"])
    if first > 12 or (found["mark"] == "." and not month_first):
        return _date(year, second, first)
    if second > 12 or first == second:
        return _date(year, first, second)
    if month_first is None:
        return None
    return _date(year, first, second) if month_first else _date(year, second, first)


def _year(written: str) -> int:
    """Return the year of four digits, or of two: "25" and "’25" are 2025."""
    year = int(written.lstrip("’'"))
    return year if year > 99 else year + (2000 if year < 50 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _plain(name: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(mark))
