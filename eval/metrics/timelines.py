"""Metrics of timelines: which statements belong to them, and how these relate to the newest one."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Span


@dataclass(frozen=True, slots=True)
class Member:
    """A statement in a timeline: its release, its relation to the newest, and its number.

    A fact that is no figure has the places of its words instead: every place where the release states it.
    """

    release: str
    value: float | tuple[Span, ...]
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
    its figure, and labels give one place. One without a number is right if it touches a place of a gold member of
    the same release: how many words around a date are quoted does not matter. Each gold member counts once.
    Definition: ours.
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
    if member.release != other.release:
        return False
    a, b = member.value, other.value
    if isinstance(a, float | int) and isinstance(b, float | int):
        return abs(a - b) <= 1e-9 * max(1.0, abs(b))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return any(one.start < place.end and place.start < one.end for one in a for place in b)
    return False
