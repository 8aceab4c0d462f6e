"""The pages of releases, of figures, and the feed."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.web.feed import _entries
from qa import upkeep
from qa.compose import open_engine
from qa.settings import Settings
from qa.types import Answer, Citation, IndexInfo, TimelinePoint

QUESTION = "how many smugglers were removed from ports?"
ATOM = "{http://www.w3.org/2005/Atom}"


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def links(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]*)"', html)]


def test_releases_are_listed_newest_first_and_each_link_leads_to_its_page(pages: TestClient) -> None:
    html = pages.get("/releases").text
    leading = [link for link in links(html) if link.startswith("release?")]
    titles = [words(found) for found in re.findall(r"<h3>(.*?)</h3>", html)]
    assert len(leading) == len(titles) == 8
    assert titles[0] == "Removals of smugglers reach 2,580"
    for link, title in zip(leading, titles, strict=True):
        assert words(re.findall(r"<h1>(.*?)</h1>", pages.get(f"/{link}").text)[0]) == title


def test_pages_say_that_a_release_was_withdrawn(pages: TestClient) -> None:
    tag = "withdrawn 6 March 2024"
    listed = words(pages.get("/releases").text)
    assert listed.count("withdrawn") == 1
    assert f"Lighthouse Board, 5 February 2024 {tag}" in listed
    answer = pages.get("/", params={"q": "how many lamps did the lighthouse board buy?"}).text
    assert "The publisher withdrew this release on 6 March 2024: it may not hold any more." in words(answer)
    assert "5 February 2024 (withdrawn on 6 March 2024)" in words(answer), "citations say so"
    (leading,) = {link for link in links(answer) if link.startswith("release?id=lamps") and "answer=" in link}
    release = pages.get(f"/{leading}").text
    assert "The publisher withdrew this release on 6 March 2024" in words(release)
    assert "<q>The scheme has &lt;b&gt;ended&lt;/b&gt;.</q>" in release
    assert "20 February 2024: The number of lamps was corrected." in words(release)
    assert "Published under the 2022 <b>Conservative</b> government." in words(release)
    assert '<div class="body" lang="en" dir="auto">' in release
    assert tag in words(pages.get("/figures", params={"q": "lamps bought"}).text)
    assert tag in words(pages.get("/releases", params={"q": "lamps bought"}).text)


def test_releases_are_filtered_and_searched(pages: TestClient) -> None:
    filtered = pages.get("/releases", params={"publisher": "ships agency", "since": "2024-06-01"}).text
    assert re.findall(r"<h3><a[^>]*>(.*?)</a>", filtered) == ["Ships inspected by port"]
    found = pages.get("/releases", params={"q": "lanterns on the quay"}).text
    assert re.findall(r"<h3><a[^>]*>(.*?)</a>", found)[0] == "The long report on the quay"
    assert pages.get("/releases", params={"cursor": "nonsense"}).status_code == 422
    assert "There is a problem" in pages.get("/releases", params={"publisher": "Nobody"}).text


def test_a_long_list_has_pages(tmp_path: Path, ingest: Callable[..., Settings]) -> None:
    many = [
        {
            "id": f"r{n}",
            "title": f"Ship {n}",
            "body": f"Ship {n} came.",
            "publisher": "P & Q",
            "published": "2024-01-01",
        }
        for n in range(31)
    ]
    engine = open_engine(ingest(tmp_path, many))
    with TestClient(create_app(engine=engine)) as client:
        html = client.get("/releases", params={"publisher": "P & Q"}).text
        following = next(link for link in links(html) if "cursor=" in link)
        second = client.get(f"/{following}").text
    engine.close()
    assert html.count("<h3>") == 30
    assert second.count("<h3>") == 1
    assert "releases?publisher=P+%26+Q" in links(second) or "releases?publisher=P%20%26%20Q" in links(second)


def test_a_revised_release_shows_its_texts_and_what_changed(pages: TestClient) -> None:
    html = pages.get("/release", params={"id": "revised-2024"}).text
    assert "£9 million" in words(html)
    assert "Text 2, shown above" in words(html)
    changes = pages.get(f"/{next(link for link in links(html) if link.startswith('changes?'))}").text
    assert re.search(r"<del>.*£7.*</del>", changes)
    assert re.search(r"<ins>.*£9.*</ins>", changes)
    old = pages.get("/release", params={"id": "revised-2024", "revision": "1"}).text
    assert "£7 million" in words(old)
    assert "This is an earlier text" in words(old)
    then = pages.get("/release", params={"id": "revised-2024", "as_of": "2024-06-01"}).text
    assert "£7 million" in words(then)


@pytest.mark.parametrize("address", ["/release?id=revised-2024&revision=99", "/changes?id=revised-2024&from=99&to=2"])
def test_a_text_that_a_release_does_not_have_is_told_with_those_it_has(pages: TestClient, address: str) -> None:
    got = pages.get(address)
    assert got.status_code == 404
    assert "The release has no such text" in words(got.text)
    assert "'revised-2024' has no text number 99: it has the texts 1 to 2." in words(got.text)


def test_a_link_to_a_quote_of_a_replaced_text_shows_that_text(pages: TestClient) -> None:
    answer = pages.get("/", params={"q": "how much do lighthouses share in grants?", "as_of": "2024-06-01"}).text
    link = next(link for link in links(answer) if link.startswith("release?") and "&text=" in link)
    shown = pages.get(f"/{link}").text
    assert re.findall(r'id="quote"[^>]*>([^<]*)</mark>', shown) == ["Lighthouses share grants of £7 million."]
    lost = pages.get("/release", params={"id": "revised-2024", "quote": "0-9", "text": "f" * 16}).text
    assert "could not be marked" in words(lost)
    assert "<mark" not in lost


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/release", 404),
        ("/release?id=nothing", 404),
        ("/release?id=%ED%A0%80", 404),
        ("/release?id=table-2024&revision=99", 404),
        ("/release?id=table-2024&revision=x", 422),
        ("/release?id=table-2024&quote=9-1&answer=..", 200),
        ("/release?id=table-2024&quote=0-999999999", 200),
        ("/release?id=table-2024&as_of=never", 422),
        ("/release?id=table-2024&as_of=2020-01-01", 404),
        ("/changes?id=table-2024", 200),
        ("/changes?id=table-2024&from=x&to=2", 422),
        ("/changes?id=table-2024&from=1&to=2", 404),
        ("/figures.csv", 422),
        ("/feed", 422),
        ("/feed?q=%3F%3F", 422),
        ("/ask/fragments?q=%3F%3F", 422),
        ("/static/../pages.py", 404),
        ("/static/nothing.css", 404),
    ],
)
def test_a_bad_address_is_told_on_a_page_and_never_a_failure(pages: TestClient, address: str, status: int) -> None:
    got = pages.get(address, headers={"Accept": "text/html"})
    assert got.status_code == status, got.text
    if not address.startswith("/static"):
        assert got.headers["content-type"].startswith("text/html")


def test_figures_are_searched_and_downloaded(pages: TestClient) -> None:
    html = pages.get("/figures", params={"q": "ships inspected", "unit": "GBP"}).text
    stated = [words(found) for found in re.findall(r'<th scope="row" data-name="Stated">(.*?)</th>', html)]
    assert stated
    assert all("£" in each for each in stated)
    got = pages.get(f"/{next(link for link in links(html) if link.startswith('figures.csv?'))}")
    assert got.headers["content-disposition"] == 'attachment; filename="figures.csv"'
    rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert [row["text"] for row in rows][: len(stated)] == stated
    assert {row["unit"] for row in rows} == {"GBP"}
    wrong = pages.get("/figures", params={"q": "x", "period_from": "2025-01-02", "period_to": "2025-01-01"})
    assert wrong.status_code == 422
    assert 'href="#period_from"' in wrong.text


def test_a_search_for_words_that_no_release_has_finds_nothing_but_the_nearest(pages: TestClient) -> None:
    releases = words(pages.get("/releases", params={"q": "xylophone"}).text)
    assert "No release has this word The nearest in meaning" in releases
    assert " found " not in releases
    figures = pages.get("/figures", params={"q": "zebra xylophone"}).text
    assert "No figure is about any of these words Here are the nearest" in words(figures)
    assert "figures.csv?" not in figures
    assert len(pages.get("/figures.csv", params={"q": "xylophone"}).text.splitlines()) == 1


def test_a_search_leaves_out_what_has_none_of_its_words(pages: TestClient) -> None:
    html = pages.get("/releases", params={"q": "lamps"}).text
    assert re.findall(r"<h3><a[^>]*>(.*?)</a>", html) == ["Lamps for lighthouses"]
    assert "1 release found List all releases" in words(html)
    html = pages.get("/figures", params={"q": "lamps"}).text
    assert 'bought <mark class="answer">61</mark> lamps for its lighthouses.' in html, "and the sentence is shown"
    assert re.findall(r'data-name="Release"><a[^>]*>(.*?)</a>', html) == ["Lamps for lighthouses"]


def test_filters_that_leave_no_release_are_told(pages: TestClient) -> None:
    for address in ("/releases", "/figures", "/"):
        shown = words(pages.get(address, params={"q": "lamps", "since": "2999-01-01"}).text)
        told = "Nothing was searched, because no release here is published from 1 January 2999: choose days from"
        assert told in shown, address
        assert "Searched:" not in shown


def test_the_figures_page_says_that_there_are_more(tmp_path: Path, ingest: Callable[..., Settings]) -> None:
    many = [
        {
            "id": f"r{n}",
            "title": f"Report {n}",
            "body": f"The harbour had {n + 20} ferries.",
            "publisher": "P",
            "published": "2024-01-01",
        }
        for n in range(53)
    ]
    engine = open_engine(ingest(tmp_path, many))
    with TestClient(create_app(engine=engine)) as client:
        html = client.get("/figures", params={"q": "ferries"}).text
        rows = client.get("/figures.csv", params={"q": "ferries"}).text.splitlines()
    engine.close()
    assert "The best 50 figures" in words(html)
    assert "with the others too" in words(html)
    assert html.count('data-name="Stated"') == 50
    assert len(rows) == 54


def entries(feed: Any) -> list[tuple[str, str]]:
    root = ET.fromstring(feed.text)
    return [
        (each.findtext(f"{ATOM}id") or "", each.findtext(f"{ATOM}title") or "") for each in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_has_an_entry_for_each_time_the_figure_changed(pages: TestClient) -> None:
    got = pages.get("/feed", params={"q": QUESTION})
    assert got.headers["content-type"].startswith("application/atom+xml")
    titles = [title for _, title in entries(got)]
    assert titles == ["2,580 (before: more than 1,450)", "more than 1,450 (before: 900)", "900"]
    root = ET.fromstring(got.text)
    assert root.findtext(f"{ATOM}updated") == "2024-12-12T00:00:00Z"
    assert (
        root.find(f"{ATOM}entry/{ATOM}link").attrib["href"].startswith("https://example.org/news/removals-2024-12-12#")
    )
    again = pages.get("/feed", params={"q": QUESTION}, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert entries(pages.get("/feed", params={"q": "zebra xylophone"})) == []


def test_a_feed_tells_news_and_only_news(tmp_path: Path, ingest: Callable[..., Settings]) -> None:
    def removed(day: str, number: str) -> dict[str, str]:
        body = f"Since July, {number} smugglers were removed from ports."
        return {"id": day, "title": f"Removals on {day}", "body": body, "publisher": "Ports", "published": day}

    releases = [removed("2024-08-20", "900")]
    seen = []
    engine = open_engine(ingest(tmp_path, releases))
    with TestClient(create_app(engine=engine)) as client:
        for more in (None, removed("2024-09-01", "900"), removed("2024-12-12", "2,580")):
            if more:
                ingest(tmp_path, [more])
            seen.append([name for name, _ in entries(client.get("/feed", params={"q": QUESTION}))])
    engine.close()
    first, restated, changed = seen
    assert len(first) == 1
    assert len(changed) == 2, "a figure that changed is news"
    assert restated == first, "a figure that is said again is not"
    assert changed[1:] == first


def test_a_feed_does_not_tell_an_answer_again_when_it_changes_for_the_first_time() -> None:
    def answer(points: Sequence[TimelinePoint], words: str) -> Answer:
        cited = Citation("r", "T", "P", date(2025, 1, 6), None, None, words, 0, len(words), 0, len(words), "0")
        info = IndexInfo(1, 1, 1, "m")
        return Answer(
            "Q", words, 0.9, cited, (cited,), (), None, None, tuple(points), (), None, None, info, {}, None, None
        )

    def point(words: str, day: date) -> TimelinePoint:
        cited = answer((), words).citation
        assert cited is not None
        return TimelinePoint(words, None, None, "", "", None, None, None, day, "earlier", cited)

    early, late = point("14 March 2025", date(2025, 1, 6)), point("28 April 2025", date(2025, 3, 1))
    (before,) = _entries(answer((), "14 March 2025"), "key", "https://here.example/")
    told = list(_entries(answer((late, early), "28 April 2025"), "key", "https://here.example/"))
    assert told[0].id == before.id
    assert [entry.text for entry in told] == ["14 March 2025", "28 April 2025"]
    again = list(_entries(answer((early, late, early), "14 March 2025"), "key", "https://here.example/"))
    assert len({entry.id for entry in again}) == 3, "what is true again is news"


def test_pages_of_an_empty_index_say_so_and_nothing_of_filters(tmp_path: Path, ingest: Callable[..., Settings]) -> None:
    release = {"id": "x", "title": "A bridge", "body": "It opens.", "publisher": "Transport", "published": "2024-05-01"}
    settings = ingest(tmp_path, [release])
    upkeep.remove(settings, ["x"])
    with TestClient(create_app(settings)) as client:
        for address in ("", "?q=which+ships", "releases", "releases?q=ships", "figures?q=ships"):
            got = client.get(f"/{address}")
            assert got.status_code == 200
            said = words(got.text)
            assert said.count("There is no release here yet.") == 1, address
            for pointless in ("these filters", "leave out", "List all releases", "clearly enough"):
                assert pointless not in said, address


def test_a_list_that_fits_on_a_page_has_no_empty_landmark(pages: TestClient) -> None:
    assert 'class="pager"' not in pages.get("/releases").text


def test_what_changed_in_a_release_with_one_text_is_told_as_nothing(pages: TestClient) -> None:
    said = words(pages.get("/changes?id=table-2024").text)
    assert "The release has one text, in which nothing has changed" in said
    assert "from text 1 to text 1" not in said


def test_filters_that_leave_no_figure_are_told_once(pages: TestClient) -> None:
    said = words(pages.get("/figures?q=ships&since=2030-01-01").text)
    assert "or leave the filters out." in said
    assert "Try fewer words" not in said


def test_a_date_stands_beside_a_name_that_runs_from_the_right(tmp_path: Path, ingest: Callable[..., Settings]) -> None:
    release = {
        "id": "x",
        "title": "A bridge",
        "body": "It opens.",
        "publisher": "משרד התחבורה",
        "published": "2024-05-01",
    }
    with TestClient(create_app(ingest(tmp_path, [release]))) as client:
        for address in ("", "releases", "release?id=x"):
            assert '<time datetime="2024-05-01" dir="ltr">1 May 2024</time>' in client.get(f"/{address}").text


@pytest.mark.parametrize("address", ["feed", "figures.csv", "feed?q=x&since=soon"])
def test_what_programs_fetch_tells_them_of_mistakes_as_the_api_does(pages: TestClient, address: str) -> None:
    got = pages.get(f"/{address}", headers={"Accept": "*/*"})
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["detail"] in ("q: Write some words", "since: “Published from”: write the day as YYYY-MM-DD, such"
                                    " as 2025-01-31")  # fmt: skip
    shown = pages.get(f"/{address}")
    assert shown.status_code == 422
    assert "<h1>" in shown.text


def test_each_day_that_cannot_be_read_is_told_by_the_name_of_its_field(pages: TestClient) -> None:
    html = pages.get("/", params={"q": "ships", "since": "soon", "until": "2025-02-30"}).text
    assert "“Published from”: write the day as YYYY-MM-DD, such as 2025-01-31" in words(html)
    assert "“Published until”: there is no such day as 2025-02-30" in words(html)
