"""GOV.UK's releases read from a site on loopback that speaks its two APIs."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from eval.bench.loopback import GovukSite
from index.errors import UnknownReleaseError
from index.sources.sites import govuk
from index.sources.sites.govuk import GovukQuery, GovukReleases
from index.sources.web.reading import Rechecks
from index.types import ChangeNote, SearchFilter, SyncReport

Sync = Callable[..., SyncReport]


@pytest.fixture
def site() -> Iterator[GovukSite]:
    with GovukSite() as opened:
        yield opened


def item(number: int, body: str = "", **changes: Any) -> dict[str, Any]:
    day = f"2025-01-{1 + number % 28:02}T09:30:00.000+00:00"
    organisation = {"title": "Home Office", "base_path": "/government/organisations/home-office"}
    made = {
        "base_path": f"/government/news/item-{number}",
        "title": f"Item {number}",
        "description": f"About uniq{number}.",
        "document_type": "press_release",
        "locale": "en",
        "first_published_at": day,
        "public_updated_at": day,
        "withdrawn_notice": {},
        "details": {"body": f"<div><p>{body or f'Item {number} says uniq{number}.'}</p></div>"},
        "links": {"organisations": [organisation]},
    }
    return made | changes


def source(site: GovukSite, rechecks: Rechecks | None = None, **query: Any) -> tuple[str, Callable[..., Any]]:
    def make(client: Any, pages: Any) -> GovukReleases:
        asked = GovukQuery(**query)
        return GovukReleases(
            "govuk", client, pages, asked, today=date(2025, 3, 1), site=site.address, rechecks=rechecks
        )

    return "govuk", make


def content_requests(site: GovukSite) -> list[Any]:
    return [asked for asked in site.asked if asked.path.startswith("/api/content")]


def test_a_second_run_asks_only_for_what_changed(site: GovukSite, sync: Sync, lab: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(govuk, "_ROWS", 7)
    monkeypatch.setattr(govuk, "_OVERLAP", 2)
    for number in range(40):
        site.publish(item(number))
    for number in range(40, 60):  # a day that needs more than one part of the list
        site.publish(item(number, public_updated_at="2025-02-01T10:00:00.000+00:00"))
    report = sync(source(site))
    assert (report.added, report.problems, report.skipped) == (60, (), ())
    assert len(content_requests(site)) == 60, "each page is read once, though parts of the list overlap"
    assert {release.id for release in lab.everything()} == {f"gov.uk/government/news/item-{n}" for n in range(60)}

    site.asked.clear()
    report = sync(source(site, Rechecks(None)))
    assert (report.added, report.changed) == (0, 0)
    assert content_requests(site) != [], "the last day is listed again"
    assert all(asked.is_conditional for asked in site.asked if asked.path.startswith("/api/content"))

    site.asked.clear()
    site.publish(item(5, "Other words.", public_updated_at="2025-02-10T08:00:00.000+00:00"))
    site.publish(item(99, public_updated_at="2025-02-09T08:00:00.000+00:00"))
    report = sync(source(site, Rechecks(None)))
    assert (report.added, report.changed) == (1, 1)
    with closing(lab.catalog()) as catalog:
        name = "gov.uk/government/news/item-5"
        assert catalog.release(name, SearchFilter(as_of=date(2025, 2, 9))).body.endswith("Item 5 says uniq5.")
        assert catalog.release(name, SearchFilter(as_of=date(2025, 2, 10))).body.endswith("Other words.")


def test_nothing_changed_means_conditional_requests_only(site: GovukSite, sync: Sync) -> None:
    for number in range(30):
        site.publish(item(number))
    sync(source(site))
    site.asked.clear()
    report = sync(source(site, Rechecks(after=0)))
    assert report.unchanged == 30
    asked = [each for each in site.asked if not each.path.startswith("/robots.txt")]
    assert len(asked) == 31
    assert all(each.is_conditional and each.status == 304 for each in asked)


def test_a_withdrawn_release_stays_and_is_marked(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1))
    site.publish(item(2))
    sync(source(site))
    site.publish(item(1, withdrawn_notice={"explanation": "<p>Old.</p>", "withdrawn_at": "2025-02-20T10:00:00+00:00"}))
    site.publish({"base_path": "/government/news/item-2", "document_type": "gone", "details": {"explanation": ""}})
    assert sync(source(site)).withdrawn == 0, "the search does not say so"
    assert sync(source(site, Rechecks(after=0))).withdrawn == 2
    stored = {release.id[-6:]: release for release in lab.everything()}
    assert stored["item-1"].withdrawn == date(2025, 2, 20)
    assert stored["item-2"].withdrawn == date(2025, 3, 1)
    assert stored["item-1"].body.endswith("uniq1.")
    assert lab.search("uniq1", 1)[0].passage.release.withdrawn == date(2025, 2, 20)


def test_what_is_said_of_a_release_is_kept_and_a_correction_of_it_is_no_revision(
    site: GovukSite, sync: Sync, lab: Any
) -> None:
    history = [
        {"public_timestamp": "2025-01-02T09:30:00.000+00:00", "note": "First published."},
        {"public_timestamp": "2025-02-03T10:00:00.000+00:00", "note": "Added  a translation."},
    ]
    site.publish(item(1, content_id="c-1"))
    sync(source(site))
    details = {"body": "<p>Item 1 says uniq1.</p>", "change_history": history}
    site.publish(item(1, content_id="c-1", details=details))
    assert sync(source(site, Rechecks(after=0))).unchanged == 1
    (stored,) = lab.everything()
    assert (stored.language, stored.content_id) == ("en", "c-1")
    assert stored.changes == (ChangeNote(date(2025, 2, 3), "Added a translation."),)
    notice = {"explanation": "<div><p>It is <em>out of date</em>.</p></div>", "withdrawn_at": "2025-02-20T10:00:00Z"}
    site.publish(item(1, content_id="c-1", details=details, withdrawn_notice=notice))
    assert sync(source(site, Rechecks(after=0))).withdrawn == 1
    site.publish(item(1, details=details, withdrawn_notice=notice | {"explanation": "<p>Superseded.</p>"}))
    assert sync(source(site, Rechecks(after=0))).withdrawn == 0
    with closing(lab.catalog()) as catalog:
        (revision,) = catalog.history("gov.uk/government/news/item-1")
    assert revision.release.withdrawn_notice == "Superseded."
    assert (revision.release.content_id, len(revision.changes)) == ("c-1", 1), "what is not said again stays"


def test_a_text_is_not_seen_before_the_last_change_that_its_publisher_notes(
    site: GovukSite, sync: Sync, lab: Any
) -> None:
    stamp = "2025-02-03T10:00:00.000+00:00"
    history = [{"public_timestamp": stamp, "note": "A figure was corrected."}]
    details = {"body": "<p>Item 1 says uniq1.</p>", "change_history": history}
    site.publish(item(1, public_updated_at=stamp, details=details))
    site.publish(item(2, public_updated_at=stamp))
    sync(source(site))
    with closing(lab.catalog()) as catalog:
        (noted,) = catalog.history("gov.uk/government/news/item-1")
        (only_updated,) = catalog.history("gov.uk/government/news/item-2")
        assert (noted.valid_from, only_updated.valid_from) == (date(2025, 2, 3), date(2025, 1, 3))
        assert catalog.release(noted.release.id, SearchFilter(as_of=date(2025, 2, 3))) == noted.release
        with pytest.raises(UnknownReleaseError):
            catalog.release(noted.release.id, SearchFilter(as_of=date(2025, 2, 2)))


def test_a_page_that_moves_is_the_same_release_at_a_new_address(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1, content_id="c-1"))
    site.publish(item(2, content_id="c-2"))
    site.publish(item(2, content_id="c-2", locale="cy", base_path="/government/news/item-2.cy"))
    both = ("en", "cy")
    assert sync(source(site, languages=both)).added == 3, "a translation is a release of its own"
    # The first is listed at its new place; the second is not, because its update was long ago.
    site.publish(item(1, content_id="c-1", base_path="/government/news/one", public_updated_at="2025-02-01T10:00:00Z"))
    site.publish(item(2, content_id="c-2", base_path="/government/news/two", public_updated_at="2024-01-01T10:00:00Z"))
    site.publish({"base_path": "/government/news/item-1", "document_type": "gone"})
    redirects = [{"path": "/government/news/item-2", "type": "exact", "destination": "/government/news/two"}]
    site.publish({"base_path": "/government/news/item-2", "document_type": "redirect", "redirects": redirects})
    report = sync(source(site, Rechecks(after=0), languages=both))
    assert (report.added, report.changed, report.withdrawn, report.problems) == (0, 2, 0, ())
    stored = {release.id.rpartition("/")[2]: release for release in lab.everything()}
    assert {name: release.url.rpartition("/")[2] for name, release in stored.items()} == {
        "item-1": "one",
        "item-2": "two",
        "item-2.cy": "item-2.cy",
    }
    assert {release.withdrawn for release in stored.values()} == {None}, "a page that moved is not withdrawn"
    with closing(lab.catalog()) as catalog:
        origins = catalog.origins("gov.uk/government/news/item-1")
        assert [(each.matched, each.address.rpartition("/")[2]) for each in origins] == [
            ("id", "item-1"),
            ("content_id", "one"),
        ]
        assert len(catalog.history("gov.uk/government/news/item-1")) == 2
        now, before = catalog.history("gov.uk/government/news/item-2")
        assert now.valid_from == before.valid_from, "the same text stands at its new address from the first day on"
    site.publish({"base_path": "/government/news/one", "document_type": "gone"})
    assert sync(source(site, Rechecks(after=0), languages=both)).withdrawn == 1, "its last page is gone"


def test_two_pages_of_one_run_are_two_releases_whatever_their_content_id(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1, content_id="c-1"))
    site.publish(item(2, content_id="c-1"))
    report = sync(source(site))
    assert (report.added, report.problems) == (2, ())
    site.publish(item(2, "Other words.", content_id="c-1", public_updated_at="2025-02-03T10:00:00.000+00:00"))
    report = sync(source(site, Rechecks(after=0)))
    assert (report.added, report.changed, report.problems) == (0, 1, ())
    assert sorted(release.id[-6:] for release in lab.everything()) == ["item-1", "item-2"]


def test_what_is_said_of_a_page_that_is_gone_is_kept(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1))
    sync(source(site))
    gone = {"base_path": "/government/news/item-1", "document_type": "gone"}
    site.publish(gone | {"details": {"explanation": "<p>Published in error.</p>"}})
    assert sync(source(site, Rechecks(after=0))).withdrawn == 1
    (stored,) = lab.everything()
    assert stored.withdrawn_notice == "Published in error."


def test_a_page_that_moves_to_what_is_no_release_is_not_read_there(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1))
    sync(source(site))
    site.publish(item(1, base_path="/guidance/all", document_type="guide"))
    redirects = [{"path": "/government/news/item-1", "type": "exact", "destination": "/guidance/all"}]
    site.publish({"base_path": "/government/news/item-1", "document_type": "redirect", "redirects": redirects})
    report = sync(source(site, Rechecks(after=0)))
    assert (report.added, report.changed) == (0, 0)
    assert any("it is a guide" in each.reason for each in report.skipped)
    assert [release.id for release in lab.everything()] == ["gov.uk/government/news/item-1"]


def test_what_fails_is_tried_again_and_nothing_else_is_lost(site: GovukSite, sync: Sync, lab: Any) -> None:
    def broken(handler: Any) -> None:
        handler.send_response(500)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    for number in range(5):
        site.publish(item(number))
    site.publish(item(7, title=""))
    site.faults["/api/content/government/news/item-3"] = broken
    report = sync(source(site))
    assert report.added == 4
    reasons = {problem.where.rpartition("/")[2]: problem.reason for problem in report.problems}
    assert reasons == {
        "item-3": "the server answers 500; try again later",
        "item-7": "the title is empty; give the entry a title",
    }
    site.faults.clear()
    site.publish(item(7, title="Now it has one"))
    site.publish(item(20))
    report = sync(source(site))
    assert (report.added, report.problems) == (3, ())
    assert len(lab.everything()) == 7


def test_what_the_model_cannot_read_is_reported_and_not_stored(site: GovukSite, sync: Sync, lab: Any) -> None:
    site.publish(item(1))
    site.publish(item(2, locale="cy", base_path="/government/news/item-2.cy"))
    site.publish(
        {"base_path": "/government/news/item-3", "document_type": "redirect", "public_updated_at": "2025-01-01"}
    )
    report = sync(source(site))
    assert (report.added, report.problems) == (1, ())
    assert [(each.where, 'language "cy"' in each.reason) for each in report.skipped] == [
        ("https://www.gov.uk/government/news/item-2.cy", True)
    ]
    sync(source(site, languages=("en", "cy"), again_from=date(2025, 1, 1)))
    assert len(lab.everything()) == 1, "an unchanged page is not read again"


def test_only_what_is_asked_for_is_read(site: GovukSite, sync: Sync) -> None:
    site.publish(item(1))
    site.publish(item(2, document_type="speech"))
    site.publish(item(3, links={"organisations": [{"title": "Other", "base_path": "/government/organisations/other"}]}))
    site.publish(item(20))
    report = sync(source(site, organisations=("home-office",), start=date(2025, 1, 10)))
    assert report.added == 1
    assert sync(source(site, organisations=("home-office", "other"), again_from=date(2025, 1, 1))).added == 2


def test_a_list_that_is_none_is_an_error(site: GovukSite, sync: Sync) -> None:
    site.put("/api/search.json", "<html>", "text/html")
    site.reply = lambda path, query: site.pages.get(path) or type(site).reply(site, path, query)  # type: ignore[method-assign]
    with pytest.raises(Exception, match=r"not an answer of GOV\.UK's Search API"):
        sync(source(site))
