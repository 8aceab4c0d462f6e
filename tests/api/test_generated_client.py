"""A client that a generator makes of the OpenAPI document, used against a server on loopback."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.keys import create_key

USE = """
import json
import sys
from datetime import date
from uuid import UUID
from pressqa_client import AuthenticatedClient, Client
from pressqa_client.api.questions import ask, ask_batch, ask_by_link, ask_stream, figures, search
from pressqa_client.api.releases import release, releases
from pressqa_client.api.server import healthz, metrics, readyz
from pressqa_client.api.writing import delete_release, job, put_release, put_releases
from pressqa_client.models import AskBody, BatchBody, BatchQuestion, ProblemObject, ReleaseBody, ReleasesBody
from pressqa_client.models import ReleasesBodyReleasesItem
from pressqa_client.models import WriteAskBody

address, key = sys.argv[1:]
server = Client(base_url=address, raise_on_unexpected_status=True)
question = "How many foreign criminals were removed?"

found = ask.sync(client=server, body=WriteAskBody(question=question, top_k=3))
assert found.answer == "2,580", found
assert found.citation.published == date(2024, 12, 12)
stored = release.sync(found.citation.release_id, client=server)
assert stored.body[found.citation.answer_start : found.citation.answer_end] == "2,580"
assert ask_by_link.sync(client=server, q=question).citation == found.citation
then = ask.sync(client=server, body=WriteAskBody(question=question, as_of=date(2024, 1, 1)))
assert then.answer is None or then.answer != "2,580"
assert search.sync(client=server, body=AskBody(question="drones on beaches")).passages[0].release_id == "patrols-2025"
assert figures.sync(client=server, q="cost of a drone", unit="GBP").figures
page = releases.sync(client=server, limit=2)
assert len(page.releases) == 2
assert len(releases.sync(client=server, limit=2, cursor=page.next_).releases) == 1
assert readyz.sync(client=server).index.releases == 3
assert healthz.sync(client=server).status == "ok"
assert "pressqa_http_requests_total" in metrics.sync(client=server)
lines = ask_batch.sync(client=server, body=BatchBody([BatchQuestion(question, id="a"), BatchQuestion("?!")]))
done = sorted((json.loads(line) for line in lines.splitlines()), key=lambda each: each["index"])
assert (done[0]["id"], done[0]["answer"]["answer"], done[1]["problem"]["status"]) == ("a", "2,580", 422)
assert "event: answer" in ask_stream.sync(client=server, q=question)
tag = ask_by_link.sync_detailed(client=server, q=question).headers["etag"]
assert ask_by_link.sync_detailed(client=server, q=question, if_none_match=tag).status_code == 304

refused = ask.sync(client=server, body=WriteAskBody(question="?!"))
assert isinstance(refused, ProblemObject), refused
kind = server.get_httpx_client().get(refused.type_)
assert kind.status_code == 200
assert kind.json()["title"] == refused.title
assert put_release.sync("x", client=server, body=ReleaseBody("T", "B.", "P", date(2024, 5, 1))).status == 401

desk = AuthenticatedClient(base_url=address, token=key, raise_on_unexpected_status=True)
made = put_release.sync(
    "bridge", client=desk, body=ReleaseBody("A bridge", "The bridge opens in May.", "Transport", date(2024, 5, 1))
)
entry = {"id": "tunnel", "title": "A tunnel", "body": "It opens in June.", "publisher": "Transport",
         "published": "2024-05-02"}
batch = put_releases.sync(
    client=desk, body=ReleasesBody(releases=[ReleasesBodyReleasesItem.from_dict(entry)])
)
while (done := job.sync(batch.id, client=desk)).finished is None:
    pass
assert (job.sync(made.id, client=desk).added, done.added, done.left_out) == (1, 1, 0)
assert delete_release.sync("bridge", client=desk).kind == "remove"
print("used")
"""


@pytest.mark.skipif(find_spec("openapi_python_client") is None, reason="openapi-python-client is not installed")
def test_a_generated_client_asks_searches_lists_and_writes(
    tmp_path: Path, ingest: Callable[..., Any], releases: Any, live: Callable[[FastAPI], HTTPConnection]
) -> None:
    settings = ingest(tmp_path, releases)
    _, key = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    app = create_app(settings)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(app.openapi()))
    made = tmp_path / "pressqa_client"
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    options = ["--path", str(document), "--output-path", str(made)]
    told = subprocess.run([*generate, *options], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert "WARNING parsing" not in told.stdout + told.stderr, "every operation and response can be used"
    connection = live(app)
    address = f"http://127.0.0.1:{connection.port}"
    done = subprocess.run(
        [sys.executable, "-c", USE, address, key],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.stdout == "used\n", done.stderr
