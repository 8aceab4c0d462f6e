"""What a question counts and what was done to it, whatever the form of the words: "died", "deaths", "killed"."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from index.text.terms import content_stems, stems
from index.text.verbs import PAST, based, word_stems
from qa.figures.statements import Statement
from qa.question import Asked

_HELD_SHARE: Final = 0.8
"""The share of the words for what a question measures that a passage must hold to be about it."""

COUNTS: Final = re.compile(r"\bhow many\b|\b(?:number|total) of\b", re.IGNORECASE)
"""A question that counts."""

_HAD_IT: Final = re.compile(r"(?:had|have|has)", re.IGNORECASE)
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
dismissed dismissal sacked
seize seizure
apply application
admit admission
attend attendance
born birth
decide decision
refer referral
treat treatment
recruit recruitment hire
enter entry
sign signature
choose choice
fly flight
collide collision
expel expulsion
exempt exemption
suspend suspension""".splitlines()
    for word in line.split()
}
"""The stems of words for one deed, whether they say what was done or what there was: "died", "deaths"."""

SAY_LITTLE: Final = based(
    stems(
        "make made find found report record see seen come came take took give given get got hold held know known need"
    )
)
"""Deeds that say nothing of what is counted: "arrests made", "faults found"."""

ANYBODY: Final = frozenset(stems("people person persons anyone someone somebody individuals one ones"))
"""Words for whoever was counted."""

_EVENT: Final = re.compile(
    r"(?:deaths?|arrests?|injur(?:y|ies)|casualt(?:y|ies)|fatalit(?:y|ies)|convictions?|losses|thefts?|complaints?"
    r"|failures?|closures?|removals?|refusals?|dismissals?|redundanc(?:y|ies)|prosecutions?|detentions?|dead|die|hurt|jailed)"
)
"""Words of deeds that do not end like the past of a verb."""


def deed_stems(found: Iterable[str]) -> frozenset[str]:
    """Return stems with those of words for one deed replaced by one of them: "killed" and "deaths" by that of "die"."""
    return frozenset(_DEEDS.get(each, each) for each in found)


def deeds_asked(asked: Asked, near: date) -> frozenset[str]:
    """Return what the question says was done to what it counts, or that there was: "died", "arrests", "had ticks"."""
    auxiliary = _AUXILIARY.search(asked.text)
    if auxiliary is None:
        return _deeds_in(asked.text)
    said = asked.text[auxiliary.end() :]
    # "Of those tested, how many had rabies" counts what they had, not what was done to them all.
    had = deed_stems(based(content_stems(said)) & based(asked.subject(near))) - SAY_LITTLE
    return _deeds_in(said) or (had if _HAD_IT.fullmatch(auxiliary.group()) else frozenset()) or _deeds_in(asked.text)


def _deeds_in(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", text.lower())
    said = [word for word in words if word in PAST or word.endswith("ed") or _EVENT.fullmatch(word)]
    return deed_stems(word_stems(" ".join(said))) - SAY_LITTLE


def counted_deeds(statement: Statement) -> frozenset[str]:
    """Return the stems of the words for what a statement counts, those of deeds as `deed_stems` has them."""
    counted = statement.figure.counted
    return deed_stems(word_stems(counted.of(statement.release.body))) if counted is not None else frozenset()


def holds_subject(asked: Asked, statement: Statement) -> bool:
    """Return True if a statement's passage and title have most of the words for what the question measures."""
    subject = deed_stems(based(asked.subject(statement.published))) - ANYBODY
    passage = deed_stems(word_stems(f"{statement.release.title}\n{statement.hit.passage.text}"))
    return bool(subject) and len(subject & passage) >= _HELD_SHARE * len(subject)
