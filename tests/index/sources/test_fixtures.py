"""The real pages, files and documents beside the repository (../shared/fixtures), with the traps its README tells."""

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import FieldMap, open_source, parse_fields
from index.sources.clean import clean_body
from index.sources.documents.docx_text import read_docx
from index.sources.documents.files import pdf_page
from index.sources.html.page import Listing, Page, read_page_or_list
from index.types import Problem, Release

FIXTURES = Path(__file__).parents[3].parent / "shared" / "fixtures"
CORPUS = FIXTURES.parent / "corpus"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FIXTURES.exists(), reason="the real fixtures are not beside the repository (../shared)"),
]

MN_AG, MAYOR = "Minnesota Attorney General", "Office of the Mayor"
PAGES = {
    "html/gov-uk-news-2010-10-10-success-story.cut.html": (date(2010, 8, 28), "Foreign & Commonwealth Office"),
    "html/mn-ag-2018_12_21_ComcastXfinity.html": (date(2018, 12, 21), MN_AG),
    "html/mn-ag-2019_01_15_BusyStart.html": (date(2019, 1, 15), MN_AG),
    "html/mn-ag-2019_04_03_NutritionalStandards.html": (date(2019, 4, 3), MN_AG),
    "html/mn-ag-2019_08_05_PurdueComplaint.html": (date(2019, 8, 5), MN_AG),
    "html/mn-ag-2020_03_20_PriceGouging.html": (date(2020, 3, 20), MN_AG),
    "html/mn-ag-2021_01_22_EO_Enforcement_Update.html": (date(2021, 1, 22), MN_AG),
    "html/mn-ag-2021_04_19_WalterMondale.html": (date(2021, 4, 19), MN_AG),
    "wordpress/phila-single-advisory.html": (date(2016, 3, 1), MAYOR),
    "wordpress/phila-single-awards.html": (date(2016, 9, 13), MAYOR),
    "wordpress/phila-single-community-schools.html": (date(2016, 7, 18), MAYOR),
    "wordpress/phila-single-prek-dup-2.html": (date(2016, 8, 22), MAYOR),
}
LISTS = {
    "html/us-congress-bill_nelson_press-coldfusion.html": (26, date(2013, 4, 24)),
    "html/us-congress-bill_nelson_press.html": (10, date(2015, 3, 9)),
    "html/us-congress-drupal_press.html": (10, date(2015, 4, 14)),
    "html/us-congress-house_gop_releases.html": (8, None),
    "html/us-congress-vitter_press.html": (17, date(2013, 4, 30)),
    "wordpress/phila-archive-press-releases.html": (20, date(2016, 11, 7)),
    "wordpress/phila-archive-posts-page2.html": (20, date(2016, 10, 5)),
    "wordpress/phila-news-mayor-page2.html": (18, date(2016, 6, 3)),
    "wordpress/capitolcode-tag-press.html": (0, None),
}
AROUND = ("Skip to", "Menu", "Facebook", "Twitter", "cookies", "###", "All rights", "Home\n", "\u0080", "â€")
"""What stands around the text on these pages, or shows that it was decoded wrongly."""


def read(name: str, how: FieldMap | None = None) -> tuple[list[Release], list[Problem]]:
    entries = list(open_source(FIXTURES / name, how=how or FieldMap()).read())
    releases = [each for each in entries if isinstance(each, Release)]
    assert all(each.body == clean_body(each.body) for each in releases)
    return releases, [each for each in entries if isinstance(each, Problem)]


@pytest.mark.parametrize(("name", "told"), PAGES.items())
def test_a_page_gives_title_day_publisher_and_a_body_without_what_stands_around_it(
    name: str, told: tuple[date, str]
) -> None:
    ((release,), problems) = read(name)
    assert not problems
    assert release.published == told[0]
    assert told[1] in release.publisher
    assert release.title not in release.body.split("\n")
    assert not [words for words in AROUND if words in release.body + release.title]
    assert not release.body.startswith(("Press Release", "For Immediate", "Contact"))


@pytest.mark.parametrize(("name", "told"), LISTS.items())
def test_a_page_that_lists_releases_is_told_from_one(name: str, told: tuple[int, date | None]) -> None:
    found = read_page_or_list((FIXTURES / name).read_bytes(), "https://site.test/news/")
    assert isinstance(found, Listing)
    assert len(found.items) == told[0]
    if found.items:
        assert found.items[0].day == told[1]
        assert all(item.url for item in found.items)


def test_releases_of_congress_are_read_when_their_publisher_is_named() -> None:
    path = FIXTURES / "datasets" / "us-congress-press-sample300.jsonl"
    with pytest.raises(SourceError, match="no publisher") as caught:
        list(open_source(path).read())
    assert caught.value.hint.endswith("--field publisher=member.name")

    releases, problems = read("datasets/us-congress-press-sample300.jsonl", parse_fields(["publisher=member.name"]))
    assert len(releases) == 294
    assert sum(int(problem.reason.split(" ")[0]) for problem in problems) == 6  # no text, or no member
    assert sum("FOR IMMEDIATE RELEASE" in each.body.upper()[:200] for each in releases) < 8
    assert not [each.id for each in releases if each.body.rstrip().endswith("###")]


def test_markdown_without_a_publisher_takes_one_and_the_day_of_its_name() -> None:
    name = "datasets/sg-mlaw-press-releases-md"
    releases, (problem,) = read(name)
    assert not releases
    assert "117 of 117 files have no publisher" in problem.reason
    assert "--publisher NAME" in problem.reason

    releases, problems = read(name, FieldMap(publisher_name="Ministry of Law"))
    assert (len(releases), problems) == (117, [])
    assert {each.publisher for each in releases} == {"Ministry of Law"}
    for each in releases:
        assert "{:" not in each.body
        assert "Posted in" not in each.body
        assert "Last updated" not in each.body


@pytest.mark.parametrize(
    ("name", "day", "publisher", "words"),
    [
        (
            "phila-dnc-media-advisory.pdf",
            date(2016, 7, 20),
            "Homeland Security",
            "primary call-in and response center for",
        ),
        (
            "sg-mlaw-2009-joint-press-release.pdf",
            date(2009, 1, 19),
            "Ministry of Law",
            "attendant disabilities¹ and social",
        ),
        ("sg-mlaw-2010-ipto.pdf", date(2010, 3, 31), "Public Trustee", "no longer make available information"),
        (
            "sg-mlaw-2013-bona-vacantia.pdf",
            date(2013, 2, 14),
            "Public Trustee",
            "claims against ownerless assets (also known",
        ),
    ],
)
def test_a_pdf_is_read_in_order_with_its_pages(name: str, day: date, publisher: str, words: str) -> None:
    page = pdf_page((FIXTURES / "pdf_docx" / name).read_bytes(), name)
    assert isinstance(page, Page)
    assert page.published == day
    assert publisher in (page.publisher or "")
    assert words in page.body
    assert [number for _, number in page.pages] == list(range(1, len(page.pages) + 1))
    assert not page.title.startswith("Microsoft")
    assert "Page 1 of" not in page.body


def test_what_is_no_release_says_why() -> None:
    releases, problems = read("pdf_docx", FieldMap(publisher_name="Ministry of Law"))
    reasons = {Path(each.where).name: each.reason for each in problems}
    assert len(releases) == 5
    assert "no text layer" in reasons["sg-mlaw-2009-scanned.pdf"]
    assert "no day of publication" in reasons["sg-mlaw-2016-annex-list-table.docx"]


def test_numbers_of_word_lists_and_notes_are_there() -> None:
    text = read_docx((FIXTURES / "pdf_docx" / "tika-testWORD_numbered_list.docx").read_bytes()).text
    assert "7. seven\na. seven a\ne. seven e" in text
    assert read_docx((FIXTURES / "pdf_docx" / "tika-footnotes.docx").read_bytes()).text.endswith("¹ snoska")


def test_posts_of_the_rest_api_are_records() -> None:
    releases, problems = read("wordpress/webaquebec-wp-v2-posts.json", FieldMap(publisher_name="Web à Québec"))
    assert (len(releases), problems) == (35, [])
    assert not [each for each in releases if "&#" in each.title or "<" in each.title]


def texts() -> Iterator[Path]:
    yield from sorted(path for path in FIXTURES.rglob("*") if path.is_file() and path.name != "README.md")


@pytest.mark.parametrize("path", list(texts()) if FIXTURES.exists() else [], ids=lambda path: path.name[:60])
def test_every_file_gives_releases_problems_or_a_source_error(path: Path) -> None:
    with contextlib.suppress(SourceError):
        assert list(open_source(path, how=FieldMap(publisher_name="Somebody")).read())
