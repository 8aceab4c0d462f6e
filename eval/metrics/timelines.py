"""Metrics of timelines: which statements belong to them, and how these relate to the newest one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """A statement in a timeline: its release, its number and its relation to the newest."""

    release: str
    value: float
    relation: str


@dataclass(frozen=True, slots=True)
class TimelineScore:
    """Precision and recall of the members, their F1, and the share of those found whose relation is right.

    ``precision`` is None where there is no timeline, ``relations`` where none of its members is right.
    """

    precision: float | None
    recall: float
    f1: float
    relations: float | None


def timeline_score(given: Sequence[Member], gold: Sequence[Member]) -> TimelineScore | None:
    """Compare a timeline with the gold one; None where there is no gold one.

    A member is right if a gold member of the same release has the same number, wherever in it: a release may restate
    its figure, and labels give one place. Each gold member counts once. Definition: ours.
    """
    if not gold:
        return None
    left = list(gold)
    pairs = []
    for member in given:
        match = next((other for other in left if _is(member, other)), None)
        if match is not None:
            left.remove(match)
            pairs.append((member, match))
    precision = len(pairs) / len(given) if given else None
    relations = sum(a.relation == b.relation for a, b in pairs) / len(pairs) if pairs else None
    return TimelineScore(precision, len(pairs) / len(gold), 2 * len(pairs) / (len(given) + len(gold)), relations)


def _is(member: Member, other: Member) -> bool:
    return member.release == other.release and abs(member.value - other.value) <= 1e-9 * max(1.0, abs(other.value))
