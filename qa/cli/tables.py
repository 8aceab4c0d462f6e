"""Answers, figures and releases for programs: JSON and CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from index.types import Release, ReleaseEntry, ReleaseOrigin, Revision
from qa.types import Answer, FigureResult, FigureStatement, FullRelease, SearchResult, full_release

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


def as_json(value: Answer | SearchResult | FigureResult | FullRelease | ReleaseEntry) -> dict[str, object]:
    """Return an answer, result or release as a JSON object, the same as over HTTP. Dates are in ISO 8601."""
    return {key: _plain(item) for key, item in asdict(value).items()}


def figures_csv(found: FigureResult) -> str:
    """Return figures as CSV (RFC 4180): a header line, then a line for each figure with its period and citation."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_csv_row(each) for each in found.figures)
    return text.getvalue()


def _csv_row(figure: FigureStatement) -> dict[str, object]:
    flat = {key: _plain(item) for key, item in asdict(figure).items() if key not in ("period", "cell", "citation")}
    period = asdict(figure.period) if figure.period else {}
    flat |= {f"period_{key}": _plain(item) for key, item in period.items()}
    flat |= asdict(figure.cell) if figure.cell else {}
    cited = {key: _plain(item) for key, item in asdict(figure.citation).items()}
    # A cell that a spreadsheet would run as a formula is made text; numbers keep their minus sign.
    row = {key: flat.get(key, cited.get(key)) for key in CSV_COLUMNS}
    return {
        key: f"'{item}" if isinstance(item, str) and key not in _NUMERIC and item[:1] in _FORMULA else item
        for key, item in row.items()
    }


def release_json(release: Release) -> dict[str, object]:
    """Return a release as a JSON object, with its body and the SHA-256 of that."""
    return as_json(full_release(release))


def history_json(revisions: Sequence[Revision], origins: Sequence[ReleaseOrigin]) -> dict[str, object]:
    """Return the revisions of a release, the current one first, and where it was found, as a JSON object."""
    return {
        "revisions": [
            {
                "number": each.number,
                "valid_from": _plain(each.valid_from),
                "valid_to": _plain(each.valid_to),
                "withdrawn": _plain(each.withdrawn),
                "sha256": each.release.sha256,
            }
            for each in revisions
        ],
        "origins": [asdict(each) for each in origins],
    }


def entry_json(entry: ReleaseEntry) -> dict[str, object]:
    """Return an entry of the list of releases as a JSON object."""
    return as_json(entry)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
