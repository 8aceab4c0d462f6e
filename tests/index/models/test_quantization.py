"""Products in 8 bits: near those of floats, and the same on every processor."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.models.processor import adds_byte_products
from index.models.quantization import in_bytes

WORDS, WIDTH, WIDER = 300, 64, 160
IDS = [np.array([list(range(start, start + 12))]) for start in range(0, 240, 12)]


def weights(seed: int) -> dict[str, NDArray[np.float32]]:
    chance = np.random.default_rng(seed)
    made = {
        "table": chance.normal(size=(WORDS, WIDTH)),
        "up": chance.normal(size=(WIDTH, WIDER)),
        "down": chance.normal(size=(WIDER, WIDTH)),
        "small": chance.normal(size=(WIDTH, 2)),
    }
    # One column far larger than the others, though it counts for no more, and tokens of very different sizes.
    made["spread"] = np.where(np.arange(WIDTH) == 3, 40.0, 1.0)
    made["up"][3] /= 40
    made["table"] *= chance.uniform(0.05, 5, size=(WORDS, 1))
    return {name: values.astype(np.float32) for name, values in made.items()}


def write(path: Path, values: dict[str, NDArray[np.float32]]) -> Path:
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["alike"]),
            helper.make_node("Mul", ["alike", "spread"], ["words"]),
            helper.make_node("MatMul", ["words", "up"], ["raised"]),
            helper.make_node("Relu", ["raised"], ["bent"]),
            helper.make_node("MatMul", ["bent", "down"], ["scores"]),
            helper.make_node("MatMul", ["scores", "small"], ["pair"]),
        ],
        "model",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("scores", "pair")],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    path.write_bytes(made.SerializeToString())
    return path


def scores(path: Path, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(None, {"input_ids": ids})[0]
    return found


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The graph in floats, and its two graphs in 8 bits."""
    source, signed, unsigned = write(tmp_path / "whole.onnx", weights(5)), tmp_path / "s.onnx", tmp_path / "u.onnx"
    in_bytes(source, signed, unsigned, tmp_path / "matrices", [{"input_ids": each} for each in IDS[:3]], share=0.5)
    return source, signed, unsigned


def test_scores_are_near_those_of_floats_for_large_and_small_tokens(written: tuple[Path, Path, Path]) -> None:
    source, _, unsigned = written
    for ids in IDS:
        whole, ours = scores(source, ids), scores(unsigned, ids)
        away = np.abs(ours - whole).max(axis=-1) / np.abs(whole).max(axis=-1)
        assert away.max() < 0.05, "each token by its own size"


def test_both_graphs_give_the_same_scores(written: tuple[Path, Path, Path], tmp_path: Path) -> None:
    if not adds_byte_products():
        pytest.skip("this processor has no VNNI: it cannot run the graph for those that have it")
    _, signed, unsigned = written
    for ids in IDS:
        np.testing.assert_array_equal(scores(signed, ids), scores(unsigned, ids))
    # the largest sums that there can be
    values = {name: np.ones_like(value) for name, value in weights(5).items()}
    source = write(tmp_path / "ones.onnx", values)
    in_bytes(source, signed, unsigned, tmp_path / "matrices", [{"input_ids": IDS[0]}], share=0.5)
    for graph in (signed, unsigned):
        np.testing.assert_allclose(scores(graph, IDS[0]), WIDTH * WIDER, rtol=1e-4)


def test_large_weights_are_bytes_in_files_of_their_own_and_small_ones_stay(tmp_path: Path) -> None:
    source, signed, unsigned = write(tmp_path / "whole.onnx", weights(6)), tmp_path / "s.onnx", tmp_path / "u.onnx"
    matrices, table = tmp_path / "matrices", tmp_path / "table"
    in_bytes(source, signed, unsigned, matrices, [{"input_ids": IDS[0]}], share=0.5, table=table)
    assert table.stat().st_size == WORDS * WIDTH
    assert WIDTH * WIDER * 2 <= matrices.stat().st_size < WIDTH * WIDER * 2 + 8192
    for path in (signed, unsigned):
        graph = onnx.load(path, load_external_data=False).graph
        kept = {each.name: each.data_location for each in graph.initializer}
        assert kept["small"] == TensorProto.DEFAULT
        assert {name for name, place in kept.items() if place == TensorProto.EXTERNAL} == {
            "table.int8",
            "up.int8",
            "down.int8",
        }
