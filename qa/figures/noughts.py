"""Noughts: "no arrests" as the answer to how many arrests there were, or how many people were arrested.

A reader takes "no one" for no answer, and the next number in the text for one. So what a nought denies is held against
what the question counts, whatever its wording: "no deaths" answers "how many died", and "none were lost" how many of
what the sentence before speaks of were lost.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from index.figures.zeros import verb_before_none
from index.text.terms import stems
from index.text.verbs import based, word_stems
from index.types import Figure, Hit
from qa.figures.deeds import ANYBODY, COUNTS, SAY_LITTLE, counted_deeds, deed_stems, deeds_asked, holds_subject
from qa.figures.measures import has_names
from qa.figures.own_words import own_words
from qa.figures.statements import Statement, as_statement
from qa.question import Asked
from qa.types import Candidate, Figures

_SURE: Final = 0.8
"""The confidence of a number from which on it gives way only to a nought that says no more than the question does.

Set by judgement.
"""

_LONG_AGO: Final = 400
"""Days. A figure of a time so long before its release is not of what the release reports; set by judgement."""

_HAD: Final = based(stems("had were"))
_CLAUSE_END: Final = re.compile(r"[;:]|,\s(?:and|but|while|though|although|so)\b|\b(?:but|while|although|though)\b")


def nought_asked_for(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> Candidate | None:
    """Return the answer that there was none of what the question counts, from a passage of a candidate.

    None if the question counts nothing, if no nought denies just that, or if the best candidate counts it itself. What
    is returned need not be among the candidates: then it has the scores of the best one.
    """
    if not candidates or not COUNTS.search(asked.text):
        return None
    first = candidates[0]
    best = as_statement(asked, first, figures)
    counts = best is not None and best.figure.value and _counts_what_is_asked(asked, best, figures)
    answers = best is not None and counts and holds_subject(asked, best) and not _is_of_long_ago(asked, best)
    hits = {each.hit.passage.id: each.hit for each in candidates}
    for hit in hits.values():
        for figure in figures.get(hit.passage.id, ()):
            found = Statement(hit, figure.number, figure)
            if figure.value or not _denies_what_is_asked(asked, found) or not holds_subject(asked, found):
                continue
            if answers and best is not None and not _fits_better(asked, found, best, figures):
                continue
            if first.confidence < _SURE or not _says_more(asked, found):
                return _candidate(hit, figure, candidates)
    return None


def nought_of_measure(asked: Asked, anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the statement with which another release denies what the anchor counts: "no cases" beside "two cases".

    A reader takes it for no answer, and does not pick it. None if the question does not count just that.
    """
    if not COUNTS.search(asked.text) or not anchor.figure.value or anchor.figure.unit or anchor.figure.change:
        return None
    for figure in figures.get(hit.passage.id, ()):
        found = Statement(hit, figure.number, figure)
        alike = not figure.value and not figure.unit and counted_deeds(found) & counted_deeds(anchor)
        if alike and _denies_what_is_asked(asked, found) and holds_subject(asked, found):
            return found if has_names(asked, anchor, found) else None
    return None


def _fits_better(asked: Asked, nought: Statement, best: Statement, figures: Figures) -> bool:
    """Return True if a nought is said with all words of the question that another figure is said with, and more.

    What they count tells nothing: "Not one of the 90 trains was cancelled for want of crew. Forty were, for snow."
    """
    subject = deed_stems(based(asked.subject(nought.published)))
    deed = _deed_of_none(nought)
    mine, theirs = (
        subject & deed_stems(word_stems(own_words(hit.passage, figure, figures.get(hit.passage.id, ())).text))
        for hit, figure in ((nought.hit, nought.figure), (best.hit, best.figure))
    )
    counted = counted_deeds(nought) | counted_deeds(best)
    return mine - counted > theirs - counted or bool(deed & subject - theirs)


def _is_of_long_ago(asked: Asked, statement: Statement) -> bool:
    """Return True if a figure is of a year long before its release: "a like accident hurt 19 people in 2004"."""
    period = statement.figure.period
    if period is None or period.end is None or asked.time(statement.published) is not None:
        return False
    return (statement.published - period.end).days > _LONG_AGO


def _candidate(hit: Hit, figure: Figure, candidates: Sequence[Candidate]) -> Candidate:
    for each in candidates:
        same = each.hit.passage.id == hit.passage.id
        if same and each.span.touches(figure.number):
            # A reader may take the "57" of "not one of the 57" alone.
            return each if each.span.start <= figure.number.start else replace(each, span=figure.number)
    return replace(candidates[0], hit=hit, span=figure.number)


def _counts_what_is_asked(asked: Asked, statement: Statement, figures: Figures) -> bool:
    deeds = deeds_asked(asked, statement.published)
    if deeds:
        # Not by the words of a nought beside it: "Two lorries stood there, and neither of them was damaged".
        own = own_words(statement.hit.passage, statement.figure, figures.get(statement.hit.passage.id, ()))
        return deeds <= deed_stems(word_stems(own.text))
    counted = counted_deeds(statement)
    return bool(counted) and counted <= deed_stems(based(asked.subject(statement.published)))


def _denies_what_is_asked(asked: Asked, statement: Statement) -> bool:
    """Return True if what a nought denies is all that the question counts, and nothing narrower."""
    counted, deeds = counted_deeds(statement), deeds_asked(asked, statement.published)
    subject = deed_stems(based(asked.subject(statement.published)))
    deed = _deed_of_none(statement)
    if not counted - ANYBODY <= subject or not deed <= subject | SAY_LITTLE:
        return False
    said = deed_stems(word_stems(_said(statement)))
    if not deeds:
        return bool(counted) or bool(said & subject)
    return deeds <= counted | deed | said


def _deed_of_none(statement: Statement) -> frozenset[str]:
    """Return the stem of what was done to "none": of "rejected" in "it looked at 350 claims and rejected none"."""
    body, number = statement.release.body, statement.figure.number
    verb = verb_before_none(body, number.start) if number.of(body).lower() == "none" else None
    return deed_stems(word_stems(verb)) - _HAD if verb else frozenset()


def _says_more(asked: Asked, statement: Statement) -> bool:
    """Return True if a nought is of fewer things than the question counts, as far as other words beside it tell."""
    said = deed_stems(word_stems(_said(statement)))
    return not said <= deed_stems(based(asked.stems)) | SAY_LITTLE | ANYBODY


def _said(statement: Statement) -> str:
    """Return the rest of the clause after what is counted: "were made at the market"."""
    body, figure = statement.release.body, statement.figure
    end = _CLAUSE_END.search(body, figure.span.end, figure.sentence.end)
    return body[figure.span.end : end.start() if end else figure.sentence.end]
