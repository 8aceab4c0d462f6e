"""Days that are named by how far they are from the day of publication: "yesterday", "last night", "on Monday"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from index.text.dates import WEEKDAY, WEEKDAYS
from index.text.number_words import SPACE

_PART: Final = rf"(?:{SPACE}(?:morning|afternoon|evening|night|lunchtime))?"

SPOKEN = re.compile(
    rf"(?:the{SPACE}day{SPACE}(?P<side>before|after){SPACE})?(?P<day>yesterday|tomorrow){_PART}\b(?!['’])"
    rf"|(?P<night>last{SPACE}night)\b(?!['’])",
    re.IGNORECASE,
)
"""A day that is counted from that of publication. "Today" is not read: it dates the news, not what is counted."""

NAMED = re.compile(
    rf"(?:(?P<which>last|this{SPACE}past|this{SPACE}coming|this|next){SPACE})?"
    rf"(?P<name>(?-i:{WEEKDAY}))\b{_PART}"
    # neither a date, nor days of every week, nor a stretch of days, nor a name ("Sunday Times")
    rf"(?!['’]|,?{SPACE}(?:the{SPACE})?\(?[0-9]{{1,2}}(?:st|nd|rd|th)?{SPACE}(?-i:[A-Z])"
    rf"|{SPACE}(?:to|and|or|until|till|through){SPACE}(?-i:{WEEKDAY})|[-–/](?-i:{WEEKDAY})|{SPACE}(?-i:[A-Z][a-z]))",
    re.IGNORECASE,
)
"""A weekday, and whether it is the last or the next one."""

_SCHEDULED = re.compile(
    r"\b(?:opens?|closes?|starts?|begins?|ends?|takes?\splace|runs?|comes?\sinto\sforce|is|are)\b", re.IGNORECASE
)
"""Verbs that in the present tense speak of what is to come: "the service opens on Monday"."""

_SINCE_THEN = re.compile(r"\b(?:was|were|had|did|[a-z]+ed)\b")


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """A day whose words end at ``stop``; ``day`` is None where they do not settle it. ``named``: it is a weekday."""

    stop: int
    day: date | None
    named: bool


def spoken_day(text: str, at: int, published: date) -> RelativeDay | None:
    """Return the day of "yesterday", "tomorrow" or "last night" at ``at``; raises OverflowError at its ends."""
    match = SPOKEN.match(text, at)
    if match is None:
        return None
    steps = -1 if match["night"] or match["day"].lower() == "yesterday" else 1
    if match["side"] and (match["side"].lower() == "before") != (steps < 0):
        return RelativeDay(match.end(), None, named=False)  # "the day before tomorrow" is said by nobody
    return RelativeDay(match.end(), published + timedelta(days=2 * steps if match["side"] else steps), named=False)


def named_day(text: str, at: int, published: date, *, future: bool) -> RelativeDay | None:
    """Return the weekday at ``at``: the last one, or the next one where the sentence speaks of what is to come.

    ``future`` says that it does so before ``at``. A weekday by itself on just such a day may be that day or one a week
    away: it is not settled. Raises OverflowError outside the calendar.
    """
    match = NAMED.match(text, at)
    if match is None:
        return None
    number = WEEKDAYS.index(match["name"])
    which = " ".join((match["which"] or "").lower().split()).split(" ")[-1]
    ago, ahead = (published.weekday() - number) % 7, (number - published.weekday()) % 7
    if which in ("last", "past"):
        return RelativeDay(match.end(), published - timedelta(days=ago or 7), named=False)
    if which in ("next", "coming"):
        return RelativeDay(match.end(), published + timedelta(days=ahead or 7), named=False)
    scheduled, since_then = _verbs_until(text)
    comes = future or (scheduled <= at < since_then)
    day = published + timedelta(days=ahead) if comes else published - timedelta(days=ago)
    if not ago:
        return RelativeDay(match.end(), published if which == "this" else None, named=not which)
    return RelativeDay(match.end(), day, named=not which)


@lru_cache(maxsize=8)
def _verbs_until(text: str) -> tuple[int, int]:
    """Return where the first verb of what is to come ends, and the first of what was; beyond the text if it has none.

    Looked for once in a sentence, as it may name ten thousand days.
    """
    found = (pattern.search(text) for pattern in (_SCHEDULED, _SINCE_THEN))
    scheduled, since_then = (match.end() if match else len(text) + 1 for match in found)
    return scheduled, since_then
