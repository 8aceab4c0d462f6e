"""Which passages the search files hold, and which of them a filter lets through: some numbers for each passage.

Passages are kept in parts (`index.search.parts`), each in the ascending order of its ids, and each
part's ids are above those of the part before. What a filter asks of a passage is here and not in the vectors and words
of a part, so that those never change: a revision that is superseded or removed changes a number here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER, bounds
from index.text.publishers import publisher_key
from index.types import Ids, Memory, SearchFilter

Columns = NDArray[np.int64]
"""The passages of a part: one row for each of `NAMES`, one column for each passage; shape (5, passages)."""

NAMES = ("id", "published", "valid_from", "valid_to", "publisher")
"""What the rows of `Columns` hold: days as `date.toordinal` counts them, and publishers as `publisher_number`."""

REMOVED = 0
"""The value of ``valid_to`` of a passage that was removed from the catalog: no filter lets it through."""

_ID, _VALID_TO = NAMES.index("id"), NAMES.index("valid_to")

_FILTERS: dict[Memory, int] = {"normal": 16, "low": 2}
"""How many filters are remembered, with one byte and one bit for each passage.

Set by judgement: more save the time of comparing again (some milliseconds for a million passages), fewer save memory.
"""


def publisher_number(publisher: str) -> int:
    """Return 64 bits of a hash of a publisher's name as `publisher_key` gives it."""
    return int.from_bytes(blake2b(publisher_key(publisher).encode(), digest_size=8).digest(), "little", signed=True)


def columns_of(documents: Iterable[KeywordDocument]) -> Columns:
    """Return the numbers of passages, which must come in the order of their ids."""
    numbers: dict[str, int] = {}
    rows = []
    for each in documents:
        if each.publisher not in numbers:
            numbers[each.publisher] = publisher_number(each.publisher)
        rows.append((each.id, each.published, each.valid_from, each.valid_to, numbers[each.publisher]))
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, len(NAMES)).T)


def amended(columns: Columns, ends: Sequence[tuple[int, int]]) -> Columns:
    """Return a copy in which the passages of these (id, valid_to) pairs end then; ids that are not held are ignored."""
    copy = np.array(columns)
    for passage_id, valid_to in ends:
        place = int(np.searchsorted(copy[_ID], passage_id))
        if place < copy.shape[1] and copy[_ID, place] == passage_id:
            copy[_VALID_TO, place] = valid_to
    return copy


def carried(columns: Columns, now: Sequence[Columns]) -> Columns:
    """Return a copy in which each passage ends when it does in ``now``, the numbers of the parts that hold it."""
    copy = np.array(columns)
    ids = np.concatenate([part[_ID] for part in now])
    ends = np.concatenate([part[_VALID_TO] for part in now])
    places = np.minimum(np.searchsorted(ids, copy[_ID]), len(ids) - 1)
    is_held = ids[places] == copy[_ID]
    copy[_VALID_TO, is_held] = ends[places[is_held]]
    return copy


def held_ids(columns: Columns) -> Ids:
    """Return the ids of the passages that were not removed, ascending."""
    ids: Ids = columns[_ID, columns[_VALID_TO] != REMOVED]
    return ids


def removed(columns: Columns) -> int:
    """Return how many of the passages were removed."""
    return int(np.count_nonzero(columns[_VALID_TO] == REMOVED))


def let_through(columns: Columns, where: SearchFilter) -> NDArray[np.bool_]:
    """Return for each passage if a filter lets it through, by the rule of `index.catalog.validity`."""
    rule = bounds(where)
    mask = np.ones(columns.shape[1], dtype=bool)
    for name, (low, high) in rule.days.items():
        values = columns[NAMES.index(name)]
        if low is not None and low == high:
            mask &= values == low
            continue
        if low is not None:
            mask &= values >= low
        if high is not None:
            mask &= values <= high
    if rule.publisher is not None:
        mask &= columns[NAMES.index("publisher")] == publisher_number(rule.publisher)
    return mask


@dataclass(frozen=True, slots=True)
class Allowed:
    """The passages that a filter lets through.

    ``mask`` has one value for each passage of all parts, ``count`` of them are True; ``bits`` has the same for each
    part, one bit a passage, and ``counts`` how many of them are 1.
    """

    mask: NDArray[np.bool_]
    count: int
    bits: tuple[NDArray[np.uint8], ...]
    counts: tuple[int, ...]


class Held:
    """The passages of all parts together. It never changes, and any thread may ask it."""

    def __init__(self, parts: Sequence[Columns], memory: Memory = "normal") -> None:
        self._parts = tuple(parts)
        sizes = [part.shape[1] for part in parts]
        self.starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        """Where each part begins in ``ids``, and the end of the last one."""
        self.ids: Ids = np.concatenate([np.zeros(0, dtype=np.int64), *(part[_ID] for part in parts)])
        """The ids of all passages, ascending."""
        ends = np.concatenate([np.zeros(0, dtype=np.int64), *(part[_VALID_TO] for part in parts)])
        self.removed = int(np.count_nonzero(ends == REMOVED))
        """How many of the passages were removed."""
        self.is_plain = bool((ends == FOREVER).all())
        """True if every passage is of a current revision, so that no filter on ``valid_to`` can matter."""
        # Over the parts, not self: what refers to itself would stay in memory after its last use.
        is_plain = self.is_plain

        def allowed(where: SearchFilter) -> Allowed | None:
            if is_plain and where == SearchFilter():
                return None
            return _allowed(parts, where)

        self.allowed = lru_cache(maxsize=_FILTERS[memory])(allowed)
        """Return the passages that a filter lets through; None if it lets all of them through."""

    def __len__(self) -> int:
        return len(self.ids) - self.removed

    def places(self, ids: Ids) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the place of each id in ``ids``, and for each if it is held; the place of one that is not is 0."""
        if not len(self.ids):
            return np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=bool)
        places = np.searchsorted(self.ids, ids)
        places[places == len(self.ids)] = 0
        is_held = self.ids[places] == ids
        places[~is_held] = 0
        return places, is_held

    def in_parts(self, places: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield the parts that hold passages at these places in ``ids``, each with their rows in it.

        Removed passages are left out.
        """
        places = np.sort(places)
        edges = np.searchsorted(places, self.starts).tolist()
        for part, (begin, end) in enumerate(pairwise(edges)):
            if begin < end:
                rows = places[begin:end] - self.starts[part]
                yield part, rows[self._parts[part][_VALID_TO, rows] != REMOVED] if self.removed else rows


def _allowed(parts: Sequence[Columns], where: SearchFilter) -> Allowed:
    masks = [let_through(part, where) for part in parts]
    counts = tuple(int(np.count_nonzero(mask)) for mask in masks)
    bits = tuple(np.packbits(mask, bitorder="little") for mask in masks)
    mask = np.concatenate([np.zeros(0, dtype=bool), *masks])
    return Allowed(mask, sum(counts), bits, counts)
