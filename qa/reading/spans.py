"""From a model's scores of tokens to scored spans of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Span
from qa.reading.windows import Window

Scores = Sequence[NDArray[np.float32]]
"""For each window, an array with a score for each of its tokens."""

LONGEST = 48
"""The longest answer that is found, in tokens. The longest of our gold answers, a list of names, has 41."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A span of a text, in code points, and by how much it beats "no answer here".

    The score is (start + end) of the span less (start + end) of token 0. Trained with shared normalisation, it
    compares across passages and windows of one question; 0 is where an answer is as likely as none.
    """

    start: int
    end: int
    score: float


def best_spans(
    windows: Sequence[Window], starts: Scores, ends: Scores, *, wanted: int, breaks: Sequence[int] = ()
) -> list[Scored]:
    """Return the best spans of a text that was read in ``windows``, best first; they do not overlap.

    ``starts`` and ``ends`` hold a score for each token of each window. ``breaks`` are ascending places in the text,
    such as where sentences begin, that no span crosses: none of 2,571 answers in our train and dev parts does. Of
    spans that overlap only the best is kept: the others cut the same answer in other ways. Ties go to the first.
    """
    tables = [_Table(*of_window, breaks) for of_window in zip(windows, starts, ends, strict=True)]
    kept: list[Scored] = []
    while len(kept) < wanted:
        best = min((table.best() for table in tables), key=lambda s: (-s.score, s.start, s.end), default=None)
        if best is None or best.score == -np.inf:
            break
        kept.append(best)
        for table in tables:
            table.leave_out(best)
    return kept


def span_score(span: Span, window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> float | None:
    """Return the score of a span of the text, defined as in `Scored`; None if the window does not hold all of it."""
    first = np.flatnonzero((window.starts >= 0) & (window.starts <= span.start) & (span.start < window.ends))
    last = np.flatnonzero((window.starts >= 0) & (window.starts < span.end) & (span.end <= window.ends))
    if not len(first) or not len(last):
        return None
    return float(starts[first[0]] + ends[last[-1]] - (starts[0] + ends[0]))


class _Table:
    """The scores of all spans of a window, a row for each first token and a column for each last one."""

    def __init__(
        self, window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32], breaks: Sequence[int]
    ) -> None:
        places = np.flatnonzero(window.starts >= 0)
        self._begins, self._stops = window.starts[places], window.ends[places]
        # The tokens of a text are one run, so places that are near are near in the text.
        size = len(places)
        allowed = np.tri(size, k=LONGEST - 1, dtype=bool) & ~np.tri(size, k=-1, dtype=bool)
        if breaks:
            first = np.searchsorted(breaks, self._begins, side="right")
            last = np.searchsorted(breaks, self._stops - 1, side="right")
            allowed &= first[:, None] == last[None, :]
        scores = starts[places][:, None] + ends[places][None, :] - (starts[0] + ends[0])
        self._scores = np.where(allowed, scores, -np.inf)

    def best(self) -> Scored:
        first, last = divmod(int(self._scores.argmax()), len(self._stops))
        return Scored(int(self._begins[first]), int(self._stops[last]), float(self._scores[first, last]))

    def leave_out(self, span: Scored) -> None:
        """Remove the spans that overlap ``span`` from the table."""
        self._scores[np.ix_(self._begins < span.end, self._stops > span.start)] = -np.inf
