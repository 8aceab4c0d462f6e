import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import FieldMap, detect, open_source
from index.sources.clean import EntryError
from index.sources.documents.files import docx_page, pdf_page, text_page
from index.types import Problem, Release
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
    assert text_page(path.read_bytes(), "x").contacts == "Contact: Jo Quay, (555) 555-0170"


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
    assert source.expected() == len(found)


def test_files_is_the_kind_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    assert detect(tmp_path / "page.html") == "html"
    with pytest.raises(SourceError, match="not a folder"):
        list(open_source(tmp_path / "page.html", "files").read())


def test_a_text_file_has_its_headline_as_title_and_its_letterhead_as_publisher() -> None:
    letterhead = "Office of Piers                              Contact: Jo Quay, 555-555-0170\n"
    letterhead += "FOR RELEASE: Upon receipt                   Date: July 4, 2024"
    text = f"          NEWS RELEASE\n\n{letterhead}\n\nGOVERNOR SIGNS PIER BILL\n\nPELLPORT -- {BODY}\n\n-30-\n"
    page = text_page(text.encode(), "piers.txt")
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
    page = text_page(text.encode(), "piers.txt")
    assert page.title == "Coast Office Mends Nine Piers Before The Summer"
    assert page.body == f"Work begins in the town of Pellport in May\n\nPELLPORT – {BODY}"


def test_rows_of_a_table_in_a_text_file_stay_rows() -> None:
    text = f"Nine piers to be mended\nPublished 4 July 2024\n\n{BODY}\n\nPellport     12 June 2024\nNess         May\n"
    assert "Pellport 12 June 2024\nNess May" in text_page(text.encode(), "piers.txt").body
