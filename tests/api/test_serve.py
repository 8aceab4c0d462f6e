import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api import cli
from api.http_protocol import PatientServer
from index.errors import InputError
from qa.settings import Settings

RUN = "import typer; from api.cli import serve; typer.run(serve)"


@contextmanager
def _serving(*options: str, **environment: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run the real command and yield the address that it says it listens on."""
    command = [sys.executable, "-c", RUN, "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        address = re.search(r"http://\S+", told)
        assert address, told
        yield address.group(), process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_serve_answers_where_it_says_and_stops_when_asked(settings: Settings) -> None:
    with _serving("--data", str(settings.data)) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/v1/ask?q=how+many+criminals+were+removed", timeout=30) as got:
            assert json.load(got)["passages"][0]["release_id"] == "returns-2024"
            assert "server" not in got.headers
    assert process.returncode == 0


def test_a_connection_is_kept_longer_than_a_proxy_keeps_it(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    # One that the server closes first may be closed while the proxy sends a request on it, which fails: 502.
    kept: list[int] = []
    monkeypatch.setattr(PatientServer, "run", lambda self, sockets: kept.append(self.config.timeout_keep_alive))
    monkeypatch.setattr("qa.compose.open_engine", lambda settings, *, wait, serves: Cycle())
    for changes_this_process in ("_share_cores", "_log_to_stderr"):
        monkeypatch.setattr(cli, changes_this_process, lambda *given: None)
    try:
        cli.serve(port=0, data=settings.data)
    finally:
        gc.unfreeze()
    assert min(kept) > 60


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_the_collector_passes_over_what_is_there_once_an_engine_is_open_but_for_an_engine_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.compose.open_engine", lambda settings, *, wait, serves: Cycle())
    assert gc.get_freeze_count() == 0
    try:
        opens = cli._opening(Settings())
        before = weakref.ref(opens())
        assert gc.get_freeze_count() > 0
        gc.collect()
        assert before() is not None
        opens()
        assert before() is None
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_serve_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    with _serving(PRESSQA_DATA=str(tmp_path / "none")) as (address, process):
        with urllib.request.urlopen(f"{address}/healthz", timeout=30) as got:
            assert got.status == 200
        assert process.stderr is not None
        for line in process.stderr:
            if "not ready" in line:
                assert "pressqa ingest" in line
                break
        else:
            pytest.fail("the server did not say that there is no index")


def test_a_taken_port_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1 port {port} is taken") as caught:
            cli.serve(port=port)
        assert "--port" in caught.value.hint


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 0), ("203.0.113.1", 0), ("127.0.0.1", 70_000)])
def test_an_address_that_cannot_be_listened_on_is_one_clear_error(host: str, port: int) -> None:
    with pytest.raises(InputError) as caught:
        cli.serve(host=host, port=port)
    assert caught.value.hint


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSQA_CONCURRENCY", "none")
    with pytest.raises(InputError, match="PRESSQA_CONCURRENCY is 'none'") as caught:
        cli.serve(port=0)
    assert "PRESSQA_CONCURRENCY" in caught.value.hint
