"""Statements of facts, and which of them are of the same fact.

The anchor is the statement of the best answer: other statements are compared with it. Two releases that answer a
question differently speak of one fact only if what the question names stands in both, and nothing sets them apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from index.text.dates import MONTHS, WEEKDAYS
from index.text.verbs import word_stems
from index.types import Hit, Passage, Release, Span
from qa.facts.asked import AskedFact, side_words
from qa.facts.changes import in_force, is_old, says_changed
from qa.facts.offices import holds_office
from qa.facts.values import Value, comparable, dates_in, names_in, say_the_same, value_of
from qa.reading.reader import ScoreLimits
from qa.types import Candidate

_MISSING: Final = 4
"""Of so many of the question's words one may be missing in the other release, if it is no name and no number."""

_YEAR_APART: Final = 300
"""Days from which two dates belong to two years' editions of a thing, unless the later release says that it changed."""

_ANOTHER = re.compile(
    r"\b(?:another|second|third|fourth|fifth|further|separate|fresh|follow-up|next|previous|new)[^\S\n]+"
    r"(?P<thing>(?:(?!(?:at|of|in|on|for|to|from)\b)[\w’'-]+[^\S\n]+)?[\w’'-]+)"
    r"(?=[^\S\n]+(?:at|of|in|into|on|for|to|from|about|will|is|has|opens?|closes?|ends?|starts?|begins?|meets?)\b|[.,:;\n]|$)",
    re.IGNORECASE,
)
"""Words that make a thing another than the one of that name."""

_EDITION = re.compile(
    r"\b(?:(?P<before>(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|\d+(?:st|nd|rd|th))\s+(?P<thing>[\w’'-]+)"
    r"|(?P<round>(?:phase|round|part|tranche|stage|wave|lot|year)\s(?:\d+|one|two|three|four|five|[IVX]+))"
    r"|(?P<named>[\w’'-]+)\s+(?P<after>(?:19|20)\d\d))\b",
    re.IGNORECASE,
)
"""A year or number that tells one edition of a thing from another: "the 2024 awards", "round 3"."""

_OF_NAME = re.compile(r"(?<![\w’'-])(?P<thing>[\w’'-]+)\s+(?:of|in|for|at|on)\s+(?:the\s+)?(?P<name>[A-Z][\w’'&-]*)")
_DATED: Final = word_stems(" ".join((*MONTHS, *WEEKDAYS)))
"""Stems of days and months, which are no names of places."""

_REFERS = re.compile(r"\W*(?:it|they|he|she|this|these|both|that)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a release states: the words ``span`` of its body, which stand in ``sentence``, and what they say.

    ``span_score`` and ``score`` are the reader's, as in `Candidate`.
    """

    hit: Hit
    span: Span
    sentence: Span
    value: Value
    span_score: float
    score: float

    @property
    def release(self) -> Release:
        """The release that states it."""
        return self.hit.passage.release

    @property
    def published(self) -> date:
        """The day of its release."""
        return self.release.published


def stated(candidate: Candidate, fact: AskedFact) -> Stated:
    """Return what a candidate's words state.

    If their sentence says that it holds no longer ("moved from 5 to 9 July"), it is what took its place.
    """
    release = candidate.hit.passage.release
    span, sentence = candidate.span, candidate.hit.passage.sentence_at(candidate.span)
    value = value_of(release.body, span, sentence, release.published)
    days = list(dates_in(release.body, sentence))
    if fact.wants_day and value.kind == "words" and span.start <= sentence.start and len(days) == 1:
        # A reader that finds whole sentences answers with the only date in one.
        value = value_of(release.body, days[0], sentence, release.published)
    elif fact.stands and fact.which == "latest":
        place = _current(fact, release, span, sentence, value)
        if place != span:
            span, value = place, value_of(release.body, place, sentence, release.published)
    return Stated(candidate.hit, span, sentence, value, candidate.span_score, candidate.score)


def _current(fact: AskedFact, release: Release, span: Span, sentence: Span, value: Value) -> Span:
    """Return the place of the one date or name in an answer, or beside it, that holds now; or the answer's own."""
    body, title = release.body, release.title
    if value.kind == "day":
        days = dates_in(body, sentence)
        return in_force(body, span, sentence, [day for day in days if day.end <= span.start or span.end <= day.start])
    if fact.wants_day:
        inside = list(dates_in(body, span))
    else:
        inside = [each for each in names_in(body, span) if not word_stems(each.of(body)) <= fact.topic]
    left = [each for each in inside if not is_old(body, each, sentence)]
    # "from Holmby to Port Ellis", "Northern Lines has taken over the ferry from Island Transport"
    wide = value.kind == "words" or len(left) < len(inside)
    told = says_changed(f"{title}\n{sentence.of(body)}")
    return left[0] if wide and told and len(left) == 1 else span


def holds_no_longer(statement: Stated) -> bool:
    """Return True if its own sentence says that what is stated holds no longer: "succeeded Jane Roe as chair"."""
    return is_old(statement.release.body, statement.span, statement.sentence)


def takes_place_of(fact: AskedFact, new: Stated, old: Stated) -> bool:
    """Return True if two things of one sentence may have taken each other's place; a title alone is no name."""
    named = word_stems(new.value.text) - fact.topic
    return bool(named) and comparable(old.value, new.value) and not say_the_same(old.value, new.value)


def may_change(fact: AskedFact, anchor: Stated) -> bool:
    """Return True if the answer is one that a later release may change, and it is clear enough what it is about."""
    if anchor.value.kind == "words":
        return False
    if fact.office:
        return _holds(fact.office, anchor)
    named = fact.topic & _words(fact, anchor.hit.passage)
    clear = len(named) >= 2 or bool(named & fact.names)
    return clear and (_nearly_all(fact.topic, named) or _has_name(fact, _sentence_words(anchor)))


def worth_reading(fact: AskedFact, anchor: Stated, hits: Sequence[Hit], most: int) -> list[Hit]:
    """Return the hits likeliest to state the anchor's fact, best first: one for each release, at most ``most``."""
    named = fact.topic & _words(fact, anchor.hit.passage)
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.passage.id)):
        passage = hit.passage
        dated = anchor.value.kind != "day" or any(dates_in(passage.release.body, passage.span))
        if dated and passage.release.id != anchor.release.id and _covered(fact, named, _words(fact, passage)):
            best.setdefault(passage.release.id, hit)
    return list(best.values())[:most]


def same_fact(fact: AskedFact, anchor: Stated, other: Stated, limits: ScoreLimits) -> bool:
    """Return True if two releases state one fact, alike or differently."""
    earlier, later = sorted((anchor, other), key=lambda each: each.published)
    told = _tells_of_change(earlier, later)
    changed = told or says_changed(_said_of(later))
    if not comparable(anchor.value, other.value) or not _about_the_same(
        fact, anchor, other, told=told, changed=changed
    ):
        return False
    if not (fact.stands or told or (changed and anchor.value.kind == "day")):
        return False
    if other.span_score < _lowest(fact, anchor, other, limits, told=told, changed=changed):
        return False
    if not changed and not fact.office and not all(_speaks_of_topic(fact, each) for each in (anchor, other)):
        return False
    sides = all(_same_side(fact, each, changed=changed) for each in (anchor, other))
    alike = sides and _same_relation(fact, anchor, other, changed=changed)
    return alike and not _other_edition(fact, earlier, later, changed=changed)


def was_changed(fact: AskedFact, anchor: Stated, other: Stated, limits: ScoreLimits) -> bool:
    """Return True if two releases state one fact differently, and the later one says that it changed."""
    if say_the_same(anchor.value, other.value) or not same_fact(fact, anchor, other, limits):
        return False
    earlier, later = sorted((anchor, other), key=lambda each: each.published)
    return _tells_of_change(earlier, later) or says_changed(_said_of(later))


def _lowest(fact: AskedFact, anchor: Stated, other: Stated, limits: ScoreLimits, *, told: bool, changed: bool) -> float:
    """Return the score from which another statement is believed; what stands beside the answer needs less."""
    beside = anchor.value.kind == "day" and other.published < anchor.published
    if told or (changed and (beside or _says_it_all(fact, other))):
        return limits.repeated
    return limits.alone if changed or fact.office else max(limits.alone, anchor.span_score - limits.below_best)


def _tells_of_change(earlier: Stated, later: Stated) -> bool:
    """Return True if the later sentence names what the earlier one states as what holds no longer."""
    body, sentence = later.release.body, later.sentence
    at = body.find(earlier.value.text, sentence.start, sentence.end)
    if at >= 0 and is_old(body, Span(at, at + len(earlier.value.text)), sentence):
        return True
    if earlier.value.kind != "day":
        return False
    old = (day for day in dates_in(body, sentence) if is_old(body, day, sentence))
    return any(say_the_same(earlier.value, value_of(body, day, sentence, later.published)) for day in old)


def _about_the_same(fact: AskedFact, anchor: Stated, other: Stated, *, told: bool, changed: bool) -> bool:
    if fact.office:
        return _holds(fact.office, anchor) and _holds(fact.office, other)
    named = fact.topic & _words(fact, anchor.hit.passage)
    words = _words_up_to(fact, other)
    # Who "takes over from the Trust" need not say again of what, if it is the same place.
    enough = told and anchor.value.kind == "name" and fact.names & named and fact.names & named <= words
    enough = enough or (changed and all(_has_name(fact, _sentence_words(each)) for each in (anchor, other)))
    if not enough and not _covered(fact, named, words):
        return False
    earlier, later = sorted((anchor, other), key=lambda each: each.published)
    return not _is_another(fact, later, earlier) and not _named_apart(fact, anchor, other)


def _has_name(fact: AskedFact, words: frozenset[str]) -> bool:
    """Return True if the question has a name of two words or more, and all of it is among the words."""
    return len(fact.names) > 1 and fact.names <= words


def _holds(office: str, stated: Stated) -> bool:
    return holds_office(office, stated.release, stated.span, stated.sentence)


def _covered(fact: AskedFact, named: frozenset[str], words: frozenset[str]) -> bool:
    """Return True if nearly all that the question names stands among the words, and every name of it."""
    return _nearly_all(named, named & words) and fact.names & named <= words


def _nearly_all(wanted: frozenset[str], found: frozenset[str]) -> bool:
    return len(wanted) - len(found) <= len(wanted) // _MISSING


def _words(fact: AskedFact, passage: Passage) -> frozenset[str]:
    return _stems_of(fact, passage, passage.span.end)


def _words_up_to(fact: AskedFact, stated: Stated) -> frozenset[str]:
    """Return the stems of the title and of the passage as far as the sentence: what it can refer to."""
    return _stems_of(fact, stated.hit.passage, stated.sentence.end)


def _stems_of(fact: AskedFact, passage: Passage, end: int) -> frozenset[str]:
    """Return the stems of the title and the passage up to ``end``; an abbreviation counts as the name it stands for."""
    body = passage.release.body
    lead = passage.lead.of(body) if passage.lead else ""
    text = f"{passage.release.title}\n{lead}\n{body[passage.span.start : end]}"
    return word_stems(text).union(*(name for short, name in fact.short_names if short in text))


def _said_of(stated: Stated) -> str:
    """Return the title, the sentence and the one before it: where a release says that something changed."""
    return "\n".join([stated.release.title, *_before(stated), stated.sentence.of(stated.release.body)])


def _before(stated: Stated) -> list[str]:
    """Return the sentence before, if its passage has one."""
    before = [each for each in stated.hit.passage.sentences if each.end <= stated.sentence.start]
    return [each.of(stated.release.body) for each in before[-1:]]


def _is_another(fact: AskedFact, later: Stated, earlier: Stated) -> bool:
    """Return True if the later release speaks of another thing of the same name: "a second consultation on sales"."""
    before = _said_of(earlier).lower()
    return any(
        fact.topic & word_stems(match["thing"]) and match.group().split()[0].lower() not in before
        for match in _ANOTHER.finditer(_said_of(later))
    )


def _named_apart(fact: AskedFact, anchor: Stated, other: Stated) -> bool:
    """Return True if a name after what both speak of tells them apart: "the panel for Kent", "the panel for Essex"."""
    a, b = (_names_of(fact, each) for each in (anchor, other))
    return bool(b) and not b <= _words(fact, anchor.hit.passage) and not (a & b)


def _names_of(fact: AskedFact, stated: Stated) -> frozenset[str]:
    text, value = stated.sentence.of(stated.release.body), word_stems(stated.value.text)
    found = (word_stems(match["name"]) for match in _OF_NAME.finditer(text) if fact.topic & word_stems(match["thing"]))
    return frozenset().union(*found) - value - _DATED


def _other_edition(fact: AskedFact, earlier: Stated, later: Stated, *, changed: bool) -> bool:
    """Return True if they speak of two years', rounds' or terms' things of one name."""
    a, b = (_editions(fact, each) for each in (earlier, later))
    if a and b and not a & b:
        return True
    if changed:
        return False
    first, last = earlier.value.last, later.value.last
    if earlier.value.kind == "day":
        # What was over when the later release came out cannot have been moved by it.
        if first is None or last is None or first < later.published:
            return True
        exact = earlier.value.start == first and later.value.start == last
        return exact and abs((last - first).days) > _YEAR_APART
    return fact.side == "event" and (later.published - earlier.published).days > _YEAR_APART


def _editions(fact: AskedFact, stated: Stated) -> frozenset[str]:
    text = f"{stated.release.title}\n{stated.sentence.of(stated.release.body)}"
    return frozenset(
        (match["round"] or match["before"] or match["after"]).lower()
        for match in _EDITION.finditer(text)
        if match["round"] or fact.topic & word_stems(match["thing"] or match["named"])
    )


def _same_side(fact: AskedFact, other: Stated, *, changed: bool) -> bool:
    """Return True if the other sentence speaks of the same day of the thing: not its end if its start is asked for."""
    if fact.side is None or fact.side == "event" or other.value.kind != "day":
        return True
    words = word_stems(other.sentence.of(other.release.body))
    by = fact.side == "end" and "by" in words
    if by or words & side_words(fact.side):
        return True
    return changed and not words & side_words("end" if fact.side == "start" else "start")


def _says_it_all(fact: AskedFact, stated: Stated) -> bool:
    """Return True if one sentence holds all that the question names, and how the name belongs to it.

    Where it has two words of a name, the other words for what the question is about may be left out.
    """
    words = _sentence_words(stated)
    return (fact.topic <= words or _has_name(fact, words)) and (not fact.relation or bool(fact.relation & words))


def _sentence_words(stated: Stated) -> frozenset[str]:
    """Return the stems of a sentence, and of the one before if it refers to that: "It is now due in May"."""
    text = stated.sentence.of(stated.release.body)
    return word_stems(" ".join([*(_before(stated) if _REFERS.match(text) else ()), text]))


def _speaks_of_topic(fact: AskedFact, stated: Stated) -> bool:
    """Return True if the sentence names something that the question names, or refers to the sentence before it."""
    text = stated.sentence.of(stated.release.body)
    return bool(fact.topic & word_stems(text)) or _REFERS.match(text) is not None


def _same_relation(fact: AskedFact, anchor: Stated, other: Stated, *, changed: bool) -> bool:
    """Return True if both sentences say how the name belongs to the thing, or the later one that this changed."""
    if anchor.value.kind == "day" or fact.office or changed:
        return True
    said = [word_stems(each.sentence.of(each.release.body)) for each in (anchor, other)]
    if fact.relation:
        return all(words & fact.relation for words in said)
    return fact.topic & _words(fact, anchor.hit.passage) <= _words_up_to(fact, other)
