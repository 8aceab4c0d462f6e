"""The evaluation's own reader of quantities: values worked by hand, and what must hold of any text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.quantities import only_quantity, whole_quantity

READ = {
    "2,580": ("2580", "", "exactly"),
    "1000": ("1000", "", "exactly"),
    "0.7 per cent of GNI": ("0.7", "percent", "exactly"),
    "24%": ("24", "percent", "exactly"),
    "5 percentage points": ("5", "percentage points", "exactly"),
    "ten-fold increase": ("10", "times", "exactly"),
    "twice the rate": ("2", "times", "exactly"),
    "£3 billion": ("3000000000", "GBP", "exactly"),
    "£150million": ("150000000", "GBP", "exactly"),
    "£1.2-million": ("1200000", "GBP", "exactly"),
    "£20m": ("20000000", "GBP", "exactly"),
    "US $1 billion": ("1000000000", "USD", "exactly"),
    "2 billion EUR": ("2000000000", "EUR", "exactly"),
    "11 pence": ("0.11", "GBP", "exactly"),
    "£94.25 per week": ("94.25", "GBP", "exactly"),
    "22 substances": ("22", "", "exactly"),
    "Thirty-three": ("33", "", "exactly"),
    "one hundred and five": ("105", "", "exactly"),
    "two million": ("2000000", "", "exactly"),
    "two and a half years": ("2.5", "years", "exactly"),
    "half a million pounds": ("500000", "GBP", "exactly"),
    "three-quarters": ("0.75", "", "exactly"),
    "one in five": ("0.2", "", "exactly"),
    "9 out of 10": ("0.9", "", "exactly"),
    "three decades": ("30", "years", "exactly"),
    "64 working days": ("64", "days", "exactly"),
    "25,000 sq m": ("25000", "square metres", "exactly"),
    "minus 40 degrees Celsius": ("-40", "degrees", "exactly"),
    "more than 800 people": ("800", "", "more than"),
    "50,000 or more": ("50000", "", "at least"),
    "a maximum of 12 months": ("12", "months", "up to"),
    "almost a £700 increase": ("700", "GBP", "nearly"),
    "an estimated £24 million": ("24000000", "GBP", "around"),
    "less than 5%": ("5", "percent", "fewer than"),
    "a further £65 million": ("65000000", "GBP", "exactly"),
}
RANGES = {
    "between 0.5 and 1 tonne": ("0.5", "1", "tonnes"),
    "between £250 million and £400 million": ("250000000", "400000000", "GBP"),
    "£5-10 million": ("5000000", "10000000", "GBP"),
    "5 to 10": ("5", "10", ""),
    "two or three times": ("2", "3", "times"),
    "between eight and 24": ("8", "24", ""),
}
NOT_READ = [
    "16 January", "31st August", "February 2012", "2018", "1966 levels", "10:30", "3pm", "116th", "14-year-old",
    "16 year old", "H5N2", "COVID-19", "Challenger 2", "Misuse of Drugs Act 1971", "2002/004", "7,8 billion EUR",
    "1.000", "five-a-side", "three hours and 28 minutes", "a rise of 20%", "0.5 and 1 tonne", "Rome", "million", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=READ)
def test_one_quantity_is_read(text: str, expected: tuple[str, str, str]) -> None:
    found = whole_quantity(text)
    assert found is not None
    assert (found.value, found.value_max) == (Decimal(expected[0]), None)
    assert (found.unit, found.qualifier) == expected[1:]


@pytest.mark.parametrize(("text", "expected"), RANGES.items(), ids=RANGES)
def test_both_ends_of_a_range_are_read(text: str, expected: tuple[str, str, str]) -> None:
    found = whole_quantity(text)
    assert found is not None
    assert (found.value, found.value_max, found.unit) == (Decimal(expected[0]), Decimal(expected[1]), expected[2])


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_not_one_quantity_by_itself(text: str) -> None:
    assert whole_quantity(text) is None


def test_a_number_that_may_be_a_year_is_read_when_asked_to() -> None:
    found = whole_quantity("2000", years=True)
    assert found is not None
    assert found.value == 2000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("All 480 birds on site will be culled", 480),
        ("almost a third (34%) of them", 34),
        ("one UK laboratory and three in Africa", 3),
        ("£5 million a year", 5_000_000),
        ("$2 billionat the summit", 2_000_000_000),
        ("13 arrests and 5 charges", None),
        ("on 16 January it rose", None),
    ],
)
def test_the_only_quantity_of_a_longer_text(text: str, value: int | None) -> None:
    found = only_quantity(text)
    assert (found and found.value) == value


@given(st.integers(0, 10**15), st.sampled_from(["", "%", " tonnes"]), st.sampled_from(["", "more than "]))
def test_a_number_with_commas_reads_as_itself(number: int, unit: str, qualifier: str) -> None:
    found = whole_quantity(f"{qualifier}{number:,}{unit}", years=True)
    assert found is not None
    assert found.value == number
    assert found.unit == unit.strip().replace("%", "percent")
    assert found.qualifier == (qualifier.strip() or "exactly")


@given(st.text("0159,.-–£% andortwhemlisy()", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    for found in (whole_quantity(text), only_quantity(text)):
        assert found is None or 0 <= found.start < found.end <= len(text)
