"""Days of the week: what is said of Thursdays is no answer about Fridays."""

import re
from typing import Final

from index.text.dates import WEEKDAY, WEEKDAYS
from qa.question import Asked
from qa.types import Candidate

_DAY: Final = rf"\b{WEEKDAY}(?=s?\b)"
_DAYS = re.compile(_DAY, re.IGNORECASE)
_RANGE = re.compile(rf"({_DAY})s?(?:\s(?:to|until|till|through)\s|\s?[-–—]\s?)({_DAY})", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:weekdays?|weekends?|daily|every\sday|each\sday|all\sweek|seven\sdays|7\sdays)\b", re.IGNORECASE
)


def on_another_day(asked: Asked, candidate: Candidate) -> bool:
    """Return True if the question names days of the week, and the sentence that answers it names only others.

    "Monday to Friday" names all five. Days that the rest of the passage names, or "every day", leave it open.
    """
    wanted = _days(asked.text)
    if not wanted:
        return False
    passage = candidate.hit.passage
    sentence = passage.sentence_at(candidate.span).of(passage.release.body)
    said = _days(sentence)
    if not said or said & wanted or _SEVERAL.search(sentence):
        return False
    return not wanted & _days(passage.text)


def _days(text: str) -> frozenset[int]:
    """Return the days of the week that a text names, Monday as 0."""
    found = {WEEKDAYS.index(match.group().capitalize()) for match in _DAYS.finditer(text)}
    for match in _RANGE.finditer(text):
        first, last = (WEEKDAYS.index(each.capitalize()) for each in match.groups())
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)
