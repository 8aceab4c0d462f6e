"""Questions that are refused from their bytes while the queue is full: as others are, and nothing else is."""

import json
import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.http_protocol import PatientProtocol
from api.quick_refusal import question_in
from api.settings import ServerSettings
from index.types import IndexStatus, Manifest
from qa.engine import Engine
from qa.steps import Step

BODY = b'{"question": "why?"}'
HEAD = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n"
WHOLE = HEAD + b"\r\n" + BODY


class Held(Engine):
    """An engine whose one question waits until the test lets it go."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def steps(self, question: str, **options: Any) -> Iterator[Step]:  # type: ignore[override]
        self.begun.set()
        assert self.go_on.wait(30)
        yield from ()

    def status(self) -> IndexStatus:
        return IndexStatus(1, 0, 0, Manifest(1, "none", "", 1, 40, 0, "words"), "")


class Busy:
    """A server whose only place is taken, and a connection to it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.connection = socket.create_connection(address, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, *pieces: bytes) -> tuple[bytes, dict[str, str], bytes]:
        for piece in pieces:
            self.connection.sendall(piece)
            threading.Event().wait(0.05 if len(pieces) > 1 else 0)
        told = b""
        while b"\r\n\r\n" not in told:
            told += self.connection.recv(65536)
        head, _, body = told.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += self.connection.recv(65536)
        return first.encode(), headers, body


@contextmanager
def serving(queue: int) -> Iterator[tuple[uvicorn.Server, tuple[str, int]]]:
    """A server with a question under way and ``queue`` places for others, and its address."""
    engine = Held()
    app = create_app(engine=engine, server=ServerSettings(concurrency=1, queue=queue))
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", http=PatientProtocol))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)
        stack.callback(engine.go_on.set)
        first = stack.enter_context(socket.create_connection(listening.getsockname()))
        asked = b'{"question": "first"}'
        head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(asked)}\r\n"
        head += "Content-Type: application/json\r\n\r\n"
        first.sendall(head.encode() + asked)
        assert engine.begun.wait(30)
        yield server, listening.getsockname()


@pytest.fixture
def busy() -> Iterator[Busy]:
    with serving(queue=0) as (_, address), Busy(address) as made:
        yield made


def test_a_quick_refusal_is_the_same_as_another_and_the_connection_goes_on(busy: Busy) -> None:
    quick, slow = busy.send(WHOLE), busy.send(HEAD, b"\r\n", BODY)
    for line, headers, body in (quick, slow):
        assert line == b"HTTP/1.1 503 Service Unavailable"
        assert headers["content-type"] == "application/problem+json"
        told = json.loads(body)
        assert told["request_id"] == headers["x-request-id"]
    assert quick[1].keys() == slow[1].keys()
    differ = {name for name in quick[1] if quick[1][name] != slow[1][name]}
    assert differ <= {"x-request-id", "date", "content-length"}
    assert re.sub(rb"[0-9a-f-]{36}", b"", quick[2]) == re.sub(rb"[0-9a-f-]{36}", b"", slow[2])
    assert busy.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")[2] == b'{"status":"ok"}'
    assert busy.send(WHOLE)[0] == b"HTTP/1.1 503 Service Unavailable"
    counted = busy.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")[2].decode()
    assert 'pressqa_http_requests_total{method="POST",route="/v1/search",status="503"} 3.0' in counted
    assert 'pressqa_queue_ended_total{outcome="refused",queue="questions"} 3.0' in counted


def test_of_questions_that_arrive_together_only_those_are_let_in_that_there_is_room_for() -> None:
    with serving(queue=2) as (server, address), ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(20)]
        while len(server.server_state.connections) < 21:
            threading.Event().wait(0.01)
        sent = threading.Event()
        server.servers[0].get_loop().call_soon_threadsafe(sent.wait, 30)
        for client in clients:
            client.sendall(WHOLE)
        sent.set()
        refused = 0
        while refused < 18:
            readable, _, _ = select.select(clients, [], [], 30)
            assert readable
            for client in readable:
                assert client.recv(65536).startswith(b"HTTP/1.1 503")
                clients.remove(client)
                refused += 1
        assert server.server_state.total_requests == 0  # of those that went the usual way none was refused


def test_a_place_is_kept_until_the_request_has_ended() -> None:
    with serving(queue=1) as (_, address), Busy(address) as one, Busy(address) as other:
        for client in (one, other, one):  # refused for another reason than the queue
            for path in (b"/v1/ask", b"/v1/figures"):
                wrong = client.send(b"GET " + path + b"?p=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert wrong[0].startswith(b"HTTP/1.1 422")


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"\r\n" + BODY[:-1],
        WHOLE + b"G",
        WHOLE + WHOLE,
        HEAD,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + BODY,
        HEAD + b"Content-Length: 20\r\n\r\n" + BODY,
        HEAD + b"Content-Length : 3\r\n\r\n" + BODY,
        HEAD + b"Connection: close\r\n\r\n" + BODY,
        HEAD + b"Expect: 100-continue\r\n\r\n" + BODY,
        HEAD + b"Origin: https://example.org\r\n\r\n" + BODY,
        HEAD + b"Host: other\r\n\r\n" + BODY,
        HEAD + b"X-Long: " + b"x" * 9000 + b"\r\n\r\n" + BODY,
        WHOLE.replace(b"1.1", b"1.0"),
        WHOLE.replace(b"/v1/search", b"/v1/releases"),
        WHOLE.replace(b"/v1/search", b"/healthz"),
        WHOLE.replace(b"Host: localhost\r\n", b""),
        WHOLE.replace(b"POST", b"PUT"),
        b"",
    ],
)
def test_anything_but_a_whole_question_goes_the_usual_way(data: bytes) -> None:
    assert question_in(WHOLE) == ("POST", "/v1/search")
    assert question_in(data) is None


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3))
def test_a_part_of_a_question_is_none(cut: int, more: bytes) -> None:
    assert question_in(WHOLE[:cut]) is None
    if more:
        assert question_in(WHOLE + more) is None
