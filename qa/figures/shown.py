"""Figures as they are shown: in timelines and in lists."""

from dataclasses import dataclass

from index.text.decimals import plain
from index.types import Figure, Release
from qa.evidence.citations import cite_span
from qa.figures.statements import Statement
from qa.types import FigurePeriod, FigureStatement, Relation, TimelinePoint


def timeline_point(statement: Statement, related: Relation) -> TimelinePoint:
    """Return a statement as a timeline shows it, with its checked citation."""
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


@dataclass(frozen=True, slots=True)
class Ranked:
    """A figure with the release it stands in, and how well it fits the query, in [0, 1]."""

    release: Release
    figure: Figure
    score: float


def statement(ranked: Ranked) -> FigureStatement:
    """Return a figure as it is shown, cited by its sentence and checked; raises `CitationError`."""
    release, figure = ranked.release, ranked.figure
    body, period = release.body, figure.period
    citation = cite_span(release, figure.sentence, figure.span)
    return FigureStatement(
        text=figure.span.of(body),
        value=plain(figure.value),
        value_max=plain(figure.value_max) if figure.value_max is not None else None,
        unit=figure.unit,
        qualifier=figure.qualifier,
        counted=figure.counted.of(body) if figure.counted else None,
        change=figure.change,
        period=FigurePeriod(period.start, period.end, period.span.of(body)) if period else None,
        published=release.published,
        score=round(ranked.score, 6),
        citation=citation,
    )
