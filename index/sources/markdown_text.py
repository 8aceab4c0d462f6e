"""Turning Markdown into the text that the rendered page shows, without marks of headings, emphasis or links.

The text is taken from the tokens of a CommonMark parser, so that "5 * 3 * 2" and "snake_case" keep their marks. The
lines of a hard-wrapped paragraph are joined; each item of a list is a line with the mark it was written with; a table
keeps its rows and columns (`index.text.tables`); of other HTML the text is kept. Pictures and comments are left out.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token

from index.sources.clean import EntryError, is_item
from index.sources.html.elements import BLOCKS, ELEMENTS, LINES, RAISED, UNREAD
from index.sources.html.tables import pipe_table, with_pipe_tables

_NESTING = 100
"""How deeply the parser nests tokens before it leaves out text; set by judgement, far beyond what people write."""

_NOTE_OR_TEXT = re.compile(r"[ >]*\[(?:\^[^\]]*|[0-9]+)\]:|[ >]*\[[^\]]+\]:[ \t]*(?![^\s]*[/#@:]|<|www\.)\S")
"""A line that CommonMark takes for the address of a link, though it is a note ("[4]: Provisional.") or other text."""


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return _NOTE_OR_TEXT.match(line) is None and reference(state, start, end, silent)


_PARSER = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
_PARSER.block.ruler.at("reference", _reference)
_HARD_BREAK = "\u2028"  # unlike a soft line break it is not joined; `clean_body` makes it a line end

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)")


def plain_markdown(text: str) -> str:
    """Return the text of a Markdown document, with a blank line between paragraphs; `clean_body` has yet to clean it.

    Raises:
        EntryError: quotations or lists are nested so deeply that the parser would leave text out.
    """
    tokens = _PARSER.parse(with_pipe_tables(text))
    if any(token.level >= _NESTING - 1 for token in tokens):
        raise EntryError(f"lists or quotations are nested more than {_NESTING // 2 - 1} deep")
    return "\n\n".join(_blocks(tokens))


def _blocks(tokens: Sequence[Token]) -> list[str]:
    blocks: list[str] = []
    depth = 0
    items: list[list[str]] = []  # parts of each item of the outermost open list, nested items too
    open_items: list[list[str]] = []
    rows: list[list[str]] = []

    for token in tokens:
        text = None
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                if not depth:
                    blocks.append("\n".join(" ".join(item) for item in items))
                    items = []
            case "list_item_open":
                open_items.append([f"{token.info}{token.markup}"])
                items.append(open_items[-1])
            case "list_item_close":
                open_items.pop()
            case "tr_open":
                rows.append([])
            case "inline" if rows:
                rows[-1].append(_one_line(_inline(token)).replace("|", "\\|"))
            case "table_close":
                table = [" | ".join(row) for row in rows] if open_items else pipe_table(rows[0], rows[1:]).split("\n")
                text, rows = _HARD_BREAK.join(table), []
            case _:
                text = _content(token)
        if text is not None and open_items:
            open_items[-1].append(_one_line(text))
        elif text is not None:
            blocks.append(text)
    return blocks


def _content(token: Token) -> str | None:
    match token.type:
        case "inline":
            return _joined(_inline(token))
        case "fence" | "code_block":
            return token.content
        case "html_block":
            return _html_words(token.content)
    return None


def _one_line(text: str) -> str:
    return " ".join(text.replace(_HARD_BREAK, "\n").split("\n"))


def _inline(token: Token) -> str:
    parts: list[str] = []
    raised = False
    for child in token.children or ():
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content.translate(RAISED) if raised else child.content)
            case "softbreak":
                parts.append("\n")
            case "hardbreak":
                parts.append(_HARD_BREAK)
            case "html_inline" if child.content.lower().startswith("<br"):
                parts.append(_HARD_BREAK)
            case "html_inline" if (tag := _TAG.match(child.content)) is not None:
                if tag["name"].lower() == "sup":
                    raised = not tag["end"]
                elif tag["name"].lower() not in ELEMENTS:
                    parts.append(child.content)  # "<press office>" is what somebody wrote
    return "".join(parts)


def _joined(text: str) -> str:
    """Join the lines of a hard-wrapped paragraph, but not items with "•", which is not a list in Markdown."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and not is_item(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


class _Words(HTMLParser):
    """Collects the text that a browser would show for a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unread = 0
        self._raised = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        self._raised = self._raised or tag == "sup"
        if tag not in ELEMENTS:
            self.handle_data(self.get_starttag_text() or "")
        if tag == "li":
            self.parts.append("\n- ")
        elif tag in LINES:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD and self._unread > 0
        self._raised = self._raised and tag != "sup"
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            words = " ".join(data.split("\n"))
            self.parts.append(words.translate(RAISED) if self._raised else words)


def _html_words(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)
