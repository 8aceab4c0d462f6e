"""Turns a shipped reader back into a model of transformers, so that a training can go on from it.

The trainings that made the shipped weights are not kept: what is in the repository is a graph of ONNX with matrices in
8 bits (`index.models.quantization`). Their floats differ from what was trained by that rounding alone, and they are
exactly those that the product computes with.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.numpy import save_file
from transformers import BertConfig, MPNetConfig

from eval.training.average import WEIGHTS
from index.errors import InputError
from index.models.exports import TOKENIZER_FILE
from index.models.names import find_default_model
from qa.reading.exports import SHIPPED_FOLDER, second_files, shipped_files

_HEADS = 12
"""Attention heads of a layer: both readers have as many. No weight of a graph tells them."""

_MODULE = "reader."
"""What `qa.reading.export_reader.write_onnx` calls the model, and so the beginning of each weight's name."""

_OF_PRODUCT = "/MatMul_output_0"
"""The end of what a layer's product gives; before it are the names of the modules, with slashes."""


def unpack(out: Path, *, second: bool = False) -> Path:
    """Write the shipped reader, or the larger one, to the new folder ``out``, as config, weights and tokenizer.

    Return ``out``, which `eval.training.models.start_model` reads. It appears only when it is complete. Raises
    `InputError` if it exists, `ModelError` if a shipped file is missing or damaged.
    """
    if out.exists():
        raise InputError(f"{out} exists already", "name another folder with --out, or delete it")
    if second:
        second_files()  # checks them
        graph, tokenizer = "second_reader.onnx", SHIPPED_FOLDER / "second_reader.tokenizer.json"
    else:
        shipped_files()
        graph, tokenizer = "reader.onnx", find_default_model() / TOKENIZER_FILE
    # That for processors with VNNI, on every one: in the other the weights have no names of their own.
    model = onnx.load(SHIPPED_FOLDER / graph)
    weights = dict(_weights(model))
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{out.name}-", dir=out.parent) as made:
        folder = Path(made) / out.name
        folder.mkdir()
        save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, folder / WEIGHTS)
        _config(weights, _epsilon(model), second=second).save_pretrained(folder)
        (folder / TOKENIZER_FILE).write_bytes(tokenizer.read_bytes())
        folder.rename(out)
    return out


def _weights(model: Any) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the name of each weight in transformers, and its value as floats."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for name, value in stored.items():
        stem, _, kind = name.rpartition(".")
        if not name.startswith(_MODULE) or kind == "scale":
            continue
        if kind == "int8":
            yield stem.removeprefix(_MODULE), value.astype(np.float32) * stored[f"{stem}.scale"]
        else:
            yield name.removeprefix(_MODULE), value
    for node in model.graph.node:
        made = node.output[0].removesuffix(".unscaled")
        if node.op_type not in ("MatMul", "MatMulIntegerToFloat") or not made.endswith(_OF_PRODUCT):
            continue
        module = made.removesuffix(_OF_PRODUCT).strip("/").replace("/", ".").removeprefix(_MODULE)
        if node.input[1] in stored:
            yield f"{module}.weight", _of_product(node, stored)


def _of_product(node: Any, stored: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return the matrix of a product, of shape (outputs, inputs), as it was before its rows were evened out."""
    matrix: NDArray[np.float32] = stored[node.input[1]].astype(np.float32)
    if node.op_type == "MatMulIntegerToFloat":
        matrix *= stored[node.input[3]]
    evened = stored.get(f"{node.input[0].removesuffix('.bytes')}.scale")
    return (matrix if evened is None else matrix * evened[:, None]).T


def _epsilon(model: Any) -> float:
    node = next(each for each in model.graph.node if each.op_type == "LayerNormalization")
    return float(next(each.f for each in node.attribute if each.name == "epsilon"))


def _config(weights: dict[str, NDArray[np.float32]], epsilon: float, *, second: bool) -> BertConfig | MPNetConfig:
    prefix = "mpnet" if second else "bert"
    words = weights[f"{prefix}.embeddings.word_embeddings.weight"]
    made = MPNetConfig if second else BertConfig
    return made(
        vocab_size=words.shape[0],
        hidden_size=words.shape[1],
        num_hidden_layers=sum(name.endswith("intermediate.dense.weight") for name in weights),
        num_attention_heads=_HEADS,
        intermediate_size=weights[f"{prefix}.encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=weights[f"{prefix}.embeddings.position_embeddings.weight"].shape[0],
        layer_norm_eps=epsilon,
        architectures=["MPNetForQuestionAnswering" if second else "BertForQuestionAnswering"],
    )
