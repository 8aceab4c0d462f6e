"""Connections as sockets see them: slow and nonsensical clients, and those who are there when the server stops."""

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import pytest
import uvicorn
from fastapi import FastAPI

from api import http_protocol
from api.app import create_app
from api.http_protocol import PatientProtocol, PatientServer
from api.settings import ServerSettings
from qa.engine import Engine


@contextmanager
def serving(app: FastAPI) -> Iterator[tuple[tuple[str, int], PatientServer]]:
    """Serve an application as `pressqa serve` does."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = PatientServer(uvicorn.Config(app, http=PatientProtocol, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        address = bound.getsockname()
        thread.start()
        try:
            yield address, server
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def listening(app: FastAPI) -> Iterator[tuple[str, int]]:
    """Serve an application at the address that this gives."""
    with serving(app) as (address, _):
        yield address


def sent(address: tuple[str, int], *parts: bytes, pause: float = 0.0) -> bytes:
    """Send parts of a request with a pause between them, and return all that comes back until the connection ends."""
    with closing(socket.create_connection(address, timeout=30)) as connection:
        received = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            while more := connection.recv(65536):
                received += more
        except (ConnectionResetError, BrokenPipeError):
            pass
        return received


def test_clients_that_send_slowly_or_nonsense_get_a_clear_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_TIME", 0.3)
    app = create_app(engine=engine, server=ServerSettings(time_limit=0.3))
    head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with listening(app) as address:
        assert sent(address) == b""
        assert sent(address, *[b"GET /", b"healthz", b" HTTP/1.1\r\n", b"Host:"], pause=0.2) == b""
        slow = sent(address, head + b"Content-Length: 50\r\n\r\n{")
        assert slow.startswith(b"HTTP/1.1 408")
        assert b"/problems/request-timeout" in slow
        for nonsense in (b"\x16\x03\x01\x02\x00\x01", b"GET /" + b"x" * 100_000, b"GET / HTTP/1.1\r\n\r\n"):
            got = sent(address, nonsense + b"\r\n\r\n")
            assert got == b"" or got.startswith(b"HTTP/1.1 400")
        endless = sent(
            address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n", *[b"X: " + b"y" * 1000 + b"\r\n"] * 100
        )
        assert endless == b"" or endless.startswith(b"HTTP/1.1 400")
        huge = sent(address, head + b"Content-Length: 1073741824\r\n\r\n", b"x" * 100_000)
        assert huge == b"" or huge.startswith((b"HTTP/1.1 413", b"HTTP/1.1 408"))
        chunked = sent(
            address, head + b"Transfer-Encoding: chunked\r\n\r\n", *[b"40000\r\n" + b"x" * 0x40000 + b"\r\n"] * 8
        )
        assert chunked == b"" or chunked.startswith((b"HTTP/1.1 413", b"HTTP/1.1 408"))
        assert sent(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 200"
        )


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def is_refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=30).close()
    except OSError:
        return True
    return False


def test_a_request_on_its_way_when_the_server_stops_is_answered(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "LAST_TIME", 5.0)
    with serving(create_app(engine=engine)) as (address, server):
        connection = HTTPConnection(*address, timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
        server.should_exit = True
        while not is_refused(address):
            time.sleep(0.01)
        connection.request("GET", "/healthz")
        last = connection.getresponse()
        assert (last.status, last.read(), last.headers["connection"]) == (200, b'{"status":"ok"}', "close")


ASKERS = """
import socket, sys, threading, time

answers = []

def ask_again_and_again():
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
        except ConnectionRefusedError:
            return
        received = b""
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
            while more := connection.recv(65536):
                received += more
        except OSError:
            pass
        connection.close()
        answers.append(received[:12].decode())

threads = [threading.Thread(target=ask_again_and_again) for _ in range(30)]
for thread in threads:
    thread.start()
while len(answers) < 100:
    time.sleep(0.01)
print("asking", flush=True)
for thread in threads:
    thread.join()
print(sum(answer != "HTTP/1.1 200" for answer in answers), "of", len(answers), "cut off")
"""


def test_hardly_anybody_who_has_connected_is_cut_off_when_the_server_stops(engine: Engine) -> None:
    with serving(create_app(engine=engine)) as (address, server):
        asking = subprocess.Popen([sys.executable, "-c", ASKERS, str(address[1])], stdout=subprocess.PIPE, text=True)
        assert asking.stdout is not None
        assert asking.stdout.readline() == "asking\n"
        server.should_exit = True
        told, _ = asking.communicate(timeout=60)
    cut_off, _, asked = told.split()[:3]
    assert int(asked) >= 100
    assert int(cut_off) <= 2, told  # between the last look at the door and its closing somebody may come


def test_an_offer_of_another_protocol_is_passed_over_without_a_word_in_the_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("uvicorn.error")
    with listening(create_app(engine=engine)) as address:
        log.addHandler(caplog.handler)
        log.setLevel(logging.WARNING)
        offer = b"Connection: upgrade, close\r\nUpgrade: h2c\r\n"
        got = sent(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + offer + b"\r\n")
        log.removeHandler(caplog.handler)
    assert got.startswith(b"HTTP/1.1 200")
    assert "upgrade" not in caplog.text


def test_a_request_whose_end_is_given_in_two_ways_is_refused_and_what_follows_it_is_not_served(engine: Engine) -> None:
    both = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    both += b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{    \r\n0\r\n\r\n"
    with listening(create_app(engine=engine)) as address:
        got = sent(address, both + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 400")
        assert got.count(b"HTTP/1.1 ") == 1
        assert b"Content-Length and Transfer-Encoding are both sent" in got
        assert b"connection: close" in got.lower()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", b"the header Host is missing"),
        (b"Host: a\r\nHost: b\r\n", b"the header Host is sent more than once"),
        (b"Host: a\r\nContent-Length: many\r\n", b"the header Content-Length is no number of bytes"),
        (b"Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n", b"the header Content-Length is sent twice"),
        (b"Host: a\r\nTransfer-Encoding: gzip\r\n", b"this Transfer-Encoding is not taken"),
        (b"Host: a\r\nno header\r\n", b"what was sent is not an HTTP/1.1 request"),
    ],
)
def test_a_head_that_cannot_be_read_is_told_with_the_headers_of_every_response(
    engine: Engine, head: bytes, told: bytes
) -> None:
    with listening(create_app(engine=engine)) as address:
        got = sent(address, b"GET /healthz HTTP/1.1\r\n" + head + b"\r\n")
    sent_head, _, body = got.partition(b"\r\n\r\n")
    assert sent_head.startswith(b"HTTP/1.1 400")
    assert told in body
    names = {line.partition(b":")[0].lower() for line in sent_head.split(b"\r\n")[1:]}
    assert {b"date", b"content-length", b"x-content-type-options", b"content-security-policy", b"cache-control"} < names
