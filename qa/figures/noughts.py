"""Noughts: "no arrests" as the answer to how many arrests there were."""

from collections.abc import Sequence
from typing import Final

from index.text.verbs import based, word_stems
from qa.figures.statements import Statement, as_statement
from qa.question import Asked
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

_HELD_SHARE: Final = 0.8
"""The share of the words for what a question measures that a passage must hold to be about it."""


def nought_asked_for(
    asked: Asked, candidates: Sequence[Candidate], figures: Figures, limits: ScoreLimits
) -> Candidate | None:
    """Return the best candidate of the best one's release that says that there was none of what the question counts.

    None if the best one itself counts that, or if reading the passage by itself does not find it likely.
    """
    best = as_statement(asked, candidates[0], figures) if candidates else None
    if best is not None and best.figure.value and _counts_what_is_asked(asked, best):
        return None
    for each in candidates:
        found = as_statement(asked, each, figures)
        if (
            found is not None
            and not found.figure.value
            and found.release.id == candidates[0].hit.passage.release.id
            and found.span_score >= limits.alone
            and _counts_what_is_asked(asked, found)
            and holds_subject(asked, found)
        ):
            return each
    return None


def _counts_what_is_asked(asked: Asked, statement: Statement) -> bool:
    counted = statement.figure.counted
    words = word_stems(counted.of(statement.release.body)) if counted is not None else frozenset()
    return bool(words) and words <= based(asked.subject(statement.published))


def holds_subject(asked: Asked, statement: Statement) -> bool:
    """Return True if a statement's passage and title have most of the words for what the question measures."""
    subject = based(asked.subject(statement.published))
    passage = word_stems(f"{statement.release.title}\n{statement.hit.passage.text}")
    return bool(subject) and len(subject & passage) >= _HELD_SHARE * len(subject)
