"""What a number counts or measures, and whether it is a change: read from the words around it.

No part-of-speech tagger: a noun phrase is a run of words up to the first one of a closed class, or to a verb that
its form or its place gives away. That is enough for the head of the phrase, which is what tells two measures apart.
"""

import re
from itertools import islice
from typing import Final, Literal

from index.figures.units import DURATIONS
from index.text.number_words import SPACE
from index.types import Span

Change = Literal["up", "down"]

_STOPS: Final = frozenset(
    """a about above across after again against ago all almost along alone already also although always am among
    amounting an and annually any are around as at available away back be because been before behind being below
    between beyond both but by can compared could despite did do does due during each either equal every except
    following for from had has have he her here his how however if in including instead into is it its itself just
    least less like may me might more most must my near nearly never new no nor not now of off often on once only onto
    or other our out outside over overall own per plus rather same she should since so some soon still such than that
    the their them then there therefore these they this those through throughout thus to today together too towards
    under unless until up upon us was we well were what when where whether which while who whom whose why will with
    within without worth would yet you your last next past previous old long high respectively compared worldwide
    nationwide nationally globally yesterday tomorrow each annually yearly monthly weekly daily following down
    ensuring meaning making means live need come go get make take face receive keep keeps gain gains goes
    worth combined alike apart responsible able available likely up year years month
    months week weeks day days time times total one two million billion thousand
    percent cent same best record brings another prior earlier later already currently permanently now each
    aged""".split()
)
_MAY_LEAD: Final = frozenset("new more other additional extra further fewer less such same long high old live".split())
"""Words of the list that may begin what is counted, though nothing may go on with them."""

_IRREGULAR: Final = frozenset(
    """made took taken seen saw said lost left came went gone fell fallen rose risen given gave held set found brought
    sent sold built paid won spent known grew grown cut put shown stood stopped met began begun led died rises falls
    remains represents includes comes goes takes makes gets sees helps covers means reflects follows equates amounts
    totals stands supports provides benefits shows hit become became drawn driven written chosen""".split()
)
_PLURALS: Final = frozenset(
    "people children men women staff police personnel offspring lives wives thieves youth cattle sheep".split()
)
_BASE_VERBS: Final = frozenset(
    """buy sell save spend give pay earn invest provide deliver reach cost create build hold bring add employ recruit
    hire train fund award allocate commit raise announce publish expect carry cover treat use run offer win lose
    """.split()
)
"""Verbs that stand before a number, and are never what it counts; behind one the same words may be nouns."""

_WORD = re.compile(rf"(?P<gap>{SPACE}|-)(?P<word>[^\W\d_](?:[\w’'&/-]*\w)?)(?P<possessive>[’'](?=\s))?")
_OF = re.compile(
    rf"{SPACE}of{SPACE}(?:(?:all|the|these|those|our|its|their|his|her|this|that|both|any|such|a|an)\b"
    rf"(?:{SPACE}of)?(?:{SPACE}the)?{SPACE})*",
    re.IGNORECASE,
)
_MORE_OF = re.compile(
    rf"{SPACE}(?:(?:more|fewer|less|extra|additional|further|new|other|different|separate|individual){SPACE})+"
    rf"(?!than\b)",
    re.IGNORECASE,
)
_UP = (
    "increas(?:e|es|ed|ing)|rise|rises|rose|risen|rising|gr[eo]w(?:s|n|th|ing)?|jump(?:s|ed|ing)?|surg(?:e|es|ed|ing)"
    "|climb(?:s|ed|ing)?|soar(?:s|ed|ing)?|uplift|expand(?:s|ed|ing)?|expansion|boost(?:s|ed|ing)?|rais(?:e|es|ed|ing)"
    "|gain(?:s|ed)?|improv(?:e|es|ed|ing|ement)"
    r"|(?<!\bmake\s)(?<!\bmakes\s)(?<!\bmaking\s)(?<!\bmade\s)(?<!\bset\s)(?<!\bsetting\s)up"
)
_DOWN = (
    "decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing|tion)|fall|falls|fell|fallen|falling|drop(?:s|ped|ping)?"
    "|declin(?:e|es|ed|ing)|cut(?:s|ting)?|slash(?:ed|es|ing)?|lower(?:s|ed|ing)?|shr[aiu]nk(?:s|ing)?|down"
)
_DIRECTION = rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))"
# a change named behind the number, as in "a 23% increase in removals"
_CHANGE_AFTER = re.compile(
    rf"(?:(?:{SPACE}|-)(?!in\b|of\b|and\b|to\b|for\b|on\b|by\b|from\b)[a-z-]+){{0,2}}?(?:{SPACE}|-)"
    r"(?:(?P<up>increases?|rises?|growth|jump|surge|uplift|uptick|improvement|hike)"
    r"|(?P<down>decreases?|reductions?|falls?|drops?|declines?|cuts?))\b"
    rf"(?:{SPACE}(?:in|of|to|for|across){SPACE}(?=[a-zA-Z]))?",
    re.IGNORECASE,
)
_MORE_AFTER = re.compile(
    rf"{SPACE}(?:(?P<up>more|higher|greater|larger|up|above|faster|bigger)|(?P<down>fewer|less|lower|down|below|smaller"
    rf"|cheaper|slower))\b(?={SPACE}[a-z]+{SPACE}than\b|{SPACE}than\b|{SPACE}on\b|{SPACE}[a-z]+{SPACE}[a-z]+{SPACE}than"
    rf"\b|{SPACE}(?:from|compared|year)\b|[.,;)]|$)",
    re.IGNORECASE,
)
# what is added is a rise: "an extra 500", "a further £65 million", "£5 million more"
_EXTRA_BEFORE = re.compile(rf"\b(?:additional|extra|further){SPACE}$", re.IGNORECASE)
_EXTRA_AFTER = re.compile(
    rf"{SPACE}(?:(?P<up>more|additional|extra)|(?P<down>fewer))\b(?!{SPACE}(?:times|or)\b)|{SPACE}(?P<boost>boost|uplift)\b",
    re.IGNORECASE,
)
_ON_THE_YEAR = re.compile(
    rf"{SPACE}(?:on|from|compared{SPACE}(?:to|with)){SPACE}(?:the{SPACE})?(?:year|last|previous|same|month|quarter)\b"
)
# a change named before it: "up by almost a third", "fell 4%", "cut crime by 20%"
_CHANGE_BEFORE = re.compile(
    rf"\b{_DIRECTION}(?P<by>(?:{SPACE}[\w’'-]+){{0,7}}?{SPACE}by|{SPACE}of|)"
    rf"{SPACE}?(?:(?:a|an|the|some|another|(?:a{SPACE})?(?:massive|further|total|staggering|whopping|huge)){SPACE})?"
    rf"(?:of{SPACE})?$",
    re.IGNORECASE,
)
_THE_NUMBER_OF = re.compile(
    rf"(?:the{SPACE})?(?:total{SPACE}|overall{SPACE}|average{SPACE})?(?:numbers?|levels?|amounts?|rates?|volumes?"
    rf"|proportion|share|value|total){SPACE}of{SPACE}",
    re.IGNORECASE,
)
_ARTICLES = re.compile(rf"(?:(?:a|an|the|these|those|our|its|their|his|her|this|that|all){SPACE})+", re.IGNORECASE)
_FOR = re.compile(
    rf"(?:{SPACE}(?:will|is|are|was|were|has|have|had|be|been|being|to|goes|go|going|[a-z]+ing|[a-z]+ed)){{0,4}}?"
    rf"{SPACE}(?:of|for|in|on|to|towards|into|across){SPACE}"
    rf"(?:(?:a|an|the|these|those|our|its|their|this|that|all|new){SPACE})*"
    rf"(?:(?:help|fund|support|build|deliver|improve|tackle|boost|upgrade|protect|start|kickstart|expand|create|provide"
    rf"|develop|recruit|hire|train|modernise|restore|transform|reform|repair|cover|pay{SPACE}for){SPACE}"
    rf"(?:(?:the|a|an|our|more|new|local){SPACE})*)?",
)
_NAMED_BEFORE = re.compile(
    rf"\b(?:of|worth|totalling|totals?|cost(?:s|ing)?|at|by|is|was|to|reach(?:ed|es)?|stood{SPACE}at){SPACE}"
    rf"(?:(?:a|an|the){SPACE})?$",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    rf"(?:(?:,|[–—]|\b(?:and|or|with)){SPACE}(?:an?{SPACE})?|\b(?:is|was|represents?|marks){SPACE}an?{SPACE})"
    rf"(?:(?:rise|increase|fall|drop|reduction|decrease|growth|jump|surge|uplift){SPACE}of{SPACE}|up{SPACE}|down{SPACE}"
    rf"|up{SPACE}by{SPACE}|down{SPACE}by{SPACE})?$",
    re.IGNORECASE,
)
_IN_PRISON = re.compile(
    rf"{SPACE}(?:in|behind|of){SPACE}(?P<what>prison|jail|custody|bars|imprisonment|detention)\b"
    rf"|(?:[’']|){SPACE}(?P<glued>imprisonment|jail|detention|custody)\b"
)
_BACK_WORD = re.compile(r"[^\W\d_](?:[\w’'&/-]*\w)?")
_CLAUSE_START = re.compile(r"[.;:!?•\n–—(“\"]|,(?!\s*which)")
_WIDER_START = re.compile(r"[.;!?•\n(“\"]")
_BACK: Final = 160
"""How far before a number its noun is looked for, in characters."""
_WORDS: Final = 6


def change_at(body: str, sentence: Span, span: Span, unit: str, earlier: Change | None) -> tuple[Change | None, int]:
    """Return whether the quantity at ``span`` is a rise or a fall, and where what changes may be named after it.

    ``earlier`` is the change of the quantity before it in the sentence ("visits are up 32% and arrests 29% on the
    year").
    """
    end = sentence.end
    after = _CHANGE_AFTER.match(body, span.end, min(end, span.end + 80))
    if after is None or (not unit and after.group().count(" ") > 1):
        after = _MORE_AFTER.match(body, span.end, min(end, span.end + 80))
    if after is not None:
        return ("up" if after["up"] else "down"), after.end()
    extra = _EXTRA_AFTER.match(body, span.end, end)
    if extra is not None and (unit in ("", "percent") or len(unit) == 3) and (unit or not extra["boost"]):
        return ("down" if extra["down"] else "up"), span.end if extra["boost"] else extra.end()
    begin = max(sentence.start, span.start - 90)
    before = _CHANGE_BEFORE.search(body, begin, span.start)
    # A number right behind the word is the size of the change ("fell 4%"), or what was changed ("raised £5").
    if before is not None and (before["by"] or unit in ("percent", "percentage points", "times")):
        return ("up" if before["up"] else "down"), span.end
    extra = _EXTRA_BEFORE.search(body, begin, span.start)
    if extra is not None and (unit or not extra.group().lower().startswith("further")):
        return "up", span.end
    if unit == "percent" and _ON_THE_YEAR.match(body, span.end, end):
        return earlier, span.end
    return None, span.end


def counted_at(body: str, sentence: Span, span: Span, unit: str, *, after: int, change: Change | None) -> Span | None:
    """Return the words that say what the quantity at ``span`` counts or measures; None if there are none near."""
    end = sentence.end
    if unit in DURATIONS:
        served = _IN_PRISON.match(body, span.end, end)
        if served is not None:
            return Span(*served.span(served.lastgroup or 0))
        of = _OF.match(body, span.end, end)
        return _phrase(body, of.end() if of else span.end, end)
    if change is not None and (after > span.end or unit in ("percent", "percentage points", "times")):
        found = _phrase(body, _skip(body, after, end), end) or _served(body, after, end) if after > span.end else None
        if found is None and _APPOSED.search(body, max(sentence.start, span.start - 40), span.start):
            return None  # it says more of the quantity before it
        return found or _before(body, sentence, span.start)
    of = _OF.match(body, span.end, end)
    if of is not None:
        return _phrase(body, _skip(body, of.end(), end), end)
    if not unit and (more := _MORE_OF.match(body, span.end, end)) is not None:
        found = _phrase(body, more.end(), end)
        if found is not None:
            return found
    named = _before(body, sentence, span.start) if unit and _names(body, sentence, span) else None
    found = named or _phrase(body, span.end, end)
    if found is None and unit:
        found = _served(body, span.end, end)
    return found or _before(body, sentence, span.start)


def _served(body: str, at: int, end: int) -> Span | None:
    """Return what money or the like is for: "£5 million to help rebuild schools"."""
    leading = _FOR.match(body, at, end)
    return _phrase(body, leading.end(), end) if leading else None


def _names(body: str, sentence: Span, span: Span) -> bool:
    return _NAMED_BEFORE.search(body, max(sentence.start, span.start - 16), span.start) is not None


def _skip(body: str, at: int, end: int) -> int:
    """Pass over "the number of" and articles."""
    for pattern in (_THE_NUMBER_OF, _ARTICLES):
        match = pattern.match(body, at, end)
        at = match.end() if match else at
    return at


def _phrase(body: str, at: int, end: int) -> Span | None:
    """Return the noun phrase that begins at ``at``, where a space may stand first."""
    if at >= end:
        return None
    if not body[at].isspace():
        at -= 1  # the pattern of a word wants the gap before it
    if not body[at].isspace() and body[at] != "-":
        return None
    start = stop = at
    plural = False
    count = 0
    for number in range(_WORDS):
        match = _WORD.match(body, stop, end)
        if match is None:
            break
        word = match["word"].lower()
        if word in _STOPS and not (number == 0 and word in _MAY_LEAD):
            break
        if number and (word in _IRREGULAR or _verbal(word, plural)):
            break
        if plural and not _plural(word):
            break
        start = match.start("word") if number == 0 else start
        stop = match.end("word")
        plural = _plural(word) and not match["possessive"]
        count = number + 1
    joined = None if plural or stop == start else _AND.match(body, stop, end)
    if joined is not None:  # "military and civilian personnel"
        rest = _phrase(body, joined.end(), end)
        if rest is not None and _plural(rest.of(body).split()[-1].lower()):
            return Span(start, rest.end)
    if stop == start or (count == 1 and _lone_verb(body[start:stop].lower())):
        return None
    return Span(start, stop)


_AND = re.compile(rf"{SPACE}and{SPACE}(?=[a-z])")


def _lone_verb(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith(("ed", "ly")) and len(word) > 4)


def _plural(word: str) -> bool:
    return word in _PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "’s")))


def _verbal(word: str, after_plural: bool) -> bool:
    """Whether the word ends the phrase as a participle or an adverb would."""
    return (word.endswith(("ed", "ly")) and len(word) > 4) or (after_plural and word.endswith("ing"))


def _before(body: str, sentence: Span, start: int) -> Span | None:
    """Return the last noun phrase before ``start`` in its clause: the subject of "removals rose by 5%"."""
    for edge in (_CLAUSE_START, _WIDER_START):
        begin = max(sentence.start, start - _BACK)
        for clause in edge.finditer(body, begin, max(begin, start - 1)):
            begin = clause.end()
        found = _last_phrase(body, begin, start)
        if found is not None:
            return found
    return None


def _last_phrase(body: str, begin: int, start: int) -> Span | None:
    words = [(m.group().lower(), m.start(), m.end()) for m in _BACK_WORD.finditer(body, begin, start)]
    if words and _is_object(body, words[-1], start):
        words.pop()
    first = last = None
    for word, opens, closes in islice(reversed(words), 24):
        joined = first is not None and body[closes:first].strip(" \u00a0-") == ""
        if (
            word in _STOPS
            or word in _IRREGULAR
            or word in _BASE_VERBS
            or _is_change(word)
            or _verbal(word, after_plural=False)
        ):
            if first is not None:
                break
            continue
        if first is not None and not joined:
            break
        if first is None:
            last = closes
        first = opens
    return Span(first, last) if first is not None and last is not None else None


def _is_object(body: str, word: tuple[str, int, int], start: int) -> bool:
    """Whether the word right before a number is the verb that takes it ("earn £5"): nouns there are plural or names."""
    text, opens, closes = word
    return body[closes:start].isspace() and body[opens].islower() and not _plural(text) and text not in _STOPS


def _is_change(word: str) -> bool:
    return re.fullmatch(f"{_UP}|{_DOWN}|reach(?:ed|es|ing)|total(?:led|ling)", word) is not None
