"""One amount at one place of a text: numeral or words, with its scale word, currency and unit.

Nothing before the amount is looked at here: `index.figures.exclusions` decides whether it is a figure at all.

Long because the grammar of numerals and its rules belong together.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from index.figures.rules import Chain, Rule
from index.figures.units import CURRENCY_CODES, CURRENCY_SIGNS, UNITS, WORD, Measured, Units, scale, unit_after
from index.text.number_words import ONES, SCALES, SPACE, STARTS, TENS, cardinal, fraction
from index.text.numerals import GROUPED, without_spaces

_LONGEST_NUMERAL = 24
"""Digits of the longest numeral that is read: a longer one is an identifier, and `Decimal` would round from 29 on."""

_VULGAR = {
    sign: Decimal(top) / Decimal(bottom)
    for sign, top, bottom in [
        ("½", 1, 2), ("⅓", 1, 3), ("⅔", 2, 3), ("¼", 1, 4), ("¾", 3, 4), ("⅕", 1, 5), ("⅖", 2, 5),
        ("⅗", 3, 5), ("⅘", 4, 5), ("⅙", 1, 6), ("⅚", 5, 6), ("⅛", 1, 8), ("⅜", 3, 8), ("⅝", 5, 8),
        ("⅞", 7, 8),
    ]
}  # fmt: skip
_SIGNS = "".join(_VULGAR)
_CODE = rf"\b(?:{'|'.join(CURRENCY_CODES)})(?={SPACE}?[0-9])"
_MONEY = rf"(?P<money>\b(?:(?:US|AU|CA|NZ|HK){SPACE}?|A|C)\$|[£$€¥]|{_CODE}){SPACE}?"
_NUMERAL = re.compile(
    rf"(?P<sign>[-−]|[Mm]inus{SPACE})?(?:{_MONEY})?"
    rf"(?:(?P<digits>{GROUPED}|[0-9]+(?:[.,][0-9]+)*)(?P<vulgar>[{_SIGNS}])?|(?P<only>[{_SIGNS}]))"
)
_WELL_FORMED = re.compile(
    rf"(?:[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?:{SPACE}[0-9]{{3}})+|0|[1-9][0-9]*)(?:\.[0-9]+)?"
)
# 1.000 is a thousand in half of Europe: three noughts after a point are no British decimal
_FOREIGN = re.compile(r"[0-9]{1,3}\.000")
_DIGIT_GROUPS = re.compile(rf"(?:(?:{SPACE}|-)[0-9]{{2,}})+")
_ODD_GROUPS = re.compile(rf"(?:{SPACE}[0-9]{{3}})+,[0-9]")
_SLASH = re.compile(r"/(?P<bottom>[0-9]{1,2})(?![0-9/])")
_SLASH_BOTTOMS = {2, 3, 4, 5, 6, 8, 10}
_AND_PART = re.compile(
    rf"(?:{SPACE}|-)and(?:{SPACE}|-)(?:(?:an?|one)(?:{SPACE}|-)|(?=half))(?P<part>half|quarter)\b", re.I
)
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_WORD_SCALES = SCALES | {"hundred": 100}
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_RATIO = re.compile(
    rf"(?P<what>{SPACE}(?!more\b|or\b)[a-z]+)?{SPACE}(?:in|out{SPACE}of)(?:{SPACE}every)?{SPACE}(?=[0-9]|{STARTS})",
    re.IGNORECASE,
)
_ROUND_BASES = {Decimal(base) for base in (3, 4, 5, 6, 8, 10, 20, 50, 100, 1000, 10_000, 100_000)}
_YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}")

# "fivefold" is a multiple by itself, "twice" only in a comparison ("twice as many"), a verb ("doubled") never
_FOLDS = {
    word: Decimal(value) for word, value in (ONES | TENS | {"hundred": 100, "thousand": 1000}).items() if value > 1
}
_MULTIPLES = {"double": "2", "twice": "2", "triple": "3", "treble": "3", "quadruple": "4"}
_MULTIPLE = re.compile(rf"(?:(?P<fold>{'|'.join(_FOLDS)})fold|{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_COMPARES = re.compile(
    rf"{SPACE}(?:the|that|what|its|their|this|last|as{SPACE}(?:many|much|likely|high|large|fast|big|long|well|often))\b",
    re.IGNORECASE,
)
# a verb: "to double the number"
_DOES = re.compile(rf"\b(?:to|will|would|could|can|may|might|should|and|we|they|I){SPACE}$", re.IGNORECASE)

_A_UNIT = re.compile(rf"\ban?(?={SPACE}(?:year|month|week|decade|century)\b)", re.IGNORECASE)
_OF_A_UNIT = re.compile(rf"(?:{SPACE}|-)(?:of{SPACE})?(?:an?|one)(?={SPACE}|-)", re.IGNORECASE)
_RUN_ON = re.compile(r"(?P<scale>(?:m|b|tr)illion|thousand)(?P<person>aire|ths?\b)?", re.IGNORECASE)
_ORDINAL_END = re.compile(r"(?:st|nd|rd|th)\b")
_CODE_AFTER = re.compile(rf"{SPACE}(?P<code>{'|'.join(CURRENCY_CODES)})\b(?!{SPACE}?[0-9])")
_SECONDS = re.compile(rf"{SPACE}second(?={SPACE}[A-Za-z])")  # "a 40 second advert": no ordinal follows digits
_VERB_BEFORE: Final = 8
"""How many characters before "double" are searched for what makes it a verb; the longest is "should "."""

_COUNTED_BY_HYPHEN = frozenset(
    "plus to strong member person man seat seater bed bedroom storey phase stage part lane city nation".split()
)
"""Words that a hyphen ties to a count, not to a name: "a 34-strong team", "a 4-stage process"."""
_GLUED = re.compile(r"[^\W_]|[_@#\\^&=*~€£$]")
_REST = re.compile(r"[\w.,:/@#&=-]*\w")

ANCHOR: Final = re.compile(
    rf"(?:[-−]|\bminus{SPACE})?(?:{_MONEY.replace('?P<money>', '?:')})?[0-9{_SIGNS}]"
    rf"|{STARTS}|\b{_MULTIPLE.pattern}|{_A_UNIT.pattern}",
    re.IGNORECASE,
)
"""Where an amount can begin. Whether one does is for `amount_at` to say."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what belongs to it. ``raw`` is the value before its scale word ("5" of "5 million")."""

    start: int
    end: int
    value: Decimal
    raw: Decimal
    unit: str = ""
    numeral: str = ""
    """The digits as written; empty for words."""
    money: bool = False
    """Written with a currency sign or code before it."""
    scaled: bool = False
    part: bool = False
    """A part of a whole: "half", "a third", "1/2", "one in five"."""

    @property
    def bare(self) -> bool:
        """Whether it is a number only, which the words around it may show to be a label, a date or a house number."""
        return not (self.unit or self.scaled or self.part)

    @property
    def like_a_year(self) -> bool:
        """Whether it is written as the years 1600 to 2099 are."""
        return self.bare and _YEAR.fullmatch(self.numeral) is not None


def amount_at(text: str, at: int, rules: "Amounts") -> Amount | int:
    """Read the amount that begins at ``at`` or, if there is none, return the offset at which to resume scanning."""
    if _MULTIPLE.match(text, at):
        return _multiple(text, at, rules)
    a_unit = _A_UNIT.match(text, at)
    number = Amount(at, a_unit.end(), Decimal(1), Decimal(1)) if a_unit else _number(text, at, rules)
    if isinstance(number, int):
        return max(number, at + 1)
    measured = _measured(text, number, rules)
    return measured if isinstance(measured, int) else _ratio(text, measured, rules)


def _multiple(text: str, at: int, rules: "Amounts") -> Amount | int:
    match = _MULTIPLE.match(text, at)
    if match is None:
        return at + 1
    word = match.group().lower()
    fold = match["fold"]
    if not fold and rules.no_multiple(text, match):
        return match.end()
    value = _FOLDS[fold.lower()] if fold else Decimal(_MULTIPLES[word])
    return Amount(at, match.end(), value, value, "times")


def _does(text: str, match: re.Match[str]) -> bool:
    """Whether it is a verb: "to double access"."""
    verb = match.group().lower() != "twice" and _DOES.search(text, max(0, match.start() - _VERB_BEFORE), match.start())
    return bool(verb)


def _compares_nothing(text: str, match: re.Match[str]) -> bool:
    """Whether nothing follows that is multiplied: "double glazing", "twice a year"."""
    return text[match.end() : match.end() + 1] == "-" or not _COMPARES.match(text, match.end())


def _number(text: str, at: int, rules: "Amounts") -> Amount | int:
    """Read numeral or words, with the scale word and "and a half"."""
    match = _NUMERAL.match(text, at)
    in_digits = match is not None and fraction(text, at)[0] is None  # else "2 thirds"
    number = _numeral(text, match, rules) if match is not None and in_digits else _words(text, at)
    if isinstance(number, int) or number.part:
        return number
    value, end = number.value, number.end
    part = _AND_PART.match(text, end)
    if part is not None:
        value, end = value + _PARTS[part["part"].lower()], part.end()
    word = WORD.match(text, end)
    times = scale(word, number.money, bool(number.numeral)) if word is not None else None
    if times is None and word is not None and number.money and (run_on := _RUN_ON.match(text, word.start("word"))):
        if run_on["person"]:
            return word.end()
        # the text of a link runs into the next word: "£235 millionto"
        times = _WORD_SCALES[run_on["scale"].lower()]
        return replace(number, end=run_on.end(), value=_plain(value * times), raw=value, scaled=True)
    if word is None or times is None:
        return replace(number, end=end, value=value, raw=number.raw if part is None else value)
    return replace(number, end=word.end(), value=_plain(value * times), raw=value, scaled=True)


def _plain(value: Decimal) -> Decimal:
    """Drop the noughts that a product has after the point: £19.5 billion is 19500000000."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _numeral(text: str, match: re.Match[str], rules: "Amounts") -> Amount | int:
    at, end, digits, money = match.start(), match.end(), match["digits"] or "", "".join((match["money"] or "").split())
    read_on = rules.no_numeral(text, match)
    if read_on is not None:
        return read_on
    if digits and not _WELL_FORMED.fullmatch(digits):
        return after_word(text, end)  # "1.2.3", "10,00": nobody knows what it says
    value = (
        Decimal(without_spaces(digits).replace(",", "")) + _VULGAR.get(match["vulgar"], Decimal(0))
        if digits
        else _VULGAR[match["only"]]
    )
    part = not digits
    slash = _SLASH.match(text, end)
    if slash is not None:
        bottom = int(slash["bottom"])
        if not digits.isdigit() or money or bottom not in _SLASH_BOTTOMS or not 0 < value < bottom:
            return after_word(text, end)  # "24/7"
        value, end, part = value / bottom, slash.end(), True
    if match["sign"]:
        value = -value
    unit = CURRENCY_SIGNS.get(money.upper(), money.upper())
    return Amount(at, end, value, value, unit, digits or match["only"], bool(money), part=part)


def _telephone(text: str, match: re.Match[str]) -> int | None:
    digits = match["digits"] or ""
    groups = _DIGIT_GROUPS.match(text, match.end()) if digits[:1] == "0" and digits.isdigit() else None
    return groups.end() if groups and digits != "0" else None


def _odd_groups(text: str, match: re.Match[str]) -> int | None:
    """Read on after "1 234,5": a comma after groups is a decimal point in half of Europe."""
    groups = _ODD_GROUPS.match(text, match.end()) if (match["digits"] or "").isdigit() else None
    return after_word(text, groups.end()) if groups else None


def _identifier(text: str, match: re.Match[str]) -> int | None:
    return after_word(text, match.end()) if len(match["digits"] or "") > _LONGEST_NUMERAL else None


def _foreign(text: str, match: re.Match[str]) -> int | None:
    return after_word(text, match.end()) if _FOREIGN.fullmatch(match["digits"] or "") else None


def _date(text: str, match: re.Match[str]) -> int | None:
    end = match.end()
    slashed = text[end : end + 1] == "/" and text[end + 1 : end + 2].isdigit() and not _SLASH.match(text, end)
    return after_word(text, end) if slashed else None


def _words(text: str, at: int) -> Amount | int:
    value, end = fraction(text, at)
    if value is not None:
        return Amount(at, end, value, value, part=True)
    if end > at:
        return end
    value, end = cardinal(text, at)
    if value is None:
        return end
    last = _LAST_WORD.search(text, at, end)
    times = _WORD_SCALES.get(last.group().lower()) if last is not None else None
    return Amount(at, end, value, value / times if times else value, scaled=times is not None or value >= 1000)


def _measured(text: str, amount: Amount, rules: "Amounts") -> Amount | int:
    """Add the unit that follows, or return where to read on if what follows shows that the number is part of a name."""
    if not amount.money:
        of_a = _OF_A_UNIT.match(text, amount.end) if amount.part else None  # "half a decade", "half of one per cent"
        unit = unit_after(text, of_a.end() if of_a else amount.end, rules.units) or rules.late_units(text, amount)
        if unit is not None:
            name, many, end = unit
            value = _plain(amount.value * many)
            return replace(amount, end=end, unit=name, value=value, raw=amount.raw * many)
    read_on = rules.no_amount(text, amount)
    return amount if read_on is None else read_on


def _late_seconds(text: str, amount: Amount) -> Measured | None:
    seconds = _SECONDS.match(text, amount.end) if amount.numeral and amount.value > 2 else None
    return ("seconds", Decimal(1), seconds.end()) if seconds else None


def _late_code(text: str, amount: Amount) -> Measured | None:
    code = None if amount.part else _CODE_AFTER.match(text, amount.end)
    return (code["code"], Decimal(1), code.end()) if code else None


def _nth(text: str, amount: Amount) -> int | None:
    return after_word(text, amount.end) if _ORDINAL_END.match(text, amount.end) else None


def _glued(text: str, amount: Amount) -> int | None:
    separated = "," in amount.numeral or without_spaces(amount.numeral) != amount.numeral
    missing_blank = (amount.money and amount.scaled) or separated  # "1,000jobs": no name is written so
    return after_word(text, amount.end) if _GLUED.match(text, amount.end) and not missing_blank else None


def _hyphenated(text: str, amount: Amount) -> int | None:
    word = WORD.match(text, amount.end) if amount.bare else None
    name = word is not None and word["join"] == "-" and word["word"].lower() not in _COUNTED_BY_HYPHEN
    return after_word(text, amount.end) if name else None


def _ratio(text: str, amount: Amount, rules: "Amounts") -> Amount:
    """Read on where a bare count begins "one in five", "one child in four", "9 out of 10" or "1 in every 1,000"."""
    joined = _RATIO.match(text, amount.end)
    if joined is None or not amount.bare or not 0 < amount.value < 100 or (joined["what"] and amount.value != 1):
        return amount
    base = _number(text, joined.end(), rules)
    if isinstance(base, int) or base.money or base.part or base.like_a_year or base.value <= amount.value:
        return amount
    if rules.no_ratio(text, amount, base):
        return amount
    share = amount.value / base.value
    return replace(amount, end=base.end, value=share, raw=share, part=True)


def _in_units(text: str, amount: Amount, base: Amount) -> bool:
    measured = _measured(text, base, AMOUNTS)
    return isinstance(measured, int) or bool(measured.unit)


def _odd_base(text: str, amount: Amount, base: Amount) -> bool:
    return amount.value != 1 and base.value not in _ROUND_BASES


def after_word(text: str, at: int) -> int:
    """Return the end of the word, address or number that goes on at ``at``: no piece of it is to be read."""
    rest = _REST.match(text, at)
    return rest.end() if rest is not None else at


@dataclass(frozen=True, slots=True)
class Amounts:
    """The rules by which an amount is read, besides the grammar of numerals and number words.

    ``no_numeral`` and ``no_amount`` return where to read on if digits, or a number with what follows it, are no amount;
    ``no_multiple`` and ``no_ratio`` say that "double" or "one in 5" is no amount.
    """

    units: Units
    late_units: Chain[[str, Amount], Measured]
    no_numeral: Chain[[str, re.Match[str]], int]
    no_amount: Chain[[str, Amount], int]
    no_multiple: Chain[[str, re.Match[str]], bool]
    no_ratio: Chain[[str, Amount, Amount], bool]


_DAMAGED: Final = "safety: what is malformed, or means different things in different countries, has no value"
_NO_SHARE: Final = "safety: a count at some place or time would become a share that nobody stated"

AMOUNTS: Final = Amounts(
    units=UNITS,
    late_units=Chain(
        "late unit",
        (
            Rule("seconds", "a 40 second advert", _late_seconds),
            Rule("currency code", "2 billion EUR", _late_code),
        ),
    ),
    no_numeral=Chain(
        "no numeral",
        (
            Rule("telephone", "call 07919 057 359 now", _telephone),
            Rule("identifier", f"{'9' * 50} people", _identifier, _DAMAGED),
            Rule("odd groups", "1 234,5 people", _odd_groups, _DAMAGED),
            Rule("thousands with points", "1.000 people", _foreign, _DAMAGED),
            Rule("date", "it was 12/05/2024 that they left", _date, "a date in digits: its day is not a count"),
        ),
    ),
    no_amount=Chain(
        "no amount",
        (
            Rule("nth", "her 100,000th visitor", _nth),
            Rule("glued", "a 4life game", _glued),
            Rule("hyphenated", "a 5-a-side game", _hyphenated),
        ),
    ),
    no_multiple=Chain(
        "no multiple",
        (
            Rule("verb", "to double the access", _does),
            Rule("compares nothing", "twice a year", _compares_nothing),
        ),
    ),
    no_ratio=Chain(
        "no ratio",
        (
            Rule("units", "one in 5 years", _in_units, _NO_SHARE),
            Rule("odd base", "they sent 9 in 11 boats", _odd_base, _NO_SHARE),
        ),
    ),
)
