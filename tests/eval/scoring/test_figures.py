import json
import os
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.metrics.figures import FigureLabel, PeriodLabel, Share, figure_score
from eval.scoring.figures import errors, read_figures, score
from eval.sets.figure_labels import read_labels
from index.errors import InputError
from index.figures.read import figures
from index.types import Release, Span
from qa.cli.terminal import CLOSED

BODY = "Police made 300 arrests in October. Visits are up by a third."
FIGURES: list[dict[str, Any]] = [
    {
        "span": [12, 15], "value": "300", "value_max": None, "unit": "", "qualifier": "exactly", "counted": [16, 23],
        "change": None, "period": {"span": [24, 34], "start": "2024-10-01", "end": "2024-10-31"},
    },
    {
        "span": [53, 60], "value": "0.3333333333", "value_max": None, "unit": "", "qualifier": "exactly",
        "counted": [36, 42], "change": "up", "period": None,
    },
]  # fmt: skip
Write = Callable[..., Path]


@pytest.fixture
def corpus(tmp_path: Path, write_jsonl: Callable[..., Path]) -> Path:
    releases = [Release("one", "One", BODY, "Home Office", date(2024, 12, 16))]
    return write_jsonl(tmp_path / "releases.jsonl", releases)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(*lines: dict[str, Any]) -> Path:
        path = tmp_path / "labels.jsonl"
        sha256 = Release("one", "One", BODY, "Home Office", date(2024, 12, 16)).sha256[:16]
        whole = {"corpus": "c", "release": "one", "sha256": sha256, "split": "dev", "figures": FIGURES}
        path.write_text("".join(json.dumps(whole | line) + "\n" for line in lines), "utf-8")
        return path

    return to_file


def measure(path: Path, corpus: Path, split: str | None = None) -> Any:
    return score(read_figures(read_labels([path], split), [corpus]))


def test_what_is_right_scores_one(write: Write, corpus: Path) -> None:
    scored = measure(write({}), corpus)
    assert (scored.precision, scored.recall, scored.f1) == (Share(2, 2), Share(2, 2), 1.0)
    assert set(scored.aspects.values()) == {Share(2, 2)}
    assert scored.stated_period == Share(1, 1)


def test_each_aspect_is_wrong_by_itself(write: Write, corpus: Path) -> None:
    for name, value in {
        "value": "301", "unit": "percent", "qualifier": "around", "counted": [0, 6], "change": "down", "period": None,
    }.items():  # fmt: skip
        path = write({"figures": [FIGURES[0] | {name: value}, FIGURES[1]]})
        wrong = {aspect for aspect, share in measure(path, corpus).aspects.items() if share.right < 2}
        assert wrong == ({"counted", "counted, every word"} if name == "counted" else {name})
        found = list(errors(read_figures(read_labels([path], None), [corpus])))
        assert {aspect for aspect, _, _ in found} == wrong


def test_a_span_that_differs_is_missed_and_invented(write: Write, corpus: Path) -> None:
    path = write({"figures": [FIGURES[0] | {"span": [7, 15]}]})
    scored = measure(path, corpus)
    assert (scored.precision, scored.recall) == (Share(0, 2), Share(0, 1))
    assert scored.f1 == 0
    aspects = [aspect for aspect, _, _ in errors(read_figures(read_labels([path], None), [corpus]))]
    assert aspects == ["missed", "invented", "invented"]


def test_periods_agree_in_days_and_overlap_in_words() -> None:
    found = figures(BODY, date(2024, 12, 16))
    october = PeriodLabel(Span(27, 34), date(2024, 10, 1), date(2024, 10, 31))

    def right(period: PeriodLabel | None) -> int:
        label = FigureLabel(found[0].span, Decimal(300), None, "", "exactly", None, None, period)
        return figure_score([(found, [label])]).aspects["period"].right

    assert right(october) == 1
    assert right(PeriodLabel(Span(27, 34), date(2024, 10, 1), None)) == 0
    assert right(PeriodLabel(Span(36, 42), october.start, october.end)) == 0
    assert right(None) == 0


def test_only_the_split_that_is_asked_for_is_read(write: Write, corpus: Path) -> None:
    path = write({}, {"release": "held back", "split": "test"})
    assert measure(path, corpus, "dev").releases == 1
    with pytest.raises(InputError, match="no labels of the split 'tset'") as caught:
        measure(path, corpus, "tset")
    assert "dev, test" in caught.value.hint
    with pytest.raises(InputError, match=r"labels\.jsonl:2: no release 'held back' in the corpus"):
        measure(path, corpus)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"sha256": "0" * 16}, "has SHA-256 .*, not 0000"),
        ({"sha256": ""}, "has SHA-256"),
        ({"figures": [FIGURES[0] | {"span": [12, 999]}]}, "lies outside 'one'"),
        ({"figures": [FIGURES[0] | {"span": [15, 12]}]}, "not a span"),
        ({"figures": [FIGURES[0] | {"qualifier": "perhaps"}]}, "no qualifier 'perhaps'"),
        ({"figures": [FIGURES[0] | {"value": "many"}]}, r"figures\.0\.value"),
        ({"figures": [{"span": [1, 2]}]}, r"figures\.0\.value"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_fault_in_the_labels_is_named_with_its_line(
    write: Write, corpus: Path, line: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        measure(write(line), corpus)
    assert "labels.jsonl:1" in str(caught.value)
    assert caught.value.hint


def test_the_command_prints_a_table_or_json(write: Write, corpus: Path, tmp_path: Path) -> None:
    path = write({"figures": FIGURES[:1]})
    run = CliRunner().invoke
    shown = run(app, ["figures", str(path), "--corpus", str(corpus), "--errors"]).stdout
    assert "1 releases, 1 figures labelled, 2 found" in shown
    assert "invented: one [53:60]: a third" in shown
    made = json.loads(run(app, ["figures", str(path), "--corpus", str(corpus), "--json"]).stdout)
    assert (made["precision"], made["recall"], made["period"]) == (0.5, 1.0, 1.0)
    assert made["errors"] == []
    shown = run(app, ["figures", str(path), "--corpus", str(corpus), "--by-rule"]).stdout
    assert "subject.next words" in shown
    made = json.loads(run(app, ["figures", str(path), "--corpus", str(corpus), "--by-rule", "--json"]).stdout)
    words = next(each for each in made["rules"] if each["rule"] == "subject.next words")
    assert (words["fires"], words["right"], words["wrong"]) == (1, 1, 0)
    for arguments in ([str(path)], [str(tmp_path / "none"), "--corpus", str(corpus)]):
        assert isinstance(run(app, ["figures", *arguments]).exception, InputError)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["table", "json"])
def test_a_reader_that_goes_away_ends_eval_as_it_ends_ask(
    write: Write, corpus: Path, pressqa: Callable[..., Any], more: list[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = ["eval", "figures", write({}), "--corpus", corpus, *more]
    with pressqa(*command, wait=False, stdout=writer, stderr=-1) as process:
        os.close(writer)
        assert process.stderr.read() == b""
    assert process.returncode == CLOSED
