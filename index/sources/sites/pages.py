"""Single pages at web addresses: an item of GOV.UK, or a page of HTML, PDF or Word."""

import time
from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from functools import partial

from index.errors import SourceError
from index.protocols import KnownPages
from index.sources.build import LONDON
from index.sources.languages import READ
from index.sources.sites.linked_page import content_api_address, linked_release
from index.sources.web.addresses import check_address
from index.sources.web.ahead import read_ahead
from index.sources.web.client import WebClient
from index.sources.web.reading import read_page
from index.types import Cursor, Entry, PageRead


class WebPages:
    """The source of pages that are named one by one.

    ``publisher`` is that of every page; without it, that which the page names. A page that was read is not asked for
    again before ``recheck`` seconds.
    """

    rank = 1

    def __init__(
        self,
        name: str,
        client: WebClient,
        pages: KnownPages,
        addresses: Sequence[str],
        *,
        today: date,
        publisher: str | None = None,
        languages: Sequence[str] = READ,
        recheck: float = 0.0,
        zone: tzinfo = LONDON,
    ) -> None:
        """Read nothing yet; raises `RefusedAddressError` for an address that may not be read."""
        self.name = name
        self._client = client
        self._pages = pages
        self._addresses = [content_api_address(address) or check_address(address) for address in addresses]
        self._recheck = recheck
        self._today = today
        self._parse = partial(
            linked_release,
            item=None,
            publisher=publisher,
            otherwise="",
            languages=languages,
            today=today,
            zone=zone,
        )

    def expected(self) -> int | None:
        """Return how many pages there are."""
        return len(self._addresses)

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield what the pages give; raises `SourceError` if there is one page only and it cannot be read."""
        due = [address for address in self._addresses if self._is_due(address)]
        for entries in read_ahead(self._read_one, due, self._client.concurrency):
            last = entries[-1]
            if len(self._addresses) == 1 and isinstance(last, PageRead) and last.failure is not None:
                raise SourceError(
                    f"{last.address}: {last.failure}", last.hint or "check that the address is that of one release"
                )
            yield from entries

    def _is_due(self, address: str) -> bool:
        known = self._pages.page(address)
        return known is None or known.failure is not None or known.checked + self._recheck <= time.time()

    def _read_one(self, address: str) -> list[Entry]:
        return read_page(self._client, self._pages, address, self._parse, today=self._today)
