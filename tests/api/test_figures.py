import json
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.types import SearchFilter
from qa.cli.json_output import as_json
from qa.engine import Engine
from qa.types import FigureFilter


def _timeless(value: dict[str, Any]) -> str:
    return json.dumps(value | {"timings_ms": list(value["timings_ms"])}, ensure_ascii=False)


def test_figures_are_the_object_that_the_command_line_prints(client: TestClient, engine: Engine) -> None:
    given = {"q": "foreign criminals", "unit": "percent", "until": "2024-12-31", "limit": 3}
    got = client.get("/v1/figures", params=given).json()
    expected = engine.figures(
        "foreign criminals",
        wanted=FigureFilter(unit="percent"),
        where=SearchFilter(until=date(2024, 12, 31)),
        limit=3,
    )
    assert [figure["text"] for figure in got["figures"]] == ["23%"]
    assert _timeless(got) == _timeless(as_json(expected))


def test_a_figure_carries_value_period_and_checked_sentence(client: TestClient) -> None:
    figure = client.get("/v1/figures", params={"q": "foreign criminals removed"}).json()["figures"][0]
    citation = figure["citation"]
    body = client.get(f"/v1/releases/{citation['release_id']}").json()["body"]
    assert body[citation["start"] : citation["end"]] == citation["quote"]
    assert body[citation["answer_start"] : citation["answer_end"]] == figure["text"] == "2,580"
    assert (figure["value"], figure["counted"], figure["published"]) == ("2580", "foreign criminals", "2024-12-12")
    assert figure["period"] == {"start": "2024-07-01", "end": None, "text": "Since July"}


def test_a_period_filters(client: TestClient) -> None:
    def texts(**given: str) -> list[str]:
        got = client.get("/v1/figures", params={"q": "foreign criminals"} | given).json()
        return [figure["text"] for figure in got["figures"]]

    assert sorted(texts(period_from="2024-08-01", period_to="2024-08-31")) == ["2,580", "23%"]
    assert texts(period_to="2024-06-30") == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"q": ""},
        {"q": "x", "limit": "0"},
        {"q": "x", "limit": "1001"},
        {"q": "x", "period_from": "soon"},
        {"q": "x", "period_from": "2025-01-02", "period_to": "2025-01-01"},
        {"q": "x", "colour": "red"},
    ],
)
def test_what_cannot_be_asked_is_a_problem(client: TestClient, given: dict[str, str]) -> None:
    got = client.get("/v1/figures", params=given)
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"


def test_the_description_names_values_as_text(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["FigureObject"]["properties"]
    assert schema["value"]["type"] == "string"
