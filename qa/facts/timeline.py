"""How a fact changed: what each release states of it, and which statement is the answer.

The rule is that of figures: the newest statement of what the best answer states. A question that names a time takes the
statement that held then; one for the original or the previous state takes that.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.types import Hit
from qa.evidence.citations import cite
from qa.facts.asked import AskedFact, asked_fact
from qa.facts.statements import (
    Stated,
    holds_no_longer,
    may_change,
    same_fact,
    stated,
    takes_place_of,
    was_changed,
    worth_reading,
)
from qa.facts.values import say_the_same
from qa.question import Asked, AskedTime
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Relation, TimelinePoint

MORE = 4
"""How many more passages are read to find what changed, from releases that the first reading did not reach."""

_SUREST: Final = 0.9
"""The most that two statements of one fact together are believed; set by judgement."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is asked, and the statement of the best answer."""

    asked: Asked
    fact: AskedFact
    statement: Stated


@dataclass(frozen=True, slots=True)
class FactTimeline:
    """The statements of one fact, newest first, and the one that answers the question.

    At least two differ, or there is only one: what the sentence of the best answer says took the place of this.
    """

    statements: tuple[Stated, ...]
    answer: Stated


def anchor_of(asked: Asked, candidates: Sequence[Candidate]) -> Anchor | None:
    """Return the best candidate as a statement, if it is a date or name that a later release may change."""
    if not candidates or asked.wants_figure or asked.wants_definition:
        return None
    fact = asked_fact(asked, candidates[0].hit.passage.release.published)
    statement = stated(candidates[0], fact)
    return Anchor(asked, fact, statement) if may_change(fact, statement) else None


def as_sure_as_both(asked: Asked, candidates: Sequence[Candidate], limits: ScoreLimits) -> list[Candidate]:
    """Return the candidates, the best one as sure as it is together with what took its place, or what it took that of.

    A reader takes the old and the new statement of a fact for rivals of which one is wrong, and doubts both. They are
    two states of one fact where the later release says that it changed, or one sentence has both ("Jane Roe has taken
    over from Omar Field").
    """
    if not candidates or asked.wants_figure or asked.wants_definition:
        return list(candidates)
    best = candidates[0]
    fact = asked_fact(asked, best.hit.passage.release.published)
    if not _wants_current(fact):
        return list(candidates)
    first = stated(best, fact)
    confidence, seen = best.confidence, set[str]()
    for each in candidates[1:]:
        other = stated(each, fact)
        if other.release.id not in seen and _is_other_state(fact, first, other, limits):
            seen.add(other.release.id)
            confidence += each.confidence
    return [replace(best, confidence=min(confidence, _SUREST)), *candidates[1:]]


def _is_other_state(fact: AskedFact, first: Stated, other: Stated, limits: ScoreLimits) -> bool:
    if other.release.id == first.release.id:
        beside = other.sentence == first.sentence and holds_no_longer(first) != holds_no_longer(other)
        return beside and takes_place_of(fact, first, other)
    return may_change(fact, first) and was_changed(fact, first, other, limits)


def further_hits(anchor: Anchor, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that are worth reading for what changed; none if the question asks for what once happened."""
    return worth_reading(anchor.fact, anchor.statement, hits, MORE) if anchor.fact.stands else []


def fact_timeline(anchor: Anchor, candidates: Sequence[Candidate], limits: ScoreLimits) -> FactTimeline | None:
    """Return the statements of the anchor's fact among the candidates, one a release; None if it never changed.

    A thing that comes back after another had taken its place is no change but two things of one kind, each stated
    more than once.
    """
    fact = anchor.fact
    first = _in_force(anchor, candidates)
    of_release = {first.release.id: first}
    seen = {first.release.id}
    for candidate in sorted(candidates, key=lambda each: (-each.span_score, -each.score, each.span)):
        release = candidate.hit.passage.release
        if release.id in seen:
            continue
        other = stated(candidate, fact)
        if other.value.kind != first.value.kind or (_wants_current(fact) and holds_no_longer(other)):
            continue
        seen.add(release.id)
        if same_fact(fact, first, other, limits):
            of_release[release.id] = other
    line = sorted(of_release.values(), key=lambda each: (-each.published.toordinal(), -each.score, each.release.id))
    if all(say_the_same(first.value, each.value) for each in line) or _comes_back(line):
        return None if first is anchor.statement else FactTimeline((first,), first)
    return FactTimeline(tuple(line), _answer(anchor, first, line))


def fact_points(line: FactTimeline) -> tuple[TimelinePoint, ...]:
    """Return a timeline as it is shown, newest first, each statement cited and checked; none if nothing changed.

    Raises `CitationError`.
    """
    if len(line.statements) == 1:
        return ()
    newest = _newest(line)
    shown = sorted(line.statements, key=lambda each: each is not newest)
    return tuple(_point(each, _relation(newest, each)) for each in shown)


def same_words(line: FactTimeline) -> list[Stated]:
    """Return the statements of a timeline that say what the answer says, the answer first, then newest first."""
    others = [each for each in line.statements if each is not line.answer]
    return [line.answer, *(each for each in others if say_the_same(each.value, line.answer.value))]


def _newest(line: FactTimeline) -> Stated:
    """Return the newest statement; of several of one day the answer, if it is one of them."""
    day = line.statements[0].published
    return line.answer if line.answer.published == day else line.statements[0]


def _wants_current(fact: AskedFact) -> bool:
    return fact.stands and fact.which == "latest"


def _in_force(anchor: Anchor, candidates: Sequence[Candidate]) -> Stated:
    """Return the anchor's statement, or what its sentence says took its place."""
    first = anchor.statement
    if not _wants_current(anchor.fact) or not holds_no_longer(first):
        return first
    others = (stated(each, anchor.fact) for each in candidates if each.hit.passage.id == first.hit.passage.id)
    beside = [each for each in others if each.sentence == first.sentence and not holds_no_longer(each)]
    return next((each for each in beside if takes_place_of(anchor.fact, each, first)), first)


def _answer(anchor: Anchor, first: Stated, line: Sequence[Stated]) -> Stated:
    newest = first if first.published == line[0].published else line[0]
    named = anchor.asked.time(newest.published)
    if named is not None:
        return _at(line, named) or first
    if anchor.fact.which == "first":
        return line[-1]
    if anchor.fact.which == "previous":
        return next(each for each in line if not say_the_same(each.value, newest.value))
    # "Who was the chair?" may be asked of anyone who was.
    return newest if anchor.fact.stands or first.value.kind == "day" else first


def _at(line: Sequence[Stated], time: AskedTime) -> Stated | None:
    """Return the newest statement of a time, or else the last one before it; None if there is neither."""
    by_then = [each for each in line if time.end is None or each.published <= time.end]
    return by_then[0] if by_then else None


def _comes_back(line: Sequence[Stated]) -> bool:
    """Return True if something is stated again after something else was."""
    changes = sum(not say_the_same(a.value, b.value) for a, b in itertools.pairwise(line))
    distinct: list[Stated] = []
    for each in line:
        if not any(say_the_same(each.value, other.value) for other in distinct):
            distinct.append(each)
    return changes >= len(distinct)


def _relation(newest: Stated, other: Stated) -> Relation:
    if other is newest:
        return "latest"
    if say_the_same(newest.value, other.value):
        return "same"
    return "conflict" if newest.published == other.published else "earlier"


def _point(statement: Stated, related: Relation) -> TimelinePoint:
    release, span = statement.release, statement.span
    return TimelinePoint(
        text=span.of(release.body),
        value=None,
        value_max=None,
        unit="",
        qualifier="",
        measured=None,
        change=None,
        period=None,
        published=release.published,
        relation=related,
        citation=cite(statement.hit.passage, span),
    )
