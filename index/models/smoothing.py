"""Evening out what the products of a graph multiply, so that 8 bits lose little (SmoothQuant, Xiao et al. 2023).

A column of a product's input that is far larger than the others would cost these their precision. The columns are made
about as large as each other, and the rows of the weights are changed the other way: the product stays what it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Feed = Mapping[str, NDArray[np.int64]]
"""The inputs of one run: token ids, attention mask and token types, each of shape (texts, tokens)."""


def smooth(model: Any, feeds: Sequence[Feed], share: float) -> set[str]:
    """Even out the inputs of the products of an ONNX model with weights; return the names of the changed weights.

    ``feeds`` are runs that show how large the columns are. ``share`` says how far they are evened out: 1 makes the
    columns alike, 0 the rows of the weights.
    """
    return _smooth(model, _largest(model, feeds), share)


def products(model: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each product with a matrix of weights that no other node uses: the node and the weights."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    uses = [name for node in model.graph.node for name in node.input]
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights and uses.count(node.input[1]) == 1:
            yield node, weights[node.input[1]]


def _largest(model: Any, feeds: Sequence[Feed]) -> dict[str, NDArray[np.float32]]:
    """Return for each input of a product the largest amount in each of its columns, over all runs."""
    onnx, onnxruntime = import_module("onnx"), import_module("onnxruntime")
    names = sorted({node.input[0] for node, _ in products(model)})
    if not names:
        return {}
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, NDArray[np.float32]] = {}
    for feed in feeds:
        for name, values in zip(names, session.run(names, dict(feed)), strict=True):
            largest = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            found[name] = np.maximum(found.get(name, largest), largest)
    return found


def _smooth(model: Any, largest: Mapping[str, NDArray[np.float32]], share: float) -> set[str]:
    onnx = import_module("onnx")
    users: dict[str, list[tuple[Any, Any]]] = {}
    for node, weights in products(model):
        users.setdefault(node.input[0], []).append((node, weights))
    nodes = list(model.graph.node)
    for name, every in users.items():
        matrices = [onnx.numpy_helper.to_array(weights) for _, weights in every]
        rows = np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0)
        scale = np.maximum(largest[name], 1e-5) ** share / np.maximum(rows, 1e-5) ** (1 - share)
        scale = np.clip(scale, 1e-3, 1e3).astype(np.float32)
        smooth = f"{name}.smooth"
        model.graph.initializer.append(onnx.numpy_helper.from_array(1 / scale, f"{smooth}.scale"))
        first = min(place for place, node in enumerate(nodes) if any(node is user for user, _ in every))
        nodes.insert(first, onnx.helper.make_node("Mul", [name, f"{smooth}.scale"], [smooth], name=smooth))
        for (node, weights), matrix in zip(every, matrices, strict=True):
            weights.CopyFrom(onnx.numpy_helper.from_array(matrix * scale[:, None], weights.name))
            node.input[0] = smooth
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return {weights.name for every in users.values() for _, weights in every}
