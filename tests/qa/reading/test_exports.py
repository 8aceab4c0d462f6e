"""The files of readers: the shipped one, and exports of others, whole and damaged. No model library is needed."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from index.disk.stamps import digest_json, stamp_file
from index.errors import ModelError
from index.models.exports import TOKENIZER_FILE
from index.models.hashing_embedder import HASHING_MODEL
from index.models.names import find_default_model, source_stamp
from index.types import Hit, Release
from qa.compose import open_engine
from qa.reading import exports
from qa.reading.calibration import SHIPPED_CALIBRATION, SHIPPED_PAIR_CALIBRATION
from qa.reading.exports import (
    LEXICAL,
    NONE,
    ONNX_FILE,
    RECORD_FILE,
    SECOND,
    SHIPPED,
    ReaderRecord,
    find_reader_export,
    read_record,
    write_record,
)
from qa.reading.lexical_reader import LexicalReader
from qa.reading.load import load_reader
from qa.reading.span_reader import SpanReader
from qa.settings import Settings
from qa.types import Candidate

MakeHit = Callable[..., Hit]
Ask = Callable[..., list[Candidate]]
VOCABULARY = 30522


def graph(outputs: tuple[str, ...] = ("start_logits", "end_logits"), *, segments: bool = True, seed: int = 7) -> bytes:
    """An ONNX model that scores each token by its id: made by hand, some 200 KB."""
    inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if segments else [])]
    values = np.random.default_rng(seed).normal(size=VOCABULARY).astype(np.float32)
    shape = ["batch", "sequence"]
    made = helper.make_graph(
        [helper.make_node("Gather", ["scores", "input_ids"], [name]) for name in outputs],
        "reader",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in outputs],
        [onnx.numpy_helper.from_array(values, "scores")],
    )
    content: bytes = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
    return content


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a file in the place of the shipped weights, under the digest of what it should be, and a whole larger one."""
    tokenizer = (find_default_model() / TOKENIZER_FILE).read_bytes()
    content = (graph(segments=False, seed=8), b"other", b"weights", b"words", tokenizer)
    larger = dict(zip(exports.SECOND_FILES, content, strict=True))
    for name, part in larger.items():
        (tmp_path / name).write_bytes(part)
    digests = {name: hashlib.sha256(part).hexdigest() for name, part in larger.items()}
    monkeypatch.setattr(exports, "SECOND_FILES", digests)
    monkeypatch.setattr(exports, "adds_byte_products", lambda: True)

    def put(content: bytes | None, digest: str | None = None) -> Path:
        path = tmp_path / "reader.onnx"
        if content is not None:
            path.write_bytes(content)
        monkeypatch.setattr(exports, "SHIPPED_FOLDER", tmp_path)
        graph_digest = digest or hashlib.sha256(content or b"").hexdigest()
        monkeypatch.setattr(exports, "SHIPPED_FILES", {path.name: graph_digest})
        return path

    return put


def export(folder: Path, name: str, *, content: bytes | None = None) -> Path:
    """Write the export of a reader as `qa.reading.export_reader` leaves it."""
    folder.mkdir(parents=True)
    (folder / ONNX_FILE).write_bytes(graph() if content is None else content)
    (folder / TOKENIZER_FILE).write_bytes((find_default_model() / TOKENIZER_FILE).read_bytes())
    files = {path.name: stamp_file(path) for path in sorted(folder.iterdir())}
    write_record(folder, ReaderRecord(name, source_stamp(name), 128, 32, {"onnx": onnx.__version__}, files))
    return folder


# the shipped reader


def test_the_digest_in_the_code_is_that_of_the_weights_in_the_repository() -> None:
    if not exports.SHIPPED_FOLDER.is_dir():
        pytest.skip("the weights are not in this working tree")
    assert exports.shipped_files().fingerprint == exports.SHIPPED_DIGEST
    assert exports.second_files().fingerprint == exports.SECOND_DIGEST


def test_weights_that_are_whole_are_read(ask: Ask, ship: Callable[..., Path], tmp_path: Path, hit: MakeHit) -> None:
    ship(graph())
    reader = load_reader(SHIPPED, tmp_path / "none", threads=1)
    assert isinstance(reader, SpanReader)
    found = ask(reader, "How many?", [hit(1, "Then 12 ferries sailed."), hit(2, "word " * 900)])
    assert {each.hit.passage.id for each in found} == {1, 2}
    assert not (tmp_path / "none").exists()


def test_a_model_without_segments_is_read(ask: Ask, ship: Callable[..., Path], tmp_path: Path, hit: MakeHit) -> None:
    ship(graph(segments=False))
    assert ask(load_reader(SHIPPED, tmp_path), "How many?", [hit(1, "Then 12 ferries sailed.")])


@pytest.mark.parametrize("damage", ["another", "cut short", "empty", "missing"])
def test_weights_that_are_not_the_released_ones_say_so(ship: Callable[..., Path], tmp_path: Path, damage: str) -> None:
    whole = graph()
    found = {"another": whole[:-1] + bytes([whole[-1] ^ 1]), "cut short": whole[: len(whole) // 2], "empty": b""}
    path = ship(found.get(damage), hashlib.sha256(whole).hexdigest())
    with pytest.raises(ModelError, match="cannot be read" if damage == "missing" else "SHA-256") as raised:
        load_reader(SHIPPED, tmp_path)
    assert str(path) in str(raised.value)
    assert "git checkout" in raised.value.hint


@pytest.mark.parametrize(
    "content",
    [b"no model at all", b"", graph(("sentence_embedding",)), graph(("end_logits", "start_logits")), graph()[:5000]],
    ids=["not ONNX", "empty", "an embedder", "the other way round", "cut short"],
)
def test_a_file_of_another_kind_is_no_reader_though_its_digest_is_right(
    ship: Callable[..., Path], tmp_path: Path, content: bytes
) -> None:
    ship(content)
    with pytest.raises(ModelError) as raised:
        load_reader(SHIPPED, tmp_path)
    assert SHIPPED in str(raised.value)
    assert "PRESSQA_READER" in raised.value.hint


def test_a_tokenizer_that_the_weights_were_not_trained_with_is_refused(
    ship: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(graph())
    monkeypatch.setattr(exports, "SHIPPED_TOKENIZER_DIGEST", "0" * 64)
    with pytest.raises(ModelError, match=TOKENIZER_FILE) as raised:
        load_reader(SHIPPED, tmp_path)
    assert raised.value.hint.startswith("pip install")


def test_the_graph_is_the_one_for_the_processor(
    ship: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(graph())
    for whole, suffix in ((True, ""), (False, ".unsigned")):
        monkeypatch.setattr(exports, "adds_byte_products", lambda whole=whole: whole)
        found = [exports.shipped_files().graph, exports.second_files().graph]
        assert found == [tmp_path / f"{name}{suffix}.onnx" for name in ("reader", "second_reader")]


# the larger reader


DAMAGE = dict(zip(exports.SECOND_FILES, ("another", "cut short", "missing", "empty", "missing"), strict=True))


@pytest.mark.parametrize("name", DAMAGE)
def test_a_larger_reader_that_is_not_the_released_one_says_so_and_how_to_do_without(
    ask: Ask, ship: Callable[..., Path], tmp_path: Path, hit: MakeHit, name: str
) -> None:
    ship(graph())
    damage = DAMAGE[name]
    path, hits = tmp_path / name, [hit(1, "Then 12 ferries sailed.")]
    whole = path.read_bytes()
    path.unlink()
    if damage != "missing":
        damaged = {"cut short": whole[:-1], "another": bytes([whole[0] ^ 1]) + whole[1:], "empty": b""}
        path.write_bytes(damaged[damage])
    with pytest.raises(ModelError, match="cannot be read" if damage == "missing" else "SHA-256") as raised:
        load_reader(SHIPPED, tmp_path, wait=True)
    assert str(path) in str(raised.value)
    assert "PRESSQA_SECOND_READER=none" in raised.value.hint
    with pytest.raises(ModelError, match=name):
        ask(load_reader(SHIPPED, tmp_path), "How many?", hits)
    alone = load_reader(SHIPPED, tmp_path, second=NONE)
    assert alone.reads == SHIPPED_CALIBRATION.reads
    assert ask(alone, "How many?", hits)


def test_both_shipped_readers_read_the_best_candidates(
    ask: Ask, ship: Callable[..., Path], tmp_path: Path, hit: MakeHit
) -> None:
    ship(graph())
    both = load_reader(SHIPPED, tmp_path, wait=True)
    assert both.reads == SHIPPED_PAIR_CALIBRATION.reads
    hits = [hit(number, f"Then {number} ferries sailed.") for number in range(1, 9)]
    found, alone = (ask(reader, "How many?", hits) for reader in (both, load_reader(SHIPPED, tmp_path, second=NONE)))
    assert {(each.span, each.span_score) for each in found} == {(each.span, each.span_score) for each in alone}
    assert {each.again_score for each in found} != {each.again_score for each in alone}


def test_a_reader_without_a_model_has_no_second_reading(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=LEXICAL) as raised:
        load_reader(LEXICAL, tmp_path, second=SECOND)
    assert "PRESSQA_SECOND_READER=none" in raised.value.hint


# exports of others


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A folder that stands for a model; what has an export of it is never loaded."""
    folder = tmp_path / "my-reader"
    folder.mkdir()
    (folder / "config.json").write_text("{}", "utf-8")
    return folder


def test_an_export_is_found_by_what_its_name_stands_for(ask: Ask, original: Path, tmp_path: Path, hit: MakeHit) -> None:
    folder = export(tmp_path / "models" / "reader-my-reader-0123456789ab", str(original))
    found = find_reader_export(str(original), source_stamp(str(original)), tmp_path / "models")
    assert found is not None
    assert found.limits == exports.Limits(128, 32)
    reader = load_reader(str(original), tmp_path / "models")
    assert reader.reads == SHIPPED_CALIBRATION.reads, "another reader reads again by itself"
    assert ask(reader, "How many?", [hit(1, "Then 12 sailed.")])
    (original / "config.json").write_text('{"trained": "again"}', "utf-8")
    assert find_reader_export(str(original), source_stamp(str(original)), tmp_path / "models") is None
    assert read_record(folder) is not None


def broken(change: Callable[[dict[str, Any]], object], *, stamped: bool = True) -> Callable[[Path], object]:
    """Edit the record of an export; ``stamped``, its digest is made to fit."""

    def damage(folder: Path) -> None:
        stored = json.loads((folder / RECORD_FILE).read_text("utf-8"))
        change(stored)
        if stamped:
            del stored["sha256"]
            stored["sha256"] = digest_json(stored)
        (folder / RECORD_FILE).write_text(json.dumps(stored), "utf-8")

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / RECORD_FILE).unlink(),
        lambda folder: (folder / RECORD_FILE).write_bytes(b"{"),
        lambda folder: (folder / RECORD_FILE).write_bytes(b"\xff\xfe"),
        lambda folder: (folder / RECORD_FILE).write_text("[]", "utf-8"),
        lambda folder: (folder / RECORD_FILE).write_text("[" * 100_000, "utf-8"),
        lambda folder: (folder / ONNX_FILE).unlink(),
        lambda folder: (folder / ONNX_FILE).write_bytes((folder / ONNX_FILE).read_bytes()[:-1]),
        lambda folder: (folder / TOKENIZER_FILE).write_bytes(b"{}"),
        broken(lambda stored: stored.update(format=2)),
        broken(lambda stored: stored.pop("stride")),
        broken(lambda stored: stored.update(more=1)),
        broken(lambda stored: stored["files"].pop(TOKENIZER_FILE)),
        broken(lambda stored: stored.update(files=[])),
        broken(lambda stored: stored["files"][ONNX_FILE].pop("sha256")),
        broken(lambda stored: stored.update(length=4096), stamped=False),
        broken(lambda stored: stored.pop("sha256"), stamped=False),
    ],
)
def test_a_damaged_export_is_as_good_as_none(original: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = export(tmp_path / "models" / "reader-my-reader-0123456789ab", str(original))
    source = source_stamp(str(original))
    assert find_reader_export(str(original), source, tmp_path / "models") is not None
    damage(folder)
    assert find_reader_export(str(original), source, tmp_path / "models") is None


def test_a_name_that_is_neither_a_folder_nor_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither a folder nor") as raised:
        load_reader("no/such/folder/here", tmp_path)
    assert raised.value.hint


# which reader an index has


def test_an_index_without_a_model_has_the_reader_without_one(
    lab: Any, make: Callable[..., Release], ship: Callable[..., Path]
) -> None:
    lab.ingest(make(1))
    ship(None, "0" * 64)
    assert isinstance(load_reader(LEXICAL, lab.data), LexicalReader)
    open_engine(Settings(data=lab.data, model=HASHING_MODEL)).close()
    with pytest.raises(ModelError, match="cannot be read"):
        open_engine(Settings(data=lab.data, model=HASHING_MODEL, reader=SHIPPED))


def test_a_reader_that_does_not_load_is_an_error_of_one_line_on_the_command_line(
    lab: Any, make: Callable[..., Release], pressqa: Callable[..., Any]
) -> None:
    lab.ingest(make(1))
    result = pressqa("ask", "how many?", data=lab.data, env={"PRESSQA_READER": "no/such/folder/here"})
    assert (result.returncode, result.stdout) == (2, b"")
    assert b"no/such/folder/here" in result.stderr
    assert b"Traceback" not in result.stderr
