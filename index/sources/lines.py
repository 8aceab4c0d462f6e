"""Reading a text file line by line, with line numbers, even if lines are very long or badly encoded."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceError
from index.sources.clean import bad_byte, printable
from index.sources.decode import has_utf16_mark

MAX_CHARACTERS = 20_000_000
"""The longest line that is read, in characters.

Set by judgement: far longer than any press release, and short enough to be held in memory.
"""

_SKIP = 1 << 20
"""How many characters of a line that is too long are read, and thrown away, at a time."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end. ``fault`` is the reason why it cannot be used, not UTF-8 or too long, or None.

    In ``text``, bytes that are not UTF-8 are lone surrogates. The ``text`` of a line that is too long is empty.
    """

    number: int
    text: str
    fault: str | None = None


def read_lines(path: Path, limit: int = MAX_CHARACTERS) -> Iterator[Line]:
    """Yield the lines of a file in UTF-8, or in UTF-16 with its mark, ended by LF, CRLF or CR; numbers start at 1.

    At most ``limit`` characters of a line are held in memory.

    Raises:
        SourceError: the file cannot be opened or read.
    """
    try:
        with path.open("rb") as opened:
            wide = has_utf16_mark(opened.peek(2))
            encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", "surrogateescape")
            file = io.TextIOWrapper(opened, encoding=encoding, errors=errors, newline=None)
            number = 0
            while text := file.readline(limit + 1):
                number += 1
                if len(text) > limit and not text.endswith("\n"):
                    text = ""
                    while (rest := file.readline(_SKIP)) and not rest.endswith("\n"):
                        pass
                    yield Line(number, "", f"the line is longer than {limit:,} characters")
                    continue
                text = text.removesuffix("\n")
                yield Line(number, text, bad_byte(text))
    except OSError as error:
        raise unreadable(path, error) from error


def place(path: Path, line: int | None = None) -> str:
    """Return ``path:line``, or ``path`` without a line, for a message; bytes that are not UTF-8 are replaced."""
    return printable(f"{path}:{line}" if line else str(path))


def unreadable(path: Path, error: OSError) -> SourceError:
    """Return the error to raise for a file that the operating system cannot read."""
    return SourceError(
        f"cannot read {path}: {error.strerror or error}", "check the path and that you may read the file"
    )
