"""How a figure moved: the statements of one measure, release by release, and which of them is the answer.

The rule: the answer to a question for a figure is the newest statement of what the best answer measures. Newest is by
the day of publication. A question that names its own time ("in October", "by 16 December 2024") takes the newest
statement for just that time, or else one that speaks of it. Nothing is ever added up, subtracted or averaged.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.figures.alongside import figure_for
from index.types import Hit, Period, Span
from qa.figures.covers import is_contradicted
from qa.figures.measures import (
    SHARED,
    find_restated,
    may_repeat,
    same_measure,
    share_of_release,
    share_of_words,
    telling,
    twins,
)
from qa.figures.noughts import nought_of_measure
from qa.figures.plans import is_plan
from qa.figures.relations import relation
from qa.figures.rises import added_to, change_before
from qa.figures.shown import timeline_point
from qa.figures.statements import Statement, as_statement, is_limit, names_instead, same_kind, same_number
from qa.question import Asked, AskedTime
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures, TimelinePoint

MORE = 4
"""How many more passages are read for the timeline alone, from releases that state nothing of it so far.

On 39 development timelines of GOV.UK the F1 of the members is 0.889 without them and 0.894 with 2 to 8 of them.
"""

_MOST = re.compile(
    r"\b(?:what(?:[’']s|\sis|\swas|\sare|\swere)\sthe\s(?:most|highest|upper|largest)\b|at\smost\b|maximum\b)",
    re.IGNORECASE,
)
"""A question for a limit: "What is the most a firm can get?"."""

_NAMED_BELOW = 5.0
"""How far below the score that is believed a statement may be that is of what the question names, where the best one of
its release is not: a reader that likes one of two places best gives the other one less than it would alone."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The statements of one measure, newest first, and the one that answers the question."""

    statements: tuple[Statement, ...]
    answer: Statement


def anchor_of(asked: Asked, candidates: Sequence[Candidate], figures: Figures, limits: ScoreLimits) -> Statement | None:
    """Return the best candidate as a statement, if it is a figure and the question may be asking for one.

    It is replaced by one of its release that is a limit, where the question asks for the most ("up to £500", not "£6
    million in all"), and by one of what the question names, where it is itself of something else ("sawn timber", not
    plywood). If its figure covers another time than the question names, it is replaced by the best one for exactly
    that time whose score is high enough ("in October": "856", not "from January to October over 6,600"). What was
    refused for its time never replaces it.
    """
    best = as_statement(asked, candidates[0], figures) if candidates else None
    if best is None:
        return None
    others = [as_statement(asked, each, figures, like=best.figure) for each in candidates[1:]]
    rivals = [each for each in others if each is not None and same_kind(best.figure, each.figure)]
    near = [
        each
        for each in rivals
        if (_near(best, each, limits) or _goes_on(best, each)) and not is_contradicted(asked, each)
    ]
    if _MOST.search(asked.text) and not is_limit(best):
        best = next((each for each in near if is_limit(each)), best)
    if best.figure.value:  # a nought has few words of its own: "no complaints"
        best = next((each for each in near if names_instead(asked, best, each, figures)), best)
    best = change_before(asked, best, figures) or added_to(asked, best, figures) or best
    named = asked.time(best.published) if _dated(best.figure.period) else None
    if named is None or _covers(best, named):
        return best
    of_the_time = (each for each in rivals if _replaces(best, each, named, limits))
    return next((each for each in of_the_time if not is_contradicted(asked, each)), best)


def _near(best: Statement, rival: Statement, limits: ScoreLimits) -> bool:
    return rival.release.id == best.release.id and rival.span_score >= limits.alone - _NAMED_BELOW


def _goes_on(best: Statement, rival: Statement) -> bool:
    """Return True if a later sentence of the passage gives the like figure of another: "The figure for York was 20"."""
    sentence = rival.figure.sentence
    after = rival.hit.passage.id == best.hit.passage.id and sentence.start >= best.figure.sentence.end
    return after and figure_for(rival.release.body, sentence)


def worth_reading(asked: Asked, line: Timeline, anchor: Statement, hits: Sequence[Hit], figures: Figures) -> list[Hit]:
    """Return the hits likeliest to state the anchor's measure, best first: one for each release, at most `MORE`.

    ``line`` is the timeline as far as it is known: its releases need no reading.
    """
    subject = asked.subject(anchor.published)
    stated = {each.release.id for each in line.statements}
    found: list[tuple[float, float, int, Hit]] = []
    for hit in hits:
        if hit.passage.release.id in stated:
            continue
        if not any(same_kind(anchor.figure, each) for each in figures.get(hit.passage.id, ())):
            continue
        shared = share_of_words(subject, anchor, hit.passage)
        if shared < SHARED and may_repeat(anchor, hit, figures):
            shared = max(shared, share_of_release(subject, anchor, hit.passage))
        if shared >= SHARED:
            found.append((-shared, -hit.score, hit.passage.id, hit))
    best: dict[str, Hit] = {}
    for *_, hit in sorted(found, key=lambda item: item[:3]):
        best.setdefault(hit.passage.release.id, hit)
    return list(best.values())[:MORE]


def timeline(
    asked: Asked,
    anchor: Statement,
    candidates: Sequence[Candidate],
    figures: Figures,
    limits: ScoreLimits,
    *,
    unread: Sequence[Hit] = (),
) -> Timeline:
    """Return the statements of the anchor's measure, one a release, and which one answers.

    They are candidates, or repeat the anchor's number in a passage that was read or in one of those ``unread``, or say
    there that there was none. Where the best figure of a release is not believed, a worse one of it counts only if it
    repeats the number; so does one that seems to be of another thing.
    """
    of_release: dict[str, Statement] = {anchor.release.id: anchor}
    not_believed = set[str]()
    for candidate in sorted(candidates, key=_best_first):
        release = candidate.hit.passage.release
        if release.id in of_release:
            continue
        statement = as_statement(asked, candidate, figures, like=anchor.figure)
        doubted = release.id in not_believed or candidate.is_other
        if statement is None or (doubted and not same_number(anchor.figure, statement.figure)):
            continue
        if not same_measure(asked, anchor, statement, limits):
            if same_kind(anchor.figure, statement.figure):
                not_believed.add(release.id)
        elif not _planned_instead(asked, anchor, statement) and not twins(asked, anchor, statement, figures):
            of_release[release.id] = statement
    read = {candidate.hit.passage.id: candidate.hit for candidate in candidates}
    for hit in [*read.values(), *unread]:
        if hit.passage.release.id not in of_release:
            further = _by_its_words(asked, anchor, hit, figures)
            if further is not None:
                of_release[further.release.id] = further
    newest_first = sorted(of_release.values(), key=_newest_first)
    named = asked.time(newest_first[0].published)
    answer = anchor
    if named is None:
        answer = newest_first[0]
    else:
        speaking = [each for each in newest_first if _speaks_of(each, named)]
        held = [each for each in speaking if not is_contradicted(asked, each)]
        speaking = held if held or not is_contradicted(asked, anchor) else speaking
        answer = next((each for each in speaking if _covers(each, named)), speaking[0] if speaking else anchor)
    return Timeline(tuple(newest_first), answer)


def _planned_instead(asked: Asked, anchor: Statement, other: Statement) -> bool:
    """Return True if another statement gives another number, for what will be done of what the question says was."""
    return not same_number(anchor.figure, other.figure) and is_plan(asked, other) and not is_plan(asked, anchor)


def _by_its_words(asked: Asked, anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the statement with which a passage repeats the anchor's number, or denies what it counts."""
    restated = find_restated(asked.subject(anchor.published), anchor, hit, figures)
    if restated is not None and (telling(anchor.figure) or not twins(asked, anchor, restated, figures)):
        return restated
    none = nought_of_measure(asked, anchor, hit, figures)
    return none if none is not None and not twins(asked, anchor, none, figures) else None


def points(line: Timeline) -> tuple[TimelinePoint, ...]:
    """Return a timeline as it is shown, newest first, each statement cited and checked; raises `CitationError`."""
    newest = line.statements[0]
    return tuple(
        timeline_point(each, "latest" if each is newest else relation(newest, each)) for each in line.statements
    )


def same_figure(line: Timeline) -> list[Statement]:
    """Return the statements of a timeline that give the answer's number, the answer first, then newest first."""
    value = line.answer.figure.value, line.answer.figure.value_max
    others = [each for each in line.statements if each is not line.answer]
    return [line.answer, *(each for each in others if (each.figure.value, each.figure.value_max) == value)]


def _best_first(candidate: Candidate) -> tuple[float, float, Span, int]:
    return -candidate.score, -candidate.span_score, candidate.span, candidate.hit.passage.id


def _newest_first(statement: Statement) -> tuple[int, float, str]:
    return -statement.published.toordinal(), -statement.score, statement.release.id


def _speaks_of(statement: Statement, time: AskedTime) -> bool:
    """Return True if a statement is of the time asked for, by its period or else by its day of publication."""
    published = statement.published
    if time.of_release:
        return time.includes(published)
    period = statement.figure.period
    if time.by_then:
        return time.end is None or published <= time.end
    if period is None or (period.start is None and period.end is None):
        return time.includes(published)
    first, last = period.start or date.min, period.end or published
    return (time.end is None or first <= time.end) and (time.start is None or time.start <= last)


def _dated(period: Period | None) -> bool:
    return period is not None and period.start is not None and period.end is not None


def _covers(statement: Statement, time: AskedTime) -> bool:
    """Return True if a statement covers exactly the time that a question names, no more and no less."""
    period = statement.figure.period
    return (
        not (time.of_release or time.by_then)
        and _dated(period)
        and period is not None
        and (period.start, period.end) == (time.start, time.end)
    )


def _replaces(best: Statement, other: Statement, time: AskedTime, limits: ScoreLimits) -> bool:
    return same_kind(best.figure, other.figure) and _covers(other, time) and other.span_score >= limits.alone
