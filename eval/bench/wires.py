"""How well the text of real releases is parted from the lines around it: dates, titles, "###", contacts, captions.

Run it with ``python -m eval.bench.wires [--shared ../shared] [--write FOLDER]``. The releases are 44 of the fixtures'
press releases of the US Congress, each from another site, as a scraper left them: the first of each domain, in the
order of the hashes of their addresses. Where their text begins and ends was told by reading both ends of each
(``eval/data/extraction/wires.json``: line of the file, hash, offsets); what lies between was not looked through. F1,
"kept" and "boilerplate" are those of `eval.bench.extraction`; "as it came" is the text with nothing parted from it.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from statistics import mean

from eval.bench.extraction import DATA, SHARED, words_in
from eval.bench.timing import end, verdict
from index.sources import open_source
from index.sources.records.fields import parse_fields
from index.types import Release

FILE = "us-congress-press-sample300.jsonl"
MIN_F1 = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when the target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.wires", description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with fixtures/ (default: %(default)s)")
    parser.add_argument("--write", type=Path, help="a folder for wires.md")
    chosen = parser.parse_args(arguments)
    ours, as_it_came = scores(chosen.shared / "fixtures" / "datasets" / FILE)
    report = table(ours, as_it_came)
    print(report)
    if chosen.write is not None:
        (chosen.write / "wires.md").write_text(report + "\n", "utf-8")
    return 0 if verdict("F1 of the words, mean", mean(f1(*each) for each in ours), MIN_F1, "", at_most=False) else 1


Score = tuple[float, float]
"""The share of a text's words that were kept, and the share of the words found that are not the text's."""


def scores(path: Path) -> tuple[list[Score], list[Score]]:
    """Return the scores of each labelled release as we read it, and of its text as it came.

    Raises `ValueError` if a labelled line is not the one that was labelled, or is not read as a release.
    """
    lines = path.read_text("utf-8").split("\n")
    labels = json.loads((DATA / "wires.json").read_text("utf-8"))
    source = open_source(path, how=parse_fields(["publisher=member.name"]))
    bodies = {entry.id: entry.body for entry in source.read() if isinstance(entry, Release)}
    ours: list[Score] = []
    as_it_came: list[Score] = []
    for label in labels:
        record = json.loads(lines[label["line"] - 1])
        text = record["text"]
        if hashlib.sha256(text.encode()).hexdigest()[:16] != label["sha256"]:
            raise ValueError(f"line {label['line']} of {path} is not the one that was labelled")
        if record["url"] not in bodies:
            raise ValueError(f"line {label['line']} of {path} is not read as a release")
        told = unescape(" ".join(text[begin:end] for begin, end in label["text"]))
        ours.append(compare(told, bodies[record["url"]]))
        as_it_came.append(compare(told, unescape(text)))
    return ours, as_it_came


def compare(told: str, found: str) -> Score:
    """Return which share of the words told were found, and which share of the words found were not told."""
    expected, words = words_in(told), words_in(found)
    both = (expected & words).total()
    return both / max(expected.total(), 1), 1 - both / max(words.total(), 1)


def f1(kept: float, boilerplate: float) -> float:
    """Return the harmonic mean of recall and precision."""
    precision = 1 - boilerplate
    return 2 * kept * precision / (kept + precision) if kept and precision else 0.0


def table(ours: Sequence[Score], as_it_came: Sequence[Score]) -> str:
    """Return the scores as a table in Markdown."""
    rows = [f"{len(ours)} labelled releases of {len(ours)} sites", "", "| | pressqa | as it came |", "|---|---|---|"]
    both = (ours, as_it_came)
    for name, told in (
        ("F1 of the words, mean", [f"{mean(f1(*each) for each in scored):.4f}" for scored in both]),
        ("F1 of the words, worst", [f"{min(f1(*each) for each in scored):.3f}" for scored in both]),
        ("words kept, mean", [f"{mean(kept for kept, _ in scored):.4f}" for scored in both]),
        ("boilerplate let in, mean", [f"{mean(let_in for _, let_in in scored):.4f}" for scored in both]),
        ("exactly the words", [str(sum(each == (1.0, 0.0) for each in scored)) for scored in both]),
    ):
        rows.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    end(main)
