"""What a person sees of an answer: whole screens, on a terminal and in a pipe."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from index.models.hashing_embedder import HASHING_MODEL
from qa.cli.commands import app

FERRIES = "how many ferries were inspected?"
PARROTS = "how many parrots are kept in Hull?"
BUOYS = "how many buoys are in South Sound in 2024?"
PAST = "how many ferries were inspected in 2019?"
LAMPS = "what did the lighthouse keeper change?"

SCREENS = Path(__file__).with_name("screens")
"""What is to be seen, as files to look at."""

IN_A_PIPE = {"ferries": FERRIES, "parrots": PARROTS, "buoys": BUOYS}
ON_A_TERMINAL = [("ferries", FERRIES, 80), ("past", PAST, 40), ("lamps", LAMPS, 200)]


@pytest.fixture
def piped(harbours: Path) -> Callable[..., Any]:
    """Run the command as in a pipe."""

    def invoke(*args: str, **env: str) -> Any:
        settings = {"PRESSQA_DATA": str(harbours), "PRESSQA_MODEL": HASHING_MODEL, "COLUMNS": None} | env
        return CliRunner().invoke(app, list(args), env=settings)

    return invoke


@pytest.mark.parametrize("name", IN_A_PIPE)
def test_a_pipe_gets_whole_lines_and_passages_of_80_columns(piped: Callable[..., Any], name: str) -> None:
    expected = (SCREENS / f"{name}-in-a-pipe.txt").read_text("utf-8")
    assert piped("ask", IN_A_PIPE[name]).stdout == expected
    assert piped("ask", IN_A_PIPE[name], TERM="xterm-256color").stdout == expected


@pytest.mark.parametrize(("columns", "widest"), [("120", 120), ("20", 22), ("0", 22), ("9" * 30, 1_000)])
def test_in_a_pipe_passages_are_cut_at_the_variable_columns(
    piped: Callable[..., Any], columns: str, widest: int
) -> None:
    _, _, passages = piped("ask", PARROTS, COLUMNS=columns).stdout.partition("whole)\n")
    assert len(passages.splitlines()) == 4
    assert max(map(cell_len, passages.splitlines())) <= widest
    assert piped("ask", PARROTS, COLUMNS="wide").stdout == piped("ask", PARROTS).stdout


@pytest.mark.parametrize(("name", "question", "columns"), ON_A_TERMINAL)
def test_a_terminal_gets_a_screen_of_its_width(
    terminal: Callable[..., Any], seen: Callable[[str], str], name: str, question: str, columns: int
) -> None:
    shown = seen(terminal("ask", question, columns=columns).end())
    assert shown == (SCREENS / f"{name}-{columns}.txt").read_text("utf-8")
    assert max(map(cell_len, shown.splitlines())) <= columns


def test_the_answer_is_bold_in_its_sentence_and_addresses_lead_to_the_quote(terminal: Callable[..., Any]) -> None:
    shown = terminal("ask", BUOYS).end()
    assert "\x1b[1m611\x1b[0m\n" in shown
    assert "| South Sound | 405 | \x1b[1;30;43m611\x1b[0m |" in shown
    assert "javascript" not in shown
    linked = terminal("ask", FERRIES).end()
    address = r"https://example\.org/ferries-january"
    assert re.search(rf"\x1b\]8;[^;]*;{address}#:~:text=Since[^\x1b]*\x1b\\(?:\x1b\[34m)?{address}\x1b", linked)


def test_without_colour_the_answer_is_bold_still_and_a_dumb_terminal_gets_plain_text(
    terminal: Callable[..., Any],
) -> None:
    shown = terminal("ask", BUOYS, NO_COLOR="1").end()
    assert "\x1b[1m611\x1b[0m |" in shown
    assert not re.search(r"\x1b\[[0-9;]*[34][0-9]", shown)
    plain = terminal("ask", FERRIES, TERM="dumb").end()
    assert "\x1b" not in plain
    assert "ferries-january#:~:text=" in plain


def test_passages_are_whole_if_wanted(piped: Callable[..., Any]) -> None:
    shown = piped("ask", PARROTS, "--passages").stdout
    assert "Nearest passages\n\n1. " in shown
    assert "The board said that more than 2,100 ferries were inspected since 5 July 2024. No tug" in shown
    assert "(--passages" not in shown


def test_filters_are_told_where_nothing_is_found(piped: Callable[..., Any]) -> None:
    shown = piped("ask", PARROTS, "--as-of", "2024-12-31").stdout
    assert "3 February 2025. Your filters leave some of them out. As known on 31 December 2024." in shown
    known = piped("ask", FERRIES, "--as-of", "2024-12-31").stdout
    assert "confidence 0.97, as known on 31 December 2024)" in known
    assert known.startswith("The board said that more than 2,100 ferries")


def test_filters_that_leave_no_release_are_why_nothing_is_found(piped: Callable[..., Any]) -> None:
    shown = " ".join(piped("ask", FERRIES, "--since", "2999-01-01").stdout.split())
    assert "Nothing was searched, because no release here is published from 1 January 2999: choose days from" in shown
    assert "The index has" in shown
    assert "Searched" not in shown
    assert "some of them" not in shown


def test_a_search_that_finds_nothing_says_so(piped: Callable[..., Any]) -> None:
    nothing = piped("search", "ferries", "--since", "2030-01-01")
    assert nothing.exit_code == 1
    told = "nothing was searched, because no release here is published from 1 January 2030: choose days from 4 March"
    assert nothing.stdout.startswith(f"No such passages in the releases: {told}")
