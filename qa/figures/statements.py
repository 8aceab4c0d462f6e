"""Statements of figures, and which of them are of the same measure.

The anchor is the statement of the best answer: other statements are compared with it.
"""

import math
import re
from dataclasses import dataclass
from datetime import date

from index.text.terms import stems
from index.types import Figure, Hit, Passage, Release, Span
from qa.question import NEUTRAL, Asked
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

SHARED = 0.6
"""Of the question's words found in the anchor's passage, the share that another passage must also contain.

Chosen on 39 development timelines of GOV.UK and four of the sample, by the F1 of their members: 0.841 and 0.950 at 0.6,
0.837 and 0.950 at 0.5 and 0.4, 0.829 and 0.867 at 0.7.
"""

_SHARED_OF_SAME = 0.4
"""The lower share of those words that is enough if a passage repeats the anchor's number and the reader believes it.

From 0.2 to 0.6 the F1 on the same timelines does not change: no labelled timeline decides the value.
"""

_SOME_OF = re.compile(r"\s+of\s+(?:the|these|those|them|which|whom|its|our|their)\b", re.IGNORECASE)
"""Words after a number that make it a part of something counted elsewhere: "four of the charter flights"."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure that a release states, and the words ``span`` of its body that answer the question with it.

    ``span_score`` and ``score`` are the reader's, as in `Candidate`; they are -inf if the reader did not pick these
    words and the figure was found by its number.
    """

    hit: Hit
    span: Span
    figure: Figure
    span_score: float = -math.inf
    score: float = -math.inf

    @property
    def release(self) -> Release:
        """The release that states it."""
        return self.hit.passage.release

    @property
    def published(self) -> date:
        """The day of its release."""
        return self.release.published


def as_statement(asked: Asked, candidate: Candidate, figures: Figures, like: Figure | None = None) -> Statement | None:
    """Return the statement of the figure in a candidate's span; None if it has none or does not answer with it.

    If there are several figures, the first one that is of the same kind as ``like`` counts, or else the first.
    """
    span = candidate.span
    touched = [
        figure
        for figure in figures.get(candidate.hit.passage.id, ())
        if figure.number.start < span.end
        and span.start < figure.number.end
        # "230" is not what "none of the 230" states
        and (figure.value or span.start <= figure.number.start)
    ]
    if not touched:
        return None
    figure = next((each for each in touched if like is not None and same_kind(like, each)), touched[0])
    covered = min(span.end, figure.span.end) - max(span.start, figure.span.start)
    # "How did removals change?" is answered with "a 23% increase"; a definition may contain a number by chance.
    if asked.wants_figure or 2 * covered >= span.end - span.start:
        return Statement(candidate.hit, span, figure, candidate.span_score, candidate.score)
    return None


def find_restated(subject: frozenset[str], anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the statement with which a sentence of another release repeats the anchor's number; None without one.

    The sentence and its passage must share enough of the stems that say what the question is about (``subject``).
    """
    named = subject & frozenset(stems(anchor.figure.sentence.of(anchor.release.body)))
    for figure in figures.get(hit.passage.id, ()):
        if _same_number(anchor.figure, figure) and named:
            shared = len(named & frozenset(stems(figure.sentence.of(hit.passage.release.body)))) / len(named)
            if shared >= SHARED and share_of_words(subject, anchor, hit.passage) >= SHARED:
                return Statement(hit, figure.number, figure)
    return None


def _same_number(a: Figure, b: Figure) -> bool:
    return (a.value, a.value_max, a.unit) == (b.value, b.value_max, b.unit)


def same_kind(a: Figure, b: Figure) -> bool:
    """Return True if both figures have the same unit, and both are levels or both are changes."""
    return a.unit == b.unit and (a.change is None) == (b.change is None)


def same_measure(subject: frozenset[str], anchor: Statement, other: Statement, limits: ScoreLimits) -> bool:
    """Return True if another statement is of the same measure: its score and the words around it both say so.

    ``subject`` are the stems that say what the question is about. The same number of the same unit, in a passage on
    the same subject, hardly measures something else, so a lower score is enough for it.
    """
    a, b, score = anchor.figure, other.figure, other.span_score
    shared = share_of_words(subject, anchor, other.hit.passage)
    if _same_number(a, b):
        return (shared >= SHARED and score >= limits.repeated) or (shared >= _SHARED_OF_SAME and score >= limits.alone)
    return (
        shared >= SHARED
        and same_kind(a, b)
        and _of_a_whole(anchor) == _of_a_whole(other)
        and score >= max(limits.alone, anchor.span_score - limits.below_best)
        and _count_alike(subject, anchor, other)
    )


def share_of_words(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that another passage has too."""
    named = subject & _words(anchor.hit.passage)
    return len(named & _words(passage)) / len(named) if named else 1.0


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(stems(f"{passage.release.title}\n{passage.text}"))


def _count_alike(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Return True if both count the same thing, or one of them does not say what it counts.

    Only what the question names and the anchor counts is compared.
    """
    wanted = subject & _counted(anchor)
    found = _counted(other) - NEUTRAL
    return not wanted or not found or bool(wanted & found)


def _of_a_whole(statement: Statement) -> bool:
    """Return True if it counts some of what was counted elsewhere ("four of the charter flights")."""
    figure = statement.figure
    return (
        not figure.unit and figure.value >= 1 and _SOME_OF.match(statement.release.body, figure.number.end) is not None
    )


def _counted(statement: Statement) -> frozenset[str]:
    span = statement.figure.counted
    return frozenset(stems(span.of(statement.release.body))) if span else frozenset()
