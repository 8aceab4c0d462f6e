"""Keeping an index in step with its sources on the web: what ``pressqa sync`` does, and ``pressqa ingest URL``."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from index.catalog.stores import exists
from index.errors import InputError
from index.models.hashing_embedder import HASHING_MODEL
from index.open import open_preview
from index.protocols import IndexPreview, KnownPages, Source
from index.sources import FieldMap, open_source
from index.sources.sites.feed import FeedReleases
from index.sources.sites.govuk import GovukQuery, GovukReleases
from index.sources.sites.pages import WebPages
from index.sources.sites.wordpress import WordPressPosts, WordPressQuery
from index.sources.web.client import WebClient
from index.sources.web.types import Limits, Manners
from index.types import SyncReport
from qa.settings import Settings, read_settings
from qa.sources_file import (
    AnySource,
    FeedSource,
    FilesSource,
    GovukSource,
    SourcesFile,
    WebSettings,
    WordPressSource,
    read_sources_file,
)
from qa.upkeep import OpenSource, Watcher, ingest_opened, open_for_writing, opened_or_not


def chosen_sources(path: Path, names: Sequence[str]) -> tuple[SourcesFile, dict[str, AnySource]]:
    """Return the file, and those of its sources that are named, or all if none is; raises `InputError`."""
    file = read_sources_file(path)
    unknown = [name for name in names if name not in file.sources]
    if unknown:
        raise InputError(
            f"{path} has no source called {', '.join(unknown)}", f"it has: {', '.join(file.sources) or 'none'}"
        )
    if not file.sources:
        raise InputError(f"{path} names no source", "add one, such as [sources.home-office]; pressqa init shows how")
    return file, {name: file.sources[name] for name in names or file.sources}


def sync(
    settings: Settings,
    web: WebSettings,
    sources: Mapping[str, AnySource],
    watcher: Watcher,
    *,
    today: date,
    since: date | None = None,
    dry_run: bool = False,
) -> SyncReport:
    """Read what changed at the sources into the index in ``settings.data``, which is made if there is none.

    With ``since`` the sources are read again from that day on. With ``dry_run`` nothing is stored. Raises `SourceError`
    if no source can be read, and what `qa.upkeep.ingest` raises.
    """
    with web_client(web) as client:
        opened = [opener(name, source, client, settings, today=today, since=since) for name, source in sources.items()]
        if dry_run:
            with _for_preview(settings) as index:
                return index.preview([opened_or_not(each, index) for each in opened])
        return ingest_opened(settings, opened, watcher, today=today)


def opener(
    name: str, source: AnySource, client: WebClient, settings: Settings, *, today: date, since: date | None
) -> OpenSource:
    """Return a source that can be opened when it is known what the index knows of its pages."""
    zone = ZoneInfo(source.timezone or settings.timezone)

    def make(pages: KnownPages) -> Source:
        if isinstance(source, GovukSource):
            query = GovukQuery(
                source.organisations, source.document_types, source.languages, source.since, again_from=since
            )
            checks = source.rechecks()
            return GovukReleases(name, client, pages, query, today=today, site=source.site, zone=zone, rechecks=checks)
        if isinstance(source, FeedSource):
            return FeedReleases(
                name,
                client,
                pages,
                source.url,
                today=today,
                publisher=source.publisher,
                follow=source.follow,
                languages=source.languages,
                since=source.since,
                again_from=since,
                zone=zone,
            )
        if isinstance(source, WordPressSource):
            posts = WordPressQuery(
                source.tags,
                source.categories,
                source.post_type,
                source.languages,
                source.since,
                again_from=since,
                zone=ZoneInfo(source.timezone) if source.timezone else None,
            )
            return WordPressPosts(
                name,
                client,
                pages,
                source.url,
                posts,
                today=today,
                publisher=source.publisher,
                rechecks=source.rechecks(),
            )
        if isinstance(source, FilesSource):
            how = FieldMap(**source.fields, publisher_name=source.publisher)
            return open_source(source.path, source.format, zone, how, source.languages)
        return WebPages(
            name,
            client,
            pages,
            source.urls,
            today=today,
            publisher=source.publisher,
            languages=source.languages,
            recheck=source.recheck,
            zone=zone,
        )

    return OpenSource(name, make, _shape(source, zone.key))


_NO_SHAPE = {"every", "recheck", "recheck_most", "urls", "path"}
"""The settings of a source that only say when it is read, or what of it is named one by one."""

_READING = 4
"""Raised whenever releases are read differently from the same pages, so that every index reads them again."""


def _shape(source: AnySource, zone: str) -> str:
    """Return the digest of the settings that shape what is read of a source."""
    shown = source.model_dump(mode="json", exclude=_NO_SHAPE) | {"timezone": zone, "reading": _READING}
    ordered = {name: sorted(each) if isinstance(each, list) else each for name, each in shown.items()}
    return hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()[:16]


@contextmanager
def web_client(web: WebSettings) -> Iterator[WebClient]:
    """Open a client that treats sites as the settings say."""
    manners = Manners(web.delay, web.concurrency, web.contact, web.allow)
    limits = Limits(seconds=web.timeout, pause=min(15.0, web.timeout), attempts=web.attempts)
    with WebClient(manners, limits) as client:
        yield client


@contextmanager
def _for_preview(settings: Settings) -> Iterator[IndexPreview]:
    """Open the index, or an empty one that vanishes if there is none: a preview makes nothing."""
    if exists(settings.data, settings.catalog):
        with closing(open_preview(settings.data, settings.catalog)) as index:
            yield index
        return
    with TemporaryDirectory(prefix="pressqa-preview-") as folder:
        empty = read_settings(
            Settings, {"data": Path(folder) / "index", "catalog": None, "index": None, "model": HASHING_MODEL}
        )
        writer, _ = open_for_writing(empty, None)
        writer.close()
        with closing(open_preview(empty.data)) as index:
            yield index


class Schedule:
    """Which sources are due: each by its own schedule hint, counted from when it was last read in this process."""

    def __init__(self, sources: Mapping[str, AnySource], clock: Callable[[], float]) -> None:
        self._sources = sources
        self._clock = clock
        self._read: dict[str, float] = {}
        self._round = clock()

    def due(self) -> dict[str, AnySource]:
        """Return the sources to read now."""
        now = self._round = self._clock()
        return {
            name: source
            for name, source in self._sources.items()
            if name not in self._read or now - self._read[name] >= (source.every or 0)
        }

    def was_read(self, names: Iterable[str]) -> None:
        """Count sources as read when they were last asked for; one that could not be read stays due."""
        self._read |= dict.fromkeys(names, self._round)
