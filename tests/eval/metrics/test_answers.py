from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import exact_match, figure_match, figure_qualifier_match, token_f1
from eval.metrics.answers import FigureMatch, compare, normalise
from eval.types import GoldQuantity


def test_normalisation_drops_case_punctuation_articles_and_space():
    assert normalise("  The  Policing Minister, an  A-B!") == "policing minister ab"
    assert normalise("theatre") == "theatre"


@pytest.mark.parametrize(
    ("predicted", "golds", "exact", "f1"),
    [
        ("the Crime Bill.", ["Crime Bill"], 1, 1),
        ("Crime and Policing Bill", ["Crime Bill"], 0, 2 * 2 / (4 + 2)),
        ("x y y", ["y y z", "q"], 0, 2 * 2 / 6),
        ("IBM", ["Airwave", "IBM"], 1, 1),
        ("Rome", ["Paris"], 0, 0),
        (None, ["Paris"], 0, 0),
        ("the", ["Paris"], 0, 0),
        (None, [], 1, 1),
        ("", [], 1, 1),
        ("Rome", [], 0, 0),
    ],
)
def test_hand_computed_answers(predicted, golds, exact, f1):
    assert exact_match(predicted, golds) == exact
    assert token_f1(predicted, golds) == pytest.approx(f1)


@given(st.text("abc the,. ", max_size=20), st.lists(st.text("abc the,. ", max_size=20), max_size=3))
def test_f1_lies_between_exact_match_and_one(predicted, golds):
    assert exact_match(predicted, golds) <= token_f1(predicted, golds) <= 1


@pytest.mark.parametrize(
    ("predicted", "golds", "matched", "qualified"),
    [
        ("2580", ["2,580"], 1, 1),
        ("more than 2,100", ["2,100"], 1, 0),
        ("more than 2,100", ["2,100", "More than 2,100"], 1, 1),
        ("19,000", ["1,900"], 0, None),
        ("10", ["1.0"], 0, None),
        ("24", ["24%"], 0, None),
        (None, ["24%"], 0, None),
        ("Rome", ["Rome"], None, None),
        ("16 January", ["16 January"], None, None),
        ("5", [], None, None),
        ("15", ["Fifteen", "the partnerships"], 1, 1),
    ],
)
def test_figures_match_as_quantities_and_only_where_a_figure_is_asked(predicted, golds, matched, qualified):
    assert figure_match(predicted, golds) == matched
    assert figure_qualifier_match(predicted, golds) == qualified


@pytest.mark.parametrize(
    ("predicted", "matched", "qualified"),
    [
        ("up to 7 years in prison", 1, 1),
        ("7 years", 1, 1),
        ("at least 7 years", 1, 0),
        ("7", 0, None),
        ("8 years", 0, None),
        ("5 to 7 years", 0, None),
        ("seven years or 24 months", 0, None),
        (None, 0, None),
    ],
)
def test_a_stored_figure_decides_and_not_a_reading_of_the_gold_answers(
    predicted: str | None, matched: int, qualified: int | None
) -> None:
    golds, quantity = ["7 years", "up to 7 years", "a stretch"], GoldQuantity(Decimal(7), "years")
    assert figure_match(predicted, golds, quantity) == matched
    assert figure_qualifier_match(predicted, golds, quantity) == qualified
    assert figure_match("2000", ["a stretch"], GoldQuantity(Decimal(2000), "")) == 1


def test_the_string_metrics_err_where_the_figure_metric_does_not():
    assert exact_match("15", ["1.5"]) == 1.0
    assert figure_match("15", ["1.5"]) == 0.0
    assert exact_match("£150million", ["£150 million"]) == 0.0
    assert figure_match("£150million", ["£150 million"]) == 1.0


@pytest.mark.parametrize(
    ("predicted", "gold", "value", "unit", "qualifier"),
    [
        ("2580", "2,580", True, True, True),
        ("2.58 thousand", "2,580", True, True, True),
        ("£150million", "£150 million", True, True, True),
        ("Thirty-three", "33", True, True, True),
        ("more than 2,100", "2,100", True, True, False),
        ("19,000", "1,900", False, True, True),
        ("24%", "24", True, False, True),
        ("10", "1.0", False, True, True),
        ("22", "22 substances", True, True, True),
        ("7 years", "7", True, False, True),
        ("up to 7 years in prison", "7 years", True, True, False),
        ("2000", "2,000", True, True, True),
        ("carrying more than 800 people", "more than 800", True, True, True),
        ("5 to 10", "5", False, True, True),
        ("5%", "5 percentage points", True, False, True),
        ("13 arrests and 5 charges", "13", False, False, False),
        ("nothing", "13", False, False, False),
        ("2018", "2018", False, False, False),
        ("IBM", "IBM", False, False, False),
    ],
)
def test_figures_compare_as_quantities(predicted: str, gold: str, value: bool, unit: bool, qualifier: bool) -> None:
    assert compare(predicted, gold) == FigureMatch(value, unit, qualifier)
