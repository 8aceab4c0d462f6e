"""Reading numbers and fractions in English words: "thirty-three", "a hundred and five", "two million", "two-thirds"."""

import re
from decimal import Decimal

SPACE = r"[ \u00a0\u2009\u202f]"
"""Pattern for one space inside a figure; a line break is not one, because list items are on consecutive lines."""

ONES = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
"""The values of the number words below twenty."""

TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10),
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        strict=True,
    )
}
"""The values of the words for tens."""

TWO_TO_TWENTY = {word: value for word, value in (ONES | {"twenty": 20}).items() if value > 1}
"""The number words that count a few things: "one" is often no number."""

SCALES = {
    "dozen": 12,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
"""The values of the words that multiply the number before them; "hundred" is read apart from them."""

_HUNDRED = 100
_DENOMINATORS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_PLURALS = {"halves": 2} | {f"{word}s": value for word, value in _DENOMINATORS.items() if word != "half"}

_NUMBER_WORD = "|".join(sorted([*ONES, *TENS, *SCALES, "hundred"], key=len, reverse=True))
_JOIN = rf"(?:{SPACE}|-)"
# "and" belongs to a number only after a hundred or more ("a hundred and five"), else it joins two numbers
_FIRST = rf"(?:an?{_JOIN}(?=hundred|thousand|million|billion|trillion|dozen))?(?:{_NUMBER_WORD})\b"
_FURTHER = (
    rf"(?:(?:{_JOIN}|(?<=hundred){_JOIN}and{_JOIN}|(?<=thousand){_JOIN}and{_JOIN}|(?<=llion){_JOIN}and{_JOIN})"
    rf"(?:{_NUMBER_WORD})\b)"
)
# the longest number below 10**15 has 30 words; a bound keeps long chains of "a hundred and" linear
_RUN = re.compile(rf"{_FIRST}{_FURTHER}{{0,40}}", re.IGNORECASE)
_WHOLE_RUN = re.compile(rf"{_FIRST}{_FURTHER}*", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_DENOMINATOR = "|".join(sorted([*_DENOMINATORS, *_PLURALS], key=len, reverse=True))
_FRACTION = re.compile(
    rf"(?P<top>an?|one|two|three|four|five|six|seven|eight|nine|[2-9](?={_JOIN}(?:{'|'.join(_PLURALS)})\b)){_JOIN}"
    rf"(?P<bottom>{_DENOMINATOR})\b|half\b",
    re.IGNORECASE,
)
_OF_A_SCALE = re.compile(rf"(?:{_JOIN}of)?{_JOIN}an?{_JOIN}(?P<scale>dozen|thousand|million|billion|trillion)\b", re.I)

STARTS = (
    rf"\b(?:{_NUMBER_WORD}|half"
    rf"|an?(?={_JOIN}(?:hundred|thousand|million|billion|trillion|dozen|{_DENOMINATOR})\b))\b"
)
"""Pattern for the places where a number in words can begin."""


def cardinal(text: str, at: int) -> tuple[Decimal | None, int]:
    """Read the cardinal number in words that begins at ``at``: its value and its end.

    The value is None if the words do not form a number ("nineteen eighty", a bare "million"). The end is then that of
    the whole run of number words, so that no part of it is read as a number by itself. If no number word begins at
    ``at``, the result is (None, ``at``).
    """
    run = _RUN.match(text, at)
    if run is None:
        return None, at
    words = [(word.group().lower(), word.end()) for word in _WORD.finditer(text, at, run.end())]
    value, used = _cardinal([word for word, _ in words])
    if not used or (used < len(words) and words[used][0] != "and"):
        whole = _WHOLE_RUN.match(text, at) or run
        return None, whole.end()
    return Decimal(value), words[used - 1][1]


def _cardinal(words: list[str]) -> tuple[int, int]:
    """Return the value of the longest number that ``words`` begin with, and how many of them it takes."""
    total, used, ceiling = 0, 0, None
    while used < len(words):
        joined = 1 if words[used] == "and" else 0
        group, taken = _below_thousand(words[used + joined :])
        if not taken:
            break
        after = used + joined + taken
        scale = SCALES.get(words[after]) if after < len(words) else None
        if joined and (scale is not None or (after < len(words) and words[after] == "hundred")):
            break  # "one hundred and two hundred" is two numbers
        if ceiling is not None and (scale or 1) >= ceiling:
            break
        total += group * (scale or 1)
        used = after + (1 if scale else 0)
        if not scale:
            break
        ceiling = scale
    return total, used


def _below_thousand(words: list[str]) -> tuple[int, int]:
    if words and words[0] in ("a", "an"):
        # the pattern of a run accepts an article only before "hundred" or a scale
        if len(words) > 1 and words[1] == "hundred":
            rest, taken = _tail_of_hundred(words[2:])
            return _HUNDRED + rest, 2 + taken
        return 1, 1
    value, taken = _below_hundred(words)
    if taken and 0 < value < 20 and value != 10 and len(words) > taken and words[taken] == "hundred":
        rest, more = _tail_of_hundred(words[taken + 1 :])
        return value * _HUNDRED + rest, taken + 1 + more
    return value, taken


def _tail_of_hundred(words: list[str]) -> tuple[int, int]:
    joined = 1 if words and words[0] == "and" else 0
    value, taken = _below_hundred(words[joined:])
    after = joined + taken
    if not taken or (joined and after < len(words) and words[after] == "hundred"):
        return 0, 0
    return value, after


def _below_hundred(words: list[str]) -> tuple[int, int]:
    if not words:
        return 0, 0
    if words[0] in ONES:
        return ONES[words[0]], 1
    if words[0] in TENS:
        if len(words) > 1 and 0 < ONES.get(words[1], 0) < 10:
            return TENS[words[0]] + ONES[words[1]], 2
        return TENS[words[0]], 1
    return 0, 0


def fraction(text: str, at: int) -> tuple[Decimal | None, int]:
    """Read the fraction in words that begins at ``at``: its value and its end.

    Examples are "half", "two-thirds", "2 thirds" and "half a million". A singular after a number above one ("two third
    parties") or a plural after one does not make a fraction: the value is then None and the end that of the words. If
    no fraction begins at ``at``, the result is (None, ``at``).
    """
    match = _FRACTION.match(text, at)
    if match is None:
        return None, at
    if match["top"] is None:
        value = Decimal("0.5")
    else:
        word = match["top"].lower()
        top = 1 if word in ("a", "an") else int(word) if word.isdigit() else ONES[word]
        table = _DENOMINATORS if top == 1 else _PLURALS
        bottom = table.get(match["bottom"].lower())
        if bottom is None or top >= bottom or (top, bottom) == (2, 4):  # "2 quarters" of a year
            return None, match.end()
        value = Decimal(top) / Decimal(bottom)
    scale = _OF_A_SCALE.match(text, match.end())
    if scale is not None:
        product = value * SCALES[scale["scale"].lower()]
        whole = product.to_integral_value()
        return whole if whole == product else product, scale.end()
    return value, match.end()
