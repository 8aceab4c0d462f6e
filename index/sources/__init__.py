"""Inputs of releases, one module for each kind. To add a kind, write a module with a `Source`; list it in `KINDS`."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from types import MappingProxyType

from index.errors import SourceError
from index.protocols import Source
from index.sources.build import LONDON
from index.sources.clean import clean_body
from index.sources.detect import JSONL, MARKDOWN, TAG_PAGE, detect, read_head
from index.sources.jsonl import JsonLines, dump_line
from index.sources.lines import unreadable
from index.sources.markdown import MarkdownFiles
from index.sources.origin import Origin, Url, local_path, parse_origin
from index.sources.tag_page import TagPage

__all__ = ["KINDS", "Origin", "Url", "clean_body", "detect", "dump_line", "open_source", "parse_origin"]


Open = Callable[[Origin, tzinfo], Source]
"""Opens an origin whose times of day are to be read in a time zone."""

KINDS: Mapping[str, Open] = MappingProxyType(
    {
        TAG_PAGE: lambda origin, _: TagPage(local_path(origin)),  # it has days only
        JSONL: lambda origin, zone: JsonLines(local_path(origin), zone=zone),
        MARKDOWN: lambda origin, zone: MarkdownFiles(local_path(origin), zone=zone),
    }
)
"""For each kind of input, by the name that ``--source`` takes, the function that opens it."""


def open_source(origin: Origin, kind: str | None = None, zone: tzinfo = LONDON) -> Source:
    """Return the source of releases at ``origin``; its kind is ``kind`` or, if that is None, told from its content.

    ``zone`` is the publisher's time zone, in which a time of day with an offset has its day.

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
        elif not path.is_dir():
            read_head(path)
        elif kind != MARKDOWN:
            raise SourceError(f"{path} is a folder", f"--source {kind} reads one file; a folder is read as {MARKDOWN}")
    except OSError as error:  # a folder on the way may not be entered, or the name is longer than names may be
        raise unreadable(path, error) from error
    return KINDS[kind](path, zone)
