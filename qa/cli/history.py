"""The questions asked on a terminal: recalled with the arrow keys, and kept from one run to the next."""

import os
from pathlib import Path
from types import ModuleType

from qa.cli.layout import one_line

_KEPT = 1_000
"""How many questions the arrow keys go back."""


class History:
    """The questions of earlier runs and of this one, in a file with a question a line, the newest last.

    Only its owner may read the file. Without the library readline, as on Windows, nothing is kept; what goes wrong with
    the file is for `trouble` to tell, and never stops a question.
    """

    def __init__(self, path: Path | None) -> None:
        """Take the file of the history, None to keep nothing, and offer its questions to the arrow keys."""
        self._readline = _readline()
        self._path = path if self._readline is not None else None
        self._last = ""
        self.trouble: str | None = None
        """What went wrong with the file, None if nothing did."""
        if self._readline is None:
            return
        self._readline.set_auto_history(False)
        for question in self._stored():
            self._readline.add_history(question)
            self._last = question

    def add(self, question: str) -> None:
        """Take a question, unless it is the last one again."""
        line = one_line(question)
        if self._readline is None or line == self._last:
            return
        self._readline.add_history(line)
        self._last = line
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(file, "ab", buffering=0) as appended:  # at once, so that two terminals may do it at a time
                appended.write(f"{line}\n".encode())
        except OSError as error:
            self._give_up(error)

    def _stored(self) -> list[str]:
        if self._path is None:
            return []
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self._give_up(error)
            return []
        return [question for line in lines[-_KEPT:] if (question := one_line(line))]

    def _give_up(self, error: OSError) -> None:
        self.trouble = f"questions cannot be kept in {self._path}: {error.strerror or error}"
        self._path = None


def _readline() -> ModuleType | None:
    try:
        import readline  # noqa: PLC0415  (not part of every Python)
    except ImportError:
        return None
    return readline
