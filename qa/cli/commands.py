"""The command ``pressqa``: its commands with their examples. Each module of them imports what it uses when it runs.

No command loads what it does not need: that is most of the time from start to answer.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from qa.cli import questions, releases, upkeep
from qa.cli.terminal import Commands, prepare_streams

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask dated government press releases, and get the answer in their own words.",
    epilog='For example: pressqa ingest releases.txt, then pressqa ask "how many foreign criminals were removed?"',
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"pressqa {version('pressqa')}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Ask dated government press releases, and get the answer in their own words."""


_COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (questions.ask, 'pressqa ask "how many foreign criminals were removed?" --as-of 2024-12-31'),
    (questions.search, 'pressqa search "asylum interviews" --since 2025-01-01 --json'),
    (questions.figures, 'pressqa figures "drugs seized" --unit tonnes --period-from 2023-04-01 --csv'),
    (questions.plot, 'pressqa plot "how many foreign criminals were removed?" -o removed.svg'),
    (upkeep.ingest, "pressqa ingest releases.txt more.jsonl folder-of-pages/ --publisher 'Home Office'"),
    (upkeep.embed, "pressqa embed news.jsonl --shard 1/4 --out 1.npz, then: pressqa ingest --vectors 1.npz"),
    (upkeep.init, "pressqa init, then edit pressqa.toml, then: pressqa sync --dry-run"),
    (upkeep.sync, "pressqa sync --dry-run, then: pressqa sync --every 15m"),
    (upkeep.remove, "pressqa remove ID, with an id from: pressqa releases list"),
    (upkeep.export, "pressqa export --output releases.jsonl"),
    (upkeep.copy, "pressqa copy postgresql://pressqa@127.0.0.1:5432/pressqa"),
    (upkeep.status, "pressqa status --json"),
    (upkeep.verify, "pressqa verify --data DIR"),
)
"""Each command with an example of its use, in the order in which the help lists them."""

_OF_RELEASES: tuple[tuple[Callable[..., None], str, str], ...] = (
    (releases.show_list, "list", "pressqa releases list --publisher 'Home Office' --limit 20"),
    (releases.show_one, "show", "pressqa releases show ID --json"),
)
"""The commands of ``pressqa releases``, likewise, with their names."""

for command, example in _COMMANDS:
    app.command(epilog=f"For example: {example}")(command)
_releases = typer.Typer(no_args_is_help=True, help="List the releases in the index, or show one.")
for command, name, example in _OF_RELEASES:
    _releases.command(name, epilog=f"For example: {example}")(command)
app.add_typer(_releases, name="releases")


def main() -> None:
    """Run the command line."""
    prepare_streams()
    app(prog_name="pressqa")
