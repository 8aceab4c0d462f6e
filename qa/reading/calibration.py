"""From scores to answers with a confidence: weights of the readings, what was fitted, and the order of candidates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.types import Hit, Span
from qa.reading.agreement import alike
from qa.reading.reader import ScoreLimits
from qa.types import Candidate


@dataclass(frozen=True, slots=True)
class Spotted:
    """A span of a passage with the model's score, and its score at the second reading.

    A span that was not read again gets the lowest score among those that were.
    """

    hit: Hit
    span: Span
    score: float
    again: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the retriever's score and the model's at each reading count in the score of a candidate.

    ``surplus`` weights the positive part of the first reading's score. A passage read alone shows whether it answers,
    but not whether it beats other passages, so the excess counts less.
    """

    retrieval: float
    surplus: float
    again: float

    def score(self, spotted: Spotted) -> float:
        """Return the score of a span; before the second reading its ``again`` is 0 and adds nothing."""
        alone = spotted.score if spotted.score < 0 else self.surplus * spotted.score
        return alone + self.retrieval * spotted.hit.score + self.again * spotted.again


SHIPPED_SCORE_LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)
"""The limits of the shipped reader, for which at a score of 0 an answer is as likely as no answer.

Chosen on timelines by the F1 of their members, on 39 of GOV.UK's development part and four of the Home Office. On
GOV.UK ``repeated`` gives 0.815 at -5, 0.832 at -12 and 0.841 at -17 and -25, at equal precision. ``below_best`` gives
0.841 up to 10 and 0.832 at 12, where precision falls; on the Home Office it gives 0.917 at 7 and 1.00 from 8.5.
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become a confidence, fitted by ``python -m eval.training.calibrate`` on the development sets.

    The confidence is the logistic function of ``first`` and ``again`` times the model's scores at both readings,
    ``dense`` times the cosine of question and passage, and ``bias``. These are not the ``weights`` that choose the
    answer: what tells the best of several spans is not what tells whether any of them answers.

    ``limits`` are in the units of the model's score of a span, and are not fitted. ``reads`` is how many passages are
    read, ``rivals`` how many of the best candidates are read again, as far as one window holds them, and ``proposals``
    how many spans of its own the second reading adds to them.
    """

    weights: Weights
    first: float
    again: float
    dense: float
    bias: float
    limits: ScoreLimits = SHIPPED_SCORE_LIMITS
    reads: int = 6
    rivals: int = 6
    proposals: int = 0


SHIPPED_CALIBRATION = Calibration(
    Weights(retrieval=20.0, surplus=0.6, again=0.3), first=0.159, again=0.032, dense=0.245, bias=-0.8
)
"""The calibration of the shipped reader by itself, fitted on six development sets (eval/results/README.md).

Other models are ranked and compared with the threshold by it too, but their confidences are not calibrated.
"""


SHIPPED_PAIR_CALIBRATION = Calibration(
    Weights(retrieval=20.0, surplus=0.8, again=1.6),
    first=0.1,
    again=0.18,
    dense=0.0,
    bias=-0.15,
    reads=10,
    rivals=8,
    proposals=4,
)
"""The calibration of the shipped reader with the larger one for the second reading.

The numbers of its confidence are from a grid around those that the same command fits, among the best by AUROC on
development sets in other people's words. With ``bias``, about as many answers are expected to be right as are; 0.02 of
it takes back what products in 8 bits add (eval/results/README.md).
"""


def weighed(spotted: Sequence[Spotted], calibration: Calibration) -> list[Candidate]:
    """Return the spans as candidates with their confidence, best first, ties by release and place.

    Of those of one passage that overlap only the best is kept.
    """
    found = [
        Candidate(each.hit, each.span, 0.0, calibration.weights.score(each), each.score, each.again) for each in spotted
    ]
    found.sort(key=lambda c: (-c.score, c.hit.passage.release.id, c.span))
    kept: dict[int, list[Span]] = {}
    best = []
    for each in found:
        taken = kept.setdefault(each.hit.passage.id, [])
        if not any(each.span.touches(other) for other in taken):
            taken.append(each.span)
            best.append(each)
    return with_confidence(best, calibration)


def with_confidence(candidates: Sequence[Candidate], calibration: Calibration) -> list[Candidate]:
    """Return candidates, best first, with the confidence that their answer is right: equal answers have the same one.

    An answer that several passages give may overtake another. None has a higher confidence than one that is better.
    """
    found: list[Candidate] = []
    for group in by_answer(candidates):
        confidence = _logistic(
            calibration.first * group[0].span_score
            + calibration.again * group[0].again_score
            + calibration.dense * group[0].hit.dense
            + calibration.bias
        )
        if found:
            confidence = min(confidence, found[-1].confidence)
        found += [replace(candidate, confidence=confidence) for candidate in group]
    return found


def by_answer(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return candidates, best first, in groups that give the same answer, the best group first.

    Equal answers add up their odds (log-sum-exp of their scores).
    """
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        same = next((group for group in groups if alike(group[0], candidate)), None)
        if same is None:
            groups.append([candidate])
        else:
            same.append(candidate)
    return sorted(groups, key=_together, reverse=True)


def _together(group: Sequence[Candidate]) -> float:
    # A passage that repeats itself is one witness.
    best: dict[int, float] = {}
    for candidate in group:
        best.setdefault(candidate.hit.passage.id, candidate.score)
    top = max(best.values())
    return top + math.log(math.fsum(math.exp(score - top) for score in best.values()))


def odds(confidence: float) -> float:
    """Return the odds of a confidence in [0, 1]: how many times as likely it is that the answer is right as wrong."""
    return confidence / max(1e-9, 1 - confidence)


def surer(confidence: float, factor: float) -> float:
    """Return the confidence that has ``factor`` times the odds, for what is known besides the reading."""
    raised = factor * odds(confidence)
    return raised / (1 + raised)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
