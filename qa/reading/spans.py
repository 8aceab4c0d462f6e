"""From a model's scores of tokens to scored spans of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.reading.windows import Window

Scores = Sequence[NDArray[np.float32]]

LONGEST = 48
"""Tokens of the longest answer. Of our gold answers, a list of names is the longest, with 41."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A span of a text, in code points, and by how much it beats "no answer here".

    The score is (start + end) of the span less (start + end) of token 0. Trained with shared normalisation, it
    compares across passages and windows of one question; 0 is where an answer is as likely as none.
    """

    start: int
    end: int
    score: float


def best_spans(windows: Sequence[Window], starts: Scores, ends: Scores, *, wanted: int) -> list[Scored]:
    """Return the best spans of a text that was read in ``windows``, best first, none inside or across another.

    ``starts`` and ``ends`` hold a score for each token of each window. Of spans that overlap, the best stays: the
    rest are other ways to cut the same answer.
    """
    found: dict[tuple[int, int], float] = {}
    for window, start, end in zip(windows, starts, ends, strict=True):
        for span in _of_window(window, start, end, wanted * 4):
            found[span.start, span.end] = max(span.score, found.get((span.start, span.end), span.score))
    kept: list[Scored] = []
    for (begin, stop), score in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        if all(stop <= other.start or other.end <= begin for other in kept):
            kept.append(Scored(begin, stop, score))
            if len(kept) == wanted:
                break
    return kept


def _of_window(window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32], wanted: int) -> list[Scored]:
    none = float(starts[0] + ends[0])
    places = np.flatnonzero(window.starts >= 0)
    # The tokens of a text are one run, so places that are near are near in the text.
    scores = starts[places][:, None] + ends[places][None, :]
    size = len(places)
    allowed = np.triu(np.ones((size, size), dtype=bool)) & ~np.triu(np.ones((size, size), dtype=bool), LONGEST)
    scores = np.where(allowed, scores, -np.inf)
    flat = scores.ravel()
    top = np.argpartition(-flat, min(wanted, flat.size - 1))[:wanted]
    return [
        Scored(int(window.starts[places[i]]), int(window.ends[places[j]]), float(scores[i, j]) - none)
        for i, j in (divmod(int(place), size) for place in top)
        if np.isfinite(scores[i, j])
    ]
