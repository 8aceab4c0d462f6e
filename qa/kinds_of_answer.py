"""Words that are not of the kind that is asked for: a share where it is "which council", a count where it is a cost."""

import re
from functools import lru_cache
from typing import Final, Literal

from index.figures.units import CURRENCY_CODES, DURATIONS
from index.types import Figure

_ASKS_WHO = re.compile(
    r"^\W*(?:who|whose|whom|which\s(?:council|body|company|firm|minister|agency|charity|department|country|countries"
    r"|states?|person|man|woman|force|university|union|school|town|city|county|region|team|party))\b",
    re.IGNORECASE,
)
_ASKS_HOW_MANY = re.compile(r"\b(?:how many|number of)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"[£$€]?\s?(?:[0-9][0-9.,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"\s?(?:%|per\s?cent|percent|million|billion|tonnes|people)?",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"\(?(?:0|\+44)[0-9()\s-]{8,14}")

_ASKS_SHARE = re.compile(
    r"\bper\s?cent(?:age)?\b|^\W*(?:what|which)\s(?:proportion|share|fraction)\b|\b(?:share|proportion|fraction)\sof\b",
    re.IGNORECASE,
)
_SHARE: Final = re.compile(
    r"%|\bper\s?cent|\b(?:half|halves|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|in|out\sof"
    r"|every|all|most|majority|none|each)\b|[0-9]/[0-9]|[½⅓¼⅔¾]|\b0?\.[0-9]",
    re.IGNORECASE,
)
"""What may state a share without a unit: "one in five", "two thirds"."""

_ASKS_MONEY = re.compile(
    r"\bhow\smuch\s(?:(?:more|extra|public|private|new|government|state|of\sthe)\s)*(?:money|cash|funding)\b"
    r"|\bhow\smany\s(?:(?:million|billion)s?\s(?:of\s)?)?(?:pounds|dollars|euros)\b"
    r"|\bhow\smuch\b.*\b(?:cost|pay|paid|spend|spent|spending|fined|worth)\b"
    r"|\bprice\stag\b|\bstreet\svalue\b|\b(?:would|will|could|did|do|does)\b.{1,80}\b(?:fetch|sell\sfor)\b"
    r"|\b(?:what|how\s(?:big|large))\b(?!.*\b(?:how|number|for|per\s?cent)\b).*\b(?:cost|price|fee|fine|salary|budget)\b",
    re.IGNORECASE,
)
_ASKS_FINE = re.compile(
    r"\b(?:what(?:[’']s)?|how (?:much|big|large)|max(?:imum)?|biggest|highest|largest|top|size of)\b[^?]{0,40}"
    r"\bfines?\b",
    re.IGNORECASE,
)
"""A question for money that is no other punishment: "maximum fine if you breach an order"."""

_ASKS_IN_WHAT_WAY = re.compile(
    r"^\W*how (?:did|do|does|was|were|is|are|the|they|he|she|it|people|could|can)\b", re.IGNORECASE
)
_PURPOSE = re.compile(r"(?:in order )?to [a-z]+\b")
"""Words that say what for, and not how: "to avoid prosecution"."""

_ASKS_MEASURE = re.compile(
    r"\bhow\smany\s(?:tonnes|tons|hectares|acres|miles|kilometres|km|litres|metres|kilos|kg|megawatts|gigawatts)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[£$€¥]|\b(?:pounds?|pence|euros?|dollars?|million|billion|bn|k)\b|[0-9](?:m|bn|p|k)\b", re.IGNORECASE
)
_COUNTED_AFTER = re.compile(r"\s(?:[A-Za-z’'-]+\s){0,3}[a-z’'-]+s\b")
"""A noun in the plural after a number, which it counts: "59 prosecutions"."""

_ASKS_SEVERAL = re.compile(
    r"\b(?:which|what|who)\s(?:(?:are|were)\s(?:(?:the|these|its|their)\s)?)?(?:other\s)?"
    r"(?P<number>two|three|four|five|six|seven|eight|nine|ten|[2-9]|1[0-9])"
    r"\s(?:(?!years|months|weeks|days|hours)[a-z’'-]+\s)?(?!years|months|weeks|days|hours)[a-z]+s\b",
    re.IGNORECASE,
)
"""A question for several things: "which two ports"; a length of time may be one number."""

_SEVERAL = re.compile(
    r"\band|and(?:\b|(?-i:[A-Z]))|&|[,;/\n]|\bor\b|\bboth\b|\b(?:two|three|four|five)\b", re.IGNORECASE
)


def is_of_another_kind(question: str, words: str) -> bool:
    """Return True if a question asks who or which body, and the words are a quantity.

    So it is if it asks how many, and they are a telephone number; or which two, and they name one, or are the number
    that the question says itself; or how something was done, and they say what for.
    """
    answer = words.strip()
    several = _ASKS_SEVERAL.search(question)
    return (
        (_ASKS_WHO.search(question) is not None and _QUANTITY.fullmatch(answer) is not None)
        or (_ASKS_HOW_MANY.search(question) is not None and _TELEPHONE.fullmatch(answer) is not None)
        or (_ASKS_IN_WHAT_WAY.search(question) is not None and _PURPOSE.match(answer) is not None)
        or (several is not None and (not _SEVERAL.search(answer) or answer.lower() == several["number"].lower()))
    )


def is_of_another_unit(question: str, words: str, figure: Figure, after: str) -> bool:
    """Return True if a figure counts things, and its question asks for a share, money or a measure in units.

    ``words`` are the answer with the figure, ``after`` the text that follows the number. Which unit of one dimension it
    is does not matter: hours may be asked for and days stated. A length of time is no fine.
    """
    if figure.unit in DURATIONS and _ASKS_FINE.search(question):
        return True
    asked = _asked_unit(question)
    counts_things = not figure.unit and _COUNTED_AFTER.match(after) is not None
    if asked == "share":
        return not figure.unit and figure.value > 1 and not _SHARE.search(words + after[:20])
    if asked == "measure":
        return counts_things or figure.unit in ("percent", *CURRENCY_CODES)
    # Tonnes are no money, but a share of it may be asked for, and "how long" as well as "how much".
    measures = figure.unit not in ("", "percent", "times", *DURATIONS, *CURRENCY_CODES)
    return asked == "money" and (counts_things or measures) and not _MONEY.search(words)


@lru_cache(maxsize=32)
def _asked_unit(question: str) -> Literal["share", "measure", "money"] | None:
    """Return what a question asks for a number of, if it says so; looked for once, as a long question takes a while."""
    if _ASKS_SHARE.search(question):
        return "share"
    if _ASKS_MEASURE.search(question):
        return "measure"
    return "money" if _ASKS_MONEY.search(question) else None
