"""Items of GOV.UK's Content API: a release, a page that is gone, or one that moved.

Of the dates of an item, the first that is given counts: for the day of publication ``first_published_at``,
``details.first_public_at`` (older items have only this one) and the earliest of ``change_history``; for the day of the
last update ``public_updated_at``, never ``updated_at``, which is when a machine published it again. The text of a
withdrawn item stays, and ``withdrawn_notice`` says when it was withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.sources.build import MAX_ID, build_release, clean_notice, parse_iso_day
from index.sources.clean import EntryError, clean_body, clean_line
from index.sources.html.text import html_body
from index.sources.json_faults import sentence
from index.sources.languages import readable
from index.text.addresses import address_id, joined
from index.types import ChangeNote, Problem, Release, Skipped, Withdrawn

WEBSITE = "https://www.gov.uk"
"""Where people read the items, whichever host the API was read from."""

_PUBLISHERS = (
    "primary_publishing_organisation",
    "lead_organisations",
    "organisations",
    "emphasised_organisations",
    "worldwide_organisations",
    "ordered_parent_organisations",
)
"""The links of an item that name its publisher, the surest first."""

_FIRST_NOTE = "First published"

_PARTS = ("public_feedback_detail", "final_outcome_detail")
"""Further texts in the details of consultations."""


@dataclass(frozen=True, slots=True)
class ContentItem:
    """An item that is a release, with its kind ("press_release"), its language ("en", "cy") and its withdrawal if any.

    ``withdrawn`` is the day of the withdrawal, ``notice`` what was said of it.
    """

    release: Release
    document_type: str
    locale: str
    withdrawn: date | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class GoneItem:
    """An item whose page was taken away on ``day``; ``release_id`` is the id that its release has, if it was read.

    ``notice`` is what was said of it.
    """

    release_id: str
    day: date | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class MovedItem:
    """An item whose page now is at another address."""

    address: str


class _Linked(BaseModel):
    title: str | None = None


class _Redirect(BaseModel):
    destination: str | None = None


class _Notice(BaseModel):
    withdrawn_at: str | None = None
    explanation: str | None = None


class _Change(BaseModel):
    public_timestamp: str | None = None
    note: str | None = None


class _Attachment(BaseModel):
    title: str | None = None


class _Text(BaseModel):
    content_type: str | None = None
    content: str = ""


class _Group(BaseModel):
    title: str | None = None
    body: str | list[_Text] | None = None


class _Details(BaseModel):
    model_config = ConfigDict(extra="ignore")

    body: str | list[_Text] | None = None
    first_public_at: str | None = None
    explanation: str | None = None
    change_history: list[_Change] | None = None
    attachments: list[_Attachment | Any] | None = None
    collection_groups: list[_Group] | None = None
    public_feedback_detail: str | None = None
    final_outcome_detail: str | None = None
    political: Any = None
    government: _Linked | Any = None


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_path: str
    content_id: str | None = None
    title: str | None = None
    description: str | None = None
    document_type: str = ""
    locale: str = "en"
    first_published_at: str | None = None
    public_updated_at: str | None = None
    withdrawn_notice: _Notice | None = None
    details: _Details = Field(default_factory=_Details)
    links: dict[str, list[_Linked | Any]] = Field(default_factory=dict)
    redirects: list[_Redirect] | None = None


def is_item(record: Mapping[str, object]) -> bool:
    """Return True if an object of JSON has the shape of an item: its path on the site, its kind, and what it holds."""
    path = record.get("base_path")
    has_kind = "document_type" in record or "schema_name" in record
    return isinstance(path, str) and has_kind and any(name in record for name in ("details", "links", "redirects"))


def read_item(text: str | bytes, zone: tzinfo, publisher: str = "GOV.UK") -> ContentItem | GoneItem | MovedItem:
    """Return what an item of the Content API is; ``publisher`` is that of an item that names none.

    Days are those of the ``zone``. Raises `EntryError` if it is no item, or lacks what a release needs.
    """
    try:
        item = _Item.model_validate_json(text)
    except ValidationError as error:
        faults = [sentence(detail) for detail in error.errors(include_url=False)[:3]]
        raise EntryError(f"it is not an item of the Content API: {'; '.join(faults)}") from None
    except RecursionError:
        raise EntryError("it is not an item of the Content API: nested too deeply") from None
    address = joined(WEBSITE, item.base_path)
    if address is None:
        raise EntryError(f'"{item.base_path[:80]}" is not the path of a page')
    name = address_id(address, MAX_ID)
    if item.document_type == "gone":
        return GoneItem(name, _day(item.public_updated_at, zone), _plain(item.details.explanation))
    if item.document_type == "redirect":
        places = (joined(WEBSITE, each.destination or "/") for each in item.redirects or ())
        return MovedItem(next((place for place in places if place is not None), WEBSITE))
    published = _published(item, zone)
    release = build_release(
        title=item.title or "",
        body=_body(item, address),
        publisher=_publisher(item) or publisher,
        published=published,
        id=name,
        url=address,
        updated=_day(item.public_updated_at, zone),
        language=item.locale,
        content_id=item.content_id,
        changes=_changes(item, zone),
        government=_government(item),
    )
    withdrawn = _withdrawn(item, zone)
    return ContentItem(release, item.document_type, item.locale, withdrawn, _notice(item) if withdrawn else None)


def explanation(content: bytes, zone: tzinfo) -> str | None:
    """Return what was said of a page that is gone, by the answer for it; None if that tells nothing."""
    try:
        item = read_item(content, zone)
    except EntryError:
        return None
    return item.notice if isinstance(item, GoneItem) else None


def item_entries(
    text: bytes, where: str, languages: Sequence[str], today: date, zone: tzinfo
) -> list[Release | Withdrawn | Skipped | Problem]:
    """Return what a source yields of an item; ``today`` is the day of a page that is gone without saying since when.

    A release in none of ``languages`` is skipped. Raises `EntryError` if it is no item, or lacks what a release needs.
    """
    item = read_item(text, zone)
    if isinstance(item, GoneItem):
        return [Withdrawn(item.release_id, item.day or today, item.notice)]
    if isinstance(item, MovedItem):
        return [moved(where, item)]
    return content_entries(item, where, languages)


def moved(where: str, item: MovedItem) -> Skipped:
    """Return what a source yields of a page that now is elsewhere."""
    return Skipped(where, f"it has moved to {item.address}")


def content_entries(
    item: ContentItem, where: str, languages: Sequence[str]
) -> list[Release | Withdrawn | Skipped | Problem]:
    """Return what a source yields of an item that is a release; one in none of ``languages`` is skipped."""
    read = readable(item.release, item.release.url or where, languages)
    return release_entries(item) if read is item.release else [read]


def release_entries(item: ContentItem) -> list[Release | Withdrawn | Skipped | Problem]:
    """Return the release of an item in whatever language, with its withdrawal if it has one."""
    if item.withdrawn is not None:
        return [item.release, Withdrawn(item.release.id, item.withdrawn, item.notice)]
    return [item.release]


def _published(item: _Item, zone: tzinfo) -> date:
    history = [change.public_timestamp for change in item.details.change_history or () if change.public_timestamp]
    stamps = [item.first_published_at, item.details.first_public_at, *sorted(history)[:1], item.public_updated_at]
    day = next((day for stamp in stamps if (day := _day(stamp, zone)) is not None), None)
    if day is None:
        raise EntryError("it has no date of publication")
    return day


def _day(stamp: str | None, zone: tzinfo) -> date | None:
    try:
        return parse_iso_day(stamp, zone) if stamp else None
    except EntryError:
        return None


def _withdrawn(item: _Item, zone: tzinfo) -> date | None:
    """Return the day of the withdrawal; an empty notice is none, one without a date is as old as the last update."""
    notice = item.withdrawn_notice
    if notice is None or not (notice.withdrawn_at or notice.explanation):
        return None
    return _day(notice.withdrawn_at, zone) or _day(item.public_updated_at, zone)


def _notice(item: _Item) -> str | None:
    said = item.withdrawn_notice.explanation if item.withdrawn_notice is not None else None
    return _plain(said)


def _plain(said: str | None) -> str | None:
    """Return the words of an explanation, which is HTML."""
    return clean_notice(html_body(said or "", WEBSITE))


def _changes(item: _Item, zone: tzinfo) -> list[ChangeNote]:
    """Return the notes of changes; that of the first publication tells nothing."""
    told = [(_day(each.public_timestamp, zone), each.note or "") for each in item.details.change_history or ()]
    return [ChangeNote(day, note) for day, note in told if day is not None and note.strip(" .") != _FIRST_NOTE]


def _government(item: _Item) -> str | None:
    """Return the government under which a political item was published, which its page says once there is another."""
    if item.details.political is not True:
        return None
    named = [*(item.links.get("government") or ()), item.details.government]
    return next((each.title for each in named if isinstance(each, _Linked) and each.title), None)


def _publisher(item: _Item) -> str:
    if item.document_type == "organisation":
        return item.title or ""
    for name in _PUBLISHERS:
        for linked in item.links.get(name) or ():
            if isinstance(linked, _Linked) and clean_line(linked.title or ""):
                return linked.title or ""
    return ""


def _body(item: _Item, address: str) -> str:
    """Return the description, the text, and the titles of what is attached, as the page shows them."""
    details = item.details
    parts = [html_body(_html(details.body), address)]
    for group in details.collection_groups or ():
        parts += [clean_line(group.title or ""), html_body(_html(group.body), address)]
    parts += [html_body(getattr(details, name) or "", address) for name in _PARTS]
    titles = [clean_line(each.title or "") for each in details.attachments or () if isinstance(each, _Attachment)]
    text = "\n\n".join(part for part in parts if part)
    missing = [title for title in titles if title and title not in text]
    attached = "\n".join(["Documents:", *(f"• {title}" for title in missing)]) if missing else ""
    lead = clean_body(item.description or "")
    lead = "" if text.startswith(lead) else lead
    return "\n\n".join(part for part in (lead, text, attached) if part)


def _html(body: str | list[_Text] | None) -> str:
    if isinstance(body, list):
        return next((each.content for each in body if each.content_type in (None, "text/html")), "")
    return body or ""
