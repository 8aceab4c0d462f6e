"""The periods that a sentence names: what words say when, and from which day to which.

The grammar is our own, because general date parsers misread what releases write ("2024/25", "year ending March
2024", "35,000"). A period that the words alone do not settle keeps its words and has no dates: nothing is guessed.

Long because one grammar reads every way in which a release names a time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from index.figures.calendar import calendar_days, month_start, months_back, unit_around
from index.figures.period_patterns import (
    AGO,
    AMERICAN,
    ANCHOR,
    DATE,
    DAY_ALONE,
    EDGE,
    ENDED,
    ENDING,
    EVENT,
    EVENT_DATED,
    FUTURE,
    JOIN,
    KIND_OF_YEAR,
    MONTH_DAY,
    MONTHS,
    ONWARDS,
    PART_OF,
    PAST,
    PREFIX,
    QUARTER,
    ROLLING,
    ROUGHLY,
    SEASON,
    THE_UNIT,
    TWO_YEARS,
    WHICH,
    WITHIN,
    YEAR_ALONE,
)
from index.text.number_words import ONES, TENS
from index.types import Period, Span

_COUNTS = ONES | TENS
_NAME_BEFORE = re.compile(r"\b[A-Z][\w’'.-]*\s$")
_RECENT = 31
"""Days after which "by November" is no longer the November that has just been."""
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}

_NOT_VAGUE = frozenset({"on", "at", "for", "after", "following", "from", "over", "by"})
"""Behind these "the pandemic" or "the spending review" is no time."""

Role = Literal["within", "since", "after", "until", "before", "at", "between"]
_ROLES: Final[tuple[Role, ...]] = ("within", "since", "after", "until", "before", "at", "between")


@dataclass(frozen=True, slots=True)
class _Time:
    """A stretch of time as named up to ``stop``. ``day`` and ``month`` wait for a year where ``start`` is None."""

    stop: int
    start: date | None = None
    end: date | None = None
    day: int | None = None
    month: int | None = None
    needs: bool = False
    """It is a time only behind a preposition: a bare year, "the year", "the middle of"."""
    relative: bool = False
    """It runs from the day of publication ("the past week", "this year"): not to be read as a calendar date."""


def periods(body: str, sentence: Span, published: date) -> list[Period]:
    """Return the periods that a sentence names, in order and without overlap, read on the day of publication.

    ``start`` and ``end`` are inclusive; one that is open or not settled by the words is None. A day or month
    without a year is the one that the sentence's tense and the day of publication make sure, or has no dates.
    """
    return list(_read(body, sentence, published))


def _read(body: str, sentence: Span, published: date) -> Iterator[Period]:
    # Patterns see the sentence only: what follows it must not end its last period.
    text, base = sentence.of(body), sentence.start
    reader = _Reader(text, published)
    at = 0
    while (anchor := ANCHOR.search(text, at)) is not None:
        begin = anchor.start()
        found = reader.period(begin)
        if found is None:
            at = anchor.end() if anchor.end() > begin else begin + 1
            continue
        start, end, stop = found
        yield Period(Span(base + begin, base + stop), start, end)
        at = stop


class _Reader:
    """Recursive descent over one sentence."""

    def __init__(self, text: str, published: date) -> None:
        self._text = text
        self._published = published
        first = FUTURE.search(text)
        self._future_from = first.start() if first else len(text)
        self._tells_of_past = first is None and PAST.search(text) is not None

    def period(self, at: int) -> tuple[date | None, date | None, int] | None:
        """Return start, end and the offset behind the period that begins at ``at``."""
        prefix = PREFIX.match(self._text, at)
        if prefix is None:
            time = self._range(at) or self._time(at)
            if time is not None and self._is_name(time, at):
                return None
            if time is None or time.needs:
                ago = AGO.match(self._text, at)
                return (None, None, ago.end()) if ago else None
            time = self._settled(time, "within", at)
            return time.start, time.end, time.stop
        role = next(role for role in _ROLES if prefix[role])
        if role == "between":
            pair = self._pair(prefix.end(), at)
            return (pair.start, pair.end, pair.stop) if pair else None
        return self._prefixed(at, prefix, role) or self._event(at) or self._length(at)

    def _is_name(self, time: _Time, at: int) -> bool:
        """Whether a bare month is a person: "Theresa May"."""
        bare = time.month is not None and time.day is None and time.start is None
        return bare and _NAME_BEFORE.search(self._text, max(0, at - 30), at) is not None

    def _length(self, at: int) -> tuple[None, None, int] | None:
        length = WITHIN.match(self._text, at)
        return (None, None, length.end()) if length else None

    def _prefixed(self, at: int, prefix: re.Match[str], role: Role) -> tuple[date | None, date | None, int] | None:
        word = prefix.group().split()[0].lower()
        inner = prefix.end()
        pair = self._range(inner) if role in ("within", "since") else None
        if pair is not None:
            return pair.start, pair.end, pair.stop
        edge = EDGE.match(self._text, inner)
        if word == "to" and edge is None:
            return None
        time = self._time(edge.end() if edge else inner)
        if time is None:
            return None
        if time.needs and time.start is None and word in _NOT_VAGUE:
            return None
        time = self._settled(time, role, at)
        if edge is not None:
            first = edge["edge"].lower() in ("start", "beginning", "turn")
            vague = edge["edge"].lower() == "middle" or (first and role in ("within", "at"))
            day = None if vague else time.start if first else time.end
            time = replace(time, start=day, end=day)
        return *_bounded(time, role), self._behind(time.stop, role)

    def _behind(self, stop: int, role: Role) -> int:
        onwards = ONWARDS.match(self._text, stop) if role == "since" else None
        return onwards.end() if onwards else stop

    def _event(self, at: int) -> tuple[date | None, date | None, int] | None:
        event = EVENT.match(self._text, at)
        if event is None:
            return None
        stop = at + len(event.group().rstrip())
        when = EVENT_DATED.match(self._text, stop)
        dated = self._date(when.end()) or self._year(when.end()) if when else None
        if dated is None:
            return None, None, stop
        start = self._settled(dated, "since", at).start if self._text[at : at + 5].lower() == "since" else None
        return start, None, dated.stop

    def _range(self, at: int) -> _Time | None:
        """Read "January to October this year", "5–9 July 2024", "2019 to 2024"."""
        first = self._time(at) or self._day(at)
        joined = JOIN.match(self._text, first.stop) if first else None
        if joined is None or joined.group().strip() == "and":
            return None
        return self._pair(at, at)

    def _pair(self, at: int, begin: int) -> _Time | None:
        first = self._day(at) or self._time(at)
        joined = JOIN.match(self._text, first.stop) if first else None
        second = self._time(joined.end()) if joined else None
        if first is None or second is None or first.relative:
            return None
        second = self._settled(second, "within", begin)
        if second.end is None and not second.relative:
            return None if first.needs and first.start is None else _Time(second.stop)
        last = second.end or second.start
        if first.start is None and first.month is None and first.day is None:
            return None
        if first.start is None and last is not None:
            first = _dated(first, last, second.start or last)
        if first.start is None or last is None or first.start > last:
            return _Time(second.stop)
        return _Time(second.stop, first.start, second.end)

    def _day(self, at: int) -> _Time | None:
        match = DAY_ALONE.match(self._text, at)
        return _Time(match.end(), day=_number(match["day"])) if match else None

    def _time(self, at: int) -> _Time | None:
        """Return the stretch of time that is named at ``at``, whatever stands before it."""
        try:
            for read in _READERS:
                time = read(self, at)
                if time is not None:
                    return time
        except (ValueError, OverflowError):  # it begins before the first day there is, or ends after the last
            pass
        return None

    def _ending(self, at: int) -> _Time | None:
        match = ENDING.match(self._text, at)
        last = self._end_of_year(match.end()) if match else None
        if match is None or last is None:
            return None
        if match["how"].lower() == "to" and match["unit"].lower() == "period":
            return None
        last = self._settled(last, "within", at, over=True)
        unit, count = match["unit"].lower().rstrip("s"), _count(match["count"])
        months = {"year": 12, "quarter": 3}.get(unit, count if unit == "month" else None)
        if last.end is None or months is None:
            return _Time(last.stop, end=last.end)
        return _Time(last.stop, months_back(last.end, months), last.end)

    def _end_of_year(self, at: int) -> _Time | None:
        if quarter := QUARTER.match(self._text, at):
            start = date(int(quarter["year"]), int(quarter["q"]) * 3 - 2, 1)
            return _Time(quarter.end(), start, month_start(start, 3) - timedelta(days=1))
        return self._two_years(at) or self._date(at) or self._year(at)

    def _kind_of_year(self, at: int) -> _Time | None:
        kind = KIND_OF_YEAR.match(self._text, at)
        if kind is None:
            return None
        two = TWO_YEARS.match(self._text, kind.end())
        if two is not None:
            fiscal = kind["kind"].lower() in ("financial", "fiscal", "tax")
            return self._financial(two) if fiscal else _Time(two.end())
        if ending := ENDED.match(self._text, kind.end()):
            last = self._end_of_year(ending.end())
            if last is not None:
                last = self._settled(last, "within", at, over=True)
                return _Time(last.stop, last.end and months_back(last.end, 12), last.end)
        return None

    def _two_years(self, at: int) -> _Time | None:
        match = TWO_YEARS.match(self._text, at)
        if match is None:
            return None
        first, last = int(match["year"]), _second_year(match)
        if " to " in match.group() and last != first + 1:
            return None  # a span of calendar years: `_range`
        if last == first + 1:
            return self._financial(match)
        if first < last and len(match["next"]) == 4:
            return _Time(match.end(), date(first, 1, 1), date(last, 12, 31))
        # "2011-15": some years, but calendar or financial ones?
        return _Time(match.end(), needs=True) if first < last <= first + 30 else None

    def _financial(self, match: re.Match[str]) -> _Time | None:
        first, last = int(match["year"]), _second_year(match)
        if last != first + 1:
            return _Time(match.end())
        return _Time(match.end(), date(first, 4, 1), date(last, 3, 31))

    def _part_of(self, at: int) -> _Time | None:
        match = PART_OF.match(self._text, at)
        if match is None:
            return None
        this = self._published.year
        if match["fy"]:
            years = TWO_YEARS.match(match["fy"])
            if years is None or _second_year(years) != int(years["year"]) + 1:
                return _Time(match.end())
            begin = date(int(years["year"]), 4, 1)
        else:
            last_year = (match["which"] or "").lower().strip() == "last"
            begin = date(int(match["year"]) if match["year"] else this - last_year, 1, 1)
        unit = "quarter" if match["q"] else match["unit"].lower()
        length = {"quarter": 3, "half": 6}.get(unit) or _count(match["count"])
        nth = int(match["q"]) if match["q"] else _NTH.get(match["nth"].lower(), 0)
        if length is None or length > 12 or nth * length > 12:
            return _Time(match.end())
        skipped = (nth - 1) * length if nth else 12 - length
        start = month_start(begin, skipped)
        return _Time(match.end(), start, month_start(start, length) - timedelta(days=1))

    def _date(self, at: int) -> _Time | None:
        on_a_day = MONTH_DAY.match(self._text, at) if self._text[max(0, at - 3) : at].lower() == "on " else None
        match = AMERICAN.match(self._text, at) or on_a_day or DATE.match(self._text, at)
        if match is None:
            return None
        groups = match.groupdict()
        day = _number(match["day"]) if match["day"] else None
        month = MONTHS[match["month"]]
        which = (groups.get("which") or "").lower()
        if not groups.get("year") and not which:
            return _Time(match.end(), day=day, month=month)
        year = int(groups["year"]) if groups.get("year") else self._published.year + _STEP[which]
        start, end = calendar_days(year, month, day)
        return _Time(match.end(), start, end)

    def _which(self, at: int) -> _Time | None:
        match = WHICH.match(self._text, at)
        if match is None:
            return None
        if match["vague"]:
            return _Time(match.end(), relative=True)
        which, unit = match["which"].lower().split()[-1], match["unit"].lower()
        if which == "past":
            return None  # rolling
        step = _STEP[which]
        if (month := MONTHS.get(match["unit"].capitalize())) is not None:
            return self._named_month(match.end(), month, step) if match["unit"][0].isupper() else None
        kind = (match["kind"] or "").strip().lower()
        if kind in ("academic", "school"):
            return _Time(match.end(), relative=True)  # schools and universities begin theirs on other days
        fiscal = kind in ("financial", "fiscal", "tax")
        start, end = unit_around(self._published, unit, step, fiscal=fiscal)
        return _Time(match.end(), start, None if step == 0 else end, relative=True)

    def _named_month(self, stop: int, month: int, step: int) -> _Time:
        """Read "last July": the nearest one that is over, and so for "next"; the year of "this" is ours."""
        year, now = self._published.year, self._published.month
        year += (month >= now) * -1 if step < 0 else (month <= now) * 1 if step > 0 else 0
        return _Time(stop, *calendar_days(year, month, None))

    def _rolling(self, at: int) -> _Time | None:
        """Read "the past week", "the next 5 years": from when exactly, the words do not say."""
        match = ROLLING.match(self._text, at)
        if match is None:
            return None
        named = match["count"] is None and match["unit"].lower() in ("year", "month", "week")
        if named and match["which"].lower() in ("last", "next") and self._text[at : at + 3].lower() != "the":
            return None
        return _Time(match.end(), relative=True)

    def _season(self, at: int) -> _Time | None:
        match = SEASON.match(self._text, at)
        return _Time(match.end()) if match else None

    def _the_unit(self, at: int) -> _Time | None:
        match = THE_UNIT.match(self._text, at)
        if match is None:
            return None
        start, end = unit_around(self._published, match["unit"].lower(), 0, fiscal=False)
        return _Time(match.end(), start, end, needs=True, relative=True)

    def _roughly(self, at: int) -> _Time | None:
        match = ROUGHLY.match(self._text, at)
        time = (self._date(match.end()) or self._year(match.end())) if match else None
        return _Time(time.stop) if time else None

    def _year(self, at: int) -> _Time | None:
        match = YEAR_ALONE.match(self._text, at)
        if match is None or self._text[match.end() : match.end() + 1] in ("s", "-", "/", "%"):
            return None
        start, end = calendar_days(int(match["year"]), None, None)
        return _Time(match.end(), start, end, needs=True)

    def _settled(self, time: _Time, role: Role, at: int, *, over: bool = False) -> _Time:
        """Give a day or month without a year the one that the sentence means, if it is sure.

        That is the last one behind "since" and where the sentence tells of the past, the next one where it tells of the
        future, else the nearest; but of a month to come nobody knows, nor by which one far off. ``over`` says that it
        must have ended.
        """
        if time.start is not None or time.month is None:
            return time
        today = self._published
        made = [calendar_days(today.year + step, time.month, time.day) for step in (-1, 0, 1)]
        days = [(start, end) for start, end in made if start is not None and end is not None]
        past = next((each for each in reversed(days) if each[0] <= today), None)
        ahead = next((each for each in days if each[1] >= today), None)
        if over or self._text[at : at + 5].lower() == "since":
            return _on(time, past)
        if self._future_from < at:
            return _on(time, ahead)
        if self._tells_of_past and role != "since":
            return _on(time, past)
        if past is None or (ahead is not None and (today - past[1]) > (ahead[0] - today)):
            return _on(time, ahead if time.day is not None else None)
        near = role not in ("until", "before", "after") or (today - past[1]).days <= _RECENT
        return _on(time, past if near else None)


def _on(time: _Time, days: tuple[date, date] | None) -> _Time:
    return replace(time, start=days[0], end=days[1]) if days is not None else time


_READERS: tuple[Callable[[_Reader, int], _Time | None], ...] = (
    _Reader._ending,
    _Reader._kind_of_year,
    _Reader._two_years,
    _Reader._part_of,
    _Reader._date,
    _Reader._which,
    _Reader._rolling,
    _Reader._season,
    _Reader._the_unit,
    _Reader._roughly,
    _Reader._year,
)
_STEP: Final = {"this": 0, "current": 0, "last": -1, "next": 1, "coming": 1}


def _bounded(time: _Time, role: Role) -> tuple[date | None, date | None]:
    """Return from when to when a preposition makes of a stretch of time."""
    start, end = time.start, time.end
    match role:
        case "since":
            return start, None
        case "after":
            return end + timedelta(days=1) if end and end < date.max else None, None
        case "until":
            return None, end
        case "before":
            return None, start - timedelta(days=1) if start and start > date.min else None
    return start, end


def _dated(time: _Time, latest: date, near: date) -> _Time:
    """Give ``time`` the latest year (and month) in which it begins no later than ``latest``."""
    month = time.month or near.month
    for year in (latest.year, latest.year - 1):
        start, end = calendar_days(year, month, time.day)
        if start is not None and start <= latest:
            return replace(time, start=start, end=end)
    return time


def _number(day: str) -> int:
    return int(day.rstrip("stndrh"))


def _count(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdigit() else _COUNTS.get(word.lower())


def _second_year(match: re.Match[str]) -> int:
    year, second = int(match["year"]), match["next"]
    if len(second) == 4:
        return int(second)
    return year // 100 * 100 + int(second) + (100 if int(second) == 0 and year % 100 == 99 else 0)
