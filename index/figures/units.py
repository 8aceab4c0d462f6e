"""What follows or precedes a number and says what it measures: currencies, scale words, units."""

import re
from decimal import Decimal
from typing import Final

from index.text.number_words import SPACE

CURRENCY_SIGNS: Final = {
    "£": "GBP",
    "$": "USD",
    "€": "EUR",
    "¥": "JPY",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "HK$": "HKD",
}
CURRENCY_CODES: Final = ("GBP", "USD", "EUR", "JPY", "CHF", "AUD", "CAD", "NZD")
DURATIONS: Final = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "seconds"})
"""The units of duration; "decade" and "century" are read as 10 and 100 years."""

_SCALE_WORDS = {
    "hundred": 100,
    "dozen": 12,
    "thousand": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "trillion": 10**12,
    "trillions": 10**12,
}
_SCALE_SIGNS = {"k": 10**3, "mn": 10**6, "mln": 10**6, "bn": 10**9, "tn": 10**12}

# unit -> its spellings. Left out because they mean other things in a release: "m" (metres or millions),
# "g" (grams or a generation of mobile network), "second" (an ordinal)
_SPELLINGS = {
    "GBP": "pound pounds sterling",
    "EUR": "euro euros",
    "USD": "dollar dollars",
    "percent": "percent",
    "years": "year years yr yrs",
    "months": "month months",
    "weeks": "week weeks",
    "days": "day days",
    "hours": "hour hours hr hrs",
    "minutes": "minute minutes min mins",
    "seconds": "seconds",
    "times": "times",
    "tonnes": "tonne tonnes",
    "tons": "ton tons",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "lb": "lb lbs",
    "grams": "gram grams gramme grammes",
    "mg": "mg milligram milligrams",
    "litres": "litre litres liter liters",
    "ml": "ml millilitre millilitres",
    "kcal": "kcal kcals kilocalorie kilocalories",
    "km": "km kilometre kilometres kilometer kilometers",
    "miles": "mile miles",
    "metres": "metre metres meter meters",
    "cm": "cm centimetre centimetres",
    "mm": "mm millimetre millimetres",
    "yards": "yard yards",
    "inches": "inch inches",
    "knots": "knot knots",
    "feet": "foot feet ft",
    "hectares": "hectare hectares ha",
    "acres": "acre acres",
    "mph": "mph",
    "MW": "megawatt megawatts",
    "GW": "gigawatt gigawatts",
    "degrees": "degree degrees",
}
_UNIT_WORDS = {spelling: (unit, Decimal(1)) for unit, words in _SPELLINGS.items() for spelling in words.split()} | {
    "pence": ("GBP", Decimal("0.01")),
    "decade": ("years", Decimal(10)),
    "decades": ("years", Decimal(10)),
    "century": ("years", Decimal(100)),
    "centuries": ("years", Decimal(100)),
}
_KIND_OF_TIME = re.compile(
    rf"{SPACE}(?:financial|fiscal|tax|academic|school|calendar|consecutive|successive|full|long|working"
    r"|contracted)"
    rf"(?={SPACE}(?:year|month|week|day|hour)s?\b)"
    rf"|{SPACE}(?:additional|extra|further|more)(?={SPACE}[a-z]+s\b)",
    re.IGNORECASE,
)
_SIGNS = "kW kWh MW MWh GW GWh TWh KB MB GB TB GHz MHz Mbps Gbps"
_UNIT_SIGNS = {sign: sign for sign in _SIGNS.split()} | {
    "mbps": "Mbps",
    "gbps": "Gbps",
    "kB": "KB",
    "kb": "KB",
    "Kb": "KB",
    "Mb": "MB",
}

WORD: Final = re.compile(rf"(?P<join>{SPACE}|-|)(?P<word>[^\W\d_]+)")
"""The word that follows a number, with what joins the two: a space, a hyphen, or nothing."""

_PERCENT = re.compile(
    rf"(?:{SPACE}?%|{SPACE}?per{SPACE}?cent(?=\b|age))(?P<points>(?:age)?(?:{SPACE}|-)points?\b)?(?!age)",
    re.IGNORECASE,
)
_POINTS = re.compile(rf"(?:{SPACE}|-)percentage(?:{SPACE}|-)points?\b", re.IGNORECASE)
_FOLD = re.compile(r"[ -]?fold\b", re.IGNORECASE)
_PER = re.compile(rf"{SPACE}per{SPACE}(?P<base>million|100,?000|10,?000|1,?000|100)(?![\w,]*[0-9])")
_METRIC_SPEED = re.compile(
    rf"{SPACE}?(?:km/h|kph|kmph)\b|{SPACE}kilometres{SPACE}(?:per|an){SPACE}hour\b", re.IGNORECASE
)
_SPEED = re.compile(rf"{SPACE}miles{SPACE}(?:per|an){SPACE}hour\b", re.IGNORECASE)
_DEGREES = re.compile(
    rf"{SPACE}?°{SPACE}?[CF]?\b|°|{SPACE}degrees{SPACE}(?:Celsius|Fahrenheit|centigrade)\b", re.IGNORECASE
)
_PEOPLE = re.compile(
    rf"{SPACE}(?:people|children|pupils|adults|women|men|patients|workers|jobs|households|homes|families|customers"
    r"|visitors|voters|passengers|tests|doses)\b"
)
# a bare "m" is metres where what follows says so, else perhaps millions
_METRES = re.compile(
    rf"m\b(?={SPACE}(?:long|high|tall|wide|deep|away|above|below|from|to{SPACE}the|north|south|east|west|race|sprint"
    r"|stretch|in\slength|offshore|underground)\b|[)\]])"
)


def _of_carbon(scale: str) -> re.Pattern[str]:
    """Return the pattern of tonnes, mostly of carbon dioxide: "24.2 MtCO2e", "11.5 Mt"."""
    gas = rf"{SPACE}?CO2(?:{SPACE}?eq?)?"
    return re.compile(rf"{SPACE}?{scale}t{f'(?:{gas})?' if scale else gas}\b")


# sterling is not thrown, carried or fired
_POUNDS_OF_WEIGHT = re.compile(
    r"-pound(?=[ -](?:bombs?|shells?|warheads?|missiles?|charges?|guns?|weights?|packs?|loads?|man\b))", re.IGNORECASE
)
_PATTERNS = (
    (_POUNDS_OF_WEIGHT, "lb", 1),
    (_POINTS, "percentage points", 1),
    (_FOLD, "times", 1),
    (_SPEED, "mph", 1),
    (_METRIC_SPEED, "km/h", 1),
    (_DEGREES, "degrees", 1),
    (_METRES, "metres", 1),
    (_of_carbon(""), "tonnes", 1),
    (_of_carbon("k"), "tonnes", 10**3),
    (_of_carbon("M"), "tonnes", 10**6),
    (_of_carbon("G"), "tonnes", 10**9),
)
_AND_MOUTH = re.compile(rf"(?<=foot)(?:{SPACE}|-)and(?:{SPACE}|-)mouth\b", re.IGNORECASE)
_AREA_WORDS = {"m": "metres", "km": "km", "ft": "ft"}
_AREA = re.compile(
    rf"(?:{SPACE}|-)(?P<power>(?:square|sq\.?){SPACE}nautical|square|sq\.?|cubic|nautical)(?:{SPACE}|-)(?P<word>[a-z]+)",
    re.IGNORECASE,
)


def scale(word: re.Match[str], money: bool, in_digits: bool) -> int | None:
    """Return what the scale word or sign after a number multiplies it by, or ``None`` if it is none.

    "m" is millions only of money and of people: of other things it is as often metres. Signs follow digits only.
    """
    name = word["word"]
    if name.lower() in _SCALE_WORDS:
        return _SCALE_WORDS[name.lower()]
    if not in_digits or word["join"] == "-":
        return None
    if not money and name == "m":
        return 10**6 if _PEOPLE.match(word.string, word.end()) else None
    if money:
        return 10**6 if name in ("m", "M") else _SCALE_SIGNS.get(name.lower())
    return _SCALE_SIGNS.get(name)


def unit_after(text: str, at: int) -> tuple[str, Decimal, int] | None:
    """Return the unit that follows a number ending at ``at``, how many of it one is, and where it ends."""
    for pattern, name, many in _PATTERNS:
        if match := pattern.match(text, at):
            return name, Decimal(many), match.end()
    if match := _PERCENT.match(text, at):
        return "percentage points" if match["points"] else "percent", Decimal(1), match.end()
    if match := _PER.match(text, at):
        base = "1000000" if match["base"] == "million" else match["base"].replace(",", "")
        return f"per {base}", Decimal(1), match.end()
    if (match := _AREA.match(text, at)) and (name := _AREA_WORDS.get(match["word"].lower(), match["word"].lower())):
        power = " ".join("square" if part.startswith("sq") else part for part in match["power"].lower().split())
        if name in _UNIT_WORDS:
            return f"{power} {_UNIT_WORDS[name][0]}", Decimal(1), match.end()
    kind = _KIND_OF_TIME.match(text, at)
    word = WORD.match(text, kind.end() if kind else at)
    if word is None:
        return None
    name, join = word["word"], word["join"]
    if name in _UNIT_SIGNS:
        return _UNIT_SIGNS[name], Decimal(1), word.end()
    if name == "p" and not join:
        return "GBP", Decimal("0.01"), word.end()
    if name.lower() == "second" and join == "-":
        return "seconds", Decimal(1), word.end()
    shouted = name != name.lower() and not join
    if name.lower() not in _UNIT_WORDS or shouted or _AND_MOUTH.match(text, word.end()):
        return None
    return *_UNIT_WORDS[name.lower()], word.end()
