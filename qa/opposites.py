"""Answers about the opposite of what a question asks: the injured for the killed, the opening day for the closing day.

A reader takes what is said in the place of the answer where the answer is not said. The word for the opposite gives it
away, if the question's own word is not there. How often that would refuse a right answer was counted on the 12,500
answers of the train and dev parts of our sets that are over GOV.UK items: for the words below five times, and for dates
never, of 388 questions for a beginning or an end, of 35 for who followed somebody, or of 274 for a rise or a fall.
"""

import re
from functools import lru_cache
from typing import Final, Literal

from index.text.dates import MONTHS
from index.types import Change

Side = Literal["start", "end"]

_OPPOSITES: Final = tuple(
    tuple(frozenset(side.split()) for side in line.split("|"))
    for line in """
dead death deaths die died dies drowned fatal fatalities fatality fatally kill killed killing kills life lives \
murdered perished | hurt injured injuries injury wounded | survive survived survives survivor survivors
arrest arrested arresting arrests caught detained held nicked | charged charges prosecuted prosecution prosecutions \
| convict convicted conviction convictions guilty | imprisoned imprisonment jail jailed jailing prison sentence \
sentenced sentences
adult adults grown-ups | child children child's children's kid kids
boy boys father fathers male males man men men's | female females girl girls mother mothers woman women women's
export exported exporting exports | import imported importing imports
bill cost costing costs fee fees paid pay pays price priced spend spending spent worth | save saved saves saving savings
accept accepted allowed approved granted passed successful | declined denied failed refused rejected
beat victory win winning wins won | beaten defeat defeated lose loses lost
england england's english | scotland scotland's scots scottish | wales wales's welsh | ireland ireland's irish ulster
cities city town towns urban | countryside rural village villages
primary | secondary
public | private
senior top | junior
upper | lower
north northern | south southern
east eastern | west western
mobile mobiles | landline landlines
cocaine | heroin | cannabis
petrol | diesel | electric
hired recruited | dismissed redundancies redundant sacked
permanent | interim temporary
full-time | part-time
""".replace("\\\n", "")
    .strip()
    .split("\n")
)
"""Groups of sides, each with the words by which releases and people name it."""

_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")

_TIME = (
    rf"(?:(?:the\s)?(?:end|start|beginning|middle)\sof|mid|early|late|[0-9]|{'|'.join(MONTHS)}|(?:next|this|last)\s)"
)

_STARTS = (
    r"start(?:s|ed|ing)?(?!-?up)|begin(?:s|ning)?|began|begun|commenc(?:e[sd]?|ing|ement)|launch(?:es|ed)?"
    r"|open(?:s|ed)?(?!\s(?:until|till|to|for|air|day)\b)"
    r"|(?:come|came|comes|coming|brought|bring|enter|enters|entered)\sinto\s(?:force|effect|use|operation)"
    r"|(?:take|takes|took|taking)\s(?:effect|office)|appoint(?:s|ed)|joined"
)
_ENDS = (
    rf"end(?:s|ed|ing)?(?!\sof\s(?:the\s)?(?:year|month|week|day|summer|spring|autumn|winter|{_TIME}))|close[sd]?|closing"
    r"|deadlines?|expir(?:e[sd]?|y|ing)|finish(?:e[sd]|ing)?|stop(?:s|ped)|ceas(?:e[sd]?)|until|till|lapse[sd]?"
    r"|(?:run|runs|ran|running)\sout|(?:step|stand)(?:s|ped|ing)?\sdown|stepping\sdown|stood\sdown|retire[sd]?|resigned"
)
_SAYS = {
    "start": re.compile(rf"\b(?:{_STARTS})\b", re.IGNORECASE),
    "end": re.compile(rf"\b(?:{_ENDS})\b", re.IGNORECASE),
}
"""Words that say which end a sentence is of."""

_MAY_SAY = {
    "start": re.compile(
        rf"\b(?:{_STARTS}|opening|re-?open(?:s|ed)?|since|from|onwards?|kick(?:s|ed|ing)?\s(?:in|off)|effective|first|new"
        r"|introduc(?:e[sd]?|ing)|elected|took\sup|take\sup|set\sup|established|created|formed|(?:went|go(?:es)?|going)\slive"
        r"|running|in\splace|available|ready|arrival|arrives?|implement(?:s|ed)|roll(?:s|ed)?\sout)\b",
        re.IGNORECASE,
    ),
    "end": re.compile(
        rf"\b(?:{_ENDS}|by\s(?={_TIME})|before|no\slater|closure|last|final|shut(?:s|ting)?|stop|abolished|scrapped|ban(?:ned)?"
        r"|wound\sup|leav(?:e|es|ing)|left|conclud(?:e[sd]?|ing)|complet(?:e[sd]?|ing|ion)|prevent(?:s|ed)|remove[sd]?|over)\b",
        re.IGNORECASE,
    ),
}
"""Words that may speak of the end that is asked for, or of something else: a sentence with one is not refused."""

_LEFT_ALONE = re.compile(
    rf"\b(?:from|between)\b.{{1,40}}\s(?:to|and)\s(?:the\s)?{_TIME}"
    r"|\b(?:clos(?:ed|ure)|shut|suspend|postpon|delay|defer|extend|extension|banned|halt|paus|remain)",
    re.IGNORECASE,
)
"""Sentences of both ends ("from 1 May to 3 June"), and of what ends so that something begins ("closed until 5 May")."""

_ASKS_WHEN = re.compile(
    r"\b(?:when|(?:what|which)\s(?:date|day|month|year)|until\swhen|dates?|deadline)\b", re.IGNORECASE
)
_ASKS = {
    "start": re.compile(
        r"\b(?:from\s(?:what|which)|start(?:s|ed|ing)?(?!-?up)|begin(?:s|ning)?|began|begun|commenc(?:e[sd]?|ement)"
        r"|launch(?:es|ed)?|open(?:s|ed)?|opening\s(?:date|day)|kick(?:s|ed)?\s(?:in|off)"
        r"|(?:come|came|comes)\sinto\s(?:force|effect)|(?:take|takes|took)\seffect|(?:go|goes|went)\slive)\b",
        re.IGNORECASE,
    ),
    "end": re.compile(
        r"\b(?:(?:un)?til\s(?:when|what|which)|(?:last|final)\s(?:day|date|chance)"
        r"|end(?:s|ed|ing)?(?!\sof\s(?:the\s)?(?:year|month|week|day))|close[sd]?"
        r"|closing(?!\sceremony)|deadline|expir(?:e[sd]?|y)|finish(?:es)?|stop(?:s|ped)?|ceas(?:e[sd]?)"
        r"|(?:run|runs|ran)\sout|(?:step|stand)(?:s|ped)?\sdown|stood\sdown|retire[sd]?)\b",
        re.IGNORECASE,
    ),
}
_DATE = re.compile(rf"\b(?:(?:19|20)[0-9]{{2}}|{'|'.join(name[:3] for name in MONTHS)})", re.IGNORECASE)


_ASKS_WHO_FOLLOWED = re.compile(
    r"\bwho\b(?!\s(?:did|does|do)\b)(?:(?!\b(?:did|does|do)\b)[^?])*?"
    r"\b(?:t(?:ook|akes?|aking)\sover|replac(?:ed|es?|ing)|succeed(?:s|ed|ing)?)\b(?!\sby\b)(?!\sfrom(?:\W*$|\s(?:in|at|as)\b))",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"\b(?:t(?:ake[sn]?|aking|ook)\sover\s(?:the\s[a-z]+\s)?from|replac(?:es?|ed|ing)|succeed(?:s|ed|ing)?|successor\sto"
    r"|in\ssuccession\sto)\s(?:(?!\bby\b)[^.;,]){0,60}$",
    re.IGNORECASE,
)
"""What is before the name of the one who was followed: "she will take over from the present chair, Ann Roe"."""


def is_of_opposite(question: str, sentence: str, around: str) -> bool:
    """Return True if a sentence is of the opposite of what a question names by one word of a group.

    ``around`` is the title and passage of the sentence: if the question's side is named there, the sentence may be of
    both.
    """
    said: frozenset[str] | None = None
    for side, others in _asked_opposites(question):
        said = _words(sentence) if said is None else said
        if others & said and not side & said and not side & _words(around):
            return True
    return False


@lru_cache(maxsize=32)
def _asked_opposites(question: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return the sides that a question names alone in their groups, each with the words of the other sides."""
    asked = _words(question)
    named = [(sides, [side for side in sides if side & asked]) for sides in _OPPOSITES]
    return tuple((own[0], frozenset().union(*sides) - own[0]) for sides, own in named if len(own) == 1)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower().replace("’", "'")))


def asks_when(question: str) -> bool:
    """Return True if a question asks for a date."""
    return _ASKS_WHEN.search(question) is not None


@lru_cache(maxsize=32)
def asked_side(question: str) -> Side | None:
    """Return which end of a thing a question asks the date of; None if of neither, or if it names both."""
    starts, ends = (_ASKS[side].search(question) is not None for side in ("start", "end"))
    if starts == ends or not _ASKS_WHEN.search(question):
        return None
    return "start" if starts else "end"


def is_of_other_side(question: str, sentence: str, answer: str) -> bool:
    """Return True if a question asks when something ends, and a date's sentence says only when something begins.

    Likewise the other way round. The dates of sentences that may speak of either are left alone.
    """
    side = asked_side(question)
    if side is None or not _DATE.search(answer):
        return False
    other: Side = "end" if side == "start" else "start"
    return (
        _SAYS[other].search(sentence) is not None
        and not _MAY_SAY[side].search(sentence)
        and not _LEFT_ALONE.search(sentence)
    )


def is_former(question: str, sentence: str, answer: str) -> bool:
    """Return True if a question asks who followed somebody, and an answer is whom its sentence says they followed."""
    place = sentence.find(answer) if _asks_who_followed(question) else -1
    return place > 0 and _FOLLOWS.search(sentence, 0, place) is not None


@lru_cache(maxsize=32)
def _asks_who_followed(question: str) -> bool:
    return _ASKS_WHO_FOLLOWED.search(question) is not None


_ASKS_CHANGE: Final = {
    "up": re.compile(
        r"\b(?:rise[sn]?|rose|rising|increas(?:e[sd]?|ing)|gr(?:ow(?:n(?![-\s]up)|s|th|ing)?|ew)|jump(?:ed|s)?|soar(?:ed|s)?"
        r"|climb(?:ed|s)?|surge[sd]?|hiked?)\b",
        re.IGNORECASE,
    ),
    "down": re.compile(
        r"\b(?:f(?:all(?:en|s|ing)?|ell)|drop(?:s|ped|ping)?|decreas(?:e[sd]?|ing)|declin(?:e[sd]?|ing)"
        r"|reduc(?:e[sd]?|ing|tions?)|cuts?|cutting|fewer|shr[iau]nk|slump(?:ed|s)?|plunge[sd]?)\b",
        re.IGNORECASE,
    ),
}


@lru_cache(maxsize=32)
def asked_change(question: str) -> Change | None:
    """Return whether a question asks for a rise or a fall; None if for neither, or if it names both."""
    up, down = (_ASKS_CHANGE[each].search(question) is not None for each in ("up", "down"))
    if up == down:
        return None
    return "up" if up else "down"
