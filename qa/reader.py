"""The sentence reader: the answer is the sentence that says most of what the question asks."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.terms import question_stems, stems
from index.types import Embedder, Hit, Span
from qa.types import Candidate

_COSINE, _COVERAGE, _PASSAGE, _BIAS = 6.0, 3.0, 3.0, -5.5
"""Logistic weights of the confidence, fitted by ``python -m eval.fit`` on the development sets."""


class SentenceReader:
    """Reads by embedding each sentence and by how much of the question's rare words it holds."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return every sentence of the hits as a candidate, best first, ties by release and place."""
        places = [(hit, sentence) for hit in hits for sentence in hit.passage.sentences]
        if not places:
            return []
        texts = [sentence.of(hit.passage.release.body) for hit, sentence in places]
        asked = self._embedder.encode_question(question)
        cosines = self._embedder.encode_passages(texts) @ asked
        coverage = _coverage(question_stems(question), [stems(text) for text in texts])
        candidates = [
            Candidate(hit, sentence, _confidence(float(cosine), covered, hit.score))
            for (hit, sentence), cosine, covered in zip(places, cosines, coverage, strict=True)
        ]
        return sorted(candidates, key=_best_first)


def _coverage(asked: Sequence[str], sentences: Sequence[Sequence[str]]) -> list[float]:
    """Return of each sentence the share of the question's terms it holds, each weighed by its rarity among them."""
    frequency = Counter(term for sentence in sentences for term in set(sentence))
    weight = {term: math.log(1 + len(sentences) / (1 + frequency[term])) for term in asked}
    total = math.fsum(weight.values())
    if not total:
        return [0.0] * len(sentences)
    return [math.fsum(weight[term] for term in weight.keys() & set(sentence)) / total for sentence in sentences]


def _confidence(cosine: float, coverage: float, passage: float) -> float:
    return float(1 / (1 + np.exp(-(_COSINE * cosine + _COVERAGE * coverage + _PASSAGE * passage + _BIAS))))


def _best_first(candidate: Candidate) -> tuple[float, str, Span]:
    return (-candidate.confidence, candidate.hit.passage.release.id, candidate.span)
