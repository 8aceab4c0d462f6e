"""A page at a web address as a release: an item of GOV.UK's Content API, or any page of HTML, PDF or Word.

What a feed said of it fills in what the page lacks. Of the dates, that of the feed counts if the page names none, or
only its metadata does: those are often the day of a move to another system.
"""

import json
from collections.abc import Sequence
from datetime import date, tzinfo
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from index.sources.build import build_release, language_code
from index.sources.clean import EntryError
from index.sources.detect import is_feed
from index.sources.languages import readable, reads, unread_language
from index.sources.page import Page
from index.sources.sites.feed_file import HOW_TO_SYNC
from index.sources.sites.feed_items import FeedItem, item_id
from index.sources.sites.govuk_items import WEBSITE, item_entries
from index.sources.web.addresses import is_public
from index.sources.web.types import Fetched
from index.text.addresses import joined
from index.types import Problem, Release, Skipped, Withdrawn

_CONTENT = "/api/content"

Read = list[Release | Withdrawn | Skipped | Problem]


def content_api_address(address: str) -> str | None:
    """Return where GOV.UK's Content API has the page at an address; None for a page that is not on GOV.UK."""
    parts = urlsplit(joined(address, address) or "")
    if (parts.hostname or "").removeprefix("www.") != "gov.uk" or not parts.path.strip("/"):
        return None
    path = parts.path.removeprefix(_CONTENT) if parts.path.startswith(f"{_CONTENT}/") else parts.path
    return f"{WEBSITE}{_CONTENT}{quote(path.rstrip('/'), safe='/%.~-_')}"


def linked_release(
    fetched: Fetched,
    item: FeedItem | None,
    *,
    day: date | None = None,
    publisher: str | None,
    otherwise: str,
    languages: Sequence[str],
    today: date,
    zone: tzinfo,
) -> Read:
    """Return what a page gives; ``publisher`` is its publisher, ``otherwise`` the one of a page that names none.

    ``day`` is that of publication where neither the page nor the feed gives one.

    Raises `EntryError` if it is no release, or lacks what one needs.
    """
    if _is_content_item(fetched):
        return item_entries(fetched.content, fetched.address, languages, today, zone)
    page = _page(fetched, zone)
    language = language_code(page.language)
    if language and not reads(language, languages):
        return [unread_language(fetched.address, language)]
    said = item.published if item else None
    surest = page.published if page.dated_by not in ("metadata", "address", "") else None
    published = surest or said or page.published or day
    if published is None:
        raise EntryError("neither the page nor a feed gives a date")
    # The address of the link, not where it leads today: by that the same release is known again.
    address = item.address if item and item.address else _own_address(page.url, fetched.address)
    release = build_release(
        title=page.title or (item.title if item else ""),
        body=page.body,
        publisher=publisher or page.publisher or otherwise,
        published=published,
        id=item_id(address),
        url=address,
        updated=page.updated or (item.updated if item else None),
        language=language or None,
    )
    return [readable(release, fetched.address, languages)]


def _page(fetched: Fetched, zone: tzinfo) -> Page:
    """Return what a page or document says; its kind is told from its first bytes, because servers name it wrongly."""
    from index.sources.documents.files import docx_page, pdf_page  # parsers, which a sync of GOV.UK does without
    from index.sources.html.page import read_page

    name = urlsplit(fetched.address).path.rpartition("/")[2] or "page"
    if fetched.content[:1024].lstrip().startswith(b"%PDF-"):
        return pdf_page(fetched.content, name)
    if fetched.content.startswith(b"PK\x03\x04"):
        return docx_page(fetched.content, name)
    if is_feed(fetched.content):
        raise EntryError(f"it is a feed, and no page: write {HOW_TO_SYNC.format(fetched.address)}")
    return read_page(fetched.content, fetched.address, fetched.content_type, zone)


def _own_address(stated: str | None, fetched: str) -> str:
    """Return the address that a page states as its own, if that is on the same host; or else where it was found."""
    place = joined(fetched, stated) if stated else None
    return place if place is not None and urlsplit(place).hostname == urlsplit(fetched).hostname else fetched


def _is_private(host: str) -> bool:
    try:
        return not is_public(ip_address(host))
    except ValueError:  # a name
        return False


def _is_content_item(fetched: Fetched) -> bool:
    """Return True for an answer of GOV.UK's Content API; raises `EntryError` for other JSON.

    It says itself which release of GOV.UK it is, and by whom. So it is believed from GOV.UK alone, or from a server in
    a network that is not public, such as a mirror, which is only read where it was allowed.
    """
    if "json" not in fetched.content_type:
        return False
    host = urlsplit(fetched.address).hostname or ""
    if host.removeprefix("www.") != "gov.uk" and not _is_private(host):
        raise EntryError("it is JSON, and not from GOV.UK")
    try:
        found = json.loads(fetched.content)
    except (ValueError, RecursionError):
        raise EntryError("the answer is not JSON, though it says so") from None
    if isinstance(found, dict) and "base_path" in found:
        return True
    raise EntryError("it is JSON, and no item of a content API")
