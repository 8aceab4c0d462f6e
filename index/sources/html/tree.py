"""A page as a tree: parsed with bounded time and memory, and what of it nobody is meant to read.

HTML is parsed as browsers do it (lexbor), never executed, and the tree is only read. Browsers limit how deeply elements
may nest, because the standard's algorithm needs time in the square of the depth; a page beyond the limit here is read
as its words alone.
"""

import re
from collections import Counter
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.sources.html.elements import BLOCKS, LINES, UNREAD

Node = LexborNode

MAX_CHARACTERS = 3_000_000
"""The longest page that is read, in characters; set by judgement, thirty times a page with a large menu."""

_DEEPEST = 400
"""How deeply elements may nest, counting what is not closed; browsers stop at 512."""

_MOST_COPIES = 500_000
"""The most elements that the standard's algorithm may add for emphasis that is never closed, which each paragraph
repeats; beyond that marks of emphasis are left out before a page is parsed. Pages of releases need some thousands.
"""

_EMPHASIS = frozenset("b big code em font i nobr s small strike strong tt u".split())
_EMPHASIS_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_EMPHASIS))})(?=[\s/>])[^<>]*>?", re.IGNORECASE)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*>?")
_ANY_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>?")
_OPENS_UNREAD = re.compile(r"<(script|style|svg)\b", re.IGNORECASE)
_CLOSES = {name: re.compile(rf"</{name}\b[^<>]*>?", re.IGNORECASE) for name in ("script", "style", "svg")}
_CLOSE_THEMSELVES = frozenset(
    """a area base br col dd dt embed hr img input li link meta option p param rp rt source tbody td tfoot th thead tr
    track wbr""".split()
)
"""Elements that are void, or that the next of their kind closes."""

PARTED = BLOCKS | LINES | {"li", "td", "th", "caption", "legend"}
"""The elements whose text does not go on in the line before them."""

_NOT_SHOWN = UNREAD | frozenset(
    """applet audio button canvas datalist dialog embed head iframe input map math meter noembed noframes noscript
    object option progress rp select svg template textarea title video""".split()
)
_NAVIGATION = frozenset({"nav", "menu"})
_ROLES = frozenset({"navigation", "search", "menu", "menubar", "banner", "toolbar", "dialog", "alertdialog"})
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-?reader(?:-text)?|assistive-text|element-invisible|hidden-print"
    r"|print-only|offscreen|visuallyhidden|skip-?(?:link|to|nav)\S*)(?:$|\s)",
    re.IGNORECASE,
)
_FOLDED = re.compile(r"accordion|collaps|expand|tab-?(?:pane|panel|content)|details?-content|read-?more", re.I)
_MENU = re.compile(r"nav|menu|search|cookie|share|modal|lang", re.I)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse(html: str) -> LexborHTMLParser:
    """Return the tree of a page or fragment; what is beyond `MAX_CHARACTERS` is left out."""
    html = html[:MAX_CHARACTERS].replace("\0", "")
    deepest, emphasised, tags = _depths(html)
    if emphasised * tags > _MOST_COPIES:
        html = _EMPHASIS_TAG.sub("", html)
    if deepest > _DEEPEST:
        html = _words_only(html)
    return LexborHTMLParser(html)


def is_shown(node: Node) -> bool:
    """Return False for an element that browsers do not show as text: scripts, controls, what is hidden, navigation."""
    name = node.tag or ""
    if name in _NOT_SHOWN or name in _NAVIGATION:
        return False
    given = node.attributes
    if not given:
        return True
    if given.get("role") in _ROLES:
        return False
    style, kind = given.get("style"), given.get("class")
    if kind and _HIDDEN_CLASS.search(kind):
        return False
    is_hidden = "hidden" in given or given.get("aria-hidden") == "true" or (style and _HIDDEN_STYLE.search(style))
    return not is_hidden or _unfolds(node)


def _unfolds(node: Node) -> bool:
    """Return True for what a page shows after a click: the part of an accordion, or a tab."""
    given = node.attributes
    names = f"{given.get('class') or ''} {given.get('id') or ''}"
    if given.get("role") == "tabpanel":
        return True
    return _FOLDED.search(names) is not None and _MENU.search(names) is None and node.css_first("p, li, td") is not None


def visit(top: Node, enter: Callable[[Node], bool], leave: Callable[[Node], None]) -> None:
    """Call ``enter`` and ``leave`` for each node below ``top``, in the order of the page, however deeply they nest.

    ``enter`` returns True to go inside; a node that it does not go into is not left either.
    """
    node = top.child
    while node is not None:
        if enter(node):
            if (below := node.child) is not None:
                node = below
                continue
            leave(node)
        while node.next is None:
            above = node.parent
            if above is None or above.mem_id == top.mem_id:
                return
            node = above
            leave(node)
        node = node.next


def words_of(top: Node) -> str:
    """Return the text that a node shows, on one line; elements that begin lines are parted by a space."""
    parts: list[str] = []

    def enter(node: Node) -> bool:
        if node.is_text_node:
            parts.append(node.text_content or "")
        if not node.is_element_node or not is_shown(node):
            return False
        leave(node)
        return True

    def leave(node: Node) -> None:
        if node.tag in PARTED:
            parts.append(" ")

    if top.is_text_node:
        return " ".join((top.text_content or "").split())
    visit(top, enter, leave)
    return " ".join("".join(parts).split())


def _depths(html: str) -> tuple[int, int, int]:
    """Return how deeply elements may nest, how deeply emphasis alone, and the number of tags.

    An element that is never closed counts to the end.
    """
    opened: Counter[str] = Counter()
    depth = deepest = inline = most = tags = 0
    for tag in _TAG.finditer(_without_scripts(html)):
        tags += 1
        name = tag["name"].lower()
        if name in _CLOSE_THEMSELVES or (tag["end"] and not opened[name]):
            continue
        step = -1 if tag["end"] else 1
        opened[name] += step
        if name in _EMPHASIS:
            inline += step
            most = max(most, inline)
        else:
            depth += step
            deepest = max(deepest, depth)
    return deepest, most, tags


def _without_scripts(html: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := _OPENS_UNREAD.search(html, at)) is not None:
        kept.append(html[at : begin.start()])
        end = _CLOSES[begin[1].lower()].search(html, begin.end())
        at = end.end() if end else len(html)
    return "".join([*kept, html[at:]])


def _words_only(html: str) -> str:
    def mark(tag: re.Match[str]) -> str:
        name = tag.group().strip("</> \t\r\n").split(maxsplit=1)[:1]
        return "<p>" if name and name[0].lower() in PARTED else ""

    return _ANY_TAG.sub(mark, _without_scripts(html))
