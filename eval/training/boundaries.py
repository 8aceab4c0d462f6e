"""What each rule for the ends of answers earns: the best span of each answerable question, cut with and without it.

Run it with ``python -m eval.training.boundaries --set GOLD SPLIT CORPUS [CORPUS ...] [--set ...]`` on development sets;
a SPLIT of - takes the whole set. Each question is read over the paragraph that holds its labelled answer, so the reader
runs once and no index is needed. A rule fires where it decides; it is right where the answer is better with it, and
wrong where it is worse: to the letter (marks count) and by token F1.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics.answers import token_f1
from eval.runs.ask import with_models
from eval.runs.corpus import gather
from eval.runs.vector_cache import default_cache
from eval.sets.load import load_set
from index.errors import PressqaError
from index.figures.quantities import quantities
from index.figures.rules import rows, watched, without
from index.text.sentences import sentences
from index.types import Span
from qa.question import Asked, understand
from qa.reading.boundaries import ENDS, EndRules, apart, tidy
from qa.reading.completion import completed
from qa.reading.exports import SHIPPED
from qa.reading.load import load_model
from qa.reading.span_model import SpanModel
from qa.reading.spans import best_spans
from qa.reading.windows import Text
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The best span of a question over the paragraph that answers it, as the model scores it, and what is accepted."""

    asked: Asked
    paragraph: str
    span: Span
    numbers: tuple[Span, ...]
    accepted: tuple[str, ...]

    def cut(self, rules: EndRules) -> str:
        """Return the answer as it is cut; of figures that the span runs across the first."""
        place = tidy(self.asked, self.paragraph, self.span, Span(0, len(self.paragraph)), self.numbers, rules=rules)
        first = next(iter(apart(self.asked, self.paragraph, place, self.numbers, rules=rules)), place)
        return completed(self.asked, self.paragraph, first, Span(0, len(self.paragraph)), (), rules=rules.names).of(
            self.paragraph
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the sets, and print what each rule earns."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.boundaries", description=__doc__)
    parser.add_argument("--set", action="append", nargs="+", required=True, metavar="PART", dest="sets")
    parser.add_argument("--reader", default=SHIPPED, help="the shipped reader, or another by name or path")
    chosen = parser.parse_args(arguments)
    try:
        model = load_model(chosen.reader, with_models(Settings(), default_cache()).models_folder)
        read = [
            answer
            for gold, split, *corpora in chosen.sets
            for answer in read_answers(Path(gold), None if split == "-" else split, list(map(Path, corpora)), model)
        ]
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        return 2
    print(f"{len(read)} questions")
    print(f"{'rule':24} {'fires':>6} {'right':>6} {'wrong':>6}  why it is kept")
    for rule, (fires, right, wrong) in earned(read).items():
        print(f"{rule:24} {fires:6} {right:6} {wrong:6}  {rows(ENDS)[rule].kept}")
    return 0


def read_answers(gold_path: Path, split: str | None, corpora: Sequence[Path], model: SpanModel) -> list[ReadAnswer]:
    """Read each question that has answers over the paragraph of its best label; raises `GoldError`, `SourceError`."""
    gold = load_set(gold_path, split=split)
    resolved = gather(gold, corpora, []).resolved
    read = []
    for question in gold.questions:
        found = resolved[question.id]
        paragraph = max(found.targets, key=lambda target: target.grade).paragraph if found.targets else ""
        if not paragraph or not found.answers:
            continue
        windows = model.windows(question.text, [Text("", paragraph)])[0]
        asked = understand(question.text)
        numbers = tuple(each.number for each in quantities(paragraph))
        breaks = [sentence.start for sentence in sentences(paragraph)[1:]]
        for span in best_spans(windows, *model.score(windows), wanted=1, breaks=breaks):
            place = Span(span.start, span.end)
            read.append(ReadAnswer(asked, paragraph, place, numbers, found.answers))
    return read


def earned(read: Sequence[ReadAnswer]) -> dict[str, tuple[int, int, int]]:
    """Return of each rule how often it fires, and how many answers are better and worse with it."""
    fires: Counter[str] = Counter()
    for each in read:
        decided: list[str] = []
        each.cut(watched(ENDS, decided.append))
        fires.update(decided)
    worth = [_worth(each, ENDS) for each in read]
    found = {}
    for rule in rows(ENDS):
        rest = without(ENDS, rule)
        other = [_worth(each, rest) for each in read]
        right = sum(a > b for a, b in zip(worth, other, strict=True))
        wrong = sum(a < b for a, b in zip(worth, other, strict=True))
        found[rule] = fires[rule], right, wrong
    return found


def _worth(answer: ReadAnswer, rules: EndRules) -> float:
    cut = answer.cut(rules)
    return token_f1(cut, answer.accepted) + (cut in answer.accepted)


if __name__ == "__main__":
    sys.exit(main())
