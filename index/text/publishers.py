"""Comparing the names of publishers."""

import unicodedata


def publisher_key(name: str) -> str:
    """Return a key that is equal for names that differ only in case, spaces or the encoding of accents."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", name).split()).casefold())
