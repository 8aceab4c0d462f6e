import inspect
import json
from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from api.app import create_app
from api.problems import PROBLEMS, kind_of
from api.settings import ServerSettings
from index import errors
from qa.engine import Engine

JSON = {"Content-Type": "application/json"}


def test_every_error_raised_on_purpose_has_its_place_in_the_table() -> None:
    ours = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.PressqaError)]
    assert errors.SourceError in ours
    assert {cls for cls in ours if cls not in PROBLEMS} == set()


def test_the_type_of_every_problem_is_an_address_that_explains_it(client: TestClient) -> None:
    for kind in {*PROBLEMS.values(), kind_of(HTTPException(418))}:
        page = client.get(f"/problems/{kind.slug}")
        assert page.status_code == 200
        assert (page.json()["title"], page.json()["status"]) == (kind.title, kind.status)
        assert page.json()["meaning"]
        assert page.json()["remedy"]
    for unknown in ("none", "invalid-request/", "INVALID-REQUEST", "%ff", "x" * 10_000):
        got = client.get(f"/problems/{unknown}")
        assert got.json()["type"] == "/problems/not-found"
        assert len(got.content) < 1000


def test_a_kind_of_problem_has_one_status() -> None:
    kinds = set(PROBLEMS.values())
    assert len({kind.slug for kind in kinds}) == len(kinds)
    assert kind_of(HTTPException(418)).slug == "im-a-teapot"
    assert kind_of(KeyError()).status == 500


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 422),
        (b"{", JSON, 400),
        (b'{"question": "caf\xe9"}', JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"top_k": ' + b"9" * 10_000 + b"}", JSON, 400),
        (b'{"question": "x", "top_k": NaN}', JSON, 422),
        (b'{"question": "x", "top_k": 1e999}', JSON, 422),
        (b'{"question": "x", "max_tokens": 1e999}', JSON, 422),
        (b"[]", JSON, 422),
        (b"null", JSON, 422),
        (b'"question"', JSON, 422),
        (b'{"question": "x"}', {"Content-Type": "text/plain"}, 415),
        (b'{"question": "x"}', {}, 415),
        (b"question=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{" + b",".join(b'"f%d":0' % n for n in range(50_000)) + b"}", JSON, 422),
        (b'{"' + b"f" * 500_000 + b'": 1}', JSON, 422),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_a_body_that_is_not_a_question_is_the_client_s_fault(
    client: TestClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    got = client.post("/v1/ask", content=body, headers=headers)
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json"
    problem = got.json()
    assert list(problem)[:5] == ["type", "title", "status", "detail", "instance"]
    assert problem["status"] == status
    assert problem["instance"] == f"urn:uuid:{got.headers['x-request-id']}"
    assert len(got.content) < 5000


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"question": "caf\xe9"}', "not text in UTF-8, at byte 17"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"top_k": ' + b"9" * 10_000 + b"}", "too many digits"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_why(client: TestClient, body: bytes, says: str) -> None:
    told = client.post("/v1/ask", content=body, headers=JSON).json()
    assert says in told["detail"]
    assert told["hint"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_declared_or_not(
    engine: Engine, live: Callable[[FastAPI], HTTPConnection], chunked: bool
) -> None:
    connection = live(create_app(engine=engine, server=ServerSettings(max_request_bytes=2000)))
    body = b'{"question": "' + b"x" * 3000 + b'"}'
    connection.request(
        "POST", "/v1/ask", iter([body[:1500], body[1500:]]) if chunked else body, JSON, encode_chunked=chunked
    )
    response = connection.getresponse()
    assert response.status == 413
    assert json.load(response)["type"] == "/problems/request-too-large"


def test_a_body_at_the_limit_is_read(engine: Engine) -> None:
    body = b'{"question": "drone"}'
    with TestClient(create_app(engine=engine, server=ServerSettings(max_request_bytes=len(body)))) as client:
        assert client.post("/v1/search", content=body, headers=JSON).status_code == 200
        assert client.post("/v1/search", content=body + b" ", headers=JSON).status_code == 413


def test_an_unknown_address_is_a_problem_too(client: TestClient) -> None:
    got = client.get("/v2/ask")
    assert got.status_code == 404
    assert got.json()["type"] == "/problems/not-found"
    assert "/docs" in got.json()["hint"]


def test_a_question_without_words_is_told_without_a_command(client: TestClient) -> None:
    told = client.get("/v1/ask?q=%ff%fe").json()
    assert told["type"] == "/problems/invalid-request"
    assert "pressqa" not in told["hint"]
