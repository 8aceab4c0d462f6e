"""Publishers' names as they are compared."""

import unicodedata


def publisher_key(name: str) -> str:
    """Return a publisher's name as it is compared: without regard to case, spaces, or how accents are encoded."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", name).split()).casefold())
