"""What the machine can do at most: single-precision matrix products of a model's shapes, and reading memory.

A benchmark that says how far from these limits the product is says more than one that compares it with yesterday.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.models.session import open_session

ROWS = 1024
"""How many rows a product has: the tokens that the embedder runs at once (`index.models.onnx_embedder`)."""


@dataclass(frozen=True, slots=True)
class Work:
    """The matrix products of a model: the shapes of its weights, in order, its layers of attention and their width."""

    weights: tuple[tuple[int, int], ...]
    layers: int
    width: int

    def operations(self, tokens: int, length: int) -> float:
        """Return the floating point operations for ``tokens`` tokens in texts of ``length``: weights and attention.

        A product of (a, b) and (b, c) is 2abc. Attention is two products of length x length x width a layer and text.
        """
        dense = 2.0 * sum(rows * columns for rows, columns in self.weights)
        return tokens * (dense + 4.0 * self.layers * length * self.width)


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of something was done in a second, and in a second of processor time."""

    second: float
    cpu_second: float


def work_of(model: Path) -> Work:
    """Read the shapes of a model's matrix products from its ONNX file; its weights are not read."""
    graph = onnx.load(str(model), load_external_data=False).graph
    shapes = {each.name: tuple(each.dims) for each in graph.initializer}
    weights = tuple(
        (shape[0], shape[1])
        for node in graph.node
        if node.op_type in {"MatMul", "Gemm"} and len(shape := shapes.get(node.input[1], ())) == 2
    )
    return Work(weights, sum(node.op_type == "Softmax" for node in graph.node), weights[0][0])


def products(work: Work, threads: int) -> Callable[[], float]:
    """Return a function that does the products of `work` over `ROWS` rows once a thread, and returns the operations.

    It is what a model would be without everything else: ONNX Runtime's own kernel, with the weights of each layer in
    memory one after the other, as many of them side by side as there are threads.
    """
    rng = np.random.default_rng(0)
    weights, nodes = [], []
    for number, (rows, columns) in enumerate(work.weights):
        weights.append(numpy_helper.from_array(rng.standard_normal((rows, columns), dtype=np.float32), f"w{number}"))
        nodes.append(helper.make_node("MatMul", [f"x{rows}", f"w{number}"], [f"y{number}"]))
    # Every product is an output, so that none can be left out.
    graph = helper.make_graph(
        nodes,
        "products",
        [helper.make_tensor_value_info(f"x{rows}", TensorProto.FLOAT, [ROWS, rows]) for rows in _widths(work)],
        [
            helper.make_tensor_value_info(f"y{number}", TensorProto.FLOAT, [ROWS, columns])
            for number, (_, columns) in enumerate(work.weights)
        ],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = open_session(model.SerializeToString(), 1)
    feed = {f"x{rows}": rng.standard_normal((ROWS, rows), dtype=np.float32) for rows in _widths(work)}
    operations = 2.0 * ROWS * sum(rows * columns for rows, columns in work.weights)
    pool = ThreadPoolExecutor(threads)

    def once() -> float:
        list(pool.map(lambda _: session.run(None, feed), range(threads)))
        return operations * threads

    return once


def blas(work: Work) -> Callable[[], float]:
    """Return a function that does the same products by NumPy's BLAS, on the threads that BLAS takes."""
    rng = np.random.default_rng(0)
    pairs = [
        (rng.standard_normal((ROWS, rows), dtype=np.float32), rng.standard_normal((rows, columns), dtype=np.float32))
        for rows, columns in work.weights
    ]
    results = {columns: np.empty((ROWS, columns), np.float32) for _, columns in work.weights}

    def once() -> float:
        for left, right in pairs:
            np.matmul(left, right, out=results[right.shape[1]])
        return 2.0 * ROWS * sum(rows * columns for rows, columns in work.weights)

    return once


def _widths(work: Work) -> list[int]:
    return sorted({rows for rows, _ in work.weights})


def best_rates(does: Sequence[Callable[[], float]], rounds: int) -> list[Rate]:
    """Call each function once to warm up, then in turn; return for each the best rate of what it says it did."""
    for each in does:
        each()
    rates: list[list[tuple[float, float]]] = [[] for _ in does]
    for _ in range(rounds):
        for each, seen in zip(does, rates, strict=True):
            begun, cpu = time.perf_counter(), time.process_time()
            done = each()
            seen.append((done / (time.perf_counter() - begun), done / max(time.process_time() - cpu, 1e-9)))
    return [Rate(max(wall for wall, _ in seen), max(cpu for _, cpu in seen)) for seen in rates]


def reading(array: NDArray[np.float32]) -> Callable[[], float]:
    """Return a function that reads an array once, as fast as BLAS does on one thread, and returns the bytes read."""
    flat = array.ravel()

    def once() -> float:
        np.dot(flat, flat)  # the second use of each number is in the first cache
        return float(array.nbytes)

    return once


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
