"""More work than the server can do: refused at once, dropped when the client goes, given up after a while."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.admission import Admission, BusyError, ClientGoneError, TimeLimitError, unless_gone
from api.app import create_app
from api.settings import ServerSettings
from index.types import IndexStatus, Manifest
from qa.engine import Engine
from qa.steps import Answered, Step
from qa.types import Answer, IndexInfo


class Held(Engine):
    """An engine whose questions wait until the test lets them go; remembers which it began."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun: list[str] = []

    def steps(self, question: str, **options: Any) -> Iterator[Step]:  # type: ignore[override]
        self.begun.append(question)
        assert self.go_on.wait(30)
        index = IndexInfo(1, 0, 0, "none")
        yield Answered(Answer(question, None, 0.0, None, (), (), None, None, (), (), None, None, index, {}, None, None))

    def status(self) -> IndexStatus:
        return IndexStatus(1, 0, 0, Manifest(1, "none", "", 1, 40, 0, "words"), "")


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask(address: tuple[str, int], question: str) -> socket.socket:
    connection = socket.create_connection(address)
    connection.sendall(f"GET /v1/ask?q={question} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def test_a_full_queue_refuses_at_once_and_work_for_clients_that_have_gone_is_dropped(
    live: Callable[[FastAPI], HTTPConnection],
) -> None:
    engine = Held()
    app = create_app(engine=engine, server=ServerSettings(concurrency=1, queue=3))
    connection = live(app)
    address = (connection.host, connection.port)
    waiting = [ask(address, "first")]
    until(lambda: engine.begun == ["first"])
    questions = app.state.server.questions
    waiting += [ask(address, f"gone{n}") for n in range(3)]
    until(lambda: questions.waiting == 3)
    for path in (
        "/v1/ask?q=late",
        "/v1/ask/stream?q=late",
        "/v1/figures?q=late",
        "/feed?q=late",
        "/releases?x=&q=late",
    ):
        connection.request("GET", path)
        refused = connection.getresponse()
        body = refused.read()
        assert refused.status == 503, body
        assert b"/problems/busy" in body
        assert int(refused.headers["retry-after"]) >= 1
    connection.request("GET", "/?q=late", headers={"Accept": "text/html"})
    refused = connection.getresponse()
    assert b"<h1>The server has more work than it can do</h1>" in refused.read()
    assert (refused.status, refused.headers["retry-after"] is None) == (503, False)
    connection.request("GET", "/healthz")
    alive = connection.getresponse()
    assert (alive.status, alive.read()) == (200, b'{"status":"ok"}')
    for client in waiting[1:]:
        client.close()
    until(lambda: questions.waiting == 0)
    last = ask(address, "last")
    until(lambda: questions.waiting == 1)
    engine.go_on.set()
    for client in (waiting[0], last):
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        client.close()
    assert engine.begun == ["first", "last"]
    assert questions.ended["dropped"] == 3


def test_work_for_an_assistant_that_has_gone_is_dropped(live: Callable[[FastAPI], HTTPConnection]) -> None:
    engine = Held()
    app = create_app(engine=engine, server=ServerSettings(concurrency=1))
    connection = live(app)
    call = {"name": "ask", "arguments": {"question": "why?"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    with socket.create_connection((connection.host, connection.port)) as client:
        head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        until(lambda: engine.begun == ["why?"])
    questions = app.state.server.questions
    until(lambda: questions.ended["dropped"] == 1)
    engine.go_on.set()
    until(lambda: questions.working == 0)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b'{"status":"ok"}'


def test_a_request_that_takes_too_long_is_given_up() -> None:
    engine = Held()
    with TestClient(create_app(engine=engine, server=ServerSettings(time_limit=0.05))) as client:
        got = client.get("/v1/ask", params={"q": "why"})
        engine.go_on.set()
    assert got.status_code == 503
    assert got.json()["type"] == "/problems/time-limit"
    assert got.headers["retry-after"] == "1"


def admission(**limits: Any) -> Admission:
    return Admission(**{"concurrency": 1, "queue": 2, "longest_wait": 5.0, "time_limit": 30.0} | limits)


def test_work_is_done_in_order_and_a_place_given_up_goes_to_the_next() -> None:
    async def scenario() -> list[int]:
        line = admission(queue=5)
        go_on = threading.Event()
        done: list[int] = []
        first = asyncio.create_task(line.run("work", lambda _: go_on.wait(30)))
        others = [asyncio.create_task(line.run("work", lambda _, n=n: done.append(n))) for n in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert line.waiting == 5
        others[1].cancel()
        others[3].cancel()
        go_on.set()
        await asyncio.gather(first, *others, return_exceptions=True)
        await line.close()
        assert (line.waiting, line.working) == (0, 0)
        return done

    assert asyncio.run(scenario()) == [0, 2, 4]


def test_work_is_refused_when_what_waits_would_take_too_long() -> None:
    async def scenario() -> None:
        line = admission(queue=100, longest_wait=0.15)
        await line.run("slow", lambda _: time.sleep(0.1))
        go_on = threading.Event()
        work = lambda _: go_on.wait(30)  # noqa: E731
        running = [asyncio.create_task(line.run("slow", work, patient=True)) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(BusyError) as refused:
            await line.run("slow", lambda _: None)
        assert refused.value.retry_after >= 1
        patient = asyncio.create_task(line.run("slow", lambda _: 5, patient=True))
        go_on.set()
        assert await patient == 5
        await asyncio.gather(*running)
        await line.close()

    asyncio.run(scenario())


def test_without_a_queue_work_is_done_at_once_or_refused() -> None:
    async def scenario() -> None:
        line = admission(queue=0)
        go_on = threading.Event()
        running = asyncio.create_task(line.run("work", lambda _: go_on.wait(30)))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            line.check()
        go_on.set()
        assert await running
        assert await line.run("work", lambda _: 5) == 5
        await line.close()

    asyncio.run(scenario())


def test_abandoned_work_keeps_its_thread_until_it_stops_and_is_told_to() -> None:
    async def scenario() -> None:
        line = admission(time_limit=0.05)
        told = threading.Event()

        def work(stop: threading.Event) -> None:
            assert stop.wait(30)
            told.wait(30)

        with pytest.raises(TimeLimitError):
            await line.run("work", work)
        assert line.working == 1
        told.set()
        await line.close()
        await asyncio.sleep(0)
        assert line.working == 0

    asyncio.run(scenario())


def test_an_error_in_the_work_is_raised_and_frees_its_place() -> None:
    def fail(_: threading.Event) -> None:
        raise ZeroDivisionError

    async def scenario() -> None:
        line = admission()
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await line.run("work", fail)
        with pytest.raises(ZeroDivisionError):
            async for _ in line.steps("work", lambda: (1 // n for n in (0, 1))):
                pass
        assert (line.waiting, line.working) == (0, 0)
        await line.close()

    asyncio.run(scenario())


def test_a_client_that_goes_stops_the_work() -> None:
    async def scenario() -> None:
        cancelled = asyncio.Event()

        async def work() -> None:
            try:
                await asyncio.sleep(30)
            finally:
                cancelled.set()

        messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.01)
            return messages.pop(0)

        with pytest.raises(ClientGoneError):
            await unless_gone(receive, work())
        assert cancelled.is_set()

    asyncio.run(scenario())
