from datetime import date

import pytest

from index.types import Release, Span
from qa.evidence.list_parts import cell_of, parts_of
from qa.evidence.text_fragments import text_fragment
from qa.types import AnswerCell


def made(body: str) -> Release:
    return Release("r", "A title", body, "Harbour Board", date(2025, 1, 9))


@pytest.mark.parametrize(
    ("question", "answer", "items"),
    [
        ("Which three towns won?", "Pell, Ness and Upper Tarn", ["Pell", "Ness", "Upper Tarn"]),
        ("Which two towns won?", "both Pell and Ness", ["Pell", "Ness"]),
        ("Which three towns won?", "Pell; Ness; and Tarn", ["Pell", "Ness", "Tarn"]),
        ("Which bodies signed?", "the Food and Farming Board, Ports UK and the Rope Union",
         ["the Food and Farming Board", "Ports UK", "the Rope Union"]),
        ("Which two bodies signed?", "Rope and Sail, Ports UK", ["Rope and Sail", "Ports UK"]),
        ("Which towns won?", "Pell (with Ness, and others) and Tarn", ["Pell (with Ness, and others)", "Tarn"]),
        ("What are the fees?", "£1,200 or £2,500", ["£1,200", "£2,500"]),
        ("Which three towns won?", "Pell and Ness", []),
        ("Which towns won?", "Pell", []),
        ("Which town won?", "Pell, Ness and Tarn", []),
    ],
)  # fmt: skip
def test_an_enumeration_has_its_items(question: str, answer: str, items: list[str]) -> None:
    release = made(f"They said that {answer} it was.")
    start = release.body.index(answer)
    parts = parts_of(question, release, Span(start, start + len(answer)))
    assert [part.text for part in parts] == items
    assert all(release.body[part.start : part.end] == part.text for part in parts)


def test_a_list_has_its_items_without_marks() -> None:
    release = made("They get:\n\n• scanners;\n• dogs; and\n• boats.\n\nThey also get:\n• rope\n• tar, two tons")
    first, last = release.body.index("scanners"), len(release.body)
    parts = parts_of("What are the gifts?", release, Span(first, last))
    assert [part.text for part in parts] == ["scanners", "dogs", "boats", "rope", "tar, two tons"]


def test_an_answer_from_a_table_has_its_row_and_column() -> None:
    release = made("| Ward | 2023 |\n|---|---|\n| North | 41 | 6 |")
    at = release.body.index("41")
    assert cell_of(release, Span(at, at + 2)) == AnswerCell("North", "2023")
    assert cell_of(release, Span(at + 5, at + 6)) == AnswerCell("North", None)
    assert cell_of(made("North has 41 of them."), Span(10, 12)) is None


def test_the_link_to_a_row_names_its_first_and_last_cell() -> None:
    body = "Homes:\n\n| Ward | 2023 | Mayor |\n|---|---|---|\n| North Side | 41 | Ada Bright |\n| South | 6 | Ed Rowe |"
    at = body.index("| North")
    row = Span(at, body.index("\n| South"))
    assert text_fragment(body, row) == "North%20Side,Ada%20Bright"
