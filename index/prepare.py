"""From a release to what the catalog stores of it: passages, figures, token counts and vectors."""

from collections.abc import Callable, Sequence

from index.catalog.reader import Catalog
from index.catalog.writer import Prepared, text_key
from index.figures.read import figures
from index.protocols import Embedder
from index.text.passages import embedded_text, passage_prefix, split
from index.text.sentences import sentences
from index.types import Chunk, Manifest, Release, Span, SyncProgress, Vectors

BATCH_TEXTS = 256
"""How many passages or entries may wait before they are embedded and stored in one transaction.

Set by judgement: larger batches cost fewer transactions, smaller ones lose less work in a crash.
"""

Progress = Callable[[SyncProgress], None]
"""A function that is called with the progress so far after every entry and every batch."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""A function that returns the length of each text in the reader's tokens (tiktoken)."""


def prepare(release: Release, embedder: Embedder, manifest: Manifest, count_tokens: CountTokens) -> Prepared:
    """Return what is stored of a release: its passages, split as ``manifest`` says, and its figures.

    For each passage the result also holds the length in the reader's tokens and the text to embed.
    """
    spans = sentences(release.body)
    chunks, texts = passages_of(release, spans, embedder, manifest.chunk_tokens, manifest.chunk_overlap)
    tokens = count_tokens([chunk.span.of(release.body) for chunk in chunks])
    stated = figures(release.body, release.published, spans)
    return Prepared(release, tuple(chunks), tuple(tokens), tuple(texts), tuple(stated))


def passages_of(
    release: Release, spans: Sequence[Span], embedder: Embedder, chunk_tokens: int, chunk_overlap: int
) -> tuple[list[Chunk], list[str]]:
    """Return the passages of a release, whose sentences are ``spans``, and for each the text to embed."""
    prefix = passage_prefix(release, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
    chunks = split(
        release.body,
        count_tokens=embedder.count_tokens,
        max_tokens=embedder.max_tokens,
        target=chunk_tokens,
        overlap=chunk_overlap,
        prefix=prefix,
        spans=spans,
    )
    return chunks, [embedded_text(prefix, release.body, chunk) for chunk in chunks]


def embed_missing(catalog: Catalog, embedder: Embedder, texts: Sequence[str]) -> dict[bytes, Vectors]:
    """Embed the texts that have no vector in the catalog's cache yet, and return the new vectors by `text_key`."""
    keyed = {text_key(text): text for text in texts}
    cached = catalog.embedded(list(keyed), embedder.fingerprint)
    missing = [key for key in keyed if key not in cached]
    vectors = embedder.encode_passages([keyed[key] for key in missing])
    return dict(zip(missing, vectors, strict=True))
