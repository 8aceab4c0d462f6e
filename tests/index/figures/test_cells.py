from datetime import date
from decimal import Decimal

import pytest

from index.figures.cells import LABELS
from index.figures.read import figures

DAY = date(2025, 3, 3)


def records(body: str) -> list[tuple[str, ...]]:
    """Return each figure as its words, value and unit, what is counted, and its period."""
    found = []
    for figure in figures(body, DAY):
        period = figure.period
        found.append(
            (
                figure.span.of(body),
                f"{figure.value.normalize():f} {figure.unit}".strip(),
                figure.counted.of(body) if figure.counted else "",
                f"{period.start} {period.end}" if period else "",
            )
        )
    return found


Y23, Y24 = "2023-01-01 2023-12-31", "2024-01-01 2024-12-31"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "| Harbour | 2023 | 2024 |\n|---|---|---|\n| Skerry | 1,310 | 2011 |\n| Ness | 780 | n/a |",
            [("1,310", "1310", "Skerry", Y23), ("2011", "2011", "Skerry", Y24), ("780", "780", "Ness", Y23)],
        ),
        (
            "| Year | Boats | Cost (£m) |\n|---|---|---|\n| 2023 | 12 | 2.5 |\n| 2024 Q1 | 3 | 1 |",
            [("12", "12", "Boats", Y23), ("2.5", "2500000 GBP", "Cost (£m)", Y23),
             ("3", "3", "Boats", "2024-01-01 2024-03-31"), ("1", "1000000 GBP", "Cost (£m)", "2024-01-01 2024-03-31")],
        ),
        (
            "| Harbour | Boats | Boats | Crew | |\n|---|---|---|---|---|\n| | 2023 | 2024 | 2023 | 2024 |\n"
            "| Ness | 7 | 8 | 41 | 45 |\n| Tarn | 9 | 6 | 50 | 38 |",
            [("7", "7", "Ness", Y23), ("8", "8", "Ness", Y24), ("41", "41", "Ness", Y23), ("45", "45", "Ness", Y24),
             ("9", "9", "Tarn", Y23), ("6", "6", "Tarn", Y24), ("50", "50", "Tarn", Y23), ("38", "38", "Tarn", Y24)],
        ),
        (
            "| Ward | Share (%) | Area, hectares |\n|---|---|---|\n| Ward 12 | 41.5 [1] | 300 |",
            [("41.5", "41.5 percent", "Ward 12", ""), ("300", "300 hectares", "Ward 12", "")],
        ),
        (
            "| Ward | 2023 | 2024 |\n|---|---|---|\n| Ness | 4,812⁴ | 967[note 10] |\n| Tarn | 58[^a] | 9 (b) |",
            [
                ("4,812", "4812", "Ness", Y23),
                ("967", "967", "Ness", Y24),
                ("58", "58", "Tarn", Y23),
                ("9", "9", "Tarn", Y24),
            ],
        ),
        (
            "| Month | 2023 | 2024 |\n|---|---|---|\n| February | 7 | 9 |",
            [("7", "7", "", "2023-02-01 2023-02-28"), ("9", "9", "", "2024-02-01 2024-02-29")],
        ),
        (
            "Rain in 2024:\n\n| Place | Days |\n|---|---|\n| Tarn | 14 |\n| | 15 |",
            [("14", "14 days", "Tarn", Y24), ("15", "15 days", "Tarn", Y24)],
        ),
        (
            "| Office | Opens |\n|---|---|\n| Pell | 3 May 2025 |\n| Ness | 40 desks in June |",
            [("40", "40", "desks", "")],
        ),
        ("| Area | Homes |\n|---|---|\n| North |\n| Pell | 4 | 5 |", [("4", "4", "Pell", ""), ("5", "5", "Pell", "")]),
    ],
)  # fmt: skip
def test_a_cell_has_its_row_and_column(table: str, expected: list[tuple[str, ...]]) -> None:
    got = records(f"It rained.\n\n{table}\n\nThat is all.")
    assert [each[:3] for each in got] == [each[:3] for each in expected]
    assert [each[3] for each in got if each[2] != "desks"] == [each[3] for each in expected if each[2] != "desks"]


def test_figures_before_and_after_a_table_are_read_as_ever() -> None:
    body = "They met 12 boats.\n\n| A | 2023 |\n|---|---|\n| x | 5 |\n\nThey took 9 ships in 2022."
    assert [each[:3] for each in records(body)] == [("12", "12", "boats"), ("5", "5", "x"), ("9", "9", "ships")]


def test_every_way_to_write_a_label_changes_its_example() -> None:
    for rule in LABELS.rules:
        assert LABELS(rule.example) != rule.example


def test_a_table_of_a_thousand_rows_has_a_record_for_each_cell() -> None:
    rows = "".join(f"| Ward {number} | {number + 1:,} | {number + 5:,} |\n" for number in range(1000))
    got = records(f"| Ward | 2023 | 2024 |\n|---|---|---|\n{rows}")
    assert len(got) == 2000
    assert got[-1] == ("1,004", "1004", "Ward 999", Y24)


def test_a_thousand_tables_take_no_more_than_linear_time() -> None:
    found = figures("They had 12 boats.\n\n| a | 5 |\n|---|---|\n| x | 6 |\n\n" * 1_000, DAY)
    assert [figure.value for figure in found] == [12, 6] * 1_000


@pytest.mark.parametrize(("label", "first"), [("FY24", 2023), ("FY 2024", 2023), ("FY99", 1998), ("FY23/24", 2023)])
def test_a_fiscal_year_in_short_is_the_time_of_its_column(label: str, first: int) -> None:
    (found,) = figures(f"Visits\n\n| Site | {label} |\n|---|---|\n| Kent | 1,310 |\n", date(2024, 6, 1))
    assert found.period is not None
    assert found.period.start == date(first, 4, 1)


@pytest.mark.parametrize(
    ("caption", "head", "value", "unit"),
    [
        ("Journeys by line, in millions:", "2024/25", 7_200_000, ""),
        ("Journeys by line (thousands)", "2024/25", 7_200, ""),
        ("Journeys by line", "2024/25 (000s)", 7_200, ""),
        ("Spending, £ million:", "2024/25", 7_200_000, "GBP"),
        ("Journeys by line, in millions:", "Stations", Decimal("7.2"), ""),  # of which there are not millions
        ("Journeys by line, in millions:", "Change, %", Decimal("7.2"), "percent"),
    ],
)
def test_a_table_says_in_what_it_counts(caption: str, head: str, value: Decimal | int, unit: str) -> None:
    (found,) = figures(f"{caption}\n\n| Line | {head} |\n|---|---|\n| Red | 7.2 |\n", date(2025, 6, 1))
    assert (found.value, found.unit) == (value, unit)
