"""The nouns of `qa.types`, the command line's JSON, the API's JSON and its OpenAPI schema have the same fields."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from typer.testing import CliRunner

from api.examples import examples
from api.json_schema import WIRE_NAMES, schema_of
from index.types import ReleaseEntry
from qa.cli.commands import app
from qa.settings import Settings
from qa.types import Answer, FigureResult, FullRelease, NearestStatement, ReleasePage, SearchResult

QUESTION = "how many foreign criminals were removed?"

Fields = list[tuple[str, Any]]
"""The fields of an object in their order, each with the fields of what it holds (none for text, numbers, null)."""


def of_noun(noun: Any) -> Fields:
    if dataclasses.is_dataclass(noun):
        hints = get_type_hints(noun)
        return [(field.name, of_noun(hints[field.name])) for field in dataclasses.fields(noun)]
    return next((fields for kind in get_args(noun) if (fields := of_noun(kind))), [])


def of_schema(schema: dict[str, Any], others: dict[str, Any]) -> Fields:
    if "$ref" in schema:
        return of_schema(others[schema["$ref"].rpartition("/")[2]], others)
    if "properties" in schema:
        assert schema["required"] == list(schema["properties"]), "every field is always there"
        return [(name, of_schema(each, others)) for name, each in schema["properties"].items()]
    parts = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return next((fields for part in parts if (fields := of_schema(part, others))), [])


def of_json(value: Any) -> Fields:
    if isinstance(value, list):
        return max((of_json(item) for item in value), key=lambda fields: len(str(fields)), default=[])
    if isinstance(value, dict):
        return [(name, [] if name == "timings_ms" else of_json(item)) for name, item in value.items()]
    return []


MAY_BE_EMPTY = {"parts", "cell", "nearest", "written", "changes"}
"""Fields that these answers leave empty: what they hold is tested where tables, lists, times, writing, sources are."""


def shown(fields: Fields) -> Fields:
    """Return fields as an answer from these releases shows them."""
    return [(name, [] if name in MAY_BE_EMPTY else shown(inner)) for name, inner in fields]


def printed(settings: Settings, *arguments: str) -> Iterator[dict[str, Any]]:
    """Run a command and yield each JSON object that it prints."""
    done = CliRunner().invoke(app, [*arguments, "--data", str(settings.data), "--json"])
    assert done.exit_code == 0, done.output
    rest = done.stdout
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


@pytest.fixture
def ways_in(client: TestClient, settings: Settings) -> tuple[TestClient, Settings]:
    """The server, and the settings of the command line for the same index."""
    return client, settings


@pytest.mark.parametrize(
    ("noun", "command", "way", "given"),
    [
        (Answer, ["ask", QUESTION, "--explain"], "POST /v1/ask", {"question": QUESTION, "explain": True}),
        (Answer, ["ask", QUESTION, "--explain"], "GET /v1/ask", {"q": QUESTION, "explain": True}),
        (SearchResult, ["search", QUESTION], "POST /v1/search", {"question": QUESTION}),
        (FigureResult, ["figures", "foreign criminals"], "GET /v1/figures", {"q": "foreign criminals"}),
        (FullRelease, ["releases", "show", "returns-2024"], "GET /v1/releases/{release_id}", {}),
    ],
)
def test_a_noun_has_the_same_fields_wherever_it_is_shown(
    ways_in: tuple[TestClient, Settings], noun: Any, command: list[str], way: str, given: dict[str, Any]
) -> None:
    client, settings = ways_in
    fields = of_noun(noun)
    openapi = client.get("/openapi.json").json()
    method, address = way.split()
    schema = openapi["paths"][address][method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
    assert of_schema(schema, openapi["components"]["schemas"]) == fields
    place = address.format(release_id="returns-2024")
    got = client.request(method, place, **{"json" if method == "POST" else "params": given}).json()
    assert of_json(got) == shown(fields)
    (told,) = printed(settings, *command)
    assert of_json(told) == shown(fields)


def test_what_is_stated_for_another_time_has_the_same_fields_wherever_it_is_shown(
    ways_in: tuple[TestClient, Settings],
) -> None:
    client, settings = ways_in
    question = "how many foreign criminals were removed in 2021?"
    got = client.get("/v1/ask", params={"q": question}).json()
    shown = CliRunner().invoke(app, ["ask", question, "--data", str(settings.data), "--json"])
    assert shown.exit_code == 1  # not found
    for answer in (got, json.loads(shown.stdout)):
        assert answer["answer"] is answer["citation"] is None
        assert of_json(answer["nearest"]) == of_noun(NearestStatement)
        assert answer["nearest"]["period"] == {"start": "2024-07-01", "end": None, "text": "Since July"}
    plain = CliRunner().invoke(app, ["ask", question, "--data", str(settings.data)])
    assert "Not found in the releases.\nNearest statement: 2,580 since July (1 July 2024 on)\n" in plain.output


def test_a_line_of_the_list_of_releases_has_the_same_fields_wherever_it_is_shown(
    ways_in: tuple[TestClient, Settings],
) -> None:
    client, settings = ways_in
    openapi = client.get("/openapi.json").json()
    schema = openapi["paths"]["/v1/releases"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    got = client.get("/v1/releases").json()
    assert of_schema(schema, openapi["components"]["schemas"]) == of_json(got) == of_noun(ReleasePage)
    lines = list(printed(settings, "releases", "list"))
    assert lines == got["releases"]
    assert of_json(lines) == of_noun(ReleaseEntry)


def test_the_schema_of_an_answer_is_complete_and_its_example_fits() -> None:
    schema = schema_of(Answer)
    assert of_schema(schema, schema["$defs"]) == of_noun(Answer)
    assert set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))) == set(schema["$defs"])
    assert schema["properties"]["timeline"]["description"].startswith("Where the answer is a figure")
    (example,) = schema["examples"]
    reader = TypeAdapter(Answer)
    assert json.loads(reader.dump_json(reader.validate_python(example))) == example


@pytest.mark.parametrize("noun", [Answer, SearchResult, FigureResult, FullRelease, ReleasePage])
def test_every_response_has_an_example_that_fits(noun: Any) -> None:
    example = examples()[WIRE_NAMES[noun.__name__]]
    reader = TypeAdapter(noun)
    assert json.loads(reader.dump_json(reader.validate_python(example))) == example


def test_openapi_names_every_noun_as_clients_know_it(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert not WIRE_NAMES.keys() & schemas.keys()
    assert set(WIRE_NAMES.values()) <= schemas.keys()
    assert all(schemas[name]["title"] == name for name in WIRE_NAMES.values())
