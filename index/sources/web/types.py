"""The nouns of reading the web: limits, validators, what was fetched, and why something could not be."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Self

from index.errors import SourceError

USER_AGENT = "pressqa"
"""The name under which robots.txt may give us rules."""


TOO_LARGE = "give the page of one release, or save it and give the file"
"""What to do about a page that is larger than pages of releases are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one page may cost: a hostile or broken site must not take more.

    ``bytes`` counts the body, both as it was sent and decompressed. ``seconds`` is for the whole answer, ``pause`` the
    longest silence in it. ``longest_wait`` is the most that a site may ask us to wait (``Retry-After``) before the page
    is put off to the next run. All were set by judgement: the longest press releases have less than 1 MB.
    """

    bytes: int = 20_000_000
    seconds: float = 60.0
    pause: float = 15.0
    redirects: int = 5
    attempts: int = 4
    longest_wait: float = 120.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site is treated.

    ``delay`` is the time in seconds between two requests to a host, ``concurrency`` how many of them may be under way.
    ``contact`` is an address that is named to the sites. ``allowed`` lists networks (``127.0.0.1``, ``10.0.0.0/8``)
    that may be read although they are not public.
    """

    delay: float = 0.1
    concurrency: int = 4
    contact: str = ""
    allowed: tuple[str, ...] = ()
    obey_robots: bool = True


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said about the version of a page that it sent, so that it can be asked for a newer one only."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request; {} if nothing is known."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


NOTHING_KNOWN = Validators()
"""The validators of a page that was never read."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer of a server.

    ``address`` is where the page was found, after redirects. ``modified`` is False if the page is still the version
    that was asked about; ``content`` is then empty. The names of ``headers`` are in lower case.
    """

    address: str
    status: int
    content: bytes
    content_type: str
    validators: Validators
    modified: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


class FetchError(SourceError):
    """A page that could not be read. ``status`` is the HTTP status if the server gave one, ``content`` its answer."""

    def __init__(self, message: str, hint: str = "", *, status: int | None = None, content: bytes = b"") -> None:
        super().__init__(message, hint)
        self.status = status
        self.content = content

    def at(self, address: str) -> Self:
        """Return the same error, with the address of the page that it is about."""
        told = copy(self)
        told.args = (f"{address}: {self}",)
        return told


class RefusedAddressError(FetchError):
    """An address that is not read: not http or https, or in a network that is not public."""


class TryAgainError(FetchError):
    """A fault that may pass: the page is asked for again, after ``wait`` seconds if the server named a time."""

    def __init__(self, message: str, *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message, "try again later", status=status)
        self.wait = wait
