"""GOV.UK: releases are listed with its Search API and read with its Content API.

The list is read oldest first by the day of the last update, from the day that was reached by the last run, so that a
release which is updated meanwhile comes again at the end and none is missed. The search does not list what was
withdrawn: pages of known releases are therefore asked for again from time to time (`Rechecks`).
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from urllib.parse import quote, urlencode, urlsplit

from index.errors import SourceError
from index.protocols import KnownPages
from index.sources.build import LONDON
from index.sources.languages import READ
from index.sources.sites.govuk_items import WEBSITE, GoneItem, MovedItem, content_entries, explanation, moved, read_item
from index.sources.web.ahead import read_ahead
from index.sources.web.client import WebClient
from index.sources.web.reading import Rechecks, read_page, validators_of
from index.sources.web.types import Fetched
from index.types import Checkpoint, Cursor, Entry, PageRead, Problem, Release, Skipped, Withdrawn

DOCUMENT_TYPES = ("press_release", "news_story", "government_response", "world_news_story")
"""The kinds of documents that are read if none are named: announcements."""

_ROWS = 500
"""How many rows of the list are asked for at a time; the API gives at most 1,500."""

_OVERLAP = 20
"""By how many rows two parts of a day's list overlap: a release that is updated meanwhile moves the others up."""

_FIRST_DAY = "1800-01-01"

_MOST_MOVES = 1
"""From how many pages that a release has moved to the next is read: they lead there at once."""


@dataclass(frozen=True, slots=True)
class GovukQuery:
    """Which releases are read: of these organisations (their slugs; () for all), of these document types.

    Only releases in one of ``languages`` are stored, because the embedding model must be able to read them. ``start``
    is the first day of the list; with ``again_from`` the list is read from that day on, whatever was read before.
    """

    organisations: tuple[str, ...] = ()
    document_types: tuple[str, ...] = DOCUMENT_TYPES
    languages: tuple[str, ...] = READ
    start: date | None = None
    again_from: date | None = None


class GovukReleases:
    """The source of GOV.UK's releases; ``site`` is where its APIs are."""

    rank = 0

    def __init__(
        self,
        name: str,
        client: WebClient,
        pages: KnownPages,
        query: GovukQuery,
        *,
        today: date,
        site: str = WEBSITE,
        zone: tzinfo = LONDON,
        rechecks: Rechecks | None = None,
    ) -> None:
        self.name = name
        self._client = client
        self._pages = pages
        self._query = query
        self._today = today
        self._site = site.rstrip("/")
        self._zone = zone
        self._rechecks = rechecks or Rechecks()
        self._seen: set[str] = set()

    def expected(self) -> int | None:
        """Return None: the list says how many there are only as it is read."""
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield what changed since the cursor, which is a day, then what became of pages that were not listed.

        What could not be read by an earlier run comes first. Raises `SourceError` if the list cannot be read.
        """
        self._seen.clear()
        yield from self._read_all([page.address for page in self._pages.failed() if self._is_content(page.address)])
        yield from self._listed(since)
        if self._rechecks.after is not None:
            before = int(time.time() - self._rechecks.after) + 1
            stale = self._pages.with_release(before, self._rechecks.most)
            yield from self._read_all([page.address for page in stale])

    def _listed(self, since: Cursor | None) -> Iterator[Entry]:
        query = self._query
        floor = query.start.isoformat() if query.start else _FIRST_DAY
        day = query.again_from.isoformat() if query.again_from else max(str(since or ""), floor)
        start = 0
        while True:
            address = self._list_address(day, start)
            known = self._pages.page(address)
            fetched = self._client.get(address, validators_of(known), accept="application/json")
            if not fetched.modified and known is not None:
                yield PageRead(address, int(time.time()), None, known.etag, known.last_modified)
                return
            rows = _rows(fetched)
            before = len(self._seen)
            yield from self._read_all(self._content_address(path) for path, _ in rows if path.startswith("/"))
            last = max((stamp[:10] for _, stamp in rows if stamp), default=day)
            if last > day:  # the rest is listed from there: a page of the list never begins far into it
                day, start = last, 0
                yield Checkpoint(Cursor(day))
            elif len(rows) >= _ROWS and (not start or len(self._seen) > before):
                start += _ROWS - _OVERLAP
            else:
                yield Checkpoint(Cursor(day))
                valid = fetched.validators
                yield PageRead(address, int(time.time()), None, valid.etag, valid.last_modified)
                return

    def _list_address(self, day: str, start: int) -> str:
        asked = [("filter_public_timestamp", f"from:{day}")] if day > _FIRST_DAY else []
        asked += [
            ("order", "public_timestamp"),
            ("fields", "title,link,public_timestamp"),
            ("count", str(_ROWS)),
            ("start", str(start)),
        ]
        asked += [("filter_organisations", slug) for slug in self._query.organisations]
        asked += [("filter_content_store_document_type", kind) for kind in self._query.document_types]
        return f"{self._site}/api/search.json?{urlencode(asked, safe=':,')}"

    def _content_address(self, path: str) -> str:
        return f"{self._site}/api/content{quote(path, safe='/%.~-_')}"

    def _is_content(self, address: str) -> bool:
        return address.startswith(f"{self._site}/api/content/")

    def _read_all(self, addresses: Iterable[str]) -> Iterator[Entry]:
        """Read pages that this run has not read yet."""
        new = [address for address in dict.fromkeys(addresses) if address not in self._seen]
        self._seen.update(new)
        for entries in read_ahead(self._read_one, new, self._client.concurrency):
            yield from entries

    def _read_one(self, address: str, moves: int = 0) -> list[Entry]:
        """Return what a page gives; if that of a known release has moved, what it gives where it is now, and last it.

        The search lists a page that moved by the day of its last update, which may be long ago.
        """
        places: list[str] = []

        def parse(fetched: Fetched) -> list[Release | Withdrawn | Skipped | Problem]:
            page = WEBSITE + address.removeprefix(f"{self._site}/api/content")
            item = read_item(fetched.content, self._zone)
            if isinstance(item, GoneItem):
                return [Withdrawn(item.release_id, item.day or self._today, item.notice, page=address)]
            if isinstance(item, MovedItem):
                places.append(item.address)
                return [moved(page, item)]
            if moves and item.document_type not in self._query.document_types:
                return [Skipped(page, f"a release has moved there, and it is a {item.document_type}")]
            return content_entries(item, page, self._query.languages)

        known = self._pages.page(address)
        entries = read_page(
            self._client,
            self._pages,
            address,
            parse,
            today=self._today,
            accept="application/json",
            explain=lambda content: explanation(content, self._zone),
        )
        if known is None or known.release_id is None or moves >= _MOST_MOVES:
            return entries
        there = [self._content_address(urlsplit(place).path) for place in places if place.startswith(f"{WEBSITE}/")]
        new = [place for place in there if place not in self._seen]
        self._seen.update(new)
        return [*(entry for place in new for entry in self._read_one(place, moves + 1)), *entries]


def _rows(fetched: Fetched) -> list[tuple[str, str]]:
    """Return path and time of each row of a list, "" for one that is missing; raises `SourceError`."""
    try:
        results = json.loads(fetched.content)["results"]
        return [(str(row.get("link") or ""), str(row.get("public_timestamp") or "")) for row in results]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{fetched.address} is not an answer of GOV.UK's Search API: {error!r}", "check the address of the site"
        ) from None
