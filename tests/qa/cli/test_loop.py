"""Asking one question after another: a real terminal, and somebody who types."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FERRIES = "how many ferries were inspected?"
PARROTS = "how many parrots are kept in Hull?"
UP, CTRL_C, CTRL_D = "\x1b[A", "\x03", "\x04"

SLOW = """
import time
from qa.engine import Engine
steps = Engine.steps
def slow(self, question, **options):
    yield from ()
    if "slowly" in question:
        print("[waiting]", flush=True)
        time.sleep(60)
    yield from steps(self, question, **options)
Engine.steps = slow
"""
"""Stands before the command: a question with "slowly" in it takes a minute."""

LOUD = """
import qa.compose as compose
load = compose.load_reader
def loud(*args, **options):
    print("[a reader is loaded]", flush=True)
    return load(*args, **options)
compose.load_reader = loud
"""
"""Stands before the command: loading a reader is heard."""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "state" / "questions"


def test_questions_are_answered_one_after_another_until_an_empty_line(
    terminal: Callable[..., Any], seen: Callable[[str], str]
) -> None:
    asking = terminal("ask")
    greeting = seen(asking.read("ask> "))
    assert greeting.startswith("Asking 4 releases by 2 publishers (Harbour Board; Ministère de l’Été), published")
    asking.type(f"{FERRIES}\n")
    assert "2,580" in asking.read("ask> ")
    asking.type("?!\n")  # an error ends its question only
    assert "pressqa: the question is empty" in asking.read("ask> ")
    asking.type(f"{PARROTS}\n")
    assert "Not found in the releases." in asking.read("ask> ")
    asking.type(" \n")
    asking.end()
    assert asking.code == 0


def test_arrow_keys_recall_questions_of_this_run_and_of_earlier_ones(
    terminal: Callable[..., Any], history: Path
) -> None:
    first = terminal("ask")
    first.read("ask> ")
    for question in (FERRIES, PARROTS, PARROTS):
        first.type(f"{question}\n")
        first.read("ask> ")
    first.type(f"{UP}{UP}\n")
    assert "2,580" in first.read("ask> ")
    first.type(CTRL_D)
    first.end()
    assert first.code == 0
    assert history.read_text("utf-8").splitlines() == [FERRIES, PARROTS, FERRIES]
    assert history.stat().st_mode & 0o777 == 0o600

    second = terminal("ask")
    second.read("ask> ")
    second.type(f"{UP}{UP}\n")
    assert "Not found in the releases." in second.read("ask> ")
    second.type(f"{UP}{UP}{UP}{UP}\n")
    assert "2,580" in second.read("ask> ")


def test_ctrl_c_stops_only_the_question_and_clears_a_line(terminal: Callable[..., Any], seen: Any) -> None:
    asking = terminal("ask", before=SLOW)
    asking.read("ask> ")
    asking.type("how many ferries slowly\n")
    asking.read("[waiting]")
    asking.type(CTRL_C)
    assert "stopped" in asking.read("ask> ")
    time.sleep(0.5)  # readline misses a signal in the moment between its prompt and its wait for keys
    asking.type(f"not to be asked{CTRL_C}")
    asking.read("ask> ")
    asking.type(f"{FERRIES}\n")
    assert "2,580" in asking.read("ask> ")
    asking.type(CTRL_D)
    assert "not to be asked" not in seen(asking.end())
    assert asking.code == 0


def test_what_is_filtered_stays_filtered_and_the_models_are_loaded_once(
    terminal: Callable[..., Any], seen: Callable[[str], str]
) -> None:
    asking = terminal("ask", "--as-of", "2024-12-31", "--passages", before=LOUD, columns=200)
    shown = asking.read("ask> ")
    for _ in range(2):
        asking.type(f"{FERRIES}\n")
        shown += asking.read("ask> ")
    assert shown.count("[a reader is loaded]") == 1
    assert seen(shown).count("as known on 31 December 2024") == 2
    assert "2,580" not in shown


def test_a_language_model_writes_beside_each_answer(
    terminal: Callable[..., Any], seen: Callable[[str], str], language_model: Any
) -> None:
    quote = "Since the summer, 2,580 ferries were inspected, 23% more than a year earlier."
    language_model.text = f'Since the summer, 2,580 ferries were inspected. [1: "{quote}"] Nobody knows why.'
    asking = terminal("ask", "--write", columns=200, **language_model.settings())
    asking.read("ask> ")
    for _ in range(2):
        asking.type(f"{FERRIES}\n")
        shown = seen(asking.read("ask> "))
        assert "Written by stub, and checked" in shown
        assert "1 sentence left out" in shown
        assert "Nobody knows" not in shown
    assert len(language_model.asked) == 2


def test_a_history_that_cannot_be_kept_is_told_and_stops_nothing(terminal: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    asking = terminal("ask", PRESSQA_HISTORY=str(tmp_path / "file" / "questions"))
    shown = asking.read("ask> ")
    for _ in range(2):
        asking.type(f"{FERRIES}\n")
        shown += asking.read("ask> ")
        assert "2,580" in shown
    assert shown.count("questions cannot be kept in") == 1


def test_an_old_or_hostile_history_is_plain_text(terminal: Callable[..., Any], history: Path) -> None:
    history.parent.mkdir()
    history.write_bytes(b"\xff\xfe\x1b[2Jhow many\x00 ferries were inspected?\n\n" + b"x" * 100_000 + b"\n")
    asking = terminal("ask")
    asking.read("ask> ")
    asking.type(f"{UP}{UP}")
    assert "\x1b[2J" not in asking.read("ferries were inspected?")
    asking.type("\n")
    assert "2,580" in asking.read("ask> ")


def test_no_history_if_it_is_not_wanted(terminal: Callable[..., Any], history: Path) -> None:
    asking = terminal("ask", PRESSQA_HISTORY="none")
    asking.read("ask> ")
    asking.type(f"{FERRIES}\n")
    asking.read("ask> ")
    asking.type(f"{UP}\n")  # within a run the arrow keys still work
    assert "2,580" in asking.read("ask> ")
    assert not history.parent.exists()


@pytest.mark.parametrize("how", [{"stdin": -3}, {"stdin": -1}])
def test_without_a_terminal_the_question_is_missing(pressqa: Callable[..., Any], harbours: Path, how: Any) -> None:
    with pressqa("ask", data=harbours, wait=False, stdout=-1, stderr=-1, **how) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, b"")
    assert errors.decode().splitlines()[0].startswith("pressqa: QUESTION is missing")


def test_a_loop_prints_no_json(terminal: Callable[..., Any]) -> None:
    asking = terminal("ask", "--json")
    assert "--json is given without a QUESTION" in asking.end()
    assert asking.code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_terminal_that_is_closed_ends_the_loop(terminal: Callable[..., Any]) -> None:
    asking = terminal("ask")
    asking.read("ask> ")
    os.kill(asking.pid, signal.SIGHUP)
    asking.end()
    assert asking.code == -signal.SIGHUP
