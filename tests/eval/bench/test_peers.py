"""The benchmark beside other tools: how a peer is spoken to, what counts as found, and who is shown to win."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from eval.bench import limits
from eval.bench.peers import inside, measure, tables
from eval.bench.peers.cases import Asked, Case
from eval.bench.peers.environments import PRESSQA, Peer, clean, versions_in
from eval.bench.peers.measure import Measured, Quality
from eval.bench.peers.running import Process, Setting, Taken
from index.errors import InputError

NOISY = """
import os, sys
print("loading a model")
def prepare(model):
    os.write(1, b"from C code\\n")
def build(folder, model, passages):
    print("PYTHONPATH" in os.environ)
    if folder == "bad":
        sys.exit("no such folder: bad")
class Searcher:
    def __init__(self, folder, model):
        print("opening")
    def search(self, question, k):
        return [(f"r:{place}", f"text of {question}") for place in range(k)]
"""


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    """A peer that prints where it should not."""
    shutil.copy(Path(str(inside.__file__)).with_name("peer_main.py"), tmp_path)
    (tmp_path / "peer_noisy.py").write_text(NOISY, "utf-8")
    monkeypatch.setattr("eval.bench.peers.running._MAIN", tmp_path / "peer_main.py")
    return Setting(Peer("noisy", "peer_noisy", "Noisy", ()), sys.executable, Path("model"), Path("models"), 2)


def test_a_peer_is_told_and_answers_whatever_else_it_prints(noisy: Setting) -> None:
    with Process(noisy) as process:
        process.tell(do="prepare", model="m")
        built = process.tell(do="build", folder="f", model="m", passages="p")
        assert built["seconds"] >= 0
        assert built["peak"] > 1_000_000
        process.tell(do="open", folder="f", model="m")
        assert process.tell(do="search", question="who?", k=2)["ids"] == ["r:0", "r:1"]
        with pytest.raises(InputError, match="noisy ended") as ended:
            process.tell(do="build", folder="bad", model="m", passages="p")
        assert "no such folder: bad" in ended.value.hint


def test_a_cold_start_prints_what_it_found(noisy: Setting) -> None:
    command = noisy.once(Path("f"), "who?", 2)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=noisy.environment())
    assert done.stdout == "r:0 text of who?\nr:1 text of who?\n"


def test_nothing_of_ours_gets_into_an_environment(monkeypatch: pytest.MonkeyPatch, noisy: Setting) -> None:
    monkeypatch.setenv("PYTHONPATH", "ours")
    assert "PYTHONPATH" not in noisy.environment()
    assert "PYTHONPATH" not in clean()
    assert "numpy" in versions_in(sys.executable)


def test_found_is_what_holds_the_evidence_and_a_question_without_such_a_passage_is_missed(tmp_path: Path) -> None:
    right = {"a": frozenset({"x"}), "b": frozenset({"y", "z"})}
    asked = [*(Asked(text, "one", names) for text, names in right.items()), Asked("c", "two", frozenset())]
    case = Case("case", tmp_path, 1, 3, tuple(asked))
    found = measure._quality(case, [["x", "y"], ["w", "v", "u", "t", "s", "z"], ["x"]])
    assert found == {"one": Quality(2, 0.5, 0.5, (1 + 1 / 6) / 2), "two": Quality(1, 0.0, 0.0, 0.0)}


def measured(peer: str, cold: float, rate: float, hit1: float) -> Measured:
    quality = {"gold": Quality(10, hit1, 1.0, 0.9)}
    return Measured(peer, Taken(cold, cold), Taken(0.01, 0.01), 0.1, Taken(100 / rate, 1.0), 10**8, 10**8, quality)


def test_a_peer_that_wins_a_row_is_shown_winning_it() -> None:
    ours, other = measured(PRESSQA.name, 1.0, 50, 0.7), measured("plain", 7.0, 80, 0.9)
    lines = list(tables.table([ours, other], 100))
    assert lines[0] == "| | pressqa | sentence-transformers + FAISS |"
    assert "| cold start to first result, s | **1.00** | 7.00 |" in lines
    assert "| ingest, passages a second | 50 | **80** |" in lines
    assert "| gold: hit@1 | 0.700 | **0.900** |" in lines
    reached = {text.split(":")[0]: good for text, good in tables.verdicts([ours, other], 100)}
    assert reached["cold start to first result, s"]
    assert not reached["warm search, median, ms"], "as fast is not four times as fast"
    assert not reached["ingest, passages a second"]


def test_the_work_of_a_model_is_read_from_its_graph(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.zeros((4, 6), np.float32), "w")
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["y"]),
        helper.make_node("MatMul", ["x", "x"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["z"]),
    ]
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 4])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, 6])
    graph = helper.make_graph(nodes, "g", [value], [result], [weight])
    onnx.save(helper.make_model(graph), str(tmp_path / "model.onnx"))
    work = limits.work_of(tmp_path / "model.onnx")
    assert (work.weights, work.layers, work.width) == (((4, 6),), 1, 4)
    assert work.operations(10, 5) == 10 * (2 * 24 + 4 * 5 * 4)
