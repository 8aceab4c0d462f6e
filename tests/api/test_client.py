"""The client in Python against a real server on loopback: its results are those of the engine."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.client import Client, RefusedError, ServerError
from api.job_store import JobStore
from api.keys import create_key
from api.responses import JobObject
from api.settings import ServerSettings
from index.models.hashing_embedder import HASHING_MODEL
from index.sources import dump_line
from index.types import ChangeNote, Release, SearchFilter
from qa.engine import Engine
from qa.settings import Settings
from qa.types import FigureFilter, full_release

Live = Callable[..., HTTPConnection]
QUESTION = "how many foreign criminals were removed?"


@pytest.fixture
def asking(live: Live, engine: Engine) -> Iterator[Client]:
    at = live(create_app(engine=engine))
    with Client(f"http://127.0.0.1:{at.port}", trust_env=False) as client:
        yield client


def untimed(result: Any) -> Any:
    return replace(result, timings_ms={})


def test_its_results_are_those_of_the_engine(asking: Client, engine: Engine) -> None:
    where = SearchFilter(as_of=date(2030, 1, 1), until=date(2025, 1, 9))
    options: list[dict[str, Any]] = [{}, {"where": where, "top_k": 2, "explain": True}, {"max_tokens": 20}]
    for given in options:
        assert untimed(asking.ask(QUESTION, **given)) == untimed(engine.ask(QUESTION, **given))
    drones = "drones at night"
    assert untimed(asking.search(drones, where=where)) == untimed(engine.search(drones, where=where))
    pounds: dict[str, Any] = {"wanted": FigureFilter(unit="GBP"), "limit": 3}
    assert untimed(asking.figures("grants", **pounds)) == untimed(engine.figures("grants", **pounds))
    assert asking.releases(limit=2) == engine.releases(limit=2)
    assert asking.release("patrols-2025") == full_release(engine.release("patrols-2025"))


def test_a_batch_gives_each_question_its_answer_or_its_problem(asking: Client, engine: Engine) -> None:
    found = {each.place: each for each in asking.ask_many([QUESTION, "?!", "what do drones cost?"])}
    assert sorted(found) == [0, 1, 2]
    first, second = found[0].answer, found[1].problem
    assert first is not None
    assert first.answer == engine.ask(QUESTION).answer
    assert second is not None
    assert second.status == 422


def test_what_is_refused_and_what_is_not_there_say_so(asking: Client) -> None:
    with pytest.raises(RefusedError, match="since") as refused:
        asking.ask(QUESTION, where=SearchFilter(since=date(2025, 1, 2), until=date(2025, 1, 1)))
    assert refused.value.problem.status == 422
    with pytest.raises(RefusedError) as missing:
        asking.release("no/such?release")
    assert missing.value.problem.type == "/problems/unknown-release"
    with pytest.raises(ServerError, match="cannot be reached"), Client("http://127.0.0.1:9", trust_env=False) as nobody:
        nobody.ask(QUESTION)
    for wrong in ("127.0.0.1:8000", "http://", "http://127.0.0.1:port", "ftp://127.0.0.1"):
        with pytest.raises(ServerError, match="address"):
            Client(wrong)
    with pytest.raises(RefusedError, match="question"):
        asking.ask("half a pair: \ud83d")


def test_a_key_is_taken_as_a_file_has_it_and_never_told(live: Live, engine: Engine, tmp_path: Path) -> None:
    _, key = create_key(tmp_path, "desk", "read", None, datetime.now(UTC))
    at = live(create_app(Settings(data=tmp_path), engine=engine, server=ServerSettings(require_key=True)))
    with Client(f"http://127.0.0.1:{at.port}", key=f"{key}\n", trust_env=False) as client:
        assert client.ask(QUESTION).answer
    for wrong in (f"{key}ü", f"{key}\n{key}"):
        with pytest.raises(ServerError, match="characters that no key has") as refused:
            Client("http://127.0.0.1:8000", key=wrong)
        assert key not in str(refused.value)


def test_releases_are_added_changed_and_deleted_with_a_key(live: Live, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "index", model=HASHING_MODEL)
    _, key = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    at = live(create_app(settings))
    url = f"http://127.0.0.1:{at.port}"
    bridge = Release("news/bridge 1", "A bridge", "The bridge opens in May.", "Transport", date(2024, 5, 1), None)
    told = replace(
        bridge,
        updated=date(2024, 5, 2),
        withdrawn=date(2024, 5, 3),
        withdrawn_notice="It opens in June.",
        language="en",
        content_id="c-1",
        changes=(ChangeNote(date(2024, 5, 2), "A day was corrected."),),
        government="2024 Labour government",
    )
    with Client(url, key=key, trust_env=False) as client:
        assert client.wait(client.put(told)).added == 1
        assert client.release("news/bridge 1") == full_release(told)
        others = [replace(bridge, id=f"b{number}", title=f"Bridge {number}") for number in range(3)]
        assert client.wait(client.put_many(others)).added == 3
        assert client.wait(client.remove("news/bridge 1")).removed == 1
    with Client(url, trust_env=False) as nobody, pytest.raises(RefusedError) as refused:
        nobody.put(bridge)
    assert refused.value.problem.status == 401


def test_a_job_is_waited_for_while_its_server_is_started_anew(live: Live, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "index", model=HASHING_MODEL)
    _, key = create_key(settings.data, "desk", "write", None, datetime.now(UTC))
    kept = socket.socket()  # the port is taken, and nobody listens there yet
    kept.bind(("127.0.0.1", 0))
    port = kept.getsockname()[1]
    bridge = Release("bridge", "A bridge", "The bridge opens in May.", "Transport", date(2024, 5, 1), None)
    store = JobStore(settings.data)
    added = store.add("put", [dump_line(bridge)])
    job = JobObject(
        id=added.id, kind="put", state="queued", done=0, total=1, created=datetime.now(UTC), started=None, finished=None
    )
    store.close()
    with Client(f"http://127.0.0.1:{port}", key=key, trust_env=False) as client, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.wait, job, 60)
        time.sleep(0.5)
        assert not waiting.done()
        live(create_app(settings), kept)
        assert waiting.result().added == 1
