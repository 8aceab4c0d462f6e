"""Who published a page: what its lines, metadata, lists of terms, footer, titles and address say."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from index.sources.days import is_day
from index.sources.html.metadata import Metadata, named_in_terms
from index.sources.html.text import html_title, node_body
from index.sources.html.titles import GENERIC, HOST, LISTS, OFFICIAL, parts_of
from index.sources.html.tree import Node
from index.sources.letterheads import from_office, is_office_alone
from index.sources.offices import is_organisation, names_body
from index.sources.wire import Wire
from index.sources.wire_lines import is_label, issued, key, labelled_day, labelled_issuer

_COPYRIGHT = re.compile(
    r"(?:©|copyright|\(c\))\W*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\W*(?P<name>[A-Z][^|.©\n\d]{3,70})", re.IGNORECASE
)
"""The owner of a site, as its footer names it."""

_BANNER = re.compile(r"(?:united states|u\.?s\.?)(?: federal)? government|government\b", re.IGNORECASE)
"""Whose sites they all are is said on sites of the US government, and names none of them."""

_ISSUED_BY = re.compile(
    r"(?:from|organi[sz]ations?|published by|issued by|department):?|(?:agency|ministry):", re.IGNORECASE
)
"""The label of a publisher, alone on its line."""

_KIND = re.compile(r"(?:press|news|media) (?:releases?|statements?)\s*:\s*", re.IGNORECASE)
"""What stands before the name of a site in the title of its pages: "Press Release:Coast Office"."""

_NEAR = 12
"""Within how many lines a page says what kind of document it is, and whose; set by judgement."""

_EDGE = 20_000
"""How many characters of a page's beginning and end may name whose site it is; set by judgement."""


def publishers(body: Node, meta: Metadata, wire: Wire, title: str, around: Sequence[str]) -> Iterator[str | None]:
    """Yield what may be the publisher, in the order of trust; None where a kind of evidence is missing.

    ``around`` are the lines around the text.
    """
    if (told := issued(" ".join(around[:12]))) is not None:
        yield told[0]
    if wire.issuer and (wire.issued or is_organisation(wire.issuer)):
        yield wire.issuer
    yield _shown_issuer(around)
    yield wire.source
    yield wire.signed[0]
    yield next(iter(meta.publishers), None)
    yield named_in_terms(body)
    sites = [site for site in meta.sites if not HOST.fullmatch(site)]
    yield next(filter(names_body, sites), None)
    yield _beside_kind(around)
    yield next(iter(sites), None)
    text = node_body(body)
    text = f"{text[:_EDGE]}\n{text[-_EDGE:]}"  # headers and footers name who keeps a site
    official = next((each for each in OFFICIAL.finditer(text) if not _BANNER.match(each["name"])), None)
    owner = _COPYRIGHT.search(text)
    yield _clipped(official["name"]) if official else None
    after = [
        piece
        for each in meta.titles
        for piece in reversed(parts_of(each))
        if key(title) not in key(piece) and not LISTS.fullmatch(piece) and not is_label(piece)
    ]
    after = [_KIND.sub("", piece) for piece in after]
    yield next(filter(is_organisation, after), None)
    yield _clipped(owner["name"]) if owner and is_organisation(owner["name"]) else None
    yield _in_header(body)
    logo = body.css_first("header img[alt], #header img[alt], .logo img[alt], img.logo[alt], #logo img[alt]")
    name = html_title(logo.attributes.get("alt") or "") if logo else ""
    yield re.sub(r"(?i)\b(?:logo|home ?page)\b", "", name).strip() if is_organisation(name) else None
    yield next((piece for piece in after if key(piece) not in GENERIC and not HOST.fullmatch(piece)), None)
    yield next(iter(meta.sites), None)
    yield next((piece for piece in after if key(piece) not in GENERIC), None)
    yield re.sub(r"^www\.", "", urlsplit(meta.url).hostname or "") if meta.url else None


def _shown_issuer(lines: Sequence[str]) -> str | None:
    """Return the publisher of a line "From: Home Office", or of the line after one that is "From:"."""
    for number, line in enumerate(each.lstrip("•- ") for each in lines[:60]):
        if len(line) < 160 and (name := labelled_issuer(line)) is not None and names_body(name):
            return name
        follows = lines[number + 1].lstrip("•- ") if number + 1 < len(lines) else ""
        if (name := from_office(line)) is not None and (is_day(follows) or labelled_day(follows) is not None):
            return name
        if _ISSUED_BY.fullmatch(line):
            name = labelled_issuer(f"from: {follows}")
            if name is not None and len(follows) < 160:
                return name
    return None


def _beside_kind(lines: Sequence[str]) -> str | None:
    """Return the office alone on the line above or below one that says "Press release", near the beginning."""
    near = lines[:_NEAR]
    for number, line in enumerate(near):
        if is_label(line):
            beside = [*near[max(number - 1, 0) : number], *near[number + 1 : number + 2]]
            if (name := next(filter(is_office_alone, beside), None)) is not None:
                return name
    return None


def _in_header(body: Node) -> str | None:
    """Return the office that the first line of the page's header names alone."""
    header = body.css_first("header")
    first = node_body(header).partition("\n")[0] if header is not None else ""
    return first if is_office_alone(first) else None


def _clipped(name: str) -> str:
    """Return a name up to where a sentence or another sentence's words go on."""
    return re.split(r"\s+(?:[-–—|•·]|All rights|all rights|\d)", name.strip())[0].strip(" ,;:")
