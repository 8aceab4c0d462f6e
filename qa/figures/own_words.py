"""The words that are a figure's own: in "150 arrests at Aldmoor and 220 at Brackley" Aldmoor is said of 150 only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.figures.alongside import respective
from index.figures.noun_phrases import PHRASES
from index.text.dates import MONTHS
from index.text.terms import content_stems, stems
from index.types import Figure, Passage, Span
from qa.question import NEUTRAL

_JOINER = re.compile(
    r"(?:[,;]\s|\s)(?:and|but|while|whereas|versus|against|to|from|compared\s(?:with|to)|plus|or)\s|[,;]\s|\s[–—]\s"
)
"""What ends the words of one figure and begins those of the next one."""

NAMED = r"\s(?:(?:the|its|their|our|his|her)\s)?(?:[a-z]+\sof\s|(?:neighbouring|nearby|adjoining|rural)\s)?" + (
    r"(?P<name>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*)"
)
"""A name and what may stand before it, after a preposition: "in the county of Penbrook"."""

AT = r"[Ii]n|[Aa]t|[Ff]or|[Oo]n|[Aa]cross|[Nn]ear"
"""The prepositions of places."""

_WHERE = re.compile(rf"\b(?:{AT}){NAMED}")
_OF_ONE = re.compile(r"\s(?:in|at|for|of|on|across|near|by|from|to|with|last|this)\b")
"""What follows the last figure of a sentence and is said of that one alone: "150 boats and 220 lorries at Dover"."""

_SAYS_MORE = re.compile(r"(?:It|Its|This|That|They|These|Those|Their)\b")


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
    if counted is not None and (counted.start < sentence.start or not any(part.holds(counted) for part in parts)):
        parts.append(counted)
    parts += referred_to(passage, sentence)
    text = " … ".join(part.of(body) for part in parts)
    return Own(text, frozenset(stems(text)))


def referred_to(passage: Passage, sentence: Span) -> list[Span]:
    """Return the sentence before one that says more of it ("It rose to 220"); [] if it says nothing of another."""
    if not _SAYS_MORE.match(passage.release.body, sentence.start):
        return []
    return [each for each in passage.sentences if each.end <= sentence.start][-1:]


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
    elif begin > sentence.start:
        parts = [*_where_opened(body, sentence, row[0], Span(begin, end)), *parts]
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
    if not any(each.group("name") not in MONTHS for each in _WHERE.finditer(body, own.start, own.end)):
        return [opening]
    return _without(opening, [Span(*match.span("name")) for match in _WHERE.finditer(body, opening.start, opening.end)])


def _where_opened(body: str, sentence: Span, first: Figure, own: Span) -> list[Span]:
    """Return the places before the first figure of a sentence, if a later one has none of its own.

    "A single ticket on the Ashmere tram costs £2.60 and a day ticket £6.10": both are of Ashmere.
    """
    if _WHERE.search(body, own.start, own.end):
        return []
    return [Span(*match.span()) for match in _WHERE.finditer(body, sentence.start, first.span.start)]


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
