"""What HTTP offers around the answers: ETags, compression, other sites, names of the server, ids of requests."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from api import middleware
from api.app import create_app
from api.metrics import Metrics
from api.middleware import Envelope
from api.settings import ServerSettings
from index.models.hashing_embedder import HASHING_MODEL
from qa.engine import Engine
from qa.settings import Settings

QUESTION = "how many foreign criminals were removed?"
CACHED = [f"/v1/ask?q={QUESTION}", "/v1/figures?q=criminals", "/v1/releases", "/v1/releases/returns-2024"]
Ingest = Callable[[Path, list[dict[str, str]]], Settings]
RELEASE = {
    "title": "A new bridge",
    "body": "The bridge opens in May.",
    "publisher": "Transport",
    "published": "2024-05-01",
}


@pytest.mark.parametrize("address", CACHED)
def test_what_a_client_has_is_not_sent_again(client: TestClient, address: str) -> None:
    got = client.get(address)
    assert got.headers["cache-control"] == "no-cache"
    tag = got.headers["etag"]
    for known in (tag, f'"other", {tag}'):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["x-frame-options"]) == (tag, "DENY")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_etag_changes_with_the_index(tmp_path: Path, ingest: Ingest) -> None:
    with TestClient(create_app(ingest(tmp_path, [RELEASE]))) as client:
        before = {address: client.get(address).headers["etag"] for address in ("/v1/releases", "/v1/ask?q=bridge")}
        ingest(tmp_path, [RELEASE, RELEASE | {"title": "A new tunnel"}])
        for address, tag in before.items():
            got = client.get(address, headers={"If-None-Match": tag})
            assert got.status_code == 200
            assert got.headers["etag"] != tag


def test_the_etag_of_an_index_that_is_made_anew_is_another_though_it_is_as_old(tmp_path: Path, ingest: Ingest) -> None:
    for name in ("one", "other"):
        ingest(tmp_path / name, [RELEASE | {"title": f"The {name} bridge"}])
    tags = []
    for name in ("one", "other"):
        (tmp_path / name / "index").rename(tmp_path / "index")
        with TestClient(create_app(Settings(data=tmp_path / "index", model=HASHING_MODEL))) as client:
            tags.append(client.get("/v1/releases").headers["etag"])
        (tmp_path / "index").rename(tmp_path / name / "index")
    assert tags[0] != tags[1]
    assert tags[0].partition("-")[0] == tags[1].partition("-")[0]


def test_errors_and_health_are_not_stored(client: TestClient) -> None:
    for address in ("/nowhere", "/v1/ask", "/v1/releases/none", "/healthz", "/readyz"):
        assert client.get(address).headers["cache-control"] == "no-store", address


def test_long_responses_are_compressed_but_streams_are_not(client: TestClient) -> None:
    got = client.get("/v1/ask", params={"q": QUESTION})
    assert got.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in got.headers["vary"].lower()
    assert "content-encoding" not in client.get("/v1/ask/stream", params={"q": QUESTION}).headers
    batch = client.post("/v1/ask/batch", json={"questions": [{"question": QUESTION}]})
    assert "content-encoding" not in batch.headers


@pytest.mark.parametrize("given", ["abc-123", "A" * 64, "0190f5e2-7d5c-7aaa-8000-000000000000"])
def test_the_id_of_a_request_is_taken_over(client: TestClient, given: str) -> None:
    got = client.get("/nowhere", headers={"X-Request-ID": given})
    assert got.headers["x-request-id"] == got.json()["request_id"] == given
    assert got.json()["instance"].endswith(f":{given}")


@pytest.mark.parametrize("given", ["", "A" * 65, "a b", "a\tb", "<script>", 'a"b', "ä".encode().decode("latin-1")])
def test_an_id_that_is_not_sane_is_replaced(client: TestClient, given: str) -> None:
    got = client.get("/nowhere", headers={"X-Request-ID": given.encode("latin-1")})  # type: ignore[dict-item]
    assert got.headers["x-request-id"] == got.json()["request_id"] != given
    assert got.json()["instance"] == f"urn:uuid:{got.json()['request_id']}"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("192.0.2.7", 421),
        ("localhost:port", 400),
        ("a b", 400),
        ("", 400),
    ],
)
def test_a_server_answers_to_its_own_names_alone(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, host: str, status: int
) -> None:
    monkeypatch.delenv("PRESSQA_HOSTS")
    with TestClient(create_app(engine=engine)) as client:
        got = client.get("/healthz", headers={"Host": host})
    assert got.status_code == status
    assert status == 200 or got.headers["content-type"] == "application/problem+json"


def test_a_server_that_others_reach_answers_to_its_addresses_and_the_names_it_is_given() -> None:
    public = ServerSettings(host="0.0.0.0", hosts=("answers.example",))
    assert public.host_names == ["answers.example"]
    assert not public.is_loopback
    assert ServerSettings(host="::1").is_loopback


def test_other_sites_may_use_the_api_only_where_they_are_named(engine: Engine, client: TestClient) -> None:
    asking = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/ask", headers=asking).headers
    server = ServerSettings(cors_origins=("https://example.org",))
    with TestClient(create_app(engine=engine, server=server)) as named:
        allowed = named.options("/v1/ask", headers=asking | {"Access-Control-Request-Headers": "authorization"})
        assert allowed.headers["access-control-allow-origin"] == "https://example.org"
        got = named.get("/v1/releases", headers={"Origin": "https://example.org"})
        assert "ETag" in got.headers["access-control-expose-headers"]
        other = named.get("/v1/releases", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        refused = named.options("/v1/ask", headers=asking | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in refused.headers
        assert refused.headers["content-type"] == "application/problem+json"
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/foreign-site")
        assert refused.json()["request_id"] == refused.headers["x-request-id"]
        other_header = asking | {"Access-Control-Request-Headers": "x-other"}
        assert "headers" in named.options("/v1/ask", headers=other_header).json()["detail"]


def test_a_person_who_follows_a_problem_gets_a_page(client: TestClient) -> None:
    page = client.get("/problems/busy", headers={"Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>The server has more work than it can do</h1>" in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


def test_a_client_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SEND_TIME", 0.01)
    metrics = Metrics("test")

    async def scenario() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            await asyncio.sleep(30)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        app = Envelope(PlainTextResponse("much"), metrics, log_questions=False)
        await asyncio.wait_for(app(scope, receive, send), 10)

    asyncio.run(scenario())
    counted = {"method": "GET", "route": "-", "status": "499"}
    assert metrics.registry.get_sample_value("pressqa_http_requests_total", counted) == 1


def test_a_compressed_body_is_not_taken(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    got = client.post("/v1/search", content=b"\x1f\x8b\x08", headers=headers)
    assert (got.status_code, got.headers["accept-encoding"]) == (415, "identity")
    assert got.json()["detail"] == "the body is encoded as 'gzip'"
    plain = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    assert client.post("/v1/search", content=b'{"question": "criminals"}', headers=plain).status_code == 200
