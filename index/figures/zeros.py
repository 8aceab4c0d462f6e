"""Where a text states nought in words: "none of the 230", "no arrests were made", "no one was injured".

"No" says nought only where something is counted and was looked for: "there are no plans" and "no longer" state nothing.
The words that say it are the number, with what is counted: "No arrests", "none of the 230".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from index.figures.amounts import AMOUNTS, Amount, amount_at
from index.figures.rules import Chain, Rule
from index.text.number_words import SPACE, STARTS
from index.types import Span


@dataclass(frozen=True, slots=True)
class Nought:
    """Nought in words. ``number`` are the words, ``counted`` those in them that say what is counted, if they do.

    ``unit`` is that of the whole of which it is none: "none of the £5 million" is 0 GBP.
    """

    number: Span
    counted: Span | None
    unit: str = ""


_PASSIVE: Final = rf"(?:were|was|have{SPACE}been|has{SPACE}been|had{SPACE}been|are{SPACE}being)"
_DID_VERB: Final = (
    r"(?:came|died|failed|passed|met|took|escaped|arrived|crossed|sank|survived|applied|complained|turned|responded|went"
    r"|got|won|reached|tested|received|had|needed|required|appealed|attended|occurred|happened)"
)
_START = re.compile(
    rf"(?<![\w’'-])(?:(?P<them>none(?:{SPACE}of{SPACE}(?:them|these|those|us))?)(?={SPACE}(?:{_PASSIVE}|{_DID_VERB}|[a-z]+ed)\b)"
    rf"|(?P<none>none|neither|not{SPACE}(?:a{SPACE}single{SPACE})?one){SPACE}of"
    rf"(?:{SPACE}(?:the|these|those|its|their|our|his|her|all)){{0,2}}"
    rf"(?:{SPACE}(?:other|remaining|first|last|more{SPACE}than|nearly|over|some|about|around))?"
    rf"|(?P<single>not{SPACE}(?:a{SPACE}single|one))"
    rf"|(?P<nobody>no{SPACE}one|nobody)|(?P<no>no|zero)){SPACE}"
    rf"|(?<=[a-z]{SPACE})(?P<object>none)(?=[.,;)]|$|{SPACE}(?:in|at|on|during|last|this|since|before|after|and|but|while)\b)",
    re.IGNORECASE,
)

_DID_NONE = re.compile(
    rf"\b(?P<verb>(?!(?:need|seem|compar|relat|limit|inclin)ed\b)(?:[a-z]+ed|made|found|took|saw|gave|held|lost|sold"
    rf"|built|sent|caught|won|had|were|brought|met|got|let|cut|spent|withdrew)){SPACE}$"
)
"""What a sentence says that was done to none: "of 350 claims it rejected none"."""

_BUT_NONE = re.compile(rf"(?:[0-9]|\b(?:{STARTS}))[^.;:\n]*\b(?:but|and){SPACE}$", re.IGNORECASE)
_IN_ANOTHER = re.compile(rf"none{SPACE}(?:in|at|on|during|last|this)\b", re.IGNORECASE)
"""None of what a number before it counts: "14 arrests in 2022 but none in 2023"."""

_NUMBER_WITHIN: Final = 100

_PEOPLE: Final = "people|children|men|women|staff|police|personnel|crew|aircraft|livestock|cattle|sheep"
_NOUN: Final = (
    r"(?!(?:plans|doubts|means|signs|reasons|circumstances|illusions|excuses|limits|bounds|ideas|proposals|intentions"
    r"|ways|terms|details|longer|less|news|others|buts|ifs|implications|intentions|conditions|matters|losers|winners"
    rf"|prizes|guarantees|surprises|this|has|was|is|does|its|as|us)\b)(?:[a-z][a-z-]*(?<!s)s(?<!us)(?<!is)|{_PEOPLE})"
)
_THINGS = re.compile(
    rf"(?:(?!(?:more|less|fewer|such|longer|other|the|an?|of|in|on|at|to|for|that|this|what|which|who|whose|by|with|from"
    rf"|and|or|has|is|was|it|its|they|we|he|she|you|as|where|when|if|has|does|one)\b)[a-zA-Z][\w’-]*{SPACE}){{0,3}}?"
    rf"(?P<noun>{_NOUN})\b"
)
"""What is counted: up to three words, then a noun in the plural."""

_DONE: Final = (
    r"(?:[a-z]+ed|made|found|seen|taken|given|brought|held|lost|sold|built|sent|stolen|hurt|left|set|paid|known|caught"
    r"|laid|met|born|driven|shown|spent|won|withdrawn|begun|hit|shot|sunk|put|stung|bitten|struck)"
)
_WAS_DONE = re.compile(
    # two more words may say where: "no arrests at Gant market were made"
    rf"(?:{SPACE}(?!(?:and|but|or|so|because|when|if|as|who|which|that)\b)[\w’-]+){{0,6}}?{SPACE}{_PASSIVE}"
    rf"{SPACE}(?:[a-z]+ly{SPACE}|yet{SPACE}|ever{SPACE}|then{SPACE})?{_DONE}\b",
)
_DID = re.compile(rf"{SPACE}{_DID_VERB}\b")
_OF_THEM = re.compile(
    rf"{SPACE}?(?:{_PASSIVE}{SPACE}(?:[a-z]+ly{SPACE}|yet{SPACE}|ever{SPACE}|then{SPACE})?{_DONE}|{_DID_VERB}|[a-z]+ed)\b"
)
"""What is said of none of what the sentence before speaks of."""

_THERE_WERE = re.compile(
    rf"(?<!\bwhere )\bthere{SPACE}(?:were|was|have{SPACE}been|had{SPACE}been|has{SPACE}been){SPACE}$", re.IGNORECASE
)
_COUNTS_BEFORE = re.compile(
    rf"\b(?:made|making|recorded|recording|reported|reporting|found|finding|issued|issuing|received|saw|seized|detected"
    rf"|identified|brought|led{SPACE}to|resulted{SPACE}in|resulting{SPACE}in|caused|causing|suffered|took"
    rf"|arrested|charged|rescued|granted|refused|imposed|and|but|counted|registered|confirmed){SPACE}$",
    re.IGNORECASE,
)
_AMONG = re.compile(rf"{SPACE}(?:(?:of|among){SPACE}(?:them|these|those|us)|on{SPACE}board|aboard|at{SPACE}all)\b")
"""Among whom there was nobody."""

_WISHED = re.compile(
    rf"\b(?:ensur(?:es?|ed|ing)|sure|hop(?:es?|ed|ing)|if|unless|until|whether){SPACE}(?:that{SPACE})?$", re.IGNORECASE
)
"""What makes it a wish or a condition: "to ensure no one is left behind"."""

_OBJECT_BEFORE = re.compile(rf"\b(?:had|has|have|having|with|in|of|to|for|from|at|by|on|under){SPACE}$", re.IGNORECASE)
"""What makes "no symptoms" no subject of the verb after it: "people with no symptoms were tested"."""

_FOUND_BEFORE = re.compile(
    rf"\b(?:recorded|reported|found|detected|identified|counted|registered|confirmed|noted|saw|seized|issued|received){SPACE}$",
    re.IGNORECASE,
)
"""What finds or keeps count of anything: "surveyors reported no cracks"."""

_HAD_BEFORE = re.compile(rf"\b(?:had|has|have|having){SPACE}$")
_SOME = re.compile(
    rf"[0-9]|\b(?:{STARTS}|who|that|which|whose|those|some|many|most|few|several|more|others?|if|any)\b|[.;:?!\n]",
    re.IGNORECASE,
)
"""What makes those that "had no" something a part of others: "4 in 10 schools had no suspensions" is no nought."""

_SOME_WITHIN: Final = 80
_AFTERWARDS = re.compile(rf"{SPACE}(?:made|recorded|reported|found|issued|received|seized|detected|confirmed|caused)\b")
_EVENTS: Final = frozenset(
    """accidents admissions appeals appointments arrests assaults attacks breaches burglaries cancellations cases
    casualties charges claims collisions complaints convictions crashes crossings deaths defects delays deportations
    detections drownings errors escapes evictions failures faults fatalities fines fires floods homicides incidents
    infections injuries inspections killings leaks losses murders notices offences outages outbreaks penalties
    prosecutions referrals redundancies removals rescues robberies seizures sentences shootings spills stabbings
    stoppages strikes survivors suspensions thefts victims violations vacancies warnings withdrawals""".split()
)
"""Things that are counted as they happen: "made no arrests", "with no injuries"."""

_HARMED = re.compile(
    rf"(?:{SPACE}[a-z]+)?{SPACE}?(?:was|were|has{SPACE}been|had{SPACE}been|is|have{SPACE}been|got){SPACE}"
    r"(?:[a-z]+ly )?(?:hurt|injured|killed|arrested|harmed|charged|prosecuted|detained|convicted|rescued|found"
    r"|evacuated|trapped|sentenced|dismissed|fined|deported|removed|hospitalised|infected|affected|held|caught|jailed)\b"
    rf"|{SPACE}?(?:died|drowned|perished)\b|{SPACE}?(?:was|were|has{SPACE}been|had{SPACE}been|got){SPACE}{_DONE}\b"
)
_BEFALLEN = re.compile(
    rf"(?P<noun>(?:[a-z][a-z-]+{SPACE})?[a-z][a-z-]+){SPACE}(?:was|is|has{SPACE}been|had{SPACE}been){SPACE}(?:[a-z]+ly{SPACE})?"
    r"(?:hurt|injured|killed|arrested|harmed|charged|prosecuted|detained|convicted|rescued|evacuated|trapped|sentenced"
    r"|dismissed|fined|deported|infected|lost|damaged|flooded|destroyed|stolen|sunk|closed|evicted|jailed|shot|hit)\b"
)
"""What befalls single things, of which none may be meant: "no boat was lost", but not "no evidence was found"."""

_WORD = re.compile(r"[a-z][\w’-]*")
_VERB = re.compile(rf"{SPACE}(?:was|were|has|have|had|is|are|met|passed|failed|did|came|took|got|turned|will|could)\b")
_SAYS = re.compile(
    # a participle before another verb is part of what is counted: "watches seized turned out to be"
    rf"\b(?:was|were|has|have|had|is|are|will|could|can|would|did|(?!{_DONE}{SPACE}(?:was|were|has|have|had|is|are|will"
    rf"|could|did|{_DONE})\b)(?:{_DONE}|came|took|got|went|passed|failed|turned|sank|fell|rose|flew|gave|ran|won|broke"
    rf"|kept|stood|became))\b"
)
_VERB_WITHIN: Final = 60
_BEFORE: Final = 24
"""How many characters before "no" are searched for the verb that counts; the longest is "resulted in"."""


def _none_of_number(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "none of the 230 watches", "not one of 14 boats", "none of the £5 million"."""
    whole = amount_at(text, begin.end(), AMOUNTS) if begin["none"] else None
    if not isinstance(whole, Amount) or whole.part:
        return None
    return Nought(Span(begin.start(), whole.end), None, whole.unit)


def _none_of_things(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "none of the vessels was seized"."""
    things = _THINGS.match(text, begin.end()) if begin["none"] else None
    verb = re.search(_VERB, text[things.end() : things.end() + _VERB_WITHIN]) if things else None
    if things is None or verb is None:
        return None
    of_two = begin["none"].lower() == "neither"  # "neither of the claims is right" counts no claims
    if of_two and not (_WAS_DONE.match(text, things.end()) or _DID.match(text, things.end())):
        return None
    return Nought(Span(begin.start(), things.end()), Span(begin.end(), things.end()))


def _none_of_them(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "none were lost", "none of them was hurt"."""
    end = begin.end() - 1
    if not begin["them"] or not _OF_THEM.match(text, end):
        return None
    return Nought(Span(begin.start(), end), None)


def _single(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "not a single arrest was made", "not one vessel was found"."""
    word = _WORD.match(text, begin.end()) if begin["single"] else None
    if word is None or not (_WAS_DONE.match(text, word.end()) or _DID.match(text, word.end())):
        return None
    return Nought(Span(begin.start(), word.end()), Span(*word.span()))


def _nobody(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "no one was injured", "nobody died", "nobody among them escaped"."""
    end = begin.end() - 1
    among = _AMONG.match(text, end)
    said = among.end() if among else end
    if not begin["nobody"] or not (_HARMED.match(text, said) or _DID.match(text, said)):
        return None
    return Nought(Span(begin.start(), end), None)


def _did_none(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "in June they made none", "it looked at 350 claims and rejected none"."""
    if not begin["object"] or not (verb_before_none(text, begin.start()) or _but_none(text, begin.start())):
        return None
    return Nought(Span(*begin.span("object")), None)


def _but_none(text: str, at: int) -> bool:
    """Whether "none" at ``at`` is none of what a number before it counts: "14 in 2022 but none in 2023"."""
    if _IN_ANOTHER.match(text, at) is None:
        return False
    return _BUT_NONE.search(text, max(0, at - _NUMBER_WITHIN), at) is not None


def _no_things(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "no arrests were made", "there were no deaths", "made no arrests"."""
    things = _THINGS.match(text, begin.end()) if begin["no"] else None
    if things is None:
        return None
    start = begin.start()
    before = text[max(0, start - _BEFORE) : start]
    is_object = _OBJECT_BEFORE.search(before) is not None
    counts = (
        (not is_object and (_WAS_DONE.match(text, things.end()) or _DID.match(text, things.end())))
        or _THERE_WERE.search(before)
        or (things["noun"] in _EVENTS and (_counted_before(text, start) or _AFTERWARDS.match(text, things.end())))
        or _FOUND_BEFORE.search(before)
    )
    return Nought(Span(start, things.end()), Span(begin.end(), things.end())) if counts else None


def _no_thing(text: str, begin: re.Match[str]) -> Nought | None:
    """Read "no prisoner was hurt", "no fishing boat was lost"."""
    thing = _BEFALLEN.match(text, begin.end()) if begin["no"] else None
    if thing is None:
        return None
    return Nought(Span(begin.start(), thing.end("noun")), Span(begin.end(), thing.end("noun")))


def _counted_before(text: str, at: int) -> bool:
    """Whether a verb before ``at`` counts what comes next, for all there are: "made no", "the port had no"."""
    if _COUNTS_BEFORE.search(text, max(0, at - _BEFORE), at):
        return True
    had = _HAD_BEFORE.search(text, max(0, at - _BEFORE), at)
    if had is None:
        return False
    found = [*_SOME.finditer(text, max(0, had.start() - _SOME_WITHIN), had.start())]
    return not found or found[-1].group() in ".;:?!\n"


_UNLABELLED: Final = "the labelled releases have no label for nought in words; people ask for it"

ZEROS: Final = Chain(
    "nought",
    (
        Rule("none of a number", "None of the 230 watches was real.", _none_of_number, _UNLABELLED),
        Rule("none of things", "None of the watches was real.", _none_of_things, _UNLABELLED),
        Rule("none of them", "Six boats put out. None was lost.", _none_of_them, _UNLABELLED),
        Rule("not one", "Not a single arrest was made.", _single, _UNLABELLED),
        Rule("nobody", "No one was injured.", _nobody, _UNLABELLED),
        Rule("did none", "They read 12 claims and settled none.", _did_none, _UNLABELLED),
        Rule("no things", "No arrests were made.", _no_things, _UNLABELLED),
        Rule("no thing", "No prisoner was hurt.", _no_thing, _UNLABELLED),
    ),
)


def things_after(text: str, no: Span) -> Span | None:
    """Return the words that "no" at ``no`` is said of, whatever else is said: the "redundancies" of "no redundancies".

    None if the words there are not "no", or none in the plural follows.
    """
    things = _THINGS.match(text, no.end + 1) if no.of(text).lower() in ("no", "zero") else None
    return Span(*things.span()) if things else None


def whole_of_none(text: str, number: Span) -> Span | None:
    """Return the "230" of "none of the 230" at ``number``; None for any other number."""
    begin = _START.match(text, number.start)
    whole = begin and begin["none"] and begin.end() < number.end
    return Span(begin.end(), number.end) if begin and whole and text[begin.end()].isdigit() else None


def verb_before_none(text: str, at: int) -> str | None:
    """Return the verb of which "none" at ``at`` is the object: "rejected" in "it rejected none"."""
    verb = _DID_NONE.search(text, max(0, at - _BEFORE), at)
    return verb["verb"] if verb else None


def predicate_of_none(text: str, number: Span, end: int) -> Span | None:
    """Return what is said of none after "none of the 230" at ``number``: "turned out to be genuine"; up to ``end``."""
    verb = _SAYS.search(text, number.end, end)
    return Span(verb.start(), end) if verb and verb.start() < end else None


def noughts(text: str, rules: Chain[[str, re.Match[str]], Nought] = ZEROS) -> Iterator[Nought]:
    """Yield where ``text`` states nought in words, in order and without overlap."""
    end = 0
    for begin in _START.finditer(text):
        if begin.start() < end or _WISHED.search(text, max(0, begin.start() - _BEFORE), begin.start()):
            continue
        if (found := rules(text, begin)) is not None:
            yield found
            end = found.number.end
