"""Releases as documents: web pages, PDF, Word and plain text; a file, or a folder with any of them.

A folder may hold files of every other kind too. What cannot be a release is a problem that names the file, such as a
scan, or a page that only lists releases; files of no kind that is known are told of together.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from index.errors import SourceError
from index.sources.build import LONDON
from index.sources.clean import EntryError, printable
from index.sources.decode import decode
from index.sources.detect import (
    CSV,
    DOCX,
    FEED,
    FILES,
    HTML,
    JSON,
    JSONL,
    MARKDOWN,
    PDF,
    TAG_PAGE,
    TEXT,
    LeftOut,
    documents_in,
)
from index.sources.documents.docx_text import read_docx
from index.sources.documents.pdf_text import page_starts, read_pdf
from index.sources.documents.plain_text import columns_apart, unwrapped
from index.sources.documents.several import releases_in
from index.sources.html.page import listed_page, read_page_or_list
from index.sources.jsonl import JsonLines, is_own
from index.sources.lines import place, unreadable
from index.sources.markdown import MarkdownFiles
from index.sources.page import Page, page_of_text, release_of
from index.sources.records.fields import AS_RECOGNISED, FieldMap
from index.sources.records.files import read_bytes
from index.sources.records.read import Records
from index.sources.sites.feed_file import FeedFile
from index.sources.tag_page import TagPage
from index.sources.wire import headline, part
from index.types import Cursor, Entry, Problem, Release, Skipped

MAX_BYTES = 100_000_000
"""The largest document that is read, in bytes; set by judgement: a PDF with many pictures has some tens of millions."""


_READ = "HTML, PDF, Word, Markdown, JSON, JSON Lines, CSV, feeds, tag pages, press releases as text"

_NAMED = 5
"""How many files of no known kind a message names."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The source of one document of a ``kind`` ("html", "pdf", "docx", "text"), or of a folder, where it is "files".

    Files are read in the order of their paths; names that start with a dot are ignored, links to folders not followed.
    """

    path: Path
    kind: str
    zone: tzinfo = LONDON
    how: FieldMap = AS_RECOGNISED

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int | None:
        """Return the number of documents, which is that of releases where no file holds several."""
        if not self.path.is_dir():
            return 1
        left_out = LeftOut()
        files = sum(1 for _ in documents_in(self.path, left_out))
        return files + len(left_out.closed) + len(left_out.unread) + bool(left_out.others)

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield a release or a problem for each document, and those of files that hold several.

        ``since`` is ignored: all files are read each time.

        Raises:
            SourceError: the path does not exist, or is a folder without a file of a kind that is known.
        """
        if not self.path.is_dir():
            if not self.path.exists():
                raise SourceError(f"no such file or folder: {self.path}", "check the path")
            if self.kind == FILES:
                raise SourceError(f"{self.path} is not a folder", "leave out --source")
            yield from self._read(self.path, self.kind)
            return
        left_out = LeftOut()
        found = sorted(documents_in(self.path, left_out), key=lambda each: each[0].relative_to(self.path).parts)
        if not found and not left_out.closed and not left_out.unread:
            there = f"; it holds {_some(left_out.others)}" if left_out.others else ""
            raise SourceError(f"no releases in {self.path}{there}", f"give a folder of files that are {_READ}")
        for error in left_out.closed:
            yield Problem(place(Path(error.filename)), f"cannot list the folder: {error.strerror}")
        if any(kind == MARKDOWN for _, kind in found):
            yield from MarkdownFiles(self.path, zone=self.zone, how=self.how).read()
        for path, kind in found:
            if kind != MARKDOWN:
                yield from self._read(path, kind)
        for path, reason in left_out.unread:
            yield _refusal(path, reason)
        if left_out.others:
            yield Skipped(self.name, f"it is not known how to read {_some(left_out.others)}; what is read: {_READ}")

    def _read(self, path: Path, kind: str) -> Iterator[Entry]:
        try:
            if kind == TAG_PAGE:
                yield from TagPage(path).read()
            elif kind == MARKDOWN:
                yield from MarkdownFiles(path, zone=self.zone, how=self.how).read()
            elif kind == HTML:
                yield from self._html(read_bytes(path, MAX_BYTES), path)
            elif kind == JSONL and self.how == AS_RECOGNISED and is_own(path):
                yield from JsonLines(path, zone=self.zone).read()
            elif kind in (JSONL, JSON, CSV):
                yield from Records(path, kind, self.zone, self.how).read()
            elif kind == FEED:
                yield from FeedFile(path, self.zone, self.how).read()
            elif kind == TEXT:
                yield from self._text(read_bytes(path, MAX_BYTES), path)
            else:
                yield release_of(READERS[kind](read_bytes(path, MAX_BYTES), path.name), path.name, self.how)
        except EntryError as error:
            yield Problem(place(path), str(error))
        except SourceError as error:
            yield _refusal(path, error)
        except OSError as error:
            yield Problem(place(path), str(unreadable(path, error)))

    def _text(self, content: bytes, path: Path) -> Iterator[Release | Problem]:
        texts = releases_in(printable(decode(content)))
        for text in texts:
            try:
                yield release_of(text_page(text, path.name), path.name, self.how)
            except EntryError as error:
                first = next(filter(None, map(str.strip, text.split("\n"))), "")[:60]
                yield Problem(place(path) if len(texts) == 1 else f"{place(path)} ({first})", str(error))

    def _html(self, content: bytes, path: Path) -> Iterator[Release | Problem]:
        found = read_page_or_list(content, path.name, zone=self.zone)
        if isinstance(found, Page):
            yield release_of(found, path.name, self.how)
            return
        whole = [item for item in found.items if item.whole]
        for item in whole:
            try:
                page = listed_page(item, found)
                # the page of an archive is of many publishers: what a release states itself is no guess
                how = replace(self.how, publisher_name=None) if page.dated_by == "issued" else self.how
                yield release_of(page, path.name, how)
            except EntryError as error:
                yield Problem(f"{place(path)} ({item.title[:60]})", str(error))
        if len(whole) < len(found.items) or not whole:
            only = [item for item in found.items if not item.whole]
            example = next((item.url for item in only if item.url), None)
            such = f", such as {example}" if example else ""
            which = "1 release without its" if len(only) == 1 else f"{len(only) or ''} releases without their".lstrip()
            pages = "page" if len(only) == 1 else "pages"
            yield Problem(
                place(path),
                f"it lists {which} whole text: give the {pages} that it links to{such}",
            )


def _refusal(path: Path, error: SourceError) -> Problem:
    """Return the fault of a file of a folder, with what to do; its name is said once."""
    return Problem(place(path), f"{str(error).removeprefix(f'{path} ')}; {error.hint}")


def _some(files: Sequence[Path]) -> str:
    """Return the names of files, or those of the first few and how many they are."""
    names = ", ".join(printable(path.name) for path in files[:_NAMED])
    return names if len(files) <= _NAMED else f"{len(files)} files, such as {names}"


def pdf_page(content: bytes, name: str) -> Page:
    """Return the release of a PDF, with the page on which each part of its body stands; raises `EntryError`."""
    pdf = read_pdf(content)
    title = pdf.title or _title_from(pdf.text, name)
    page = page_of_text(title, part(pdf.text, title), name, pdf.made, pdf.around)
    return replace(page, pages=page_starts(page.body, pdf))


def docx_page(content: bytes, name: str) -> Page:
    """Return the release of a Word file; raises `EntryError`."""
    word = read_docx(content)
    title = word.title or _title_from(word.text, name)
    return page_of_text(title, part(word.text, title), name, around=word.around)


def text_page(text: str, name: str) -> Page:
    """Return the release of a plain text: its title is the first line that is none of the lines around it.

    Raises `EntryError` if it has no such line.
    """
    text = unwrapped(columns_apart(text))
    title = headline(text)
    if not title:
        raise EntryError("it has no line that could be its title")
    title = title if len(title) < 250 else _title_from("", name)
    return page_of_text(title, part(text, title), name)


READERS: Mapping[str, Callable[[bytes, str], Page]] = {PDF: pdf_page, DOCX: docx_page}
"""For each kind of document that is one release, the function that reads its content; it takes the file's name too."""


def _title_from(text: str, name: str) -> str:
    """Return the headline of a text if it is short, or else the words of the file's name."""
    line = headline(text)
    if 2 < len(line.split()) < 40:
        return line
    stem = re.sub(r"^\d{4}[-_]\d\d[-_]\d\d[-_]?", "", Path(name).stem)
    words = re.sub(r"[-_+\s]+", " ", stem).strip()
    return f"{words[:1].upper()}{words[1:]}"
