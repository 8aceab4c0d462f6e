"""Searching the figures of releases: first for passages, then for the figures in them whose words fit best."""

from collections.abc import Iterable, Sequence
from datetime import date

from index.errors import InputError
from index.text.tables import table_at
from index.text.terms import stems
from index.types import Figure, Hit, Span
from qa.figures.shown import Ranked
from qa.question import Asked
from qa.types import FigureFilter

MAX_FIGURES = 1_000
"""The most figures that one search returns."""

UNIT_NAMES = {
    "%": "percent", "per cent": "percent", "pp": "percentage points", "points": "percentage points", "£": "GBP",
    "pounds": "GBP", "$": "USD", "dollars": "USD", "€": "EUR", "euros": "EUR", "count": "", "bps": "basis points",
}  # fmt: skip
"""Other names that a person may type for a unit -> the unit; upper and lower case are the same."""


def unit_key(unit: str) -> str:
    """Return a unit in the form in which units are compared: "%" as "percent", "£" as "gbp", "count" as ""."""
    folded = " ".join(unit.split()).casefold()
    return UNIT_NAMES.get(folded, folded).casefold()


def check_filter(wanted: FigureFilter, limit: int) -> None:
    """Raise `InputError` for a period that ends before it begins, or a limit outside 1 to `MAX_FIGURES`."""
    if not 1 <= limit <= MAX_FIGURES:
        raise InputError(f"limit is {limit}; it must lie in 1 to {MAX_FIGURES}", f"ask for 1 to {MAX_FIGURES} figures")
    if wanted.period_from and wanted.period_to and wanted.period_from > wanted.period_to:
        raise InputError(
            f"the period begins ({wanted.period_from}) after it ends ({wanted.period_to})", "swap the two dates"
        )


def fits(figure: Figure, published: date, wanted: FigureFilter) -> bool:
    """Return True if a figure has the unit that is wanted, and its period overlaps the one that is wanted.

    A period without an end runs to the day of publication; one without a beginning counts as its last day alone.
    """
    if wanted.unit is not None and unit_key(figure.unit) != unit_key(wanted.unit):
        return False
    if wanted.period_from is None and wanted.period_to is None:
        return True
    period = figure.period
    if period is None or (period.start is None and period.end is None):
        return False
    first = period.start or period.end or published
    last = period.end or max(published, first)
    return (wanted.period_to is None or first <= wanted.period_to) and (
        wanted.period_from is None or last >= wanted.period_from
    )


def rank(asked: Asked, hits: Sequence[Hit], found: Sequence[Iterable[Figure]], wanted: FigureFilter) -> list[Ranked]:
    """Return the figures in the hits that are ``wanted``, best first; ties by day (newest first), release and place.

    ``found`` holds, for each hit, the figures in its passage.

    The score is the mean of three parts in [0, 1]: the passage's own score, the share of the query's words in the
    figure's sentence, and their share in the words for what is counted.
    """
    ranked: dict[tuple[str, Span], Ranked] = {}
    sentences: dict[tuple[str, Span], float] = {}
    for hit, figures in zip(hits, found, strict=True):
        release = hit.passage.release
        for figure in figures:
            key = (release.id, figure.span)
            if key in ranked or not fits(figure, release.published, wanted):
                continue  # passages may overlap: the first one is the best
            place = (release.id, figure.sentence)
            if place not in sentences:
                sentences[place] = _share(asked.stems, _stating(release.body, figure))
            counted = _share(asked.stems, figure.counted.of(release.body)) if figure.counted else 0.0
            score = (max(0.0, min(1.0, hit.score)) + sentences[place] + counted) / 3
            has_word = sentences[place] + counted > 0 or not asked.stems or _share(asked.stems, release.title) > 0
            ranked[key] = Ranked(release, figure, score, has_word)
    return sorted(
        ranked.values(),
        key=lambda each: (
            -each.score,
            -each.release.published.toordinal(),
            each.release.id,
            each.figure.span,
        ),
    )


def named(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return the figures that have a word of the query, in their order: the others are merely the nearest."""
    return [each for each in ranked if each.named]


def _stating(body: str, figure: Figure) -> str:
    """Return the words that state a figure: its sentence and, in a table, the header and caption over its row."""
    table = table_at(body, figure.span)
    return f"{table.lead.of(body) if table else ''}\n{figure.sentence.of(body)}"


def _share(asked: Sequence[str], text: str) -> float:
    words = set(stems(text))
    return sum(stem in words for stem in asked) / len(asked) if asked else 0.0
