"""Exports of small question answering models with random weights. Slow: these load torch."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, pre_tokenizers, processors, trainers
from tokenizers import models as kinds

from index.errors import ModelError, StorageError
from index.models.processor import adds_byte_products
from index.types import Hit
from qa.reading import export_reader
from qa.reading.agreement import answer_text
from qa.reading.exports import (
    NONE,
    ONNX_FILE,
    SECOND_FILES,
    SHIPPED_FILES,
    ReaderFiles,
    find_reader_export,
    read_record,
)
from qa.reading.load import load_reader
from qa.reading.span_model import SpanModel
from qa.reading.windows import Text
from qa.types import Candidate

pytestmark = pytest.mark.model
MakeHit = Callable[..., Hit]
Ask = Callable[..., list[Candidate]]
SENTENCES = ["Then 12 ferries sailed to Dover in June 2024.", "“Été” cost £3 billion 👩🏽‍🚀.", "How many boats sailed?"]
READ = [("How many boats?", Text("", text)) for text in SENTENCES]
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


def word_pieces() -> Tokenizer:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz0123456789£.?“”", *map(str, range(10, 20))]
    words += [f"##{mark}" for mark in "abcdefghijklmnopqrstuvwxyz0123456789"]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(kinds.WordPiece(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    made.enable_truncation(20)
    made.enable_padding(length=24)
    return made


def byte_pairs() -> Tokenizer:
    made = Tokenizer(kinds.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(SENTENCES * 3, trainer)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return made


def make_model(folder: Path, kind: str, *, positions: int = 512, size: dict[str, int] | None = None) -> Path:
    """Save a small model of a kind with random weights, as `save_pretrained` leaves it, and its tokenizer."""
    import torch  # noqa: PLC0415 - only these tests pay for it
    import transformers  # noqa: PLC0415

    torch.manual_seed(5)
    tokenizer = byte_pairs() if kind.startswith("Roberta") else word_pieces()
    family = kind.removesuffix("ForQuestionAnswering").removesuffix("Model")
    small = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64} if family == "DistilBert" else SMALL
    more = {"type_vocab_size": 1, "pad_token_id": 1} if family == "Roberta" else {}
    config = getattr(transformers, f"{family}Config")(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=positions, **{**small, **(size or {})}, **more
    )
    model = getattr(transformers, kind)(config)
    # Random heads of the usual scale give scores that differ by less than the export may.
    for parameter in model.parameters():
        parameter.data.mul_(3)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


HITS = ["Then 12 ferries sailed to Dover. ", "“Été” cost £3 billion 👩🏽‍🚀. Nobody sailed. " * 30, "日本語", "…"]


@pytest.mark.parametrize(
    "kind", ["BertForQuestionAnswering", "RobertaForQuestionAnswering", "DistilBertForQuestionAnswering"]
)
def test_a_model_is_exported_faithfully_and_once(
    ask: Ask, kind: str, tmp_path: Path, hit: MakeHit, python: Callable[..., Any]
) -> None:
    original = make_model(tmp_path / "tiny", kind)
    reader = load_reader(str(original), tmp_path / "models", threads=1)
    hits = [hit(number, body.strip()) for number, body in enumerate(HITS)]
    found = ask(reader, "How many boats sailed?", hits)
    assert {each.hit.passage.id for each in found} >= {0, 1}
    for each in found:
        assert each.hit.passage.span.start <= each.span.start < each.span.end <= each.hit.passage.span.end
    (folder,) = (path for path in (tmp_path / "models").iterdir() if path.is_dir())
    written = (folder / ONNX_FILE).stat().st_mtime_ns
    code = """
import sys
from pathlib import Path
from qa.reading.load import load_reader
from qa.types import Candidate
reader = load_reader(sys.argv[1], Path(sys.argv[2]), threads=1)
for name in ("torch", "transformers", "sentence_transformers", "onnx"):
    assert name not in sys.modules, name
"""
    again = python(code, str(original), str(tmp_path / "models"))
    assert (again.returncode, again.stderr) == (0, b"")
    assert (folder / ONNX_FILE).stat().st_mtime_ns == written
    assert ask(load_reader(str(original), tmp_path / "models", threads=1), "How many boats sailed?", hits) == found


def test_the_scores_are_the_models_own_whatever_the_batch(tmp_path: Path, hit: MakeHit) -> None:
    import torch  # noqa: PLC0415 - only these tests pay for it
    from transformers import BertForQuestionAnswering  # noqa: PLC0415

    from qa.reading.windows import text_of  # noqa: PLC0415

    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering")
    files = export_reader.export_reader(str(original), tmp_path / "models")
    model = SpanModel(files, threads=1)
    theirs = BertForQuestionAnswering.from_pretrained(original).eval()
    texts = [text_of(hit(number, body.strip()).passage) for number, body in enumerate(HITS[:2])]
    every = [window for each in model.windows("How many?", texts) for window in each]
    assert len({len(window) for window in every}) > 1, "batches of one length would not test the padding"
    for window, starts, ends in zip(every, *model.score(every), strict=True):
        with torch.no_grad():
            expected = theirs(
                input_ids=torch.from_numpy(window.ids)[None], token_type_ids=torch.from_numpy(window.types)[None]
            )
        np.testing.assert_allclose(starts, expected.start_logits[0].numpy(), atol=1e-3)
        np.testing.assert_allclose(ends, expected.end_logits[0].numpy(), atol=1e-3)
        assert np.ptp(starts) > 0.1


@pytest.mark.parametrize("positions", [40, 66, 130])
def test_a_model_with_a_short_input_reads_all_of_a_long_passage(
    ask: Ask, tmp_path: Path, hit: MakeHit, positions: int
) -> None:
    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering", positions=positions)
    reader = load_reader(str(original), tmp_path / "models", threads=1)
    found = ask(reader, "why was it so? " * 50, [hit(1, "Then 12 ferries sailed to Dover. " * 20)])
    assert found
    assert all(answer_text(each) for each in found)


def test_a_damaged_export_is_made_again(ask: Ask, tmp_path: Path, hit: MakeHit) -> None:
    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering")
    before = ask(load_reader(str(original), tmp_path / "models"), "How?", [hit(1, "Then 12 sailed.")])
    (folder,) = (path for path in (tmp_path / "models").iterdir() if path.is_dir())
    (folder / ONNX_FILE).write_bytes(b"broken")
    assert ask(load_reader(str(original), tmp_path / "models"), "How?", [hit(1, "Then 12 sailed.")]) == before
    assert read_record(folder) is not None


def test_a_model_without_a_head_for_answers_is_refused(tmp_path: Path) -> None:
    original = make_model(tmp_path / "tiny", "BertModel")
    with pytest.raises(ModelError, match="not trained to answer questions") as raised:
        load_reader(str(original), tmp_path / "models")
    assert "squad2" in raised.value.hint
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path, missing: str) -> None:
    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering")
    (original / missing).unlink()
    with pytest.raises(ModelError) as raised:
        load_reader(str(original), tmp_path / "models")
    assert "tiny" in str(raised.value)
    assert raised.value.hint


def test_an_unfaithful_export_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering")
    write = export_reader.write_onnx

    def wrong(model: Any, path: Path) -> None:
        model.qa_outputs.bias.data += 1
        write(model, path)
        model.qa_outputs.bias.data -= 1

    monkeypatch.setattr(export_reader, "write_onnx", wrong)
    with pytest.raises(ModelError, match="not faithful"):
        load_reader(str(original), tmp_path / "models")
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file", "utf-8")
    with pytest.raises(StorageError, match="models"):
        load_reader(str(make_model(tmp_path / "tiny", "BertForQuestionAnswering")), tmp_path / "models")


def test_a_model_in_8_bits_is_about_the_same_and_a_quarter_of_the_size(tmp_path: Path, hit: MakeHit) -> None:
    original = make_model(tmp_path / "tiny", "BertForQuestionAnswering")
    files = export_reader.export_reader(str(original), tmp_path / "models")
    folder = tmp_path / "weights"
    folder.mkdir()
    digests = export_reader.release(original, folder, READ)
    assert list(digests) == list(SHIPPED_FILES)
    assert sorted(path.name for path in folder.iterdir()) == sorted(SHIPPED_FILES)
    shutil.rmtree(original)
    assert (folder / "reader.weights").stat().st_size < files.graph.stat().st_size / 3
    for graph in ("reader.onnx", "reader.unsigned.onnx"):
        if graph == "reader.onnx" and not adds_byte_products():
            continue
        small = SpanModel(ReaderFiles("small", folder / graph, files.tokenizer, files.limits, ""), threads=1)
        assert_alike(small, SpanModel(files, threads=1))
    assert find_reader_export("tiny", "folder:0", tmp_path / "models") is None


def test_a_large_model_in_8_bits_is_about_the_same_and_its_words_are_a_file_of_their_own(tmp_path: Path) -> None:
    original = make_model(
        tmp_path / "tiny", "MPNetForQuestionAnswering", size={"hidden_size": 96, "intermediate_size": 192}
    )
    files = export_reader.export_reader(str(original), tmp_path / "models")
    (tmp_path / "weights").mkdir()
    digests = export_reader.release_second(original, tmp_path / "weights", READ)
    assert list(digests) == list(SECOND_FILES)
    assert sorted(path.name for path in (tmp_path / "weights").iterdir()) == sorted(SECOND_FILES)
    signed, unsigned, weights, words, tokenizer = (tmp_path / "weights" / name for name in SECOND_FILES)
    graph = signed if adds_byte_products() else unsigned
    made = ReaderFiles("small", graph, tokenizer.read_bytes(), files.limits, "")
    assert_alike(SpanModel(made, threads=1), SpanModel(files, threads=1))
    # what the graph refers to is not in it
    assert graph.stat().st_size < weights.stat().st_size
    words.unlink()
    with pytest.raises(ModelError):
        SpanModel(made, threads=1)


def assert_alike(small: SpanModel, whole: SpanModel) -> None:
    texts = [Text("", text) for text in SENTENCES]
    every = [window for each in small.windows("How many boats?", texts) for window in each]
    for ours, theirs in zip(small.score(every), whole.score(every), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert np.ptp(b) > 0.1
            np.testing.assert_allclose(a, b, atol=0.05 * np.ptp(b))


def test_a_second_reader_of_another_tokenizer_reads_the_same_candidates(ask: Ask, tmp_path: Path, hit: MakeHit) -> None:
    first = make_model(tmp_path / "first", "BertForQuestionAnswering")
    second = make_model(tmp_path / "second", "RobertaForQuestionAnswering")
    hits = [hit(number, body.strip()) for number, body in enumerate(HITS)]
    alone, both = (
        ask(load_reader(str(first), tmp_path / "models", second=name, wait=True), "How many boats sailed?", hits)
        for name in (NONE, str(second))
    )
    # and proposes others
    assert {(each.hit.passage.id, each.span, each.span_score) for each in alone} < {
        (each.hit.passage.id, each.span, each.span_score) for each in both
    }
    assert [each.again_score for each in alone] != [each.again_score for each in both]
