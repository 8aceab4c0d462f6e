"""From a web page to what a source yields of it: fetched only if it changed, and remembered whatever became of it."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from index.protocols import KnownPages
from index.sources.clean import EntryError
from index.sources.web.client import WebClient
from index.sources.web.types import Fetched, FetchError, Validators
from index.types import Entry, PageRead, Problem, Release, Skipped, Withdrawn

GONE = frozenset({410})
"""The status of a page that was there, and was taken away for good."""


@dataclass(frozen=True, slots=True)
class Rechecks:
    """How often pages of known releases are asked for again, because nothing lists them once they are withdrawn.

    A page is asked for again ``after`` so many seconds, at most ``most`` of them in a run, the earliest checked first.
    With ``after`` None no page is.
    """

    after: float | None = 7 * 86_400.0
    most: int = 1_000


Parse = Callable[[Fetched], list[Release | Withdrawn | Skipped | Problem]]
"""A function that makes of a page what a source yields; raises `EntryError` if it cannot."""


Explain = Callable[[bytes], str | None]
"""A function that tells from the answer for a page that is gone what was said of that."""


def read_page(
    client: WebClient,
    pages: KnownPages,
    address: str,
    parse: Parse,
    *,
    today: date,
    accept: str = "*/*",
    gone: Collection[int] = GONE,
    explain: Explain = lambda content: None,
) -> list[Entry]:
    """Return what a page gives, and last what became of it; it is fetched only if it changed since it was last read.

    A fault is no error: it stands in the `PageRead`, by which the next run tries again. If a page is gone for good,
    which the statuses ``gone`` say, the release that it gave when it was last read, whatever address that names as its
    own, is withdrawn ``today``, for the reason that ``explain`` finds in the answer.
    """
    known = pages.page(address)
    now = int(time.time())
    try:
        fetched = client.get(address, validators_of(known), accept=accept)
    except FetchError as error:
        if error.status not in gone:
            return [failed_page(address, known, now, str(error), error.hint)]
        return [_gone(address, known, today, explain(error.content)), PageRead(address, now)]
    if not fetched.modified and known is not None:
        return [
            PageRead(address, now, known.release_id, known.etag, known.last_modified, is_unchanged=True),
        ]
    try:
        entries = parse(fetched)
    except EntryError as error:
        return [failed_page(address, known, now, str(error))]
    made = next((entry.id for entry in entries if isinstance(entry, Release)), None)
    valid = fetched.validators
    return [*entries, PageRead(address, now, made, valid.etag, valid.last_modified)]


def _gone(address: str, known: PageRead | None, today: date, notice: str | None) -> Withdrawn | Skipped:
    if known is None or known.release_id is None:
        return Skipped(address, "it is gone")
    return Withdrawn(known.release_id, today, notice, page=address)


def validators_of(known: PageRead | None) -> Validators:
    """Return by what a page may be asked for conditionally; a page that could not be read is asked for whole."""
    if known is None or known.failure is not None:
        return Validators()
    return Validators(known.etag, known.last_modified)


def failed_page(address: str, known: PageRead | None, now: int, reason: str, hint: str = "") -> PageRead:
    """Return a page that could not be read, with the release that it gave before; ``hint`` says what to do next."""
    reason = reason.removeprefix(f"{address}: ")
    return PageRead(address, now, known.release_id if known else None, failure=reason, hint=hint)
