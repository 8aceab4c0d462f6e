"""Items of GOV.UK's Content API: all real ones that are beside the repository, and what is wrong with others."""

import json
import unicodedata
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sources.build import LONDON
from index.sources.clean import EntryError
from index.sources.sites.govuk_items import ContentItem, GoneItem, MovedItem, read_item

SHARED = Path(__file__).parents[3].parent / "shared"
FILES = [
    *sorted((SHARED / "corpus" / "govuk-content-examples").glob("*.json")),
    *sorted((SHARED / "fixtures" / "govuk").glob("content-*.json")),
]
BARE = {
    "base_path": "/government/news/ferry-fares",
    "title": "Ferry fares fall",
    "document_type": "press_release",
    "first_published_at": "2025-01-02T10:00:00Z",
    "details": {"body": "<p>Fares fall by 5%.</p>"},
}


def read(**changes: Any) -> Any:
    return read_item(json.dumps(BARE | changes), LONDON)


@pytest.mark.shared
@pytest.mark.skipif(not FILES, reason="the real items are not beside the repository (../shared)")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_item_is_read(path: Path) -> None:
    item, raw = read_item(path.read_bytes(), LONDON), json.loads(path.read_bytes())
    if raw["document_type"] == "gone":
        assert isinstance(item, GoneItem)
        return
    if raw["document_type"] == "redirect":
        assert isinstance(item, MovedItem)
        assert item.address.startswith("https://www.gov.uk/maritime-safety-weather-and-navigation/register-406")
        return
    assert isinstance(item, ContentItem)
    release = item.release
    assert release.title == " ".join(raw["title"].split())
    assert release.url == f"https://www.gov.uk{raw['base_path']}"
    assert release.id == f"gov.uk{raw['base_path']}"
    named = [each["title"] for name, links in raw["links"].items() if "organisation" in name for each in links]
    assert release.publisher in (named or ["GOV.UK", raw["title"]])
    assert (item.withdrawn is not None) == bool(raw.get("withdrawn_notice"))
    assert item.locale == raw["locale"]
    assert release.published <= (release.updated or release.published)
    assert "<" not in release.body
    assert "[Inline" not in release.body
    for word in unicodedata.normalize("NFC", raw.get("description") or "").split():
        assert word in release.body


def test_the_day_is_that_of_london_and_the_dates_have_an_order_of_trust() -> None:
    assert read(first_published_at="2025-06-30T23:30:00Z").release.published == date(2025, 7, 1)
    older = {"body": "<p>Words.</p>", "first_public_at": "2011-03-04T00:00:00+00:00"}
    assert read(first_published_at=None, details=older).release.published == date(2011, 3, 4)
    history = [{"public_timestamp": "2014-05-08T15:38:28.000+01:00", "note": "Changed."}]
    history.append({"public_timestamp": "1881-02-27T15:45:44.000+00:00", "note": "First published."})
    early = read(first_published_at=None, details={"body": "<p>Words.</p>", "change_history": history})
    assert early.release.published == date(1881, 2, 27)
    both = read(public_updated_at="2025-02-03T09:00:00Z", updated_at="2025-12-24T00:00:00Z").release
    assert (both.published, both.updated) == (date(2025, 1, 2), date(2025, 2, 3))
    assert read(public_updated_at="2024-02-03T09:00:00Z").release.updated is None


def test_a_notice_without_words_withdraws_nothing() -> None:
    assert read(withdrawn_notice={}).withdrawn is None
    notice = {"explanation": "<p>Wrong.</p>", "withdrawn_at": "2025-05-01T23:30:00Z"}
    assert read(withdrawn_notice=notice).withdrawn == date(2025, 5, 2)


def test_a_political_item_was_published_under_a_government() -> None:
    older = {"title": "2010 to 2015 coalition government", "slug": "x", "current": False}
    linked = [{"title": "2015 Conservative government", "details": {"current": True}}]
    political = BARE["details"] | {"political": True, "government": older}
    assert read(details=political).release.government == "2010 to 2015 coalition government"
    assert read(details=political, links={"government": linked}).release.government == "2015 Conservative government"
    assert read(details=political | {"political": False}).release.government is None
    assert read(details=political | {"government": ["x"]}).release.government is None


def test_what_is_attached_and_described_is_in_the_body_once() -> None:
    attached = [{"title": "Fares table"}, {"title": "Fares fall by 5%."}, {"id": "x"}, "reference"]
    details = {"body": "<p>Fares fall by 5%.</p><ul><li>ferries</li></ul>", "attachments": attached}
    body = read(description="A summary.", details=details).release.body
    assert body == "A summary.\n\nFares fall by 5%.\n\n• ferries\n\nDocuments:\n• Fares table"
    typed = [{"content_type": "text/govspeak", "content": "*x*"}, {"content_type": "text/html", "content": "<p>y</p>"}]
    assert read(details={"body": typed}).release.body == "y"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": None}, "the title is empty"),
        ({"details": {}}, "the body is empty"),
        ({"first_published_at": "soon"}, "no date"),
        ({"base_path": 7}, "not an item"),
        ({"links": []}, "not an item"),
    ],
)
def test_what_a_release_needs_is_named(changes: Any, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        read(**changes)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_item_crashes_the_reader(data: st.DataObject) -> None:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("<p>x</p>"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["body", "title", "x"]), inner),
        max_leaves=5,
    )
    names = st.sampled_from([*BARE, "links", "redirects", "withdrawn_notice", "public_updated_at", "description"])
    text = json.dumps(BARE | data.draw(st.dictionaries(names, values, max_size=4))).encode()
    cut, byte = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 255))
    for broken in (text, text[:cut], text[:cut] + bytes([byte]) + text[cut + 1 :]):
        with suppress(EntryError):
            read_item(broken, LONDON)
