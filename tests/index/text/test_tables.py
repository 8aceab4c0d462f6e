from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.clean import clean_body
from index.sources.html.tables import pipe_table
from index.text.passages import embedded_text, split
from index.text.sentences import sentences
from index.text.tables import cell_at, tables
from index.types import Span

BERTHS = (
    "Berths let in each harbour:\n\n"
    "| Harbour | 2023 | 2024 |\n|---|--:|---|\n| Skerry | 12 | 15 |\n| Long Ness | 40 | |\n| Total | 52 | 55 | 3 |\n\n"
    "The board let them."
)


def texts(body: str, spans: "list[Span | None] | tuple[Span | None, ...]") -> list[str]:
    return [span.of(body) if span else "" for span in spans]


def test_a_table_has_a_caption_a_header_and_rows_of_cells() -> None:
    (table,) = tables(BERTHS)
    assert table.caption is not None
    assert table.caption.of(BERTHS) == "Berths let in each harbour:"
    assert texts(BERTHS, table.header.cells) == ["Harbour", "2023", "2024"]
    assert [texts(BERTHS, row.cells) for row in table.rows] == [
        ["Skerry", "12", "15"],
        ["Long Ness", "40", ""],
        ["Total", "52", "55", "3"],
    ]


@pytest.mark.parametrize(
    ("body", "cells"),
    [
        ("Town | Opens\n--- | ---\nPell | May\n\nEnd | of it", [["Pell", "May"]]),
        ("|Town|Opens|\n|:-:|:-|\n|Pell|May|", [["Pell", "May"]]),
        ("| A | B |\n|---|---|\n| x \\| y | z |", [["x \\| y", "z"]]),
        ("| A | B |\n|---|---|\n| only |\n|---|---|\n| c | d | e |", [["only"], ["c", "d", "e"]]),
        ("| A | B |\n|---|---|", []),
    ],
)
def test_tables_are_read_as_people_write_them(body: str, cells: list[list[str]]) -> None:
    (table,) = tables(body)
    assert [texts(body, row.cells) for row in table.rows] == cells


@pytest.mark.parametrize(
    "body",
    [
        "Ask A | B | C for more.\nThey know.",
        "|---|---|\n| a | b |",
        "Text\n---\nmore",
        "| a | b |\n\n|---|---|",
        "",
        "|",
    ],
)
def test_bars_alone_make_no_table(body: str) -> None:
    assert tables(body) == ()


def test_a_row_has_the_label_of_a_merged_cell_and_the_group_that_it_stands_under() -> None:
    body = (
        "| Area | Year | Homes |\n|---|---|---|\n| North | | |\n| Pell | 2023 | 4 |\n| | 2024 | 5 |\n"
        "| South | | |\n| Ness | 2024 | 1 |"
    )
    rows = tables(body)[0].rows
    assert [(texts(body, [row.label]), texts(body, [row.group])) for row in rows if row.cell(2)] == [
        (["Pell"], ["North"]),
        (["Pell"], ["North"]),
        (["Ness"], ["South"]),
    ]


def test_a_cell_is_found_by_an_answer_in_it() -> None:
    at = BERTHS.index("40")
    found = cell_at(BERTHS, Span(at, at + 2))
    assert found is not None
    assert texts(BERTHS, found) == ["Long Ness", "2023"]
    extra = BERTHS.index("3 |\n\nThe")
    assert cell_at(BERTHS, Span(extra, extra + 1)) is not None
    assert cell_at(BERTHS, Span(0, 6)) is None


WORDS = st.text(st.sampled_from("ab. |\\1"), max_size=8)


@given(st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=2, max_size=8))
def test_cells_are_slices_in_order_and_a_row_is_one_sentence(grid: list[list[str]]) -> None:
    escaped = [[cell.replace("\\", "").replace("|", "\\|") for cell in row] for row in grid]
    body = clean_body("Before it.\n\n" + pipe_table(["Head", "Other"], escaped) + "\n\nAfter it.")
    (table,) = tables(body)
    wide = max(len(row) for row in escaped)
    assert [texts(body, row.cells) for row in table.rows] == [
        [" ".join(cell.split()) for cell in row] + [""] * (wide - len(row)) for row in escaped
    ]
    spans = [cell for row in table.rows for cell in row.cells if cell]
    assert all(one.end < other.start for one, other in pairwise(spans))
    whole = set(sentences(body))
    assert all(row.span in whole for row in table.rows)
    assert clean_body(body) == body


def count_words(given: "list[str] | tuple[str, ...]") -> list[int]:
    return [len(text.split()) for text in given]


@pytest.mark.parametrize("rows", [3, 40, 1000])
@pytest.mark.parametrize("caption", ["Berths let in each harbour:\n\n", "", f"{'word ' * 20}:\n\n"])
def test_every_passage_of_a_table_has_its_header(rows: int, caption: str) -> None:
    lines = "".join(f"| Harbour {number} | {number} | {number + 7} |\n" for number in range(rows))
    body = f"It rained.\n\n{caption}| Harbour | 2023 | 2024 |\n|---|---|---|\n{lines}\nThe board let them."
    chunks = split(body, count_tokens=count_words, max_tokens=90, target=60)
    for chunk in chunks:
        text = embedded_text("", body, chunk)
        if "| Harbour " in chunk.span.of(body):
            assert (
                text.index("| Harbour | 2023 | 2024 |")
                < text.index("| Harbour 0" if "| 0 |" in text else "| Harbour ") + 1
            )
            assert text.count("| Harbour | 2023 | 2024 |") == 1
        else:
            assert chunk.lead is None
    first = next(chunk for chunk in chunks if "|---|" in chunk.span.of(body))
    assert "| Harbour 0 | 0 | 7 |" in first.span.of(body)


TWO_HEADERS = """| Region | Infants | {} | Juniors | {} |
|---|---|---|---|---|
| | 2023 | 2024 | 2023 | 2024 |
| Northmarch | 81% | 84% | 52% | 55% |"""


@pytest.mark.parametrize("again", [("Infants", "Juniors"), ("", "")])
def test_a_second_header_tells_apart_the_columns_of_a_merged_cell(again: tuple[str, str]) -> None:
    body = TWO_HEADERS.format(*again)
    (table,) = tables(body)
    assert [row.cells[0] is not None for row in table.data] == [True]
    heads = [" ".join(head.of(body) for head in table.heads(column)) for column in range(5)]
    assert heads[:1] == ["Region"]
    assert [head.split()[-1] for head in heads[1:]] == ["2023", "2024", "2023", "2024"]
    assert [head.split()[0] for head in heads[1:]] == ["Infants", "Infants", "Juniors", "Juniors"]


@pytest.mark.parametrize(
    "body",
    [
        "| Region | 2023 | 2024 |\n|---|---|---|\n| | 12 | 13 |\n| Kelby | 14 | 15 |",  # no header is said twice
        "| Region | Homes | Homes |\n|---|---|---|\n| | 12 | 13 |\n| Kelby | 14 | 15 |",  # values, of a merged label
        "| Region | Homes | Homes |\n|---|---|---|\n| All | 2023 | 2024 |\n| Kelby | 14 | 15 |",
        "| Region | Homes | Homes |\n|---|---|---|\n| | 2023 | 2024 |",  # nothing below
    ],
)
def test_a_first_row_is_mostly_no_header(body: str) -> None:
    (table,) = tables(body)
    assert not table.two_headers
    assert table.data == table.rows
