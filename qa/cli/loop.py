"""Asking one question after another on a terminal, over an engine that is opened once."""

import sys
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from index.errors import InputError, PressqaError
from index.types import SearchFilter
from qa.cli.history import History
from qa.cli.layout import prose
from qa.engine import Engine
from qa.wording import covered

PROMPT = "ask> "

Ask = Callable[[str], object]
"""Answers a question and prints the answer."""

Complain = Callable[[PressqaError], object]
"""Prints what is wrong, and what to do about it."""


def check_terminal() -> None:
    """Raise `InputError` unless a person can type questions and see answers."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise InputError(
            "QUESTION is missing, and there is no terminal to ask for it",
            'give it: pressqa ask "how many ...?", or - to read it from standard input',
        )


def greet(console: Console, engine: Engine, where: SearchFilter) -> None:
    """Print what questions are answered from, and how to stop."""
    filters = " Your filters leave some of them out." if where != SearchFilter() else ""
    prose(console, Text(f"Asking {covered(engine.coverage(), engine.status().releases)}.{filters}", style="dim"))
    console.print(Text("An empty line or Ctrl-D ends; Ctrl-C stops a question.", style="dim"))


def ask_in_a_loop(console: Console, ask: Ask, complain: Complain, history: History) -> None:
    """Ask for questions, and answer each, until an empty line or the end of the input.

    An error ends its question only, and so does Ctrl-C, which otherwise clears the line.
    """
    while True:
        asking = False
        try:
            if history.trouble is not None:
                complain(PressqaError(history.trouble))
                history.trouble = None
            console.print()
            question = input(PROMPT)
            asking = True
            if not question.strip():
                return
            history.add(question)
            console.print()
            ask(question)
        except EOFError:
            console.print()
            return
        except PressqaError as error:
            complain(error)
        except KeyboardInterrupt:
            console.print(Text("stopped" if asking else "", style="dim"))
