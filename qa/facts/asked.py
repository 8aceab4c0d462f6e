"""What a question for a date, a name or a place wants: which fact, whether it can change, and as it stood when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from index.text.verbs import SIMPLE_PAST, based, word_stems
from qa.facts.offices import POST
from qa.question import NEUTRAL, Asked

Side = Literal["start", "end", "event"]
"""Which day of a thing is asked for: its first, its last, or the day on which it happens."""

Which = Literal["latest", "first", "previous"]
"""Which of several statements is asked for: what holds now, what was said first, or what held before."""

_START: Final = "open opens opened opening start starts started begin begins began launch launches launched commence"
_END: Final = "close closes closed closing end ends ended ending finish finishes deadline expire expires until last"
_EVENT: Final = "held hold takes take taken place happen happens meet meets scheduled"
_SIDES: Final[dict[Side, frozenset[str]]] = {
    "start": word_stems(_START),
    "end": word_stems(_END),
    "event": word_stems(_EVENT),
}

_IS_END = re.compile(r"\b(?:until|deadline|by (?:when|what|which)|closing date|how long)\b", re.IGNORECASE)
"""Words that ask for the last day, whatever else the question says: "until when is it open?"."""

_LEADS: Final = (
    "lead leads led leading leader head heads headed chair chairs chaired chairing chairman run runs running manage"
    " manages managed administer administers administered deliver delivers delivered oversee oversees overseen operate"
    " operates operated responsible charge coordinate coordinates coordinated host hosts hosted hands handled"
)
_STANDS: Final = "base based located headquarters headquartered housed sited situated home"
_RELATIONS: Final = tuple(word_stems(words) for words in (_LEADS, _STANDS, _EVENT, _START, _END))
"""Groups of stems that say how a name belongs to a thing: it leads it, houses it, is where it takes place."""

_LASTING: Final = _RELATIONS[:2]
"""The groups that are true for a time, and not of one event."""

RELATING: Final = word_stems(
    f"{_LEADS} {_STANDS} {_START} {_END} {_EVENT} due by until now new current date day dates time currently latest"
    " person people name named called become becomes appointed must need needs have say send sent apply"
    " applications original originally initial initially previous previously former formerly first"
)
"""Stems that say how a thing and its fact are related; another release may say so in other words."""

_HAPPENED: Final = re.compile(
    r"\b(?:did|was|were|had|been|says?)\b"
    r"|\b(?:who|whom|(?:which|what)(?:\s(?!(?:will|is|are|does|do|must|should|can|may|has)\b)[\w’'-]+){1,4}?)\s+"
    rf"(?:\w+(?<!ne)ed|{'|'.join(SIMPLE_PAST)})\b",
    re.IGNORECASE,
)
"""Words of a question about what happened, which stays as it is; others ask how things stand or are planned."""

_IN_FORCE = re.compile(
    r"\b(?:com(?:e|es|ing)|came|enter(?:s|ed)?|go(?:es)?|went|bring|brought|put)\sin(?:to)?\s(?:force|effect|operation|law)\b"
    r"|\bt(?:ake|akes|ook|aken)\seffect\b",
    re.IGNORECASE,
)
"""Words that say of a rule that it begins."""

_RULES: Final = word_stems("come comes came enter go goes went bring brought put force effect operation law take")

_FIRST = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|at first|first (?:planned|announced|set|due))\b", re.IGNORECASE
)
_PREVIOUS = re.compile(r"\b(?:previous(?:ly)?|formerly|used to|the former)\b", re.IGNORECASE)

_OFFICE = re.compile(
    r"\s*who\s*(?:is|was|are|were|will be|[’']s)\s+(?:now\s+|currently\s+)?(?:the\s+)?(?:new\s+|current\s+|present\s+)?"
    r"(?P<office>[^?]+?)\s*(?:\b(?:now|today|currently|in (?:\w+\s)?\d{4}|at present)\b\s*)?\?*\s*$",
    re.IGNORECASE,
)
"""A question for the holder of an office: "Who is the Forestry Minister?"."""

_DAY = re.compile(r"\b(?:when|deadline|date|what day|which day)\b", re.IGNORECASE)
_KIND_NOUN = re.compile(r"\b(?:which|what)\s+([a-z]+)", re.IGNORECASE)
_LONG_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:and\s+|of\s+|for\s+)?[A-Z][\w’'-]+){2,}")
_NAME = re.compile(r"(?<=[\w,;:’'] )(?:[A-Z0-9][\w’'&-]*)")


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A question for a fact, as on one day.

    ``topic`` are the stems that say what it is about, ``names`` those among them that are names or numbers; ``office``
    is the post whose holder is asked for, or "". ``stands``: it asks how things stand, and not what happened.
    ``wants_day``: it asks for a date. ``relation`` are the stems that say how a name belongs to the topic, in all the
    words of their group. ``short_names`` are abbreviations of names in the question, each with the stems it stands for.
    """

    topic: frozenset[str]
    names: frozenset[str]
    side: Side | None
    which: Which
    stands: bool
    office: str
    wants_day: bool
    relation: frozenset[str]
    short_names: tuple[tuple[str, frozenset[str]], ...]


def asked_fact(asked: Asked, near: date) -> AskedFact:
    """Return what a question asks, read as on the day ``near``."""
    text = asked.text
    noun = _KIND_NOUN.search(text)
    topic = based(asked.subject(near)) - RELATING - NEUTRAL
    topic -= word_stems(noun[1]) if noun else frozenset()
    post = _OFFICE.match(text)
    office = post["office"] if post and POST.search(post["office"]) else ""
    begins = _IN_FORCE.search(text) is not None
    topic -= _RULES if begins else frozenset()
    named = word_stems(" ".join(_NAME.findall(text))) & topic
    words = based(asked.stems)
    relation = next((group for group in _RELATIONS if group & words), frozenset())
    # "Who led it in January 2025?" asks how things stood then.
    stood = asked.time(near) is not None and (bool(office) or relation in _LASTING or _IS_END.search(text) is not None)
    return AskedFact(
        topic=topic,
        names=named,
        side="start" if begins else _side(text),
        which=_which(text),
        stands=stood or _HAPPENED.search(text) is None,
        office=office,
        wants_day=_DAY.search(text) is not None,
        relation=relation,
        short_names=tuple(_short_names(text)),
    )


def side_words(side: Side) -> frozenset[str]:
    """Return the stems of the words that speak of one day of a thing."""
    return _SIDES[side]


def _short_names(question: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the initials of names of three words and more: "NWCU" for "the National Wildlife Crime Unit"."""
    for match in _LONG_NAME.finditer(question):
        yield "".join(re.findall(r"\b[A-Z]", match.group())), word_stems(match.group())


def _side(question: str) -> Side | None:
    if _IS_END.search(question):
        return "end"
    words = word_stems(question)
    return next((side for side, named in _SIDES.items() if named & words), None)


def _which(question: str) -> Which:
    if _FIRST.search(question):
        return "first"
    return "previous" if _PREVIOUS.search(question) else "latest"
