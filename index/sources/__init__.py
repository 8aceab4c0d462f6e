"""Inputs of releases, one module for each kind. To add a kind, write a module with a `Source`; list it in `KINDS`."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Protocol

from index.errors import SourceError
from index.protocols import Source
from index.sources.build import LONDON
from index.sources.clean import clean_body
from index.sources.detect import CSV, DOCX, FEED, FILES, HTML, JSON, JSONL, MARKDOWN, PDF, TAG_PAGE, TEXT, check, detect
from index.sources.jsonl import JsonLines, dump_line, is_own
from index.sources.languages import READ, ReadableOnly
from index.sources.lines import unreadable
from index.sources.markdown import MarkdownFiles
from index.sources.origin import Origin, Url, local_path, parse_origin
from index.sources.records.fields import AS_RECOGNISED, FieldMap, parse_fields
from index.sources.tag_page import TagPage

__all__ = [
    "AS_RECOGNISED",
    "KINDS",
    "READ",
    "FieldMap",
    "Origin",
    "Url",
    "clean_body",
    "detect",
    "dump_line",
    "open_source",
    "parse_fields",
    "parse_origin",
]


class Open(Protocol):
    """Opens an origin whose times of day are to be read in a time zone, with names of fields that were given."""

    def __call__(self, origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
        """Return the source; it is not read yet."""
        ...


def _tag_page(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
    return TagPage(local_path(origin))  # it has days only


def _json_lines(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
    from index.sources.records.files import is_one_object

    path = local_path(origin)
    if is_one_object(path):
        return _records(JSON)(path, zone, how)
    if how == AS_RECOGNISED and is_own(path):
        return JsonLines(path, zone=zone)
    return _records(JSONL)(path, zone, how)


def _markdown(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
    return MarkdownFiles(local_path(origin), zone=zone, how=how)


def _records(form: str) -> Open:
    def opened(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
        from index.sources.records.read import Records

        return Records(local_path(origin), form, zone, how)

    return opened


def _feed(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
    from index.sources.sites.feed_file import FeedFile

    return FeedFile(local_path(origin), zone, how)


def _documents(kind: str) -> Open:
    def opened(origin: Origin, zone: tzinfo, how: FieldMap = AS_RECOGNISED, /) -> Source:
        from index.sources.documents.files import Documents

        return Documents(local_path(origin), kind, zone, how)

    return opened


KINDS: Mapping[str, Open] = MappingProxyType(
    {TAG_PAGE: _tag_page, JSONL: _json_lines, MARKDOWN: _markdown, FEED: _feed}
    | {form: _records(form) for form in (JSON, CSV)}
    | {kind: _documents(kind) for kind in (HTML, PDF, DOCX, TEXT, FILES)}
)
"""For each kind of input, by the name that ``--source`` takes, the function that opens it.

The readers of pages and documents are imported when the first one is opened: their libraries cost time.
"""


def open_source(
    origin: Origin,
    kind: str | None = None,
    zone: tzinfo = LONDON,
    how: FieldMap = AS_RECOGNISED,
    languages: Sequence[str] = READ,
) -> Source:
    """Return the source of releases at ``origin``; its kind is ``kind`` or, if that is None, told from its content.

    ``zone`` is the publisher's time zone, in which a time of day with an offset has its day. ``how`` says which fields
    are those of a release, and the publisher of releases that name none. Releases in none of ``languages`` are skipped.

    Raises:
        SourceError: there is no such kind; or the origin is a web address, or a path that is missing, empty, binary, of
            an unknown kind, or a folder although the kind is read from a file.
    """
    if kind is not None and kind not in KINDS:
        raise SourceError(f'no kind of input is called "{kind}"', f"--source takes one of: {', '.join(KINDS)}")
    path = local_path(origin)
    try:
        if kind is None:
            kind = detect(path)
        else:
            check(path, kind)
        return ReadableOnly(KINDS[kind](path, zone, how), tuple(languages))
    except OSError as error:  # a folder on the way may not be entered, or the name is longer than names may be
        raise unreadable(path, error) from error
