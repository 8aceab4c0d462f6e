"""Recognising a release that another source, or the same one under another id, has given already.

It is the same if the source gave it before under this id, if the index holds its id, if the publisher's own id of the
document is the same (a page that moved; two pages that one run reads are two releases), if it was found at the same web
address, or if publisher, day and numbers are the same, and title and words nearly are. The text that is stored is that
of the source closest to the publisher, and of two equally close the first; the others are recorded as further origins.
So a feed's summary does not replace what the publisher's own page says, and a correction there is not undone by an
archive.

Where it is not sure, a release is another one: one that is stored twice is a nuisance, one that is not stored is lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from index.catalog.origins import (
    FILE_RANK,
    OriginRow,
    found_at,
    of_content,
    of_that_day,
    origin_of,
    origins_of,
    title_of,
)
from index.catalog.reader import Catalog
from index.protocols import Source
from index.text.addresses import canonical_address
from index.text.number_words import ONES, TENS
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

_MOST_PAIRS = 2_000_000
"""How many pairs of equal runs are aligned with care: about a second (set by judgement)."""

_NOT_STORED = 2**62
"""From here on the numbers of origins count that are not stored yet: they come after all that are."""

_How = Literal["id", "content_id", "address", "text"]


@dataclass(frozen=True, slots=True)
class Match:
    """Which release an entry of a source is, and if its text becomes the release's."""

    release_id: str
    takes_text: bool
    replaces_copy: bool
    """True if its text replaces that of a source further from the publisher: better from the first day on."""
    origin: OriginRow


class Recognition:
    """Recognises the entries of a run, with what the run has read but not stored yet.

    What is not stored yet counts as it will once it is stored: when a batch ends makes no difference.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._taken = 0
        self._documents: dict[tuple[str, str, str | None], set[str]] = defaultdict(set)
        self.clear()

    def clear(self) -> None:
        """Forget what was pending: it is stored."""
        self._pending: dict[tuple[str, str], OriginRow] = {}
        self._of_release: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._of_canonical: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._releases: dict[str, Release] = {}
        self._of_day: dict[tuple[str, date], set[str]] = defaultdict(set)
        self._of_content: dict[tuple[str, str | None], str] = {}

    @property
    def pending(self) -> list[OriginRow]:
        """The origins to store with the batch, those of it first that were found first."""
        return sorted(self._pending.values(), key=lambda row: row.number)

    def release_id(self, source: Source, entry: str) -> str:
        """Return the id of the release that an entry of a source is known as; the entry's own id if it is not known."""
        row = self._row(source.name, entry)
        return row.release_id if row else entry

    def gives_text(self, source: Source, release_id: str) -> bool:
        """Return True if a source is the one whose text is stored."""
        rows = self._rows(release_id)
        return not rows or rows[0].source == source.name

    def match(self, source: Source, release: Release) -> Match:
        """Return which release an entry is. Nothing is remembered of it before `accept`."""
        known = self._row(source.name, release.id)
        release_id, how = (known.release_id, known.matched) if known else self._find(source, release)
        rank = rank_of(source)
        number = known.number if known else _NOT_STORED + self._taken
        row = OriginRow(
            release_id, source.name, release.id, release.url, canonical_address(release.url), rank, how, number
        )
        rows = self._rows(release_id)
        others = [each for each in rows if (each.source, each.entry) != (row.source, row.entry)]
        gives = not others or rows[0].source == source.name or rank < others[0].rank
        # A file that names the release by its id is a person's own correction of it.
        takes = gives or (rank == FILE_RANK and how == "id" and others[0].rank == FILE_RANK)
        # A release without any origin came before origins were recorded.
        from_elsewhere = rows[0].source != source.name if others else known is None and how != "id"
        return Match(release_id, takes, gives and from_elsewhere, row)

    def accept(self, match: Match, release: Release) -> None:
        """Remember where a release was found, and its text if that is stored: it counts from now on."""
        row = match.origin
        key = row.source, row.entry
        if row != self._row(*key):
            self._taken += 1
            before = self._pending.get(key)
            if before is not None and before.canonical is not None:
                self._of_canonical[before.canonical].discard(key)
            self._pending[key] = row
            self._of_release[row.release_id].add(key)
            if row.canonical is not None:
                self._of_canonical[row.canonical].add(key)
        if match.takes_text:
            earlier = self._releases.get(match.release_id)
            if earlier is not None:
                self._of_day[_day_key(earlier)].discard(match.release_id)
            self._releases[match.release_id] = release
            self._of_day[_day_key(release)].add(match.release_id)
            if release.content_id is not None:
                self._of_content.setdefault((release.content_id, release.language), match.release_id)
        if release.content_id is not None:
            self._documents[row.source, release.content_id, release.language].add(row.entry)

    def _find(self, source: Source, release: Release) -> tuple[str, _How]:
        if self._is_held(release.id):
            return release.id, "id"
        if release.content_id is not None:
            key = release.content_id, release.language
            there = of_content(self._catalog, *key) or self._of_content.get(key)
            # One run has read another page of the document, which is still there: so this one has not moved.
            is_another = bool(self._documents[source.name, *key] - {release.id})
            if there is not None and not is_another:
                return there, "content_id"
        there = self._found_at(source, release)
        if there is not None:
            return there, "address"
        for release_id, title, body in self._candidates(source, release):
            if titles_agree(release.title, title) and are_nearly_equal(release.body, body):
                return release_id, "text"
        return release.id, "id"

    def _is_held(self, release_id: str) -> bool:
        return release_id in self._releases or self._catalog.current(release_id) is not None

    def _found_at(self, source: Source, release: Release) -> str | None:
        """Return the release at the address of another; None if there are several: then it is that of a list."""
        canonical = canonical_address(release.url)
        if canonical is None:
            return None
        stored = found_at(self._catalog, canonical)
        rows = [row for row in stored if (row.source, row.entry) not in self._pending]
        there = {row.release_id for row in rows}
        for key in self._of_canonical.get(canonical, ()):
            if len(there) > 1:
                return None
            rows.append(self._pending[key])
            there.add(rows[-1].release_id)
        if len(there) != 1:
            return None
        (release_id,) = there
        # Entries of files may all name the page of the list that they come from.
        if rank_of(source) == FILE_RANK and all(row.rank == FILE_RANK for row in rows):
            title = self._releases[release_id].title if release_id in self._releases else None
            if not titles_agree(release.title, title or title_of(self._catalog, release_id)):
                return None
        return release_id

    def _candidates(self, source: Source, release: Release) -> Iterator[tuple[str, str, str]]:
        """Yield id, title and body of what may be the same: of the same publisher and day, and from elsewhere."""
        day = of_that_day(self._catalog, release.publisher, release.published, source.name)
        found = {name: (title, body) for name, title, body in day if name not in self._releases}
        for name in self._of_day.get(_day_key(release), ()):
            found[name] = self._releases[name].title, self._releases[name].body
        for name, (title, body) in sorted(found.items()):
            # Two entries of one source are two releases, however alike.
            if all(row.source != source.name for row in self._rows(name)):
                yield name, title, body

    def _row(self, source: str, entry: str) -> OriginRow | None:
        return self._pending.get((source, entry)) or origin_of(self._catalog, source, entry)

    def _rows(self, release_id: str) -> list[OriginRow]:
        """Return where a release was found, the origin that gives its text first."""
        keys = self._of_release.get(release_id, set())
        rows = [row for row in origins_of(self._catalog, release_id) if (row.source, row.entry) not in keys]
        return sorted([*rows, *(self._pending[key] for key in keys)], key=lambda row: (row.rank, row.number))


def _day_key(release: Release) -> tuple[str, date]:
    return publisher_key(release.publisher), release.published


def rank_of(source: Source) -> int:
    """Return how close a source is to the publisher: its ``rank``, or that of a file."""
    return int(getattr(source, "rank", FILE_RANK))


def titles_agree(title: str, other: str) -> bool:
    """Return True if one title has all words of the other: "Press release: Ferry fares rise", "Ferry fares rise"."""
    fewer, more = sorted((set(_words(title)), set(_words(other))), key=len)
    return fewer <= more


def are_nearly_equal(body: str, other: str) -> bool:
    """Return True if two texts have at least `NEARLY` of their runs of words in common (MinHash), and their numbers.

    Releases that are written from one template differ in their numbers and names, and one other figure makes another
    release. So where one text has other words in the place of some, neither may have a number there, nor both a name.
    A copy has an introduction more, or lacks notes: that is a difference on one side only.
    """
    words, others = _words(body), _words(other)
    if min(len(words), len(others)) < _FEWEST_WORDS:
        return words == others
    # Sets of very different sizes cannot have enough in common.
    if min(len(words), len(others)) < 0.6 * max(len(words), len(others)):
        return False
    if words == others:
        return True
    from rensa import RMinHash  # a compiled library, which most runs do without

    first, second = RMinHash(_HASHES, 42), RMinHash(_HASHES, 42)
    first.update(_runs(words))
    second.update(_runs(others))
    return float(first.jaccard(second)) >= NEARLY and not _tell_apart(body, other)


def _tell_apart(body: str, other: str) -> bool:
    """Return True if a number or a name of one text has something else in its place in the other."""
    for here, there in _replaced(_split(body), _split(other)):
        if any(map(_is_number, here)) or any(map(_is_number, there)):
            return True
        if any(word[0].isupper() for word in here) and any(word[0].isupper() for word in there):
            return True
    return False


def _replaced(words: list[str], others: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of one text that have other words in their place in the other, with those.

    The texts are aligned by runs of words, because single ones come again and again.
    """
    runs, other_runs = _runs([word.casefold() for word in words]), _runs([word.casefold() for word in others])
    counts, other_counts = Counter(runs), Counter(other_runs)
    # A text that repeats itself would take hours; without its commonest runs it is aligned badly: to another release.
    is_hard = sum(count * other_counts[run] for run, count in counts.items()) > _MOST_PAIRS
    at = there = 0
    *blocks, _ = SequenceMatcher(None, runs, other_runs, autojunk=is_hard).get_matching_blocks()
    for start, other_start, size in [*blocks, (len(words), len(others), 0)]:
        # Runs overlap: the next may begin before the end of the last, in one text only if words were put in.
        over = max(at - start, there - other_start, 0)
        if at < start + over and there < other_start + over:
            yield words[at : start + over], others[there : other_start + over]
        at, there = start + size + _RUN - 1, other_start + size + _RUN - 1


def _is_number(word: str) -> bool:
    return any(mark.isdigit() for mark in word) or word.casefold() in _NUMBERS


_NUMBERS = frozenset(ONES) | frozenset(TENS)


def _split(text: str) -> list[str]:
    return "".join(mark if mark.isalnum() else " " for mark in text).split()


def _words(body: str) -> list[str]:
    return _split(body.casefold())


def _runs(words: Sequence[str]) -> list[str]:
    return [" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))]
