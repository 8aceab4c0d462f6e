"""How ``pressqa`` behaves in a terminal: exit codes, errors in one line, output streams, questions from a pipe."""

import io
import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from index.errors import InputError, PressqaError

if TYPE_CHECKING:
    from rich.console import Console

FOUND, NOT_FOUND, FAILED = 0, 1, 2
"""Exit codes, the same as those of grep: something was found, nothing was found, an error."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 plus the number of SIGINT, as in a shell."""

CLOSED = 141
"""Exit code when whoever reads the output has gone (``| head``): 128 plus the number of SIGPIPE, as in a shell.

It must not be 1, which means "not found".
"""

_STDIN = 1_000_000
"""The most bytes that are read from standard input; no question is that long."""

_COLUMNS = (20, 80, 1_000)
"""The fewest columns of output that is no terminal, how many it has if nothing says so, and the most."""

_UsageError: Any = typer.BadParameter.__base__  # typer does not name it, and keeps it in another place since 0.2x


class Commands(TyperGroup):
    """Our own commands, and those that installed packages offer as ``pressqa.commands``, loaded when called."""

    # The contexts are Any: they are click's or the copy of it in newer versions of typer.

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        from importlib.metadata import entry_points

        return [*super().list_commands(ctx), *sorted(entry.name for entry in entry_points(group="pressqa.commands"))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command by its name; the installed packages are searched only if it is not one of ours."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        from importlib.metadata import entry_points

        for entry in entry_points(group="pressqa.commands", name=cmd_name):
            loaded = entry.load()
            if isinstance(loaded, typer.Typer):
                return typer.main.get_command(loaded)
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(cmd_name)(loaded)
            return typer.main.get_command(single)
        return None

    def invoke(self, ctx: Any) -> Any:
        """Run a command; return `CLOSED` if whoever reads the output has gone, where typer would exit with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _silenced()

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and exit; an error is printed in a few lines and decides the exit code."""
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra) or FOUND
            if code == INTERRUPTED:
                complain("interrupted")
            sys.stdout.flush()
        except PressqaError as error:
            code = complain(str(error), error.hint)
        except _UsageError as error:
            code = _misused(error)
        except typer.Abort:
            complain("interrupted")
            code = INTERRUPTED
        except OSError as error:
            code = _silenced()
            if not isinstance(error, BrokenPipeError):
                code = complain(error.strerror or str(error))
        sys.exit(code)


def _silenced() -> int:
    # What could not be written must not be tried again, and complained of, when Python exits.
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    return CLOSED


def complain(message: str, hint: str = "") -> int:
    """Print what is wrong, and what to do next, to standard error; return the exit code of a failure."""
    # More than one line only where a file has more than one fault (a gold set, say).
    first, *others = message.splitlines() or [""]
    typer.echo(f"pressqa: {printable(first)}", err=True)
    for line in others:
        typer.echo(f"  {printable(line)}", err=True)
    if hint:
        typer.echo(f"  {printable(hint)}", err=True)
    return FAILED


def _misused(error: Any) -> int:
    message = error.format_message().replace(": Value error, ", ": ")  # the validator's words, not the fault's
    if "\n" in message:  # a command without its arguments shows its help
        typer.echo(message, err=True)
        return FAILED
    context = getattr(error, "ctx", None)
    return complain(message, f"see: {context.command_path if context else 'pressqa'} --help")


def prepare_streams() -> None:
    """Set the encodings of standard output and error so that no character, and no closed stream, fails a command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called us: no reason to fail
            setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            # A terminal that cannot show a pound sign gets a substitute, not a traceback.
            reconfigure(errors="replace")
        else:
            # What a program reads is UTF-8 whatever the locale: an export must come back as it was.
            reconfigure(encoding="utf-8", errors="replace")


def question_of(words: list[str]) -> str:
    """Return the words after a command as one question; "-" alone reads it from standard input. Raises `InputError`."""
    if words != ["-"]:
        return " ".join(words)
    if sys.stdin is None:
        raise InputError("standard input is closed", 'give the question itself: pressqa ask "how many ...?"')
    data = sys.stdin.buffer.read(_STDIN)
    if len(data) == _STDIN:
        raise InputError(f"the question on standard input has {_STDIN:,} bytes or more", "ask a shorter question")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "the question on standard input is not UTF-8", "convert it first, for example with iconv"
        ) from error


def console(piped_width: int | None = None) -> "Console":
    """Return the console that every command prints on.

    If whoever reads the output goes away (``| head``), the command ends with exit code `CLOSED`. ``piped_width`` is how
    many columns there are where standard output is not a terminal, and so has no width of its own: by default what the
    variable COLUMNS says, else 80.
    """
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end with 1: see `Commands.invoke`

    # In a pipe: no colour, and no lines broken at a width that nobody sees.
    terminal = sys.stdout.isatty()
    width = None if terminal else piped_width or _columns()
    return Piped(highlight=False, soft_wrap=not terminal, markup=False, emoji=False, width=width)


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    return min(max(int(given), _COLUMNS[0]), _COLUMNS[-1]) if given.isdecimal() else _COLUMNS[1]


def print_json(value: object, indent: int | None = 2) -> None:
    """Print a value as JSON, without escaping characters beyond ASCII."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent))


def printable(text: str) -> str:
    """Return one line without control characters: nothing from an input may drive a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
