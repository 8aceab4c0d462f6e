"""HTML as the plain text of a release: what a reader of the page sees, in the form that a body keeps.

Headings and paragraphs are paragraphs, each item of a list is a line with its bullet or number, a table of data is
lines of cells (`index.sources.html.tables`), a table that only lays out a page is its cells one after another, and a
block quote keeps the line that names its speaker. Scripts, styles, forms' controls, navigation and what is hidden are
left out.
"""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urldefrag, urljoin

from index.sources.clean import clean_body
from index.sources.html.elements import RAISED
from index.sources.html.tables import table_text
from index.sources.html.tree import PARTED, Node, is_shown, parse, visit, words_of

_SPACE = re.compile(r"[ \t\n\r\f]+")
_OTHER_BULLET = re.compile(r"^[·●○■□➢➤►✓✔⦁\uf0b7\uf0a7](?:\s+|(?=\w))", re.MULTILINE)
"""Marks of lists that word processors write as text, with what parts them from the words."""

_STILL_ESCAPED = re.compile(r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|[a-z]{2,8});", re.IGNORECASE)
_APPEARED_FIRST = re.compile(r"The post .{1,400} (?:appeared first on|first appeared on) .{1,200}", re.DOTALL)
_CARRIES_ON = re.compile(
    r"(?:continue|keep) reading.*|read (?:more|on|the rest).*|more\W*|\W*", re.IGNORECASE | re.DOTALL
)

_CLOSED = re.compile(r"\[/([A-Za-z][\w-]{0,40})\]")
_SHORTCODE = re.compile(
    r"\[/?(?P<name>[A-Za-z][\w-]{0,40})(?P<given>\s+[\w-]{1,40}=(?:[\"'“”″′]|&#\d{2,5};|&quot;)[^\[\]<>]{0,500})?"
    r"(?:[\s=][^\[\]<>]{0,200})?/?\]"
)
"""A mark of a plugin, with its name and whether it has attributes."""

_LONG_CELL = 600
"""From how many characters on a cell is no datum but part of a laid-out page; set by judgement."""

_MOST_PARTS = 3
"""The most paragraphs that an item of a list may have and still be one line; set by judgement."""


def html_body(html: str, base: str | None = None) -> str:
    """Return the text of a piece of HTML as the clean body of a release; it is empty if the piece shows no text.

    ``base`` is the address of the release itself, if it is known: a last line that only leads back there ("Continue
    reading", "The post ... appeared first on ...") is then left out.
    """
    top = parse(_without_shortcodes(html)).body
    return node_body(top, base) if top is not None else ""


def _without_shortcodes(html: str) -> str:
    """Return HTML without the marks of a site's plugins, "[vc_row]...[/vc_row]", which stay where the plugin is gone.

    Those are marks that are closed, or have attributes; what stands between them is text. "[sic]" is no mark.
    """
    closed = set(_CLOSED.findall(html))
    return _SHORTCODE.sub(lambda found: "" if found["name"] in closed or found["given"] else found.group(), html)


def html_title(html: str) -> str:
    """Return on one line the text of a title in which a feed or an API left tags or entities, even escaped twice."""
    top = parse(html).body
    title = words_of(top) if top is not None else ""
    return " ".join(unescape(title).split()) if _STILL_ESCAPED.search(title) else title


def node_body(top: Node, base: str | None = None, leave_out: Callable[[Node], bool] = lambda node: False) -> str:
    """Return the text below a node of a tree, as `html_body` does for a piece of HTML.

    Elements for which ``leave_out`` returns True are left out, like those that are not shown.
    """
    writer = _Writer(base, leave_out)
    visit(top, writer.enter, writer.leave)
    text = clean_body(_OTHER_BULLET.sub("• ", clean_body(writer.text())))
    return text if base is None else _without_way_back(text)


class _Item:
    """An item of a list: its mark, and its paragraphs and tables."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.parts: list[str] = []

    def lines(self) -> list[str]:
        """Return the item as one line if it is short, else as a line and paragraphs, which begin with a blank line."""
        if not self.parts:
            return []
        first, *others = self.parts
        numbered = self.mark[0].isdigit() and first.startswith(self.mark)
        line = first if numbered else f"{self.mark} {first}"
        if len(self.parts) <= _MOST_PARTS and not any("\n|" in part for part in self.parts):
            return [" ".join(" ".join([line, *others]).split())]
        return [line, *(f"\n{part}" for part in others), ""]


class _List:
    """A list that is open: what marks its next item."""

    def __init__(self, node: Node) -> None:
        given = node.attributes
        start = given.get("start") or ""
        self.letters = {"a": "abcdefghijklmnopqrstuvwxyz", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}.get(
            given.get("type") or "", ""
        )
        self.ordered = node.tag == "ol"
        self.next = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1

    def mark(self, node: Node) -> str:
        """Return the mark of the next item."""
        if not self.ordered:
            return "•"
        value = node.attributes.get("value") or ""
        if value.isascii() and value.isdigit() and len(value) < 6:
            self.next = int(value)
        number = self.next
        self.next += 1
        return f"{self.letters[number - 1]}." if 0 < number <= len(self.letters) else f"{number}."


class _Writer:
    """Collects paragraphs, items of lists and tables while a tree is walked."""

    def __init__(self, base: str | None, leave_out: Callable[[Node], bool]) -> None:
        self._base = base
        self._leave_out = leave_out
        self._blocks: list[str] = []
        self._line: list[str] = []
        self._lists: list[_List] = []
        self._items: list[_Item] = []
        self._open: list[_Item | None] = []
        self._kept_breaks = 0

    def enter(self, node: Node) -> bool:
        """Take a node, and return True if what is inside it is to be taken too."""
        if node.is_text_node:
            self._text(node.text_content or "")
            return False
        if not node.is_element_node or not is_shown(node) or self._leave_out(node):
            return False
        name = node.tag or ""
        match name:
            case "br":
                self._line.append("\n")
                return False
            case "dt" | "dd":
                self._line.append("\n")
            case "sup":
                return self._raised(node)
            case "q":
                self._line.append("“")
            case "table" if is_data(node):
                self._end_line()
                self._add(table_text(node.html or ""))
                return False
            case "pre":
                self._end_line()
                self._kept_breaks += 1
            case "ul" | "ol":
                self._end_line()
                self._lists.append(_List(node))
            case "li":
                self._end_line()
                item = _Item(self._lists[-1].mark(node) if self._lists else "•")
                self._items.append(item)
                self._open.append(item)
            case "a" if self._base is not None:
                return not (_CARRIES_ON.fullmatch(words_of(node)) and _is_same(self._base, node.attributes.get("href")))
            case _ if name in PARTED:
                self._end_line()
        return True

    def leave(self, node: Node) -> None:
        """Take the end of a node."""
        name = node.tag or ""
        if name == "q":
            self._line.append("”")
        if name not in PARTED or name in ("dt", "dd"):
            return
        self._end_line()
        if name == "pre":
            self._kept_breaks -= 1
        elif name == "li":
            self._open.pop()
        elif name in ("ul", "ol"):
            self._lists.pop()
        if not self._open and self._items and name in ("ul", "ol", "li") and not self._lists:
            self._end_list()

    def text(self) -> str:
        """Return everything that was collected, with blank lines between paragraphs."""
        self._end_line()
        self._end_list()
        return "\n\n".join(self._blocks)

    def _text(self, text: str) -> None:
        self._line.append(text if self._kept_breaks else _SPACE.sub(" ", text))

    def _raised(self, node: Node) -> bool:
        words = words_of(node)
        if any(mark.isalpha() for mark in words):
            self._line.append(" " if words[:1] in "[(" else "")  # "[note 1]", but not "th"
            return True
        self._line.append(words.translate(RAISED))
        return False

    def _end_line(self) -> None:
        text = "".join(self._line).strip()
        self._line.clear()
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._open and self._open[-1] is not None:
            self._open[-1].parts.append(text)
        else:
            self._end_list()
            self._blocks.append(text)

    def _end_list(self) -> None:
        if self._items:
            self._blocks.append("\n".join(line for item in self._items for line in item.lines()))
            self._items = []


def is_data(table: Node) -> bool:
    """Return True for a table of data, False for one that only lays out a page."""
    if table.attributes.get("role") in ("presentation", "none"):
        return False
    if any(inner.mem_id != table.mem_id for inner in table.css("table")):
        return False
    if table.css_first("td h1, td h2, td h3, td h4, td form, td article, td section") is not None:
        return False
    if any(len(cell.text(deep=True)) > _LONG_CELL for cell in table.css("td")):
        return False
    rows = [row.css("td, th") for row in table.css("tr")]
    if table.css_first("th, thead, caption") is not None:
        return True
    return len(rows) > 1 and sum(len(row) > 1 for row in rows) > 1


def _is_same(base: str, href: str | None) -> bool:
    """Return True if a link leads to the page it is on; a scheme, a fragment and a last slash make no difference."""
    try:
        address = urljoin(base, href or "")
    except ValueError:
        return False
    pages = {urldefrag(each)[0].partition("//")[2].rstrip("/") for each in (base, address)}
    return len(pages) == 1


def _without_way_back(text: str) -> str:
    kept, _, last = text.rpartition("\n\n")
    return kept if kept and _APPEARED_FIRST.fullmatch(last) else text
