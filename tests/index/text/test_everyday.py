"""Questions in everyday words, as releases would say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.text.everyday import FILE, in_official_words, read_words
from index.text.terms import question_stems, terms


@pytest.mark.parametrize(
    ("question", "official"),
    [
        ("How many kids got jabs?", "how many children got vaccine"),
        ("who was kicked out after the shake-up", "who was removed after the reform"),
        ("which firms were fined", "which company were penalty"),  # any form of a word
        ("How many foreign criminals were removed?", None),
        ("", None),
        ("jab" * 40, None),  # too long to be a word
    ],
)
def test_everyday_words_become_official_ones(question: str, official: str | None) -> None:
    assert in_official_words(question) == official


@given(st.text(max_size=80))
def test_any_question_can_be_read(question: str) -> None:
    official = in_official_words(question)
    assert official is None or question_stems(official)


def test_the_longest_entry_wins_and_the_first_of_two() -> None:
    known = read_words("# comment\n\nrow: dispute\nrow boat, skiff: vessel\nrow: rank\n")
    assert known == {("row",): "dispute", ("row", "boat"): "vessel", ("skiff",): "vessel"}


@pytest.mark.parametrize("line", ["jabs vaccines", "jabs:", ": vaccines", "jabs,: vaccines"])
def test_a_line_that_says_nothing_is_an_error_that_names_it(line: str) -> None:
    with pytest.raises(InputError, match=r"line 2: .* does not say") as told:
        read_words(f"kids: children\n{line}\n")
    assert "youngster: children" in told.value.hint


def test_no_shipped_entry_is_lost_to_an_earlier_one_or_says_nothing_new() -> None:
    text = FILE.read_text("utf-8")
    entries = [
        part for line in text.splitlines() if ":" in line and line[0] != "#" for part in line.split(":")[0].split(",")
    ]
    known = read_words(text)
    assert len(known) == len(entries)
    assert all(" ".join(terms(words)) for words in entries)
    assert all(question_stems(official) != list(everyday) for everyday, official in known.items())
