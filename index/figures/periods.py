"""The periods that a sentence names: what words say when, and from which day to which.

The grammar is our own, because general date parsers misread what releases write ("2024/25", "year ending March
2024", "35,000"). A period that the words alone do not settle keeps its words and has no dates: nothing is guessed.
A period is a stretch of time (`index.figures.times`), mostly after a preposition, or an event without a date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Self

from index.figures.calendar import calendar_days
from index.figures.period_patterns import AGO, ANCHOR, DAY_ALONE, EDGE, EVENT, EVENT_DATED, JOIN, ONWARDS, WITHIN
from index.figures.rules import Chain, Family, Note, Row, Rule
from index.figures.times import TIMES, Role, Sentence, Time, TimeRules, date_at, sentence_of, settled, time_at, year_at
from index.text.dates import WEEKDAY
from index.text.number_words import SPACE
from index.types import Period, Span

_NAME_BEFORE = re.compile(r"\b[A-Z][\w’'.-]*\s$")
_NAME_WITHIN: Final = 30
"""How many characters before "May" are searched for a first name."""

_SURNAME = re.compile(rf"{SPACE}(?!(?:I|The|A|An|{WEEKDAY})\b)[A-Z][a-z’'-]*[a-z]\b")
"""A word after a month's name that makes it a person's."""

_NOT_VAGUE = frozenset({"on", "at", "for", "after", "following", "from", "over", "by"})
"""After these prepositions "the pandemic" or "the spending review" names no time: "for the year ahead"."""

Days = tuple[date | None, date | None, int]
"""The first and last day of a period, where they are known, and the offset at which its words end."""


@dataclass(frozen=True, slots=True)
class Preposition:
    """What a preposition makes of the time after it; ``words`` is a pattern of those that do so."""

    name: Role
    words: str
    example: str
    kept: str = "a closed class of words: each names one way in which a time bounds a period"


class Prepositions(Family):
    """The prepositions of periods, compiled into one pattern in their order."""

    def __init__(self, prepositions: tuple[Preposition, ...], note: Note | None = None) -> None:
        self.title = "preposition"
        self._prepositions = prepositions
        self._note = note
        roles = "|".join(f"(?P<{each.name}>{each.words})" for each in prepositions)
        self._pattern = re.compile(rf"\b(?:{roles}){SPACE}(?:just{SPACE}|only{SPACE})?", re.IGNORECASE)
        self._roles: dict[str, Role] = {each.name: each.name for each in prepositions}

    def at(self, text: str, at: int) -> tuple[Role, int] | None:
        """Return the role of the preposition that begins at ``at``, and where the time after it begins."""
        match = self._pattern.match(text, at)
        if match is None:
            return None
        role = self._roles[match.lastgroup or ""]
        if self._note is not None:
            self._note(self.id_of(role))
        return role, match.end()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The prepositions by role."""
        return self._prepositions

    def without(self, name: str) -> Self:
        """Return the prepositions but for those of one role."""
        return type(self)(tuple(each for each in self._prepositions if each.name != name), self._note)

    def watched(self, note: Note) -> Self:
        """Return prepositions that tell ``note`` which role was read."""
        return type(self)(self._prepositions, note)


def _event(sentence: Sentence, at: int) -> Days | None:
    """Read "since the election", "during the pandemic"."""
    event = EVENT.match(sentence.text, at)
    return (None, None, at + len(event.group().rstrip())) if event else None


def _dated_event(sentence: Sentence, at: int) -> Days | None:
    """Read "since its foundation in Leeds in 1992"."""
    event = EVENT.match(sentence.text, at)
    when = EVENT_DATED.match(sentence.text, at + len(event.group().rstrip())) if event else None
    dated = (date_at(sentence, when.end()) or year_at(sentence, when.end())) if when else None
    if dated is None:
        return None
    since = sentence.text[at : at + 5].lower() == "since"
    return settled(sentence, dated, "since", at).start if since else None, None, dated.stop


def _length(sentence: Sentence, at: int) -> Days | None:
    length = WITHIN.match(sentence.text, at)
    return (None, None, length.end()) if length else None


def _ago(sentence: Sentence, at: int) -> Days | None:
    ago = AGO.match(sentence.text, at)
    return (None, None, ago.end()) if ago else None


def _person(sentence: Sentence, time: Time, at: int) -> bool:
    """Whether a bare month is a person: "Theresa May"."""
    return _bare_month(time) and _NAME_BEFORE.search(sentence.text, max(0, at - _NAME_WITHIN), at) is not None


def _asks(sentence: Sentence, time: Time, at: int) -> bool:
    """Whether "May" opens a question: "May 500 people leave?"."""
    return at == 0 and _bare_month(time) and sentence.text[:4] == "May " and sentence.text.rstrip()[-1:] == "?"


def _first_name(sentence: Sentence, time: Time, at: int) -> bool:
    """Whether a bare month is a first name: "April Jones"."""
    return _bare_month(time) and _SURNAME.match(sentence.text, time.stop) is not None


def _bare_month(time: Time) -> bool:
    return time.month is not None and time.day is None and time.start is None


@dataclass(frozen=True, slots=True)
class PeriodRules:
    """The rules by which periods are read.

    ``undated`` are those that no stretch of time belongs to, ``no_period`` says that a time without a preposition is
    none after all.
    """

    times: TimeRules
    prepositions: Prepositions
    undated: Chain[[Sentence, int], Days]
    no_period: Chain[[Sentence, Time, int], bool]


_GOLD: Final = "labels disagree with each other on it, and published answers give such a period"

PERIODS: Final = PeriodRules(
    times=TIMES,
    prepositions=Prepositions(
        (
            Preposition(
                "within",
                r"in|during|throughout|for|over|across|on(?!\sor\s)|within|covering",
                "500 people in 2023.",
            ),
            Preposition(
                "since",
                r"since|on\sor\safter|from|starting(?:\sin|\son)?|beginning(?:\sin|\son)?",
                "500 people since 5 July 2024.",
            ),
            Preposition("after", "after|following", "500 people after 2 May 2024."),
            Preposition("until", r"by|on\sor\sbefore|until|till|up\sto|to", "500 homes by 2030"),
            Preposition("before", r"before|ahead\sof|prior\sto", "500 homes before 2030"),
            Preposition("at", r"as\s(?:of|at)|at", "as of 31 March 2024 500"),
            Preposition("between", "between", "between 2010 and 2015 500 came"),
        )
    ),
    undated=Chain(
        "undated",
        (
            Rule("dated event", "since its foundation in Leeds in 1992 500 came", _dated_event),
            Rule("event", "since the election, 500 people", _event),
            Rule("within a length", "all 500 within just 6 months", _length, _GOLD),
            Rule("ago", "500 a year ago", _ago),
        ),
    ),
    no_period=Chain(
        "no period",
        (
            Rule("person", "500 people met Anna May, who leads it", _person, "a prime minister was called May"),
            Rule(
                "first name",
                "April Jones met 500 people",
                _first_name,
                "people are called April and June",
            ),
            Rule("asks", "May 500 people leave?", _asks, "a verb at the beginning of a question"),
        ),
    ),
)


def periods(
    body: str, sentence: Span, published: date, rules: PeriodRules = PERIODS, *, before: Period | None = None
) -> list[Period]:
    """Return the periods that a sentence names, in order and without overlap, read on the day of publication.

    ``start`` and ``end`` are inclusive; one that is open or not settled by the words is None. A day or month
    without a year is the one that the sentence's tense and the day of publication make sure, or has no dates.
    ``before`` is the last period that was named before: "a year earlier" counts from it if nothing is nearer.
    """
    return list(_read(body, sentence, published, rules, before))


def _read(body: str, span: Span, published: date, rules: PeriodRules, before: Period | None) -> Iterator[Period]:
    # Patterns see the sentence only: what follows it must not end its last period.
    text, base = span.of(body), span.start
    sentence = sentence_of(text, published, rules.times)
    if before is not None and before.start and before.end:
        sentence = replace(sentence, base=(before.start, before.end))
    at = 0
    while (anchor := ANCHOR.search(text, at)) is not None:
        begin = anchor.start()
        found = _period(sentence, begin, rules)
        if found is None:
            at = anchor.end() if anchor.end() > begin else begin + 1
            continue
        start, end, stop = found
        yield Period(Span(base + begin, base + stop), start, end)
        if start is not None and end is not None:
            sentence = replace(sentence, base=(start, end))
        at = stop


def _period(sentence: Sentence, at: int, rules: PeriodRules) -> Days | None:
    """Return the first and last day of the period that begins at ``at``, and where its words end."""
    prefix = rules.prepositions.at(sentence.text, at)
    if prefix is None:
        return _bare(sentence, at, rules)
    role, inner = prefix
    if role == "between":
        pair = _pair(sentence, inner, at)
        return (pair.start, pair.end, pair.stop) if pair else None
    return _prefixed(sentence, at, inner, role) or rules.undated(sentence, at)


def _bare(sentence: Sentence, at: int, rules: PeriodRules) -> Days | None:
    time = _range(sentence, at) or time_at(sentence, at)
    if time is not None and rules.no_period(sentence, time, at):
        return None
    if time is None or time.needs:
        return rules.undated(sentence, at)
    time = settled(sentence, time, "within", at)
    return time.start, time.end, time.stop


def _prefixed(sentence: Sentence, at: int, inner: int, role: Role) -> Days | None:
    """Read the time that begins at ``inner``, after a preposition at ``at``."""
    word = sentence.text[at:inner].split()[0].lower()
    pair = _range(sentence, inner) if role in ("within", "since") else None
    if pair is not None:
        return pair.start, pair.end, pair.stop
    edge = EDGE.match(sentence.text, inner)
    if word == "to" and edge is None:
        return None
    time = time_at(sentence, edge.end() if edge else inner)
    if time is None:
        return None
    if time.needs and time.start is None and word in _NOT_VAGUE:
        return None
    time = settled(sentence, time, role, at)
    if edge is not None:
        first = edge["edge"].lower() in ("start", "beginning", "turn")
        vague = edge["edge"].lower() == "middle" or (first and role in ("within", "at"))
        day = None if vague else time.start if first else time.end
        time = replace(time, start=day, end=day)
    onwards = ONWARDS.match(sentence.text, time.stop) if role == "since" else None
    return *_bounded(time, role), onwards.end() if onwards else time.stop


def _range(sentence: Sentence, at: int) -> Time | None:
    """Read "January to October this year", "5–9 July 2024", "2019 to 2024"."""
    first = time_at(sentence, at) or _day(sentence, at)
    joined = JOIN.match(sentence.text, first.stop) if first else None
    if joined is None or joined.group().strip() == "and":
        return None
    return _pair(sentence, at, at)


def _pair(sentence: Sentence, at: int, begin: int) -> Time | None:
    """Read two times and what joins them; ``begin`` is where the words of the period begin."""
    first = _day(sentence, at) or time_at(sentence, at)
    joined = JOIN.match(sentence.text, first.stop) if first else None
    second = time_at(sentence, joined.end()) if joined else None
    if first is None or second is None or first.relative:
        return None
    second = settled(sentence, second, "within", begin)
    if second.end is None and not second.relative:
        return None if first.needs and first.start is None else Time(second.stop)
    last = second.end or second.start
    if first.start is None and first.month is None and first.day is None:
        return None
    if first.start is None and last is not None:
        first = _dated(first, last, second.start or last)
    if first.start is None or last is None or first.start > last:
        return Time(second.stop)
    return Time(second.stop, first.start, second.end)


def _day(sentence: Sentence, at: int) -> Time | None:
    match = DAY_ALONE.match(sentence.text, at)
    return Time(match.end(), day=int(match["day"].rstrip("stndrh"))) if match else None


def _bounded(time: Time, role: Role) -> tuple[date | None, date | None]:
    """Return from when to when a preposition makes of a stretch of time."""
    start, end = time.start, time.end
    match role:
        case "since":
            return start, None
        case "after":
            return end + timedelta(days=1) if end and end < date.max else None, None
        case "until":
            return None, end
        case "before":
            return None, start - timedelta(days=1) if start and start > date.min else None
    return start, end


def _dated(time: Time, latest: date, near: date) -> Time:
    """Give ``time`` the latest year (and month) in which it begins no later than ``latest``."""
    month = time.month or near.month
    for year in (latest.year, latest.year - 1):
        start, end = calendar_days(year, month, time.day)
        if start is not None and start <= latest:
            return replace(time, start=start, end=end)
    return time
