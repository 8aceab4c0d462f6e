"""When commands and servers merge and train: after they have told their result, and so that nobody waits for it."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.errors import PressqaError
from index.models.hashing_embedder import HASHING_MODEL
from index.search import maintenance as merging
from index.search.files import FOLDER
from index.search.pointer import read_pointer
from index.sources import dump_line
from index.types import Release
from qa.maintenance import Maintenance
from qa.settings import Settings, read_settings

Make = Callable[..., Release]

SLOW = """
import sys
from index.search import lists, maintenance, parts
lists.EXACT["normal"], parts.LISTED = 20, 8
flush = maintenance.sync_to_disk
def wait(paths):
    flush(paths)
    print("merging", file=sys.stderr, flush=True)
    sys.stdin.readline()
maintenance.sync_to_disk = wait
from qa.cli.commands import main
main()
"""


def count_parts(data: Path) -> int:
    found = read_pointer(data / FOLDER)
    assert found is not None
    return len(found[0].parts)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def source(make: Make, write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    """A file of 30 releases."""
    return write_jsonl(tmp_path / "releases.jsonl", [make(i) for i in range(30)])


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT and SIGKILL")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, None])
def test_an_ingest_tells_its_result_before_it_trains_and_may_be_stopped_then(
    lab: Any, make: Make, source: Path, python: Callable[..., Any], how: signal.Signals | None
) -> None:
    settings = {"PRESSQA_DATA": str(lab.data)}
    with python(
        SLOW, "ingest", str(source), env=settings, wait=False, stdin=-1, stdout=-1, stderr=-1, text=True
    ) as command:
        assert command.stdout.readline() == "30 added, 0 changed, 0 unchanged, 0 left out (30 passages, 30 embedded)\n"
        assert command.stderr.readline() == "merging\n"
        assert lab.ids("uniq7v0", 1) == ["release/7"], "it is published"
        lab.ingest(make(30))
        if how is not None:
            os.kill(command.pid, how)
        output, errors = command.communicate("\n" * 99)
    assert output == ""
    if how == signal.SIGINT:
        assert "stopped merging: what was done is stored" in errors
    assert command.returncode == (-9 if how == signal.SIGKILL else 0)
    found = read_pointer(lab.data / FOLDER)
    assert found is not None
    assert (found[0].structure is not None) == (how is None)
    assert lab.ids("uniq30v0", 1) == ["release/30"]
    assert not lab.verify().rebuilt
    found = read_pointer(lab.data / FOLDER)
    assert found is not None
    assert {path.name for path in (lab.data / FOLDER).iterdir()} == found[0].names


def test_a_full_disk_while_merging_is_told_and_changes_no_exit_code(
    lab: Any, source: Path, make: Make, pressqa: Callable[..., Any], python: Callable[..., Any]
) -> None:
    assert pressqa("ingest", source, data=lab.data).returncode == 0
    code = """
from index.search import maintenance, parts
def full(*given):
    raise OSError(28, "No space left on device")
maintenance.write_part = full
parts._FAN = 2
from qa.cli.commands import main
main()
"""
    source.write_text(dump_line(make(30)) + "\n", "utf-8")
    done = python(code, "ingest", str(source), env={"PRESSQA_DATA": str(lab.data)})
    assert (done.returncode, done.stdout[:7]) == (0, b"1 added"), done.stderr
    assert b"pressqa: cannot merge the index files" in done.stderr
    assert b"it answers as before" in done.stderr
    assert lab.ids("uniq30v0", 1) == ["release/30"]


def test_a_thread_maintains_when_it_is_woken_tells_of_errors_and_stops(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.maintains = False
    for number in range(8):
        lab.ingest(make(number))
    told: list[PressqaError] = []
    thread = Maintenance(Settings(data=lab.data, model=HASHING_MODEL), told.append)
    write = merging.write_part

    def full(*given: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(merging, "write_part", full)
    thread.wake()
    until(lambda: bool(told))
    assert "No space left" in str(told[0])
    assert count_parts(lab.data) == 8
    monkeypatch.setattr(merging, "write_part", write)
    thread.wake()
    until(lambda: count_parts(lab.data) == 1)
    thread.stop()
    for number in range(8, 15):
        lab.ingest(make(number))
    thread.wake()
    assert count_parts(lab.data) == 8, "it has stopped"
    assert len(told) == 1


def test_the_setting_for_small_machines_is_shown_and_anything_else_is_refused(
    lab: Any, make: Make, pressqa: Callable[..., Any]
) -> None:
    lab.ingest(make(1))
    for name in ("low", "normal"):
        status = json.loads(pressqa("status", "--json", data=lab.data, env={"PRESSQA_MEMORY": name}).stdout)
        assert (status["memory"], status["vectors_searched"]) == (name, "every vector")
    done = pressqa("status", data=lab.data, env={"PRESSQA_MEMORY": "tiny"})
    assert done.returncode == 2
    assert b"PRESSQA_MEMORY is 'tiny'" in done.stderr
    assert b"'normal' or 'low'" in done.stderr
    assert read_settings(Settings, {"data": lab.data}).memory == "normal"
