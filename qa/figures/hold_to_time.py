"""What becomes of candidates whose time is not the one asked for, and of those that it tells from others.

What each one covers is told by `qa.figures.covers`; here all candidates of a question are weighed together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.types import Hit
from qa.figures.counts import says_all_that_is_asked
from qa.figures.covers import Verdict, compare, verdict
from qa.figures.deeds import holds_subject
from qa.figures.measures import SHARED, share_of_words
from qa.figures.noughts import nought_asked_for
from qa.figures.statements import Statement, as_statement, counted_stems, same_kind
from qa.question import NEUTRAL, Asked
from qa.reading.calibration import odds, surer
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

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

What is far less sure is mostly of something else: the number of the next county in the same sentence.
"""


@dataclass(frozen=True, slots=True)
class Held:
    """Candidates, best first, after their time was held against the question's.

    ``nearest`` is the best one of another time, if it would have been the answer: None where none was refused.
    """

    candidates: tuple[Candidate, ...]
    nearest: Candidate | None


def hold_to_time(asked: Asked, candidates: Sequence[Candidate], figures: Figures, limits: ScoreLimits) -> Held:
    """Return the candidates with those of another time last, and with next to no confidence.

    Where the best one is refused, one that states the same kind of figure for just the time asked takes its place and
    its confidence: reading found the measure, the period tells which of its numbers. A reader cannot know that "last
    year" is the year asked for, so where only that tells the best one from others, it becomes surer. So do a
    nought that denies just what the question counts (`nought_asked_for`), and a count that says all that is asked.
    """
    held = _held(asked, candidates, figures, limits)
    nought = nought_asked_for(asked, held.candidates, figures)
    if nought is not None and _as_much_of_the_time(asked, nought, held.candidates[0], figures):
        sure = replace(nought, confidence=max(_BY_ITSELF, held.candidates[0].confidence))
        return replace(held, candidates=(sure, *(each for each in held.candidates if each is not nought)))
    if held.candidates and _is_said_in_full(asked, held.candidates[0], figures):
        sure = replace(held.candidates[0], confidence=max(_BY_ITSELF, held.candidates[0].confidence))
        held = replace(held, candidates=(sure, *held.candidates[1:]))
    if held.candidates and _told_by_its_time(asked, held.candidates, figures):
        told = _surer(held.candidates[0])
        held = replace(held, candidates=(told, *held.candidates[1:]))
    return held


def _is_said_in_full(asked: Asked, best: Candidate, figures: Figures) -> bool:
    """Return True if the best candidate says all that is asked, and is not of another time."""
    return says_all_that_is_asked(asked, best, figures) and verdict(asked, best, figures) != "differs"


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
        others = [
            refused(each)
            for each, said in zip(candidates, verdicts, strict=True)
            if said == "differs" or _counts_its_like(asked, best, each, figures)
        ]
        agreeing = _agreeing(asked, candidates, verdicts, figures)
        chosen = agreeing[:1]
        enough = _STANDS_IN * odds(best.confidence)
        kept = [
            each if odds(each.confidence) >= enough or said == "agrees" else refused(each)
            for each, said in zip(candidates, verdicts, strict=True)
            if said != "differs" and each not in chosen and not _counts_its_like(asked, best, each, figures)
        ]
        chosen = [as_sure_as(best, each) for each in chosen]
        return Held((*chosen, *sorted([*kept, *others], key=lambda each: -each.confidence)), best)
    kept = [each for each, said in zip(candidates, verdicts, strict=True) if said != "differs"]
    if verdicts[0] == "open":
        agreeing = _agreeing(asked, candidates, verdicts, figures)
        better = [each for each in agreeing if each.span_score >= limits.alone]
        if not better and _names_a_day(asked, best):
            # That "yesterday" is the day asked for tells more than a number of no day that reads better.
            enough = _STANDS_IN * odds(best.confidence)
            beside = [each for each in agreeing if odds(each.confidence) >= enough]
            better = [as_sure_as(best, each) for each in beside[:1]]
            kept = [each for each in kept if each not in beside[:1]]
        kept = [*better[:1], *(each for each in kept if each not in better[:1])]
    others = [refused(each) for each, said in zip(candidates, verdicts, strict=True) if said == "differs"]
    return Held((*kept, *others), None)


def _names_a_day(asked: Asked, candidate: Candidate) -> bool:
    time = asked.time(candidate.hit.passage.release.published)
    return time is not None and time.start is not None and time.start == time.end and not time.of_release


def of_the_time(asked: Asked, nearest: Candidate, figures: Figures, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, at most `MORE` and in their order, that state for just the time asked what ``nearest`` states
    for another: a figure of its kind, in a passage with most of the question's words that are in its own.

    ``figures`` are those of the hits and of the nearest candidate's passage. A release that comes out each month is
    found by what it counts, and the month that is asked for may be ranked below the others.
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
        if other is None or not (
            _are_times(best, other) or (same_kind(best.figure, other.figure) and _count_alike(best, other))
        ):
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
    a, b, subject = counted_stems(one), counted_stems(two), asked.subject(one.published)
    return bool(a & b and a & subject - b and b - subject - NEUTRAL)


def _are_times(best: Statement, other: Statement) -> bool:
    """Return True if one of two figures is how often something was done: "9 times", and "14 launches"."""
    units = {best.figure.unit, other.figure.unit}
    return units == {"times", ""} and best.figure.change == other.figure.change is None


def _count_alike(best: Statement, other: Statement) -> bool:
    one, two = counted_stems(best), counted_stems(other)
    return not one or not two or bool(one & two)


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
        and (same_kind(best.figure, other.figure) or _are_times(best, other))
        and verdict(asked, each, figures) == "differs"
        for each, other in others
    )


def _surer(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=surer(candidate.confidence, _ODDS_OF_TIME))


def refused(candidate: Candidate) -> Candidate:
    """Return a candidate with next to no confidence: it is of another time or thing than the question."""
    return replace(candidate, confidence=CONTRADICTED * candidate.confidence)


def as_sure_as(best: Candidate, candidate: Candidate) -> Candidate:
    """Return a candidate that takes the place of the best one, at least as sure as that was."""
    return replace(candidate, confidence=max(candidate.confidence, best.confidence))
