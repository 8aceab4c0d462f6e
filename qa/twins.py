"""Candidates of another thing of the class that a question asks about: of the upper lock, where it asks of the lower.

A reader finds the sentence that fits best in the wrong one of two releases that are alike, and takes the deputy for the
head. The words that tell things apart are held against the question's, as for figures in `qa.figures.own_words`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.figures.units import CURRENCY_CODES
from index.text.terms import content_stems, stems
from index.types import Span
from qa.facts.asked import RELATING
from qa.facts.offices import is_lesser_office, is_other_office
from qa.figures.conditions import lacks_condition
from qa.figures.covers import CONTRADICTED
from qa.figures.own_words import (
    in_order,
    names_of,
    own_words,
    said_of_another_place,
    said_of_several,
)
from qa.figures.statements import as_statement, same_kind
from qa.kinds_of_answer import is_of_another_kind, is_of_another_unit
from qa.opposites import is_former, is_of_opposite, is_of_other_side
from qa.other_releases import about_others, twin_releases, without_the_name
from qa.question import Asked
from qa.reading.lists import lists_in
from qa.types import Candidate, Figures
from qa.word_pairs import has_pair, pairs_in, twins_among

_LETTERED = re.compile(
    r"\b(?P<noun>class|grade|tier|phase|category|annex|schedule|band|type|stage|level|zone|lot)(?:es|s)?"
    r" (?P<letter>[a-h]|[1-9][0-9]?|i{1,3}|iv)\b",
    re.IGNORECASE,
)


_DOES = re.compile(r"\b(?:do|does|did)\b", re.IGNORECASE)
"""Questions for whom or what somebody did something to: then the twin may be the answer."""

_REFERS = re.compile(r"\b(?:it|its|they|their|he|she|his|her|this|these|both)\b", re.IGNORECASE)
_FOR_WHAT = re.compile(
    r"\s*what\b(?!\s(?:amount|sum)\b).*\b(?:pay for|spent on|go (?:to|towards)|used (?:for|to)|be for|fund)\W*$",
    re.IGNORECASE,
)
"""A question for what money is for: "What will the grant pay for?"."""


def hold_to_thing(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> list[Candidate]:
    """Return the candidates with those of another thing of its class last, and with next to no confidence.

    A release is of another thing if its title names one in the place of what the question names ("upper lock", "Saint
    Erlend"), no word of it has the question's own ("lower", "Olaf"), and another candidate's title or passage does. If
    another candidate's title does, by a name, it is enough that the sentence of the answer has not the question's own:
    a release about the Saint Olaf may say that she is the sister of the Saint Erlend. A person is another one if the
    question asks for the head of something, and the name is its deputy's; a figure, if it is said of one place and
    another figure of the passage is said of that which the question names, if it is that of several places together,
    or if nothing says of it what the question adds ("a year", "alone"). A sentence of the opposite of what the question
    names ("injured", not "killed") answers nothing, nor does a count where a share or money is asked for.
    No answer about one thing is a sentence that names its twin instead, nor what money is for an amount of it.
    """
    others = twin_releases(asked, candidates) | without_the_name(asked, candidates)
    lacking = about_others(asked, candidates)
    kept: list[Candidate] = []
    refused: list[Candidate] = []
    for each in candidates:
        is_other = (
            each.hit.passage.release.id in others
            or _lacks(each, lacking.get(each.hit.passage.release.id, frozenset()))
            or _is_deputy(asked, each)
            or is_other_office(asked.text, each.hit.passage.release, each.span, _sentence(each))
            or is_of_another_kind(asked.text, each.span.of(each.hit.passage.release.body))
            or _is_opposite(asked, each)
            or _is_of_another_unit(asked, each, figures)
            or _lacks_condition(asked, each, figures)
            or _is_elsewhere(asked, each, figures)
            or _is_other_item(asked, each)
            or _is_lettered_otherwise(asked, each)
            or _is_other_in_order(asked, each)
            or _is_said_of_twin(asked, each)
            or _is_price_of_purpose(asked, each, figures)
        )
        if is_other:
            refused.append(replace(each, confidence=CONTRADICTED * each.confidence))
        else:
            kept.append(each)
    if kept and refused and refused[0].hit is candidates[0].hit and refused[0].span == candidates[0].span:
        kept[0] = _in_its_place(asked, kept[0], candidates[0], figures)
    return [*kept, *refused]


def _in_its_place(asked: Asked, candidate: Candidate, best: Candidate, figures: Figures) -> Candidate:
    """Return a candidate, as sure as the best one was, if that one is the like figure of another place beside it.

    Reading found the measure, and the place tells which of its numbers: in "Aldmoor saw 150 arrests. For Brackley the
    total was 220" it sees no arrests in the second sentence.
    """
    one, other = as_statement(asked, best, figures), as_statement(asked, candidate, figures)
    passage = candidate.hit.passage
    if one is None or other is None or passage.id != best.hit.passage.id or not _is_elsewhere(asked, best, figures):
        return candidate
    named = names_of(asked.text) & own_words(passage, other.figure, figures[passage.id]).stems
    counts = one.figure.counted == other.figure.counted and same_kind(one.figure, other.figure)
    return replace(candidate, confidence=max(candidate.confidence, best.confidence)) if named and counts else candidate


def without_twins(asked: Asked, best: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are of the thing that the best one is of, as far as the words around them tell.

    What is said of the lower reservoir does not change what was said of the upper one. The words of the answers
    themselves tell nothing, as they may differ.
    """
    words = frozenset(stems(asked.text))
    pairs = set(_things(asked.text)) & set(_things(_around(best, _sentence(best).start)))
    return [
        each
        for each in candidates
        if each.hit.passage.release.id == best.hit.passage.release.id
        or not any(_is_twin_in(pair, each, words) for pair in pairs)
    ]


def _is_twin_in(pair: tuple[str, str], candidate: Candidate, words: frozenset[str]) -> bool:
    """Return True if a candidate's sentence or title has another first word of a pair, and its passage not its own."""
    said = _things(_around(candidate, _sentence(candidate).start))
    others = [first for first, second in said if second == pair[1] and first not in words]
    return bool(others) and pair[0] not in stems(_around(candidate, candidate.hit.passage.span.start))


def _things(text: str) -> list[tuple[str, str]]:
    """Return the stems of each word of a text with the one after it, where both may name a thing: no deeds."""
    return [(each.first, each.second) for each in pairs_in(text) if not {each.first, each.second} & RELATING]


def _around(candidate: Candidate, start: int) -> str:
    """Return the title of a candidate's release and what stands in it from ``start`` on, but for its own words."""
    release, span = candidate.hit.passage.release, candidate.span
    end = max(span.end, _sentence(candidate).end)
    return " … ".join([release.title, release.body[start : span.start], release.body[span.end : end]])


def _is_deputy(asked: Asked, candidate: Candidate) -> bool:
    return is_lesser_office(asked.text, candidate.hit.passage.release.body, candidate.span, _sentence(candidate))


def _lacks(candidate: Candidate, words: frozenset[str]) -> bool:
    """Return True if there are such words, and the sentence of a candidate has not all of them."""
    return bool(words) and not words <= frozenset(stems(_sentence(candidate).of(candidate.hit.passage.release.body)))


def _sentence(candidate: Candidate) -> Span:
    passage, span = candidate.hit.passage, candidate.span
    return next((each for each in passage.sentences if each.start <= span.start < each.end), span)


def _is_opposite(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence is of the injured or an opening, where a question is of the dead or a closing date.

    So it is if a name is that of the one who was followed, where the question asks who followed.
    """
    passage = candidate.hit.passage
    body, sentence = passage.release.body, _sentence(candidate).of(passage.release.body)
    answer = candidate.span.of(body)
    return (
        is_of_other_side(asked.text, sentence, answer)
        or is_former(asked.text, sentence, answer)
        or is_of_opposite(asked.text, sentence, f"{passage.release.title}\n{passage.text}")
    )


def _is_of_another_unit(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    passage, span = candidate.hit.passage, candidate.span
    stated = [
        figure
        for figure in figures.get(passage.id, ())
        if figure.number.start < span.end and span.start < figure.number.end
    ]
    body = passage.release.body
    return bool(stated) and all(
        is_of_another_unit(asked.text, span.of(body), each, body[each.number.end : each.sentence.end])
        for each in stated
    )


def _lacks_condition(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    passage = candidate.hit.passage
    lacks = lacks_condition(asked.text, f"{passage.release.title}\n{passage.text}")
    return lacks and as_statement(asked, candidate, figures) is not None


def _is_elsewhere(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    passage = candidate.hit.passage
    found = as_statement(asked, candidate, figures)
    beside = figures.get(passage.id, ())
    return found is not None and (
        said_of_another_place(asked.text, passage, found.figure, beside)
        or (asked.wants_figure and said_of_several(asked.text, passage, found.figure, beside))
    )


def _is_lettered_otherwise(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence is of another class, tier or phase than the question, by its letter or number."""
    wanted = _lettered(asked.text)
    told = _lettered(_sentence(candidate).of(candidate.hit.passage.release.body)) if wanted else {}
    return any(told.get(noun) and not told[noun] & letters for noun, letters in wanted.items())


def _is_other_in_order(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence is of another one in a row: of the first trial, where the question is of the second."""
    wanted = in_order(asked.text)
    told = in_order(_sentence(candidate).of(candidate.hit.passage.release.body)) if wanted else {}
    return any(told.get(noun) and not told[noun] & places for noun, places in wanted.items())


def _is_said_of_twin(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence names a twin of what the question names, which is named elsewhere in the passage.

    "The Cyber Council, whose director is Ann Roe" does not say who directs the Data Council. A sentence that refers to
    one before it may be of either.
    """
    release = candidate.hit.passage.release
    sentence = _sentence(candidate).of(release.body)
    if asked.wants_figure or _DOES.search(asked.text) or _REFERS.search(sentence):
        return False
    wanted = {pair for pair in pairs_in(asked.text) if pair.is_name}
    said = {pair for pair in pairs_in(sentence) if pair.is_name} if wanted else set()
    if not said:
        return False
    words, has = frozenset(stems(asked.text)), frozenset(stems(sentence))
    near = set(pairs_in(f"{release.title}. {candidate.hit.passage.text}"))
    return any(has_pair(pair, near) and twins_among(pair, said, words) - has for pair in wanted)


def _is_price_of_purpose(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    """Return True if a question asks what money is for, and the answer is no more than an amount of it."""
    if not _FOR_WHAT.match(asked.text):
        return False
    found = as_statement(asked, candidate, figures)
    return found is not None and found.figure.unit in CURRENCY_CODES and not found.figure.change


def _lettered(text: str) -> dict[str, set[str]]:
    """Return the letters and numbers that a text has after each noun of `_LETTERED`, in lower case."""
    found: dict[str, set[str]] = {}
    for match in _LETTERED.finditer(text):
        found.setdefault(match["noun"].lower(), set()).add(match["letter"].lower())
    return found


def _is_other_item(asked: Asked, candidate: Candidate) -> bool:
    release, span = candidate.hit.passage.release, candidate.span
    body = release.body
    found = next(
        ((each, item) for each in lists_in(body) for item in each.items if item.start <= span.start < item.end), None
    )
    if found is None or span.end > found[1].end:
        return False
    whole, own = found
    known = frozenset(stems(f"{release.title} {whole.lead.of(body) if whole.lead else ''}"))
    words = frozenset(content_stems(asked.text)) - known
    mine = words & frozenset(stems(own.of(body)))
    return any(mine < words & frozenset(stems(item.of(body))) for item in whole.items if item != own)
