"""Days of the week: what is said of Thursdays is no answer about Fridays."""

import re
from typing import Final

from qa.question import Asked
from qa.types import Candidate

_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = rf"\b(?:{'|'.join(_NAMES)})(?=s?\b)"
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
    body, span = candidate.hit.passage.release.body, candidate.span
    sentence = next((each for each in candidate.hit.passage.sentences if each.start <= span.start < each.end), span)
    said = _days(sentence.of(body))
    if not said or said & wanted or _SEVERAL.search(sentence.of(body)):
        return False
    return not wanted & _days(candidate.hit.passage.text)


def _days(text: str) -> frozenset[int]:
    """Return the days of the week that a text names, Monday as 0."""
    found = {_NAMES.index(match.group().lower()) for match in _DAYS.finditer(text)}
    for match in _RANGE.finditer(text):
        first, last = (_NAMES.index(each.lower()) for each in match.groups())
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)
