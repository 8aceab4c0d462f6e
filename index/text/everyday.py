"""A question in the words of releases: what people call a "jab" when they ask is a "vaccine" there.

The words are in ``everyday_words.txt`` beside this module, which anyone may extend.
"""

from functools import cache, lru_cache
from pathlib import Path

from index.errors import InputError
from index.text.terms import analyser, stems, terms

FILE = Path(__file__).with_name("everyday_words.txt")


@lru_cache(maxsize=64)
def in_official_words(question: str) -> str | None:
    """Return a question's terms with everyday words as releases have them; None if it has no such words."""
    known, longest = _known()
    words = terms(question)
    stemmed = analyser().analyze(" ".join(words))
    if len(stemmed) != len(words):  # one is too long to be a word
        return None
    found: list[str] = []
    place = 0
    while place < len(words):
        for count in range(min(longest, len(words) - place), 0, -1):
            official = known.get(tuple(stemmed[place : place + count]))
            if official is not None:
                found.append(official)
                place += count
                break
        else:
            found.append(words[place])
            place += 1
    return None if found == words else " ".join(found)


@cache
def _known() -> tuple[dict[tuple[str, ...], str], int]:
    """Return the official words by the stems of everyday ones, and how many stems the longest of these has."""
    known = read_words(FILE.read_text("utf-8"))
    return known, max(map(len, known))


def read_words(text: str) -> dict[tuple[str, ...], str]:
    """Return the official words by the stems of the everyday ones, from the lines of a file like the shipped one.

    Raises `InputError` for a line that is not "everyday words: official words".
    """
    known: dict[tuple[str, ...], str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        everyday, colon, official = line.partition(":")
        if not colon or not terms(official) or not all(map(terms, everyday.split(","))):
            reason = f"{FILE.name}, line {number}: {line!r} does not say what everyday words mean"
            raise InputError(reason, 'write it as "kid, youngster: children"')
        for words in everyday.split(","):
            known.setdefault(tuple(stems(words)), " ".join(terms(official)))
    return known
