"""The exports of models on disk: finding them, checking them, and reading and writing their records.

An export is a folder named after the model and the first 12 digits of its fingerprint. It holds ``model.onnx``, its
``weights.bin``, ``tokenizer.json``, the record ``model.json`` and, where 8 bits are near enough for the model, graphs
that multiply in them: ``question.onnx``, and for passages ``passage.onnx`` and ``passage.unsigned.onnx`` with
``passage.weights``. Nothing here loads a model, so that looking for an export is fast.
"""

import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.disk.stamps import FileStamp, digest_json, file_digest
from index.models.names import model_slug, source_stamp

ONNX_FILE = "model.onnx"
"""The name of the file in an export that holds the model's graph."""

WEIGHTS_FILE = "weights.bin"
"""The name of the file in an export that holds the model's weights."""

QUESTION_FILE = "question.onnx"
"""The name of the file in an export that holds the graph for questions, where the model has one of its own."""

PASSAGE_FILE = "passage.onnx"
"""The name of the file in an export that holds the graph for passages, where the model has one of its own."""

UNSIGNED_PASSAGE_FILE = "passage.unsigned.onnx"
"""The same for processors that cannot add products of bytes with signs: see `index.models.quantization`."""

PASSAGE_WEIGHTS_FILE = "passage.weights"
"""The name of the file in an export that holds the matrices of both graphs for passages."""

PASSAGE_FILES = PASSAGE_FILE, UNSIGNED_PASSAGE_FILE, PASSAGE_WEIGHTS_FILE

TOKENIZER_FILE = "tokenizer.json"
"""The name of the file in an export that holds its tokenizer, in the format of the tokenizers library."""

RECORD_FILE = "model.json"
"""The name of the file in an export that holds its `ExportRecord`."""

RECORD_FORMAT = 3
"""The number of the record's format; an export with a record of another format is not used."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """What an export was made from and how to run it: the content of its ``model.json``.

    ``source`` identifies the model it was made from (`source_stamp`), and ``fingerprint`` is the digest of that
    (`model_fingerprint`); ``vectors`` is the digest of what decides the vectors of passages: how they are computed,
    too. ``max_length`` is the model's longest input in
    its own tokens, special tokens included, and ``max_tokens`` how many of them are left for a passage.
    """

    name: str
    source: str
    fingerprint: str
    vectors: str
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


def export_folder(models: Path, name: str, fingerprint: str) -> Path:
    """Return the folder that holds, or will hold, the export of a model."""
    return models / f"{model_slug(name)}-{fingerprint[:12]}"


def find_export(
    name: str, models: Path, *, fingerprint: str | None = None, verify: bool = False
) -> tuple[Path, ExportRecord] | None:
    """Return the folder and record of the undamaged export of ``name`` in the folder ``models``; None if there is none.

    It is found by ``fingerprint``, or without one by the model that ``name`` refers to now (`source_stamp`). Files
    whose time of modification is not the recorded one are hashed; with ``verify`` all are.
    """
    source = source_stamp(name)
    for folder in sorted(models.glob(f"{model_slug(name)}-*")):
        record = read_record(folder)
        if record is None:
            logger.warning("the export %s has no %s that this version reads", folder, RECORD_FILE)
        elif record.fingerprint == fingerprint or (fingerprint is None and record.source == source):
            if is_intact(folder, record, verify=verify):
                return folder, record
            logger.warning("the export %s is damaged", folder)
    return None


def is_intact(folder: Path, record: ExportRecord, *, verify: bool = False) -> bool:
    """Return True if the files of an export are unchanged; with ``verify`` all are hashed.

    If only their times changed, the record is updated, so that they need not be hashed again.
    """
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
        # The data folder was copied; its times are recorded, so that the next start need not hash again.
        with suppress(OSError):
            write_record(folder, restamped(folder, record))
    return True


def restamped(folder: Path, record: ExportRecord, source: str | None = None) -> ExportRecord:
    """Return ``record`` with the times that its files have now and, if given, another ``source``."""
    files = {
        name: FileStamp(stamp.sha256, stamp.size, (folder / name).stat().st_mtime_ns)
        for name, stamp in record.files.items()
    }
    fields = {name: getattr(record, name) for name in ExportRecord.__dataclass_fields__}
    return ExportRecord(**{**fields, "files": files, "source": source or record.source})


def read_record(folder: Path) -> ExportRecord | None:
    """Return the record of an export; None if it is missing, damaged, edited or of another format."""
    try:
        stored = json.loads((folder / RECORD_FILE).read_bytes())
        if stored.pop("sha256") != digest_json(stored) or stored.pop("format") != RECORD_FORMAT:
            return None
        files = {name: FileStamp(**stamp) for name, stamp in stored.pop("files").items()}
        return ExportRecord(**{**stored, "pooling": tuple(stored["pooling"]), "files": files})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_record(folder: Path, record: ExportRecord) -> None:
    """Write the record of an export; another process sees either the old record or the new one, never a part."""
    content: dict[str, Any] = {"format": RECORD_FORMAT, **asdict(record)}
    content["sha256"] = digest_json(json.loads(json.dumps(content)))
    temporary = folder / f".{RECORD_FILE}.{os.getpid()}"
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / RECORD_FILE)
