"""The span reader: a question answering model finds runs of words in passages, and the best one is the answer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.types import Hit, Passage, Span
from qa.question import Asked
from qa.reading.agreement import alike
from qa.reading.boundaries import apart, tidy
from qa.reading.reader import ScoreLimits
from qa.reading.second_reading import excerpts, scores_of
from qa.reading.spans import Scores, best_spans
from qa.reading.windows import Text, Window, text_of
from qa.types import Candidate, Figures

_SPANS = 4
"""How many candidates are taken from a passage: enough to see in ``--explain`` what else the answer might have been."""


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

    The confidence is the logistic function of ``scale`` times the score of the answer plus ``dense`` times the cosine
    of question and passage plus ``bias``; equal answers add up their odds (log-sum-exp of their scores). ``limits``
    are in the units of the model's score of a span, and are not fitted. ``reads`` is how many passages are read, and
    ``rivals`` how many of the best candidates are read again, as far as one window holds them.
    """

    weights: Weights
    scale: float
    dense: float
    bias: float
    limits: ScoreLimits = SHIPPED_SCORE_LIMITS
    reads: int = 6
    rivals: int = 6


SHIPPED_CALIBRATION = Calibration(
    Weights(retrieval=20.0, surplus=0.6, again=0.3), scale=0.108, dense=-1.372, bias=-0.676
)
"""The calibration of the shipped reader by itself, fitted on six development sets (eval/results/README.md).

Other models are ranked and compared with the threshold by it too, but their confidences are not calibrated.
"""


SHIPPED_PAIR_CALIBRATION = Calibration(
    Weights(retrieval=20.0, surplus=0.8, again=1.6), scale=0.083, dense=0.081, bias=-1.244, reads=10, rivals=8
)
"""The calibration of the shipped reader with the larger one for the second reading, fitted in the same way."""


class Model(Protocol):
    """What the reader asks of a model; `SpanModel` is one, and one that is still loading another."""

    def windows(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        """Return the windows in which each text is read."""
        ...

    def score(self, every: Sequence[Window]) -> tuple[Sequence[NDArray[np.float32]], Sequence[NDArray[np.float32]]]:
        """Return start and end scores of each token of each window."""
        ...


class SpanReader:
    """Reads passages with an extractive question answering model, and the best candidates again with a second one.

    May be called from several threads at once.
    """

    def __init__(self, model: Model, calibration: Calibration | None = None, *, second: Model | None = None) -> None:
        """Take the model of the first reading, and that of the second one; without it the first reads again.

        ``calibration`` is by default the shipped one for a reader with, or without, a second model.
        """
        self._model = model
        self._again = second or model
        self._calibration = calibration or (SHIPPED_CALIBRATION if second is None else SHIPPED_PAIR_CALIBRATION)

    @property
    def calibration(self) -> Calibration:
        """How its scores become a confidence."""
        return self._calibration

    @property
    def reads(self) -> int:
        """How many of the best passages it reads."""
        return self._calibration.reads

    @property
    def score_limits(self) -> ScoreLimits:
        """How far the model's score of a span can be believed."""
        return self._calibration.limits

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first, ties by release and place.

        The spans of one passage do not overlap. A question is read up to its first 64 tokens.
        """
        return weighed(self.spans(asked, hits, figures, again=again), self._calibration)

    def spans(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Spotted]:
        """Return the best spans of each hit with the model's scores at both readings, in the order of the first."""
        found = [Spotted(hit, span, score) for hit, span, score in self._first(asked, hits, figures)]
        score = self._calibration.weights.score
        found.sort(key=lambda each: (-score(each), each.hit.passage.release.id, each.span))
        if not found or not again:
            return found
        rivals = self._calibration.rivals
        part = excerpts([(each.hit, each.span) for each in found[:rivals]])
        # The best are in the first window. Reading a second one gained nothing when it was measured.
        windows = self._again.windows(asked.text, [part.text])[0][:1]
        scores = scores_of(part.places, windows, *self._again.score(windows))
        lowest = min((score for score in scores if score is not None), default=0.0)
        known = [lowest if score is None else score for score in scores]
        return [replace(each, again=known[place] if place < rivals else lowest) for place, each in enumerate(found)]

    def _first(self, asked: Asked, hits: Sequence[Hit], figures: Figures) -> list[tuple[Hit, Span, float]]:
        every = self._model.windows(asked.text, [text_of(hit.passage) for hit in hits])
        starts, ends = map(iter, self._model.score([window for windows in every for window in windows]))
        found = []
        for hit, windows in zip(hits, every, strict=True):
            scores = [next(starts) for _ in windows], [next(ends) for _ in windows]
            taken: list[Span] = []
            numbers = [figure.number for figure in figures.get(hit.passage.id, ())]
            for place, score in _answers(asked, hit.passage, numbers, windows, scores):
                # Punctuation alone is not an answer.
                says = any(mark.isalnum() for mark in place.of(hit.passage.release.body))
                if says and all(place.end <= other.start or other.end <= place.start for other in taken):
                    taken.append(place)
                    found.append((hit, place, score))
        return found


def _answers(
    asked: Asked, passage: Passage, numbers: Sequence[Span], windows: Sequence[Window], scores: tuple[Scores, Scores]
) -> Iterator[tuple[Span, float]]:
    """Yield the spans of a passage's body that may be the answer, with their scores, best first; some may overlap."""
    body, offset = passage.release.body, passage.span.start
    breaks = [sentence.start - offset for sentence in passage.sentences[1:]]
    for span in best_spans(windows, *scores, wanted=_SPANS, breaks=breaks):
        place = tidy(asked, body, Span(offset + span.start, offset + span.end), passage.span, numbers)
        parts = apart(asked, body, place, numbers)
        if not parts:
            yield place, span.score
            continue
        inside = [Span(each.start - offset, each.end - offset) for each in parts]
        known = zip(parts, scores_of(inside, windows, *scores), strict=True)
        yield from sorted(((f, score) for f, score in known if score is not None), key=lambda item: -item[1])


def weighed(spotted: Sequence[Spotted], calibration: Calibration) -> list[Candidate]:
    """Return the spans as candidates with their confidence, best first, ties by release and place."""
    found = [
        Candidate(
            each.hit,
            each.span,
            0.0,
            calibration.weights.score(each),
            each.score,
            each.again,
        )
        for each in spotted
    ]
    found.sort(key=lambda c: (-c.score, c.hit.passage.release.id, c.span))
    return with_confidence(found, calibration)


def with_confidence(candidates: Sequence[Candidate], calibration: Calibration) -> list[Candidate]:
    """Return candidates, best first, with the confidence that their answer is right: equal answers have the same one.

    An answer that several passages give gets a higher confidence than from one alone, and may overtake another.
    """
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        same = next((group for group in groups if alike(group[0], candidate)), None)
        if same is None:
            groups.append([candidate])
        else:
            same.append(candidate)
    rated = []
    for group in groups:
        # A passage that repeats itself is one witness.
        best: dict[int, float] = {}
        for candidate in group:
            best.setdefault(candidate.hit.passage.id, candidate.score)
        top = max(best.values())
        together = top + math.log(math.fsum(math.exp(score - top) for score in best.values()))
        dense = group[0].hit.dense
        confidence = _logistic(calibration.scale * together + calibration.dense * dense + calibration.bias)
        rated.append((together, [replace(candidate, confidence=confidence) for candidate in group]))
    rated.sort(key=lambda item: -item[0])
    return [candidate for _, group in rated for candidate in group]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
