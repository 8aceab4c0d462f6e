"""The command ``pressqa eval``. Scoring needs the extra ``eval``, and is imported only when it is called.

Long because every command is here, each of them short, with the words of its help.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from eval.runs.ask import Progress
    from qa.settings import Settings

DONE, WORSE_OR_FAILED, CANNOT = 0, 1, 2
"""Exit codes. 1: B is worse or not identical, the gate failed, or questions failed. 2: bad input or citation."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measure whether answers got better or worse, and whether the difference is real.",
    epilog="For example: pressqa eval run gold.jsonl --corpus releases.txt --name before",
)

Gold = Annotated[Path, typer.Argument(help="A gold set: JSON Lines, a BEIR folder, SQuAD JSON, ...", metavar="GOLD")]
CorpusPaths = Annotated[
    list[Path] | None, typer.Option("--corpus", metavar="PATH", help="Releases that the questions are about.")
]
LabelledPaths = Annotated[
    list[Path] | None, typer.Option("--corpus", metavar="PATH", help="Releases that the labels are about.")
]
Distractors = Annotated[
    list[Path] | None, typer.Option("--distractors", metavar="PATH", help="Other releases to search among.")
]
Split = Annotated[str | None, typer.Option(metavar="NAME", help="Only the questions of this split.")]
Form = Annotated[
    str | None,
    typer.Option(
        metavar="FORM", help="gold, beir, squad, reading, known-item or offsets. [recognised]", show_default=False
    ),
]
Sample = Annotated[int | None, typer.Option(min=1, metavar="N", help="Only N questions, always the same ones.")]
Cache = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where vectors and models are kept. [the user's cache folder]")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting to use instead of the environment's, such as depth=50."),
]
Metrics = Annotated[list[str] | None, typer.Option("--metric", metavar="METRIC", help="Only these metrics.")]


@app.command(epilog="For example: pressqa eval run gold.jsonl --corpus releases.txt --distractors news.jsonl")
def run(
    gold: Gold,
    corpus: CorpusPaths = None,
    distractors: Distractors = None,
    split: Split = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The run's name. [set, day and time]")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where run folders are kept.")] = Path("runs"),
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="An index to ask, instead of a corpus.")] = None,
    cache: Cache = None,
    form: Form = None,
    sample: Sample = None,
    settings: Set = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a run of the same name.")] = False,
) -> None:
    """Ask every question of a gold set, and write a run folder. Exit code 1: questions failed; 2: a citation did."""
    with _extra():
        from eval.report.tables import show_run
        from eval.runs.ask import Plan, execute
        from eval.runs.folder import check_free, write_run
        from eval.runs.vector_cache import default_cache
        from eval.scoring.score import as_json, score
        from eval.sets.load import load_set
    if data is not None and (corpus or distractors):
        raise InputError("--data is given with --corpus or --distractors", "ask an index, or make one from a corpus")
    loaded = load_set(gold, form, split, sample)
    name = name or f"{gold.name.split('.')[0]}-{datetime.now():%Y%m%d-%H%M%S}"
    if not name.strip(".") or "/" in name or "\\" in name:
        raise InputError(f"{name!r} cannot be the name of a folder", "choose a plain name: --name NAME")
    check_free(out / name, replace=replace)
    plan = Plan(
        name=name,
        gold=loaded,
        settings=_settings(settings or [], data),
        cache=cache or default_cache(),
        corpus=tuple(corpus or ()),
        distractors=tuple(distractors or ()),
    )
    with _following("asking") as progress:
        done = execute(plan, progress)
    scored = score(done)
    write_run(out / name, done, as_json(scored), replace=replace)
    show_run(_console(), done, scored)
    typer.echo(f"written to {out / name}")
    if scored.faults:
        raise typer.Exit(CANNOT)
    if scored.errors:
        raise typer.Exit(WORSE_OR_FAILED)


@app.command(epilog="For example: pressqa eval validate gold.jsonl --corpus releases.txt")
def validate(
    gold: Gold, corpus: CorpusPaths = None, distractors: Distractors = None, split: Split = None, form: Form = None
) -> None:
    """Check a gold set: its form and, with a corpus, that every label is found in it."""
    from eval.runs.corpus import gather
    from eval.sets.load import load_set

    loaded = load_set(gold, form, split)
    resolved = "labels not looked for: name the corpus with --corpus PATH"
    if corpus or loaded.releases:
        found = gather(loaded, corpus or [], distractors or [])
        notes = [f"{name}: {note}" for name, each in found.resolved.items() for note in each.notes]
        for note in notes:
            typer.echo(f"note: {note}")
        for problem in found.left_out:
            typer.echo(f"left out: {problem.where}: {problem.reason}")
        resolved = f"every label is found in {len(found.releases):,} releases"
    kinds: dict[str, int] = {}
    for question in loaded.questions:
        kinds[question.kind] = kinds.get(question.kind, 0) + 1
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    typer.echo(f"{gold}: sound ({loaded.form}), {len(loaded.questions)} questions: {counts}; {resolved}")


@app.command(epilog="For example: pressqa eval figures labels.jsonl --corpus releases.txt --split dev --errors")
def figures(
    labels: Annotated[
        list[Path], typer.Argument(metavar="LABELS", help="JSON Lines, one release a line with every figure of it.")
    ],
    corpus: LabelledPaths = None,
    split: Annotated[str | None, typer.Option(metavar="NAME", help="Only the releases of this split.")] = None,
    show: Annotated[bool, typer.Option("--errors", help="List everything that was read wrong.")] = False,
    by_rule: Annotated[
        bool, typer.Option("--by-rule", help="List what each rule earns: how often it fires, right and wrong.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Measure how well figures are read: their spans, and of those found value, unit, qualifier and the rest."""
    from eval.report.tables import figures_json, show_figures, show_rules
    from eval.scoring.figures import errors, read_figures, score
    from eval.scoring.rules import by_rule as measure_rules
    from eval.sets.figure_labels import read_labels

    chosen = read_labels(labels, split)
    if not corpus:
        raise InputError("no releases for the labels", "name the corpus that they are of: --corpus PATH")
    read = read_figures(chosen, corpus)
    scored = score(read)
    wrong = list(errors(read)) if show else []
    rules = measure_rules(read) if by_rule else []
    if as_json:
        typer.echo(json.dumps(figures_json(scored, wrong, rules), ensure_ascii=False, indent=2))
    else:
        show_figures(_console(), scored, wrong)
        if rules:
            show_rules(_console(), rules)


@app.command(epilog="For example: pressqa eval written --corpus releases.txt --count 500")
def written(
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", metavar="PATH", help="Releases to write about. [ten summaries that come with it]"),
    ] = None,
    count: Annotated[int, typer.Option(min=1, metavar="N", help="How many true sentences, and how many lies.")] = 500,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number gives other sentences.")] = 1,
    show: Annotated[bool, typer.Option("--errors", help="List every sentence that was judged wrongly.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Measure how written answers are judged. Exit code 1: a lie passed, or over 2 % of what is true was dropped."""
    from eval.gate import CORPUS
    from eval.report.written import show_written, written_json
    from eval.scoring.written import score_written
    from index.sources import open_source
    from index.types import Release

    entries = [entry for path in corpus or [CORPUS] for entry in open_source(path).read()]
    scored = score_written([entry for entry in entries if isinstance(entry, Release)], count, seed)
    if as_json:
        typer.echo(json.dumps(written_json(scored), ensure_ascii=False, indent=2))
    else:
        show_written(_console(), scored, errors=show)
    if not scored.holds:
        raise typer.Exit(WORSE_OR_FAILED)


@app.command(epilog="For example: pressqa eval writer gold.jsonl --corpus releases.txt --sample 20")
def writer(
    gold: Annotated[
        Path | None, typer.Argument(metavar="GOLD", help="A gold set. [the one of the sample]", show_default=False)
    ] = None,
    corpus: CorpusPaths = None,
    split: Split = None,
    sample: Sample = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many tokens of passages the model is shown.")
    ] = None,
    cache: Cache = None,
    settings: Set = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Have your language model (PRESSQA_LLM_URL) write about answers, and tell what is shown of it and why not more."""
    from eval.gate import CORPUS, GOLD
    from eval.report.written import model_json, show_model
    from eval.runs.vector_cache import default_cache
    from eval.runs.writer import write_about
    from eval.sets.load import load_set

    chosen = load_set(gold or GOLD, None, split, sample)
    places = corpus or ([] if gold else [CORPUS])
    with _following("writing") as progress:
        scored = write_about(
            chosen,
            places,
            _settings(settings or []),
            cache or default_cache(),
            max_tokens=max_tokens,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps(model_json(scored), ensure_ascii=False, indent=2))
    else:
        show_model(_console(), scored)


@app.command(epilog="For example: pressqa eval compare runs/before runs/after --fail-on answer_f1")
def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="The run before.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="The run after.")],
    metrics: Metrics = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option("--fail-on", metavar="METRIC", help="Exit with 1 if B is significantly worse on this metric."),
    ] = None,
    intersect: Annotated[bool, typer.Option("--intersect", help="Compare only the questions that both have.")] = False,
) -> None:
    """Compare two runs of the same questions: which metrics and questions differ, and whether significantly."""
    with _extra():
        from eval.report.tables import show_comparison
        from eval.runs.folder import read_run
        from eval.scoring.compare import compare as compare_runs
        from eval.scoring.measures import HEADLINE
    # What fails the comparison is looked at, so it takes part in the correction.
    looked_at = list(dict.fromkeys([*(metrics or HEADLINE), *(fail_on or ())]))
    found = compare_runs(read_run(run_a), read_run(run_b), looked_at, intersect=intersect)
    show_comparison(_console(), found)
    unknown = set(fail_on or ()) - {each.metric for each in found.differences}
    if unknown:
        raise InputError(f"{min(unknown)} applies to no question of these runs", "fail on another metric")
    worse = [each.metric for each in found.differences if each.worse and each.metric in (fail_on or ())]
    if worse:
        typer.echo(f"B is significantly worse on {', '.join(worse)}", err=True)
        raise typer.Exit(WORSE_OR_FAILED)


@app.command(epilog="For example: pressqa eval identical runs/before runs/after")
def identical(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="The run before.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="The run after.")],
) -> None:
    """Check that two runs gave the same answers, question by question, to the last digit. Exit code 1: some differ."""
    with _extra():
        from eval.report.tables import show_changed
        from eval.runs.folder import read_run
        from eval.scoring.identity import changed_questions
    before, after = read_run(run_a), read_run(run_b)
    changed = changed_questions(before, after)
    show_changed(_console(), max(len(before.records), len(after.records)), changed)
    if changed:
        raise typer.Exit(WORSE_OR_FAILED)


@app.command(epilog="For example: pressqa eval report runs/before runs/after --output report.html")
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Run folders, up to 6.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where to write.")] = Path("report.html"),
) -> None:
    """Write one HTML page about one or several runs, to be read in a browser; it loads nothing."""
    with _extra():
        from eval.report.page import write_report
        from eval.runs.folder import read_runs
    write_report(output, read_runs(runs))
    typer.echo(f"written to {output}")


@app.command(epilog="For example: pressqa eval sweep fusion.toml --out runs/fusion")
def sweep(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Sets, fixed settings and the grid.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write. [runs/ and the name]")] = None,
    cache: Cache = None,
) -> None:
    """Measure a grid of settings over one or several sets, into one table; run it again to resume it."""
    with _extra():
        from eval.runs.vector_cache import default_cache
        from eval.sweep import TABLE, read_config, write_tables
        from eval.sweep import sweep as measure
    chosen = read_config(config)
    folder = out or Path("runs") / chosen.name
    with _following("measuring") as progress:
        found = measure(config, folder, cache or default_cache(), progress)
    rows = write_tables(folder, chosen, found)
    typer.echo((folder / TABLE).read_text(encoding="utf-8"), nl=False)
    typer.echo(f"written to {folder}; the best: {rows[0].settings}", err=True)


@app.command(epilog="For example: pressqa eval gate, and after a change that is meant: pressqa eval gate --update")
def gate(
    update: Annotated[bool, typer.Option("--update", help="Accept what is measured now as the new baseline.")] = False,
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="The baseline. [the committed one]")] = None,
    cache: Cache = None,
    settings: Set = None,
) -> None:
    """Run the sample set and compare it with the committed baseline. Exit code 1: a metric dropped significantly."""
    with _extra():
        from eval.gate import BASELINE, baseline_of, hold, read_baseline, run_sample, write_baseline
        from eval.report.tables import show_differences
        from eval.runs.vector_cache import default_cache
    path = baseline or BASELINE
    before = None if update else read_baseline(path)
    with _following("asking") as progress:
        done = run_sample(_settings(settings or []), cache or default_cache(), progress)
    failed = [f"{record.id}: {record.error or record.fault}" for record in done.records if record.error or record.fault]
    for line in failed:
        typer.echo(f"failed: {line}", err=True)
    if failed:
        raise typer.Exit(CANNOT)
    fresh = baseline_of(done)
    if before is None:
        write_baseline(path, fresh)
        typer.echo(f"the baseline {path} now holds {len(fresh.questions)} questions")
        return
    found = hold(before, fresh)
    for name, value in fresh.settings.items():
        if before.settings.get(name) != value:
            typer.echo(f"{name} was {before.settings.get(name)}, is {value}")
    show_differences(_console(), found)
    worse = [each.metric for each in found if each.worse]
    if worse:
        typer.echo(f"significantly worse than the baseline: {', '.join(worse)}", err=True)
        raise typer.Exit(WORSE_OR_FAILED)
    typer.echo("no headline metric is significantly worse")


def _settings(pairs: list[str], data: Path | None = None) -> "Settings":
    """Return the environment's settings with those given on the command line; raises `InputError`."""
    from eval.runs.settings import settings_with

    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"--set {pair!r} is not KEY=VALUE", "for example: --set keyword_weight=0.6")
        overrides[key.strip()] = value.strip()
    return settings_with(overrides, data)


@contextmanager
def _extra() -> Iterator[None]:
    """Turn a missing package into an `InputError` that names the extra to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"ir_measures", "scipy", "sklearn"}:
            raise
        raise InputError(f"{error.name} is not installed", "install the extra: pip install 'pressqa[eval]'") from error


@contextmanager
def _following(verb: str) -> Iterator["Progress"]:
    """Yield a function that moves a progress bar on a terminal, and does nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(verb, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _console() -> "Console":
    from qa.cli.terminal import console

    return console(piped_width=200)
