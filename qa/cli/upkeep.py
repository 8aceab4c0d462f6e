"""The commands that fill an index, keep it in step with its sources, and look after it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError, PressqaError
from qa.cli.opening import settings_of
from qa.cli.parameters import AsJson, Data, ReleaseIds, day
from qa.cli.terminal import (
    FAILED,
    FOUND,
    NOT_FOUND,
    complain,
    print_json,
    printable,
)
from qa.wording import counted

if TYPE_CHECKING:
    from index.embed import StoredVectors
    from index.types import SyncReport
    from qa.settings import Settings


_SOURCES_FILE = Path("pressqa.toml")
"""The file that names the sources, looked for in the folder where the command runs."""


Languages = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE", help="A language to read (en, cy), if your model reads others than English; repeatable."
    ),
]


def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders and web addresses of releases.", metavar="PATH")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="The kind: tag-page, jsonl, json, csv, feed, markdown, html, pdf, docx, text, files. [recognised]",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="OURS=THEIRS", help="Which field of the input is one of a release: --field body=text"),
    ] = None,
    publisher: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The publisher of releases that name none, and of pages, PDF, Word."),
    ] = None,
    language: Languages = None,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Split and embed everything in the index again, as the settings say.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="A network (127.0.0.1, 10.0.0.0/8) that may be read though not public."),
    ] = None,
    vectors: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Vectors that 'pressqa embed' wrote, taken instead of computed; repeatable."),
    ] = None,
    data: Data = None,
) -> None:
    """Read releases into the index. Exit code 1 means: done, but some entries or paths were left out."""
    if not paths and not reembed:
        raise InputError("nothing to ingest", "name files, folders or web addresses: pressqa ingest PATH")
    from index.sources import READ, parse_fields, parse_origin
    from qa import upkeep
    from qa.cli.progress import watching

    how = parse_fields(field or (), publisher)

    settings = settings_of(data)
    with _stored_vectors(vectors) as stored:
        if reembed:
            with watching("embedding") as watcher:
                report = upkeep.reembed(settings, watcher, stored)
            typer.echo(f"embedded again: {counted(report.changed, 'revision')}, {counted(report.passages, 'passage')}")
        if not paths:
            _maintain(settings)
            return
        with watching("ingesting") as watcher:
            origins = [parse_origin(path) for path in paths]
            report = upkeep.ingest(
                settings,
                origins,
                source,
                watcher,
                today=date.today(),
                how=how,
                languages=tuple(language) if language else READ,
                allow=allow or (),
                vectors=stored,
            )
        code = _print_report(report, "left out")
    _maintain(settings)
    raise typer.Exit(code)


@contextmanager
def _stored_vectors(paths: list[Path] | None) -> Iterator["StoredVectors | None"]:
    """Open files of vectors, if any are given; say afterwards how many of them were taken."""
    if not paths:
        yield None
        return
    from index.embed import StoredVectors

    stored = StoredVectors(paths)
    try:
        yield stored
    finally:
        stored.close()
    typer.echo(stored.summary())


def embed(
    paths: Annotated[list[str], typer.Argument(help="Files and folders of releases.", metavar="PATH")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the vectors.")],
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Only the I-th of N shares, each for another process or machine.")
    ] = "1/1",
    source: Annotated[str | None, typer.Option(metavar="KIND", help="The kind of input, as for ingest.")] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="OURS=THEIRS", help="A field of the input, as for ingest.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="The publisher of releases that name none, as for ingest.")
    ] = None,
    language: Languages = None,
    data: Data = None,
) -> None:
    """Write the vectors of a share of the passages to a file, for 'pressqa ingest --vectors'. No index is changed.

    An index in the data folder, else the settings, say with which model. Exit code 1 means: done, but some entries were
    left out.
    """
    from index.embed import parse_share
    from index.sources import READ, parse_fields, parse_origin
    from qa import bulk
    from qa.cli.progress import watching

    share = parse_share(shard)
    with watching("embedding") as watcher:
        origins = [parse_origin(path) for path in paths]
        how = parse_fields(field or (), publisher)
        report = bulk.embed_share(
            settings_of(data),
            origins,
            source,
            share=share,
            path=out,
            watcher=watcher,
            how=how,
            languages=tuple(language) if language else READ,
        )
    for problem in report.problems:
        typer.echo(printable(f"left out: {problem.where}: {problem.reason}"), err=True)
    written = f"{counted(report.texts, 'vector')} of {counted(report.releases, 'release')}"
    typer.echo(printable(f"{out}: {written}, the share {shard}"))
    raise typer.Exit(NOT_FOUND if report.problems else FOUND)


def init(
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write.")] = _SOURCES_FILE,
) -> None:
    """Write a pressqa.toml with comments, in which you name your sources."""
    from qa.sources_file import TEMPLATE

    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise InputError(f"{output} is there already", "name another: pressqa init --output FILE") from None
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}", "name another: --output FILE") from None
    typer.echo(f"wrote {output}: edit it, then try: pressqa sync --dry-run")


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="The sources to read; by default all.", metavar="NAME")
    ] = None,
    config: Annotated[Path, typer.Option(metavar="FILE", help="The file that names the sources.")] = _SOURCES_FILE,
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="Keep going, and read again after this time: 15m, 2h.")
    ] = None,
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Read the sources again from that day on.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    data: Data = None,
) -> None:
    """Bring the index in step with the sources in pressqa.toml. Exit code 1 means: done, but something failed."""
    import time

    from qa import sync as syncing
    from qa.cli.progress import watching
    from qa.maintenance import Maintenance
    from qa.sources_file import seconds_of

    pause = None
    if every is not None:
        try:
            pause = float(str(seconds_of(every)))
        except ValueError as error:
            raise InputError(f"--every {every}: {error}", "for example: --every 15m") from None
    if pause is not None and (dry_run or pause < 1):
        raise InputError("--every needs at least 1s, and no --dry-run", "leave one of them out")
    settings = settings_of(data)
    file, sources = syncing.chosen_sources(config, names or [])
    schedule = syncing.Schedule(sources, time.monotonic)
    maintenance = Maintenance(settings, lambda error: complain(str(error), error.hint))
    try:
        while True:
            begin = time.monotonic()
            due = schedule.due()
            code = FOUND
            try:
                if due:
                    with watching("reading") as watcher:
                        report = syncing.sync(
                            settings, file.web, due, watcher, today=date.today(), since=since, dry_run=dry_run
                        )
                    code = _print_report(report, "failed", dry_run=dry_run)
                    schedule.was_read(due.keys() - {problem.where for problem in report.problems})
                    since = None  # once is enough
            except PressqaError as error:
                if pause is None:
                    raise
                typer.echo(printable(f"pressqa: {error}"), err=True)  # the next round may do better
            if pause is None:
                if not dry_run:
                    _maintain(settings)
                raise typer.Exit(code)
            maintenance.wake()  # the next round begins meanwhile
            time.sleep(max(0.0, begin + pause - time.monotonic()))
    finally:
        maintenance.stop()


def _print_report(report: "SyncReport", left_out: str, *, dry_run: bool = False) -> int:
    """Print what an ingest or a sync did; return the exit code."""
    for problem in report.problems:
        typer.echo(printable(f"{left_out}: {problem.where}: {problem.reason}"), err=True)
    for skipped in report.skipped:
        typer.echo(printable(f"skipped: {skipped.where}: {skipped.reason}"), err=True)
    counts = [f"{report.added} added", f"{report.changed} changed", f"{report.unchanged} unchanged"]
    counts += [f"{report.withdrawn} withdrawn"] if report.withdrawn else []
    counts += [f"{len(report.skipped)} skipped"] if report.skipped else []
    counts += [f"{len(report.problems)} {left_out}"]
    stored = "" if dry_run else f" ({counted(report.passages, 'passage')}, {report.embedded} embedded)"
    typer.echo(f"{'would be: ' if dry_run else ''}{', '.join(counts)}{stored}")
    if not report.problems:
        return FOUND
    done = report.added + report.changed + report.unchanged + report.withdrawn + len(report.skipped)
    return NOT_FOUND if done else FAILED


def remove(
    release_ids: ReleaseIds,
    data: Data = None,
) -> None:
    """Delete releases from the index, with all their revisions; they are gone from answers at once."""
    from qa import upkeep

    settings = settings_of(data)
    upkeep.remove(settings, release_ids)
    typer.echo(f"removed {len(release_ids)}")
    _maintain(settings)


def export(
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; by default to standard output.")
    ] = None,
    data: Data = None,
) -> None:
    """Write every release as JSON Lines, which 'pressqa ingest' reads."""
    from index.disk.atomic import write_lines
    from qa import holdings

    lines = holdings.export(settings_of(data))
    if output is None:
        for line in lines:
            typer.echo(line)
        return
    count = write_lines(output, lines)
    typer.echo(f"wrote {count} releases to {output}", err=True)


def copy(
    target: Annotated[
        str, typer.Argument(help="A folder, or the address of a PostgreSQL database, that holds no index.")
    ],
    data: Data = None,
) -> None:
    """Copy the catalog to another place, with all revisions; make the search files there with 'pressqa verify'."""
    from qa import upkeep

    typer.echo(f"copied {counted(upkeep.copy(settings_of(data), target), 'revision')}")


def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show what the index holds and what it was built with."""
    from qa import holdings

    facts = holdings.status(settings_of(data))
    if as_json:
        print_json(facts)
        return
    width = max(map(len, facts)) + 2
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}{value}")


def verify(data: Data = None) -> None:
    """Check the whole index, and rebuild the search files where they are missing, behind or damaged."""
    from qa import upkeep

    settings = settings_of(data)
    verdict = upkeep.check(settings)
    state = "the search files were missing, behind or damaged, and have been made again" if verdict.rebuilt else "sound"
    held = f"{counted(verdict.releases, 'release')}, {counted(verdict.passages, 'passage')}"
    typer.echo(f"{state}: generation {verdict.generation}, {held}")
    _maintain(settings)


def _maintain(settings: "Settings") -> None:
    """Merge and train what was published, once what was done is told: a fault of this changes nothing about it."""
    from qa.maintenance import Maintenance

    sys.stdout.flush()
    maintenance = Maintenance(settings, lambda error: complain(str(error), error.hint))
    try:
        maintenance.once()
    except KeyboardInterrupt:
        typer.echo("stopped merging: what was done is stored, and the next command that writes goes on", err=True)
        maintenance.stop()
