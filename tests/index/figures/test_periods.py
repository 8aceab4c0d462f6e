from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.figures.periods
from index.figures.periods import periods
from index.types import Span

PUBLISHED = date(2024, 12, 16)  # a Monday


def read(text: str, published: date = PUBLISHED) -> list[tuple[str, str | None, str | None]]:
    found = periods(text, Span(0, len(text)), published) if text else []
    return [
        (p.span.of(text), p.start.isoformat() if p.start else None, p.end.isoformat() if p.end else None) for p in found
    ]


@pytest.mark.parametrize(
    ("text", "words", "start", "end"),
    [
        ("500 people since 5 July 2024.", "since 5 July 2024", "2024-07-05", None),
        ("500 people since July", "since July", "2024-07-01", None),
        ("500 people in October.", "in October", "2024-10-01", "2024-10-31"),
        ("500 people were hired in January", "in January", "2024-01-01", "2024-01-31"),
        ("500 people on 20 December", "on 20 December", "2024-12-20", "2024-12-20"),
        ("500 had found work by August", "by August", None, "2024-08-31"),
        ("£500 from 2010/11 to 2014/15", "from 2010/11 to 2014/15", "2010-04-01", "2015-03-31"),
        ("it will keep the 500 hired since March", "since March", "2024-03-01", None),
        ("500 will leave in January", "in January", "2025-01-01", "2025-01-31"),
        ("500 people on July 12", "on July 12", "2024-07-12", "2024-07-12"),
        ("500 people on or before 28 February 2020", "on or before 28 February 2020", None, "2020-02-28"),
        ("500 grants to the end of April 2023", "to the end of April 2023", None, "2023-04-30"),
        ("500 people on 29 February 2024", "on 29 February 2024", "2024-02-29", "2024-02-29"),
        ("in 2023, 500 people", "in 2023", "2023-01-01", "2023-12-31"),
        ("500 people last year", "last year", "2023-01-01", "2023-12-31"),
        ("500 people this year", "this year", "2024-01-01", None),
        ("500 people so far this year", "so far this year", "2024-01-01", None),
        ("500 people last July", "last July", "2024-07-01", "2024-07-31"),
        ("500 people last JULY", "last JULY", "2024-07-01", "2024-07-31"),
        ("500 people last month", "last month", "2024-11-01", "2024-11-30"),
        ("500 people last week", "last week", "2024-12-09", "2024-12-15"),
        ("£500 next year", "next year", "2025-01-01", "2025-12-31"),
        ("£500 in the next financial year", "in the next financial year", "2025-04-01", "2026-03-31"),
        ("£500 next financial year", "next financial year", "2025-04-01", "2026-03-31"),
        ("the year ending March 2024 saw", "the year ending March 2024", "2023-04-01", "2024-03-31"),
        ("500 in the 12 months to June", "in the 12 months to June", "2023-07-01", "2024-06-30"),
        ("500 in the 3 months to September 2024", "in the 3 months to September 2024", "2024-07-01", "2024-09-30"),
        ("500 in 2024/25", "in 2024/25", "2024-04-01", "2025-03-31"),
        ("500 in 2024-25", "in 2024-25", "2024-04-01", "2025-03-31"),
        ("500 in 1999/00", "in 1999/00", "1999-04-01", "2000-03-31"),
        ("in the financial year 2024 to 2025", "in the financial year 2024 to 2025", "2024-04-01", "2025-03-31"),
        ("in the academic year 2024/25 500", "in the academic year 2024/25", None, None),
        ("500 in the year ending Q3 2018", "in the year ending Q3 2018", "2017-10-01", "2018-09-30"),
        ("500 this academic year", "this academic year", None, None),
        ("500 in the summer of 2022", "in the summer of 2022", None, None),
        ("between January and October this year", "between January and October this year", "2024-01-01", "2024-10-31"),
        ("500 were hired between November and January", "between November and January", "2023-11-01", "2024-01-31"),
        ("between 5 and 9 July 500 people", "between 5 and 9 July", "2024-07-05", "2024-07-09"),
        ("from April 2025 to March 2026", "from April 2025 to March 2026", "2025-04-01", "2026-03-31"),
        ("from 1 April 2025 onwards", "from 1 April 2025 onwards", "2025-04-01", None),
        ("between 2010 and 2015", "between 2010 and 2015", "2010-01-01", "2015-12-31"),
        ("500 by the end of November 2024", "by the end of November 2024", None, "2024-11-30"),
        ("500 homes by 2030", "by 2030", None, "2030-12-31"),
        ("500 in the first quarter of 2024", "in the first quarter of 2024", "2024-01-01", "2024-03-31"),
        ("500 in Q1 2024/25", "in Q1 2024/25", "2024-04-01", "2024-06-30"),
        ("500 in the first half of this year", "in the first half of this year", "2024-01-01", "2024-06-30"),
        ("500 in the first six months of 2024", "in the first six months of 2024", "2024-01-01", "2024-06-30"),
        ("as of 31 March 2024 500", "as of 31 March 2024", "2024-03-31", "2024-03-31"),
        ("since records began in 1973", "since records began in 1973", "1973-01-01", None),
    ],
)  # fmt: skip
def test_the_words_and_the_day_of_publication_settle_a_period(
    text: str, words: str, start: str | None, end: str | None
) -> None:
    assert read(text) == [(words, start, end)]


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("500 boats came yesterday", "yesterday", "2024-12-15"),
        ("Yesterday morning 500 boats came", "Yesterday morning", "2024-12-15"),
        ("the day before yesterday 500 boats came", "the day before yesterday", "2024-12-14"),
        ("500 boats will come tomorrow", "tomorrow", "2024-12-17"),
        ("500 boats came last night", "last night", "2024-12-15"),
        ("500 boats came on Friday", "on Friday", "2024-12-13"),
        ("On Wednesday evening 500 boats came", "On Wednesday evening", "2024-12-11"),
        ("500 boats came last Thursday", "last Thursday", "2024-12-12"),
        ("500 boats came last Monday", "last Monday", "2024-12-09"),
        ("500 boats will come on Friday", "on Friday", "2024-12-20"),
        ("500 boats will come next Monday", "next Monday", "2024-12-23"),
        ("the ferry opens on Sunday", "on Sunday", "2024-12-22"),
        ("500 boats on New Year’s Eve", "on New Year’s Eve", "2024-12-31"),
        ("500 boats on 2024-11-05", "on 2024-11-05", "2024-11-05"),
        ("500 boats on 05/11/2024", "on 05/11/2024", "2024-11-05"),
    ],
)
def test_a_day_is_told_from_the_day_of_publication(text: str, words: str, day: str) -> None:
    assert read(text) == [(words, day, day)]


@pytest.mark.parametrize(
    ("text", "words", "start", "end"),
    [
        ("In October 2024 500, up from 400 in the same month a year before",
         "in the same month a year before", "2023-10-01", "2023-10-31"),
        ("In August 2024 500 came, and in August of the year before 400",
         "in August of the year before", "2023-08-01", "2023-08-31"),
        ("In the first quarter of 2024 500, and 400 in the same quarter of the previous year",
         "in the same quarter of the previous year", "2023-01-01", "2023-03-31"),
        ("Last month 500 came, against 400 in the same month last year",
         "in the same month last year", "2023-11-01", "2023-11-30"),
        ("In 2023 there were 500, against 400 the year before", "the year before", "2022-01-01", "2022-12-31"),
        ("It took 500 in 2023 and 400 the year before that.", "the year before that", "2022-01-01", "2022-12-31"),
        ("On 5 May 2024 500 came, and 400 the next day", "the next day", "2024-05-06", "2024-05-06"),
        ("On 5 May 2024 500 came, and 400 the day before", "the day before", "2024-05-04", "2024-05-04"),
        ("500 boats came last weekend", "last weekend", "2024-12-14", "2024-12-15"),
        ("In 2023/24 there were 500, and 400 a year earlier", "a year earlier", "2022-04-01", "2023-03-31"),
        ("In March 2024 500 came, and 400 the month before", "the month before", "2024-02-01", "2024-02-29"),
        ("In February 2024 500 came, and 400 in the same month two years earlier",
         "in the same month two years earlier", "2022-02-01", "2022-02-28"),
        ("In June 2024 500 came, and 400 in the same month in 2019", "in the same month in 2019",
         "2019-06-01", "2019-06-30"),
        ("In the year to March 2022 500 came, against 400 in the previous 12 months",
         "in the previous 12 months", "2020-04-01", "2021-03-31"),
        ("In 2014 to 2015 500 came, and 3 were lost in the year", "in the year", "2014-04-01", "2015-03-31"),
    ],
)  # fmt: skip
def test_a_time_is_told_from_the_one_before_it(text: str, words: str, start: str, end: str) -> None:
    assert read(text)[-1] == (words, start, end)


@pytest.mark.parametrize(
    "text",
    [
        "500 came in the same month a year before",  # than which?
        "On 5 May 2024 500 were jailed for thefts a year earlier",
        "In May 2024 500 came, and 400 the year before",
        "500 on Monday",  # this one, a Monday, or the last?
        "500 by Friday",
        "500 a year ago",
    ],
)
def test_what_has_nothing_to_be_told_from_has_no_days(text: str) -> None:
    assert all(found[1:] == (None, None) for found in read(text) if "May 2024" not in found[0])


def test_a_year_ago_counts_from_the_day_of_publication_and_not_from_a_time_named_before() -> None:
    assert [found[1:] for found in read("In 2019 500 came, and 400 a year ago")] == [
        ("2019-01-01", "2019-12-31"),
        (None, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "500 every Tuesday",
        "500 on Black Friday",
        "500 Monday to Friday",
        "On Sunday Times 500",
        "yesterday’s 500",
        "500 on May Day",
        "inspectors may visit 500",
        "at Christmas 500",
    ],
)
def test_days_of_every_week_and_names_are_no_period(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("published", [date.min, date.max])
def test_days_next_to_the_ends_of_the_calendar_raise_nothing(published: date) -> None:
    for words in ("yesterday", "tomorrow", "last Monday", "next Monday", "on Friday", "will leave on Friday"):
        assert all(found[1:] == (None, None) for found in read(f"500 left {words}", published)) or published.year in (
            1,
            9999,
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("500 people over the next 5 years", "over the next 5 years"),
        ("since the election, 500 people", "since the election"),
        ("Since this government took office 500", "Since this government took office"),
        ("500 during the pandemic", "during the pandemic"),
        ("500 by the end of this Parliament", "by the end of this Parliament"),
        ("all within just 6 months", "within just 6 months"),
        ("500 a year ago", "a year ago"),
        ("500 in the past week", "in the past week"),
        ("500 in the last 12 months", "in the last 12 months"),
        ("500 later this year", "later this year"),
        ("500 during their six-month tour", "during their six-month tour"),
        ("500 on 31 February", "on 31 February"),
        ("500 in 2025/23 and", "in 2025/23"),
        ("500 in early 2024", "in early 2024"),
        ("500 people in January", "in January"),
        ("from January it costs £5", "from January"),
        ("the work ends by March", "by March"),  # the last one or the next?
    ],
)
def test_what_the_words_do_not_settle_keeps_its_words_without_dates(text: str, words: str) -> None:
    assert read(text) in ([(words, None, None)], [])
    assert all(found[1:] == (None, None) for found in read(text))


@pytest.mark.parametrize(
    "text",
    [
        "500 for the year ahead",
        "35,000 people in 35,000 homes",
        "we may march on",
        "500 people met Anna May, who leads it",
        "£5 a year",
        "in 24 hours",
        "",
        "on 5",
        "over 2,024 people",
    ],
)
def test_what_only_looks_like_a_date_is_no_period(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("published", [date.min, date.max, date(2024, 2, 29)])
def test_the_ends_of_the_calendar_raise_nothing(published: date) -> None:
    words = ["last", "next", "this", "the past", "since", "in the 12 months to", "by the end of", "over the last 99"]
    for word in words:
        for unit in ("year", "month", "week", "quarter", "years", "January", "decade", "29 February", "summer"):
            read(f"500 people {word} {unit} and", published)


_PIECES = st.sampled_from(
    "in since by between and to the year ending last next this past 5 31 July February 2024 2024/25 Q1 of first half"
    " quarter months end from until over - – , . a ago within it began 12 9999 May yesterday Monday the same"
    " month before earlier previous year Christmas 2024-07-05 1/1/2024".split(" ")
)


@given(st.lists(_PIECES, max_size=30), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_words_yield_ordered_periods_that_do_not_end_before_they_begin(pieces: list[str], published: date) -> None:
    text, floor = " ".join(pieces), 0
    for period in periods(text, Span(0, len(text)), published) if text else []:
        assert floor <= period.span.start < period.span.end <= len(text)
        assert period.start is None or period.end is None or period.start <= period.end
        floor = period.span.end


@pytest.mark.parametrize(
    "piece",
    [
        "in ",
        "2024,",
        "in 2024,",
        "since the ",
        "year to ",
        "Year To ",
        "5 and ",
        "2024/",
        "between May and ",
        "by the end of ",
    ],
)
def test_work_grows_no_faster_than_the_sentence(monkeypatch: pytest.MonkeyPatch, piece: str) -> None:
    real, work = index.figures.periods.time_at, []
    calls = 0

    def counted(self: Any, at: int) -> object:
        nonlocal calls
        calls += 1
        return real(self, at)

    monkeypatch.setattr(index.figures.periods, "time_at", counted)
    for size in (10_000, 20_000):
        calls = 0
        read(piece * (size // len(piece)))
        work.append(calls)
    assert work[1] <= 2 * work[0] + 8


def test_ten_thousand_weekdays_take_no_more_than_linear_time() -> None:
    assert len(read("on Friday " * 10_000)) == 10_000
