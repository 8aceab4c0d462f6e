"""Figures as they are shown: in timelines and in lists."""

from dataclasses import dataclass
from datetime import date

from index.text.decimals import plain
from index.types import Change, Figure, Release
from qa.evidence.citations import cite, cite_span
from qa.evidence.list_parts import cell_of
from qa.figures.statements import Statement
from qa.types import Candidate, FigurePeriod, FigureStatement, NearestStatement, Relation, TimelinePoint


@dataclass(frozen=True, slots=True)
class Ranked:
    """A figure with the release that states it, and how well it fits the query, in [0, 1].

    ``named``: a word of the query is in its sentence, in what it counts, or in the title of the release.
    """

    release: Release
    figure: Figure
    score: float
    named: bool


def timeline_point(statement: Statement, related: Relation) -> TimelinePoint:
    """Return a statement as a timeline shows it, cited by its sentence and checked; raises `CitationError`."""
    release, figure = statement.release, statement.figure
    return TimelinePoint(*_stated(release, figure), related, cite_span(release, figure.sentence, figure.span))


def statement(ranked: Ranked) -> FigureStatement:
    """Return a figure as a list shows it, cited by its sentence and checked; raises `CitationError`."""
    release, figure = ranked.release, ranked.figure
    citation = cite_span(release, figure.sentence, figure.span)
    return FigureStatement(*_stated(release, figure), cell_of(release, figure.span), round(ranked.score, 6), citation)


def nearest_statement(candidate: Candidate, stated: Statement | None) -> NearestStatement:
    """Return a candidate as the nearest statement, with its figure if it is one; raises `CitationError`."""
    release = candidate.hit.passage.release
    if stated is None:
        cited = cite(candidate.hit.passage, candidate.span)
        return NearestStatement(candidate.span.of(release.body), None, None, release.published, cited)
    text, _, _, _, _, measured, _, period, published = _stated(release, stated.figure)
    cited = cite_span(release, stated.figure.sentence, stated.figure.span)
    return NearestStatement(text, measured, period, published, cited)


def _stated(
    release: Release, figure: Figure
) -> tuple[str, str, str | None, str, str, str | None, Change | None, FigurePeriod | None, date]:
    """Return the fields from ``text`` to ``published`` with which `TimelinePoint` and `FigureStatement` both begin."""
    body, period = release.body, figure.period
    return (
        figure.span.of(body),
        plain(figure.value),
        plain(figure.value_max) if figure.value_max is not None else None,
        figure.unit,
        figure.qualifier,
        figure.counted.of(body) if figure.counted else None,
        figure.change,
        FigurePeriod(period.start, period.end, period.span.of(body)) if period else None,
        release.published,
    )
