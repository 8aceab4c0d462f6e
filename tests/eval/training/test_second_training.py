"""The training of a larger reader: part of another encoder, in a budget of minutes. Slow: it loads torch."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tokenizers import Tokenizer

from eval.training.config import Config, Phase, Questions
from eval.training.examples import Example, Shown
from index.errors import InputError
from qa.reading.load import load_reader
from qa.reading.windows import Text

pytestmark = pytest.mark.model
SIZE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64}


def write_paragraphs(path: Path, count: int) -> Path:
    rows = []
    for number in range(count):
        context = f"The board painted {number + 100} boats" + " and sold some" * (number % 5)
        answers = [{"text": f"{number + 100}", "start": 18}] if number % 3 else []
        rows.append({"id": str(number), "question": "How many boats?", "context": context, "answers": answers})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def start(tmp_path: Path, tokenizer: Tokenizer) -> Path:
    """A bare MPNet encoder of random weights, whose vocabulary is larger than its tokenizer's by five, as the real."""
    from transformers import MPNetConfig, MPNetModel  # noqa: PLC0415 - only these tests pay for it

    words = tokenizer.get_vocab_size() + 5
    MPNetModel(MPNetConfig(vocab_size=words, **SIZE)).save_pretrained(tmp_path / "start")
    tokenizer.save(str(tmp_path / "start" / "tokenizer.json"))
    return tmp_path / "start"


@pytest.fixture
def config(tmp_path: Path, start: Path) -> Config:
    phase = {"paragraphs": [{"path": write_paragraphs(tmp_path / "train.jsonl", 80)}], "learning_rate": 1e-3}
    return Config.model_validate(
        {
            "start": start,
            "frozen": 2,
            "length": 64,
            "stride": 8,
            "batch_tokens": 200,
            "checkpoint_minutes": 1e-6,
            "dev": {"paragraphs": {"path": write_paragraphs(tmp_path / "dev.jsonl", 6)}, "every": 4},
            "phases": [{"name": "one", **phase}],
        }
    )


def weights(path: Path) -> dict[str, Any]:
    from safetensors.torch import load_file  # noqa: PLC0415 - only these tests pay for it

    found: dict[str, Any] = load_file(path / "model.safetensors" if path.is_dir() else path)
    return found


def save(path: Path, named: dict[str, Any]) -> Path:
    from safetensors.torch import save_file  # noqa: PLC0415 - only these tests pay for it

    save_file(named, path)
    return path


def cut_after(training: Any, steps: int) -> None:
    """Run a training until the power fails in a step."""
    learn, left = training._learn, [steps]

    def failing(batch: Any) -> float:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        loss: float = learn(batch)
        return loss

    training._learn = failing
    with pytest.raises(KeyboardInterrupt):
        training.run()


def test_the_upper_layers_are_trained_and_the_others_stay_as_they_were(
    config: Config, start: Path, tmp_path: Path, python: Callable[..., Any]
) -> None:
    import torch  # noqa: PLC0415

    from eval.training.loop import Training  # noqa: PLC0415 - torch

    whole = Training(config, tmp_path / "whole").run()
    cut_after(Training(config, tmp_path / "cut"), 3)
    held = torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)
    assert not any("layer.0." in name or "embeddings" in name for part in ("model", "average") for name in held[part])
    resumed = Training(config, tmp_path / "cut")
    assert resumed.step == 3
    found, again, before = weights(whole), weights(resumed.run()), weights(start)
    assert all(value.equal(again[name]) for name, value in found.items())
    for name, value in found.items():
        old = before.get(name.removeprefix("mpnet."))
        assert (old is not None and value.equal(old)) != ("layer.2." in name or "qa_outputs" in name), name
    load_reader(str(whole), tmp_path / "models", threads=1)


def test_the_minutes_of_a_phase_end_it_and_count_on_after_a_cut(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval.training import loop  # noqa: PLC0415 - torch

    class Clocked(loop.Training):  # type: ignore[misc]  # torch's modules are Any
        """A training whose every step takes half a minute."""

        def _learn(self, batch: Any) -> float:
            now[0] += 30
            rates.append(self.optimizer.param_groups[0]["lr"])
            loss: float = super()._learn(batch)
            return loss

    now, rates = [0.0], list[float]()
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: now[0]))
    (phase,) = config.phases
    limited = config.model_copy(update={"phases": (phase.model_copy(update={"minutes": 2.5}),)})
    whole = Clocked(limited, tmp_path / "whole").run()
    expected = rates[:]
    assert expected == pytest.approx([0, *(1e-3 * (1 - done) / 0.95 for done in (0.2, 0.4, 0.6, 0.8))])
    steps = [json.loads(line)["step"] for line in (tmp_path / "whole" / "dev.jsonl").read_text("utf-8").splitlines()]
    assert steps == [4, 5], "the end of the time is measured too"
    rates.clear()
    cut_after(Clocked(limited, tmp_path / "cut"), 2)
    now[0] += 9999
    resumed = Clocked(limited, tmp_path / "cut").run()
    assert rates == expected
    assert all(value.equal(weights(resumed)[name]) for name, value in weights(whole).items())
    rates.clear()
    cut_after(Clocked(config, tmp_path / "free"), 7)
    assert len(rates) == 7, "without minutes it goes on"


def test_an_overlay_takes_the_place_of_some_weights(config: Config, start: Path, tmp_path: Path) -> None:
    import torch  # noqa: PLC0415

    from eval.training.models import start_model  # noqa: PLC0415 - torch

    torch.manual_seed(1)
    new = {"qa_outputs.bias": torch.tensor([0.5, -0.25]).half()}
    new["mpnet.encoder.layer.2.output.dense.bias"] = torch.rand(32).half()
    made = start_model(start, 0.0, save(tmp_path / "overlay.safetensors", new)).state_dict()
    for name, value in made.items():
        if name in new:
            assert value.dtype == torch.float32
            assert value.equal(new[name].float())
        elif not name.startswith("qa_outputs"):
            assert value.equal(weights(start)[name.removeprefix("mpnet.")])


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"encoder.layer.2.output.dense.bias": 32}, "has weights that .* has not: encoder.layer.2.output.dense.bias"),
        ({"qa_outputs.bias": 3}, r"overlay\.safetensors do not fit the model: .*qa_outputs\.bias"),
        (None, r"cannot read the weights in .*overlay\.safetensors"),
    ],
)
def test_an_overlay_of_another_model_is_refused(
    start: Path, tmp_path: Path, named: dict[str, int] | None, message: str
) -> None:
    import torch  # noqa: PLC0415

    from eval.training.models import start_model  # noqa: PLC0415 - torch

    overlay = tmp_path / "overlay.safetensors"
    if named:
        save(overlay, {name: torch.zeros(size) for name, size in named.items()})
    with pytest.raises(InputError, match=message):
        start_model(start, 0.0, overlay)


def test_a_start_is_any_reader_of_transformers_with_its_own_padding_and_types(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    from eval.training.models import freeze, span_logits, start_model  # noqa: PLC0415 - torch

    ids = torch.tensor([[5, 6, 7, 8], [5, 6, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    types = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 0]])
    for name, size in {
        "Roberta": SIZE | {"type_vocab_size": 1, "pad_token_id": 1},
        "DistilBert": {"dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 64},
        "Electra": SIZE | {"embedding_size": 32},
    }.items():
        torch.manual_seed(2)
        made = getattr(transformers, f"{name}ForQuestionAnswering")(
            getattr(transformers, f"{name}Config")(vocab_size=50, **size)
        )
        made.save_pretrained(tmp_path / name)
        model = start_model(tmp_path / name)
        assert all(value.equal(made.state_dict()[key]) for key, value in model.state_dict().items())
        model.eval()
        starts, _ = span_logits(model, ids, mask, types)
        alone, _ = span_logits(model, ids[1:, :2], mask[1:, :2], types[1:, :2])
        torch.testing.assert_close(starts[1:, :2], alone)
        kept = freeze(model, 2)
        assert {name for name, p in model.named_parameters() if not p.requires_grad} == kept
        assert not any("layer.2." in name or name.startswith("qa_outputs") for name in kept)
        assert sum("layer.1." in name for name in kept) == sum("layer.2." in name for name in model.state_dict())


def test_a_model_without_layers_enough_is_not_frozen(config: Config, tmp_path: Path) -> None:
    from eval.training.loop import Training  # noqa: PLC0415 - torch

    with pytest.raises(InputError, match="4 layers cannot be frozen: the model has 3"):
        Training(config.model_copy(update={"frozen": 4}), tmp_path / "out")


def test_a_tokenizer_of_another_vocabulary_is_refused(start: Path, tmp_path: Path) -> None:
    from eval.training.models import load_tokenizer  # noqa: PLC0415 - torch

    (tmp_path / "empty").mkdir()
    assert load_tokenizer(tmp_path / "empty", 30522).get_vocab_size() == 30522, "the packaged one fits"
    with pytest.raises(InputError, match=r"there is no .*empty/tokenizer\.json, and the model knows 30527"):
        load_tokenizer(tmp_path / "empty", 30527)
    with pytest.raises(InputError, match="has 30522 tokens, and the model knows 99"):
        load_tokenizer(start, 99)
    (start / "tokenizer.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match="is no tokenizer"):
        load_tokenizer(start, 30527)


@pytest.mark.parametrize("content", [None, "{}", '{"model_type": "unheard-of"}'])
def test_a_folder_without_a_model_is_no_start(tmp_path: Path, content: str | None) -> None:
    from eval.training.models import start_model  # noqa: PLC0415 - torch

    if content is not None:
        (tmp_path / "config.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=f"{tmp_path.name} is no model to train"):
        start_model(tmp_path)


def test_a_phase_of_candidates_takes_them_alone(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval.training import loop  # noqa: PLC0415 - torch

    (tmp_path / "q.jsonl").write_text(
        '{"id": "1", "question": "How many?", "answers": [], "release": null, "evidence": null}\n', "utf-8"
    )
    asked = []

    def collected(gold: Any, *among: Any, **how: Any) -> list[Example]:
        asked.append(([question.id for question in gold.questions], among, how))
        return [Example("1", "How many?", (Shown(Text("", "Then 12 sailed.\n"), ((5, 7),)),))] * how["times"]

    monkeypatch.setattr(loop, "collect", collected)
    monkeypatch.setattr(loop, "mine", lambda *_: pytest.fail("nothing is mined"))
    questions = Questions(path=tmp_path / "q.jsonl", corpus=(tmp_path / "c",), take=1)
    phase = Phase(name="best", questions=(questions,), repeat=0, candidates=3)
    training = loop.Training(config, tmp_path / "out")
    groups = [group for batch in training._plan(phase) for group in batch]
    assert len(groups) == 3
    assert all(group[0].first.any() for group in groups)
    assert asked == [(["1"], ((tmp_path / "c",), ()), {"times": 3, "seed": 1, "folder": tmp_path / "out"})]
