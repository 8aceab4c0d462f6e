"""What the reader learns from: questions with passages, some of which hold the answer."""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.errors import SourceError
from index.text.sentences import sentences
from index.types import Span
from qa.reading.second_reading import surroundings
from qa.reading.windows import Text


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage to be read, and the places of the answer in its body; there are none if it does not have the answer."""

    text: Text
    answers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages whose scores are normalised together. No answers at all: unanswerable.

    ``accepted`` are all answers that people gave, for scoring; one of them is trained on.
    """

    id: str
    question: str
    passages: tuple[Shown, ...]
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mined:
    """An in-domain question with the passages that our retriever finds for it.

    ``found`` are these passages as they were found, best first, with the scores of the retriever. ``holding`` have
    the answer, found or not; ``lacking`` do not, best first. ``misleading`` looks right and lacks it: an
    unanswerable question was written about that passage.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    holding: tuple[Shown, ...]
    lacking: tuple[Shown, ...]
    found: tuple[tuple[Text, float], ...] = ()
    misleading: Shown | None = None


def read_examples(path: Path) -> list[Example]:
    """Read paragraphs with questions: JSON Lines of ``{id, question, context, answers[{text, start}]}``, also gzipped.

    Of several answers the most frequent one counts. Lines whose answer is not at the place they give are left out,
    about one in fifty of one public set. Raises `SourceError`.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path in the training configuration") from error
    return [example for row in rows if (example := _example(row)) is not None]


def _example(row: dict[str, Any]) -> Example | None:
    context, answers = row["context"], row["answers"]
    spans: tuple[tuple[int, int], ...] = ()
    if answers:
        chosen = Counter(answer["text"] for answer in answers).most_common(1)[0][0]
        starts = sorted({answer["start"] for answer in answers if answer["text"] == chosen})
        spans = tuple((start, start + len(chosen)) for start in starts)
        if not chosen.strip() or any(context[start:end] != chosen for start, end in spans):
            return None
    accepted = tuple(dict.fromkeys(answer["text"] for answer in answers))
    return Example(str(row["id"]), row["question"], (Shown(Text("", context), spans),), accepted)


def with_neighbours(
    examples: Sequence[Example], chance: random.Random, *, beside: float, instead: float
) -> Iterator[Example]:
    """Yield the examples, some with a paragraph near theirs in the file: on the same subject, but without the answer.

    A share ``beside`` of them has both paragraphs, to tell them apart; a share ``instead`` has only the neighbour, and
    so becomes unanswerable.
    """
    contexts = list(dict.fromkeys(example.passages[0].text for example in examples))
    place = {text: number for number, text in enumerate(contexts)}
    for example in examples:
        shown = example.passages[0]
        draw = chance.random()
        if not shown.answers or draw >= beside + instead:
            yield example
            continue
        around = place[shown.text] + chance.choice((-3, -2, -1, 1, 2, 3))
        near = contexts[min(max(around, 0), len(contexts) - 1)]
        start, end = shown.answers[0]
        if near == shown.text or shown.text.body[start:end].casefold() in near.body.casefold():
            yield example
        elif draw < beside:
            yield replace(example, passages=(shown, Shown(near)))
        else:
            yield replace(example, passages=(Shown(near),))


def together(mined: Mined, chance: random.Random, passages: int) -> Example:
    """Return an example with sentences of about ``passages`` passages in one text, as the reader's second reading has.

    The passage with the answer gives the sentence that holds it and its neighbours; a rival gives those around a
    sentence that shares words with the question. Their order is random.
    """
    group = grouped(mined, chance, passages)
    asked = set(_words(mined.question))
    parts = [_excerpt(shown, asked, chance) for shown in group.passages if shown.text.body.strip()]
    chance.shuffle(parts)
    text, answers = "", []
    for part, spans in parts:
        answers += [(start + len(text), end + len(text)) for start, end in spans]
        text += part + "\n"
    return replace(group, passages=(Shown(Text("", text), tuple(answers)),))


def _excerpt(shown: Shown, asked: set[str], chance: random.Random) -> tuple[str, list[tuple[int, int]]]:
    body = shown.text.body
    found = sentences(body)
    if shown.answers:
        chosen = Span(*chance.choice(shown.answers))
    else:
        # The noise lets in sentences that look less right, too.
        chosen = max(found, key=lambda each: len(asked.intersection(_words(each.of(body)))) + 2 * chance.random())
    part = surroundings(found, chosen)
    inside = [(s - part.start, e - part.start) for s, e in shown.answers if part.start <= s and e <= part.end]
    return part.of(body), inside


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3 or word.isdigit()]


def grouped(mined: Mined, chance: random.Random, passages: int) -> Example:
    """Return an example with about ``passages`` of the mined passages: one that holds the answer, and rivals.

    They are drawn at random; a rival that was found nearer the top is likelier.
    """
    held = [chance.choice(mined.holding)] if mined.holding else [mined.misleading] if mined.misleading else []
    rivals = [shown for shown in mined.lacking if shown not in held]
    keys = {shown: chance.random() ** (1 + rank / 3) for rank, shown in enumerate(rivals)}
    chosen = sorted(rivals, key=lambda shown: -keys[shown])[: passages - len(held)]
    return Example(mined.id, mined.question, (*held, *chosen))
