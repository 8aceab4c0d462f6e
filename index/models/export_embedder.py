"""Exporting a sentence-transformers model for ONNX Runtime. Only an export imports torch."""

import hashlib
import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from index.disk.stamps import stamp_file
from index.errors import ModelError, StorageError
from index.models.byte_graphs import ARITHMETIC, write_passage_graphs, write_question_graph
from index.models.export_steps import TEMPORARY, exclusive, fetch, first_line, publish, quiet
from index.models.exports import (
    ONNX_FILE,
    PASSAGE_FILES,
    QUESTION_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    ExportRecord,
    export_folder,
    find_export,
    restamped,
    write_record,
)
from index.models.names import DEFAULT_MODEL, find_default_model, model_fingerprint, source_stamp
from index.models.onnx_embedder import OnnxEmbedder

MIN_COSINE = 0.9999
"""The smallest cosine of an export's vector and the original's with which an export is accepted.

Set by judgement: the default model reached 0.9999998 in ``eval.bench.encode`` before passages had 8 bits, so
this leaves room for rounding but not for a wrong prompt, pooling or limit.
"""

MIN_QUESTION_COSINE = 0.95
"""The smallest cosine of a question's vector in 8 bits and the exact one, else the model keeps only the exact graph.

Set by judgement: the default model has 0.987 for a line of four languages, and 0.994 or more for 150 English questions,
which find what they found before (eval/results).
"""

MIN_PASSAGE_COSINE = 0.995
"""The smallest cosine of a passage's vector in 8 bits and the exact one, else the model keeps only the exact graph.

Set by judgement: the default model has 0.998 or more for 300 real passages, and what is found with them is as good
(eval/results).
"""

_OPSET = 18
"""The version of the ONNX operator set in an export: the first one that turns bits, as `quantization` does."""

_LIBRARIES = ("torch", "transformers", "sentence-transformers", "onnx", "onnxruntime", "tokenizers")
"""The libraries whose versions an export's record names."""

# Blank, short, and longer than any limit; several scripts; figures: what an unfaithful export gets wrong first.
_PROBES = (
    "Who opened the station?",
    "   ",
    "In the year ending June 2024 the budget rose by 4.7% to £19.5 billion, U.S. aid (not counted) aside.",
    "Ein Übergang für Fußgänger; une journée d'été à Besançon; 日本語の見出し; заголовок на русском.",
    "• first point\n• second point\n\nA paragraph after the list, in capitals: NATO, HM TREASURY, COP29.",
    " ".join(f"The committee heard item {number} and moved on." for number in range(8)),
    " ".join(f"Paragraph {number} adds {number * 37} more words to a text past the limit." for number in range(600)),
)

_PASSAGES = (
    "The minister said 2,300 new school places would open by September, at a cost of £41 million over three years.",
    "Officers arrested nine people aged between 19 and 46 at addresses in Leeds and Hull on Tuesday 4 March.",
    "Figures published today show that waiting times fell by 12% in the year to June 2024, from 46 days to 40.",
    "## Background\n\n- The scheme opened in 2019.\n- It has paid 1,120 farms.\n- Grants range from £500 to £20,000.",
    "| Port | Ferries | Passengers |\n|---|---|---|\n| Dover | 31 | 4.2 million |\n| Hull | 6 | 0.9 million |",
    "Notes to editors: the consultation closes at 11:45pm on 30 April. Responses may be sent by post or by email.",
    "Dr Amina Reyes has been appointed chair of the board for a term of five years. She succeeds Sir Tom Ellery.",
    "The company pleaded guilty to two offences under the Environmental Permitting Regulations and was fined £75,000.",
)
"""Texts as releases have them, by which the size of what the model computes for passages is measured."""

_QUESTIONS = (
    "How many new homes were approved last year?",
    "who runs the flood agency now",
    "What is the maximum fine for dumping waste at sea?",
    "When does the consultation on bus fares close?",
    "How much money was set aside for school meals in 2023-24?",
    "Why was the bridge at Harwell closed?",
    "where will the next three courts open",
    "What percentage of patients were seen within four hours?",
    "Which companies won contracts to build the ferries?",
    "how long was the sentence for the fraud",
    "What does the Secretary of State say about steel tariffs?",
    "number of arrests at ports, July to September",
    "Under which law can officers seize a vehicle?",
    "Did unemployment fall in Northern Ireland?",
    "What is the Windrush compensation scheme?",
    "cost of the new prison",
)
"""Questions of every kind, by which the size of what the model computes for questions is measured."""

logger = logging.getLogger(__name__)


def export_model(name: str, models: Path) -> tuple[Path, ExportRecord]:
    """Export the model ``name`` into the folder ``models``, unless an undamaged export of it is there already.

    Return the folder of the export and its record. Several processes may call this at once: one exports and the others
    wait for it. An export appears under its name only when it is complete and its vectors match the original's, so a
    crash leaves no half export.

    Raises `ModelError` if the model cannot be found, loaded or faithfully exported, and `StorageError` if ``models``
    cannot be written.
    """
    try:
        models.mkdir(parents=True, exist_ok=True)
        with exclusive(models):
            # Another process may have exported it while this one waited.
            return find_export(name, models) or _export(name, models)
    except OSError as error:
        raise StorageError(
            f"the model {name} cannot be exported to {models}: {error}",
            hint="choose a folder that can be written, with 300 MB free, by --data or PRESSQA_DATA",
        ) from error


def _export(name: str, models: Path) -> tuple[Path, ExportRecord]:
    source = source_stamp(name)
    origin = find_default_model() if name == DEFAULT_MODEL else fetch(name, "sentence-transformers", DEFAULT_MODEL)
    fingerprint = model_fingerprint(origin)
    same = find_export(name, models, fingerprint=fingerprint)
    if same is not None:
        # The model's files have other times now, but the contents that decide the vectors are the same.
        folder, record = same[0], restamped(*same, source=source)
        write_record(folder, record)
        return folder, record
    started = time.monotonic()
    logger.info("exporting the model %s for ONNX Runtime, once for %s; it takes some seconds", name, models)
    temporary = models / TEMPORARY
    temporary.mkdir()
    try:
        record = _convert(name, origin, source, fingerprint, temporary)
        folder = publish(temporary, export_folder(models, name, fingerprint), models)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    logger.info("exported the model %s in %.1f s to %s", name, time.monotonic() - started, folder)
    return folder, record


def _convert(name: str, origin: Path, source: str, fingerprint: str, target: Path) -> ExportRecord:
    """Write the export of the model in ``origin`` to ``target`` and compare it with the original."""
    try:
        with quiet():
            model = _load_original(origin)
            tokenizer = _fast_tokenizer(model, name)
            _write_onnx(model, target / ONNX_FILE)
            tokenizer.save(str(target / TOKENIZER_FILE))
            record = ExportRecord(
                name=name,
                source=source,
                fingerprint=fingerprint,
                vectors=fingerprint,
                **_describe(model, tokenizer, name),
                versions={library: version(library) for library in _LIBRARIES},
                files={path.name: stamp_file(path) for path in sorted(target.iterdir())},
            )
            write_record(target, record)
            exact = OnnxEmbedder(target, record)
            _verify(model, exact)
            record = _with_passage_graphs(target, record, exact)
            record = _with_question_graph(target, record, exact)
    except Exception as error:  # an unusual model can make torch and transformers raise anything
        if isinstance(error, ModelError) or (isinstance(error, OSError) and error.errno is not None):
            raise  # a full disk has an errno; the OSErrors that transformers raises itself have none
        raise ModelError(
            f"the model {name} cannot be exported: {type(error).__name__}: {first_line(error)}",
            hint="it must be a text model that sentence-transformers loads without code of its own",
        ) from error
    return record


def _with_question_graph(target: Path, record: ExportRecord, exact: OnnxEmbedder) -> ExportRecord:
    """Write the graph for questions, unless its vectors are too far from the exact ones; return the new record."""
    path = target / QUESTION_FILE
    write_question_graph(target / ONNX_FILE, path, exact.feeds(_QUESTIONS))
    files = {**record.files, path.name: stamp_file(path)}
    found = replace(record, files=files)
    quick = OnnxEmbedder(target, found, questions=True)
    texts = [text for text in (*_QUESTIONS, *_PROBES) if text.strip()]
    cosine = min(float(quick.encode_question(text) @ exact.encode_question(text)) for text in texts)
    if not cosine >= MIN_QUESTION_COSINE:
        logger.info("questions are encoded exactly: in 8 bits the smallest cosine is %.4f", cosine)
        path.unlink()
        return record
    write_record(target, found)
    return found


def _with_passage_graphs(target: Path, record: ExportRecord, exact: OnnxEmbedder) -> ExportRecord:
    """Write the graphs for passages, unless their vectors are too far from the exact ones; return the new record."""
    signed, unsigned, weights = paths = [target / name for name in PASSAGE_FILES]
    write_passage_graphs(target / ONNX_FILE, signed, unsigned, weights, exact.feeds([*_PASSAGES, *_QUESTIONS]))
    files = {**record.files, **{path.name: stamp_file(path) for path in paths}}
    vectors = hashlib.sha256(f"{record.fingerprint} {ARITHMETIC}".encode()).hexdigest()
    found = replace(record, files=files, vectors=vectors)
    texts = [text for text in (*_PASSAGES, *_PROBES) if text.strip()]
    ours, theirs = OnnxEmbedder(target, found).encode_passages(texts), exact.encode_passages(texts)
    cosine = float((ours * theirs).sum(axis=1).min())
    if not cosine >= MIN_PASSAGE_COSINE:
        logger.info("passages are encoded exactly: in 8 bits the smallest cosine is %.4f", cosine)
        for path in paths:
            path.unlink()
        return record
    write_record(target, found)
    return found


def _load_original(origin: Path) -> Any:
    try:
        library = import_module("sentence_transformers")
    except ImportError as error:
        raise ModelError(
            f"a model is exported with sentence-transformers, which does not import: {error}",
            hint="pip install sentence-transformers",
        ) from error
    model = library.SentenceTransformer(
        str(origin),
        device="cpu",
        trust_remote_code=False,
        local_files_only=True,
        # Eager attention is traced as plain matrix products, which are valid for any sequence length.
        model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
    )
    return model.float().eval()


def _fast_tokenizer(model: Any, name: str) -> Any:
    """Return a copy of the model's tokenizer (of the tokenizers library), with padding and truncation off."""
    outer: Any = getattr(model, "tokenizer", None)
    if type(model[0]).__name__ != "Transformer" or not getattr(outer, "is_fast", False):
        raise ModelError(
            f"the model {name} begins with {type(model[0]).__name__} and {type(outer).__name__}: "
            "only a Transformer with a fast tokenizer can be exported",
            hint=f"choose a model that has a {TOKENIZER_FILE}",
        )
    if any(getattr(module, "include_prompt", True) is False for module in model):
        raise ModelError(
            f"the model {name} leaves its prompt out of the pooling, which the export does not do",
            hint="choose another model, or save it with include_prompt=True",
        )
    inner = outer.backend_tokenizer
    copy = type(inner).from_str(inner.to_str())
    copy.no_padding()
    copy.no_truncation()
    return copy


def _write_onnx(model: Any, path: Path) -> None:
    """Trace the whole module chain, from token ids to a unit vector, with free batch and sequence axes."""
    torch = import_module("torch")
    encoded = model.tokenizer(
        ["A short text.", "A text that is longer than the other."], padding=True, return_tensors="pt"
    )
    accepted = {"input_ids", "attention_mask", "token_type_ids"}
    inputs = [key for key in model.tokenizer.model_input_names if key in accepted]

    class SentenceEmbedding(torch.nn.Module):  # type: ignore[misc,name-defined]  # torch is imported lazily, as Any
        def __init__(self) -> None:
            super().__init__()
            self.chain = model

        def forward(self, *tensors: Any) -> Any:
            features = self.chain(dict(zip(inputs, tensors, strict=True)))
            vectors = features["sentence_embedding"][:, : model.truncate_dim]
            return torch.nn.functional.normalize(vectors, p=2, dim=1)

    torch.onnx.export(
        SentenceEmbedding().eval(),
        tuple(encoded[key] for key in inputs),
        str(path),
        input_names=inputs,
        output_names=["embedding"],
        dynamic_axes={**{key: {0: "batch", 1: "sequence"} for key in inputs}, "embedding": {0: "batch"}},
        opset_version=_OPSET,
        dynamo=False,
    )
    # Weights in a separate file are mapped, not copied: a session opens in under half the time.
    onnx = import_module("onnx")
    onnx.save(onnx.load(path), path, save_as_external_data=True, location=WEIGHTS_FILE)
    shutil.copymode(path, path.with_name(WEIGHTS_FILE))  # onnx writes it readable for its owner only


def _describe(model: Any, tokenizer: Any, name: str) -> dict[str, Any]:
    """Return those fields of an `ExportRecord` that describe how to run the model."""
    outer = model.tokenizer
    positions = getattr(model[0].auto_model.config, "max_position_embeddings", None)
    limits = [limit for limit in (model.max_seq_length, positions) if limit and 0 < limit < 1_000_000]
    if not limits:
        raise ModelError(
            f"the model {name} states no longest input",
            hint="set max_seq_length in its sentence_bert_config.json",
        )
    passage_prompt = _prompt(model, "document", "passage", "corpus")
    taken = tokenizer.num_special_tokens_to_add(is_pair=False) + len(
        tokenizer.encode(passage_prompt, add_special_tokens=False)
    )
    if min(limits) <= taken:
        raise ModelError(
            f"the model {name} takes {min(limits)} tokens, and {taken} are not the text's",
            hint="raise max_seq_length in its sentence_bert_config.json",
        )
    return {
        "dimension": len(model.encode("", show_progress_bar=False)),
        "max_length": min(limits),
        "max_tokens": min(limits) - taken,
        "question_prompt": _prompt(model, "query"),
        "passage_prompt": passage_prompt,
        "pad_id": outer.pad_token_id or 0,
        "pad_type_id": outer.pad_token_type_id,
        "padding_side": outer.padding_side,
        "truncation_side": outer.truncation_side,
        "pooling": tuple(f"{type(module).__name__} {module.get_config_dict()}" for module in list(model)[1:]),
    }


def _prompt(model: Any, *names: str) -> str:
    """Return the first prompt of these names that is not empty, else the model's default prompt."""
    prompts: Mapping[str, str | None] = model.prompts
    candidates = [prompts.get(key) for key in (*names, model.default_prompt_name)]
    return next((prompt for prompt in candidates if prompt), "")


def _verify(model: Any, exported: OnnxEmbedder) -> None:
    """Raise `ModelError` if the export's vectors of `_PROBES` differ from the original's."""
    for prompt, ours in (
        (_prompt(model, "document", "passage", "corpus"), exported.encode_passages(_PROBES)),
        (_prompt(model, "query"), np.stack([exported.encode_question(text) for text in _PROBES])),
    ):
        theirs = model.encode(list(_PROBES), prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
        cosine = float((ours * theirs).sum(axis=1).min())
        if not cosine >= MIN_COSINE:
            raise ModelError(
                f"the export of {exported.name} is not faithful: cosine {cosine:.6f} to the original, "
                f"at least {MIN_COSINE} is needed",
                hint="choose another model, or other versions of torch and transformers",
            )
