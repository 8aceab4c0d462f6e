"""Documents of every kind as releases: PDF, Word, text, and folders of them.

Long because each kind of document is tried with the same few sentences.
"""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from index.errors import SourceError
from index.sources import FieldMap, detect, open_source
from index.sources.clean import EntryError
from index.sources.documents.files import docx_page, pdf_page, text_page
from index.sources.documents.pdf_text import read_pdf
from index.types import Problem, Release, Skipped
from tests.index.sources.conftest import make_pdf

OFFICE = FieldMap(publisher_name="Coast Office")
BODY = "A grant will mend nine piers before the summer, the Coast Office said."
PAGE = f"<html><title>Piers</title><h1>Nine piers to be mended</h1><p>Published 4 July 2024</p><p>{BODY}</p></html>"


def lines(texts: list[str], x: float = 70, top: float = 740, step: float = 14) -> list[tuple[float, float, str]]:
    return [(x, top - step * number, text) for number, text in enumerate(texts)]


def test_the_lines_of_a_pdf_become_paragraphs_with_their_pages() -> None:
    header = [(70.0, 800.0, "COAST OFFICE - PRESS NOTICE 12"), (280.0, 30.0, "Page 1 of 2")]
    first = lines(
        [
            "The office has announced a grant for nine seaside piers which were da-",
            "maged in the storms of March. Work on the first two begins before the",
            "end of the summer, and a self-",
            "governing board will follow it.",
            "1. Pellport has waited longest, and its pier is mended first, from the middle",
            "of May.",
            "2. Ness follows.",
        ],
        top=700,
    )
    second = lines(["The last sentence of the release stands on a page of its own."], top=700)
    pages = [
        [*header, (70.0, 750.0, "Nine seaside piers to be mended", 18.0), (70.0, 728.0, "4 July 2024"), *first],
        [(70.0, 800.0, "COAST OFFICE - PRESS NOTICE 12"), (280.0, 30.0, "Page 2 of 2"), *second],
    ]
    page = pdf_page(make_pdf(pages, "Microsoft Word - piers FINAL.doc"), "piers.pdf")

    assert page.title == "Nine seaside piers to be mended"
    assert page.published == date(2024, 7, 4)
    assert page.body == (
        "The office has announced a grant for nine seaside piers which were damaged in the storms of March. Work on the"
        " first two begins before the end of the summer, and a self-governing board will follow it.\n\n"
        "1. Pellport has waited longest, and its pier is mended first, from the middle of May.\n\n"
        "2. Ness follows.\n\n"
        "The last sentence of the release stands on a page of its own."
    )
    assert [number for _, number in page.pages] == [1, 2]
    assert page.body[page.pages[1][0] :].startswith("The last sentence")


def test_two_columns_of_a_pdf_are_read_one_after_the_other_and_a_table_row_by_row() -> None:
    left = lines([f"left column line {number} of some words" for number in "abcdef"], x=60)
    right = lines([f"right column line {number} of some words" for number in "abcdef"], x=320)
    table = [
        (x, 500 - 14 * row, f"{name}{row}")
        for row in range(4)
        for x, name in ((60, "town"), (200, "cost"), (300, "year"))
    ]
    mixed = [each for pair in zip(left, right, strict=True) for each in pair]
    page = pdf_page(make_pdf([[(60, 780, "Two columns and a table", 20), *mixed, *table]]), "2024-07-04-columns.pdf")

    assert page.body.index("left column line f") < page.body.index("right column line a")
    assert "| town1 | cost1 | year1 |" in page.body
    assert page.published == date(2024, 7, 4)


def test_lines_of_the_body_at_the_edge_of_a_page_are_no_headers_whatever_their_digits() -> None:
    head = [(70.0, 805.0, "COAST OFFICE - PRESS NOTICE 12")]
    rows = [f"{2001 + number} {40 + 3 * number} piers mended {900 + 7 * number} feet" for number in range(6)]
    story = ["In the {} year the office mended {} piers, which cost the towns", "more than anyone had said before it."]
    pages = []
    for number in (1, 2, 3):
        first = [(70.0, 750.0, "Piers by year", 18.0)] if number == 1 else []
        body = [*rows[2 * number - 2 : 2 * number], *story, *story[::-1]]
        placed = lines([text.format(number, 10 * number) for text in body], top=720)
        pages.append([*head, *first, *placed, (280.0, 30.0, f"- {number} -"), (500.0, 18.0, f"Notice 12 {number + 4}")])
    body = pdf_page(make_pdf(pages), "2024-07-04-piers.pdf").body

    assert [row for row in rows if row not in body] == []
    assert all(body.count(f"In the {number} year the office mended {10 * number} piers") == 2 for number in (1, 2, 3))
    assert body.count("more than anyone") == 6
    assert "PRESS NOTICE" not in body
    assert "Notice 12" not in body
    assert "- 2 -" not in body


def test_a_number_at_the_edge_of_a_page_is_its_own_only_if_it_stands_apart_or_counts() -> None:
    column = [lines([str(200 + 3 * number + 20 * page) for number in range(5)], top=720) for page in range(2)]
    said = [(70.0, 770.0, "Piers mended in each of ten years", 18.0)]
    pages = [[*said, *column[0], (500.0, 650.0, "1")], [*column[1], (500.0, 650.0, "2")]]
    text = read_pdf(make_pdf(pages)).text

    assert text.split()[7:] == [str(200 + 3 * number + 20 * page) for page in range(2) for number in range(5)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_pdf([[]]), "no text layer"),
        (b"%PDF-1.4\nnothing", "damaged"),
        (make_pdf([lines(["Words without a day."])]), "no day of publication"),
    ],
)
def test_a_pdf_that_is_no_release_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    (problem,) = open_source(path, how=OFFICE).read()
    assert isinstance(problem, Problem)
    assert reason in problem.reason


def test_a_word_file_keeps_headings_lists_and_tables(word_file: bytes) -> None:
    page = docx_page(word_file, "piers.docx")
    assert (page.title, page.published) == ("Nine piers to be mended", date(2024, 7, 4))
    assert page.body == (
        f"{BODY}\n\n• Pellport\n• Ness\n\nCosts\n\n1. survey\n2. repair\n\n"
        "| Town | Cost |\n|---|---|\n| Pellport \\| Ness | £1.1 million |"
    )
    assert page.contacts == "Press office 020 7946 0018"


def test_a_word_file_that_unpacks_to_too_much_or_is_none_is_refused(word_file: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in packed.namelist():
            bomb.writestr(name, packed.read(name))
        bomb.writestr("word/media/image1.bin", b"\0" * 200_000_000)
    with pytest.raises(EntryError, match="unpacks to"):
        docx_page(out.getvalue(), "bomb.docx")
    with pytest.raises(EntryError, match=r"damaged|not a Word file"):
        docx_page(word_file[: len(word_file) // 2], "cut.docx")
    damaged = bytearray(word_file)
    damaged[damaged.rindex(b"PK\x01\x02") + 6] = 0x7F  # the version of the archive's format
    with pytest.raises(EntryError, match="damaged"):
        docx_page(bytes(damaged), "version.docx")


def test_a_text_file_with_the_marks_of_a_release_is_one(tmp_path: Path) -> None:
    path = tmp_path / "release"
    path.write_text(
        "FOR IMMEDIATE RELEASE\nJuly 4, 2024\n\nContact: Jo Quay, (555) 555-0170\n\nNine piers to be mended\n\n"
        "SPRINGFIELD - A grant will mend nine piers before the summer, which is when\nmost people come to the coast,"
        " the Coast Office said today.\n\n###\n",
        "utf-8",
    )
    assert detect(path) == "text"
    (release,) = open_source(path, how=OFFICE).read()
    assert isinstance(release, Release)
    assert (release.title, release.published) == ("Nine piers to be mended", date(2024, 7, 4))
    assert release.body.startswith("SPRINGFIELD - A grant")
    assert release.body.endswith("said today.")
    assert text_page(path.read_text(), "x").contacts == "Contact: Jo Quay, (555) 555-0170"


def test_a_folder_of_documents_is_read_whole_and_tells_what_it_left_out(tmp_path: Path, word_file: bytes) -> None:
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "ad.html").write_text("<html><p>an advertisement</p></html>", "utf-8")
    (tmp_path / "page.htm").write_text(PAGE, "utf-16")
    (tmp_path / "word.docx").write_bytes(word_file)
    (tmp_path / "note.md").write_text(f"---\ntitle: A note\ndate: 4 July 2024\n---\n\n{BODY}\n", "utf-8")
    (tmp_path / "letter.txt").write_text("A letter to a friend.\n", "utf-8")
    (tmp_path / "scan.pdf").write_bytes(make_pdf([[]]))
    source = open_source(tmp_path, how=OFFICE)
    found = list(source.read())

    assert detect(tmp_path) == "files"
    assert [each.title for each in found if isinstance(each, Release)] == [
        "A note",
        "Nine piers to be mended",
        "Nine piers to be mended",
    ]
    assert [Path(each.where).name for each in found if isinstance(each, Problem)] == ["scan.pdf"]
    (left_out,) = [each for each in found if isinstance(each, Skipped)]
    assert (left_out.where, "letter.txt" in left_out.reason) == (str(tmp_path), True)
    assert source.expected() == len(found)


def test_files_is_the_kind_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    assert detect(tmp_path / "page.html") == "html"
    with pytest.raises(SourceError, match="not a folder"):
        list(open_source(tmp_path / "page.html", "files").read())


def test_a_folder_reads_every_kind_of_file_and_names_what_it_does_not_know(tmp_path: Path) -> None:
    own = {"title": "One", "body": BODY, "publisher": "Coast Office", "published": "2024-07-04"}
    other = {"headline": "Three", "text": BODY, "organisation": "Coast Office", "date": "2024-07-04"}
    files = {
        "own.jsonl": json.dumps(own),
        "a/other.jsonl": json.dumps(other | {"headline": "Two"}),
        "a/array.json": json.dumps([other]),
        "table.csv": f'title,text,agency,date\nFour,"{BODY}",Coast Office,2024-07-04\n',
        "tag.txt": f"Tag: X\n\nPRESS RELEASE : Five\n\nThe press release issued by the X on 4 July 2024.\n\n{BODY}\n",
        "feed.rss": rss(f"<item><title>Six</title>{DAY}<content:encoded>{BODY}</content:encoded></item>"),
        "page.html": PAGE.replace("<p>P", "<p>From: Coast Office</p><p>P"),
        "package.json": '{"name": "x", "version": "1"}',
        "numbers.csv": "a,b\n1,2\n",
        "letter.txt": "A letter to a friend.",
        "style.css": "p { color: red }",
        ".hidden.json": "[",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\0\x10")
    source = open_source(tmp_path)
    found = list(source.read())

    assert sorted(each.title for each in found if isinstance(each, Release)) == sorted(
        ["One", "Two", "Three", "Four", "Five", "Six", "Nine piers to be mended"]
    )
    problems = {Path(each.where).name.partition(":")[0]: each.reason for each in found if isinstance(each, Problem)}
    assert problems.keys() == {"package.json", "numbers.csv"}
    assert "cannot tell what kind" in problems["numbers.csv"]
    (left_out,) = [each.reason for each in found if isinstance(each, Skipped)]
    assert "letter.txt, photo.jpg, style.css" in left_out
    assert source.expected() == len(found)


def test_a_folder_without_anything_that_is_known_names_what_it_holds(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.css").write_text("p { color: red }", "utf-8")
    with pytest.raises(SourceError, match=r"no releases in .*9 files, such as 0\.css, 1\.css") as caught:
        list(open_source(tmp_path).read())
    assert "JSON Lines, CSV, feeds" in caught.value.hint


def test_a_markdown_file_without_front_matter_is_told_by_its_name_as_in_a_folder(tmp_path: Path) -> None:
    for name in ("2024-07-04-piers.md", "2024-07-04-piers.MARKDOWN"):
        path = tmp_path / name
        path.write_text(f"# Nine piers to be mended\n\n{BODY}\n", "utf-8")
        (release,) = open_source(path, how=OFFICE).read()
        assert isinstance(release, Release)
        assert (release.title, release.published) == ("Nine piers to be mended", date(2024, 7, 4))


DAY = "<pubDate>Thu, 04 Jul 2024 09:00:00 GMT</pubDate>"


def rss(items: str, charset: str = "utf-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Coast Office</title>'
        f"<link>https://coast.test/</link>{items}</channel></rss>"
    )


def test_a_feed_in_a_file_gives_its_whole_items_and_says_what_reads_the_others(tmp_path: Path) -> None:
    whole = f"<item><title>Café piers</title><link>/n/1</link>{DAY}<content:encoded>{BODY}</content:encoded></item>"
    short = f"<item><title>Ness</title><link>/n/2</link>{DAY}<description>In short.</description></item>"
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(whole + whole + short, "iso-8859-1").encode("iso-8859-1"))
    release, problem = open_source(path).read()

    assert isinstance(release, Release)
    assert (release.title, release.publisher, release.published) == ("Café piers", "Coast Office", date(2024, 7, 4))
    assert (release.body, release.url) == (BODY, "https://coast.test/n/1")
    assert isinstance(problem, Problem)
    assert problem.reason.startswith('1 item has only a summary ("Ness")')
    assert 'kind = "feed"' in problem.reason
    assert "https://coast.test/n/2" in problem.reason
    (named, _) = open_source(path, how=FieldMap(publisher_name="Harbour Board")).read()
    assert isinstance(named, Release)
    assert named.publisher == "Harbour Board"


def test_a_feed_that_is_cut_off_empty_or_of_comments_says_so(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    item = f"<item><title>Piers</title>{DAY}<content:encoded>{BODY}</content:encoded></item>"
    path.write_text(rss(item).removesuffix("</channel></rss>"), "utf-8")
    assert any("in part only" in each.reason for each in open_source(path).read() if isinstance(each, Problem))
    for content, message in (
        (rss(""), "without items"),
        (rss(item).replace("<title>Coast", "<title>Comments on: Coast"), "comments"),
    ):
        path.write_text(content, "utf-8")
        with pytest.raises(SourceError, match=message):
            list(open_source(path).read())


def test_a_text_file_has_its_headline_as_title_and_its_letterhead_as_publisher() -> None:
    letterhead = "Office of Piers                              Contact: Jo Quay, 555-555-0170\n"
    letterhead += "FOR RELEASE: Upon receipt                   Date: July 4, 2024"
    text = f"          NEWS RELEASE\n\n{letterhead}\n\nGOVERNOR SIGNS PIER BILL\n\nPELLPORT -- {BODY}\n\n-30-\n"
    page = text_page(text, "piers.txt")
    assert (page.title, page.publisher, page.published) == (
        "GOVERNOR SIGNS PIER BILL",
        "Office of Piers",
        date(2024, 7, 4),
    )
    assert page.body == f"PELLPORT -- {BODY}"


def test_a_second_headline_in_another_style_is_not_part_of_the_title() -> None:
    text = (
        "FOR IMMEDIATE RELEASE\nJuly 4, 2024\n\nCoast Office Mends Nine Piers Before The Summer\n"
        f"Work begins in the town of Pellport in May\n\nPELLPORT – {BODY}\n\n###"
    )
    page = text_page(text, "piers.txt")
    assert page.title == "Coast Office Mends Nine Piers Before The Summer"
    assert page.body == f"Work begins in the town of Pellport in May\n\nPELLPORT – {BODY}"


@pytest.mark.parametrize(
    ("first", "is_title"),
    [
        ("Pier reopens", True),
        ("Media statement", False),  # a kind of text
        ("Jo Quay", False),  # who wrote it
        ("Good morning", False),
        ("Pier 9", False),
    ],
)
def test_a_headline_may_have_two_words_if_nothing_else_is_one(first: str, is_title: bool) -> None:
    page = text_page(f"{first}\n\n4 July 2024\n\n{BODY}\n", "piers.txt")
    assert (page.title == first) == is_title
    above = text_page(f"{first}\n\nNine piers to be mended\n\n4 July 2024\n\n{BODY}\n", "piers.txt")
    assert above.title == "Nine piers to be mended"


def test_rows_of_a_table_in_a_text_file_stay_rows() -> None:
    text = f"Nine piers to be mended\nPublished 4 July 2024\n\n{BODY}\n\nPellport     12 June 2024\nNess         May\n"
    assert "Pellport 12 June 2024\nNess May" in text_page(text, "piers.txt").body


@pytest.mark.parametrize("sign", ["ffi", "ff", "ti"])
def test_the_letters_of_one_sign_of_a_pdf_are_all_kept(sign: str) -> None:
    pdf = make_pdf([lines(["Words with one sign for several letters: so@ces.", "And more words."])], sign=sign)
    assert f"so{sign}ces" in read_pdf(pdf).text


@pytest.mark.parametrize(
    ("given", "publisher"),
    [({"author": "Harbour Agency"}, "Harbour Agency"), ({"author": "Jo Quay"}, "Coast Office"), ({}, "Coast Office")],
)
def test_the_publisher_of_a_pdf_may_stand_in_its_headers_or_metadata(given: dict[str, str], publisher: str) -> None:
    head = (70.0, 800.0, "COAST OFFICE - PRESS NOTICE" if publisher == "Coast Office" else "12")
    shown = [(70.0, 740.0, "Nine piers to be mended", 18.0), (70.0, 720.0, "4 July 2024"), *lines([BODY], top=690)]
    page = pdf_page(make_pdf([[head, *shown], [head, *lines(["More of the words."], top=690)]], **given), "p.pdf")
    assert (page.title, page.publisher, page.published) == ("Nine piers to be mended", publisher, date(2024, 7, 4))


def test_a_title_of_two_lines_that_names_a_minister_is_whole() -> None:
    title = [
        (70.0, 740.0, "Nine seaside piers to be mended by the", 18.0),
        (70.0, 720.0, "end of May, says minister", 18.0),
    ]
    page = pdf_page(make_pdf([[*title, (70.0, 690.0, "4 July 2024"), *lines([BODY], top=660)]]), "p.pdf")
    assert page.title == "Nine seaside piers to be mended by the end of May, says minister"


def test_a_word_file_keeps_what_stands_in_controls_and_names_its_publisher_in_the_header() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Coast Office\tPellport"
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "News release", "4 July 2024"
    document.add_heading("Nine piers to be mended", 1)
    document.add_paragraph(BODY)
    control = document.add_paragraph("A control holds these words.")._p
    outer = OxmlElement("w:sdt")
    inner = OxmlElement("w:sdtContent")
    control.addprevious(outer)
    outer.append(inner)
    inner.append(control)
    out = io.BytesIO()
    document.save(out)
    page = docx_page(out.getvalue(), "piers.docx")
    assert (page.title, page.publisher, page.published) == ("Nine piers to be mended", "Coast Office", date(2024, 7, 4))
    assert page.body == f"{BODY}\n\nA control holds these words."


@pytest.mark.parametrize(
    ("head", "title", "publisher"),
    [
        (
            "STATE OF NESS\nDEPARTMENT OF PIERS\n21 Station Road, Pellport, ME 04333\n\n"
            "FOR IMMEDIATE RELEASE: July 4, 2024\nCONTACT: Jo Quay, 207-555-0170\n\nState Mends Nine Piers",
            "State Mends Nine Piers",
            "Department of Piers",
        ),
        (
            "PRESS RELEASE\n\nMinister for Ports\nHon Ada Pell MP\n\n4 July 2024\n\nNine Piers Mended",
            "Nine Piers Mended",
            "Minister for Ports",
        ),
        (
            "COAST OFFICE              PRESS RELEASE\n1 Quay Road               No. 12/2024\nNess"
            "                      4 July 2024\n\nNine piers to be mended",
            "Nine piers to be mended",
            "Coast Office",
        ),
        (
            "Issued by the Coast Office on 4 July 2024\n\nNine piers to be mended",
            "Nine piers to be mended",
            "Coast Office",
        ),
        (
            "Coast Office - News release - 4 July 2024\n\nNine piers to be mended",
            "Nine piers to be mended",
            "Coast Office",
        ),
    ],
)
def test_letterheads_streets_and_persons_are_no_titles(head: str, title: str, publisher: str) -> None:
    page = text_page(f"{head}\n\n{BODY}\n\nENDS\n", "piers.txt")
    assert (page.title, page.published) == (title, date(2024, 7, 4))
    assert page.publisher == publisher
    assert page.body == BODY


@pytest.mark.parametrize(
    "after",
    [
        "Issued by the Coast Office, 1 Quay Road, Ness",
        "About the Coast Office: it keeps 41 piers.",
        "Media contact: Jo Quay, Coast Office, 207-555-0170",
    ],
)
def test_the_lines_below_a_text_may_name_its_publisher(after: str) -> None:
    text = f"EMBARGOED UNTIL 00.01HRS, 4 JULY 2024\n\nNine piers to be mended\n\n{BODY}\n\nENDS\n\n{after}\n"
    assert text_page(text, "piers.txt").publisher == "Coast Office"


def test_a_text_with_a_day_is_a_release_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "piers.txt"
    path.write_text(f"Nine piers to be mended\n\n4 July 2024\n\n{BODY}\n", "utf-8")
    (release,) = open_source(path, how=OFFICE).read()
    assert isinstance(release, Release)
    assert (release.title, release.published, release.body) == ("Nine piers to be mended", date(2024, 7, 4), BODY)


def test_the_title_of_a_word_file_without_styles_is_its_headline() -> None:
    document = docx.Document()
    for line in ("PRESS RELEASE", "4 July 2024 – for immediate use", "Nine piers to be mended", BODY):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    page = docx_page(out.getvalue(), "piers.docx")
    assert (page.title, page.published, page.body) == ("Nine piers to be mended", date(2024, 7, 4), BODY)


def test_the_second_column_of_a_letterhead_in_a_pdf_tells_the_day() -> None:
    head = [
        (70.0, 760.0, "For immediate release"),
        (400.0, 760.0, "2024COAST0041"),
        (70.0, 746.0, "Ministry of Piers"),
        (400.0, 746.0, "July 4, 2024"),
        (70.0, 700.0, "Nine piers to be mended", 18.0),
    ]
    page = pdf_page(make_pdf([[*head, *lines([BODY], top=670)]]), "piers.pdf")
    assert (page.title, page.publisher, page.published, page.body) == (
        "Nine piers to be mended",
        "Ministry of Piers",
        date(2024, 7, 4),
        BODY,
    )


def test_the_address_in_the_footers_of_a_pdf_names_its_publisher() -> None:
    footer = (70.0, 40.0, "Ness Council, Town Hall, 1 Quay Road, Ness NE1 2AB")
    shown = [(70.0, 760.0, "Nine piers to be mended", 18.0), (70.0, 740.0, "4 July 2024"), *lines([BODY], top=710)]
    page = pdf_page(make_pdf([[*shown, footer], [*lines(["More of the words."], top=740), footer]]), "p.pdf")
    assert page.publisher == "Ness Council"
