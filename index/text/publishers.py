"""Comparing the names of publishers."""

import difflib
import unicodedata
from collections.abc import Sequence


def publisher_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case, spaces or the encoding of accents."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", name).split()).casefold())


def nearest_publishers(name: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Return up to ``most`` of the ``known`` publishers that ``name`` may be meant for, likeliest first; [] if none is.

    A name is near if it holds the same words ("Transport" and "Department for Transport"), or is spelt nearly alike.
    """
    wanted = publisher_key(name)
    words = set(wanted.split())
    found: list[tuple[float, str]] = []
    for each in known:
        key = publisher_key(each)
        alike = difflib.SequenceMatcher(None, wanted, key).ratio()
        shared = bool(words) and (words <= set(key.split()) or set(key.split()) <= words)
        if shared or alike >= _ALIKE:
            found.append((-alike - shared, each))
    return [each for _, each in sorted(found)[:most]]


_ALIKE = 0.6
"""How alike two names are, by difflib's ratio, for one to be meant for the other; its own default for close matches."""
