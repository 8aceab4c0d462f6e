from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.types import SearchFilter
from qa.limits import MAX_QUESTION, check_budget, check_dates, check_page, check_top_k, clean_question


@pytest.mark.parametrize("top_k", [0, -1, 101, 10**9])
def test_bounds_of_top_k(top_k: int) -> None:
    with pytest.raises(InputError, match=str(top_k)):
        check_top_k(top_k)


def test_bounds_that_hold() -> None:
    day = date(2025, 1, 1)
    for top_k in (1, 100):
        check_top_k(top_k)
    check_budget(1)
    check_budget(None)
    check_page(1)
    check_dates(SearchFilter(as_of=day, since=day, until=day))


@pytest.mark.parametrize("where", [{"until": date(2025, 1, 1)}, {"as_of": date(2025, 1, 1)}])
def test_dates_that_exclude_everything(where: dict[str, date]) -> None:
    with pytest.raises(InputError, match=r"since \(2025-01-02\)"):
        check_dates(SearchFilter(since=date(2025, 1, 2), **where))


def test_a_budget_of_nothing() -> None:
    with pytest.raises(InputError, match="max_tokens is 0"):
        check_budget(0)


def test_a_page_of_nothing() -> None:
    with pytest.raises(InputError, match="limit is 0"):
        check_page(0)


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
