"""The command ``pressqa``. Modules are imported where they are used, so that no command loads what it does not need.

Long because every command is here, each of them short, with the words of its help.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError, PressqaError
from qa.cli.terminal import (
    FAILED,
    FOUND,
    NOT_FOUND,
    Commands,
    complain,
    console,
    prepare_streams,
    print_json,
    printable,
    question_of,
)
from qa.wording import counted

if TYPE_CHECKING:
    from index.embed import StoredVectors
    from index.types import SearchFilter, SyncReport
    from qa.engine import Engine
    from qa.settings import Settings
    from qa.types import Answer

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask dated government press releases, and get the answer in their own words.",
    epilog='For example: pressqa ingest releases.txt, then pressqa ask "how many foreign criminals were removed?"',
)


_SOURCES_FILE = Path("pressqa.toml")
"""The file that names the sources, looked for in the folder where the command runs."""


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


releases = typer.Typer(no_args_is_help=True, help="List the releases in the index, or show one.")
app.add_typer(releases, name="releases")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date; write it as 2025-01-31") from error


Data = Annotated[
    Path | None, typer.Option(help="The folder of the index. [env: PRESSQA_DATA]", show_default=False, metavar="DIR")
]
AsOf = Annotated[
    date | None, typer.Option(parser=_date, metavar="DATE", help="Answer from what had been published by that day.")
]
KnownBy = Annotated[
    date | None, typer.Option(parser=_date, metavar="DATE", help="Only what had been published by that day.")
]
Since = Annotated[date | None, typer.Option(parser=_date, metavar="DATE", help="Only releases from that day on.")]
Until = Annotated[date | None, typer.Option(parser=_date, metavar="DATE", help="Only releases up to that day.")]


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


@app.command(epilog='For example: pressqa ask "how many foreign criminals were removed?" --as-of 2024-12-31')
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
    where = _filter(as_of, since, until, publisher)
    if not question:
        if as_json:
            raise InputError("--json is given without a QUESTION", 'give it: pressqa ask "how many ...?" --json')
        _ask_in_a_loop(data, top_k, where, max_tokens, explain, whole, write)
        return
    asked = question_of(question)
    with _engine(data) as engine:
        if as_json:
            from qa.cli import json_output

            answer = engine.ask(asked, top_k=top_k, where=where, max_tokens=max_tokens, explain=explain)
            if write:
                answer = _writing(engine, where, max_tokens, _settings(data))(answer)
            print_json(json_output.as_json(answer))
        else:
            from qa.cli.asking import Asking, ask_and_show

            answer = ask_and_show(engine, console(), asked, Asking(top_k, where, max_tokens, explain, whole))
            if write:
                from qa.cli.written import show_written

                show_written(console(), _writing(engine, where, max_tokens, _settings(data))(answer).written)
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
    with _engine(data) as engine:
        written = _writing(engine, where, max_tokens, _settings(data)) if write else None

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
            History(_settings(data).history_file),
        )


@app.command(epilog='For example: pressqa search "asylum interviews" --since 2025-01-01 --json')
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
    with _engine(data, reads=False) as engine:
        found = engine.search(asked, top_k=top_k, where=_filter(as_of, since, until, publisher), max_tokens=max_tokens)
    from qa.cli import json_output, text

    if as_json:
        print_json(json_output.as_json(found))
    elif found.passages:
        text.show_passages(console(), found.passages)
    else:
        typer.echo("No such passages in the releases.")
    raise typer.Exit(FOUND if found.passages else NOT_FOUND)


@app.command(epilog='For example: pressqa figures "drugs seized" --unit tonnes --period-from 2023-04-01 --csv')
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
        typer.Option(parser=_date, metavar="DATE", help="Only figures for a time that ends on this day or later."),
    ] = None,
    period_to: Annotated[
        date | None,
        typer.Option(parser=_date, metavar="DATE", help="Only figures for a time that begins on this day or earlier."),
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

    with _engine(data, reads=False) as engine:
        wanted = FigureFilter(unit, period_from, period_to)
        found = engine.figures(asked, wanted=wanted, where=_filter(as_of, since, until, publisher), limit=limit)
    if as_json:
        print_json(json_output.as_json(found))
    elif as_csv:
        from qa.figures.csv_file import figures_csv

        typer.echo(figures_csv(found), nl=False)
    elif found.figures:
        text.show_figures(console(), found.figures)
    else:
        typer.echo("No such figures in the releases.")
    raise typer.Exit(FOUND if found.figures else NOT_FOUND)


@app.command(epilog='For example: pressqa plot "how many foreign criminals were removed?" -o removed.svg')
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
    with _engine(data) as engine:
        answer = engine.ask(asked, where=_filter(as_of, since, until, publisher))
    if not answer.timeline or answer.timeline[0].value is None:
        found = "not found in the releases" if answer.answer is None else f"the answer is not a figure: {answer.answer}"
        typer.echo(printable(f"nothing to draw: {found}"), err=True)
        raise typer.Exit(NOT_FOUND)
    from index.disk.atomic import write_whole
    from qa.figures.plot import draw

    write_whole(output, draw(answer, form))
    count = counted(len(answer.timeline), "statement")
    typer.echo(printable(f"{output}: {count}, the latest {answer.timeline[0].text}"))


@app.command(epilog="For example: pressqa ingest releases.txt more.jsonl folder-of-pages/ --publisher 'Home Office'")
def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders and web addresses of releases.", metavar="PATH")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="The kind of input: tag-page, jsonl, json, csv, markdown, html, pdf, docx, text, files. [recognised]",
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
    from index.sources import parse_fields, parse_origin
    from qa import upkeep
    from qa.cli.progress import watching

    how = parse_fields(field or (), publisher)

    settings = _settings(data)
    with _stored_vectors(vectors) as stored:
        if reembed:
            with watching("embedding") as watcher:
                report = upkeep.reembed(settings, watcher, stored)
            typer.echo(f"embedded again: {counted(report.changed, 'revision')}, {counted(report.passages, 'passage')}")
        if not paths:
            return
        with watching("ingesting") as watcher:
            origins = [parse_origin(path) for path in paths]
            report = upkeep.ingest(
                settings, origins, source, watcher, today=date.today(), how=how, allow=allow or (), vectors=stored
            )
        code = _print_report(report, "left out")
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


@app.command(
    epilog="For example: pressqa embed news.jsonl --shard 1/4 --out 1.npz, then: pressqa ingest --vectors 1.npz"
)
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
    data: Data = None,
) -> None:
    """Write the vectors of a share of the passages to a file, for 'pressqa ingest --vectors'. No index is changed.

    An index in the data folder, else the settings, say with which model. Exit code 1 means: done, but some entries were
    left out.
    """
    from index.embed import parse_share
    from index.sources import parse_fields, parse_origin
    from qa import bulk
    from qa.cli.progress import watching

    share = parse_share(shard)
    with watching("embedding") as watcher:
        origins = [parse_origin(path) for path in paths]
        how = parse_fields(field or (), publisher)
        report = bulk.embed_share(_settings(data), origins, source, share=share, path=out, watcher=watcher, how=how)
    for problem in report.problems:
        typer.echo(printable(f"left out: {problem.where}: {problem.reason}"), err=True)
    written = f"{counted(report.texts, 'vector')} of {counted(report.releases, 'release')}"
    typer.echo(printable(f"{out}: {written}, the share {shard}"))
    raise typer.Exit(NOT_FOUND if report.problems else FOUND)


@app.command(epilog="For example: pressqa init, then edit pressqa.toml, then: pressqa sync --dry-run")
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


@app.command(epilog="For example: pressqa sync --dry-run, then: pressqa sync --every 15m")
def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="The sources to read; by default all.", metavar="NAME")
    ] = None,
    config: Annotated[Path, typer.Option(metavar="FILE", help="The file that names the sources.")] = _SOURCES_FILE,
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="Keep going, and read again after this time: 15m, 2h.")
    ] = None,
    since: Annotated[
        date | None, typer.Option(parser=_date, metavar="DATE", help="Read the sources again from that day on.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    data: Data = None,
) -> None:
    """Bring the index in step with the sources in pressqa.toml. Exit code 1 means: done, but something failed."""
    import time

    from qa import sync as syncing
    from qa.cli.progress import watching
    from qa.sources_file import seconds_of

    pause = None
    if every is not None:
        try:
            pause = float(str(seconds_of(every)))
        except ValueError as error:
            raise InputError(f"--every {every}: {error}", "for example: --every 15m") from None
    if pause is not None and (dry_run or pause < 1):
        raise InputError("--every needs at least 1s, and no --dry-run", "leave one of them out")
    settings = _settings(data)
    file, sources = syncing.chosen_sources(config, names or [])
    schedule = syncing.Schedule(sources, time.monotonic)
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
            raise typer.Exit(code)
        time.sleep(max(0.0, begin + pause - time.monotonic()))


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


@releases.command("list", epilog="For example: pressqa releases list --publisher 'Home Office' --limit 20")
def releases_list(
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
    where = _filter(as_of, since, until, publisher)
    from qa import holdings
    from qa.cli import json_output

    entries = holdings.entries(_settings(data), where, limit or sys.maxsize)
    if as_json:
        for entry in entries:
            print_json(json_output.entry_json(entry), indent=None)
        return
    for entry in entries:
        typer.echo(f"{entry.published}  {entry.publisher}  {entry.title}  [{entry.id}]")


@releases.command("show", epilog="For example: pressqa releases show ID --json")
def releases_show(
    release_id: Annotated[
        str, typer.Argument(metavar="ID", help="An id, as 'releases list' shows it.", autocompletion=_release_ids)
    ],
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
    """Show one release as it is stored, with its revisions and where it was found."""
    if revision is not None and as_of is not None:
        raise InputError("--revision and --as-of are given together", "choose one of them")
    from qa import holdings
    from qa.cli import json_output, text

    revisions, origins = holdings.history(_settings(data), release_id)
    if revision is None:
        release = holdings.release(_settings(data), release_id, _filter(as_of, None, None, None))
    else:
        found = [each.release for each in revisions if each.number == revision]
        if not found:
            raise InputError(f"{release_id} has no revision {revision}", f"it has 1 to {revisions[0].number}")
        release = found[0]
    if as_json:
        print_json(json_output.history_json(revisions, origins) if history else json_output.release_json(release))
    else:
        text.show_release(console(), release, revisions, origins)


@app.command(epilog="For example: pressqa remove ID, with an id from: pressqa releases list")
def remove(
    release_ids: ReleaseIds,
    data: Data = None,
) -> None:
    """Delete releases from the index, with all their revisions; they are gone from answers at once."""
    from qa import upkeep

    upkeep.remove(_settings(data), release_ids)
    typer.echo(f"removed {len(release_ids)}")


@app.command(epilog="For example: pressqa export --output releases.jsonl")
def export(
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write; by default to standard output.")
    ] = None,
    data: Data = None,
) -> None:
    """Write every release as JSON Lines, which 'pressqa ingest' reads."""
    from index.disk.atomic import write_lines
    from qa import holdings

    lines = holdings.export(_settings(data))
    if output is None:
        for line in lines:
            typer.echo(line)
        return
    count = write_lines(output, lines)
    typer.echo(f"wrote {count} releases to {output}", err=True)


@app.command(epilog="For example: pressqa copy postgresql://pressqa@127.0.0.1:5432/pressqa")
def copy(
    target: Annotated[
        str, typer.Argument(help="A folder, or the address of a PostgreSQL database, that holds no index.")
    ],
    data: Data = None,
) -> None:
    """Copy the catalog to another place, with all revisions; make the search files there with 'pressqa verify'."""
    from qa import upkeep

    typer.echo(f"copied {counted(upkeep.copy(_settings(data), target), 'revision')}")


@app.command(epilog="For example: pressqa status --json")
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show what the index holds and what it was built with."""
    from qa import holdings

    facts = holdings.status(_settings(data))
    if as_json:
        print_json(facts)
        return
    width = max(map(len, facts)) + 2
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}{value}")


@app.command(epilog="For example: pressqa verify --data DIR")
def verify(data: Data = None) -> None:
    """Check the whole index, and rebuild the search files where they are missing, behind or damaged."""
    from qa import upkeep

    verdict = upkeep.check(_settings(data))
    state = "the search files were missing, behind or damaged, and have been made again" if verdict.rebuilt else "sound"
    held = f"{counted(verdict.releases, 'release')}, {counted(verdict.passages, 'passage')}"
    typer.echo(f"{state}: generation {verdict.generation}, {held}")


def _settings(data: Path | None) -> "Settings":
    from qa.settings import Settings, read_settings

    return read_settings(Settings, {} if data is None else {"data": data})


@contextmanager
def _engine(data: Path | None, *, reads: bool = True) -> Iterator["Engine"]:
    # pydantic would look through every installed package for plugins: a twentieth of the time from start to answer.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from qa.compose import open_engine

    engine = open_engine(_settings(data), reads=reads)
    try:
        yield engine
    finally:
        engine.close()


def _writing(
    engine: "Engine", where: "SearchFilter", max_tokens: int | None, settings: "Settings"
) -> "Callable[[Answer], Answer]":
    """Return what puts beside an answer what a language model wrote, or why it wrote nothing."""
    from functools import partial

    from index.types import SearchFilter
    from qa.compose import writer_of
    from qa.writing.writer import unwritten, with_written

    writer = writer_of(settings)
    if writer is None:
        return lambda answer: with_written(answer, unwritten())
    release_of = partial(engine.release, where=SearchFilter(as_of=where.as_of))
    return lambda answer: with_written(answer, writer.write(answer, release_of, max_tokens))


def _filter(as_of: date | None, since: date | None, until: date | None, publisher: str | None) -> "SearchFilter":
    from index.types import SearchFilter

    return SearchFilter(as_of, since, until, publisher)


def main() -> None:
    """Run the command line."""
    prepare_streams()
    app(prog_name="pressqa")
