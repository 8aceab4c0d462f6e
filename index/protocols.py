"""The seams of the index: what a source, an embedding model, an index and its writer can do, whoever provides them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from index.types import (
    Cursor,
    Entry,
    Figure,
    Found,
    IndexStatus,
    Manifest,
    Passage,
    Release,
    ReleaseEntry,
    SearchFilter,
    SyncProgress,
    SyncReport,
    Vectors,
    Verdict,
)


class Source(Protocol):
    """An input of releases.

    `read` yields every entry as a `Release`, or as the `Problem` with it, and where the source knows of them
    withdrawals and checkpoints. An entry may be repeated.
    """

    @property
    def name(self) -> str:
        """What a person would call this input, for messages: usually its path. Its cursor is kept by this name."""
        ...

    def expected(self) -> int | None:
        """Return about how many releases and problems a whole `read` yields, if that is cheap to find out.

        Raises `SourceError` if the source cannot be read.
        """
        ...

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield the entries in the order of the input; raises `SourceError` if it cannot be read (any further).

        ``since`` is the cursor of the last checkpoint that was stored: a source that yields checkpoints yields only
        what came after it, any other yields everything.
        """
        ...


class Embedder(Protocol):
    """A text embedding model. The whole test suite runs on a small deterministic one."""

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors: weights, tokenizer, pooling, prompts."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest input in the model's own tokens, special tokens and prompt left out."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special tokens and prompt left out."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimension), in the order given."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        ...


class StoredReleases(Protocol):
    """What can be read of an index without searching it: neither a model nor the search files are needed."""

    def release(self, release_id: str, where: SearchFilter = ...) -> Release:
        """Return the revision of a release that was current at ``where.as_of``; raises `UnknownReleaseError`."""
        ...

    def figures(self, passages: Sequence[Passage]) -> list[tuple[Figure, ...]]:
        """Return for each passage the figures whose statement lies in it, in their order."""
        ...

    def entries(self, where: SearchFilter, limit: int, after: tuple[date, str] | None = None) -> list[ReleaseEntry]:
        """Return up to ``limit`` releases, newest first, ties by id, that come after the given (date, id).

        Raises `UnknownPublisherError`.
        """
        ...

    def publishers(self) -> list[str]:
        """Return the publishers of the current releases, sorted."""
        ...

    def export(self) -> Iterator[Release]:
        """Yield every current release, oldest first, ties by id."""
        ...

    def every_passage(self) -> Iterator[Passage]:
        """Yield the passages of every current release, by their ids."""
        ...

    def status(self) -> IndexStatus:
        """Return how much the index holds."""
        ...

    def close(self) -> None:
        """Give back what the index holds open."""
        ...


class PassageIndex(StoredReleases, Protocol):
    """What the engine needs of an index, wherever it is kept. Any number of threads may use it; it writes nothing."""

    def search(self, question: str, k: int, where: SearchFilter = ...) -> Found:
        """Return the ``k`` best passages that the filter lets through, best first, ties by passage id.

        Raises `UnknownPublisherError`.
        """
        ...


class IndexWriter(Protocol):
    """What changes an index. Each method leaves the search files up to date.

    Each holds the write lock for its work, but `sync`, which reads its sources without it. All but `close` raise
    `IndexLockedError` while another process goes on writing, `StorageError` where nothing can be written.
    """

    @property
    def manifest(self) -> Manifest:
        """What the index was built with."""
        ...

    def revisions(self) -> int:
        """Return how many revisions of releases are stored: what `reembed` goes through."""
        ...

    def sync(
        self,
        embedder: Embedder,
        sources: Iterable[Source],
        *,
        count_tokens: Callable[[Sequence[str]], list[int]],
        today: date,
        progress: Callable[[SyncProgress], None] = ...,
    ) -> SyncReport:
        """Ingest what the sources yield; a changed release gets a new revision, valid from its update or ``today``.

        ``count_tokens`` gives the length of each text in the reader's tokens. Raises `SourceError`, and
        `ManifestMismatchError` if another process embeds the index anew meanwhile.
        """
        ...

    def remove(self, release_ids: Sequence[str]) -> None:
        """Delete releases with all their revisions; raises `UnknownReleaseError` before anything is deleted."""
        ...

    def reembed(
        self,
        embedder: Embedder,
        manifest: Manifest,
        *,
        count_tokens: Callable[[Sequence[str]], list[int]],
        progress: Callable[[SyncProgress], None] = ...,
    ) -> SyncReport:
        """Split and embed every stored revision again, under another manifest."""
        ...

    def verify(self) -> Verdict:
        """Read the whole index, and make the search files again where they are damaged or out of date.

        Raises `CatalogDamagedError` where the catalog itself is not sound: there is nothing to mend it from.
        """
        ...

    def close(self) -> None:
        """Give back what the writer holds open."""
        ...
