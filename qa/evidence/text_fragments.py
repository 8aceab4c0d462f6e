"""Text fragments: the part of a link that makes a browser scroll to a quotation and mark it.

WICG, "URL Fragment Text Directives": ``#:~:text=[prefix-,]start[,end][,-suffix]``. A browser takes the first match on
the page, whatever its case, of whole words. Start and end lie in one block each, and a range may span blocks; prefix
and suffix are the words right before and after it, in another block if need be.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded

from index.text.tables import tables
from index.types import Span

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")
_BULLET = re.compile(r"^[•◦▪‣*-] ", re.MULTILINE)
"""The bullet of a list's item, which is text in a release and a marker without text on the page."""

_BAR = re.compile(r"(?<!\\)\|")

_WHOLE = 12
"""The longest quote, in words, that a link holds in full."""

_PART = 5
"""How many words each part of a directive has, doubled as long as it does not find the right place."""


@dataclass(frozen=True, slots=True)
class _Directive:
    """A text directive; each part is a tuple of words, empty if the directive goes without it."""

    start: tuple[str, ...]
    end: tuple[str, ...]
    prefix: tuple[str, ...]
    suffix: tuple[str, ...]

    def __str__(self) -> str:
        parts = [_escaped(self.start)]
        if self.end:
            parts.append(_escaped(self.end))
        if self.prefix:
            parts.insert(0, f"{_escaped(self.prefix)}-")
        if self.suffix:
            parts.append(f"-{_escaped(self.suffix)}")
        return ",".join(parts)

    def find_in(self, body: str) -> tuple[int, int] | None:
        """Return the start and end of the first match in ``body``, as a browser finds it; None without one."""
        between = rf".*?{_pattern(self.end)}" if self.end else ""
        before = rf"{_pattern(self.prefix)}\s*" if self.prefix else ""
        after = rf"\s*{_pattern(self.suffix)}" if self.suffix else ""
        found = re.search(f"{before}(?P<quote>{_pattern(self.start)}{between}){after}", body, re.IGNORECASE | re.DOTALL)
        return found.span("quote") if found else None


def text_fragment(body: str, quote: Span) -> str:
    """Return the directive that finds ``quote`` of ``body``, without its "#:~:text=".

    It holds a short quote of one line whole, and otherwise the words that begin and end the quote. Words around it are
    added where the first match would be elsewhere. If even those do not single out the place, the directive
    finds the same words earlier on the page.
    """
    page = _BULLET.sub("  ", _with_cells_apart(body))
    found = [list(_WORD.finditer(page, *line.span())) for line in _LINE.finditer(page, quote.start, quote.end)]
    lines = [words for words in found if words]
    if not lines:
        return _escaped((quote.of(body),))
    wanted = lines[0][0].start(), lines[-1][-1].end()
    nearest = None
    for directive in _directives(page, quote, lines):
        nearest = nearest or directive
        if directive.find_in(page) == wanted:
            return str(directive)
    return str(nearest)


def _with_cells_apart(body: str) -> str:
    """Return ``body``, as long as it is, with each cell of a table on a line of its own: a block, as on the page."""
    pieces: list[str] = []
    at = 0
    for table in tables(body):
        dashes = re.sub(r"[^\n]", " ", table.dashes.of(body))
        rows = _BAR.sub("\n", body[table.dashes.end : table.span.end])
        pieces += [body[at : table.span.start], _BAR.sub("\n", table.header.span.of(body)), "\n", dashes, rows]
        at = table.span.end
    return "".join([*pieces, body[at:]])


def _directives(page: str, quote: Span, lines: list[list[re.Match[str]]]) -> Iterator[_Directive]:
    """Yield directives, the short ones first."""
    first, last = [[word[0] for word in lines[i]] for i in (0, -1)]
    before = page[: quote.start].rstrip().rpartition("\n")[2].split()
    after = page[quote.end :].lstrip().partition("\n")[0].split()
    size, most = _PART, max(map(len, (first, last, before, after)))
    while True:
        whole = len(lines) == 1 and (len(first) <= _WHOLE or 2 * size >= len(first))
        start, end = (first, []) if whole else (first[:size], last[-size:])
        for prefix, suffix in (([], []), (before[-size:], []), ([], after[:size]), (before[-size:], after[:size])):
            yield _Directive(tuple(start), tuple(end), tuple(prefix), tuple(suffix))
        if size >= most:
            return
        size *= 2


def _pattern(words: tuple[str, ...]) -> str:
    text = r"[^\S\n]+".join(map(re.escape, words))
    # Whole words: "3" is not found in "3.5", nor "don" in "don’t".
    opening = r"(?<!\w)(?<!\w[.,'’])" if words[0][0].isalnum() else ""
    closing = r"(?!\w)(?![.,'’]\w)" if words[-1][-1].isalnum() else ""
    return f"{opening}{text}{closing}"


def _escaped(words: Iterable[str]) -> str:
    # "-", "," and "&" have a meaning in a directive.
    return percent_encoded(" ".join(words), safe="").replace("-", "%2D")


def link_to(url: str, body: str, quote: Span) -> str:
    """Return ``url`` with a text fragment that finds ``quote`` of ``body``. A fragment that it has already is kept."""
    opening = "&" if ":~:" in url else ":~:" if "#" in url else "#:~:"
    return f"{url}{opening}text={text_fragment(body, quote)}"
