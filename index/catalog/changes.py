"""What the search files must take over from the catalog to catch up with it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from index.types import Ids, Release


@dataclass(frozen=True, slots=True)
class KeywordDocument:
    """What the keyword index holds of a passage. Dates are proleptic ordinals; ``valid_to`` is exclusive."""

    id: int
    text: str
    title: str
    publisher: str
    published: int
    valid_from: int
    valid_to: int


@dataclass(frozen=True, slots=True)
class Delta:
    """What a derived index must do to get from one generation to another."""

    generation: int
    put: Ids
    removed: Ids


@dataclass(frozen=True, slots=True)
class Current:
    """What the catalog holds of a release now: the digest of its newest revision, and two days where they are known.

    ``updated`` is the publisher's own day of that revision, ``withdrawn`` the day on which it was withdrawn.
    """

    digest: str
    updated: date | None
    withdrawn: date | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a release was withdrawn on a day, with the version that the source had in view where it yielded one.

    ``digest`` and ``updated`` are those of that version, or None.
    """

    release_id: str
    day: date
    digest: str | None
    updated: date | None


def is_news(digest: str, updated: date | None, current: Current | None) -> bool:
    """Return whether a release is new or another than the catalog holds, and not known to be an earlier version.

    ``digest`` is its `release_digest`, ``updated`` its day of update.
    """
    if current is None:
        return True
    if updated is not None and current.updated is not None and updated < current.updated:
        return False
    return digest != current.digest


def withdraws(withdrawal: Withdrawal, current: Current | None) -> bool:
    """Return whether a withdrawal is to be marked on what the catalog holds.

    It is not where there is nothing, or a mark already, or a version that the publisher made after the withdrawal: then
    the source has been read from an earlier point once more.
    """
    if current is None or current.withdrawn is not None:
        return False
    if current.updated is None or withdrawal.day >= current.updated:
        return True
    same = withdrawal.digest == current.digest
    return same and (withdrawal.updated is None or withdrawal.updated >= current.updated)


def release_digest(release: Release) -> str:
    """Return a digest over what a release says: equal digests mean that nothing changed but its day of update."""
    fields = [release.title, release.body, release.publisher, release.published.isoformat(), release.url]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()
