"""What becomes of each entry that a source yields: news, a withdrawal, something already known, or a problem.

An ingest stores what is decided here, and a preview counts it (`index.ingest`, `index.preview`), so that both say the
same. What was decided but is not stored yet counts as if it were: where batches end makes no difference.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from index.catalog.changes import (
    Current,
    Described,
    Details,
    Withdrawal,
    describes,
    has_only_moved,
    is_news,
    release_digest,
    withdraws,
)
from index.catalog.pages import gives_release
from index.catalog.reader import Catalog
from index.catalog.writer import Reading
from index.errors import SourceError
from index.protocols import Source
from index.same_release import Recognition
from index.types import Checkpoint, Cursor, Entry, PageRead, Problem, Release, Skipped, Withdrawn


@dataclass(frozen=True, slots=True)
class News:
    """A release to store, under the id that it is known by; ``is_new`` is False if an earlier text of it is held.

    ``stands_from`` is the day from which it stands, if that is neither its day of update nor today.
    """

    release: Release
    is_new: bool
    stands_from: date | None = None


def settings_of(source: Source) -> str:
    """Return the digest of the settings that shape what a source reads, "" for one that has none."""
    return str(getattr(source, "settings", ""))


class Decisions:
    """The decisions of one run over its sources, in the order of their entries.

    ``counts`` has what needs no storing ("unchanged"); ``problems`` and ``skipped`` are for the report.
    """

    def __init__(self, catalog: Catalog, *, recognise: bool) -> None:
        """Decide for a catalog; with ``recognise`` the same release from two sources is one (`index.same_release`)."""
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.skipped: list[Skipped] = []
        self._catalog = catalog
        self._recognition = Recognition(catalog) if recognise else None
        self._said = _Said()
        self._sources = 0
        self._failed: list[SourceError] = []
        self._clear()

    def _clear(self) -> None:
        self._held = _Held(self._catalog)
        self._pages: dict[tuple[str, str], PageRead] = {}
        self._cursors: dict[str, Cursor] = {}
        self._settings: dict[str, str] = {}

    def begin(self, source: Source) -> Cursor | None:
        """Begin with a source; return the cursor from which it is to be read."""
        self._sources += 1
        self._settings[source.name] = settings_of(source)
        return self._catalog.cursor(source.name, settings_of(source))

    def end(self, source: Source, error: SourceError | None = None) -> None:
        """End a source, with the error if it could not be read, or not to its end."""
        if error is not None:
            self._failed.append(error)
            self.problems.append(refusal(source.name, error))
        self._said.next_source()

    def check(self) -> None:
        """Raise the first error of the sources, if none of them could be read."""
        if self._failed and len(self._failed) == self._sources:
            raise self._failed[0]

    def decide(self, entry: Entry, source: Source) -> News | Withdrawal | Described | None:
        """Return what is to be stored of an entry, None if nothing is but what `reading` tells."""
        if isinstance(entry, Release):
            return self._release(entry, source)
        if isinstance(entry, Withdrawn):
            return self._withdrawal(entry, source)
        if isinstance(entry, Problem):
            self.problems.append(entry)
        elif isinstance(entry, Skipped):
            self.skipped.append(entry)
        elif isinstance(entry, PageRead):
            self._note(entry, source)
        else:
            self._pass(entry, source)
        return None

    @property
    def pages(self) -> int:
        """How many pages are to be stored with the batch."""
        return len(self._pages)

    def reading(self) -> Reading:
        """Return what the batch stores of the sources themselves, with the checkpoints that were passed."""
        new = {
            name: cursor
            for name, cursor in self._cursors.items()
            if cursor != self._catalog.cursor(name, self._settings[name])
        }
        pages = [(source, page) for (source, _), page in self._pages.items()]
        origins = tuple(self._recognition.pending) if self._recognition is not None else ()
        return Reading(new, pages, origins, self._settings)

    def stored(self) -> None:
        """Go on with the next batch: everything decided so far is in the catalog."""
        settings = self._settings
        self._clear()
        self._settings = settings
        if self._recognition is not None:
            self._recognition.clear()

    def _release(self, release: Release, source: Source) -> News | Described | None:
        match = self._recognition.match(source, release) if self._recognition is not None else None
        if match is not None:
            release = replace(release, id=match.release_id)
        digest = release_digest(release)
        if match is None or match.takes_text:
            conflict = self._said.conflict(release, digest)
            if conflict is not None:
                self.problems.append(Problem(f"{source.name}: {release.title!r}", conflict))
                return None
        if match is not None and self._recognition is not None:
            self._recognition.accept(match, release)
            if not match.takes_text:
                self.counts["unchanged"] += 1
                return None
        current = self._held.current(release.id)
        if is_news(digest, release.updated, current):
            # What stands from the first day on: a better copy, or the same text where its page has moved.
            is_moved = match is not None and match.origin.matched == "content_id" and has_only_moved(release, current)
            from_the_first = is_moved or (match is not None and match.replaces_copy)
            self._held.put(release, digest)
            return News(release, current is None, release.published if from_the_first else None)
        self.counts["unchanged"] += 1
        described = Described(release.id, digest, Details.of(release))
        if not describes(described, current):
            return None
        self._held.describe(described)
        return described

    def _withdrawal(self, entry: Withdrawn, source: Source) -> Withdrawal | Described | None:
        if self._recognition is not None:
            entry = replace(entry, release_id=self._recognition.release_id(source, entry.release_id))
            if not self._recognition.gives_text(source, entry.release_id):
                return None
        if entry.page is not None and self._is_elsewhere(entry, source):
            return None
        item = self._said.withdrawn(entry)
        current = self._held.current(item.release_id)
        if withdraws(item, current):
            self._held.withdraw(item)
            return item
        if current is None or current.withdrawn != item.day:
            return None
        described = Described(item.release_id, current.digest, Details(), item.notice)
        if not describes(described, current):
            return None
        self._held.describe(described)
        return described

    def _is_elsewhere(self, entry: Withdrawn, source: Source) -> bool:
        """Return True if the source has a release at another page than the one that is gone: then it only moved."""
        stored = gives_release(self._catalog, source.name, entry.release_id)
        places = {address for address in stored if (source.name, address) not in self._pages}
        places |= {
            page.address
            for (name, _), page in self._pages.items()
            if name == source.name and page.release_id == entry.release_id and page.failure is None
        }
        return bool(places - {entry.page})

    def _note(self, page: PageRead, source: Source) -> None:
        """Keep what became of a page for the batch, under the id that its release is known by."""
        if page.failure is not None:
            reason = f"{page.failure}; {page.hint}" if page.hint else page.failure
            self.problems.append(Problem(page.address, reason))
        self.counts["unchanged"] += page.is_unchanged
        if page.release_id is not None and self._recognition is not None:
            page = replace(page, release_id=self._recognition.release_id(source, page.release_id))
        self._pages[source.name, page.address] = page

    def _pass(self, checkpoint: Checkpoint, source: Source) -> None:
        self._said.checkpoint()
        self._cursors[source.name] = checkpoint.cursor


def refusal(where: str, error: SourceError) -> Problem:
    """Return the `Problem` of a path or source that cannot be read, with what to do about it."""
    reason = str(error).removeprefix(f"{where} ").removesuffix(f": {where}")
    return Problem(where, f"{reason}; {error.hint}" if error.hint else reason)


class _Held:
    """What the catalog holds of releases, with what is to be stored in it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._pending: dict[str, Current] = {}
        self._digests: dict[str, set[str]] = {}

    def current(self, release_id: str) -> Current | None:
        """Return the current revision of a release; None if there is none."""
        return self._pending.get(release_id) or self._catalog.current(release_id)

    def put(self, release: Release, digest: str) -> None:
        """Add a revision."""
        before = self.current(release.id)
        pending = self._digests.setdefault(release.id, set())
        earlier = frozenset(pending) | self._catalog.digests(release.id) if release.updated and before else frozenset()
        pending.add(digest)
        details = Details.of(release).over(before.details if before else None)
        self._pending[release.id] = Current(digest, release.updated, None, earlier, None, details, release.url)

    def withdraw(self, item: Withdrawal) -> None:
        """Mark the current revision."""
        current = self.current(item.release_id)
        if current is not None:
            self._pending[item.release_id] = replace(current, withdrawn=item.day, notice=item.notice)

    def describe(self, item: Described) -> None:
        """Set the details of the current revision."""
        current = self.current(item.release_id)
        if current is not None:
            details, notice = item.details.over(current.details), item.notice or current.notice
            self._pending[item.release_id] = replace(current, details=details, notice=notice)


@dataclass(frozen=True, slots=True)
class _Version:
    """What a run has read about a release: its latest accepted version, and the day of a later withdrawal."""

    title: str
    digest: str | None
    updated: date | None
    withdrawn: date | None


class _Said:
    """What the sources of a run have yielded for each release, so that contradictions are noticed.

    A checkpoint begins a new stretch: what a source yields after it is newer and contradicts nothing before it. A run
    that starts at a stored checkpoint therefore decides as the run that stored it would have decided.
    """

    def __init__(self) -> None:
        self._stretch: dict[str, _Version] = {}
        self._earlier: dict[str, _Version] = {}

    def conflict(self, release: Release, digest: str) -> str | None:
        """Record a release and return None, or return the reason why it cannot be accepted, for a `Problem`."""
        updated = release.updated
        here = self._stretch.get(release.id)
        withdrawn = here.withdrawn if here else None
        said = here if here and here.digest else self._earlier.get(release.id)
        if said is not None and said.digest == digest:
            latest = max((day for day in (said.updated, updated) if day), default=None)
            self._stretch[release.id] = _Version(said.title, digest, latest, withdrawn)
            return None
        if said is not None and not _is_later(updated, said.updated):
            return f"duplicate id {release.id!r}: {said.title!r} has it already in this run"
        if withdrawn is not None and not _is_later(updated, withdrawn):
            return f"id {release.id!r} was withdrawn on {withdrawn} earlier in this run"
        self._stretch[release.id] = _Version(release.title, digest, updated, None)
        return None

    def withdrawn(self, entry: Withdrawn) -> Withdrawal:
        """Record a withdrawal, and return it with the version that the source yielded before it in this stretch."""
        said = self._stretch.get(entry.release_id) or _Version("", None, None, None)
        self._stretch[entry.release_id] = replace(said, withdrawn=entry.day)
        return Withdrawal(entry.release_id, entry.day, said.digest, said.updated, entry.notice)

    def checkpoint(self) -> None:
        """Begin a new stretch of the same source."""
        self._stretch.clear()

    def next_source(self) -> None:
        """Begin another source; what earlier ones yielded is remembered."""
        self._earlier |= {name: said for name, said in self._stretch.items() if said.digest}
        self._stretch.clear()


def _is_later(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day > other
