"""Who publishes the items of a feed: what the feed, an item, or its address says, without what makes a feed of it."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from index.sources.offices import is_organisation, names_body

_PARTS = re.compile(r"\s+(?:[|»«·•›‹]|::|[-–—])\s+|\s*[|»]\s*|:\s+")
_WHAT = (
    r"(?:(?:the|all|our|its|latest|recent|new|government|press|news|media|public|rss|atom|xml|web) )*"
    r"(?:rss|atom|feeds?|news|newsroom|press|media|releases?|bulletins?|updates?|announcements?|activity|statements?|stories|articles"
    r"|posts|blog|notices|headlines|items|home ?page|home|centre|center)"
)
_SECTION = re.compile(rf"\W*{_WHAT}(?:(?:,| and| &)? {_WHAT})*(?: (?:on|at) [\w.]+)?\W*", re.IGNORECASE)
"""What a feed holds, which is nobody's name: "Latest news and updates", "RSS feed"."""

_BEFORE = re.compile(rf"\W*{_WHAT}(?: (?:on|at) [\w.]+)? (?:from|of|by|for)(?: the)? ", re.IGNORECASE)
_AFTER = re.compile(rf"[\s:]+{_WHAT}\W*", re.IGNORECASE)


def feed_publisher(title: str, others: Iterable[str], address: str | None) -> str:
    """Return the publisher of a feed: the office that its title names, else one of ``others``, else the site's host.

    A title that names no office is taken whole if it is more than what a feed holds; "" if the feed has none.
    """
    pieces = [_BEFORE.sub("", piece, count=1).strip() for piece in _PARTS.split(title) if piece]
    pieces = [piece for piece in pieces if piece and not _SECTION.fullmatch(piece)]
    bare = [shorter if is_organisation(shorter := _without_what(piece)) else piece for piece in pieces]
    told = [*filter(is_organisation, bare), *filter(names_body, others), *bare[:1]]
    return next(iter(told), "") or (_host(address) if title else "")


def item_publisher(names: Iterable[str]) -> str:
    """Return the first of the names that an item gives as its publisher or author that is none of a person, or ""."""
    return next(filter(names_body, names), "")


def _without_what(piece: str) -> str:
    found = next((found for found in _AFTER.finditer(piece) if found.end() == len(piece)), None)
    return piece[: found.start()] if found else piece


def _host(address: str | None) -> str:
    try:
        return (urlsplit(address or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
