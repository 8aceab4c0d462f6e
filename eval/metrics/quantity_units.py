"""The closed lists of units and currencies that `eval.metrics.quantities` knows, and the unit after a number."""

import re
from decimal import Decimal
from typing import Final

CURRENCY_CODES: Final = ("GBP", "USD", "EUR", "JPY", "CHF", "AUD", "CAD", "NZD")
CURRENCIES: Final = {
    "£": "GBP", "€": "EUR", "¥": "JPY", "$": "USD", "US$": "USD", "A$": "AUD", "C$": "CAD", "NZ$": "NZD"
} | {code: code for code in CURRENCY_CODES}  # fmt: skip

_SPELLINGS = {
    "GBP": "pound pounds sterling",
    "EUR": "euro euros",
    "USD": "dollar dollars",
    "percent": "percent",
    "years": "year years",
    "months": "month months",
    "weeks": "week weeks",
    "days": "day days",
    "hours": "hour hours",
    "minutes": "minute minutes",
    "seconds": "seconds",
    "times": "times fold",
    "tonnes": "tonne tonnes",
    "tons": "ton tons",
    "kg": "kg kilo kilos kilogram kilograms kilogramme kilogrammes",
    "grams": "gram grams",
    "lb": "lb lbs",
    "litres": "litre litres liter liters",
    "ml": "ml",
    "km": "km kilometre kilometres kilometer kilometers",
    "miles": "mile miles",
    "metres": "m metre metres meter meters",
    "cm": "cm centimetre centimetres",
    "mm": "mm millimetre millimetres",
    "yards": "yard yards",
    "feet": "foot feet ft",
    "inches": "inch inches",
    "hectares": "hectare hectares ha",
    "acres": "acre acres",
    "mph": "mph",
    "kW": "kw",
    "MW": "mw megawatt megawatts",
    "GW": "gw gigawatt gigawatts",
    "KB": "kb",
    "MB": "mb",
    "GB": "gb",
    "TB": "tb",
    "degrees": "degree degrees",
}
UNITS: Final = {word: (unit, Decimal(1)) for unit, words in _SPELLINGS.items() for word in words.split()} | {
    "mt": ("tonnes", Decimal(10**6)),
    "pence": ("GBP", Decimal("0.01")),
    "decade": ("years", Decimal(10)),
    "decades": ("years", Decimal(10)),
    "century": ("years", Decimal(100)),
    "centuries": ("years", Decimal(100)),
}
"""Spelling in lower case -> the unit's name, and how many of the unit one is."""
DURATIONS: Final = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "seconds"})

NEXT_WORD: Final = re.compile(r"(?P<join>[ -]?)(?P<word>[^\W\d_]+)")
"""The word after a number, and the space, hyphen or nothing between the two."""
_PERCENT = re.compile(
    r"(?: ?%| per ?cent\b| percent\b)(?P<points>(?:age)?[ -]points?\b)?|[ -](?P<age>percentage[ -]points?\b)", re.I
)
_AREA = re.compile(
    r"[ -](?P<power>(?:square|sq\.?)(?:[ -]nautical)?|cubic|nautical)[ -](?P<word>[a-z]+)", re.IGNORECASE
)
_DEGREES = re.compile(r" ?°[CF]?| degrees (?:Celsius|Fahrenheit|centigrade)\b", re.IGNORECASE)
_KIND_OF_TIME = re.compile(
    " (?:consecutive|successive|full|long|working|financial|calendar|academic|more|further|additional|extra)"
    r"(?= [a-z]+s?\b)"
)
_FOLD = re.compile(r"[ -]?fold\b", re.IGNORECASE)


def unit_after(text: str, at: int) -> tuple[str, Decimal, int] | None:
    """Return the unit after a number that ends at ``at``, how many of it one is, and where it ends."""
    if match := _PERCENT.match(text, at):
        return "percentage points" if match["points"] or match["age"] else "percent", Decimal(1), match.end()
    if match := _FOLD.match(text, at):
        return "times", Decimal(1), match.end()
    if match := _DEGREES.match(text, at):
        return "degrees", Decimal(1), match.end()
    if match := _AREA.match(text, at):
        word = {"m": "metres", "km": "km", "ft": "ft"}.get(match["word"].lower(), match["word"].lower())
        if word in UNITS:
            power = re.sub(r"sq\b\.?", "square", match["power"].lower()).replace("-", " ")
            return f"{power} {UNITS[word][0]}", Decimal(1), match.end()
    kind = _KIND_OF_TIME.match(text, at)
    word_after = NEXT_WORD.match(text, kind.end() if kind else at)
    if word_after is None:
        return None
    name = word_after["word"]
    if name == "p" and not word_after["join"]:
        return "GBP", Decimal("0.01"), word_after.end()
    if name in CURRENCIES and name.isalpha():
        return name, Decimal(1), word_after.end()
    if name.lower() not in UNITS:
        return None
    return *UNITS[name.lower()], word_after.end()
