"""The page that describes the API: all of it, in the look of the other pages, with every link leading somewhere."""

import re

import pytest
from fastapi.testclient import TestClient

from api.web.operations import groups, shapes


@pytest.fixture
def docs(client: TestClient) -> str:
    got = client.get("/docs")
    assert got.status_code == 200
    return got.text


def test_it_has_every_operation_and_every_object(docs: str, client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"<strong>{method.upper()}</strong> {path}</code>" in docs
            assert f'<h3 id="{operation["operationId"].replace("_", "-")}">' in docs
    for name in document["components"]["schemas"]:
        assert f'<h3 id="{name}">' in docs


def test_every_link_on_it_leads_somewhere_and_no_place_is_there_twice(docs: str, client: TestClient) -> None:
    places = re.findall(r'\sid="([^"]+)"', docs)
    assert len(places) == len(set(places))
    for address in set(re.findall(r'href="([^"]+)"', docs)):
        if address.startswith("#"):
            assert address[1:] in places, address
        else:
            assert client.get(f"/{address}".replace("&amp;", "&")).status_code == 200, address


def test_it_is_a_page_like_the_others_without_any_script(docs: str, client: TestClient) -> None:
    assert '<a href="docs" aria-current="page">API</a>' in docs
    assert '<a class="skip" href="#main">' in docs
    assert "<script" not in docs
    assert not re.search(r"\s(on\w+|style)=", docs)
    assert "script-src 'self';" in client.get("/docs").headers["content-security-policy"]


def test_commands_name_the_server_that_was_asked(docs: str, client: TestClient) -> None:
    assert f"curl &#39;{str(client.base_url).rstrip('/')}/v1/ask?q=" in docs
    assert "/v1/releases/%2Fgovernment%2Fnews%2Freturns-figures" in docs


def test_it_is_not_sent_again_to_those_who_have_it(client: TestClient) -> None:
    tag = client.get("/docs").headers["etag"]
    assert client.get("/docs", headers={"If-None-Match": tag}).status_code == 304


def test_an_operation_is_read_as_people_read_it() -> None:
    document = {
        "tags": [{"name": "boats", "description": "Boats."}],
        "paths": {
            "/boats/{name}": {
                "put": {
                    "tags": ["boats"],
                    "operationId": "put_boat",
                    "summary": "Put a boat",
                    "security": [{"Key": []}],
                    "parameters": [
                        {"name": "name", "in": "path", "required": True,
                         "schema": {"type": "string", "maxLength": 1000, "examples": ["a/b"]}},
                        {"name": "size", "in": "query", "description": "How long.",
                         "schema": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}},
                    ],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/x/Boat"}}}},
                    "responses": {"204": {"description": "Done."}},
                }
            }
        },
        "components": {
            "schemas": {
                "Boat": {
                    "required": ["kind"],
                    "properties": {"kind": {"enum": ["tug", "dredger"]}, "crew": {"type": "array", "items": {}}},
                    "examples": [{"kind": "O'Hara"}],
                }
            }
        },
    }  # fmt: skip
    ((group,), (shape,)) = groups(document, "http://here"), shapes(document)
    (operation,) = group.operations
    name, size = operation.parameters
    assert (name.place, name.required, name.limits, name.example) == ("path", True, "at most 1,000 characters", "a/b")
    assert ("".join(word.text for word in size.kind), size.limits) == ("integer or null", "at least 1")
    assert operation.link == "", "nothing that a browser could open"
    assert operation.call.startswith("curl -X PUT 'http://here/boats/a%2Fb' \\\n  -H 'Authorization: Bearer KEY'")
    assert "O'\\''Hara" in operation.call
    assert [field.required for field in shape.fields] == [True, False]
    assert [word.text for word in shape.fields[0].kind] == ['"tug" or "dredger"']
