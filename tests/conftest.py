"""A small index without a model, made and damaged by the tests of `index` and `qa`.

Long because every package of the tests makes its indexes with it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from index.catalog.reader import Catalog
from index.catalog.schema import SCHEMA
from index.catalog.stores import store_of
from index.catalog.writer import CatalogWriter
from index.models.hashing_embedder import HASHING_MODEL, HashingEmbedder
from index.open import open_index, open_releases, open_writer
from index.protocols import Embedder, IndexWriter, PassageIndex
from index.sources import dump_line
from index.types import Cursor, Hit, Manifest, Problem, Ranking, Release, SearchFilter, SyncReport, Verdict

settings.register_profile("shared machine", deadline=None)  # which may be slow: no test measures time
settings.load_profile("shared machine")

ROOT = Path(__file__).parents[1]
TODAY = date(2025, 3, 1)

_WORDS = """harbour ferry pilot beacon cargo customs visa border patrol warden shelter grant library
school nurse clinic vaccine court judge tribunal prison probation bridge railway tunnel station forest river
flood drought farm orchard apprentice pension payment licence inspector auditor""".split()


def pytest_configure() -> None:
    # A shell without job control starts "make test &" with interrupts ignored, and that is inherited by every process
    # that a test starts and interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Given:
    """An input that is already in memory."""

    name = "given"

    def __init__(self, entries: Iterable[Release | Problem]) -> None:
        self._entries = list(entries)

    def expected(self) -> int:
        return len(self._entries)

    def read(self, since: Cursor | None = None) -> Iterator[Release | Problem]:
        yield from self._entries


class SpyEmbedder(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        self.embedded = 0

    def encode_passages(self, texts: Sequence[str]) -> Any:
        self.embedded += len(texts)
        return super().encode_passages(texts)


class OtherEmbedder(HashingEmbedder):
    """Another model, by its name and fingerprint."""

    name = "other"
    fingerprint = "f" * 64


def manifest_of(embedder: Embedder) -> Manifest:
    return Manifest(SCHEMA, embedder.name, embedder.fingerprint, embedder.dimension, 40, 0, "words")


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


class Lab:
    """One data folder and what can be done to it; passages are 40 words, the reader's tokens are words.

    As the commands do, it merges what was published once that is done, unless ``maintains`` is False. ``kept`` is the
    address of the catalog, if that is not in the folder.
    """

    maintains = True

    def __init__(self, data: Path, server: str | None = None, kept: str | None = None) -> None:
        self.data = data
        self.server = server
        self.kept = kept

    def on(self, server: str) -> "Lab":
        """Return the same folder, searched on a server."""
        return Lab(self.data, server, self.kept)

    def writer(self) -> IndexWriter:
        return open_writer(self.data, lambda: manifest_of(HashingEmbedder()), self.server, catalog=self.kept)

    def catalog(self) -> Catalog:
        return Catalog(self.data, self.kept)

    @property
    def env(self) -> dict[str, str]:
        """The environment in which the command finds the catalog."""
        return {"PRESSQA_CATALOG": self.kept} if self.kept else {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock, as another writer does."""
        with closing(CatalogWriter(self.data, self.kept)) as catalog, catalog.writing():
            yield

    def edit(self, sql: str, *values: object) -> None:
        """Change the catalog behind its back."""
        with closing(store_of(self.data, self.kept).connect(writable=True)) as connection:
            connection.begin(write=True)
            connection.execute(sql, values)
            connection.commit()

    def rows(self, sql: str) -> list[Any]:
        """Return what the catalog's database answers."""
        with closing(store_of(self.data, self.kept).connect(writable=False)) as connection:
            return connection.execute(sql).fetchall()

    def ingest(self, *releases: Release | Problem, today: date = TODAY, embedder: Embedder | None = None) -> SyncReport:
        with closing(self.writer()) as writer:
            model = embedder or HashingEmbedder()
            report = writer.sync(model, [Given(releases)], count_tokens=count_words, today=today)
            self._maintain(writer)
            return report

    def remove(self, *release_ids: str) -> None:
        with closing(self.writer()) as writer:
            writer.remove(release_ids)
            self._maintain(writer)

    def reembed(self, embedder: Embedder, chunk_tokens: int = 40) -> SyncReport:
        with closing(self.writer()) as writer:
            manifest = replace(manifest_of(embedder), chunk_tokens=chunk_tokens)
            report = writer.reembed(embedder, manifest, count_tokens=count_words)
            self._maintain(writer)
            return report

    def open(self, ranking: Ranking | None = None, embedder: Embedder | None = None) -> PassageIndex:
        model = embedder or HashingEmbedder()
        return open_index(self.data, lambda: model, ranking or Ranking(), self.server, catalog=self.kept)

    def search(self, question: str, k: int = 10, **where: Any) -> list[Hit]:
        with closing(self.open()) as index:
            return list(index.search(question, k, SearchFilter(**where)).hits)

    def ids(self, question: str, k: int = 10, **where: Any) -> list[str]:
        """Return the ids of the releases found, best first, each once."""
        return list(dict.fromkeys(hit.passage.release.id for hit in self.search(question, k, **where)))

    def verify(self) -> Verdict:
        with closing(self.writer()) as writer:
            verdict = writer.verify()
            self._maintain(writer)
            return verdict

    def maintain(self) -> None:
        with closing(self.writer()) as writer:
            writer.maintain()

    def _maintain(self, writer: IndexWriter) -> None:
        if self.maintains:
            writer.maintain()

    def everything(self) -> list[Release]:
        with closing(open_releases(self.data, self.kept)) as stored:
            return list(stored.export())


def make_release(number: int, *, version: int = 0, **fields: Any) -> Release:
    """Return a release whose second paragraph has a word of its own, "uniq<number>v<version>"."""
    words = [_WORDS[(number * 7 + i * (1 + number % 5) + version * 3) % len(_WORDS)] for i in range(60)]
    body = (
        f"{' '.join(words[:30]).capitalize()} {number * 13 + 2}.\n\n"
        f"The uniq{number}v{version} {' '.join(words[30:])} {version + 3}%."
    )
    made = Release(
        id=f"release/{number}",
        title=f"{words[3].capitalize()} and {words[8]} in {number}",
        body=body,
        publisher=("Home Office", "Ministère de l’Été", "STRASSENVERKEHRSAMT")[number % 3],
        published=date(2024, 1 + number % 12, 1 + number % 28),
    )
    return replace(made, **fields)


@pytest.fixture
def kept_at() -> Callable[[Path], str | None]:
    """Tell where the catalog of a data folder is kept; None is in the folder."""
    return lambda data: None


@pytest.fixture
def lab(tmp_path: Path, kept_at: Callable[[Path], str | None]) -> Lab:
    return Lab(tmp_path / "data", kept=kept_at(tmp_path / "data"))


@pytest.fixture
def labs(tmp_path: Path, kept_at: Callable[[Path], str | None]) -> Callable[[str], Lab]:
    """Make further data folders by name."""
    return lambda name: Lab(tmp_path / name, kept=kept_at(tmp_path / name))


@pytest.fixture
def lab_at(kept_at: Callable[[Path], str | None]) -> Callable[[Path], Lab]:
    """Make data folders anywhere."""
    return lambda data: Lab(data, kept=kept_at(data))


@pytest.fixture(scope="session")
def new_lab() -> Callable[[Path], Lab]:
    return Lab


@pytest.fixture(scope="session")
def make() -> Callable[..., Release]:
    return make_release


@pytest.fixture(scope="session")
def models() -> tuple[type[SpyEmbedder], type[OtherEmbedder]]:
    return SpyEmbedder, OtherEmbedder


@pytest.fixture(scope="session")
def write_jsonl() -> Callable[[Path, Iterable[Release]], Path]:
    def write(path: Path, releases: Iterable[Release]) -> Path:
        path.write_text("".join(dump_line(release) + "\n" for release in releases), "utf-8")
        return path

    return write


class LanguageModel:
    """A server on loopback that speaks OpenAI's protocol, and writes or misbehaves as a test tells it.

    ``text`` is what it writes, in pieces of 7 characters; ``raw`` are bytes that it sends instead, one after another,
    with ``pause`` seconds between; ``status`` and ``headers`` those of its response. It keeps what it was asked.
    """

    def __init__(self) -> None:
        self.text = ""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.raw: list[bytes] | None = None
        self.pause = 0.0
        self.ends = "stop"
        self.key: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.gone = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                model.asked.append(json.loads(body))
                refused = model.key is not None and self.headers["Authorization"] != f"Bearer {model.key}"
                self.send_response(401 if refused else model.status)
                for name, value in {"Content-Type": "text/event-stream", **model.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if refused or model.status != 200:
                    return
                try:
                    for piece in model.pieces():
                        self.wfile.write(piece)
                        self.wfile.flush()
                        time.sleep(model.pause)
                except OSError:
                    model.gone.set()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def pieces(self) -> Iterator[bytes]:
        if self.raw is not None:
            yield from self.raw
            return
        for at in range(0, len(self.text), 7):
            yield self.event({"content": self.text[at : at + 7]})
        yield self.event({}, self.ends)
        yield b"data: [DONE]\n\n"

    @staticmethod
    def event(delta: dict[str, Any], ends: str | None = None) -> bytes:
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "stub",
            "choices": [{"index": 0, "delta": delta, "finish_reason": ends}],
        }
        return f"data: {json.dumps(chunk)}\n\n".encode()

    def settings(self) -> dict[str, str]:
        """The environment in which pressqa writes with this model."""
        return {"PRESSQA_LLM_URL": self.url, "PRESSQA_LLM_MODEL": "stub"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def language_model() -> Iterator[LanguageModel]:
    model = LanguageModel()
    yield model
    model.close()


PREPARE = """
import ctypes, os, sys
if os.environ.pop("TEST_UNPRIVILEGED", "") and os.geteuid() == 0:
    # root without the right to pass over permission bits: what a user without root sees
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):
        if libc.prctl(24, capability, 0, 0, 0):
            os._exit(77)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
"""


@pytest.fixture(scope="session")
def python() -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run Python code in a process of its own, with the project importable and no settings from outside."""

    def run(code: str, *args: str | bytes, unprivileged: bool = False, wait: bool = True, **options: Any) -> Any:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PRESSQA_", "FORCE_", "NO_COLOR"))}
        env |= {"PYTHONPATH": str(ROOT), "PRESSQA_MODEL": HASHING_MODEL, "OMP_WAIT_POLICY": "PASSIVE"}
        env |= {"TEST_UNPRIVILEGED": "1"} if unprivileged else {}
        env |= options.pop("env", {})
        command = [sys.executable, "-c", PREPARE + code if unprivileged else code, *args]
        if not wait:
            return subprocess.Popen(command, env=env, **options)
        result = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False, **options)
        if result.returncode == 77:
            pytest.skip("cannot give up the rights of root here")
        return result

    return run


@pytest.fixture(scope="session")
def pressqa(python: Callable[..., Any]) -> Callable[..., Any]:
    """Run the command in a process of its own."""

    def run(*args: str | bytes | Path, data: Path | None = None, **options: Any) -> Any:
        settings = {"PRESSQA_DATA": str(data)} if data else {}
        words = [str(arg) if isinstance(arg, Path) else arg for arg in args]
        return python(
            "from qa.cli.commands import main; main()", *words, env=settings | options.pop("env", {}), **options
        )

    return run
