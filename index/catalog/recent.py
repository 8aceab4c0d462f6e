"""What was read last: most searches find the same passages again, and a body is long to read and to check."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final

from index.types import Passage, Release

_MOST: Final = 8_000_000
"""How many characters of bodies are kept: 6.8 million, of 2,158 releases, took 24 MB with their 10,637 passages."""

_LONGEST: Final = 100_000
"""The characters of a body from which on its release is not kept."""

_EACH: Final = 500
"""What each release counts in characters besides its body, so that empty ones are not kept without end."""


@dataclass(slots=True)
class _Kept:
    release: Release
    passages: list[int] = field(default_factory=list)


class RecentReleases:
    """Releases that were read, by all that the catalog stores of them but their text, and their passages, by id.

    The SHA-256 of the text is part of the first, so that a release which changes is another one here. Passages are
    known for one generation only: a write forgets them. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._passages: dict[int, tuple[Passage, Hashable]] = {}
        self._generation = -1
        self._characters = 0
        self._lock = threading.Lock()

    def get(self, row: Hashable) -> Release | None:
        """Return the release of a row, if it was kept."""
        with self._lock:
            found = self._kept.get(row)
            if found is None:
                return None
            self._kept.move_to_end(row)
            return found.release

    def keep(self, row: Hashable, release: Release) -> None:
        """Keep a release, in the place of those that were not asked for longest; one that is very long is not kept."""
        if len(release.body) > _LONGEST:
            return
        with self._lock:
            if row in self._kept:
                return
            self._kept[row] = _Kept(release)
            self._characters += _size(release)
            while self._characters > _MOST:
                _, oldest = self._kept.popitem(last=False)
                self._characters -= _size(oldest.release)
                for passage_id in oldest.passages:
                    self._passages.pop(passage_id, None)

    def passages(self, ids: Iterable[int], generation: int) -> dict[int, Passage]:
        """Return those of ``ids`` that were kept at this generation, by id."""
        found: dict[int, Passage] = {}
        with self._lock:
            if generation != self._generation:
                return found
            for passage_id in ids:
                known = self._passages.get(passage_id)
                if known is not None:
                    found[passage_id] = known[0]
                    self._kept.move_to_end(known[1])
        return found

    def keep_passages(self, passages: Iterable[tuple[Hashable, Passage]], generation: int) -> None:
        """Keep passages as they were at this generation, each with the row of its release, if that is kept."""
        with self._lock:
            if generation < self._generation:
                return
            if generation > self._generation:
                self._generation = generation
                self._passages.clear()
                for each in self._kept.values():
                    each.passages.clear()
            for row, passage in passages:
                kept = self._kept.get(row)
                if kept is not None and passage.id not in self._passages:
                    self._passages[passage.id] = passage, row
                    kept.passages.append(passage.id)


def _size(release: Release) -> int:
    return len(release.body) + _EACH
