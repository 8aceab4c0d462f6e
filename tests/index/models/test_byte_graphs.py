"""The 8-bit graph for questions, made from a small graph with columns of very different sizes: no torch."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from index.models import byte_graphs
from index.models.byte_graphs import write_question_graph

WORDS, WIDTH = 50, 96
RNG = np.random.default_rng(3)
IDS = [RNG.integers(0, WORDS, size=(1, RNG.integers(4, 12))) for _ in range(30)]


@pytest.fixture
def exact(tmp_path: Path) -> Path:
    """A graph of two products, the first of an input of which one column is sixty times as large as the others."""
    table = RNG.normal(size=(WORDS, WIDTH)).astype(np.float32)
    table[:, 7] *= 60
    tensors = {
        "table": table,
        "first": RNG.normal(size=(WIDTH, WIDTH)).astype(np.float32) * 0.1,
        "second": RNG.normal(size=(WIDTH, WIDTH)).astype(np.float32) * 0.1,
        "axis": np.array([1]),
    }
    tensors["first"][7] /= 60
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("MatMul", ["words", "first"], ["hidden"]),
        helper.make_node("Tanh", ["hidden"], ["bent"]),
        helper.make_node("MatMul", ["bent", "second"], ["out"]),
        helper.make_node("ReduceSum", ["out", "axis"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
    )
    path = tmp_path / "exact.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def vectors(path: Path) -> NDArray[np.float32]:
    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"input_ids": ids})[0] for ids in IDS])


def test_a_column_that_is_far_larger_costs_the_others_nothing(
    exact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = [{"input_ids": ids} for ids in IDS[:10]]

    def cosine(target: Path) -> float:
        write_question_graph(exact, target, feeds)
        return float((vectors(target) * vectors(exact)).sum(axis=1).min())

    smooth = cosine(tmp_path / "smooth.onnx")
    monkeypatch.setattr(byte_graphs, "smooth", lambda model, feeds, share: set())
    rough = cosine(tmp_path / "rough.onnx")
    assert smooth > 0.999
    assert 1 - smooth < (1 - rough) / 2


def test_products_are_in_8_bits_and_the_rest_is_read_from_the_exact_graph(exact: Path, tmp_path: Path) -> None:
    before, target = exact.read_bytes(), exact.with_name("question.onnx")
    onnx.save(onnx.load(exact), exact, save_as_external_data=True, location="weights.bin", size_threshold=1024)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_question_graph(exact, target, [{"input_ids": IDS[0]}])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path != target} == before
    tensors = {tensor.name: tensor for tensor in onnx.load(target, load_external_data=False).graph.initializer}
    assert tensors["table"].data_location == TensorProto.EXTERNAL
    assert (vectors(target) * vectors(exact)).sum(axis=1).min() > 0.9
    matrices = [numpy_helper.to_array(tensor) for tensor in tensors.values() if tuple(tensor.dims) == (WIDTH, WIDTH)]
    assert [matrix.dtype for matrix in matrices] == [np.int8, np.int8]
    assert max(int(np.abs(matrix.astype(int)).max()) for matrix in matrices) <= 64, "a bit is left free"


def test_a_graph_without_products_stays_what_it_is(tmp_path: Path) -> None:
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["embedding"])]
    graph = helper.make_graph(
        nodes,
        "table",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["sequence"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["sequence", WIDTH])],
        [numpy_helper.from_array(RNG.normal(size=(WORDS, WIDTH)).astype(np.float32), "table")],
    )
    path, target = tmp_path / "table.onnx", tmp_path / "question.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    write_question_graph(path, target, [{"input_ids": np.arange(5)}])
    got, wanted = (
        InferenceSession(each, providers=["CPUExecutionProvider"]).run(None, {"input_ids": np.arange(5)})[0]
        for each in (target, path)
    )
    np.testing.assert_array_equal(got, wanted)
