"""The backends that ``test_passage_index_contract.py`` is run over, and real servers on loopback for them.

A backend is files, memory or a Milvus server, each over a catalog in a file or in a PostgreSQL database.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from index.catalog.stores import exists
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
        opened = open_index(self._lab.data, HashingEmbedder, Ranking(depth=500), catalog=self._lab.kept)
        yield opened
        opened.close()

    @contextmanager
    def legs(self) -> Iterator[Snapshot]:
        self._lose()
        catalog = self._lab.catalog()
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
        opened = open_index(self.lab.data, HashingEmbedder, Ranking(depth=500), self.address, catalog=self.lab.kept)
        yield opened
        opened.close()

    @contextmanager
    def files(self) -> Iterator[MilvusFiles]:
        catalog = self.lab.catalog()
        yield MilvusFiles(catalog, server_at(self.address))
        catalog.close()

    @contextmanager
    def legs(self) -> Iterator[Snapshot]:
        with self.files() as files:
            snapshot = files.load()
            assert snapshot is not None
            yield snapshot

    def discard(self) -> None:
        """Leave nothing on the server."""
        if exists(self.lab.data, self.lab.kept):
            discard(self.lab.data, self.address, catalog=self.lab.kept)
            with self.files() as files:
                assert files.generation() is None

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
    backend.discard()


class Postgres:
    """A PostgreSQL server of Debian's package in processes of its own, on loopback.

    It can be killed and started again. Nobody else has a right to the folder. Of its users "guarded" needs a password.
    """

    def __init__(self, programs: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._programs = programs
        # Not in pytest's folders: the server refuses to run as root, and its user may not enter them.
        self._folder = Path(tempfile.mkdtemp(prefix="pressqa-postgres-"))
        self.files = self._folder / "data"
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody")
            self._user = {"user": "nobody", "group": self._folder.stat().st_gid, "extra_groups": []}
        options = ("--auth=trust", "--username=pressqa", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", self.files, *options)
        rules = self.files / "pg_hba.conf"
        rules.write_text("host all guarded 127.0.0.1/32 scram-sha-256\n" + rules.read_text("utf-8"), "utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"postgresql://pressqa@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 200,
            "shared_buffers": "16MB",
            "autovacuum": "off",  # a test of what is left of a removal sees what pressqa does, and nothing else
        }
        command = [self._programs / "postgres", "-D", self.files]
        command += [f"-c{name}={value}" for name, value in settings.items()]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, start_new_session=True, stdout=log, stderr=log, cwd=self._folder, **self._user
            )
        until = time.monotonic() + 60
        while not self._is_ready():
            assert self._process.poll() is None, (self._folder / "log").read_text("utf-8")
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        command = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def kill(self) -> None:
        """Kill the server and all of its processes."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop the server as its administrator does, without waiting for those who are connected."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait()

    def sql(self, *statements: str) -> None:
        """Run statements as the server's administrator."""
        command = [self._programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.address]
        env = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
        text = "".join(f"{each};\n" for each in statements)
        subprocess.run(command, input=text, text=True, env=env, check=True, stdout=subprocess.DEVNULL)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *args: Any) -> None:
        subprocess.run(
            [self._programs / program, *args], check=True, capture_output=True, cwd=self._folder, **self._user
        )


def postgres_programs() -> Path | None:
    """Return the folder of the server's programs, those of the newest version; None if it is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = shutil.which("postgres")
    return debian[-1] if debian else Path(found).parent if found else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no psycopg: pip install --group postgres")
    server = Postgres(programs)
    yield server
    server.remove()


NUMBERS = count(1)


@pytest.fixture
def in_postgres(postgres: Postgres) -> Iterator[Callable[[Path], str]]:
    """Give every data folder a catalog of its own on the server."""
    made: dict[Path, str] = {}

    def kept_at(data: Path) -> str:
        return made.setdefault(data, f"{postgres.address}?schema=lab_{next(NUMBERS)}")

    yield kept_at
    postgres.sql(*(f"DROP SCHEMA IF EXISTS {address.partition('schema=')[2]} CASCADE" for address in made.values()))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def every_catalog(request: pytest.FixtureRequest) -> Any:
    """Run a test over each database: a module's ``kept_at`` that returns this does so for its ``lab``."""
    return request.getfixturevalue("in_postgres") if request.param == "postgres" else lambda data: None


SEARCHED = [("files", ()), ("memory", ()), ("milvus", (pytest.mark.milvus,))]
KEPT = [("sqlite", ()), ("postgres", (pytest.mark.postgres,))]


@pytest.fixture(
    params=[
        pytest.param((searched, kept), marks=(*one, *other), id=f"{searched}, {kept}")
        for searched, one in SEARCHED
        for kept, other in KEPT
    ]
)
def backend(request: pytest.FixtureRequest, tmp_path: Path, new_lab: Callable[..., Any]) -> Iterator[Backend]:
    searched, kept = request.param
    data = tmp_path / "data"
    lab = new_lab(data, kept=request.getfixturevalue("in_postgres")(data) if kept == "postgres" else None)
    if searched != "milvus":
        yield Local(lab, files=searched == "files")
        return
    server = request.getfixturevalue("milvus")
    yield (backend := OnMilvus(lab, server.address))
    backend.discard()
