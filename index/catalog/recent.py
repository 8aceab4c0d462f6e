"""The releases that were read last: most searches find the same ones again, and a body is long to read and to check."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from index.types import Release

_MOST: Final = 512
"""How many releases are kept: some 4 MB of usual length."""

_LONGEST: Final = 100_000
"""The characters of a body from which on its release is not kept."""


class RecentReleases:
    """Releases by everything that the catalog stores of them but their text. Safe to use from several threads.

    The SHA-256 of the text is part of that, so that a release which changes is another one here.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Release] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, row: Hashable) -> Release | None:
        """Return the release of a row, if it was kept."""
        with self._lock:
            found = self._kept.get(row)
            if found is not None:
                self._kept.move_to_end(row)
            return found

    def keep(self, row: Hashable, release: Release) -> None:
        """Keep a release, in the place of that which was not asked for longest; one that is very long is not kept."""
        if len(release.body) > _LONGEST:
            return
        with self._lock:
            self._kept[row] = release
            self._kept.move_to_end(row)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
