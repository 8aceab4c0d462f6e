"""The training of a small model: cut off, gone on with, and what comes of it. Slow: it loads torch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from eval.training.config import Config, Phase, Questions
from eval.training.examples import Mined, Shown
from index.errors import InputError
from qa.reading.exports import ONNX_FILE
from qa.reading.load import load_reader
from qa.reading.windows import Text

pytestmark = pytest.mark.model


def write_set(path: Path, count: int) -> Path:
    rows = []
    for number in range(count):
        context = f"In the year {2000 + number} the board painted {number + 100} boats and " + "sold some " * (
            number % 5
        )
        answers = [{"text": f"{number + 100}", "start": context.index(f"{number + 100} boats")}] if number % 3 else []
        rows.append({"id": str(number), "question": "How many boats?", "context": context, "answers": answers})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def config(tmp_path: Path, tokenizer: Tokenizer) -> Config:
    """Two phases of some steps each, from a model of random weights with the packaged vocabulary."""
    from transformers import BertConfig, BertForQuestionAnswering  # noqa: PLC0415 - only these tests pay for it

    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    BertForQuestionAnswering(BertConfig(vocab_size=tokenizer.get_vocab_size(), **size)).save_pretrained(
        tmp_path / "start"
    )
    train, dev = write_set(tmp_path / "train.jsonl", 120), write_set(tmp_path / "dev.jsonl", 6)
    phase = {"paragraphs": [{"path": train, "take": 90}], "learning_rate": 1e-3}
    return Config.model_validate(
        {
            "start": tmp_path / "start",
            "length": 64,
            "stride": 8,
            "batch_tokens": 400,
            "precision": "float32",
            "checkpoint_minutes": 1e-6,
            "dev": {"paragraphs": {"path": dev}, "every": 3},
            "phases": [{"name": "one", **phase}, {"name": "two", **phase}],
        }
    )


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file  # noqa: PLC0415 - only these tests pay for it

    found: dict[str, Any] = load_file(folder / "model.safetensors")
    return found


def cut_after(training: Any, steps: int) -> None:
    """Run a training until the power fails in a step: a step computes two losses, of starts and of ends."""
    from eval.training import loop  # noqa: PLC0415 - torch

    loss = loop.shared_loss
    left = [2 * steps]

    def failing(*scores: Any, **options: Any) -> Any:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return loss(*scores, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "shared_loss", failing)
        with pytest.raises(KeyboardInterrupt):
            training.run()


def test_a_training_that_was_cut_off_ends_as_one_that_was_not(config: Config, tmp_path: Path) -> None:
    from eval.training.loop import Training  # noqa: PLC0415 - torch

    whole = Training(config, tmp_path / "whole").run()
    steps = [json.loads(line)["step"] for line in (tmp_path / "whole" / "dev.jsonl").read_text("utf-8").splitlines()]
    last = max(steps)
    assert last > 4
    for cut in (2, last, 3):
        cut_after(Training(config, tmp_path / "cut"), cut)
    resumed = Training(config, tmp_path / "cut")
    assert resumed.phase == 1
    folder = resumed.run()
    expected, found = weights(whole), weights(folder)
    assert expected.keys() == found.keys()
    assert all(expected[name].equal(found[name]) for name in expected)
    start = weights(tmp_path / "start")
    assert not expected["qa_outputs.weight"].equal(start["qa_outputs.weight"])


def test_a_phase_begins_from_the_average_it_names_and_so_does_the_finished_model(
    config: Config, tmp_path: Path
) -> None:
    from eval.training.loop import Training  # noqa: PLC0415 - torch

    one, two = config.phases
    # A step of no size leaves the weights where the phase began.
    still = two.model_copy(update={"name": "three", "start": {"one": 0.5, "two": 0.5}, "learning_rate": 1e-30})
    config = config.model_copy(update={"phases": (one, two, still), "finish": {"one": 0.25, "three": 0.75}})
    cut_after(Training(config, tmp_path / "out"), 5)
    folder = Training(config, tmp_path / "out").run()
    ends = {name: weights(tmp_path / "out" / f"after-{name}")["qa_outputs.weight"] for name in ("one", "two", "three")}
    assert not ends["one"].allclose(ends["two"])
    assert ends["three"].allclose((ends["one"] + ends["two"]) / 2)
    assert weights(folder)["qa_outputs.weight"].allclose(0.25 * ends["one"] + 0.75 * ends["three"])


def test_the_model_is_a_reader(config: Config, tmp_path: Path, python: Callable[..., Any]) -> None:
    from eval.training.loop import Training  # noqa: PLC0415 - torch

    folder = Training(config, tmp_path / "out").run()
    lines = [json.loads(line) for line in (tmp_path / "out" / "dev.jsonl").read_text("utf-8").splitlines()]
    assert [line["phase"] for line in lines] == sorted(line["phase"] for line in lines)
    assert set(lines[0]["paragraphs"]) == {"exact", "f1", "auroc"}
    assert (tmp_path / "out" / "after-one" / "model.safetensors").is_file()
    load_reader(str(folder), tmp_path / "models", threads=1)
    assert list((tmp_path / "models").glob(f"*/{ONNX_FILE}"))


def test_another_configuration_does_not_go_on(config: Config, tmp_path: Path) -> None:
    from eval.training.loop import Training  # noqa: PLC0415 - torch

    cut_after(Training(config, tmp_path / "out"), 2)
    with pytest.raises(InputError, match=r"checkpoint\.pt is of another configuration") as raised:
        Training(config.model_copy(update={"seed": 2}), tmp_path / "out")
    assert "--out" in raised.value.hint


def test_a_start_that_is_no_encoder_is_refused(config: Config, tmp_path: Path) -> None:
    from safetensors.torch import save_file  # noqa: PLC0415 - only these tests pay for it

    from eval.training.loop import Training  # noqa: PLC0415 - torch

    found = weights(tmp_path / "start")
    del found["bert.encoder.layer.1.output.dense.weight"]
    save_file(found, tmp_path / "start" / "model.safetensors")
    with pytest.raises(InputError, match="lacks weights of the encoder"):
        Training(config, tmp_path / "out")


def test_a_question_whose_answer_no_passage_holds_is_not_learnt_as_unanswerable(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval.training import loop  # noqa: PLC0415 - torch

    rival = (Shown(Text("", "Nobody sailed.")),)
    mined = [Mined("lost", "How many?", ("12",), (), rival), Mined("none", "How many?", (), (), rival)]
    monkeypatch.setattr(loop, "mine", lambda *_: mined)
    phase = Phase(name="asked", questions=(Questions(path=tmp_path / "q.jsonl", corpus=()),), repeat=2)
    training = loop.Training(config.model_copy(update={"phases": (phase,)}), tmp_path / "out")
    groups = [group for batch in training._plan(phase) for group in batch]
    assert len(groups) == 2, "the one that can be learnt, twice"


def test_the_packaged_encoder_is_a_start() -> None:
    from eval.training.loop import start_model  # noqa: PLC0415 - torch

    assert start_model(None).config.hidden_size == 384


def test_a_mistake_in_the_configuration_ends_the_command_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from eval.training.__main__ import main  # noqa: PLC0415

    assert main(["train", str(tmp_path / "missing.toml"), "--out", str(tmp_path / "out")]) == 1
    assert "missing.toml" in capsys.readouterr().err
