from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.disk import scratch as scratches
from index.disk.scratch import scratch
from index.disk.staging import PREFIX, staging, sweep

HOLD = """
import sys, pathlib
from index.disk.scratch import scratch
from index.disk.staging import staging
with staging(pathlib.Path(sys.argv[1]), ["a"]) as folder, scratch(folder / "words") as made:
    (folder / "half").write_text("half")
    (made / "half").write_text("half")
    print(folder.name, made, flush=True)
    sys.stdin.readline()
"""


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_folder_goes_with_what_was_left_in_it(tmp_path: Path) -> None:
    with staging(tmp_path) as folder:
        assert folder.name.startswith(PREFIX)
        (folder / "left").write_text("x")
        (folder / "moved").write_text("x")
        (folder / "moved").rename(tmp_path / "moved")
        with staging(tmp_path) as other:
            assert other != folder
    assert names(tmp_path) == ["moved"]
    with pytest.raises(OSError, match="full"), staging(tmp_path):
        raise OSError("full")
    assert names(tmp_path) == ["moved"]


def test_a_sweep_leaves_the_folders_of_the_living_while_what_they_are_made_of_is_there(tmp_path: Path) -> None:
    with staging(tmp_path) as plain, staging(tmp_path, ["a", "b"]) as both, staging(tmp_path, ["a"]) as one:
        sweep(tmp_path, {"a", "b", "c"})
        assert all(folder.exists() for folder in (plain, both, one))
        sweep(tmp_path, {"a"})
        assert [folder.exists() for folder in (plain, both, one)] == [True, False, True]
        with pytest.raises(FileNotFoundError):
            (both / "file").write_text("x")
    assert names(tmp_path) == []


def test_a_sweep_deletes_what_a_killed_process_left_on_disk_and_in_memory(
    tmp_path: Path, python: Callable[..., Any]
) -> None:
    with python(HOLD, str(tmp_path), wait=False, stdin=-1, stdout=-1, text=True) as maker:
        name, made = maker.stdout.readline().split()
        sweep(tmp_path, {"a"})
        assert (tmp_path / name / "half").exists()
        assert (Path(made) / "half").exists()
        maker.kill()
        maker.wait()
    assert Path(made).exists()
    sweep(tmp_path, {"a"})
    assert names(tmp_path) == []
    assert not Path(made).exists()


def test_a_folder_that_was_made_but_not_locked_yet_is_swept_and_another_made(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}new").mkdir()
    (tmp_path / "other").mkdir()
    sweep(tmp_path, set())
    assert names(tmp_path) == ["other"]
    with pytest.raises(FileNotFoundError), staging(tmp_path / "missing"):
        pass


def test_scratch_is_in_the_folder_where_there_is_no_place_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratches, "_MEMORY", tmp_path / "nowhere")
    with scratch(tmp_path) as made:
        assert made.parent == tmp_path
        assert names(made) == []
    assert names(tmp_path) == []
