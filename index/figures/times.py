"""The stretches of time that words name: dates, years of all kinds, quarters, "last month", "the next 5 years".

Each form is a rule with a name. What comes before a stretch ("since", "by the end of") is read in
`index.figures.periods`.

Long because each form has its function and all share one table.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from index.figures.calendar import calendar_days, month_start, months_back, unit_around
from index.figures.period_patterns import (
    AMERICAN,
    BOUNDED_BY,
    CHRISTMAS,
    DATE,
    ENDED,
    ENDING,
    FUTURE,
    ISO_DAY,
    KIND_OF_YEAR,
    MONTH_DAY,
    PART_OF,
    PAST,
    QUARTER,
    ROLLING,
    ROUGHLY,
    SEASON,
    SLASHED_DAY,
    THE_UNIT,
    THE_YEAR,
    TWO_YEARS,
    WHICH,
    YEAR_ALONE,
)
from index.figures.relative_days import named_day, spoken_day
from index.figures.rules import Chain, Rule
from index.figures.shifted import is_unit, same_time_before, stepped_from
from index.text.dates import MONTH_NUMBERS
from index.text.number_words import ONES, TENS

Role = Literal["within", "since", "after", "until", "before", "at", "between"]
"""What a preposition makes of a stretch of time: "since" begins with it, "until" ends with it, ..."""

_COUNTS = ONES | TENS
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_STEP: Final = {"this": 0, "current": 0, "last": -1, "next": 1, "coming": 1}

_RECENT: Final = 31
"""A month that ended more than this many days ago is not the one meant by "by November": one month. With 15 to 62 the
labelled dev releases are read alike."""

_LONGEST_SPAN: Final = 30
"""Two years further apart than this ("1914-45" is 31) are no span of years: a number or a code."""


@dataclass(frozen=True, slots=True)
class Time:
    """A stretch of time whose words end at ``stop``.

    ``start`` and ``end`` are its first and last day where they are known. ``day`` and ``month`` of a date without a
    year are kept until the year is known. ``needs`` says that it counts as a period only after a preposition: a bare
    year, "the year". ``relative`` says that it runs from the day of publication ("the past week", "this year"), so
    that it is not to be read as a calendar date.
    """

    stop: int
    start: date | None = None
    end: date | None = None
    day: int | None = None
    month: int | None = None
    needs: bool = False
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Yearless:
    """A day or month without a year, and what decides which year is meant.

    ``at`` is where its words begin, ``over`` says that it must have ended. ``past`` is the last such day or month that
    has begun by the day of publication, ``ahead`` the next that has not ended.
    """

    time: Time
    role: Role
    at: int
    over: bool
    past: tuple[date, date] | None
    ahead: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence whose times are read, on the day of its publication.

    ``future_from`` is where it begins to speak of the future, or its length; ``past`` says that it speaks only of the
    past. ``base`` are the days of the last time before, from which "a year earlier" counts.
    """

    text: str
    published: date
    rules: "TimeRules"
    future_from: int
    past: bool
    base: tuple[date, date] | None = None


def sentence_of(text: str, published: date, rules: "TimeRules") -> Sentence:
    """Return a sentence with its tenses."""
    future = FUTURE.search(text)
    past = future is None and PAST.search(text) is not None
    return Sentence(text, published, rules, future.start() if future else len(text), past)


def time_at(sentence: Sentence, at: int) -> Time | None:
    """Return the stretch of time that is named at ``at``, whatever precedes it."""
    try:
        return sentence.rules.times(sentence, at)
    except (ValueError, OverflowError):  # it begins before the first day there is, or ends after the last
        return None


def date_at(sentence: Sentence, at: int) -> Time | None:
    """Return the day or month that is named at ``at``: "5 July 2024", "July"."""
    return sentence.rules.dates(sentence, at)


def year_at(sentence: Sentence, at: int) -> Time | None:
    """Return the calendar year whose number begins at ``at``."""
    match = YEAR_ALONE.match(sentence.text, at)
    if match is None or sentence.text[match.end() : match.end() + 1] in ("s", "-", "/", "%"):
        return None
    start, end = calendar_days(int(match["year"]), None, None)
    return Time(match.end(), start, end, needs=True)


def settled(sentence: Sentence, time: Time, role: Role, at: int, *, over: bool = False) -> Time:
    """Give a day or month without a year the one that the sentence means, or leave it undated if that is not sure.

    ``at`` is where the words of the period begin, ``role`` that of its preposition; ``over`` says that it must have
    ended. A time that has its year is returned as it is.
    """
    if time.start is not None or time.month is None:
        return time
    today = sentence.published
    years = [calendar_days(today.year + step, time.month, time.day) for step in (-1, 0, 1)]
    days = [(start, end) for start, end in years if start is not None and end is not None]
    past = next((each for each in reversed(days) if each[0] <= today), None)
    ahead = next((each for each in days if each[1] >= today), None)
    return sentence.rules.years(sentence, Yearless(time, role, at, over, past, ahead)) or time


# --- which year a day or month without one belongs to


def _begun(sentence: Sentence, said: Yearless) -> Time | None:
    """What is said to have ended, and what "since" names, is over or has begun."""
    since = sentence.text[said.at : said.at + len("since")].lower() == "since"
    return _on(said.time, said.past) if said.over or since else None


def _in_future(sentence: Sentence, said: Yearless) -> Time | None:
    return _on(said.time, said.ahead) if sentence.future_from < said.at else None


def _in_past(sentence: Sentence, said: Yearless) -> Time | None:
    return _on(said.time, said.past) if sentence.past and said.role != "since" else None


def _ahead_is_nearer(sentence: Sentence, said: Yearless) -> Time | None:
    """The coming day is meant if it is nearer; of a coming month nobody knows."""
    today, past, ahead = sentence.published, said.past, said.ahead
    if past is None or (ahead is not None and (today - past[1]) > (ahead[0] - today)):
        return _on(said.time, ahead if said.time.day is not None else None)
    return None


def _last_was_recent(sentence: Sentence, said: Yearless) -> Time | None:
    """The last one is meant, but after "by" or "after" only if it has just been."""
    if said.past is None:
        return None
    near = said.role not in ("until", "before", "after") or (sentence.published - said.past[1]).days <= _RECENT
    return _on(said.time, said.past if near else None)


def _on(time: Time, days: tuple[date, date] | None) -> Time:
    return replace(time, start=days[0], end=days[1]) if days is not None else time


# --- dates


def _month_day(sentence: Sentence, at: int) -> Time | None:
    """Read "July 12, 2024", and "on July 12"."""
    if match := AMERICAN.match(sentence.text, at):
        return _dated(match.end(), int(match["year"]), MONTH_NUMBERS[match["month"]], _day(match["day"]))
    match = MONTH_DAY.match(sentence.text, at) if sentence.text[max(0, at - 3) : at].lower() == "on " else None
    return Time(match.end(), day=_day(match["day"]), month=MONTH_NUMBERS[match["month"]]) if match else None


def _day_month(sentence: Sentence, at: int) -> Time | None:
    match = DATE.match(sentence.text, at)
    if match is None:
        return None
    day, month = _day(match["day"]) if match["day"] else None, MONTH_NUMBERS[match["month"]]
    if match["year"]:
        return _dated(match.end(), int(match["year"]), month, day)
    if match["which"]:
        return _dated(match.end(), sentence.published.year + _STEP[match["which"].lower()], month, day)
    return Time(match.end(), day=day, month=month)


def _dated(stop: int, year: int, month: int, day: int | None) -> Time:
    start, end = calendar_days(year, month, day)
    return Time(stop, start, end)


def _day(written: str) -> int:
    return int(written.rstrip("stndrh"))


def _numbered(sentence: Sentence, at: int) -> Time | None:
    """Read "2024-07-05" and, as it is written in Britain, "05/07/2024"."""
    match = ISO_DAY.match(sentence.text, at) or SLASHED_DAY.match(sentence.text, at)
    return _dated(match.end(), int(match["year"]), int(match["month"]), int(match["day"])) if match else None


def _spoken(sentence: Sentence, at: int) -> Time | None:
    """Read "yesterday", "last night", "the day before yesterday"."""
    found = spoken_day(sentence.text, at, sentence.published)
    return Time(found.stop, found.day, found.day) if found else None


def _weekday(sentence: Sentence, at: int) -> Time | None:
    """Read "on Monday", "last Tuesday"."""
    found = named_day(sentence.text, at, sentence.published, future=sentence.future_from < at)
    if found is None:
        return None
    open_ended = found.named and BOUNDED_BY.search(sentence.text, max(0, at - 20), at) is not None
    if open_ended and sentence.future_from > at and not sentence.past and sentence.text[at - 6 : at - 1] != "since":
        return Time(found.stop, needs=True)  # by the last one, or by the next?
    return Time(found.stop, found.day, found.day, needs=found.named)


def _christmas(sentence: Sentence, at: int) -> Time | None:
    """Read "before Christmas", "on New Year's Eve"; "at Christmas" and "over Christmas" mean some days around it."""
    match = CHRISTMAS.match(sentence.text, at)
    if match is None:
        return None
    if match["new"]:
        month, day = (12, 31) if match["new"] == "Eve" else (1, 1)
    else:
        month, day = 12, 26 if match["boxing"] else 24 if match["which"] == "Eve" else 25
    settles = match["which"] or match["boxing"] or match["new"]
    if not settles and BOUNDED_BY.search(sentence.text, max(0, at - 20), at) is None:
        return None
    if match["year"]:
        return _dated(match.end(), int(match["year"]), month, day)
    return Time(match.end(), day=day, month=month)


# --- stretches


def _same_before(sentence: Sentence, at: int) -> Time | None:
    """Read "the same month a year before"."""
    return _shifted(same_time_before(sentence.text, at, sentence.base))


def _stepped(sentence: Sentence, at: int) -> Time | None:
    """Read "a year earlier", "the month before", "the previous year" after the time they count from."""
    return _shifted(stepped_from(sentence.text, at, sentence.base))


def _shifted(found: tuple[int, tuple[date, date] | None] | None) -> Time | None:
    if found is None:
        return None
    stop, days = found
    return Time(stop, *days) if days is not None else Time(stop)


def _the_year(sentence: Sentence, at: int) -> Time | None:
    """Read "the year 2023", "the calendar year 2023"."""
    match = THE_YEAR.match(sentence.text, at)
    return year_at(sentence, match.end()) if match else None


def _ending(sentence: Sentence, at: int) -> Time | None:
    """Read "the year ending March 2024", "12 months to June"."""
    match = ENDING.match(sentence.text, at)
    last = _end_of_year(sentence, match.end()) if match else None
    if match is None or last is None:
        return None
    if match["how"].lower() == "to" and match["unit"].lower() == "period":
        return None
    last = settled(sentence, last, "within", at, over=True)
    unit, count = match["unit"].lower().rstrip("s"), _count(match["count"])
    months = {"year": 12, "quarter": 3}.get(unit, count if unit == "month" else None)
    if last.end is None or months is None:
        return Time(last.stop, end=last.end)
    return Time(last.stop, months_back(last.end, months), last.end)


def _end_of_year(sentence: Sentence, at: int) -> Time | None:
    if quarter := QUARTER.match(sentence.text, at):
        start = date(int(quarter["year"]), int(quarter["q"]) * 3 - 2, 1)
        return Time(quarter.end(), start, month_start(start, 3) - timedelta(days=1))
    return _two_years(sentence, at) or date_at(sentence, at) or year_at(sentence, at)


def _kind_of_year(sentence: Sentence, at: int) -> Time | None:
    """Read "the financial year 2024/25", "the tax year ending March 2024"."""
    kind = KIND_OF_YEAR.match(sentence.text, at)
    if kind is None:
        return None
    two = TWO_YEARS.match(sentence.text, kind.end())
    if two is not None:
        fiscal = kind["kind"].lower() in ("financial", "fiscal", "tax")
        return (
            _financial(two.end(), int(two["year"]), _second_year(two["year"], two["next"]))
            if fiscal
            else Time(two.end())
        )
    if ending := ENDED.match(sentence.text, kind.end()):
        last = _end_of_year(sentence, ending.end())
        if last is not None:
            last = settled(sentence, last, "within", at, over=True)
            return Time(last.stop, last.end and months_back(last.end, 12), last.end)
    return None


def _two_years(sentence: Sentence, at: int) -> Time | None:
    match = TWO_YEARS.match(sentence.text, at)
    if match is None:
        return None
    first, last = int(match["year"]), _second_year(match["year"], match["next"])
    if " to " in match.group() and last != first + 1:
        return None  # a span of calendar years, each read by itself
    if last == first + 1:
        return _financial(match.end(), first, last)
    if first < last and len(match["next"]) == 4:
        return Time(match.end(), date(first, 1, 1), date(last, 12, 31))
    # "2011-15": some years, but calendar or financial ones?
    return Time(match.end(), needs=True) if first < last <= first + _LONGEST_SPAN else None


def _financial(stop: int, first: int, last: int) -> Time:
    return Time(stop, date(first, 4, 1), date(last, 3, 31)) if last == first + 1 else Time(stop)


def _second_year(first: str, second: str) -> int:
    """Return the year that "25" of "2024/25" or "00" of "1999/00" is."""
    if len(second) == 4:
        return int(second)
    year = int(first)
    return year // 100 * 100 + int(second) + (100 if int(second) == 0 and year % 100 == 99 else 0)


def _part_of(sentence: Sentence, at: int) -> Time | None:
    """Read "the first quarter of 2024", "Q1 2024/25", "the first six months of this year"."""
    match = PART_OF.match(sentence.text, at)
    if match is None:
        return None
    if match["fy"]:
        years = TWO_YEARS.match(match["fy"])
        if years is None or _second_year(years["year"], years["next"]) != int(years["year"]) + 1:
            return Time(match.end())
        begin = date(int(years["year"]), 4, 1)
    else:
        last_year = (match["which"] or "").lower().strip() == "last"
        begin = date(int(match["year"]) if match["year"] else sentence.published.year - last_year, 1, 1)
    unit = "quarter" if match["q"] else match["unit"].lower()
    length = {"quarter": 3, "half": 6}.get(unit) or _count(match["count"])
    nth = int(match["q"]) if match["q"] else _NTH.get(match["nth"].lower(), 0)
    if length is None or length > 12 or nth * length > 12:
        return Time(match.end())
    skipped = (nth - 1) * length if nth else 12 - length
    start = month_start(begin, skipped)
    return Time(match.end(), start, month_start(start, length) - timedelta(days=1))


def _which(sentence: Sentence, at: int) -> Time | None:
    """Read "last month", "this financial year", "last July"."""
    match = WHICH.match(sentence.text, at)
    if match is None:
        return None
    if match["vague"]:
        return Time(match.end(), relative=True)
    which, unit = match["which"].lower().split()[-1], match["unit"].lower()
    fiscal = (match["kind"] or "").strip().lower() in ("financial", "fiscal", "tax")
    if which == "past" and not fiscal:
        return None  # rolling
    step = -1 if which == "past" else _STEP[which]
    if (month := MONTH_NUMBERS.get(match["unit"].capitalize())) is not None:
        return _named_month(sentence, match.end(), month, step) if match["unit"][0].isupper() else None
    kind = (match["kind"] or "").strip().lower()
    if kind in ("academic", "school"):
        return Time(match.end(), relative=True)  # schools and universities begin theirs on other days
    start, end = unit_around(sentence.published, unit, step, fiscal=fiscal)
    return Time(match.end(), start, None if step == 0 else end, relative=True)


def _named_month(sentence: Sentence, stop: int, month: int, step: int) -> Time:
    """Return the month of "last July", the nearest that is over, of "next July", or of "this July", this year's."""
    year, now = sentence.published.year, sentence.published.month
    year += (month >= now) * -1 if step < 0 else (month <= now) * 1 if step > 0 else 0
    return Time(stop, *calendar_days(year, month, None))


def _rolling(sentence: Sentence, at: int) -> Time | None:
    """Read "the past week", "the next 5 years": the words do not say from which day exactly."""
    match = ROLLING.match(sentence.text, at)
    if match is None:
        return None
    named = match["count"] is None and match["unit"].lower() in ("year", "month", "week")
    if named and match["which"].lower() in ("last", "next") and sentence.text[at : at + 3].lower() != "the":
        return None
    return Time(match.end(), relative=True)


def _season(sentence: Sentence, at: int) -> Time | None:
    match = SEASON.match(sentence.text, at)
    return Time(match.end()) if match else None


def _the_unit(sentence: Sentence, at: int) -> Time | None:
    """Read "the year", "this parliament", "the pandemic"."""
    match = THE_UNIT.match(sentence.text, at)
    if match is None:
        return None
    unit, base = match["unit"].lower(), sentence.base
    if (
        match["which"].lower() == "the" and base is not None and is_unit(base, unit)
    ):  # "in 2014 to 2015 ... in the year"
        return Time(match.end(), *base, needs=True, relative=True)
    start, end = unit_around(sentence.published, unit, 0, fiscal=False)
    return Time(match.end(), start, end, needs=True, relative=True)


def _roughly(sentence: Sentence, at: int) -> Time | None:
    """Read "early 2024", "late January"."""
    match = ROUGHLY.match(sentence.text, at)
    time = (date_at(sentence, match.end()) or year_at(sentence, match.end())) if match else None
    return Time(time.stop) if time else None


def _count(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdigit() else _COUNTS.get(word.lower())


@dataclass(frozen=True, slots=True)
class TimeRules:
    """The rules by which a stretch of time is read: its forms, among them dates, and the years of those without one."""

    times: Chain[[Sentence, int], Time]
    dates: Chain[[Sentence, int], Time]
    years: Chain[[Sentence, Yearless], Time]


_NOT_GUESSED: Final = "safety: without it the words would be given days that they do not settle"
_FROM_PUBLICATION: Final = "from a bug report: a question about a day or month finds what is told from another one"
_WRITTEN_SO: Final = "people write days and years so, in questions above all"
_STATISTICS: Final = "quarters and halves are how statistics are dated"

TIMES: Final = TimeRules(
    times=Chain(
        "time",
        (
            Rule(
                "same before",
                "In May 2024 500 came, up from 400 in the same month a year before",
                _same_before,
                _FROM_PUBLICATION,
            ),
            Rule("stepped", "In 2023 500 came, and 400 the year before", _stepped, _FROM_PUBLICATION),
            Rule("the year", "500 people in the year 2023", _the_year, _WRITTEN_SO),
            Rule("ending", "the year ending March 2024 saw 500", _ending),
            Rule("kind of year", "in the academic year 2024/25 500 came", _kind_of_year, _NOT_GUESSED),
            Rule("two years", "500 in 2024/25", _two_years),
            Rule("part of a year", "500 in the first quarter of 2024", _part_of, _STATISTICS),
            Rule("date", "500 people since 5 July 2024.", date_at),
            Rule("numbered day", "500 people on 2024-07-05", _numbered, _WRITTEN_SO),
            Rule("spoken day", "500 people came yesterday", _spoken, _FROM_PUBLICATION),
            Rule("weekday", "500 people last Tuesday", _weekday, _FROM_PUBLICATION),
            Rule("Christmas", "500 people came before Christmas", _christmas, _FROM_PUBLICATION),
            Rule("last or next", "500 people last month", _which),
            Rule("rolling", "500 people over the next 5 years", _rolling),
            Rule("season", "500 in the summer of 2022", _season, _NOT_GUESSED),
            Rule("the unit", "500 boats during the parliament", _the_unit),
            Rule("roughly", "500 in early 2024", _roughly),
            Rule("year", "500 people in 2023.", year_at),
        ),
    ),
    dates=Chain(
        "date",
        (
            Rule("July 12", "500 people on July 12", _month_day, _NOT_GUESSED),
            Rule("12 July", "500 people since 5 July 2024.", _day_month),
        ),
    ),
    years=Chain(
        "year of a date",
        (
            Rule("begun", "it will keep the 500 hired since March", _begun, _NOT_GUESSED),
            Rule("future", "500 will leave in January", _in_future),
            Rule("past", "500 people were hired in January", _in_past),
            Rule("ahead is nearer", "500 people on 20 December", _ahead_is_nearer, _NOT_GUESSED),
            Rule("last was recent", "500 people in October.", _last_was_recent),
        ),
    ),
)
