import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.disk.lock import writing
from index.errors import IndexLockedError, StorageError

HOLD = """
import sys, pathlib
from index.disk.lock import writing
with writing(pathlib.Path(sys.argv[1])):
    print("holding", flush=True)
    sys.stdin.readline()
"""


def test_one_writer_at_a_time_and_the_other_is_named(tmp_path: Path) -> None:
    with writing(tmp_path):
        with (
            pytest.raises(IndexLockedError, match=rf"process {os.getpid()}, since 20\d\d-") as caught,
            writing(tmp_path),
        ):
            pass
        assert str(tmp_path) in str(caught.value)
        assert caught.value.hint
    with writing(tmp_path):
        pass


def test_a_lock_dies_with_its_holder(tmp_path: Path, python: Callable[..., Any]) -> None:
    with python(HOLD, str(tmp_path), wait=False, stdin=-1, stdout=-1) as holder:
        assert holder.stdout.readline() == b"holding\n"
        with pytest.raises(IndexLockedError, match=rf"process {holder.pid}\b"), writing(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with writing(tmp_path):
            assert json.loads((tmp_path / "writer.json").read_text("utf-8"))["pid"] == os.getpid()


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}", '{"pid": 1}'])
def test_a_holder_that_left_no_readable_name_is_just_another_process(tmp_path: Path, text: str) -> None:
    with writing(tmp_path):
        (tmp_path / "writer.json").write_text(text, "utf-8")
        with pytest.raises(IndexLockedError, match="another process is writing"), writing(tmp_path):
            pass


def test_the_lock_is_given_back_on_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path):
        raise RuntimeError
    with writing(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["write.lock"]


def test_a_folder_that_is_not_there_or_a_lock_that_is_a_folder_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "write.lock").mkdir()
    for folder in (tmp_path, tmp_path / "write.lock" / ("x" * 300)):
        with pytest.raises(StorageError, match="cannot write in"), writing(folder):
            pass


def test_a_file_system_without_locks_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def acquire(self: object, **options: object) -> None:
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr("filelock.FileLock.acquire", acquire)
    with pytest.raises(StorageError, match="flock"), writing(tmp_path):
        pass
