"""The files of question sets: their lines, and all that is wrong with them said at once."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from eval.sets.gold import GoldError
from eval.types import GoldSet, Question
from index.errors import InputError, SourceError
from index.types import Problem, Release

MEND = "mend these lines; check again: pressqa eval validate FILE"


class Problems:
    """What is wrong with a file, gathered so that all of it is said at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, where: str, reason: str) -> None:
        """Note a problem."""
        self.found.append(Problem(where, reason))

    def check(self) -> None:
        """Raise `GoldError` if there are problems."""
        if self.found:
            raise GoldError(self.path, self.found, MEND)


def rows(path: Path, problems: Problems, *required: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file, each with its place; what is none becomes a problem."""
    try:
        with open_text(path) as file:
            for number, line in enumerate(file, 1):
                where = f"{path}:{number}"
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError as error:
                    problems.add(where, f"not JSON: {error}")
                    continue
                missing = [key for key in required if not isinstance(row, dict) or row.get(key) is None]
                if missing:
                    problems.add(where, f'"{missing[0]}" is missing')
                else:
                    yield where, row
    except (OSError, EOFError, UnicodeDecodeError) as error:
        problems.add(str(path), f"cannot be read: {error}")


def open_text(path: Path) -> IO[str]:
    """Open a text file, gzipped or not; raises `SourceError`."""
    try:
        return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}", "check the path") from error


def no_split(path: Path, split: str | None) -> None:
    """Raise `InputError` where a split is asked of a set that has none."""
    if split is not None:
        raise InputError(f"{path} has no splits, so no {split!r}", "leave out --split")


def made(
    path: Path,
    form: str,
    questions: Sequence[Question],
    *,
    releases: Sequence[Release],
    sha256: str,
    left_out: Sequence[Problem] = (),
) -> GoldSet:
    """Return a set; raises `GoldError` if it holds no questions."""
    if not questions:
        raise GoldError(path, [Problem(str(path), "it holds no questions")], MEND)
    return GoldSet(path, form, sha256, tuple(questions), tuple(releases), tuple(left_out))
