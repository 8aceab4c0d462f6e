from datetime import date
from zoneinfo import ZoneInfo

import pytest

from index.sources.days import address_day, day_in, days_in, read_moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("4 July 2025", date(2025, 7, 4)),
        ("Friday, 4th July, 2025", date(2025, 7, 4)),
        ("the 4th day of July 2025", date(2025, 7, 4)),
        ("SEPT. 3, 2019", date(2019, 9, 3)),
        ("Posted on Apr 14, 2015 at 10 am", date(2015, 4, 14)),
        ("15-Jan-2019", date(2019, 1, 15)),
        ("2025-07-04", date(2025, 7, 4)),
        ("04/30/13", date(2013, 4, 30)),
        ("30.04.2024", date(2024, 4, 30)),
        ("4 Mar 25", date(2025, 3, 4)),
        ("4-Mar-25 10:30", date(2025, 3, 4)),
        ("4 July ’25, by post", date(2025, 7, 4)),
        ("On 5 May 10 people moved", None),
        ("2024 March 14", date(2024, 3, 14)),
        ("2024-Mar-03", date(2024, 3, 3)),
        ("3/Mar/2024", date(2024, 3, 3)),
        ("Mar.3, 2024", date(2024, 3, 3)),
        ("3 March,2024", date(2024, 3, 3)),
        ("March 14, ’24", date(2024, 3, 14)),
        ("June 22d, 2024", date(2024, 6, 22)),
        ("Thu Mar 14 10:00:00 EST 2024", date(2024, 3, 14)),
        ("page 12 2024-03-14", date(2024, 3, 14)),
        ("Results for 2023, Feb. 6, 2024", date(2024, 2, 6)),
        ("Winter 2024 March 3, 2025", date(2025, 3, 3)),
        ("Issue 2/March 2024", None),
        ("le 1er août 2024", date(2024, 8, 1)),
        ("3 de mayo de 2024", date(2024, 5, 3)),
        ("31 June 2025", None),
        ("10:10 success", None),
        ("version 1.2.2013.4", None),
        ("call 555-12-2013-99", None),
        ("4/5/2015", None),  # two days
    ],
)
def test_a_day_is_read_in_every_common_form(text: str, day: date | None) -> None:
    assert day_in(text) == day


def test_numbers_that_can_be_read_in_two_ways_need_the_order() -> None:
    assert day_in("4/5/2015", month_first=True) == date(2015, 4, 5)
    assert day_in("4/5/2015", month_first=False) == date(2015, 5, 4)
    assert day_in("03.04.25") == day_in("03.04.25", month_first=False) == date(2025, 4, 3)
    assert day_in("03.04.25", month_first=True) == date(2025, 3, 4)
    assert [found.day for found in days_in("From 1 May 2024 to May 9, 2024")] == [date(2024, 5, 1), date(2024, 5, 9)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-06-30T23:30:00Z", date(2025, 7, 1)),  # a moment: it was July in London
        ("2025-06-30T00:00:00.000Z", date(2025, 6, 30)),  # midnight is how a day is stored
        ("2025-03-04T23:30:00-05:00", date(2025, 3, 4)),  # the publisher's own offset: the day as written
        ("2024-07-01 10:00:00 UTC", date(2024, 7, 1)),
        ("Thu, 07 Dec 17 05:00:00 EST", date(2017, 12, 7)),
        ("2024-07-01 23:30:00 UTC", date(2024, 7, 2)),
        ("14 March 2024 - 09:30", date(2024, 3, 14)),
        ("1500000000", date(2017, 7, 14)),
        ("1500000000000", date(2017, 7, 14)),
        ("20240501", date(2024, 5, 1)),
        ("/Date(1500000000000)/", date(2017, 7, 14)),
        ("Date(1500000000000+0100)", date(2017, 7, 14)),
        ("4 July 2025", date(2025, 7, 4)),
        ("2024-13-45T00:00:00", None),
        ("99999999999999", None),
        ("", None),
    ],
)
def test_a_moment_has_the_day_of_its_publisher(text: str, day: date | None) -> None:
    assert read_moment(text, ZoneInfo("Europe/London")) == day


def test_an_address_or_file_name_may_hold_a_day() -> None:
    assert address_day("https://a.test/2024/05/03/homes?x=2020-01-01") == date(2024, 5, 3)
    assert address_day("2019_04_03_Homes.html") == date(2019, 4, 3)
    assert address_day("release-12345678.html") is None
    assert address_day("https://[bad") is None
