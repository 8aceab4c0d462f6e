"""``pressqa keys``: offered to the one command through the entry-point group ``pressqa.commands``."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.keys import create_key, read_keys, revoke_key, today_utc
from qa.cli.parameters import AsJson, Data, day
from qa.settings import Settings, read_settings


class ScopeName(StrEnum):
    """What a key is for."""

    read = "read"
    write = "write"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Make, list and revoke the keys with which programs use the server.",
)


@app.command(epilog="For example: pressqa keys create --name newsroom --scope read --expires 2026-12-31")
def create(
    name: Annotated[str, typer.Option(help="Whose key it is, for you to recognise it.")],
    scope: Annotated[ScopeName, typer.Option(help="What it allows; write includes read.")] = ScopeName.read,
    expires: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="The last day of its use; by default none.")
    ] = None,
    data: Data = None,
) -> None:
    """Make a key and print it. It is shown this once: the server keeps its digest alone."""
    key, token = create_key(_folder(data), name, scope.value, expires, datetime.now(UTC))
    typer.echo(token)
    typer.echo(f"key {key.id} of {key.name}: send it as 'Authorization: Bearer {token[:17]}...'", err=True)


@app.command("list", epilog="For example: pressqa keys list --json")
def list_keys(data: Data = None, as_json: AsJson = False) -> None:
    """List the keys: id, scope, state and name."""
    for key in read_keys(_folder(data)):
        if as_json:
            typer.echo(json.dumps({name: value for name, value in asdict(key).items() if name != "sha256"}))
            continue
        until = f"until {key.expires}" if key.expires else "no end"
        state = "revoked" if key.revoked else until if key.is_usable(today_utc()) else "expired"
        typer.echo(f"{key.id}  {key.scope:<5}  {state:<16}  {key.name}")


@app.command(epilog="For example: pressqa keys revoke 1a2b3c4d")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="An id, as 'keys list' shows it.")], data: Data = None
) -> None:
    """Make a key unusable, from the next request on."""
    key = revoke_key(_folder(data), key_id, datetime.now(UTC))
    typer.echo(f"revoked {key.id} ({key.name})")


def _folder(data: Path | None) -> Path:
    return read_settings(Settings, {} if data is None else {"data": data}).data
