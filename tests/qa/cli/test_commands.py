"""The command as a program sees it: output, exit codes, and what bad input comes to.

Long because every command and every bad input has its case here.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from index.catalog.reader import Catalog
from index.errors import IndexMissingError
from index.models.hashing_embedder import HASHING_MODEL
from index.search import files
from index.search.pointer import read_pointer
from index.types import Release
from qa.cli.commands import app
from qa.reading.lexical_reader import LexicalReader

Make = Callable[..., Release]
ANSWER = [
    "question", "answer", "confidence", "citation", "citations", "parts", "cell", "nearest", "timeline", "passages",
    "explanation", "as_of", "index", "timings_ms", "hint", "written",
]  # fmt: skip
ONLY_ANSWERS = {"answer", "confidence", "citation", "citations", "parts", "cell", "nearest", "timeline", "explanation"}
ONLY_ANSWERS |= {"written"}
CITATION = [
    "release_id", "title", "publisher", "published", "url", "link", "quote", "start", "end", "answer_start",
    "answer_end", "sha256", "withdrawn",
]  # fmt: skip
PASSAGE = [
    "rank", "score", "text", "start", "end", "tokens", "release_id", "title", "publisher", "published", "url",
    "withdrawn",
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[[Path], Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("cli") / "data")
    lab.ingest(*(make(i, url=f"https://example.org/{i}" if i % 2 else None) for i in range(12)))
    folder: Path = lab.data
    return folder


@pytest.fixture
def run(data: Path) -> Callable[..., Any]:
    """Run the command in this process."""

    def invoke(*args: str, folder: Path = data, stdin: bytes | None = None, **env: str) -> Any:
        settings = {"PRESSQA_DATA": str(folder), "PRESSQA_MODEL": HASHING_MODEL, "NO_COLOR": None} | env
        return CliRunner().invoke(app, list(args), input=stdin, env=settings)

    return invoke


# what comes out


def test_json_is_the_answer_object_and_nothing_else(run: Callable[..., Any]) -> None:
    result = run("ask", "what", "is uniq4v0?", "--json", "-k", "3")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(answer) == ANSWER
    assert list(answer["citation"]) == CITATION
    assert [list(passage) for passage in answer["passages"]] == [PASSAGE] * 3
    assert list(answer["index"]) == ["generation", "releases", "passages", "model"]
    assert (answer["question"], answer["as_of"]) == ("what is uniq4v0?", None)
    assert [passage["rank"] for passage in answer["passages"]] == [1, 2, 3]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer["citation"]["published"])
    shown = json.loads(run("releases", "show", answer["citation"]["release_id"], "--json").stdout)
    citation = answer["citation"]
    assert shown["body"][citation["start"] : citation["end"]] == citation["quote"]
    assert shown["body"][citation["answer_start"] : citation["answer_end"]] == answer["answer"]
    assert shown["sha256"] == citation["sha256"]
    assert result.stderr == ""


def test_not_found_is_a_normal_result_with_exit_code_1(run: Callable[..., Any]) -> None:
    result = run("ask", "wem gehört der zeppelin?", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (answer["answer"], answer["citation"]) == (None, None)
    assert answer["passages"]
    plain = run("ask", "wem gehört der zeppelin?")
    assert plain.exit_code == 1
    assert plain.stdout.startswith("Not found")


def test_the_answer_stands_in_its_passage_with_its_source(run: Callable[..., Any], make: Make) -> None:
    result = run("ask", "what is uniq4v0?")
    assert result.exit_code == 0
    assert result.stdout.count("uniq4v0") >= 2
    assert make(4).title in result.stdout
    assert "29 May 2024" not in result.stdout
    assert f"{make(4).published.day} May 2024" in result.stdout


def test_an_explanation_shows_what_was_read_and_weighed(run: Callable[..., Any]) -> None:
    assert json.loads(run("ask", "what is uniq5v0?", "--json").stdout)["explanation"] is None
    answer = json.loads(run("ask", "what is uniq5v0?", "--json", "--explain").stdout)
    read = answer["explanation"]
    assert len(read) == LexicalReader.reads
    assert list(read[0]) == [
        "release_id", "title", "published", "start", "end", "score", "dense", "lexical", "spans",
    ]  # fmt: skip
    assert list(read[0]["spans"][0]) == ["text", "start", "end", "span_score", "again_score", "score", "confidence"]
    assert read[0]["spans"][0]["text"] == answer["answer"]
    assert read[0]["spans"][0]["confidence"] == answer["confidence"]
    assert [(each["release_id"], each["start"]) for each in read][:5] == [
        (passage["release_id"], passage["start"]) for passage in answer["passages"]
    ]
    shown = run("ask", "what is uniq5v0?", "--explain").stdout
    assert "What was read" in shown
    assert f"found {read[0]['score']:.3f}" in shown
    assert "#:~:text=" in shown
    refused = run("ask", "wem gehört der zeppelin?", "--explain")
    assert refused.exit_code == 1
    assert "What was read" in refused.stdout


def test_search_lists_passages(run: Callable[..., Any]) -> None:
    found = json.loads(run("search", "uniq5v0", "--json").stdout)
    assert list(found) == [name for name in ANSWER if name not in ONLY_ANSWERS]
    assert found["passages"][0]["release_id"] == "release/5"
    assert "https://example.org/5" in run("search", "uniq5v0").stdout


@pytest.mark.parametrize(("command", "code"), [("search", 0), ("figures", 0), ("ask", 2)])
def test_only_an_answer_needs_the_reader(run: Callable[..., Any], tmp_path: Path, command: str, code: int) -> None:
    result = run(command, "uniq5v0", PRESSQA_READER=str(tmp_path / "nowhere"))
    assert (result.exit_code, "nowhere" in result.output) == (code, code == 2)
    assert ("PRESSQA_READER" in result.output) == (code == 2)


@pytest.mark.parametrize(
    "question", ["the of and", "¿cuántos delincuentes?", "移民局", "a\tb\nc\0d\x1b[31m harbour", "?!? x"]
)
def test_odd_questions_are_questions(run: Callable[..., Any], question: str) -> None:
    result = run("ask", question, "--json")
    assert result.exit_code in {0, 1}
    assert not re.search(r"[\x00-\x1f]", json.loads(result.stdout)["question"])


def test_a_question_from_standard_input(run: Callable[..., Any]) -> None:
    assert "uniq4v0" in run("ask", "-", stdin=b"\xef\xbb\xbfwhat is uniq4v0?\r\n").stdout


def test_filters_reach_the_search(run: Callable[..., Any], make: Make) -> None:
    day = make(4).published.isoformat()
    for options in (("--as-of", day), ("--until", day, "--since", day), ("--publisher", make(4).publisher.upper())):
        assert (
            json.loads(run("search", "uniq4v0", "--json", *options).stdout)["passages"][0]["release_id"] == "release/4"
        )
    before = run("search", "uniq4v0", "--json", "--as-of", "2024-01-01")
    assert json.loads(before.stdout)["as_of"] == "2024-01-01"
    assert "release/4" not in before.stdout


def test_max_tokens_bounds_the_passages(run: Callable[..., Any]) -> None:
    found = json.loads(run("search", "harbour", "--json", "-k", "10", "--max-tokens", "70").stdout)["passages"]
    assert 0 < sum(passage["tokens"] for passage in found) <= 70
    assert [passage["rank"] for passage in found] == list(range(1, len(found) + 1))


# errors

BAD: dict[str, tuple[list[str], str]] = {
    "empty question": (["ask", ""], "empty"),
    "only space": (["ask", " \t\u3000"], "empty"),
    "only punctuation": (["ask", "?!…"], "empty"),
    "long question": (["ask", "x" * 100_000], "100,000"),
    "surrogate": (["ask", "abc \udcff"], "surrogate"),
    "top_k 0": (["ask", "harbour", "-k", "0"], "top_k is 0"),
    "top_k huge": (["search", "harbour", "-k", str(10**9)], "1000000000"),
    "top_k word": (["ask", "harbour", "-k", "many"], "'--top-k'"),
    "max_tokens 0": (["ask", "harbour", "--max-tokens", "0"], "max_tokens"),
    "unknown publisher": (["ask", "harbour", "--publisher", "Treasury"], "'Treasury'"),
    "since after until": (["ask", "harbour", "--since", "2025-02-01", "--until", "2025-01-01"], "since (2025-02-01)"),
    "since after as_of": (["ask", "harbour", "--since", "2025-02-01", "--as-of", "2025-01-01"], "as_of"),
    "bad date": (["ask", "harbour", "--as-of", "31/02/2025"], "31/02/2025"),
    "no such day": (["ask", "harbour", "--as-of", "2025-02-31"], "2025-02-31"),
    "unknown release": (["releases", "show", "nothing/here"], "nothing/here"),
    "undecodable release": (["releases", "show", "\udcff"], "no release"),
    "remove unknown": (["remove", "nothing"], "nothing"),
    "negative limit": (["releases", "list", "--limit", "-1"], "-1"),
    "no such command": (["aks", "harbour"], "aks"),
    "no such option": (["ask", "harbour", "--loud"], "--loud"),
    "no question": (["ask"], "QUESTION"),
    "nothing to ingest": (["ingest"], "nothing to ingest"),
    "missing file": (["ingest", "no/such/file"], "no/such/file"),
    "unknown kind": (["ingest", "x", "--source", "word"], "word"),
    "output in no folder": (["export", "--output", "/no/such/folder/x.jsonl"], "/no/such/folder"),
}


@pytest.mark.parametrize(("args", "named"), BAD.values(), ids=list(BAD))
def test_an_error_is_one_or_two_lines_that_name_the_bad_value(
    run: Callable[..., Any], args: list[str], named: str
) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert 1 <= len(lines) <= 2
    assert lines[0].startswith("pressqa: ")
    assert named in lines[0]
    assert len(lines[0]) < 400
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PRESSQA_DEPTH", "deep"),
        ("PRESSQA_THRESHOLD", "2"),
        ("PRESSQA_FUSION", "magic"),
        ("PRESSQA_ENCODING", "klingon"),
    ],
)
def test_a_bad_setting_is_named(run: Callable[..., Any], variable: str, value: str) -> None:
    result = run("ask", "harbour", **{variable: value})
    assert result.exit_code == 2
    assert value in result.stderr
    assert len(result.stderr.splitlines()) <= 2


@pytest.mark.parametrize(
    "args", [["ask", "harbour"], ["status"], ["verify"], ["export"], ["remove", "x"], ["ingest", "--reembed"]]
)
def test_without_an_index_the_first_step_is_named(run: Callable[..., Any], tmp_path: Path, args: list[str]) -> None:
    result = run(*args, folder=tmp_path / "nothing here")
    assert result.exit_code == 2
    assert "nothing here" in result.stderr
    assert "pressqa ingest PATH" in result.stderr
    assert not (tmp_path / "nothing here").exists()


def test_an_index_of_another_model_names_both_and_the_command(
    lab: Any, make: Make, models: Any, run: Callable[..., Any], write_jsonl: Callable[..., Path]
) -> None:
    lab.ingest(make(1))
    lab.reembed(models[1]())
    source = write_jsonl(lab.data.parent / "x.jsonl", [make(2)])
    for args in (["ask", "harbour"], ["ingest", str(source)]):
        result = run(*args, folder=lab.data)
        assert result.exit_code == 2
        assert "built with other (ffffffffffff)" in result.stderr
        assert "hashing (" in result.stderr
        assert "pressqa ingest --reembed" in result.stderr


def test_questions_on_standard_input_that_are_none(run: Callable[..., Any]) -> None:
    for data, named in ((b"\xff\xfe", "UTF-8"), (b"", "empty"), (b"x" * 2_000_000, "1,000,000")):
        result = run("ask", "-", stdin=data)
        assert result.exit_code == 2
        assert named in result.stderr


# in and out


def entry(**fields: Any) -> str:
    made = {"title": "Title", "body": "The harbour is open.", "publisher": "Home Office", "published": "2025-01-01"}
    return json.dumps(made | fields) + "\n"


def test_what_is_exported_is_ingested_as_it_was(
    run: Callable[..., Any], data: Path, tmp_path: Path, new_lab: Callable[[Path], Any]
) -> None:
    file = tmp_path / "out.jsonl"
    assert run("export", "--output", str(file)).exit_code == 0
    assert run("export").stdout == file.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]

    result = run("ingest", str(file), folder=tmp_path / "again")
    assert result.exit_code == 0
    assert "12 added" in result.stdout
    assert new_lab(tmp_path / "again").everything() == new_lab(data).everything()
    assert "12 unchanged" in run("ingest", str(file), folder=tmp_path / "again").stdout
    assert json.loads(run("status", "--json", folder=tmp_path / "again").stdout)["releases"] == 12


def test_what_two_processes_embed_an_ingest_takes(
    run: Callable[..., Any], tmp_path: Path, make: Make, write_jsonl: Any
) -> None:
    source = str(write_jsonl(tmp_path / "in.jsonl", [make(i) for i in range(12)]))
    parts = [tmp_path / f"{number}.npz" for number in (1, 2)]
    for number, part in enumerate(parts, 1):
        result = run("embed", source, "--shard", f"{number}/2", "--out", str(part), folder=tmp_path / "data")
        assert (result.exit_code, str(part) in result.stdout) == (0, True)
    assert not (tmp_path / "data").exists(), "no index is made"

    one = run("ingest", source, "--vectors", str(parts[0]), folder=tmp_path / "one")
    assert one.exit_code == 0
    assert "no file holds the share 2/2" in one.stdout
    both = run("ingest", source, *(f"--vectors={part}" for part in parts), folder=tmp_path / "both")
    assert "12 added" in both.stdout
    assert ", 0 computed here" in both.stdout
    again = run("ingest", "--reembed", *(f"--vectors={part}" for part in parts), folder=tmp_path / "both")
    assert (again.exit_code, "embedded again: 12 revisions" in again.stdout) == (0, True)

    parts[1].write_bytes(parts[1].read_bytes()[:-9])
    refused = run("ingest", source, f"--vectors={parts[1]}", folder=tmp_path / "none")
    assert (refused.exit_code, str(parts[1]) in refused.stderr) == (2, True)
    assert not (tmp_path / "none").exists(), "a damaged file is refused before an index is made"
    for bad in (["--shard", "3/2"], ["https://example.org/a"]):
        assert run("embed", source, *bad, "--out", str(parts[0]), folder=tmp_path / "data").exit_code != 0


def test_an_export_replaces_the_file_a_link_leads_to_but_never_a_device(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / "link"
    target.write_text("before", "utf-8")
    link.symlink_to(target)
    assert run("export", "--output", str(link)).exit_code == 0
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("{")
    assert [path.name for path in target.parent.iterdir()] == ["file"]

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert run("export", "--output", str(pipe)).exit_code == 0
        assert reader.communicate()[0] == target.read_bytes()
    assert pipe.is_fifo()


def test_bad_entries_show_in_the_exit_code_and_the_good_ones_are_kept(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(entry() + "{oops\n" + entry(published="2025-02-31", id="x\u001b[2J"), "utf-8")
    result = run("ingest", str(file), folder=tmp_path / "data")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 added, 0 changed, 0 unchanged, 2 left out")
    assert [line.startswith("left out: ") for line in result.stderr.splitlines()] == [True, True]
    assert "in.jsonl:2" in result.stderr

    file.write_text("{oops\n", "utf-8")
    assert run("ingest", str(file), folder=tmp_path / "data").exit_code == 2


def test_ids_with_slashes_and_other_signs(run: Callable[..., Any], tmp_path: Path) -> None:
    name = "gov/2025/a b%2F?#é"
    file = tmp_path / "in.jsonl"
    file.write_text(entry(id=name), "utf-8")
    run("ingest", str(file), folder=tmp_path / "data")
    assert f"[{name}]" in run("releases", "list", folder=tmp_path / "data").stdout
    assert "The harbour is open." in run("releases", "show", name, folder=tmp_path / "data").stdout
    assert run("remove", name, folder=tmp_path / "data").stdout == "removed 1\n"
    assert run("releases", "list", folder=tmp_path / "data").stdout == ""


def test_a_release_is_shown_by_its_web_address(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(entry(id="coast.test/news/piers"), "utf-8")
    run("ingest", str(file), folder=tmp_path / "data")
    for name in ("https://www.coast.test/news/piers/?utm_source=x", "coast.test/news/piers"):
        assert "The harbour is open." in run("releases", "show", name, folder=tmp_path / "data").stdout
    unknown = run("releases", "show", "https://coast.test/other", folder=tmp_path / "data")
    assert (unknown.exit_code, "https://coast.test/other" in unknown.stderr) == (2, True)


def test_nothing_from_an_input_drives_the_terminal(run: Callable[..., Any], tmp_path: Path) -> None:
    escape = "\x1b]0;owned\x07\x1b[2J\x9b31m"
    file = tmp_path / "in\x1b[31m.jsonl"
    bad = entry(title=f"Bad{escape}", published=f"2025-99-99{escape}")
    file.write_text(
        entry(title=f"Har{escape}bour", body=f"The harbour {escape} opens at 5.", id=f"a{escape}b") + bad, "utf-8"
    )
    outputs = [
        run("ingest", str(file), folder=tmp_path / "data"),
        run("ask", "when does the harbour open?", folder=tmp_path / "data"),
        run("releases", "list", folder=tmp_path / "data"),
        run("releases", "show", f"no{escape}", folder=tmp_path / "data"),
        run("ask", f"harbour {escape}", "--publisher", f"x{escape}", folder=tmp_path / "data"),
        run("ingest", f"{file}{escape}", folder=tmp_path / "data"),
        run("ask", "harbour", "--as-of", f"2025{escape}", folder=tmp_path / "data"),
    ]
    for result in outputs:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.stdout + result.stderr)
    assert "5." in outputs[1].stdout


# as a process


def test_a_pipe_gets_whole_lines_without_colour(pressqa: Callable[..., Any], data: Path, make: Make) -> None:
    result = pressqa("ask", "what is uniq4v0?", data=data, env={"COLUMNS": "40", "TERM": "xterm-256color"})
    assert result.returncode == 0
    assert b"\x1b" not in result.stdout
    sentence = next(line for line in make(4).body.splitlines() if "uniq4v0" in line)
    assert sentence in result.stdout.decode()
    assert len(sentence) > 100


def test_json_in_a_pipe_is_utf_8_whatever_the_locale(pressqa: Callable[..., Any], data: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = pressqa("search", "uniq4v0", "--json", data=data, env=environment)
    assert json.loads(result.stdout.decode("utf-8"))["passages"][0]["publisher"] == "Ministère de l’Été"


def test_arguments_that_are_not_utf_8(pressqa: Callable[..., Any], data: Path) -> None:
    result = pressqa("ask", b"harbour \xff\xfe", data=data)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
@pytest.mark.parametrize("command", [["export"], ["ask", "uniq4v0"], ["releases", "list", "--json"]], ids=str)
def test_a_reader_that_goes_away_is_neither_an_error_nor_not_found(
    pressqa: Callable[..., Any], data: Path, command: list[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with pressqa(*command, data=data, wait=False, stdout=writer, stderr=-1) as process:
        os.close(writer)
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_one_line(pressqa: Callable[..., Any], data: Path) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        pressqa("export", data=data, wait=False, stdout=full, stderr=-1) as process,
    ):
        assert process.stderr.read() == b"pressqa: No space left on device\n"
    assert process.returncode == 2


def test_closed_streams(python: Callable[..., Any], data: Path) -> None:
    code = "import os, sys; os.closerange(0, 3); os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])"
    ask = "import sys; sys.argv = ['pressqa', 'ask', {!r}]; from qa.cli.commands import main; main()"
    settings = {"PRESSQA_DATA": str(data)}
    assert python(code, ask.format("uniq4v0"), env=settings).returncode == 0
    assert python(code, ask.format("-"), env=settings).returncode == 2


def committed(data: Path) -> int:
    try:
        with closing(Catalog(data, writable=False)) as catalog:
            return catalog.generation()
    except IndexMissingError:
        return 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_during_an_ingest_is_one_line_and_leaves_a_sound_index(
    pressqa: Callable[..., Any],
    make: Make,
    write_jsonl: Callable[..., Path],
    tmp_path: Path,
    new_lab: Callable[[Path], Any],
) -> None:
    source = write_jsonl(tmp_path / "many.jsonl", (make(i) for i in range(20_000)))
    folder = tmp_path / "data"
    with pressqa("ingest", source, data=folder, wait=False, stdout=-1, stderr=-1) as process:
        deadline = time.monotonic() + 60
        while not committed(folder) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    *before, last = errors.decode().splitlines()
    assert (process.returncode, output, last) == (130, b"", "pressqa: interrupted")
    assert all(line.startswith("ingesting: ") for line in before), "on a slow machine it tells how far it is"
    lab = new_lab(folder)
    stored = lab.everything()
    assert 0 < len(stored) < 20_000
    assert not lab.verify().rebuilt


def test_a_data_folder_that_is_a_file(pressqa: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(entry(), "utf-8")
    result = pressqa("ingest", file, data=file)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 2
    assert str(file) in result.stderr.decode()


def test_a_read_only_data_folder_answers_and_refuses_to_ingest(
    pressqa: Callable[..., Any], lab: Any, make: Make, write_jsonl: Callable[..., Path], tmp_path: Path
) -> None:
    lab.ingest(*(make(i) for i in range(5)))
    source = write_jsonl(tmp_path / "more.jsonl", [make(9)])
    paths = [lab.data, *lab.data.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        asked = pressqa("ask", "what is uniq4v0?", data=lab.data, unprivileged=True)
        refused = pressqa("ingest", source, data=lab.data, unprivileged=True)
        gone = pressqa("remove", "release/4", data=lab.data, unprivileged=True)
    finally:
        for path in paths:
            path.chmod(0o755)
    assert (asked.returncode, asked.stderr) == (0, b"")
    assert b"uniq4v0" in asked.stdout
    for result in (refused, gone):
        assert (result.returncode, result.stdout) == (2, b"")
        assert len(result.stderr.splitlines()) == 2
        assert b"--data" in result.stderr
    assert len(lab.everything()) == 5


FULL = (
    "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (int({0}), int({0})));"
    "from qa.cli.commands import main; main()"
)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("room", [0, 20_000, 200_000, 400_000])
def test_a_full_disk_loses_nothing(
    python: Callable[..., Any], lab: Any, make: Make, write_jsonl: Callable[..., Path], room: int
) -> None:
    lab.ingest(*(make(i) for i in range(40)))
    lab.verify()
    before = lab.everything()
    source = write_jsonl(lab.data.parent / "more.jsonl", [make(i) for i in range(600)])
    settings = {"PRESSQA_DATA": str(lab.data), "PRESSQA_CHUNK_TOKENS": "40", "PRESSQA_ENCODING": "words"}
    limit = FULL.format(room)
    code = (
        "import qa.upkeep as m, types\n"
        "count = lambda texts: [len(text.split()) for text in texts]\n"
        "m.load_encoding = lambda name: types.SimpleNamespace(count_batch=count)\n" + limit
    )
    result = python(code, "ingest", str(source), env=settings)
    assert (result.returncode, result.stdout) == (2, b"")
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 2, lines
    assert "cannot" in lines[0]
    stored = lab.everything()
    assert {release.id for release in before} <= {release.id for release in stored}
    assert lab.ids("uniq7v0", 1) == ["release/7"]
    assert not lab.verify().rebuilt
    folder = lab.data / files.FOLDER
    published = read_pointer(folder)
    assert published is not None
    assert {each.name for each in folder.iterdir()} == published[0].names


def test_a_choice_that_there_is_not_is_told_in_plain_words(tmp_path: Path) -> None:
    got = CliRunner().invoke(app, ["keys", "create", "--name", "x", "--scope", "admin", "--data", str(tmp_path)])
    assert got.exit_code == 2
    assert "'admin' is not one of 'read', 'write'" in got.stderr
    assert "Value error" not in got.stderr
