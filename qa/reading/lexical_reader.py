"""The reader without a model: the answer is the sentence with most of the question's words."""

import math
from collections import Counter
from collections.abc import Sequence

from index.text.terms import stems
from index.types import Figure, Hit, Span
from qa.question import Asked
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

_STEEPNESS, _MIDDLE = 8.0, 0.55
"""A sentence's score is `_STEEPNESS` times the excess of its share of the question's terms over `_MIDDLE`.

The confidence is the logistic function of the score. Neither was fitted: at a threshold of one half, 78 of the 123
questions of the sample and the Home Office are rightly answered or refused, and 88 would be with a middle of 0.35.
"""

_NO_FIGURE = 0.3
"""How much is taken off the share of a sentence without a figure, if the question asks for one.

On the same questions the best sentence holds the answer in 0.773 of 97 with 0.3 and 0.5, 0.742 with 0.15, 0.680 with 0.
"""

_LIMITS = ScoreLimits(alone=0.0, repeated=-math.inf, below_best=math.inf)
"""A sentence is believed from a score of 0 on, which is a share of `_MIDDLE`.

Words alone do not tell which statements belong together: that is left to the rules for their subjects and units.
"""


class LexicalReader:
    """Finds sentences by their words alone: for tests and indexes that use no model."""

    reads = 6
    score_limits = _LIMITS

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return the sentences of the hits, best first, ties by release and place.

        A sentence is scored by the share of the question's terms in it, of which rare ones weigh more. If the question
        asks for a figure, a sentence without one scores less.
        """
        places = [(hit, sentence) for hit in hits for sentence in hit.passage.sentences]
        texts = [sentence.of(hit.passage.release.body) for hit, sentence in places]
        shares = _coverage(asked.stems, [stems(text) for text in texts])
        found = []
        for (hit, sentence), share in zip(places, shares, strict=True):
            lacks = asked.wants_figure and not _holds_figure(sentence, figures.get(hit.passage.id, ()))
            score = _STEEPNESS * (share - _MIDDLE - (_NO_FIGURE if lacks else 0.0))
            found.append(Candidate(hit, sentence, 1 / (1 + math.exp(-score)), score, score))
        found.sort(key=lambda c: (-c.score, c.hit.passage.release.id, c.span))
        return found


def _holds_figure(sentence: Span, figures: Sequence[Figure]) -> bool:
    return any(each.number.touches(sentence) for each in figures)


def _coverage(asked: Sequence[str], sentences: Sequence[Sequence[str]]) -> list[float]:
    """Return for each sentence the share of the question's terms in it; terms that are rare among them weigh more."""
    frequency = Counter(term for sentence in sentences for term in set(sentence))
    weight = {term: math.log(1 + len(sentences) / (1 + frequency[term])) for term in asked}
    total = math.fsum(weight.values())
    if not total:
        return [0.0] * len(sentences)
    return [math.fsum(weight[term] for term in weight.keys() & set(sentence)) / total for sentence in sentences]
