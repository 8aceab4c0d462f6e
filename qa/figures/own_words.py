"""The words that are a figure's own, and whether two figures measure two things of one class.

In "150 arrests at Aldmoor and 220 at Brackley" Aldmoor is said of 150 only. Where a question names the ferry grant,
what is said of a bus grant is no answer, however alike the two sentences are.

Long because the same own words tell places, bodies and things apart, each by a rule.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.figures.alongside import respective
from index.figures.noun_phrases import PHRASES
from index.text.terms import content_stems, question_stems, stems
from index.types import Figure, Passage, Span
from qa.question import NEUTRAL

_JOINER = re.compile(
    r"(?:[,;]\s|\s)(?:and|but|while|whereas|versus|against|to|from|compared\s(?:with|to)|plus|or)\s|[,;]\s|\s[–—]\s"
)
"""What ends the words of one figure and begins those of the next one."""

_NAMED = r"\s(?:(?:the|its|their|our|his|her)\s)?(?:[a-z]+\sof\s|(?:neighbouring|nearby|adjoining|rural)\s)?" + (
    r"(?P<name>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*)"
)
_WHERE = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Ff]or|[Oo]n|[Aa]cross|[Nn]ear){_NAMED}")
_PLACE = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Ff]or|[Oo]n|[Aa]cross|[Nn]ear|of|by|to|from|with){_NAMED}")
_SAID_OF = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Ff]or|[Oo]n|[Aa]cross|[Nn]ear|of){_NAMED}")
_OF_ONE = re.compile(r"\s(?:in|at|for|of|on|across|near|by|from|to|with|last|this)\b")
"""What follows the last figure of a sentence and is said of that one alone: "150 boats and 220 lorries at Dover"."""

_BODY = r"(?:(?:the\s)?[A-Z][\w’'&-]*(?:\s(?:of\s|for\s)?[A-Z][\w’'&-]*)*|police)"
_SEVERAL = re.compile(rf"{_BODY}(?:,\s{_BODY})*,?\s(?:and|&)\s{_BODY}")
"""Places or bodies that are named together: "in Hexley, Thirsby and Denby"; police have no capital."""

_NEXT_OF_SEVERAL = re.compile(r",?\s(?:and|&)\s|,\s")

_EACH = re.compile(r"\b(?:each|both|apiece|respectively|either|every)\b", re.IGNORECASE)
"""What makes a number that of each of several."""

_SAYS_MORE = re.compile(r"(?:It|Its|This|That|They|These|Those|Their)\b")
_WORD = re.compile(r"[^\W_](?:[\w’'&-]*[^\W_])?")
_LABEL = re.compile(r"[0-9]{1,3}|[A-Z]|[IVX]{2,4}|one|two|three|four|five|six")
"""A number or letter after a noun that tells its like apart: "phase 2", "class A"."""

_LABELLED = re.compile(
    r"phase|stage|tier|round|class|level|grade|band|category|zone|type|part|step|unit|lot|wave|group|route|platform"
    r"|terminal|block|schedule|scheme|option|line|site|ward|area|district|pier|key|year|week|quarter|tranche|generation",
    re.IGNORECASE,
)
"""Nouns that a label follows; after others a number counts what comes next."""

_ORDER = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth)\b(?!\s(?:half|quarter|time|year|month|week|day|place|person|in\s))",
    re.IGNORECASE,
)
"""A word that tells things in a row apart; stretches of time are held against the question's by their days."""

_SAID_WITHIN = 20_000
"""How many characters before a figure are searched for the place that it is of: all of a release of usual length."""

_MONTH_NAMES = frozenset(
    "January February March April May June July August September October November December".split()
)
_MONTHS = frozenset(stems(" ".join(_MONTH_NAMES)))
_LOOSE = frozenset(
    stems(
        "new extra further additional total overall more other latest recent current annual whole entire record single"
        " current government national uk british our its their average estimated provisional official planned"
    )
)
"""Stems of words before a noun that do not tell two things of one class apart."""

NO_THING = _MONTHS | _LOOSE | NEUTRAL
"""Stems of words that name no thing, and do not tell one from another."""


@dataclass(frozen=True, slots=True)
class Own:
    """The words that are a figure's own: as text, and their stems."""

    text: str
    stems: frozenset[str]


def own_words(passage: Passage, figure: Figure, figures: Sequence[Figure]) -> Own:
    """Return the words of its sentence that are said of a figure, and those for what it counts.

    ``figures`` are those of the passage. Words said of another figure of the sentence alone are left out; a sentence
    that says more of the one before it ("It rose to 220") has that one's words too.
    """
    body, sentence = passage.release.body, figure.sentence
    row = sorted((each for each in figures if each.sentence == sentence), key=lambda each: each.span)
    parts = _parts(body, sentence, figure, row or [figure])
    counted = figure.counted
    if counted is not None and (counted.start < sentence.start or not any(_within(counted, part) for part in parts)):
        parts.append(counted)
    if _SAYS_MORE.match(body, sentence.start):
        before = [each for each in passage.sentences if each.end <= sentence.start]
        parts += before[-1:]
    text = " … ".join(part.of(body) for part in parts)
    return Own(text, frozenset(stems(text)))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _parts(body: str, sentence: Span, figure: Figure, row: Sequence[Figure]) -> list[Span]:
    paired = {each.quantity: each for each in respective(body, sentence, [each.span for each in row], PHRASES)}
    if figure.span in paired:
        own = paired[figure.span]
        # "The north and south piers": the noun of the last name is that of the others too.
        nouns = [_last_word(body, each) for each in own.others[-1:] if " " in each.of(body)]
        return [*_without(sentence, [*own.others, *(each for each in paired if each != figure.span)]), *nouns]
    place = next((number for number, each in enumerate(row) if each.span == figure.span), 0)
    begin, end = sentence.start, sentence.end
    for earlier, later in zip(reversed(row[:place]), reversed(row[1 : place + 1]), strict=True):
        if (joined := _joint(body, earlier.span.end, later.span.start)) is not None:
            begin = joined.end
            break
    for earlier, later in zip(row[place:-1], row[place + 1 :], strict=True):
        if (joined := _joint(body, earlier.span.end, later.span.start)) is not None:
            end = joined.start
            break
    parts = [Span(begin, end)]
    own_clause = bool(set(content_stems(body[begin : figure.span.start])) - NEUTRAL)
    if begin > sentence.start and not own_clause:
        parts = [*_opening(body, sentence, row[0], Span(begin, end)), *parts]
    if end < sentence.end and not content_stems(_after_counted(body, figure, end)):
        last = row[-1]
        tail = max(last.span.end, last.counted.end if last.counted else 0)
        if tail < sentence.end and _OF_ONE.match(body, tail) is None:
            parts.append(Span(tail, sentence.end))
    return parts


def _last_word(body: str, phrase: Span) -> Span:
    return Span(phrase.start + phrase.of(body).rindex(" ") + 1, phrase.end)


def _joint(body: str, start: int, end: int) -> Span | None:
    """Return the last joiner between two figures."""
    found = None
    for match in _JOINER.finditer(body, max(0, start), end):
        found = Span(*match.span())
    return found


def _opening(body: str, sentence: Span, first: Figure, own: Span) -> list[Span]:
    """Return what comes before the first figure of a sentence, without a place if the figure has one of its own."""
    if first.span.start <= sentence.start:
        return []
    opening = Span(sentence.start, first.span.start)
    if not any(each.group("name") not in _MONTH_NAMES for each in _WHERE.finditer(body, own.start, own.end)):
        return [opening]
    return _without(opening, [Span(*match.span("name")) for match in _WHERE.finditer(body, opening.start, opening.end)])


def _after_counted(body: str, figure: Figure, end: int) -> str:
    start = max(figure.span.end, figure.counted.end if figure.counted else 0)
    return body[start:end] if start < end else ""


def _without(whole: Span, holes: Sequence[Span]) -> list[Span]:
    parts, at = [], whole.start
    for hole in sorted(holes):
        if whole.start <= hole.start and hole.end <= whole.end and hole.start >= at:
            if hole.start > at:
                parts.append(Span(at, hole.start))
            at = hole.end
    return [*parts, Span(at, whole.end)] if at < whole.end else parts


def with_title(own: Own, title: str) -> Own:
    """Return a figure's own words with the title of its release."""
    text = f"{title} … {own.text}"
    return Own(text, frozenset(stems(text)))


def fits_better(subject: frozenset[str], one: Own, other: Own) -> bool:
    """Return True if a figure's own words hold all of the question's that another's hold, and more."""
    return subject & one.stems > subject & other.stems


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

    ``figures`` are those of the passage. Where two of its kind stand in a sentence, each may be of one ("4 and 11
    minutes"), and so may one that each of them has.
    """
    if _EACH.search(figure.sentence.of(passage.release.body)) or any(
        each.sentence == figure.sentence and each.span != figure.span and each.unit in (figure.unit, "")
        for each in figures
    ):
        return False
    asked = frozenset(stems(question))
    for together in _SEVERAL.finditer(own_words(passage, figure, figures).text):
        members = [frozenset(stems(each)) - _MONTHS for each in _NEXT_OF_SEVERAL.split(together.group())]
        if any(each and each <= asked for each in members) and any(each and not each & asked for each in members):
            return True
    return False


def other_thing(question: str, anchor: Own, other: Own, around: str) -> bool:
    """Return True if a figure is of another thing of the class that a question asks about.

    That is so if, where the question and the anchor name the thing by a word ("ferry" grant, north "pier", phase "2",
    in "Aldmoor"), the other figure's words have another one in its place. ``around`` is more text of the other
    release: a word that is there does not tell the two apart.
    """
    known = anchor.stems | frozenset(question_stems(question))
    has = other.stems | frozenset(stems(around))
    ours, theirs = _words(question), _words(other.text)
    return (
        _other_modifier(ours, theirs, anchor.stems, known, has)
        or _other_label(ours, theirs)
        or _other_name(question, other, anchor.stems, known)
    )


def other_in_order(question: str, one: str, other: str) -> bool:
    """Return True if one text is of that in a row which a question names ("the second trial"), the other of another."""
    asked, said, instead = (_orders(text) for text in (question, one, other))
    return bool(asked & said) and bool(instead) and not asked & instead


def in_order(text: str) -> dict[str, set[str]]:
    """Return the places in a row that a text has before each noun or superlative, by its stem: "second-largest"."""
    found: dict[str, set[str]] = {}
    for match in _ORDER.finditer(text):
        following = _WORD.match(text, match.end() + 1)
        if following and (stem := _stem(following.group())):
            found.setdefault(stem, set()).add(match.group().lower())
    return found


def _orders(text: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _ORDER.findall(text))


def _words(text: str) -> list[str]:
    return [word for part in text.split("…") for word in [*_WORD.findall(part), ""]]


def _stem(word: str) -> str:
    found = content_stems(word)
    return found[0] if found else ""


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the stems of each word and the one that it is said of, where both may name a thing.

    That is the one after it, or before "for": "the women's refuge", "the refuge for women". No verbs, numbers or times.
    """
    said_of = ((last, first) for first, by, last in zip(words, words[1:], words[2:], strict=False) if by == "for")
    beside = [*pairwise(words), *said_of]
    found = []
    for word, following in beside:
        first, second = _stem(word), _stem(following)
        if first.isalpha() and second.isalpha() and not {first, second} & NO_THING and not word.endswith("ed"):
            found.append((first, second))
    return found


def _other_modifier(
    ours: Sequence[str], theirs: Sequence[str], said: frozenset[str], known: frozenset[str], has: frozenset[str]
) -> bool:
    found: dict[str, set[str]] = {}
    for modifier, head in _pairs(theirs):
        found.setdefault(head, set()).add(modifier)
    for modifier, head in _pairs(ours):
        if modifier in has or not {modifier, head} <= said:
            continue
        if found.get(head, set()) - known:
            return True
    return False


def _other_label(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    asked, said = _labels(ours), _labels(theirs)
    return any(said.get(noun) and not labels & said[noun] for noun, labels in asked.items())


def _labels(words: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for noun, label in pairwise(words):
        if _LABELLED.fullmatch(noun) and _LABEL.fullmatch(label):
            found.setdefault(noun.casefold(), set()).add(label.casefold())
    return found


def _other_name(question: str, other: Own, said: frozenset[str], known: frozenset[str]) -> bool:
    if not any(name <= said and not name & other.stems for name in places_in(question)):
        return False
    return any(not name & known for name in places_in(other.text))


def places_in(text: str, pattern: re.Pattern[str] = _PLACE) -> list[frozenset[str]]:
    """Return the stems of each name after a preposition, months apart: "in Aldmoor", "the county of Penbrook"."""
    found = [frozenset(stems(match["name"])) - _MONTHS for match in pattern.finditer(text)]
    return [name for name in found if name]


def names_of(question: str) -> frozenset[str]:
    """Return the stems of the words of a question that are written as names: not its first, months, and "UK"."""
    named = [match.group() for match in _WORD.finditer(question) if match.start() and match.group()[0].isupper()]
    return frozenset(stems(" ".join(named))) - _LOOSE - _MONTHS
