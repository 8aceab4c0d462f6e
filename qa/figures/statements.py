"""Statements of figures, and which of them are of the same measure."""

import re
from dataclasses import dataclass
from datetime import date

from index.text.terms import stems
from index.types import Figure, Hit, Passage
from qa.question import NEUTRAL, Asked
from qa.types import Candidate, Figures

_MARGIN = 10.0
"""A statement that is worth less to the reader than the best one by more than this is about something else."""

FLOOR = 0.0
"""So is one that the reader would not believe by itself."""

_FLOOR_OF_SAME = -17.0
"""Unless it repeats the number."""

SHARED = 0.6
"""Share of what the anchor's passage holds of the question that another one must hold."""

_SHARED_OF_SAME = 0.4
"""The share that is enough where it repeats the number, and the reader believes it."""

_SOME_OF = re.compile(r"\s+of\s+(?:the|these|those|them|which|whom|its|our|their)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A candidate answer that is a figure."""

    candidate: Candidate
    figure: Figure

    @property
    def published(self) -> date:
        """The day of its release."""
        return self.candidate.hit.passage.release.published


def as_statement(asked: Asked, candidate: Candidate, figures: Figures, like: Figure | None = None) -> Statement | None:
    """Return the figure in a candidate's span, of several the first, or the first of the kind of ``like``."""
    span = candidate.span
    touched = [
        figure
        for figure in figures.get(candidate.hit.passage.id, ())
        if figure.number.start < span.end and span.start < figure.number.end
    ]
    if not touched:
        return None
    figure = next((each for each in touched if like is not None and same_kind(like, each)), touched[0])
    covered = min(span.end, figure.span.end) - max(span.start, figure.span.start)
    # "How did removals change?" is answered with "a 23% increase", a definition may hold a number by chance.
    if asked.wants_figure or 2 * covered >= span.end - span.start:
        return Statement(candidate, figure)
    return None


def find_restated(subject: frozenset[str], anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the anchor's number where a sentence of another release repeats it with the question's words."""
    body = hit.passage.release.body
    named = subject & frozenset(stems(anchor.figure.sentence.of(anchor.candidate.hit.passage.release.body)))
    for figure in figures.get(hit.passage.id, ()):
        if _same_number(anchor.figure, figure) and named:
            shared = len(named & frozenset(stems(figure.sentence.of(body)))) / len(named)
            if shared >= SHARED and share_of_words(subject, anchor, hit.passage) >= SHARED:
                return Statement(Candidate(hit, figure.number, 0.0), figure)
    return None


def _same_number(a: Figure, b: Figure) -> bool:
    return (a.value, a.value_max, a.unit) == (b.value, b.value_max, b.unit)


def same_kind(a: Figure, b: Figure) -> bool:
    """Return True if both are of one unit, and both are levels or both are changes."""
    return a.unit == b.unit and (a.change is None) == (b.change is None)


def same_measure(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Whether another statement is of the same measure: the reader believes it, and so do the words around it.

    The same number of the same unit, in a passage on the same subject, hardly measures something else: it is believed
    more easily.
    """
    a, b, score = anchor.figure, other.figure, other.candidate.span_score
    shared = share_of_words(subject, anchor, other.candidate.hit.passage)
    if _same_number(a, b):
        return (shared >= SHARED and score >= _FLOOR_OF_SAME) or (shared >= _SHARED_OF_SAME and score >= FLOOR)
    return (
        shared >= SHARED
        and same_kind(a, b)
        and _of_a_whole(anchor) == _of_a_whole(other)
        and score >= max(FLOOR, anchor.candidate.span_score - _MARGIN)
        and _count_alike(subject, anchor, other)
    )


def share_of_words(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that another passage has too."""
    named = subject & _words(anchor.candidate.hit.passage)
    return len(named & _words(passage)) / len(named) if named else 1.0


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(stems(f"{passage.release.title}\n{passage.text}"))


def _count_alike(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Whether both count the same thing, where the question names what the anchor counts; "30" of nothing fits."""
    wanted = subject & _counted(anchor)
    found = _counted(other) - NEUTRAL
    return not wanted or not found or bool(wanted & found)


def _of_a_whole(statement: Statement) -> bool:
    """Whether it counts some of what was counted elsewhere ("four of the charter flights")."""
    figure = statement.figure
    body = statement.candidate.hit.passage.release.body
    return not figure.unit and figure.value >= 1 and _SOME_OF.match(body, figure.number.end) is not None


def _counted(statement: Statement) -> frozenset[str]:
    span = statement.figure.counted
    body = statement.candidate.hit.passage.release.body
    return frozenset(stems(span.of(body))) if span else frozenset()
