"""Figures beside each other in a sentence: a change and the level after it, an amount and the one that it adds to."""

import re

from qa.figures.statements import BY_HOW_MUCH, Statement
from qa.question import Asked
from qa.types import Figures

_TO = re.compile(r",?\s+(?:from\s[^.;:,]{1,40}\s)?to\s+(?:an?\s|the\s)?(?:[a-z-]+\s){0,2}")
"""What is between the size of a change and the level after it: "by 40 points from 5.3% to 4.9%"."""

_ADDS_TO = re.compile(
    r"\b(?:(?:up|down)\sfrom|buil(?:d|ds|ding|t)\son|on\stop\sof)\s(?:[^\s.;,:]+\s){0,3}$", re.IGNORECASE
)
"""What is before an amount that another one of the sentence is compared with, or adds to."""

_WITHIN = 60
"""How many characters before a figure are searched for such words."""

_ASKS_WHAT_WAS_BEFORE = re.compile(
    r"\b(?:before|previous(?:ly)?|earlier|prior|ago|last|already|existing|old|first|original(?:ly)?|from|when|until|then)\b"
    r"|[0-9]",
    re.IGNORECASE,
)
"""Words of a question that may be for the amount before; all 14 labelled ones have such a word or a number."""


def change_before(asked: Asked, level: Statement, figures: Figures) -> Statement | None:
    """Return the "40 basis points" of "dropped 40 basis points to 4.9%", where a question asks by how much.

    None if the statement is a change itself, or no change stands right before it.
    """
    if BY_HOW_MUCH.search(asked.text) is None or level.figure.change is not None:
        return None
    for figure in figures.get(level.hit.passage.id, ()):
        if figure.change is not None and figure.span.end <= level.figure.span.start:
            between = level.release.body[figure.span.end : level.figure.span.start]
            if _TO.fullmatch(between):
                return Statement(level.hit, figure.span, figure, level.span_score, level.score)
    return None


def added_to(asked: Asked, best: Statement, figures: Figures) -> Statement | None:
    """Return the "£300 million" of "a further £300 million, building on last year's £1 billion", if that is the best.

    None if the best statement is not what another amount of its sentence adds to or is compared with, or if the
    question may be for what was before.
    """
    figure, body = best.figure, best.release.body
    before = body[max(figure.sentence.start, figure.span.start - _WITHIN) : figure.span.start]
    if not _ADDS_TO.search(before) or _ASKS_WHAT_WAS_BEFORE.search(asked.text) or asked.time(best.published):
        return None
    earlier = [
        each
        for each in figures.get(best.hit.passage.id, ())
        if each.sentence == figure.sentence and each.span.end <= figure.span.start and each.unit == figure.unit
    ]
    return Statement(best.hit, earlier[-1].span, earlier[-1], best.span_score, best.score) if earlier else None
