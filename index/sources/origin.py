"""Where releases come from: a web address, or a path on this machine."""

import re
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceError

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Url:
    """A web address, as it was given."""

    address: str

    def __str__(self) -> str:
        return self.address


Origin = Path | Url
"""The place that a source reads: a path or a web address."""


def parse_origin(text: str) -> Origin:
    """Return a `Url` for text that begins with a scheme such as "https://", and a path for any other text."""
    return Url(text) if _SCHEME.match(text) else Path(text)


def local_path(origin: Origin) -> Path:
    """Return the path of a file or folder; raises `SourceError` for a web address."""
    if isinstance(origin, Url):
        raise SourceError(
            f"cannot read {origin}: only files and folders are read here",
            "save its releases to a file, then: pressqa ingest FILE",
        )
    return origin
