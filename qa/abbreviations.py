"""A question with its abbreviations spelt out, or its names abbreviated, as the releases themselves explain them."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.text.initials import explained
from index.text.terms import is_stop_word
from index.types import Release

_LONGEST = 100_000
"""The characters of a text from which on what it explains is read anew each time: what is kept, keeps its text."""


def in_other_length(question: str, releases: Sequence[Release]) -> str | None:
    """Return a question with names in place of abbreviations that one of the releases explains, and the reverse.

    None if it has neither. People type "hlb" in small letters: that is the abbreviation unless a release has it as a
    word of its own ("cap").
    """
    changed, folded = question, question.casefold()
    for short, name in dict(pair for release in releases for pair in explained_in(release)).items():
        if short.casefold() not in folded and name.casefold() not in folded:
            continue
        if not is_stop_word(short) or short in question.split():
            changed = _instead(changed, short, name, releases)
    return None if changed == question else changed


def explained_in(release: Release) -> tuple[tuple[str, str], ...]:
    """Return the abbreviations that a release explains, each with its name."""
    if len(release.body) > _LONGEST:
        return tuple(explained(release.body))
    return _explained(release.body)  # by its text: a string's hash is computed once, that of a release every time


@lru_cache(maxsize=2048)
def _explained(body: str) -> tuple[tuple[str, str], ...]:
    return tuple(explained(body))


def _instead(question: str, short: str, name: str, releases: Sequence[Release]) -> str:
    if (whole := re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)).search(question):
        return whole.sub(short, question)
    written = re.compile(rf"\b{re.escape(short)}\b", re.IGNORECASE)
    found = written.search(question)
    if found is None:
        return question
    small = re.compile(rf"\b{re.escape(short.lower())}\b")
    if found.group() == short or not any(small.search(release.body) for release in releases):
        return written.sub(name, question)
    return question
