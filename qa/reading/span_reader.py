"""The span reader: a question answering model finds runs of words in passages, and the best one is the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.types import Hit, Passage, Span
from qa.question import Asked
from qa.reading.boundaries import apart, tidy
from qa.reading.calibration import SHIPPED_CALIBRATION, SHIPPED_PAIR_CALIBRATION, Calibration, Spotted, weighed
from qa.reading.completion import completed
from qa.reading.reader import ScoreLimits
from qa.reading.second_reading import Excerpts, excerpts, scores_of
from qa.reading.spans import Scored, Scores, best_spans
from qa.reading.windows import Text, Window, text_of
from qa.types import Candidate, Figures

_SPANS = 4
"""How many candidates are taken from a passage: enough to see in ``--explain`` what else the answer might have been."""


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

        The spans of one passage do not overlap but for what completes them, such as a title. A question is read up to
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
        if _says(reading.hit, span) and not any(span.touches(other.span) for other in taken):
            taken.append(Spotted(reading.hit, span, score))
    return taken


def _says(hit: Hit, span: Span) -> bool:
    """Return True if a span has more than punctuation, which alone is not an answer."""
    return any(mark.isalnum() for mark in span.of(hit.passage.release.body))


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
