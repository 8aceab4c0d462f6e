"""How a figure moved: the statements of one measure, release by release, and which of them is the answer.

The rule: the answer to a question for a figure is the newest statement of what the best answer measures. Newest is by
the day of publication. A question that names its own time ("in October", "by 16 December 2024") takes the newest
statement for just that time, or else one that speaks of it. Nothing is ever added up, subtracted or averaged.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from index.figures.periods import periods
from index.text.decimals import plain
from index.text.terms import question_stems, stems
from index.types import Figure, Hit, Passage, Period, Span
from qa.evidence.citations import cite_span
from qa.question import asks_for_figure
from qa.types import Candidate, FigurePeriod, TimelinePoint

MORE = 4
"""Passages that are read for the timeline alone, of releases that the first reading did not reach."""

_MARGIN = 10.0
"""A statement that is worth less to the reader than the best one by more than this is about something else."""

_FLOOR = 0.0
"""So is one that the reader would not believe by itself."""

_FLOOR_OF_SAME = -17.0
"""Unless it repeats the number."""

_SHARED = 0.6
"""Share of what the anchor's passage holds of the question that another one must hold."""

_SHARED_OF_SAME = 0.4
"""The share that is enough where it repeats the number, and the reader believes it."""

_NEUTRAL = frozenset(
    stems(
        "many much long number total amount figure percentage percent proportion share rate increase rise rose grow"
        " fall fell decrease drop change year month week day last first new since time so far all same period"
    )
)
"""Words of a question that say nothing of what is measured."""

_CLOSE = Decimal("0.05")
"""How far "nearly" and "around" may reach, as a share of the number."""

_RELEASED = re.compile(
    r"\b(?:(?:the|a|an|this|that|its|their)\s(?:press\s|news\s)?(?:release|statement|announcement|news)"
    r"|press\s(?:release|statement)|published|announced)\b",
    re.IGNORECASE,
)
"""Words before a day that make it a release's: not "visas issued in October", nor "did they release in October"."""

_ITS_RELEASE = re.compile(r"\s(?:press\s|news\s)?(?:release|statement|announcement)\b", re.IGNORECASE)
_BY_THEN = re.compile(r"\b(?:by|until|up to|as of|as at|before)(?:\sthe)?(?:\send\sof)?(?:\sthe)?\s*$", re.IGNORECASE)
_OPENS_BY_THEN = re.compile(r"(?:by|until|up to|as of|as at|before)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:than|on|over|from|versus|against|compared (?:with|to|against))\s+"
    r"(?:(?:in|the same period(?: of| in)?)\s+)?$",
    re.IGNORECASE,
)
"""What a change is measured against is not the time that a question asks about."""
_RELATIVE = re.compile(
    r"(?:(?:in|on|over|during|for|since|by|from|until)\s+)?(?:the\s+)?(?:last|past|previous|this|next|coming|current)\b",
    re.IGNORECASE,
)
"""Times that depend on the day of asking, which nobody knows of a question."""
_PART_OF = re.compile(r"\b(?:(?:early|mid|late)[\s-]+|(?:the\s)?middle\sof\s)", re.IGNORECASE)
"""Words that leave open which days of a month or year are meant: a question of them is one of the whole."""

_SOME_OF = re.compile(r"\s+of\s+(?:the|these|those|them|which|whom|its|our|their)\b", re.IGNORECASE)

Relation = Literal["latest", "same", "earlier", "conflict"]
Figures = Mapping[int, Sequence[Figure]]
"""Passage id -> the figures in it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A candidate answer that is a figure."""

    candidate: Candidate
    figure: Figure

    @property
    def published(self) -> date:
        """The day of its release."""
        return self.candidate.hit.passage.release.published


@dataclass(frozen=True, slots=True)
class Timeline:
    """The statements of one measure, newest first, and the one that answers the question."""

    statements: tuple[Statement, ...]
    answer: Statement


def anchor_of(question: str, candidates: Sequence[Candidate], figures: Figures) -> Statement | None:
    """Return the best candidate as a statement, if it is a figure and the question can be meant so.

    Where it covers another time than the question names, the best one for just that time stands in for it, if the
    reader believes it ("in October": "856", not "from January to October over 6,600").
    """
    best = _statement(question, candidates[0], figures) if candidates else None
    if best is None or not _dated(best.figure.period):
        return best
    named = _named_time(question, best.published)
    if named is None or _covers(best, named):
        return best
    others = (_statement(question, each, figures, like=best.figure) for each in candidates[1:])
    return next((each for each in others if each is not None and _stands_in(best, each, named)), best)


def worth_reading(question: str, anchor: Statement, hits: Sequence[Hit], figures: Figures) -> list[Hit]:
    """Return hits that may state the anchor's measure, the likeliest first, one a release, `MORE` at most."""
    release = anchor.candidate.hit.passage.release
    asked = _content(question, anchor.published)
    found: list[tuple[float, float, int, Hit]] = []
    for hit in hits:
        if hit.passage.release.id == release.id:
            continue
        if not any(_same_kind(anchor.figure, each) for each in figures.get(hit.passage.id, ())):
            continue
        shared = _shared(asked, anchor, hit.passage)
        if shared >= _SHARED:
            found.append((-shared, -hit.score, hit.passage.id, hit))
    best: dict[str, Hit] = {}
    for *_, hit in sorted(found, key=lambda item: item[:3]):
        best.setdefault(hit.passage.release.id, hit)
    return list(best.values())[:MORE]


def timeline(question: str, anchor: Statement, candidates: Sequence[Candidate], figures: Figures) -> Timeline:
    """Return the statements of the anchor's measure among the candidates, one a release, and the one to answer with."""
    asked = _content(question, anchor.published)
    held: dict[str, Statement] = {anchor.candidate.hit.passage.release.id: anchor}
    for candidate in sorted(candidates, key=_best_first):
        release = candidate.hit.passage.release
        if release.id in held:
            continue
        statement = _statement(question, candidate, figures, like=anchor.figure)
        if statement is not None and _same_measure(asked, anchor, statement):
            held[release.id] = statement
    for hit in {candidate.hit.passage.id: candidate.hit for candidate in candidates}.values():
        if hit.passage.release.id not in held:
            restated = _restated(asked, anchor, hit, figures)
            if restated is not None:
                held[hit.passage.release.id] = restated
    newest_first = sorted(held.values(), key=_newest_first)
    named = _named_time(question, newest_first[0].published)
    answer = anchor
    if named is None:
        answer = newest_first[0]
    else:
        speaking = [each for each in newest_first if _speaks_of(each, named)]
        answer = next((each for each in speaking if _covers(each, named)), speaking[0] if speaking else anchor)
    return Timeline(tuple(newest_first), answer)


def points(line: Timeline) -> tuple[TimelinePoint, ...]:
    """Return a timeline as it is shown, newest first, each statement cited and checked."""
    newest = line.statements[0]
    return tuple(_point(each, "latest" if each is newest else relation(newest, each)) for each in line.statements)


def same_figure(line: Timeline) -> list[Candidate]:
    """Return the candidates of a timeline that state the answer's number, the answer first, then newest first."""
    value = line.answer.figure.value, line.answer.figure.value_max
    others = [each for each in line.statements if each is not line.answer]
    return [
        line.answer.candidate,
        *(each.candidate for each in others if (each.figure.value, each.figure.value_max) == value),
    ]


def relation(newest: Statement, other: Statement) -> Relation:
    """Return how an older statement relates to the newest one.

    ``same``: it states the same number, or one that the qualifiers allow for the same period; ``conflict``: another
    number for the same dated period; ``earlier``: superseded.
    """
    a, b = newest.figure, other.figure
    if (a.value, a.value_max) == (b.value, b.value_max):
        return "same"
    if not _same_period(a.period, b.period):
        return "earlier"
    return "same" if _compatible(a, b) else "conflict"


def _statement(question: str, candidate: Candidate, figures: Figures, like: Figure | None = None) -> Statement | None:
    """Return the figure in a candidate's span, of several the first, or the first of the kind of ``like``."""
    span = candidate.span
    touched = [
        figure
        for figure in figures.get(candidate.hit.passage.id, ())
        if figure.number.start < span.end and span.start < figure.number.end
    ]
    if not touched:
        return None
    figure = next((each for each in touched if like is not None and _same_kind(like, each)), touched[0])
    covered = min(span.end, figure.span.end) - max(span.start, figure.span.start)
    # "How did removals change?" is answered with "a 23% increase", a definition may hold a number by chance.
    if asks_for_figure(question) or 2 * covered >= span.end - span.start:
        return Statement(candidate, figure)
    return None


def _restated(asked: frozenset[str], anchor: Statement, hit: Hit, figures: Figures) -> Statement | None:
    """Return the anchor's number where a sentence of another release repeats it with the question's words."""
    body = hit.passage.release.body
    named = asked & frozenset(stems(anchor.figure.sentence.of(anchor.candidate.hit.passage.release.body)))
    for figure in figures.get(hit.passage.id, ()):
        if _same_number(anchor.figure, figure) and named:
            shared = len(named & frozenset(stems(figure.sentence.of(body)))) / len(named)
            if shared >= _SHARED and _shared(asked, anchor, hit.passage) >= _SHARED:
                return Statement(Candidate(hit, figure.number, 0.0), figure)
    return None


def _same_number(a: Figure, b: Figure) -> bool:
    return (a.value, a.value_max, a.unit) == (b.value, b.value_max, b.unit)


def _same_kind(a: Figure, b: Figure) -> bool:
    return a.unit == b.unit and (a.change is None) == (b.change is None)


def _same_measure(asked: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Whether another statement is of the same measure: the reader believes it, and so do the words around it.

    The same number of the same unit, in a passage on the same subject, hardly measures something else: it is believed
    more easily.
    """
    a, b, score = anchor.figure, other.figure, other.candidate.span_score
    shared = _shared(asked, anchor, other.candidate.hit.passage)
    if _same_number(a, b):
        return (shared >= _SHARED and score >= _FLOOR_OF_SAME) or (shared >= _SHARED_OF_SAME and score >= _FLOOR)
    return (
        shared >= _SHARED
        and _same_kind(a, b)
        and _of_a_whole(anchor) == _of_a_whole(other)
        and score >= max(_FLOOR, anchor.candidate.span_score - _MARGIN)
        and _count_alike(asked, anchor, other)
    )


def _content(question: str, near: date) -> frozenset[str]:
    """Return the words of a question that say what is measured, not when."""
    for period in reversed(periods(question, Span(0, len(question)), near)):
        question = f"{question[: period.span.start]} {question[period.span.end :]}"
    return frozenset(question_stems(question)) - _NEUTRAL


def _shared(asked: frozenset[str], anchor: Statement, passage: Passage) -> float:
    """Return the share of the question's words in the anchor's passage and title that another passage has too."""
    named = asked & _words(anchor.candidate.hit.passage)
    return len(named & _words(passage)) / len(named) if named else 1.0


def _words(passage: Passage) -> frozenset[str]:
    return frozenset(stems(f"{passage.release.title}\n{passage.text}"))


def _count_alike(asked: frozenset[str], anchor: Statement, other: Statement) -> bool:
    """Whether both count the same thing, where the question names what the anchor counts; "30" of nothing fits."""
    wanted = asked & _counted(anchor)
    found = _counted(other) - _NEUTRAL
    return not wanted or not found or bool(wanted & found)


def _of_a_whole(statement: Statement) -> bool:
    """Whether it counts some of what was counted elsewhere ("four of the charter flights")."""
    figure = statement.figure
    body = statement.candidate.hit.passage.release.body
    return not figure.unit and figure.value >= 1 and _SOME_OF.match(body, figure.number.end) is not None


def _counted(statement: Statement) -> frozenset[str]:
    span = statement.figure.counted
    body = statement.candidate.hit.passage.release.body
    return frozenset(stems(span.of(body))) if span else frozenset()


def _best_first(candidate: Candidate) -> tuple[float, float, Span, int]:
    return -candidate.span_score, -candidate.score, candidate.span, candidate.hit.passage.id


def _newest_first(statement: Statement) -> tuple[int, float, str]:
    return -statement.published.toordinal(), -statement.candidate.score, statement.candidate.hit.passage.release.id


@dataclass(frozen=True, slots=True)
class _Time:
    """The time that a question names; ``of_release``: the day a release was published, not what a figure covers."""

    start: date | None
    end: date | None
    of_release: bool
    by_then: bool


def _named_time(question: str, near: date) -> _Time | None:
    question = _PART_OF.sub("", question)
    for period in periods(question, Span(0, len(question)), near):
        compared = _COMPARED.search(question, 0, period.span.start)
        if (
            (period.start is not None or period.end is not None)
            and not compared
            and not _RELATIVE.match(question, period.span.start)
        ):
            before = question[max(0, period.span.start - 30) : period.span.start]
            words = period.span.of(question)
            of_release = _RELEASED.search(before) or _ITS_RELEASE.match(question, period.span.end)
            by_then = period.start is None or _OPENS_BY_THEN.match(words) or _BY_THEN.search(before)
            return _Time(period.start, period.end, bool(of_release), bool(by_then))
    return None


def _speaks_of(statement: Statement, time: _Time) -> bool:
    published = statement.published
    if time.of_release:
        return (time.start is None or time.start <= published) and (time.end is None or published <= time.end)
    period = statement.figure.period
    if time.by_then:
        return time.end is None or published <= time.end
    if period is None or (period.start is None and period.end is None):
        return (time.start is None or time.start <= published) and (time.end is None or published <= time.end)
    first, last = period.start or date.min, period.end or published
    return (time.end is None or first <= time.end) and (time.start is None or time.start <= last)


def _dated(period: Period | None) -> bool:
    return period is not None and period.start is not None and period.end is not None


def _covers(statement: Statement, time: _Time) -> bool:
    """Whether a statement covers just the time that a question names, not more or less of it."""
    period = statement.figure.period
    return (
        not (time.of_release or time.by_then)
        and _dated(period)
        and period is not None
        and (period.start, period.end) == (time.start, time.end)
    )


def _stands_in(best: Statement, other: Statement, time: _Time) -> bool:
    return _same_kind(best.figure, other.figure) and _covers(other, time) and other.candidate.span_score >= _FLOOR


def _same_period(a: Period | None, b: Period | None) -> bool:
    if a is None or b is None or (a.start is None and a.end is None):
        return False
    # "Since 5 July" ends on the day it was written: a later count of it covers more.
    return (a.start, a.end) == (b.start, b.end) and a.end is not None


def _compatible(a: Figure, b: Figure) -> bool:
    """Whether two statements can be of the same number: "more than 2,100" and "2,134"."""
    low_a, high_a = _bounds(a)
    low_b, high_b = _bounds(b)
    return (low_a is None or high_b is None or low_a <= high_b) and (low_b is None or high_a is None or low_b <= high_a)


def _bounds(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    low = figure.value
    high = low if figure.value_max is None else figure.value_max
    slack = abs(high) * _CLOSE
    match figure.qualifier:
        case "more than" | "at least":
            return low, None
        case "up to" | "fewer than":
            return None, high
        case "nearly":
            return low - slack, high
        case "around":
            return low - slack, high + slack
        case _:
            return low, high


def _point(statement: Statement, related: Relation) -> TimelinePoint:
    figure, release = statement.figure, statement.candidate.hit.passage.release
    period = figure.period
    return TimelinePoint(
        text=figure.span.of(release.body),
        value=plain(figure.value),
        value_max=plain(figure.value_max) if figure.value_max is not None else None,
        unit=figure.unit,
        qualifier=figure.qualifier,
        measured=figure.counted.of(release.body) if figure.counted else None,
        change=figure.change,
        period=FigurePeriod(period.start, period.end, period.span.of(release.body)) if period else None,
        published=release.published,
        relation=related,
        citation=cite_span(release, figure.sentence, figure.span),
    )
