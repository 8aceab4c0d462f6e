"""How well written answers are judged, and what is shown of a model's, as text for a terminal and as JSON."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.runs.writer import ModelScore
from eval.scoring.written import WrittenScore


def written_json(scored: WrittenScore) -> dict[str, object]:
    """Return the scores and what was judged wrongly as a JSON object."""
    return {
        "true": scored.true,
        "true_dropped": len(scored.lost),
        "lies": scored.lies,
        "lies_passed": len(scored.passed),
        "claims_per_answer": scored.claims,
        "citation_recall": scored.recall,
        "citation_precision": scored.precision,
        "milliseconds": {"median": scored.latency.median, "p95": scored.latency.p95, "p99": scored.latency.p99},
        "kinds": [
            {
                "kind": each.kind,
                "true": each.is_true,
                "sentences": each.count,
                "shown": each.shown,
                "reasons": each.reasons,
            }
            for each in scored.kinds
        ],
        "passed": [each.written for each in scored.passed],
        "dropped": [{"reason": reason, "written": each.written} for each, reason in scored.lost],
    }


def show_written(console: Console, scored: WrittenScore, *, errors: bool) -> None:
    """Print the scores kind by kind, and with ``errors`` each sentence that was judged wrongly."""
    table = Table("kind", box=None, pad_edge=False)
    for heading in ("sentences", "shown"):
        table.add_column(heading, justify="right")
    table.add_column("why the others were dropped")
    for is_true in (True, False):
        table.add_row(Text("true" if is_true else "lies", style="bold"))
        for each in scored.kinds:
            if each.is_true is is_true and each.count:
                reasons = ", ".join(f"{reason} {count}" for reason, count in each.reasons.items())
                table.add_row(f"  {each.kind}", str(each.count), str(each.shown), reasons)
    console.print(table)
    console.print(
        f"{len(scored.passed)} of {scored.lies} lies passed; {len(scored.lost)} of {scored.true} true sentences dropped"
        f" ({len(scored.lost) / scored.true:.1%})"
    )
    console.print(
        f"{scored.claims:.2f} claims an answer; citation recall {scored.recall:.3f}, precision {scored.precision:.3f}"
        " (ALCE; what supports what is known here)"
    )
    latency = scored.latency
    console.print(f"a sentence: median {latency.median:.1f} ms, p95 {latency.p95:.1f} ms, p99 {latency.p99:.1f} ms")
    if errors:
        for lie in scored.passed:
            console.print(Text(f"PASSED: {lie.kind}: {lie.written}", style="bold red"))
        for true, reason in scored.lost:
            console.print(Text(f"dropped: {true.kind}: {reason}: {true.written}"))


def model_json(scored: ModelScore) -> dict[str, object]:
    """Return what was shown of what a model wrote as a JSON object."""
    latency = scored.latency
    return {
        "model": scored.model,
        "questions": scored.questions,
        "answered": scored.answered,
        "answers_with_sentences": scored.with_sentences,
        "shown": scored.shown,
        "dropped": scored.dropped,
        "reasons": scored.reasons,
        "problems": scored.problems,
        "claims_per_answer": scored.claims,
        "milliseconds": latency and {"median": latency.median, "p95": latency.p95, "p99": latency.p99},
    }


def show_model(console: Console, scored: ModelScore) -> None:
    """Print what was shown of what a model wrote."""
    console.print(
        f"{scored.model}: {scored.answered} of {scored.questions} questions have an answer to write about;"
        f" {scored.with_sentences} show a sentence of the model"
    )
    said = scored.shown + scored.dropped
    console.print(f"{scored.shown} of {said} sentences shown, {scored.claims:.2f} an answer; {scored.dropped} dropped")
    for reason, count in scored.reasons.items():
        console.print(Text(f"  {reason}: {count}"))
    for problem, count in scored.problems.items():
        console.print(Text(f"{count} of {scored.answered} answers: {problem}"))
    if scored.latency is not None:
        median, p95 = scored.latency.median / 1000, scored.latency.p95 / 1000
        console.print(f"an answer: median {median:.1f} s, p95 {p95:.1f} s")
