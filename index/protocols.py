"""The seams of the index: what a source, an embedding model, an index and its writer can do, whoever provides them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from index.types import (
    Coverage,
    Cursor,
    Entry,
    Figure,
    Found,
    IndexStatus,
    Manifest,
    PageRead,
    Passage,
    Release,
    ReleaseEntry,
    ReleaseOrigin,
    Revision,
    SearchFilter,
    SyncProgress,
    SyncReport,
    Vectors,
    Verdict,
)


class Source(Protocol):
    """An input of releases.

    `read` yields each entry as a `Release`, or as a `Problem` if it cannot be read. A source that knows of them also
    yields withdrawals and checkpoints. The same entry may be yielded more than once. A source on the web has a ``rank``
    too, lower the closer it is to the publisher (`index.same_release`). One whose settings shape what it reads has
    their digest as ``settings``: with others it is read from its beginning again.
    """

    @property
    def name(self) -> str:
        """The name of this input in messages, usually its path. The index stores the cursor under this name."""
        ...

    def expected(self) -> int | None:
        """Return about how many releases and problems a whole `read` yields, if that is cheap to find out.

        Raises `SourceError` if the source cannot be read.
        """
        ...

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield the entries in the order of the input; raises `SourceError` if it cannot be read, or not to its end.

        ``since`` is the cursor of the last checkpoint that was stored: a source that yields checkpoints yields only
        what came after it, any other yields everything.
        """
        ...


class KnownPages(Protocol):
    """What an index remembers of the web pages that one source has read; safe to share between threads."""

    def page(self, address: str) -> PageRead | None:
        """Return what became of a page when it was last read; None if it never was."""
        ...

    def failed(self) -> list[PageRead]:
        """Return the pages that could not be read, by their addresses."""
        ...

    def with_release(self, before: int, limit: int) -> list[PageRead]:
        """Return up to ``limit`` pages of releases last checked before a moment (Unix time), the earliest first."""
        ...

    def published(self, release_id: str) -> date | None:
        """Return the day of publication of the release that the source gave under an id; None if there is none."""
        ...


class QuestionEncoder(Protocol):
    """What a search asks of a text embedding model."""

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors of passages: weights, tokenizer, pooling, prompts."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        ...


class Embedder(QuestionEncoder, Protocol):
    """A text embedding model. Tests use a small deterministic one (`index.models.hashing_embedder`)."""

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
        """Return one unit vector for each text, shape (len(texts), dimension), in the order given."""
        ...


class StoredReleases(Protocol):
    """What can be read of an index without searching it: neither a model nor the search files are needed."""

    def release(self, release_id: str, where: SearchFilter = ...) -> Release:
        """Return the revision of a release that was current at ``where.as_of``; raises `UnknownReleaseError`."""
        ...

    def history(self, release_id: str) -> tuple[Revision, ...]:
        """Return all revisions of a release, the current one first; raises `UnknownReleaseError`."""
        ...

    def origins(self, release_id: str) -> tuple[ReleaseOrigin, ...]:
        """Return where a release was found, the origin that gives its text first; () if that was not recorded."""
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

    def coverage(self) -> Coverage:
        """Return which publishers and days the current releases cover."""
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
        """Release the files and memory that the index uses."""
        ...


class PassageIndex(StoredReleases, Protocol):
    """An index that can be searched, wherever it is stored. Any number of threads may use it; it never writes."""

    def status(self, generation: int | None = None) -> IndexStatus:
        """Return how much the index holds, or held at a ``generation`` that a search has just found."""
        ...

    def search(self, question: str, k: int, where: SearchFilter = ...) -> Found:
        """Return the ``k`` best passages that the filter lets through, best first, ties by passage id.

        Raises `UnknownPublisherError`.
        """
        ...


class IndexPreview(Protocol):
    """An index to which nothing is written, opened to see what an ingest would do to it."""

    def pages(self, source: str, settings: str = "") -> KnownPages:
        """Return what `IndexWriter.pages` returns."""
        ...

    def preview(self, sources: Iterable[Source]) -> SyncReport:
        """Return what `IndexWriter.sync` would do with the sources, with ``recognise``, counting no passages."""
        ...

    def close(self) -> None:
        """Release the files that it uses."""
        ...


class IndexWriter(Protocol):
    """An index that can be changed. `sync`, `remove`, `reembed` and `verify` leave the search files up to date.

    Each of these four takes the write lock itself; `sync` does not hold it while it reads its sources. Each raises
    `IndexLockedError` if another process keeps the lock, and `StorageError` if the index cannot be written. After any
    of them, `maintain` arranges the search files so that searches and later changes stay quick.
    """

    @property
    def manifest(self) -> Manifest:
        """What the index was built with."""
        ...

    def revisions(self) -> int:
        """Return how many revisions of releases are stored; `reembed` embeds all of them."""
        ...

    def sync(
        self,
        embedder: Embedder,
        sources: Iterable[Source],
        *,
        count_tokens: Callable[[Sequence[str]], list[int]],
        today: date,
        recognise: bool = False,
        progress: Callable[[SyncProgress], None] = ...,
    ) -> SyncReport:
        """Ingest what the sources yield; a changed release gets a new revision, valid from its update or ``today``.

        With ``recognise``, a release that another source gave already is one release with two origins.

        ``count_tokens`` gives the length of each text in the reader's tokens. Raises `SourceError`, and
        `ManifestMismatchError` if another process embeds the index again meanwhile.
        """
        ...

    def pages(self, source: str, settings: str = "") -> KnownPages:
        """Return what is remembered of the web pages that the source of this name has read.

        With ``settings``, the digest of those that shape what it reads, pages that were read with others are due again.
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
        """Read the whole index, and make the search files again if they are damaged or out of date.

        Raises `CatalogDamagedError` if the catalog itself is damaged: it cannot be repaired from anything else.
        """
        ...

    def maintain(self, stop: Callable[[], bool] = ...) -> None:
        """Merge what was published in small parts, and train what makes searches of a large index quick.

        Answers are the same before, meanwhile and after. Readers and other writers are held up for moments only; a
        process killed meanwhile loses nothing. It ends soon once ``stop`` returns True. Nothing is done if another
        process is at it. Raises `IndexLockedError` and `StorageError`, after which the index answers as before.
        """
        ...

    def close(self) -> None:
        """Release the files that the writer uses."""
        ...
