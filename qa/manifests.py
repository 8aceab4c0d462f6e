"""What an index is built with: the manifest that the settings ask for, and whether an index is as they ask."""

from dataclasses import replace
from typing import Final

from index.catalog.schema import SCHEMA
from index.errors import ManifestMismatchError
from index.protocols import Embedder
from index.text.token_counts import DEFAULT_ENCODING
from index.types import Manifest
from qa.settings import Settings

_REEMBED: Final = "drop the setting, choose another folder (--data), or embed it again: pressqa ingest --reembed"
_KEPT = frozenset({"chunk_tokens", "chunk_overlap", "encoding"})
"""Settings that an index keeps from when it was built, unless a person gives others."""


def manifest_for(settings: Settings, embedder: Embedder, built: Manifest | None = None) -> Manifest:
    """Return the manifest that the settings ask for; ``built`` supplies what they leave open."""
    chosen = Manifest(
        schema=SCHEMA,
        model=embedder.name,
        fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        chunk_tokens=settings.chunk_tokens,
        chunk_overlap=settings.chunk_overlap,
        encoding=settings.encoding or DEFAULT_ENCODING,
    )
    if built is None:
        return chosen
    return replace(chosen, **{name: getattr(built, name) for name in _KEPT - settings.model_fields_set})


def check_model(built: Manifest, settings: Settings, embedder: Embedder) -> None:
    """Raise `ManifestMismatchError` if an index was built with another model."""
    if built.fingerprint != embedder.fingerprint:
        raise ManifestMismatchError(
            f"{settings.place} was built with {built.model} ({built.fingerprint[:12]}), not with {embedder.name}"
            f" ({embedder.fingerprint[:12]})",
            _REEMBED,
        )


def check_chunking(built: Manifest, settings: Settings) -> None:
    """Raise `ManifestMismatchError` if the settings ask for other passages than an index was built with."""
    asked = {name: getattr(settings, name) for name in _KEPT & settings.model_fields_set}
    differing = [
        f"{name} {getattr(built, name)}, not {value}"
        for name, value in sorted(asked.items())
        if value is not None and getattr(built, name) != value
    ]
    if differing:
        raise ManifestMismatchError(f"{settings.place} was built with {'; '.join(differing)}", _REEMBED)
