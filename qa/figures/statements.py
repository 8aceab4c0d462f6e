"""Statements of figures: which one a candidate's words make, and which of two that stand together is meant."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.figures.alongside import figure_for
from index.text.terms import stems
from index.types import Figure, Hit, Release, Span
from qa.figures.other_things import other_in_order, other_thing
from qa.figures.own_places import other_place
from qa.figures.own_words import Own, fits_better, own_words
from qa.question import NEUTRAL, Asked
from qa.types import Candidate, Figures

_LIMIT = re.compile(
    r"\b(?:maximum|max|cap|capped|limit|limited|ceiling|most)\s(?:[a-z]+\s){0,3}?(?:of|at|to|is|be)\s(?:an?\s)?$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"\bhow many (?:[a-z’'-]+ ){0,3}?(?P<head>[a-z-]+s)(?= (?:were|was|are|is|have|has|had|did|do|does|will|would|can"
    r"|could|in|at|for|from|of|on|by|to|with|against|about|over|under|per|it|they|he|she)\b|\s*[?]?$)",
    re.IGNORECASE,
)
"""The noun in the plural that a question counts: "how many arrests for theft"."""

_FROM_OR_BY = re.compile(r"\b(?:from|(?P<by>by))\s*$", re.IGNORECASE)
_FROM_WHAT = re.compile(r"\bfrom (?:what|how|which)\b", re.IGNORECASE)
BY_HOW_MUCH = re.compile(r"\bby (?:how (?:much|many|far)|what)\b", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_PAIR = 2
_ANY_HEAD = frozenset(stems("persons years months weeks days hours times pounds tonnes miles others households places"))
_LIMIT_WITHIN = 60
"""How many characters before a figure are searched for what makes it a limit: "the maximum that can be claimed is"."""


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

    If there are several figures, those of the same kind as ``like`` count, if there are any; of them the one whose own
    words have most of the question's, and all that those of the others have; or else the first.
    """
    span = candidate.span
    touched = [
        figure
        for figure in figures.get(candidate.hit.passage.id, ())
        if figure.number.touches(span)
        # "230" is not what "none of the 230" states
        and (figure.value or span.start <= figure.number.start)
    ]
    if not touched or ("\n" in span.of(candidate.hit.passage.release.body) and not asked.wants_figure):
        return None  # the items of a list are no figure, whatever numbers are in them
    touched = [each for each in touched if like is not None and same_kind(like, each)] or touched
    figure = touched[0]
    if len(touched) > 1 and (named := _named_one(asked, candidate, touched, figures)) is not None:
        figure, span = named, named.number
    elif (
        len(touched) == _PAIR
        and (moved := _end_of_rise(asked, candidate.hit.passage.release.body, touched)) is not None
    ):
        figure, span = moved, moved.span if moved.unit else moved.number
    covered = min(span.end, figure.span.end) - max(span.start, figure.span.start)
    # "How did removals change?" is answered with "a 23% increase"; a definition may contain a number by chance.
    if asked.wants_figure or 2 * covered >= span.end - span.start:
        return Statement(candidate.hit, span, figure, candidate.span_score, candidate.score)
    return None


def _end_of_rise(asked: Asked, body: str, touched: Sequence[Figure]) -> Figure | None:
    """Return the "131" of "rose from 88 to 131", and of "rose by 43 to 131", unless the question asks by how much.

    None if the two figures are not of such a pair, or the question asks for neither, or from where it rose.
    """
    first, last = touched
    by_how_much = BY_HOW_MUCH.search(asked.text) is not None
    before = body[max(0, first.span.start - 6) : first.number.start]
    pair = body[first.span.end : last.number.start].strip() == "to" and _FROM_OR_BY.search(before)
    if not pair or _FROM_WHAT.search(asked.text) or not (asked.wants_figure or by_how_much):
        return None
    return first if by_how_much and pair["by"] else last


def _named_one(asked: Asked, candidate: Candidate, touched: Sequence[Figure], figures: Figures) -> Figure | None:
    """Return the one of the figures in an answer that is of what the question names: of "240 and 310 respectively".

    That is the one of just the time asked for, or else the one whose own words have most of the question's.
    """
    passage = candidate.hit.passage
    if (time := asked.time(passage.release.published)) is not None:
        dated = [
            each for each in touched if each.period and (each.period.start, each.period.end) == (time.start, time.end)
        ]
        if len(dated) == 1:
            return dated[0]
    subject, beside = asked.subject(passage.release.published), figures.get(passage.id, ())
    own = [own_words(passage, each, beside) for each in touched]
    for figure, words in zip(touched, own, strict=True):
        if all(other is words or fits_better(subject, words, other) for other in own):
            return figure
    return None


def same_number(a: Figure, b: Figure) -> bool:
    """Return True if both figures are the same number, or range, of the same unit."""
    return (a.value, a.value_max, a.unit) == (b.value, b.value_max, b.unit)


def same_kind(a: Figure, b: Figure) -> bool:
    """Return True if both figures have the same unit, and both are levels or both are changes."""
    return a.unit == b.unit and (a.change is None) == (b.change is None)


def own_words_of(statement: Statement, figures: Figures) -> Own:
    """Return the words that are a statement's own."""
    passage = statement.hit.passage
    return own_words(passage, statement.figure, figures.get(passage.id, ()))


def is_limit(statement: Statement) -> bool:
    """Return True if a figure is the most that something can be: "up to £500", "capped at £500"."""
    figure, body = statement.figure, statement.release.body
    before = body[max(figure.sentence.start, figure.span.start - _LIMIT_WITHIN) : figure.span.start]
    return figure.qualifier == "up to" or _LIMIT.search(before) is not None


def names_instead(asked: Asked, best: Statement, rival: Statement, figures: Figures) -> bool:
    """Return True if a rival is of the thing that the question names, and the best statement is of another.

    The rival's own words have all of the question's that the best one's have, and more: what it counts, where the other
    counts nothing that is asked about, or the word that tells two things of one class apart. "No arrests" needs no
    other words than what it counts, and "none of the 36 boats carried drugs" only those of its sentence.
    """
    subject = asked.subject(best.published)
    counted, other = counted_stems(rival) - NEUTRAL, counted_stems(best) - NEUTRAL
    if not rival.figure.value and (
        (counted and counted <= subject and other and not other & subject)
        or sentence_words(rival) & subject > sentence_words(best) & subject
    ):
        return True
    head = _head_of(asked.text) if not is_cell(best) else frozenset()  # what a cell counts stands above its table
    if head and other and not head & (sentence_words(best) | other) and head <= counted:
        return True  # "how many arrests for theft" counts no thefts
    own, better = own_words_of(best, figures), own_words_of(rival, figures)
    if best.figure.sentence == rival.figure.sentence:
        if other_place(asked.text, better, own):
            return True
    elif other_in_order(asked.text, *(each.figure.sentence.of(each.release.body) for each in (rival, best))):
        return True
    if figure_for(rival.release.body, rival.figure.sentence) and subject & better.stems - own.stems:
        return True  # "The figure for motorcyclists was 6,030": it was issued, too
    if not fits_better(subject, better, own):
        return False
    named = bool(counted) and counted <= subject and not counted <= own.stems
    body, sentence = best.release.body, best.figure.sentence
    if sentence == rival.figure.sentence and _RESPECTIVELY.search(body, sentence.start, sentence.end):
        return True
    return (named and bool(other) and not other & subject) or other_thing(asked.text, better, own, "")


def is_cell(statement: Statement) -> bool:
    """Return True if a figure stands in a row of a table."""
    return statement.release.body.startswith("|", statement.figure.sentence.start)


def _head_of(question: str) -> frozenset[str]:
    """Return the stem of the noun that a question counts, without one for people and measures of time."""
    found = _HEAD.search(question)
    return frozenset(stems(found["head"])) - _ANY_HEAD if found else frozenset()


def sentence_words(statement: Statement) -> frozenset[str]:
    """Return the stems of the words of a statement's sentence."""
    return frozenset(stems(statement.figure.sentence.of(statement.release.body)))


def counted_stems(statement: Statement) -> frozenset[str]:
    """Return the stems of the words for what a statement counts; none if it does not say so."""
    span = statement.figure.counted
    return frozenset(stems(span.of(statement.release.body))) if span else frozenset()
