"""A page that was linked to: who may say that it is a release of GOV.UK."""

import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from index.sources.clean import EntryError
from index.sources.sites.linked_page import Read, linked_release
from index.sources.web.types import NOTHING_KNOWN, Fetched
from index.types import Release

ITEM = {
    "base_path": "/government/news/ferry-fares-fall",
    "title": "Ferry fares fall",
    "document_type": "press_release",
    "locale": "en",
    "first_published_at": "2025-01-04T09:00:00Z",
    "public_updated_at": "2025-01-04T09:00:00Z",
    "details": {"body": "<p>Fares on all ferries fall by 5% in April.</p>"},
    "links": {"organisations": [{"title": "Home Office"}]},
}


def read(address: str, content: bytes = json.dumps(ITEM).encode(), kind: str = "application/json") -> Read:
    fetched = Fetched(address, 200, content, f"{kind}; charset=utf-8", NOTHING_KNOWN)
    return linked_release(
        fetched,
        None,
        publisher=None,
        otherwise="",
        languages=("en",),
        today=date(2025, 2, 1),
        zone=ZoneInfo("Europe/London"),
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://www.gov.uk/api/content/government/news/ferry-fares-fall",
        "http://127.0.0.1:8000/api/content/government/news/ferry-fares-fall",
    ],
)
def test_gov_uk_and_a_mirror_of_ones_own_are_believed(address: str) -> None:
    (found,) = read(address)
    assert isinstance(found, Release)
    assert found.publisher == "Home Office"


@pytest.mark.parametrize("address", ["https://evil.example/x", "https://gov.uk.evil.example/x", "https://8.8.8.8/x"])
def test_another_site_cannot_speak_for_gov_uk(address: str) -> None:
    with pytest.raises(EntryError, match="and not from GOV"):
        read(address)


def test_the_address_of_a_feed_is_told_from_that_of_a_page() -> None:
    feed = b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>News</title></channel></rss>'
    with pytest.raises(
        EntryError, match=r'it is a feed, and no page: write .*kind = "feed" and url = "https://a.test/x"'
    ):
        read("https://a.test/x", feed, "text/html")
