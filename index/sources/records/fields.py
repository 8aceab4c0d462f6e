"""What the fields of other people's files are called, and how to say it where a file's own names tell nothing.

A release needs a title, a body, a publisher and a day. Files name them "headline", "text", "organisation", "pubDate":
such names are recognised. Others are given: ``--field body=story --field published=when --publisher NAME``.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from index.errors import InputError

REQUIRED: Final = ("title", "body", "publisher", "published")
"""The fields that every release needs."""

RECOGNISED: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "headline", "heading", "subject", "press_release_title", "release_title", "titre", "titulo",
              "titel", "intitulé", "título", "titular", "titolo", "überschrift", "schlagzeile",
              "name"),
    "body": (
        "body", "text", "content", "contents", "full_text", "body_text", "article_text", "release_text",
        "press_release",
        "content_encoded", "content_text", "content_html", "body_html", "html", "body_markdown", "markdown", "article",
        "article_body", "main_text", "story", "details", "message", "description", "summary", "abstract", "excerpt",
        "texte", "contenu", "corps", "inhalt", "volltext", "mitteilung", "beschreibung", "résumé",
        "cuerpo", "texto", "contenido", "testo", "corpo", "tekst", "inhoud",
    ),
    "publisher": (
        "publisher", "organisation", "organization", "organisations", "organizations", "issued_by", "issuer", "agency",
        "department", "ministry", "office", "authority", "publishing_organisation", "org", "publisher_name",
        "organisation_name", "agency_name", "agencies", "departments", "ministries", "owner_org_title", "institution",
        "source_name", "from", "site_name", "creator",
        "herausgeber", "behörde", "ministerium", "organisme", "ministère", "éditeur", "émetteur",
        "organismo", "ministerio", "institución", "entidad", "ministero", "ente", "ministerie", "organisatie",
        "source", "author", "quelle", "auteur", "fuente", "bron", "component", "components",
    ),
    "published": (
        "published", "date", "published_at", "publish_date", "publication_date", "published_date", "date_published",
        "pub_date", "pubdate", "first_published_at", "release_date", "released", "issued", "date_issued", "issue_date",
        "date_published_utc", "published_on", "posted", "posted_at", "date_posted", "post_date", "press_release_date",
        "public_timestamp", "datetime", "time", "timestamp", "day", "created", "created_at", "fecha", "datum",
        "date_de_publication", "publié_le", "date_publication", "veröffentlicht", "veröffentlicht_am",
        "veröffentlichungsdatum", "erscheinungsdatum", "fecha_de_publicación", "fecha_publicación", "publicatiedatum",
        "data_di_pubblicazione", "data_pubblicazione", "data_de_publicação", "data_publicação",
    ),
    "id": ("id", "guid", "uuid", "release_id", "press_release_id", "document_id"),
    "url": (
        "url", "link", "href", "permalink", "canonical_url", "web_url", "page_url", "source_url", "uri", "address",
        "web_link",
    ),
    "language": ("language", "lang", "locale", "in_language", "language_code"),
    "updated": ("public_updated_at", "date_modified", "modified", "last_modified", "modified_at", "date_updated"),
}  # fmt: skip
"""For each field of a release, the names that are taken for it, in order of trust, compared without case and marks."""

_INSIDE = re.compile(
    r"(?:(?:attributes|fields|_source|data|record|node|properties|item|doc|dc|article)[.:])?(?:field_)?"
)
"""Objects and namespaces that hold the fields of a record: "attributes.title", "field_title" is its title."""

_IN_ENGLISH = re.compile(r"(?i:[_. -](?:en|eng|english))$|(?<=[a-z])E[nN]$")
"""How the name of a field ends that holds the English text beside one in another language: "title_en", "titleEn"."""

SEPARATOR = re.compile(r"\s*sep=(.)\s*")
"""The first line of a table of values by which Excel knows what parts its columns."""

_HEADER_WITHIN = 10
"""Within how many lines from the beginning a header stands; set by judgement."""

_TEXT_KEYS = (
    "rendered", "name", "title", "value", "text", "label", "#text", "_", "__cdata", "content", "body", "$t", "en",
    "html",
)  # fmt: skip
"""Where an object that stands for a text keeps it: WordPress, GOV.UK, XML converted to JSON."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which of a file's fields are those of a release; None leaves it to `RECOGNISED`.

    A name with dots leads into objects: "member.name". ``publisher_name`` is the publisher of releases that name none
    and, because theirs would be a guess, of all web pages, PDF and Word files.
    """

    title: str | None = None
    body: str | None = None
    publisher: str | None = None
    published: str | None = None
    id: str | None = None
    url: str | None = None
    updated: str | None = None
    publisher_name: str | None = None

    def named(self) -> dict[str, str]:
        """Return the fields that are given, by the field of a release."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "publisher_name"}
        return {name: value for name, value in given.items() if value is not None}


AS_RECOGNISED: Final = FieldMap()
"""Nothing is given: every field is recognised by its name."""


def parse_fields(pairs: Iterable[str], publisher: str | None = None) -> FieldMap:
    """Return the map of options such as "body=text"; raises `InputError` for one that is written otherwise."""
    found = FieldMap(publisher_name=publisher or None)
    names = [each.name for each in fields(FieldMap) if each.name != "publisher_name"]
    for pair in pairs:
        name, mark, value = pair.partition("=")
        name, value = name.strip(), value.strip()
        if name not in names or not mark or not value:
            fault = "needs a name after =" if name in names else f"must begin with one of {', '.join(names)}"
            raise InputError(
                f'--field "{pair}" {fault}', "write the release's field, then the file's: --field body=text"
            )
        if getattr(found, name) is not None:
            raise InputError(f"--field {name} is given twice", "leave one of them out")
        found = replace(found, **{name: value})
    return found


def plain_name(name: str) -> str:
    """Return the name of a field without case, marks and accents: "pubDate", "pub_date" and "Pub Date" are the same."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", name.lower()))


_PLAIN = {field: tuple(map(plain_name, names)) for field, names in RECOGNISED.items()}


def recognise(names: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each field of a release, the names among a file's own that may hold it, in order of trust."""
    plain = {plain_name(_IN_ENGLISH.sub("", _INSIDE.sub("", name, count=1))): name for name in reversed(names)}
    found = {field: [plain[each] for each in known if each in plain] for field, known in _PLAIN.items()}
    return {field: candidates for field, candidates in found.items() if candidates}


def delimiter_of(line: str) -> str:
    """Return what parts the columns of a line of a table of values."""
    return max(",;\t|", key=line.count)


def is_header(line: str) -> bool:
    """Return True if a line names two fields of a release in columns."""
    names = [name.strip().strip('"') for name in line.split(delimiter_of(line))]
    return len(names) > 1 and sum(field in recognise(names) for field in REQUIRED) > 1


def header_at(lines: Sequence[str]) -> int | None:
    """Return the number of the line that is the header of a table, or None; lines above it, titles, have one column."""
    for number, line in enumerate(lines[:_HEADER_WITHIN]):
        if is_header(line):
            return number
        if len(list(filter(None, map(str.strip, line.split(delimiter_of(line)))))) > 1 and not SEPARATOR.fullmatch(
            line
        ):
            return None
    return None


def value_of(record: Mapping[str, object], name: str) -> object:
    """Return the value of a field, into objects for a name with dots; None if there is none."""
    if name in record:
        return record[name]
    value: object = record
    for part in name.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def text_of(value: object, between: str = ", ", depth: int = 0) -> str:
    """Return the text that a value stands for: a text, a number as written, the text in an object, those of a list."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None or depth > 4:
        return ""
    if isinstance(value, int | float):
        return f"{value:.0f}" if isinstance(value, float) and value == int(value) else str(value)
    if isinstance(value, Mapping):
        texts = (text_of(value.get(key), between, depth + 1) for key in _TEXT_KEYS)
        return next(filter(None, texts), "")
    if isinstance(value, Sequence):
        return between.join(filter(None, (text_of(each, between, depth + 1) for each in value[:10_000])))
    return ""
