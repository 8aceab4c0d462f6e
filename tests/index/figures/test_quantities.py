"""Quantities in texts, one example after another.

Long because it is a table of some 390 examples.
"""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.figures.quantities
from index.figures.qualifiers import QUALIFIERS
from index.figures.quantities import parse_quantity, quantities, same_value

EXACT = "exactly"


def read(text):
    return [(q.text, q.value, q.value_max, q.unit, q.qualifier) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2,580", "2580", ""),
        ("2.58 thousand", "2580", ""),
        ("13k", "13000", ""),
        ("1.5 million", "1500000", ""),
        ("£19.5 billion", "19500000000", "GBP"),
        ("£150million", "150000000", "GBP"),
        ("£1.2bn", "1200000000", "GBP"),
        ("£3m", "3000000", "GBP"),
        ("US$5m", "5000000", "USD"),
        ("GBP 5 million", "5000000", "GBP"),
        ("5 million euros", "5000000", "EUR"),
        ("50p", "0.5", "GBP"),
        ("24%", "24", "percent"),
        ("24 per cent", "24", "percent"),
        ("24 percent", "24", "percent"),
        ("0.5%", "0.5", "percent"),
        ("-0.5%", "-0.5", "percent"),
        ("−0.5%", "-0.5", "percent"),
        ("5.5 percentage points", "5.5", "percentage points"),
        ("119 tonnes", "119", "tonnes"),
        ("3kg", "3", "kg"),
        ("3-year", "3", "years"),
        ("half a decade", "5", "years"),
        ("two and a half years", "2.5", "years"),
        ("2½ years", "2.5", "years"),
        ("tenfold", "10", "times"),
        ("10-fold", "10", "times"),
        ("three times", "3", "times"),
        ("Thirty-three", "33", ""),
        ("a hundred and five", "105", ""),
        ("two million three hundred thousand", "2300000", ""),
        ("two dozen", "24", ""),
        ("half", "0.5", ""),
        ("½", "0.5", ""),
        ("1/2", "0.5", ""),
        ("three quarters", "0.75", ""),
        ("half a million", "500000", ""),
        ("one in five", "0.2", ""),
        ("thirteen hundred", "1300", ""),
        ("half of one per cent", "0.5", "percent"),
        ("70 miles per hour", "70", "mph"),
        ("20°C", "20", "degrees"),
        ("40 degrees Celsius", "40", "degrees"),
        ("two and half times", "2.5", "times"),
        ("28 square kilometres", "28", "square km"),
        ("25,000 sq m", "25000", "square metres"),
        ("30mbps", "30", "Mbps"),
        ("9 out of 10", "0.9", ""),
        ("0.11 per 100,000", "0.11", "per 100000"),
        ("7,800ha", "7800", "hectares"),
        ("85 km/h", "85", "km/h"),
        ("half-an-hour", "0.5", "hours"),
        ("3 quarters", "0.75", ""),
        ("one child in four", "0.25", ""),
        ("5 working days", "5", "days"),
        ("2 billion EUR", "2000000000", "EUR"),
        ("24.2 MtCO2e", "24200000", "tonnes"),
        ("30 t CO2", "30", "tonnes"),
        ("3,750 sq nautical miles", "3750", "square nautical miles"),
        ("245 additional miles", "245", "miles"),
        ("half-a-dozen", "6", ""),
    ],
)
def test_a_number_is_read_however_it_is_written(text, value, unit):
    whole = parse_quantity(text)
    assert whole is not None
    assert (whole.value, whole.unit, whole.value_max, whole.qualifier) == (Decimal(value), unit, None, EXACT)
    assert (whole.text, whole.span.start, whole.span.end) == (text, 0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "a school founded by Henry VIII in 1541.",
        "it lives outdoors (see endnote 1)",
        "doi: 10.3201/eid2609.201806",
        "aircraft of 5 (Army Cooperation) Squadron",
        "when he was 14, in May",
        "of working age (16 to 64)",
        "16 January",
        "from 5 to 10 July",
        "on 1, 2 and 3 May",
        "sections 5 and 6 of the Act",
        "fell by –0.5%",
        "3:1",
        "2024/25",
        "2024-25",
        "2024-01-16",
        "the Misuse of Drugs Act 1971",
        "the 2012 Games",
        "up to 2020",
        "Class A",
        "MI5",
        "G7 and 5G",
        "COVID-19",
        "10 Downing Street",
        "45 Commando",
        "call 0300 123 1234",
        "+44 20 7946 0000",
        "dial 111 or 999",
        "SW1P 4DF",
        "10 a.m.",
        "9 to 5pm",
        "at 10:30",
        "the 19th century",
        "the twenty-first",
        "(2) then",
        "one of the men",
        "no one",
        "the first half",
        "a double-decker",
        "it has doubled",
        "to double access",
        "text 88088",
        "07919 057 359",
        "5 RIFLES have left",
        "a £2 millionaire",
        "a year on year rise",
        "was 18 months old",
        "1.The plan",
        "a child who is under 18.",
        "a ten point plan",
        "to retire at 65 regardless",
        "2 Marsham StreetLondon",
        "hundreds of thousands",
        "nineteen eighty-four",
        "£1.2.3 billion",
        "1.000.000 people",
        "10,00 people",
        "٣ people",
        "between 10 and 5 people",
        "10-5 people",
        "24/7",
        "girls married by age of 15 years",
        "children over five sleep in their own rooms",
        "offices at 3-8 Whitehall in London",
        "theJCVIPhase 1 priority list",
    ],
)
def test_what_only_looks_like_a_figure_is_left_out(text):
    assert quantities(text) == []


def test_the_traps_that_caught_the_libraries():
    assert [q.value for q in quantities("for 1.5 million people")] == [1_500_000]  # not 1.5 and 1000000
    assert [q.value for q in quantities("one in five adults")] == [Decimal("0.2")]  # not 6
    assert [(q.value, q.unit) for q in quantities("It cost £1.2bn. It was late.")] == [(1_200_000_000, "GBP")]
    assert quantities("at 10 a.m. sharp") == []  # not ten years
    assert [q.value for q in quantities("some 35,000 homes")] == [35_000]  # not the year 2035


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "words"),
    [
        ("between 5 and 10 people", 5, 10, "", "between 5 and 10"),
        ("2 to 18 years", 2, 18, "years", "2 to 18 years"),
        ("£5-10 million", 5_000_000, 10_000_000, "GBP", "£5-10 million"),
        ("£500,000 to £1 million", 500_000, 1_000_000, "GBP", "£500,000 to £1 million"),
        ("from 3 to 12 months", 3, 12, "months", "3 to 12 months"),
        ("15-20m children", 15_000_000, 20_000_000, "", "15-20m"),
        ("two to three million people", 2_000_000, 3_000_000, "", "two to three million"),
        ("between 5% and 10% of it", 5, 10, "percent", "between 5% and 10%"),
        ("80–90 per cent", 80, 90, "percent", "80–90 per cent"),
        ("set to fall by 15 to 20%", 15, 20, "percent", "15 to 20%"),
        ("35,000 - 40,000 tonnes", 35_000, 40_000, "tonnes", "35,000 - 40,000 tonnes"),
    ],
)
def test_a_range_has_two_ends_of_one_unit(text, low, high, unit, words):
    assert read(text) == [(words, low, high, unit, EXACT)]


def test_a_change_from_one_number_to_another_is_two_figures_not_a_range():
    rose = [("3", 3, None, "months", EXACT), ("12 months", 12, None, "months", EXACT)]
    assert read("rising from 3 to 12 months") == rose
    assert [
        row[0] for row in read("increasing the time that a tenant must wait for repairs from one to two years")
    ] == [
        "one",
        "two years",
    ]
    assert read("cut from 10% to 5%") == [
        ("10%", 10, None, "percent", EXACT),
        ("5%", 5, None, "percent", EXACT),
    ]


@pytest.mark.parametrize(
    ("text", "words", "qualifier"),
    [
        ("500+ officers", "500+", "at least"),
        ("5 or more officers", "5 or more", "at least"),
        ("a maximum of 12 months", "maximum of 12 months", "up to"),
        ("the minimum five year residence", "minimum five year", "at least"),
        ("no more than 12 months", "no more than 12 months", "up to"),
        ("the first in over 30 years", "over 30 years", "more than"),
        ("gave over twenty years of service", "over twenty years", "more than"),
        ("worth over a £1 billion boost", "over a £1 billion", "more than"),
        ("a 34-strong team", "34", EXACT),
        ("exactly 100 days ago", "exactly 100 days", EXACT),
        ("built around three main pillars", "three", EXACT),
        ("lit for nine long months", "nine long months", EXACT),
        ("three or more years of it", "three or more years", "at least"),
        ("on at least one of the tasks", "at least one", "at least"),
        ("up by almost a third on last year", "almost a third", "nearly"),
        ("in just under 6 months", "just under 6 months", "nearly"),
        ("for over 5 years", "over 5 years", "more than"),
        ("spent over 5 years", "over 5 years", "more than"),
        ("£1 billion over 5 years", "£1 billion", EXACT),
        ("it took off over 2 years ago", "over 2 years", "more than"),
        ("flown over 13,000 hours", "over 13,000 hours", "more than"),
        ("racked up over 50,000 hours", "over 50,000 hours", "more than"),
        ("give 4 hours (minimum)", "4 hours (minimum)", "at least"),
        ("taking the number of them up to 3.79 million people", "3.79 million", EXACT),
        ("for more than a year", "more than a year", "more than"),
        ("a month or more", "a month or more", "at least"),
        ("almost a £700 rise", "almost a £700", "nearly"),
    ],
)
def test_the_qualifier_is_part_of_the_statement(text, words, qualifier):
    first = quantities(text)[0]
    assert (first.text, first.qualifier) == (words, qualifier)
    assert qualifier in QUALIFIERS
    assert first.span.start <= first.number.start < first.number.end <= first.span.end


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one million people", 10**6),
        ("two hundred staff", 200),
        ("a third of them", Decimal(1) / 3),
        ("In March 12 people left", 12),
        ("last year 13 people left", 13),
        ("in 2023 13,000 people left", 13_000),
        ("at 35 sites", 35),
        ("more than 2000 people", 2000),
        ("in England 35 people", 35),
        ("111 arrests", 111),
        ("20 NHS trusts", 20),
        ("5 UK firms", 5),
        ("five REME Engineers", 5),
        ("five UK regional prime contracts", 5),
        ("59 UK fire service search and rescue specialists", 59),
        ("it contributed£1.6 billion", 1_600_000_000),
        ("and£235 millionto build it", 235_000_000),
        ("up to 1,000jobs", 1000),
        ("with half showing it", Decimal("0.5")),
        ("A third said so", Decimal(1) / 3),
        ("sixteen Agricultural House Advisory Committees", 16),
        ("gave her one person to turn to", 1),
        ("One Iraqi man was found", 1),
        ("one single organisation", 1),
        ("the UK heads one strand", None),
        ("one step at a time", None),
        ("double the number", 2),
        ("losses (24) and", None),
        ("the backlog stood at 877 in May", 877),
        ("the toll is put at 412.", 412),
        ("she stood at 10 Whitehall", None),
    ],
)
def test_a_count_is_kept_where_something_shows_that_it_counts(text, value):
    assert [q.value for q in quantities(text)] == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("revenue surpassed the$1 billion mark", "$1 billion"),
        ("under its Industrial Strategy,nine new clusters", "nine"),
        ("new jobs at 8,500 were too low", "8,500"),
        ("bailed out at 20 feet [6,000m], he said", "6,000m"),
        ("a 4-stage process", "4"),
        ("most are three bedroom properties", "three"),
        ("withdrawn because it’s over 4 years old", "over 4 years"),
    ],
)
def test_a_figure_is_found_where_a_blank_is_missing_or_a_label_is_near(text, words):
    assert words in [quantity.text for quantity in quantities(text)]


def test_a_dash_with_spaces_may_be_a_pause_between_two_figures():
    text = "cut to 69 million – 12.4% fewer than before – by the UK’s five largest high street banks"
    assert [(q.text, q.unit) for q in quantities(text)] == [("69 million", ""), ("12.4%", "percent"), ("five", "")]


def test_two_or_three_is_a_range():
    assert read("two or three times a day") == [("two or three times", 2, 3, "times", EXACT)]


def test_a_change_by_one_amount_to_another_is_no_range():
    assert [q.text for q in quantities("dropping in price by £5 to £72.50")] == ["£5", "£72.50"]


def test_a_sentence_with_dates_yields_its_figures_only():
    text = (
        "In the year ending March 2024, over 74 tonnes were found, a 58% increase on 2023, and since 5 July"
        " 1,000 staff – up from 800 – have made 33 arrests under the Example Act 1971."
        "\n• £50 million for 12 units"
    )
    assert [q.text for q in quantities(text)] == [
        "over 74 tonnes", "58%", "1,000", "800", "33", "£50 million", "12",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "   ", "IBM", "Class C", "15 January", "2018", "Plan for 5 regions", "2 and 3"])
def test_a_text_that_is_not_one_quantity_is_none(text):
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("“2,580”", 2580),
        ("40,639.", 40639),
        ("a £1 billion boost", 10**9),
        ("One", 1),
        (" 20 other members ", 20),
    ],
)
def test_a_whole_quantity_may_wear_an_article_a_noun_and_punctuation(text, value):
    whole = parse_quantity(text)
    assert whole is not None
    assert whole.value == value
    assert whole.span.of(text) == whole.text


def test_equal_parts_are_the_same_value_however_written():
    third, three, slash = (parse_quantity(text) for text in ("a third", "one in three", "1/3"))
    assert third is not None
    assert three is not None
    assert slash is not None
    assert same_value(third, three)
    assert same_value(third, slash)


@given(st.integers(0, 10**12))
def test_every_whole_number_survives_its_thousands_separators(number):
    (q,) = quantities(f"{number:,}% of them")
    assert (q.value, q.unit) == (number, "percent")


_PIECES = st.sampled_from(
    [
        "1",
        "10",
        "2,5",
        "1.2.3",
        "£",
        "$",
        "-",
        "–",
        "−",
        "to",
        "and",
        "between",
        "from",
        "million",
        "bn",
        "m",
        "%",
        "per",
        "cent",
        "one",
        "half",
        "a",
        "third",
        "in",
        "five",
        "years",
        "July",
        "2024",
        "over",
        "(",
        ")",
        ".",
        ",",
        "/",
        ":",
        "\n",
        "twenty",
        "hundred",
        "½",
        "x",
        "COVID-19",
        "fold",
    ]
)


@given(st.lists(st.tuples(_PIECES, st.sampled_from(["", " ", "-"]))))
def test_any_text_yields_ordered_spans_inside_it_that_say_what_was_read(pieces):
    text = "".join(piece + join for piece, join in pieces)
    found, floor = quantities(text), 0
    for q in found:
        assert floor <= q.span.start < q.span.end <= len(text)
        assert q.span.of(text) == q.text
        assert q.value.is_finite()
        assert q.value_max is None or q.value < q.value_max
        floor = q.span.end
    parse_quantity(text)


@given(st.text(max_size=200))
def test_no_text_raises(text):
    quantities(text)
    parse_quantity(text)


class _Meter:
    """Counts what the walk over the anchors asks of `amount_at`: how often, and how far it got."""

    def __init__(self, monkeypatch):
        self.calls, real = 0, index.figures.quantities.amount_at

        def counted(text, at, rules):
            self.calls += 1
            return real(text, at, rules)

        monkeypatch.setattr(index.figures.quantities, "amount_at", counted)


@pytest.mark.parametrize(
    "piece",
    [
        "7",
        "1,",
        "1.",
        "1-",
        "1/",
        "1 ",
        "1 to ",
        "5 and ",
        "between 5 and ",
        "£",
        "5 July ",
        "(1) ",
        "no. 5, ",
        "one ",
        "one hundred and ",
        "one in ",
        "a ",
    ],
)
def test_work_grows_no_faster_than_the_text(monkeypatch, piece):
    meter, work = _Meter(monkeypatch), []
    for size in (20_000, 40_000):
        meter.calls = 0
        quantities(piece * (size // len(piece)))
        work.append(meter.calls)
    assert work[1] <= 2 * work[0] + 8


def test_a_megabyte_of_digits_and_ten_thousand_figures_are_read():
    assert quantities("7" * 1_000_000) == []
    text = "£1.5 million went to 12 towns. " * 5_000
    found = quantities(text)
    assert len(found) == 10_000
    assert sum(q.value for q in found) == 5_000 * 1_500_012
    assert len(re.findall("£", text)) == sum(q.unit == "GBP" for q in found)
