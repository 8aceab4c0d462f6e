"""Graphs of an embedding model that multiply in 8 bits, in half of the time: one for questions, one for passages.

A question is short, so most of its time goes into reading the weights, and these are a quarter as long; its graph has
one scale for all of it. Vectors of passages are stored, so theirs is nearer to the exact one, with a scale for each
token, and but for rounding the same on every processor.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from index.models.quantization import in_bytes, refer_back
from index.models.smoothing import Feed, smooth

ARITHMETIC = "products of bytes, 1"
"""What decides the vectors of passages besides the model; another number for each change that moves them."""

_QUESTION_SHARE = 0.65
"""How far columns of inputs and rows of weights are evened out for questions.

Of 0.3, 0.5, 0.65, 0.75, 0.85 and 0.95 this one kept the vectors of 150 questions nearest to the exact ones.
"""

_PASSAGE_SHARE = 0.5
"""The same for passages: of 0.4, 0.5 and 0.65 it kept the vectors of 300 of them nearest."""


def write_question_graph(source: Path, target: Path, feeds: Sequence[Feed]) -> None:
    """Write the graph ``source`` to ``target`` with its weights in 8 bits and its products computed in 8 bits.

    All inputs of a product share one scale, so their columns are first evened out; ``feeds`` are runs that show how
    large they are. One bit of the weights is left free, since processors without VNNI cut off sums that are too large
    for 16 bits.

    Tables of embeddings stay as they are: the graph refers to the file that ``source`` keeps them in, so ``target`` has
    to be in the same folder.
    """
    onnx, quantization = import_module("onnx"), import_module("onnxruntime.quantization")
    model = onnx.load(source)
    changed = smooth(model, feeds, _QUESTION_SHARE)
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
    made = onnx.load(target)
    refer_back(made, source, changed)
    target.write_bytes(made.SerializeToString())


def write_passage_graphs(source: Path, signed: Path, unsigned: Path, weights: Path, feeds: Sequence[Feed]) -> None:
    """Write two graphs for passages, for the processors that `in_bytes` tells apart; all in the folder of ``source``.

    Tables of embeddings stay as they are, in the file that ``source`` keeps them in; ``weights`` gets the matrices.
    """
    in_bytes(source, signed, unsigned, weights, feeds, share=_PASSAGE_SHARE, keeps_tables=True)
