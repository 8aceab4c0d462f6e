"""The model in training: where it starts, which of its weights stay as they are, and its scores of a batch."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForQuestionAnswering

from eval.training import mpnet
from index.errors import InputError
from index.models.exports import TOKENIZER_FILE
from index.models.names import find_default_model

_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")
"""The names that models have for the dropout of attention."""

_DROPOUT = ("hidden_dropout_prob", "dropout")
"""The names that models have for the dropout of hidden states."""

_LAYER = re.compile(r"\.layers?\.(\d+)\.")
"""The number of a layer in the name of a weight."""

_OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
"""What the first models called the weights of their layer norms."""


def start_model(
    folder: Path | None, attention_dropout: float = 0.0, overlay: Path | None = None, *, dropout: float = 0.1
) -> Any:
    """Return the model to train: that in ``folder``, or else the packaged encoder.

    It is any extractive model of transformers, or an encoder alone, which gets a new head; the weights are in
    safetensors. ``overlay`` is a file of weights by their names, which take the place of those in the folder. Raises
    `InputError`.
    """
    source = folder or find_default_model()
    hint = "start is the folder of a model, with safetensors; that of all-mpnet-base-v2: python -m eval.training base"
    if not (source / "config.json").is_file():
        raise InputError(f"{source} is no model to train: it has no config.json", hint)
    try:
        config = AutoConfig.from_pretrained(source, local_files_only=True, trust_remote_code=False)
        for names, share in ((_ATTENTION_DROPOUT, attention_dropout), (_DROPOUT, dropout)):
            for name in names:
                if hasattr(config, name):
                    setattr(config, name, share)
        model = AutoModelForQuestionAnswering.from_config(config, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{source} is no model to train: {str(error).splitlines()[0]}", hint) from error
    encoder = f"{model.base_model_prefix}."
    weights = _weights(sorted(source.glob("*.safetensors")))
    if not any(name.startswith(encoder) for name in weights):
        weights = {encoder + name: value for name, value in weights.items()}
    missing = [name for name in _load(model, weights, source) if "position_ids" not in name]
    if lacking := [name for name in missing if name.startswith(encoder)]:
        raise InputError(f"{source} lacks weights of the encoder: {lacking[0]} and more", hint)
    if overlay is not None:
        trained = _weights([overlay])
        if unknown := trained.keys() - model.state_dict().keys():
            raise InputError(f"{overlay} has weights that {source} has not: {min(unknown)}", "name another overlay")
        _load(model, trained, overlay)
    return model


def _weights(files: Iterable[Path]) -> dict[str, Any]:
    found = {}
    for path in files:
        try:
            loaded = load_file(path)
        except (OSError, SafetensorError) as error:
            raise InputError(f"cannot read the weights in {path}: {error}", "check start and overlay") from error
        for name, value in loaded.items():
            stem, dot, last = name.rpartition("LayerNorm.")
            found[stem + _OLD_NAMES.get(dot + last, dot + last)] = value.float()
    return found


def _load(model: Any, weights: dict[str, Any], source: Path) -> list[str]:
    """Load weights and return the names of those that the model has besides them."""
    try:
        missing: list[str] = model.load_state_dict(weights, strict=False).missing_keys
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise InputError(
            f"the weights in {source} do not fit the model: {reason}", "name a model of this size"
        ) from error
    return missing


def load_tokenizer(folder: Path | None, vocabulary: int) -> Tokenizer:
    """Return the tokenizer of a start, without padding and truncation; raises `InputError`.

    A folder without one has the packaged encoder's, if its model knows as many tokens: ``vocabulary``.
    """
    file = folder / TOKENIZER_FILE if folder else None
    own = file is not None and file.is_file()
    chosen = file if own else find_default_model() / TOKENIZER_FILE
    try:
        tokenizer = Tokenizer.from_file(str(chosen))
    except Exception as error:  # tokenizers raises its own, underived class
        raise InputError(f"{chosen} is no tokenizer: {error}", "save the model's own tokenizer there again") from error
    size = tokenizer.get_vocab_size()
    if size > vocabulary or (not own and size != vocabulary):
        what = f"the tokenizer in {file} has {size} tokens" if own else f"there is no {file}"
        raise InputError(
            f"{what}, and the model knows {vocabulary}", f"save its own tokenizer there as {TOKENIZER_FILE}"
        )
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def freeze(model: Any, layers: int) -> frozenset[str]:
    """Keep the lowest ``layers`` layers as they are, with the embeddings and what else all layers share.

    Return the names of what is kept; with 0 layers nothing is. No gradient is computed for it. Raises `InputError` if
    the model does not have more layers than that.
    """
    if not layers:
        return frozenset()
    encoder = f"{model.base_model_prefix}."
    of_layer = {name: int(found[1]) for name, _ in model.named_parameters() if (found := _LAYER.search(name))}
    if layers > max(of_layer.values(), default=-1):
        count = max(of_layer.values(), default=-1) + 1
        raise InputError(f"{layers} layers cannot be frozen: the model has {count}", "freeze fewer than it has")
    kept = frozenset(
        name for name, _ in model.named_parameters() if name.startswith(encoder) and of_layer.get(name, -1) < layers
    )
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in kept)
    return kept


def span_logits(model: Any, ids: Any, mask: Any, types: Any) -> tuple[Any, Any]:
    """Return the start and end scores of a batch, each of shape (windows, tokens), as the arguments have.

    ``mask`` is 1 for tokens and 0 for padding, whose ids become those that the model knows as padding. The token
    ``types`` are only for models that tell question and passage apart by them.
    """
    ids = ids.masked_fill(mask == 0, model.config.pad_token_id or 0)
    if model.config.model_type == "mpnet":
        return mpnet.span_logits(model, ids, mask)
    extra = {"token_type_ids": types} if getattr(model.config, "type_vocab_size", 0) > 1 else {}
    scores = model(input_ids=ids, attention_mask=mask, **extra)
    return scores.start_logits, scores.end_logits
