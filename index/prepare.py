"""From a release to what the catalog stores of it: passages, figures, token counts and vectors."""

from collections.abc import Callable, Sequence

from index.catalog.reader import Catalog
from index.catalog.writer import Prepared, text_key
from index.figures.read import figures
from index.protocols import Embedder
from index.text.passages import embedded_text, passage_prefix, split
from index.text.sentences import sentences
from index.types import Manifest, Release, SyncProgress, Vectors

BATCH_TEXTS = 256
"""A transaction is cut when this many passages wait: small enough to lose little in a crash."""

Progress = Callable[[SyncProgress], None]
"""Called after every entry and every batch."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""The reader's tokens (tiktoken) of each text."""


def prepare(release: Release, embedder: Embedder, manifest: Manifest, count_tokens: CountTokens) -> Prepared:
    """Cut a release into sentences, split it into passages as its index was built, and read its figures.

    Of each chunk count the reader's tokens and make the embedded text.
    """
    spans = sentences(release.body)
    prefix = passage_prefix(release, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    chunks = split(
        release.body,
        count_tokens=embedder.count_tokens,
        max_tokens=embedder.max_tokens,
        target=manifest.chunk_tokens,
        overlap=manifest.chunk_overlap,
        prefix=prefix,
        spans=spans,
    )
    tokens = count_tokens([chunk.span.of(release.body) for chunk in chunks])
    texts = [embedded_text(prefix, release.body, chunk) for chunk in chunks]
    found = figures(release.body, release.published, spans)
    return Prepared(release, tuple(chunks), tuple(tokens), tuple(texts), tuple(found))


def embed_missing(catalog: Catalog, embedder: Embedder, texts: Sequence[str]) -> dict[bytes, Vectors]:
    """Return the vectors of those texts that the cache does not hold, by content address."""
    keyed = {text_key(text): text for text in texts}
    held = catalog.embedded(list(keyed), embedder.fingerprint)
    missing = [key for key in keyed if key not in held]
    made = embedder.encode_passages([keyed[key] for key in missing])
    return dict(zip(missing, made, strict=True))
