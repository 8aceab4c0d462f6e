"""From examples to batches of windows, the same ones for the same seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.training.examples import Example
from qa.reading.windows import Window, windows

_SORTED_TOGETHER = 1600
"""How many examples are sorted by length at a time, so that short ones are not padded to long ones."""


@dataclass(frozen=True, slots=True)
class Row:
    """A window, and masks over its tokens: where an answer may start or end, and where the right ones do."""

    window: Window
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]


def batches(
    examples: Sequence[Example], tokenizer: Tokenizer, *, seed: int, length: int, stride: int, tokens: int
) -> Iterator[list[list[Row]]]:
    """Yield batches of groups, a group for each example and in it a row for each passage.

    A batch has ``tokens`` tokens at most, padding included, and at least one group. Examples whose answer no window
    holds are left out.
    """
    chance = random.Random(seed)
    order = chance.sample(range(len(examples)), len(examples))
    for begin in range(0, len(order), _SORTED_TOGETHER):
        part = [examples[i] for i in order[begin : begin + _SORTED_TOGETHER]]
        groups = [group for example in part if (group := rows(example, tokenizer, chance, length, stride))]
        groups.sort(key=lambda group: max(len(row.window) for row in group))
        made: list[list[list[Row]]] = [[]]
        for group in groups:
            longest = max(len(row.window) for row in group)
            if made[-1] and longest * (sum(map(len, made[-1])) + len(group)) > tokens:
                made.append([])
            made[-1].append(group)
        chance.shuffle(made)
        yield from (batch for batch in made if batch)


def rows(example: Example, tokenizer: Tokenizer, chance: random.Random, length: int, stride: int) -> list[Row]:
    """Return a row for each passage of an example; of a long one a random window, if possible one with an answer."""
    texts = [shown.text for shown in example.passages]
    found: list[Row] = []
    for shown, read in zip(
        example.passages, windows(tokenizer, example.question, texts, length=length, stride=stride), strict=True
    ):
        made = [Row(window, *_marked(window, shown.answers)) for window in read]
        if shown.answers:
            made = [row for row in made if row.first.any() and row.last.any()]
            if not made:
                return []
        if made:
            found.append(chance.choice(made))
    return found


def _marked(window: Window, answers: Sequence[tuple[int, int]]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    first = np.zeros(len(window), dtype=bool)
    last = np.zeros(len(window), dtype=bool)
    inside = window.starts >= 0
    for start, end in answers:
        begins = inside & (window.starts <= start) & (start < window.ends)
        finishes = inside & (window.starts < end) & (end <= window.ends)
        if begins.any() and finishes.any():
            first |= begins
            last |= finishes
    return first, last
