"""The releases of an evaluation, the labels found in them, and the index that is asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.runs.vector_cache import CachingEmbedder, EmbeddingCache
from eval.sets.resolve import Library, Resolved, resolve_all
from eval.types import GoldSet
from index.catalog.validity import sees
from index.errors import InputError
from index.open import discard
from index.protocols import Embedder
from index.sources import open_source
from index.types import Cursor, Problem, Release, SearchFilter
from qa.cli.progress import watching
from qa.settings import Settings
from qa.upkeep import ingest_sources


@dataclass(frozen=True, slots=True)
class Corpus:
    """The releases to be indexed, with each question's labels found in them, and the entries that were left out."""

    releases: tuple[Release, ...]
    resolved: dict[str, Resolved]
    left_out: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """A source of releases that were read already."""

    name: str
    releases: tuple[Release, ...]

    def expected(self) -> int:
        return len(self.releases)

    def read(self, since: Cursor | None = None) -> Iterator[Release]:
        yield from self.releases


def gather(gold: GoldSet, corpus: Sequence[Path], distractors: Sequence[Path]) -> Corpus:
    """Read the releases of a set and find its labels in them, before anything is embedded.

    A distractor that is a release of the corpus (the same title and day) would be a right answer that counts as
    a wrong one: it is left out and reported. Raises `GoldError`, `SourceError` or `InputError`.
    """
    problems = list(gold.left_out)
    releases = [*gold.releases, *_read(corpus, problems)]
    if not releases:
        raise InputError(f"no releases for {gold.path}", "name the corpus that it asks about: --corpus PATH")
    known = {(release.title, release.published) for release in releases}
    for release in _read(distractors, problems):
        if (release.title, release.published) in known:
            problems.append(Problem(release.id, f"{release.title!r} of {release.published} is in the corpus already"))
        else:
            releases.append(release)
    unique: dict[str, Release] = {}
    for release in releases:
        if release.id in unique:
            problems.append(Problem(release.id, f"{release.title!r} has the id of {unique[release.id].title!r}"))
        else:
            unique[release.id] = release
    everything = Library(unique.values())

    @lru_cache
    def as_of(day: date | None) -> Library:
        return everything if day is None else Library(r for r in unique.values() if sees(SearchFilter(as_of=day), r))

    return Corpus(tuple(unique.values()), resolve_all(gold, as_of), tuple(problems))


def _read(paths: Sequence[Path], problems: list[Problem]) -> list[Release]:
    found: list[Release] = []
    for source in [open_source(path) for path in paths]:
        for entry in source.read():
            if isinstance(entry, Problem):
                problems.append(entry)
            elif isinstance(entry, Release):
                found.append(entry)
    return found


@contextmanager
def indexed(corpus: Corpus, settings: Settings, embedder: Embedder, cache: Path) -> Iterator[Settings]:
    """Index the releases in a temporary folder, and give the settings that point at it."""
    with TemporaryDirectory(prefix="pressqa-eval-") as folder:
        placed = settings.model_copy(update={"data": Path(folder), "catalog": None})
        vectors = EmbeddingCache(cache)
        try:
            with watching("ingesting") as watcher:
                source = _Given("the corpus of the evaluation", corpus.releases)
                cached = CachingEmbedder(embedder, vectors)
                ingest_sources(placed, [source], watcher, today=date.today(), embedder=cached)
        finally:
            vectors.close()
        try:
            yield placed
        finally:
            discard(placed.data, placed.index)
