from collections.abc import Callable
from dataclasses import replace

import pytest

from index.types import Hit
from qa.evidence.best_sentence import best_sentence
from qa.question import understand

BODY = (
    "The board met in Hull. It inspects harbours.\n\nIn spring, 40 ferries were inspected at four ports. "
    "The ferries were old.\n\n• no tug was inspected"
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("how many ferries were inspected?", "In spring, 40 ferries were inspected at four ports."),
        ("Where did the board meet?", "The board met in Hull."),
        ("was a tug inspected?", "• no tug was inspected"),
        ("wem gehört der zeppelin?", "The board met in Hull."),
    ],
)
def test_the_sentence_with_most_words_of_the_question_stands_for_its_passage(
    hit: Callable[..., Hit], question: str, words: str
) -> None:
    passage = hit(1, BODY).passage
    assert best_sentence(passage, understand(question).stems).of(BODY) == words


def test_a_passage_without_sentences_stands_for_itself(hit: Callable[..., Hit]) -> None:
    passage = replace(hit(1, BODY).passage, sentences=())
    assert best_sentence(passage, ["ferri"]) == passage.span
