from datetime import date

import pytest

from qa.question import AskedTime, understand


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


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("how many farms were visited in may?", date(2025, 5, 1), date(2025, 5, 31)),
        ("How many came on 1 january 2025?", date(2025, 1, 1), date(2025, 1, 1)),
        ("How many came on 2025-01-01?", date(2025, 1, 1), date(2025, 1, 1)),
        ("cycle thefts penbrook 2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("How many stations opened in 2024 in Kent?", date(2024, 1, 1), date(2024, 12, 31)),
        ("How many visas did the Home Office say it issued in 2024?", date(2024, 1, 1), date(2024, 12, 31)),
        ("In 2024, how many were there?", date(2024, 1, 1), date(2024, 12, 31)),
        ("What was the number in the calendar year 2023?", date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_question_names_its_time_in_many_ways(question: str, start: date, end: date) -> None:
    assert understand(question).time(date(2025, 9, 3)) == AskedTime(start, end, of_release=False, by_then=False)


@pytest.mark.parametrize(
    "question",
    [
        "How many farms may be visited?",
        "May inspectors visit farms?",
        "What did Theresa May announce?",
        "How many cadets march through York?",
        "How many were cleared yesterday?",
        "How many homes has the fund launched in 2019 built?",
        "How many homes were built by the fund set up in 2019?",
        "What was the total of exports when the minister restarted talks in July 2024?",
        "What does the Harbours Act 2014 say?",
    ],
)
def test_what_only_looks_like_the_time_of_a_question(question: str) -> None:
    assert understand(question).time(date(2025, 9, 3)) is None


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("How many came on 31 November 2024?", True),
        ("How many came on 30 February?", True),
        ("How many came on 29 February 2023?", True),
        ("How many came on 29 February 2024?", False),
        ("How many came between 2024 and 2020?", True),
        ("How many came from October 2024 to March 2024?", True),
        ("How many came from October 2023 to March 2024?", False),
    ],
)
def test_a_time_that_there_never_was_is_known_for_one(question: str, never: bool) -> None:
    time = understand(question).time(date(2025, 9, 3))
    assert time is not None
    assert time.never == never
