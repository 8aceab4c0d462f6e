"""Drawing sentences of every kind, and mixing them into answers."""

import random
from collections.abc import Sequence
from typing import Final

from eval.sets.written.sentences import BACK, Make, Prompted, Sentence
from eval.sets.written.true import TRUE
from index.errors import InputError

ANSWER: Final = 5
"""How many sentences a made-up answer has."""

_TRIES: Final = 20
"""How many sentences are drawn for a kind before it is the next one's turn: few sentences have an abbreviation."""


def make(kinds: dict[str, Make], count: int, prompted: Sequence[Prompted], chance: random.Random) -> list[Sentence]:
    """Return ``count`` different sentences, of each kind as many as of any other as far as the corpus goes.

    Raises `InputError` if the corpus gives too few.
    """
    is_true = kinds is TRUE
    found: dict[tuple[str, str], Sentence] = {}
    for turn in range(count * 40):
        if len(found) == count:
            return list(found.values())
        kind = list(kinds)[turn % len(kinds)]
        drawn = (_drawn(kind, kinds[kind], prompted, chance, is_true=is_true) for _ in range(_TRIES))
        sentence = next((each for each in drawn if each is not None), None)
        if sentence is not None:
            found.setdefault((kind, sentence.written), sentence)
    raise InputError(f"the corpus gives only {len(found)} of {count} sentences", "ask for fewer: --count N")


def _drawn(
    kind: str, written: Make, prompted: Sequence[Prompted], chance: random.Random, *, is_true: bool
) -> Sentence | None:
    prompt = chance.choice(prompted)
    said = chance.choice(prompt.sentences)
    if is_true and BACK.match(said.text):
        return None  # "It rose" says by itself nothing that is true: see the kind "continued"
    made = written(chance, prompt, said)
    return Sentence(kind, made, is_true, prompt) if made is not None else None


def answers(true: Sequence[Sentence], lies: Sequence[Sentence], chance: random.Random) -> list[list[Sentence]]:
    """Return the sentences mixed into answers of `ANSWER` sentences, each over one prompt."""
    by_prompt: dict[int, list[Sentence]] = {}
    for each in [*true, *lies]:
        by_prompt.setdefault(id(each.prompt), []).append(each)
    mixed = []
    for group in by_prompt.values():
        chance.shuffle(group)
        mixed += [group[at : at + ANSWER] for at in range(0, len(group), ANSWER)]
    return mixed
