"""Storing large weights of an ONNX graph in 8 bits, and multiplying in 8 bits: a quarter of the size, half the time.

The weights are stored outside the graph, in files to which it refers: ONNX Runtime maps these into memory. Of a graph
that holds its weights it makes three copies while it opens it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.models.smoothing import Feed, products, smooth

_LARGE = 4096
"""The smallest weight, in elements, that is stored in 8 bits."""

_MOST = 127
"""The largest whole number that stands for a weight, or for what a token gives."""

_MIDDLE = 128
"""What stands for 0 in bytes without a sign."""

_LEAST = 1e-9
"""The smallest amount that is told from 0."""

_PAGE = 4096
"""Each weight in a file begins at a multiple of so many bytes: where a page of memory does."""

_MICROSOFT = "com.microsoft"
"""The operators that ONNX Runtime adds to the standard."""


def in_bytes(
    source: Path,
    signed: Path,
    unsigned: Path,
    weights: Path,
    feeds: Sequence[Feed],
    *,
    share: float,
    table: Path | None = None,
    keeps_tables: bool = False,
) -> None:
    """Write the graph ``source`` with its matrices in 8 bits, and with their products computed in 8 bits.

    Each column of a matrix has its own scale, and so has each token that it is multiplied with, when the graph runs
    (as in LLM.int8(), Dettmers et al. 2022); what is multiplied is evened out first, for which ``feeds`` are runs of
    the graph, and ``share`` says how far (`index.models.smoothing`). With one scale for all tokens, scores move three
    times as far.

    Two graphs are written, for the same weights and with the same scores: ``signed`` is for processors that add
    products of bytes without cutting off their sums (`index.models.processor.adds_byte_products`), ``unsigned`` for
    others; it takes longer. Both refer to the file ``weights`` in their folder and, where it is given, to the file
    ``table`` for the rows of the largest table of embeddings. Rows of tables become floats only when a text needs them.
    With ``keeps_tables`` these stay in floats, and the graphs refer to the file that ``source`` keeps them in.
    """
    onnx = import_module("onnx")
    model = onnx.load(source)
    changed = smooth(model, feeds, share)
    large = _with_large_weights_in_bytes(model, keeps_tables=keeps_tables)
    files = [(large, weights)]
    if table is not None:
        *others, largest = sorted(large, key=lambda each: len(each.raw_data))
        files = [([largest], table), (others, weights)]
    for tensors, file in files:
        _move_out(tensors, file)
    if keeps_tables:
        refer_back(model, source, changed)
    if all(each.domain != _MICROSOFT for each in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(_MICROSOFT, 1))
    signed.write_bytes(model.SerializeToString())
    _without_signs(model)
    unsigned.write_bytes(model.SerializeToString())


def refer_back(model: Any, source: Path, changed: Collection[str]) -> None:
    """Let the tensors of a model that are still those of the graph in ``source`` refer to where that keeps them.

    ``changed`` are the names of those that are not. The model has to be written into the same folder.
    """
    original = import_module("onnx").load(source, load_external_data=False)
    kept = {tensor.name: tensor for tensor in original.graph.initializer}
    for tensor in model.graph.initializer:
        if tensor.name in kept and tensor.name not in changed:
            tensor.CopyFrom(kept[tensor.name])


def _with_large_weights_in_bytes(model: Any, *, keeps_tables: bool) -> list[Any]:
    """Put a model's large matrices, and unless it keeps them its tables, in bytes; return what holds them."""
    onnx = import_module("onnx")
    graph = model.graph
    used = Counter(name for node in graph.node for name in node.input)
    users = {weights.name: node for node, weights in products(model)}
    if not keeps_tables:
        users |= {node.input[0]: node for node in graph.node if node.op_type == "Gather" and used[node.input[0]] == 1}
    tensors = [
        _tensor(np.array(value), name)
        for name, value in (
            (_Name.LEAST, np.float32(_LEAST)),
            (_Name.MOST, np.float32(_MOST)),
            (_Name.ONE, np.float32(1)),
            (_Name.MIDDLE, np.uint8(_MIDDLE)),
            (_Name.ZERO, np.int8(0)),
            (_Name.LAST_AXIS, np.array([-1])),
        )
    ]
    large: list[Any] = []
    replaced: dict[str, list[Any]] = {}
    for tensor in graph.initializer:
        name, values = tensor.name, onnx.numpy_helper.to_array(tensor)
        large_enough = values.dtype == np.float32 and values.ndim == 2 and values.size >= _LARGE
        node = users.get(name) if large_enough else None
        if node is not None and node.op_type == "MatMul":
            whole, scale = _rounded(values, axis=0)
            replaced[node.output[0]] = _product(node)
            large.append(_tensor(whole, f"{name}.int8"))
            tensors += [large[-1], _tensor(scale.reshape(-1), f"{name}.scale")]
        elif node is not None:
            whole, scale = _rounded(values, axis=1)
            replaced[node.output[0]] = _rows(node)
            large.append(_tensor(whole, f"{name}.int8"))
            tensors += [large[-1], _tensor(scale, f"{name}.scale")]
        else:
            tensors.append(tensor)
    nodes: list[Any] = []
    rounded: set[str] = set()
    for node in graph.node:
        made = replaced.get(node.output[0])
        if made is not None and node.op_type == "MatMul" and node.input[0] not in rounded:
            rounded.add(node.input[0])
            nodes += _tokens_in_bytes(node.input[0])
        nodes += [node] if made is None else made
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensors)
    return [each for each in graph.initializer if each.name in {tensor.name for tensor in large}]


class _Name:
    """The names of constants in the graph."""

    LEAST, MOST, ONE = "bytes.least", "bytes.most", "bytes.one"
    MIDDLE, ZERO, HIGHEST_BIT = "bytes.middle", "bytes.zero", "bytes.highest_bit"
    LAST_AXIS = "bytes.last_axis"


def _tokens_in_bytes(values: str) -> list[Any]:
    """Return the nodes that give ``values.bytes`` and ``values.scale``: each token's values as bytes, and its scale."""
    node = import_module("onnx").helper.make_node
    return [
        node("Abs", [values], [f"{values}.amounts"]),
        node("ReduceMax", [f"{values}.amounts", _Name.LAST_AXIS], [f"{values}.largest"], keepdims=1),
        node("Max", [f"{values}.largest", _Name.LEAST], [f"{values}.most"]),
        node("Div", [f"{values}.most", _Name.MOST], [f"{values}.token_scale"]),
        node("Div", [values, f"{values}.token_scale"], [f"{values}.scaled"]),
        node("QuantizeLinear", [f"{values}.scaled", _Name.ONE, _Name.MIDDLE], [f"{values}.bytes"]),
    ]


def _product(node: Any) -> list[Any]:
    """Return the nodes of a product of bytes in the place of ``node``."""
    make, (values, weights), made = import_module("onnx").helper.make_node, node.input, node.output[0]
    inputs = [f"{values}.bytes", f"{weights}.int8", _Name.ONE, f"{weights}.scale", _Name.MIDDLE, _Name.ZERO]
    return [
        make("MatMulIntegerToFloat", inputs, [f"{made}.unscaled"], domain=_MICROSOFT),
        make("Mul", [f"{made}.unscaled", f"{values}.token_scale"], [made]),
    ]


def _rows(node: Any) -> list[Any]:
    """Return the nodes that take rows of a table of bytes in the place of ``node``, and turn these into floats."""
    onnx = import_module("onnx")
    make, (table, rows), made = onnx.helper.make_node, node.input, node.output[0]
    return [
        make("Gather", [f"{table}.int8", rows], [f"{made}.int8"]),
        make("Gather", [f"{table}.scale", rows], [f"{made}.scale"]),
        make("Cast", [f"{made}.int8"], [f"{made}.wide"], to=onnx.TensorProto.FLOAT),
        make("Mul", [f"{made}.wide", f"{made}.scale"], [made]),
    ]


def _without_signs(model: Any) -> None:
    """Let the products of a model take their weights as bytes without signs, into which they are turned when it loads.

    Without VNNI, a processor adds products of bytes with and without sign in 16 bits, which cuts them off.
    """
    onnx = import_module("onnx")
    make, kinds = onnx.helper.make_node, onnx.TensorProto
    nodes: list[Any] = []
    for node in model.graph.node:
        if node.op_type == "MatMulIntegerToFloat":
            weights = node.input[1]
            nodes += [
                # Turning the highest bit adds 128 where the result is read without a sign.
                make("BitwiseXor", [weights, _Name.HIGHEST_BIT], [f"{weights}.raised"]),
                make("Cast", [f"{weights}.raised"], [f"{weights}.unsigned"], to=kinds.UINT8),
            ]
            node.input[1], node.input[5] = f"{weights}.unsigned", _Name.MIDDLE
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.remove(next(each for each in model.graph.initializer if each.name == _Name.ZERO))
    model.graph.initializer.append(_tensor(np.array(-_MIDDLE, dtype=np.int8), _Name.HIGHEST_BIT))


def _move_out(tensors: Sequence[Any], file: Path) -> None:
    """Write the values of the tensors one after the other into ``file``, and let the tensors refer to them there."""
    refer = import_module("onnx").external_data_helper.set_external_data
    with file.open("wb") as stream:
        for tensor in tensors:
            values = tensor.raw_data
            stream.write(bytes(-stream.tell() % _PAGE))
            refer(tensor, location=file.name, offset=stream.tell(), length=len(values))
            stream.write(values)
            tensor.ClearField("raw_data")


def _rounded(values: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return the values as whole numbers in -127 to 127, and the scale of each line along ``axis``."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / _MOST
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


def _tensor(values: NDArray[Any], name: str) -> Any:
    return import_module("onnx").numpy_helper.from_array(values, name)
