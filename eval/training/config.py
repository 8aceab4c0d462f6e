"""The configuration of a training: a TOML file that a person writes."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import InputError

Share = Annotated[float, Field(ge=0, le=1)]
Blend = dict[str, Annotated[float, Field(gt=0, le=1)]]
"""Phases and their shares, which add up to 1: the average of the weights with which each phase ended."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paragraphs(_Table):
    """A file of paragraphs with questions; ``take`` draws that many of them."""

    path: Path
    take: Annotated[int, Field(gt=0)] | None = None


class Questions(_Table):
    """A question set over a corpus; its passages are mined with our retriever. ``take`` draws that many questions."""

    path: Path
    corpus: tuple[Path, ...]
    split: str | None = None
    distractors: tuple[Path, ...] = ()
    take: Annotated[int, Field(gt=0)] | None = None


class Dev(_Table):
    """What is measured after every ``every`` batches: paragraphs alone, and questions with the passages found."""

    paragraphs: Paragraphs
    questions: tuple[Questions, ...] = ()
    every: Annotated[int, Field(gt=0)] = 400


class Phase(_Table):
    """One pass with its own learning rate, which rises for a twentieth of it and then falls to zero.

    ``beside`` and ``instead`` are the shares of paragraphs that get a neighbour, or are replaced by it
    (`eval.training.examples.with_neighbours`); ``repeat`` is how often each in-domain question is drawn, each time
    with other rivals, in groups of ``group`` passages; ``together`` how often it is shown with sentences of six
    passages in one text (`eval.training.examples.together`), and ``candidates`` how often with the sentences of the
    shipped reader's best candidates (`eval.training.candidates`). It begins from ``start``; without one, from the end
    of the phase before.

    With ``minutes`` the phase ends when it has spent so much time on batches, not counting what comes before them or
    the measuring, and the learning rate falls with whichever goes faster, the time or the batches.
    """

    name: str
    start: Blend | None = None
    paragraphs: tuple[Paragraphs, ...] = ()
    questions: tuple[Questions, ...] = ()
    beside: Share = 0.25
    instead: Share = 0.12
    repeat: Annotated[int, Field(ge=0)] = 1
    together: Annotated[int, Field(ge=0)] = 0
    candidates: Annotated[int, Field(ge=0)] = 0
    group: Annotated[int, Field(ge=1)] = 4
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    minutes: Annotated[float, Field(gt=0)] | None = None


class Config(_Table):
    """A whole training. ``start`` is the folder of an extractive reader of transformers or of its encoder alone; None:
    the packaged encoder. ``overlay`` is a file of weights that take the place of some of the start's. Of the model the
    embeddings and the lowest ``frozen`` layers stay as they are; with 0, everything is trained.

    The finished model is the average that ``finish`` names, or without it the end of the last phase. ``alone`` is the
    weight of the loss of each passage by itself (`eval.training.loss.shared_loss`), ``average`` the share that a
    running average of the weights keeps of itself at each step.

    ``dropout`` is that of the hidden states; without it a training on a CPU takes a sixth less time.
    ``attention_dropout`` is off by default: with it PyTorch computes attention on a CPU step by step, and a training
    takes half as long again.
    """

    start: Path | None = None
    overlay: Path | None = None
    frozen: Annotated[int, Field(ge=0)] = 0
    seed: int = 1
    length: Annotated[int, Field(ge=64, le=512)] = 320
    stride: Annotated[int, Field(ge=0)] = 64
    batch_tokens: Annotated[int, Field(gt=0)] = 4096
    alone: Share = 0.3
    average: Share = 0.998
    dropout: Share = 0.1
    attention_dropout: Share = 0.0
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    checkpoint_minutes: Annotated[float, Field(gt=0)] = 4
    finish: Blend | None = None
    dev: Dev
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _blends_are_of_what_is_there(self) -> Self:
        names = [phase.name for phase in self.phases]
        if len(set(names)) < len(names):
            raise ValueError(f"phases: {names} has one name twice")
        blends = [(f"start of {phase.name}", phase.start, names[:place]) for place, phase in enumerate(self.phases)]
        for what, blend, known in [*blends, ("finish", self.finish, names)]:
            if blend is None:
                continue
            if unknown := blend.keys() - set(known):
                raise ValueError(f"{what}: no phase before it is called {sorted(unknown)[0]!r}")
            if abs(sum(blend.values()) - 1) > 1e-6:
                raise ValueError(f"{what}: the shares {list(blend.values())} are not 1 in all")
        return self


def read_config(path: Path) -> Config:
    """Return a configuration; paths in it are relative to the working directory. Raises `InputError`."""
    try:
        return Config.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "name a configuration in TOML") from error
    except (ValidationError, ValueError) as error:
        raise InputError(f"{path} is no training configuration: {error}", "see eval/training/reader.toml") from error
