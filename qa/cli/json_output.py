"""Answers, figures and releases for programs, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from index.types import Release, ReleaseEntry, ReleaseOrigin, Revision
from qa.types import Answer, FigureResult, FullRelease, SearchResult, full_release


def as_json(value: Answer | SearchResult | FigureResult | FullRelease | ReleaseEntry) -> dict[str, object]:
    """Return an answer, result or release as a JSON object, the same as over HTTP. Dates are in ISO 8601."""
    return {key: _plain(item) for key, item in asdict(value).items()}


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
                "withdrawn_notice": each.release.withdrawn_notice,
                "changes": [{"day": _plain(said.day), "note": said.note} for said in each.changes],
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
