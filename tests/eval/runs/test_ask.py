"""From a gold set to a run folder to a comparison and a report, with a model-free embedder."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from eval.cli import app
from eval.report.page import report
from eval.runs.folder import read_run, write_run
from eval.scoring.compare import compare
from eval.scoring.outcome import Outcome
from eval.scoring.score import as_json, score
from index.errors import InputError, PressqaError
from qa.cli.progress import PlainLines
from qa.engine import Engine
from qa.evidence.citations import CitationError
from qa.settings import Settings
from qa.steps import Answered, Step
from qa.types import Citation
from qa.upkeep import ingest

Command = Callable[..., Result]
CITATION = Citation("r", "T", "P", date(2024, 1, 1), None, None, "12 ferries", 0, 10, 0, 2, "0" * 64)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def run(command: Command, gold: Path, corpus: Path, tmp_path: Path) -> Callable[..., Result]:
    def call(name: str, *more: object, of: Path = gold) -> Result:
        places = ("--out", tmp_path / "runs", "--cache", tmp_path / "cache", "--corpus", corpus)
        return command("run", of, "--name", name, *places, *more)

    return call


def metrics_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return found


def test_run_writes_what_was_asked_and_what_came_of_it(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("first", "--set", "threshold=0")
    assert done.exit_code == 0, done.output
    found = read_run(tmp_path / "runs" / "first")
    assert [record.id for record in found.records] == ["q1", "q2", "q3", "q4", "q5"]
    assert (found.info.releases, found.info.manifest["model"]) == (3, "hashing")
    assert {each["role"] for each in found.info.corpus} == {"corpus"}
    numbers = metrics_of(tmp_path / "runs" / "first")
    assert numbers == json.loads(json.dumps(as_json(score(found)))), "the records alone give the metrics again"
    first = found.records[0]
    assert first.given is not None
    assert first.given.citation.quote.startswith("The ministry has ordered 12 ferries")
    assert (
        numbers["questions"]["q1"] | {"hit@1": 1.0, "evidence@1": 1.0, "figure_match": 1.0}
        == numbers["questions"]["q1"]
    )
    assert numbers["questions"]["q5"]["hit@1"] is None, "an unanswerable question has no ranking to judge"
    assert numbers["overall"]["hit@1"]["n"] == 4
    assert set(numbers["by_kind"]) == {"number", "name", "date", "unanswerable"}


def test_equal_runs_have_equal_metrics(run: Callable[..., Result], tmp_path: Path) -> None:
    """The second run takes its vectors from the cache, and must not differ in a digit; nor one without a cache."""
    assert [run(name).exit_code for name in ("first", "second")] == [0, 0]
    shutil.rmtree(tmp_path / "cache")
    assert run("third").exit_code == 0
    found = [metrics_of(tmp_path / "runs" / name) for name in ("first", "second", "third")]
    for numbers in found:
        numbers.pop("latency")
    assert found[0] == found[1] == found[2]


def test_identical_runs_differ_in_nothing_and_others_are_named(
    run: Callable[..., Result], command: Command, tmp_path: Path
) -> None:
    assert [run(*name).exit_code for name in (["a"], ["b"], ["c", "--set", "keyword_weight=1"])] == [0, 0, 0]
    runs = tmp_path / "runs"
    same = command("identical", runs / "a", runs / "b")
    assert (same.exit_code, same.output) == (0, "5 questions, 0 differ\n")
    other = command("identical", runs / "a", runs / "c")
    assert other.exit_code == 1
    assert "5 questions, 5 differ" in other.output
    assert "  ranking: 5" in other.output


def test_question_that_errors_scores_zero_and_is_listed(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Engine.steps

    def failing(self: Engine, question: str, **options: Any) -> Iterator[Step]:
        if "ferries" in question or "trams" in question:
            raise RuntimeError("the reader fell over")
        return steps(self, question, **options)

    monkeypatch.setattr(Engine, "steps", failing)
    done = run("failing")
    assert done.exit_code == 1
    assert "failed, scores zero: q1: RuntimeError: the reader fell over" in done.output
    numbers = metrics_of(tmp_path / "runs" / "failing")
    assert numbers["errors"] == ["q1", "q5"]
    assert numbers["overall"]["answer_f1"]["n"] == 5
    assert {name for name, value in numbers["questions"]["q1"].items() if value not in (0.0, None)} == set()
    assert numbers["questions"]["q5"]["abstention"] == 0.0, "failing is not the same as rightly saying nothing"


@pytest.mark.parametrize("fault", ["moved", "refused"])
def test_citation_that_does_not_hold_fails_the_run(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    steps = Engine.steps

    def lying(self: Engine, question: str, **options: Any) -> Iterator[Step]:
        for step in steps(self, question, **options):
            if "lamps" in question and isinstance(step, Answered) and step.answer.citation is not None:
                if fault == "refused":
                    raise CitationError("does not equal the text")
                citation = step.answer.citation
                object.__setattr__(citation, "start", citation.start + 1)
            yield step

    monkeypatch.setattr(Engine, "steps", lying)
    done = run("lying")
    assert done.exit_code == 2
    assert "CITATION DOES NOT HOLD: q2" in done.output
    assert metrics_of(tmp_path / "runs" / "lying")["faults"] == ["q2"], "and yet it is written"


def test_nothing_is_overwritten_unless_told(run: Callable[..., Result]) -> None:
    assert run("once").exit_code == 0
    again = run("once")
    assert isinstance(again.exception, PressqaError)
    assert "there already" in str(again.exception)
    assert run("once", "--replace").exit_code == 0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--set", "depht=3"), "no setting is called 'depht'"),
        (("--set", "depth=-3"), "depth is '-3'"),
        (("--set", "depth"), "is not KEY=VALUE"),
        (("--name", "../up"), "cannot be the name of a folder"),
        (("--data", "somewhere"), "--data is given with --corpus"),
    ],
)
def test_bad_options(run: Callable[..., Result], more: tuple[str, ...], message: str) -> None:
    assert message in str(run("x", *more).exception)


def damage_cut(folder: Path) -> str:
    path = folder / "questions.jsonl"
    path.write_bytes(path.read_bytes()[:-200])
    return f"{path}:5: "


def damage_lines(folder: Path) -> str:
    path = folder / "questions.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    return "run.json says 5 questions"


def damage_missing(folder: Path) -> str:
    (folder / "run.json").unlink()
    return "run.json is missing"


def damage_format(folder: Path) -> str:
    path = folder / "run.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))
    return "the run is of format 99, and this pressqa reads format 1"


def damage_json(folder: Path) -> str:
    path = folder / "run.json"
    path.write_text(path.read_text()[:100])
    return "run.json:"


@pytest.mark.parametrize("damage", [damage_cut, damage_lines, damage_missing, damage_format, damage_json])
def test_half_written_run_is_not_read(
    run: Callable[..., Result], tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    run("broken")
    folder = tmp_path / "runs" / "broken"
    message = damage(folder)
    with pytest.raises(InputError) as caught:
        read_run(folder)
    assert message in str(caught.value)


def test_a_failed_write_leaves_no_folder(run: Callable[..., Result], tmp_path: Path) -> None:
    run("whole")
    whole = read_run(tmp_path / "runs" / "whole")
    with pytest.raises(TypeError):
        write_run(tmp_path / "runs" / "half", whole, {"not": {1, 2}})
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["whole"]


@pytest.fixture
def worse(
    run: Callable[..., Result], tmp_path: Path, write_gold: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return a folder with runs "before" and "after" over enough questions for a difference to be real."""
    chosen = {
        "release": {"title": "Street lamps replaced", "date": "2024-04-02"},
        "evidence": "replaced 4,500 street lamps",
    }
    row = chosen | {"answers": ["4,500"], "kind": "number"}
    many = write_gold(
        *(
            row | {"id": f"q{i}", "question": f"How many street lamps were replaced, asked time {i}?"}
            for i in range(12)
        ),
        name="many.jsonl",
    )
    monkeypatch.setenv("PRESSQA_THRESHOLD", "0")
    assert run("before", of=many).exit_code == 0
    monkeypatch.setenv("PRESSQA_THRESHOLD", "1")
    assert run("after", of=many).exit_code == 0
    return tmp_path / "runs"


def test_compare_tells_a_real_difference(worse: Path, command: Command) -> None:
    done = command("compare", worse / "before", worse / "after", "--fail-on", "answer_f1")
    assert done.exit_code == 1
    assert "B worse on 12 questions" in done.output
    assert "threshold: 0.0 | 1.0" in done.output
    assert command("compare", worse / "after", worse / "before", "--fail-on", "answer_f1").exit_code == 0
    assert command("compare", worse / "before", worse / "after", "--fail-on", "hit@1").exit_code == 0, "no difference"
    assert "no metric is called 'f1'" in str(
        command("compare", worse / "before", worse / "after", "--metric", "f1").exception
    )


def test_compare_corrects_for_what_is_looked_at(worse: Path) -> None:
    before, after = read_run(worse / "before"), read_run(worse / "after")
    (alone,) = compare(before, after, ["answer_f1"]).differences
    among = {
        each.metric: each for each in compare(before, after, ["answer_f1", "citation_recall", "hit@1"]).differences
    }
    assert alone.paired.p_value == alone.p_holm == 2 / 2**12
    assert among["answer_f1"].p_holm == 3 * alone.p_holm
    assert among["hit@1"].p_holm == 1.0


def test_runs_of_other_questions_are_not_compared(run: Callable[..., Result], worse: Path, command: Command) -> None:
    run("other")
    refused = command("compare", worse / "before", worse / "other")
    assert "not of the same questions" in str(refused.exception)
    assert "--intersect" in getattr(refused.exception, "hint", "")
    assert "share no question" in str(command("compare", worse / "before", worse / "other", "--intersect").exception)


def test_intersection_is_loud(
    run: Callable[..., Result],
    write_gold: Callable[..., Path],
    questions: list[dict[str, Any]],
    tmp_path: Path,
    command: Command,
) -> None:
    run("all")
    changed = [questions[0], questions[1] | {"answers": ["4,500", "4500"]}, questions[2]]
    run("some", of=write_gold(*changed, name="some.jsonl"))
    done = command("compare", tmp_path / "runs" / "all", tmp_path / "runs" / "some", "--intersect")
    assert done.exit_code == 0
    assert "NOT COMPARED: 3 questions" in done.output
    assert "q2, q4, q5" in done.output


class Page(HTMLParser):
    """The tags and the addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_report_is_one_page_of_its_own(worse: Path, command: Command, tmp_path: Path) -> None:
    done = command("report", worse / "before", worse / "after", "--output", tmp_path / "r.html")
    assert done.exit_code == 0, done.output
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    page = Page(text)
    assert {name for name, _ in page.attributes} & {"src", "href", "style", "onclick"} == set()
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert page.tags.count("article") == 12
    assert Outcome.REFUSED.value in text
    assert "worse" in text
    assert "<mark>replaced 4,500 street lamps</mark>" in text


def test_report_escapes_what_a_release_says(
    run: Callable[..., Result], write_gold: Callable[..., Path], tmp_path: Path
) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    release = {"id": evil, "title": evil, "body": f"It costs 7 crowns {evil} today.", "published": "2024-01-01"}
    bad = write_gold(release | {"publisher": evil}, name="evil.jsonl")
    row = {"id": evil, "question": f"How much does it cost {evil}?", "answers": ["9", evil], "kind": f'"{evil}'}
    label = {"release": {"title": evil, "date": "2024-01-01"}, "evidence": f"costs 7 crowns {evil}"}
    path = write_gold(row | label | {"answers": ["7", evil]}, name="evil-gold.jsonl")
    done = run("evil", "--corpus", bad, "--set", "threshold=1", of=path)
    assert done.exit_code == 0, done.output
    found = read_run(tmp_path / "runs" / "evil")
    page = Page(report([found]))
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_an_existing_index_can_be_asked(command: Command, gold: Path, corpus: Path, tmp_path: Path) -> None:
    ingest(Settings(data=tmp_path / "index"), [corpus], None, PlainLines("ingesting"), today=date.today())
    done = command("run", gold, "--data", tmp_path / "index", "--name", "held", "--out", tmp_path / "runs")
    assert done.exit_code == 0, done.output
    assert metrics_of(tmp_path / "runs" / "held")["questions"]["q1"]["hit@1"] == 1.0


def test_validate_counts_and_resolves(command: Command, gold: Path, corpus: Path) -> None:
    done = command("validate", gold, "--corpus", corpus)
    assert done.exit_code == 0
    assert "5 questions: 2 number, 1 name, 1 date, 1 unanswerable; every label is found in 3 releases" in done.output
    assert "labels not looked for" in command("validate", gold).output
