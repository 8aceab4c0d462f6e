"""Recognising a release that another source, or the same one under another id, has given already.

It is the same if the source gave it before under this id, if the index holds its id, if it was found at the same web
address, or if publisher, day and numbers are the same, and title and words nearly are. The text that is stored is
that of the source closest to the publisher, and of two equally close the first; the others are recorded as further
origins. So a feed's summary does not replace what the publisher's own page says, and a correction there is not undone
by an archive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from index.catalog.origins import FILE_RANK, OriginRow, found_at, of_that_day, origin_of, origins_of
from index.catalog.reader import Catalog
from index.protocols import Source
from index.text.addresses import canonical_address
from index.text.publishers import publisher_key
from index.types import Release

NEARLY = 0.8
"""From this share of common runs of words (Jaccard) on, two bodies are the same release.

Set by judgement: a copy differs in a line of introduction or in notes at the end; two releases of one day share
boilerplate.
"""

_RUN = 4
"""How many words a run has (set by judgement)."""

_HASHES = 256
"""How many hashes MinHash compares: the standard error of the estimate is 0.025 at a share of 0.8."""

_FEWEST_WORDS = 25
"""Shorter bodies are compared word by word: too few runs for an estimate (set by judgement)."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which release an entry of a source is, and if its text becomes the release's."""

    release_id: str
    takes_text: bool
    replaces_copy: bool
    """True if its text replaces that of a source further from the publisher: better from the first day on."""


class Recognition:
    """Recognises the entries of a run, with what the run has read but not stored yet."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._pending: list[OriginRow] = []
        # With the source that gives the text: two entries of one source are two releases, however alike.
        self._releases: dict[str, tuple[str, Release]] = {}

    def clear(self) -> None:
        """Forget what was pending: it is stored."""
        self._pending.clear()
        self._releases.clear()

    @property
    def pending(self) -> list[OriginRow]:
        """The origins to store with the batch."""
        return self._pending

    def release_id(self, source: Source, entry: str) -> str:
        """Return the id of the release that an entry of a source is known as; the entry's own id if it is not known."""
        row = self._row(source.name, entry)
        return row.release_id if row else entry

    def gives_text(self, source: Source, release_id: str) -> bool:
        """Return True if a source is the one whose text is stored."""
        rows = self._rows(release_id)
        return not rows or rows[0].source == source.name

    def match(self, source: Source, release: Release) -> Match:
        """Return which release an entry is, and remember its origin for the batch."""
        known = self._row(source.name, release.id)
        release_id, how = (known.release_id, known.matched) if known else self._find(source, release)
        rank = getattr(source, "rank", FILE_RANK)
        canonical = canonical_address(release.url)
        row = OriginRow(release_id, source.name, release.id, release.url, canonical, rank, how)
        others = [each for each in self._rows(release_id) if (each.source, each.entry) != (row.source, row.entry)]
        first = self._rows(release_id)[:1]
        gives = not others or (bool(first) and first[0].source == source.name) or rank < others[0].rank
        # A file that names the release by its id is a person's own correction of it.
        takes = gives or (rank == FILE_RANK and how == "id" and others[0].rank == FILE_RANK)
        if row != known:
            self._pending.append(row)
        if takes:
            self._releases[release_id] = source.name, replace(release, id=release_id)
        # A release without any origin came before origins were recorded.
        from_elsewhere = first[0].source != source.name if others else known is None and how != "id"
        return Match(release_id, takes, gives and from_elsewhere)

    def _find(self, source: Source, release: Release) -> tuple[str, Literal["id", "address", "text"]]:
        if release.id in self._releases or self._catalog.current(release.id) is not None:
            return release.id, "id"
        canonical = canonical_address(release.url)
        if canonical is not None:
            there = next((row.release_id for row in self._pending if row.canonical == canonical), None)
            there = there or found_at(self._catalog, canonical)
            if there is not None:
                return there, "address"
        for release_id, title, body in self._candidates(source, release):
            if titles_agree(release.title, title) and are_nearly_equal(release.body, body):
                return release_id, "text"
        return release.id, "id"

    def _candidates(self, source: Source, release: Release) -> Iterator[tuple[str, str, str]]:
        here = {row.release_id for row in self._pending if row.source == source.name}
        key = publisher_key(release.publisher)
        for release_id, (giver, other) in self._releases.items():
            same = other.published == release.published and publisher_key(other.publisher) == key
            if same and giver != source.name and release_id not in here:
                yield release_id, other.title, other.body
        stored = of_that_day(self._catalog, release.publisher, release.published, source.name)
        yield from (each for each in stored if each[0] not in self._releases and each[0] not in here)

    def _row(self, source: str, entry: str) -> OriginRow | None:
        pending = (row for row in reversed(self._pending) if (row.source, row.entry) == (source, entry))
        return next(pending, None) or origin_of(self._catalog, source, entry)

    def _rows(self, release_id: str) -> list[OriginRow]:
        stored = origins_of(self._catalog, release_id)
        new = [row for row in self._pending if row.release_id == release_id]
        keys = {(row.source, row.entry) for row in new}
        rows = [row for row in stored if (row.source, row.entry) not in keys] + new
        return sorted(rows, key=lambda row: row.rank)


def titles_agree(title: str, other: str) -> bool:
    """Return True if one title has all words of the other: "Press release: Ferry fares rise", "Ferry fares rise"."""
    fewer, more = sorted((set(_words(title)), set(_words(other))), key=len)
    return fewer <= more


def are_nearly_equal(body: str, other: str) -> bool:
    """Return True if two texts have at least `NEARLY` of their runs of words in common (MinHash), and their numbers.

    Releases that are written from one template differ in their numbers, and one other figure makes another release.
    """
    words, others = _words(body), _words(other)
    if min(len(words), len(others)) < _FEWEST_WORDS:
        return words == others
    # Sets of very different sizes cannot have enough in common.
    if min(len(words), len(others)) < 0.6 * max(len(words), len(others)):
        return False
    fewer, more = sorted(({word for word in each if word.isdecimal()} for each in (words, others)), key=len)
    if not fewer <= more:
        return False
    from rensa import RMinHash  # a compiled library, which most runs do without

    first, second = RMinHash(_HASHES, 42), RMinHash(_HASHES, 42)
    first.update(_runs(words))
    second.update(_runs(others))
    return float(first.jaccard(second)) >= NEARLY


def _words(body: str) -> list[str]:
    return "".join(mark if mark.isalnum() else " " for mark in body.casefold()).split()


def _runs(words: list[str]) -> list[str]:
    return [" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))]
