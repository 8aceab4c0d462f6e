"""The quantities in a text: what number is stated, of what unit, with what qualifier, and where.

The grammar is our own, in regular expressions that read each character a bounded number of times. It
prefers silence to invention: what may be a date, a label or part of a name is left out, and a malformed
number ("£1.2.3 billion", "1.000.000", "10,00") has no value at all.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Final

from index.figures.amounts import AMOUNTS, ANCHOR, Amount, Amounts, amount_at
from index.figures.exclusions import EXCLUSIONS, Exclusions, not_a_figure
from index.figures.qualifiers import EXACTLY, QUALIFYING, Qualifying, qualifier_after, qualifier_before
from index.figures.rules import Chain, Rule
from index.figures.units import DURATIONS, unit_after
from index.figures.zeros import ZEROS, Nought, noughts
from index.text.number_words import SPACE
from index.types import Span


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text states it.

    ``span`` covers the statement, qualifier included ("more than 2,100"); ``number`` only the number with
    its scale word, currency and unit ("2,100"). ``value`` is exact, in ``unit``: the low end where
    ``value_max`` gives a range its high end. ``unit`` is an ISO 4217 code, "percent", "percentage points",
    "basis points", "times" (multiples and occasions), "per 100000" and the like, a measure ("tonnes", "kg", "years",
    "months"), or empty for a count and for a part of a whole ("a third"). ``qualifier`` is one of
    `index.figures.qualifiers.QUALIFIERS`. ``counted`` are the words that are counted, where they are part of the
    number: "No arrests".
    """

    span: Span
    number: Span
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    text: str
    counted: Span | None = None


_BETWEEN = re.compile(rf"\bbetween{SPACE}$", re.IGNORECASE)
_FROM = re.compile(rf"\b(?P<word>from|by){SPACE}$", re.IGNORECASE)
_OR = re.compile(rf"{SPACE}or{SPACE}", re.IGNORECASE)
_DASH = re.compile(rf"[-–—](?=[0-9£$€¥])|{SPACE}[-–—]{SPACE}(?=[0-9£$€¥])")
_TO = re.compile(rf"{SPACE}to{SPACE}|-to-", re.IGNORECASE)
_AND = re.compile(rf"{SPACE}and{SPACE}", re.IGNORECASE)
# "rising from 3 to 12 months" states two figures, "from 3 to 12 months" one range
_CHANGE = re.compile(
    r"\b(?:ris|rose|increas|gr[eo]w|f[ae]ll|drop|declin|decreas|reduc|cut|extend|rais|lower|doubl|trebl|tripl"
    r"|quadrupl|halv|up\b|down\b|mov|chang|expand|jump|climb|improv|went\b|go(?:es|ing)?\b|short|length)"
    r"[^.;\n]{0,60}$",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"(?:[-–/.][0-9][0-9.,]*)+")
_LEAD = re.compile(
    r"[\s\"'“‘(\[]*(?:(?:an?|the|this|by|of|to|in|up|down|only|just|another|total|extra|additional|further)\s+)*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[\s-][^\W\d_]+(?:['’][a-z]+)?,?){0,10}[\s\"'”’)\].,;:!?]*")


_SHORT_PERIOD: Final = 100
"""A length of time below this many units may be a plan's ("over 5 years"); "over 13,000 hours" is not. With 20 to 1,000
the labelled dev releases are read alike."""

_JOINT_BEFORE: Final = 8
"""How many characters before a range are searched for "between" or "from"."""

_CHANGE_BEFORE: Final = 80
"""How many characters before a range are searched for a verb of change: 60 between them, and the verb."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Two amounts that may be the ends of one range: ``dashed`` with a dash between, ``glued`` without blanks round it.

    ``shared`` says that the unit is written at the high end only ("15 to 20%").
    """

    text: str
    low: Amount
    high: Amount
    dashed: bool
    glued: bool
    shared: bool

    @property
    def fell(self) -> bool:
        """Whether the second amount is not above the first."""
        return self.low.value >= self.high.value

    def before(self, pattern: re.Pattern[str], reach: int) -> re.Match[str] | None:
        """Find a pattern that ends right before the range."""
        return pattern.search(self.text, max(0, self.low.start - reach), self.low.start)


def _pause(ends: Ends) -> bool:
    return ends.fell and ends.dashed and not ends.glued


def _changes(ends: Ends) -> bool:
    start = ends.before(_FROM, _JOINT_BEFORE)
    if start is None or (ends.shared and start["word"].lower() == "by"):
        return False  # "by 15 to 20%" is one change
    return ends.fell or ends.before(_CHANGE, _CHANGE_BEFORE) is not None


@dataclass(frozen=True, slots=True)
class QuantityRules:
    """The rules by which the quantities of a text are read.

    ``two_figures`` says that two amounts are no range; ``noughts`` read "none of the 230", "no arrests".
    """

    amounts: Amounts
    exclusions: Exclusions
    qualifying: Qualifying
    two_figures: Chain[[Ends], bool]
    noughts: Chain[[str, re.Match[str]], Nought]


QUANTITIES: Final = QuantityRules(
    amounts=AMOUNTS,
    exclusions=EXCLUSIONS,
    qualifying=QUALIFYING,
    two_figures=Chain(
        "two figures",
        (
            Rule(
                "pause", "cut to 69 million – 12.4 million fewer", _pause, "else neither of two figures would be read"
            ),
            Rule("change", "rising from 3 to 12 months", _changes),
        ),
    ),
    noughts=ZEROS,
)


def quantities(text: str, rules: QuantityRules = QUANTITIES) -> list[Quantity]:
    """Return the quantities of ``text`` in order; their spans do not overlap.

    Left out, because they count and measure nothing: dates, years, times of day, the numbers of Acts,
    sections, classes, addresses and telephones, list markers, ordinals, digits in names (MI5, COVID-19),
    and "one" where nothing shows that it counts. Time is linear in the length of the text.
    """
    found = list(_read(text, rules))
    none = [_of_nought(text, each) for each in noughts(text, rules.noughts)]
    if not none:
        return found
    ends = [each.span.end for each in none]

    def apart(each: Quantity) -> bool:  # "none of the 230" states nought, not 230
        nearest = bisect_right(ends, each.span.start)
        return nearest == len(none) or each.span.end <= none[nearest].span.start

    return sorted([*filter(apart, found), *none], key=lambda each: each.span.start)


def _of_nought(text: str, found: Nought) -> Quantity:
    span = found.number
    return Quantity(span, span, Decimal(0), None, found.unit, EXACTLY, span.of(text), found.counted)


def parse_quantity(text: str) -> Quantity | None:
    """Return the one quantity that ``text`` as a whole states ("more than 800 people"), or ``None``.

    A qualifier and an article may stand before the number, and up to ten words with what is counted after
    it. Any other text, among them a date, a year, a label or two quantities, gives ``None``.
    """
    return whole_quantity(text, years=False)


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether both state the same number, or the same range, whatever the unit and the qualifier."""
    return a.value == b.value and a.value_max == b.value_max


def whole_quantity(text: str, years: bool) -> Quantity | None:
    """Return the quantity that the whole text is, as `parse_quantity` does; ``years`` reads "2000" as a number."""
    found = list(islice(_read(text, QUANTITIES, alone=True, years=years), 2))
    if len(found) != 1:
        return None
    span = found[0].span
    whole = _LEAD.fullmatch(text, 0, span.start) and _TAIL.fullmatch(text, span.end)
    return found[0] if whole else None


def _read(text: str, rules: QuantityRules, alone: bool = False, years: bool = False) -> Iterator[Quantity]:
    """Walk over the places where a number can begin; ``alone`` and ``years`` as in `not_a_figure`."""
    at = floor = 0
    while (anchor := ANCHOR.search(text, at)) is not None:
        read_on = rules.exclusions.starts(text, anchor.start(), anchor.end())
        if read_on is not None:
            at = read_on
            continue
        low = amount_at(text, anchor.start(), rules.amounts)
        if isinstance(low, int):
            at = low
            continue
        extent = _range(text, low, floor, rules)
        if isinstance(extent, int):
            at = extent
            continue
        begin, low, high = extent
        last = high or low
        in_plan = low.unit in DURATIONS and low.value < _SHORT_PERIOD
        qualifier, begin = qualifier_before(text, begin, last.end, floor, duration=in_plan, rules=rules.qualifying)
        whole = replace(last, start=low.start)
        read_on = not_a_figure(text, whole, qualifier, begin, alone=alone, years=years, rules=rules.exclusions)
        if read_on is not None:
            at = read_on
            continue
        end = last.end
        if qualifier == EXACTLY:
            qualifier, end = qualifier_after(text, end, rules.qualifying)
            if (
                qualifier != EXACTLY
                and high is None
                and last.bare
                and (unit := unit_after(text, end, rules.amounts.units))
            ):
                name, many, end = unit  # "three or more years"
                last = replace(last, unit=name, value=last.value * many)
        span = Span(begin, end)
        yield Quantity(
            span=span,
            number=Span(low.start, last.end),
            value=low.value if high else last.value,
            value_max=high.value if high else None,
            unit=last.unit,
            qualifier=qualifier,
            text=span.of(text),
        )
        at = floor = end


def _range(text: str, low: Amount, floor: int, rules: QuantityRules) -> tuple[int, Amount, Amount | None] | int:
    """Look for the high end of a range that ``low`` begins.

    Returns where the statement begins, its low and its high end, or where to read on if the two ends make
    no sense together: then neither is a figure.
    """
    between = _BETWEEN.search(text, max(floor, low.start - _JOINT_BEFORE), low.start)
    begin = between.start() if between else low.start
    dash = _DASH.match(text, low.end)
    joined = dash or _TO.match(text, low.end) or (_AND.match(text, low.end) if between else None)
    high = amount_at(text, joined.end(), rules.amounts) if joined else 0
    if joined is None and low.bare and (either := _OR.match(text, low.end)):
        next_one = amount_at(text, either.end(), rules.amounts)
        if isinstance(next_one, Amount) and next_one.raw == low.raw + 1 and not next_one.money:
            joined, high = either, next_one  # "two or three times"
    glued = dash is not None and not dash.group()[0].isspace()  # else it may be a pause
    if joined is None or isinstance(high, int):
        return _chain_end(text, joined.start()) if joined and glued else (low.start, low, None)
    matched = _matched(low, high, dash is not None)
    if matched is None or low.like_a_year or high.like_a_year:
        return _chain_end(text, high.end) if glued else (low.start, low, None)
    if dash and _CHAIN.match(text, high.end):
        return _chain_end(text, high.end)  # "2024-01-16", "0300-123-123"
    ends = Ends(text, *matched, dash is not None, glued, bool(high.unit and not low.unit))
    if rules.two_figures(ends):
        # a pause leaves the first amount as it is written; a change gives it the unit of the second
        return low.start, low if _pause(ends) else ends.low, None
    return ends.high.end if ends.fell else (begin, ends.low, ends.high)


def _chain_end(text: str, at: int) -> int:
    chain = _CHAIN.match(text, at)
    return chain.end() if chain else at + 1


def _matched(low: Amount, high: Amount, dashed: bool) -> tuple[Amount, Amount] | None:
    """Give both ends of a range the unit and the scale that may be written at one only ("£5-10 million")."""
    if high.scaled and not low.scaled and low.raw < high.raw and high.raw:
        low = replace(low, value=low.value * (high.value / high.raw), scaled=True)
    if low.unit == high.unit:
        return low, high
    if not low.unit and not high.money and not low.part:
        return replace(low, unit=high.unit), high
    if low.money and not high.unit and (dashed or high.scaled):
        return low, replace(high, unit=low.unit)
    return None
