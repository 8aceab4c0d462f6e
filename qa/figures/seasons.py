"""The season that a figure is of: "this spring" of a release, and a year before it."""

from dataclasses import replace

from index.figures.seasons import season_days
from index.figures.shifted import stepped_from
from index.types import Period
from qa.figures.statements import Statement


def season_of(statement: Statement) -> Period | None:
    """Return the period of a figure with the days of its season, or those that lie from one as its words say.

    "318 this spring, against 261 a year earlier". None if it is of no season, or has days already.
    """
    period, published = statement.figure.period, statement.published
    if period is None or period.start is not None or period.end is not None:
        return None
    body = statement.release.body
    if (days := season_days(period.span.of(body), published)) is not None:
        return replace(period, start=days[0], end=days[1])
    before = season_days(body[statement.figure.sentence.start : period.span.start], published)
    stepped = stepped_from(body, period.span.start, before) if before is not None else None
    if stepped is None or stepped[1] is None:
        return None
    return replace(period, start=stepped[1][0], end=stepped[1][1])
