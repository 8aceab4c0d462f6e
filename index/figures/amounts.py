"""One amount at one place of a text: numeral or words, with its scale word, currency and unit.

An amount knows nothing of what stands before it: `index.figures.quantities` decides whether it is a figure at all.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from index.figures.units import CURRENCY_CODES, CURRENCY_SIGNS, WORD, scale, unit_after
from index.text.number_words import ONES, SCALES, SPACE, STARTS, TENS, cardinal, fraction

_LONGEST_NUMERAL = 24
"""A longer run of digits is an identifier or damage, no figure; `Decimal` rounds beyond 28."""

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
    rf"(?:(?P<digits>[0-9]+(?:[.,][0-9]+)*)(?P<vulgar>[{_SIGNS}])?|(?P<only>[{_SIGNS}]))"
)
_WELL_FORMED = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?")
# 1.000 is a thousand in half of Europe: three noughts after a point are no British decimal
_FOREIGN = re.compile(r"[0-9]{1,3}\.000")
_DIGIT_GROUPS = re.compile(rf"(?:(?:{SPACE}|-)[0-9]{{2,}})+")
_SLASH = re.compile(r"/(?P<bottom>[0-9]{1,2})(?![0-9/])")
_SLASH_BOTTOMS = {2, 3, 4, 5, 6, 8, 10}
_AND_PART = re.compile(
    rf"(?:{SPACE}|-)and(?:{SPACE}|-)(?:(?:an?|one)(?:{SPACE}|-)|(?=half))(?P<part>half|quarter)\b", re.I
)
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_ORDINAL = re.compile(
    rf"(?:{SPACE}|-)(?:first|second(?!s)|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth"
    r"|millionth)s?\b",
    re.IGNORECASE,
)
_WORD_SCALES = SCALES | {"hundred": 100}
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_RATIO = re.compile(
    rf"(?P<what>{SPACE}(?!more\b|or\b)[a-z]+)?{SPACE}(?:in|out{SPACE}of)(?:{SPACE}every)?{SPACE}(?=[0-9]|{STARTS})",
    re.IGNORECASE,
)
_ROUND_BASES = {Decimal(base) for base in (3, 4, 5, 6, 8, 10, 20, 50, 100, 1000, 10_000, 100_000)}
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH_NEXT = re.compile(rf"{SPACE}(?:{_MONTH})\b")
_YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}")

# words that are a multiple by themselves, and those that are one only in some company; verbs ("doubled") are none
_FOLDS = {
    word: Decimal(value) for word, value in (ONES | TENS | {"hundred": 100, "thousand": 1000}).items() if value > 1
}
_MULTIPLES = {"double": "2", "twice": "2", "triple": "3", "treble": "3", "quadruple": "4"}
_MULTIPLE = re.compile(rf"(?:(?P<fold>{'|'.join(_FOLDS)})fold|{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_COMPARES = re.compile(
    rf"{SPACE}(?:the|that|what|its|their|this|last|as{SPACE}(?:many|much|likely|high|large|fast|big|long|well|often))\b",
    re.IGNORECASE,
)
# "to double the number" does it, "double the number" is one
_DOES = re.compile(rf"\b(?:to|will|would|could|can|may|might|should|and|we|they|I){SPACE}$", re.IGNORECASE)

_A_UNIT = re.compile(rf"\ban?(?={SPACE}(?:year|month|week|decade|century)\b)", re.IGNORECASE)
_OF_A_UNIT = re.compile(rf"(?:{SPACE}|-)(?:of{SPACE})?(?:an?|one)(?={SPACE}|-)", re.IGNORECASE)
_RUN_ON = re.compile(r"(?P<scale>(?:m|b|tr)illion|thousand)(?P<person>aire|ths?\b)?", re.IGNORECASE)
_ORDINAL_END = re.compile(r"(?:st|nd|rd|th)\b")
_CODE_AFTER = re.compile(rf"{SPACE}(?P<code>{'|'.join(CURRENCY_CODES)})\b(?!{SPACE}?[0-9])")
_SECONDS = re.compile(rf"{SPACE}second(?={SPACE}[A-Za-z])")  # "a 40 second advert": no ordinal follows digits
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
"""Where an amount can begin. What is found need not be one."""


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
    """A currency sign or code stands before it."""
    scaled: bool = False
    part: bool = False
    """A part of a whole: "half", "a third", "1/2", "one in five"."""

    @property
    def bare(self) -> bool:
        """Whether only its surroundings can tell it from a label, a date or a house number."""
        return not (self.unit or self.scaled or self.part)

    @property
    def like_a_year(self) -> bool:
        """Whether it is written as the years 1600 to 2099 are."""
        return self.bare and _YEAR.fullmatch(self.numeral) is not None


def amount_at(text: str, at: int) -> Amount | int:
    """Read the amount that begins at ``at``, or return where to go on reading: what stands there is none."""
    if _MULTIPLE.match(text, at):
        return _multiple(text, at)
    a_unit = _A_UNIT.match(text, at)
    number = Amount(at, a_unit.end(), Decimal(1), Decimal(1)) if a_unit else _number(text, at)
    if isinstance(number, int):
        return max(number, at + 1)
    measured = _measured(text, number)
    return measured if isinstance(measured, int) else _ratio(text, measured)


def _multiple(text: str, at: int) -> Amount | int:
    match = _MULTIPLE.match(text, at)
    if match is None:
        return at + 1
    word = match.group().lower()
    if match["fold"]:
        value = _FOLDS[match["fold"].lower()]
        return Amount(at, match.end(), value, value, "times")
    is_verb = word != "twice" and _DOES.search(text, max(0, at - 8), at)
    if text[match.end() : match.end() + 1] == "-" or is_verb or not _COMPARES.match(text, match.end()):
        return match.end()  # "double-decker", "double glazing", "twice a year"
    value = Decimal(_MULTIPLES[word])
    return Amount(at, match.end(), value, value, "times")


def _number(text: str, at: int) -> Amount | int:
    """Read numeral or words, with the scale word and "and a half"."""
    match = _NUMERAL.match(text, at)
    in_digits = match is not None and fraction(text, at)[0] is None  # else "2 thirds"
    number = _numeral(text, match) if match is not None and in_digits else _words(text, at)
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
    """Drop the noughts that a product carries behind the point: £19.5 billion is 19500000000."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _numeral(text: str, match: re.Match[str]) -> Amount | int:
    at, end, digits, money = match.start(), match.end(), match["digits"] or "", "".join((match["money"] or "").split())
    if not digits:
        value = _VULGAR[match["only"]]
    elif digits[0] == "0" and digits.isdigit() and digits != "0":
        groups = _DIGIT_GROUPS.match(text, end)  # a telephone number
        return groups.end() if groups else after_word(text, end)
    elif len(digits) > _LONGEST_NUMERAL or not _WELL_FORMED.fullmatch(digits) or _FOREIGN.fullmatch(digits):
        return after_word(text, end)
    else:
        value = Decimal(digits.replace(",", "")) + _VULGAR.get(match["vulgar"], Decimal(0))
    part = not digits
    slash = _SLASH.match(text, end)
    if slash is not None:
        bottom = int(slash["bottom"])
        if not digits.isdigit() or money or bottom not in _SLASH_BOTTOMS or not 0 < value < bottom:
            return after_word(text, end)
        value, end, part = value / bottom, slash.end(), True
    elif text[end : end + 2].startswith("/") and text[end + 1 : end + 2].isdigit():
        return after_word(text, end)
    if match["sign"]:
        value = -value
    unit = CURRENCY_SIGNS.get(money.upper(), money.upper())
    return Amount(at, end, value, value, unit, digits or match["only"], bool(money), part=part)


def _words(text: str, at: int) -> Amount | int:
    value, end = fraction(text, at)
    if value is not None:
        return Amount(at, end, value, value, part=True)
    if end > at:
        return end
    value, end = cardinal(text, at)
    if value is None:
        return end
    ordinal = _ORDINAL.match(text, end)
    if ordinal is not None:
        return ordinal.end()  # "twenty-first"
    last = _LAST_WORD.search(text, at, end)
    times = _WORD_SCALES.get(last.group().lower()) if last is not None else None
    return Amount(at, end, value, value / times if times else value, scaled=times is not None or value >= 1000)


def _measured(text: str, amount: Amount) -> Amount | int:
    """Add the unit that follows.

    A number glued to anything else is part of a name ("4life", "19th"), unless it is written as no name is
    ("1,000jobs").
    """
    if not amount.money:
        of_a = _OF_A_UNIT.match(text, amount.end) if amount.part else None  # "half a decade", "half of one per cent"
        unit = unit_after(text, of_a.end() if of_a else amount.end)
        if amount.numeral and amount.value > 2 and (seconds := _SECONDS.match(text, amount.end)):
            unit = "seconds", Decimal(1), seconds.end()
        if unit is not None:
            name, many, end = unit
            value = _plain(amount.value * many)
            return replace(amount, end=end, unit=name, value=value, raw=amount.raw * many)
        if not amount.part and (code := _CODE_AFTER.match(text, amount.end)):
            return replace(amount, end=code.end(), unit=code["code"])
    if _ORDINAL_END.match(text, amount.end):
        return after_word(text, amount.end)  # "her 100,000th follower"
    if _GLUED.match(text, amount.end) and not ((amount.money and amount.scaled) or "," in amount.numeral):
        return after_word(text, amount.end)
    word = WORD.match(text, amount.end)
    if amount.bare and word and word["join"] == "-" and word["word"].lower() not in _COUNTED_BY_HYPHEN:
        return after_word(text, amount.end)  # "5-a-side", "10-point plan", "two-page"
    return amount


def _ratio(text: str, amount: Amount) -> Amount:
    """Read on where a bare count begins "one in five", "one child in four", "9 out of 10" or "1 in every 1,000"."""
    joined = _RATIO.match(text, amount.end)
    if joined is None or not amount.bare or not 0 < amount.value < 100 or (joined["what"] and amount.value != 1):
        return amount
    base = _number(text, joined.end())
    if isinstance(base, int) or base.money or base.part or base.like_a_year:
        return amount
    if _MONTH_NEXT.match(text, base.end):
        return amount
    if isinstance(measured := _measured(text, base), int) or measured.unit:
        return amount  # "one in 5 years"
    if base.value <= amount.value or (amount.value != 1 and base.value not in _ROUND_BASES):
        return amount
    share = amount.value / base.value
    return replace(amount, end=base.end, value=share, raw=share, part=True)


def after_word(text: str, at: int) -> int:
    """Return the end of the word, address or number that goes on at ``at``: no piece of it is to be read."""
    rest = _REST.match(text, at)
    return rest.end() if rest is not None else at
