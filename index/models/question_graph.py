"""A second graph of an embedding model, for questions only: it multiplies in 8 bits, in less than half of the time.

A question is short, so most of its time goes into reading the weights, and these are a quarter as long. Passages keep
the exact graph: their vectors are stored, and are the same on every machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHARE = 0.65
"""How large columns of inputs and rows of weights are evened out: 1 makes the columns alike, 0 the rows.

Of 0.3, 0.5, 0.65, 0.75, 0.85 and 0.95 this one kept the vectors of 150 questions nearest to the exact ones.
"""

Feed = Mapping[str, NDArray[np.int64]]
"""The inputs of one run: token ids, attention mask and token types, each of shape (texts, tokens)."""


def write_question_graph(source: Path, target: Path, feeds: Sequence[Feed]) -> None:
    """Write the graph ``source`` to ``target`` with its weights in 8 bits and its products computed in 8 bits.

    All inputs of a product share one scale, so a column that is far larger than the others would cost these their
    precision. The columns are therefore first made about as large as each other, and the rows of the weights are
    changed the other way (SmoothQuant, Xiao et al. 2023); ``feeds`` are runs that show how large they are. One bit of
    the weights is left free, since processors without VNNI cut off sums that are too large for 16 bits.

    Tables of embeddings stay as they are: the graph refers to the file that ``source`` keeps them in, so ``target`` has
    to be in the same folder.
    """
    onnx, quantization = import_module("onnx"), import_module("onnxruntime.quantization")
    model = onnx.load(source)
    changed = _smooth(model, _largest(model, feeds))
    # Said to be prepared, or the library prints that it is not; there are no shapes to infer for these products.
    onnx.helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    quantization.quantize_dynamic(
        model,
        target,
        op_types_to_quantize=["MatMul"],
        weight_type=quantization.QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
    )
    kept = {tensor.name: tensor for tensor in onnx.load(source, load_external_data=False).graph.initializer}
    made = onnx.load(target)
    for tensor in made.graph.initializer:
        if tensor.name in kept and tensor.name not in changed:
            tensor.CopyFrom(kept[tensor.name])
    target.write_bytes(made.SerializeToString())


def _products(model: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each product with a matrix of weights that no other node uses: the node and the weights."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    uses = [name for node in model.graph.node for name in node.input]
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights and uses.count(node.input[1]) == 1:
            yield node, weights[node.input[1]]


def _largest(model: Any, feeds: Sequence[Feed]) -> dict[str, NDArray[np.float32]]:
    """Return for each input of a product the largest amount in each of its columns, over all runs."""
    onnx, onnxruntime = import_module("onnx"), import_module("onnxruntime")
    names = sorted({node.input[0] for node, _ in _products(model)})
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


def _smooth(model: Any, largest: Mapping[str, NDArray[np.float32]]) -> set[str]:
    """Make the columns of the products' inputs about as large as each other; return the names of changed weights."""
    onnx = import_module("onnx")
    users: dict[str, list[tuple[Any, Any]]] = {}
    for node, weights in _products(model):
        users.setdefault(node.input[0], []).append((node, weights))
    nodes = list(model.graph.node)
    for name, products in users.items():
        matrices = [onnx.numpy_helper.to_array(weights) for _, weights in products]
        rows = np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0)
        scale = np.maximum(largest[name], 1e-5) ** _SHARE / np.maximum(rows, 1e-5) ** (1 - _SHARE)
        scale = np.clip(scale, 1e-3, 1e3).astype(np.float32)
        smooth = f"{name}.smooth"
        model.graph.initializer.append(onnx.numpy_helper.from_array(1 / scale, f"{smooth}.scale"))
        first = min(place for place, node in enumerate(nodes) if any(node is user for user, _ in products))
        nodes.insert(first, onnx.helper.make_node("Mul", [name, f"{smooth}.scale"], [smooth], name=smooth))
        for (node, weights), matrix in zip(products, matrices, strict=True):
            weights.CopyFrom(onnx.numpy_helper.from_array(matrix * scale[:, None], weights.name))
            node.input[0] = smooth
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return {weights.name for products in users.values() for _, weights in products}
