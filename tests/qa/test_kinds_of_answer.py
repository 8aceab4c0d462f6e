"""Words that are not of the kind that is asked for, whatever else they share with the question."""

from datetime import date

import pytest

from index.figures.read import figures
from qa.kinds_of_answer import is_of_another_kind, is_of_another_unit


@pytest.mark.parametrize(
    ("question", "words", "is_other"),
    [
        ("how did the three get over to Orrin", "to avoid prosecution", True),
        ("How did the three get over to Orrin?", "in a small boat", False),
        ("how come the three left Orrin", "to avoid prosecution", False),
        ("How many ways lead to Orrin?", "to the north, two", False),
        ("which council runs it", "45%", True),
        ("how many people called", "0300 123 4567", True),
        ("Which two ports were chosen?", "Orrin", True),
        ("Which two ports were chosen?", "Orrin and Skarra", False),
    ],
)
def test_words_of_another_kind(question: str, words: str, is_other: bool) -> None:
    assert is_of_another_kind(question, words) == is_other


@pytest.mark.parametrize(
    ("question", "sentence", "is_other"),
    [
        ("max fine for breaching an order", "A breach is punished with up to 5 years in prison.", True),
        ("How much is the fine for a breach?", "A breach is punished with a fine of £500.", False),
        ("max penalty for breaching an order", "A breach is punished with up to 5 years in prison.", False),
        ("what share of visits led to fines", "Officers made 59 visits.", True),
    ],
)
def test_figures_of_another_unit(question: str, sentence: str, is_other: bool) -> None:
    (figure,) = figures(sentence, date(2025, 1, 9))
    words, after = figure.span.of(sentence), sentence[figure.number.end :]
    assert is_of_another_unit(question, words, figure, after) == is_other
