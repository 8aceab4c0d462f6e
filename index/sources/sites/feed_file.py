"""A feed in a file: the items that it has whole are releases; nothing is fetched, so of the others it has no text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from index.errors import SourceError
from index.sources.build import LONDON
from index.sources.clean import EntryError
from index.sources.lines import place, unreadable
from index.sources.records.fields import AS_RECOGNISED, FieldMap
from index.sources.records.files import read_bytes
from index.sources.sites.feed_items import (
    MOST_BYTES,
    MOST_ITEMS,
    Feed,
    FeedItem,
    each_once,
    is_summary,
    item_release,
    read_feed,
)
from index.types import Cursor, Problem, Release

HOW_TO_SYNC = (
    '[sources.NAME] with kind = "feed" and url = "{}" in pressqa.toml (pressqa init writes one), then pressqa sync'
)
"""What reads a feed from its address, and the pages that it links to."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """The source of an Atom or RSS feed in a file, in the encoding that it declares.

    ``how`` gives the publisher of the items; without it, that is the one that the item or the feed names. Days are
    those of the ``zone``.
    """

    path: Path
    zone: tzinfo = LONDON
    how: FieldMap = AS_RECOGNISED

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int | None:
        """Return None: the feed says how many items there are only when it is read."""
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Release | Problem]:
        """Yield the items that are whole, in the order of the feed, then one problem for all that are summaries.

        ``since`` is ignored: the whole file is read each time.

        Raises:
            SourceError: the file cannot be read, is larger than feeds are, is no feed, or is one of comments.
        """
        try:
            content = read_bytes(self.path, MOST_BYTES)
        except EntryError as error:
            raise SourceError(f"{self.path}: {error}", "give the file of a feed") from None
        except OSError as error:
            raise unreadable(self.path, error) from error
        feed = read_feed(content, place(self.path), "", self.zone)
        if feed.fault:
            yield Problem(self.name, f"the feed could be read in part only: {feed.fault}")
        if len(feed.items) == MOST_ITEMS:
            yield Problem(self.name, f"only the first {MOST_ITEMS:,} items of the feed are read")
        if not feed.items:
            raise SourceError(f"{self.path} is a feed without items", "give a feed that lists releases")
        summaries: list[FeedItem] = []
        for item in each_once(feed.items):
            if is_summary(item):
                summaries.append(item)
            else:
                yield self._release(feed, item)
        if summaries:
            example = next((item.address for item in summaries if item.address), None)
            links = f"; or give the pages, such as {example}" if example else ""
            yield Problem(
                self.name,
                f"{_counted(summaries)} and not the whole text: sync reads the pages that the feed links to: write"
                f" {HOW_TO_SYNC.format('ITS ADDRESS')}{links}",
            )

    def _release(self, feed: Feed, item: FeedItem) -> Release | Problem:
        where = f"{self.name} ({item.title[:60] or item.address or item.key})"
        try:
            return item_release(feed, item, self.how.publisher_name)
        except EntryError as error:
            return Problem(where, str(error))


def _counted(items: list[FeedItem]) -> str:
    titles = ", ".join(f'"{item.title[:40]}"' for item in items[:3] if item.title)
    count = f"{len(items)} item has" if len(items) == 1 else f"{len(items)} items have"
    return f"{count} only a summary{f' ({titles})' if titles else ''}"
