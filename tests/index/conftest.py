"""The backends that ``test_passage_index_contract.py`` is run over: the local index, from its files and from memory."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any, Protocol

import pytest

from index.catalog.reader import Catalog
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_index
from index.protocols import PassageIndex
from index.search.files import FOLDER, LocalFiles
from index.search.legs import Snapshot
from index.types import Ranking, Release


class Backend(Protocol):
    """An empty index somewhere, and what can be done to it."""

    def ingest(self, *releases: Release, today: date) -> Any:
        """Store releases; a known one with other words gets a revision that is valid from ``today``."""
        ...

    def remove(self, *release_ids: str) -> None:
        """Delete releases with all their revisions."""
        ...

    def open(self) -> AbstractContextManager[PassageIndex]:
        """Open it with the hashing embedder and a depth of 500 passages a leg."""
        ...

    def legs(self) -> AbstractContextManager[Snapshot]:
        """Open its two legs."""
        ...


class Local:
    """A data folder; with ``files`` False its search files are gone whenever it is opened."""

    def __init__(self, lab: Any, *, files: bool) -> None:
        self._lab = lab
        self._files = files

    def ingest(self, *releases: Release, today: date) -> None:
        self._lab.ingest(*releases, today=today)

    def remove(self, *release_ids: str) -> None:
        self._lab.remove(*release_ids)

    @contextmanager
    def open(self) -> Iterator[PassageIndex]:
        self._lose()
        opened = open_index(self._lab.data, HashingEmbedder, Ranking(depth=500))
        yield opened
        opened.close()

    @contextmanager
    def legs(self) -> Iterator[Snapshot]:
        self._lose()
        catalog = Catalog(self._lab.data)
        files = LocalFiles(catalog)
        yield files.load() or files.in_memory()
        catalog.close()

    def _lose(self) -> None:
        if not self._files:
            shutil.rmtree(self._lab.data / FOLDER)


@pytest.fixture(params=["local files", "memory"])
def backend(request: pytest.FixtureRequest, lab: Any) -> Backend:
    return Local(lab, files=request.param == "local files")
