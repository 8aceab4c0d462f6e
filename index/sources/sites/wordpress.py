"""WordPress: releases from the REST API of a site, by its tags and categories.

Posts are listed oldest first by the time of their last change, from the time that was reached by the last run. No list
says which posts were taken away: known ones are therefore asked for again from time to time, a hundred at once
(`Rechecks`).
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import Any
from urllib.parse import urlencode

from index.errors import SourceError
from index.protocols import KnownPages
from index.sources.clean import EntryError
from index.sources.html.text import html_title
from index.sources.languages import READ, readable
from index.sources.sites.wordpress_posts import address_of, parse_post, read_post
from index.sources.web.client import WebClient
from index.sources.web.reading import Parse, Rechecks, failed_page, read_page, validators_of
from index.sources.web.types import Fetched, FetchError
from index.types import Checkpoint, Cursor, Entry, PageRead, Problem, Release, Skipped, Withdrawn

_POSTS = 100
"""How many posts are asked for at a time: the most that the API gives."""

_TAKEN_AWAY = frozenset({401, 403, 404, 410})
"""What the API answers for a post that was deleted, put into the bin, or is no longer for everyone."""

_FIRST = "1970-01-01T00:00:00"


@dataclass(frozen=True, slots=True)
class WordPressQuery:
    """Which posts of a site are read: those with any of the tags and any of the categories, by their slugs; () for all.

    ``post_type`` is the name that the API has for a kind of posts. ``start`` is the first day of the list; with
    ``again_from`` the list is read from that day on, whatever was read before. With a ``zone`` days are those of it,
    and not of the site's own clock, which some sites set wrongly. Posts name no language, so ``languages`` only say
    which scripts are read.
    """

    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    post_type: str = "posts"
    languages: tuple[str, ...] = READ
    start: date | None = None
    again_from: date | None = None
    zone: tzinfo | None = None


class WordPressPosts:
    """The source of one WordPress site; ``publisher`` is that of posts that do not name who issued them.

    ``today`` is the day on which a post is found to be gone.
    """

    def __init__(
        self,
        name: str,
        client: WebClient,
        pages: KnownPages,
        site: str,
        query: WordPressQuery,
        *,
        today: date,
        publisher: str | None,
        rechecks: Rechecks | None = None,
    ) -> None:
        self.name = name
        self._rechecks = rechecks or Rechecks()
        self.rank = 1 if publisher else 3  # its own site, or an archive of many publishers' releases
        self._client = client
        self._pages = pages
        self._site = site.rstrip("/")
        self._api = f"{self._site}/wp-json/wp/v2"
        self._query = query
        self._publisher = publisher
        self._today = today

    def expected(self) -> int | None:
        """Return None: the site says how many there are only as it is read."""
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield the posts that changed since the cursor, which is the time of a change, then those taken away.

        What could not be read by an earlier run comes first. Raises `SourceError` if the list cannot be read.
        """
        publisher = self._publisher or self._site_name()
        parse = partial(self._one, publisher=publisher)
        for page in self._pages.failed():
            yield from self._read(page.address, parse)
        yield from self._listed(since, publisher)
        if self._rechecks.after is not None:
            yield from self._taken_away(int(time.time() - self._rechecks.after) + 1, parse)

    def _read(self, address: str, parse: Parse) -> Iterator[Entry]:
        yield from read_page(self._client, self._pages, address, parse, today=self._today, gone=_TAKEN_AWAY)

    def _listed(self, since: Cursor | None, publisher: str) -> Iterator[Entry]:
        query = self._query
        floor = f"{query.start}T00:00:00" if query.start else _FIRST
        after = f"{query.again_from}T00:00:00" if query.again_from else max(str(since or ""), floor)
        terms = {name: self._terms(name, slugs) for name, slugs in self._slugs().items()}
        seen: set[tuple[int, str]] = set()
        number, reached = 1, after
        is_filtered = True  # an old site does not know the filter: then the list is read page by page
        while True:
            address = self._list_address(after, number, terms)
            known = self._pages.page(address)
            try:
                fetched = self._client.get(address, validators_of(known), accept="application/json")
            except FetchError as error:
                if error.status == 400 and number > 1:  # a page beyond the last
                    yield Checkpoint(Cursor(reached))
                    return
                if error.status == 404 and number == 1:
                    error.hint = (
                        'check the address; a site that is none of WordPress is read by its feed: kind = "feed"'
                    )
                raise
            if not fetched.modified and known is not None:
                yield PageRead(address, int(time.time()), None, known.etag, known.last_modified)
                return
            posts = _posts(fetched)
            stamps = [str(post.get("modified") or post.get("date") or "") for post in posts]
            new = [
                (post, stamp) for post, stamp in zip(posts, stamps, strict=True) if (_number(post), stamp) not in seen
            ]
            seen.update((_number(post), stamp) for post, stamp in new)
            for post, _ in new:
                yield from self._post(post, publisher)
            reached = max([reached, *(stamp for stamp in stamps if _is_time(stamp))])
            is_last = _is_last(fetched, number, len(posts)) or (not new and number > 1)
            is_filtered = is_filtered and all(stamp > after for stamp in stamps)
            begin = _second_before(reached)
            if is_filtered and begin > after:
                after, number = begin, 1
                yield Checkpoint(Cursor(begin))
            elif is_last:
                yield Checkpoint(Cursor(after if is_filtered else begin))
                valid = fetched.validators
                yield PageRead(address, int(time.time()), None, valid.etag, valid.last_modified)
                return
            else:
                number += 1

    def _taken_away(self, before: int, parse: Parse) -> Iterator[Entry]:
        """Ask for the known posts that were last seen before a moment, and withdraw those that are gone."""
        posts = f"{self._api}/{self._query.post_type}"
        stale = self._pages.with_release(before, self._rechecks.most)
        known = {page.address.removeprefix(f"{posts}/"): page for page in stale if page.address.startswith(f"{posts}/")}
        numbers = [number for number in known if number.isdecimal()]
        for begin in range(0, len(numbers), _POSTS):
            batch = numbers[begin : begin + _POSTS]
            asked = {"include": ",".join(batch), "per_page": str(_POSTS), "_fields": "id"}
            fetched = self._client.get(f"{posts}?{urlencode(asked, safe=',')}", accept="application/json")
            present = {str(_number(post)) for post in _posts(fetched)}
            for number in batch:
                page = known[number]
                if number in present:
                    yield PageRead(page.address, int(time.time()), page.release_id, is_unchanged=True)
                else:  # taken away, or left out by a site that gives fewer at once than it is asked for
                    yield from self._read(page.address, parse)

    def _slugs(self) -> dict[str, tuple[str, ...]]:
        named = {"tags": self._query.tags, "categories": self._query.categories}
        return {name: slugs for name, slugs in named.items() if slugs}

    def _list_address(self, after: str, number: int, terms: dict[str, str]) -> str:
        asked = {"per_page": str(_POSTS), "page": str(number), "orderby": "modified", "order": "asc"}
        asked |= {"modified_after": after} | terms
        return f"{self._api}/{self._query.post_type}?{urlencode(asked, safe=':,')}"

    def _terms(self, taxonomy: str, slugs: Sequence[str]) -> str:
        """Return the numbers of tags or categories, as the list wants them; raises `SourceError` for unknown slugs."""
        asked = urlencode({"slug": ",".join(slugs), "per_page": str(_POSTS)}, safe=",")
        fetched = self._client.get(f"{self._api}/{taxonomy}?{asked}", accept="application/json")
        numbers = {str(term.get("slug")): _number(term) for term in _posts(fetched)}
        missing = [slug for slug in slugs if slug not in numbers]
        if missing:
            raise SourceError(
                f"{self._site} has no {taxonomy} called {', '.join(missing)}", "use the slugs of its addresses"
            )
        return ",".join(str(numbers[slug]) for slug in slugs)

    def _site_name(self) -> str:
        try:
            found = json.loads(self._client.get(f"{self._site}/wp-json/", accept="application/json").content)
        except (FetchError, ValueError, RecursionError):
            return ""
        return html_title(str(found.get("name") or "")) if isinstance(found, dict) else ""

    def _one(self, fetched: Fetched, publisher: str) -> list[Release | Withdrawn | Skipped | Problem]:
        try:
            found = json.loads(fetched.content)
        except (ValueError, RecursionError):
            raise EntryError("the answer is not JSON") from None
        return self._entries(found, publisher)

    def _post(self, post: dict[str, Any], publisher: str) -> Iterator[Entry]:
        address, now = f"{self._api}/{self._query.post_type}/{_number(post)}", int(time.time())
        try:
            entries = self._entries(post, publisher)
        except EntryError as error:
            yield failed_page(address, self._pages.page(address), now, str(error))
            return
        yield from entries
        yield PageRead(address, now, next((entry.id for entry in entries if isinstance(entry, Release)), None))

    def _entries(self, post: object, publisher: str) -> list[Release | Withdrawn | Skipped | Problem]:
        read = parse_post(post)
        address = address_of(read, self._site)
        if not read.is_public:
            return [Skipped(address, "it is not published for everyone")]
        return [readable(read_post(read, address, publisher, self._query.zone), address, self._query.languages)]


def _posts(fetched: Fetched) -> list[dict[str, Any]]:
    """Return the objects of a list; raises `SourceError` if it is none."""
    try:
        found = json.loads(fetched.content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SourceError(
            f"{fetched.address} is not a list of WordPress's REST API",
            "check the address; some sites switch the API off",
        )
    return found


def _is_last(fetched: Fetched, number: int, posts: int) -> bool:
    """Return True for the last page of a list, by its header; without one, a page that is not full is the last."""
    pages = fetched.headers.get("x-wp-totalpages", "")
    return number >= int(pages) if pages.isdecimal() and len(pages) < 9 else posts < _POSTS


def _number(post: dict[str, Any]) -> int:
    number = post.get("id")
    return number if isinstance(number, int) else 0


def _is_time(stamp: str) -> bool:
    try:
        datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return len(stamp) >= 19


def _second_before(stamp: str) -> str:
    """Return the time a second earlier: the filter leaves out what changed at the very time, and others may have."""
    try:
        return (datetime.fromisoformat(stamp[:19]) - timedelta(seconds=1)).isoformat()
    except (ValueError, OverflowError):
        return _FIRST
