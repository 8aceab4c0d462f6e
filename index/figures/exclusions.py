"""Numbers that are not figures: dates, times, labels, addresses, telephones, list markers, ages, names.

Each rule looks at the words around an amount. Rules are in tables in order of precedence, the first that decides
wins; a rule may also decide that the amount is a figure whatever the rules after it say. The patterns are in
`index.figures.exclusion_patterns`.

Long because the table and the functions it names belong together.
"""

import re
from dataclasses import dataclass
from typing import Final

from index.figures import exclusion_patterns as patterns
from index.figures.amounts import Amount, after_word
from index.figures.qualifiers import AFTER, EXACTLY
from index.figures.rules import Chain, Rule, unlabelled
from index.figures.units import DURATIONS
from index.text.numerals import without_spaces

_WINDOW: Final = 48
"""How many characters before a number are searched for a word that binds it: enough for the longest label with the
numbers between ("key stages 1, 2, 3 and 4"), and bounded so that time stays linear. The labelled dev releases are read
alike with 16 to 96."""

_SHORT_MARK: Final = 4
"""A note or list marker ("(2)", "14.") has fewer characters than this."""

_LONGEST_COUNT: Final = 4
"""A count of more digits than this is written with separators ("12,500"): "88088" is a code. With 3, four figures of
the labelled dev releases are lost; with 5, all are read as with 4."""

_OLDEST: Final = 100
"""An age in years is below this."""

_GROWN_UP: Final = 20
"""The age below which a rule for children, or one in words ("children over five"), means an age. With 16 to 30 the
labelled dev releases are read alike."""

FIGURE: Final = -1
"""Decision of a rule that the amount is a figure, whatever the rules after it say."""


@dataclass(frozen=True, slots=True)
class Place:
    """An amount and what a rule may look at around it.

    ``begin`` is where the statement starts, its qualifier included. ``alone`` says that the text is just the number,
    so checks that need a sentence around it are skipped; ``years`` lets four digits that look like a year pass.
    ``counted`` says that a noun in the plural follows, so that the number counts.
    """

    text: str
    amount: Amount
    qualifier: str
    begin: int
    alone: bool
    years: bool
    counted: bool

    @property
    def written(self) -> str:
        """The amount as the text writes it."""
        return self.text[self.amount.start : self.amount.end]

    @property
    def exact(self) -> bool:
        """Whether no qualifier was found before it."""
        return self.qualifier == EXACTLY

    def before(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Find a pattern that ends right before the statement."""
        return pattern.search(self.text, max(0, self.begin - _WINDOW), self.begin)

    def after(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Find a pattern that begins right after the amount."""
        return pattern.match(self.text, self.amount.end)

    def skip(self, excluded: object) -> int | None:
        """Return where to read on if ``excluded`` is true."""
        return self.amount.end if excluded else None


def not_a_figure(
    text: str, amount: Amount, qualifier: str, begin: int, *, alone: bool, years: bool, rules: "Exclusions"
) -> int | None:
    """Return where to read on if the words around ``amount`` show that it is no figure, else None.

    The arguments are those of `Place`.
    """
    counted = amount.bare and patterns.COUNTED_AFTER.match(text, amount.end) is not None
    place = Place(text, amount, qualifier, begin, alone, years, counted)
    if not amount.bare:
        return rules.measures(place)
    read_on = rules.numbers(place)
    if read_on is None and not alone:
        read_on = rules.names(place)
    return None if read_on == FIGURE else read_on


# --- where no amount begins, whatever follows


def _glued_telephone(text: str, start: int, end: int) -> int | None:
    if text[start] != "0" or not _goes_on(text, start):
        return None
    groups = patterns.TELEPHONE_GROUPS.match(text, after_word(text, end))
    return groups.end() if groups else None


def _glued(text: str, start: int, end: int) -> int | None:
    return after_word(text, end) if _goes_on(text, start) else None


def _goes_on(text: str, start: int) -> bool:
    """Whether what begins at ``start`` continues a word, a number or an address that began earlier."""
    before = text[max(0, start - 2) : start]
    if not before:
        return False
    last, earlier = before[-1], before[-2:-1]
    if last.islower() and text[start] in "£€$":
        return False  # a space is missing: "contributed£1.6 billion"
    if last == "," and earlier.isalpha() and text[start].isalpha():
        return False  # "Strategy,nine new"
    if last in "'’":
        return earlier.isalnum()
    if last == "–":  # a minus or a pause: who knows
        return not earlier or earlier.isspace()
    return last.isalnum() or last in "_@#\\/.,:-−&=+"


def _numbered(text: str, start: int, end: int) -> int | None:
    """Read on after the "12" of "week 12 345 tonnes": the number of a week is not in groups."""
    short = patterns.SHORT_OF_GROUPED.match(text, start)
    named = short and patterns.NUMBERED_BEFORE.search(text, max(0, start - _WINDOW), start)
    return short.end() if short and named else None


def _identity_age(text: str, start: int, end: int) -> int | None:
    ages = patterns.AGES.match(text, start)
    if ages is None:
        return None
    thing = ages.group().endswith("years old") and patterns.THING.search(text, max(0, start - _WINDOW), start)
    return None if thing else ages.end()


# --- amounts with a unit, and parts of a whole


def _is_one_part(place: Place) -> bool:
    part = place.amount.part and not place.amount.unit and place.exact and not place.alone
    return part and patterns.ONE_PART.fullmatch(place.text, place.amount.start, place.amount.end) is not None


def _which_half(place: Place) -> int | None:
    return place.skip(_is_one_part(place) and place.before(patterns.WHICH_HALF))


def _undivided(place: Place) -> int | None:
    divides = place.before(patterns.DIVIDES_BEFORE) or place.after(patterns.DIVIDES_AFTER)
    return place.skip(_is_one_part(place) and not divides)


def _is_a_duration(place: Place) -> bool:
    """Whether it is "a year" and not "one year", "a thousand years"."""
    return place.amount.unit in DURATIONS and place.text[place.amount.start] in "aA" and not place.amount.scaled


def _a_year(place: Place) -> int | None:
    return place.skip(_is_a_duration(place) and place.exact and AFTER(place.text, place.amount.end) is None)


def _year_earlier(place: Place) -> int | None:
    return place.skip(_is_a_duration(place) and place.after(patterns.THAN_BEFORE))


def _clock(place: Place) -> int | None:
    digits = place.amount.numeral
    if place.amount.unit != "hours" or len(digits) != 4 or not digits.isdigit():
        return None
    is_time = int(digits[:2]) <= 24 and int(digits[2:]) <= 59
    return place.skip(is_time and (place.before(patterns.CLOCK_BEFORE) or place.written.endswith("hrs")))


def _plan(place: Place) -> int | None:
    in_years = place.amount.unit in DURATIONS and place.amount.value != 1
    return place.skip(in_years and patterns.PLAN_UNIT.match(place.text, place.amount.end - len(" Year")))


def _aged(place: Place) -> int | None:
    return place.skip(place.amount.unit in DURATIONS and place.before(patterns.AGED))


def _own_feet(place: Place) -> int | None:
    return place.skip(place.amount.unit == "feet" and place.before(patterns.OWN))


def _file_size(place: Place) -> int | None:
    return place.skip(place.amount.unit in ("MB", "KB", "GB") and place.before(patterns.FILE_BEFORE))


# --- bare numbers


def _year(place: Place) -> int | None:
    named = place.qualifier in patterns.BEFORE_YEARS or not place.counted
    return place.skip(place.amount.like_a_year and not place.years and named)


def _old_year(place: Place) -> int | None:
    old = not place.counted and patterns.OLD_YEAR.fullmatch(place.amount.numeral)
    return place.skip(old and place.before(patterns.IN_BEFORE))


def _time(place: Place) -> int | None:
    match = place.after(patterns.TIME) if place.amount.numeral.isdigit() else None
    return match.end() if match else None


def _more_digits(place: Place) -> int | None:
    match = place.after(patterns.MORE_DIGITS) if place.amount.numeral.isdigit() else None
    return match.end() if match else None


def _day_of_month(place: Place) -> int | None:
    return place.skip(place.after(patterns.DAY_OF_MONTH))


def _code(place: Place) -> int | None:
    digits = place.amount.numeral
    return place.skip(len(digits) > _LONGEST_COUNT and digits.isdigit() and not place.counted and place.exact)


def _grouped_code(place: Place) -> int | None:
    grouped = not place.counted and without_spaces(place.amount.numeral) != place.amount.numeral
    return place.skip(grouped and (place.before(patterns.CODES_BEFORE) or place.before(patterns.CALL)))


def _times_won(place: Place) -> int | None:
    return place.skip(place.after(patterns.TIME_WON))


def _one_of(place: Place) -> int | None:
    return place.skip(place.amount.value == 1 and place.exact and place.after(patterns.ONE_OF))


def _series(place: Place) -> int | None:
    start = place.amount.start
    return place.skip(patterns.SERIES.search(place.text, max(0, place.begin - _WINDOW), start))


def _run_on_number(place: Place) -> int | None:
    return place.skip(place.before(patterns.RUN_ON_NUMBER))


def _child_is(place: Place) -> int | None:
    young = not place.counted and place.amount.value < _GROWN_UP
    return place.skip(young and place.before(patterns.CHILD_IS))


def _comes_of_age(place: Place) -> int | None:
    return place.skip(_may_be_age(place) and place.before(patterns.COMES_OF_AGE))


def _may_be_age(place: Place) -> bool:
    return not place.counted and place.amount.numeral.isdigit() and place.amount.value < _OLDEST


def _age_of(place: Place) -> int | None:
    return place.skip(not place.counted and place.before(patterns.AGE_OF))


def _age_limit(place: Place) -> int | None:
    in_words = not place.counted and place.amount.value < _GROWN_UP and place.written.isalpha()
    if place.exact or not (in_words or _may_be_age(place)):
        return None
    limit = place.text[place.begin : place.amount.start].strip().lower() in patterns.BOUNDS
    return place.skip(limit and place.before(patterns.SOMEONE_BEFORE))


def _label(place: Place) -> int | None:
    return place.skip(place.before(patterns.LABEL) and not place.after(patterns.OF_THEM))


def _army_unit(place: Place) -> int | None:
    return place.skip(place.after(patterns.ARMY_UNIT_AFTER))


def _capitals(place: Place) -> int | None:
    return place.skip(place.after(patterns.CAPITALS_AFTER))


def _bracketed_name(place: Place) -> int | None:
    return place.skip(place.after(patterns.BRACKETED_NAME_AFTER))


def _denied(place: Place) -> int | None:
    return place.skip(place.before(patterns.DENIED_BEFORE))


def _adjective(place: Place) -> int | None:
    return place.skip(place.after(patterns.ADJECTIVE_AFTER))


def _street(place: Place) -> int | None:
    return place.skip(place.amount.numeral and place.after(patterns.STREET_AFTER))


def _note(place: Place) -> int | None:
    text, amount = place.text, place.amount
    begin = amount.start - (text[amount.start - 2 : amount.start] == "[^")
    opens, closes = text[begin - 1 : begin], text[amount.end : amount.end + 1]
    return place.skip(len(place.written) < _SHORT_MARK and opens in ("(", "[") and closes in (")", "]"))


def _list_marker(place: Place) -> int | None:
    short = len(place.written) < _SHORT_MARK
    return place.skip(short and place.before(patterns.MARKER_BEFORE) and place.after(patterns.MARKER_AFTER))


def _under_one_roof(place: Place) -> int | None:
    phrase = place.text[place.begin : place.amount.start].strip().lower()
    return place.skip(place.written.lower() == "one" and phrase in ("under", "over", "about", "around"))


def _qualified(place: Place) -> int | None:
    return None if place.exact else FIGURE


def _zero(place: Place) -> int | None:
    return place.skip(place.written.lower() == "zero")


def _one_thing(place: Place) -> int | None:
    return FIGURE if place.written.lower() == "one" and place.after(patterns.ONE_THING) else None


def _one(place: Place) -> int | None:
    return place.skip(place.written.lower() == "one")


def _short_number(place: Place) -> int | None:
    called = not place.counted or place.after(patterns.CALLS_AFTER)
    return place.skip(place.written in patterns.SHORT_NUMBERS and called)


def _stood_at(place: Place) -> int | None:
    return FIGURE if place.before(patterns.STOOD_AT) and place.after(patterns.NO_ADDRESS) else None


def _perhaps_label(place: Place) -> int | None:
    may_be = not place.counted and "," not in place.amount.numeral
    return place.skip(may_be and place.before(patterns.PERHAPS_LABEL))


def _telephone(place: Place) -> int | None:
    return place.skip(not place.counted and place.amount.numeral.isdigit() and place.before(patterns.CALL))


def _age_after_name(place: Place) -> int | None:
    return place.skip(place.before(patterns.AGE_BEFORE) and place.after(patterns.AGE_AFTER))


def _capital(place: Place) -> int | None:
    return place.skip(place.written[0].isupper() and not place.before(patterns.LINE_OR_SENTENCE))


def _elided(place: Place) -> int | None:
    """Read "150 arrests in Leeds and in York 220": the noun is left out."""
    return FIGURE if place.before(patterns.AND_IN_NAME) and place.after(patterns.CLAUSE_END) else None


def _paired(place: Place) -> int | None:
    """Read "At Dover and Hull 12 and 7 people respectively": each number goes with its own name."""
    return FIGURE if place.before(patterns.NAME_BEFORE) and place.after(patterns.RESPECTIVELY_AFTER) else None


def _name_before(place: Place) -> int | None:
    name = None if place.counted else place.before(patterns.NAME_BEFORE)
    return place.skip(name is not None and name["opening"] is None)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """The rules by which a number is no figure.

    ``starts`` are asked before an amount is read at an offset, with the text and both ends of what may begin one.
    ``measures`` are asked of amounts with a unit and of parts of a whole, ``numbers`` of all others, and ``names`` of
    those if they are part of a sentence: labels, markers, ages, parts of names. Each returns where to read on;
    ``names`` may return `FIGURE` instead.
    """

    starts: Chain[[str, int, int], int]
    measures: Chain[[Place], int]
    numbers: Chain[[Place], int]
    names: Chain[[Place], int]


_FROM_A_TRIAL: Final = "from a trial by a new user: what is denied was cited as the newest statement"

EXCLUSIONS: Final = Exclusions(
    starts=Chain(
        "no start",
        (
            Rule("telephone", "enquiries:0203 267 5085Out of hours", _glued_telephone, unlabelled(3, 3)),
            Rule("glued", "MI5 said so", _glued),
            Rule("age", "a 16-year-old", _identity_age),
            Rule("numbered", "in week 12 345 tonnes came", _numbered, "safety: two numbers would be read as one"),
        ),
    ),
    measures=Chain(
        "no measure",
        (
            Rule("denied", "£2.60, not £2.40", _denied, _FROM_A_TRIAL),
            Rule("which half", "the first half of it", _which_half, unlabelled(6, 6)),
            Rule("undivided", "a third runway", _undivided, unlabelled(7, 7)),
            Rule("a year", "in a year it was gone", _a_year),
            Rule("a year earlier", "more than a year earlier.", _year_earlier),
            Rule("clock", "at 1745hrs", _clock),
            Rule("plan", "the 25 Year Environment Plan", _plan),
            Rule("aged", "those aged 65 years and over", _aged),
            Rule("own feet", "on my own two feet", _own_feet),
            Rule("file", "the report (PDF, 9.5 MB)", _file_size),
        ),
    ),
    numbers=Chain(
        "no number",
        (
            Rule("denied", "40 stalls instead of the 60", _denied, _FROM_A_TRIAL),
            Rule("year", "in 2018", _year),
            Rule("old year", "a school founded by her in 1541.", _old_year),
            Rule("time", "they open 10 a.m. sharp", _time),
            Rule("more digits", "the number to ask for is 57 35 99 now", _more_digits, unlabelled(3, 4)),
            Rule("day of month", "since 5 July 2024", _day_of_month),
        ),
    ),
    names=Chain(
        "no count",
        (
            Rule("code", "your postcode to 88088", _code, "safety: an identifier; what counts has separators"),
            Rule("grouped code", "by code 12 345 678 now", _grouped_code, "safety: an identifier is no count"),
            Rule("times won", "a three time winner", _times_won),
            Rule("one of", "she became 1 of the few", _one_of),
            Rule("series", "Band 3, they said", _series),
            Rule("run-on number", "theNumber 10 website", _run_on_number),
            Rule("child", "until your child is five.", _child_is),
            Rule("comes of age", "when they reach 18.", _comes_of_age),
            Rule("age", "girls married by age of 15", _age_of),
            Rule("age limit", "help to those under five", _age_limit),
            Rule("label", "sections 5 and 6 of it", _label),
            Rule("army unit", "as 45 Commando left", _army_unit),
            Rule("capitals", "and 3 YORKS lost all", _capitals),
            Rule("bracketed name", "when 160 (Wales) Brigade left", _bracketed_name),
            Rule("adjective", "a two state solution", _adjective, unlabelled(4, 4)),
            Rule("street", "the door of 10 Whitehall", _street),
            Rule(
                "note",
                "it lives outdoors (2) then",
                _note,
                "most footnote marks are read over before (`note_marks`); this is for a bare number in brackets",
            ),
            Rule("list marker", "1. First", _list_marker),
            Rule("under one roof", "under one roof", _under_one_roof),
            Rule("qualified", "at more than 20", _qualified),
            Rule("zero", "zero tolerance", _zero),
            Rule("one thing", "gave her one person to turn to", _one_thing),
            Rule("one", "the one they saw", _one),
            Rule("short number", "and then 999 came", _short_number, unlabelled(7, 9)),
            Rule(
                "stood at",
                "the backlog stood at 877 then",
                _stood_at,
                "people ask for such levels; it changes none of 963 development releases",
            ),
            Rule("perhaps a label", "in room 5", _perhaps_label),
            Rule("telephone", "please call 300", _telephone),
            Rule("age after name", "Poppy, 27 from London", _age_after_name, unlabelled(6, 6)),
            Rule("capital", "the Six Nations", _capital),
            Rule("elided", "12 came in Leeds and in York 220.", _elided, "from a bug report: a noun said once for two"),
            Rule(
                "paired",
                "At Leeds and York 12 and 7 came, respectively.",
                _paired,
                "read by hand: a sibling of a bug report",
            ),
            Rule("name before", "they saw Formulation 3", _name_before),
        ),
    ),
)
