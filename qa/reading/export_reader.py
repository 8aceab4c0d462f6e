"""Exports a question answering model of transformers to ONNX. It imports torch, as `index.models.export_embedder`."""

import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from index.disk.stamps import file_digest, stamp_file
from index.errors import ModelError, StorageError
from index.models.export_steps import TEMPORARY, exclusive, fetch, first_line, publish, quiet
from index.models.exports import TOKENIZER_FILE
from index.models.names import model_fingerprint, model_slug, source_stamp
from index.models.quantization import in_bytes
from index.models.smoothing import Feed
from qa.reading.exports import (
    ONNX_FILE,
    SECOND_FILES,
    SECOND_LIMITS,
    SHIPPED,
    SHIPPED_FILES,
    SHIPPED_LIMITS,
    Limits,
    ReaderFiles,
    ReaderRecord,
    exported_files,
    find_reader_export,
    write_record,
)
from qa.reading.span_model import SpanModel
from qa.reading.windows import Text

_OPSET = 18
"""The version of ONNX's operators that an export uses: the first one that turns bits."""

_SHARE = 0.5
"""How far columns of inputs and rows of weights are evened out; of 0.3 to 0.7 this kept the scores of both readers."""

_LONGEST = 384
"""The longest window in tokens, unless the model allows only shorter ones: the usual length for SQuAD."""

_STRIDE = 64
"""How many tokens two windows of one text share, as with the shipped reader."""

_TOLERANCE = 1e-3
"""How far a score of the export may be from the original model's."""

_LIBRARIES = ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")
_PROBES = (
    Text("", "In June 2024 the agency paid £19.5 billion to 1,200 farms, 4.7% more than in the year before."),
    Text("A heading\n9 January 2025", "• first point\n• second point: 30 tonnes\n\nÜbergang für Fußgänger; 日本語。"),
    Text("", " ".join(f"Paragraph {number} adds {number * 37} more words." for number in range(40))),
)
_QUESTION = "How many farms were paid?"

logger = logging.getLogger(__name__)


def export_reader(name: str, models: Path) -> ReaderFiles:
    """Export the question answering model ``name``, a folder or on the hub, into ``models``, unless it is there.

    Raises `ModelError` if it cannot be found, is not an extractive question answering model, or if the export's scores
    differ from the model's; `StorageError` if ``models`` cannot be written.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
        with exclusive(models):
            source = source_stamp(name)
            return find_reader_export(name, source, models) or _export(name, source, models)
    except OSError as error:
        raise StorageError(
            f"the reader {name} cannot be exported to {models}: {error}",
            hint="choose a folder that can be written, with 1 GB free, by --data or PRESSQA_DATA",
        ) from error


def _export(name: str, source: str, models: Path) -> ReaderFiles:
    started = time.monotonic()
    logger.info("exporting the reader %s for ONNX Runtime, once for %s; it takes some seconds", name, models)
    origin = fetch(name, "", SHIPPED)
    temporary = models / TEMPORARY
    temporary.mkdir()
    try:
        try:
            _convert(name, source, origin, temporary)
        except Exception as error:  # torch and transformers raise whatever a strange model makes them
            if isinstance(error, ModelError) or (isinstance(error, OSError) and error.errno is not None):
                raise
            raise ModelError(
                f"the reader {name} cannot be exported: {type(error).__name__}: {first_line(error)}",
                hint="it must be a model that AutoModelForQuestionAnswering loads without code of its own",
            ) from error
        folder = models / f"reader-{model_slug(name)}-{model_fingerprint(origin)[:12]}"
        publish(temporary, folder, models)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    files = exported_files(folder)
    if files is None:
        raise ModelError(f"the export {folder} was changed while it was written", f"delete {folder}, and ask again")
    logger.info("exported the reader %s in %.1f s to %s", name, time.monotonic() - started, folder)
    return files


def _convert(name: str, source: str, origin: Path, target: Path) -> None:
    with quiet():
        model, tokenizer = _load(name, origin)
        write_onnx(model, target / ONNX_FILE)
        tokenizer.save(str(target / TOKENIZER_FILE))
        positions = getattr(model.config, "max_position_embeddings", _LONGEST)
        record = ReaderRecord(
            name=name,
            source=source,
            length=min(_LONGEST, positions - 2),  # RoBERTa's positions begin at 2
            stride=_STRIDE,
            versions={library: version(library) for library in _LIBRARIES},
            files={path.name: stamp_file(path) for path in sorted(target.iterdir())},
        )
        write_record(target, record)
        files = exported_files(target)
        if files is None:
            raise ModelError(f"the export of {name} does not read back", "try again; if it recurs, check the disk")
        verify(model, SpanModel(files), name)


def _load(name: str, origin: Path) -> tuple[Any, Tokenizer]:
    transformers = import_module("transformers")
    loaded, report = transformers.AutoModelForQuestionAnswering.from_pretrained(
        str(origin),
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        attn_implementation="eager",
        output_loading_info=True,
    )
    if report["missing_keys"]:
        raise ModelError(
            f"the model {name} was not trained to answer questions: it has no {sorted(report['missing_keys'])[0]}",
            hint="name an extractive question answering model, such as deepset/roberta-base-squad2",
        )
    file = origin / TOKENIZER_FILE
    if file.is_file():
        tokenizer = Tokenizer.from_file(str(file))
    else:
        outer = transformers.AutoTokenizer.from_pretrained(str(origin), local_files_only=True, trust_remote_code=False)
        if not getattr(outer, "is_fast", False):
            raise ModelError(f"the model {name} has no fast tokenizer", f"choose one that has a {TOKENIZER_FILE}")
        tokenizer = Tokenizer.from_str(outer.backend_tokenizer.to_str())
    # Without its files transformers makes a tokenizer of special tokens only, to which every text is unknown.
    words, known = tokenizer.get_vocab_size(), loaded.config.vocab_size
    if words < known / 2:
        raise ModelError(
            f"the tokenizer of {name} has {words} tokens, its model {known}: its vocabulary is missing",
            hint=f"save the tokenizer next to the model, as {TOKENIZER_FILE}",
        )
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return loaded.float().eval(), tokenizer


def write_onnx(model: Any, path: Path) -> None:
    """Write a question answering model as ONNX: token ids in, start and end scores out, any batch size and length."""
    torch = import_module("torch")
    inputs = ["input_ids", "attention_mask"]
    if _has_types(model):
        inputs.append("token_type_ids")

    class Spans(torch.nn.Module):  # type: ignore[misc,name-defined]  # torch is imported lazily, as Any
        def __init__(self) -> None:
            super().__init__()
            self.reader = model

        def forward(self, *tensors: Any) -> Any:
            scores = self.reader(**dict(zip(inputs, tensors, strict=True)))
            return scores.start_logits, scores.end_logits

    example = torch.tensor([[101, 2054, 102, 2023, 102], [101, 2054, 102, 102, 0]])
    tensors = {
        "input_ids": example % model.config.vocab_size,
        "attention_mask": (example > 0).long(),
        "token_type_ids": torch.zeros_like(example),
    }
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        Spans().eval(),
        tuple(tensors[key] for key in inputs),
        str(path),
        input_names=inputs,
        output_names=["start_logits", "end_logits"],
        dynamic_axes={**dict.fromkeys(inputs, axes), "start_logits": axes, "end_logits": axes},
        opset_version=_OPSET,
        dynamo=False,
    )


def _has_types(model: Any) -> bool:
    """Return True if the model tells question and passage apart by token types; RoBERTa and DistilBERT do not."""
    return getattr(model.config, "type_vocab_size", 0) > 1


def verify(model: Any, exported: SpanModel, name: str) -> None:
    """Raise `ModelError` if a score of the export differs from the original model's by more than `_TOLERANCE`."""
    torch = import_module("torch")
    every = [window for found in exported.windows(_QUESTION, _PROBES) for window in found]
    for window, starts, ends in zip(every, *exported.score(every), strict=True):
        ids = torch.from_numpy(window.ids)[None]
        extra = {"token_type_ids": torch.from_numpy(window.types)[None]} if _has_types(model) else {}
        with torch.no_grad():
            scores = model(input_ids=ids, attention_mask=torch.ones_like(ids), **extra)
        for ours, theirs in ((starts, scores.start_logits), (ends, scores.end_logits)):
            away = float(np.abs(ours - theirs[0].numpy()).max())
            if not away <= _TOLERANCE:
                raise ModelError(
                    f"the export of {name} is not faithful: scores differ by {away:.4f}, more than {_TOLERANCE}",
                    hint="choose another model, or other versions of torch and transformers",
                )


def release(folder: Path, target: Path, read: Sequence[tuple[str, Text]]) -> dict[str, str]:
    """Write the trained model in ``folder`` into the folder ``target`` as the shipped reader, in 8 bits.

    ``read`` are questions with texts such as it will read: they show how large the numbers are that it multiplies.
    Returns the SHA-256 of each of its files.
    """
    signed, unsigned, weights = (target / name for name in SHIPPED_FILES)
    with _whole(folder, target, read, SHIPPED_LIMITS) as (source, feeds, _):
        in_bytes(source, signed, unsigned, weights, feeds, share=_SHARE)
    return {path.name: file_digest(path) for path in (signed, unsigned, weights)}


def release_second(folder: Path, target: Path, read: Sequence[tuple[str, Text]]) -> dict[str, str]:
    """Write the trained model in ``folder`` into the folder ``target`` as the larger shipped reader, in 8 bits.

    ``read`` is as for `release`. Returns the SHA-256 of each of its files.
    """
    signed, unsigned, weights, words, tokenizer = (target / name for name in SECOND_FILES)
    with _whole(folder, target, read, SECOND_LIMITS) as (source, feeds, pieces):
        in_bytes(source, signed, unsigned, weights, feeds, share=_SHARE, table=words)
    pieces.save(str(tokenizer), pretty=False)
    return {path.name: file_digest(path) for path in (signed, unsigned, weights, words, tokenizer)}


@contextmanager
def _whole(
    folder: Path, target: Path, read: Sequence[tuple[str, Text]], limits: Limits
) -> Iterator[tuple[Path, list[Feed], Tokenizer]]:
    """Write the model in ``folder`` as ONNX, in floats, to a file in ``target`` that is deleted afterwards.

    Yields its path, what it is given where it reads ``read``, and its tokenizer.
    """
    temporary = target / "whole.onnx"
    with quiet():
        model, tokenizer = _load(str(folder), folder)
        write_onnx(model, temporary)
    try:
        whole = SpanModel(ReaderFiles(folder.name, temporary, tokenizer.to_str().encode(), limits, ""))
        every = [window for question, text in read for each in whole.windows(question, [text]) for window in each]
        yield temporary, [whole.feed(window) for window in every], tokenizer
    finally:
        temporary.unlink()
