"""Keeping an index: what ``pressqa ingest``, ``remove`` and ``verify`` do, from settings to result, then `maintain`.

Long because these commands open sources, catalogs and models in the same ways, which are told here once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from index.catalog.stores import exists
from index.decisions import refusal
from index.embed import StoredVectors
from index.errors import SourceError, StorageError
from index.models.load import DeferredEmbedder, load_embedder
from index.models.names import DEFAULT_MODEL
from index.open import copy_catalog, manifest_of, open_writer
from index.prepare import CountTokens
from index.protocols import Embedder, IndexPreview, IndexWriter, KnownPages, Source
from index.same_release import rank_of
from index.sources import AS_RECOGNISED, READ, FieldMap, Origin, Url, open_source
from index.sources.clean import printable
from index.text.token_counts import load_encoding
from index.types import (
    Cursor,
    Entry,
    Manifest,
    Problem,
    SyncProgress,
    SyncReport,
    Verdict,
)
from qa.manifests import check_chunking, check_model, manifest_for
from qa.settings import Settings

if TYPE_CHECKING:
    from index.sources.web.client import WebClient


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source's name, and the function that opens it, given what the index knows of its pages.

    ``settings`` is the digest of the settings that shape what it reads, "" if they never change.
    """

    name: str
    make: Callable[[KnownPages], Source]
    settings: str = ""


class Watcher(Protocol):
    """Follows long work, for example to show how far it has come."""

    @property
    def wants_total(self) -> bool:
        """True if the number of entries to come should be counted first, which takes time."""
        ...

    def expect(self, entries: int) -> None:
        """Take the number of entries to come."""
        ...

    def update(self, progress: SyncProgress) -> None:
        """Take how far the work has come; called after every entry."""
        ...


def ingest(
    settings: Settings,
    origins: Sequence[Origin],
    kind: str | None,
    watcher: Watcher,
    *,
    today: date,
    how: FieldMap = AS_RECOGNISED,
    languages: Sequence[str] = READ,
    allow: Sequence[str] = (),
    vectors: StoredVectors | None = None,
) -> SyncReport:
    """Ingest releases from files, folders and web pages into the index in ``settings.data``, made if there is none.

    ``kind`` names the kind of every file; None recognises each by its content. ``how`` says which fields are those of
    a release, and the publisher of releases that name none; those in none of ``languages`` are skipped. ``allow`` lists
    networks whose pages may be read although they are not public. ``vectors`` are those that other processes computed.
    One that cannot be read is a problem in the report, and the others are read. Raises `SourceError` if none of them
    can be, `ManifestMismatchError` if the settings ask for another model or chunking than the index was built with, or
    ``vectors`` are of another model.
    """
    zone = ZoneInfo(settings.timezone)
    opened: list[OpenSource] = []
    refused: list[Problem] = []
    failed: list[SourceError] = []
    with ExitStack() as stack:
        client: WebClient | None = None
        for origin in origins:
            try:
                if isinstance(origin, Url):
                    client = client or stack.enter_context(_web_client(allow))
                    opened.append(
                        _page_opener(origin, client, today, zone, publisher=how.publisher_name, languages=languages)
                    )
                else:
                    source = open_source(origin, kind, zone, how, languages)
                    opened.append(OpenSource(source.name, _already(source)))
            except SourceError as error:
                failed.append(error)
                refused.append(refusal(printable(str(origin)), error))
        try:
            report = ingest_opened(settings, opened, watcher, today=today, vectors=vectors) if opened else None
        except SourceError as error:
            report, failed = None, [*failed, error]
    if report is None:
        # one line each, but one only where all have the same fault, such as an unknown kind
        raise SourceError("\n".join(dict.fromkeys(map(str, failed))), failed[0].hint)
    return replace(report, problems=(*refused, *report.problems))


def _web_client(allow: Sequence[str]) -> "WebClient":
    from index.sources.web.client import WebClient  # an HTTP client, which the ingest of a file does without
    from index.sources.web.types import Manners

    return WebClient(Manners(allowed=tuple(allow)))


def _page_opener(
    origin: Url, client: "WebClient", today: date, zone: ZoneInfo, *, publisher: str | None, languages: Sequence[str]
) -> OpenSource:
    from index.sources.sites.pages import WebPages
    from index.sources.web.addresses import check_address

    address = check_address(origin.address)

    def make(pages: KnownPages) -> Source:
        return WebPages(
            address, client, pages, [address], today=today, publisher=publisher, languages=languages, zone=zone
        )

    return OpenSource(address, make)


def ingest_sources(
    settings: Settings, sources: Sequence[Source], watcher: Watcher, *, today: date, embedder: Embedder | None = None
) -> SyncReport:
    """Ingest open sources; ``embedder`` is the model, if the caller has opened it. Raises what `ingest` raises."""
    opened = [OpenSource(source.name, _already(source)) for source in sources]
    return ingest_opened(settings, opened, watcher, today=today, embedder=embedder, recognise=False)


def _already(source: Source) -> Callable[[KnownPages], Source]:
    return lambda pages: source


def ingest_opened(
    settings: Settings,
    opened: Sequence[OpenSource],
    watcher: Watcher,
    *,
    today: date,
    embedder: Embedder | None = None,
    recognise: bool = True,
    vectors: StoredVectors | None = None,
) -> SyncReport:
    """Ingest sources that are opened with what the index knows of their pages; raises what `ingest` raises.

    With ``recognise`` the same release from two sources is one with two origins.
    """
    writer, model = open_for_writing(settings, embedder, vectors)
    with closing(writer):
        check_chunking(writer.manifest, settings)
        sources = [opened_or_not(each, writer) for each in opened]
        if watcher.wants_total:
            expected = [_expected(source) for source in sources]
            known = [number for number in expected if number is not None]
            if len(known) == len(expected):
                watcher.expect(sum(known))
        encoding = writer.manifest.encoding

        def count_tokens(texts: Sequence[str]) -> list[int]:
            return _counter(encoding)(texts)  # read when first needed: an unchanged release counts no tokens

        return writer.sync(
            model, sources, count_tokens=count_tokens, today=today, recognise=recognise, progress=watcher.update
        )


@dataclass(frozen=True, slots=True)
class _Unopened:
    """A source that cannot be opened: it is told of like one that cannot be read, and the others are read."""

    name: str
    error: SourceError

    def expected(self) -> int | None:
        """Raise why."""
        raise self.error

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Raise why."""
        raise self.error


@dataclass(frozen=True, slots=True)
class _Configured:
    """A source with the digest of the settings that shape what it reads."""

    source: Source
    settings: str

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.source.name

    @property
    def rank(self) -> int:
        """How close the source is to the publisher."""
        return rank_of(self.source)

    def expected(self) -> int | None:
        """Return what the source expects."""
        return self.source.expected()

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield what the source yields."""
        return self.source.read(since)


def opened_or_not(source: OpenSource, index: IndexWriter | IndexPreview) -> Source:
    """Open a source; one that cannot be opened raises `SourceError` when it is read."""
    try:
        return _Configured(source.make(index.pages(source.name, source.settings)), source.settings)
    except SourceError as error:
        return _Unopened(source.name, error)


def _expected(source: Source) -> int | None:
    try:
        return source.expected()
    except SourceError:  # it is reported when it is read
        return None


def open_for_writing(
    settings: Settings, embedder: Embedder | None, vectors: StoredVectors | None = None
) -> tuple[IndexWriter, Embedder]:
    """Open the index of ``settings.data`` for writing, or make an empty one; return also the model that embeds for it.

    The model of an index that exists is loaded when it is first needed, unless the settings name one or ``vectors`` are
    given: then a person is told at once if the index was built with another.
    """
    _folder(settings.data)

    def load(built: Manifest | None) -> Embedder:
        name = settings.model or (built.model if built else DEFAULT_MODEL)
        model = embedder or load_embedder(name, settings.models_folder, threads=settings.threads)
        if built is not None:
            check_model(built, settings, model)
        return model if vectors is None else vectors.over(model)

    new = None if exists(settings.data, settings.catalog) else load(None)
    writer = open_writer(
        settings.data,
        (lambda: manifest_for(settings, new)) if new else None,
        settings.index,
        memory=settings.memory,
        catalog=settings.catalog,
    )
    try:
        manifest = writer.manifest
        if new is not None:  # another process may have made the index meanwhile
            check_model(manifest, settings, new)
            return writer, new
        at_once = any(given is not None for given in (embedder, settings.model, vectors))
        return writer, load(manifest) if at_once else DeferredEmbedder(lambda: load(manifest))
    except BaseException:
        writer.close()
        raise


def reembed(settings: Settings, watcher: Watcher, vectors: StoredVectors | None = None) -> SyncReport:
    """Split and embed every stored release again, as the settings say; ``vectors`` are those computed elsewhere."""
    with closing(_writer(settings)) as writer:
        name = settings.model or writer.manifest.model
        embedder = load_embedder(name, settings.models_folder, threads=settings.threads)
        manifest = manifest_for(settings, embedder, writer.manifest)
        embedder = embedder if vectors is None else vectors.over(embedder)
        watcher.expect(writer.revisions())
        return writer.reembed(embedder, manifest, count_tokens=_counter(manifest.encoding), progress=watcher.update)


def model_name(settings: Settings) -> str:
    """Return the name of the model that embeds for the index in ``settings.data``, or would if there is none yet.

    Raises `CatalogDamagedError`.
    """
    if settings.model is not None:
        return settings.model
    return (
        manifest_of(settings.data, settings.catalog).model if exists(settings.data, settings.catalog) else DEFAULT_MODEL
    )


def load_model(settings: Settings) -> Embedder:
    """Load that model, for a caller that ingests more than once; raises `CatalogDamagedError` or `ModelError`."""
    return load_embedder(model_name(settings), settings.models_folder, threads=settings.threads)


def remove(settings: Settings, release_ids: Sequence[str]) -> None:
    """Delete releases; raises `UnknownReleaseError`, before anything is deleted, when one is not there."""
    with closing(_writer(settings)) as writer:
        writer.remove(release_ids)


def check(settings: Settings) -> Verdict:
    """Check the whole index, and rebuild search files that are damaged or out of date; raises `CatalogDamagedError`."""
    with closing(_writer(settings)) as writer:
        return writer.verify()


def maintain(settings: Settings, stop: Callable[[], bool] = lambda: False) -> None:
    """Merge what was published in small parts, and train what makes a large index quick to search.

    To be called after any of the above, once its result was told: nobody waits for it, and a process that dies
    meanwhile loses nothing. It ends soon once ``stop`` returns True. Raises `StorageError` or `IndexLockedError`; the
    index answers as before, and the next time tries again.
    """
    if exists(settings.data, settings.catalog):
        with closing(_writer(settings)) as writer:
            writer.maintain(stop)


def copy(settings: Settings, target: str) -> int:
    """Copy the catalog to a folder, or to the address of a PostgreSQL database; return how many revisions it holds.

    Raises `InputError` if there is an index already.
    """
    if "://" in target:
        return copy_catalog(settings.data, settings.data, catalog=settings.catalog, to_catalog=target)
    return copy_catalog(settings.data, Path(target), catalog=settings.catalog)


def _writer(settings: Settings) -> IndexWriter:
    return open_writer(settings.data, server=settings.index, memory=settings.memory, catalog=settings.catalog)


def _folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the data folder {data}: {error}", "choose another: --data DIR") from error


@cache
def _counter(encoding: str) -> CountTokens:
    return load_encoding(encoding).count_batch
