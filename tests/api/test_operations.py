"""What those who run a server see of it: counters, the log, traces."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.logs import JsonLines
from api.settings import ServerSettings
from api.tracing import open_tracer
from index.errors import InputError
from qa.engine import Engine

QUESTION = "how many foreign criminals were removed?"


def samples(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_server_counts_requests_stages_answers_and_the_index(client: TestClient) -> None:
    client.get("/v1/ask", params={"q": QUESTION})
    client.get("/v1/ask/stream", params={"q": QUESTION})
    client.post("/v1/ask", json={"question": "what is the weather on Jupiter?"})
    client.head("/v1/releases/none")
    client.request("BREW", "/v1/ask")
    client.get(f"/{'x' * 50}")
    counted = samples(client)

    def requests(method: str, route: str, status: int) -> float:
        labels = (("method", method), ("route", route), ("status", str(status)))
        return counted.get(("pressqa_http_requests_total", labels), 0)

    assert requests("GET", "/v1/ask", 200) == 1
    assert requests("POST", "/v1/ask", 200) == 1
    assert requests("HEAD", "/v1/releases/{release_id}", 404) == 1
    assert requests("GET", "-", 404) == 1
    assert not any("BREW" in str(key) or "xxx" in str(key) for key in counted)
    answers = [counted[("pressqa_answers_total", (("found", found),))] for found in ("true", "false")]
    assert sum(answers) == 3
    for stage in ("embed", "read", "total"):
        assert counted[("pressqa_stage_seconds_count", (("stage", stage),))] == 3
    assert counted[("pressqa_queue_ended_total", (("outcome", "done"), ("queue", "questions")))] == 3
    assert counted[("pressqa_queue_waiting", (("queue", "questions"),))] == 0
    assert counted[("pressqa_index_releases", ())] == 3
    assert counted[("pressqa_index_generation", ())] >= 1
    assert counted[("pressqa_ready", ())] == 1
    assert counted[("pressqa_jobs", (("state", "failed"),))] == 0


def test_counters_are_not_shown_to_others_without_a_key(engine: Engine) -> None:
    server = ServerSettings(host="0.0.0.0", public=True)
    with TestClient(create_app(engine=engine, server=server)) as client:
        assert client.get("/v1/releases").status_code == 200
        assert client.get("/metrics").json()["type"] == "/problems/key-required"


def test_what_is_refused_on_its_way_is_counted_at_the_address_that_it_was_for(engine: Engine) -> None:
    app = create_app(engine=engine, server=ServerSettings(require_key=True))
    with TestClient(app) as client:
        assert client.get("/v1/releases/any%2Fid").status_code == 401
        assert client.get("/nowhere").status_code == 401
        assert client.get("/docs").status_code == 200
        count = partial(app.state.server.metrics.registry.get_sample_value, "pressqa_http_requests_total")
        told = {"method": "GET", "status": "401"}
        assert count({**told, "route": "/v1/releases/{release_id}"}) == 1
        assert count({**told, "route": "-"}) == 1
        assert count({**told, "route": "/docs", "status": "200"}) == 1


@pytest.mark.parametrize("shown", [False, True])
def test_the_log_has_a_line_for_each_request_and_no_question_unless_it_is_wanted(
    engine: Engine, caplog: pytest.LogCaptureFixture, shown: bool
) -> None:
    server = ServerSettings(log_questions=shown)
    with TestClient(create_app(engine=engine, server=server)) as client, caplog.at_level(logging.INFO):
        client.get("/v1/ask", params={"q": QUESTION}, headers={"X-Request-ID": "req-1"})
        client.post("/v1/search", json={"question": QUESTION})
        client.get("/v1/ask/stream", params={"q": QUESTION})
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "api.access"]
    told = [json.loads(line) for line in lines]
    assert [(each["method"], each["route"], each["status"]) for each in told] == [
        ("GET", "/v1/ask", 200),
        ("POST", "/v1/search", 200),
        ("GET", "/v1/ask/stream", 200),
    ]
    assert all(each["milliseconds"] >= 0 and each["time"].endswith("+00:00") for each in told)
    ours = [record for record in caplog.records if record.name.startswith(("api", "qa", "index", "uvicorn"))]
    assert any("criminals" in JsonLines().format(record) for record in ours) == shown


def test_a_record_with_an_error_is_one_line_of_json() -> None:
    try:
        raise ZeroDivisionError("of\nlines")
    except ZeroDivisionError as error:
        record = logging.makeLogRecord({"msg": "it\nfailed", "exc_info": (type(error), error, error.__traceback__)})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ZeroDivisionError" in json.loads(line)["exception"]


class Span:
    def __init__(self) -> None:
        self.name = ""
        self.told: dict[str, Any] = {}
        self.failed = False

    def update_name(self, name: str) -> None:
        self.name = name

    def set_attribute(self, name: str, value: object) -> None:
        self.told[name] = value

    def set_status(self, status: object) -> None:
        self.failed = True


class Tracer:
    """Keeps the spans that it is asked for."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    @contextmanager
    def start_as_current_span(self, name: str, **options: Any) -> Iterator[Span]:
        self.spans.append(Span())
        yield self.spans[-1]


def test_a_trace_tells_the_stages_and_no_question(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.trace")
    tracer = Tracer()
    monkeypatch.setattr("api.app.open_tracer", lambda endpoint: tracer)
    with TestClient(create_app(engine=engine, server=ServerSettings(traces="http://localhost:4318"))) as client:
        got = client.get("/v1/ask", params={"q": QUESTION})
    (span,) = tracer.spans
    assert span.name == "GET /v1/ask"
    assert span.told["http.response.status_code"] == 200
    assert span.told["pressqa.request_id"] == got.headers["x-request-id"]
    assert span.told["pressqa.stage.read_ms"] >= 0
    assert "criminals" not in str(span.told)
    assert not span.failed


def test_traces_without_opentelemetry_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InputError, match="not installed") as refused:
        open_tracer("http://localhost:4318/v1/traces")
    assert "pressqa[traces]" in refused.value.hint
