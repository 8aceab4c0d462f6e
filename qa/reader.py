"""The sentence reader: the answer is the sentence that says most of what the question asks."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from index.figures import quantities
from index.terms import question_stems, stems
from index.types import Embedder, Hit, Span
from qa.types import Candidate

_EMBEDDED = 12
"""Sentences that are embedded: those that hold most of the question, in the best passages. The rest cost time only."""


_CLOSE = 0.2
"""A statement that is less certain than the best one by more than this is about something else."""


class Signs(NamedTuple):
    """What speaks for a sentence being the answer; the confidence is a logistic function of it."""

    cosine: float
    """Cosine of question and sentence."""
    coverage: float
    """Share of the question's terms that the sentence holds, rare ones weighing more, in [0, 1]."""
    dense: float
    """Cosine of question and passage."""
    no_figure: float
    """1 when the question asks for a figure and the sentence has none, else 0."""


WEIGHTS, BIAS = Signs(3.42, 2.84, 0.82, -1.72), -3.79
"""Fitted by ``python -m eval.fit`` on the development sets; the table is in ``eval/results/reader-fit.md``."""

_FIGURE_QUESTION = re.compile(
    r"\b(?:how (?:many|much|long|often|large|big|old|high|far)"
    r"|what (?:is|was|are|were) the (?:number|total|figure|amount)"
    r"|what (?:number|percentage|proportion|share|amount|sum)|by what (?:percentage|factor))\b",
    re.IGNORECASE,
)


class SentenceReader:
    """Reads by embedding each sentence and by how much of the question's rare words it holds.

    A question for a figure that several releases state is answered by the latest of them: of the sentences that
    hold as much of the question as the best one does, and a number, the one published last. Other questions, and
    the order of passages, never depend on the date.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return the most promising sentences of the hits, best first, ties by release and place."""
        read = [(Candidate(hit, span, confidence(signs)), signs) for hit, span, signs in self.weigh(question, hits)]
        read.sort(key=lambda pair: _best_first(pair[0]))
        if read and asks_for_figure(question):
            read = _latest_first(read)
        return [candidate for candidate, _ in read]

    def weigh(self, question: str, hits: Sequence[Hit]) -> list[tuple[Hit, Span, Signs]]:
        """Return the most promising sentences of the hits with what speaks for each, in no order."""
        places = [(hit, sentence) for hit in hits for sentence in hit.passage.sentences]
        if not places:
            return []
        texts = [sentence.of(hit.passage.release.body) for hit, sentence in places]
        coverage = _coverage(question_stems(question), [stems(text) for text in texts])
        promising = sorted(range(len(places)), key=lambda i: (-coverage[i] - places[i][0].score, i))[:_EMBEDDED]
        vectors = self._embedder.encode_passages([texts[i] for i in promising])
        cosines = vectors @ self._embedder.encode_question(question)
        figure = asks_for_figure(question)
        return [
            (
                *places[i],
                Signs(float(cosine), coverage[i], places[i][0].dense, float(figure and not has_figure(texts[i]))),
            )
            for i, cosine in zip(promising, cosines, strict=True)
        ]


def asks_for_figure(question: str) -> bool:
    """Say whether a question asks for a number, an amount or a length of time."""
    return _FIGURE_QUESTION.search(question) is not None


def has_figure(text: str) -> bool:
    """Say whether a text states a quantity."""
    return bool(quantities(text))


def confidence(signs: Signs) -> float:
    """Return the confidence in [0, 1] of a sentence with these signs."""
    return 1 / (1 + math.exp(-BIAS - math.fsum(w * sign for w, sign in zip(WEIGHTS, signs, strict=True))))


def _latest_first(read: list[tuple[Candidate, Signs]]) -> list[tuple[Candidate, Signs]]:
    """Move the latest statement of the figure asked for to the front, if the best candidate states one."""
    best, needed = read[0]
    if needed.no_figure:
        return read
    rivals = [
        (candidate, signs)
        for candidate, signs in read
        if signs.coverage >= needed.coverage
        and not signs.no_figure
        and candidate.confidence >= best.confidence - _CLOSE
    ]
    latest = max(pair[0].hit.passage.release.published for pair in rivals)
    chosen = next(pair for pair in rivals if pair[0].hit.passage.release.published == latest)
    return [chosen, *(pair for pair in read if pair is not chosen)]


def _coverage(asked: Sequence[str], sentences: Sequence[Sequence[str]]) -> list[float]:
    """Return of each sentence the share of the question's terms it holds, each weighed by its rarity among them."""
    frequency = Counter(term for sentence in sentences for term in set(sentence))
    weight = {term: math.log(1 + len(sentences) / (1 + frequency[term])) for term in asked}
    total = math.fsum(weight.values())
    if not total:
        return [0.0] * len(sentences)
    return [math.fsum(weight[term] for term in weight.keys() & set(sentence)) / total for sentence in sentences]


def _best_first(candidate: Candidate) -> tuple[float, str, Span]:
    return (-candidate.confidence, candidate.hit.passage.release.id, candidate.span)
