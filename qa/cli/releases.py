"""The commands that list the releases of an index, or show one."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from qa.cli.opening import filter_of, settings_of
from qa.cli.parameters import AsJson, Data, KnownBy, Publisher, ReleaseId, Since, Until
from qa.cli.terminal import (
    console,
    print_json,
)

if TYPE_CHECKING:
    pass


def show_list(
    limit: Annotated[int, typer.Option(metavar="N", help="How many, newest first; 0 for all.")] = 50,
    as_of: KnownBy = None,
    since: Since = None,
    until: Until = None,
    publisher: Publisher = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List releases, newest first: date, publisher, title and id."""
    if limit < 0:
        raise InputError(f"--limit is {limit}; it must be at least 0", "leave it out for 50")
    where = filter_of(as_of, since, until, publisher)
    from qa import holdings
    from qa.cli import json_output

    entries = holdings.entries(settings_of(data), where, limit or sys.maxsize)
    if as_json:
        for entry in entries:
            print_json(json_output.entry_json(entry), indent=None)
        return
    for entry in entries:
        withdrawn = f"  (withdrawn {entry.withdrawn})" if entry.withdrawn else ""
        typer.echo(f"{entry.published}  {entry.publisher}  {entry.title}  [{entry.id}]{withdrawn}")


def show_one(
    release_id: ReleaseId,
    as_of: KnownBy = None,
    revision: Annotated[
        int | None, typer.Option(metavar="N", help="Its N-th text, counted from 1; by default the current one.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="With --json: its revisions and where it was found, instead of its text.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show one release as it is stored, with its revisions and where it was found; by its id or its web address."""
    if revision is not None and as_of is not None:
        raise InputError("--revision and --as-of are given together", "choose one of them")
    from qa import holdings
    from qa.cli import json_output, text

    release_id, revisions, origins = holdings.found(settings_of(data), release_id)
    if revision is None:
        release = holdings.release(settings_of(data), release_id, filter_of(as_of, None, None, None))
    else:
        found = [each.release for each in revisions if each.number == revision]
        if not found:
            raise InputError(f"{release_id} has no revision {revision}", f"it has 1 to {revisions[0].number}")
        release = found[0]
    if as_json:
        print_json(json_output.history_json(revisions, origins) if history else json_output.release_json(release))
    else:
        text.show_release(console(), release, revisions, origins)
