"""Where models come from and where their exports lie: names, digests, fingerprints, the folder of exports.

An export is a folder ``<slug>-<first 12 of the fingerprint>`` with ``model.onnx`` and its ``weights.bin``,
``tokenizer.json`` and ``model.json``, the record read here. Nothing in this module loads a model: a question never
pays for that.
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
WEIGHTS_FILE = "weights.bin"
TOKENIZER_FILE = "tokenizer.json"
RECORD_FILE = "model.json"
RECORD_FORMAT = 1

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
