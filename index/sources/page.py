"""A release as one page or document holds it, before it is complete: a day or a publisher may be missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.sources.build import build_release, language_code
from index.sources.clean import EntryError
from index.sources.days import address_day
from index.sources.letterheads import letterhead_in
from index.sources.records.fields import AS_RECOGNISED, FieldMap
from index.sources.wire import Wire
from index.sources.wire_lines import issued
from index.types import Release


@dataclass(frozen=True, slots=True)
class Page:
    """A release as a page or document holds it. ``published`` and ``publisher`` are None if the page tells neither.

    ``dated_by`` says what told the date: "issued", "shown", "metadata", "marked", "alone", "dateline", "title" or
    "address"; "signed" is a day below the text, "file" the day on which a PDF was made, if days in its text agree.
    ``contacts`` are the lines for editors, which are no part of the body. ``pages`` are (offset into the body, page)
    for each page of a PDF, counted from 1; empty for what has no pages.
    """

    title: str
    body: str
    published: date | None
    publisher: str | None
    url: str | None = None
    language: str | None = None
    updated: date | None = None
    contacts: str = ""
    dated_by: str = ""
    pages: tuple[tuple[int, int], ...] = ()


def page_of_text(title: str, wire: Wire, name: str, made: date | None = None, around: Sequence[str] = ()) -> Page:
    """Return the page of a document without metadata: what its lines say, in the order of trust of `Page.dated_by`.

    ``name`` is that of the file, ``made`` a day that its metadata give and its text supports, ``around`` what stands in
    its headers and footers.
    """
    told = issued(wire.body)
    days = (
        ("issued", told[1] if told else None),
        ("shown", wire.day),
        ("alone", wire.alone),
        ("dateline", wire.dateline),
        ("signed", wire.signed[1]),
        ("address", address_day(name)),
        ("file", made),
    )
    dated_by, day = next(((how, day) for how, day in days if day is not None), ("", None))
    publisher = (told[0] if told else None) or wire.issuer or wire.source or wire.signed[0] or wire.letterhead
    publisher = publisher or letterhead_in(around) or wire.closing
    return Page(title, wire.body, day, publisher, contacts=wire.contacts, dated_by=dated_by)


def release_of(page: Page, name: str, how: FieldMap = AS_RECOGNISED) -> Release:
    """Return the release of a page; ``how`` gives the publisher, which otherwise is what the page tells.

    Raises `EntryError`, with what to do, if the page tells no day or no publisher, or cannot be a release.
    """
    publisher = how.publisher_name or page.publisher
    if page.published is None:
        raise EntryError(
            f'it states no day of publication ("{page.title[:60]}"): put the day into the name of the file, as in'
            f" 2025-01-31-{name}"
        )
    if not publisher:
        raise EntryError(f'it names no publisher ("{page.title[:60]}"): give one with --publisher NAME')
    return build_release(
        title=page.title,
        body=page.body,
        publisher=publisher,
        published=page.published,
        id=page.url if page.url is not None and len(page.url) < 400 else None,
        url=page.url,
        updated=page.updated,
        language=language_code(page.language),
    )
