"""Feeds: releases from an Atom or RSS feed, in the feed's own text or in that of the pages that it links to.

A feed that has the whole text is taken as it is; one with summaries is followed to its pages, which give the text, and
a date if the feed has none. What only was updated is published on the day by which it was first read. A link into
GOV.UK is followed to its Content API. An item that feeds repeat is read once: the version that was updated last, and of
others the longest.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from functools import partial
from typing import Literal

from index.protocols import KnownPages
from index.sources.build import LONDON, NoPublisherError, language_code
from index.sources.clean import EntryError
from index.sources.languages import READ, readable, reads, unread_language
from index.sources.sites.feed_items import (
    Feed,
    FeedItem,
    each_once,
    is_summary,
    item_id,
    item_release,
    read_feed,
    undated,
)
from index.sources.sites.linked_page import content_api_address, linked_release
from index.sources.web.ahead import read_ahead
from index.sources.web.client import WebClient
from index.sources.web.reading import read_page, validators_of
from index.sources.web.types import NOTHING_KNOWN, Fetched
from index.types import Cursor, Entry, PageRead, Problem, Release, Skipped, Withdrawn

Follow = Literal["auto", "always", "never"]
"""If the pages that a feed links to are read: "auto" for those of items whose text is not whole."""


class FeedReleases:
    """The source of one feed.

    ``publisher`` is that of all items; without it, that of the page, or else of the item or feed. With ``since``
    items of earlier days are left out. ``today`` is the day on which a page is found to be gone.
    """

    rank = 2

    def __init__(
        self,
        name: str,
        client: WebClient,
        pages: KnownPages,
        address: str,
        *,
        today: date,
        publisher: str | None = None,
        follow: Follow = "auto",
        languages: Sequence[str] = READ,
        since: date | None = None,
        again_from: date | None = None,
        zone: tzinfo = LONDON,
    ) -> None:
        """Take the feed's address and what of it counts: items from ``since`` on.

        With ``again_from`` it is read from that day on although it did not change, and once more by the next run.
        """
        self.name = name
        self._client = client
        self._pages = pages
        self._address = address
        self._today = today
        self._publisher = publisher
        self._follow = follow
        self._languages = languages
        self._since = again_from or since
        self._is_again = again_from is not None
        self._zone = zone

    def expected(self) -> int | None:
        """Return None: the feed says how many there are only when it is read."""
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield the items, oldest first, if the feed changed since it was last read, then what failed before.

        The feed's validators are its cursor: they are kept only if every item could be read. Raises `SourceError` if
        the feed cannot be read.
        """
        known = self._pages.page(self._address)
        validators = NOTHING_KNOWN if self._is_again else validators_of(known)
        fetched = self._client.get(self._address, validators, accept="application/atom+xml, */*;q=0.5")
        now = int(time.time())
        if not fetched.modified and known is not None:
            yield from self._again(set())
            yield PageRead(self._address, now, None, known.etag, known.last_modified)
            return
        feed = read_feed(fetched.content, fetched.address, fetched.content_type, self._zone)
        items = self._chosen(feed)
        failed = bool(feed.fault)
        if feed.fault:
            yield Problem(self._address, feed.fault)
        if not feed.items:
            yield Skipped(self._address, "the feed lists nothing")
        for entries in read_ahead(partial(self._read_item, feed), items, self._client.concurrency):
            for entry in entries:
                failed |= isinstance(entry, Problem) or (isinstance(entry, PageRead) and entry.failure is not None)
                yield entry
        yield from self._again({self._page_address(item) for item in items})
        # What an earlier day would have let in is not lost: the next run reads the feed whole.
        valid = NOTHING_KNOWN if failed or self._is_again else fetched.validators
        yield PageRead(self._address, now, None, valid.etag, valid.last_modified)

    def _again(self, read: set[str]) -> Iterator[Entry]:
        """Read the pages that an earlier run could not, unless the feed still lists them."""
        for page in self._pages.failed():
            if page.address not in read and page.address != self._address:
                parse = partial(self._linked, None)
                yield from read_page(self._client, self._pages, page.address, parse, today=self._today)

    def _chosen(self, feed: Feed) -> list[FeedItem]:
        """Return each item once, in the order in which they came out."""
        day = self._since
        kept = [i for i in each_once(feed.items) if day is None or (i.updated or i.published or date.max) >= day]
        return kept[::-1]

    def _read_item(self, feed: Feed, item: FeedItem) -> list[Entry]:
        if item.address is not None and self._is_followed(item):
            parse = partial(self._linked, (feed, item))
            return read_page(self._client, self._pages, self._page_address(item), parse, today=self._today)
        where = item.address or f"{self._address}: {item.title!r}"
        language = language_code(feed.language)
        if language and not reads(language, self._languages):
            return [unread_language(where, language)]
        if item.published is None and item.updated is None:
            return [Problem(where, f"{undated(item)}: read the pages it links to (follow = 'always')")]
        try:
            release = item_release(feed, replace(item, published=self._published(item)), self._publisher)
        except NoPublisherError:
            return [Problem(where, "the feed has no title that could be its publisher: give one (publisher = 'NAME')")]
        except EntryError as error:
            return [Problem(where, str(error))]
        return [readable(release, where, self._languages)]

    def _published(self, item: FeedItem) -> date | None:
        """Return the day of publication of an item; of one that only was updated, the day that it has already."""
        if item.published is not None or item.updated is None:
            return item.published
        known = self._pages.published(item_id(item.address)) if item.address is not None else None
        return min(known, item.updated) if known is not None else item.updated

    def _is_followed(self, item: FeedItem) -> bool:
        if self._follow == "auto":
            return is_summary(item) or (not item.is_whole and not item.published)
        return self._follow == "always"

    def _page_address(self, item: FeedItem) -> str:
        return content_api_address(item.address or "") or item.address or ""

    def _linked(
        self, said: tuple[Feed, FeedItem] | None, fetched: Fetched
    ) -> list[Release | Withdrawn | Skipped | Problem]:
        feed, item = said or (None, None)
        return linked_release(
            fetched,
            item,
            day=self._published(item) if item else None,
            publisher=self._publisher,
            otherwise=(item.publisher if item else "") or (feed.publisher if feed else ""),
            languages=self._languages,
            today=self._today,
            zone=self._zone,
        )
