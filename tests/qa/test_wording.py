from datetime import date

import pytest

from index.types import Coverage
from qa.types import FigurePeriod
from qa.wording import counted, covered, when


@pytest.mark.parametrize(("number", "words"), [(0, "0 passages"), (1, "1 passage"), (2, "2 passages")])
def test_one_is_no_plural(number: int, words: str) -> None:
    assert counted(number, "passage") == words


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("In 2023", date(2023, 1, 1), date(2023, 12, 31), "in 2023"),
        ("Yesterday", date(2025, 1, 1), date(2025, 1, 1), "yesterday (1 January 2025)"),
        ("last\nmonth", date(2024, 12, 1), date(2024, 12, 31), "last month (1 December 2024 to 31 December 2024)"),
        ("Since July", date(2024, 7, 1), None, "since July (1 July 2024 on)"),
        ("before Christmas", None, date(2024, 12, 24), "before Christmas (up to 24 December 2024)"),
        ("May", date(2024, 5, 1), date(2024, 5, 31), "May (1 May 2024 to 31 May 2024)"),
        ("Since the election", None, None, "since the election"),
    ],
)
def test_a_period_is_named_within_a_line(text: str, start: date | None, end: date | None, words: str) -> None:
    assert when(FigurePeriod(start, end, text)) == words


DAY, LATER = date(2024, 11, 28), date(2025, 1, 16)


@pytest.mark.parametrize(
    ("coverage", "releases", "words"),
    [
        (Coverage((), None, None), 0, "no release yet"),
        (
            Coverage(("Harbours",), DAY, DAY),
            1,
            "1 release by 1 publisher (Harbours), published on 28 November 2024",
        ),
        (
            Coverage(("Harbours", "Docks"), DAY, LATER),
            12,
            "12 releases by 2 publishers (Harbours; Docks), published from 28 November 2024 to 16 January 2025",
        ),
        (
            Coverage(tuple("abcdefg"), DAY, LATER),
            963,
            "963 releases by 7 publishers, published from 28 November 2024 to 16 January 2025",
        ),
    ],
)
def test_what_an_index_covers_is_named_with_its_days(coverage: Coverage, releases: int, words: str) -> None:
    assert covered(coverage, releases) == words
