import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import cut, sentences
from index.types import Span

# "|" marks where one sentence ends and the next begins.
PROSE = [
    "It will cost £19.5 billion. | No. 10 said that 5.5% of P.C.C.s agreed.",
    "Some £1.2bn. was spent. | It cost £1.2bn. | The rest was saved.",
    "The list is in Annex A. | It names 6 drugs of Class B. | Those who had hepatitis C. were told.",
    "Dr. Mary Jones met Mr. Smith in the U.S. | He left. | The U.S. Government, a.k.a. Washington, agreed.",
    "J. K. Brown and J.P. Hall ask for help, e.g. Monday visits, i.e. one a week.",
    "Lt. Col. Jones and the Rt. Hon. Anne Hall MP spoke. | St. Albans was next.",
    "“We did it.” | She left. | “Will you?” she said. | “Stop!” he cried.",
    "It goes on… | And on. | Well ... we try.",
    "It opens at 10 a.m. on Monday. | It shuts at 5 p.m. | The doors stay locked.",
    "It is a work of art. | Famous names paid for it. | Do what you can. | A small sum is enough.",
    "He is to live at No. 10. | The rate was 2.5. | They rose in the 12th century. | British ships sailed.",
    "It says so.[2] | Others (not all.) | Disagree.",
    "“It grew.”Later, it shrank.".replace("”L", "” | L"),
    "• 1. Be quick. | Be kind.",
    "Yahoo! is a firm. | iPhone sales fell.",
    "A line of stars. * * *",
]


@pytest.mark.parametrize("marked", PROSE)
def test_prose_is_cut_where_a_reader_would(marked: str) -> None:
    expected = marked.split(" | ")
    body = marked.replace("” | Later", "”Later").replace(" | ", " ")
    assert [span.of(body) for span in sentences(body)] == expected


def test_each_line_is_cut_by_itself() -> None:
    body = "It funds:\n\n• more staff. Not all at once\n• new kit\n\nno marker here\nnor here\n\nThe end"
    assert [span.of(body) for span in sentences(body)] == [
        "It funds:",
        "• more staff.",
        "Not all at once",
        "• new kit",
        "no marker here",
        "nor here",
        "The end",
    ]


def test_runs_without_a_space_do_not_take_quadratic_time() -> None:
    for run in ("a.”", ".", "A? ", "* ", ". ", "x"):
        assert sentences(run * 30_000)


fragments = st.sampled_from(
    [
        "Mr.",
        "A",
        "ends.",
        "“Yes?”",
        "…",
        "\n",
        "\n\n",
        "• ",
        "£1.2bn.",
        "e\u0301",
        "\u200b",
        "\u2028",
        "[1]",
        "\u00a0",
    ]
)
texts = st.one_of(st.text(max_size=80), st.lists(st.one_of(fragments, st.text(max_size=5))).map(" ".join))


@given(texts)
def test_sentences_are_tight_disjoint_and_cover_everything(body: str) -> None:
    spans = sentences(body)
    covered = 0
    end = 0
    for span in spans:
        text = span.of(body)
        assert end <= span.start
        assert text == text.strip() != ""
        assert "\n" not in text
        covered += sum(not character.isspace() for character in text)
        end = span.end
    assert end <= len(body)
    assert covered == sum(not character.isspace() for character in body)


def characters(texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


@pytest.mark.parametrize(
    ("sentence", "limit", "pieces"),
    [
        ("one two three; four five six, seven", 25, ["one two three;", "four five six, seven"]),
        ("one two three four, five six seven", 25, ["one two three four,", "five six seven"]),
        ("one two three four five six", 16, ["one two three", "four five six"]),
        ("abcdefghij", 5, ["abcde", "fghij"]),
        ("abcde\u0301\u0302fgh", 5, ["abcd", "e\u0301\u0302fg", "h"]),
    ],
)
def test_a_long_sentence_is_cut_at_the_best_place(sentence: str, limit: int, pieces: list[str]) -> None:
    found = cut(sentence, Span(0, len(sentence)), limit, characters)
    assert [span.of(sentence) for span, _ in found] == pieces
