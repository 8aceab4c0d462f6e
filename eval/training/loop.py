"""The training itself: phases of batches, checkpoints from which to resume, averaged weights, dev metrics."""

import json
import logging
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer

from eval.training.average import WEIGHTS, averaged
from eval.training.batches import Row, batches
from eval.training.candidates import collect
from eval.training.config import Blend, Config, Paragraphs, Phase, Questions
from eval.training.dev import measure_paragraphs, measure_questions
from eval.training.examples import Example, Mined, grouped, read_examples, together, with_neighbours
from eval.training.loss import shared_loss
from eval.training.mining import load_questions, mine
from eval.training.models import freeze, load_tokenizer, span_logits, start_model
from index.disk.atomic import sync_to_disk
from index.errors import InputError
from index.models.exports import TOKENIZER_FILE
from qa.reading.windows import Text, Window, padded, windows

_DEPTH = 12
"""How many passages are mined for each question."""

_TOGETHER = 6
"""How many passages give sentences to an example that shows them together."""

_WARM_UP = 0.05
"""The share of a phase in which the learning rate rises."""

_CLIP = 1.0
"""The largest norm of a gradient; a larger one is scaled down."""

_WEIGHT_DECAY = 0.01
"""AdamW's weight decay, for all weights but biases and layer norms."""

logger = logging.getLogger(__name__)


class Training:
    """A training in the folder ``out``; one made again over the same folder resumes from the last checkpoint."""

    def __init__(self, config: Config, out: Path) -> None:
        """Load the start, or the checkpoint in ``out``; raises `InputError` if that has another configuration."""
        self.config = config
        self.out = out
        out.mkdir(parents=True, exist_ok=True)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(config.seed)
        self.model = start_model(config.start, config.attention_dropout, config.overlay, dropout=config.dropout).to(
            self.device
        )
        self.tokenizer = load_tokenizer(config.start, self.model.config.vocab_size)
        self._frozen = freeze(self.model, config.frozen)
        self.average = self._trained()
        self.optimizer: Any = None
        self.phase, self.step = 0, 0
        self.spent = 0.0
        self._mined: dict[Questions, list[Mined]] = {}
        self._resume()

    def run(self) -> Path:
        """Train all phases; return the folder of the finished model."""
        while self.phase < len(self.config.phases):
            self._run_phase(self.config.phases[self.phase])
            self.phase, self.step, self.spent, self.optimizer = self.phase + 1, 0, 0.0, None
            # Each phase begins from the average that the one before ended with, unless it says otherwise.
            self._take(self.average)
            self._save_model(self._after(self.config.phases[self.phase - 1].name))
            self._checkpoint()
        if self.config.finish is not None:
            self._load(self.config.finish)
        return self._save_model(self.out / "model")

    def _after(self, phase: str) -> Path:
        return self.out / f"after-{phase}"

    def _load(self, blend: Blend) -> None:
        self._take(averaged({self._after(name): share for name, share in blend.items()}))
        self.average = self._trained()

    def _trained(self) -> dict[str, Any]:
        """Return a copy of the weights that are trained; the frozen ones stay those of the start."""
        every = self.model.state_dict().items()
        return {name: value.detach().clone() for name, value in every if name not in self._frozen}

    def _take(self, weights: Mapping[str, Any]) -> None:
        self.model.load_state_dict({**self.model.state_dict(), **weights})

    def _run_phase(self, phase: Phase) -> None:
        config = self.config
        if phase.start is not None and self.step == 0:
            self._load(phase.start)
        plan = self._plan(phase)
        steps = sum(1 for _ in plan)
        if self.optimizer is None:
            self._new_optimizer(phase)
        logger.info("phase %s: %d batches", phase.name, steps)
        started = saved = time.monotonic()
        seen, losses = 0, []
        self.model.train()
        for number, batch in enumerate(plan):
            if number < self.step:
                continue
            done = max(number / steps, self.spent / (60 * phase.minutes) if phase.minutes else 0.0)
            if done >= 1:
                logger.info("phase %s: its %g minutes are over after %d batches", phase.name, phase.minutes, number)
                if self.step % config.dev.every:
                    self._measure(phase.name)
                break
            for group in self.optimizer.param_groups:
                group["lr"] = phase.learning_rate * _rate(done)
            begun = time.monotonic()
            losses.append(self._learn(batch))
            self.spent += time.monotonic() - begun
            seen += sum(map(len, batch))
            self.step = number + 1
            if self.step % 50 == 0:
                rate = seen / (time.monotonic() - started)
                logger.info("%s %d/%d loss %.3f, %.1f passages/s", phase.name, self.step, steps, np.mean(losses), rate)
                losses = []
            if self.step % config.dev.every == 0 or self.step == steps:
                self._measure(phase.name)
            if time.monotonic() - saved > 60 * config.checkpoint_minutes:
                self._checkpoint()
                saved = time.monotonic()

    def _learn(self, batch: Sequence[Sequence[Row]]) -> float:
        flat = [row for group in batch for row in group]
        groups = torch.tensor([number for number, group in enumerate(batch) for _ in group], device=self.device)
        shape = (len(flat), max(len(row.window) for row in flat))
        masks = [torch.zeros(shape, dtype=torch.bool) for _ in range(3)]
        for place, row in enumerate(flat):
            for mask, values in zip(masks, (row.window.starts >= 0, row.first, row.last), strict=True):
                mask[place, : len(values)] = torch.from_numpy(values)
        allowed, first, last = (mask.to(self.device) for mask in masks)
        with self._precision():
            starts, ends = self._logits([row.window for row in flat])
        loss = sum(
            shared_loss(logits.float(), allowed, right, groups, alone=self.config.alone)
            for logits, right in ((starts, first), (ends, last))
        )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.optimizer.step()
        with torch.no_grad():
            # A short memory at first, or the start would stay in the average.
            keep = min(self.config.average, (1 + self.step) / (10 + self.step))
            every = self.model.state_dict()
            for name, kept in self.average.items():
                if kept.dtype.is_floating_point:
                    kept.lerp_(every[name], 1 - keep)
        return float(loss.detach())

    def _logits(self, batch: Sequence[Window]) -> tuple[Any, Any]:
        ids, mask, types = (torch.from_numpy(array).to(self.device) for array in padded(batch))
        return span_logits(self.model, ids, mask, types)

    def _precision(self) -> AbstractContextManager[Any]:
        enabled = self.config.precision == "bfloat16"
        precision: AbstractContextManager[Any] = torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=enabled)
        return precision

    def _plan(self, phase: Phase) -> "_Plan":
        chance = random.Random(f"{self.config.seed} {phase.name}")
        examples: list[Example] = []
        for source in phase.paragraphs:
            drawn = self._paragraphs(source, chance)
            examples += with_neighbours(drawn, chance, beside=phase.beside, instead=phase.instead)
        for questions in phase.questions:
            if phase.repeat or phase.together:
                # A question whose answer no passage holds whole is left out: it is not unanswerable.
                mined = [each for each in self._questions(questions) if each.holding or not each.answers]
                for _ in range(phase.repeat):
                    examples += [grouped(question, chance, phase.group) for question in mined]
                for _ in range(phase.together):
                    examples += [together(question, chance, _TOGETHER) for question in mined]
            if phase.candidates:
                gold = load_questions(questions.path, questions.split, questions.take)
                among = (questions.corpus, questions.distractors)
                examples += collect(gold, *among, times=phase.candidates, seed=self.config.seed, folder=self.out)
        return _Plan(examples, self.tokenizer, self.config)

    def _paragraphs(self, source: Paragraphs, chance: random.Random) -> list[Example]:
        examples = read_examples(source.path)
        if source.take is None or source.take >= len(examples):
            return examples
        return [examples[i] for i in sorted(chance.sample(range(len(examples)), source.take))]

    def _questions(self, questions: Questions) -> list[Mined]:
        if questions not in self._mined:
            self._mined[questions] = mine(questions, _DEPTH)
        return self._mined[questions]

    def _measure(self, phase: str) -> None:
        config = self.config
        held = self._trained()
        self._take(self.average)
        self.model.eval()
        paragraphs = self._paragraphs(config.dev.paragraphs, random.Random(config.seed))
        found = {"paragraphs": measure_paragraphs(paragraphs, self._score, self._cut)}
        for questions in config.dev.questions:
            mined = self._questions(questions)
            name = f"{questions.path.stem}{' among distractors' if questions.distractors else ''}"
            found[name] = measure_questions(mined, self._score, self._cut)
        for name, measured in found.items():
            logger.info("%s %d: %s: %s", phase, self.step, name, measured)
        with (self.out / "dev.jsonl").open("a", encoding="utf-8") as file:
            record = {"phase": phase, "step": self.step} | {name: asdict(value) for name, value in found.items()}
            file.write(json.dumps(record) + "\n")
        self._take(held)
        self.model.train()

    def _cut(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        return windows(self.tokenizer, question, texts, length=self.config.length, stride=self.config.stride)

    def _score(self, every: Sequence[Window]) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        starts: dict[int, NDArray[np.float32]] = {}
        ends: dict[int, NDArray[np.float32]] = {}
        order = sorted(range(len(every)), key=lambda i: len(every[i]))
        with torch.no_grad(), self._precision():
            for begin in range(0, len(order), 16):
                part = order[begin : begin + 16]
                s, e = self._logits([every[i] for i in part])
                for row, i in enumerate(part):
                    starts[i] = s[row, : len(every[i])].float().cpu().numpy()
                    ends[i] = e[row, : len(every[i])].float().cpu().numpy()
        return [starts[i] for i in range(len(every))], [ends[i] for i in range(len(every))]

    def _new_optimizer(self, phase: Phase) -> None:
        trained = [(name, p) for name, p in self.model.named_parameters() if name not in self._frozen]
        plain = [p for name, p in trained if name.endswith("bias") or "LayerNorm" in name]
        rest = [p for name, p in trained if not (name.endswith("bias") or "LayerNorm" in name)]
        self.optimizer = torch.optim.AdamW(
            [{"params": rest, "weight_decay": _WEIGHT_DECAY}, {"params": plain, "weight_decay": 0.0}],
            lr=phase.learning_rate,
            fused=True,
        )

    def _checkpoint(self) -> None:
        state = {
            "config": self.config.model_dump_json(),
            "phase": self.phase,
            "step": self.step,
            "spent": self.spent,
            "model": self._trained(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict() if self.optimizer else None,
            # Dropout goes on where it was: a training that was cut ends as one that was not.
            "chance": torch.get_rng_state(),
            "chance_gpu": torch.cuda.get_rng_state_all(),
        }
        temporary = self.out / "checkpoint.new"
        torch.save(state, temporary)
        sync_to_disk([temporary])
        temporary.replace(self.out / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["config"] != self.config.model_dump_json():
            raise InputError(f"{path} is of another configuration", "choose another folder with --out, or delete it")
        self.phase, self.step, self.spent = state["phase"], state["step"], state["spent"]
        self._take(state["model"])
        self.average = state["average"]
        if state["optimizer"] is not None:
            self._new_optimizer(self.config.phases[self.phase])
            self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["chance"].cpu())
        torch.cuda.set_rng_state_all([each.cpu() for each in state["chance_gpu"]])
        logger.info("going on from phase %d, step %d", self.phase, self.step)

    def _save_model(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        self._take(self.average)
        whole = {**self.model.state_dict(), **self.average}
        save_file({name: value.contiguous() for name, value in whole.items()}, folder / WEIGHTS)
        self.model.config.save_pretrained(folder)
        self.tokenizer.save(str(folder / TOKENIZER_FILE))
        return folder


class _Plan:
    """The batches of a phase, which can be gone through more than once."""

    def __init__(self, examples: list[Example], tokenizer: Tokenizer, config: Config) -> None:
        self._examples = examples
        self._tokenizer = tokenizer
        self._config = config

    def __iter__(self) -> Iterator[list[list[Row]]]:
        config = self._config
        return batches(
            self._examples,
            self._tokenizer,
            seed=config.seed,
            length=config.length,
            stride=config.stride,
            tokens=config.batch_tokens,
        )


def _rate(done: float) -> float:
    return min(done / _WARM_UP, (1 - done) / (1 - _WARM_UP))
