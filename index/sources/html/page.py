"""One release as an HTML page: its title, date, publisher and text, whatever site it is from.

The date is, in order of trust: that of a sentence that says by whom and when the release was issued; one that the page
shows as the day of publication ("Published 4 July 2025", "For immediate release: ..."); that of its metadata (JSON-LD,
meta elements), unless an earlier one stands alone below the title; that of an element marked as such; a day on a line
of its own beside the title; the dateline of the first sentence; a day below the text; one in the title, in the address
or the name of the file. The publisher is the one of that sentence, the one shown ("From: ...", "SOURCE ..."), the one
of the metadata, an office beside "Press release", the name of the site, or the host.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from urllib.parse import urlsplit

from index.sources.build import LONDON
from index.sources.clean import EntryError, clean_body, clean_line, has_words
from index.sources.days import address_day, day_in, days_in, is_day, order_of
from index.sources.decode import decode
from index.sources.html.listing import Listed, listed
from index.sources.html.main_part import is_aside, main_node, weigh
from index.sources.html.metadata import (
    Metadata,
    dated_in_terms,
    marked_day,
    read_metadata,
    tells_of_page,
)
from index.sources.html.publishers import publishers
from index.sources.html.text import node_body
from index.sources.html.titles import LISTS, MOST_HEADINGS, page_title, parts_of
from index.sources.html.tree import Node, parse, words_of
from index.sources.page import Page
from index.sources.tag_page_lines import parse_heading
from index.sources.wire import Wire, part
from index.sources.wire_lines import (
    is_sentence,
    is_update,
    issued,
    key,
    shown_day,
)

_MONTH_FIRST_HOST = re.compile(r"\.(?:gov|mil|us)$")
_DAY_FIRST_HOST = re.compile(r"\.(?:uk|au|nz|ie|sg|in|za|eu|fr|de|es|it|nl|be|pt|ca|org|int)$")
_SLASHED = re.compile(r"(?<![\w/])\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)(?![\w/])")

_NO_RELEASE = re.compile(
    r"(?P<closed>(?:please )?(?:sign|log) ?-?in(?: (?:required|to (?:continue|your account|view this page)))?\W*"
    r"|login(?: required| page)?|(?P<named>(?:sign|log) ?-?in to\b.*)"
    r"|access(?: to this page)?(?: has been)? denied|forbidden"
    r"|(?:error )?40[13](?:\W+(?:error|forbidden|unauthori[sz]ed|access denied))*\W*"
    r"|just a moment\W*|attention required\W*(?:cloudflare)?\W*"
    r"|(?:please )?verify (?:that )?you are (?:a )?human\b.*|are you a (?:human|robot)\W*"
    r"|request (?:rejected|blocked)\W*"
    r"|security (?:check|verification)(?: required| in progress)?\W*|pardon our interruption\W*)"
    r"|(?:sorry\W+)?(?:the |this |that )?page (?:was |is |could |can |has )?(?:not|cannot|can’t|can't)? ?(?:be )?"
    r"(?:found|available|unavailable|been removed|does not exist)"
    r"|(?:error\W*)?(?:404|410|50[0-4])(?:\W+(?:error|(?:page |file |document )?(?:not found|gone|unavailable)"
    r"|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out))*\W*"
    r"|not found|(?:site |service )?(?:temporarily )?unavailable|(?:site |scheduled |under |down for )maintenance",
    re.IGNORECASE,
)
"""Titles of pages that sites give in the place of another, with a status as if it were that.

They are whole: "500 new jobs for Pellport" and "Security checks to be eased" are titles of releases.
"""

_PASSWORD = "input[type=password]"
"""What a page to sign in to something has, whose title may be that of a release: "Sign in to the new service"."""

_LITTLE = 1_500
"""Up to how many characters a page with such a title holds no release, if no list is found on it; set by judgement."""

_MUCH_MORE = 1.5
"""How many times as long as the text that a page shows its JSON-LD's must be to be taken instead; by judgement."""

_MOST_LINES = 400
"""How many lines around a text are searched for its day and publisher; set by judgement."""

_PARAGRAPH, _OWN_TEXT = 50, 140
"""From how many letters on a line is a paragraph of text, and paragraphs beside a list are a release; both set by
judgement: a list has a sentence of introduction, a short release two.
"""

_SENTENCE = 60
"""From how many characters on a line that ends as a sentence does is text, and no label; set by judgement."""

_MOST_SUM = 0.4
"""The share of the text from which on a part is kept although its name says that it is something else."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists releases instead of being one; ``items`` are in its order."""

    title: str
    items: tuple[Listed, ...]
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read of a page so far; ``around`` are its lines, in the order of the page, menus left out."""

    body: Node
    main: Node
    meta: Metadata
    title: str
    wire: Wire
    around: list[str]
    zone: tzinfo
    month_first: bool | None


def read_page(
    content: bytes | str, address: str | None = None, content_type: str | None = None, zone: tzinfo = LONDON
) -> Page:
    """Return what a page says; ``address`` is where it was found, ``content_type`` the header that came with it.

    Times in UTC are read in the publisher's ``zone``.

    Raises:
        EntryError: the page shows no text, or no title, or lists releases and is none (see `read_page_or_list`).
    """
    found = read_page_or_list(content, address, content_type, zone)
    if isinstance(found, Listing):
        count = len(found.items)
        listed_ones = "1 release" if count == 1 else f"{count} releases"
        raise EntryError(f'the page lists {listed_ones} and is none itself ("{found.title[:60]}")')
    return found


def read_page_or_list(
    content: bytes | str, address: str | None = None, content_type: str | None = None, zone: tzinfo = LONDON
) -> Page | Listing:
    """Return what a page says, or what it lists; see `read_page`."""
    seen = _see(content if isinstance(content, str) else decode(content, content_type), address, zone)
    items = listed(seen.body, seen.meta.url or address, zone, seen.month_first)
    if len(items) == 1 and items[0].whole and key(items[0].title) != key(seen.title):
        only = listed_page(items[0], Listing(seen.title, tuple(items), next(filter(None, _publishers(seen)), None)))
        return replace(only, url=only.url or seen.meta.url, language=seen.meta.language)
    if _is_listing(seen, items):
        # a page of many publishers' releases says of each who issued it, and its own name is that of none
        is_archive = any(issued(item.body) is not None for item in items)
        return Listing(seen.title, tuple(items), None if is_archive else next(filter(None, _publishers(seen)), None))
    wire, meta = seen.wire, seen.meta
    published, dated_by = _published(seen)
    if published is None:
        published, dated_by = address_day(address) or address_day(meta.url), "address"
    changed = meta.updated or _shown_update(seen.around, seen.month_first)
    updated = changed if changed and published and changed > published else None
    publisher = next(filter(None, _publishers(seen)), None)
    title = printed.title if (printed := parse_heading(seen.title)) else seen.title
    return Page(title, wire.body, published, publisher, meta.url, meta.language, updated, wire.contacts, dated_by)


def listed_page(item: Listed, found: Listing) -> Page:
    """Return the release that a list shows in full: an item of a tag page or archive."""
    told = issued(item.body)
    wire = part(item.body, item.title)
    if told is None and (printed := parse_heading(clean_line(item.title))) is not None:
        wire = part(item.body, printed.text)
    title = printed.title if (printed := parse_heading(clean_line(item.title))) else item.title
    day = told[1] if told else wire.day or item.day or wire.dateline
    publisher = (told[0] if told else None) or wire.issuer or found.publisher
    body = "\n".join(line for line in wire.body.split("\n") if issued(line) is None or len(line) > 250)
    return Page(
        title, clean_body(body), day, publisher, item.url, contacts=wire.contacts, dated_by="issued" if told else ""
    )


def _see(html: str, address: str | None, zone: tzinfo) -> _Seen:
    tree = parse(html)
    body = tree.body
    meta = read_metadata(tree, address, zone)
    if body is None or not (has_words(words_of(body)) or has_words(meta.text)):
        raise EntryError("the page shows no text: it may be made by its scripts, which are not run")
    month_first = _month_first(meta)
    if month_first is None:
        month_first = order_of(found.group() for found in _SLASHED.finditer(words_of(body)))
    main = main_node(body)
    title = page_title(body, main, meta)
    if not title:
        raise EntryError("the page has no title")
    shown = _main_text(main, meta.url)
    wire = part(meta.text if len(meta.text) > _MUCH_MORE * len(shown) else shown, title, month_first)
    _refuse_other(body, title, meta, wire)
    return _Seen(body, main, meta, title, wire, _around(body, main, title), zone, month_first)


def _refuse_other(body: Node, title: str, meta: Metadata, wire: Wire) -> None:
    """Raise `EntryError` for a page in the place of another: one to sign in, or that says "not found"."""
    named = [title] if len(wire.body) >= _LITTLE else [title, *(p for each in meta.titles for p in parts_of(each))]
    found = next(filter(None, map(_NO_RELEASE.fullmatch, named)), None)
    if found is None or (found["named"] and body.css_first(_PASSWORD) is None):
        return
    if found["closed"]:
        raise EntryError(f'the site lets no program read it ("{found.group()[:60]}"): save the page and give the file')
    raise EntryError(f'the site has no such page any more ("{found.group()[:60]}")')


def _is_listing(seen: _Seen, items: Sequence[Listed]) -> bool:
    """Return True if a page lists releases: its title says so, or dated links make up most of its text."""
    whole = sum(item.whole for item in items)
    words = key(seen.title)
    if LISTS.fullmatch(seen.title) or words in map(key, seen.meta.sites) or is_day(seen.title):
        return len(items) > 1 or len(seen.wire.body) < _LITTLE
    if sum(parse_heading(item.title) is not None and item.whole for item in items) > 1:
        return True
    if any(parse_heading(item.title) is not None and key(item.title) == words for item in items):
        return False  # a release, with headings of others around it
    lines = seen.wire.body.split("\n")
    paragraphs = [line for line in lines if sum(map(str.isalpha, line)) > _PARAGRAPH]
    if sum(len(line) for line in paragraphs if not any(line.lstrip("•*- ") in item.body for item in items)) > _OWN_TEXT:
        return False  # a release with a list of others beside it
    dated = sum(item.day is not None for item in items)
    share = sum(len(item.body) for item in items) / max(len(seen.wire.body), 1)
    return (whole > 1 and dated > 1 and share > 0.7) or (len(items) > 4 and 2 * dated >= len(items) and share > 0.5)


def _main_text(main: Node, url: str | None) -> str:
    weights = weigh(main)
    most = _MOST_SUM * weights.weight.get(main.mem_id, 0)

    def leave_out(node: Node) -> bool:
        return weights.weight.get(node.mem_id, 0) <= most and (
            is_aside(node) or tells_of_page(node) or _is_link_list(node, weights.text, weights.links)
        )

    return node_body(main, url, leave_out)


def _is_link_list(node: Node, text: dict[int, int], links: dict[int, int]) -> bool:
    if node.tag not in ("ul", "ol", "div", "section", "td") or not text.get(node.mem_id):
        return False
    return links.get(node.mem_id, 0) > 0.85 * text[node.mem_id] and len(node.css("a")) > 2


def _around(body: Node, main: Node, title: str) -> list[str]:
    """Return the lines that a page shows around its text: those of the element that holds the text and the title.

    Where the page marks its main element, those of that element at least.
    """
    top = main
    marked = [each for each in body.css("main, [role=main], article, #content, #main") if _holds(each, main)]
    headings = [node for node in body.css("h1, h2")[:MOST_HEADINGS] if key(words_of(node)).endswith(key(title))]
    for wanted in (*marked[:1], *headings[:1]):
        while not _holds(top, wanted) and top.parent is not None and top.mem_id != body.mem_id:
            top = top.parent
    if not marked and not headings and main.parent is not None and main.mem_id != body.mem_id:
        top = main.parent
    return [line for line in node_body(top).split("\n") if line][:_MOST_LINES]


def _holds(outer: Node, inner: Node | None) -> bool:
    while inner is not None:
        if inner.mem_id == outer.mem_id:
            return True
        inner = inner.parent
    return False


def _published(seen: _Seen) -> tuple[date | None, str]:
    wire, meta, around, month_first = seen.wire, seen.meta, seen.around, seen.month_first
    if wire.issued:
        return wire.day, "issued"
    if (told := issued(" ".join(around[:12]))) is not None:
        return told[1], "issued"
    if (day := wire.day or shown_day(around, month_first)) is not None:
        return day, "shown"
    if (day := meta.published) is not None:
        below = _below(around, seen.title, month_first)
        if below is not None and (day - below).days > 1:
            return below, "alone"  # metadata often have the day of a move to another system
        shown = (wire.alone, wire.dateline, _beside(around, seen.title, month_first))
        near = [each for each in shown if each is not None and abs((each - day).days) <= 1]
        return (near[0] if near else day), "metadata"
    if (day := marked_day(seen.body, seen.zone, month_first)) is not None:
        return day, "marked"
    day = wire.alone or _beside(around, seen.title, month_first) or dated_in_terms(seen.body, seen.zone, month_first)
    if day is not None:
        return day, "alone"
    if wire.dateline is not None:
        return wire.dateline, "dateline"
    if wire.signed[1] is not None:
        return wire.signed[1], "signed"
    return next(filter(None, (day_in(each, month_first) for each in meta.titles)), None), "title"


def _below(lines: list[str], title: str, month_first: bool | None) -> date | None:
    """Return the day that alone is a line below the title."""
    place = next((number for number, line in enumerate(lines) if key(line) == key(title)), None)
    near = lines[place + 1 : place + 4] if place is not None else []
    return next((day_in(line, month_first) for line in near if is_day(line)), None)


def _shown_update(lines: list[str], month_first: bool | None) -> date | None:
    """Return the day of a line that says when a page was last changed, or None."""
    return next((day for line in lines if is_update(line) and (day := day_in(line, month_first)) is not None), None)


def _beside(lines: list[str], title: str, month_first: bool | None) -> date | None:
    """Return the day on a short line next to the title."""
    place = next((number for number, line in enumerate(lines) if key(line) == key(title)), None)
    near = lines[:6] if place is None else lines[max(place - 4, 0) : place + 5]
    text = (number for number, line in enumerate(near) if len(line) > _SENTENCE and is_sentence(line))
    for line in near[: next(text, len(near))]:
        found = next(days_in(line, month_first), None)
        if found is not None and len(line) - (found.end - found.start) < 40:
            return found.day
    return None


def _publishers(seen: _Seen) -> Iterator[str | None]:
    return publishers(seen.body, seen.meta, seen.wire, seen.title, seen.around)


def _month_first(meta: Metadata) -> bool | None:
    """Return how the page means "04/05/2025": True for 5 April, False for 4 May, None if nothing tells."""
    host = urlsplit(meta.url).hostname or "" if meta.url else ""
    language = (meta.language or "").lower()
    if language in ("en-us", "es-us") or _MONTH_FIRST_HOST.search(host):
        return True
    if (language and language != "en") or _DAY_FIRST_HOST.search(host):
        return False
    return None
