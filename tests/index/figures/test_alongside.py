"""Figures that share a sentence, or follow each other: each has its own name and year, and counts what it should."""

from datetime import date

import pytest

from index.figures.read import figures

PUBLISHED = date(2024, 7, 9)
Row = tuple[str, str | None, str | None]


def read(body: str) -> list[Row]:
    found = figures(body, PUBLISHED)
    return [
        (
            each.span.of(body),
            each.counted.of(body) if each.counted else None,
            str(each.period.start.year) if each.period and each.period.start else None,
        )
        for each in found
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Sales of slate rose from 1,200 tonnes worth £8 million in 2021 to 1,450 tonnes worth £9 million in 2022.",
            [
                ("1,200 tonnes", "slate", "2021"),
                ("£8 million", "slate", "2021"),
                ("1,450 tonnes", "slate", "2022"),
                ("£9 million", "slate", "2022"),
            ],
        ),
        (
            "Passengers fell from 900 in 2021 to 640 in 2022.",
            [("900", "Passengers", "2021"), ("640", "Passengers", "2022")],
        ),
        (
            "Spending on lifts climbed to £4.2 million in 2023 from £3.1 million in 2022.",
            [("£4.2 million", "Spending on lifts", "2023"), ("£3.1 million", "Spending on lifts", "2022")],
        ),
        (
            "The number of wardens dropped from 1,250 in March 2022 to 980 in March 2023.",
            [("1,250", "wardens", "2022"), ("980", "wardens", "2023")],
        ),
        (
            "Visits were 52,000 in 2023, up from 41,000 in 2022.",
            [("52,000", "Visits", "2023"), ("41,000", "Visits", "2022")],
        ),
    ],
)
def test_each_end_of_a_rise_has_its_own_year_and_the_same_subject(body: str, expected: list[Row]) -> None:
    assert read(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "Officers made 150 arrests at Aldmoor and 220 at Brackley.",
        "There were 150 arrests in Aldmoor, 220 in Brackley.",
        "In Aldmoor there were 150 arrests and in Brackley 220.",
        "They made 150 arrests at Aldmoor, compared with 220 at Brackley.",
        "There were 150 arrests at Aldmoor. The figure for Brackley was 220.",
        "There were 150 arrests at Aldmoor. The comparable figure in the east was 220.",
        "There were 150 arrests at Aldmoor. The number in Brackley was 220.",
        "There were 150 arrests at Aldmoor. In Brackley the figure was 220.",
        "There were 150 arrests at Aldmoor. For Brackley it was 220.",
        "There were 150 arrests at Aldmoor. Brackley’s total was 220.",
        "There were 150 arrests at Aldmoor. Brackley had 220.",
        "Aldmoor and Brackley made 150 and 220 arrests respectively.",
        "The north and south piers saw 150 and 220 arrests, respectively.",
        "Aldmoor made 150 arrests, while Brackley managed 220.",
        "Officers in Aldmoor made 150 arrests. Those in Brackley made 220.",
        "There were 150 arrests at Aldmoor. In Brackley there were 220.",
        "There were 150 arrests at Aldmoor. There were 220 at Brackley.",
        "Officers at Aldmoor made 150 arrests. Their colleagues in Brackley made 220.",
        "Officers made 150 arrests. In the same quarter of 2023 they made 220.",
        "Officers at the Wharf and at St Anne's made 150 and 220 arrests respectively.",
    ],
)
def test_a_number_without_a_noun_counts_what_the_one_before_it_counts(body: str) -> None:
    assert [row[:2] for row in read(body)] == [("150", "arrests"), ("220", "arrests")]


@pytest.mark.parametrize(
    "body",
    [
        "In 2023 there were 150 arrests in Aldmoor. The figure for Brackley was 220.",
        "In 2023 there were 150 arrests in Aldmoor. In Brackley the figure was 220.",
    ],
)
def test_the_figure_for_another_place_is_of_the_same_year(body: str) -> None:
    assert read(body) == [("150", "arrests", "2023"), ("220", "arrests", "2023")]


def test_figure_for_another_has_the_time_of_the_news_and_not_of_what_it_is_compared_with() -> None:
    body = "In May 2024 Aldmoor had 150 fires, down from 190 in the same month a year before. The figure for X was 75."
    assert [str(each.period.start) for each in figures(body, date(2024, 6, 3)) if each.period] == [
        "2024-05-01",
        "2023-05-01",
        "2024-05-01",
    ]


def test_the_figures_for_one_place_after_another() -> None:
    body = "In 2023 Aldmoor lost 150 trees. The figure for Brackley was 220. The figure for Corran was 75."
    assert read(body) == [("150", "trees", "2023"), ("220", "trees", "2023"), ("75", "trees", "2023")]


def test_one_place_after_another_in_the_same_sentence() -> None:
    body = "Libraries in Aldmoor had 820 visits in 2023. In Brackley the number was 570, and in Corran it was 310."
    assert read(body) == [("820", "visits", "2023"), ("570", "visits", "2023"), ("310", "visits", "2023")]
    gapped = "Libraries in Aldmoor had 820 visits. In Brackley there were 570, and in Corran 310."
    assert [row[1] for row in read(gapped)] == ["visits"] * 3


def test_three_names_and_a_comma_before_the_numbers() -> None:
    body = "In Alder, Birch and Cedar districts, £28, £43 and £17 respectively were paid."
    assert [row[1] for row in read(body)] == ["Alder", "Birch", "Cedar"]


@pytest.mark.parametrize("months", ["March, April and May 2024", "March, April and May"])
def test_months_of_which_the_last_alone_has_a_year(months: str) -> None:
    body = f"In {months}, officers seized 14, 22 and 31 kilograms of ketamine respectively."
    found = figures(body, PUBLISHED)
    assert [each.period and each.period.start for each in found] == [date(2024, month, 1) for month in (3, 4, 5)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Aldmoor and Brackley got £3 million and £5 million respectively.", ["Aldmoor", "Brackley"]),
        ("Grants of £3 million and £5 million went to Aldmoor and Brackley respectively.", ["Aldmoor", "Brackley"]),
        ("Leeds, York and Hull got £3 million, £5 million and £9 million respectively.", ["Leeds", "York", "Hull"]),
    ],
)
def test_each_amount_is_its_own_name_where_nothing_else_is_counted(body: str, expected: list[str]) -> None:
    assert [counted for _, counted, _ in read(body)] == expected


@pytest.mark.parametrize(
    "body",
    [
        "In 2021 and 2022 the ferry took 240 and 310 lorries respectively.",
        "The ferry took 240 and 310 lorries in 2021 and 2022 respectively.",
    ],
)
def test_each_number_has_its_own_of_the_years(body: str) -> None:
    assert read(body) == [("240", "lorries", "2021"), ("310", "lorries", "2022")]


@pytest.mark.parametrize(
    "body",
    [
        "Between 2021 and 2022 the number of lorries rose from 240 to 310.",
        "The number of lorries rose from 240 to 310 between 2021 and 2022.",
        "From 2021 to 2022 the number of lorries at Aldmoor rose from 240 to 310.",
    ],
)
def test_a_change_between_two_years_begins_in_one_and_ends_in_the_other(body: str) -> None:
    assert read(body) == [("240", "lorries", "2021"), ("310", "lorries", "2022")]


def test_a_change_that_is_told_backwards_begins_in_the_first_year_too() -> None:
    body = "Between 2021 and 2022 the count fell from 80 to 60, while at Aldmoor it came down to 130 from 355."
    assert [(number, when) for number, _, when in read(body)] == [
        ("80", "2021"),
        ("60", "2022"),
        ("130", "2022"),
        ("355", "2021"),
    ]


def test_how_much_it_rose_is_of_both_years() -> None:
    (figure,) = figures("Visits rose by 12% between 2021 and 2022.", PUBLISHED)
    assert figure.period is not None
    assert (figure.period.start, figure.period.end) == (date(2021, 1, 1), date(2022, 12, 31))


def test_one_unit_is_said_of_both_numbers() -> None:
    body = "Waits at Aldmoor and Brackley are now 4 and 11 minutes respectively."
    assert [(each.number.of(body), each.unit) for each in figures(body, PUBLISHED)] == [
        ("4", "minutes"),
        ("11 minutes", "minutes"),
    ]


@pytest.mark.parametrize(
    "body",
    ["They opened 150 extra spaces at Aldmoor and 220 at Brackley.", "There were 150 more spaces, 220 in Brackley."],
)
def test_more_of_something_is_more_at_both_places(body: str) -> None:
    assert [row[:2] for row in read(body)] == [("150", "spaces"), ("220", "spaces")]
    assert {each.change for each in figures(body, PUBLISHED)} == {"up"}


def test_a_place_is_not_what_rose_there() -> None:
    body = "The average count at Cockle Sands fell to 96."
    assert [row[:2] for row in read(body)] == [("96", "average count")]


def test_a_noun_said_again_is_no_verb() -> None:
    body = "The ferry grant is worth £410,000 and the bus grant £95,000."
    assert [row[:2] for row in read(body)] == [("£410,000", "ferry grant"), ("£95,000", "bus grant")]


def test_a_sentence_that_opens_with_a_quantity_counts_that() -> None:
    body = "The total quantity of tea that ferries and lorries carried rose by 5% to over 28 tonnes."
    assert [row[:2] for row in read(body)] == [("5%", "tea"), ("over 28 tonnes", "tea")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Firms that charge £6,000 lifted what they put aside for bursaries to £602 million.", "bursaries"),
        ("There were 150 arrests at Aldmoor. The rate of reoffending was 220.", "reoffending"),
        ("There were 150 arrests at Aldmoor. The figure for parcels was £220.", "parcels"),
        ("There were 150 arrests at Aldmoor and 220 lorries at Brackley.", "lorries"),
        ("There were 150 arrests at Aldmoor. Brackley had 220 lorries.", "lorries"),
        ("There were 150 arrests at Aldmoor. They found no faults.", "faults"),
    ],
)
def test_a_figure_of_something_else_has_its_own_subject(body: str, expected: str) -> None:
    assert read(body)[-1][1] == expected


@pytest.mark.parametrize(
    "body",
    [
        "respectively",
        "12 and 13 respectively",
        "1, 2 and 3 respectively and 4",
        "Leeds got 12 and 13, 14 respectively in 2020 and 2021.",
    ],
)
def test_a_list_that_does_not_fit_its_numbers_is_left_alone(body: str) -> None:
    assert all(counted in (None, "Leeds") for _, counted, _ in read(body))
