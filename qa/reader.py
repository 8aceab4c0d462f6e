"""The sentence reader: the answer is the sentence that says most of what the question asks."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.terms import question_stems, stems
from index.types import Embedder, Hit, Span
from qa.types import Candidate

_EMBEDDED = 12
"""Sentences that are embedded: those that hold most of the question, in the best passages. The rest cost time only."""

_COSINE, _COVERAGE, _DENSE, _BIAS = 6.0, 3.0, 3.0, -5.5
"""Logistic weights of the confidence, from ``python -m eval.fit`` on the development sets."""

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
        places = [(hit, sentence) for hit in hits for sentence in hit.passage.sentences]
        if not places:
            return []
        asked = question_stems(question)
        coverage = _coverage(asked, [stems(sentence.of(hit.passage.release.body)) for hit, sentence in places])
        promising = sorted(range(len(places)), key=lambda i: (-coverage[i] - places[i][0].score, i))[:_EMBEDDED]
        texts = [places[i][1].of(places[i][0].passage.release.body) for i in promising]
        cosines = self._embedder.encode_passages(texts) @ self._embedder.encode_question(question)
        candidates = [
            (Candidate(*places[i], _confidence(float(cosine), coverage[i], places[i][0])), coverage[i])
            for i, cosine in zip(promising, cosines, strict=True)
        ]
        candidates.sort(key=lambda pair: _best_first(pair[0]))
        if _FIGURE_QUESTION.search(question):
            candidates = _latest_first(candidates)
        return [candidate for candidate, _ in candidates]


def _latest_first(candidates: list[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Move the latest statement of the figure asked for to the front, if the best candidate states one."""

    def states(candidate: Candidate) -> bool:
        text = candidate.span.of(candidate.hit.passage.release.body)
        return any(c.isdigit() for c in text)

    best, needed = candidates[0]
    if not states(best):
        return candidates
    rivals = [pair for pair in candidates if pair[1] >= needed and states(pair[0])]
    latest = max(pair[0].hit.passage.release.published for pair in rivals)
    chosen = next(pair for pair in rivals if pair[0].hit.passage.release.published == latest)
    return [chosen, *(pair for pair in candidates if pair is not chosen)]


def _coverage(asked: Sequence[str], sentences: Sequence[Sequence[str]]) -> list[float]:
    """Return of each sentence the share of the question's terms it holds, each weighed by its rarity among them."""
    frequency = Counter(term for sentence in sentences for term in set(sentence))
    weight = {term: math.log(1 + len(sentences) / (1 + frequency[term])) for term in asked}
    total = math.fsum(weight.values())
    if not total:
        return [0.0] * len(sentences)
    return [math.fsum(weight[term] for term in weight.keys() & set(sentence)) / total for sentence in sentences]


def _confidence(cosine: float, coverage: float, hit: Hit) -> float:
    return float(1 / (1 + np.exp(-(_COSINE * cosine + _COVERAGE * coverage + _DENSE * hit.dense + _BIAS))))


def _best_first(candidate: Candidate) -> tuple[float, str, Span]:
    return (-candidate.confidence, candidate.hit.passage.release.id, candidate.span)
