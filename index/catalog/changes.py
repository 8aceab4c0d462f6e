"""What the search files must take over from the catalog to catch up with it."""

import hashlib
import json
from dataclasses import dataclass

from index.types import Ids, Release


@dataclass(frozen=True, slots=True)
class KeywordDocument:
    """What the keyword index holds of a passage. Dates are proleptic ordinals; ``valid_to`` is exclusive."""

    id: int
    text: str
    title: str
    publisher: str
    published: int
    valid_from: int
    valid_to: int


@dataclass(frozen=True, slots=True)
class Delta:
    """What a derived index must do to get from one generation to another."""

    generation: int
    put: Ids
    removed: Ids


def release_digest(release: Release) -> str:
    """Return a digest over every field of a release: equal digests mean that nothing changed."""
    fields = [release.title, release.body, release.publisher, release.published.isoformat(), release.url]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()
