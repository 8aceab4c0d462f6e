"""From a release to what the catalog stores of it: passages, figures, token counts and vectors."""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

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

_AHEAD_TEXTS = 64
"""How many texts wait until they are embedded while more releases are read: enough to sort them by length."""

Progress = Callable[[SyncProgress], None]
"""A function that is called with the progress so far after every entry and every batch."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""A function that returns the length of each text in the reader's tokens (tiktoken)."""


def prepare(release: Release, embedder: Embedder, manifest: Manifest) -> Prepared:
    """Return what is stored of a release: its passages, split as ``manifest`` says, and its figures.

    For each passage the result also holds the text to embed; its length in the reader's tokens is left to `counted`.
    """
    spans = sentences(release.body)
    chunks, texts = passages_of(release, spans, embedder, manifest.chunk_tokens, manifest.chunk_overlap)
    stated = figures(release.body, release.published, spans)
    return Prepared(release, tuple(chunks), (), tuple(texts), tuple(stated))


def counted(prepared: Prepared, count_tokens: CountTokens) -> Prepared:
    """Return a release with the lengths of its passages in the reader's tokens."""
    texts = [chunk.span.of(prepared.release.body) for chunk in prepared.chunks]
    return replace(prepared, tokens=tuple(count_tokens(texts)))


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


class EmbeddingAhead:
    """Embeds passages in a thread while the next releases are read and split; for one thread that adds them.

    Splitting and reading figures take Python's lock, and one core; a model needs the lock for little of its time.
    """

    def __init__(self, catalog: Catalog, embedder: Embedder) -> None:
        """Take the catalog whose cache of vectors is looked up, and the model."""
        self._catalog = catalog
        self._embedder = embedder
        self._thread = ThreadPoolExecutor(1, "embedding-ahead")
        self._waiting: dict[bytes, str] = {}
        self._sent: list[tuple[list[bytes], Future[Vectors]]] = []
        self._added: set[bytes] = set()

    def add(self, texts: Iterable[str]) -> None:
        """Take texts to embed; those that have a vector in the catalog's cache are left out."""
        for text in texts:
            key = text_key(text)
            if key not in self._added:
                self._added.add(key)
                self._waiting[key] = text
        if len(self._waiting) >= _AHEAD_TEXTS:
            self.begin()

    def begin(self) -> None:
        """Have the texts embedded that still wait for others."""
        cached = self._catalog.embedded(list(self._waiting), self._embedder.fingerprint)
        missing = {key: text for key, text in self._waiting.items() if key not in cached}
        self._waiting = {}
        if missing:
            vectors = self._thread.submit(self._embedder.encode_passages, list(missing.values()))
            self._sent.append((list(missing), vectors))

    def take(self) -> dict[bytes, Vectors]:
        """Return the new vectors of all texts since the last call, by `text_key`; raises what the model raises."""
        self.begin()
        sent, self._sent, self._added = self._sent, [], set()
        return {key: vector for keys, done in sent for key, vector in zip(keys, done.result(), strict=True)}

    def close(self) -> None:
        """End the thread; what it has not begun is not embedded."""
        self._thread.shutdown(cancel_futures=True)


def embed_missing(
    catalog: Catalog, embedder: Embedder, texts: Sequence[str], known: Collection[bytes] = ()
) -> dict[bytes, Vectors]:
    """Embed the texts that have no vector in the catalog's cache, and return the new vectors by `text_key`.

    Those whose keys are ``known`` are left out.
    """
    keyed = {key: text for text in texts if (key := text_key(text)) not in known}
    cached = catalog.embedded(list(keyed), embedder.fingerprint)
    missing = [key for key in keyed if key not in cached]
    if not missing:
        return {}
    vectors = embedder.encode_passages([keyed[key] for key in missing])
    return dict(zip(missing, vectors, strict=True))
