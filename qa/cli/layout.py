"""Laying text out for a terminal or a pipe: lines wrapped, cut and indented, and nothing that drives a terminal."""

from bisect import bisect
from collections.abc import Callable, Iterator
from itertools import accumulate

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from qa.evidence.web_addresses import web_url

MEASURE = 100
"""The most columns of a line of prose: longer ones are hard to read, however wide the terminal is."""

_JOINERS = "\u200c\u200d"
"""Invisible characters that some scripts and emoji need."""

_BULLETS = ("• ", "◦ ", "▪ ", "‣ ", "* ", "- ")
"""What an item of a list begins with; its other lines stand below its words."""

_NO_ENDING = " ,;:–—-("
"""What a line that was cut does not end with."""


def harmless(text: str) -> str:
    """Return ``text`` with a space for every character that could drive a terminal or turn the direction of reading.

    Characters are replaced one by one, so offsets still hold; line ends stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" or c in _JOINERS else " " for c in text)


def one_line(text: str) -> str:
    """Return ``text`` on one line, harmless, with single spaces."""
    return " ".join(harmless(text).split())


def cut(text: str, columns: int) -> str:
    """Return ``text`` on one line of at most ``columns`` columns, with an ellipsis where it was cut.

    It is cut between words where that loses little. A wide character has two columns, a combining mark none.
    """
    line = one_line(text)
    if cell_len(line) <= columns:
        return line
    if columns < 1:
        return ""
    head = set_cell_size(line, columns - 1).rstrip()
    space = head.rfind(" ")
    if line[len(head) : len(head) + 1] != " " and space > len(head) * 7 // 8:
        head = head[:space]
    head = head.rstrip(_NO_ENDING)
    while cell_len(f"{head}…") > columns:  # invisible joiners alone may widen what was cut to size
        head = head[:-1]
    return f"{head}…"


def excerpt(text: str, columns: int, wanted: Callable[[str], bool]) -> str:
    """Return the part of ``text`` that has most of its ``wanted`` words, cut to ``columns``; the first of several.

    It begins with an ellipsis where words before it are left out.
    """
    line = one_line(text)
    if cell_len(line) <= columns:
        return line
    words = line.split()
    ends = [*accumulate((cell_len(word) + 1 for word in words), initial=0)]
    found = [*accumulate((wanted(word) for word in words), initial=0)]

    def score(first: int) -> int:
        room = columns - 1 - (2 if first else 0)  # the ellipses
        last = bisect(ends, ends[first] + room + 1) - 1
        return found[max(last, first)] - found[first]

    best = max(range(len(words)), key=score)
    return cut(line, columns) if best == 0 else f"… {cut(' '.join(words[best:]), columns - 2)}"


def piped(console: Console) -> bool:
    """Return True if a console prints to no terminal: lines are then whole, as programs like them."""
    return console.soft_wrap


def linked(console: Console, text: str, style: str, url: str | None) -> Text:
    """Return text that leads to an address, where the console can show that and a browser may follow it."""
    target = web_url(url) if follows_links(console) else None
    return Text(text, Style.parse(style) + Style(link=one_line(target) if target else None))


def follows_links(console: Console) -> bool:
    """Return True if a console can make text lead to an address: a terminal that is not a dumb one."""
    return not piped(console) and console.color_system is not None


def prose(console: Console, text: Text, first: str | Text = "", rest: str = "") -> None:
    """Print text wrapped at a width for reading, its first line after ``first`` and the others after ``rest``.

    In a pipe a line stays whole, however long it is.
    """
    before = Text() + first
    for line in _lines(console, text, len(rest)):
        console.print(before + line if line else "", soft_wrap=True)
        before = Text(rest)


def _lines(console: Console, text: Text, indent: int) -> Iterator[Text]:
    if piped(console):
        yield from text.split("\n", allow_blank=True)
        return
    width = max(1, min(console.width, MEASURE) - indent)
    for line in text.split("\n", allow_blank=True):
        hang = Text("  " if line.plain.startswith(_BULLETS) else "")
        begin = Text()
        for wrapped in line.wrap(console, max(1, width - len(hang))) or [line]:
            wrapped.rstrip()
            yield begin + wrapped
            begin = hang
