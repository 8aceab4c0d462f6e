"""The words that say how exactly a number is meant: "more than", "up to", "nearly"."""

import re
from typing import Final

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
}
QUALIFIERS: Final = (EXACTLY, *_PHRASES)
"""Every qualifier a quantity can carry. A phrase is folded into the one that means the same."""

_CANONICAL = {phrase: name for name, phrases in _PHRASES.items() for phrase in phrases.split(",")} | {
    "exactly": EXACTLY
}
_BEFORE = re.compile(
    r"(?<![\w-])(?:(?P<phrase>"
    + "|".join(sorted((phrase.replace(" ", SPACE) for phrase in _CANONICAL), key=len, reverse=True))
    + rf"){SPACE}|(?P<sign>[~<>≈]|c\.){SPACE}?)$",
    re.IGNORECASE,
)
_LONGEST = max(map(len, _CANONICAL)) + 2
_SIGNS = {"~": "around", "c.": "around", "≈": "around", "<": "fewer than", ">": "more than"}
_AFTER = re.compile(
    rf"(?P<least>\+|{SPACE}\(minimum\)|-plus\b|{SPACE}plus\b(?!{SPACE}(?:[£$€0-9]|an?\b|the\b))"
    rf"|{SPACE}(?:or|and){SPACE}(?:more|over|above|older|greater|higher)\b)"
    rf"|(?P<most>{SPACE}\(maximum\)|(?:{SPACE}|-)(?:or|and)(?:{SPACE}|-)(?:less|fewer|under|below|younger|lower)\b)"
    rf"|(?P<around>{SPACE}or{SPACE}so\b)",
    re.IGNORECASE,
)
_AFTER_NAMES = {"least": "at least", "most": "up to", "around": "around"}
# "£1 billion over 5 years" tells a period, "for over 5 years" and "over 5 years old" a length
_MORE_THAN_A_PERIOD = re.compile(
    r"(?:\b(?:for|in|of|after|took|taken?|lasted|spent|well|just|is|was|been|flown|worked|completed|has|have)|[’']s)\s$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    rf"(?:more{SPACE}than|less{SPACE}than|over|under|at{SPACE}least|up{SPACE}to|almost|nearly|approximately|close{SPACE}to)"
    rf"{SPACE}(?P<article>an?{SPACE})$",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"\b(?:built|based|cent(?:re|er)(?:d|s)|structured|organised|revolv(?:e|es|ed|ing)|focus(?:ed|es)?)\s$", re.I
)
"""Before "around" it says what is in the middle: "built around three pillars"."""
# "taking the total up to 3.8 million" says where it is now
_BRINGS = re.compile(r"\b(?:taking|takes|brings|bringing)\s(?!part\b|place\b)[^.;,0-9]{0,80}$", re.IGNORECASE)
_LENGTH_BEHIND = re.compile(
    rf"[’']?{SPACE}(?:old|ago|later|long|on{SPACE}from|of(?!{SPACE}(?:the|this|its|our)\b)|experience|service)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(SPACE)


def qualifier_before(text: str, start: int, end: int, floor: int, duration: bool) -> tuple[str, int]:
    """Return the qualifier before a number from ``start`` to ``end``, and where the statement then begins.

    Nothing before ``floor`` is read. ``duration`` says that the number is a length that a plan may have: years, days.
    """
    if not duration and (article := _ARTICLE.search(text, max(floor, start - _LONGEST), start)):
        start = article.start("article")  # "almost a £700 increase"
    match = _BEFORE.search(text, max(floor, start - _LONGEST), start)
    if match is None:
        return EXACTLY, start
    if match["sign"]:
        return _SIGNS[match["sign"].lower()], match.start()
    phrase = _SPACES.sub(" ", match["phrase"].lower())
    begin = match.start()
    if phrase.endswith("er than") and floor and not text[floor:begin].strip():
        return EXACTLY, start  # "24% higher than 12 months before" compares
    is_length = _MORE_THAN_A_PERIOD.search(text, max(0, begin - 12), begin) or _LENGTH_BEHIND.match(text, end)
    if phrase == "over" and duration and not is_length:
        return EXACTLY, start
    if phrase == "around" and _BUILT.search(text, max(floor, begin - 12), begin):
        return EXACTLY, start
    if phrase == "up to" and _BRINGS.search(text, max(floor, begin - 90), begin):
        return EXACTLY, start
    return _CANONICAL[phrase], begin


def qualifier_after(text: str, end: int) -> tuple[str, int]:
    """Return the qualifier behind a number that ends at ``end`` ("500+", "65 or more") and where it ends."""
    match = _AFTER.match(text, end)
    if match is None:
        return EXACTLY, end
    return _AFTER_NAMES[match.lastgroup or ""], match.end()
