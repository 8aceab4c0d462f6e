"""Whether a candidate answer is of the time that the question asks about, and what to do with those that are not.

A figure for 2023 is no answer to a question about 2024, however well its sentence fits. What a candidate covers is its
figure's own period, or else the day of its release. Only a contradiction counts against it: what the words leave open
stays open. The same holds for what has not happened: "may visit 450 farms" does not say how many were visited.

Long because each way in which a statement may miss the time asked for is told here, and all are weighed together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from index.figures.periods import periods
from index.text.dates import MONTH_NUMBERS, MONTHS, UNDATED
from index.text.terms import stems
from index.types import Hit, Period, Release, Span
from qa.figures.noughts import holds_subject, nought_asked_for
from qa.figures.plans import is_plan, speaks_of_plans
from qa.figures.seasons import season_of
from qa.figures.statements import SHARED, Statement, as_statement, same_kind, share_of_words
from qa.figures.weekdays import on_another_day
from qa.question import NEUTRAL, Asked, AskedTime
from qa.reading.calibration import odds, surer
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

Verdict = Literal["agrees", "open", "differs"]
"""What a candidate's time says: it is just the one that is asked for, it may be, or it is another."""

CONTRADICTED: Final = 0.1
"""What is left of the confidence of an answer of another time: less than any useful threshold."""

MORE: Final = 3
"""How many passages that state a figure for just the time asked are read in place of the last ones, as they are needed
only where a figure of another time was refused."""

_ODDS_OF_TIME: Final = 3.0
"""How many times as likely an answer is when its time, in other words than the question's, is just that."""

_BY_ITSELF: Final = 0.5
"""The confidence of an answer whose score by itself is that of being as likely as no answer, at least."""

_STANDS_IN: Final = 0.25
"""How much of the odds of a contradicted answer one of no known time must have to be given in its place.

What comes far behind is mostly of something else: the number of the next county in the same sentence.
"""

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

_READ_FOR_TIMES: Final = 20_000
"""How many characters of a release are searched for a mention of the time asked for."""

_PAST_YEAR = re.compile(r"\b(?:past|last)\s(?:year|12\smonths|twelve\smonths)\b", re.IGNORECASE)
"""A year that ends at about the day of publication."""

_TODAY = re.compile(r"\b(?:today|this\s(?:morning|afternoon|evening))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Held:
    """Candidates, best first, after their time was held against the question's.

    ``nearest`` is the best one of another time, if it would have been the answer: None where none was refused.
    """

    candidates: tuple[Candidate, ...]
    nearest: Candidate | None


def hold_to_time(asked: Asked, candidates: Sequence[Candidate], figures: Figures, limits: ScoreLimits) -> Held:
    """Return the candidates with those of another time behind, and with next to no confidence.

    Where the best one is refused, one that states the same kind of figure for just the time asked takes its place and
    its confidence: reading found the measure, the period tells which of its numbers. A reader cannot know that "last
    year" is the year asked for, so where only that tells the best one from others, it becomes surer. So does a nought
    that denies just what the question counts (`nought_asked_for`).
    """
    held = _held(asked, candidates, figures, limits)
    nought = nought_asked_for(asked, held.candidates, figures)
    if nought is not None and _as_much_of_the_time(asked, nought, held.candidates[0], figures):
        sure = replace(nought, confidence=max(_BY_ITSELF, held.candidates[0].confidence))
        return replace(held, candidates=(sure, *(each for each in held.candidates if each is not nought)))
    if held.candidates and _told_by_its_time(asked, held.candidates, figures):
        told = _surer(held.candidates[0])
        held = replace(held, candidates=(told, *held.candidates[1:]))
    return held


def _as_much_of_the_time(asked: Asked, nought: Candidate, best: Candidate, figures: Figures) -> bool:
    """Return True if a nought is not of another time, and is of just the time asked for if the best candidate is."""
    said = verdict(asked, nought, figures)
    return said == "agrees" or (said == "open" and (nought is best or verdict(asked, best, figures) != "agrees"))


def _held(asked: Asked, candidates: Sequence[Candidate], figures: Figures, limits: ScoreLimits) -> Held:
    if not candidates:
        return Held((), None)
    verdicts = [verdict(asked, each, figures) for each in candidates]
    best = candidates[0]
    if verdicts[0] == "differs":
        refused = [
            _refused(each)
            for each, said in zip(candidates, verdicts, strict=True)
            if said == "differs" or _counts_its_like(asked, best, each, figures)
        ]
        agreeing = _agreeing(asked, candidates, verdicts, figures)
        chosen = agreeing[:1]
        enough = _STANDS_IN * odds(best.confidence)
        kept = [
            each if odds(each.confidence) >= enough or said == "agrees" else _refused(each)
            for each, said in zip(candidates, verdicts, strict=True)
            if said != "differs" and each not in chosen and not _counts_its_like(asked, best, each, figures)
        ]
        chosen = [replace(each, confidence=max(each.confidence, best.confidence)) for each in chosen]
        return Held((*chosen, *sorted([*kept, *refused], key=lambda each: -each.confidence)), best)
    kept = [each for each, said in zip(candidates, verdicts, strict=True) if said != "differs"]
    if verdicts[0] == "open":
        agreeing = _agreeing(asked, candidates, verdicts, figures)
        better = [each for each in agreeing if each.span_score >= limits.alone]
        if not better and _names_a_day(asked, best):
            # That "yesterday" is the day asked for tells more than a number of no day that reads better.
            enough = _STANDS_IN * odds(best.confidence)
            beside = [each for each in agreeing if odds(each.confidence) >= enough]
            better = [replace(each, confidence=max(each.confidence, best.confidence)) for each in beside[:1]]
            kept = [each for each in kept if each not in beside[:1]]
        kept = [*better[:1], *(each for each in kept if each not in better[:1])]
    refused = [_refused(each) for each, said in zip(candidates, verdicts, strict=True) if said == "differs"]
    return Held((*kept, *refused), None)


def _names_a_day(asked: Asked, candidate: Candidate) -> bool:
    time = asked.time(candidate.hit.passage.release.published)
    return time is not None and time.start is not None and time.start == time.end and not time.of_release


def of_the_time(asked: Asked, nearest: Candidate, figures: Figures, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, at most `MORE` and in their order, that state for just the time asked what ``nearest`` states
    for another: a figure of its kind, in a passage with most of the question's words that are in its own.

    ``figures`` are those of the hits and of the nearest candidate's passage. A release that comes out each month is
    found by what it counts, and the month that is asked for may be behind the others.
    """
    near = as_statement(asked, nearest, figures)
    if near is None:
        return []
    subject = asked.subject(near.published)
    return [hit for hit in hits if _states_for_time(asked, near, subject, hit, figures)][:MORE]


def _states_for_time(asked: Asked, near: Statement, subject: frozenset[str], hit: Hit, figures: Figures) -> bool:
    time, published = asked.time(hit.passage.release.published), hit.passage.release.published
    if time is None or share_of_words(subject, near, hit.passage) < SHARED:
        return False
    return any(
        each.period is not None and same_kind(near.figure, each) and compare(each.period, published, time) == "agrees"
        for each in figures.get(hit.passage.id, ())
    )


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
        return _of_words(asked, candidate, time)
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
        return "agrees" if _within(release.published, time) else _unless_mentioned(release, time)
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
        return "open" if speaks_of_plans(statement) else _unless_mentioned(release, time)
    if time.end is not None and published > time.end:
        length = (time.end - (time.start or time.end)).days
        soon = _SOON if length <= _MONTH else _LATER
        return "open" if (published - time.end).days <= soon else _unless_mentioned(release, time)
    return "open"


def _of_words(asked: Asked, candidate: Candidate, time: AskedTime) -> Verdict:
    """Compare what is no figure: only a day that is itself the answer, or a sentence of another time, contradicts."""
    release = candidate.hit.passage.release
    if time.never or time.of_release or time.by_then or time.start is None or time.end is None:
        return "open"
    if time.start - timedelta(days=_NEAR) <= release.published <= time.end + timedelta(days=_NEAR):
        return "open"
    sentence = next(
        (each for each in candidate.hit.passage.sentences if each.start <= candidate.span.start < each.end),
        candidate.span,
    )
    said = [each for each in periods(release.body, sentence, release.published) if each.start or each.end]
    if not said or any(_overlap(each, release.published, time) for each in said):
        return "open"
    return _unless_mentioned(release, time)


def _unless_mentioned(release: Release, time: AskedTime) -> Verdict:
    """Return "open" if a release speaks of the time asked for anywhere, else "differs"."""
    return "open" if _mentions(release, time) else "differs"


@lru_cache(maxsize=64)
def _mentions(release: Release, time: AskedTime) -> bool:
    text = f"{release.title}\n{release.body[:_READ_FOR_TIMES]}"
    known = [day.year for day in (time.start, time.end) if day is not None]
    if any(str(year) in text for year in range(min(known), max(known) + 1)):
        return True
    found = periods(text, Span(0, len(text)), release.published)
    return any(_overlap(each, release.published, time) for each in found if each.start and each.end)


def _overlap(period: Period, published: date, time: AskedTime) -> bool:
    first, last = period.start or date.min, period.end or max(published, period.start or published)
    return (time.end is None or first <= time.end) and (time.start is None or time.start <= last)


def _within(day: date, time: AskedTime) -> bool:
    return (time.start is None or time.start <= day) and (time.end is None or day <= time.end)


def _begin_alike(a: date, b: date) -> bool:
    # "since 2024" may be since July of it
    return (
        abs((a - b).days) <= _NEAR
        or (a.year == b.year and (a.month, a.day) in ((1, 1), (b.month, b.day)))
        or (a.year == b.year and (b.month, b.day) == (1, 1))
    )


def _agreeing(
    asked: Asked, candidates: Sequence[Candidate], verdicts: Sequence[Verdict], figures: Figures
) -> list[Candidate]:
    """Return the candidates of just the time asked for that may be of the best one's measure, best first."""
    best = as_statement(asked, candidates[0], figures)
    if best is None:
        return []
    found = []
    for candidate, said in zip(candidates[1:], verdicts[1:], strict=True):
        other = as_statement(asked, candidate, figures, like=best.figure) if said == "agrees" else None
        if other is None or not same_kind(best.figure, other.figure) or not _count_alike(best, other):
            continue
        if not _counts_its_like(asked, candidates[0], candidate, figures):
            found.append(candidate)
    return found


def _counts_its_like(asked: Asked, best: Candidate, other: Candidate, figures: Figures) -> bool:
    """Return True if a candidate counts another thing of the class: flu jabs, where the question has Covid jabs."""
    one = as_statement(asked, best, figures)
    two = as_statement(asked, other, figures, like=one.figure) if one is not None else None
    if one is None or two is None:
        return False
    a, b, subject = _counted(one), _counted(two), asked.subject(one.published)
    return bool(a & b and a & subject - b and b - subject - NEUTRAL)


def _count_alike(best: Statement, other: Statement) -> bool:
    one, two = _counted(best), _counted(other)
    return not one or not two or bool(one & two)


def _counted(statement: Statement) -> frozenset[str]:
    span = statement.figure.counted
    return frozenset(stems(span.of(statement.release.body))) if span else frozenset()


def _told_by_its_time(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> bool:
    """Return True if the best candidate is of just the time asked, in words of its own, and others are not of it.

    The others are figures of its kind in its release; the passage must hold what the question is about.
    """
    best = as_statement(asked, candidates[0], figures)
    if best is None or best.figure.period is None or verdict(asked, candidates[0], figures) != "agrees":
        return False
    words = best.figure.period.span.of(best.release.body).lower().split()
    if set(words) <= set(re.findall(r"[^\s?.,;]+", asked.text.lower())):
        return False  # the reader has seen as much
    if not holds_subject(asked, best):
        return False
    others = ((each, as_statement(asked, each, figures)) for each in candidates[1:])
    return any(
        other is not None
        and other.release.id == best.release.id
        and same_kind(best.figure, other.figure)
        and verdict(asked, each, figures) == "differs"
        for each, other in others
    )


def _surer(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=surer(candidate.confidence, _ODDS_OF_TIME))


def _refused(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=CONTRADICTED * candidate.confidence)
