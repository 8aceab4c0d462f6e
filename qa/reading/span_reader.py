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
from qa.reading.boundaries import apart, completed, tidy
from qa.reading.reader import ScoreLimits
from qa.reading.second_reading import Excerpts, excerpts, scores_of
from qa.reading.spans import Scored, Scores, best_spans
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
    Weights(retrieval=20.0, surplus=0.6, again=0.3), first=0.082, again=0.058, dense=0.61, bias=-0.933
)
"""The calibration of the shipped reader by itself, fitted on six development sets (eval/results/README.md).

Other models are ranked and compared with the threshold by it too, but their confidences are not calibrated.
"""


SHIPPED_PAIR_CALIBRATION = Calibration(
    Weights(retrieval=20.0, surplus=0.8, again=1.6),
    first=0.073,
    again=0.179,
    dense=1.286,
    bias=-1.196,
    reads=10,
    rivals=8,
    proposals=4,
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

        The spans of one passage do not overlap but for what completes them, such as a rank. A question is read up to
        its first 64 tokens.
        """
        found = weighed(self.spans(asked, hits, figures, again=again), self._calibration)
        return [_completed(asked, each, figures) for each in found]

    def spans(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Spotted]:
        """Return the best spans of each hit with the model's scores at both readings, in the order of the first.

        Those that only the second reading found come after the others, and may overlap them.
        """
        readings = self._first(asked, hits)
        found = [each for reading in readings for each in _spotted(asked, reading, figures)]
        score = self._calibration.weights.score
        found.sort(key=lambda each: (-score(each), each.hit.passage.release.id, each.span))
        if not found or not again:
            return found
        rivals = self._calibration.rivals
        texts = excerpts([(each.hit, each.span) for each in found[:rivals]])
        # The best are in the first window. Reading a second one gained nothing when it was measured.
        windows = self._again.windows(asked.text, [texts.text])[0][:1]
        seen = windows, *self._again.score(windows)
        scores = scores_of(texts.places, *seen)
        lowest = min((score for score in scores if score is not None), default=0.0)
        again_of = [lowest if score is None else score for score in scores]
        rated = [replace(each, again=again_of[place] if place < rivals else lowest) for place, each in enumerate(found)]
        if not self._calibration.proposals:
            return rated
        proposals = best_spans(*seen, wanted=self._calibration.proposals, breaks=texts.breaks())
        known = {(each.hit.passage.id, each.span) for each in found}
        return rated + _proposed(asked, texts, proposals, seen=seen, readings=readings, figures=figures, known=known)

    def _first(self, asked: Asked, hits: Sequence[Hit]) -> list["_Reading"]:
        every = self._model.windows(asked.text, [text_of(hit.passage) for hit in hits])
        starts, ends = map(iter, self._model.score([window for windows in every for window in windows]))
        return [
            _Reading(hit, windows, [next(starts) for _ in windows], [next(ends) for _ in windows])
            for hit, windows in zip(hits, every, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A passage as the first reading saw it: its windows, with the scores of their tokens."""

    hit: Hit
    windows: Sequence[Window]
    starts: Scores
    ends: Scores

    def scores(self, places: Sequence[Span]) -> list[float | None]:
        """Return the score of each span of the release's body; None if no window holds all of it."""
        offset = self.hit.passage.span.start
        inside = [Span(each.start - offset, each.end - offset) for each in places]
        return scores_of(inside, self.windows, self.starts, self.ends)


def _spotted(asked: Asked, reading: _Reading, figures: Figures) -> list[Spotted]:
    """Return the best spans of a passage that the first reading found; they do not overlap."""
    taken: list[Spotted] = []
    for span, score in _answers(asked, reading, figures):
        if _says(reading.hit, span) and all(_apart(span, other.span) for other in taken):
            taken.append(Spotted(reading.hit, span, score))
    return taken


def _says(hit: Hit, span: Span) -> bool:
    """Return True if a span has more than punctuation, which alone is not an answer."""
    return any(mark.isalnum() for mark in span.of(hit.passage.release.body))


def _apart(one: Span, other: Span) -> bool:
    return one.end <= other.start or other.end <= one.start


def _answers(asked: Asked, reading: _Reading, figures: Figures) -> Iterator[tuple[Span, float]]:
    """Yield the spans of a passage's body that may be the answer, with their scores, best first; some may overlap."""
    passage = reading.hit.passage
    offset = passage.span.start
    breaks = [sentence.start - offset for sentence in passage.sentences[1:]]
    for span in best_spans(reading.windows, reading.starts, reading.ends, wanted=_SPANS, breaks=breaks):
        places = _settled(asked, passage, Span(offset + span.start, offset + span.end), figures)
        if len(places) == 1:
            yield places[0], span.score
            continue
        known = zip(places, reading.scores(places), strict=True)
        yield from sorted(((f, score) for f, score in known if score is not None), key=lambda item: -item[1])


def _settled(asked: Asked, passage: Passage, span: Span, figures: Figures) -> Sequence[Span]:
    """Return a span of a passage with its ends where those of an answer are, or the several answers that it joins."""
    numbers = [figure.number for figure in figures.get(passage.id, ())]
    place = tidy(asked, passage.release.body, span, passage.span, numbers)
    return apart(asked, passage.release.body, place, numbers) or [place]


def _proposed(
    asked: Asked,
    texts: Excerpts,
    proposals: Sequence[Scored],
    *,
    seen: tuple[Sequence[Window], Scores, Scores],
    readings: Sequence[_Reading],
    figures: Figures,
    known: set[tuple[int, Span]],
) -> list[Spotted]:
    """Return the spans that the second reading itself thinks best, with both scores, but for those ``known`` already.

    On the development sets in other people's words the right one was among the spans of the first reading for half of
    the questions, though its passage was read for five of six.
    """
    of_passage = {reading.hit.passage.id: reading for reading in readings}
    found = []
    for proposal in proposals:
        part = texts.part_of(Span(proposal.start, proposal.end))
        if part is None:
            continue
        places = _settled(asked, part.hit.passage, part.in_body(Span(proposal.start, proposal.end)), figures)
        first = of_passage[part.hit.passage.id].scores(places)
        again = [proposal.score] if len(places) == 1 else scores_of([part.in_text(each) for each in places], *seen)
        for place, score, score_again in zip(places, first, again, strict=True):
            where = part.hit.passage.id, place
            if score is not None and score_again is not None and where not in known and _says(part.hit, place):
                known.add(where)
                found.append(Spotted(part.hit, place, score, score_again))
    return found


def _completed(asked: Asked, candidate: Candidate, figures: Figures) -> Candidate:
    passage = candidate.hit.passage
    stated = figures.get(passage.id, ())
    return replace(candidate, span=completed(asked, passage.release.body, candidate.span, passage.span, stated))


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
        if all(_apart(each.span, other) for other in taken):
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


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
