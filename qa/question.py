"""What may be asked: the bounds of a question and its filters, checked in one place for every way in."""

import re
import unicodedata

from index.errors import InputError
from index.types import SearchFilter

MAX_QUESTION = 4_000
"""Longest question, in characters."""

MAX_TOP_K = 100

_FIGURE_QUESTION = re.compile(
    r"\b(?:how (?:many|much|long|often|large|big|old|high|far)"
    r"|what (?:is|was|are|were) the (?:number|total|figure|amount)"
    r"|what (?:number|percentage|proportion|share|amount|sum)|by what (?:percentage|factor))\b",
    re.IGNORECASE,
)


def clean_question(text: str) -> str:
    """Return a question in NFC with control characters and runs of space as one space.

    Raises `InputError` when nothing is left, when it is longer than `MAX_QUESTION`, or when it is not text.
    """
    if len(text) > MAX_QUESTION:
        raise InputError(
            f"the question has {len(text):,} characters; at most {MAX_QUESTION:,} can be asked",
            "ask a shorter question",
        )
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise InputError("the question is not valid text: it holds half of a surrogate pair", "send it as UTF-8")
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in unicodedata.normalize("NFC", text))
    question = " ".join(spaced.split())
    if not any(c.isalnum() for c in question):
        raise InputError(f"the question is empty: {question!r}", 'ask something: pressqa ask "how many ...?"')
    return question


def check_bounds(top_k: int, where: SearchFilter, max_tokens: int | None) -> None:
    """Raise `InputError` for a ``top_k`` outside 1 to 100, dates that exclude everything, or no token budget."""
    if not 1 <= top_k <= MAX_TOP_K:
        raise InputError(f"top_k is {top_k}; it must lie in 1 to {MAX_TOP_K}", f"ask for 1 to {MAX_TOP_K} passages")
    if max_tokens is not None and max_tokens < 1:
        raise InputError(f"max_tokens is {max_tokens}; it must be at least 1", "leave it out for no bound")
    for name, bound in (("until", where.until), ("as_of", where.as_of)):
        if where.since and bound and where.since > bound:
            raise InputError(f"since ({where.since}) is after {name} ({bound})", "swap the two dates")


def asks_for_figure(question: str) -> bool:
    """Say whether a question asks for a number, an amount or a length of time."""
    return _FIGURE_QUESTION.search(question) is not None
