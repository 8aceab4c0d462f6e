"""Where an answer begins and ends: whole words, whole figures, and nothing that only surrounds them.

A reader's span may begin or end anywhere. It is grown to whole words, its marks are trimmed, and its figures are made
whole. What belongs to an answer besides is added when it has been scored (`qa.reading.completion`). Each step is a
table of rules, tried in order of precedence; ``python -m eval.training.boundaries`` measures what each rule earns.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from index.figures.rules import Chain, Rule, Steps
from index.figures.zeros import predicate_of_none, whole_of_none
from index.text.note_marks import mark_at, mark_before
from index.text.numerals import inside_grouped
from index.text.terms import stems
from index.types import Span
from qa.question import NEUTRAL, Asked
from qa.reading.completion import COMPLETIONS, Answer

_WORD_WITHIN: Final = 24
"""How many characters before a place are searched for the word that ends there: longer than all but chemical names."""

_LEFT = " \t\n,;:.–—-•)]}”’"
_RIGHT = " \t\n,;:–—([{“‘"
_PAIRS = {"“": "”", "‘": "’", "(": ")", "[": "]", '"': '"'}
_JOINERS = "\u200c\u200d"

Bounds = tuple[int, int]
"""Start and end of an answer in its body."""

Verdict = Literal["joined", "apart"]
"""Whether the characters before and after a place belong to one word, number or sign."""


# --- whole words

_POSSESSIVE = re.compile(r"['’]s(?!\w)")
_RUN_ON = re.compile(r"(?:\b[a-z]{2,}|\b[A-Z][a-z]{3,})$")
_RUNS_ON = re.compile(
    r"(?:and|are|as|at|by|for|from|has|have|in|is|of|on|or|said|that|the|to|was|were|which|will|with)\b"
)


def _capital_after(body: str, at: int) -> Verdict | None:
    """Read "theNHS", "of55", "MinisterBaroness": mark-up between two words is gone."""
    before, after = body[at - 1], body[at]
    if not (before.islower() and (after.isupper() or after.isdigit())):
        return None
    word = _RUN_ON.search(body, max(0, at - _WORD_WITHIN), at)
    return "apart" if word is not None and (after.isupper() or word.group().islower()) else None


def _word_after(body: str, at: int) -> Verdict | None:
    """Read "UKHSAsaid", "55of": as far as the commonest words tell."""
    last_two = body[max(0, at - 2) : at]
    ends = body[at - 1].isdigit() or (len(last_two) == 2 and last_two.isupper())
    return "apart" if ends and _RUNS_ON.match(body, at) else None


def _grouped(body: str, at: int) -> Verdict | None:
    """Read "934 000", "1 064.5"."""
    return "joined" if (body[at - 1] + body[at]).strip().isdigit() and inside_grouped(body, at) else None


def _letters(body: str, at: int) -> Verdict | None:
    return "joined" if _in_word(body[at - 1]) and _in_word(body[at]) else None


def _combined(body: str, at: int) -> Verdict | None:
    """An accent or a skin tone belongs to what it follows, and a joiner to both sides."""
    before, after = body[at - 1], body[at]
    return "joined" if not before.isspace() and (_marks(after) or before in _JOINERS) else None


def _number(body: str, at: int) -> Verdict | None:
    """Read "2,580", "10:30", "2023/24"."""
    inside = any(m in ",.:/" and a.isdigit() and b.isdigit() for a, m, b in _marks_at(body, at))
    return "joined" if inside else None


def _apostrophe(body: str, at: int) -> Verdict | None:
    """Read "don’t", "O’Brien"."""
    inside = any(m in "'’" and _in_word(a) and _in_word(b) for a, m, b in _marks_at(body, at))
    return "joined" if inside else None


def _full_stop(body: str, at: int) -> Verdict | None:
    """Read "U.S", "gov.uk"; "said.The" are two words with a blank missing."""
    for place in (at, at - 1):
        if not 0 < place < len(body) - 1 or body[place] != ".":
            continue
        single = place == 1 or not _in_word(body[place - 2])
        if body[place - 1].isalpha() and body[place + 1].isalpha() and (single or body[place + 1].islower()):
            return "joined"
    return None


def _marks_at(body: str, at: int) -> Iterator[tuple[str, str, str]]:
    """Yield the characters on each side of a place, with their neighbours."""
    for place in (at, at - 1):
        if 0 < place < len(body) - 1:
            yield body[place - 1], body[place], body[place + 1]


def _in_word(mark: str) -> bool:
    return mark.isalnum() or unicodedata.category(mark) in ("Mn", "Mc")


def _marks(mark: str) -> bool:
    return mark in _JOINERS or unicodedata.category(mark) in ("Mn", "Mc", "Me", "Sk")


def _possessive(body: str, at: int) -> bool:
    """Whether a possessive begins there, which an answer may leave out."""
    return _POSSESSIVE.match(body, at) is not None


# --- marks at the ends


def _note_before(body: str, start: int, end: int) -> Bounds | None:
    mark = mark_at(body, start)
    return (mark.end, end) if mark is not None and _says(body, mark.end, end) else None


def _note_after(body: str, start: int, end: int) -> Bounds | None:
    mark = mark_before(body, end)
    return (start, mark.start) if mark is not None and _says(body, start, mark.start) else None


def _says(body: str, start: int, end: int) -> bool:
    return any(sign.isalnum() for sign in body[start:end])


def _left_mark(body: str, start: int, end: int) -> Bounds | None:
    return (start + 1, end) if body[start] in _LEFT and body[start] not in _PAIRS else None


def _right_mark(body: str, start: int, end: int) -> Bounds | None:
    return (start, end - 1) if body[end - 1] in _RIGHT else None


def _last_stop(body: str, start: int, end: int) -> Bounds | None:
    return (start, end - 1) if body[end - 1] == "." and not _abbreviates(body[start:end]) else None


def _abbreviates(text: str) -> bool:
    """Whether a full stop at the end belongs to the last word, as in "U.S." or "P.C.C."."""
    return re.search(r"(?:^|[\s(])(?:[A-Za-z]\.){2,}$", text) is not None


def _unclosed(body: str, start: int, end: int) -> Bounds | None:
    closing = _PAIRS.get(body[start])
    return (start + 1, end) if closing and closing not in body[start + 1 : end] else None


def _unopened(body: str, start: int, end: int) -> Bounds | None:
    opening = [first for first, last in _PAIRS.items() if last == body[end - 1]]
    return (start, end - 1) if opening and not any(mark in body[start : end - 1] for mark in opening) else None


def _enclosed(body: str, start: int, end: int) -> Bounds | None:
    closing = _PAIRS.get(body[start])
    around = closing == body[end - 1] and closing is not None and closing not in body[start + 1 : end - 1]
    return (start + 1, end - 1) if around else None


# --- figures

_CLAUSE_END = re.compile(r"[.;:!?\n](?!\d)")
_COMPOUND = re.compile(r"\s+(?:(?:and|to|or)\s+)?")
_COUNTED = re.compile(r"\s+(?:of\s+)?[^\W\d_][\w’'-]*(?:\s+[^\W\d_][\w’'-]*){0,5}")


def _counted(body: str, start: int, end: int, number: Span) -> int | None:
    """The answer to a question for a figure leaves out the words for what is counted."""
    mark = mark_at(body, number.end)
    after = mark.end if mark else number.end
    return number.end if start <= number.start and _COUNTED.fullmatch(body[after:end]) else None


def _compound(body: str, first: Span, second: Span) -> bool:
    """Whether two figures are one answer: "one year and two months", "6 months to 2 years"."""
    return _COMPOUND.fullmatch(body, first.end, second.start) is not None


@dataclass(frozen=True, slots=True)
class EndRules:
    """The rules by which an answer begins and ends.

    ``words`` says whether two characters belong to one word, and ``stops`` that the end of an answer grows no further.
    ``trims`` take marks away until none of them applies. Each of ``names`` may begin the answer earlier, or end it
    elsewhere. ``figures`` say where the answer to a question for a figure ends, and ``compounds`` that two figures are
    one answer.
    """

    words: Chain[[str, int], Verdict]
    stops: Chain[[str, int], bool]
    trims: Chain[[str, int, int], Bounds]
    names: Steps[Answer]
    figures: Chain[[str, int, int, Span], int]
    compounds: Chain[[str, Span, Span], bool]


_ANY_READER: Final = "safety: the spans of another reader may begin and end anywhere"

ENDS: Final = EndRules(
    words=Chain(
        "word",
        (
            Rule("capital after", "Who? Ask the«NHS» now.", _capital_after),
            Rule("word after", "Who? The «UKHSA»said so.", _word_after),
            Rule("grouped", "What is it? Use code 12 «345» 678 now.", _grouped, _ANY_READER),
            Rule("letters", "What is it? The C«rime and Pol»icing Bill.", _letters, _ANY_READER),
            Rule("combined", "What is it? It is 👋«🏽» now.", _combined, _ANY_READER),
            Rule("number", "When? It starts at «10»:30 on Monday.", _number, _ANY_READER),
            Rule("apostrophe", "What is it? They «don»’t know.", _apostrophe, _ANY_READER),
            Rule("full stop", "What is it? Ask the U.«S» embassy.", _full_stop, _ANY_READER),
        ),
    ),
    stops=Chain(
        "word end", (Rule("possessive", "Whose plan? The «Home Secretary»’s plan.", _possessive, _ANY_READER),)
    ),
    trims=Chain(
        "trim",
        (
            Rule("note before", "How many? In all«³ visits» came.", _note_before, _ANY_READER),
            Rule("note after", "How many? It met «4,812[4]» in all.", _note_after, _ANY_READER),
            Rule("left mark", "What is it? First«, Dover» then Kent.", _left_mark, _ANY_READER),
            Rule("right mark", "What is it? First «Dover;» then Kent.", _right_mark, _ANY_READER),
            Rule("last stop", "What is it? It ended in «Dover.»", _last_stop, _ANY_READER),
            Rule("unclosed", "What is it? She said «“it is Dover» and” left.", _unclosed, _ANY_READER),
            Rule("unopened", "What is it? It is “so «it is”» he said.", _unopened, _ANY_READER),
            Rule("enclosed", "What is it? It was «“so”» he said.", _enclosed, _ANY_READER),
        ),
    ),
    names=COMPLETIONS,
    figures=Chain(
        "figure end", (Rule("counted", "How many? In all «2,580 foreign criminals» left.", _counted, _ANY_READER),)
    ),
    compounds=Chain("compound", (Rule("compound", "How long? It took «6 months to 2 years» then.", _compound),)),
)


_TIMES: Final = 4
"""How often ends are tidied at most: what a figure adds to marks ("• -" of "• -5°C") may have ragged ends itself."""


def tidy(asked: Asked, body: str, span: Span, within: Span, numbers: Sequence[Span], *, rules: EndRules = ENDS) -> Span:
    """Return ``span`` of ``body`` without ragged ends; the result lies in ``within`` and is never empty.

    ``numbers`` are those of the figures in ``within``, with their currency, scale word and measure, in their order.

    Words and figures are never cut, but for a possessive "’s": a figure keeps its currency, percent sign, scale word
    and measure, and the answer to a question for a figure leaves out the words for what is counted. Marks at the ends
    go, unless they belong to a pair inside.
    """
    for _ in range(_TIMES):
        found = _tidied(asked, body, span, within, numbers, rules=rules)
        if found == span:
            break
        span = found
    return span


def _tidied(asked: Asked, body: str, span: Span, within: Span, numbers: Sequence[Span], *, rules: EndRules) -> Span:
    start, end = _whole_words(body, span, within, rules)
    start, end = _trimmed(body, start, end, rules)
    if start >= end:
        start, end = span.start, span.end
    numbers = [_asked_of(asked, body, Span(start, end), within, each) for each in numbers]
    return _whole_figures(body, start, end, numbers, rules, counted=asked.wants_figure)


def _asked_of(asked: Asked, body: str, span: Span, within: Span, number: Span) -> Span:
    """Return the "230" of "none of the 230" if a question asks only for that; otherwise ``number``.

    It does if all its words are around the number, and none of them in what is said of none: "how many were seized?",
    where "none of the 230 seized was genuine".
    """
    whole = whole_of_none(body, number) if number.touches(span) else None
    if whole is None or span.start <= number.start:
        return number
    stop = _CLAUSE_END.search(body, number.end, within.end)
    end = stop.start() if stop else within.end
    said = predicate_of_none(body, number, end)
    if said is None:
        return number
    asks = set(asked.stems) - NEUTRAL
    around = {*stems(body[within.start : said.start]), *stems(body[said.end : within.end])}
    return whole if asks and asks <= around and not asks & set(stems(said.of(body))) else number


def apart(asked: Asked, body: str, span: Span, numbers: Sequence[Span], *, rules: EndRules = ENDS) -> list[Span]:
    """Return the numbers in a span that runs across several, if the question asks for one; otherwise an empty list.

    Start and end are scored apart, so each may fall on another figure ("204, 68"). Of 1,707 answers to such questions
    in our train and dev parts, three hold two figures, all of them a compound or a range.
    """
    if not asked.wants_figure:
        return []
    found = [each for each in numbers if span.holds(each)]
    return [] if all(rules.compounds(body, a, b) for a, b in itertools.pairwise(found)) else found


def _whole_words(body: str, span: Span, within: Span, rules: EndRules) -> Bounds:
    start, end = span.start, span.end
    while start > within.start and rules.words(body, start) == "joined":
        start -= 1
    while end < within.end and rules.words(body, end) == "joined" and not rules.stops(body, end):
        end += 1
    return start, end


def _trimmed(body: str, start: int, end: int, rules: EndRules) -> Bounds:
    while start < end and (trimmed := rules.trims(body, start, end)) is not None:
        start, end = trimmed
    return start, end


def _whole_figures(body: str, start: int, end: int, numbers: Sequence[Span], rules: EndRules, *, counted: bool) -> Span:
    """Give an answer the whole of each figure that it cuts; ``counted`` says that the question asks for a figure."""
    for number in numbers:
        if number.start < end and start < number.end:
            start, end = min(start, number.start), max(end, number.end)
            stop = rules.figures(body, start, end, number) if counted else None
            end = end if stop is None else stop
    return Span(start, end)
