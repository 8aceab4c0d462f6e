"""Candidates of another thing of the class that a question asks about: of the upper lock, where it asks of the lower.

A reader finds the sentence that fits best in the wrong one of two releases that are alike, and takes the deputy for the
head. The words that tell things apart are held against the question's, as for figures in `qa.figures.own_words`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from index.figures.units import CURRENCY_CODES
from index.text.number_words import ONES
from index.text.terms import content_stems, stems
from index.types import Figure, Span
from qa.facts.asked import RELATING
from qa.facts.offices import is_lesser_office, is_other_office
from qa.facts.values import value_of
from qa.figures.conditions import lacks_condition
from qa.figures.hold_to_time import as_sure_as, refused
from qa.figures.other_things import in_order, names_of, says_others
from qa.figures.own_places import said_of_another_place, said_of_several
from qa.figures.own_words import own_words, referred_to
from qa.figures.statements import as_statement, same_kind
from qa.kinds_of_answer import is_of_another_kind, is_of_another_unit
from qa.opposites import asked_change, asks_when, is_former, is_of_opposite, is_of_other_side
from qa.other_releases import about_others, of_other_tables, twin_releases, without_the_name
from qa.places import is_of_other_country, is_of_unknown_place
from qa.question import Asked
from qa.reading.lists import lists_in
from qa.types import Candidate, Figures
from qa.word_pairs import Pair, has_pair, pairs_in, twins_among

_LETTERED = re.compile(
    r"\b(?P<noun>class|grade|tier|phase|category|annex|schedule|band|type|stage|level|zone|lot)(?:es|s)?"
    r" (?P<letter>[a-h]|[1-9][0-9]?|i{1,3}|iv)\b",
    re.IGNORECASE,
)
"""A noun with the letter or number that tells it from its like: "class B", "phase 2"."""

_DIGITS: Final = {word: str(number) for word, number in ONES.items()}
_SIZED = re.compile(
    rf"\b(?P<number>{'|'.join(_DIGITS)}|[0-9]{{1,2}})-(?P<noun>bed|berth|lane|storey|star|seat|person|wheel|hour"
    r"|tier)(?:room|s)?\b",
    re.IGNORECASE,
)
"""A number that tells things of a kind apart, in a compound."""

_DOES = re.compile(r"\b(?:who|whom|what|which)\b.*\b(?:do|does|did)\b", re.IGNORECASE)
"""Questions for whom or what somebody did something to: then the twin may be the answer, but not to when it was."""

_REFERS = re.compile(r"\b(?:it|its|they|their|he|she|his|her|this|these|both)\b", re.IGNORECASE)
"""Words that refer to what was named before."""

_FOR_WHAT = re.compile(
    r"\s*what\b(?!\s(?:amount|sum)\b).*\b(?:pay for|spent on|go (?:to|towards)|used (?:for|to)|be for|fund)\W*$",
    re.IGNORECASE,
)
"""A question for what money is for: "What will the grant pay for?"."""


def hold_to_thing(asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> list[Candidate]:
    """Return the candidates with those of another thing of its class last, and with next to no confidence.

    A release is of another thing if its title names one in the place of what the question names ("upper lock",
    "Saint Erlend"), no word of it has the question's own ("lower", "Olaf"), and another candidate's title or
    passage does. If another candidate's title does, by a name, it is enough that the sentence of the answer has not
    the question's own: a release about the Saint Olaf may say that she is the sister of the Saint Erlend. A person
    is another one if the question asks for the head of something, and the name is its deputy's; a figure, if it is
    said of one place and another figure of the passage is said of that which the question names, if it is that of
    several places together, or if nothing says of it what the question adds ("a year", "alone"). A sentence of the
    opposite of what the question names ("injured", not "killed") answers nothing, nor does a count where a share or
    money is asked for, a rise where it is a fall, or what is said of another country or place. Nor does a sentence that
    names a twin instead, or another one by its number ("phase 2", "the second trial"), an item of a list of which
    another item has more of the question's words, or an amount of money where it is asked what the money is for.
    """
    others = twin_releases(asked, candidates) | without_the_name(asked, candidates) | of_other_tables(asked, candidates)
    lacking = about_others(asked, candidates)
    kept: list[Candidate] = []
    left_out: list[Candidate] = []
    for each in candidates:
        is_other = (
            each.hit.passage.release.id in others
            or _lacks(each, lacking.get(each.hit.passage.release.id, frozenset()))
            or _is_deputy(asked, each)
            or is_other_office(asked.text, each.hit.passage.release, each.span, _sentence(each))
            or is_of_another_kind(asked.text, each.span.of(each.hit.passage.release.body))
            or _is_opposite(asked, each)
            or _is_of_other_place(asked, each, figures)
            or _is_of_other_change(asked, each, figures)
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
            left_out.append(replace(refused(each), is_other=True))
        else:
            kept.append(each)
    if kept and left_out and left_out[0].hit is candidates[0].hit and left_out[0].span == candidates[0].span:
        kept[0] = _in_its_place(asked, kept[0], candidates[0], figures)
    return [*kept, *left_out]


def _in_its_place(asked: Asked, candidate: Candidate, best: Candidate, figures: Figures) -> Candidate:
    """Return a candidate, as sure as the best one was, if that one is the like figure of another place beside it.

    Reading found the measure, and the place tells which of its numbers: in "Aldmoor saw 150 arrests. For Brackley the
    total was 220" it sees no arrests in the second sentence. So it is with a day that is said of what is asked about,
    where the best one is said of its twin beside it.
    """
    one, other = as_statement(asked, best, figures), as_statement(asked, candidate, figures)
    passage = candidate.hit.passage
    if _is_day_of_thing(asked, candidate, best):
        return as_sure_as(best, candidate)
    if one is None or other is None or passage.id != best.hit.passage.id or not _is_elsewhere(asked, best, figures):
        return candidate
    named = names_of(asked.text) & own_words(passage, other.figure, figures[passage.id]).stems
    counts = one.figure.counted == other.figure.counted and same_kind(one.figure, other.figure)
    return as_sure_as(best, candidate) if named and counts else candidate


def _is_day_of_thing(asked: Asked, candidate: Candidate, best: Candidate) -> bool:
    """Return True if the best candidate is a day of a twin, and another one a day of what the question names."""
    passage = candidate.hit.passage
    if passage.id != best.hit.passage.id or asked.wants_figure or not _is_said_of_twin(asked, best):
        return False
    body, sentence = passage.release.body, _sentence(candidate)
    named = {pair for pair in pairs_in(asked.text) if pair.is_name} & set(pairs_in(sentence.of(body)))
    days = (value_of(body, each.span, _sentence(each), passage.release.published) for each in (candidate, best))
    return bool(named) and all(each.kind == "day" for each in days)


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
    return candidate.hit.passage.sentence_at(candidate.span)


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


def _is_of_other_place(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    passage = candidate.hit.passage
    sentence = _sentence(candidate).of(passage.release.body)
    if is_of_other_country(asked.text, sentence, f"{passage.release.title}\n{passage.text}"):
        return True
    unknown = is_of_unknown_place(asked.text, _sentence(candidate), passage.release)
    return unknown and bool(_stated(candidate, figures))


def _is_of_other_change(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    """Return True if all figures of an answer are rises, and the question asks for a fall, or the other way round."""
    wanted = asked_change(asked.text)
    stated = _stated(candidate, figures) if wanted is not None else []
    return bool(stated) and all(each.change not in (None, wanted) for each in stated)


def _stated(candidate: Candidate, figures: Figures) -> list[Figure]:
    """Return the figures of whose numbers an answer has a part at least."""
    return [each for each in figures.get(candidate.hit.passage.id, ()) if each.number.touches(candidate.span)]


def _is_of_another_unit(asked: Asked, candidate: Candidate, figures: Figures) -> bool:
    stated, span, body = _stated(candidate, figures), candidate.span, candidate.hit.passage.release.body
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
    """Return True if a sentence is of another class, tier or phase than the question, by its letter or number.

    So it is if it is of two-bedroom homes, where the question is of three-bedroom ones.
    """
    sentence = _sentence(candidate).of(candidate.hit.passage.release.body)
    return says_others(_lettered(asked.text), _lettered(sentence)) or says_others(
        _sized(asked.text.replace(" ", "-")), _sized(sentence)
    )


def _sized(text: str) -> dict[str, set[str]]:
    """Return the numbers that a text has in compounds, by their noun: "two-bedroom", "2-bed"."""
    found: dict[str, set[str]] = {}
    for match in _SIZED.finditer(text):
        number = match["number"].lower()
        found.setdefault(match["noun"].lower(), set()).add(_DIGITS.get(number, number))
    return found


def _is_other_in_order(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence is of another one in a row: of the first trial, where the question is of the second."""
    wanted = in_order(asked.text)
    told = in_order(_sentence(candidate).of(candidate.hit.passage.release.body)) if wanted else {}
    return says_others(wanted, told)


def _is_said_of_twin(asked: Asked, candidate: Candidate) -> bool:
    """Return True if a sentence names a twin of what the question names, which is named elsewhere in the passage.

    "The Cyber Council, whose director is Ann Roe" does not say who directs the Data Council. A sentence that refers to
    one before it ("It will reopen in May") is of what that one names; it may be of either if it refers otherwise. For a
    figure the last word of both names must be the same: "Fenwick Centre" for "Marsden Centre".
    """
    release = candidate.hit.passage.release
    span = _sentence(candidate)
    sentence = span.of(release.body)
    before = referred_to(candidate.hit.passage, span)
    does = _DOES.search(asked.text) is not None and not asks_when(asked.text)
    if not asked.wants_figure and (does or (_REFERS.search(sentence) and not before)):
        return False
    sentence = " ".join([*(each.of(release.body) for each in before), sentence])
    wanted = {pair for pair in pairs_in(asked.text) if pair.is_name}
    said = {pair for pair in pairs_in(sentence) if pair.is_name} if wanted else set()
    if not said:
        return False
    words, has = frozenset(stems(asked.text)), frozenset(stems(sentence))
    if asked.wants_figure:
        other = [
            pair for pair in wanted if pair.first not in has and any(_ends_alike(pair, each, words) for each in said)
        ]
    else:
        other = [pair for pair in wanted if twins_among(pair, said, words) - has]
    # Last, as a passage has many pairs, and there are many candidates.
    near = set(pairs_in(f"{release.title}. {candidate.hit.passage.text}")) if other else set()
    return any(has_pair(pair, near) for pair in other)


def _ends_alike(pair: Pair, other: Pair, words: frozenset[str]) -> bool:
    return other.second == pair.second and other.first not in words


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
    """Return True if another item of the list has all of the question's words that the answer's own has, and more."""
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
