"""Answers of web APIs that were saved as files: GOV.UK's Content API and Search API, WordPress's REST API.

What these say is known, so their fields are not guessed: a release in a file is the one that a sync would have read.
"""

import json
from collections.abc import Mapping
from datetime import tzinfo

from index.sources.clean import has_words
from index.sources.records.fields import FieldMap, recognise, text_of
from index.sources.sites.govuk_items import WEBSITE, GoneItem, MovedItem, is_item, moved, read_item, release_entries
from index.sources.sites.wordpress_posts import is_post, parse_post, read_post
from index.text.addresses import joined
from index.types import Problem, Release, Skipped, Withdrawn

_SUMMARIES = frozenset({"description", "summary", "abstract", "excerpt"})
_PAGED = ("total", "start"), ("total_count", "current_page")
"""What a page of search results says beside its rows, which stand in "results"."""


def is_answer(record: Mapping[str, object]) -> bool:
    """Return True for an item of the Content API, or a post of WordPress."""
    return is_item(record) or is_post(record)


def read_answer(
    record: Mapping[str, object], where: str, zone: tzinfo, how: FieldMap
) -> list[Release | Withdrawn | Skipped | Problem]:
    """Return what an item or post gives, with the publisher of ``how`` if it names none; ``where`` is for the report.

    Raises `EntryError` if it lacks what a release needs, and `NoPublisherError` if that is its publisher alone.
    """
    if is_item(record):
        item = read_item(json.dumps(record), zone, how.publisher_name or "GOV.UK")
        if isinstance(item, MovedItem):
            return [moved(where, item)]
        return _gone(where, item) if isinstance(item, GoneItem) else release_entries(item)
    post = parse_post(record)
    if not post.is_public:
        return [Skipped(where, "it is not published for everyone")]
    # A link without a host is that of a site which the file does not name.
    return [read_post(post, joined(post.link, post.link), _publisher(record) or how.publisher_name or "", None)]


def no_releases(data: object) -> tuple[str, str] | None:
    """Return what an answer is that holds no text of any release, and what to do instead; None for any other."""
    if not isinstance(data, dict):
        return None
    if "namespaces" in data and "routes" in data:
        site = str(data.get("url") or data.get("home") or "SITE").rstrip("/")
        return "is the table of contents of a site's WordPress API", f"save its posts: {site}/wp-json/wp/v2/posts"
    rows = data.get("results")
    if not isinstance(rows, list) or not any(all(name in data for name in names) for names in _PAGED):
        return None
    texts = {name for row in rows if isinstance(row, dict) for name in recognise(list(row)).get("body", ())}
    if texts - _SUMMARIES:
        return None
    links = (row.get("link") or row.get("url") for row in rows if isinstance(row, dict))
    example = next((joined(WEBSITE, link) for link in links if isinstance(link, str)), None)
    return (
        f"is a list of search results without their texts ({len(rows)} of them)",
        'read the pages that it lists: name them as a source of kind "govuk" in pressqa.toml, or'
        f" pressqa ingest {example or 'ADDRESS'}",
    )


def _publisher(record: Mapping[str, object]) -> str:
    """Return the publisher that a field of a post names; its author is a number, and no publisher."""
    texts = (text_of(record[name]) for name in recognise(list(record)).get("publisher", ()))
    return next((text for text in texts if has_words(text) and not text.isdigit() and "://" not in text), "")


def _gone(where: str, item: GoneItem) -> list[Release | Withdrawn | Skipped | Problem]:
    since = f" since {item.day}" if item.day else ""
    told = Skipped(where, f"it is gone{since}{f': {item.notice}' if item.notice else ''}")
    return [Withdrawn(item.release_id, item.day, item.notice), told] if item.day else [told]
