"""What follows or precedes a number and says what it measures: currencies, scale words, units."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from index.figures.rules import Chain, Family, Note, Row, Rule
from index.text.number_words import SPACE
from index.text.numerals import without_spaces

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

_VOCABULARY: Final = "a word of the language: it means this wherever it comes after a number"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that follows a number as one word.

    ``words`` are its spellings in any case, ``signs`` those that are told by their case. One of it is ``many`` of
    ``unit``, the name that a figure carries.
    """

    name: str
    example: str
    words: str = ""
    signs: str = ""
    unit: str = ""
    many: Decimal = Decimal(1)
    kept: str = _VOCABULARY

    @property
    def carried(self) -> str:
        """The name of the unit in a figure."""
        return self.unit or self.name


# Left out because they mean other things in a release: "m" (metres or millions), "g" (grams or a generation of mobile
# network), "second" (an ordinal)
_UNITS: Final = (
    Unit("pounds", "5 million pounds", "pound pounds sterling", unit="GBP"),
    Unit("pence", "50 pence", "pence", unit="GBP", many=Decimal("0.01")),
    Unit("euros", "5 million euros", "euro euros", unit="EUR"),
    Unit("dollars", "5 million dollars", "dollar dollars", unit="USD"),
    Unit("years", "3 years", "year years yr yrs"),
    Unit("decades", "three decades", "decade decades", unit="years", many=Decimal(10)),
    Unit("centuries", "three centuries", "century centuries", unit="years", many=Decimal(100)),
    Unit("months", "3 months", "month months"),
    Unit("weeks", "3 weeks", "week weeks"),
    Unit("days", "3 days", "day days"),
    Unit("hours", "3 hours", "hour hours hr hrs"),
    Unit("minutes", "3 minutes", "minute minutes min mins"),
    Unit("seconds", "3 seconds", "seconds"),
    Unit("times", "three times", "times"),
    Unit("tonnes", "119 tonnes", "tonne tonnes"),
    Unit("tons", "119 tons", "ton tons"),
    Unit("kg", "3kg", "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes"),
    Unit("lb", "3 lbs", "lb lbs"),
    Unit("grams", "3 grams", "gram grams gramme grammes"),
    Unit("mg", "3mg", "mg milligram milligrams"),
    Unit("litres", "3 litres", "litre litres liter liters"),
    Unit("ml", "3ml", "ml millilitre millilitres"),
    Unit("kcal", "300 kcal", "kcal kcals kilocalorie kilocalories"),
    Unit("km", "3km", "km kilometre kilometres kilometer kilometers"),
    Unit("miles", "3 miles", "mile miles"),
    Unit("metres", "3 metres", "metre metres meter meters"),
    Unit("cm", "3cm", "cm centimetre centimetres"),
    Unit("mm", "3mm", "mm millimetre millimetres"),
    Unit("yards", "3 yards", "yard yards"),
    Unit("inches", "3 inches", "inch inches"),
    Unit("knots", "3 knots", "knot knots"),
    Unit("feet", "3 feet", "foot feet ft"),
    Unit("hectares", "7,800ha", "hectare hectares ha"),
    Unit("acres", "3 acres", "acre acres"),
    Unit("mph", "70mph", "mph"),
    Unit("MW", "3MW", "megawatt megawatts", "MW"),
    Unit("GW", "3GW", "gigawatt gigawatts", "GW"),
    Unit("degrees", "3 degrees", "degree degrees"),
    *(Unit(name, f"3{name}", signs=name) for name in ("kW", "kWh", "MWh", "GWh", "TWh", "TB", "GHz", "MHz")),
    Unit("KB", "3KB", signs="KB kB kb Kb"),
    Unit("MB", "3MB", signs="MB Mb"),
    Unit("GB", "3GB", signs="GB"),
    Unit("Mbps", "30mbps", signs="Mbps mbps"),
    Unit("Gbps", "30gbps", signs="Gbps gbps"),
)


_KIND_OF_TIME = re.compile(
    rf"{SPACE}(?:financial|fiscal|tax|academic|school|calendar|consecutive|successive|full|long|working"
    r"|contracted)"
    rf"(?={SPACE}(?:year|month|week|day|hour)s?\b)"
    rf"|{SPACE}(?:additional|extra|further|more)(?={SPACE}[a-z]+s\b)",
    re.IGNORECASE,
)

WORD: Final = re.compile(rf"(?P<join>{SPACE}|-|)(?P<word>[^\W\d_]+)")
"""The word that follows a number, with what joins the two: a space, a hyphen, or nothing."""

_PERCENT = re.compile(
    rf"(?:{SPACE}?%|{SPACE}?per{SPACE}?cent(?=\b|age))(?P<points>(?:age)?(?:{SPACE}|-)points?\b)?(?!age)",
    re.IGNORECASE,
)
_AREA_SIGN = re.compile(rf"{SPACE}?(?P<length>km|cm|mm|m|ft)(?P<power>[²³])")
_BASIS_POINTS = re.compile(rf"(?:{SPACE}|-)basis(?:{SPACE}|-)points?\b|{SPACE}?bps\b", re.IGNORECASE)
_FOLD = re.compile(r"[ -]?fold\b", re.IGNORECASE)
_PER = re.compile(
    rf"{SPACE}per{SPACE}(?P<base>million|100(?:,|{SPACE})?000|10(?:,|{SPACE})?000|1(?:,|{SPACE})?000|100)(?![\w,]*[0-9])"
)
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

_AREA_WORDS = {"m": "metres", "km": "km", "ft": "ft"}
_AREA = re.compile(
    rf"(?:{SPACE}|-)(?P<power>(?:square|sq\.?){SPACE}nautical|square|sq\.?|cubic|nautical)(?:{SPACE}|-)(?P<word>[a-z]+)",
    re.IGNORECASE,
)

Measured = tuple[str, Decimal, int]
"""The unit after a number, how many of it one is, and where its words end."""


def _always(pattern: re.Pattern[str], unit: str, many: Decimal = Decimal(1)) -> Callable[[str, int], Measured | None]:
    """Return a rule: what ``pattern`` matches after a number is that unit."""

    def decide(text: str, at: int) -> Measured | None:
        match = pattern.match(text, at)
        return (unit, many, match.end()) if match else None

    return decide


_TONNES: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}
_CARBON: Final = re.compile(rf"{SPACE}?(?:t(?={SPACE}?CO2)|(?P<scale>[kMG])t)(?:{SPACE}?CO2(?:{SPACE}?eq?)?)?\b")


def _carbon(text: str, at: int) -> Measured | None:
    """Read tonnes, mostly of carbon dioxide: "24.2 MtCO2e", "11.5 Mt", "30 t CO2"."""
    match = _CARBON.match(text, at)
    return ("tonnes", Decimal(_TONNES[match["scale"] or ""]), match.end()) if match else None


def _percent(text: str, at: int) -> Measured | None:
    match = _PERCENT.match(text, at)
    return ("percentage points" if match["points"] else "percent", Decimal(1), match.end()) if match else None


def _per(text: str, at: int) -> Measured | None:
    match = _PER.match(text, at)
    if match is None:
        return None
    base = "1000000" if match["base"] == "million" else without_spaces(match["base"]).replace(",", "")
    return f"per {base}", Decimal(1), match.end()


def _area(text: str, at: int) -> Measured | None:
    match = _AREA.match(text, at)
    if match is None:
        return None
    length = _LENGTHS.get(_AREA_WORDS.get(match["word"].lower(), match["word"].lower()))
    power = " ".join("square" if part.startswith("sq") else part for part in match["power"].lower().split())
    return (f"{power} {length}", Decimal(1), match.end()) if length else None


def _area_sign(text: str, at: int) -> Measured | None:
    match = _AREA_SIGN.match(text, at)
    if match is None:
        return None
    length = _AREA_WORDS.get(match["length"], match["length"])
    return f"{'square' if match['power'] == '²' else 'cubic'} {_LENGTHS[length]}", Decimal(1), match.end()


class UnitWords(Family):
    """The units that are one word, found by looking the word up."""

    def __init__(self, units: tuple[Unit, ...], note: Note | None = None) -> None:
        self.title = "unit"
        self._units = units
        self._note = note
        self._words = {word: each for each in units for word in each.words.split()}
        self._signs = {sign: each for each in units for sign in each.signs.split()}

    def after(self, text: str, at: int) -> Measured | None:
        """Return the unit whose word follows a number that ends at ``at``."""
        kind = _KIND_OF_TIME.match(text, at)
        word = WORD.match(text, kind.end() if kind else at)
        if word is None:
            return None
        name = word["word"]
        unit = self._signs.get(name)
        if unit is None:
            shouted = name != name.lower() and not word["join"]
            unit = None if shouted else self._words.get(name.lower())
        if unit is None:
            return None
        if self._note is not None:
            self._note(self.id_of(unit.name))
        return unit.carried, unit.many, word.end()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The units."""
        return self._units

    def without(self, name: str) -> Self:
        """Return the units without one of them."""
        return type(self)(tuple(each for each in self._units if each.name != name), self._note)

    def watched(self, note: Note) -> Self:
        """Return units that tell ``note`` which of them was read."""
        return type(self)(self._units, note)


_LENGTHS: Final = {word: unit.carried for unit in _UNITS for word in unit.words.split()}


@dataclass(frozen=True, slots=True)
class Units:
    """The rules by which a number has a unit: ``patterns`` first, then ``words``."""

    patterns: Chain[[str, int], Measured]
    words: UnitWords


_NOTATION: Final = "a notation with one meaning: it is read wherever it occurs"

UNITS: Final = Units(
    patterns=Chain(
        "unit pattern",
        (
            Rule("fold", "10-fold", _always(_FOLD, "times")),
            Rule("miles per hour", "70 miles per hour", _always(_SPEED, "mph"), _NOTATION),
            Rule("kilometres per hour", "85 km/h", _always(_METRIC_SPEED, "km/h")),
            Rule("degrees", "20°C", _always(_DEGREES, "degrees")),
            Rule("metres", "a tower 20m high", _always(_METRES, "metres")),
            Rule("carbon", "24.2 MtCO2e", _carbon, _NOTATION),
            Rule("percent", "24%", _percent),
            Rule("basis points", "25 basis points", _always(_BASIS_POINTS, "basis points"), _NOTATION),
            Rule("per", "0.11 per 100,000", _per, _NOTATION),
            Rule("area sign", "300 m²", _area_sign, _NOTATION),
            Rule("area", "28 square kilometres", _area),
            Rule("pence", "50p", _always(re.compile(r"p(?![^\W\d_])"), "GBP", Decimal("0.01")), _NOTATION),
        ),
    ),
    words=UnitWords(_UNITS),
)


def scale(word: re.Match[str], money: bool, in_digits: bool) -> int | None:
    """Return what the scale word or sign after a number multiplies it by, or ``None`` for another word.

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


def unit_after(text: str, at: int, rules: Units = UNITS) -> Measured | None:
    """Return the unit that follows a number ending at ``at``, how many of it one is, and where it ends."""
    return rules.patterns(text, at) or rules.words.after(text, at)
