"""Pages of many shapes as releases.

Long because each way to tell a day, a publisher or a text is tried on the same page.
"""

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest

from eval.bench.extraction import Labelled, framed, ours, words_in
from index.sources import FieldMap, open_source
from index.sources.clean import EntryError
from index.sources.html.page import Listing, read_page, read_page_or_list
from index.types import Problem, Release

BODY = (
    "<p>A grant will mend nine piers before the summer, the Coast Office said.</p>"
    "<p>Work begins in Pellport in May.</p>"
)
ORGANISED = '{"@type": "Organization", "name": "Harbour Agency"}'


def page(head: str = "", before: str = "", after: str = "", body: str = BODY, lang: str = "en-GB") -> str:
    return (
        f"<!doctype html><html lang={lang}><head><title>Nine piers to be mended | Coast Office</title>{head}</head>"
        f"<body><nav><a href=/>Home</a></nav><main><h1>Nine piers to be mended</h1>{before}<div>{body}</div>{after}"
    )


@pytest.mark.parametrize("labelled", list(framed()), ids=lambda each: each.name)
def test_each_release_is_found_in_the_frame_of_each_site(labelled: Labelled) -> None:
    found = ours(labelled.content)
    assert found.title == labelled.title
    assert found.published == labelled.published
    assert not labelled.words - words_in(found.body)
    assert (words_in(found.body) - labelled.words).total() <= 3  # the numbers of a list


@pytest.mark.parametrize(
    ("html", "day", "dated_by"),
    [
        (page(before="<p>The press release issued by the Coast Office on 4 July 2024.</p>",
              head="<meta property=article:published_time content=2024-07-09>"), date(2024, 7, 4), "issued"),
        (page(before="<p>Published: 4 July 2024</p>", head="<meta name=date content=2024-07-09>"), date(2024, 7, 4),
         "shown"),
        (page(before="<dl><dt>Published<dd>4 July 2024</dl>"), date(2024, 7, 4), "shown"),
        (page(before="<div><span>From: Coast Office</span>"
                     " <span>Published: <time datetime=2024-07-04>4 July 2024</time></span>"
                     " <span>Last updated: <time datetime=2024-07-09>9 July 2024</time></span></div>"),
         date(2024, 7, 4), "shown"),
        (page(before="<p>Updated 9 July 2024 | Published 4 July 2024</p>"), date(2024, 7, 4), "shown"),
        (page(before="<dl><dt>Date:</dt><dd>07/14/2024</dd><dt>Agency:</dt><dd>Coast Office</dd></dl>"),
         date(2024, 7, 14), "alone"),
        (page(head="<meta name=DCTERMS.issued content=2024-07-04>", before="<p>9 July 2024</p>"), date(2024, 7, 4),
         "metadata"),
        (page(head='<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",'
                   ' "datePublished": "2024-07-04"}]}</script>'), date(2024, 7, 4), "metadata"),
        # near midnight in UTC: what readers see is right
        (page(head="<meta property=article:published_time content=2024-07-05T01:10:00Z>", before="<p>July 4, 2024</p>",
              lang="en-US"), date(2024, 7, 4), "metadata"),
        (page(before="<time class=published datetime=2024-07-04>x</time><time class=updated datetime=2024-07-09>y"
         ), date(2024, 7, 4), "marked"),
        # a day before that of the metadata: it is that of a move to another system
        (page(head="<meta name=DCTERMS.issued content=2024-07-09>", before="<p>4 July 2024</p>"), date(2024, 7, 4),
         "alone"),
        (page(before="<dl><dt>Type<dd>Statement<dt>Topic<dd>Piers<dt>Place<dd>Pellport<dt>Ref<dd>CO/1<dt>Date"
                     "<dd>4 July 2024</dl>"), date(2024, 7, 4), "alone"),
        # other days of the page tell the order, and a day of the text is not the page's
        (page(before="<p>07/04/2024</p>", after="<p>Apply by 07/28/2024.</p>" + BODY, lang=""), date(2024, 7, 4),
         "alone"),
        (page(after="<aside><ul><li><time datetime=2024-07-09>9 July 2024</time> Other piers</ul></aside>"), None, ""),
        (page(before="<p>A second headline</p><p>4 July 2024</p><p>Contact: Jo Quay, 555-555-0170</p>"),
         date(2024, 7, 4), "alone"),
        (page(before="<p>Thursday 4 July 2024 | Pellport</p>"), date(2024, 7, 4), "alone"),
        (page(before="<p>04/07/2024</p>"), date(2024, 7, 4), "alone"),
        (page(before="<p>07/04/2024</p>", lang="en-US"), date(2024, 7, 4), "alone"),
        (page(body=BODY.replace("A grant", "PELLPORT, 4 July 2024 – A grant", 1)), date(2024, 7, 4), "dateline"),
        (page(body=BODY.replace("A grant", "Pellport (4 July 2024). A grant", 1)), date(2024, 7, 4), "dateline"),
        (page(), None, ""),
    ],
)  # fmt: skip
def test_the_day_is_the_most_trusted_one(html: str, day: date | None, dated_by: str) -> None:
    found = read_page(html)
    assert (found.published, found.dated_by if day else "") == (day, dated_by)
    assert found.body.endswith("Work begins in Pellport in May.")


def test_the_address_tells_the_day_if_nothing_else_does() -> None:
    assert read_page(page(), "https://coast.test/news/2024/07/04/piers").published == date(2024, 7, 4)
    assert read_page(page(), "2024-07-04-piers.html").dated_by == "address"


@pytest.mark.parametrize(
    ("html", "publisher"),
    [
        (page(before="<p>From: Harbour Agency and The Rt Hon Ada Pell MP</p>"), "Harbour Agency"),
        (page(before="<div><span>From: <a>Harbour Agency</a></span> <span>Published: 4 July 2024</span></div>"),
         "Harbour Agency"),
        (page(before="<dl><dt>Date:</dt><dd>07/14/2024</dd><dt>Agency:</dt><dd>Harbour Agency</dd></dl>"),
         "Harbour Agency"),
        (page(after="<p>SOURCE Harbour Agency</p><p>Contact: Jo Quay, 555-555-0170</p>"), "Harbour Agency"),
        (page(before="<dl><dt class=visuallyhidden>Organisations:</dt><dd><a>Harbour<br>Agency</a></dd></dl>"),
         "Harbour Agency"),
        (page(head="<meta name=dcterms.creator content='Harbour Agency'>"), "Harbour Agency"),
        (page(head=f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {ORGANISED},'
                   ' "publisher": {"@type": "Organization", "name": "GOV.X"}}</script>'), "Harbour Agency"),
        (page(head="<meta name=author content='Jo Quay'>"), "Coast Office"),
        (page(head="<meta name=author content='Press Office'>"), "Coast Office"),
        (page(head="<meta name=dcterms.creator content='Harbours and Seas Canada'>"), "Harbours and Seas Canada"),
        (page(before="<p>From Harbour Agency</p><p>Published on 4 July 2024</p>"), "Harbour Agency"),
        (page(head="<meta property=og:site_name content='Coast Bureau - Coast Bureau'>"), "Coast Bureau"),
        (page(after="<p>An official website of the United States government</p><p>Here is how you know</p>"),
         "Coast Office"),
        (page().replace("Coast Office</title>", "COAST.TEST</title>"), "COAST.TEST"),
        (page(head="<meta property=og:site_name content=coast.test>"), "Coast Office"),
    ],
)  # fmt: skip
def test_the_publisher_is_an_office_not_a_person_or_a_site(html: str, publisher: str) -> None:
    assert read_page(html).publisher == publisher


def test_what_a_page_states_about_itself_is_kept() -> None:
    head = (
        "<link rel=canonical href=/n/piers><meta property=article:published_time content=2024-07-04>"
        "<meta property=article:modified_time content=2024-07-09T10:00:00Z>"
    )
    found = read_page(page(head=head), "https://coast.test/x?utm=1")
    assert (found.url, found.language, found.updated) == ("https://coast.test/n/piers", "en-GB", date(2024, 7, 9))


def test_a_list_of_releases_is_no_release_and_its_links_are_told() -> None:
    items = "".join(
        f"<li><h3><a href=/n/{number}>The news of day {number} of July</a></h3><time datetime=2024-07-0{number}></time>"
        f"<p>What happened on that day, in one line…</p></li>"
        for number in range(1, 8)
    )
    html = (
        f"<html><title>Press releases | Coast Office</title><main><h1>Press releases</h1><ul>{items}</ul></main></html>"
    )
    found = read_page_or_list(html, "https://coast.test/news/")
    assert isinstance(found, Listing)
    assert [(item.url, item.day, item.whole) for item in found.items[:2]] == [
        ("https://coast.test/n/1", date(2024, 7, 1), False),
        ("https://coast.test/n/2", date(2024, 7, 2), False),
    ]
    with pytest.raises(EntryError, match="lists 7 releases"):
        read_page(html)


def test_a_tag_page_in_full_gives_each_of_its_releases(tmp_path: Path) -> None:
    text = "".join(
        f"<p>Paragraph {number} says what the office does about the piers of nine towns.</p>" for number in range(12)
    )
    posts = "".join(
        f"<article class='post hentry'><h2><a href=https://u.test/{number}>PRESS RELEASE : Pier {number}"
        f" is mended [July 2024]</a></h2><time datetime=2025-01-09>9 January 2025</time><div class=entry-content><p>The"
        f" press release issued by the Coast Office on {number} July 2024.</p>{text}</div></article>"
        for number in range(1, 4)
    )
    path = tmp_path / "tag.html"
    path.write_text(f"<html><title>Tag: Piers</title><body><main><h1>Tag: Piers</h1>{posts}</main></html>", "utf-8")
    found = [each for each in open_source(path).read() if isinstance(each, Release)]
    assert [(each.title, each.publisher, each.published.day) for each in found] == [
        (f"Pier {number} is mended", "Coast Office", number) for number in range(1, 4)
    ]
    assert found[0].published.year == 2024
    assert found[0].body.startswith("Paragraph 0")


def tag_page(tmp_path: Path, posts: str, head: str = "<h1>Tag: Piers</h1>") -> Path:
    path = tmp_path / "tag.html"
    path.write_text(f"<html><title>Piers Archives</title><body><main>{head}{posts}</main></html>", "utf-8")
    return path


SAYS = "<p>The press release issued by the {} on {} July 2024.</p><p>The pier of {} is mended, it said.</p>"
LONG = "".join(
    f"<p>Paragraph {number} says what was done about piers, and why it took {number} years.</p>" for number in range(9)
)


@pytest.mark.parametrize(
    "layout",
    [
        "<article class='post hentry'><h2><a href=/{n}>{t}</a></h2><div class=entry-content>{b}</div></article>",
        "<div class=post><h2>{t}</h2>{b}</div>",
        "<li><p>{t}</p><h3>{t}</h3>{b}</li>",
        "<h2>{t}</h2>{b}",
    ],
)
@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("more", ["", LONG, "<p>There will be five more boats.</p>"])
def test_headings_of_a_tag_page_part_it_into_releases_however_few_or_short(
    tmp_path: Path, layout: str, count: int, more: str
) -> None:
    offices = ["Coast Office", "Harbour Board", "Coast Office", "Fish Council"][:count]
    towns = ["Pellport", "Ness", "Skerry", "Wick"][:count]
    posts = "".join(
        layout.format(
            n=number,
            t=f"PRESS RELEASE : The pier of {town} [July 2024]",
            b=SAYS.format(office, number, town) + more,
        )
        for number, (office, town) in enumerate(zip(offices, towns, strict=True), 1)
    )
    found = list(open_source(tag_page(tmp_path, posts)).read())
    assert [(each.title, each.publisher, each.published.day) for each in found if isinstance(each, Release)] == [
        (f"The pier of {town}", office, number)
        for number, (office, town) in enumerate(zip(offices, towns, strict=True), 1)
    ]
    assert len(found) == count
    for release, town in zip(found, towns, strict=True):
        assert isinstance(release, Release)
        assert release.body.startswith(f"The pier of {town} is mended")
        assert release.body.count("is mended") == 1
        assert ("Paragraph 8" in release.body) == (more == LONG)


def test_a_short_release_among_long_ones_and_one_that_names_no_publisher_are_not_lost(tmp_path: Path) -> None:
    post = (
        "<article class=post><h2><a href=/{n}>{t}</a></h2><time datetime=2025-01-0{n}></time><div>{b}</div></article>"
    )
    shorts = [
        post.format(n=number, t=f"PRESS RELEASE : The pier of {town} [July 2024]", b=SAYS.format("Board", number, town))
        for number, town in enumerate(("Pellport", "Ness"), 1)
    ]
    speech = post.format(
        n=3, t="Speech on some piers", b="<p>I said this of the piers of the coast.</p><p>And more.</p>"
    )
    *releases, left_out = open_source(tag_page(tmp_path, "".join([*shorts, speech]))).read()
    assert [each.title for each in releases if isinstance(each, Release)] == [
        "The pier of Pellport",
        "The pier of Ness",
    ]
    assert isinstance(left_out, Problem)
    assert 'names no publisher ("Speech on some piers")' in left_out.reason
    given = [
        each.publisher
        for each in open_source(tag_page(tmp_path, "".join([*shorts, speech])), how=FieldMap(publisher_name="X")).read()
        if isinstance(each, Release)
    ]
    assert given == ["Board", "Board", "X"]


def test_the_page_of_one_release_is_no_list_although_its_heading_is_that_of_a_tag_page() -> None:
    html = f"<title>PRESS RELEASE : Piers open [July 2024]</title><h1>PRESS RELEASE : Piers open [July 2024]</h1>{SAYS}"
    found = read_page(html.format("Coast Office", 4, "Ness") + LONG)
    assert (found.title, found.publisher, found.published) == ("Piers open", "Coast Office", date(2024, 7, 4))


@pytest.mark.parametrize("kind", ["section", "aside"])
def test_headings_of_other_releases_around_a_release_make_no_list_of_it(kind: str) -> None:
    title = "PRESS RELEASE : Piers open [July 2024]"
    others = "".join(
        f"<div><h3><a href=/{n}>PRESS RELEASE : Pier {n} is mended [July 2024]</a></h3><p>{n} July 2024</p>"
        "<p>A few words of it...</p></div>"
        for n in range(1, 8)
    )
    own = SAYS.format("Coast Office", 4, "Ness") + LONG
    html = f"<title>{title}</title><article><h1>{title}</h1>{own}</article><{kind}>{others}</{kind}>"
    found = read_page(html)
    assert (found.title, found.publisher, found.published) == ("Piers open", "Coast Office", date(2024, 7, 4))
    assert "A few words" not in found.body


def test_many_headings_in_one_another_cost_bounded_time() -> None:
    html = "".join(
        f"<div><h2>PRESS RELEASE : Pier {number} [July 2024]</h2><p>{'words ' * 100}</p>" for number in range(350)
    )
    begun = time.monotonic()
    read_page_or_list(f"<title>Tag: Piers</title>{html}")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("html", ["", "<html><body><div id=app></div><script>render()</script>", "<nav>Home</nav>"])
def test_a_page_without_text_says_so(html: str) -> None:
    with pytest.raises(EntryError, match="shows no text"):
        read_page(html)


def test_bad_json_ld_is_passed_over() -> None:
    deep = "[" * 100_000
    for bad in ("{", deep, json.dumps({"@type": ["NewsArticle", 5], "author": [[1]], "datePublished": {"x": 1}})):
        assert (
            read_page(page(head=f'<script type="application/ld+json">{bad}</script>')).title
            == "Nine piers to be mended"
        )


def test_a_short_release_with_a_list_of_others_beside_it_is_a_release() -> None:
    others = "".join(
        f"<li><a href=/n/{number}>The other news of day {number} of July, with more words</a> 2024-07-0{number}</li>"
        for number in range(1, 8)
    )
    long = BODY.replace(
        "in Pellport in May", "in Pellport in May, and the other eight towns follow once surveys are done"
    )
    found = read_page(
        page(before="<p>Published: 4 July 2024</p>", body=long, after=f"<h2>Latest</h2><ul>{others}</ul>")
    )
    assert found.body.startswith("A grant will mend")
    assert "other news" not in found.body


def test_without_a_heading_the_title_is_the_part_that_names_no_office() -> None:
    html = f"<html><title>Coast Office | News | Nine piers to be mended</title><p>4 July 2024</p>{BODY}</html>"
    found = read_page(html)
    assert (found.title, found.publisher, found.published) == (
        "Nine piers to be mended",
        "Coast Office",
        date(2024, 7, 4),
    )


@pytest.mark.parametrize("site", ["<a href=/>State of Pellport</a>", "State of Pellport"])
@pytest.mark.parametrize("title", ["News - State of Pellport", "State of Pellport"])
def test_of_two_headings_the_one_that_names_the_site_is_not_the_title(site: str, title: str) -> None:
    facts = "<dl><dt>Date:</dt><dd>07/14/2024</dd><dt>Agency:</dt><dd>Coast Office</dd></dl>"
    html = f"<title>{title}</title><h1>{site}</h1><div><h1>Nine piers to be mended</h1>{facts}{BODY}</div>"
    found = read_page(f"<html lang=en>{html}</html>")
    assert (found.title, found.publisher, found.published) == (
        "Nine piers to be mended",
        "Coast Office",
        date(2024, 7, 14),
    )
    assert found.body.startswith("A grant will mend")


@pytest.mark.parametrize("title", ["Press Releases - DOC", "Newsroom | Coast Portal of the Islands"])
def test_a_heading_above_the_text_is_the_title_where_the_page_is_titled_with_its_section(title: str) -> None:
    wire = "<p><b>FOR IMMEDIATE RELEASE</b></p><p>Monday, July 15, 2024</p><p>Contact: Jo Quay, 555-555-0170</p>"
    found = read_page(f"<title>{title}</title><div>{wire}<h2>Coast Office Mends Nine Piers</h2>{BODY}<p>###</p></div>")
    assert (found.title, found.published) == ("Coast Office Mends Nine Piers", date(2024, 7, 15))
    assert found.publisher in ("DOC", "Coast Portal of the Islands")
    assert found.body.startswith("A grant will mend")


def test_a_title_that_names_an_office_is_told_from_the_name_of_the_site() -> None:
    site = "<meta property=og:site_name content='News and Coverage of Releases'><h1>News and Coverage of Releases</h1>"
    html = f"<title>Coast Council Mends Piers | News and Coverage of Releases</title>{site}<main>"
    found = read_page(f"{html}<p>4 July 2024</p><h1>Coast Council Mends Piers</h1>{BODY}</main>")
    assert found.title == "Coast Council Mends Piers"
    html = "<title>Coast Office</title><header><h1>Coast Office</h1></header>"
    assert read_page(f"{html}<div><h2>Nine piers to mend</h2>{BODY}</div>").title == "Nine piers to mend"


def test_what_a_page_unfolds_after_a_click_is_text_but_what_it_hides_is_not() -> None:
    folded = "<div class=accordion-panel aria-hidden=true><p>The piers cost £9 million.</p></div>"
    hidden = '<div aria-hidden=true><p>A hidden text.</p></div><div class="collapse nav-menu" hidden><p>Menu</p></div>'
    assert read_page(page(body=f"{BODY}{folded}{hidden}")).body.endswith("May.\n\nThe piers cost £9 million.")


@pytest.mark.parametrize("shown", ["", "<p>We use cookies, and ask for your consent.</p>"])
def test_the_text_of_a_page_that_its_scripts_make_is_that_of_its_metadata(shown: str) -> None:
    stated = {
        "@type": "NewsArticle",
        "datePublished": "2024-07-04",
        "headline": "Nine piers to be mended",
        "articleBody": "A grant will mend nine piers before the summer.\n\nWork begins in Pellport in May.",
        "publisher": {"@type": "Organization", "name": "Coast Office"},
    }
    head = f'<title>Nine piers to be mended</title><script type="application/ld+json">{json.dumps(stated)}</script>'
    found = read_page(f"<html><head>{head}</head><body>{shown}<div id=app></div></body></html>")
    assert found.body == "A grant will mend nine piers before the summer.\n\nWork begins in Pellport in May."
    assert (found.title, found.publisher, found.published) == (
        "Nine piers to be mended",
        "Coast Office",
        date(2024, 7, 4),
    )


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Sign in", "lets no program read it"),
        ("Access Denied", "lets no program read it"),
        ("Just a moment...", "lets no program read it"),
        ("Page not found", "no such page"),
        ("404 - Not Found", "no such page"),
        ("Service unavailable", "no such page"),
    ],
)
def test_a_page_that_stands_in_the_place_of_another_is_no_release(title: str, reason: str) -> None:
    html = f"<title>{title} | Coast Office</title><h1>{title}</h1><p>4 July 2024</p>{BODY}"
    with pytest.raises(EntryError, match=reason):
        read_page(html)


@pytest.mark.parametrize(
    "title",
    [
        "500 new jobs for Pellport",
        "404 soldiers come home",
        "Security checks at ports to be eased",
        "Log in to the new service from May",
        "Forbidden goods seized at Pellport",
    ],
)
def test_a_release_may_be_titled_as_such_pages_begin(title: str) -> None:
    html = f"<title>{title} | Coast Office</title><h1>{title}</h1><p>4 July 2024</p>{BODY}"
    assert read_page(html).title == title
    if title.startswith("Log in"):
        with pytest.raises(EntryError, match="lets no program read it"):
            read_page(html.replace("</h1>", "</h1><form><input type=password></form>"))


def test_lists_of_terms_about_the_page_and_contacts_are_no_text() -> None:
    after = (
        "<h2>Contacts for media</h2><p>Jo Quay<br>Head of news<br>555-555-0170</p><h2>Page details</h2>"
        "<dl><dt>Date modified:<dd>2024-07-09</dl>"
    )
    terms = "<dl><dt>Type<dd>Press release<dt>Reference<dd>CO/12</dl>"
    days = "<p>Published on 4 July 2024</p><p>Last updated on 9 July 2024</p>"
    found = read_page(page(before=f"{terms}{days}", after=after))
    assert found.body == "\n\n".join(re.findall(r"<p>(.*?)</p>", BODY))
    assert found.updated == date(2024, 7, 9)


def test_the_history_of_a_page_is_no_text() -> None:
    history = (
        "<h2>Updates to this page</h2><span>Published 4 July 2024</span><br><span>Last updated 9 July 2024</span><ol>"
        "<li><time>9 July 2024</time><p>Corrected the number of piers.</p></li><li>4 July 2024<p>First published.</p>"
        "</ol><h2>Notes to editors</h2><p>A survey found 14 closed piers.</p>"
    )
    found = read_page(page(after=f"<div>{history}</div>", body=f"{BODY}<h2>Change history</h2><p>Piers change.</p>"))
    assert "Corrected" not in found.body
    assert "Updates to this page" not in found.body
    assert found.body.endswith("Change history\n\nPiers change.\n\nNotes to editors\n\nA survey found 14 closed piers.")


@pytest.mark.parametrize(
    ("html", "publisher"),
    [
        (page(before="<ul><li>From <a>Department of Piers</a></li><li>Published on 4 July 2024</li></ul>"),
         "Department of Piers"),
        (page(head='<meta name=DC.creator content="Web Team, Ness City Council, www.ness.test/form/5">'
                   "<meta name=DC.publisher content='Ness City Council'>"), "Ness City Council"),
        ("<html><title>Nine piers to be mended - ness.test</title><meta property=og:site_name content=Ness.test>"
         f"<body><header><a>The Ness Government</a></header><main><h1>Nine piers to be mended</h1>{BODY}</main>",
         "The Ness Government"),
        ("<html><title>Nine piers to be mended</title><meta property=og:site_name content=Nessilium><body><main>"
         f"<p>Council of Ness</p><p>Press release</p><p>4 July 2024</p><h1>Nine piers to be mended</h1>{BODY}</main>",
         "Council of Ness"),
        (f"<html><title>MOP | News Highlights</title><body><main><h1>Nine piers to be mended</h1>{BODY}"
         "<p>MINISTRY OF PIERS<br>4 JULY 2024</p></main>", "Ministry of Piers"),
        (f"<html><title>Press Release:Piers Information Bureau</title><body><h2>Nine piers to be mended</h2>{BODY}",
         "Piers Information Bureau"),
        (f"<html><title>Nine piers to be mended</title><body><h1>Nine piers to be mended</h1>{BODY}"
         "<div id=footer><p>© Harbour Commissioners of Ness</p></div>", "Harbour Commissioners of Ness"),
        (f"<html><title>NEWS RELEASE: Nine piers mended</title><body><h1>Nine piers mended</h1>{BODY}", None),
    ],
)  # fmt: skip
def test_an_office_on_the_page_is_its_publisher_before_the_name_of_its_site(html: str, publisher: str) -> None:
    assert read_page(html).publisher == publisher


def test_archives_and_buttons_are_left_out_and_what_a_text_asks_readers_to_do_stays() -> None:
    call = "<div class=call-to-action><p>Apply by 30 June.</p></div>"
    html = page(
        before="<div class='gem-c-single-page-notification-button'><a>Get emails about this page</a></div>",
        body=f"<div class=gem-c-govspeak>{BODY}{call}</div>",
        after="<div id=newsArchive><h2>News archive</h2><ul><li>April 2024 (12)</li></ul></div>",
    )
    body = read_page(html).body
    assert "Apply by 30 June." in body
    assert "Get emails" not in body
    assert "April 2024" not in body
    assert "Apply" not in read_page(page(after=call)).body


def test_the_title_of_a_page_without_headings_is_its_first_line_and_not_that_of_its_kind() -> None:
    menu = "<a href=/>Home</a><br><a href=/c>Consumer</a><br><a href=/n>News</a>"
    cells = f"<table><tr><td>{menu}</td><td>{{}}</td></tr></table>"
    text = f"<font size=4><b>Attorney General mends nine piers</b></font><br>Thursday, July 4, 2024<p>{BODY}"
    found = read_page(f"<html><title>AG Press Release</title><body>{cells.format(text)}</body></html>")
    assert (found.title, found.published) == ("Attorney General mends nine piers", date(2024, 7, 4))
    assert "Consumer" not in found.body
