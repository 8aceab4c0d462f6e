"""Laying text out: nothing is wider than it may be, and nothing from a release drives a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from qa.cli.layout import MEASURE, cut, excerpt, harmless, one_line, prose

# Letters, marks that combine, wide characters, emoji of several code points, and what must not reach a terminal.
SIGNS = st.sampled_from("ab .,-—é\u0301移民\u0e33\u0e49👩🚀\u200d\ufe0f🇬🇧\x1b[2J\x9b31m\u202e\n\t\0")
TEXTS = st.text(SIGNS, max_size=60) | st.text(max_size=60)


@given(TEXTS, st.integers(0, 50))
def test_a_cut_line_fits_and_begins_as_the_text_does(text: str, columns: int) -> None:
    line, shown = one_line(text), cut(text, columns)
    assert cell_len(shown) <= columns
    assert line == shown or columns == 0 or (shown.endswith("…") and line.startswith(shown[:-1]))


@given(TEXTS, st.integers(4, 50), st.sampled_from("ab移"))
def test_an_excerpt_fits_and_is_of_the_text(text: str, columns: int, letter: str) -> None:
    shown = excerpt(text, columns, lambda word: letter in word)
    assert cell_len(shown) <= columns
    assert shown.removeprefix("… ").removesuffix("…") in one_line(text)


@given(TEXTS)
def test_harmless_text_keeps_its_offsets_and_its_lines(text: str) -> None:
    shown = harmless(text)
    assert len(shown) == len(text)
    assert all(c.isprintable() or c in "\n\u200c\u200d" for c in shown)
    assert [i for i, c in enumerate(shown) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]
    assert all(b in (a, " ") for a, b in zip(text, shown, strict=True))


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("Harbour grants doubled", 30, "Harbour grants doubled"),
        ("Harbour grants doubled in the north, minister says", 38, "Harbour grants doubled in the north…"),
        ("Harbour grants doubled", 12, "Harbour gra…"),
        ("移民局の港湾検査", 9, "移民局の…"),
        ("移民局の港湾検査", 8, "移民局…"),
        ("Cafe\u0301s e\u0301tude", 8, "Cafe\u0301s e\u0301…"),
        ("one\n two\tthree", 20, "one two three"),
        ("\u200d\u200d👩1👩", 4, "\u200d\u200d👩1…"),
    ],
)
def test_lines_are_cut_between_words_where_that_loses_little(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown


def test_an_excerpt_begins_where_the_words_asked_for_are() -> None:
    text = "Ministers said in a long and winding statement that 40 ferries were inspected in Hull, and no tug."
    wanted = {"ferries", "inspected"}
    assert excerpt(text, 40, lambda word: word in wanted).startswith("… ")
    assert "40 ferries were inspected" in excerpt(text, 40, lambda word: word in wanted)
    assert excerpt(text, 40, lambda word: word == "Ministers") == cut(text, 40)
    assert excerpt(text, 40, lambda word: False) == cut(text, 40)


@given(TEXTS, st.integers(12, 300), st.sampled_from(["", "  ", "1. "]))
def test_prose_fits_its_console_and_loses_no_word(text: str, columns: int, first: str) -> None:
    console = Console(width=columns, color_system=None, highlight=False)
    with console.capture() as captured:
        prose(console, Text(harmless(text)), first, " " * len(first))
    shown = captured.get()
    assert max(map(cell_len, shown.split("\n"))) <= min(columns, MEASURE)
    assert "".join(shown.removeprefix(first).split()) == "".join(harmless(text).split())


def test_items_of_a_list_stand_below_their_words_and_blank_lines_stay() -> None:
    console = Console(width=30, color_system=None, highlight=False)
    with console.capture() as captured:
        prose(console, Text("Harbours:\n\n• one that is longer than the screen\n• two"), "  ", "  ")
    assert captured.get() == ("  Harbours:\n\n  • one that is longer than\n    the screen\n  • two\n")
