"""Feeds: the real ones that are beside the repository, dates as feeds write them, and hostile ones."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources.build import LONDON
from index.sources.sites.feed_items import day_of, item_release, read_feed

FEEDS = Path(__file__).parents[3].parent / "shared" / "fixtures" / "feeds"
ADDRESS = "https://host.example/news/feed.xml"


def read(content: str | bytes, kind: str = "application/rss+xml") -> Any:
    return read_feed(content.encode() if isinstance(content, str) else content, ADDRESS, kind, LONDON)


def rss(items: str, title: str = "News") -> str:
    return f'<rss version="2.0"><channel><title>{title}</title><link>/news/</link>{items}</channel></rss>'


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("capitolcode-mn-gov-feed", 3, ("Ideation Jam this Wednesday", date(2014, 2, 11), True)),
        ("capitolcode-mn-gov-tag-press-feed", 1, ("Capitol Code in the Press", date(2014, 2, 27), True)),
        ("feedrs-atom_relative", 1, ("Atom-Powered Robots Run Amok", None, False)),
        ("feedrs-rss_0.91_encoding_1", 1, ("bash - Expansão de Parâmetros", None, False)),
        ("nodefp-iconv", 10, (None, date(2014, 1, 22), False)),
        ("us-house-culberson-rss092", 10, ("Culberson Statement on The REAL Space Act", None, False)),
        ("us-senate-burr-rss20", 25, (None, date(2013, 5, 2), False)),
        ("us-fda-press-releases", 8, (None, date(2026, 9, 4), False)),
        ("mn-ag-third-party-rss", None, (None, date(2025, 6, 13), False)),
        ("feedjira-InvalidDateFormat", 2, ("Item 0 with an invalid date", date(2017, 10, 16), False)),
        ("nodefp-saxerror", 3, ("Good Item", None, False)),
    ],
)
@pytest.mark.shared
@pytest.mark.skipif(not FEEDS.exists(), reason="the real feeds are not beside the repository (../shared)")
def test_a_real_feed_is_read(name: str, count: int | None, first: tuple[str | None, date | None, bool]) -> None:
    feed = read_feed((FEEDS / f"{name}.xml").read_bytes(), ADDRESS, "", LONDON)
    assert count in (None, len(feed.items))
    title, day, whole = first
    assert title in (None, feed.items[0].title)
    assert (feed.items[0].published, feed.items[0].is_whole) == (day, whole)
    assert all(item.title == item.title.strip() for item in feed.items)
    assert all(item.address is None or item.address.startswith("http") for item in feed.items)


@pytest.mark.shared
@pytest.mark.skipif(not FEEDS.exists(), reason="the real feeds are not beside the repository (../shared)")
def test_what_is_no_feed_of_releases_is_refused() -> None:
    for name in ("capitolcode-mn-gov-comments-feed.xml", "capitolcode-mn-gov-post-comment-feed.xml"):
        with pytest.raises(SourceError, match="comments"):
            read((FEEDS / name).read_bytes())
    with pytest.raises(SourceError, match="not a feed"):
        read((FEEDS / "nodefp-notafeed.html").read_bytes())


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("Tue, 07 May 2013 23:45:39 EST", date(2013, 5, 7)),  # what the publisher's own readers were shown
        ("2024-03-14T22:30:00-06:00", date(2024, 3, 14)),
        ("Thu, 07 Dec 17 13:00:00 -0800", date(2017, 12, 7)),
        ("1518478934", date(2018, 2, 12)),
        ("Mon, 30 Jun 2025 23:30:00 GMT", date(2025, 7, 1)),
        ("Mon, 30 Jun 2025 00:00:00 +0000", date(2025, 6, 30)),
        ("2025-06-30T23:30:00Z", date(2025, 7, 1)),
        ("2025-06-30", date(2025, 6, 30)),
        ("soon", None),
        ("", None),
        ("99999999999999999999", None),
        ("Mon, 31 Feb 2025 10:00:00 GMT", None),
    ],
)
def test_the_day_of_a_date(stamp: str, day: date | None) -> None:
    assert day_of(stamp, LONDON) == day


def test_links_titles_and_texts_are_those_of_a_release() -> None:
    items = (
        "<item><title>Ferry &amp;amp; fares</title><link>item one</link><description>&lt;p&gt;Short ...</description>"
        "<guid>x</guid><guid>x</guid></item>"
        "<item><title>Whole</title><guid>https://host.example/p</guid><description>Short</description>"
        '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>All of it.</p>'
        "<script>alert(1)</script>]]></content:encoded></item>"
        "<item><title>Press release: Fares</title><link>https://www.gov.uk/government/news/fares</link></item>"
    )
    first, second, third = read(rss(items)).items
    assert (first.title, first.address) == ("Ferry & fares", "https://host.example/news/item%20one")
    assert (first.body, first.is_whole) == ("Short ...", False)
    assert (second.address, second.body, second.is_whole) == ("https://host.example/p", "All of it.", True)
    assert third.title == "Fares"


def test_a_description_that_ends_with_the_mark_of_an_end_is_whole() -> None:
    text = "&lt;p&gt;PELLPORT – The pier opens.&lt;/p&gt;&lt;p&gt;###&lt;/p&gt;&lt;p&gt;Contact: 555-201-7788&lt;/p&gt;"
    for whole in (text, text.replace("###", "")):
        (item,) = read(
            rss(f"<item><title>Pier</title><description>{whole}</description></item>", "Pier Office Bulletins")
        ).items
        assert (item.is_whole, item.body) == (True, "PELLPORT – The pier opens.")
    assert read(rss("", "Pier Office Bulletins")).publisher == "Pier Office"


def test_the_name_of_an_account_is_no_publisher() -> None:
    made = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">press.office</dc:creator>'
    (item,) = read(rss(f"<item><title>Pier</title>{made}<description>It opens.</description></item>")).items
    assert item.publisher == ""


def dated(*dates: str) -> list[Any]:
    items = "".join(f"<item><title>Pier {n}</title><pubDate>{day}</pubDate></item>" for n, day in enumerate(dates))
    return list(read(rss(items)).items)


def test_days_are_read_however_they_are_written() -> None:
    odd = dated("01/13/2025", "January 14, 2025", "mer., 15 janv. 2025", "16.01.2025", "Do, 17 Okt 2024")
    assert [item.published for item in odd[:4]] == [date(2025, 1, day) for day in (13, 14, 15, 16)]
    assert (odd[4].published, odd[4].unread) == (date(2024, 10, 17), "")


def test_numbers_that_can_be_read_as_two_days_follow_the_other_dates_of_the_feed() -> None:
    assert [item.published for item in dated("01/13/2025", "04/05/2025")][1] == date(2025, 4, 5)
    assert [item.published for item in dated("13/01/2025", "04/05/2025")][1] == date(2025, 5, 4)
    alone = dated("04/05/2025")[0]
    assert (alone.published, alone.unread) == (None, "04/05/2025")
    assert dated("13/01/2025", "01/13/2025", "04/05/2025")[2].published is None


def test_an_item_without_a_title_takes_its_first_sentence() -> None:
    def titled(text: str) -> str:
        return str(read(rss(f"<item><description>{text}</description></item>")).items[0].title)

    assert (
        titled("&lt;p&gt;Nine piers reopen in May. Work ends.&lt;/p&gt;&lt;p&gt;More.&lt;/p&gt;")
        == "Nine piers reopen in May"
    )
    assert len(titled("A very long sentence " * 20)) <= 101
    assert titled("A very long sentence " * 20).endswith(" very long…")


def test_an_entity_that_is_not_resolved_is_no_title_and_no_text() -> None:
    declared = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
    feed = read(declared + rss("<item><title>&amp;b9;</title><description>&amp;b9;</description></item>", "&amp;b9;"))
    assert (feed.title, feed.items[0].title, feed.items[0].body) == ("", "", "")
    assert read(rss("<item><title>R&amp;amp;D; costs</title></item>")).items[0].title == "R&D; costs"


@pytest.mark.parametrize(
    "content",
    [
        rss("<item><title>x</title><description>" + "<a>" * 20_000 + "</description></item>"),
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + f"]>{rss('<item><title>&j;</title></item>')}",
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + rss("<item><title>&x;</title><description>words</description></item>"),
        rss("<item><title>x</title><description>" + "&amp;lt;" * 50_000 + "</description></item>"),
        "<" * 100_000,
        rss("<item><title>x</title>" * 5_000),
    ],
    ids="nested entities external escaped angles unclosed".split(),
)
def test_a_hostile_feed_costs_little(content: str) -> None:
    begin = time.monotonic()
    try:
        feed = read(content)
    except SourceError:
        feed = None
    assert time.monotonic() - begin < 10
    assert feed is None or all("root:" not in item.title + item.body for item in feed.items)
    assert feed is None or all(len(item.title) < 100_000 for item in feed.items)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_feed_crashes_the_reader(data: st.DataObject) -> None:
    whole = rss(
        "<item><title>A &amp; B</title><link>/a</link><pubDate>Tue, 07 May 2013 12:45:39 EST</pubDate>"
        "<description><![CDATA[<p>Words</p>]]></description></item>" * 2
    ).encode()
    at = data.draw(st.integers(0, len(whole)))
    broken = whole[:at] + data.draw(st.binary(max_size=12)) + whole[at + data.draw(st.integers(0, 30)) :]
    try:
        feed = read(broken, data.draw(st.sampled_from(["", "text/html; charset=utf-16", "application/xml"])))
    except SourceError:
        return
    for item in feed.items:
        assert item.address is None or item.address.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("title", "publisher"),
    [
        ("Coast Office", "Coast Office"),
        ("Coast Office News", "Coast Office"),
        ("Coast Office » Press Releases", "Coast Office"),
        ("Press Releases - Coast Office", "Coast Office"),
        ("RSS Feed: News from the Coast Office", "Coast Office"),
        ("Coast Office - Activity on GOV.X", "Coast Office"),
        ("Pellport Times", "Pellport Times"),
        ("Latest news and updates", "host.example"),
        ("", ""),
    ],
)
def test_the_publisher_of_a_feed_is_what_its_title_names(title: str, publisher: str) -> None:
    assert read(rss("<item><title>Pier</title></item>", title)).publisher == publisher


@pytest.mark.parametrize(
    ("named", "publisher"),
    [
        ("<author>press@x.example (Harbour Agency)</author>", "Harbour Agency"),
        ('<dc:publisher xmlns:dc="http://purl.org/dc/elements/1.1/">Harbour Agency</dc:publisher>', "Harbour Agency"),
        ("<author>jo@x.example (Jo Quay)</author>", "Coast Office"),
        ("<author>Press Office</author>", "Coast Office"),
    ],
)
def test_an_item_may_name_its_publisher(named: str, publisher: str) -> None:
    text = "<description>&lt;p&gt;Nine piers reopen in May.&lt;/p&gt;</description><pubDate>4 Jul 2024</pubDate>"
    feed = read(rss(f"<item><title>Pier opens</title>{named}{text}</item>", "Coast Office"))
    assert item_release(feed, feed.items[0]).publisher == publisher


def test_what_is_for_editors_and_what_a_site_puts_around_an_item_is_no_text() -> None:
    field = '&lt;span class="field field--name-{}"&gt;{}&lt;/span&gt;'
    text = (
        f"{field.format('title', 'Pier opens')}&lt;p&gt;FOR IMMEDIATE RELEASE&lt;/p&gt;&lt;p&gt;July 4, 2024&lt;/p&gt;"
        "&lt;p&gt;Contact: Jo Quay, 555-555-0170&lt;/p&gt;&lt;p&gt;Nine piers reopen in May.&lt;/p&gt;"
        f"&lt;p&gt;###&lt;/p&gt;{field.format('uid', 'jquay')}{field.format('created', 'Thu, 07/04/2024 - 10:00')}"
    )
    (item,) = read(rss(f"<item><title>Pier opens</title><description>{text}</description></item>")).items
    assert item.body == "Nine piers reopen in May."
    assert item.published == date(2024, 7, 4)


def test_a_description_of_several_paragraphs_that_ends_is_whole() -> None:
    text = (
        "&lt;p&gt;Nine piers reopen in May, and the tenth follows in the summer, the Coast Office said today.&lt;/p&gt;"
        * 4
    )
    (item,) = read(rss(f"<item><title>Pier opens</title><description>{text}</description></item>")).items
    assert item.is_whole
    (item,) = read(rss(f"<item><title>Pier opens</title><description>{text}And so ...</description></item>")).items
    assert not item.is_whole


def test_a_page_in_the_place_of_a_feed_may_name_the_feed() -> None:
    with pytest.raises(SourceError) as caught:
        read("<html><head><link rel=alternate type='application/rss+xml' href='/news.xml?a=1&amp;b=2'></head></html>")
    assert caught.value.hint == "the page names its feed: https://host.example/news.xml?a=1&b=2"
