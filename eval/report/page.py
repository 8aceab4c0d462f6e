"""The report of one or several runs: a single HTML file that loads nothing from anywhere."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from eval.metrics import Interval
from eval.report import charts
from eval.report.question_cards import question_card
from eval.runs.folder import Run
from eval.scoring.compare import Difference, differences, same_question
from eval.scoring.measures import HEADLINE, METRICS
from eval.scoring.outcome import Outcome, outcome
from eval.scoring.score import Abstention, Score, score
from index.errors import InputError, StorageError

_COLOURS = 6
"""How many runs have a colour of their own in the style sheet."""

_BY_KIND = ("hit@1", "evidence@5", "answer_correct", "citation_recall", "abstention")
"""The metrics that are drawn by kind of question."""

_HERE = Path(__file__).parent


def write_report(path: Path, runs: Sequence[Run]) -> None:
    """Write the report of runs; raises `StorageError`, and `InputError` for more runs than there are colours."""
    page = report(runs)
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}", "choose another file: --output FILE") from error


def report(runs: Sequence[Run]) -> str:
    """Return the page. Everything that comes from a run is escaped, and no script but ours may run."""
    if not 1 <= len(runs) <= _COLOURS:
        raise InputError(f"{len(runs)} runs for one report", f"give 1 to {_COLOURS} run folders")
    scored = [score(run) for run in runs]
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    title = "Evaluation of " + ", ".join(run.info.name for run in runs)
    sections = [
        f"<header><h1>{escape(title)}</h1>{_runs(runs, scored)}</header>",
        f"<main>{_headline(runs, scored)}{_kinds(runs, scored)}{_confidence(runs, scored)}",
        f"{_latency(runs, scored)}{_outcomes(runs, scored)}{_questions(runs, scored)}</main>",
    ]
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body>"
        + "\n".join(sections)
        + f"\n<script>{script}</script></body></html>\n"
    )


def _section(heading: str, note: str, content: str) -> str:
    return f'<section><h2>{escape(heading)}</h2><p class="soft">{escape(note)}</p>{content}</section>'


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    """Return a table that scrolls by itself on a narrow screen; heads and rows are HTML."""
    head = "".join(f"<th scope=col>{each}</th>" for each in heads)
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{body}</div>'


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _key(run: int) -> str:
    return f'<span class="key run{run}" aria-hidden="true"></span>'


def _runs(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    items = []
    for place, (run, numbers) in enumerate(zip(runs, scored, strict=True)):
        info = run.info
        commit = f"commit {info.commit[:10]}{' with changes' if info.dirty else ''}" if info.commit else "no commit"
        facts = [
            f"{info.questions:,} questions of {Path(info.gold['path']).name}",
            f"{info.releases:,} releases, {info.passages:,} passages",
            f"{info.manifest['model']}, {info.manifest['chunk_tokens']} tokens a passage",
            f"{info.created:%d %B %Y, %H:%M} UTC, {commit}",
        ]
        trouble = [
            f"{len(names)} {what}"
            for names, what in ((numbers.errors, "questions failed"), (numbers.faults, "citations do not hold"))
            if names
        ]
        bad = f'<br><span class="bad">{escape("; ".join(trouble))}</span>' if trouble else ""
        items.append(
            f"<li><strong>{_key(place)}{escape(info.name)}</strong>{'<br>'.join(map(escape, facts))}{bad}</li>"
        )
    return f'<ul class="runs">{"".join(items)}</ul>'


def _headline(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    shown = [metric for metric in METRICS if any(metric in numbers.overall for numbers in scored)]
    against = [_against(runs, scored, place) for place in range(1, len(runs))]
    heads = ["metric", *(_key(place) + escape(run.info.name) for place, run in enumerate(runs))]
    heads += [f"{escape(run.info.name)} against {escape(runs[0].info.name)}" for run in runs[1:]]
    rows = {
        metric: f"<tr><th scope=row>{escape(metric)}</th>{''.join(cells)}</tr>"
        for metric in shown
        for cells in [
            [_interval(n.overall.get(metric)) for n in scored] + [_difference(f.get(metric)) for f in against]
        ]
    }
    note = (
        "Means over the questions, with 95 % bootstrap intervals. hit and mrr rank releases, each by its best passage;"
        " evidence@k: one of the first k passages holds the evidence whole."
    )
    if len(runs) > 1:
        note += " p: paired randomisation test, corrected by Holm for the metrics of this table."
    main = _table(heads, [row for metric, row in rows.items() if metric in HEADLINE])
    others = _table(heads[: len(runs) + 1], [row for metric, row in rows.items() if metric not in HEADLINE])
    more = f"<details><summary>the other metrics</summary>{others}</details>"
    return _section("How good are the answers?", note, main + more)


def _against(runs: Sequence[Run], scored: Sequence[Score], place: int) -> dict[str, Difference]:
    first, other = ({record.id: record for record in run.records} for run in (runs[0], runs[place]))
    if first.keys() != other.keys() or not all(same_question(first[name], other[name]) for name in first):
        return {}
    return {each.metric: each for each in differences(scored[0].questions, scored[place].questions)}


def _interval(value: Interval | None) -> str:
    if value is None:
        return '<td class="soft">–</td>'
    return f"<td>{value.mean:.3f}<small>{value.low:.3f} to {value.high:.3f}, n = {value.n}</small></td>"


def _difference(found: Difference | None) -> str:
    if found is None:
        return '<td class="soft">–</td>'
    mark, word = (
        ("bad", "worse") if found.worse else ("good", "better") if found.better else ("", "no clear difference")
    )
    return (
        f'<td><span class="{mark}">{found.paired.difference.mean:+.3f} {word}</span>'
        f"<small>p = {found.p_holm:.3f}; {found.paired.won} won, {found.paired.lost} lost</small></td>"
    )


def _kinds(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    kinds = list(dict.fromkeys(kind for numbers in scored for kind in numbers.by_kind))
    counts = {kind: sum(record.kind == kind for record in runs[0].records) for kind in kinds}
    figures = []
    for metric in _BY_KIND:
        rows = {
            f"{kind} ({counts[kind]})": [numbers.by_kind.get(kind, {}).get(metric) for numbers in scored]
            for kind in kinds
        }
        rows = {kind: values for kind, values in rows.items() if any(values)}
        if rows:
            figures.append(f"<figure><h3>{metric}</h3>{charts.bars(f'{metric} by kind of question', rows)}</figure>")
    note = "Bars are means, lines their 95 % intervals; in brackets, the number of questions."
    return _section("By kind of question", note, f'<div class="charts">{"".join(figures)}</div>')


def _confidence(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    judged = [(run, numbers.abstention) for run, numbers in zip(runs, scored, strict=True) if numbers.abstention]
    if not judged:
        return ""
    found = [abstention for _, abstention in judged]
    figures = []
    for name in found[0].readings:
        title = f"Confidence that {name}"
        curves = charts.risk_coverage(f"{title}: risk against coverage", [each.readings[name].curve for each in found])
        bins = charts.calibration(f"{title}: calibration", [each.readings[name].bins for each in found])
        figures.append(
            f"<figure><h3>If only confident answers were given: {escape(name)}?</h3>{curves}"
            "<figcaption>The lower the line, the better; at the right end every question is answered.</figcaption>"
            f"</figure><figure><h3>Does the confidence mean it: {escape(name)}?</h3>{bins}"
            "<figcaption>On the dashed line, a confidence of 0.8 is right 8 times in 10; larger dots are more"
            " questions.</figcaption></figure>"
        )
    columns = [_abstention_facts(each) for each in found]
    rows = [
        f"<tr><th scope=row>{escape(name)}</th>{_cells(each[name] for each in columns)}</tr>" for name in columns[0]
    ]
    heads = ["", *(_key(place) + escape(run.info.name) for place, (run, _) in enumerate(judged))]
    note = (
        "AUROC, average precision and the counts ask whether the confidence tells questions that can be answered from"
        " those that cannot. AURC is the area under the risk-coverage curve, ECE the calibration error: the lower, the"
        " better."
    )
    content = _table(heads, rows) + f'<div class="charts pairs">{"".join(figures)}</div>'
    return _section("Does it know what it does not know?", note, content)


def _abstention_facts(found: Abstention) -> dict[str, str]:
    counts = found.confusion
    facts = {
        "AUROC": _number(found.auroc),
        "average precision": _number(found.average_precision),
        "F1 at the threshold": f"{counts.f1:.3f} at {found.threshold:g}",
        "answered, and can be": str(counts.true_positive),
        "answered, but cannot be": str(counts.false_positive),
        "refused, and cannot be answered": str(counts.true_negative),
        "refused, but could be answered": str(counts.false_negative),
    }
    for name, reading in found.readings.items():
        facts[f"AURC: {name}"] = _number(reading.risk_coverage_area)
        facts[f"ECE: {name}"] = _number(reading.calibration_error)
    return facts


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _cells(values: Iterable[str]) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)


def _latency(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    rows = []
    for stage in dict.fromkeys(stage for numbers in scored for stage in numbers.latency):
        found = [numbers.latency.get(stage) for numbers in scored]
        cells = [f"{each.median:.1f} / {each.p95:.1f} / {each.p99:.1f}" if each else "–" for each in found]
        rows.append(f"<tr><th scope=row>{escape(stage)}</th>{_cells(cells)}</tr>")
    machines = dict.fromkeys(f"{run.info.machine['processor']}, {run.info.machine['cores']} cores" for run in runs)
    note = (
        f"Milliseconds: median / p95 / p99. One question at a time, model warm, on {'; '.join(machines)}."
        " Below 100 questions p99 is nearly the maximum."
    )
    heads = ["stage", *(_key(place) + escape(run.info.name) for place, run in enumerate(runs))]
    return _section("How long does it take?", note, _table(heads, rows))


def _outcomes(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    counts = [
        [outcome(record, numbers.questions[record.id]) for record in run.records]
        for run, numbers in zip(runs, scored, strict=True)
    ]
    heads = ["outcome", *(_key(place) + escape(run.info.name) for place, run in enumerate(runs))]
    rows = [
        f"<tr><th scope=row>{escape(each)}</th>{_cells(str(found.count(each)) for found in counts)}</tr>"
        for each in reversed(Outcome)
        if any(each in found for found in counts)
    ]
    return _section("What went wrong?", "Each question once, under the first thing that failed.", _table(heads, rows))


def _questions(runs: Sequence[Run], scored: Sequence[Score]) -> str:
    by_id = [{record.id: record for record in run.records} for run in runs]
    cards, outcomes, kinds = [], set(), set()
    for name in dict.fromkeys(record.id for run in runs for record in run.records):
        sides = [
            (place, runs[place].info.name, held[name], outcome(held[name], scored[place].questions[name]))
            for place, held in enumerate(by_id)
            if name in held
        ]
        if all(side[3] is Outcome.RIGHT for side in sides):
            continue
        outcomes |= {side[3] for side in sides}
        kinds.add(sides[0][2].kind)
        cards.append(question_card(sides))
    if not cards:
        return _section("Questions that failed", "None.", "")
    options = [_options(each for each in Outcome if each in outcomes), _options(sorted(kinds))]
    tools = (
        '<div class="tools" role="search"><label>Words <input id="words" type="search" autocomplete="off"></label>'
        f'<label>Outcome <select id="outcome"><option value="">any</option>{options[0]}</select></label>'
        f'<label>Kind <select id="kind"><option value="">any</option>{options[1]}</select></label>'
        '<output id="count" aria-live="polite"></output></div>'
    )
    note = "Every question that is not right in all runs. Keys: / to search, j and k for the next and the previous one."
    return _section("Questions that failed", note, tools + "".join(cards))


def _options(values: Iterable[str]) -> str:
    return "".join(f'<option value="{escape(value, quote=True)}">{escape(value)}</option>' for value in values)
