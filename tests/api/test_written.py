"""Written answers over HTTP: beside the answer, or sentence by sentence."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from index.errors import StorageError
from qa.engine import Engine
from qa.settings import Settings

QUESTION = "How many foreign criminals were removed?"
HELD = "Since July 2,580 foreign criminals were removed, 23% more than before."
TEXT = f'{HELD} [1: "{HELD}"]\nSince July 2,850 foreign criminals were removed. [1: "{HELD}"]'


@pytest.fixture
def writes(engine: Engine, settings: Settings, language_model: Any) -> Iterator[TestClient]:
    chosen = settings.model_copy(update={"llm_url": language_model.url, "llm_model": "stub", "llm_timeout": 5.0})
    with TestClient(create_app(chosen, engine=engine)) as client:
        yield client


Event = tuple[str, dict[str, Any], bool]


def events(client: TestClient, **query: Any) -> list[Event]:
    """Return the events of a stream: the name, the data, and whether it says that it is the last one."""
    text = client.get("/v1/ask/stream", params={"q": QUESTION, **query}).text
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines["event"], json.loads(lines["data"]), lines.get("id") == "last"))
    return found


def test_what_holds_is_written_beside_the_answer(writes: TestClient, language_model: Any) -> None:
    language_model.text = TEXT
    plain = writes.post("/v1/ask", json={"question": QUESTION}).json()
    assert plain["written"] is None
    assert not language_model.asked
    given = writes.post("/v1/ask", json={"question": QUESTION, "write": True}).json()
    written = given.pop("written")
    assert [each["text"] for each in written["sentences"]] == [HELD]
    assert (written["dropped"], written["reasons"]) == (1, {"number": 1})
    for each in (plain, given):
        each.pop("timings_ms")
        each.pop("written", None)
    assert plain == given


def test_each_sentence_is_sent_once_it_is_checked(writes: TestClient, language_model: Any) -> None:
    language_model.text = TEXT
    found = events(writes, write="true")
    names = [name for name, _, _ in found]
    assert names == ["asked", "passages", "timeline", "answer", "sentence", "written"]
    assert [name for name, _, last in found if last] == ["written"]
    data = {name: each for name, each, _ in found}
    assert data["answer"]["answer"] == "2,580"
    assert data["sentence"]["text"] == HELD
    assert data["written"]["sentences"] == [data["sentence"]]
    assert "2,850" not in json.dumps(data["written"])


def test_without_writing_the_stream_ends_with_the_answer(writes: TestClient, language_model: Any) -> None:
    found = events(writes)
    assert (found[-1][0], found[-1][2]) == ("answer", True)
    assert not language_model.asked


def broken(model: Any) -> None:
    model.status, model.headers = 429, {"Retry-After": "3"}


def halved(model: Any) -> None:
    model.raw = [model.event({"content": TEXT[:40]})]


def garbled(model: Any) -> None:
    model.raw = [b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n\n']


def gone(model: Any) -> None:
    model.close()


@pytest.mark.parametrize("fails", [broken, halved, garbled, gone])
def test_a_model_that_fails_costs_no_answer(
    writes: TestClient, language_model: Any, fails: Callable[[Any], None]
) -> None:
    fails(language_model)
    given = writes.post("/v1/ask", json={"question": QUESTION, "write": True})
    assert given.status_code == 200
    assert given.json()["answer"] == "2,580"
    assert given.json()["written"]["sentences"] == []
    assert given.json()["written"]["problem"]
    name, written, last = events(writes, write="true")[-1]
    assert (name, last) == ("written", True)
    assert written["problem"]


def test_a_server_without_a_model_says_so(client: TestClient) -> None:
    given = client.post("/v1/ask", json={"question": QUESTION, "write": True}).json()
    assert given["answer"] == "2,580"
    assert "PRESSQA_LLM_URL" in given["written"]["problem"]
    assert events(client, write="true")[-1][1]["problem"] == given["written"]["problem"]


def test_the_key_of_the_model_is_in_nothing_that_is_sent(
    engine: Engine, settings: Settings, language_model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    language_model.key = "another"
    keyed = Settings(
        data=settings.data, model=settings.model, llm_url=language_model.url, llm_model="stub", llm_key="sesame"
    )
    with TestClient(create_app(keyed, engine=engine)) as client:
        given = client.post("/v1/ask", json={"question": QUESTION, "write": True})
    assert "PRESSQA_LLM_KEY" in given.text
    assert "sesame" not in given.text + str(given.headers) + caplog.text


def test_a_disk_that_fails_while_it_is_written_costs_no_answer(
    writes: TestClient, engine: Engine, language_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageError("/secret/disk is gone")

    language_model.text = TEXT
    monkeypatch.setattr(engine, "release", fail)
    given = writes.post("/v1/ask", json={"question": QUESTION, "write": True})
    assert given.status_code == 200
    assert given.json()["answer"] == "2,580"
    assert "server's log" in given.json()["written"]["problem"]
    assert "secret" not in given.text
    name, written, last = events(writes, write="true")[-1]
    assert (name, last) == ("written", True)
    assert "server's log" in written["problem"]
