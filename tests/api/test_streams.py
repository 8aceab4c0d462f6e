"""Answers that come bit by bit: the batch and the server-sent events."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ServerSettings
from index.types import SearchFilter
from qa.engine import Engine
from qa.settings import Settings
from qa.steps import Answered, Step

QUESTION = "how many foreign criminals were removed?"


def events(text: str) -> list[tuple[str, dict[str, Any], str | None]]:
    """Read server-sent events: the name, the data and the id of each."""
    read = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        read.append((lines["event"], json.loads(lines["data"]), lines.get("id")))
    return read


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {name: field for name, field in value.items() if name != "timings_ms"}


def test_the_stream_gives_the_steps_and_then_the_answer_of_ask(client: TestClient) -> None:
    query = {"q": QUESTION, "top_k": 2, "as_of": "2025-06-30"}
    got = client.get("/v1/ask/stream", params=query)
    assert got.headers["content-type"].startswith("text/event-stream")
    assert got.headers["cache-control"] == "no-store"
    told = events(got.text)
    assert [name for name, _, _ in told] == ["asked", "passages", "timeline", "answer"]
    assert [end for _, _, end in told] == [None, None, None, "last"]
    data = {name: data for name, data, _ in told}
    whole = client.get("/v1/ask", params=query).json()
    assert timeless(data["answer"]) == timeless(whole)
    assert data["asked"] == {"question": QUESTION, "as_of": "2025-06-30"}
    assert data["timeline"]["timeline"] == whole["timeline"]
    fields = whole["passages"][0].keys()
    assert [passage.keys() for passage in data["passages"]["passages"]] == [fields] * 2


def test_a_browser_that_connects_again_after_the_end_is_told_to_stay_away(client: TestClient) -> None:
    got = client.get("/v1/ask/stream", params={"q": QUESTION}, headers={"Last-Event-ID": "last"})
    assert got.status_code == 204


def test_what_cannot_be_asked_has_a_status_of_its_own(client: TestClient) -> None:
    assert client.get("/v1/ask/stream", params={"q": ""}).status_code == 422
    got = client.get("/v1/ask/stream", params={"q": QUESTION, "since": "2025-01-02", "until": "2025-01-01"})
    assert got.status_code == 422
    assert got.json()["type"] == "/problems/invalid-request"


def test_a_publisher_that_is_not_there_is_answered_with_nothing_and_a_hint(client: TestClient) -> None:
    asked = {"publisher": "Office, Home"}
    hint = client.get("/v1/ask", params={"q": QUESTION, **asked}).json()["hint"]
    told = events(client.get("/v1/ask/stream", params={"q": QUESTION, **asked}).text)
    assert [(name, end) for name, _, end in told] == [("asked", None), ("answer", "last")]
    assert told[-1][1]["hint"] == hint
    got = client.post("/v1/ask/batch", json={"questions": [{"question": QUESTION, **asked}]}).json()
    assert got["problem"] is None
    assert (got["answer"]["answer"], got["answer"]["hint"]) == (None, hint)


class Failing(Engine):
    """An engine that fails at the second step."""

    def __init__(self, engine: Engine) -> None:
        self._whole = engine

    def steps(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = SearchFilter(),  # noqa: B008
        max_tokens: int | None = None,
        explain: bool = False,
    ) -> Iterator[Step]:
        yield next(self._whole.steps(question, where=where))
        if "fail" in question:
            raise ZeroDivisionError("/srv/secret/path")
        yield Answered(self._whole.ask(question, where=where))


def test_work_that_fails_half_way_ends_the_stream_with_a_problem(engine: Engine) -> None:
    with TestClient(create_app(engine=Failing(engine))) as client:
        got = client.get("/v1/ask/stream", params={"q": "please fail"})
    (_, _, _), (name, problem, end) = events(got.text)
    assert (name, end, problem["type"]) == ("problem", "last", "/problems/internal-error")
    assert "secret" not in got.text
    assert got.headers["x-request-id"] in problem["instance"]


def test_a_batch_answers_every_question_and_one_that_fails_fails_alone(engine: Engine) -> None:
    questions = [{"id": "one", "question": QUESTION}, {"question": "please fail"}, {"question": "drones"}]
    with TestClient(create_app(engine=Failing(engine))) as client:
        got = client.post("/v1/ask/batch", json={"questions": questions})
        assert got.status_code == 200, got.text
        assert got.headers["content-type"] == "application/x-ndjson"
        single = client.post("/v1/ask", json={"question": QUESTION}).json()
    lines = sorted((json.loads(line) for line in got.text.splitlines()), key=lambda line: line["index"])
    assert [(line["index"], line["id"]) for line in lines] == [(0, "one"), (1, None), (2, None)]
    assert timeless(lines[0]["answer"]) == timeless(single)
    assert lines[1]["answer"] is None
    assert lines[1]["problem"]["type"] == "/problems/internal-error"
    assert [line["problem"] for line in lines][::2] == [None, None]


class Held(Failing):
    """An engine that answers the question "hold" only once it is let go."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.go_on = threading.Event()

    def steps(self, question: str, **options: Any) -> Iterator[Step]:  # type: ignore[override]
        if question == "hold":
            assert self.go_on.wait(30)
        elif question == "let go":
            self.go_on.set()
        yield from super().steps(question, **options)


def test_the_lines_of_a_batch_come_in_the_order_in_which_they_are_done(engine: Engine) -> None:
    one_thread_each = create_app(Settings(threads=1), engine=Held(engine), server=ServerSettings(concurrency=2))
    with TestClient(one_thread_each) as client:
        asked = [{"question": each} for each in ("hold", QUESTION, "let go")]
        got = client.post("/v1/ask/batch", json={"questions": asked})
    assert json.loads(got.text.splitlines()[0])["index"] == 1


@pytest.mark.parametrize("questions", [[], [{"question": "why"}] * 101, [{"question": ""}], "why", [{"q": "why"}]])
def test_what_is_no_batch_is_refused_whole(client: TestClient, questions: Any) -> None:
    got = client.post("/v1/ask/batch", json={"questions": questions})
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"


def test_a_batch_of_bare_words_is_told_what_is_wrong_with_them(client: TestClient) -> None:
    got = client.post("/v1/ask/batch", json={"questions": ["how many were removed?"]})
    assert got.status_code == 422
    assert got.json()["detail"] == 'questions.0: this must be an object with named fields: {"name": value}'
