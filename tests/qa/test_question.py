from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from qa.limits import MAX_QUESTION
from qa.question import AskedTime, clean_question, understand


@given(st.text(st.characters(), max_size=200))
def test_a_question_is_cleaned_once_and_for_all_or_refused(text: str) -> None:
    try:
        cleaned = clean_question(text)
    except InputError:
        return
    assert clean_question(cleaned) == cleaned
    cleaned.encode()
    assert not any(c < " " or "\x7f" <= c <= "\x9f" for c in cleaned)


@pytest.mark.parametrize("text", ["", " ", "\0\x1b", "???", "—", "\u200b", "x" * (MAX_QUESTION + 1), "a\ud800"])
def test_what_cannot_be_asked(text: str) -> None:
    with pytest.raises(InputError):
        clean_question(text)


def test_a_question_of_the_longest_length_is_asked() -> None:
    assert clean_question("x" * MAX_QUESTION) == "x" * MAX_QUESTION


def test_which_questions_ask_for_a_figure() -> None:
    asking = ["How many came?", "By what percentage did it rise?", "What was the total cost?", "How long will it last?",
              "What is the number of boats?"]  # fmt: skip
    assert all(understand(question).wants_figure for question in asking)
    others = ["Who said so?", "What is Prevent?", "How was it?", "When did it rise?"]
    assert not any(understand(question).wants_figure for question in others)


def test_a_question_is_read_as_on_the_day_of_a_release() -> None:
    asked = understand("How many visits took place by 16 December?")
    assert asked.time(date(2025, 1, 9)) == AskedTime(None, date(2024, 12, 16), of_release=False, by_then=True)
    assert asked.time(date(2024, 1, 9)) == AskedTime(None, date(2023, 12, 16), of_release=False, by_then=True)
    assert asked.subject(date(2025, 1, 9)) == frozenset({"visit", "took", "place"})
    assert asked.stems == understand("How many visits took place by 16 December?").stems
