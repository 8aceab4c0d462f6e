import base64
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.app import create_app
from qa.compose import open_engine
from qa.engine import Engine
from qa.settings import Settings

IDS = [
    "/government/news/ferry-grants",
    "news/harbour-walls",
    "a b",
    "what?",
    "part#2",
    "100%",
    "50%25",
    "..",
    ".",
    "up/../down",
    "café/été",
    "雨の日 🚁",
    "a+b&c=d",
    "trailing/",
    "//double",
    '"quoted"\\',
    ";v=1",
    "docs",
]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture(scope="module")
def odd(
    tmp_path_factory: pytest.TempPathFactory, ingest: Callable[[Path, list[dict[str, str]]], Settings]
) -> Iterator[Engine]:
    """An engine over releases with every kind of id."""
    releases = [
        {
            "id": name,
            "title": f"Grant number {n}",
            "body": f"Grant number {n} pays £{n + 3},000.",
            "publisher": "Home Office" if n % 2 else "Treasury",
            "published": f"2023-02-{n // 2 + 1:02}",
        }
        for n, name in enumerate(IDS)
    ]
    engine = open_engine(ingest(tmp_path_factory.mktemp("odd"), releases))
    yield engine
    engine.close()


@pytest.fixture
def odd_client(odd: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(engine=odd)) as client:
        yield client


def _pages(client: TestClient, **query: Any) -> list[str]:
    seen: list[str] = []
    while True:
        page = client.get("/v1/releases", params=query).json()
        assert list(page) == ["releases", "next", "hint"]
        seen += [release["id"] for release in page["releases"]]
        if page["next"] is None:
            return seen
        query["cursor"] = page["next"]


@pytest.mark.parametrize("release_id", IDS)
def test_any_id_comes_back_from_its_percent_encoded_address(
    odd: Engine, live: Callable[[FastAPI], HTTPConnection], release_id: str
) -> None:
    # Over a socket and without a client that tidies addresses: the test client decodes them twice.
    connection = live(create_app(engine=odd))
    connection.request("GET", f"/v1/releases/{quote(release_id, safe='')}")
    response = connection.getresponse()
    got = json.load(response)
    assert response.status == 200, got
    assert got["id"] == release_id
    assert got["title"] == f"Grant number {IDS.index(release_id)}"


def test_a_slash_in_an_id_may_stand_as_it_is(odd_client: TestClient) -> None:
    assert odd_client.get("/v1/releases/news/harbour-walls").json()["id"] == "news/harbour-walls"


def test_a_release_is_returned_in_full(client: TestClient) -> None:
    got = client.get("/v1/releases/returns-2024").json()
    assert list(got)[:9] == ["id", "title", "body", "publisher", "published", "url", "sha256", "updated", "withdrawn"]
    assert list(got)[9:] == ["withdrawn_notice", "language", "content_id", "changes", "government"]
    assert got["published"] == "2024-12-12"


def test_a_release_is_not_there_before_its_day(client: TestClient) -> None:
    assert client.get("/v1/releases/patrols-2025", params={"as_of": "2024-12-31"}).status_code == 404


@pytest.mark.parametrize("address", ["nothing", "", "%ff", "%00", "returns-2024/", "/returns-2024"])
def test_an_unknown_id_is_not_found(client: TestClient, address: str) -> None:
    got = client.get(f"/v1/releases/{address}")
    assert got.status_code == 404
    assert got.json()["type"] == "/problems/unknown-release"
    assert got.json()["hint"] == "GET /v1/releases lists them"


@pytest.mark.parametrize("limit", [1, 4, 200])
def test_pages_hold_every_release_once(odd_client: TestClient, limit: int) -> None:
    assert sorted(_pages(odd_client, limit=limit)) == sorted(IDS)


def test_the_list_is_filtered(odd_client: TestClient) -> None:
    got = _pages(odd_client, limit=1, publisher="Treasury", since="2023-02-02", until="2023-02-03", as_of="2023-02-03")
    assert sorted(got) == sorted(IDS[2:6:2])


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=", "page=2", "top_k=5"])
def test_a_list_that_cannot_be_is_refused(client: TestClient, query: str) -> None:
    got = client.get(f"/v1/releases?{query}")
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(cursor=st.text(min_size=1, max_size=50) | st.builds(_encoded, st.binary(min_size=1, max_size=40)))
@example(_encoded(b"[" * 1400))
@example(_encoded(b'["2023-01-01", "\\ud800"]'))
@example(_encoded(b'["2023-01-01", {"a": [1]}]'))
@example(_encoded(b'{"2023-01-01": 1, "b": 2}'))
def test_a_foreign_cursor_is_never_a_server_error(client: TestClient, cursor: str) -> None:
    assert client.get("/v1/releases", params={"cursor": cursor}).status_code in {200, 422}
