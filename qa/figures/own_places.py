"""The places and bodies that a figure is said of, held against those of a question."""

import re
from collections.abc import Sequence

from index.text.dates import MONTHS
from index.text.terms import stems
from index.types import Figure, Passage
from qa.figures.own_words import AT, NAMED, Own, own_words

_SAID_OF = re.compile(rf"\b(?:{AT}|of){NAMED}")
_PLACE = re.compile(rf"\b(?:{AT}|of|by|to|from|with){NAMED}")
"""A name after a preposition: where something was, what it is said of, and whatever may tell two things apart."""

_SUBJECT = re.compile(
    r"(?:^|[,;…]\s|\b(?:and|while|but|whereas)\s)(?P<name>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,4})"
    r"\s(?:(?:has|have|had|also)\s)?(?:had|has|have|made|saw|recorded|reported|took|lost|gained|lent|sold|won|paid|spent"
    r"|built|received|issued|registered|counted|lends|sells|makes|takes|sees|gets|got)\b"
)
"""A name that a clause says of what it has or did: "while Kingsmere had 64,305"."""

_BODY = r"(?:(?:the\s)?(?<![\w’'&-])[A-Z][\w’'&-]*(?:\s(?:of\s|for\s)?[A-Z][\w’'&-]*){0,8}|police)"
_SEVERAL = re.compile(rf"{_BODY}(?:,\s{_BODY}){{0,12}},?\s(?:and|&)\s{_BODY}")
"""Places or bodies that are named together: "in Hexley, Thirsby and Denby"; police have no capital."""

_NEXT_OF_SEVERAL = re.compile(r",?\s(?:and|&)\s|,\s")

_EACH = re.compile(r"\b(?:each|both|apiece|respectively|either|every)\b", re.IGNORECASE)
"""What makes a number that of each of several."""

_SAID_WITHIN = 20_000
"""How many characters before a figure are searched for the place that it is of: all of a release of usual length."""

MONTH_STEMS = frozenset(stems(" ".join(MONTHS)))
"""The stems of the names of months, which are no places: "in May"."""


def places_in(text: str, pattern: re.Pattern[str] = _PLACE) -> list[frozenset[str]]:
    """Return the stems of each name after a preposition, months apart: "in Aldmoor", "the county of Penbrook"."""
    found = [frozenset(stems(match["name"])) - MONTH_STEMS for match in pattern.finditer(text)]
    return [name for name in found if name]


def other_place(question: str, one: Own, other: Own) -> bool:
    """Return True if a question names the place of one figure ("220 at Brackley"), and not that of the other."""
    asked = frozenset(stems(question))
    places, others = places_in(one.text), places_in(other.text)
    return (
        any(name <= asked and not name <= other.stems for name in places)
        and bool(others)
        and not any(_may_be_meant(name, asked, places) for name in others)
    )


def _may_be_meant(name: frozenset[str], asked: frozenset[str], rivals: Sequence[frozenset[str]]) -> bool:
    """Return True if a question may mean a place: "Aldmoor" by "Aldmoor Bridge", but not "Upper Tarn" by "Lower Tarn".

    ``rivals`` are the places of another figure: one that the question names whole has another word in its place.
    """
    if not name & asked:
        return False
    return name <= asked or not any(rival <= asked and rival & name and not rival <= name for rival in rivals)


def said_of_another_place(question: str, passage: Passage, figure: Figure, figures: Sequence[Figure]) -> bool:
    """Return True if a figure is said of a place that a question does not name, and another one of the place it names.

    "150 arrests at Aldmoor and two boats at Brackley" does not tell how many arrests there were at Brackley. Nor does a
    figure that names no place, where the place comes up only after it, with another figure that counts alike: "None of
    the 52 shops sold them one. In Brackley, 9 did." ``figures`` are those of the passage. A place in the title is that
    of all figures.
    """
    asked = frozenset(stems(question))
    own = own_words(passage, figure, figures)
    if _is_of_another_subject(asked, own, passage, figure, figures):
        return True
    places = places_in(own.text, _SAID_OF)
    others = [(each, _places_of(passage, each, figures)) for each in figures if each.span != figure.span]
    named = [place for _, theirs in others for place in theirs]
    if not any(place <= asked for place in named) or any(_may_be_meant(place, asked, named) for place in places):
        return False
    known = own.stems | frozenset(stems(passage.release.title))
    if not places:
        known |= _said_up_to(passage, figure.sentence.end)
        end = figure.sentence.end
        others = [(each, at) for each, at in others if each.sentence.start >= end and _alike(passage, figure, each)]
    return any(place <= asked and not place <= known for _, theirs in others for place in theirs)


def _places_of(passage: Passage, figure: Figure, figures: Sequence[Figure]) -> list[frozenset[str]]:
    return places_in(own_words(passage, figure, figures).text, _SAID_OF)


def _is_of_another_subject(
    asked: frozenset[str], own: Own, passage: Passage, figure: Figure, figures: Sequence[Figure]
) -> bool:
    """Return True for "Bellbrook had 11,980 loans" where Kingsmere is asked for, of which its sentence says more."""
    mine = places_in(own.text, _SUBJECT)
    beside = [each for each in figures if each.sentence == figure.sentence and each.span != figure.span]
    theirs = [name for each in beside for name in places_in(own_words(passage, each, figures).text, _SUBJECT)]
    if not mine or any(_may_be_meant(name, asked, theirs) for name in mine):
        return False
    return any(name <= asked and not name & own.stems for name in theirs)


def _said_up_to(passage: Passage, end: int) -> frozenset[str]:
    """Return the stems of all that a release says before ``end``: what its sentences up to there may be of."""
    return frozenset(stems(passage.release.body[max(0, end - _SAID_WITHIN) : end]))


def _alike(passage: Passage, one: Figure, other: Figure) -> bool:
    """Return True if two figures may count the same thing: of one unit, and in words that do not tell them apart."""
    if one.unit != other.unit or (one.change is None) != (other.change is None):
        return False
    body = passage.release.body
    a, b = (frozenset(stems(each.counted.of(body))) if each.counted else None for each in (one, other))
    return a is None or b is None or bool(a & b)


def said_of_several(question: str, passage: Passage, figure: Figure, figures: Sequence[Figure]) -> bool:
    """Return True if a figure is that of several together, of which a question names one: "police and Border Force".

    ``figures`` are those of the passage. Where two of its kind are in a sentence, each may be of one ("4 and 11
    minutes"), and so may one that each of them has.
    """
    if _EACH.search(figure.sentence.of(passage.release.body)) or any(
        each.sentence == figure.sentence and each.span != figure.span and each.unit in (figure.unit, "")
        for each in figures
    ):
        return False
    asked = frozenset(stems(question))
    for together in _SEVERAL.finditer(own_words(passage, figure, figures).text):
        members = [frozenset(stems(each)) - MONTH_STEMS for each in _NEXT_OF_SEVERAL.split(together.group())]
        if any(each and each <= asked for each in members) and any(each and not each & asked for each in members):
            return True
    return False
