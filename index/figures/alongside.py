"""Figures that are said alongside each other, and what each has of the one before it.

"150 arrests at Aldmoor and 220 at Brackley": the second counts arrests as well. "The figure for Brackley was 220": it
counts what the sentence before counted. "240 and 310 visitors respectively": each has its own of the names, or of the
times, that the sentence lists.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.figures.noun_phrases import PhraseRules, phrase_at
from index.text.dates import MONTHS
from index.types import Span

_REACH = 160
"""How many characters apart two figures that are said alongside each other are at most: a long list item."""

_RANGE_WITHIN = 24
"""How many characters before a number are searched for "from" or "to": the word and a qualifier."""

_PLACE = r"(?:in|at|for|on)\s(?:the\s)?(?:[A-Z][\w’'-]*,?\s)+"
_IS = r"(?:was|is|were|are|had\sbeen|stood\sat|came\sto|reached|has\sbeen)\b"
_NAME = r"(?:the\s)?[A-Z][\w’'-]*(?:\s(?:(?:of|on|upon|and)\s)?(?:the\s)?[A-Z][\w’'-]*){0,4}"
_DEED = r"(?:had|has|saw|took|got|made|found|gave|held|sold|built|caught|won|lost|sent|paid|[a-z]+ed)"
_JOIN = re.compile(
    r"(?:\b(?:and|but|or|plus|versus|while|whereas|against|compared\s(?:with|to)"
    r"|(?:up|down|increase|decrease|rise|fall|drop|reduction)\sfrom)|^[^,;]*[,;])\s"
    rf"(?:{_PLACE}(?:(?:it|there)\s{_IS}\s)?|{_NAME}\s{_DEED}\s)?(?:(?:a\s)?further\s|another\s|only\s|just\s)?$"
)
"""What joins a number to one before it, its own place included: "150 in Aldmoor and in Brackley (it was) 220"."""

_FROM = re.compile(r"\bfrom\s(?:[a-z]+\s){0,2}$")
_TO = re.compile(r"\b(?:to|at)\s(?:[a-z]+\s){0,2}$")
_THEN_TO = re.compile(r"\b(?:and|then|or)\sto\s(?:[a-z]+\s){0,2}$")
"""What is before one of two numbers: "from 12 in 2022 to 15", "to 15 in 2023 from 12", "to 12 and then to 15"."""

_NO_NOUN = re.compile(
    r"\s*(?:$|[.,;:)!?\n])"
    r"|\s(?:in|at|for|on|across|among|amongst|by|during|between|from|to|and|or|respectively|this|last"
    r"|(?:the|a)\s(?:year|month|week|quarter)|(?:19|20)[0-9]{2})\b"
)
"""What follows a number that names nothing of its own to count."""

_SAME = r"(?:(?:comparable|corresponding|equivalent|same|similar|total|overall|combined|latest|national|average)\s)?"
_FIGURE = rf"{_SAME}(?:figures?|equivalents?)"
_TOTAL = rf"{_SAME}(?:numbers?|totals?|counts?|rates?|levels?|amounts?|sums?|averages?|tally)"
_WHERE_OR_WHEN = r"(?:In|At|For|On|Over|During|Across|Among)\s[^.;:,]{1,60},?\s"
_NUMBER = r"(?:(?:about|around|some|only|just|over|nearly|almost)\s)?[0-9][0-9,.]*(?<![.,])"
_FIGURE_FOR = re.compile(
    rf"The\s{_FIGURE}\s(?:for|in|at|on|across|among)\s"
    rf"|The\s{_TOTAL}\s(?:for\s|(?:in|at|on|across)\s{_NAME}\s{_IS})"
    rf"|(?:In|For|At|On|Across|Among)\s[^.;:,]{{1,60}},?\s(?:(?:the|this|that)\s(?:{_FIGURE}|{_TOTAL})|it)\s{_IS}"
    rf"|(?:The\s)?[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){{0,3}}\s{_FIGURE}\s{_IS}"
    rf"|{_NAME}[’']s\s(?:{_FIGURE}|{_TOTAL})\s{_IS}"
    rf"|{_WHERE_OR_WHEN}there\s{_IS}\s{_NUMBER}(?:[.,;]|$|\s(?:and|but|while)\s)"
    rf"|There\s{_IS}\s{_NUMBER}\s(?:in|at|for|on|across)\s{_NAME}"
    r"|(?:This|That|It)\scompares\s(?:with|to)\s"
)
"""A sentence that gives what the one before it counted, for another place or thing."""

_THEY = r"(?:they|it|he|she|we|officers|staff|police)"
_HAD = re.compile(
    rf"(?:{_WHERE_OR_WHEN}{_THEY}|{_NAME}|(?:Those|(?:Their|Its|The|His|Her)\s[a-z]+)\s(?:in|at|for|of)\s{_NAME}|(?i:{_THEY}))"
    rf"\s{_DEED}\s"
    r"(?:(?:about|around|only|just|nearly|over|almost|more\sthan)\s)?$"
)
"""Who did as much elsewhere or at another time: "Brackley had", "in 2023 they made", "their colleagues in Kent"."""

_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,\s*(?:and\s)?|\band\s)(?:(?:about|around|almost|nearly|over|just|more\sthan)\s)*$")
_COMMA_OR_AND = re.compile(r",\s(?:and\s)?|\sand\s")
_BEFORE_ITEM = re.compile(
    r"(?:^|[,;:]\s|\b(?:the|a|an|in|at|for|on|of|to|by|from|both|our|its|their|between|with|than)\s)", re.IGNORECASE
)
_ARTICLE = re.compile(r"(?:(?:in|at|for|on|of|to|from|by)\s)?(?:(?:[Tt]he|an?)\s)?")
_CAPITALS = re.compile(r"[A-Z][\w’'-]*(?:\s(?:(?:of|on|upon|and)\s)?[A-Z][\w’'-]*)*")
_ONE_NAME = re.compile(r"[A-Z][\w’'-]*(?:\s(?:(?:of|on|upon)\s)?[A-Z][\w’'-]*)*")
_OPENING_WORD = re.compile(r"(?:In|At|For|On|Across|From|The)\s(?=[A-Z])")
_NAME_LIST = re.compile(rf"{_ONE_NAME.pattern}(?:,\s{_ONE_NAME.pattern})*,?\sand\s{_ONE_NAME.pattern}")
"""Names in a row: "Aldmoor, Brackley and Corran"."""

_LIST_WITHIN = 400
"""How many characters before numbers are searched for the names that they belong to: a long sentence."""

_MONTH = rf"(?:{'|'.join(MONTHS)})"
_TIME = re.compile(
    rf"(?<![\w.,])(?:{_MONTH}\b(?:\s(?:19|20)[0-9]{{2}}\b)?|(?:19|20)[0-9]{{2}}(?:[–/-][0-9]{{2,4}})?(?![\w]))"
)
_POINT = rf"(?:{_MONTH}\s)?(?:19|20)[0-9]{{2}}"
_TWO_TIMES = re.compile(
    rf"\b(?P<between>[Bb]etween\s)?(?(between)|[Ff]rom\s)(?P<first>{_POINT})"
    rf"\s(?(between)and|to)\s(?P<last>{_POINT})(?![\w/–-])"
)


def joined(body: str, earlier: Span, quantity: Span) -> bool:
    """Return True if a quantity without a noun of its own is joined to the one before it in its sentence."""
    if not 0 <= quantity.start - earlier.end <= _REACH or _NO_NOUN.match(body, quantity.end) is None:
        return False
    between = body[earlier.end : quantity.start]
    before = body[max(0, earlier.start - _RANGE_WITHIN) : earlier.start]
    rose = (_FROM.search(before) and _TO.search(between)) or (
        _TO.search(before) and (_FROM.search(between) or _THEN_TO.search(between))
    )
    return bool(rose) or _JOIN.search(between) is not None


def figure_for(body: str, sentence: Span) -> bool:
    """Return True if a sentence begins as one that gives the figure before it for something else."""
    return _FIGURE_FOR.match(body, sentence.start, sentence.end) is not None


def had(body: str, sentence: Span, quantity: Span) -> bool:
    """Return True if who did it is all that comes before a quantity without a noun: "Brackley had 220."."""
    before = body[sentence.start : quantity.start]
    return _HAD.fullmatch(before) is not None and _NO_NOUN.match(body, quantity.end) is not None


@dataclass(frozen=True, slots=True)
class Respective:
    """A quantity with its own items of the lists of its sentence, ``names`` and ``times``, and those of the others."""

    quantity: Span
    names: tuple[Span, ...]
    times: tuple[Span, ...]
    others: tuple[Span, ...]


def respective(body: str, sentence: Span, quantities: Sequence[Span], nouns: PhraseRules) -> list[Respective]:
    """Return, for each quantity that "respectively" pairs with an item of a list, that item and the others.

    The lists are those of as many names, or of as many years or months, as there are numbers in a row.
    """
    mark = _RESPECTIVELY.search(body, sentence.start, sentence.end)
    if mark is None:
        return []
    before = [each for each in quantities if each.end <= mark.start()]
    run = _run(body, before) if before else _run(body, [each for each in quantities if each.start >= mark.end()])
    if len(run) < 2:
        return []
    before_it = _items(body, sentence.start, run[0].start, len(run), nouns)
    after_it = _items(body, run[-1].end, mark.start(), len(run), nouns)
    names, times = [each for each in (before_it, after_it) if each], [_times(body, sentence, run)]
    return [
        Respective(
            quantity,
            tuple(items[number] for items in names),
            tuple(items[number] for items in times if items),
            tuple(item for items in [*names, *times] for place, item in enumerate(items) if place != number),
        )
        for number, quantity in enumerate(run)
    ]


def years_of_change(body: str, sentence: Span, quantities: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Return numbers that something rose or fell from or to, each with its year of the two that the sentence is about.

    "Between 2009 and 2013 the count fell from 412 to 96": the first is of 2009, the other one of 2013.
    """
    years = [*_TWO_TIMES.finditer(body, sentence.start, sentence.end)]
    if len(years) != 1:
        return []
    first, last = (Span(*years[0].span(name)) for name in ("first", "last"))
    found = []
    for earlier, later in pairwise(quantities):
        before = body[max(sentence.start, earlier.start - _RANGE_WITHIN) : earlier.start]
        between = body[earlier.end : later.start]
        if _FROM.search(before) and _TO.search(between):
            found += [(earlier, first), (later, last)]
        elif _TO.search(before) and _FROM.search(between):
            found += [(earlier, last), (later, first)]
    return found


def _run(body: str, quantities: Sequence[Span]) -> list[Span]:
    """Return the last quantities that form one list: "240, 310 and 95"."""
    run = list(quantities[-1:])
    for earlier, later in reversed(list(pairwise(quantities))):
        if not _LISTED.fullmatch(body, earlier.end, later.start):
            break
        run.insert(0, earlier)
    return run


def _items(body: str, begin: int, end: int, count: int, nouns: PhraseRules) -> list[Span]:
    """Return the last ``count`` items of a list of names; none if there are fewer."""
    if listed := _name_list(body, begin, end, count):
        return listed
    # "In Leeds, York and Hull, 28, 43 and 17 people": a comma before the numbers begins no name.
    edges = [begin, *(match.end() for match in _COMMA_OR_AND.finditer(body, begin, end) if match.end() < end)]
    if len(edges) < count:
        return []
    starts = edges[-count:]
    ends = [_item_end(body, start, following) for start, following in pairwise(starts)]
    opening = [match.end() for match in _BEFORE_ITEM.finditer(body, starts[0], ends[0])]
    starts[0] = opening[-1] if opening else starts[0]
    starts[-1] = article.end() if (article := _ARTICLE.match(body, starts[-1], end)) else starts[-1]
    name = _CAPITALS.match(body, starts[-1], end)
    last = Span(*name.span()) if name else phrase_at(body, starts[-1], end, nouns)
    if last is None or any(start >= stop for start, stop in zip(starts, ends, strict=False)):
        return []
    return [*(Span(start, stop) for start, stop in zip(starts, ends, strict=False)), last]


def _name_list(body: str, begin: int, end: int, count: int) -> list[Span]:
    """Return the names of the only list of so many names; none if there is no such list, or more than one."""
    lists = []
    for match in _NAME_LIST.finditer(body, max(begin, end - _LIST_WITHIN), end):
        opening = _OPENING_WORD.match(body, match.start())
        start = opening.end() if opening else match.start()
        names = [Span(*name.span()) for name in _ONE_NAME.finditer(body, start, match.end())]
        if len(names) == count:
            lists.append(names)
    return lists[0] if len(lists) == 1 else []


def _item_end(body: str, start: int, following: int) -> int:
    """Return where an item ends: before the comma or "and" that leads to the one after it."""
    last = start
    for match in _COMMA_OR_AND.finditer(body, start, following):
        last = match.start()
    return last


def _times(body: str, sentence: Span, run: Sequence[Span]) -> list[Span]:
    times = [Span(*match.span()) for match in _TIME.finditer(body, sentence.start, sentence.end)]
    found = [time for time in times if all(time.end <= each.start or each.end <= time.start for each in run)]
    listed = len(found) == len(run) and all(_LISTED.fullmatch(body, a.end, b.start) for a, b in pairwise(found))
    return found if listed else []
