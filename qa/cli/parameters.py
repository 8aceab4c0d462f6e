"""The options and arguments that several commands share, with the words of their help and their completion."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def day(text: str) -> date:
    """Return the day that an option names; raises `typer.BadParameter`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2025-01-31") from error


Data = Annotated[
    Path | None, typer.Option(help="The folder of the index. [env: PRESSQA_DATA]", show_default=False, metavar="DIR")
]
AsOf = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Answer from what had been published by that day.")
]
KnownBy = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Only what had been published by that day.")
]
Since = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="Only releases from that day on.")]
Until = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="Only releases up to that day.")]


def _publishers(ctx: typer.Context, incomplete: str) -> list[str]:
    from qa.cli.completion import publishers

    return publishers(ctx, incomplete)


def _release_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    from qa.cli.completion import release_ids

    return release_ids(ctx, incomplete)


Publisher = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only releases of this publisher.", autocompletion=_publishers),
]
ReleaseId = Annotated[
    str, typer.Argument(metavar="ID", help="An id, as 'releases list' shows it.", autocompletion=_release_ids)
]
ReleaseIds = Annotated[
    list[str], typer.Argument(metavar="ID", help="Ids, as 'releases list' shows them.", autocompletion=_release_ids)
]
TopK = Annotated[int, typer.Option("--top-k", "-k", metavar="N", help="How many passages to return, 1 to 100.")]
MaxTokens = Annotated[int | None, typer.Option(metavar="N", help="Return passages of at most N tokens in all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Question = Annotated[
    list[str], typer.Argument(help="The question; - reads it from standard input.", metavar="QUESTION")
]
QuestionOrLoop = Annotated[
    list[str] | None,
    typer.Argument(
        help="The question; - reads it from standard input. Without it, a terminal asks for one after another.",
        metavar="QUESTION",
        show_default=False,
    ),
]
