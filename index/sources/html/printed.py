"""Releases that a page prints in full one after another, each below a heading "PRESS RELEASE : A title [January 2025]".

So do tag pages and archives, whose text form `index.sources.tag_page` reads. The part of a release is the smallest
element that holds its heading and the sentence that says who issued it, if no other release is in it; otherwise the
lines from its heading to the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from index.sources.days import day_in
from index.sources.html.main_part import is_aside, main_node, stands_aside
from index.sources.html.metadata import marked_day
from index.sources.html.text import node_body
from index.sources.html.tree import Node, words_of
from index.sources.tag_page_lines import parse_heading
from index.sources.wire_lines import issued

_MOST = 500
"""The most headings of a page that are looked at; set by judgement."""

_HIGHEST = 12
"""How many elements around a heading are looked at for its text; set by judgement."""

_MOST_READ = 6
"""How many times the text of a page is read at most to find the parts of its releases; set by judgement."""

_HEADINGS = "h1, h2, h3, h4, h5, h6, .entry-title, .post-title"


@dataclass(frozen=True, slots=True)
class Printed:
    """A release that a page prints: its heading as it is shown, where that links to, and the text below it.

    ``holder`` is the id of the element that holds this release and no other; 0 if there is none, and then ``node`` is
    None.
    """

    title: str
    link: str
    text: str
    holder: int
    node: Node | None

    def day(self, zone: tzinfo, month_first: bool | None) -> date | None:
        """Return the day that its element shows or is marked with, beside what its text says."""
        marked = marked_day(self.node, zone, month_first) if self.node is not None else None
        return marked or day_in(self.text[:2_000], month_first)


def headings(top: Node) -> Iterator[tuple[str, Node]]:
    """Yield the headings of that kind below a node with their words, in the order of the page."""
    for node in top.css(_HEADINGS)[:_MOST]:
        words = words_of(node)
        if parse_heading(words) is not None and not stands_aside(node):
            yield words, node


def printed_items(body: Node) -> list[Printed]:
    """Return the releases that a page prints, each title once; empty if no text below a heading says who issued it."""
    found: dict[str, Node] = {}
    for words, node in headings(body):
        found.setdefault(words, node)
    if not found:
        return []
    texts = _Texts(body)
    items: list[Printed] = []
    for title, heading in found.items():
        holder = _holder(heading, title, body, texts)
        if holder is None:
            continue
        link = next((each.attributes.get("href") or "" for each in _links(heading)), "")
        parts = texts.parts(holder)
        is_alone = len(parts) == 1
        main = node_body(main_node(holder)) if is_alone else ""
        text = main if issued(main) is not None else parts[title]
        items.append(Printed(title, link, text, holder.mem_id if is_alone else 0, holder if is_alone else None))
    return items if any(issued(item.text) is not None for item in items) else []


class _Texts:
    """The parts of elements, each read once, and of a page no more than `_MOST_READ` times its text."""

    def __init__(self, body: Node) -> None:
        self._read: dict[int, dict[str, str]] = {}
        self._left = _MOST_READ * len(words_of(body))

    def parts(self, node: Node) -> dict[str, str]:
        """Return the text below each heading in an element; empty if too much was read already."""
        if node.mem_id not in self._read:
            text = node_body(node, leave_out=is_aside) if self._left > 0 else ""
            self._left -= len(text)
            self._read[node.mem_id] = dict(_parts(text))
        return self._read[node.mem_id]


def _holder(heading: Node, title: str, body: Node, texts: _Texts) -> Node | None:
    """Return the smallest element around a heading in which a sentence below it says who issued a release.

    If there is none, that in which other headings follow, so that its text is not taken for that of another.
    """
    node, outer = heading.parent, None
    for _ in range(_HIGHEST):
        if node is None:
            break
        parts = texts.parts(node)
        if issued(parts.get(title, "")) is not None:
            return node
        if outer is None and len(parts) > 1 and parts.get(title):
            outer = node
        if node.mem_id == body.mem_id:
            break
        node = node.parent
    return outer


def _links(heading: Node) -> list[Node]:
    around = heading.parent if heading.parent is not None and heading.parent.tag == "a" else None
    return [*heading.css("a"), *([around] if around is not None else [])]


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield each heading of a text with the lines below it, up to the next; a title printed twice is one heading."""
    title, lines = "", list[str]()
    for line in text.split("\n"):
        words = line.lstrip("•*- ")
        if parse_heading(words) is None:
            lines.append(line)
        elif words != title:
            if title:
                yield title, "\n".join(lines).strip()
            title, lines = words, []
    if title:
        yield title, "\n".join(lines).strip()
