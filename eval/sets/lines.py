"""Reading the files of question sets line by line, and reporting all their problems at once."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from eval.types import GoldSet, Question
from index.errors import InputError, SourceError
from index.types import Problem, Release

_SHOWN = 20
"""How many problems of a file are printed; the rest are counted."""


class GoldError(InputError):
    """A gold set that cannot be used: every problem of it at once, each with its file and line."""

    def __init__(self, path: Path, problems: Sequence[Problem], hint: str) -> None:
        lines = [f"{problem.where}: {problem.reason}" for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"and {len(problems) - _SHOWN} more")
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{count} in {path}\n" + "\n".join(lines), hint)
        self.problems = tuple(problems)


MEND = "mend these lines; check again: pressqa eval validate FILE"
"""The hint of errors about the lines of a file."""


class Problems:
    """Collects what is wrong with a file, so that all of it is reported at once."""

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


class Seen:
    """The ids and splits of a file's lines, noted while the lines are read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, str] = {}
        self._splits: set[str] = set()

    def repeated(self, name: str, where: str) -> str | None:
        """Note the id of the line at ``where``; return what is wrong if an earlier line has it, else None."""
        first = self._places.setdefault(name, where)
        return None if first == where else f"duplicate id {name!r}, first at {first}"

    def in_split(self, split: str | None, wanted: str | None) -> bool:
        """Note the split of a line; return True if lines of every split are wanted, or of this one."""
        if split is not None:
            self._splits.add(split)
        return wanted is None or split == wanted

    def check(self, wanted: str | None) -> None:
        """Raise `InputError` if no line has the split that is wanted, and name the splits that there are."""
        if wanted is not None and wanted not in self._splits and self._places:
            there = f"it has: {', '.join(sorted(self._splits))}" if self._splits else "its lines name no split"
            raise InputError(
                f"{self._path} has no split {wanted!r}; {there}", "name another: --split NAME, or leave it out"
            )


def rows(path: Path, problems: Problems, *required: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file, each with its place; a line that is not one becomes a problem."""
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
    """Raise `InputError` if a split is asked for, since sets of this form have none."""
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
