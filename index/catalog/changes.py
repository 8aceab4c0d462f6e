"""Changes to a catalog: what the search files must take over, and when a release that a source yields is news."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from index.types import ChangeNote, Ids, Release


@dataclass(frozen=True, slots=True)
class KeywordDocument:
    """What the keyword index stores for a passage.

    ``published``, ``valid_from`` and ``valid_to`` are days as `date.toordinal` counts them; the passage is valid up to
    the day before ``valid_to``.
    """

    id: int
    text: str
    title: str
    publisher: str
    published: int
    valid_from: int
    valid_to: int


@dataclass(frozen=True, slots=True)
class Delta:
    """What the search files must take over to get from an earlier generation to ``generation``.

    ``put`` are the ids of passages to add or replace, ``removed`` those to delete.
    """

    generation: int
    put: Ids
    removed: Ids


@dataclass(frozen=True, slots=True)
class Details:
    """What a publisher says of a release that is no part of its text; the fields are those of `Release`."""

    language: str | None = None
    content_id: str | None = None
    changes: tuple[ChangeNote, ...] = ()
    government: str | None = None

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return those of a release."""
        return cls(release.language, release.content_id, release.changes, release.government)

    def over(self, earlier: "Details | None") -> "Details":
        """Return these, with what they do not say taken from earlier ones."""
        if earlier is None:
            return self
        return Details(
            self.language or earlier.language,
            self.content_id or earlier.content_id,
            self.changes or earlier.changes,
            self.government or earlier.government,
        )


@dataclass(frozen=True, slots=True)
class Current:
    """The current revision of a release, as far as deciding about news needs it.

    ``digest`` is its `release_digest`. ``updated`` is the day on which the publisher last changed it, None if the
    source does not say; ``withdrawn`` is the day on which it was withdrawn, None if it was not, and ``notice`` what was
    said of that. ``earlier`` are the digests of the revisions before it, if it has a day of update. ``url`` is its
    address.
    """

    digest: str
    updated: date | None
    withdrawn: date | None
    earlier: frozenset[str] = frozenset()
    notice: str | None = None
    details: Details = Details()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdrawal of a release on ``day``, and the version of it that the source yielded before, if it did.

    ``digest`` and ``updated`` are those of that version, or None if the source yielded none. ``notice`` is what the
    publisher said of the withdrawal.
    """

    release_id: str
    day: date
    digest: str | None
    updated: date | None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """Other `Details` of a text that the catalog holds already: of the release's version with this ``digest``.

    ``notice`` is what the publisher said of its withdrawal, if that is marked and the notice is new.
    """

    release_id: str
    digest: str
    details: Details
    notice: str | None = None


def is_news(digest: str, updated: date | None, current: Current | None) -> bool:
    """Return True if a release is new, or differs from what the catalog holds and is not known to be an older version.

    ``digest`` is the release's `release_digest`, ``updated`` the day of its update, and ``current`` what the catalog
    holds under the same id. A release is known to be older if its day of update is before the catalog's; or if it has
    none, and is one of the texts before the one that has: then a source is read again from an earlier point.
    """
    if current is None:
        return True
    if updated is not None and current.updated is not None and updated < current.updated:
        return False
    if updated is None and digest in current.earlier:
        return False
    return digest != current.digest


def has_only_moved(release: Release, current: Current | None) -> bool:
    """Return True if a release is what the catalog holds, at another address."""
    return current is not None and release_digest(replace(release, url=current.url)) == current.digest


def withdraws(withdrawal: Withdrawal, current: Current | None) -> bool:
    """Return True if a withdrawal must be marked on the revision that the catalog holds.

    It must not if there is no such revision, if it is marked already, or if the publisher made it after the withdrawal.
    The last happens when a source is read once more from an earlier point.
    """
    if current is None or current.withdrawn is not None:
        return False
    if current.updated is None or withdrawal.day >= current.updated:
        return True
    same = withdrawal.digest == current.digest
    return same and (withdrawal.updated is None or withdrawal.updated >= current.updated)


def describes(described: Described, current: Current | None) -> bool:
    """Return True if the details are of the text that the catalog holds, and say more than it does."""
    if current is None or current.digest != described.digest:
        return False
    explains = current.withdrawn is not None and described.notice not in (None, current.notice)
    return explains or described.details.over(current.details) != current.details


def release_digest(release: Release) -> str:
    """Return the SHA-256, in hexadecimal, of title, body, publisher, day and address of a release.

    Neither its id nor what is said of the text (its day of update, its `Details`) makes another version.
    """
    fields = [release.title, release.body, release.publisher, release.published.isoformat(), release.url]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()
