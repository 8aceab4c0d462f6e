"""Counts that say all of the question, in whatever form of its words: "at least 400 deaths linked to nitazenes".

A reader has learned few of the pairs of what was done and what there was: it doubts "deaths" where it is asked how many
died, and a level beside its change. Where the figure's own words hold everything that the question says, and nothing
narrower is counted, it answers.
"""

import re
from collections.abc import Sequence
from typing import Final

from index.text.terms import stems
from index.text.verbs import based, word_stems
from qa.figures.deeds import ANYBODY, COUNTS, counted_deeds, deed_stems, deeds_asked
from qa.figures.own_words import own_words
from qa.figures.statements import Statement, as_statement
from qa.question import Asked
from qa.types import Candidate, Figures

_CAUSED: Final = re.compile(r"\b(?:from|by|of|through|due to|because of|linked to|caused by|related to|after)\b")
"""What comes before the cause of what is counted."""

_NOUN: Final = re.compile(r"\bhow many\s(?:of\s)?(?:the\s|those\s|these\s)?(?P<noun>[a-z’'-]+)", re.IGNORECASE)
"""What is counted, or the first word of it."""

_TO_DO: Final = re.compile(r"\bto\s(?P<verb>[a-z]+)\s(?:[^\s.;,]+\s){0,3}$")
"""What is to be done, before a figure: "a commitment to build 1 million homes"."""

_KNOWN: Final = re.compile(r"\b(?:the|all|these|those|both|its|their|our|other|of)\s(?:[a-z]+\s)?$", re.IGNORECASE)
_KNOWN_WITHIN: Final = 20
"""What makes a number one of known things, and how many characters before it are searched for that."""

_WORDS: Final = 2

_RELATED: Final = re.compile(r"\b[a-z]+-related\b", re.IGNORECASE)
"""A word that says the cause once more: "drug-related deaths linked to nitazenes"."""


def says_all_that_is_asked(asked: Asked, best: Candidate, figures: Figures) -> bool:
    """Return True if a candidate is the count of what was done that the question asks for, in whatever form.

    False for amounts, changes and shares, and for a question of one word that names no deed.
    """
    statement = as_statement(asked, best, figures) if COUNTS.search(asked.text) else None
    if statement is None or not statement.figure.value or statement.figure.unit or statement.figure.change:
        return False
    deeds = deeds_asked(asked, statement.published)
    subject = deed_stems(based(asked.subject(statement.published)))
    own = own_words(statement.hit.passage, statement.figure, figures.get(statement.hit.passage.id, ()))
    if not deeds | (subject - ANYBODY) <= deed_stems(word_stems(own.text)):
        return False
    if counted_deeds(statement) - subject - deeds - ANYBODY - _cause(asked, statement):
        return False
    is_of_it = _is_done(deeds, statement) if deeds else _is_counted(asked, subject, statement)
    return is_of_it and _counts_the_same(asked, statement)


def _is_counted(asked: Asked, subject: frozenset[str], statement: Statement) -> bool:
    """Return True if a figure newly counts what a question without a deed names in two words or more.

    "The last of the 250 soldiers" and "all 3 options" are known numbers, of which the question may want a part.
    """
    figure, body = statement.figure, statement.release.body
    known = _KNOWN.search(body[max(figure.sentence.start, figure.span.start - _KNOWN_WITHIN) : figure.span.start])
    whole = figure.value == figure.value.to_integral_value() and figure.number.of(body) not in asked.text
    return (
        len(subject - ANYBODY) >= _WORDS
        and (figure.counted is None or bool(counted_deeds(statement) & subject))
        and whole
        and not known
    )


def _counts_the_same(asked: Asked, statement: Statement) -> bool:
    """Return False if people are counted where the question counts something else: nationals, and "7,000 people"."""
    noun = _NOUN.search(asked.text)
    counted = counted_deeds(statement)
    return noun is None or not counted or not counted <= ANYBODY or deed_stems(word_stems(noun["noun"])) <= ANYBODY


def _is_done(deeds: frozenset[str], statement: Statement) -> bool:
    """Return False if the deeds are to be done: "a commitment to build 1 million homes"."""
    figure = statement.figure
    planned = _TO_DO.search(statement.release.body[figure.sentence.start : figure.span.start])
    return planned is None or not deeds & deed_stems(word_stems(planned["verb"]))


def _cause(asked: Asked, statement: Statement) -> frozenset[str]:
    """Return the stems of a cause that is said with what is counted, where the question names one."""
    counted = statement.figure.counted
    if counted is None or not _CAUSED.search(asked.text.lower()):
        return frozenset()
    related: Sequence[str] = _RELATED.findall(counted.of(statement.release.body))
    return frozenset(stems(" ".join(related)))
