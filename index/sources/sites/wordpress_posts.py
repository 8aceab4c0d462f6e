"""Posts of WordPress's REST API as releases, from a site or from a file.

Times without an offset are those of the site, and their day is the one that readers see. The text of an archive that
copies releases says by whom and when each was issued ("The press release issued by the Home Office on 4 July 2025."):
that is the publisher and day, not the site and the day of the copy.
"""

from collections.abc import Mapping
from datetime import date, tzinfo

from pydantic import BaseModel, ConfigDict, ValidationError

from index.sources.build import MAX_ID, build_release, parse_iso_day
from index.sources.clean import EntryError
from index.sources.html.text import html_body, html_title
from index.sources.json_faults import sentence
from index.sources.tag_page_lines import match_issued, parse_heading, publisher_and_day
from index.sources.wire import part
from index.text.addresses import address_id, joined
from index.types import Release


class _Rendered(BaseModel):
    rendered: str = ""
    protected: bool = False


class Post(BaseModel):
    """The fields of a post that are read; ``link`` may be relative to the address of the site."""

    model_config = ConfigDict(extra="ignore")

    id: int
    date: str
    date_gmt: str | None = None
    modified: str | None = None
    modified_gmt: str | None = None
    link: str
    status: str = "publish"
    title: _Rendered
    content: _Rendered

    @property
    def is_public(self) -> bool:
        """True if everyone may read it: it is neither a draft nor protected by a password."""
        return self.status == "publish" and not self.content.protected


def is_post(record: Mapping[str, object]) -> bool:
    """Return True if an object of JSON has the shape of a post: title and text as they are rendered, and its link."""
    rendered = (record.get(name) for name in ("title", "content"))
    return all(isinstance(each, Mapping) and "rendered" in each for each in rendered) and "link" in record


def parse_post(record: object) -> Post:
    """Return a post; raises `EntryError` if it is none."""
    try:
        return Post.model_validate(record)
    except ValidationError as error:
        faults = [sentence(detail) for detail in error.errors(include_url=False)[:3]]
        raise EntryError(f"it is not a post of WordPress: {'; '.join(faults)}") from None


def address_of(post: Post, site: str) -> str:
    """Return the address of a post on a site; raises `EntryError`."""
    address = joined(f"{site}/", post.link)
    if address is None:
        raise EntryError(f'"{post.link[:80]}" is not the address of a page')
    return address


def read_post(post: Post, address: str | None, publisher: str, zone: tzinfo | None) -> Release:
    """Return the release of a post; ``publisher`` is that of a post that names none.

    Without an ``address`` its id is made of its other fields. Raises `EntryError` if it lacks what a release needs, and
    `NoPublisherError` if that is its publisher alone.
    """
    title, body = html_title(post.title.rendered), html_body(post.content.rendered, address)
    published = _day(post.date, post.date_gmt, zone)
    updated = _day(post.modified, post.modified_gmt, zone) if post.modified else None
    if published is None:
        raise EntryError(f'"{post.date[:40]}" is not a date')
    heading = parse_heading(title)
    first, _, rest = body.partition("\n\n")
    issued = match_issued(" ".join(first.split()), heading.label if heading else "")
    if issued is not None and rest:
        # The day of an archive's post is that of the copy.
        (publisher, published), body, updated = publisher_and_day(issued), rest, None
    wire = part(body, heading.title if heading else title)
    return build_release(
        title=heading.title if heading else title,
        body=wire.body,
        publisher=publisher,
        published=published,
        id=address_id(address, MAX_ID) if address else None,
        url=address,
        updated=updated,
    )


def _day(stamp: str | None, universal: str | None, zone: tzinfo | None) -> date | None:
    """Return the day of a post's time: in a zone that was given, or else on the site's own clock."""
    try:
        if zone is not None and universal:
            return parse_iso_day(universal if universal.endswith("Z") else f"{universal}Z", zone)
        return parse_iso_day(stamp) if stamp else None
    except EntryError:
        return None
