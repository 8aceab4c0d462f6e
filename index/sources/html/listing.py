"""A page that lists releases: an archive, a tag or a newsroom, with a link, a day and perhaps the text of each."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from urllib.parse import urljoin

from index.sources.build import LONDON
from index.sources.days import day_in
from index.sources.html.main_part import main_node, stands_aside, weigh
from index.sources.html.metadata import marked_day
from index.sources.html.printed import headings, printed_items
from index.sources.html.text import node_body
from index.sources.html.tree import Node, words_of
from index.sources.wire_lines import issued

_LEAST = 3
"""From how many items on elements beside each other are a list; set by judgement."""

_MOST_GROUPS, _MOST_ITEMS = 100, 500
"""The most lists that are compared, the largest first, and the most items that are read of one; set by judgement."""

_MOST_READ = 6
"""How many times the text of a page is read at most to find its list: lists lie inside each other; set by judgement."""

_FULL = 600
"""From how many characters on the text of an item may be a whole release; set by judgement."""

_CUT = re.compile(
    r"(?:…|\.\.\.)\]?\W*$"
    r"|(?:^|[.…!?:\]”\n])\W*(?:(?:read|see) (?:more|on|the rest|full)|(?:continue|keep) reading|(?:read )?more\W*$"
    r"|continue\W*$)[^\n]{0,120}$",
    re.IGNORECASE,
)
"""How a text ends that is only the beginning: not a sentence that has such a word."""

_MORE = re.compile(
    r"(?:read|find out|learn|see|view|show) (?:more|all|on|the rest|full).*|continue.*|more\W*|next.*|previous.*"
    r"|older.*|newer.*"
    r"|comments?.*|leave a.*|permalink|download.*|share.*|\d+\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a list: its title, its link as a whole address where that is known, and its day if the list says it.

    ``body`` is the text that the list shows of it, ``whole`` True if that seems to be all of it.
    """

    title: str
    url: str | None
    day: date | None
    body: str
    whole: bool


def listed(
    body: Node, address: str | None = None, zone: tzinfo = LONDON, month_first: bool | None = None
) -> list[Listed]:
    """Return the items of the list that a page mainly holds; empty if it holds none.

    Items are elements beside each other, alike in name and class, that each have a link of several words; or else what
    follows each heading of the kind "PRESS RELEASE : A title [January 2025]".
    """
    printed = printed_items(body)
    alike = _alike(body, {each.holder for each in printed}, address, zone, month_first)
    bodies = {item.title: item.body for item in alike}
    if all(each.title in bodies and (not issued(each.text) or issued(bodies[each.title])) for each in printed):
        return alike
    return [
        Listed(
            title=each.title,
            url=_whole_address(address, each.link),
            day=each.day(zone, month_first),
            body=each.text,
            whole=_is_whole(each.text),
        )
        for each in printed
    ]


def _alike(body: Node, holders: set[int], address: str | None, zone: tzinfo, month_first: bool | None) -> list[Listed]:
    """Return the items that are alike; two are enough if one of ``holders`` is among them."""
    weights = weigh(body)
    groups: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in body.css("li, tr, article, div, section, dt, p, td, h2, h3"):
        if weights.text.get(node.mem_id, 0) > 10 and node.parent is not None:
            kind = " ".join((node.attributes.get("class") or "").split()[:1])
            kind = re.sub(r"\d+", "", kind)
            groups[node.parent.mem_id, f"{node.tag}.{kind}"].append(node)
    best: list[Listed] = []
    score = 0.0
    left = _MOST_READ * weights.text.get(body.mem_id, 0)
    for nodes in sorted(groups.values(), key=len, reverse=True)[:_MOST_GROUPS]:
        least = 2 if any(node.mem_id in holders for node in nodes) else _LEAST
        if len(nodes) < least or stands_aside(nodes[0]):
            continue
        tried = nodes[:_MOST_ITEMS]
        left -= sum(weights.text.get(node.mem_id, 0) for node in tried)
        if left < 0:
            break
        items = [item for node in tried if (item := _item(node, address, zone, month_first)) is not None]
        if len(items) < max(least, len(tried) // 3):
            continue
        worth = sum(1 + 2 * (item.day is not None) + min(len(item.body), 2_000) / 500 for item in items)
        if worth > score:
            best, score = items, worth
    return _in_full(best)


def _item(node: Node, address: str | None, zone: tzinfo, month_first: bool | None) -> Listed | None:
    link = _title_link(node)
    title = words_of(link) if link is not None else next((words for words, _ in headings(node)), "")
    if not title:
        return None
    day = marked_day(node, zone, month_first) or day_in(words_of(node)[:2_000], month_first)
    shown, text = node_body(node), node_body(main_node(node))
    if len(shown) < _FULL and _CUT.search(shown):
        text = shown
    href = (link.attributes.get("href") or "") if link is not None else ""
    return Listed(title, _whole_address(address, href), day, text, _is_whole(text))


def _is_whole(text: str) -> bool:
    """Return True if a text seems to be all of a release: it does not break off, and says who issued it or is long."""
    return not _CUT.search(text) and (issued(text) is not None or (len(text) >= _FULL and text.count("\n\n") > 1))


def _in_full(items: list[Listed]) -> list[Listed]:
    """Return the items; where others are whole and none breaks off, one of two paragraphs is whole too."""
    if not any(item.whole for item in items) or any(_CUT.search(item.body) for item in items):
        return items
    return [replace(item, whole=item.whole or "\n\n" in item.body) for item in items]


def _whole_address(base: str | None, link: str) -> str | None:
    try:
        url = urljoin(base or "", link.strip())
    except ValueError:
        return None
    return url if re.match(r"https?://", url) else None


def _title_link(node: Node) -> Node | None:
    """Return the link that is a heading, or else the one of most words."""
    for selector in ("h1 a, h2 a, h3 a, h4 a, .entry-title a, [rel=bookmark]", "a"):
        links = [link for link in node.css(selector) if link.attributes.get("href")]
        headed = [link for link in links if link.css_first("h1, h2, h3, h4") is not None]
        named = {link.mem_id: words for link in headed or links if not _MORE.fullmatch(words := words_of(link))}
        best = max(headed or links, key=lambda link: len(named.get(link.mem_id, "")), default=None)
        if best is not None and len(named.get(best.mem_id, "").split()) > 2:
            return best
    return None
