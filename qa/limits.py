"""How much may be asked for: the checks that the command line, the API and the engine share."""

import unicodedata
from datetime import date
from typing import Literal

from index.errors import InputError
from index.types import SearchFilter

MAX_QUESTION = 4_000
"""The longest question, in characters."""

MAX_TOP_K = 100
"""The most passages that one question returns."""


def clean_question(text: str) -> str:
    """Return a question in NFC with control characters and runs of space as one space.

    Raises `InputError` when nothing is left, when it is longer than `MAX_QUESTION`, or when it is not valid Unicode.
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
        raise InputError(f"the question is empty: {question!r}", 'ask something, such as "how many ... were ...?"')
    return question


def check_top_k(top_k: int) -> None:
    """Raise `InputError` for a number of passages outside 1 to `MAX_TOP_K`."""
    if not 1 <= top_k <= MAX_TOP_K:
        raise InputError(f"top_k is {top_k}; it must lie in 1 to {MAX_TOP_K}", f"ask for 1 to {MAX_TOP_K} passages")


def check_budget(max_tokens: int | None) -> None:
    """Raise `InputError` for a token budget below 1; None sets no budget."""
    if max_tokens is not None and max_tokens < 1:
        raise InputError(f"max_tokens is {max_tokens}; it must be at least 1", "leave it out for no bound")


def check_dates(where: SearchFilter) -> None:
    """Raise `InputError` for dates that exclude every release: ``since`` after ``until`` or after ``as_of``."""
    exceeded = exceeded_by_since(where)
    if exceeded is not None:
        name, bound = exceeded
        raise InputError(f"since ({where.since}) is after {name} ({bound})", "swap the two dates")


def exceeded_by_since(where: SearchFilter) -> tuple[Literal["until", "as_of"], date] | None:
    """Return the bound, by its name and day, that the day ``since`` is after; None if there is none."""
    bounds: tuple[tuple[Literal["until", "as_of"], date | None], ...] = (("until", where.until), ("as_of", where.as_of))
    for name, bound in bounds:
        if where.since and bound and where.since > bound:
            return name, bound
    return None


def check_page(limit: int) -> None:
    """Raise `InputError` for a page of fewer than one release."""
    if limit < 1:
        raise InputError(f"limit is {limit}; it must be at least 1", "ask for 1 or more")
