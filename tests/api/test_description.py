"""The description of the API is complete: every parameter, body and response has a proper example, and its headers."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from api.app import create_app
from api.settings import ServerSettings
from qa.settings import Settings

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    return create_app(Settings(data="nowhere"), server=ServerSettings()).openapi()


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def examples_of(schema: Json, document: Json) -> list[Any]:
    """Return the examples of a schema; one that may be null has those of what it is otherwise."""
    if "$ref" in schema:
        return list(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]].get("examples", []))
    return list(schema.get("examples", []))


def examples_in(media: Json, document: Json) -> list[Any]:
    named = [document["components"]["examples"][each["$ref"].rpartition("/")[2]] for each in
             media.get("examples", {}).values()]  # fmt: skip
    own = [media["example"]] if "example" in media else [each["value"] for each in named]
    return own or examples_of(media["schema"], document)


def check(schema: Json, examples: list[Any], document: Json, where: str) -> None:
    assert examples, f"{where} has no example"
    validator = Draft202012Validator({**schema, "components": document["components"]})
    for example in examples:
        faults = [fault.message for fault in validator.iter_errors(example)]
        assert faults == [], where


def test_every_parameter_body_and_response_has_an_example_that_fits(document: Json) -> None:
    for name, operation in operations(document):
        for each in operation.get("parameters", []):
            where = f"{name}: {each['name']}"
            check(each["schema"], examples_of(each["schema"], document), document, where)
            assert each["description"], where
        for media in operation.get("requestBody", {}).get("content", {}).values():
            check(media["schema"], examples_in(media, document), document, name)
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                check(media["schema"], examples_in(media, document), document, f"{name} {status}")


def test_every_object_has_an_example_that_fits(document: Json) -> None:
    for name, schema in document["components"]["schemas"].items():
        check(schema, schema.get("examples", []), document, name)


def test_the_examples_of_an_error_are_the_problems_with_its_status(document: Json) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status[0] in "45":
                (media,) = response["content"].values()
                assert {each["status"] for each in examples_in(media, document)} == {int(status)}, name
                types = [each["type"] for each in examples_in(media, document)]
                assert types == [f"/problems/{slug}" for slug in media["examples"]]


def test_headers_are_described_where_they_are_sent(document: Json) -> None:
    asking = document["paths"]["/v1/ask"]["get"]
    assert {"ETag", "Cache-Control", "X-Request-ID"} == set(asking["responses"]["200"]["headers"])
    assert "ETag" in asking["responses"]["304"]["headers"]
    assert "If-None-Match" in [each["name"] for each in asking["parameters"]]
    assert "ETag" not in document["paths"]["/v1/ask"]["post"]["responses"]["200"]["headers"]
    assert {"Retry-After", "RateLimit"} <= set(asking["responses"]["429"]["headers"])
    assert "Retry-After" in asking["responses"]["503"]["headers"]
    put = document["paths"]["/v1/releases/{release_id}"]["put"]["responses"]
    assert "Location" in put["200"]["headers"]
    assert "Location" in put["202"]["headers"]
    assert "500" in put, "a job that failed"


def test_a_probe_needs_no_key_and_has_no_quota(document: Json) -> None:
    for probe in ("/healthz", "/readyz"):
        assert not {"401", "429"} & set(document["paths"][probe]["get"]["responses"])


def test_a_server_that_answers_to_keys_alone_says_where_they_are_needed(document: Json) -> None:
    closed = create_app(Settings(data="nowhere"), server=ServerSettings(require_key=True)).openapi()
    keyed = {name for name, operation in operations(closed) if operation.get("security")}
    assert keyed == {name for name, operation in operations(closed) if "401" in operation["responses"]}
    assert {name for name, operation in operations(document) if operation.get("security")} < keyed


def test_a_parser_disturbed_by_another_thread_is_asked_again(document: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, disturbed = ast.parse, iter([SystemError("AST constructor recursion depth mismatch (before=180, after=61)")])

    def parse_at_last(*arguments: Any) -> Any:
        for error in disturbed:
            raise error
        return parse(*arguments)

    monkeypatch.setattr(ast, "parse", parse_at_last)
    assert create_app(Settings(data="nowhere"), server=ServerSettings()).openapi() == document
    assert next(disturbed, None) is None


def test_the_document_is_not_sent_again_to_those_who_have_it(client: TestClient) -> None:
    got = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/openapi.json", headers={"If-None-Match": '"other"'}).json() == got.json()


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("text/plain", "text/plain"),
        ("TEXT/plain;q=0.5, application/json", "text/plain"),
        ("*/*", "application/x-ndjson"),
        ("text/plain, */*", "application/x-ndjson"),
        ("text/plain, application/x-ndjson;q=0.1", "application/x-ndjson"),
    ],
)
def test_a_batch_is_text_to_clients_that_take_nothing_else(client: TestClient, accept: str, sent: str) -> None:
    got = client.post("/v1/ask/batch", json={"questions": [{"question": "?"}]}, headers={"Accept": accept})
    assert got.headers["content-type"].partition(";")[0] == sent
    assert '"status": 422' in got.text
