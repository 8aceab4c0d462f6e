from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.figures.dating
import index.figures.noun_phrases
from index.figures.quantities import quantities
from index.figures.read import figures
from index.types import Figure, Span

PUBLISHED = date(2024, 12, 16)


def read(body: str) -> list[Figure]:
    return figures(body, PUBLISHED)


def words(span: Span | None, body: str) -> str | None:
    return span.of(body) if span else None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "More than 2,100 foreign criminals have been removed since 5 July 2024, a rise of 20% on last year.",
            [
                ("More than 2,100", "foreign criminals", None, "since 5 July 2024"),
                ("20%", "foreign criminals", "up", "since 5 July 2024"),
            ],
        ),
        (
            "Over 74 tonnes of illegal drugs were seized in the year ending March 2024, a 58% increase on 2023.",
            [
                ("Over 74 tonnes", "illegal drugs", None, "in the year ending March 2024"),
                ("58%", "illegal drugs", "up", "in the year ending March 2024"),
            ],
        ),
        ("Knife crime fell by 4% in October.", [("4%", "Knife crime", "down", "in October")]),
        ("The number of visits is up by almost a third.", [("almost a third", "visits", "up", None)]),
        (
            "Removals rose to 5,000 in 2024, up from 4,000 in 2023.",
            [("5,000", "Removals", None, "in 2024"), ("4,000", "Removals", None, "in 2023")],
        ),
        (
            "We invest £19.5 billion in flood defences over the next 5 years.",
            [("£19.5 billion", "flood defences", None, "over the next 5 years"), ("5 years", None, None, None)],
        ),
        ("It will cut emissions by 20% by 2030.", [("20%", "emissions", "down", "by 2030")]),
        ("Removals are 12% higher than last year.", [("12%", "Removals", "up", None)]),
        ("Offenders face up to 5 years in prison.", [("up to 5 years", "prison", None, None)]),
        ("An extra 500 nurses were hired.", [("500", "nurses", "up", None)]),
        (
            "In 2023 police made 300 arrests. This is a 5% increase from the year before.",
            [("300", "arrests", None, "In 2023"), ("5%", "arrests", "up", "In 2023")],
        ),
        (
            "It seized 40 boats, the highest since records began and a 5% increase from the previous year.",
            [("40", "boats", None, None), ("5%", "boats", "up", None)],
        ),
        (
            "Exports were up from £5 billion in 2016 to £9 billion. They are now worth £10 billion.",
            [
                ("£5 billion", "Exports", None, "in 2016"),
                ("£9 billion", "Exports", None, None),
                ("£10 billion", "Exports", None, None),
            ],
        ),
        (
            "Since its foundation in Leeds in 1992 the fund has paid for 728 projects.",
            [("728", "projects", None, "Since its foundation in Leeds in 1992")],
        ),
        (
            "We spent £5 million in the port over the last five years.",
            [("£5 million", "port", None, "over the last five years"), ("five years", None, None, None)],
        ),
        (
            "Grants are £200 for schools, rising to £250 in 2025.",
            [("£200", "schools", None, None), ("£250", "schools", None, "in 2025")],
        ),
        ("In May the first of 32 trains left.", [("32", "trains", None, None)]),
        ("Founded in 1990, it currently helps 500 pupils.", [("500", "pupils", None, None)]),
        ("British wool makes up 3% of output.", [("3%", "output", None, None)]),
        ("Since we came to office 5 people left.", [("5", "people", None, "Since we came to office")]),
        ("A few months ago it had 18 visitors.", [("18", "visitors", None, "A few months ago")]),
        ("22 drugs were banned, 6 of which are new.", [("22", "drugs", None, None), ("6", "drugs", None, None)]),
    ],
)
def test_a_record_says_what_is_counted_how_it_changed_and_when(body: str, expected: list[Any]) -> None:
    assert [
        (f.span.of(body), words(f.counted, body), f.change, words(f.period.span, body) if f.period else None)
        for f in read(body)
    ] == expected


@pytest.mark.parametrize(
    "body",
    [
        "£1.2.3 billion was spent",
        "1.000.000 people came",
        "10,00 people came",
        "between 10 and 5 people came",
        "Year 6 pupils and Key Stage 2 results",
        "16 and 17 year olds, a 16-year-old and those aged 16 to 24",
        "the age of 18",
        "in Years 7 to 9",
        "Class A drugs, MI5, the G7 and Number 10",
        "on 5 July 2024 and in 2023/24",
    ],
)
def test_nothing_is_invented(body: str) -> None:
    assert read(body) == []


@pytest.mark.parametrize(
    ("body", "value", "value_max", "unit"),
    [
        ("half of one per cent of them", "0.5", None, "percent"),
        ("between 5 and 10 boats", "5", "10", ""),
        ("a fall of -0.5%", "-0.5", None, "percent"),
        ("0.5% of them", "0.5", None, "percent"),
        ("£19.5 billion of cuts", "19500000000", None, "GBP"),
    ],
)
def test_values_are_exact(body: str, value: str, value_max: str | None, unit: str) -> None:
    (found,) = read(body)
    assert (found.value, found.unit) == (Decimal(value), unit)
    assert found.value_max == (Decimal(value_max) if value_max else None)


def test_a_month_without_a_year_is_read_from_the_day_of_publication() -> None:
    body = "In October 500 boats came."
    for published, year in ((date(2024, 12, 16), 2024), (date(2025, 1, 9), 2024), (date(2025, 10, 2), 2025)):
        (found,) = figures(body, published)
        assert found.period is not None
        assert (found.period.start, found.period.end) == (date(year, 10, 1), date(year, 10, 31))


_PIECES = st.sampled_from(
    "500 2,100 5% £5 million a third half people foreign criminals boats were removed rose fell by to in since July"
    " 2024 last year more than up . , ; and of the increase on \n\n • This is between 5 10 over next years 1.2.3".split(
        " "
    )
)


@given(st.lists(_PIECES, max_size=60))
def test_any_words_yield_the_quantities_with_spans_inside_their_sentence(pieces: list[str]) -> None:
    body = " ".join(pieces)
    found = read(body)
    assert [f.span for f in found] == [q.span for q in quantities(body)]
    for figure in found:
        assert figure.sentence.start <= figure.span.start < figure.span.end <= figure.sentence.end <= len(body)
        assert figure.span.start <= figure.number.start < figure.number.end <= figure.span.end
        for span in (figure.counted, figure.period and figure.period.span):
            assert span is None or span.of(body).strip() == span.of(body) != ""
        assert Decimal(format(figure.value, "f")) == figure.value


@given(st.text(max_size=300))
def test_no_text_raises(body: str) -> None:
    read(body)


@pytest.mark.parametrize(
    "piece",
    ["12 boats ", "12 boats in July, ", "In July 12 boats, ", "5% ", "£1 million went to 12 towns. ", "12 more than "],
)
def test_ten_thousand_figures_take_time_in_proportion(monkeypatch: pytest.MonkeyPatch, piece: str) -> None:
    """Counts the characters that the search for nouns, changes and periods is handed."""
    seen: list[int] = []
    real_before, real_reaches = index.figures.noun_phrases._last_phrase, index.figures.dating.SentencePeriods._reaches

    def before(body: str, begin: int, start: int, rules: Any) -> Span | None:
        seen[-1] += start - begin
        return real_before(body, begin, start, rules)

    def reaches(self: Any, figure: Span, period: Any, preceding: Any) -> bool:
        seen[-1] += min(period.span.start - figure.end, index.figures.dating._REACH)
        return real_reaches(self, figure, period, preceding)

    monkeypatch.setattr(index.figures.noun_phrases, "_last_phrase", before)
    monkeypatch.setattr(index.figures.dating.SentencePeriods, "_reaches", reaches)
    for count in (5_000, 10_000):
        seen.append(0)
        assert len(read(piece * count)) >= count
    assert seen[1] <= 2.1 * seen[0] + 1_000


def said(body: str) -> list[tuple[str, str, date | None]]:
    """Return each figure's number, what it counts, and the first day of its period."""
    return [
        (
            each.number.of(body),
            each.counted.of(body) if each.counted else "",
            each.period.start if each.period else None,
        )
        for each in figures(body, date(2024, 5, 20))
    ]


def test_what_comes_before_a_preposition_is_counted() -> None:
    assert said("Arrests for theft rose from 88 to 131.") == [
        ("88", "Arrests for theft", None),
        ("131", "Arrests for theft", None),
    ]
    assert said("The board decides on grants of £5 million.")[0][1] == "grants"


def test_a_year_earlier_counts_from_the_last_time_of_its_paragraph() -> None:
    first = "In the year to March 2024 it met 412 boats. It took 96 of them."
    earlier = "A year earlier it had met 300 boats."
    assert said(f"{first} {earlier}")[-1] == ("300", "boats", date(2022, 4, 1))
    assert said(f"{first}\n\n{earlier}")[-1] == ("300", "boats", None)
    assert said(f"{first} A year before it opened it had met 300 boats.")[-1][2] is None


def test_a_number_after_a_name_is_one_of_a_list_that_respectively_pairs() -> None:
    assert said("At Dover and Hull 12 and 7 people respectively were turned away.") == [
        ("12", "people", None),
        ("7", "people", None),
    ]


def test_in_the_year_is_the_year_that_sentences_before_speak_of() -> None:
    body = "Falls on sites went down in 2014 to 2015.\n\nThere were 83 injuries in the year."
    (figure,) = figures(body, date(2015, 7, 2))
    assert figure.period is not None
    assert (figure.period.start, figure.period.end) == (date(2014, 4, 1), date(2015, 3, 31))


def test_in_the_month_is_the_month_reported_and_not_the_one_that_it_is_compared_with() -> None:
    body = "There were 212 visits in September, up from 187 in the same month a year before. 96 in the month were new."
    third = figures(body, date(2019, 10, 24))[-1]
    assert third.number.of(body) == "96"
    assert third.period is not None
    assert third.period.start == date(2019, 9, 1)


def test_a_months_own_figure_is_of_that_month_and_the_one_before_it_is_not() -> None:
    first, second = figures("The gallery had 71,500 visits, a little down on August's 74,800.", date(2019, 10, 24))
    assert first.period is None
    assert second.period is not None
    assert (second.period.start, second.period.end) == (date(2019, 8, 1), date(2019, 8, 31))


@pytest.mark.parametrize("before", ["Over the past financial year", "In the previous year", "In that whole year"])
def test_what_is_counted_after_a_year_is_no_number_of_the_year(before: str) -> None:
    assert [each.number for each in figures(f"{before} 58 people were hurt.", date(2017, 6, 29))]
    assert not figures("Pupils of Year 6 came.", date(2017, 6, 29))


def test_a_word_cut_short_qualifies_too() -> None:
    (figure,) = figures("They moved approx. 1,900 tonnes.", date(2017, 6, 29))
    assert figure.qualifier == "around"


@pytest.mark.parametrize(
    ("body", "years"),
    [
        (
            "Wick had 11,980 loans in 2024, down from 12,655 the year before, while Orrin had 64,305.",
            [2024, 2023, 2024],
        ),
        ("Leeds made 300 arrests in 2024, up from 280 in 2023, and York made 120.", [2024, 2023, 2024]),
        ("Work against smugglers has risen since May 2023, with 32% more visits and 29% more arrests.", [2023, 2023]),
        ("In 2024 the pier took 300 boats, and the quay 120.", [2024, 2024]),
        ("A fare will be £2.60 as announced in 2023.", [None]),
        ("The hall opens with 40 stalls instead of the 60 planned in 2023.", [None]),
    ],
)
def test_the_time_of_what_is_compared_with_or_was_planned_is_no_other_figures(
    body: str, years: list[int | None]
) -> None:
    found = figures(body, date(2025, 4, 30))
    assert [each.period.start.year if each.period and each.period.start else None for each in found] == years


@pytest.mark.parametrize("joint", ["not", "rather than", "instead of", "instead of the"])
def test_a_number_that_is_denied_is_no_figure(joint: str) -> None:
    (found,) = figures(f"The hall has 40 stalls, {joint} 60.", date(2025, 4, 30))
    assert found.value == 40
