"""Storing the large weights of an ONNX graph in 8 bits: a quarter of the size, at the same answers.

They are stored outside the graph, in files to which it refers: ONNX Runtime maps these into memory. Of a graph that
holds its weights it makes three copies while it opens it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGE = 4096
"""The smallest weight, in elements, that is stored in 8 bits."""

_BLOCK = 128
"""How many weights of a column share a scale in `in_blocks`; with 32 the products take a fifth longer."""

_PAGE = 4096
"""Each weight in a file begins at a multiple of so many bytes: where a page of memory does."""

_BLOCKWISE = "com.microsoft"
"""The operators that ONNX Runtime adds to the standard."""


def in_columns(source: Path, target: Path, weights: Path) -> None:
    """Write the graph ``source`` to ``target`` with 8-bit matrices that are turned back into floats when loaded.

    What is in 8 bits goes into the file ``weights``, in the same folder, to which the graph refers.

    Each column of a matrix, and each row of an embedding table, has its own scale. Only the file gets smaller: ONNX
    Runtime turns the matrices back into floats when it loads them, and computes with floats. Multiplying in 8 bits as
    well would save a third of the time, but with one scale for all activations loses two of 33 answers of our
    development sets; this loses none. The rows of a table are turned into floats only when a text needs them: all of
    them together are half of the weights, and would take as long to load as the rest.
    """
    onnx = import_module("onnx")

    def matrix(node: Any, values: NDArray[np.float32], tensors: list[Any]) -> list[Any]:
        name = node.input[1]
        whole, scale = _rounded(values, axis=0)
        tensors += [_tensor(whole, f"{name}.int8"), _tensor(scale, f"{name}.scale")]
        return [*_floats(f"{name}.int8", f"{name}.wide", f"{name}.scale", name), node]

    model = _rewritten(onnx.load(source), matrix)
    _move_out(_in_8_bits(model), weights)
    target.write_bytes(model.SerializeToString())


def in_blocks(source: Path, target: Path, weights: Path, table: Path) -> None:
    """Write the graph ``source`` to ``target`` with matrices that are multiplied in 8 bits, block by block.

    Every 128 weights of a column have their own scale, and so have as many activations when the graph runs
    (``MatMulNBits`` of ONNX Runtime, accuracy level 4), so the scores stay as they are to about 0.1. It is for a large
    model: it takes two thirds of the time of floats and keeps its 8 bits in memory. The rows of the largest embedding
    table go into the file ``table`` and all else that is in 8 bits into the file ``weights``, in the same folder.
    """
    onnx = import_module("onnx")

    def matrix(node: Any, values: NDArray[np.float32], tensors: list[Any]) -> list[Any]:
        name, (rows, columns) = node.input[1], values.shape
        blocks = -(-rows // _BLOCK)
        padded = np.zeros((columns, blocks * _BLOCK), dtype=np.float32)
        padded[:, :rows] = values.T
        whole, scale = _rounded(padded.reshape(columns, blocks, _BLOCK), axis=2)
        # The operator reads unsigned numbers, of which 128 stands for 0.
        tensors += [_tensor((whole.astype(np.int16) + 128).astype(np.uint8), f"{name}.int8")]
        tensors += [_tensor(scale.reshape(-1), f"{name}.scale")]
        return [
            onnx.helper.make_node(
                "MatMulNBits",
                [node.input[0], f"{name}.int8", f"{name}.scale"],
                node.output,
                domain=_BLOCKWISE,
                K=rows,
                N=columns,
                bits=8,
                block_size=_BLOCK,
                accuracy_level=4,
            )
        ]

    model = _rewritten(onnx.load(source), matrix)
    if all(each.domain != _BLOCKWISE for each in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(_BLOCKWISE, 1))
    *others, largest = sorted(_in_8_bits(model), key=lambda each: len(each.raw_data))
    _move_out([largest], table)
    _move_out(others, weights)
    target.write_bytes(model.SerializeToString())


def _in_8_bits(model: Any) -> list[Any]:
    """Return the graph's tensors of 8 bits that are large."""
    kinds = import_module("onnx").TensorProto
    return [
        each
        for each in model.graph.initializer
        if each.data_type in {kinds.INT8, kinds.UINT8} and len(each.raw_data) >= _LARGE
    ]


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


def _rewritten(model: Any, matrix: Callable[[Any, NDArray[np.float32], list[Any]], list[Any]]) -> Any:
    """Return the graph with its large tables in 8 bits, and with the nodes of large matrices as ``matrix`` gives them.

    ``matrix`` takes the node and the matrix, and adds the tensors of the nodes that it returns.
    """
    onnx = import_module("onnx")
    graph = model.graph
    users = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            users[name].append(node)
    tensors: list[Any] = []
    replaced: dict[str, list[Any]] = {}
    for tensor in graph.initializer:
        name, values = tensor.name, onnx.numpy_helper.to_array(tensor)
        large = values.dtype == np.float32 and values.ndim == 2 and values.size >= _LARGE
        # A weight that two nodes share stays what it is.
        user = users[name][0] if large and len(users[name]) == 1 else onnx.NodeProto()
        if user.op_type == "MatMul" and user.input[1] == name:
            replaced[user.output[0]] = matrix(user, values, tensors)
        elif user.op_type == "Gather" and user.input[0] == name:
            whole, scale = _rounded(values, axis=1)
            tensors += [_tensor(whole, f"{name}.int8"), _tensor(scale, f"{name}.scale")]
            rows, of = user.input[1], user.output[0]
            replaced[of] = [
                onnx.helper.make_node("Gather", [f"{name}.int8", rows], [f"{of}.int8"]),
                onnx.helper.make_node("Gather", [f"{name}.scale", rows], [f"{of}.scale"]),
                *_floats(f"{of}.int8", f"{of}.wide", f"{of}.scale", of),
            ]
        else:
            tensors.append(tensor)
    nodes = [new for node in graph.node for new in replaced.get(node.output[0], [node])]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensors)
    return model


def _rounded(values: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return the values as whole numbers in -127 to 127, and the scale of each line along ``axis``."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 127
    return np.rint(values / scale).astype(np.int8), scale.astype(np.float32)


def _tensor(values: NDArray[Any], name: str) -> Any:
    return import_module("onnx").numpy_helper.from_array(values, name)


def _floats(small: str, wide: str, scale: str, name: str) -> list[Any]:
    """Return the nodes that turn the integers ``small`` and their scales into the floats ``name``."""
    onnx = import_module("onnx")
    cast = onnx.helper.make_node("Cast", [small], [wide], to=onnx.TensorProto.FLOAT)
    return [cast, onnx.helper.make_node("Mul", [wide, scale], [name])]
