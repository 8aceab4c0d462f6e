"""What a language model wrote, as text for people: each sentence with what it quotes, and how many were left out."""

from rich.console import Console
from rich.text import Text

from qa.cli.layout import one_line, prose
from qa.cli.text import show_quote, show_source
from qa.types import WrittenAnswer
from qa.wording import counted


def show_written(console: Console, written: WrittenAnswer | None) -> None:
    """Print the sentences that hold, how many were left out and why, and what went wrong."""
    if written is None:
        return
    console.print()
    heading = f"Written by {one_line(written.model or '')}, and checked" if written.sentences else "Written"
    prose(console, Text(heading, style="dim"))
    for sentence in written.sentences:
        console.print()
        prose(console, Text(one_line(sentence.text), style="bold"))
        for citation in sentence.citations:
            show_quote(console, citation)
            show_source(console, citation, "quoted")
    if written.dropped:
        why = ", ".join(f"{reason} {count}" for reason, count in written.reasons.items())
        console.print()
        prose(
            console, Text(f"{counted(written.dropped, 'sentence')} left out, not borne out by what is quoted ({why})")
        )
    if written.problem:
        console.print()
        prose(console, Text(one_line(written.problem)))
