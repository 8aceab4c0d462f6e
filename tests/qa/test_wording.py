import pytest

from qa.wording import counted


@pytest.mark.parametrize(("number", "words"), [(0, "0 passages"), (1, "1 passage"), (2, "2 passages")])
def test_one_is_no_plural(number: int, words: str) -> None:
    assert counted(number, "passage") == words
