"""Runs and comparisons as text for a terminal."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.metrics import Interval
from eval.metrics.figures import FigureScore
from eval.runs.folder import Run
from eval.scoring import identity
from eval.scoring.compare import Changed, Comparison, Difference
from eval.scoring.measures import HEADLINE, METRICS
from eval.scoring.rules import Earned
from eval.scoring.score import Score
from eval.types import Record
from qa.wording import counted

_LISTED = 10
"""How many entries of a longer list are named."""


def show_run(console: Console, run: Run, scored: Score) -> None:
    """Print a run's metrics with intervals, the main ones by kind, the latency, and what went wrong."""
    info = run.info
    console.print(
        f"{info.name}: {info.questions} questions, {info.releases:,} releases, {info.passages:,} passages,"
        f" model {info.manifest['model']}"
    )
    for note in [*info.left_out[:_LISTED], *_more(info.left_out)]:
        console.print(Text(f"left out: {note}", style="dim"))
    for note in [*info.notes[:_LISTED], *_more(info.notes)]:
        console.print(Text(f"note: {note}", style="dim"))
    console.print(_metrics(scored))
    if len(scored.by_kind) > 1:
        console.print(_kinds(run, scored))
    _show_abstention(console, scored)
    if "total" in scored.latency:
        total = scored.latency["total"]
        console.print(f"latency: median {total.median:.0f} ms, p95 {total.p95:.0f} ms, p99 {total.p99:.0f} ms")
    by_id = {record.id: record for record in run.records}
    for name in scored.errors:
        console.print(Text(f"failed, scores zero: {name}: {by_id[name].error}", style="bold red"))
    for name in scored.faults:
        console.print(Text(f"CITATION DOES NOT HOLD: {name}: {by_id[name].fault}", style="bold red"))


def _more(items: list[str]) -> list[str]:
    return [f"and {len(items) - _LISTED} more"] if len(items) > _LISTED else []


def _metrics(scored: Score) -> Table:
    table = Table("metric", box=None, pad_edge=False)
    for heading in ("mean", "95 % interval", "questions"):
        table.add_column(heading, justify="right")
    for metric in METRICS:
        if metric in scored.overall:
            value = scored.overall[metric]
            table.add_row(metric, f"{value.mean:.3f}", f"{value.low:.3f} to {value.high:.3f}", str(value.n))
    return table


def _kinds(run: Run, scored: Score) -> Table:
    shown = [metric for metric in HEADLINE if metric in scored.overall]
    table = Table("kind", box=None, pad_edge=False)
    for heading in ("questions", *shown):
        table.add_column(heading, justify="right")
    for kind, values in scored.by_kind.items():
        count = sum(record.kind == kind for record in run.records)
        table.add_row(kind, str(count), *(_mean(values.get(metric)) for metric in shown))
    return table


def _mean(value: Interval | None) -> str:
    return f"{value.mean:.2f}" if value else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _show_abstention(console: Console, scored: Score) -> None:
    found = scored.abstention
    if found is None:
        return
    counts = found.confusion
    console.print(
        f"not found, at threshold {found.threshold}: AUROC {_number(found.auroc)}, average precision"
        f" {_number(found.average_precision)}, F1 {counts.f1:.3f}; {counts.true_positive} rightly answered,"
        f" {counts.false_positive} wrongly, {counts.true_negative} rightly refused, {counts.false_negative} wrongly"
    )
    for name, reading in found.readings.items():
        console.print(
            f"confidence that {name}: risk-coverage area {_number(reading.risk_coverage_area)},"
            f" calibration error {_number(reading.calibration_error)}"
        )


def show_comparison(console: Console, found: Comparison) -> None:
    """Print what differs between two runs: settings, metrics, and the questions won and lost, side by side."""
    console.print(f"A: {found.a.info.name}, {found.a.info.created:%d %B %Y}")
    console.print(f"B: {found.b.info.name}, {found.b.info.created:%d %B %Y}")
    if found.dropped:
        console.print(
            Text(
                f"NOT COMPARED: {len(found.dropped)} questions that are in one run only, or labelled differently:"
                f" {', '.join(found.dropped[:_LISTED])}{', ...' if len(found.dropped) > _LISTED else ''}",
                style="bold red",
            )
        )
    for name, (before, after) in found.settings.items():
        console.print(Text(f"  {name}: {before} | {after}"))
    show_differences(console, found.differences)
    for heading, changes in (("B better on", found.won), ("B worse on", found.lost)):
        console.print(Text(f"{heading} {counted(len(changes), 'question')}", style="bold"))
        for each in changes:
            _show_change(console, each)


def show_differences(console: Console, differences: tuple[Difference, ...]) -> None:
    """Print a table of paired differences."""
    table = Table("metric", box=None, pad_edge=False)
    for heading in ("A", "B", "B - A", "95 % interval", "p", "p corrected", "won", "lost", ""):
        table.add_column(heading, justify="right")
    for each in differences:
        paired = each.paired
        verdict = "worse" if each.worse else "better" if each.better else ""
        table.add_row(
            each.metric,
            f"{each.a:.3f}",
            f"{each.b:.3f}",
            f"{paired.difference.mean:+.3f}",
            f"{paired.difference.low:+.3f} to {paired.difference.high:+.3f}",
            f"{paired.p_value:.4f}",
            f"{each.p_holm:.4f}",
            str(paired.won),
            str(paired.lost),
            verdict,
        )
    console.print(table)
    console.print(Text(f"p: randomisation test; corrected by Holm for {len(differences)} metrics", style="dim"))


def _show_change(console: Console, each: Changed) -> None:
    moved = ", ".join(f"{metric} {before:.2f} -> {after:.2f}" for metric, (before, after) in each.values.items())
    console.print(Text(f"  {each.a.id}  {each.a.question}"))
    console.print(Text(f"    {moved}", style="dim"))
    expected = "; ".join(each.a.answers) if each.a.answers else "no answer"
    console.print(Text(f"    expected  {expected}", style="dim"))
    for side, record in (("A", each.a), ("B", each.b)):
        console.print(Text(f"    {side}         {_answered(record)}"))


def _answered(record: Record) -> str:
    if record.error is not None:
        return f"failed: {record.error}"
    if record.given is None:
        return f"not found (confidence {record.confidence:.2f})"
    citation = record.given.citation
    return f"{record.given.answer!r}, {citation.title!r} of {citation.published} ({record.confidence:.2f})"


def show_changed(console: Console, questions: int, changed: Sequence[identity.Changed]) -> None:
    """Print how many of ``questions`` differ between two runs and in which aspects, and list the first of them."""
    console.print(f"{questions} questions, {len(changed)} differ")
    for aspect in identity.ASPECTS:
        count = sum(aspect in each.aspects for each in changed)
        if count:
            console.print(f"  {aspect}: {count}")
    for each in changed[:_LISTED]:
        text = next(record.question for record in (each.a, each.b) if record is not None)
        console.print(Text(f"{each.id}  {text}  ({', '.join(each.aspects)})"))
        for side, record in (("A", each.a), ("B", each.b)):
            console.print(Text(f"    {side}  {'not asked' if record is None else _answered(record)}", style="dim"))
    for line in _more([each.id for each in changed]):
        console.print(line)


def figures_json(
    scored: FigureScore, wrong: Sequence[tuple[str, str, str]], rules: Sequence[Earned] = ()
) -> dict[str, object]:
    """Return the scores of figures, what was read wrong, and what each rule earns if asked, as a JSON object."""
    return {
        "releases": scored.releases,
        "labelled": scored.recall.of,
        "found": scored.precision.of,
        "precision": scored.precision.rate,
        "recall": scored.recall.rate,
        "f1": scored.f1,
        **{name: share.rate for name, share in scored.aspects.items()},
        "period, where one is stated": scored.stated_period.rate,
        "errors": [dict(zip(("aspect", "place", "what"), each, strict=True)) for each in wrong],
        **({"rules": [asdict(each) for each in rules]} if rules else {}),
    }


def show_figures(console: Console, scored: FigureScore, wrong: Sequence[tuple[str, str, str]]) -> None:
    """Print the scores of figures, and what was read wrong."""
    table = Table("figures", box=None, pad_edge=False)
    for heading in ("share", "of"):
        table.add_column(heading, justify="right")
    rows = {"span precision": scored.precision, "span recall": scored.recall}
    for name, share in rows.items():
        table.add_row(name, f"{share.rate:.3f}", f"{share.right}/{share.of}")
    table.add_row("span F1", f"{scored.f1:.3f}", "")
    rows = {**scored.aspects, "period, where one is stated": scored.stated_period}
    for name, share in rows.items():
        table.add_row(f"{name}, of those found", f"{share.rate:.3f}", f"{share.right}/{share.of}")
    console.print(f"{scored.releases} releases, {scored.recall.of} figures labelled, {scored.precision.of} found")
    console.print(table)
    for aspect, place, what in wrong:
        console.print(Text(f"{aspect}: {place}: {what}"))


def show_rules(console: Console, rules: Sequence[Earned]) -> None:
    """Print what each rule earns, in the order in which rules are tried."""
    table = Table("rule", box=None, pad_edge=False)
    for heading in ("fires", "right", "wrong", "neither"):
        table.add_column(heading, justify="right")
    table.add_column("why it is kept")
    for each in rules:
        table.add_row(Text(each.rule), str(each.fires), str(each.right), str(each.wrong), str(each.neither), each.kept)
    console.print(table)
    console.print(
        Text(
            "right, wrong, neither: figures that are read better, worse or otherwise than without the rule", style="dim"
        )
    )
