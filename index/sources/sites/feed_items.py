"""Items of Atom and RSS feeds: what a feed says of a release, before the page that it links to is read.

Dates come in many forms. A time of exactly midnight in UTC is how some programs write a date without a time, and is
taken as the day it names; any other moment in UTC gives the day that it was in the publisher's time zone, and one with
another offset, which is the publisher's own, the day as written. What only was updated has the day that its text
states, or none here: it is that of the page. Numbers that can be read as two days ("04/05/2025") are read in the order
that the feed's other dates have.
"""

import calendar
import email.utils
import io
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from index.errors import SourceError
from index.sources.build import MAX_ID, build_release, language_code
from index.sources.clean import EntryError, clean_line, has_words, is_item
from index.sources.days import day_in, is_ambiguous, order_of
from index.sources.documents.plain_text import ENDS
from index.sources.html.text import html_title, node_body
from index.sources.html.tree import Node, parse
from index.sources.sites.feed_names import feed_publisher, item_publisher
from index.sources.wire import part
from index.sources.wire_contacts import is_contact
from index.sources.wire_lines import END
from index.text.addresses import address_id, joined
from index.text.sentences import sentences
from index.types import Release

MOST_ITEMS = 5_000
"""How many items of a feed are read (set by judgement: feeds have 10 to 500)."""

MOST_BYTES = 5_000_000
"""The largest feed that is read, in bytes: the parser needs up to 15 s for 1 MB of hostile input (measured)."""

_SHORT = 600
"""Up to how many characters a text that only stands in a summary is taken for one (set by judgement)."""

_ABOUT_ITEM = re.compile(r"(?:^|\s)field--name-(?:title|uid|created)(?:\s|$)")

_NAMES_FEED = re.compile(r"<link\b[^<>]{0,500}\bapplication/(?:rss|atom)\+xml[^<>]{0,500}>", re.IGNORECASE)
_HEAD = 65_536
"""In how many bytes of a page its feed is looked for."""

_SHORTEST = 40
"""Up to how many characters a line may be a mark of a text's end; set by judgement."""

_PARAGRAPHS = 3
"""How many paragraphs a text has at least that is no summary; set by judgement."""

_LABEL = re.compile(
    r"(?:Press release|News (?:story|article)|World news story|Government response|Speech|Statement(?: to Parliament)?"
    r"|(?:Oral|Written) statement(?: to Parliament)?|Authored article|Fatality notice|Transcript): (?=\S)",
)
"""What GOV.UK's feeds put before a title."""

_UNFINISHED = re.compile(
    r"(?:\[(?:\.\.\.|…|&hellip;)\]|\.\.\.|…)\W*$|(?:continue reading|read more)\W*$", re.IGNORECASE
)
"""How a text ends that is only the beginning."""

_UNRESOLVED = re.compile(r"(?:\W*&[A-Za-z][\w.-]*;?)+\W*")
"""Entities that the feed's own declaration would resolve, which is not read: it may be a bomb."""

_DATES = ("published", "created", "updated")
"""The parser's names of an item's dates."""

_LONGEST_TITLE = 100
"""How many characters a title that is made of an item's text may have; set by judgement."""

_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "CET": 1}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """What a feed says of a release. ``is_whole`` is False if ``body`` is a summary or a beginning."""

    title: str
    address: str | None
    key: str
    """The item's own id, "" if it has none."""
    body: str
    is_whole: bool
    published: date | None
    updated: date | None
    unread: str = ""
    """The day of publication as it is written, where it is not understood."""
    publisher: str = ""
    """Who published the item, if it names somebody that is no person."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its items, in its order. ``fault`` says what is wrong with a feed that could be read in part only."""

    title: str
    language: str
    items: tuple[FeedItem, ...]
    fault: str = ""
    publisher: str = ""
    """Whose feed it is, by its title, its author or the host of its site; "" if it has no title."""


def read_feed(content: bytes, address: str, content_type: str, zone: tzinfo) -> Feed:
    """Return what a feed holds; days are those of the ``zone``.

    Raises:
        SourceError: it is no feed, or one of comments.
    """
    import feedparser

    if len(content) > MOST_BYTES:
        raise SourceError(f"{address}: the feed has more than {MOST_BYTES:,} bytes", "give one with fewer items")
    # The feed's own address is not told to the parser, which would resolve links against it: here they are resolved
    # against the site that the feed names.
    headers = {"content-type": content_type or "application/xml"}
    try:
        # Texts are not cleaned here: they only ever become plain text.
        parsed = feedparser.parse(io.BytesIO(content), response_headers=headers, sanitize_html=False)
    except Exception as error:  # the parser of broken feeds is lenient, but not perfect
        raise SourceError(f"{address} cannot be read as a feed: {error!r}", "check the address") from None
    entries = parsed.entries[:MOST_ITEMS]
    if _is_broken(parsed) and _ends_in_item(content):
        entries = entries[: len(parsed.entries) - 1]  # what there is of the last one is no release
    if not entries and not parsed.get("version"):
        raise SourceError(f"{address} is not a feed", _where_is_feed(content, address))
    title = _title(parsed.feed)
    link = _text(parsed.feed.get("link"))
    if entries and (re.match(r"comments (?:on|for)\b", title, re.IGNORECASE) or _are_comments(entries)):
        raise SourceError(f"{address} is a feed of comments, not of releases", "give the feed of the site or of a tag")
    base = (joined(address, link) if link else None) or address
    month_first = order_of(_text(entry.get(name)) for entry in entries for name in _DATES if name in entry)
    items = tuple(_item(entry, base, zone, month_first) for entry in entries)
    fault = f"it is not well-formed: {parsed.bozo_exception}" if _is_broken(parsed) else ""
    named = [_text(parsed.feed.get(name)) for name in ("publisher", "author")]
    publisher = feed_publisher(title, named, joined(base, base) or next((i.address for i in items if i.address), None))
    return Feed(title, _text(parsed.feed.get("language"))[:20], items, clean_line(fault)[:200], publisher)


def _where_is_feed(content: bytes, address: str) -> str:
    """Return what to do about an answer that is no feed: a page may name its feed."""
    found = _NAMES_FEED.search(content[:_HEAD].decode("utf-8", "replace"))
    link = re.search(r"href\s*=\s*[\"']?([^\"'\s>]+)", found[0]) if found else None
    feed = joined(address, unescape(link[1])) if link else None
    return f"the page names its feed: {feed}" if feed else "give the address of an Atom or RSS feed"


def each_once(items: Iterable[FeedItem]) -> list[FeedItem]:
    """Return each item once: the version that was updated last, and of others the longest."""
    chosen: dict[str, FeedItem] = {}
    for item in items:
        name = item.address or item.key or item.title
        other = chosen.get(name)
        if other is None or _weight(item) > _weight(other):
            chosen[name] = item
    return list(chosen.values())


def is_summary(item: FeedItem) -> bool:
    """Return True if what a feed has of an item is not its whole text, as far as can be told."""
    return not item.is_whole and (len(item.body) < _SHORT or item.body.rstrip().endswith(("...", "…", "[...]", "[…]")))


def item_release(feed: Feed, item: FeedItem, publisher: str | None = None) -> Release:
    """Return the release of an item, whose ``publisher`` is that of the item or the feed if none is given.

    Raises `EntryError` if it lacks what a release needs, and `NoPublisherError` if that is its publisher alone.
    """
    published = item.published or item.updated
    if published is None:
        raise EntryError(undated(item))
    return build_release(
        title=item.title,
        body=item.body,
        publisher=publisher or item.publisher or feed.publisher,
        published=published,
        id=item_id(item.address) if item.address else None,
        url=item.address,
        updated=item.updated,
        language=language_code(feed.language) or None,
    )


def item_id(address: str) -> str:
    """Return the id of the release at the address of an item."""
    return address_id(address, MAX_ID)


def undated(item: FeedItem) -> str:
    """Return why an item has no day: none is given, or it is not understood."""
    if not item.unread:
        return "the feed gives it no date"
    why = "can be read as two days" if is_ambiguous(item.unread) else "is not a date that is understood"
    return f'its date "{item.unread}" {why}'


def _weight(item: FeedItem) -> tuple[date, int]:
    return item.updated or item.published or date.min, len(item.body)


def _is_broken(parsed: Any) -> bool:
    return bool(parsed.get("bozo")) and "SAXParse" in type(parsed.get("bozo_exception")).__name__


def _ends_in_item(content: bytes) -> bool:
    """Return True for a feed that is cut off inside an item."""
    opened = max(content.rfind(mark) for mark in (b"<item>", b"<item ", b"<entry>", b"<entry "))
    return opened > max(content.rfind(mark) for mark in (b"</item", b"</entry"))


def _are_comments(entries: list[Any]) -> bool:
    return all("#comment" in _text(entry.get("link")) for entry in entries)


def _item(entry: Any, base: str, zone: tzinfo, month_first: bool | None) -> FeedItem:
    link = _text(entry.get("link"))
    address = joined(base, link) if link.strip() else None
    key = _text(entry.get("id"))
    if address is None and key.startswith(("http://", "https://")):
        address = joined(base, key)
    texts = [_text(each.get("value")) for each in entry.get("content") or () if isinstance(each, Mapping)]
    html = max([*texts, _text(entry.get("summary"))], key=len)
    body = _body(html, address)
    body = "" if _UNRESOLVED.fullmatch(body) else body
    title = _title(entry) or _first_words(body)
    if address is not None and (urlsplit(address).hostname or "").removeprefix("www.") == "gov.uk":
        title = _LABEL.sub("", title, count=1)
    published = _day(entry, "published", zone, month_first) or _day(entry, "created", zone, month_first)
    updated = _day(entry, "updated", zone, month_first) if "updated" in entry else None
    wire = part(body, title, month_first)
    if not published:
        told = wire.day or wire.alone or wire.dateline
        published = told if told is not None and (updated is None or told <= updated) else None
    return FeedItem(
        title=title,
        address=address,
        key=key,
        body=wire.body,
        is_whole=(any(has_words(text) for text in texts) or _is_article(body, wire.body))
        and not _UNFINISHED.search(body),
        published=published,
        updated=updated,
        unread=clean_line(_text(entry.get("published")) or _text(entry.get("created")))[:60] if not published else "",
        publisher=item_publisher(_named(entry)),
    )


def _body(html: str, address: str | None) -> str:
    top = parse(html).body
    return node_body(top, address, _is_about_item) if top is not None else ""


def _is_about_item(node: Node) -> bool:
    """Return True for the title, author and time that Drupal puts around the text of an item."""
    return _ABOUT_ITEM.search(node.attributes.get("class") or "") is not None


def _is_article(raw: str, body: str) -> bool:
    """Return True for a text of several paragraphs that ends as one does, or with a mark or contact: others break off.

    ``raw`` is the text with the lines around it.
    """
    lines = list(filter(None, raw.split("\n")))
    if any(END.fullmatch(line) for line in lines if 1 < len(line) < _SHORTEST) or (lines and is_contact(lines[-1])):
        return True
    ends = ENDS.search(body) is not None or is_item(body.rpartition("\n")[2])
    return body.count("\n\n") >= _PARAGRAPHS - 1 and len(body) >= _SHORT // 2 and ends


def _named(entry: Any) -> Iterator[str]:
    """Yield what an item gives as its publisher, source or author."""
    source, author = entry.get("source"), entry.get("author_detail")
    yield _text(entry.get("publisher"))
    yield _title(source) if isinstance(source, Mapping) else ""
    written = _text(entry.get("author"))
    if in_brackets := re.fullmatch(r"\S+@\S+ \((.+)\)", written):
        yield in_brackets[1]  # "press@x.example (Ministry of Ports)", of which the parser makes other parts
        return
    yield _text(author.get("name")) if isinstance(author, Mapping) else ""
    yield written


def _title(described: Any) -> str:
    """Return the title of a feed or an item; an entity that was not resolved is none."""
    title = html_title(_text(described.get("title")))
    return "" if _UNRESOLVED.fullmatch(title) else title


def _first_words(body: str) -> str:
    """Return the first sentence of a text, shortened to a title; "" if there is no text."""
    line = body.split("\n", 1)[0][: 10 * _LONGEST_TITLE].lstrip("•*- ")
    first = next((line[each.start : each.end] for each in sentences(line)), "")
    if len(first) <= _LONGEST_TITLE:
        return first.rstrip(".")
    return f"{first[:_LONGEST_TITLE].rpartition(' ')[0] or first[:_LONGEST_TITLE]}…"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(entry: Any, name: str, zone: tzinfo, month_first: bool | None) -> date | None:
    """Return the day of a date of an item, as we read it or else as the parser of feeds does."""
    written = clean_line(_text(entry.get(name)))[:100]
    day = day_of(written, zone) or day_in(written, month_first)
    parsed = entry.get(f"{name}_parsed")
    if day is not None or is_ambiguous(written) or not isinstance(parsed, time.struct_time):
        return day
    try:
        return _local_day(datetime.fromtimestamp(calendar.timegm(parsed), UTC), zone)
    except (ValueError, OverflowError, OSError):
        return None


def day_of(stamp: str, zone: tzinfo) -> date | None:
    """Return the day of a date as feeds write it: RFC 2822, ISO 8601, Unix seconds; None for any other text."""
    words = clean_line(stamp)[:100]
    try:
        if re.fullmatch(r"[0-9]{9,10}", words):
            return _local_day(datetime.fromtimestamp(int(words), UTC), zone)
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words):
            return _local_day(datetime.fromisoformat(words), zone)
        named = words.rpartition(" ")[2]
        hours = _ZONES.get(named)
        moment = email.utils.parsedate_to_datetime(words if hours is None else words.removesuffix(named).strip())
        return _local_day(moment if hours is None else moment.replace(tzinfo=timezone(timedelta(hours=hours))), zone)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def _local_day(moment: datetime, zone: tzinfo) -> date:
    is_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    if moment.tzinfo is None or moment.utcoffset() != timedelta(0) or is_midnight:
        return moment.date()
    return moment.astimezone(zone).date()
