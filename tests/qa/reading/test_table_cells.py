"""Which cells a question asks for, and when the table alone settles it: a reader's doubt counts less then."""

from datetime import date

import pytest

from index.text.tables import tables
from index.types import Release
from qa.question import understand
from qa.reading.table_cells import AskedTable

BODY = """New homes by district:

| District | 2023 | 2024 |
|---|---|---|
| Arden | 310 | 355 |
| Bewley | 120 | 98 |"""


@pytest.mark.parametrize(
    ("question", "settled"),
    [
        ("How many new homes did Arden get?", True),
        ("How many new homes were there in Bewley in 2023?", True),
        ("Which district had the most homes in 2024?", True),
        ("Which district in Devon had the most homes in 2024?", False),
        ("How many new homes were demolished in Arden?", False),
        ("How many more new homes did Arden get than Bewley?", False),
        ("By how much did new homes in Arden rise in 2024?", False),
        ("What share of new homes were in Arden?", False),
        ("How many new homes did Arden get in total?", False),
        ("How many affordable homes did Arden get?", False),
        ("When did Arden get new homes?", False),
    ],
)
def test_a_cell_is_settled_where_labels_or_numbers_say_all_that_is_asked(question: str, settled: bool) -> None:
    release = Release("homes", "Housing figures", BODY, "Housing Board", date(2025, 3, 3))
    (table,) = tables(BODY)
    asked = AskedTable(understand(question), release, table)
    assert any(asked.settles(place) for place in asked.cells) is settled


CLINICS = """| Measure | Target | Result |
|---|---|---|
| Evening clinics | 75 | 82 |
| Dentists recruited | 40 | 27 |"""

MEALS = """| Region | Infants | Infants | Juniors | Juniors |
|---|---|---|---|---|
| | 2023 | 2024 | 2023 | 2024 |
| Northmarch | 81% | 84% | 52% | 55% |
| Westholm | 79% | 82% | 47% | 53% |"""


@pytest.mark.parametrize(
    ("body", "question", "cells"),
    [
        (CLINICS, "How many dentists did Wessenden recruit under the plan?", ["27"]),
        (CLINICS, "evening clinics held", ["82"]),
        (CLINICS, "What was the target for evening clinics?", ["75"]),
        (MEALS, "What was school lunch uptake among juniors in Westholm in 2023?", ["47%"]),
        (MEALS, "northmarch infants 2024", ["84%"]),
    ],
)
def test_the_cell_that_is_asked_for(body: str, question: str, cells: list[str]) -> None:
    release = Release("r", "Figures for Wessenden", body, "Board", date(2025, 3, 3))
    (table,) = tables(body)
    asked = AskedTable(understand(question), release, table)
    found = [table.data[place.row].cell(place.column) for place in asked.cells]
    assert [cell.of(body) for cell in found if cell is not None] == cells
