"""The title of a page: the heading that its own titles repeat, told from the names of its site and sections."""

import re
from collections.abc import Iterator, Sequence

from index.sources.html.metadata import Metadata
from index.sources.html.text import node_body
from index.sources.html.tree import Node, words_of
from index.sources.offices import is_organisation
from index.sources.wire import headline
from index.sources.wire_lines import is_label, key

MOST_HEADINGS = 60
"""The most headings of a page that are compared with its titles; set by judgement."""

_PARTS = re.compile(r"\s+(?:[|»«·•›‹]|::|[-–—])\s+|\s*\|\s*|\s*»\s*")
"""What parts the names of site and section from the title in a page's title."""

OFFICIAL = re.compile(r"official (?:web ?)?site of (?:the )?(?P<name>[A-Z][^|.©\n]{3,90})", re.IGNORECASE)
"""What sites say about themselves in a header or footer; "name" is whose site it is."""

HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
"""The name of a host, which some sites give as their own."""

GENERIC = frozenset(
    """home news press release releases newsroom media article articles blog statement statements announcements
    details detail view page post latest speeches events advisory center centre room press-release
    gov.uk site website""".split()
)
"""Titles that many pages of a site share."""

LISTS = re.compile(
    r"(?:(?:all|our|latest|recent|archived?|news|press|media|public) )*(?:press|news|media|communications)?\W*"
    r"(?:releases|statements|announcements|advisories|archives?|room|newsroom|news|media|stories|posts|articles|updates"
    r"|communications|highlights)(?: (?:archives?|and .{3,20}|[|–-] .*))?"
    r"|(?:tag|category|archives?|topic|author|month|year)s?\s*:.*|search results.*",
    re.IGNORECASE,
)
"""Titles of pages that list releases."""

_TITLE_LINES = 40
"""How many lines of the text may hold a title that no heading shows; set by judgement."""

_HOME = re.compile(
    r"(?:https?:)?//[^/?#]+/?|(?:(?:https?:)?//[^/?#]+)?/(?:(?:index|default)\.\w+|home|[a-z]{2})?/?", re.I
)
"""The address of a site's first page."""

_SENTENCE = 60
"""From how many characters on a line that ends a sentence is text; set by judgement."""

_KIND_OF = re.compile(r"(?:[\w’']+ ){0,3}(?:press|news|media) (?:release|statement)s?", re.IGNORECASE)
"""A title that many releases of an office share: "AG Press Release"."""

_LONGEST_TITLE = 30
"""Up to how many words the first line of a text is its title, where none is marked; set by judgement."""

_LEAST_TITLE = 8
"""From how many characters on a part of a page's title is a title of a release; set by judgement."""


def page_title(body: Node, main: Node, meta: Metadata) -> str:
    """Return the heading or line that the page's titles repeat, or else the best of both without the site's name."""
    heads = body.css("h1, h2, .entry-title, [itemprop=headline]")[:MOST_HEADINGS]
    heads = [node for node in heads if not _leads_home(node)] or heads
    headings = [words for node in heads if (words := words_of(node))]
    lines = [line for line in node_body(main).split("\n") if line][:_TITLE_LINES]
    told = sorted({piece for title in meta.titles for piece in _pieces(title)}, key=lambda piece: -len(piece))
    for title in meta.titles:
        section = _leading(title, 1)
        if LISTS.fullmatch(section) and key(section) in map(key, headings):
            return section
    offices: list[str] = []
    for shown in (headings, lines):
        for piece in told:
            if len(key(piece)) < _LEAST_TITLE or key(piece) in GENERIC or is_label(piece):
                continue
            if (heading := _repeated(piece, shown)) is None:
                continue
            if _names_text(piece, meta):
                return heading
            offices.append(heading)  # whose site it is, or a short title that names an office
    tops = [*main.css("h1"), *body.css("main h1, article h1, h1")][:MOST_HEADINGS]
    first = [words_of(node) for node in tops if not _leads_home(node)]
    first = [each for each in first if len(each.split()) > 2 and key(each) not in GENERIC and not _is_site(each, meta)]
    inner = [words_of(node) for node in main.css("h2, h3, h4")[:MOST_HEADINGS]]
    above = _above_text(inner, lines)
    if above and above not in offices and not first and not any(office in lines for office in offices):
        return above  # the heading of the site stands elsewhere
    if first or offices:
        texts = [each for each in offices if not _is_site(each, meta)]  # "Security Council Extends Mission"
        return next((each for each in first if each not in offices), [*texts, *offices, *first][0])
    best = max(
        (piece for title in meta.titles for piece in parts_of(title) if _names_text(piece, meta)), key=len, default=""
    )
    if above and (
        len(best.split()) < 3 or any(LISTS.fullmatch(piece) for title in meta.titles for piece in parts_of(title))
    ):
        return above
    shown = [words_of(node) for node in tops]
    named = best or next(filter(None, [*shown, *inner]), "")
    if not named or _KIND_OF.fullmatch(named):
        first_line = headline("\n".join(lines))
        named = first_line if 2 < len(first_line.split()) < _LONGEST_TITLE else named
    return named or next(iter(meta.titles), "")


def _repeated(piece: str, shown: Sequence[str]) -> str | None:
    """Return what is shown of a part of a page's title: the heading or line that is its words or ends with them."""
    words = key(piece)
    for heading in shown:
        if key(heading) == words:
            return heading
        if key(heading).endswith(f" {words}") and len(heading.split()) - len(words.split()) < 4:
            return piece  # "News 10:10 success story"
    return None


def _above_text(headings: Sequence[str], lines: Sequence[str]) -> str:
    """Return the first heading of several words that stands above the first sentence of the text, "" without one."""
    for line in lines:
        if len(line.split()) > 2 and line in headings and key(line) not in GENERIC and not is_label(line):
            return line
        if len(line) > _SENTENCE and line.endswith((".", "”", '"')):
            break
    return ""


def _leads_home(heading: Node) -> bool:
    """Return True for a heading that is all a link to the site's first page: the name of the site."""
    link = heading.css_first("a[href]")
    if link is None or words_of(link) != words_of(heading):
        return False
    return _HOME.fullmatch((link.attributes.get("href") or "").strip()) is not None


def _pieces(title: str) -> Iterator[str]:
    """Yield a page's title and its parts: each, the leading ones together, and what follows a first colon."""
    parts = parts_of(title)
    yield title
    yield from parts
    yield from (_leading(title, count) for count in range(2, len(parts)))
    yield from (part.partition(": ")[2] for part in parts if ": " in part)


def parts_of(title: str) -> list[str]:
    """Return what a page's title is put together from: "Piers open | News | Coast Office" has three parts."""
    return [piece for piece in _PARTS.split(title) if piece]


def _names_text(piece: str, meta: Metadata) -> bool:
    """Return True if a part of a page's title may be that of a text, and not of the site or a section."""
    is_office = is_organisation(piece) and len(piece.split()) < 6
    return not (key(piece) in GENERIC or is_label(piece) or is_office or _is_site(piece, meta) or HOST.fullmatch(piece))


def _leading(title: str, count: int) -> str:
    """Return the first ``count`` parts of a page's title as they are written."""
    ends = [found.start() for found in _PARTS.finditer(title)]
    return title[: ends[count - 1]] if count <= len(ends) else title


def _is_site(heading: str, meta: Metadata) -> bool:
    return any(key(heading) == key(site) for site in meta.sites) or OFFICIAL.search(heading) is not None
