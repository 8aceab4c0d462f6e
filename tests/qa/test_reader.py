"""The sentence reader: which sentence answers, and when a later statement takes its place."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.hashing import HashingEmbedder
from index.types import Hit, Passage, Release, Span
from qa.reader import SentenceReader, asks_for_figure, confidence
from qa.types import Candidate

ASKED = "how many lighthouses were painted in Devon?"


def hit(number: int, sentences: Sequence[str], published: date = date(2025, 1, 1), score: float = 0.5) -> Hit:
    body = " ".join(sentences)
    release = Release(f"r{number}", f"Release {number}", body, "Harbour Board", published)
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    passage = Passage(number, release, 1, Span(0, len(body)), tuple(spans), tokens=10)
    return Hit(passage, score=score, dense=score, lexical=score)


def answers(question: str, hits: Sequence[Hit]) -> list[str]:
    read: list[Candidate] = SentenceReader(HashingEmbedder()).read(question, hits)
    return [candidate.span.of(candidate.hit.passage.release.body) for candidate in read]


def test_the_sentence_that_says_what_is_asked_comes_before_its_neighbours() -> None:
    passage = hit(1, ["Boats came and went.", "In Devon 12 lighthouses were painted.", "The sea was calm in June."])
    assert answers(ASKED, [passage])[0] == "In Devon 12 lighthouses were painted."


EARLIER = hit(1, ["In Devon 12 lighthouses were painted."], date(2024, 12, 16), score=0.6)
LATER = hit(2, ["By now 15 lighthouses in Devon were painted again."], date(2025, 1, 9))


def test_of_two_statements_of_a_figure_the_latest_answers() -> None:
    assert answers(ASKED, [EARLIER, LATER])[0] == LATER.passage.text
    assert answers(ASKED, [LATER, EARLIER])[0] == LATER.passage.text


def test_the_date_decides_nothing_about_other_questions() -> None:
    assert answers("where were lighthouses painted?", [EARLIER, LATER])[0] == EARLIER.passage.text


@pytest.mark.parametrize(
    "later",
    ["All lighthouses in Devon were painted.", "In Devon 40 gulls were counted.", "Some 30 lighthouses were sold."],
    ids=["no figure", "another thing", "less of the question"],
)
def test_a_later_sentence_that_states_something_else_does_not_answer(later: str) -> None:
    assert answers(ASKED, [EARLIER, hit(2, [later], date(2025, 1, 9))])[0] == EARLIER.passage.text


def test_nothing_to_read_is_no_answer() -> None:
    assert answers(ASKED, []) == []


def test_a_figure_raises_the_confidence_where_one_is_asked_for() -> None:
    read = SentenceReader(HashingEmbedder()).weigh(ASKED, [EARLIER])
    (_, _, signs) = read[0]
    assert signs.no_figure == 0
    assert confidence(signs) > confidence(signs._replace(no_figure=1.0))


@pytest.mark.parametrize(
    ("question", "figure"),
    [("How many came?", True), ("By what percentage did it rise?", True), ("What was the total cost?", True),
     ("How long will it last?", True), ("Who said so?", False), ("What is Prevent?", False), ("How was it?", False)],
)  # fmt: skip
def test_which_questions_ask_for_a_figure(question: str, figure: bool) -> None:
    assert asks_for_figure(question) is figure


@given(st.lists(st.lists(st.text("ab 5.é£", min_size=1, max_size=12), min_size=1, max_size=5), max_size=5))
def test_candidates_are_sentences_of_their_passages_with_confidences_in_order(texts: list[list[str]]) -> None:
    hits = [hit(number, sentences) for number, sentences in enumerate(texts)]
    read = SentenceReader(HashingEmbedder()).read("who was in a b 5?", hits)
    assert all(candidate.span in candidate.hit.passage.sentences for candidate in read)
    confidences = [candidate.confidence for candidate in read]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= value <= 1 for value in confidences)
