"""Figures as CSV, for spreadsheets: a file to download, and the output of ``pressqa figures --csv``."""

import csv
import io
from dataclasses import asdict

from qa.types import FigureResult, FigureStatement

CSV_COLUMNS = (
    "text", "value", "value_max", "unit", "qualifier", "counted", "change", "period_start", "period_end", "period_text",
    "row", "column",
    "published", "score", "release_id", "title", "publisher", "url", "quote", "start", "end", "answer_start",
    "answer_end", "sha256",
)  # fmt: skip
"""The columns of figures as CSV, in their order; a column that a figure has no value for is empty."""

_NUMERIC = frozenset({"value", "value_max"})
"""The columns that hold numbers, in which a leading minus is not the beginning of a formula."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""The characters that make a spreadsheet run a cell which begins with them as a formula."""


def figures_csv(found: FigureResult) -> str:
    """Return figures as CSV (RFC 4180): a header line, then a line for each figure with its period and citation.

    Figures that are merely the nearest, with a hint that says so, are left out: no cell could say it.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_row(each) for each in (() if found.hint is not None else found.figures))
    return text.getvalue()


def _row(figure: FigureStatement) -> dict[str, object]:
    flat = {key: item for key, item in asdict(figure).items() if key not in ("period", "cell", "citation")}
    flat |= {f"period_{key}": item for key, item in asdict(figure.period).items()} if figure.period else {}
    flat |= asdict(figure.cell) if figure.cell else {}
    cited = asdict(figure.citation)
    # A cell that a spreadsheet would run as a formula is made text; numbers keep their minus sign.
    row = {key: flat.get(key, cited.get(key)) for key in CSV_COLUMNS}
    return {
        key: f"'{item}" if isinstance(item, str) and key not in _NUMERIC and item[:1] in _FORMULA else item
        for key, item in row.items()
    }
