"""The words that say how exactly a number is meant: "more than", "up to", "nearly"."""

import re
from dataclasses import dataclass
from typing import Final, Self

from index.figures.rules import Chain, Family, Note, Row, Rule
from index.text.number_words import SPACE

EXACTLY: Final = "exactly"

_PHRASES = {
    "more than": "more than,just over,well over,a little over,slightly over,over,above,in excess of,exceeding"
    ",upwards of,greater than,higher than,not just",
    "at least": "at least,minimum of,minimum,no fewer than,no less than,not less than,not fewer than"
    ",as low as,as little as,as few as",
    "up to": "up to,up to and including,up to a maximum of,maximum of,maximum,at most,no more than,not more than"
    ",as many as,as much as",
    "nearly": "nearly,almost,close to,approaching,just under,just short of,just below",
    "around": "around,about,approximately,approx,roughly,some,circa,estimated,in the region of,in the order of"
    ",somewhere around",
    "fewer than": "fewer than,less than,under,below,lower than,well under,well below",
    "a record": "record,record-breaking,record high of,record of",
    EXACTLY: EXACTLY,
}
_SIGNS = {"~": "around", "c.": "around", "approx.": "around", "≈": "around", "<": "fewer than", ">": "more than"}
QUALIFIERS: Final = (EXACTLY, *(name for name in _PHRASES if name != EXACTLY))
"""Every qualifier a quantity can carry. A phrase is folded into the one that means the same."""

_VOCABULARY: Final = "a word of the language: it means this wherever it is next to a number"

_LONGEST: Final = max(len(phrase) for phrases in _PHRASES.values() for phrase in phrases.split(",")) + 2
"""How many characters before a number are searched for a qualifier: the longest phrase, and the blanks around it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase or sign before a number, and the qualifier it is folded into."""

    name: str
    qualifier: str
    example: str
    is_sign: bool = False
    kept: str = _VOCABULARY


class Phrases(Family):
    """The phrases and signs before a number, compiled into one pattern."""

    def __init__(self, phrases: tuple[Phrase, ...], note: Note | None = None) -> None:
        self.title = "qualifier"
        self._phrases = phrases
        self._note = note
        self._by_name = {each.name: each for each in phrases}
        spelt = [each.name.replace(" ", SPACE) for each in phrases if not each.is_sign]
        signs = [re.escape(each.name) for each in phrases if each.is_sign]
        self._pattern = re.compile(
            rf"(?<![\w-])(?:(?P<phrase>{'|'.join(spelt)}){SPACE}|(?P<sign>{'|'.join(signs)}){SPACE}?)$", re.IGNORECASE
        )

    def before(self, text: str, floor: int, start: int) -> tuple[Phrase, int] | None:
        """Return the phrase that ends at ``start``, and where it begins; nothing before ``floor`` is read."""
        match = self._pattern.search(text, max(floor, start - _LONGEST), start)
        if match is None:
            return None
        phrase = self._by_name[_SPACES.sub(" ", (match["phrase"] or match["sign"]).lower())]
        if self._note is not None:
            self._note(self.id_of(phrase.name))
        return phrase, match.start()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The phrases and signs."""
        return self._phrases

    def without(self, name: str) -> Self:
        """Return the phrases without one of them."""
        return type(self)(tuple(each for each in self._phrases if each.name != name), self._note)

    def watched(self, note: Note) -> Self:
        """Return phrases that tell ``note`` which of them was read."""
        return type(self)(self._phrases, note)


@dataclass(frozen=True, slots=True)
class Stated:
    """A phrase before a number, and what a rule may look at around it.

    ``begin`` is where the phrase begins, ``end`` where the number ends, and ``floor`` where the statement before it
    ends. ``duration`` says that the number is a length that a plan may have: years, days.
    """

    text: str
    phrase: str
    begin: int
    end: int
    floor: int
    duration: bool


# "£1 billion over 5 years" states a period, "for over 5 years" and "over 5 years old" a length
_LENGTH_BEFORE = re.compile(
    r"(?:\b(?:for|in|of|after|took|taken?|lasted|spent|well|just|is|was|been|flown|worked|completed|has|have)|[’']s)\s$",
    re.IGNORECASE,
)
_LENGTH_AFTER = re.compile(
    rf"[’']?{SPACE}(?:old|ago|later|long|on{SPACE}from|of(?!{SPACE}(?:the|this|its|our)\b)|experience|service)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    rf"(?:more{SPACE}than|less{SPACE}than|over|under|at{SPACE}least|up{SPACE}to|almost|nearly|approximately|close{SPACE}to)"
    rf"{SPACE}(?P<article>an?{SPACE})$",
    re.IGNORECASE,
)
_CENTRED = re.compile(
    r"\b(?:built|based|cent(?:re|er)(?:d|s)|structured|organised|revolv(?:e|es|ed|ing)|focus(?:ed|es)?)\s$", re.I
)
_BRINGS = re.compile(
    r"\b(?:(?:taking|takes|brings|bringing)\s(?!part\b|place\b)[^.;,0-9]{0,80}|(?:gone|went|goes|going|crept|moved|edged)\s)$",
    re.IGNORECASE,
)
_SPACES = re.compile(SPACE)

_WORD_BEFORE: Final = 12
"""How many characters before a phrase are searched for the one word that decides how it is meant."""

_CLAUSE_BEFORE: Final = 90
"""How many characters before "up to" are searched for "taking": the 80 between them and the word itself."""


def _article(text: str, start: int, floor: int, duration: bool) -> int | None:
    article = None if duration else _ARTICLE.search(text, max(floor, start - _LONGEST), start)
    return article.start("article") if article else None


def _compares(stated: Stated) -> bool:
    follows_a_figure = stated.floor > 0 and not stated.text[stated.floor : stated.begin].strip()
    return stated.phrase.endswith("er than") and follows_a_figure


def _over_a_period(stated: Stated) -> bool:
    if stated.phrase != "over" or not stated.duration:
        return False
    before = _LENGTH_BEFORE.search(stated.text, max(0, stated.begin - _WORD_BEFORE), stated.begin)
    return not (before or _LENGTH_AFTER.match(stated.text, stated.end))


def _centred(stated: Stated) -> bool:
    floor = max(stated.floor, stated.begin - _WORD_BEFORE)
    return stated.phrase == "around" and _CENTRED.search(stated.text, floor, stated.begin) is not None


def _brings(stated: Stated) -> bool:
    floor = max(stated.floor, stated.begin - _CLAUSE_BEFORE)
    return stated.phrase == "up to" and _BRINGS.search(stated.text, floor, stated.begin) is not None


def _follows(name: str, example: str, pattern: str, qualifier: str) -> Rule[[str, int], tuple[str, int]]:
    """Return a rule: the words of ``pattern`` right after a number mean ``qualifier``."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def decide(text: str, end: int) -> tuple[str, int] | None:
        match = compiled.match(text, end)
        return (qualifier, match.end()) if match else None

    return Rule(name, example, decide, _VOCABULARY)


_OR = rf"(?:{SPACE}|-)(?:or|and)(?:{SPACE}|-)"
_PLUS = rf"\+|-plus\b|{SPACE}plus\b(?!{SPACE}(?:[£$€0-9]|an?\b|the\b))"

AFTER: Final = Chain(
    "qualifier after",
    (
        _follows("plus", "500+ officers", _PLUS, "at least"),
        _follows(
            "or more",
            "5 or more officers",
            rf"{SPACE}(?:or|and){SPACE}(?:more|over|above|older|greater|higher)\b",
            "at least",
        ),
        _follows("or less", "with 50 or less staff", rf"{_OR}(?:less|fewer|under|below|younger|lower)\b", "up to"),
        _follows("or so", "with 50 or so staff", rf"{SPACE}or{SPACE}so\b", "around"),
        _follows("(minimum)", "give 4 hours (minimum)", rf"{SPACE}\(minimum\)", "at least"),
        _follows("(maximum)", "give 4 hours (maximum)", rf"{SPACE}\(maximum\)", "up to"),
    ),
)


@dataclass(frozen=True, slots=True)
class Qualifying:
    """The rules by which a number has a qualifier.

    ``reach`` says where the qualifier may end before the number, ``phrases`` which one it is, ``exact`` whether the
    phrase is no qualifier there after all, and ``after`` which one follows the number.
    """

    reach: Chain[[str, int, int, bool], int]
    phrases: Phrases
    exact: Chain[[Stated], bool]
    after: Chain[[str, int], tuple[str, int]]


QUALIFYING: Final = Qualifying(
    reach=Chain("qualifier reach", (Rule("article", "almost a £700 rise", _article),)),
    phrases=Phrases(
        tuple(
            Phrase(phrase, name, f"They took {phrase} 500 boats.")
            for name, phrases in _PHRASES.items()
            for phrase in phrases.split(",")
        )
        + tuple(Phrase(sign, name, f"They took {sign} 500 boats.", is_sign=True) for sign, name in _SIGNS.items())
    ),
    exact=Chain(
        "no qualifier",
        (
            Rule("compares", "It is 24% higher than 12 months before.", _compares),
            Rule(
                "over a period",
                "spend £1 billion over 5 years",
                _over_a_period,
                "safety: £1 billion 'over 5 years' would be said to take more than 5",
            ),
            Rule("centred", "built around three main pillars", _centred),
            Rule("brings up to", "taking the number of them up to 3.79 million people", _brings),
        ),
    ),
    after=AFTER,
)


def qualifier_before(
    text: str, start: int, end: int, floor: int, *, duration: bool, rules: Qualifying = QUALIFYING
) -> tuple[str, int]:
    """Return the qualifier before a number from ``start`` to ``end``, and where the statement then begins.

    Nothing before ``floor`` is read. ``duration`` says that the number is a length that a plan may have: years, days.
    """
    start = rules.reach(text, start, floor, duration) or start
    found = rules.phrases.before(text, floor, start)
    if found is None:
        return EXACTLY, start
    phrase, begin = found
    if phrase.is_sign:
        return phrase.qualifier, begin
    if rules.exact(Stated(text, phrase.name, begin, end, floor, duration)):
        return EXACTLY, start
    return phrase.qualifier, begin


def qualifier_after(text: str, end: int, rules: Qualifying = QUALIFYING) -> tuple[str, int]:
    """Return the qualifier after a number that ends at ``end`` ("500+", "65 or more") and where it ends."""
    return rules.after(text, end) or (EXACTLY, end)
