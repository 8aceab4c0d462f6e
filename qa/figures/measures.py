"""Whether two statements are of the same measure.

The anchor is the statement of the best answer: other statements are compared with it, by what the reader made of them
and by the words around them.
"""

import re

from index.text.terms import content_stems, stems
from index.types import Figure, Hit, Passage
from qa.figures.other_things import names_of, other_thing
from qa.figures.own_words import fits_better, own_words, with_title
from qa.figures.said_of_table import is_of_other_table
from qa.figures.statements import (
    Statement,
    counted_stems,
    is_cell,
    own_words_of,
    same_kind,
    same_number,
    sentence_words,
)
from qa.question import NEUTRAL, Asked
from qa.reading.reader import ScoreLimits
from qa.types import Figures

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

_EVERY_YEAR = re.compile(
    r"\b(?:(?:autumn|spring|pre-budget)\s(?:statement|forecast|report)|(?:mini-)?budget(?!s|\w)|spending\s(?:review|round)"
    r"|(?:king|queen)[’']s\sspeech)\b",
    re.IGNORECASE,
)
"""An occasion that comes round: without a year, that of the time of the release is meant."""

_YEAR = 366


def same_measure(asked: Asked, anchor: Statement, other: Statement, limits: ScoreLimits) -> bool:
    """Return True if another statement is of the same measure: its score and the words around it both say so.

    The same number of the same unit, in a release on the same subject, hardly measures something else, so a lower score
    or fewer words are enough for it. Another number must come near the anchor's score, unless its sentence says of it
    what the anchor's says; and its release must have the names that the question has from the anchor's passage.
    """
    a, b, score = anchor.figure, other.figure, other.span_score
    subject = asked.subject(anchor.published)
    shared = share_of_words(subject, anchor, other.hit.passage)
    both = is_cell(anchor) and is_cell(other)
    if both and is_of_other_table(asked.text, (anchor.release, a.span), (other.release, b.span)):
        return False
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
        and not _is_of_another_year(asked, anchor, other)
    )


def _is_of_another_year(asked: Asked, anchor: Statement, other: Statement) -> bool:
    """Return True if two statements of what an occasion brought are too far apart to be of the same one."""
    apart = abs((anchor.published - other.published).days)
    return apart > _YEAR and _EVERY_YEAR.search(asked.text) is not None


def _say_alike(anchor: Statement, other: Statement) -> bool:
    """Return True if the sentence of another statement has most of the words of the anchor's, numbers apart.

    A question for what was "removed" makes the reader doubt a later sentence that says "returned", though both say that
    of people with no right to stay, since the election.
    """
    sentence = anchor.figure.sentence.of(anchor.release.body)
    said = {each for each in content_stems(sentence) if each.isalpha()} - NEUTRAL
    return len(said) >= _FEW_WORDS and len(said & sentence_words(other)) >= _SAID_ALIKE * len(said)


def _says_all(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Return True if the sentence of another statement has all that the anchor's has of the question's words.

    "Delivered £3.75 billion of cash savings" is said of what "on track to deliver £9 billion in cash savings" is.
    """
    said = subject & sentence_words(anchor)
    return len(said) >= _FEW_OF_QUESTION and said <= sentence_words(other)


def _count_alike(subject: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Return True if both count the same thing, or one of them does not say what it counts.

    Only what the question names and the anchor counts is compared.
    """
    wanted = subject & counted_stems(anchor)
    found = counted_stems(other) - NEUTRAL
    return not wanted or not found or bool(wanted & found)


def _of_a_whole(statement: Statement) -> bool:
    """Return True if it counts some of what was counted elsewhere ("four of the charter flights")."""
    figure = statement.figure
    return (
        not figure.unit and figure.value >= 1 and _SOME_OF.match(statement.release.body, figure.number.end) is not None
    )


def has_names(asked: Asked, anchor: Statement, other: Statement) -> bool:
    """Return True if another release has every name that the question and the anchor's passage have."""
    named = names_of(asked.text) & _words(anchor.hit.passage)
    return named <= frozenset(stems(f"{other.release.title}\n{other.release.body}")) if named else True


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


def may_repeat(anchor: Statement, hit: Hit, figures: Figures) -> bool:
    """Return True if a passage has a figure of the anchor's number and unit."""
    return any(same_number(anchor.figure, each) for each in figures.get(hit.passage.id, ()))


def share_of_words(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that another passage has too."""
    named = subject & _words(anchor.hit.passage)
    return len(named & _words(passage)) / len(named) if named else 1.0


def share_of_release(subject: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that the release of another has."""
    named = subject & _words(anchor.hit.passage)
    return len(named & frozenset(stems(passage.release.body))) / len(named) if named else 1.0


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(stems(f"{passage.release.title}\n{passage.text}"))
