"""The client that reads web pages: checked addresses, limits, politeness, conditional requests and retries."""

import email.utils
import logging
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from copy import copy
from datetime import UTC, timedelta
from typing import Self
from urllib.parse import urlsplit

import httpcore2
import httpx2
import stamina
from protego import Protego

from index.sources.web.addresses import check_address, check_networks
from index.sources.web.connections import Budget, CheckedTransport
from index.sources.web.pace import Pace
from index.sources.web.types import (
    NOTHING_KNOWN,
    TOO_LARGE,
    USER_AGENT,
    Fetched,
    FetchError,
    Limits,
    Manners,
    RefusedAddressError,
    TryAgainError,
    Validators,
)
from index.text.addresses import joined

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of faults that may pass."""

_BARRED = "the site lets no program read it: save the page and give the file"

_ROBOTS_BYTES = 500_000
"""How much of a robots.txt is read: RFC 9309 wants at least 500 kB."""

_LONGEST_DELAY = 30.0
"""The longest delay between requests that a robots.txt may ask for, in seconds (set by judgement)."""

logging.getLogger("stamina").propagate = False  # a retry is no news: a failure is reported


class WebClient:
    """Reads pages by their addresses. Safe to share between threads; close it when done."""

    def __init__(self, manners: Manners | None = None, limits: Limits | None = None) -> None:
        """Open no connection yet; raises `FetchError` for a network in ``manners.allowed`` that is not one."""
        self._manners = manners or Manners()
        self._limits = limits or Limits()
        check_networks(self._manners.allowed)
        self._budget = Budget()
        self._pace = Pace(self._manners.delay, self._manners.concurrency)
        self._robots: dict[str, Protego | FetchError] = {}
        self._guard = threading.Lock()
        contact = f" (+{self._manners.contact})" if self._manners.contact else ""
        self._http = httpx2.Client(
            transport=CheckedTransport(self._manners.allowed, self._budget, 4 * self._manners.concurrency),
            headers={"User-Agent": f"{USER_AGENT}{contact}", "Accept-Encoding": "gzip, deflate"},
            timeout=self._limits.pause,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def concurrency(self) -> int:
        """How many requests to one host may be under way."""
        return self._manners.concurrency

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, address: str, known: Validators = NOTHING_KNOWN, *, accept: str = "*/*") -> Fetched:
        """Read a page, following redirects; with ``known`` ask only for another version than that.

        A fault that may pass is tried again, after a pause that grows, or that the server names. The content of an
        answer with a status from 400 on is not returned.

        Raises:
            RefusedAddressError: the address, or one that it redirects to, may not be read.
            FetchError: the server refuses, has no such page, or sends too much, too slowly or too many redirects; or
                its robots.txt forbids the page.
        """
        attempts = stamina.retry_context(
            on=self._backoff,
            attempts=self._limits.attempts,
            timeout=None,
            wait_initial=0.5,
            wait_max=10.0,
            wait_jitter=0.5,
        )
        for attempt in attempts:
            with attempt:
                return self._follow(check_address(address), known, accept)
        raise AssertionError("an attempt returns or raises")

    def _backoff(self, error: Exception) -> bool | timedelta:
        if not isinstance(error, TryAgainError):
            return False
        if error.wait is None:
            return True
        return error.wait <= self._limits.longest_wait and timedelta(seconds=error.wait)

    def _follow(self, address: str, known: Validators, accept: str) -> Fetched:
        # At each step: the validators are those of the page at the end, and another page has others.
        asked = {"Accept": accept, **known.headers()}
        for _ in range(self._limits.redirects + 1):
            self._check_robots(address)
            status, headers, content = self._once(address, asked, self._limits.bytes)
            if status not in _REDIRECTS or "location" not in headers:
                return self._answer(address, status, headers, content, known)
            target = _target(address, headers["location"])
            if address.startswith("https:") and target.startswith("http:"):
                raise RefusedAddressError(f"{address} redirects from https to http", "give the address it leads to")
            address = target
        raise FetchError(f"{address}: more than {self._limits.redirects} redirects", "give the address they end at")

    def _answer(
        self, address: str, status: int, headers: Mapping[str, str], content: bytes, known: Validators
    ) -> Fetched:
        kind = headers.get("content-type", "")
        if status == 304:
            return Fetched(address, status, b"", kind, known, modified=False, headers=headers)
        if status in _TRY_AGAIN:
            wait = _wait_of(headers)
            host = urlsplit(address).netloc
            if wait is not None:
                self._pace.hold(host, min(wait, self._limits.longest_wait))
            asked = f", and asks to wait {wait:.0f} s" if wait else ""
            raise TryAgainError(f"{address}: the server answers {status}{asked}", status=status, wait=wait)
        if status >= 400:
            hint = _BARRED if status in (401, 403) else "check the address"
            raise FetchError(f"{address}: the server answers {status}", hint, status=status, content=content)
        if status >= 300:
            raise FetchError(f"{address}: a redirect that leads nowhere", "check the address", status=status)
        validators = Validators(headers.get("etag"), headers.get("last-modified"))
        return Fetched(address, status, content, kind, validators, headers=headers)

    def _once(self, address: str, headers: Mapping[str, str], most: int) -> tuple[int, dict[str, str], bytes]:
        """Send one request when it is our turn; return status, headers and content."""
        with self._pace.turn(urlsplit(address).netloc):
            self._budget.start(self._limits.seconds, most + 1_000_000)  # headers, and what TLS adds
            try:
                with closing(
                    self._http.send(self._http.build_request("GET", address, headers=headers), stream=True)
                ) as r:
                    parts: list[bytes] = []
                    size = 0
                    for part in r.iter_bytes():
                        size += len(part)
                        if size > most:
                            raise FetchError(f"{address}: larger than {most:,} bytes", TOO_LARGE)
                        self._budget.left()
                        parts.append(part)
                    named = {name.lower(): value for name, value in r.headers.items()}
                    return r.status_code, named, b"".join(parts)
            except FetchError as error:
                if str(error).startswith((address, "http")) or isinstance(error, RefusedAddressError):
                    raise
                raise error.at(address) from None
            except httpx2.DecodingError as error:
                raise TryAgainError(f"{address}: the answer is not compressed as it says: {error}") from None
            except httpx2.InvalidURL as error:
                raise RefusedAddressError(f"{address} is not a web address: {error}", "check the address") from None
            except httpcore2.TimeoutException:
                raise TryAgainError(f"{address}: the server does not answer in time") from None
            except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.TransportError, OSError) as error:
                raise TryAgainError(f"{address}: {error or type(error).__name__}") from None

    def _check_robots(self, address: str) -> None:
        """Raise `FetchError` if the host's robots.txt forbids an address, or cannot be read (RFC 9309)."""
        if not self._manners.obey_robots:
            return
        parts = urlsplit(address)
        place = f"{parts.scheme}://{parts.netloc}"
        with self._guard:
            rules = self._robots.get(place)
        if rules is None:
            rules = self._read_robots(place, parts.netloc)
        if isinstance(rules, FetchError):
            raise copy(rules)
        if not rules.can_fetch(address, USER_AGENT):
            raise FetchError(f"{address}: the site's robots.txt forbids it", "leave it out, or ask the site")

    def _read_robots(self, place: str, host: str) -> Protego | FetchError:
        address = f"{place}/robots.txt"
        try:
            for _ in range(self._limits.redirects + 1):
                status, headers, content = self._once(address, {}, _ROBOTS_BYTES)
                if status not in _REDIRECTS or "location" not in headers:
                    break
                address = _target(address, headers["location"])
            if status >= 500 or status == 429:
                raise TryAgainError(f"{address}: the server answers {status}", status=status, wait=_wait_of(headers))
            rules = Protego.parse(content.decode("utf-8", errors="replace") if status == 200 else "")
        except RefusedAddressError as error:
            return error
        except TryAgainError:
            raise  # not kept: the next attempt asks again
        except FetchError as error:
            return error
        delay = rules.crawl_delay(USER_AGENT)
        if delay:
            self._pace.slow_down(host, min(float(delay), _LONGEST_DELAY))
        with self._guard:
            self._robots[place] = rules
        return rules


def _target(address: str, location: str) -> str:
    target = joined(address, location)
    if target is None:
        raise RefusedAddressError(
            f"{address} redirects to what is not a web address: {location[:80]!r}",
            "give the address of the page itself",
        )
    return check_address(target)


def _wait_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a ``Retry-After`` header names, as a number or as a moment; None without one."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - time.time())
