"""Statements of figures, and which of them are of the same measure.

The anchor is the statement of the best answer: other statements are compared with it. Long because all that makes two
statements one measure, or keeps them apart, is held together here.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.text.terms import content_stems, stems
from index.types import Figure, Hit, Passage, Release, Span
from qa.figures.own_words import (
    Own,
    fits_better,
    names_of,
    other_in_order,
    other_place,
    other_thing,
    own_words,
    with_title,
)
from qa.question import NEUTRAL, Asked
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

SHARED = 0.6
"""Of the question's words found in the anchor's passage, the share that another passage must also contain.

Chosen on 39 development timelines of GOV.UK and four of the sample, by the F1 that their members had then: 0.841 and
0.950 at 0.6, 0.837 and 0.950 at 0.5 and 0.4, 0.829 and 0.867 at 0.7.
"""

_SHARED_OF_SAME = 0.4
"""The lower share of those words that is enough if a passage repeats the anchor's number and the reader believes it.

From 0.2 to 0.6 the F1 on the same timelines does not change: no labelled timeline decides the value.
"""

_DOUBTED = 5.0
"""How far below the score that is believed another number may be whose sentence says the same as the anchor's."""

_SAID_ALIKE = 0.5
"""Of the words of the anchor's sentence, the share that the other one must have for that."""

_FEW_WORDS = 4
"""A sentence of fewer words is like others by chance."""

_FEW_OF_QUESTION = 3
"""Fewer words of a question are shared by sentences on other things, too."""

_MANY = 1_000_000
"""From here on two digits are enough to tell a number from those of other things: "£4.5 billion"."""

_SOME_OF = re.compile(r"\s+of\s+(?:the|these|those|them|which|whom|its|our|their)\b", re.IGNORECASE)
"""Words after a number that make it a part of something counted elsewhere: "four of the charter flights"."""


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
        if figure.number.start < span.end
        and span.start < figure.number.end
        # "230" is not what "none of the 230" states
        and (figure.value or span.start <= figure.number.start)
    ]
    if not touched:
        return None
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


def find_restated(subject: frozenset[str], anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the statement with which a sentence of another release repeats the anchor's number; None without one.

    The sentence and its passage must share enough of the stems that say what the question is about (``subject``). Of a
    number that few things have ("£4.5 billion", "1,439") less is enough.
    """
    named = subject & frozenset(stems(anchor.figure.sentence.of(anchor.release.body)))
    enough = _SHARED_OF_SAME if telling(anchor.figure) else SHARED
    for figure in figures.get(hit.passage.id, ()):
        if same_number(anchor.figure, figure) and named:
            release = hit.passage.release
            said = frozenset(stems(f"{release.title}\n{figure.sentence.of(release.body)}"))
            if len(named & said) >= enough * len(named) and share_of_words(subject, anchor, hit.passage) >= enough:
                return Statement(hit, figure.number, figure)
    return None


def telling(figure: Figure) -> bool:
    """Return True if few other things have the same number: it has three digits, or is of millions and has two."""
    digits = len("".join(map(str, figure.value.as_tuple().digits)).strip("0"))
    return digits > 2 or (digits == 2 and figure.value >= _MANY)


def same_number(a: Figure, b: Figure) -> bool:
    """Return True if both figures are the same number, or range, of the same unit."""
    return (a.value, a.value_max, a.unit) == (b.value, b.value_max, b.unit)


def same_kind(a: Figure, b: Figure) -> bool:
    """Return True if both figures have the same unit, and both are levels or both are changes."""
    return a.unit == b.unit and (a.change is None) == (b.change is None)


def same_measure(asked: Asked, anchor: Statement, other: Statement, limits: ScoreLimits) -> bool:
    """Return True if another statement is of the same measure: its score and the words around it both say so.

    The same number of the same unit, in a release on the same subject, hardly measures something else, so a lower score
    or fewer words are enough for it. Another number must come near the anchor's score, unless its sentence says of it
    what the anchor's says; and its release must have the names that the question has from the anchor's passage.
    """
    a, b, score = anchor.figure, other.figure, other.span_score
    subject = asked.subject(anchor.published)
    shared = share_of_words(subject, anchor, other.hit.passage)
    if same_number(a, b):
        if score < limits.alone:
            return shared >= SHARED and score >= limits.repeated
        return shared >= _SHARED_OF_SAME or share_of_release(subject, anchor, other.hit.passage) >= SHARED
    return (
        shared >= SHARED
        and same_kind(a, b)
        and _of_a_whole(anchor) == _of_a_whole(other)
        and (
            score >= max(limits.alone, anchor.span_score - limits.below_best)
            or (score >= limits.alone - _DOUBTED and (_say_alike(anchor, other) or _says_all(subject, anchor, other)))
        )
        and _count_alike(subject, anchor, other)
        and has_names(asked, anchor, other)
    )


def _say_alike(anchor: Statement, other: Statement) -> bool:
    """Return True if the sentence of another statement has most of the words of the anchor's, numbers apart.

    A question for what was "removed" makes the reader doubt a later sentence that says "returned", though both say that
    of people with no right to stay, since the election.
    """
    sentence = anchor.figure.sentence.of(anchor.release.body)
    said = {each for each in content_stems(sentence) if each.isalpha()} - NEUTRAL
    return len(said) >= _FEW_WORDS and len(said & _sentence_words(other)) >= _SAID_ALIKE * len(said)


def _says_all(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Return True if the sentence of another statement has all that the anchor's has of the question's words.

    "Delivered £3.75 billion of cash savings" is said of what "on track to deliver £9 billion in cash savings" is.
    """
    said = subject & _sentence_words(anchor)
    return len(said) >= _FEW_OF_QUESTION and said <= _sentence_words(other)


def has_names(asked: Asked, anchor: Statement, other: Statement) -> bool:
    """Return True if another release has every name that the question and the anchor's passage have."""
    named = names_of(asked.text) & _words(anchor.hit.passage)
    return named <= frozenset(stems(f"{other.release.title}\n{other.release.body}")) if named else True


def own_words_of(statement: Statement, figures: Figures) -> Own:
    """Return the words that are a statement's own."""
    passage = statement.hit.passage
    return own_words(passage, statement.figure, figures.get(passage.id, ()))


def twins(asked: Asked, anchor: Statement, other: Statement, figures: Figures) -> bool:
    """Return True if two statements measure two things of one class, and the question is about the anchor's.

    So it is if the words that tell the things apart in the question are not those of the other statement, or if a
    figure beside it has them.
    """
    subject, passage = asked.subject(anchor.published), other.hit.passage
    ours, theirs = own_words_of(anchor, figures), own_words_of(other, figures)
    # The same number is hardly that of another thing: then all of the passage may say that it is the same.
    around = passage.text if same_number(anchor.figure, other.figure) else ""
    if other_thing(asked.text, with_title(ours, anchor.release.title), with_title(theirs, other.release.title), around):
        return True
    beside = [
        own_words(passage, each, figures.get(passage.id, ()))
        for each in figures.get(passage.id, ())
        if each.span != other.figure.span and same_kind(each, other.figure) and not same_number(each, other.figure)
    ]
    lacking = subject & ours.stems - theirs.stems
    return any(fits_better(subject, each, theirs) and lacking & each.stems for each in beside)


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
    counted, other = _counted(rival) - NEUTRAL, _counted(best) - NEUTRAL
    if not rival.figure.value and (
        (counted and counted <= subject and other and not other & subject)
        or _sentence_words(rival) & subject > _sentence_words(best) & subject
    ):
        return True
    if (head := _head_of(asked.text)) and other and not head & (_sentence_words(best) | other) and head <= counted:
        return True  # "how many arrests for theft" counts no thefts
    own, better = own_words_of(best, figures), own_words_of(rival, figures)
    if best.figure.sentence == rival.figure.sentence:
        if other_place(asked.text, better, own):
            return True
    elif other_in_order(asked.text, *(each.figure.sentence.of(each.release.body) for each in (rival, best))):
        return True
    if not fits_better(subject, better, own):
        return False
    named = bool(counted) and counted <= subject and not counted <= own.stems
    body, sentence = best.release.body, best.figure.sentence
    if sentence == rival.figure.sentence and _RESPECTIVELY.search(body, sentence.start, sentence.end):
        return True
    return (named and bool(other) and not other & subject) or other_thing(asked.text, better, own, "")


def _head_of(question: str) -> frozenset[str]:
    """Return the stem of the noun that a question counts, without one for people and measures of time."""
    found = _HEAD.search(question)
    return frozenset(stems(found["head"])) - _ANY_HEAD if found else frozenset()


def _sentence_words(statement: Statement) -> frozenset[str]:
    return frozenset(stems(statement.figure.sentence.of(statement.release.body)))


def share_of_words(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that another passage has too."""
    named = subject & _words(anchor.hit.passage)
    return len(named & _words(passage)) / len(named) if named else 1.0


def share_of_release(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that the release of another has."""
    named = subject & _words(anchor.hit.passage)
    return len(named & frozenset(stems(passage.release.body))) / len(named) if named else 1.0


def may_repeat(anchor: Statement, hit: Hit, figures: Figures) -> bool:
    """Return True if a passage has a figure of the anchor's number and unit."""
    return any(same_number(anchor.figure, each) for each in figures.get(hit.passage.id, ()))


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
