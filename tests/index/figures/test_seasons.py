"""The days of the seasons that words name."""

from datetime import date

import pytest

from index.figures.seasons import season_days

PUBLISHED = date(2025, 2, 17)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("in spring 2024", (date(2024, 3, 1), date(2024, 5, 31))),
        ("in the summer of 2023", (date(2023, 6, 1), date(2023, 8, 31))),
        ("this autumn", (date(2025, 9, 1), date(2025, 11, 30))),
        ("this winter", (date(2024, 12, 1), date(2025, 2, 28))),  # it began in the year before
        ("winter 2023-24", (date(2023, 12, 1), date(2024, 2, 29))),
        ("winter 2023/2024", (date(2023, 12, 1), date(2024, 2, 29))),
        ("last spring", None),  # that of the year, or of the year before?
        ("in the spring", None),
        ("spring 2023-24", None),
        ("a spring board", None),
        ("winter 9999", None),
    ],
)
def test_a_season_has_days_where_its_year_is_known(words: str, days: tuple[date, date] | None) -> None:
    assert season_days(words, PUBLISHED) == days


def test_this_season_of_an_unknown_day_has_none() -> None:
    assert season_days("this autumn") is None
