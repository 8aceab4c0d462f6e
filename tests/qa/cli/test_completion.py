"""What a shell completes: bash itself is asked, and nothing from a release can reach its command line unescaped."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.types import Release

HOSTILE = "x$(touch owned);`touch owned`'\"&|*"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Release], new_lab: Callable[..., Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("completion") / "data")
    names = ("Harbour Board", "Harbour & Port (2018 to 2021)", HOSTILE)
    lab.ingest(*(make(i, publisher=name) for i, name in enumerate(names)), make(4, id=f"release/{HOSTILE}"))
    data: Path = lab.data
    return data


@pytest.fixture
def complete(folder: Path) -> Callable[..., list[str]]:
    """Return what is offered for the last of the words in a shell's command line."""

    def run(*words: str, shell: str = "bash", data: Path = folder) -> list[str]:
        env = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "PRESSQA_DATA": str(data),
            "_PRESSQA_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": "\n".join(("pressqa", *words)),
            "COMP_CWORD": str(len(words)),
            "_TYPER_COMPLETE_ARGS": " ".join(("pressqa", *words)),
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        }
        code = "from qa.cli.commands import main; main()"
        result = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert result.stderr == ""
        return [line for line in result.stdout.splitlines() if line]

    return run


def test_commands_options_publishers_and_ids_are_completed(complete: Callable[..., list[str]]) -> None:
    assert {"ask", "search", "serve", "eval"} <= set(complete(""))
    assert complete("ask", "--pa") == ["--passages"]
    assert complete("ask", "--publisher", "harbour\\ b") == ["Harbour\\ Board"]
    assert complete("search", "--publisher", "Harbour\\ ") == [
        "Harbour\\ \\&\\ Port\\ \\(2018\\ to\\ 2021\\)",
        "Harbour\\ Board",
    ]
    assert complete("figures", "--publisher", '"Harb') == ["Harbour Board"]
    assert complete("releases", "show", "release/1") == ["release/1"]
    assert complete("remove", "release/2") == ["release/2"]


def test_without_an_index_nothing_is_completed_and_nothing_is_said(
    complete: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert complete("ask", "--publisher", "H", data=tmp_path / "nowhere") == []


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_are_offered_nothing_that_could_harm_them(complete: Callable[..., list[str]], shell: str) -> None:
    assert "".join(complete("releases", "show", "release/1", shell=shell)).count("release/1") >= 1
    offered = "\n".join(complete("releases", "show", "rel", shell=shell))
    assert "release/2" in offered
    assert "owned" not in offered
    assert "owned" not in "\n".join(complete("ask", "--publisher", "x", shell=shell))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("words", [["releases", "show", "release/x"], ["ask", "--publisher", "x"]])
def test_bash_puts_a_hostile_name_into_the_line_as_one_word(
    complete: Callable[..., list[str]], tmp_path: Path, words: list[str]
) -> None:
    (offered,) = complete(*words)
    result = subprocess.run(["bash", "-c", f"printf '%s\\n' {offered}"], cwd=tmp_path, capture_output=True, check=True)
    assert result.stdout.decode() == f"{words[-1].removesuffix('x')}{HOSTILE}\n"
    assert list(tmp_path.iterdir()) == []
