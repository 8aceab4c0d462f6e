"""The web client against a server on loopback that misbehaves in every way that was thought of."""

import email.utils
import gzip
import itertools
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from typing import Any
from unittest.mock import Mock

import pytest

from eval.bench.loopback import Site
from index.errors import SourceError
from index.sources.sites.pages import WebPages
from index.sources.web import addresses
from index.sources.web.types import FetchError, RefusedAddressError, TryAgainError


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


def raw(head: bytes, *parts: bytes, pause: float = 0.0, close: bool = True) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with these bytes, and break the connection off after them."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 " + head + b"\r\n\r\n")
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause)
        handler.close_connection = close

    return answer


def test_an_unchanged_page_is_not_sent_again(site: Site, web: Any) -> None:
    address = site.put("/page", "first")
    reader = web()
    first = reader.get(address)
    assert (first.content, first.modified) == (b"first", True)
    again = reader.get(address, first.validators)
    assert (again.content, again.modified, again.validators) == (b"", False, first.validators)
    site.put("/page", "second")
    assert reader.get(address, first.validators).content == b"second"
    site.faults["/moved"] = raw(b"301 Moved\r\nContent-Length: 0\r\nLocation: /page", close=False)
    moved = reader.get(f"{site.address}/moved")
    assert moved.address == address
    assert not reader.get(f"{site.address}/moved", moved.validators).modified


@pytest.mark.parametrize(
    "address",
    [
        "ftp://www.gov.uk/x",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@www.gov.uk/",
        "http://[::1",
        "http://host:99999/",
        "https://www.gov.uk/a b",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_not_of_the_web_is_refused(web: Any, address: str) -> None:
    with pytest.raises(RefusedAddressError):
        web().get(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1",
        "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not addresses.is_public(addresses.ipaddress.ip_address(address))


def test_an_address_outside_is_public() -> None:
    assert addresses.is_public(addresses.ipaddress.ip_address("151.101.0.144"))
    assert addresses.is_public(addresses.ipaddress.ip_address("2a04:4e42::144"))


def test_a_name_that_leads_inside_is_refused_also_after_a_redirect(
    site: Site, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RefusedAddressError, match="not a public address"):
        web(allowed=()).get(site.put("/page", "inside"))
    assert site.asked == []
    resolve = socket.getaddrinfo
    names = {"outside.example": "127.0.0.1", "inside.example": "10.0.0.1"}

    def resolved(host: str, *given: Any, **named: Any) -> Any:
        return resolve(names.get(host, host), *given, **named)

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolved)
    port = site.address.rpartition(":")[2]
    site.faults["/away"] = raw(b"302 Found\r\nContent-Length: 0\r\nLocation: http://inside.example/")
    with pytest.raises(RefusedAddressError, match=r"inside\.example leads to 10\.0\.0\.1"):
        web().get(f"http://outside.example:{port}/away")
    # one of two addresses is enough, and the one that was checked is the one that is used
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda *_, **__: resolve("127.0.0.1", int(port)) + resolve("10.0.0.1", 80)
    )
    with pytest.raises(RefusedAddressError):
        web().get(f"http://outside.example:{port}/page")


def test_redirects_without_end_end(site: Site, web: Any) -> None:
    numbers = itertools.count()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        raw(b"302 Found\r\nContent-Length: 0\r\nLocation: /round?" + str(next(numbers)).encode(), close=False)(handler)

    site.faults["/round"] = answer
    with pytest.raises(FetchError, match="more than 5 redirects"):
        web().get(f"{site.address}/round")
    assert next(numbers) == 6


def test_a_fault_that_passes_is_tried_again_and_one_that_does_not_is_not(site: Site, web: Any) -> None:
    statuses = iter([b"500 Oops", b"503 Busy"])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        raw(next(statuses, b"200 OK") + b"\r\nContent-Length: 2", b"ok", close=False)(handler)

    site.faults["/page"] = answer
    assert web().get(f"{site.address}/page").content == b"ok"
    site.asked.clear()
    with pytest.raises(FetchError, match="answers 404") as caught:
        web().get(f"{site.address}/missing")
    assert caught.value.status == 404
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/missing"]


def test_the_server_says_how_long_to_wait(site: Site, web: Any) -> None:
    waits = iter([b"1", email.utils.formatdate(time.time() + 1.5, usegmt=True).encode()])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        wait = next(waits, None)
        head = b"429 Slow\r\nRetry-After: " + wait if wait else b"200 OK"
        raw(head + b"\r\nContent-Length: 2", b"ok", close=False)(handler)

    site.faults["/page"] = answer
    begin = time.monotonic()
    assert web().get(f"{site.address}/page").content == b"ok"
    assert time.monotonic() - begin >= 1.0
    site.faults["/later"] = raw(b"503 Later\r\nRetry-After: 86400\r\nContent-Length: 0", close=False)
    begin = time.monotonic()
    with pytest.raises(TryAgainError, match="asks to wait 86400 s"):
        web(longest_wait=0.1).get(f"{site.address}/later")
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (raw(b"200 OK\r\nContent-Length: 100", b"half"), "without sending complete|peer closed|incomplete"),
        (raw(b"200 OK\r\nTransfer-Encoding: chunked", b"5\r\nhal"), "peer closed|incomplete"),
        (raw(b"200 OK\r\nContent-Length: 5000", *[b"x"] * 60, pause=0.1), "too long|in time"),
        (raw(b"200 OK\r\nX: " + b"\r\nX: ".join([b"y" * 500] * 1000), b""), "."),
        (raw(b"200 OK\r\nContent-Length: 10\r\nContent-Encoding: gzip", b"not gzip!!"), "not compressed"),
        (raw(b"200 OK\r\nContent-Length: 3\r\nContent-Length: 5", b"12345"), "."),
        (lambda handler: time.sleep(1.8), "in time"),
        (lambda handler: setattr(handler, "close_connection", True), "."),
        (raw(b"nonsense"), "."),
    ],
    ids="cut-off chunk-cut-off dripping endless-headers not-gzip two-lengths silent closed no-HTTP".split(),
)  # fmt: skip
def test_an_answer_that_does_not_come_whole_is_an_error(site: Site, web: Any, answer: Any, fault: str) -> None:
    site.faults["/page"] = answer
    reader = web(attempts=2, pause=0.6, seconds=1.5)
    reader.get(site.put("/first", "robots.txt is read, too"))
    begin = time.monotonic()
    with pytest.raises(FetchError, match=fault):
        reader.get(f"{site.address}/page")
    assert len([asked for asked in site.asked if asked.path == "/page"]) == 2, "it was tried again"
    assert time.monotonic() - begin < 8


def test_too_much_is_not_read(site: Site, web: Any) -> None:
    def gigabyte(handler: BaseHTTPRequestHandler) -> None:
        raw(b"200 OK\r\nContent-Length: 1000000000", *[b"x" * 1_000_000] * 1000)(handler)

    bomb = gzip.compress(b"\0" * 100_000_000)
    site.faults["/huge"] = gigabyte
    site.faults["/bomb"] = raw(b"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + str(len(bomb)).encode(), bomb)
    tracemalloc.start()
    try:
        for path in ("/huge", "/bomb"):
            site.asked.clear()
            with pytest.raises(FetchError, match="larger than 200,000 bytes"):
                web(seconds=20, pause=20).get(f"{site.address}{path}")
            assert len(site.asked) == 2, "not tried again"
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_robots_are_obeyed(site: Site, web: Any) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: pressqa\nDisallow: /private\n", "text/plain")
    reader = web()
    assert reader.get(site.put("/open", "open")).content == b"open"
    with pytest.raises(FetchError, match=r"robots\.txt forbids"):
        reader.get(site.put("/private/page", "x"))
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/open"]
    site.faults["/robots.txt"] = raw(b"500 Oops\r\nContent-Length: 0", close=False)
    with pytest.raises(TryAgainError, match=r"robots\.txt"):
        web().get(f"{site.address}/open")


def test_a_host_is_asked_no_faster_than_it_likes(site: Site, web: Any) -> None:
    address = site.put("/page", "x")
    reader = web(delay=0.1)
    begin = time.monotonic()
    for _ in range(4):
        reader.get(address)
    assert time.monotonic() - begin >= 0.4  # with robots.txt, five requests


def test_settings_of_the_environment_are_not_used(site: Site, web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert web().get(site.put("/page", "direct")).content == b"direct"


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (raw(b"503 Busy\r\nContent-Length: 0\r\nRetry-After: 31622060"), "try again later"),
        (raw(b"200 OK\r\nContent-Length: 100", b"cut"), "try again later"),
        (raw(b"200 OK\r\nContent-Length: 9000000", b"x" * 9_000_000), "give the page of one release"),
        (raw(b"302 Found\r\nContent-Length: 0\r\nLocation: ftp://x.test/"), "give the address of the page itself"),
        (raw(b"302 Found\r\nContent-Length: 0\r\nLocation: http://10.0.0.1/"), "--allow 10.0.0.1"),
        (raw(b"403 No\r\nContent-Length: 0"), "save the page"),
        (raw(b"404 No\r\nContent-Length: 0"), "check the address"),
    ],
)
def test_what_to_do_about_a_page_that_cannot_be_read_is_said(site: Site, web: Any, answer: Any, hint: str) -> None:
    site.faults["/page"] = answer
    reader = web(bytes=1_000_000, attempts=1)
    with pytest.raises(FetchError) as caught:
        reader.get(f"{site.address}/page")
    assert hint in caught.value.hint
    reader = web(bytes=1_000_000, attempts=1)  # one that has not been asked to wait
    pages = WebPages("page", reader, Mock(page=lambda _: None), [f"{site.address}/page"], today=date(2025, 1, 1))
    with pytest.raises(SourceError) as told:
        list(pages.read())
    assert told.value.hint == caught.value.hint
