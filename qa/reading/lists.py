"""Lists in a release, and questions whose answer may be all the items of one.

A list is a run of lines that are items: marked ("• ", "1. "), or after a line that ends in a colon. Neighbouring lists,
each with a lead-in of its own, stay apart here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.text.number_words import TWO_TO_TWENTY
from index.text.tables import rows_of, tables
from index.text.verbs import SIMPLE_PAST
from index.types import Span

_LINE = re.compile(r"[^\n]+")
_MARK = re.compile(r"(?:[•◦▪‣·*–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)])\s+")
_LEAD_IN = re.compile(r":\s*[-–—]?$")
_SPEAKS = re.compile(r"\b(?:said|says|added|adds|commented|told|wrote|welcomed\b.*|stated)\s*:\s*$", re.IGNORECASE)
_LAST_SENTENCE = re.compile(r"(?:.*[.!?][”’\"']?\s+(?=[A-Z“‘\"]))?(?P<last>.+)")
_AND_OR = re.compile(r"\s(?:and|or)$")
_HEADING_WORDS = 12

_NO_MEASURE = r"(?!(?:per\s?cent|percent|quarters|thirds|fifths|tenths|years?|months?)\b)"
"""What follows a number that counts nothing that could be listed: a share, or a stretch of time."""

_COUNTED = re.compile(
    r"\s*(?:which|what|who|name|list)(?:\s+(?:are|were|will be))?"
    r"(?:\s+(?:the|these|those|of the|his|her|its|their|our))?"
    r"(?:\s+(?:first|last|new|main|other|key|only))?"
    rf"\s+(?P<number>{'|'.join(TWO_TO_TWENTY)}|[2-9]|1\d|20)\s+{_NO_MEASURE}(?:[\w’'-]+\s+){{0,3}}?"
    r"(?P<noun>[\w’'-]*[a-z]s|people|children|men|women)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\s*(?:and\s+|so\s+)?(?P<word>which|what|who|name|list)\b\s*(?P<rest>.*)", re.IGNORECASE)
_AUXILIARY = frozenset(
    """are were is was will would can could may might must shall should do does did have has had be been being get gets
    got""".split()
)
_PAST = re.compile(rf"\w+ed|set|cut|put|{'|'.join(SIMPLE_PAST)}")
_PREPOSITIONS = frozenset("of in from for to with by at on under behind about who that".split())
_NO_PLURAL = frozenset(
    "is was does has this its us as plus gas bus status news less process address business series species".split()
)
_ONE_WORD = re.compile(r"\b(?:worth|paid|called|named|like|made of|based|priced|due)\W*$", re.IGNORECASE)
_DEEDS = re.compile(
    r"(?:must|should|can|could|will|would|may|does|do|did)\s+(?:.+\s)?"
    r"(?:do|include|cover|offer|involve|contain|provide|pay for|consist of|comprise|require|need|allow|promise|propose"
    r"|apply for|receive|get|claim|choose|bring|face|expect|carry|show|submit|supply|wear|look for|ask for"
    r"|be (?:given|offered|sent|shown|told|provided with|asked (?:for|about)|charged with))"
    r"(?:\s+(?:to|from|about|for|in|under|by|at|before|after|during|when|if|as)\b.*)?\W*$"
    r"|(?:can|may|must)\s+(?:[\w’'-]+\s+){1,4}[a-z]+\W*$",
    re.IGNORECASE,
)
"""What follows "what" where all that somebody can or must do is asked for: "what can residents recycle"."""


@dataclass(frozen=True, slots=True)
class Several:
    """A question asks for several things; ``count`` is how many, where it says so."""

    count: int | None


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list of at least two items, without their marks and the commas or "and" after them.

    ``lead`` is the sentence that introduces it, ``span`` its lines, without the lead.
    """

    lead: Span | None
    items: tuple[Span, ...]
    span: Span


def several(question: str) -> Several | None:
    """Return that a question asks for several things ("Which four ports", "What are the penalties"); None if not."""
    asks = _ASKS.match(question)
    if asks is None or _ONE_WORD.search(question):
        return None
    counted = _COUNTED.match(question)
    if counted:
        number = counted["number"].lower()
        return Several(TWO_TO_TWENTY.get(number) or int(number))
    word, words = asks["word"].lower(), re.findall(r"[\w’'-]+", asks["rest"].lower())
    if word in {"name", "list"}:
        return Several(None) if any(map(_is_plural, words[:6])) else None
    if words[:1] and words[0] in {"are", "were"}:
        return Several(None) if any(map(_is_plural, words[1:8])) or word == "who" else None
    verb = next((place for place, each in enumerate(words[:7]) if each in _AUXILIARY), None)
    if verb == 0:
        deeds = word == "what" and _DEEDS.match(asks["rest"])
        return Several(None) if deeds or (word == "who" and words[0] in {"can", "may"}) else None
    stop = next((place for place, each in enumerate(words) if each in _PREPOSITIONS), len(words))
    noun = words[: min(verb, stop)][-1:] if verb else _subject(words) if word == "which" else []
    return Several(None) if word in {"which", "what"} and any(map(_is_plural, noun)) else None


def _subject(words: Sequence[str]) -> Sequence[str]:
    """Return the noun before a verb that is no auxiliary, as far as the verb's past tells: "police forces took".

    A word in -s before one in -ed tells nothing: "police forces closed", but also "minister backs planned reforms".
    """
    if len(words) < 3 or _is_plural(words[0]) or not _PAST.fullmatch(words[2]):
        return words[:1]
    return words[1:2] if not words[2].endswith("ed") else []


def _is_plural(word: str) -> bool:
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is", "’s", "'s"))
    return (plural and len(word) > 2 and word not in _NO_PLURAL) or word in {"people", "children", "men", "women"}


@lru_cache(maxsize=64)
def lists_in(body: str) -> tuple[ItemList, ...]:
    """Return the lists of a body, in order."""
    rows = {row.start for row in rows_of(tables(body))}
    lines = [Span(*line.span()) for line in _LINE.finditer(body) if line.start() not in rows]
    found: list[ItemList] = []
    place = 0
    while place < len(lines):
        stop = _end_of_list(body, lines, place)
        if stop - place < 2:
            place += 1
            continue
        items = tuple(_item(body, line) for line in lines[place:stop])
        span = Span(lines[place].start, lines[stop - 1].end)
        found.append(ItemList(_lead(body, lines, place), items, span))
        place = stop
    return tuple(found)


def _end_of_list(body: str, lines: list[Span], first: int) -> int:
    """Return the number of the line after the list that begins at line ``first``: ``first`` itself if none does."""
    texts = lines[first].of(body)
    before = lines[first - 1].of(body) if first else ""
    introduced = bool(_LEAD_IN.search(before)) and not _introduces_speech(before)
    stop = first + 1
    if _MARK.match(texts):
        while stop < len(lines) and _near(lines, stop) and _MARK.match(lines[stop].of(body)):
            stop += 1
    elif introduced and texts[:1].islower():
        while stop < len(lines) and _near(lines, stop) and lines[stop].of(body)[:1].islower():
            stop += 1
    elif introduced:
        while stop < len(lines) and lines[stop].start == lines[stop - 1].end + 1:
            stop += 1
    else:
        return first
    return stop


def _introduces_speech(line: str) -> bool:
    # Without the colon each "welcomed" would be followed to the end of the line, in quadratic time.
    return line.rstrip().endswith(":") and _SPEAKS.search(line) is not None


def _near(lines: list[Span], place: int) -> bool:
    return lines[place].start - lines[place - 1].end <= 2


def _lead(body: str, lines: list[Span], first: int) -> Span | None:
    if not first or not _near(lines, first):
        return None
    line = lines[first - 1]
    words = line.of(body)
    if not _LEAD_IN.search(words) and len(words.split()) > _HEADING_WORDS:
        return None
    last = _LAST_SENTENCE.match(words)
    return Span(line.start + (last.start("last") if last else 0), line.end)


def _item(body: str, line: Span) -> Span:
    text = line.of(body)
    mark = _MARK.match(text)
    start = mark.end() if mark and mark.end() < len(text) else 0
    return Span(line.start + start, line.start + _end_of_words(text, start + 1))


def _end_of_words(text: str, least: int) -> int:
    """Return where an item ends without the blanks, marks and "and" or "or" after its words; not before ``least``.

    Step by step from the end: a pattern for all of them takes cubic time where many blanks are not at the end.
    """
    end = len(text)
    while end > least:
        joins = _AND_OR.search(text, max(least, end - len(" and")), end)
        if joins is None and not (text[end - 1].isspace() or text[end - 1] in ";,."):
            break
        end = joins.start() if joins else end - 1
    return end


def neighbours(found: Sequence[ItemList]) -> list[tuple[ItemList, ItemList]]:
    """Return the pairs of lists with nothing but the second one's lead between them."""
    return [
        (one, other)
        for one, other in pairwise(found)
        if other.lead is not None and other.lead.start - one.span.end <= 2
    ]
