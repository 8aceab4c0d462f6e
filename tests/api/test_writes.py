"""Changing the index over HTTP: one release, many, and jobs that outlive the server.

Long because a job is killed, resumed and watched in many ways, with the same server and key.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from api.app import create_app
from api.job_store import FILE as JOBS
from api.job_store import JobStore
from api.keys import create_key
from index.errors import StorageError
from index.models.hashing_embedder import HASHING_MODEL
from index.search.files import FOLDER
from index.search.pointer import read_pointer
from index.types import SyncReport
from qa import holdings, upkeep
from qa.settings import Settings

Ingest = Callable[[Path, list[dict[str, str]]], Settings]
BRIDGE = {
    "title": "A new bridge",
    "body": "The bridge opens in May.",
    "publisher": "Transport",
    "published": "2024-05-01",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "index", model=HASHING_MODEL)


@pytest.fixture
def writer(settings: Settings) -> Iterator[TestClient]:
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def finished(client: TestClient, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        job: dict[str, Any] = client.get(address).json()
        if job["finished"]:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.02)


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield what each file of an index holds; parts are merged meanwhile, and files that are gone hold nothing."""
    for place, _, names in os.walk(folder):  # passes over folders that are gone
        for path in (Path(place, name) for name in names):
            with suppress(FileNotFoundError):
                yield path, path.read_bytes()


def test_a_release_that_was_put_is_found_changed_and_deleted(writer: TestClient, settings: Settings) -> None:
    got = writer.put("/v1/releases/news%2Fbridge", json=BRIDGE)
    job = got.json() if got.status_code == 200 else finished(writer, got.headers["location"])
    assert (job["state"], job["added"], job["done"], job["total"]) == ("done", 1, 1, 1)
    found = writer.get("/v1/ask", params={"q": "when does the bridge open?"}).json()
    assert found["passages"][0]["release_id"] == "news/bridge"
    again = writer.put("/v1/releases/news%2Fbridge", json=BRIDGE).json()
    assert finished(writer, f"/v1/jobs/{again['id']}")["unchanged"] == 1
    changed = writer.put("/v1/releases/news%2Fbridge", json=BRIDGE | {"body": "The bridge opens in June."}).json()
    assert finished(writer, f"/v1/jobs/{changed['id']}")["changed"] == 1
    assert writer.get("/v1/releases/news%2Fbridge").json()["body"] == "The bridge opens in June."
    gone = writer.delete("/v1/releases/news%2Fbridge").json()
    assert finished(writer, f"/v1/jobs/{gone['id']}")["removed"] == 1
    assert writer.get("/v1/releases/news%2Fbridge").status_code == 404
    missing = writer.delete("/v1/releases/news%2Fbridge").json()
    assert (missing["type"], missing["hint"]) == ("/problems/unknown-release", "GET /v1/releases lists them")
    # What is removed is removed: also from the jobs that stored it.
    files = dict(contents(settings.data))
    assert settings.data / JOBS in files
    assert not [path for path, held in files.items() if b"bridge opens" in held]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (BRIDGE | {"body": " \n "}, "body"),
        (BRIDGE | {"url": "javascript:alert(1)"}, "url"),
        (BRIDGE | {"published": "yesterday"}, "date"),
        (BRIDGE | {"more": 1}, "more"),
        ({"title": "x"}, "body"),
        ([], "body"),
    ],
)
def test_a_release_that_cannot_be_is_refused_at_once(writer: TestClient, body: Any, says: str) -> None:
    got = writer.put("/v1/releases/bridge", json=body)
    assert got.status_code == 422, got.text
    assert says in got.json()["detail"]
    assert writer.put("/v1/releases/" + "x" * 501, json=BRIDGE).status_code == 422
    assert writer.put("/v1/releases/%20a%20%20b", json=BRIDGE).status_code == 422


def test_one_bad_release_does_not_fail_the_others(writer: TestClient) -> None:
    releases = [
        BRIDGE | {"id": "one"},
        BRIDGE | {"id": "two", "published": "never"},
        {"id": "three"},
        BRIDGE | {"id": "four", "title": "\ud83d"},
        BRIDGE | {"id": "five", "title": "<script>alert(1)</script> bridge"},
    ]
    got = writer.post(
        "/v1/releases:batch", content=json.dumps({"releases": releases}), headers={"Content-Type": "application/json"}
    )
    assert got.status_code == 202, got.text
    job = finished(writer, got.headers["location"])
    assert (job["state"], job["added"], job["left_out"]) == ("done", 2, 3)
    assert [problem["where"] for problem in job["problems"]] == ["releases[1]", "releases[2]", "releases[3]"]
    assert {each["id"] for each in writer.get("/v1/releases").json()["releases"]} == {"one", "five"}


WELSH = BRIDGE | {"title": "Pont newydd", "body": "Mae’r bont yn agor ym mis Mai.", "language": "cy"}
GREEK = BRIDGE | {"title": "Νέα γέφυρα", "body": "Η γέφυρα ανοίγει τον Μάιο."}


def test_what_the_model_does_not_read_is_told_and_not_embedded(writer: TestClient) -> None:
    for release, says in ((WELSH, 'the language "cy"'), (GREEK, "Greek")):
        got = writer.put("/v1/releases/bridge", json=release)
        assert (got.status_code, got.json()["type"]) == (409, "/problems/language-not-read"), got.text
        assert says in got.json()["detail"]
        assert "PRESSQA_LANGUAGES" in got.json()["hint"]
    got = writer.post("/v1/releases:batch", json={"releases": [WELSH, BRIDGE | {"id": "one"}, GREEK]})
    job = finished(writer, got.headers["location"])
    assert (job["added"], job["left_out"]) == (1, 0)
    assert [each["where"] for each in job["skipped"]] == ["releases[0]", "releases[2]"]
    assert "does not read" in job["skipped"][1]["reason"]
    assert [each["id"] for each in writer.get("/v1/releases").json()["releases"]] == ["one"]


def test_a_server_takes_the_languages_that_its_settings_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSQA_LANGUAGES", "en, cy")
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        got = client.put("/v1/releases/pont", json=WELSH)
        job = got.json() if got.status_code == 200 else finished(client, got.headers["location"])
        assert job["added"] == 1
        assert client.get("/v1/releases/pont").json()["language"] == "cy"


def test_what_is_no_batch_or_no_job_is_a_problem(writer: TestClient) -> None:
    for body in ({"releases": []}, {"releases": [1]}, {"releases": [{}] * 1001}, {}, []):
        assert writer.post("/v1/releases:batch", json=body).status_code == 422
    for job in ("none", "x" * 101, "..%2F..%2Fetc", "' OR 1=1"):
        assert writer.get(f"/v1/jobs/{job}").status_code in (404, 422)


def test_a_key_for_writing_may_send_longer_bodies(writer: TestClient) -> None:
    long = BRIDGE | {"body": "The bridge opens in May. " * 60_000}
    assert writer.post("/v1/releases:batch", json={"releases": [long]}).status_code == 202
    assert writer.post("/v1/ask", json={"question": "x" * 2_000_000}, headers={"Authorization": ""}).status_code == 413


def test_a_release_that_is_not_stored_yet_is_deleted_after_it_is(
    writer: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.writes.PATIENCE", 0.1)
    settings.data.mkdir(exist_ok=True)
    with FileLock(settings.data / "jobs.lock"):  # another server does the jobs, and takes its time
        other = {"releases": [BRIDGE | {"id": "“élan” /1", "title": "one"}, BRIDGE | {"id": "two"}]}
        assert writer.post("/v1/releases:batch", json=other).status_code == 202
        assert writer.put("/v1/releases/one", json=BRIDGE).status_code == 202
        deleted = [writer.delete(f"/v1/releases/{quote(each, safe='')}") for each in ("one", "“élan” /1")]
        assert [each.status_code for each in deleted] == [202, 202]
        assert deleted[0].json()["state"] == "queued"
        # There is no index yet in which others could be looked for.
        assert writer.delete("/v1/releases/bridge").json()["type"] == "/problems/index-missing"
    for each in deleted:
        assert finished(writer, each.headers["location"])["removed"] == 1
    assert [each["id"] for each in writer.get("/v1/releases").json()["releases"]] == ["two"]
    assert writer.delete("/v1/releases/one").json()["type"] == "/problems/unknown-release"


def test_of_a_job_that_servers_die_at_only_the_release_that_kills_them_is_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    releases = [BRIDGE | {"id": name} for name in ("one", "deadly", "two")]
    store = JobStore(settings.data)
    job = store.add("put", [json.dumps(release) for release in releases])
    store.close()
    command = [sys.executable, "-c", DEADLY, "--port", "0", "--data", str(settings.data), "--log-level", "error"]
    environment = os.environ | {"PRESSQA_MODEL": HASHING_MODEL}
    for _ in range(2):  # once at the whole job, once at the release
        died = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, timeout=60, check=False)
        assert died.returncode == 9
    monkeypatch.setattr("api.job_runner.WHOLE", 1)
    monkeypatch.setattr("api.job_runner.ATTEMPTS", 1)
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        done = finished(client, f"/v1/jobs/{job.id}")
        assert (done["state"], done["left_out"], done["added"] + done["unchanged"]) == ("done", 1, 2)
        assert done["problems"][0]["where"] == "releases[1]"
        assert "died" in done["problems"][0]["reason"]
        assert {each["id"] for each in client.get("/v1/releases").json()["releases"]} == {"one", "two"}


def test_a_job_waits_for_what_hinders_it_and_says_so(writer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.job_runner._HINDERED", 0.1)
    monkeypatch.setattr("api.writes.PATIENCE", 0.1)
    stored = upkeep.ingest_sources
    full = threading.Event()
    full.set()

    def ingest_sources(*given: Any, **named: Any) -> SyncReport:
        if full.is_set():
            raise StorageError("database or disk is full", "make room")
        return stored(*given, **named)

    monkeypatch.setattr(upkeep, "ingest_sources", ingest_sources)
    address = writer.put("/v1/releases/bridge", json=BRIDGE).headers["location"]
    deadline = time.monotonic() + 60
    while (job := writer.get(address).json())["problem"] is None:
        assert time.monotonic() < deadline
    assert (job["state"], job["finished"]) == ("queued", None)
    assert job["problem"] == {"type": "/problems/storage", "detail": "database or disk is full", "hint": "make room"}
    full.clear()
    done = finished(writer, address)
    assert (done["state"], done["added"], done["problem"]) == ("done", 1, None)


def test_after_the_folder_is_taken_away_jobs_are_kept_in_the_new_one(writer: TestClient, settings: Settings) -> None:
    address = writer.put("/v1/releases/bridge", json=BRIDGE).headers["location"]
    assert finished(writer, address)["added"] == 1
    settings.data.rename(settings.data.with_name("before"))
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    writer.headers["Authorization"] = f"Bearer {token}"
    assert writer.get(address).json()["type"] == "/problems/unknown-job"
    assert not (settings.data / JOBS).exists(), "asking makes nothing"
    address = writer.put("/v1/releases/tunnel", json=BRIDGE).headers["location"]
    assert finished(writer, address)["added"] == 1
    store = JobStore(settings.data)
    assert store.counts() == {"done": 1}
    store.close()


def test_a_server_whose_jobs_cannot_be_read_answers_all_the_same(settings: Settings, ingest: Ingest) -> None:
    ingest(settings.data.parent, [BRIDGE])
    (settings.data / JOBS).write_bytes(b"no jobs at all" * 1000)
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.get("/readyz").status_code == client.get("/metrics").status_code == 200
        refused = client.put("/v1/releases/bridge", json=BRIDGE)
        assert refused.status_code == 503
        assert "damaged" in refused.json()["detail"]
        assert "move it away" in refused.json()["hint"]
        (settings.data / JOBS).unlink()
        assert finished(client, client.put("/v1/releases/bridge", json=BRIDGE).headers["location"])["added"] == 1


def test_a_file_of_jobs_of_an_earlier_version_is_read(settings: Settings) -> None:
    settings.data.mkdir()
    with closing(sqlite3.connect(settings.data / JOBS)) as connection:
        connection.execute(
            "CREATE TABLE job (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
            " state TEXT NOT NULL, entries TEXT NOT NULL, total INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
            " created REAL NOT NULL, started REAL, finished REAL, result TEXT) STRICT"
        )
        connection.execute(
            "INSERT INTO job (id, kind, state, entries, total, attempts, created)"
            " VALUES ('a', 'put', 'running', ?, 1, 1, 0)",
            (json.dumps([json.dumps(BRIDGE)]),),
        )
        connection.commit()
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        assert finished(client, "/v1/jobs/a")["added"] == 1


DEADLY = """
import os, typer
import api.job_runner
from api.cli import serve
from qa import upkeep

stored = upkeep.ingest_sources
api.job_runner.WHOLE = api.job_runner.ATTEMPTS = 1

def ingest_sources(settings, sources, *given, **named):
    if any("deadly" in text for source in sources for text in source.texts):
        os._exit(9)
    return stored(settings, sources, *given, **named)

upkeep.ingest_sources = ingest_sources
typer.run(serve)
"""
SENDER = """
import json, sys, urllib.request
name, address, token = sys.argv[1:]
for number in range(4):
    releases = [{"id": f"{name}-{number}-{n}", "title": "A bridge", "body": f"Bridge {n} opens.",
                 "publisher": "Transport", "published": "2024-05-01"} for n in range(20)]
    request = urllib.request.Request(f"{address}/v1/releases:batch", json.dumps({"releases": releases}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    urllib.request.urlopen(request)
    print(*[each["id"] for each in releases])
"""
SERVER = "import typer; from api.cli import serve; typer.run(serve)"


def test_no_acknowledged_write_is_lost_when_the_server_is_killed(settings: Settings) -> None:
    _, token = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    acknowledged: list[str] = []
    for round_number in range(2):
        environment = os.environ | {"PRESSQA_MODEL": HASHING_MODEL}
        command = [sys.executable, "-c", SERVER, "--port", "0", "--data", str(settings.data), "--log-level", "error"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split("listens on ")[1].split()[0]
            sender = [sys.executable, "-c", SENDER, str(round_number), address, token]
            sent = subprocess.run(sender, capture_output=True, text=True, check=True)
            acknowledged += sent.stdout.split()
        finally:
            server.send_signal(signal.SIGKILL)
            server.communicate(timeout=30)
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        deadline = time.monotonic() + 120
        store = JobStore(settings.data)
        while store.counts().keys() != {"done"}:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        store.close()
        assert client.get("/readyz").json()["index"]["releases"] == len(acknowledged) == 160
    stored = {json.loads(line)["id"] for line in holdings.export(settings)}
    assert stored == set(acknowledged)


def test_what_jobs_have_published_in_small_parts_is_merged_beside_them(
    writer: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.parts._FAN", 3)

    def published() -> int:
        found = read_pointer(settings.data / FOLDER)
        return len(found[0].parts) if found is not None else 0

    for number in range(9):
        got = writer.put(f"/v1/releases/{number}", json=BRIDGE | {"title": f"Bridge {number}"})
        assert got.status_code == 200 or finished(writer, got.headers["location"])["state"] == "done"
    deadline = time.monotonic() + 60
    while published() > 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert holdings.status(settings)["releases"] == 9
