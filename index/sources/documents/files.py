"""Releases as documents, one each: web pages, PDF, Word and plain text; a file, or a folder with any of them.

A folder may hold Markdown too. What cannot be a release is a problem that names the file, such as a scan, or a page
that only lists releases; files of other kinds are passed over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from index.errors import SourceError
from index.sources.build import LONDON
from index.sources.clean import EntryError, clean_body, clean_line, printable
from index.sources.decode import decode
from index.sources.detect import DOCX, FILES, HTML, MARKDOWN, PDF, TAG_PAGE, TEXT, documents_in
from index.sources.documents.docx_text import read_docx
from index.sources.documents.pdf_text import page_starts, read_pdf
from index.sources.documents.plain_text import columns_apart, unwrapped
from index.sources.html.listing import Listed
from index.sources.html.page import Listing, read_page_or_list
from index.sources.lines import place, unreadable
from index.sources.markdown import MarkdownFiles
from index.sources.page import Page, page_of_text, release_of
from index.sources.records.fields import AS_RECOGNISED, FieldMap
from index.sources.records.files import read_bytes
from index.sources.tag_page import TagPage
from index.sources.tag_page_lines import parse_heading
from index.sources.wire import headline, part
from index.sources.wire_lines import issued
from index.types import Cursor, Problem, Release

MAX_BYTES = 100_000_000
"""The largest document that is read, in bytes; set by judgement: a PDF with many pictures has some tens of millions."""


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
        closed: list[OSError] = []
        return sum(1 for _ in documents_in(self.path, closed)) + len(closed)

    def read(self, since: Cursor | None = None) -> Iterator[Release | Problem]:
        """Yield a release or a problem for each document, and those of pages that hold several.

        ``since`` is ignored: all files are read each time.

        Raises:
            SourceError: the path does not exist, or is a folder without any document.
        """
        if not self.path.is_dir():
            if not self.path.exists():
                raise SourceError(f"no such file or folder: {self.path}", "check the path")
            if self.kind == FILES:
                raise SourceError(f"{self.path} is not a folder", "leave out --source")
            yield from self._read(self.path, self.kind)
            return
        closed: list[OSError] = []
        found = sorted(documents_in(self.path, closed), key=lambda each: each[0].relative_to(self.path).parts)
        if not found and not closed:
            raise SourceError(f"no documents in {self.path}", "give a folder of HTML, PDF, Word or Markdown files")
        for error in closed:
            yield Problem(place(Path(error.filename)), f"cannot list the folder: {error.strerror}")
        if any(kind == MARKDOWN for _, kind in found):
            yield from MarkdownFiles(self.path, zone=self.zone, how=self.how).read()
        for path, kind in found:
            if kind != MARKDOWN:
                yield from self._read(path, kind)

    def _read(self, path: Path, kind: str) -> Iterator[Release | Problem]:
        try:
            if kind == TAG_PAGE:
                yield from TagPage(path).read()
            elif kind == MARKDOWN:
                yield from MarkdownFiles(path, zone=self.zone, how=self.how).read()
            elif kind == HTML:
                yield from self._html(read_bytes(path, MAX_BYTES), path)
            else:
                yield release_of(READERS[kind](read_bytes(path, MAX_BYTES), path.name), path.name, self.how)
        except EntryError as error:
            yield Problem(place(path), str(error))
        except SourceError as error:
            yield Problem(place(path), f"{error}; {error.hint}")
        except OSError as error:
            yield Problem(place(path), str(unreadable(path, error)))

    def _html(self, content: bytes, path: Path) -> Iterator[Release | Problem]:
        found = read_page_or_list(content, path.name, zone=self.zone)
        if isinstance(found, Page):
            yield release_of(found, path.name, self.how)
            return
        whole = [item for item in found.items if item.whole]
        for item in whole:
            try:
                yield release_of(listed_page(item, found), path.name, self.how)
            except EntryError as error:
                yield Problem(f"{place(path)} ({item.title[:60]})", str(error))
        if len(whole) < len(found.items) or not whole:
            only = [item for item in found.items if not item.whole]
            example = next((item.url for item in only if item.url), None)
            yield Problem(
                place(path),
                f"it lists {f'{len(only)} ' if only else ''}releases without their whole text: give the pages that it"
                f" links to{f', such as {example}' if example else ''}",
            )


def listed_page(item: Listed, found: Listing) -> Page:
    """Return the release that a list shows in full: an item of a tag page or archive."""
    told = issued(item.body)
    wire = part(item.body, item.title)
    if told is None and (printed := parse_heading(clean_line(item.title))) is not None:
        wire = part(item.body, printed.text)
    title = printed.title if (printed := parse_heading(clean_line(item.title))) else item.title
    day = told[1] if told else wire.day or item.day or wire.dateline
    publisher = (told[0] if told else None) or wire.issuer or found.publisher
    body = "\n".join(line for line in wire.body.split("\n") if issued(line) is None or len(line) > 250)
    return Page(
        title, clean_body(body), day, publisher, item.url, contacts=wire.contacts, dated_by="issued" if told else ""
    )


def pdf_page(content: bytes, name: str) -> Page:
    """Return the release of a PDF, with the page on which each part of its body stands; raises `EntryError`."""
    pdf = read_pdf(content)
    title = pdf.title or _title_from(pdf.text, name)
    page = page_of_text(title, part(pdf.text, title), name, pdf.made)
    return replace(page, pages=page_starts(page.body, pdf))


def docx_page(content: bytes, name: str) -> Page:
    """Return the release of a Word file; raises `EntryError`."""
    word = read_docx(content)
    title = word.title or _title_from(word.text, name)
    return page_of_text(title, part(word.text, title), name)


def text_page(content: bytes, name: str) -> Page:
    """Return the release of a plain text file: its title is the first line that is none of the lines around it.

    Raises `EntryError` if it has no such line.
    """
    text = unwrapped(columns_apart(printable(decode(content))))
    title = headline(text)
    if not title:
        raise EntryError("it has no line that could be its title")
    title = title if len(title) < 250 else _title_from("", name)
    return page_of_text(title, part(text, title), name)


READERS: Mapping[str, Callable[[bytes, str], Page]] = {PDF: pdf_page, DOCX: docx_page, TEXT: text_page}
"""For each kind of document but web pages, the function that reads its content; it takes the file's name too."""


def _title_from(text: str, name: str) -> str:
    """Return the headline of a text if it is short, or else the words of the file's name."""
    line = headline(text)
    if 2 < len(line.split()) < 40:
        return line
    stem = re.sub(r"^\d{4}[-_]\d\d[-_]\d\d[-_]?", "", Path(name).stem)
    words = re.sub(r"[-_+\s]+", " ", stem).strip()
    return f"{words[:1].upper()}{words[1:]}"
