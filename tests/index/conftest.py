"""The backends that ``test_passage_index_contract.py`` is run over: files, memory, and a Milvus server on loopback."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pytest

from index.catalog.reader import Catalog
from index.models.hashing_embedder import HashingEmbedder
from index.open import discard, open_index
from index.protocols import PassageIndex
from index.search.files import FOLDER, LocalFiles
from index.search.legs import KeywordWeights, Snapshot
from index.search.milvus.files import MilvusFiles
from index.search.milvus.server import server_at
from index.types import Hit, Ranking, Release


class Backend(Protocol):
    """An empty index somewhere, and what can be done to it.

    ``weights`` are what its keyword leg can count besides the words of passages.
    """

    weights: KeywordWeights

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

    weights = KeywordWeights(0.3, 0.8)

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


class MilvusLite:
    """A Milvus server of pure Python in a process of its own, on loopback, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"milvus://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(self._folder)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLite]:
    missing = [name for name in ("pymilvus", "milvus_lite") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)}: pip install --group milvus")
    server = MilvusLite(tmp_path_factory.mktemp("milvus"))
    yield server
    server.kill()


def lean(hits: tuple[Hit, ...]) -> dict[tuple[str, int], float]:
    return {(hit.passage.release.id, hit.passage.span.start): hit.score for hit in hits}


class OnMilvus:
    """A data folder whose index is searched on a Milvus server."""

    weights = KeywordWeights(0.0, 0.0)

    def __init__(self, lab: Any, address: str) -> None:
        self.lab = lab.on(address)
        self.address = address

    def ingest(self, *releases: Release, today: date) -> None:
        self.lab.ingest(*releases, today=today)

    def remove(self, *release_ids: str) -> None:
        self.lab.remove(*release_ids)

    @contextmanager
    def open(self) -> Iterator[PassageIndex]:
        opened = open_index(self.lab.data, HashingEmbedder, Ranking(depth=500), self.address)
        yield opened
        opened.close()

    @contextmanager
    def files(self) -> Iterator[MilvusFiles]:
        catalog = Catalog(self.lab.data)
        yield MilvusFiles(catalog, server_at(self.address))
        catalog.close()

    @contextmanager
    def legs(self) -> Iterator[Snapshot]:
        with self.files() as files:
            snapshot = files.load()
            assert snapshot is not None
            yield snapshot

    def shown(self) -> dict[tuple[str, int], float]:
        """Return what a person would be shown of everything: the scores of passages, by their releases and places.

        They differ in the last bits: milvus-lite multiplies what is in memory otherwise than what is in its files.
        """
        with self.open() as index:
            return lean(index.search("harbour court 5%", 500).hits)


@pytest.fixture
def on_milvus(milvus: MilvusLite, lab: Any) -> Iterator[OnMilvus]:
    backend = OnMilvus(lab, milvus.address)
    yield backend
    if (lab.data / "catalog.sqlite3").exists():
        discard(lab.data, milvus.address)
        with backend.files() as files:
            assert files.generation() is None


@pytest.fixture(params=["local files", "memory", pytest.param("milvus", marks=pytest.mark.milvus)])
def backend(request: pytest.FixtureRequest, lab: Any) -> Backend:
    if request.param == "milvus":
        on_server: Backend = request.getfixturevalue("on_milvus")
        return on_server
    return Local(lab, files=request.param == "local files")
