import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.engine_gate import EngineGate, NotReadyError
from api.settings import ServerSettings
from index.errors import CatalogDamagedError
from index.models.hashing_embedder import HASHING_MODEL
from index.types import IndexStatus, Manifest, SearchFilter
from qa.engine import Engine
from qa.settings import Settings
from qa.steps import Answered, Step
from qa.types import Answer, IndexInfo

EVERYTHING = SearchFilter()
Ingest = Callable[[Path, list[dict[str, str]]], Settings]
RELEASE = {
    "title": "A new bridge",
    "body": "The bridge opens in May.",
    "publisher": "Transport",
    "published": "2024-05-01",
}


class Slow(Engine):
    """An engine whose questions wait until the test lets them go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.closed = False

    def steps(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = EVERYTHING,
        max_tokens: int | None = None,
        explain: bool = False,
    ) -> Iterator[Step]:
        self.asked.set()
        assert self.go_on.wait(30)
        index = IndexInfo(1, 0, 0, "none")
        yield Answered(
            Answer(question, None, 0.0, None, (), (), None, None, (), (), None, where.as_of, index, {}, None, None)
        )

    def status(self) -> IndexStatus:
        return IndexStatus(1, 0, 0, Manifest(1, "none", "", 1, 40, 0, "words"), "")

    def close(self) -> None:
        self.closed = True


class Faulty(Slow):
    """An engine with a bug in it."""

    def steps(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = EVERYTHING,
        max_tokens: int | None = None,
        explain: bool = False,
    ) -> Iterator[Step]:
        raise ZeroDivisionError("/srv/secret/path")


def test_the_server_answers_while_a_question_is_being_read() -> None:
    engine = Slow()
    server = ServerSettings(concurrency=1)
    with TestClient(create_app(engine=engine, server=server)) as client, ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(client.get, "/v1/ask", params={"q": f"question {n}"}) for n in range(3)]
        assert engine.asked.wait(30)
        assert client.get("/healthz").json() == {"status": "ok"}
        assert not any(question.done() for question in asking)
        engine.go_on.set()
        assert [question.result().status_code for question in asking] == [200] * 3
    assert not engine.closed, "an engine that was handed in is its owner's to close"


def test_a_server_that_is_still_opening_says_so_and_then_answers(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = threading.Event()

    def open_slowly(settings: Settings, *, wait: bool, serves: bool) -> Engine:
        assert opened.wait(30)
        return engine

    monkeypatch.setattr("api.app.open_engine", open_slowly)
    monkeypatch.setattr(engine, "close", lambda: None)
    with TestClient(create_app(server=ServerSettings(patience=0.01))) as client:
        assert client.get("/healthz").status_code == 200
        for address in ("/readyz", "/v1/ask?q=why"):
            got = client.get(address)
            assert got.status_code == 503
            assert got.json()["type"] == "/problems/not-ready"
            assert got.headers["retry-after"] == "1"
        opened.set()
        until = time.monotonic() + 30
        while (got := client.get("/readyz")).status_code == 503:
            assert got.json()["type"] == "/problems/not-ready"
            assert time.monotonic() < until
        assert got.json()["status"] == "ready"
        assert got.json()["index"]["releases"] == 3


def test_a_server_started_before_the_first_ingest_becomes_ready_after_it(tmp_path: Path, ingest: Ingest) -> None:
    with TestClient(create_app(Settings(data=tmp_path / "index", model=HASHING_MODEL))) as client:
        for address in ("/readyz", "/v1/ask?q=when+does+the+bridge+open"):
            got = client.get(address)
            assert got.status_code == 503
            assert got.json()["type"] == "/problems/index-missing"
            assert "pressqa ingest" in got.json()["hint"]
        ingest(tmp_path, [RELEASE])
        assert client.get("/readyz").json()["index"]["releases"] == 1
        assert "May" in client.get("/v1/ask", params={"q": "when does the bridge open"}).json()["passages"][0]["text"]


def test_a_release_that_another_process_ingests_shows_up_without_a_restart(tmp_path: Path, ingest: Ingest) -> None:
    with TestClient(create_app(ingest(tmp_path, [RELEASE]))) as client:
        before = client.get("/readyz").json()["index"]["generation"]
        tunnel = RELEASE | {"title": "A new tunnel", "body": "The tunnel opens in June."}
        ingest(tmp_path, [RELEASE, tunnel])
        got = client.post("/v1/search", json={"question": "when does the tunnel open?"}).json()
        assert got["passages"][0]["title"] == "A new tunnel"
        assert got["index"]["generation"] > before


def test_an_index_that_is_taken_away_and_made_anew_is_opened_anew(tmp_path: Path, ingest: Ingest) -> None:
    settings = ingest(tmp_path, [RELEASE])
    with TestClient(create_app(settings)) as client:
        assert client.post("/v1/search", json={"question": "bridge"}).json()["passages"][0]["title"] == "A new bridge"
        settings.data.rename(tmp_path / "before")
        for address in ("/readyz", "/v1/releases", "/v1/ask?q=when+does+the+bridge+open"):
            assert client.get(address).json()["type"] == "/problems/index-missing"
        ingest(tmp_path, [RELEASE | {"title": "A new tunnel", "body": "The tunnel opens in June."}])
        assert [each["title"] for each in client.get("/v1/releases").json()["releases"]] == ["A new tunnel"]
        assert client.post("/v1/search", json={"question": "bridge"}).json()["passages"][0]["title"] == "A new tunnel"


def test_an_index_that_cannot_be_opened_says_why_to_those_who_ask(
    tmp_path: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ingest(tmp_path, [RELEASE])
    for file in settings.data.glob("*.sqlite*"):
        file.write_bytes(b"no catalog at all" * 1000)
    with TestClient(create_app(settings)) as client:
        got = client.get("/readyz")
        assert got.status_code == 503
        assert got.json()["type"] == "/problems/catalog-damaged"
        assert got.json()["hint"]

    def faulty(settings: Settings, **options: bool) -> Engine:
        raise ZeroDivisionError("/srv/secret/path")

    monkeypatch.setattr("api.app.open_engine", faulty)
    with TestClient(create_app(settings)) as client:
        got = client.get("/readyz")
        assert got.status_code == 503
        assert "secret" not in got.text


def test_the_gate_opens_once_for_all_who_wait_tries_again_and_closes_what_it_opened() -> None:
    opened: list[Slow] = []
    failures = [CatalogDamagedError("broken", "mend it")]

    def opener() -> Engine:
        if failures:
            raise failures.pop()
        opened.append(Slow())
        return opened[-1]

    async def scenario() -> None:
        gate = EngineGate(opener)
        first = await asyncio.gather(*(gate.get(30) for _ in range(5)), return_exceptions=True)
        assert {type(error) for error in first} == {CatalogDamagedError}
        assert await asyncio.gather(*(gate.get(30) for _ in range(5))) == opened * 5
        await gate.close()

    asyncio.run(scenario())
    assert [engine.closed for engine in opened] == [True]


def test_the_gate_opens_an_engine_of_another_index_and_closes_both() -> None:
    opened: list[Slow] = []
    source = ["one"]

    def opener() -> Engine:
        opened.append(Slow())
        return opened[-1]

    async def scenario() -> None:
        gate = EngineGate(opener, source=lambda: source[0])
        assert [await gate.get(30), await gate.get(30)] == [opened[0]] * 2
        source[0] = "another"
        assert [await gate.get(30), await gate.get(30)] == [opened[1]] * 2
        assert not opened[0].closed, "somebody may be asking it"
        await gate.close()

    asyncio.run(scenario())
    assert [engine.closed for engine in opened] == [True, True]


def test_the_gate_waits_for_an_opening_under_way_before_it_closes() -> None:
    go_on = threading.Event()
    engine = Slow()

    def opener() -> Engine:
        assert go_on.wait(30)
        return engine

    async def scenario() -> None:
        gate = EngineGate(opener)
        with pytest.raises(NotReadyError):
            await gate.get(0)
        closing = asyncio.create_task(gate.close())
        await asyncio.sleep(0)
        assert not closing.done()
        go_on.set()
        await closing

    asyncio.run(scenario())
    assert engine.closed


def test_an_unforeseen_error_is_logged_and_leaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(create_app(engine=Faulty())) as client, caplog.at_level(logging.ERROR):
        got = client.get("/v1/ask", params={"q": "why"})
    assert got.status_code == 500
    assert got.headers["content-type"] == "application/problem+json"
    assert "secret" not in got.text
    assert "ZeroDivision" not in got.text
    request_id = got.headers["x-request-id"]
    assert got.json()["instance"] == f"urn:uuid:{request_id}"
    logged = [record for record in caplog.records if request_id in record.getMessage()]
    assert logged
    assert "ZeroDivisionError" in str(logged[0].exc_text)


@pytest.mark.parametrize("address", ["/healthz", "/v1/releases", "/docs", "/nowhere", "/v1/ask"])
def test_every_response_carries_the_safe_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"]
    assert headers["x-request-id"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/v1/releases", "/v1/releases/returns-2024", "/docs"])
def test_head_is_get_without_the_body(engine: Engine, live: Callable[[FastAPI], HTTPConnection], address: str) -> None:
    connection = live(create_app(engine=engine))
    connection.request("HEAD", address)
    head = connection.getresponse()
    assert head.read() == b""
    connection.request("GET", address)
    got = connection.getresponse()
    assert head.status == got.status == 200
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.read()))


def test_methods_are_named_and_refused(client: TestClient) -> None:
    assert client.options("/v1/ask").status_code == 204
    assert client.options("/v1/ask").headers["allow"] == "GET, POST, HEAD, OPTIONS"
    got = client.request("TRACE", "/v1/search")
    assert got.status_code == 405
    assert got.headers["allow"] == "POST, OPTIONS"
    assert got.json()["type"] == "/problems/method-not-allowed"
    assert client.head("/v1/search").status_code == 405


def test_openapi_opens_with_the_main_question_and_describes_errors_as_they_are_sent(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    asking = schema["components"]["schemas"]["AskBody"]
    assert asking["examples"][0] == {"question": "how many foreign criminals were removed?"}
    assert asking["additionalProperties"] is False
    assert asking["properties"]["top_k"] | {"description": "", "examples": []} == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "default": 5,
        "title": "Top K",
        "description": "",
        "examples": [],
    }
    assert {"type": "integer", "minimum": 1} in asking["properties"]["max_tokens"]["anyOf"]
    example = schema["components"]["schemas"]["AnswerObject"]["examples"][0]
    cited = example["citation"]
    within = slice(cited["answer_start"] - cited["start"], cited["answer_end"] - cited["start"])
    assert cited["quote"][within] == example["answer"]
    contents = [
        response["content"]
        for path in schema["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status[0] in "45"
    ]
    assert contents
    assert all(list(content) == ["application/problem+json"] for content in contents)
    assert "HTTPValidationError" not in schema["components"]["schemas"]
