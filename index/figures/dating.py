"""Which of the periods that a sentence names belongs to which of its figures.

A figure has the period after it in its clause, or else one before it that still holds. Whatever stops either is a
rule with a name.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from index.figures.rules import Chain, Rule, unlabelled
from index.types import Period, Span

_REACH: Final = 240
"""How many characters apart a figure and its period are at most: about the longest clause of a release. With 400 the
labelled dev releases are read alike; with 60, eight more of 1,178 figures have the labelled period."""

_NEWS_WITHIN: Final = 20
"""How many characters before a period are searched for a verb of announcing; the longest has 11."""

_NEWS_DAYS: Final = 31
"""A period longer than a month dates more than an announcement: what was announced last year is mostly last year's.
With 7 days, two periods of the labelled dev releases are lost."""

_GROUP_WITHIN: Final = 20
"""How many characters before a figure are searched for what makes it count known ones ("of all the")."""

_OPENING_WITHIN: Final = 12
"""How many characters before a period are searched for the beginning of its clause: ", but " and blanks."""

_WORTH_WITHIN: Final = 24
"""How many characters before a figure are searched for what makes it the worth of the one before: "at a cost of"."""

_BASE_WITHIN: Final = 4
"""A word of comparison may be inside a period by this much: "over" is read as part of "over last year"."""

_COMPARES = re.compile(
    r"\b(?:than|compared\s(?:to|with)|versus|vs|relative\sto|up\son|down\son|over(?=\slast\syear)|(?:from|on|over(?!\sthe\slast))"
    r"(?=\s(?:the\s)?(?:last|previous|same|year|(?:19|20)\d\d\b(?![/–-]|\s(?:to|until|on))))"
    r"|(?:highest|lowest|largest|biggest|smallest|best|worst|most|record|greatest|fastest|longest|unmatched)"
    r"(?=[^,;.]{0,60}?\ssince\b))\b",
    re.IGNORECASE,
)
_AS_NEWS = re.compile(r"\bas\s(?:announced|said|planned|promised|pledged|reported|expected)\s$")
"""What dates the saying, however long ago: "not £2.40 as announced last year"."""

_NEWS = re.compile(r"\b(?:announced|published|unveiled|revealed|confirmed|set\sout|pledged|promised|reported)\s$")
_OPENING = re.compile(r"(?:^|[.!?•\n:;“\"(–—]|,\s*(?:and|but)?)\s*$")
_DEFINITE = re.compile(
    r"\b(?:the|all|these|those|both|our|its|their|his|her|your|my)\s(?:(?:other|first|last|top|remaining|same)\s)?$",
    re.IGNORECASE,
)
_FIRST_OF = re.compile(r"\b(?:first|second|third|latest|last|one)\sof\s(?:the\s|our\s|its\s|their\s)?$", re.IGNORECASE)
_WORTH = re.compile(r"\b(?:worth|valued\sat|costing|at\sa\scost\sof|or)\s(?:(?:about|around|over|nearly|some)\s)?$")
_NOW = re.compile(r"\b(?:now|currently)\b", re.IGNORECASE)
_TODAY = re.compile(r"\btoday\b", re.IGNORECASE)
_OWNS = re.compile(r"['’]s\s(?=[£$€]?[0-9])")
_BREAK = re.compile(r"[;:]|\s[–—-]\s")
_CLAUSE = re.compile(
    r"[;:]|\s[–—-]\s|,\s(?:and|but|while|with|as|up|down|which|expected|due|(?:rising|increasing|falling|growing|reducing)\sto)\b"
    r"|,\snot\b|\b(?:instead\sof|rather\sthan)\b"
)
_OF_BASE = re.compile(
    r"\b(?:(?:up|down)\sfrom|against|compared\s(?:with|to)|than)\s(?:(?:the|an?|about|some|over)\s)?[£$€]?[0-9](?:(?!,\s)[^;:]){0,50}$"
)
"""What stands before the time of what something is compared with: "down from 12,655 the year before"."""

_BASE_FIGURE_WITHIN: Final = 80
"""How many characters before a period are searched for that."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence with its figures and the words that compare, both by the offsets at which they begin."""

    body: str
    sentence: Span
    figures: Sequence[int]
    compares: Sequence[int]

    def before(self, at: int, pattern: re.Pattern[str], within: int) -> re.Match[str] | None:
        """Find a pattern that ends right before ``at``, within the sentence."""
        return pattern.search(self.body, max(self.sentence.start, at - within), at)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A figure and a period that may be its own, with the text between.

    ``other`` is a period before the figure that holds for it.
    """

    clause: Clause
    figure: Span
    period: Period
    other: Period | None
    between: str


# --- periods of no figure


def _base(clause: Clause, period: Period) -> bool:
    """Whether it is what something is compared with ("than last year"), with no figure between."""
    start = period.span.start
    if _possessed(clause, period):
        return False
    place = bisect_left(clause.compares, start + _BASE_WITHIN)
    if not place or start - clause.compares[place - 1] > _REACH:
        return False
    mark = clause.compares[place - 1]
    if _CLAUSE.search(clause.body, mark, start):
        return False
    return bisect_left(clause.figures, mark) == bisect_left(clause.figures, start)


def _possessed(clause: Clause, period: Period) -> bool:
    """Whether a figure is said to be that period's own: "August's 74,800"."""
    owns = _OWNS.match(clause.body, period.span.end)
    return owns is not None and owns.end() in clause.figures


def _news(clause: Clause, period: Period) -> bool:
    """Whether it dates an announcement, not what is counted: "£5 million announced last month"."""
    if clause.before(period.span.start, _AS_NEWS, _NEWS_WITHIN):
        return True
    settled = period.start is not None and period.end is not None
    if settled and period.start and period.end and (period.end - period.start).days > _NEWS_DAYS:
        return False
    return clause.before(period.span.start, _NEWS, _NEWS_WITHIN) is not None


# --- figures of no period: how many some known ones are, which is so at any time


def _one_of_them(clause: Clause, figure: Span) -> bool:
    return clause.before(figure.start, _FIRST_OF, _GROUP_WITHIN) is not None


def _known_ones(clause: Clause, figure: Span) -> bool:
    """Read "the two countries", "all 32 trains"; a large number after "the" is news."""
    if not clause.before(figure.start, _DEFINITE, _GROUP_WITHIN):
        return False
    words = figure.of(clause.body)
    return len(words) < 3 if words.isdigit() else words.isalpha()


# --- a period after a figure that is not the figure's


def _far(pairing: Pairing) -> bool:
    return pairing.period.span.start - pairing.figure.end > _REACH


def _of_another(pairing: Pairing) -> bool:
    return _possessed(pairing.clause, pairing.period)


def _in_brackets(pairing: Pairing) -> bool:
    return "(" in pairing.between and ")" not in pairing.between


def _next_clause(pairing: Pairing) -> bool:
    return _CLAUSE.search(pairing.between) is not None


def _compared(pairing: Pairing) -> bool:
    return _COMPARES.search(pairing.between) is not None


def _another_figure(pairing: Pairing) -> bool:
    """A figure between takes the period, if the first one has one before it already.

    One that only says more of the first ("934,000 tonnes worth £1,064 million in 2024") leaves it to both.
    """
    return pairing.other is not None and _figures_between(pairing)


def _figures_between(pairing: Pairing) -> bool:
    clause = pairing.clause
    first = bisect_left(clause.figures, pairing.figure.end)
    between = clause.figures[first : bisect_left(clause.figures, pairing.period.span.start)]
    return any(not clause.before(start, _WORTH, _WORTH_WITHIN) for start in between)


# --- a period before a figure that does not hold for it, or does whatever the rules after it say


Verdict = Literal["holds", "ends"]


def _closed_bracket(pairing: Pairing) -> Verdict | None:
    return "ends" if pairing.between.count("(") != pairing.between.count(")") else None


def _from_to(pairing: Pairing) -> Verdict | None:
    return "ends" if pairing.period.start and pairing.between == " to " else None


def _now(pairing: Pairing) -> Verdict | None:
    over = pairing.period.start is None or pairing.period.end is not None
    return "ends" if over and _NOW.search(pairing.between) else None


def _today(pairing: Pairing) -> Verdict | None:
    return "ends" if _TODAY.search(pairing.between) else None


def _opens_clause(pairing: Pairing) -> Verdict | None:
    start = pairing.period.span.start
    return "holds" if _OPENING.search(pairing.clause.body[max(0, start - _OPENING_WITHIN) : start]) else None


def _single_day(pairing: Pairing) -> Verdict | None:
    period = pairing.period
    return "ends" if period.start is not None and period.start == period.end else None


def _broken_off(pairing: Pairing) -> Verdict | None:
    return "ends" if _BREAK.search(pairing.between) else None


@dataclass(frozen=True, slots=True)
class DatingRules:
    """The rules by which a figure has a period.

    ``no_figures`` says that a period is no figure's, ``no_period`` that a figure has none. ``not_after`` says that the
    period after a figure is not its own, ``before`` whether one before it holds for it ("holds" or "ends").
    """

    no_figures: Chain[[Clause, Period], bool]
    no_period: Chain[[Clause, Span], bool]
    not_after: Chain[[Pairing], bool]
    before: Chain[[Pairing], Verdict]


_SIBLING: Final = "from a sibling of a bug report: 'a little down on August's 74,800'"
_BOUNDED: Final = "safety: it bounds the work in a sentence of a megabyte"

DATING: Final = DatingRules(
    no_figures=Chain(
        "period of no figure",
        (
            Rule("compared with", "Removals are 12% up on 2023.", _base),
            Rule("news", "It cost £5 million announced last month.", _news),
        ),
    ),
    no_period=Chain(
        "figure of no period",
        (
            Rule("one of them", "In May the first of 32 trains left.", _one_of_them),
            Rule("known ones", "In May the two countries met.", _known_ones),
        ),
    ),
    not_after=Chain(
        "period not after",
        (
            Rule("far", f"It took 500 boats {'and then went on ' * 15}in May.", _far, _BOUNDED),
            Rule("of another", "Visits fell to 12 from August's 30.", _of_another, _SIBLING),
            Rule("in brackets", "It took 500 boats (200 in May) and left.", _in_brackets),
            Rule("next clause", "It took 500 boats, and left in May.", _next_clause),
            Rule("compared", "Visits fell to 12 compared to 30 in May 2024.", _compared, unlabelled(10, 79, 12)),
            Rule(
                "another figure",
                "In 2023 it took 500 boats and 20 ships in May 2022.",
                _another_figure,
                unlabelled(11, 24, 12),
            ),
        ),
    ),
    before=Chain(
        "period before",
        (
            Rule("closed bracket", "It left (in 2023) with 500 boats.", _closed_bracket),
            Rule(
                "from to",
                "Boats rose from 20 in 2016 to 30.",
                _from_to,
                "from a bug report: 'rose from A in year 1 to B in year 2'",
            ),
            Rule("now", "Founded in 1990, it currently helps 500 pupils.", _now),
            Rule(
                "today",
                "Yesterday they fined 148, and today 90 more.",
                _today,
                "from a sibling of a bug report; changes one figure of 963 development releases, for the better",
            ),
            Rule("opens its clause", "On 5 May 2024 it took 500 boats.", _opens_clause),
            Rule("single day", "It began on 5 May 2024 and took 500 boats.", _single_day),
            Rule("broken off", "It began in 2023; it took 500 boats.", _broken_off),
        ),
    ),
)


class SentencePeriods:
    """The periods of a sentence, to be given to its figures."""

    def __init__(
        self, body: str, sentence: Span, found: Sequence[Period], figures: Sequence[Span], rules: DatingRules = DATING
    ) -> None:
        compares = [match.start() for match in _COMPARES.finditer(body, sentence.start, sentence.end)]
        self._clause = Clause(body, sentence, [span.start for span in figures], compares)
        self._rules = rules
        self._periods = [each for each in found if not rules.no_figures(self._clause, each)]
        self._starts = [each.span.start for each in self._periods]

    @property
    def any(self) -> bool:
        """Whether the sentence names a period that may be a figure's."""
        return bool(self._periods)

    def of(self, figure: Span) -> Period | None:
        """Return the period that a figure covers: one after it in its clause, else one before it."""
        after = bisect_left(self._starts, figure.end)
        before = after - 1
        while before >= 0 and self._periods[before].span.end > figure.start:
            before -= 1  # a period that the figure is part of: "over the next 5 years"
        if self._rules.no_period(self._clause, figure):
            return None
        following = self._periods[after] if after < len(self._periods) else None
        if before >= 0 and self._is_of_base(figure, self._periods[before]):
            before -= 1
        preceding = self._periods[before] if before >= 0 else None
        if preceding is not None and not self._carries(figure, preceding):
            preceding = None
        reached = following is not None and self._reaches(figure, following, preceding)
        return following if reached else preceding

    def _is_of_base(self, figure: Span, period: Period) -> bool:
        """Whether a period is that of a figure compared with, in a clause before: "up from 280 in 2023, and 120"."""
        between = self._between(period.span.end, figure.start)
        return _CLAUSE.search(between) is not None and (
            self._clause.before(period.span.start, _OF_BASE, _BASE_FIGURE_WITHIN) is not None
        )

    def _reaches(self, figure: Span, period: Period, preceding: Period | None) -> bool:
        between = self._between(figure.end, period.span.start)
        return not self._rules.not_after(Pairing(self._clause, figure, period, preceding, between))

    def _carries(self, figure: Span, period: Period) -> bool:
        between = self._between(period.span.end, figure.start)
        return self._rules.before(Pairing(self._clause, figure, period, None, between)) != "ends"

    def _between(self, start: int, stop: int) -> str:
        return self._clause.body[start:stop] if stop - start <= _REACH else ""
