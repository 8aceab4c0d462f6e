import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.publishers import publisher_key
from index.text.terms import question_stems, question_terms, stems, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13,000 visas", "13000 visas"),
        ("£150million", "£150 million"),
        ("the U.K. border", "the UK border"),
        ("24% of cases", "24 per cent of cases"),
        ("24 percent", "24 percentage"),
        ("four boats", "4 boats"),
        ("Élysée", "elysee"),
        ("Straße", "STRASSE"),
        ("the minister's plan", "the minister’s plan"),
        ("1,234,567.5", "1234567.5"),
        ("½ price", "1⁄2 price"),
    ],
)
def test_ways_to_write_one_thing_meet(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("one", "other"), [("13,000", "13,001"), ("5.5%", "55%"), ("1.5 million", "15 million"), ("COP29", "COP28")]
)
def test_different_figures_stay_different(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_a_compound_is_found_by_its_parts_and_whole() -> None:
    assert set(terms("anti-social")) == {"anti", "social", "antisocial"}
    assert set(terms("twenty-two")) >= {"20", "2"}


def test_stop_words_are_left_out_of_a_question_unless_there_is_nothing_else() -> None:
    assert question_terms("how many of the boats were stopped, the boats?") == ["many", "boats", "stopped"][1:]
    assert question_terms("who is who?") == ["who", "is"]


@given(st.text(max_size=200))
def test_any_text_has_terms_that_are_stable_under_their_own_reading(text: str) -> None:
    found = terms(text)
    assert all(term and not any(c.isspace() for c in term) for term in found)
    assert terms(unicodedata.normalize("NFC", text)) == terms(unicodedata.normalize("NFD", text))
    assert len(stems(text)) <= len(found)
    assert len(set(question_stems(text))) == len(question_stems(text))


@given(st.text(max_size=40))
def test_a_publisher_is_known_in_any_case_and_normal_form(name: str) -> None:
    key = publisher_key(name)
    assert key == publisher_key(unicodedata.normalize("NFD", name)) == publisher_key(f"  {name} ")
    assert publisher_key(key) == key
