import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from anyio import to_thread
from fastapi.testclient import TestClient

from index.types import SearchFilter
from qa.cli.json_output import as_json
from qa.engine import Engine

QUESTION = "how many foreign criminals were removed?"


def _timeless(value: dict[str, Any]) -> str:
    """Return an object as text, the order of its fields included, without what differs from run to run."""
    return json.dumps(value | {"timings_ms": list(value["timings_ms"])}, ensure_ascii=False)


def test_ask_returns_the_object_that_the_command_line_prints(client: TestClient, engine: Engine) -> None:
    got = client.post("/v1/ask", json={"question": QUESTION, "top_k": 2, "as_of": "2025-06-30"}).json()
    expected = engine.ask(QUESTION, top_k=2, where=SearchFilter(as_of=date(2025, 6, 30)))
    assert got["passages"]
    assert _timeless(got) == _timeless(as_json(expected))


def test_search_returns_the_object_that_the_command_line_prints(client: TestClient, engine: Engine) -> None:
    got = client.post("/v1/search", json={"question": "drone at night", "max_tokens": 40}).json()
    assert list(got) == ["question", "passages", "as_of", "index", "timings_ms", "hint"]
    assert _timeless(got) == _timeless(as_json(engine.search("drone at night", max_tokens=40)))


def test_a_search_goes_to_no_thread_but_that_of_its_queue(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = []
    in_thread = to_thread.run_sync

    async def noted(work: Callable[..., object], *given: object, **options: Any) -> object:
        handed.append(work)
        return await in_thread(work, *given, **options)

    monkeypatch.setattr(to_thread, "run_sync", noted)
    assert client.get("/readyz").status_code == 200
    assert len(handed) == 1  # it looks at the index in one
    assert client.post("/v1/search", json={"question": QUESTION}).status_code == 200
    assert len(handed) == 1


def test_a_link_asks_what_a_body_asks(client: TestClient) -> None:
    wanted = {"top_k": 1, "since": "2024-01-01", "until": "2024-12-31", "publisher": "Home Office", "max_tokens": 99}
    posted = client.post("/v1/ask", json={"question": QUESTION, **wanted}).json()
    assert posted["explanation"] is None
    linked = client.get("/v1/ask", params={"q": QUESTION, **wanted}).json()
    assert [passage["release_id"] for passage in posted["passages"]] == ["returns-2024"]
    assert _timeless(linked) == _timeless(posted)


def test_an_explanation_is_given_where_it_is_asked_for(client: TestClient) -> None:
    posted = client.post("/v1/ask", json={"question": QUESTION, "explain": True}).json()
    linked = client.get("/v1/ask", params={"q": QUESTION, "explain": "true"}).json()
    assert _timeless(linked) == _timeless(posted)
    spans = [span | {"id": read["release_id"]} for read in posted["explanation"] for span in read["spans"]]
    assert posted["answer"] in spans[0]["text"], "a figure is cut out of the sentence that was read"
    for span in spans:
        assert client.get(f"/v1/releases/{span['id']}").json()["body"][span["start"] : span["end"]] == span["text"]


def test_the_citations_begin_with_the_citation_and_link_to_their_quotes(client: TestClient) -> None:
    got = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert got["citations"][0] == got["citation"]
    assert got["citation"]["link"].startswith("https://example.org/returns#:~:text=")


def test_offsets_count_code_points_of_the_body_as_the_release_returns_it(client: TestClient) -> None:
    got = client.post("/v1/ask", json={"question": "what does the drone that flies at night cost?"}).json()
    spans = [*got["passages"]]
    if got["citation"]:
        spans.append(got["citation"] | {"text": got["citation"]["quote"]})
    for span in spans:
        release = client.get(f"/v1/releases/{span['release_id']}").json()
        assert release["body"][span["start"] : span["end"]] == span["text"]
        assert hashlib.sha256(release["body"].encode()).hexdigest() == release["sha256"]
    assert any("🚁" in span["text"] for span in spans)


def test_an_unanswered_question_is_a_normal_result(client: TestClient) -> None:
    got = client.post("/v1/ask", json={"question": "zebra xylophone quixotic?"})
    assert got.status_code == 200
    assert got.json()["answer"] is None
    assert got.json()["citation"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", ""),
        ("question", " \t\n"),
        ("question", "x" * 4001),
        ("question", "x" * 100_000),
        ("question", 7),
        ("question", None),
        ("question", "half a pair \ud800"),
        ("top_k", 0),
        ("top_k", 101),
        ("top_k", 10**9),
        ("top_k", "5"),
        ("top_k", True),
        ("top_k", 1.5),
        ("top_k", None),
        ("max_tokens", 0),
        ("max_tokens", "5"),
        ("as_of", "2025-02-31"),
        ("as_of", "31 February 2025"),
        ("as_of", "2025-01-01T00:00:00"),
        ("as_of", 1735689600),
        ("since", ""),
        ("until", "٢٠٢٥-٠١-٠١"),
        ("publisher", ""),
        ("publisher", "\ud800"),
        ("surprise", 1),
        ("\ud800", 1),
    ],
)
@pytest.mark.parametrize("address", ["/v1/ask", "/v1/search"])
def test_a_body_that_does_not_fit_is_refused_with_its_place(
    client: TestClient, address: str, field: str, value: object
) -> None:
    body = json.dumps({"question": QUESTION, field: value})
    got = client.post(address, content=body, headers={"Content-Type": "application/json"})
    assert got.status_code == 422, got.text
    assert got.headers["content-type"] == "application/problem+json"
    problem = got.json()
    assert problem["type"] == "/problems/invalid-request"
    assert problem["detail"]
    assert problem["hint"]
    assert len(got.content) < 2000
    if "errors" in problem:
        # A name that is no text has no place of its own.
        assert problem["errors"][0]["loc"] == (["body", field] if field.isascii() else ["body"])


def test_a_number_may_be_written_as_json_allows(client: TestClient) -> None:
    body = '{"question": "drone", "top_k": 2.0, "max_tokens": 1e2}'
    got = client.post("/v1/search", content=body, headers={"Content-Type": "application/json"})
    assert got.status_code == 200


def test_control_characters_in_a_question_are_spaces(client: TestClient) -> None:
    got = client.post("/v1/search", json={"question": "drone\x00at\x1b[31m\x7fnight"})
    assert got.status_code == 200
    assert got.json()["question"] == "drone at [31m night"


def test_since_after_until_is_refused(client: TestClient) -> None:
    got = client.get("/v1/ask", params={"q": QUESTION, "since": "2025-01-02", "until": "2025-01-01"})
    assert got.status_code == 422
    assert "2025-01-02" in got.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=",
        "?q=x&surprise=1",
        "?q=x&top_k=0",
        "?q=x&top_k=many",
        "?q=x&as_of=yesterday",
        "?question=x",
        "?q=%ff%00",
    ],
)
def test_a_link_that_does_not_fit_is_refused(client: TestClient, query: str) -> None:
    got = client.get(f"/v1/ask{query}")
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("/v1/ask?q=drones", "passages"),
        ("/v1/search", "passages"),
        ("/v1/figures?q=drones", "figures"),
        ("/v1/releases?limit=5", "releases"),
    ],
)
def test_a_publisher_that_is_not_there_is_answered_with_nothing_and_a_hint(
    client: TestClient, address: str, key: str
) -> None:
    body = {"question": "drones", "publisher": "Office, Home"}
    got = (
        client.post(address, json=body)
        if address == "/v1/search"
        else client.get(f"{address}&publisher=The+Home+Office")
    )
    assert got.status_code == 200, got.text
    found = got.json()
    assert found[key] == []
    assert found["hint"].startswith("no release is published by ")
    assert "Home Office" in found["hint"]
    if address.startswith("/v1/ask"):
        assert (found["answer"], found["citation"], found["confidence"]) == (None, None, 0)


def test_the_hint_names_what_may_have_been_meant(client: TestClient) -> None:
    for asked in ("Hom Office", "home-office", "Office"):
        found = client.post("/v1/ask", json={"question": "drones", "publisher": asked}).json()
        assert found["hint"] == f"no release is published by {asked!r}; did you mean: Home Office"
    found = client.post("/v1/ask", json={"question": "drones", "publisher": "Ministry of Silly Walks"}).json()
    assert found["hint"].endswith("publishers here: Border Security Command; Home Office")
    assert client.post("/v1/ask", json={"question": "drones", "publisher": "Home Office"}).json()["hint"] is None
    assert client.post("/v1/ask", json={"question": "", "publisher": "Nobody"}).status_code == 422
