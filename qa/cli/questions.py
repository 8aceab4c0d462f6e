"""The commands that ask: an answer, passages, figures, or a chart of how a figure changed."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from qa.cli.opening import engine_of, filter_of, settings_of, writing
from qa.cli.parameters import (
    AsJson,
    AsOf,
    Data,
    MaxTokens,
    Publisher,
    Question,
    QuestionOrLoop,
    Since,
    TopK,
    Until,
    day,
)
from qa.cli.terminal import (
    FOUND,
    NOT_FOUND,
    complain,
    console,
    print_json,
    printable,
    question_of,
)
from qa.wording import counted

if TYPE_CHECKING:
    from index.types import SearchFilter


def ask(
    question: QuestionOrLoop = None,
    top_k: TopK = 5,
    as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    max_tokens: MaxTokens = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the passages that were read, and the spans weighed in them.")
    ] = False,
    whole: Annotated[bool, typer.Option("--passages", help="Print the other passages whole, not a line each.")] = False,
    write: Annotated[
        bool,
        typer.Option("--write", help="Also have a language model write, and show what it can prove. [PRESSQA_LLM_URL]"),
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question in the words of the release that states it. Exit code 1 means: not found.

    Without a question, a terminal asks for one after another.
    """
    where = filter_of(as_of, since, until, publisher)
    if not question:
        if as_json:
            raise InputError("--json is given without a QUESTION", 'give it: pressqa ask "how many ...?" --json')
        _ask_in_a_loop(data, top_k, where, max_tokens, explain, whole, write)
        return
    asked = question_of(question)
    with engine_of(data) as engine:
        if as_json:
            from qa.cli import json_output

            answer = engine.ask(asked, top_k=top_k, where=where, max_tokens=max_tokens, explain=explain)
            if write:
                answer = writing(engine, where, max_tokens, settings_of(data))(answer)
            print_json(json_output.as_json(answer))
        else:
            from qa.cli.asking import Asking, ask_and_show

            answer = ask_and_show(engine, console(), asked, Asking(top_k, where, max_tokens, explain, whole))
            if write:
                from qa.cli.written import show_written

                show_written(console(), writing(engine, where, max_tokens, settings_of(data))(answer).written)
    raise typer.Exit(FOUND if answer.answer is not None else NOT_FOUND)


def _ask_in_a_loop(
    data: Path | None,
    top_k: int,
    where: "SearchFilter",
    max_tokens: int | None,
    explain: bool,
    whole: bool,
    write: bool,
) -> None:
    from qa.cli.loop import ask_in_a_loop, check_terminal, greet

    check_terminal()
    from qa.cli.asking import Asking, ask_and_show
    from qa.cli.history import History

    how = Asking(top_k, where, max_tokens, explain, whole)
    screen = console()
    with engine_of(data) as engine:
        written = writing(engine, where, max_tokens, settings_of(data)) if write else None

        def answer(question: str) -> None:
            found = ask_and_show(engine, screen, question, how)
            if written is not None:
                from qa.cli.written import show_written

                show_written(screen, written(found).written)

        greet(screen, engine, where)
        ask_in_a_loop(
            screen,
            answer,
            lambda error: complain(str(error), error.hint),
            History(settings_of(data).history_file),
        )


def search(
    question: Question,
    top_k: TopK = 5,
    as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    max_tokens: MaxTokens = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print the best passages for a question, without reading an answer out of them."""
    asked = question_of(question)
    with engine_of(data, reads=False) as engine:
        found = engine.search(
            asked, top_k=top_k, where=filter_of(as_of, since, until, publisher), max_tokens=max_tokens
        )
    from qa.cli import json_output, text

    if as_json:
        print_json(json_output.as_json(found))
    elif found.passages:
        text.show_passages(console(), found.passages)
    else:
        typer.echo(printable(_none_such("passages", found.hint)))
    raise typer.Exit(FOUND if found.passages else NOT_FOUND)


def figures(
    query: Annotated[
        list[str], typer.Argument(help="What is counted; - reads it from standard input.", metavar="QUERY")
    ],
    unit: Annotated[
        str | None,
        typer.Option(metavar="UNIT", help="Only figures of this unit: percent, GBP, tonnes, years, count, ..."),
    ] = None,
    period_from: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Only figures for a time that ends on this day or later."),
    ] = None,
    period_to: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Only figures for a time that begins on this day or earlier."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many figures to return at most, 1 to 1000.")] = 20,
    as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    data: Data = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
) -> None:
    """Find the figures that releases state about something, each with its date, period and sentence."""
    if as_json and as_csv:
        raise InputError("--json and --csv are given together", "choose one of them")
    asked = question_of(query)
    from qa.cli import json_output, text
    from qa.types import FigureFilter

    with engine_of(data, reads=False) as engine:
        wanted = FigureFilter(unit, period_from, period_to)
        found = engine.figures(asked, wanted=wanted, where=filter_of(as_of, since, until, publisher), limit=limit)
    if as_json:
        print_json(json_output.as_json(found))
    elif as_csv:
        from qa.figures.csv_file import figures_csv

        typer.echo(figures_csv(found), nl=False)
        if found.hint is not None:
            typer.echo(printable(_none_such("figures", found.hint)), err=True)
    elif found.figures:
        if found.hint is not None:
            typer.echo(printable(f"{_none_such('figures', found.hint)}\n"))
        text.show_figures(console(), found.figures)
    else:
        typer.echo(printable(_none_such("figures", found.hint)))
    raise typer.Exit(FOUND if found.figures and found.hint is None else NOT_FOUND)


def _none_such(things: str, hint: str | None) -> str:
    return f"No such {things} in the releases{f': {hint}' if hint else ''}."


def plot(
    question: Question,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The picture: a .svg or .png file.")],
    as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    data: Data = None,
) -> None:
    """Draw how the figure that answers a question changed. Exit code 1: not found, or no figure; nothing is written."""
    form = output.suffix.lower().removeprefix(".")
    if form not in ("svg", "png"):
        raise InputError(f"{output} is neither a .svg nor a .png file", "name the picture: -o timeline.svg")
    if not output.parent.is_dir():
        raise InputError(f"there is no folder {output.parent}", "make it first, or name another")
    asked = question_of(question)
    with engine_of(data) as engine:
        answer = engine.ask(asked, where=filter_of(as_of, since, until, publisher))
    if not answer.timeline or answer.timeline[0].value is None:
        found = "not found in the releases" if answer.answer is None else f"the answer is not a figure: {answer.answer}"
        typer.echo(printable(f"nothing to draw: {found}"), err=True)
        raise typer.Exit(NOT_FOUND)
    from index.disk.atomic import write_whole
    from qa.figures.plot import draw

    write_whole(output, draw(answer, form))
    count = counted(len(answer.timeline), "statement")
    typer.echo(printable(f"{output}: {count}, the latest {answer.timeline[0].text}"))
