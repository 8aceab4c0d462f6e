import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from index.models.hashing_embedder import HASHING_MODEL
from qa import upkeep
from qa.cli.progress import watching
from qa.compose import open_engine
from qa.engine import Engine
from qa.settings import Settings

RELEASES = [
    {
        "id": "returns-2024",
        "title": "Returns of foreign criminals rise",
        "body": "New figures came out.\n\nSince July 2,580 foreign criminals were removed, 23% more than before.",
        "publisher": "Home Office",
        "published": "2024-12-12",
        "url": "https://example.org/returns",
    },
    {
        "id": "patrols-2025",
        "title": "Patrols on beaches",
        "body": "Officers patrol more beaches. The “Élan” drone 🚁 flies at night.\n\nIt costs £1.5 million a year.",
        "publisher": "Border Security Command",
        "published": "2025-01-09",
    },
    {
        "id": "grants-2023",
        "title": "Grants for harbours",
        "body": "Harbours share grants of £7 million.",
        "publisher": "Home Office",
        "published": "2023-02-01",
    },
]

Ingest = Callable[[Path, list[dict[str, str]]], Settings]


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name by which the test client asks be one of the server's."""
    monkeypatch.setenv("PRESSQA_HOSTS", "testserver,localhost,127.0.0.1")


@pytest.fixture(scope="session")
def releases() -> list[dict[str, str]]:
    return RELEASES


@pytest.fixture(scope="session")
def ingest() -> Ingest:
    """Ingest releases into the index in a folder, embedded without a model."""

    def run(folder: Path, releases: list[dict[str, str]]) -> Settings:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "releases.jsonl"
        path.write_text("".join(json.dumps(release) + "\n" for release in releases), encoding="utf-8")
        settings = Settings(data=folder / "index", model=HASHING_MODEL)
        with watching("ingesting") as watcher:
            report = upkeep.ingest(settings, [path], None, watcher, today=date(2025, 3, 1))
        assert not report.problems
        return settings

    return run


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, ingest: Ingest) -> Settings:
    return ingest(tmp_path_factory.mktemp("three"), RELEASES)


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings)
    yield engine
    engine.close()


@pytest.fixture
def live() -> Iterator[Callable[..., HTTPConnection]]:
    """Serve an application with uvicorn on a free port, or one that is kept; returns a connection for each call."""
    with ExitStack() as stack:

        def serve(app: FastAPI, kept: socket.socket | None = None) -> HTTPConnection:
            listening = stack.enter_context(kept or socket.create_server(("127.0.0.1", 0)))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            stack.callback(thread.join)
            stack.callback(setattr, server, "should_exit", True)
            connection = HTTPConnection(*listening.getsockname(), timeout=30)
            stack.callback(connection.close)
            return connection

        yield serve


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(engine=engine)) as client:
        yield client
