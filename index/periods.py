"""The periods that a sentence names: what words say when, and from which day to which.

The grammar is our own, because general date parsers misread what releases write ("2024/25", "year ending March
2024", "35,000"). A period that the words alone do not settle keeps its words and has no dates: nothing is guessed.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from index.number_words import ONES, SPACE, TENS
from index.types import Period, Span

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        "January Jan,February Feb,March Mar,April Apr,May,June Jun,July Jul,August Aug,September Sept Sep,October Oct,"
        "November Nov,December Dec".split(","),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_DASH = rf"(?:[-–—]|{SPACE}[–—]{SPACE})"
_ONE_YEAR = rf"(?P<year>{_YEAR})(?![0-9,]*[0-9])"
_OF_YEAR = rf"(?:,?{SPACE}(?:of{SPACE})?(?:{_ONE_YEAR}(?![-/–][0-9])|(?P<which>this|last|next){SPACE}year\b))"

_DATE = re.compile(
    rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?{SPACE}(?:the{SPACE})?)?"
    rf"(?:(?P<day>{_DAY}){SPACE}(?:of{SPACE})?)?(?P<month>{_MONTH})\b(?:\.(?={SPACE}[0-9]))?{_OF_YEAR}?"
)
_AMERICAN = re.compile(rf"(?P<month>{_MONTH}){SPACE}(?P<day>{_DAY}),{SPACE}{_ONE_YEAR}")
_DAY_ALONE = re.compile(rf"(?P<day>{_DAY})\b(?=(?:{SPACE}(?:and|to|until){SPACE}|{_DASH}){_DAY}{SPACE}(?:{_MONTH})\b)")
_YEAR_ALONE = re.compile(_ONE_YEAR)
_TWO_YEARS = re.compile(
    rf"(?P<year>{_YEAR})(?:(?P<slash>/)|[-–]|{SPACE}to{SPACE})(?P<next>{_YEAR}|[0-9]{{2}})(?![-/0-9]|[.,][0-9])"
)
_KIND_OF_YEAR = re.compile(rf"(?:the{SPACE})?(?P<kind>financial|fiscal|tax|academic|school|calendar){SPACE}year{SPACE}")
_WHICH = re.compile(
    rf"(?:(?:so{SPACE}far|(?P<vague>earlier|later)){SPACE})?(?P<which>this|last|next|the{SPACE}(?:last|next)(?={SPACE}(?:financial|fiscal|tax|calendar))|the{SPACE}current|the{SPACE}coming|the{SPACE}past)"
    rf"{SPACE}(?P<kind>financial{SPACE}|fiscal{SPACE}|tax{SPACE}|calendar{SPACE})?"
    rf"(?P<unit>year|month|week|quarter|summer|autumn|winter|spring|weekend|decade|parliament|century"
    rf"|spending{SPACE}review|season|half-term|{_MONTH})\b(?:{SPACE}alone\b)?(?!['’])",
    re.IGNORECASE,
)
_ROLLING = re.compile(
    rf"(?:the{SPACE})?(?P<which>past|last|previous|preceding|next|coming|following)"
    rf"(?:{SPACE}(?P<count>[0-9]{{1,3}}|few|couple{SPACE}of|several|{'|'.join([*ONES, *TENS])}))?"
    rf"(?:{SPACE}|-)(?P<unit>hour|day|week|fortnight|month|year|decade|parliament|century)s?\b(?!['’])",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"(?:an?|[0-9]{{1,3}}|{'|'.join([*ONES, *TENS])}){SPACE}(?:hour|day|week|month|year|decade)s?{SPACE}"
    r"(?:ago|earlier|before|previously|prior|beforehand)\b",
    re.IGNORECASE,
)
# a length without a beginning, in which something is done: "within 6 months"
_WITHIN = re.compile(
    rf"within{SPACE}(?:just{SPACE}|only{SPACE}|the{SPACE}space{SPACE}of{SPACE}|a{SPACE})?"
    rf"(?:(?:first|next|last|past){SPACE})?(?:(?:[0-9]{{1,3}}|{'|'.join([*ONES, *TENS])}){SPACE})?"
    rf"(?:hour|day|week|month|year|decade)s?\b",
    re.IGNORECASE,
)
_THE_UNIT = re.compile(
    rf"(?P<which>the|this|that){SPACE}(?P<unit>year|month|decade|century|parliament|period|summer|autumn|winter|spring"
    rf"|pandemic|financial{SPACE}year|spending{SPACE}review(?:{SPACE}period)?)\b(?!['’]|{SPACE}(?-i:[A-Z]))",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    rf"(?:the{SPACE})?(?:(?P<nth>first|second|third|fourth|last|final|1st|2nd|3rd|4th)(?:{SPACE}|-)"
    rf"(?:(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[2:])}){SPACE})?(?P<unit>quarter|half|months)|Q(?P<q>[1-4]))"
    rf"{SPACE}?(?:(?:of|in|for){SPACE})?(?:(?P<fy>{_YEAR}[/–-][0-9]{{2,4}})|{_ONE_YEAR}"
    rf"|(?:the{SPACE})?(?P<which>this{SPACE}|last{SPACE}|)year\b)",
    re.IGNORECASE,
)
_EDGE = re.compile(
    rf"(?:the{SPACE})?(?P<edge>very{SPACE}end|end|start|beginning|close|turn|middle){SPACE}of{SPACE}", re.IGNORECASE
)
_ROUGHLY = re.compile(rf"(?P<rough>early|mid|late)(?:{SPACE}|-)", re.IGNORECASE)
_ENDING = re.compile(
    rf"(?:the{SPACE})?(?:(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[1:])})(?:{SPACE}|-))?"
    rf"(?P<unit>year|months?|weeks?|quarter|period)"
    rf"(?:{SPACE}(?:period))?{SPACE}(?P<how>ending|ended|to|up{SPACE}to|until)"
    rf"(?:{SPACE}in)?(?:{SPACE}the)?(?:{SPACE}end{SPACE}of)?{SPACE}(?=(?-i:[0-9A-Z]))",
    re.IGNORECASE,
)

_ENDED = re.compile(rf"(?:ending|ended){SPACE}(?:in{SPACE}|on{SPACE})?", re.IGNORECASE)

_PREFIX = re.compile(
    r"\b(?:(?P<within>in|during|throughout|for|over|across|on|within|covering)"
    r"|(?P<since>since|from|starting(?:\sin|\son)?|beginning(?:\sin|\son)?)|(?P<after>after|following)"
    r"|(?P<until>by|until|till|up\sto|to)|(?P<before>before|ahead\sof|prior\sto)"
    r"|(?P<at>as\s(?:of|at)|at)|(?P<between>between))"
    rf"{SPACE}(?:just{SPACE}|only{SPACE})?",
    re.IGNORECASE,
)
_JOIN = re.compile(
    rf"{SPACE}(?:and|to|until|till|through|up{SPACE}to){SPACE}(?:the{SPACE}end{SPACE}of{SPACE})?|{_DASH}"
)
_ONWARDS = re.compile(rf",?{SPACE}on(?:wards)?\b(?!{SPACE})|{SPACE}onwards?\b", re.IGNORECASE)
# "since the election", "since taking office": an event that the words name and do not date
_EVENT = re.compile(
    rf"\b(?:since{SPACE}(?=(?:the|this|that|these|our|their|its|his|her|records?|then|it|they|we|being|[a-z]+ing)\b)"
    rf"|(?:during|throughout){SPACE}(?=(?:(?:their|its|his|her|our)|the{SPACE}(?:pandemic|war|campaign|election|crisis"
    rf"|Games|Olympics|lockdown|conflict|outbreak))\b))[A-Za-z]+(?:{SPACE}"
    rf"(?!(?:has|have|had|will|with|which|who|where|when|and|but|more|over|up|nearly|almost|around|about|in|on|to|by"
    rf"|for|as|at|is|are|alone|through|including|while|we|they|you|he|she|it|I|there)\b)[A-Za-z][\w’'-]*){{0,8}}",
    re.IGNORECASE,
)
_COUNT = rf"(?:{'|'.join([*ONES, *TENS])}|[0-9]{{1,3}})"
_ANCHOR = re.compile(
    rf"\b(?:in|during|throughout|for|over|across|on|within|covering|since|from|starting|beginning|after|following|by"
    rf"|until|till|up{SPACE}to|to|before|ahead|prior|as|at|between|so{SPACE}far|earlier|later|this|last|next|the|past|previous|an?"
    rf"|financial|fiscal|tax|academic|school|year{SPACE}(?:ending|ended|to)|early|mid|late|Q[1-4]"
    rf"|{_COUNT}(?={SPACE}(?:hour|day|week|month|year|decade)s?{SPACE})|{_DAY}(?=[–—-]|{SPACE})"
    rf"|{_YEAR}(?=[/–-]|{SPACE}to{SPACE})|(?:{_MONTH})(?={SPACE}|[–—,.;)]))",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|shall|would|due|set|expected|plans?|planned|aims?|intends?|to\s(?:be|open|start|begin))\b", re.I
)
_IN = re.compile(rf"{SPACE}(?:in|on){SPACE}")
_COUNTS = ONES | TENS
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}

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
    without a year is the latest one before publication, or the next one where the sentence speaks of the future.
    """
    return list(_read(body, sentence, published))


def _read(body: str, sentence: Span, published: date) -> Iterator[Period]:
    # Patterns see the sentence only: what follows it must not end its last period.
    text, base = sentence.of(body), sentence.start
    reader = _Reader(text, published)
    at = 0
    while (anchor := _ANCHOR.search(text, at)) is not None:
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
        first = _FUTURE.search(text)
        self._future_from = first.start() if first else len(text)

    def period(self, at: int) -> tuple[date | None, date | None, int] | None:
        """Return start, end and the offset behind the period that begins at ``at``."""
        prefix = _PREFIX.match(self._text, at)
        if prefix is None:
            time = self._range(at) or self._time(at)
            if time is None or time.needs:
                ago = _AGO.match(self._text, at)
                return (None, None, ago.end()) if ago else None
            time = self._settled(time, "within", at)
            return time.start, time.end, time.stop
        role = next(role for role in _ROLES if prefix[role])
        if role == "between":
            pair = self._pair(prefix.end(), at)
            return (pair.start, pair.end, pair.stop) if pair else None
        return self._prefixed(at, prefix, role) or self._event(at) or self._length(at)

    def _length(self, at: int) -> tuple[None, None, int] | None:
        length = _WITHIN.match(self._text, at)
        return (None, None, length.end()) if length else None

    def _prefixed(self, at: int, prefix: re.Match[str], role: Role) -> tuple[date | None, date | None, int] | None:
        word = prefix.group().split()[0].lower()
        inner = prefix.end()
        pair = self._range(inner) if role in ("within", "since") else None
        if pair is not None:
            return pair.start, pair.end, pair.stop
        if word == "to":
            return None
        edge = _EDGE.match(self._text, inner)
        time = self._time(edge.end() if edge else inner)
        if time is None:
            return None
        if word in ("on", "at", "for", "after", "following", "from", "over") and time.needs and time.start is None:
            return None
        time = self._settled(time, role, at)
        if edge is not None:
            first = edge["edge"].lower() in ("start", "beginning", "turn")
            day = None if edge["edge"].lower() == "middle" else time.start if first else time.end
            time = replace(time, start=day, end=day)
        return *_bounded(time, role), self._behind(time.stop, role)

    def _behind(self, stop: int, role: Role) -> int:
        onwards = _ONWARDS.match(self._text, stop) if role == "since" else None
        return onwards.end() if onwards else stop

    def _event(self, at: int) -> tuple[date | None, date | None, int] | None:
        event = _EVENT.match(self._text, at)
        if event is None:
            return None
        stop = at + len(event.group().rstrip())
        when = _IN.match(self._text, stop)
        dated = self._date(when.end()) or self._year(when.end()) if when else None
        if dated is None:
            return None, None, stop
        start = self._settled(dated, "since", at).start if self._text[at : at + 5].lower() == "since" else None
        return start, None, dated.stop

    def _range(self, at: int) -> _Time | None:
        """Read "January to October this year", "5–9 July 2024", "2019 to 2024"."""
        first = self._time(at) or self._day(at)
        joined = _JOIN.match(self._text, first.stop) if first else None
        if joined is None or joined.group().strip() == "and":
            return None
        return self._pair(at, at)

    def _pair(self, at: int, begin: int) -> _Time | None:
        first = self._day(at) or self._time(at)
        joined = _JOIN.match(self._text, first.stop) if first else None
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
        match = _DAY_ALONE.match(self._text, at)
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
        match = _ENDING.match(self._text, at)
        last = self._end_of_year(match.end()) if match else None
        if match is None or last is None:
            return None
        if match["how"].lower() == "to" and match["unit"].lower() == "period":
            return None
        last = self._settled(last, "within", at)
        unit, count = match["unit"].lower().rstrip("s"), _count(match["count"])
        months = {"year": 12, "quarter": 3}.get(unit, count if unit == "month" else None)
        if last.end is None or months is None:
            return _Time(last.stop, end=last.end)
        return _Time(last.stop, _months_back(last.end, months), last.end)

    def _end_of_year(self, at: int) -> _Time | None:
        return self._two_years(at) or self._date(at) or self._year(at)

    def _kind_of_year(self, at: int) -> _Time | None:
        kind = _KIND_OF_YEAR.match(self._text, at)
        if kind is None:
            return None
        two = _TWO_YEARS.match(self._text, kind.end())
        if two is not None:
            fiscal = kind["kind"].lower() in ("financial", "fiscal", "tax")
            return self._financial(two) if fiscal else _Time(two.end())
        if ending := _ENDED.match(self._text, kind.end()):
            last = self._end_of_year(ending.end())
            if last is not None:
                last = self._settled(last, "within", at)
                return _Time(last.stop, last.end and _months_back(last.end, 12), last.end)
        return None

    def _two_years(self, at: int) -> _Time | None:
        match = _TWO_YEARS.match(self._text, at)
        if match is None:
            return None
        first, last = int(match["year"]), _second_year(match)
        if " to " in match.group() and last != first + 1:
            return None  # a span of calendar years: `_range`
        if last == first + 1:
            return self._financial(match)
        if first < last and len(match["next"]) == 4:
            return _Time(match.end(), date(first, 1, 1), date(last, 12, 31))
        return None

    def _financial(self, match: re.Match[str]) -> _Time | None:
        first, last = int(match["year"]), _second_year(match)
        if last != first + 1:
            return _Time(match.end())
        return _Time(match.end(), date(first, 4, 1), date(last, 3, 31))

    def _part_of(self, at: int) -> _Time | None:
        match = _PART_OF.match(self._text, at)
        if match is None:
            return None
        this = self._published.year
        if match["fy"]:
            years = _TWO_YEARS.match(match["fy"])
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
        start = _month_start(begin, skipped)
        return _Time(match.end(), start, _month_start(start, length) - timedelta(days=1))

    def _date(self, at: int) -> _Time | None:
        match = _AMERICAN.match(self._text, at) or _DATE.match(self._text, at)
        if match is None:
            return None
        groups = match.groupdict()
        day = _number(match["day"]) if match["day"] else None
        month = _MONTHS[match["month"]]
        which = (groups.get("which") or "").lower()
        if not groups["year"] and not which:
            return _Time(match.end(), day=day, month=month)
        year = int(groups["year"]) if groups["year"] else self._published.year + _STEP[which]
        start, end = _calendar(year, month, day)
        return _Time(match.end(), start, end)

    def _which(self, at: int) -> _Time | None:
        match = _WHICH.match(self._text, at)
        if match is None:
            return None
        if match["vague"]:
            return _Time(match.end(), relative=True)
        which, unit = match["which"].lower().split()[-1], match["unit"].lower()
        if which == "past":
            return None  # rolling
        step = _STEP[which]
        if match["unit"].capitalize() in _MONTHS:
            if not match["unit"][0].isupper():
                return None
            return self._named_month(match.end(), _MONTHS[match["unit"]], step)
        fiscal = (match["kind"] or "").strip().lower() in ("financial", "fiscal", "tax")
        start, end = _unit_of(self._published, unit, step, fiscal=fiscal)
        return _Time(match.end(), start, None if step == 0 else end, relative=True)

    def _named_month(self, stop: int, month: int, step: int) -> _Time:
        """Read "last July": the nearest one that is over, and so for "next"; the year of "this" is ours."""
        year, now = self._published.year, self._published.month
        year += (month >= now) * -1 if step < 0 else (month <= now) * 1 if step > 0 else 0
        return _Time(stop, *_calendar(year, month, None))

    def _rolling(self, at: int) -> _Time | None:
        """Read "the past week", "the next 5 years": from when exactly, the words do not say."""
        match = _ROLLING.match(self._text, at)
        if match is None:
            return None
        named = match["count"] is None and match["unit"].lower() in ("year", "month", "week")
        if named and match["which"].lower() in ("last", "next") and self._text[at : at + 3].lower() != "the":
            return None
        return _Time(match.end(), relative=True)

    def _the_unit(self, at: int) -> _Time | None:
        match = _THE_UNIT.match(self._text, at)
        if match is None:
            return None
        start, end = _unit_of(self._published, match["unit"].lower(), 0, fiscal=False)
        return _Time(match.end(), start, end, needs=True, relative=True)

    def _roughly(self, at: int) -> _Time | None:
        match = _ROUGHLY.match(self._text, at)
        time = (self._date(match.end()) or self._year(match.end())) if match else None
        return _Time(time.stop) if time else None

    def _year(self, at: int) -> _Time | None:
        match = _YEAR_ALONE.match(self._text, at)
        if match is None or self._text[match.end() : match.end() + 1] in ("s", "-", "/", "%"):
            return None
        start, end = _calendar(int(match["year"]), None, None)
        return _Time(match.end(), start, end, needs=True)

    def _settled(self, time: _Time, role: Role, at: int) -> _Time:
        """Give a day or month without a year the year that the sentence means, if it is sure."""
        if time.start is not None or time.month is None:
            return time
        future = self._future_from < at
        if role in ("until", "before", "since", "after") and not future and role != "since":
            # "by November": over or to come?
            near = _dated(time, self._published, self._published)
            recent = near.end is not None and (self._published - near.end).days <= 31
            return near if recent else time
        year = self._published.year
        for candidate in (year, year + 1) if future else (year, year - 1):
            start, end = _calendar(candidate, time.month, time.day)
            if start is None or end is None:
                return time
            if (end >= self._published) if future else (start <= self._published):
                return replace(time, start=start, end=end)
        return time


_READERS: tuple[Callable[[_Reader, int], _Time | None], ...] = (
    _Reader._ending,
    _Reader._kind_of_year,
    _Reader._two_years,
    _Reader._part_of,
    _Reader._date,
    _Reader._which,
    _Reader._rolling,
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
        start, end = _calendar(year, month, time.day)
        if start is not None and start <= latest:
            return replace(time, start=start, end=end)
    return time


def _calendar(year: int, month: int | None, day: int | None) -> tuple[date, date] | tuple[None, None]:
    """Return the first and last day of a year, a month or a day; of one that does not exist, nothing."""
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is not None:
            return date(year, month, day), date(year, month, day)
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None, None


def _unit_of(today: date, unit: str, step: int, *, fiscal: bool) -> tuple[date, date] | tuple[None, None]:
    """Return the calendar year, month, week or quarter that lies ``step`` from today's."""
    try:
        match unit:
            case "year" if fiscal:
                first = today.year - (today.month < 4) + step
                return date(first, 4, 1), date(first + 1, 3, 31)
            case "year":
                return _calendar(today.year + step, None, None)
            case "month" | "quarter":
                length = 1 if unit == "month" else 3
                begin = today.replace(month=today.month - (today.month - 1) % length, day=1)
                start = _month_start(begin, step * length)
                return start, _month_start(start, length) - timedelta(days=1)
            case "week":
                monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
                return monday, monday + timedelta(days=6)
    except (ValueError, OverflowError):
        pass
    return None, None


def _month_start(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _months_back(end: date, months: int) -> date:
    """Return the first day of the ``months`` months that end on ``end``, inclusive."""
    day = end + timedelta(days=1) if end < date.max else end
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


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
