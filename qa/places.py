"""Answers about another country or place than the one that a question names.

A reader that finds an interior minister takes the Italian one for the German one. As for opposites (`qa.opposites`),
how often a rule would refuse a right answer was counted on the labelled answers: a test says how often.
"""

import re
from functools import lru_cache
from typing import Final

from index.text.dates import MONTHS, SHORT_MONTHS, WEEKDAY
from index.text.terms import stems
from index.types import Release, Span

_COUNTRIES: Final = tuple(
    frozenset(line.split())
    for line in """
afghan afghanistan afghans
albania albanian albanians
america american americans usa
argentina argentine argentinian
australia australian australians
austria austrian
bangladesh bangladeshi
belgian belgium
brazil brazilian
bulgaria bulgarian
burma burmese myanmar
canada canadian canadians
china chinese
cyprus cypriot
czech czechia
danish denmark
dutch netherlands
egypt egyptian
ethiopia ethiopian
finland finnish
france french
german germans germany
ghana ghanaian
greece greek
hungarian hungary
india indian indians
indonesia indonesian
iran iranian
iraq iraqi iraqis
israel israeli
italian italy
jamaica jamaican
japan japanese
jordan jordanian
kenya kenyan
korea korean
kosovo
kuwait kuwaiti
lebanese lebanon
libya libyan libyans
malaysia malaysian
malta maltese
mexican mexico
nigeria nigerian
norway norwegian
pakistan pakistani pakistanis
palestine palestinian palestinians
poland polish
portugal portuguese
romania romanian
russia russian russians
rwanda rwandan
saudi
serbia serbian
somali somalia
spain spanish
sudan sudanese
sweden swedish
swiss switzerland
syria syrian syrians
taiwan taiwanese
tunisia tunisian
turkey turkish
uganda ugandan
ukraine ukrainian ukrainians
vietnam vietnamese
yemen yemeni
zimbabwe zimbabwean
""".strip().split("\n")
)
"""Countries that releases name often, each with the words for it and its people; not our own, which most sentences
may mean."""

_WORD = re.compile(r"[a-z]+")
_STATES = re.compile(r"\b(?:US|U\.S\.|United States)(?![A-Za-z])|\b(?i:united states)\b")
_CONTINENT = re.compile(r"\b(?:south|north|latin|central)\s+american?\b", re.IGNORECASE)

_NAME = r"(?P<name>[A-Z][\w’'-]*[\w-](?:\s(?:(?:of|the|upon|on)\s)?[A-Z][\w’'-]*[\w-])*)"
_COUNTS_THERE = re.compile(
    rf"\W*(?i:how\s(?:many|much)|what\s(?:number|percentage|proportion|share)|number\sof)\b.*\b(?:in|at|across)\s(?:the\s)?{_NAME}"
)
_THERE = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Aa]cross|[Nn]ear)\s(?:the\s)?{_NAME}")
_NO_PLACES: Final = (*MONTHS, *SHORT_MONTHS, "Christmas", "Easter", "Parliament", "Britain", "Great Britain", "UK")
_NO_PLACE = re.compile(rf"(?:{'|'.join(_NO_PLACES)}|{WEEKDAY})\b")
"""Names after "in" and "at" that are no places, or of which every release may be."""


_SAID_WITHIN: Final = 20_000
"""How many characters before the end of a sentence are searched for a place: all of a release of usual length."""


def is_of_other_country(question: str, sentence: str, around: str) -> bool:
    """Return True if a sentence is of other countries than the only one that a question names.

    ``around`` is the title and passage of the sentence: if the question's country is named there, it may be of both.
    """
    asked = _asked_country(question)
    if asked is None:
        return False
    said = _words(sentence)
    return (
        not asked & said
        and any(country & said for country in _COUNTRIES if country != asked)
        and not asked & _words(around)
    )


@lru_cache(maxsize=32)
def _asked_country(question: str) -> frozenset[str] | None:
    words = _words(_CONTINENT.sub(" ", question))
    named = [country for country in _COUNTRIES if country & words]
    return named[0] if len(named) == 1 else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_STATES.sub("usa", text).lower()))


def is_of_unknown_place(question: str, sentence: Span, release: Release) -> bool:
    """Return True if a question counts something at a place, and a sentence at another, before any word of that one.

    "How many fires were there in Drayford?" is not answered by those in Lowther Vale, even if the release ends with a
    meeting in Drayford.
    """
    asked = _asked_place(question)
    if asked is None:
        return False
    words = frozenset(stems(question))
    places = (match["name"] for match in _THERE.finditer(release.body, sentence.start, sentence.end))
    if all(_NO_PLACE.match(name) or frozenset(stems(name)) & words for name in places):
        return False
    before = release.body[max(0, sentence.end - _SAID_WITHIN) : sentence.end]
    return not asked & frozenset(stems(f"{release.title}\n{release.publisher}\n{before}"))


@lru_cache(maxsize=32)
def _asked_place(question: str) -> frozenset[str] | None:
    place = _COUNTS_THERE.match(question)
    return frozenset(stems(place["name"])) if place and not _NO_PLACE.match(place["name"]) else None
