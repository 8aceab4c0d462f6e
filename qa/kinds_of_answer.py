"""Words that are not of the kind that is asked for: a share where it is "which council", a telephone number."""

import re

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
_COUNTED_THINGS = re.compile(
    r"^\W*(?:which|what)\s(?:are\s|were\s)?(?:the\s|these\s|its\s|their\s)?"
    r"(?P<number>two|three|four|five|six|seven|eight|nine|ten|[2-9]|1[0-9])\s(?!per\s?cent\b)[a-z]",
    re.IGNORECASE,
)
"""A question for things of which it says the number: "Which four ports"."""

_TELEPHONE = re.compile(r"\(?(?:0|\+44)[0-9()\s-]{8,14}")


def is_of_another_kind(question: str, words: str) -> bool:
    """Return True if a question asks who or which body, and the words are a quantity; or how many, and they are a
    telephone number; or which of so many things, and they are the number that it says itself."""
    answer = words.strip()
    counted = _COUNTED_THINGS.match(question)
    if counted is not None and answer.lower() == counted["number"].lower():
        return True
    return (_ASKS_WHO.search(question) is not None and _QUANTITY.fullmatch(answer) is not None) or (
        _ASKS_HOW_MANY.search(question) is not None and _TELEPHONE.fullmatch(answer) is not None
    )
