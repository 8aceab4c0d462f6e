"""What a page says about itself to machines: JSON-LD, meta elements, times marked as such, language and address."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from index.sources.clean import clean_body
from index.sources.days import day_in, read_moment
from index.sources.html.text import html_body, html_title
from index.sources.html.tree import Node, words_of
from index.sources.offices import is_organisation, names_body

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "dcterms.issued",
    "dc.date.issued", "dcterms.date.issued", "published_at", "govuk:first-published-at", "publication_date",
    "publication-date", "publicationdate", "publish_date", "publish-date", "publishdate", "pubdate", "parsely-pub-date",
    "sailthru.date", "release_date", "release-date", "releasedate", "citation_publication_date", "dcterms.created",
    "dc.date.created", "dcterms.date", "dc.date", "date.issued", "date",
)  # fmt: skip
"""The meta elements that hold the day of publication, the most definite first."""

_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified",
    "govuk:public-updated-at", "govuk:updated-at", "last-modified",
)  # fmt: skip

_PUBLISHERS = (
    "govuk:primary-publishing-organisation", "dcterms.creator", "dc.creator", "dcterms.publisher", "dc.publisher",
    "publisher", "organisation", "organization", "department", "agency",
)  # fmt: skip
_AUTHORS = ("author",)
"""The meta elements of a publisher, and those that mostly name a person."""

_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone")

_ARTICLES = frozenset(
    """newsarticle article blogposting report pressrelease governmentannouncement specialannouncement
    reportagenewsarticle statement webpage itempage socialmediaposting techarticle scholarlyarticle""".split()
)
_NOT_PUBLISHED = re.compile(r"modif|updat|review|event|start|end-|expir", re.IGNORECASE)
_PUBLISHED_MARK = re.compile(
    r"publish|pubdate|issued|entry-date|post-?date|release|news-?date|article-?date", re.IGNORECASE
)

_PUBLISHER_TERM = re.compile(
    r"(?:from|organi[sz]ations?|published by|issued by|department|agency|ministry|publisher)\W*", re.IGNORECASE
)

_DAY_TERM = re.compile(
    r"(?:first |date )?(?:published|issued|posted|released)(?: on| date)?\W*"
    r"|(?:publication|publishing|release|issue) date\W*|date(?: of (?:issue|release|publication))?\W*",
    re.IGNORECASE,
)
_PAGE_TERM = re.compile(
    rf"{_DAY_TERM.pattern}|(?:date |page |last )?(?:modified|updated|reviewed)\W*"
    r"|(?:document |content |news |release )?type\W*|(?:topics?|tags?|categor(?:y|ies)|subjects?|series|language)\W*"
    r"|(?:release |press release |document )?(?:reference|ref|number|no|id)(?: number)?\W*|share\W*",
    re.IGNORECASE,
)
"""What a list of terms calls the day of publication, and what else it says of a page."""

_BESIDE = 8
"""How many characters beside its time an item of a list has at least; set by judgement."""

_MOST_NODES = 200
"""The most elements of a kind that are looked at for a day or a publisher, and _LONGEST the longest text that is read
of one, in characters; set by judgement, as a release has a few short ones.
"""
_LONGEST = 1_000

_MOST_OBJECTS = 2_000
"""The most objects of a page's JSON-LD that are looked at; set by judgement."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page states about itself; each tuple is in order of trust, and empty if the page says nothing.

    ``articles`` are names of organisations that its JSON-LD or meta elements give as its author or publisher, ``sites``
    names of the site.
    """

    titles: tuple[str, ...]
    published: date | None
    updated: date | None
    publishers: tuple[str, ...]
    sites: tuple[str, ...]
    url: str | None
    language: str | None
    text: str = ""
    """The text of the article as its JSON-LD has it, for a page that its scripts make."""


def read_metadata(tree: LexborHTMLParser, address: str | None, zone: tzinfo) -> Metadata:
    """Return what the head of a page states, and its JSON-LD wherever it stands."""
    metas = _metas(tree)
    about = _article(tree)
    title = tree.css_first("title")
    titles = [_text(about.get("headline")), *metas.get("og:title", ()), *metas.get("dcterms.title", ())]
    titles += [*metas.get("twitter:title", ()), title.text(deep=True)[:_LONGEST] if title else ""]
    published = [_text(about.get("datePublished")), *(value for name in _PUBLISHED for value in metas.get(name, ()))]
    updated = [_text(about.get("dateModified")), *(value for name in _MODIFIED for value in metas.get(name, ()))]
    authors = [*_organisations(about.get("author")), *_organisations(about.get("sourceOrganization"))]
    named = [value for name in _PUBLISHERS for value in metas.get(name, ()) if names_body(value)]
    named += [value for name in _AUTHORS for value in metas.get(name, ()) if is_organisation(value)]
    publishers = [*authors, *named, *_organisations(about.get("publisher"))]
    canonical = tree.css_first("link[rel=canonical]")
    urls = [canonical.attributes.get("href") or "" if canonical else "", *metas.get("og:url", ())]
    return Metadata(
        tuple(_unique(titles)),
        _first_day(published, zone),
        _first_day(updated, zone),
        tuple(_unique(publishers)),
        tuple(_unique(_once(value) for name in _SITES for value in metas.get(name, ()))),
        _address([*urls, address or ""], address),
        _language(tree, metas, about),
        _article_text(about.get("articleBody")),
    )


def marked_day(top: Node, zone: tzinfo, month_first: bool | None) -> date | None:
    """Return the day that an element below ``top`` is marked to state as that of publication, or None.

    That is one with a class, id or property such as "published", or else the only day among the other `time` elements
    that are not marked as something else.
    """
    marked: list[date] = []
    plain: set[date] = set()
    for node in top.css("time, abbr[title], [itemprop=datePublished], .published, .entry-date, .post-date")[
        :_MOST_NODES
    ]:
        given = node.attributes
        names = " ".join(given.get(name) or "" for name in ("class", "id", "itemprop", "property", "data-testid"))
        if "pubdate" in given:
            names += " pubdate"
        if _NOT_PUBLISHED.search(names):
            continue
        written = (given.get("datetime"), given.get("content"), given.get("title"), node.text(deep=True)[:100])
        shown = day_in(written[-1] or "", month_first)
        day = next((day for text in written if text and (day := read_moment(text, zone))), None)
        if day is None or (shown is not None and abs((shown - day).days) <= 1):
            day = shown  # near midnight, what readers see is right
        if day is not None and _PUBLISHED_MARK.search(names):
            marked.append(day)
        elif day is not None and node.tag == "time" and not _is_of_item(node):
            plain.add(day)
    return marked[0] if marked else next(iter(plain)) if len(plain) == 1 else None


def _is_of_item(node: Node) -> bool:
    """Return True for a time that stands in an item of a list beside the text: that of another release."""
    holder: Node | None = None
    above = node.parent
    while above is not None and above.tag not in ("body", "main"):
        if above.tag in ("li", "tr", "article") and holder is None:
            holder = above
        if above.tag in ("aside", "footer", "nav"):
            return holder is not None and len(words_of(holder)) > len(words_of(node)) + _BESIDE
        above = above.parent
    return False


def dated_in_terms(top: Node, zone: tzinfo, month_first: bool | None) -> date | None:
    """Return the day of a list of terms ("Date", "Published"), or None."""
    for term in top.css("dt")[:_MOST_NODES]:
        if _DAY_TERM.fullmatch(words_of(term)) and (value := _value_of(term)) is not None:
            written = words_of(value)[:100]
            if (day := day_in(written, month_first) or read_moment(written, zone)) is not None:
                return day
    return None


def tells_of_page(node: Node) -> bool:
    """Return True for a list of terms that only says what document a page is, when and by whom it was issued."""
    terms = [words_of(term) for term in node.css("dt")[:_MOST_NODES]] if node.tag == "dl" else []
    return bool(terms) and all(_PAGE_TERM.fullmatch(term) or _PUBLISHER_TERM.fullmatch(term) for term in terms)


def _value_of(term: Node) -> Node | None:
    """Return the element that gives the value of a term, or None."""
    value = term.next
    while value is not None and value.tag != "dd":
        value = value.next
    return value


def named_in_terms(top: Node) -> str | None:
    """Return the publisher of a list of terms ("From", "Organisations"), also where its term is hidden, or None."""
    for term in top.css("dt")[:_MOST_NODES]:
        if not _PUBLISHER_TERM.fullmatch(words_of(term)):
            continue
        if (value := _value_of(term)) is None:
            continue
        names = [words_of(each) for each in value.css("a, li")] or [words_of(value)]
        if name := next((name for name in names if name and not re.match(r"(?:show|see|hide) ", name, re.I)), None):
            return name
    return None


def _metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.css("meta")[:_MOST_NODES]:
        given = node.attributes
        content = " ".join((given.get("content") or "")[:_LONGEST].split())
        for key in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := given.get(key)):
                found.setdefault(name.lower(), []).append(content)
    return found


def _article(tree: LexborHTMLParser) -> Mapping[str, object]:
    """Return the JSON-LD object that is about the page's article, or else about the page; empty if there is none."""
    objects: list[dict[str, object]] = []
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            objects += _objects(json.loads(script.text(deep=True), strict=False))
        except (ValueError, RecursionError):
            continue
    known = {each["@id"]: each for each in objects if isinstance(each.get("@id"), str) and "name" in each}
    for each in objects:
        for name in ("author", "publisher", "sourceOrganization"):
            value = each.get(name)
            if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
                each[name] = known.get(value["@id"], value)

    def rank(each: dict[str, object]) -> int:
        kinds = {_text(kind).lower() for kind in _listed(each.get("@type"))}
        if not kinds & _ARTICLES:
            return 2
        return 1 if kinds <= {"webpage", "itempage"} else 0

    found = [each for each in sorted(objects, key=rank) if rank(each) < 2]
    merged: dict[str, object] = {}
    for each in found:
        for name, value in each.items():
            merged.setdefault(name, value)
    return merged


def _objects(data: object) -> Iterator[dict[str, object]]:
    waiting = [data]
    count = 0
    while waiting and count < _MOST_OBJECTS:
        count += 1
        each = waiting.pop(0)
        if isinstance(each, dict):
            yield each
            waiting += [value for name, value in each.items() if name in ("@graph", "mainEntity", "mainEntityOfPage")]
        elif isinstance(each, list):
            waiting += each[:_MOST_OBJECTS]


def _organisations(value: object) -> Iterator[str]:
    for each in _listed(value):
        if isinstance(each, dict):
            kinds = {_text(kind).lower() for kind in _listed(each.get("@type"))}
            name = _text(each.get("name"))
            if name and (any(kind.endswith("organization") for kind in kinds) or is_organisation(name)):
                yield name
        elif is_organisation(_text(each)):
            yield _text(each)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str:
    return html_title(value[:_LONGEST]) if isinstance(value, str) else ""


def _once(name: str) -> str:
    """Return the name of a site that gives it twice, "Commission - Commission", once."""
    found = re.fullmatch(r"(.+?)\s*[-–—|]\s*\1", " ".join(name.split()))
    return found[1] if found else name


def _article_text(value: object) -> str:
    """Return the clean text of an article that is stated as text or as HTML; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return html_body(value) if re.search(r"<(?:p|br|div|ul|ol|h[1-6])\b", value, re.IGNORECASE) else clean_body(value)


def _unique(values: Iterator[str] | list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values))))


def _first_day(values: list[str], zone: tzinfo) -> date | None:
    return next((day for value in values if value and (day := read_moment(value, zone)) is not None), None)


def _address(addresses: list[str], base: str | None) -> str | None:
    for each in addresses:
        try:
            whole = urljoin(base or "", each.strip())
        except ValueError:
            continue
        if re.match(r"https?://[^\s/]+\.[^\s]+$", whole, re.IGNORECASE):
            return whole
    return None


def _language(tree: LexborHTMLParser, metas: dict[str, list[str]], about: Mapping[str, object]) -> str | None:
    html = tree.css_first("html")
    given = html.attributes if html else {}
    for each in (
        given.get("lang") or "",
        given.get("xml:lang") or "",
        *metas.get("content-language", ()),
        *metas.get("dcterms.language", ()),
        *metas.get("og:locale", ()),
        _text(about.get("inLanguage")),
    ):
        code = str(each).strip()
        if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", code):
            return code.replace("_", "-")
    return None
