import sys
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources import clean_body
from index.sources.build import MAX_ID, build_release, derive_id, parse_day, parse_iso_day
from index.sources.clean import EntryError, clean_line

ODD = st.sampled_from(
    [
        "\xa0",
        "\u202f",
        "\u200b",
        "\xad",
        "\ufeff",
        "\r",
        "\r\n",
        "\t",
        "\x00",
        "\x0c",
        "\x85",
        "\u2028",
        "\u2029",
        "• ",
        "- ",
        "* ",
        "\n",
        "\n\n",
        " ",
        "é",
        "́",
        "‑",
        "가",
        "\u3000",
        "£5",
        "word",
    ]
)
TEXT = st.lists(ODD | st.text(max_size=5), max_size=30).map("".join)


@given(TEXT)
def test_cleaning_is_idempotent_and_gives_the_promised_form(text: str) -> None:
    body = clean_body(text)

    assert clean_body(body) == body
    assert unicodedata.is_normalized("NFC", body)
    assert "\n\n\n" not in body
    assert not [mark for mark in body if unicodedata.category(mark) in {"Cc", "Zl", "Zp"} and mark != "\n"]
    assert all(line == line.strip() and "  " not in line for line in body.split("\n"))
    for before, after in zip(body.split("\n\n"), body.split("\n\n")[1:], strict=False):
        assert not (before.split("\n")[-1].startswith("• ") and after.startswith("• "))


@given(TEXT)
def test_cleaning_keeps_every_letter_and_digit_in_order(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(mark for mark in unicodedata.normalize("NFD", value) if mark.isalnum())

    assert letters(clean_body(text)) == letters(text)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\ufeffcaf\u0065\u0301\u00a0£5\u202fm", "café £5 m"),
        ("one\r\n\r\n\r\ntwo\rthree", "one\n\ntwo\nthree"),
        ("a\tb  c", "a b c"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("COVID\u201119", "COVID-19"),
        ("page\x0cbreak\x00", "page\nbreak"),
        ("Lead:\n\n  • one\n\n  • two\n\n\nEnd", "Lead:\n\n• one\n• two\n\nEnd"),
        ("Cut by 10\u2009%\u2029next", "Cut by 10 %\n\nnext"),
        # a space that holds the digits of a number together stays
        ("934\u00a0000\u00a0tonnes", "934\u00a0000 tonnes"),
        ("£1\u202f064\u2009500 in 2024\u00a0500 came", "£1\u202f064\u2009500 in 2024 500 came"),
        ("from 112.50\u00a0103 fell", "from 112.50 103 fell"),
        ("safe \u202eevil\u202c", "safe evil"),
    ],
)
def test_what_cleaning_decides(raw: str, clean: str) -> None:
    assert clean_body(raw) == clean


def test_every_space_that_unicode_knows_becomes_a_plain_one() -> None:
    spaces = [mark for mark in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(mark) == "Zs"]

    assert len(spaces) > 10
    assert clean_body("".join(f"a{space}" for space in spaces)) == " ".join("a" * len(spaces))


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(EntryError, match="U\\+D800"):
        clean_body("a \ud800")
    with pytest.raises(EntryError):
        clean_line("a \udfff")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 January 2025", date(2025, 1, 1)),
        ("1st January 2025", date(2025, 1, 1)),
        ("Thursday 16 Jan. 2025", date(2025, 1, 16)),
        ("16\u00a0sept\u00a02024", date(2024, 9, 16)),
        ("2025-01-16", date(2025, 1, 16)),
        ("2025-01-16T23:30:00", date(2025, 1, 16)),
    ],
)
def test_days_are_read_as_they_are_written(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2025-06-30T23:30:00Z", "Europe/London", date(2025, 7, 1)),
        ("2025-12-31T23:30:00Z", "Europe/London", date(2025, 12, 31)),
        ("2025-07-01T02:15:00+05:30", "Europe/London", date(2025, 6, 30)),
        ("2025-01-16T23:30:00-05:00", "Europe/London", date(2025, 1, 17)),
        ("2025-03-30T00:59:59+00:00", "Europe/London", date(2025, 3, 30)),
        ("2025-06-30 23:30:00", "Asia/Tokyo", date(2025, 6, 30)),
        ("2025-06-30T23:30:00Z", "Asia/Tokyo", date(2025, 7, 1)),
        ("2025-07-01T03:30:00Z", "America/New_York", date(2025, 6, 30)),
    ],
)
def test_a_time_with_an_offset_has_its_day_where_the_publisher_is(text: str, zone: str, day: date) -> None:
    assert parse_day(text, ZoneInfo(zone)) == day


@given(st.datetimes(timezones=st.timezones()))
def test_any_moment_has_a_day_in_london_or_is_refused(moment: datetime) -> None:
    try:
        day = parse_day(moment.isoformat())
    except EntryError:
        assert moment.year in (1, 9999) or not moment.isoformat()[:4].isdigit()
        return
    assert abs((day - moment.date()).days) <= 1


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_moment_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(EntryError, match="no such day"):
        parse_day(text, ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("text", ["31 February 2025", "2025-02-31", "soon", "", "1/2/2025", "1 Frimaire 2025", "2025"])
def test_what_is_no_day_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(EntryError, match=text or "empty"):
        parse_day(text)


def test_only_iso_days_are_read_where_programs_write() -> None:
    with pytest.raises(EntryError):
        parse_iso_day("16 January 2025")


def test_an_id_says_who_when_and_what() -> None:
    assert derive_id("HM Treasury", date(2025, 1, 9), "£2 billion for the nation’s roads") == (
        "hm-treasury-2025-01-09-2-billion-for-the-nations-roads"
    )


def test_ids_stay_bounded_and_distinct_where_the_slug_is_cut_or_loses_letters() -> None:
    day = date(2025, 1, 9)
    long = "word " * 60
    ids = [derive_id("P" * 200, day, title) for title in (long + "a", long + "b", "السلام", "سلام", "x" * 200)]

    assert len(set(ids)) == len(ids)
    assert all(len(name) <= 132 and name.isascii() and "--" not in name for name in ids)


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_title_with_words_gets_an_id_for_a_url(publisher: str, title: str) -> None:
    try:
        name = build_release(title=title, body="x", publisher=publisher, published=date(2025, 1, 1)).id
    except EntryError:
        return
    assert 0 < len(name) <= 132
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", " \u200b\n", "the title is empty"),
        ("body", "…", "the body has no words"),
        ("publisher", "", "the publisher is empty"),
        ("url", "javascript:alert(1)", "must start with http"),
        ("id", "x" * (MAX_ID + 1), "the id has 501 characters"),
    ],
)
def test_a_release_needs_its_fields(field: str, value: str, reason: str) -> None:
    fields = {"title": "T", "body": "B", "publisher": "P", "id": None, "url": None} | {field: value}

    with pytest.raises(EntryError, match=reason):
        build_release(published=date(2025, 1, 1), **fields)
