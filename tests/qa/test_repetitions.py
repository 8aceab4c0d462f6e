from datetime import date

import pytest

from index.types import Hit, Passage, Release, Span
from qa.repetitions import distinct

SENTENCE = (
    "The department confirmed today that in the year ending {month} it had removed {figure} people who came to the"
    " country without permission, after officers carried out visits at homes, farms, shops and building sites."
)


def hit(number: int, text: str, score: float = 0.5) -> Hit:
    release = Release(f"r{number}", "T", text, "P", date(2025, 1, 1))
    return Hit(Passage(number, release, 1, Span(0, len(text)), (Span(0, len(text)),), 1), score, score, score)


def texts(*given: str) -> list[int]:
    return [each.passage.id for each in distinct([hit(number, text) for number, text in enumerate(given)], 99)]


def say(figure: str, month: str = "June") -> str:
    return SENTENCE.format(figure=figure, month=month)


def test_the_same_words_are_kept_once_and_the_better_of_them() -> None:
    assert texts(say("2,580"), say("2580"), say("2,580").upper(), say("2,580") + " Really.") == [0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2,580", "2,581"),
        ("5 million", "5 billion"),
        ("thirty", "forty"),
        ("four", "five"),
        ("COP28", "COP29"),
        ("half of the", "a third of the"),
        ("£1.5 bn", "£1.5 m"),
        ("ten thousand", "ten hundred"),
    ],
)
def test_another_figure_is_news(one: str, other: str) -> None:
    assert texts(say(one), say(other)) == [0, 1]


def test_another_month_is_news() -> None:
    assert texts(say("4", "March"), say("4", "December")) == [0, 1]


def test_other_words_are_kept_and_the_order_stays() -> None:
    assert texts(say("4"), "Something else altogether.", say("4"), "And another thing.") == [0, 1, 3]


def test_passages_without_a_word_repeat_each_other() -> None:
    assert texts("…", "—", "…") == [0]
    assert distinct([], 5) == []
