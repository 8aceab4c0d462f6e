"""What an answer that is no figure says, and when two of them say the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Span
from qa.facts.values import Value, comparable, say_the_same, value_of

DAY = date(2025, 1, 9)


def value(text: str, sentence: str = "{}") -> Value:
    body = sentence.format(text)
    at = body.index(text)
    return value_of(body, Span(at, at + len(text)), Span(0, len(body)), DAY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("28 April 2025", "day"), ("by noon on Friday 5 July 2024", "day"), ("March 2025", "day"),
        ("spring 2026", "day"), ("April 28, 2025", "day"), ("9am", "clock"), ("Dame Olive Tranter", "name"),
        ("the Retail Crime Unit", "name"), ("Port Ellis", "name"), ("to lower the speed of ships", "words"),
        ("5 May to 9 June", "words"), ("the spring of 2028", "day"), ("by the end of 2026", "day"),
        ("Holmby town hall", "name"), ("the old town hall", "words"), ("town hall", "words"),
        ("the second half of 2027", "day"), ("spring 2026 to autumn 2027", "words"),
    ],
)  # fmt: skip
def test_the_kind_of_an_answer(text: str, kind: str) -> None:
    assert value(text).kind == kind


@pytest.mark.parametrize(
    ("text", "sentence", "days"),
    [
        ("28 April 2025", "{}", (date(2025, 4, 28), date(2025, 4, 28))),
        ("2026", "It will open in {}.", (date(2026, 1, 1), date(2026, 12, 31))),
        ("early 2027", "{}", (date(2027, 1, 1), date(2027, 4, 30))),
        ("winter 2025", "{}", (date(2025, 12, 1), date(2026, 2, 28))),
        ("the summer of 2026", "{}", (date(2026, 6, 1), date(2026, 8, 31))),
        ("late in 2026", "{}", (date(2026, 9, 1), date(2026, 12, 31))),
        ("the first half of 2027", "{}", (date(2027, 1, 1), date(2027, 6, 30))),
        ("early March 2026", "{}", (date(2026, 3, 1), date(2026, 3, 31))),
    ],
)
def test_the_days_of_a_date(text: str, sentence: str, days: tuple[date, date]) -> None:
    found = value(text, sentence)
    assert (found.start, found.end) == days


SAME = [
    ("14 March 2025", "Friday 14 March 2025"), ("March 2025", "14 March 2025"), ("Dana Whitlock", "Ms Whitlock"),
    ("Retail Crime Unit", "the Retail Crime Unit"), ("Dr Ada Fenn MP", "Ada Fenn"), ("Marine Safety Board", "MSB"),
]  # fmt: skip
OTHER = [
    ("14 March 2025", "28 April 2025"), ("Dana Whitlock", "Ravi Desai"), ("spring 2026", "autumn 2026"),
    ("Holmby", "Elmstead"), ("9am", "10am"), ("March 2025", "4 April 2025"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "same"), [*((*each, True) for each in SAME), *((*each, False) for each in OTHER)])
def test_two_answers_say_the_same_or_not_whichever_comes_first(a: str, b: str, same: bool) -> None:
    assert say_the_same(value(a), value(b)) is same
    assert say_the_same(value(b), value(a)) is same


def test_a_person_does_not_take_the_place_of_a_body_nor_a_date_that_of_a_name() -> None:
    assert not comparable(value("Dame Olive Tranter"), value("Coast Agency"))
    assert not comparable(value("Dame Olive Tranter"), value("5 May 2025"))
    assert not comparable(value("to lower the speed"), value("to raise the speed"))
    assert comparable(value("Coast Agency"), value("River Board"))


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != ""))
def test_whatever_the_words_they_say_the_same_as_themselves(text: str) -> None:
    found = value_of(text, Span(0, len(text)), Span(0, len(text)), DAY)
    assert say_the_same(found, found)
