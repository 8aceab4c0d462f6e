"""Noughts: "no arrests" as the answer to how many arrests there were, or how many people were arrested.

A reader that compares what stands beside it takes "no one" for no answer, and the next number in the text for one. So
what a nought denies is held against what the question counts, whatever its wording: "no deaths" answers "how many
died", and "none were lost" how many of what the sentence before speaks of were lost.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from index.figures.zeros import verb_before_none
from index.text.terms import stems
from index.text.verbs import PAST, based, word_stems
from index.types import Figure, Hit
from qa.figures.own_words import own_words
from qa.figures.statements import Statement, as_statement, has_names
from qa.question import Asked
from qa.types import Candidate, Figures

_HELD_SHARE: Final = 0.8
"""The share of the words for what a question measures that a passage must hold to be about it."""

_SURE: Final = 0.8
"""The confidence of a number from which on it gives way only to a nought that says no more than the question does.

Set by judgement.
"""

_LONG_AGO: Final = 400
"""Days. A figure of a time so long before its release is not of what the release reports; set by judgement."""

_COUNTS: Final = re.compile(r"\bhow many\b|\b(?:number|total) of\b", re.IGNORECASE)
_AUXILIARY: Final = re.compile(r"\b(?:was|were|had|have|has)(?: been)?\b", re.IGNORECASE)
"""What comes before the deed that a question counts: "how many of the dogs seized at Wick had been vaccinated"."""

_DEEDS: Final = {
    stems(word)[0]: stems(line.split()[0])[0]
    for line in """die death dead kill fatality perish drown
injured injury hurt casualty wounded harmed
close closure
lose loss
steal theft
sell sale
fail failure
complain complaint
leave departure
arrive arrival
refuse refusal
deny denial
jail imprisoned
dismissed dismissal sacked""".splitlines()
    for word in line.split()
}
"""The stems of words for one deed, whether they say what was done or what there was: "died", "deaths"."""

_SAY_LITTLE: Final = based(
    stems(
        "make made find found report record see seen come came take took give given get got hold held know known need"
    )
)
"""Deeds that say nothing of what is counted: "arrests made", "faults found"."""

_HAD: Final = based(stems("had were"))
_ANYBODY: Final = frozenset(stems("people person persons anyone someone somebody individuals one ones"))
_EVENT: Final = re.compile(
    r"(?:deaths?|arrests?|injur(?:y|ies)|casualt(?:y|ies)|fatalit(?:y|ies)|convictions?|losses|thefts?|complaints?"
    r"|failures?|closures?|removals?|refusals?|dismissals?|redundanc(?:y|ies)|prosecutions?|detentions?|dead|die|hurt|jailed)"
)
"""Words of deeds that do not end like the past of a verb."""

_CLAUSE_END: Final = re.compile(r"[;:]|,\s(?:and|but|while|though|although|so)\b|\b(?:but|while|although|though)\b")


def nought_asked_for(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> Candidate | None:
    """Return the answer that there was none of what the question counts, from a passage of a candidate.

    None if the question counts nothing, if no nought denies just that, or if the best candidate counts it itself. What
    is returned need not be among the candidates: then it has the scores of the best one.
    """
    if not candidates or not _COUNTS.search(asked.text):
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
    if not _COUNTS.search(asked.text) or not anchor.figure.value or anchor.figure.unit or anchor.figure.change:
        return None
    for figure in figures.get(hit.passage.id, ()):
        found = Statement(hit, figure.number, figure)
        alike = not figure.value and not figure.unit and _counted(found) & _counted(anchor)
        if alike and _denies_what_is_asked(asked, found) and holds_subject(asked, found):
            return found if has_names(asked, anchor, found) else None
    return None


def _fits_better(asked: Asked, nought: Statement, best: Statement, figures: Figures) -> bool:
    """Return True if a nought is said with all words of the question that another figure is said with, and more.

    What they count tells nothing: "Not one of the 90 trains was cancelled for want of crew. Forty were, for snow."
    """
    subject = _deeds(based(asked.subject(nought.published)))
    deed = _deed_of_none(nought)
    mine, theirs = (
        subject & _deeds(word_stems(own_words(hit.passage, figure, figures.get(hit.passage.id, ())).text))
        for hit, figure in ((nought.hit, nought.figure), (best.hit, best.figure))
    )
    counted = _counted(nought) | _counted(best)
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
        if same and each.span.start < figure.number.end and figure.number.start < each.span.end:
            return each
    return replace(candidates[0], hit=hit, span=figure.number)


def _counts_what_is_asked(asked: Asked, statement: Statement, figures: Figures) -> bool:
    deeds = _deeds_asked(asked)
    if deeds:
        # Not by the words of a nought beside it: "Two lorries stood there, and neither of them was damaged".
        own = own_words(statement.hit.passage, statement.figure, figures.get(statement.hit.passage.id, ()))
        return deeds <= _deeds(word_stems(own.text))
    counted = _counted(statement)
    return bool(counted) and counted <= _deeds(based(asked.subject(statement.published)))


def _denies_what_is_asked(asked: Asked, statement: Statement) -> bool:
    """Return True if what a nought denies is all that the question counts, and nothing narrower."""
    counted, deeds = _counted(statement), _deeds_asked(asked)
    subject = _deeds(based(asked.subject(statement.published)))
    deed = _deed_of_none(statement)
    if not counted - _ANYBODY <= subject or not deed <= subject | _SAY_LITTLE:
        return False
    if not deeds:
        return bool(counted)
    return deeds <= counted | deed | _deeds(word_stems(_said(statement)))


def _deed_of_none(statement: Statement) -> frozenset[str]:
    """Return the stem of what was done to "none": of "rejected" in "it looked at 350 claims and rejected none"."""
    body, number = statement.release.body, statement.figure.number
    verb = verb_before_none(body, number.start) if number.of(body).lower() == "none" else None
    return _deeds(word_stems(verb)) - _HAD if verb else frozenset()


def _says_more(asked: Asked, statement: Statement) -> bool:
    """Return True if a nought is of fewer things than the question counts, as far as other words beside it tell."""
    said = _deeds(word_stems(_said(statement)))
    return not said <= _deeds(based(asked.stems)) | _SAY_LITTLE | _ANYBODY


def _said(statement: Statement) -> str:
    """Return the rest of the clause after what is counted: "were made at the market"."""
    body, figure = statement.release.body, statement.figure
    end = _CLAUSE_END.search(body, figure.span.end, figure.sentence.end)
    return body[figure.span.end : end.start() if end else figure.sentence.end]


def _counted(statement: Statement) -> frozenset[str]:
    counted = statement.figure.counted
    return _deeds(word_stems(counted.of(statement.release.body))) if counted is not None else frozenset()


def _deeds_asked(asked: Asked) -> frozenset[str]:
    """Return what the question says was done to what it counts, or that there was: "died", "arrests"."""
    auxiliary = _AUXILIARY.search(asked.text)
    return (_deeds_in(asked.text[auxiliary.end() :]) if auxiliary else frozenset()) or _deeds_in(asked.text)


def _deeds_in(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", text.lower())
    said = [word for word in words if word in PAST or word.endswith("ed") or _EVENT.fullmatch(word)]
    return _deeds(word_stems(" ".join(said))) - _SAY_LITTLE


def _deeds(found: Iterable[str]) -> frozenset[str]:
    return frozenset(_DEEDS.get(each, each) for each in found)


def holds_subject(asked: Asked, statement: Statement) -> bool:
    """Return True if a statement's passage and title have most of the words for what the question measures."""
    subject = _deeds(based(asked.subject(statement.published))) - _ANYBODY
    passage = _deeds(word_stems(f"{statement.release.title}\n{statement.hit.passage.text}"))
    return bool(subject) and len(subject & passage) >= _HELD_SHARE * len(subject)
