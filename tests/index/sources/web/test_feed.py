"""Feeds and WordPress sites read from loopback, and the same release from several sources.

Long because every kind of trouble with a site is tried on the same few pages.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.bench.loopback import GovukSite, Reply, Site, WordPressSite
from index.errors import SourceError
from index.sources.sites import wordpress
from index.sources.sites.feed import FeedReleases
from index.sources.sites.govuk import GovukQuery, GovukReleases
from index.sources.sites.pages import WebPages
from index.sources.sites.wordpress import WordPressPosts, WordPressQuery
from index.sources.web.reading import Rechecks
from index.types import Release, SearchFilter, SyncReport

Sync = Callable[..., SyncReport]
TODAY = date(2025, 3, 1)
FIXTURES = Path(__file__).parents[4].parent / "shared" / "fixtures" / "wordpress"
WORDS = " ".join(f"Sentence {n} of the ferry release says that harbour {n * 7} has {n + 3} pilots." for n in range(12))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


@pytest.fixture
def blog() -> Iterator[WordPressSite]:
    with WordPressSite() as opened:
        opened.put("/wp-json/", json.dumps({"name": "Ferry Blog &amp; News"}), "application/json")
        opened.terms["tags"] = [{"id": 7, "slug": "ferries", "name": "Ferries"}, {"id": 8, "slug": "other"}]
        yield opened


def feed(site: Site, path: str = "/feed", name: str = "feed", **given: Any) -> tuple[str, Callable[..., Any]]:
    return name, lambda client, pages: FeedReleases(
        name, client, pages, site.address + path, today=TODAY, **{"publisher": "Ferry Authority"} | given
    )


def posts(
    blog: WordPressSite, publisher: str | None = "Ferry Authority", rechecks: Rechecks | None = None, **query: Any
) -> tuple[str, Callable[..., Any]]:
    return "blog", lambda client, pages: WordPressPosts(
        "blog",
        client,
        pages,
        blog.address,
        WordPressQuery(**query),
        today=date(2025, 3, 1),
        publisher=publisher,
        rechecks=rechecks,
    )


def rss(*items: str) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Ferry news</title>'
        f"<link>/</link>{''.join(items)}</channel></rss>"
    )


def entry(number: int, text: str = WORDS, *, whole: bool = True) -> str:
    name = "content:encoded" if whole else "description"
    return (
        f"<item><title>Ferry {number}</title><link>/news/{number}.html</link>"
        f"<pubDate>Mon, {number + 6:02} Jan 2025 10:00:00 GMT</pubDate>"
        f"<{name}><![CDATA[<p>{text} uniq{number}</p>]]></{name}></item>"
    )


def page(number: int, text: str = WORDS) -> str:
    return (
        f"<html><head><title>Ferry {number}</title></head><body><nav><a href='/'>Home</a></nav><main><h1>Ferry {number}"
        f"</h1><p>{text} uniq{number}</p><p>More words follow on the page of the release.</p></main></body></html>"
    )


def post(number: int, **changes: Any) -> dict[str, Any]:
    stamp = f"2025-01-{number:02}T10:00:00"
    made = {
        "id": number,
        "date": stamp,
        "date_gmt": stamp,
        "modified": stamp,
        "modified_gmt": stamp,
        "link": f"/news/{number}/",
        "status": "publish",
        "title": {"rendered": f"Ferry {number} &#8211; fares"},
        "content": {"rendered": f"<p>{WORDS} uniq{number}</p>", "protected": False},
        "tags": [7],
        "categories": [],
    }
    return made | changes


def stored(lab: Any) -> dict[str, Release]:
    return {release.title: release for release in lab.everything()}


def test_a_feed_with_whole_texts_is_read_once_and_again_when_it_changed(site: Site, sync: Sync, lab: Any) -> None:
    site.put("/feed", rss(entry(2), entry(1), entry(1, "Shorter.")), "application/rss+xml")
    report = sync(feed(site))
    assert (report.added, report.problems) == (2, ())
    one = stored(lab)["Ferry 1"]
    assert (one.publisher, one.published) == ("Ferry Authority", date(2025, 1, 7))
    assert one.url == f"{site.address}/news/1.html"
    assert one.body == f"{WORDS} uniq1"
    site.asked.clear()
    assert sync(feed(site)).added == 0
    assert [(asked.status, asked.is_conditional) for asked in site.asked if asked.path == "/feed"] == [(304, True)]
    site.put("/feed", rss(entry(3), entry(2, "Now other words."), entry(1)), "application/rss+xml")
    report = sync(feed(site))
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)


def test_a_date_that_is_not_understood_is_named(site: Site, sync: Sync) -> None:
    stamp = "Mon, {:02} Jan 2025 10:00:00 GMT"
    odd = (entry(1).replace(stamp.format(7), "04/05/2025"), entry(2).replace(stamp.format(8), "soon"))
    site.put("/feed", rss(*odd), "application/rss+xml")
    reasons = sorted(problem.reason for problem in sync(feed(site, follow="never")).problems)
    assert reasons[0].startswith('its date "04/05/2025" can be read as two days')
    assert reasons[1].startswith('its date "soon" is not a date')


def test_a_feed_that_is_cut_off_has_failed_and_is_read_again_whole(site: Site, sync: Sync) -> None:
    whole = rss(entry(2), entry(1))
    site.put("/feed", whole[: whole.index("uniq1")], "application/rss+xml")
    report = sync(feed(site, follow="never"))
    assert report.skipped == ()
    assert [problem.where for problem in report.problems] == [f"{site.address}/feed"]
    assert "not well-formed" in report.problems[0].reason
    site.asked.clear()
    sync(feed(site, follow="never"))
    assert [asked.is_conditional for asked in site.asked if asked.path == "/feed"] == [False]


def test_a_feed_without_a_title_needs_a_publisher(site: Site, sync: Sync) -> None:
    site.put("/feed", rss(entry(1)).replace("<title>Ferry news</title>", ""), "application/rss+xml")
    assert "publisher" in sync(feed(site, publisher=None)).problems[0].reason


def test_a_feed_is_read_again_from_a_day_and_loses_nothing_by_it(site: Site, sync: Sync, lab: Any) -> None:
    site.put("/feed", rss(entry(3), entry(2), entry(1)), "application/rss+xml")
    assert sync(feed(site, again_from=date(2025, 1, 9))).added == 1
    assert sync(feed(site, again_from=date(2025, 1, 8))).added == 1, "though the feed is the same"
    assert sync(feed(site)).added == 1, "nor is the first one lost"
    assert sorted(stored(lab)) == ["Ferry 1", "Ferry 2", "Ferry 3"]


def test_a_feed_of_summaries_is_followed_to_its_pages(site: Site, sync: Sync, lab: Any) -> None:
    site.put("/feed", rss(*(entry(n, "Only a summary ...", whole=False) for n in (3, 2, 1))), "application/rss+xml")
    site.put("/news/1.html", page(1))
    site.put("/news/2.html", page(2))
    report = sync(feed(site))
    assert report.added == 2
    assert [problem.where for problem in report.problems] == [f"{site.address}/news/3.html"]
    one = stored(lab)["Ferry 1"]
    assert one.published == date(2025, 1, 7), "the page has no date: that of the feed counts"
    assert "More words follow" in one.body
    assert "Home" not in one.body
    site.put("/news/3.html", page(3))
    site.asked.clear()
    report = sync(feed(site))
    assert (report.added, report.problems) == (1, ())
    assert stored(lab)["Ferry 3"].published == date(2025, 1, 9)
    assert all(asked.is_conditional for asked in site.asked if asked.path in ("/news/1.html", "/news/2.html"))


def atom(day: str, words: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Ferry News</title><entry><title>Ferry 1</title>'
        f'<link href="/news/1"/><updated>{day}T10:00:00Z</updated><content type="html">{words}</content></entry></feed>'
    )


def test_an_item_that_has_only_a_day_of_update_keeps_the_day_on_which_it_was_first_seen(
    site: Site, sync: Sync, lab: Any
) -> None:
    site.put("/feed", atom("2025-01-02", "Fares rise by 2 pounds."), "application/atom+xml")
    assert sync(feed(site, follow="never"), today=date(2025, 1, 3)).added == 1
    site.put("/feed", atom("2025-01-10", "Fares rise by 2 pounds."), "application/atom+xml")
    assert sync(feed(site, follow="never"), today=date(2025, 1, 11)).unchanged == 1
    site.put("/feed", atom("2025-02-05", "Fares rise by 3 pounds."), "application/atom+xml")
    assert sync(feed(site, follow="never")).changed == 1
    with closing(lab.catalog()) as catalog:
        (name,) = (each.id for each in catalog.export())
        for day, words in ((4, "2 pounds"), (5, "3 pounds")):
            release = catalog.release(name, SearchFilter(as_of=date(2025, 2, day)))
            assert words in release.body
            assert release.published == date(2025, 1, 2)


def test_the_day_of_an_update_is_no_day_of_publication_where_page_or_text_tells_one(
    site: Site, sync: Sync, lab: Any
) -> None:
    meta = '<meta property="article:published_time" content="2025-01-04T09:00:00Z">'
    site.put("/news/1", page(1).replace("<head>", f"<head>{meta}"))
    site.put("/feed", atom("2025-02-05", "A summary of it ..."), "application/atom+xml")
    assert sync(feed(site)).added == 1
    site.put("/dated", atom("2025-02-05", "PELLPORT, 3 January 2025 - " + WORDS).replace("/news/1", "/2"))
    assert sync(feed(site, "/dated", "dated", follow="never")).added == 1
    with closing(lab.catalog()) as catalog:
        assert sorted(each.published for each in catalog.export()) == [date(2025, 1, 3), date(2025, 1, 4)]


def test_what_a_feed_lacks_is_said(site: Site, sync: Sync) -> None:
    site.put("/feed", rss("<item><title>No date</title><link>/x</link><description>Words</description></item>"))
    report = sync(feed(site, follow="never"))
    assert "no date" in report.problems[0].reason
    site.put("/de", rss(entry(1)).replace("<link>/</link>", "<link>/</link><language>de-DE</language>"))
    assert 'language "de"' in sync(feed(site, "/de", follow="never")).skipped[0].reason
    site.put("/html", "<html><body>hello</body></html>")
    with pytest.raises(SourceError, match="not a feed"):
        sync(feed(site, "/html"))


def test_a_wordpress_site_is_read_page_by_page_and_then_from_where_it_was(
    blog: WordPressSite, sync: Sync, lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress, "_POSTS", 4)
    blog.posts = [post(number) for number in range(1, 12)]
    same = "2025-01-20T00:00:00"  # more posts of one moment than a part of the list has
    blog.posts += [post(number, modified=same) for number in range(12, 22)]
    blog.posts.append(post(25, tags=[8]))
    assert sync(posts(blog, tags=("ferries",))).added == 21
    one = stored(lab)["Ferry 1 – fares"]
    assert (one.published, one.publisher, one.url) == (date(2025, 1, 1), "Ferry Authority", f"{blog.address}/news/1/")
    assert stored(lab)["Ferry 12 – fares"].updated == date(2025, 1, 20)
    blog.asked.clear()
    report = sync(posts(blog, tags=("ferries",)))
    assert (report.added, report.changed) == (0, 0)
    changed = {"rendered": "<p>Other words.</p>"}
    blog.posts[0] = post(1, modified="2025-02-10T00:00:00", content=changed)
    blog.posts.append(post(28))
    report = sync(posts(blog, tags=("ferries",)))
    assert (report.added, report.changed) == (1, 1)
    with pytest.raises(SourceError, match="no tags called trains"):
        sync(posts(blog, tags=("trains",)))


@pytest.mark.parametrize("filters_changes", [True, False])
def test_a_site_that_gives_fewer_posts_at_a_time_is_read_to_its_end(
    blog: WordPressSite, sync: Sync, *, filters_changes: bool
) -> None:
    blog.posts = [post(number) for number in range(1, 22)]
    blog.most, blog.filters_changes = 5, filters_changes
    assert sync(posts(blog)).added == 21


def test_why_a_post_cannot_be_read_stays_the_same(blog: WordPressSite, sync: Sync) -> None:
    blog.posts = [post(1)]
    blog.put("/wp-json/", "{}", "application/json")
    for _ in range(2):
        (problem,) = sync(posts(blog, publisher=None)).problems
        assert "the publisher is empty" in problem.reason
        assert 'publisher = "NAME" in pressqa.toml' in problem.reason


def test_a_post_in_letters_that_the_model_does_not_read_is_skipped(blog: WordPressSite, sync: Sync) -> None:
    blog.posts = [post(1, content={"rendered": "<p>До лета отремонтируют девять причалов и две пристани.</p>"})]
    report = sync(posts(blog))
    assert report.added == 0
    assert "mostly Cyrillic" in report.skipped[0].reason


def test_a_post_that_is_gone_is_no_failure_for_ever(blog: WordPressSite, sync: Sync) -> None:
    blog.posts = [post(1), post(2, title={"rendered": ""})]
    assert len(sync(posts(blog)).problems) == 1
    blog.posts.pop()
    gone = Reply(b"{}", "application/json", 410)
    blog.pages["/wp-json/wp/v2/posts/2"] = gone
    report = sync(posts(blog))
    assert (report.problems, [each.reason for each in report.skipped]) == ((), ["it is gone"])
    assert sync(posts(blog)).skipped == ()


def test_posts_that_were_taken_away_are_withdrawn(blog: WordPressSite, sync: Sync, lab: Any) -> None:
    blog.posts = [post(number) for number in range(1, 10)]
    blog.most = 5  # so that some known posts are left out of the answer though they are there
    sync(posts(blog))
    del blog.posts[3]
    assert sync(posts(blog)).withdrawn == 0  # they were seen just now
    blog.asked.clear()
    report = sync(posts(blog, rechecks=Rechecks(after=-60.0)))
    assert (report.withdrawn, report.problems) == (1, ())
    assert stored(lab)["Ferry 4 – fares"].withdrawn == date(2025, 3, 1)
    alone = [asked.path for asked in blog.asked if "/posts/" in asked.path]
    assert len(alone) == 4, "the one that is gone, and the three that were left out"
    assert sync(posts(blog, rechecks=Rechecks(after=-60.0))).withdrawn == 0


@pytest.mark.parametrize("status", [500, 429])
def test_a_post_that_a_site_cannot_give_just_now_is_not_withdrawn(
    blog: WordPressSite, sync: Sync, lab: Any, status: int
) -> None:
    blog.posts = [post(1), post(2)]
    sync(posts(blog))
    blog.posts.pop()
    blog.pages["/wp-json/wp/v2/posts/2"] = Reply(b"", "text/html", status)
    report = sync(posts(blog, rechecks=Rechecks(after=-60.0)))
    assert (report.withdrawn, len(report.problems)) == (0, 1)
    del blog.pages["/wp-json/wp/v2/posts/2"]  # then the answer is 404
    assert sync(posts(blog)).withdrawn == 1


def test_a_page_under_another_address_is_withdrawn_when_it_is_gone(site: Site, sync: Sync, lab: Any) -> None:
    own = f"{site.address}/news/ferry"
    head = f'<head><title>Ferry</title><link rel="canonical" href="{own}"></head>'
    body = f"<main><h1>Ferry fares fall</h1><p>4 February 2025</p><p>{WORDS}</p></main>"
    site.put("/print/ferry", f"<html lang='en-GB'>{head}<body>{body}</body></html>")
    pages = (
        "pages",
        lambda client, known: WebPages(
            "pages", client, known, [f"{site.address}/print/ferry"], today=date(2025, 3, 1), publisher="Ferry Authority"
        ),
    )
    assert sync(pages).added == 1
    assert stored(lab)["Ferry fares fall"].url == own
    assert stored(lab)["Ferry fares fall"].language == "en"
    site.pages["/print/ferry"] = Reply(b"", "text/html", 410)
    assert sync(pages).withdrawn == 1
    assert stored(lab)["Ferry fares fall"].withdrawn == date(2025, 3, 1)


@pytest.mark.parametrize("title", ["Sign in", "Page not found"])
def test_a_page_that_is_now_another_leaves_the_text_that_is_known(site: Site, sync: Sync, lab: Any, title: str) -> None:
    site.put("/news/1.html", page(1))
    site.put("/feed", rss(entry(1, "Short.", whole=False)), "application/rss+xml")
    assert sync(feed(site)).added == 1
    known = stored(lab)["Ferry 1"]
    site.put("/signin", f"<title>{title}</title><main><h1>{title}</h1><p>{WORDS}</p></main>")
    site.pages["/news/1.html"] = Reply(b"", "text/html", 302, {"Location": "/signin"})
    report = sync(feed(site, again_from=date(2025, 1, 1)))
    assert (report.changed, [title in problem.reason for problem in report.problems]) == (0, [True])
    assert stored(lab)["Ferry 1"] == known


def test_a_feed_that_lists_nothing_any_more_says_so(site: Site, sync: Sync) -> None:
    site.put("/feed", rss(), "application/rss+xml")
    assert [each.reason for each in sync(feed(site)).skipped] == ["the feed lists nothing"]


def test_what_is_for_editors_is_no_text_of_a_post(blog: WordPressSite, sync: Sync, lab: Any) -> None:
    wire = f"<p>FOR IMMEDIATE RELEASE</p><p>Contact: Jo Quay, 555-555-0170</p><p>{WORDS}</p><p>###</p>"
    blog.posts = [post(1, content={"rendered": wire, "protected": False})]
    assert sync(posts(blog)).added == 1
    assert [release.body for release in stored(lab).values()] == [WORDS]


def test_posts_that_cannot_be_read_are_tried_again(blog: WordPressSite, sync: Sync, lab: Any) -> None:
    blog.posts = [
        post(1),
        post(2, title={"rendered": ""}),
        post(3, status="private"),
        post(4, content={"rendered": "x", "protected": True}),
    ]
    report = sync(posts(blog))
    assert (report.added, len(report.problems), len(report.skipped)) == (1, 1, 2)
    blog.put("/wp-json/wp/v2/posts/2", json.dumps(post(2)), "application/json")
    assert sync(posts(blog)).added == 1


def test_an_archive_says_by_whom_and_when_a_release_was_issued(blog: WordPressSite, sync: Sync, lab: Any) -> None:
    blog.posts = [
        post(
            9,
            title={"rendered": "PRESS RELEASE : Ferry fares fall [January 2025]"},
            content={
                "rendered": f"<p>The press release issued by the Home Office on 4 January 2025.</p><p>{WORDS}</p>"
            },
        )
    ]
    assert sync(posts(blog, publisher=None)).added == 1
    release = stored(lab)["Ferry fares fall"]
    assert (release.publisher, release.published, release.body) == ("Home Office", date(2025, 1, 4), WORDS)


@pytest.mark.shared
@pytest.mark.skipif(not FIXTURES.exists(), reason="the real posts are not beside the repository (../shared)")
def test_real_posts_are_read(blog: WordPressSite, sync: Sync, lab: Any) -> None:
    names = [
        "ghost-migrate-single-post",
        "ghost-migrate-html-in-title",
        "ghost-migrate-coauthors",
        "ghost-migrate-single-cpt",
    ]
    blog.posts = [json.loads((FIXTURES / f"{name}.json").read_text("utf-8")) for name in names]
    blog.posts += json.loads((FIXTURES / "webaquebec-wp-v2-posts.json").read_text("utf-8"))
    for number, each in enumerate(blog.posts):
        each["id"] = number
        each["link"] = f"{each['link']}?n={number}"  # two of the fixtures have the same
    report = sync(posts(blog, publisher=None))
    assert report.problems == ()
    assert report.added == len(blog.posts)
    releases = lab.everything()
    assert all("<" not in release.title and "&" not in release.title.replace(" & ", "") for release in releases)
    assert {release.publisher for release in releases} == {"Ferry Blog & News"}


def test_a_site_without_the_api_is_named(blog: WordPressSite, sync: Sync) -> None:
    blog.reply = lambda path, query: Site.reply(blog, path, query)  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="404"):
        sync(posts(blog))


def test_one_release_from_three_sources_is_one_with_three_origins(
    site: Site, blog: WordPressSite, sync: Sync, lab: Any
) -> None:
    lab.ingest(Release("told-by-file", "Ferry fares fall", WORDS, "Home Office", date(2025, 1, 4)))
    copy = f"<p>The press release issued by the Home Office on 4 January 2025.</p><p>{WORDS}</p><p>Further notes.</p>"
    blog.posts = [
        post(9, title={"rendered": "PRESS RELEASE : Ferry fares fall [January 2025]"}, content={"rendered": copy})
    ]
    other = {"rendered": copy.replace("harbour 7 ", "harbour 8 ").replace("has 9", "has 88").replace("has 4", "has 1")}
    blog.posts.append(
        post(
            10,
            title={"rendered": "PRESS RELEASE : Another"},
            content=other | {"rendered": other["rendered"].replace("pilots", "boats of another kind")},
        )
    )
    with GovukSite() as govuk:
        govuk.publish(
            {
                "base_path": "/government/news/ferry-fares-fall",
                "title": "Ferry fares fall",
                "document_type": "press_release",
                "locale": "en",
                "first_published_at": "2025-01-04T09:00:00Z",
                "public_updated_at": "2025-01-04T09:00:00Z",
                "details": {"body": f"<p>{WORDS}</p>"},
                "links": {"organisations": [{"title": "Home Office"}]},
            }
        )
        source = lambda client, pages: GovukReleases(  # noqa: E731
            "govuk", client, pages, GovukQuery(), today=TODAY, site=govuk.address
        )
        first = sync(posts(blog, publisher=None))
        assert (first.added, first.changed) == (1, 1), "the archive is closer to the publisher than a file"
        report = sync(("govuk", source))
        assert report.added == 0
    with closing(lab.catalog()) as catalog:
        origins = catalog.origins("told-by-file")
        assert [(each.source, each.matched, each.gives_text) for each in origins] == [
            ("govuk", "text", True),
            ("blog", "text", False),
        ]
        assert len(list(catalog.export())) == 2
        # the publisher's own text stood from the first day, whenever it was found
        assert catalog.release("told-by-file", SearchFilter(as_of=date(2025, 1, 4))).body == WORDS
        assert [each.valid_from for each in catalog.history("told-by-file")] == [date(2025, 1, 4)] * 3
    # what is further from the publisher does not change it any more
    blog.posts[0] = post(9, title={"rendered": "Changed"}, content={"rendered": copy}, modified="2025-02-20T00:00:00")
    assert sync(posts(blog, publisher=None)).changed == 0
    lab.remove("told-by-file")
    with closing(lab.catalog()) as catalog:
        assert catalog.origins("told-by-file") == ()


def test_a_page_and_a_feed_item_of_one_address_are_one_release(site: Site, sync: Sync, lab: Any) -> None:
    site.put("/feed", rss(entry(1)), "application/rss+xml")
    text = page(1).replace("</h1>", "</h1><p>Published 7 January 2025</p>")
    site.put("/news/1.html", text)
    sync(feed(site))

    def pages(client: Any, known: Any) -> WebPages:
        return WebPages(
            "pages", client, known, [f"{site.address}/news/1.html"], today=TODAY, publisher="Ferry Authority"
        )

    report = sync(("pages", pages))
    assert (report.added, report.changed) == (0, 1), "the page is closer to the publisher than the feed"
    assert sync(feed(site), ("pages", pages)).changed == 0
    with closing(lab.catalog()) as catalog:
        (release,) = catalog.export()
        assert [origin.source for origin in catalog.origins(release.id)] == ["pages", "feed"]


PDF = Path(__file__).parents[4].parent / "shared" / "fixtures" / "pdf_docx" / "sg-mlaw-2010-ipto.pdf"


@pytest.mark.shared
@pytest.mark.skipif(not PDF.exists(), reason="the real PDF is not beside the repository (../shared)")
def test_a_pdf_is_read_by_its_address(site: Site, sync: Sync, lab: Any) -> None:
    address = site.put("/press/ipto.pdf", PDF.read_bytes(), "application/octet-stream")

    def pages(client: Any, known: Any) -> WebPages:
        return WebPages("pages", client, known, [address], today=TODAY, publisher="Ministry of Law")

    report = sync(("pages", pages))
    assert (report.added, report.problems) == (1, ())
    (release,) = lab.everything()
    assert (release.published.year, release.publisher, release.url) == (2010, "Ministry of Law", address)
    assert len(release.body.split()) > 100
