from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.types import Hit
from qa.reading.agreement import answer_text
from qa.reading.lexical_reader import LexicalReader
from qa.types import Candidate

MakeHit = Callable[..., Hit]
Ask = Callable[..., list[Candidate]]
ASKED = "how many lighthouses were painted in Devon?"


def answers(ask: Ask, question: str, *hits: Hit) -> list[str]:
    return [answer_text(candidate) for candidate in ask(LexicalReader(), question, hits)]


def test_the_sentence_that_says_what_is_asked_comes_before_its_neighbours(ask: Ask, hit: MakeHit) -> None:
    passage = hit(1, "Boats came and went. In Devon 12 lighthouses were painted. The sea was calm in June.")
    assert answers(ask, ASKED, passage)[0] == "In Devon 12 lighthouses were painted."


def test_where_a_figure_is_asked_for_a_sentence_without_one_counts_less(ask: Ask, hit: MakeHit) -> None:
    without, with_figure = hit(1, "Lighthouses were painted in Devon."), hit(2, "12 lighthouses were painted in Devon.")
    assert answers(ask, ASKED, without, with_figure)[0] == with_figure.passage.text
    assert answers(ask, "where were lighthouses painted?", with_figure, without)[0] == without.passage.text


@pytest.mark.parametrize("question", ["the of and", "日本語?", "x"])
def test_a_question_without_a_term_in_the_passages_is_answered_with_no_confidence(
    ask: Ask, hit: MakeHit, question: str
) -> None:
    assert all(each.confidence < 0.05 for each in ask(LexicalReader(), question, [hit(1, "Boats came.")]))


def test_nothing_to_read_is_no_answer(ask: Ask) -> None:
    assert answers(ask, ASKED) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("ab 5.é£\n", min_size=1, max_size=40), max_size=5))
def test_candidates_are_sentences_of_their_passages_with_confidences_in_order(
    ask: Ask, hit: MakeHit, texts: list[str]
) -> None:
    hits = [hit(number, text) for number, text in enumerate(texts)]
    read = ask(LexicalReader(), "who was in a b 5?", hits)
    assert all(candidate.span in candidate.hit.passage.sentences for candidate in read)
    confidences = [candidate.confidence for candidate in read]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= value <= 1 for value in confidences)
    assert ask(LexicalReader(), "who was in a b 5?", hits[::-1]) == read
