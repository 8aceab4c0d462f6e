"""What a model was shown, the sentences in it, and how a written sentence cites one."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from index.errors import InputError
from index.types import Release

_PARAGRAPHS: Final = 3
_OTHERS: Final = 3
BACK = re.compile(
    r"(?:(?:in|on|by|for|to|at|with|since|after|before|until|under|when|while|earlier|later|last)\b(?:\s\S+){0,3}\s)?"
    r"(?:it|its|they|them|their|he|him|she|his|her|this|that|these|those|both)\b",
    re.I,
)
"""A sentence that goes on with what the one before it says."""

_BINDS = re.compile(r"\b(?:could|would|might|may|should|not|said)\b")
_STOP = re.compile(r"(?<=[.!?])\s+(?=[A-Z“‘0-9])")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence of a release, word for word, and the number of the passage that holds it."""

    text: str
    passage: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a model was shown: releases and, for each passage, its release and its words, numbered from 1."""

    passages: tuple[tuple[Release, str], ...]
    sentences: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its citations as a model writes them, its kind, and whether it is true and cites properly.

    ``may_show`` is how many of its sentences may be shown: some kinds come with a true sentence before.
    """

    kind: str
    written: str
    is_true: bool
    prompt: Prompted

    @property
    def may_show(self) -> int:
        """How many sentences of it are true and cite properly."""
        return {"continued": 2, "borrowed pronoun": 1}.get(self.kind, int(self.is_true))


Make = Callable[[random.Random, Prompted, Stated], str | None]
"""Makes a sentence from one that a release states; None where the kind needs another one."""


def prompts(releases: Sequence[Release], chance: random.Random) -> list[Prompted]:
    """Return one prompt a release: its passages of three paragraphs each, among some of other releases.

    Raises `InputError` without enough releases.
    """
    if len(releases) <= _OTHERS:
        raise InputError(f"{len(releases)} releases are too few", f"name a corpus of {_OTHERS + 1} or more: --corpus")
    cut = {release.id: _cut(release) for release in releases}
    made = []
    for release in releases:
        others = chance.sample([each for each in releases if each.id != release.id], _OTHERS)
        passages = [(release, text) for text in cut[release.id]]
        passages += [(other, chance.choice(cut[other.id])) for other in others]
        stated = [
            Stated(sentence, number)
            for number, (_, text) in enumerate(passages, start=1)
            for sentence in _sentences(text)
        ]
        made.append(Prompted(tuple(passages), tuple(stated)))
    return made


def _cut(release: Release) -> list[str]:
    paragraphs = release.body.split("\n\n")
    return ["\n\n".join(paragraphs[at : at + _PARAGRAPHS]) for at in range(0, len(paragraphs), _PARAGRAPHS)]


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of prose and the items of lists, without what is in quotation marks."""
    bound = True  # an item whose introduction is in another passage
    for line in text.split("\n"):
        if line.endswith(":"):  # "It might:" makes each item what might be, so that the item by itself is not true
            bound = _BINDS.search(line) is not None
        if line.endswith(".") or (line.startswith("• ") and not bound):
            found = _STOP.split(line.removeprefix("• "))
            yield from (each for each in found if len(each.split()) > 5 and "“" not in each)


def cite(text: str, passage: int, quote: str) -> str:
    """Return a sentence with one citation."""
    return f'{text} [{passage}: "{quote}"]'


def in_words(number: int) -> str:
    """Return a number below 100 in words: "twenty-two"."""
    if number < len(_SMALL):
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
