"""Reading the one figure that an answer states: the evaluation's own reader, frozen apart from the product's.

The product has a far larger reader of figures (``index.figures``). A grader that called it would improve with it: a
rule that reads "24%" as "24" would turn wrong answers into right ones without any answer changing. This reader is
small, reads answers of a few words rather than releases, and changes only when the definition of a metric is meant to
change; its tests are values worked by hand.

What is read: a number in digits ("2,580", "1.5") or words ("thirty-three", "two thirds", "one in five"), with its
scale word ("£3 billion", "£20m"), its currency or unit ("24%", "7 years", "119 tonnes"), both ends of a range
("between 5 and 10 tonnes"), and the qualifier ("more than 800", "500 or more"). What is not: dates, years without a
unit, times of day, ordinals, ages ("14-year-old"), numbers that belong to a name ("Challenger 2", "H5N2", "Part 3"),
and numbers that are not well formed ("7,8", "1.000").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from eval.metrics.quantity_units import CURRENCIES, CURRENCY_CODES, DURATIONS, NEXT_WORD, unit_after
from eval.metrics.quantity_words import (
    EXACTLY,
    MONTHS,
    MULTIPLES,
    NO_NAMES,
    NUMBERS,
    ONES,
    PARTS,
    QUALIFIERS,
    SCALE_SIGNS,
    SCALES,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as an answer states it.

    ``value`` is exact and in ``unit``; of a range it is the low end, and ``value_max`` the high one. ``unit`` is an
    ISO 4217 code, "percent", "percentage points", "times", a measure ("tonnes", "years", "square km"), or empty for a
    count and for a part of a whole. ``qualifier`` is `EXACTLY` or one of `QUALIFIERS`. ``start`` and ``end`` are
    offsets into the text, qualifier included.
    """

    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    start: int
    end: int


def whole_quantity(text: str, *, years: bool = False) -> Quantity | None:
    """Return the one quantity that ``text`` as a whole states, or None.

    Before the number may stand a qualifier, an article and small words ("a further", "only"), after it up to ten
    words with what is counted. ``years`` also reads four digits that might be a year ("2000").
    """
    text = _SPACES.sub(" ", text)
    found = list(_read(text, years=years))
    if len(found) != 1 or not _LEAD.fullmatch(text, 0, found[0].start) or not _TAIL.fullmatch(text, found[0].end):
        return None
    return found[0]


def only_quantity(text: str) -> Quantity | None:
    """Return the only quantity that ``text`` mentions, wherever in it; None if it mentions none or several.

    "one" and "zero" in words are no mention: they are pronouns and parts of names more often than counts.
    """
    text = _SPACES.sub(" ", text)
    found = [each for each in _read(text, years=False) if text[each.start : each.end].lower() not in ("one", "zero")]
    return found[0] if len(found) == 1 else None


_SPACES = re.compile(r"[\u00a0\u2009\u202f]")
_LEAD = re.compile(
    r"[\s\"'“‘(\[]*(?:(?:an?|the|this|by|of|to|in|up|down|only|just|another|total|extra|additional|further)\s+)*", re.I
)
_TAIL = re.compile(r"(?:[\s-][^\W\d_]+(?:['’][a-z]+)?,?){0,10}[\s\"'”’)\].,;:!?]*")

_CARDINAL = f"(?:{'|'.join(sorted([*NUMBERS, *SCALES, 'hundred'], key=len, reverse=True))})"
_JOIN = "(?:[ -]|(?<=hundred) and |(?<=thousand) and |(?<=llion) and )"
_IN_WORDS = re.compile(
    rf"(?:an?[ -](?=hundred|{'|'.join(SCALES)}))?{_CARDINAL}(?=\b|fold)(?:{_JOIN}{_CARDINAL}\b)*", re.IGNORECASE
)
_FRACTION = re.compile(
    rf"(?:(?P<top>an?|{'|'.join(ONES[1:10])}|[2-9])[ -](?P<bottom>{'|'.join(PARTS)})(?P<plural>s?)|half)\b"
    rf"(?:(?: of)? an? (?P<scale>{'|'.join(SCALES)})\b)?",
    re.IGNORECASE,
)
_MONEY = rf"(?:(?:US|A|C|NZ)? ?\$|[£€¥]|\b(?:{'|'.join(CURRENCY_CODES)}))"
_IN_DIGITS = re.compile(rf"(?P<sign>[-−]|minus )?(?P<money>{_MONEY})? ?(?P<digits>[0-9]+(?:[.,][0-9]+)*)")
_WELL_FORMED = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?")
_FOREIGN = re.compile(r"[0-9]{1,3}\.000")
_YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}")
_A_UNIT = re.compile(r"\ban?(?= (?:year|month|week|decade|century)\b)", re.IGNORECASE)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(MULTIPLES)})(?= (?:the|that|what|its|their|this|last|as)\b)", re.IGNORECASE)
_FIRST_WORD = rf"\b(?:{_CARDINAL}(?:fold)?|half|an?(?=[ -](?:hundred|{'|'.join((*SCALES, *PARTS))})\b))\b"
_FIRST_DIGIT = rf"(?:\bminus )?(?:(?:\b(?:US|A|C|NZ) ?)?\$|[£€¥]|\b(?:{'|'.join(CURRENCY_CODES)}) ?)?[0-9]"
_ANCHOR = re.compile(rf"{_FIRST_DIGIT}|{_A_UNIT.pattern}|{_MULTIPLE.pattern}|{_FIRST_WORD}", re.IGNORECASE)
"""Where a number may begin."""
_RUN_ON = re.compile("(?:m|b|tr)illion")
_AND_PART = re.compile(r"[ -]and[ -](?:(?:a|one)[ -])?(?P<part>half|quarter)\b", re.IGNORECASE)
_GLOSS = re.compile(r" \([0-9]")
_OF_A = re.compile(r"[ -](?:of[ -])?(?:an?|one)(?=[ -])", re.IGNORECASE)
_RATIO = re.compile(r" (?P<what>[a-z]+ )?(?:in|out of)(?: every)? (?=[0-9a-z])", re.IGNORECASE)
_RANGE = re.compile(r" to |-to-|[-–—](?=[0-9£$€])| [-–—] (?=[0-9£$€])|(?P<pair> and )|(?P<next> or )", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween $", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?<![\w-])(?:{'|'.join(f'(?P<q{n}>{words})' for n, words in enumerate(QUALIFIERS.values()))}) (?:an? )?$", re.I
)
_AFTER = re.compile(
    r"(?P<least>\+|-plus\b| (?:or|and) (?:more|over|above|older|greater|higher)\b)"
    r"|(?P<most> (?:or|and) (?:less|fewer|under|below|younger|lower)\b)|(?P<around> or so\b)",
    re.IGNORECASE,
)
_AFTER_NAMES = {"least": "at least", "most": "up to", "around": "around"}
_NAMED = re.compile(rf"\b(?P<word>{MONTHS}|aged?|clause|section|part|page|[A-Z][\w’']*) $")
_GLUED_BEFORE = re.compile(r"[\w/.:#@&]-?$")
_GLUED_AFTER = re.compile(r"\w[^\W_]")
_REST_OF_WORD = re.compile(r"[\w.,:/@#&-]*\w")
_COMPOUND = re.compile(r"-(?!(?:plus|strong|man|person|member|part|stage)\b)[a-z]", re.IGNORECASE)
_AGED = re.compile(r"[ -]olds?\b", re.IGNORECASE)
_NOT_COUNTED = re.compile(rf"(?:st|nd|rd|th)\b|(?: of)? {MONTHS}|[:/–-][0-9]| ?[ap]m\b", re.IGNORECASE)
"""After a number: an ordinal, a date, a time of day."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number with its unit, before its surroundings were looked at. ``raw``: without its scale word."""

    start: int
    end: int
    value: Decimal
    raw: Decimal
    unit: str = ""
    digits: str = ""
    scaled: bool = False
    part: bool = False


def _read(text: str, *, years: bool) -> Iterator[Quantity]:
    at = 0
    while (anchor := _ANCHOR.search(text, at)) is not None:
        number = _number(text, anchor.start())
        if isinstance(number, int):
            at = max(number, anchor.end())
            continue
        begin, low, high = _range(text, number)
        last = high or low
        qualifier, begin = _qualifier_before(text, begin, last)
        unclear = qualifier == EXACTLY and _A_UNIT.match(text, number.start)  # "£5 million a year"
        glossed = number.part and _GLOSS.match(text, number.end)  # "a third (34%)" is one figure
        if unclear or glossed or _no_quantity(text, replace(low, start=begin), last, years=years):
            at = _after_word(text, last.end)
            continue
        end = last.end
        if qualifier == EXACTLY and (match := _AFTER.match(text, end)):
            qualifier, end = _AFTER_NAMES[match.lastgroup or ""], match.end()
        yield Quantity(low.value, high.value if high else None, last.unit, qualifier, begin, end)
        at = end


def _number(text: str, at: int) -> _Number | int:
    """Return the number that begins at ``at`` with scale and unit, or the offset at which to resume."""
    if multiple := _MULTIPLE.match(text, at):
        value = Decimal(MULTIPLES[multiple.group().lower()])
        return _Number(at, multiple.end(), value, value, "times")
    if a_unit := _A_UNIT.match(text, at):
        return _with_unit(text, _Number(at, a_unit.end(), Decimal(1), Decimal(1)))
    if fraction := _FRACTION.match(text, at):
        part = _fraction(fraction)
        return part if isinstance(part, int) else _with_unit(text, part)
    digits = _IN_DIGITS.match(text, at)
    number = _digits(digits) if digits else _in_words(text, at)
    if isinstance(number, int):
        return _after_word(text, number)
    return _ratio(text, _with_unit(text, _with_half(text, _with_scale(text, number))))


def _fraction(match: re.Match[str]) -> _Number | int:
    if match["top"] is None:
        value = Decimal("0.5")
    else:
        word = match["top"].lower()
        top = 1 if word in ("a", "an") else int(word) if word.isdigit() else ONES.index(word)
        bottom = PARTS[match["bottom"].lower()]
        if bool(match["plural"]) != (top > 1) or top >= bottom:
            return match.end()
        value = Decimal(top) / Decimal(bottom)
    if match["scale"]:
        value *= SCALES[match["scale"].lower()]
    return _Number(match.start(), match.end(), value, value, scaled=bool(match["scale"]), part=True)


def _digits(match: re.Match[str]) -> _Number | int:
    digits = match["digits"]
    if len(digits) > 24 or not _WELL_FORMED.fullmatch(digits) or _FOREIGN.fullmatch(digits):
        return match.end()
    value = Decimal(digits.replace(",", "")) * (-1 if match["sign"] else 1)
    unit = CURRENCIES[match["money"].upper().replace(" ", "")] if match["money"] else ""
    return _Number(match.start(), match.end(), value, value, unit, digits)


def _in_words(text: str, at: int) -> _Number | int:
    match = _IN_WORDS.match(text, at)
    if match is None:
        return at + 1
    total = group = 0
    scaled = False
    for word in re.split(r"[ -]", match.group().lower()):
        if word in SCALES:
            total, group, scaled = total + (group or 1) * SCALES[word], 0, True
        elif word == "hundred":
            group = (group or 1) * 100
        elif word in NUMBERS:
            value = NUMBERS[word]
            if group % 100 and not (group % 100 >= 20 and group % 10 == 0 and value < 10):
                return match.end()  # "nineteen eighty"
            group += value
    if match.group().lower() in ("hundred", *SCALES):
        return match.end()
    whole = Decimal(total + group)
    return _Number(at, match.end(), whole, whole, scaled=scaled)


def _with_scale(text: str, number: _Number) -> _Number:
    """Multiply a number in digits by the scale word or sign after it ("5 million", "£20m")."""
    word = NEXT_WORD.match(text, number.end)
    if word is None or not number.digits:
        return number
    name = word["word"].lower()
    times = {**SCALES, "hundred": 100}.get(name) or SCALES.get(name.removesuffix("s"))
    end = word.end()
    if times is None and word["join"] != "-" and (number.unit or name in ("bn", "mn", "tn")):
        times = SCALE_SIGNS.get(name)
        if times is None and (run_on := _RUN_ON.match(name)):  # "£2 billionat", as text is copied out of a page
            times, end = SCALES[run_on.group()], word.start("word") + run_on.end()
    return number if times is None else replace(number, end=end, value=number.value * times, scaled=True)


def _with_half(text: str, number: _Number) -> _Number:
    """Add the part of a whole after a number ("two and a half")."""
    half = _AND_PART.match(text, number.end)
    if half is None:
        return number
    return replace(number, end=half.end(), value=number.value + Decimal(1) / PARTS[half["part"].lower()])


def _with_unit(text: str, number: _Number) -> _Number:
    """Give a number the unit after it, in which its value then is."""
    if number.unit:
        return number
    of_a = _OF_A.match(text, number.end) if number.part else None  # "half an hour"
    unit = unit_after(text, of_a.end() if of_a else number.end)
    if unit is None:
        return number
    name, many, end = unit
    return replace(number, end=end, value=number.value * many, raw=number.raw * many, unit=name)


def _ratio(text: str, number: _Number) -> _Number:
    """Read on where a count begins "one in five" or "9 out of 10"."""
    if number.unit or number.scaled or number.part:
        return number
    joined = _RATIO.match(text, number.end)
    if joined is None or not 0 < number.value < 100 or (joined["what"] and number.value != 1):
        return number
    digits = _IN_DIGITS.match(text, joined.end())
    base = _digits(digits) if digits else _in_words(text, joined.end())
    if isinstance(base, int) or base.unit or base.value <= number.value or _with_unit(text, base).unit:
        return number
    if re.match(rf" {MONTHS}", text[base.end :]) or _YEAR.fullmatch(base.digits):
        return number
    share = number.value / base.value
    return replace(number, end=base.end, value=share, raw=share, part=True)


def _range(text: str, low: _Number) -> tuple[int, _Number, _Number | None]:
    """Return where the statement begins, and both ends of the range that ``low`` begins, or ``low`` alone."""
    between = _BETWEEN.search(text, 0, low.start)
    begin = between.start() if between else low.start
    joined = _RANGE.match(text, low.end)
    if joined is None or (joined["pair"] and not between):
        return low.start, low, None
    high = _number(text, joined.end())
    if isinstance(high, int) or low.part or (joined["next"] and high.raw != low.raw + 1):
        return low.start, low, None
    if high.scaled and not low.scaled and low.raw < high.raw:
        low = replace(low, value=low.value * high.value / high.raw, scaled=True)
    if not low.unit:
        low = replace(low, unit=high.unit)
    elif not high.unit:
        high = replace(high, unit=low.unit)
    return (begin, low, high) if low.unit == high.unit and low.value < high.value else (low.start, low, None)


def _no_quantity(text: str, low: _Number, last: _Number, *, years: bool) -> bool:
    """Return True for a date, a year, a label, an age, or a number that belongs to a name or a word."""
    if _GLUED_BEFORE.search(text, 0, low.start) or (not last.scaled and _GLUED_AFTER.match(text, last.end - 1)):
        return True
    if _NOT_COUNTED.match(text, last.end) or (last.unit in DURATIONS and _AGED.match(text, last.end)):
        return True
    if last.unit or last.scaled or last.part:
        return False
    if _COMPOUND.match(text, last.end) or (not years and _YEAR.fullmatch(last.digits)):
        return True
    named = _NAMED.search(text, 0, low.start)
    return named is not None and named["word"] not in NO_NAMES


def _qualifier_before(text: str, begin: int, number: _Number) -> tuple[str, int]:
    match = _BEFORE.search(text, 0, begin)
    if match is None or match.lastgroup is None:
        return EXACTLY, begin
    name = list(QUALIFIERS)[int(match.lastgroup[1:])]
    if match[match.lastgroup].lower() == "over" and number.unit in DURATIONS and number.value < 100:
        return EXACTLY, begin  # "£1 billion over 5 years" names a period
    return name, match.start()


def _after_word(text: str, at: int) -> int:
    """Return the end of the word or number that goes on at ``at``."""
    rest = _REST_OF_WORD.match(text, at)
    return rest.end() if rest else at
