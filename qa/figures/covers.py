"""Whether a candidate answer is of the time that the question asks about.

A figure for 2023 is no answer to a question about 2024, however well its sentence fits. What a candidate covers is its
figure's own period, or else the day of its release. Only a contradiction counts against it: what the words leave open
stays open. The same holds for what has not happened: "may visit 450 farms" does not say how many were visited.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from index.figures.periods import periods
from index.text.dates import MONTH_NUMBERS, MONTHS, UNDATED
from index.types import Period, Release, Span
from qa.figures.plans import is_plan, speaks_of_plans
from qa.figures.seasons import season_of
from qa.figures.statements import Statement, as_statement, is_cell
from qa.figures.weekdays import on_another_day
from qa.question import Asked, AskedTime
from qa.types import Candidate, Figures

Verdict = Literal["agrees", "open", "differs"]
"""What a candidate's time says: it is just the one that is asked for, it may be, or it is another."""

_MONTH: Final = 31
"""Days. A stretch of time up to this long is told from one inside it only by what else is known."""

_STATISTIC: Final = 27
"""How many days after its first a stretch of time ends, at least, that is counted regularly: a month. On a shorter one,
all of what is asked about may have happened."""

_SOON, _LATER = 45, 183
"""How many days after a time of up to a month, or of more, a release may still speak of it without saying so."""

_NEAR: Final = 31
"""How many days two ends of an open stretch of time ("since July", "since 5 July") may lie apart and mean the same."""

_YEAR: Final = 365

_LEAD: Final = 300
"""How many characters at the beginning of a release say what all of it is about."""

_READ_FOR_YEARS: Final = 20_000
"""How many characters before a sentence are searched for the last year that is named."""

_BEFORE: Final = 400
"""How many characters before a sentence may say what time it is of: some two sentences."""

_YEARS = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")

_PAST_YEAR = re.compile(r"\b(?:past|last)\s(?:year|12\smonths|twelve\smonths)\b", re.IGNORECASE)
"""A year that ends at about the day of publication."""

_TODAY = re.compile(r"\b(?:today|this\s(?:morning|afternoon|evening))\b", re.IGNORECASE)


def verdict(asked: Asked, candidate: Candidate, figures: Figures) -> Verdict:
    """Return what a candidate's time says about the time that the question names; "open" where it names none."""
    release = candidate.hit.passage.release
    statement = as_statement(asked, candidate, figures)
    if (statement is not None and is_plan(asked, statement)) or on_another_day(asked, candidate):
        return "differs"
    time = asked.time(release.published)
    if time is None:
        return "open"
    if statement is None:
        return _of_words(candidate, time)
    return _of_figure(statement, time)


def differs(statement: Statement, time: AskedTime) -> bool:
    """Return True if a statement is of another time than the one asked for."""
    return _of_figure(statement, time) == "differs"


def is_contradicted(asked: Asked, statement: Statement) -> bool:
    """Return True if a statement is of another time than the question names, or of a plan where it asks what was."""
    time = asked.time(statement.published)
    return is_plan(asked, statement) or (time is not None and differs(statement, time))


def _of_figure(statement: Statement, time: AskedTime) -> Verdict:
    figure, release = statement.figure, statement.release
    if time.never:
        return "differs"
    if time.of_release:
        return "agrees" if time.includes(release.published) else _unless_mentioned(release, figure.sentence, time)
    period = (season_of(statement) if time.of_season else None) or figure.period
    if period is None or (period.start is None and period.end is None):
        if period is not None and _PAST_YEAR.search(period.span.of(release.body)) and release.published != UNDATED:
            rolling = replace(period, start=release.published - timedelta(days=_YEAR), end=release.published)
            return compare(rolling, release.published, time)
        if period is not None and (month := _month_of(period.span.of(release.body))) is not None:
            said = _of_month(month, release.published, time)
            if said is not None:
                return said
        single = time.start is not None and time.start == time.end
        if single and _TODAY.search(figure.sentence.of(release.body)):
            return "agrees" if release.published == time.start else "differs"
        return _of_release_day(statement, time)
    if is_cell(statement) and time.start == time.end == period.end:
        return "agrees"  # "at the end of 2024", and the column "2024"
    return compare(period, release.published, time)


def _month_of(words: str) -> int | None:
    found = [MONTH_NUMBERS[name] for name in MONTHS if re.search(rf"\b{name}\b", words)]
    return found[0] if len(found) == 1 else None


def _of_month(month: int, published: date, time: AskedTime) -> Verdict | None:
    """Compare a month whose year the words do not settle with one that is asked for, less than a year from the release.

    None where more than a month is asked for, or one further away.
    """
    start = time.start
    if start is None or abs((published - start).days) > _YEAR or time.by_then:
        return None
    if time.end is not None and (time.end.year, time.end.month) != (start.year, start.month):
        return None
    return "open" if start.month == month else "differs"


def compare(period: Period, published: date, time: AskedTime) -> Verdict:
    """Return whether a dated period is the time asked for; "since July" runs to the day of publication."""
    start, end = period.start, period.end
    if (start, end) == (time.start, time.end):
        return "agrees"
    if time.by_then and time.end is not None:
        return _by(time, start, end, published)
    if time.end is None and time.start is not None:  # since ...
        some = end is not None and end >= time.start and (end - (start or end)).days < _STATISTIC
        return "open" if some or start is None or _begin_alike(start, time.start) else "differs"
    first, last = time.start or date.min, time.end or date.max
    if start is None:  # "by 2030": at some time up to then
        return "differs" if end is not None and end < first else "open"
    until = end or max(published, start)
    if until < first or start > last:
        return "differs"
    if first <= start and until <= last:
        # A month is no answer about a year; a day may be, as the day on which all of it happened.
        apart = (last - first).days - (until - start).days
        return "differs" if end is not None and (until - start).days >= _STATISTIC and apart > _MONTH else "open"
    if start <= first and last <= until:
        return "open" if first <= published <= last else "differs"
    shared = (min(last, until) - max(first, start)).days + 1
    return "open" if 2 * shared >= (last - first).days + 1 else "differs"


def _by(time: AskedTime, start: date | None, end: date | None, published: date) -> Verdict:
    assert time.end is not None
    if start is None:  # "by 2029" and "by 2030" are two targets
        return "open" if end is None or abs((end - time.end).days) <= _NEAR else "differs"
    if start > time.end:
        return "differs"
    if time.start is not None and start == end:  # as at 31 March, and as at 30 June
        return "differs" if abs((start - time.end).days) > _NEAR else "open"
    if end is None:
        return "open" if published <= time.end + timedelta(days=_NEAR) else "differs"
    return "open"


def _of_release_day(statement: Statement, time: AskedTime) -> Verdict:
    """Compare by the day of publication: a figure that names no time is of about then."""
    release, published = statement.release, statement.published
    if published == UNDATED:
        return "open"
    if time.start is not None and published < time.start:
        return "open" if speaks_of_plans(statement) else _unless_mentioned(release, statement.figure.sentence, time)
    if time.end is not None and published > time.end:
        length = (time.end - (time.start or time.end)).days
        soon = _SOON if length <= _MONTH else _LATER
        near = (published - time.end).days <= soon
        return "open" if near else _unless_mentioned(release, statement.figure.sentence, time)
    return "open"


def _of_words(candidate: Candidate, time: AskedTime) -> Verdict:
    """Compare what is no figure: only a day that is itself the answer, or a sentence of another time, contradicts."""
    release = candidate.hit.passage.release
    if time.never or time.of_release or time.by_then or time.start is None or time.end is None:
        return "open"
    if time.start - timedelta(days=_NEAR) <= release.published <= time.end + timedelta(days=_NEAR):
        return "open"
    sentence = candidate.hit.passage.sentence_at(candidate.span)
    said = [each for each in periods(release.body, sentence, release.published) if each.start or each.end]
    if not said or any(_overlap(each, release.published, time) for each in said):
        return "open"
    return _unless_mentioned(release, sentence, time)


def _unless_mentioned(release: Release, sentence: Span, time: AskedTime) -> Verdict:
    """Return "open" if a release speaks of the time asked for where it may be that of a sentence, else "differs".

    That is in its title, in what it begins with, in the sentence, shortly before it, and in the last year named before
    it: a story goes on in its year.
    """
    before = release.body[max(0, sentence.start - _BEFORE) : sentence.end]
    years = _YEARS.findall(release.body[max(0, sentence.start - _READ_FOR_YEARS) : sentence.start])
    text = "\n".join((release.title, release.body[:_LEAD], before, *years[-1:]))
    return "open" if _mentions(text, release.published, time) else "differs"


@lru_cache(maxsize=256)
def _mentions(text: str, published: date, time: AskedTime) -> bool:
    known = [day.year for day in (time.start, time.end) if day is not None]
    if any(min(known) <= int(year) <= max(known) for year in _YEARS.findall(text)):
        return True
    found = periods(text, Span(0, len(text)), published)
    return any(_overlap(each, published, time) for each in found if each.start and each.end)


def _overlap(period: Period, published: date, time: AskedTime) -> bool:
    first, last = period.start or date.min, period.end or max(published, period.start or published)
    return (time.end is None or first <= time.end) and (time.start is None or time.start <= last)


def _begin_alike(a: date, b: date) -> bool:
    # "since 2024" may be since July of it
    return (
        abs((a - b).days) <= _NEAR
        or (a.year == b.year and (a.month, a.day) in ((1, 1), (b.month, b.day)))
        or (a.year == b.year and (b.month, b.day) == (1, 1))
    )
