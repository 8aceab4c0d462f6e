"""Lines of a text file with their numbers, however long and however badly encoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import SourceError
from index.sources.clean import bad_byte, printable

MAX_CHARACTERS = 20_000_000
"""The longest line that is read, in characters; the longest release ever published is far shorter."""

_SKIP = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end. ``fault`` says why it cannot be trusted: not UTF-8, or too long.

    Bytes that are not UTF-8 stand in ``text`` as lone surrogates. A line that is too long has no ``text``.
    """

    number: int
    text: str
    fault: str | None = None


def read_lines(path: Path, limit: int = MAX_CHARACTERS) -> Iterator[Line]:
    """Yield the lines of a UTF-8 file, with or without BOM, ended by LF, CRLF or CR; numbers start at 1.

    At most ``limit`` characters of a line are held in memory.

    Raises:
        SourceError: the file cannot be opened or read.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline=None) as file:
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
    """Return ``path:line`` for a message; a file's name, too, may hold bytes that are not UTF-8."""
    return printable(f"{path}:{line}" if line else str(path))


def unreadable(path: Path, error: OSError) -> SourceError:
    """Return the error for a file that the system does not let us read."""
    return SourceError(
        f"cannot read {path}: {error.strerror or error}", "check the path and that you may read the file"
    )
