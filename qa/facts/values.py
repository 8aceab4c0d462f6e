"""What an answer that is no figure says: a day, or a name; and when two of them say the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from index.figures.calendar import month_start
from index.figures.periods import periods
from index.text.dates import MONTHS, SHORT_MONTHS, WEEKDAY
from index.text.terms import terms
from index.types import Span
from qa.reading.agreement import answers_alike

Kind = Literal["day", "clock", "name", "words"]
"""What an answer is: a date, a time of day, a name of anything, or other words."""

_MONTH: Final = rf"(?:{'|'.join((*MONTHS, *sorted(SHORT_MONTHS, key=len, reverse=True)))})\.?"
_PARTS: Final = {
    "spring": (3, 3), "summer": (6, 3), "autumn": (9, 3), "winter": (12, 3), "early": (1, 4), "mid": (5, 4),
    "late": (9, 4), "start": (1, 3), "beginning": (1, 3), "middle": (5, 4), "end": (10, 3), "first half": (1, 6),
    "second half": (7, 6), "first quarter": (1, 3), "second quarter": (4, 3), "third quarter": (7, 3),
    "fourth quarter": (10, 3), "final quarter": (10, 3),
}  # fmt: skip
"""The first month of a part of a year, and how many months it has."""

_PART_NAMES: Final = rf"(?i:{'|'.join(_PARTS)})(?:\s+(?:of|in))?[\s-]+"
_DAY = re.compile(
    rf"(?:{WEEKDAY},?\s+)?(?:the\s+)?\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?\b"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    rf"|\b(?:{_PART_NAMES})?(?:{_MONTH}\s+)?\b(?:19|20)\d\d\b"
    rf"|\b(?:{'|'.join(MONTHS)})\b|\b{WEEKDAY}\b"
)
"""A date as releases write it: with a day, or a month or year alone."""

_PART = re.compile(rf"(?P<part>{'|'.join(_PARTS)})(?:\s+(?:of|in))?[\s-]+(?P<year>\d{{4}})", re.IGNORECASE)

_CLOCK = re.compile(
    r"\b(?:\d{1,2}(?:[.:]\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}:\d\d|\d{4}\s(?:BST|GMT)|noon|midnight)", re.I
)

_FILLERS: Final = frozenset(
    "on by until till in at from the of end and to before after noon midnight am pm bst gmt 12 11.59pm 23:59".split()
)
"""Words beside a date that leave it a date: "by noon on Friday 5 July"."""

_LETTERS = re.compile(r"\b(?!(?:to|and|or|until|from|between)\b)[^\W\d_]")
_JOINING: Final = frozenset("of the for and in on at to de la van von & or".split())
_NAME_RUN = re.compile(r"[A-Z0-9][\w’'&-]*(?:,?\s+(?:(?:of|for|and|&|the|de|van|von)\s+){0,2}[A-Z0-9][\w’'&-]*)*")
"""A name: words with capitals and the little words between them; "to" and "from" end it."""

TITLES = re.compile(
    r"\b(?:Rt\.? Hon\.?|Right Honourable|Sir|Dame|Lord|Lady|Baroness|Baron|Dr|Prof(?:essor)?|Mr|Mrs|Ms|Miss|Rev|Admiral"
    r"|General|Major|Colonel|Captain|Judge|Justice)\.?\s+|\s*,?\s+\b(?:MP|QC|KC|CBE|OBE|MBE|CB|KCB|MSP|MLA|AM)\b",
)
"""Titles before and letters after a person's name."""

_BODY = re.compile(
    r"\b(?:Unit|Agency|Department|Office|Authority|Council|Commission|Committee|Board|Ministry|Team|Trust|Service|Services"
    r"|Group|Ltd|plc|Limited|University|College|Police|Fund|Association|Institute|Bank|Centre|Foundation|Directorate"
    r"|Corporation|Company|Society|Union|Taskforce|Force|Treasury|Consortium|Executive|Partnership|Network|Bureau)\b"
)
_PLACES: Final = frozenset(
    """town village city hall library hospital school church cathedral museum airport station harbour dock docks quay
    court hotel castle park stadium college centre theatre racecourse showground offices crown county magistrates’
    magistrates'""".split()
)
"""Words of names of places that need no capitals: "Holmby town hall"."""

_NAMES_BODY: Final = 2
"""How many letters an abbreviation has at least that names a body: "BT"."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an answer says. ``start`` and ``end`` are the first and last day of a date, None where words do not tell."""

    kind: Kind
    text: str
    start: date | None = None
    end: date | None = None

    @property
    def last(self) -> date | None:
        """The last day that is known."""
        return self.end or self.start


def value_of(body: str, span: Span, sentence: Span, published: date) -> Value:
    """Return what the words ``span`` of a body say, in their sentence and as on the day of publication."""
    text = " ".join(span.of(body).split())
    if (day := _only_date(text)) is not None:
        return Value("day", text, *_days(body, span, sentence, published, day))
    if _CLOCK.fullmatch(text):
        return Value("clock", text)
    if not _LETTERS.search(_DAY.sub(" ", text)):
        return Value("words", text)  # several dates
    words = [word for word in re.findall(r"[\w’'&-]+", text) if word.lower() not in _JOINING]
    large = [word[0].isupper() or word[0].isdigit() for word in words]
    named = (
        any(large) and len(words) <= 9 and all(each or word in _PLACES for each, word in zip(large, words, strict=True))
    )
    return Value("name" if named else "words", text)


def dates_in(body: str, sentence: Span) -> Iterator[Span]:
    """Yield the dates of a sentence as spans, in order."""
    for match in _DAY.finditer(body, sentence.start, sentence.end):
        if match.group() != "May":  # the verb, or a person
            yield Span(*match.span())


def names_in(body: str, span: Span) -> Iterator[Span]:
    """Yield the names in a part of a body as spans, in order."""
    for match in _NAME_RUN.finditer(body, span.start, span.end):
        yield Span(*match.span())


def say_the_same(a: Value, b: Value) -> bool:
    """Return True if two answers do not differ; one may be shorter: "March" for "14 March", "Ms Roe" for "Jane Roe"."""
    if answers_alike(a.text, b.text):
        return True
    if a.kind == b.kind == "day":
        return _days_agree(a, b)
    one, other = (frozenset(terms(TITLES.sub(" ", each.text))) - {"the"} for each in (a, b))
    if one and other and (one <= other or other <= one):
        return True
    return _initials(a.text, b.text) or _initials(b.text, a.text)


def comparable(a: Value, b: Value) -> bool:
    """Return True if two answers are of one kind, so that one may have taken the place of the other."""
    if a.kind != b.kind or a.kind == "words":
        return False
    if a.kind == "day" and (a.last is None or b.last is None):
        return False
    return not (_body(a.text) and _person(b.text)) and not (_person(a.text) and _body(b.text))


def _only_date(text: str) -> str | None:
    """Return the one date of an answer that is nothing else."""
    found = [match.group() for match in _DAY.finditer(text)]
    if len(found) != 1:
        return None
    rest = _CLOCK.sub(" ", text.replace(found[0], " ")).lower()
    return found[0] if all(word in _FILLERS for word in re.findall(r"[\w.:’']+", rest)) else None


def _days(body: str, span: Span, sentence: Span, published: date, day: str) -> tuple[date | None, date | None]:
    """Return the days of a date: by its own words, or else by its sentence."""
    inside = Span(min(span.start, sentence.start), max(span.end, sentence.end))
    if (part := _part_of_year(day)) is not None:
        return part
    day = re.sub(rf"^{_PART_NAMES}", "", day)  # "early March 2026" is in that month
    alone = next(iter(periods(day, Span(0, len(day)), published)), None)
    if alone is not None and (alone.start or alone.end) is not None:
        return alone.start, alone.end
    for period in periods(body, inside, published):
        if period.span.start < span.end and span.start < period.span.end:
            return period.start, period.end
    return None, None


def _part_of_year(day: str) -> tuple[date, date] | None:
    """Return the months of "spring 2026" and "early 2027"; winter begins in December of the year that it names."""
    match = _PART.fullmatch(day)
    if match is None:
        return None
    first, count = _PARTS[match["part"].lower()]
    start = date(int(match["year"]), first, 1)
    return start, month_start(start, count) - timedelta(days=1)


def _days_agree(a: Value, b: Value) -> bool:
    if a.last is None or b.last is None:
        return False
    first_a, first_b = a.start or a.last, b.start or b.last
    return (first_a <= first_b and b.last <= a.last) or (first_b <= first_a and a.last <= b.last)


def _initials(short: str, full: str) -> bool:
    letters = "".join(word[0] for word in re.findall(r"[A-Z]\w*", full))
    return len(short) >= _NAMES_BODY and short.isupper() and short == letters


def _body(text: str) -> bool:
    return _BODY.search(text) is not None or (text.isupper() and len(text) >= _NAMES_BODY)


def _person(text: str) -> bool:
    return TITLES.search(f"{text} ") is not None
