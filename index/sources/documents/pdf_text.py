"""A PDF as the text of a release: paragraphs and lists from its lines, without headers and footers, page by page."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pypdfium2

from index.sources.clean import EntryError, clean_body, clean_line
from index.sources.days import days_in, is_day, read_moment
from index.sources.documents.pdf_lines import Line, page_lines
from index.sources.documents.plain_text import ENDS, is_of_letterhead
from index.sources.html.tables import pipe_table
from index.sources.offices import is_organisation
from index.sources.wire_contacts import is_contact, is_street
from index.sources.wire_lines import is_label, is_sentence

_MOST_PAGES = 500
"""The most pages that are read; set by judgement, a release has few."""

_ITEM = re.compile(r"(?:[•◦▪‣·●○\uf0b7–—*-]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)]\s)")
_BULLET = re.compile(r"^[·●○\uf0b7\uf0a7▪]\s*|^[–—]\s+")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?\W*|\W*[ivx]{1,5}\W*", re.IGNORECASE)
_COUNTED = re.compile(r"(^\W*|\bpage\s*)(\d{1,3})\b", re.IGNORECASE)
_COUNTED_LAST = re.compile(r"(\s)(\d{1,3})(?=\W*$)")
"""Where a running head has the number of its page: first, after "page", or last."""

_MOST_EDGE = 6
"""The most lines at the top or bottom of a page that are its header or footer; set by judgement."""

_SAME_HEIGHT = 4.0
"""How far apart, in points, a running head may stand on two pages; set by judgement, a third of a line."""

_APART = 1.2
"""The distance to the text, in units of that between its lines, from which on a line at the edge is set apart.

Set by judgement: page numbers below double-spaced text stand little further from it than its lines from each other.
"""

_BAD_TITLE = re.compile(
    r"^microsoft word|^untitled|^document\d*$|^slide|template|\.(?:docx?|pdf|indd|pptx?|rtf|odt|qxd|p65)\b|_v?f?\d*$"
    r"|^\W*$"
    r"|^(?:print|layout|letterhead)\b|\bfinal\b|^[A-Z]:\\|^(?:press|news|media) (?:release|statement)$",
    re.IGNORECASE,
)
_KEEP_HYPHEN = frozenset(
    """self well long short part full multi non co pre post anti cross high low on off over under in inter half year
    mid ex all two three four five six seven eight nine ten first second third semi pro vice north south east west
    age cost decision policy law rule evidence risk data""".split()
)  # fmt: skip
_NEAR = timedelta(days=60)
"""How near a day in the text must be to that of the file, for the file's to be believed; set by judgement."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF holds: a title if it shows one, its clean text, and the paragraphs with the page on which each begins.

    ``made`` is the day on which the file was made, if days in the text agree with it; it is not the day of issue.
    """

    title: str
    text: str
    paragraphs: tuple[tuple[str, int], ...]
    pages: int
    made: date | None
    around: tuple[str, ...] = ()
    """The lines of headers and footers, and the author that the file names, which may tell the publisher."""


def read_pdf(content: bytes) -> PdfText:
    """Return the text of a PDF.

    Raises:
        EntryError: it is damaged, locked with a password, or has no text layer (it is a scan).
    """
    if b"%PDF" not in content[:1024]:
        raise EntryError("it is not a PDF")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        told = "it is locked with a password" if "password" in str(error).lower() else "it is damaged"
        raise EntryError(f"the PDF cannot be opened: {told}") from None
    try:
        count = len(document)
        pages = [_lines(document, number) for number in range(min(count, _MOST_PAGES))]
        metadata = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    whole, pages = pages, _without_edges(pages)
    if not any(pages):
        raise EntryError("the PDF has no text layer: it is a scan; recognise its text first, for example with ocrmypdf")
    blocks = _blocks(pages)
    kept = tuple((text, page) for block, page in blocks if (text := clean_body(block)))
    text = "\n\n".join(text for text, _ in kept)
    title, made = _title(pages, metadata.get("Title", "")), _made(metadata, text)
    around = (*_edges(whole, pages), clean_line(metadata.get("Author", "")))
    return PdfText(title, clean_body(text), kept, count, made, around)


def page_starts(body: str, pdf: PdfText) -> tuple[tuple[int, int], ...]:
    """Return (offset, page) for each page that begins in ``body``, a part of the PDF's text; pages count from 1."""
    found: list[tuple[int, int]] = []
    at = 0
    for paragraph, page in pdf.paragraphs:
        place = body.find(paragraph.split("\n")[0], at)
        if place >= 0 and (not found or found[-1][1] < page):
            found.append((place if found else 0, page))
        at = max(at, place)
    return tuple(found)


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    try:
        page = document[number]
        try:
            return page_lines(page, number + 1)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return []


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Return the pages without headers and footers: page numbers, and lines that stand at the edge of most pages.

    A line of the body is never taken for one: a header or footer stands apart from what is next to it, and has the
    same words at the same height on the other pages, but for the number of the page.
    """
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for lines in pages:
        for line in {*lines[:_MOST_EDGE], *lines[-_MOST_EDGE:]}:
            for form in _forms(line):
                places[form].append((line.page, line.base))
    most = max(2, len([lines for lines in pages if lines]) / 2)

    def is_repeated(line: Line) -> bool:
        alike = [
            {page for page, base in places[form] if abs(base - line.base) <= _SAME_HEIGHT} for form in _forms(line)
        ]
        return any(len(found) >= most for found in alike)

    def edges(lines: Sequence[Line], leading: float) -> int:
        """Return how many lines from the first on are edges; ``lines`` are from outside to inside."""
        found = 0
        for count, line in enumerate(lines[:_MOST_EDGE], 1):
            is_number = _PAGE_NUMBER.fullmatch(line.text) is not None
            ends = count == len(lines) or _is_apart(line, lines[count], leading)
            if not (is_repeated(line) or (is_number and ends)):
                break
            if is_number or ends:
                found = count
        return found

    kept: list[list[Line]] = []
    for lines in pages:
        leading = _leading(lines)
        first = edges(lines, leading)
        kept.append(lines[first : len(lines) - edges(lines[first:][::-1], leading)])
    return kept


def _edges(whole: Sequence[Sequence[Line]], kept: Sequence[Sequence[Line]]) -> Iterator[str]:
    """Yield the parts of the lines that are headers and footers."""
    for lines, left in zip(whole, kept, strict=True):
        inner = set(left)
        yield from (cell for line in lines if line not in inner for cell in line.cells or (line.text,))


def _forms(line: Line) -> set[str]:
    """Return a line as it is, and with the number of its page, if it has one, as one that counts from the first."""

    def from_first(found: re.Match[str]) -> str:
        return f"{found[1]}#{int(found[2]) - line.page}"

    return {line.text, _COUNTED.sub(from_first, line.text, count=1), _COUNTED_LAST.sub(from_first, line.text)}


def _is_apart(outer: Line, inner: Line, leading: float) -> bool:
    """Return True if a line is set apart from the one next to it by a gap or the size of its letters."""
    gap = abs(outer.base - inner.base)
    return gap > _APART * leading or abs(outer.height - inner.height) > 0.15 * inner.height


def _blocks(pages: Sequence[Sequence[Line]]) -> list[tuple[str, int]]:
    """Return paragraphs, items and tables, each with the page on which it begins."""
    words = Counter(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(line.text for page in pages for line in page).lower()))
    blocks: list[tuple[list[str], int, bool]] = []
    before: Line | None = None
    for place, lines in enumerate(pages):
        leading = _leading(lines)
        right = max((line.right for line in lines), default=0.0)
        tables = _tables(lines)
        above = next((number for number, line in enumerate(lines) if is_sentence(line.text)), len(lines))
        for number, line in enumerate(lines):
            if place == 0 and number < above and len(line.cells) == 2 and is_of_letterhead(line.cells[1]):
                blocks += [([cell], line.page, False) for cell in line.cells]
                before = None
                continue
            if number in tables:
                if tables[number]:
                    blocks.append(([tables[number]], line.page, True))
                before = None
                continue
            if before is not None and blocks and not blocks[-1][2] and not _begins(before, line, leading, right):
                blocks[-1][0].append(line.text)
            else:
                blocks.append(([line.text], line.page, False))
            before = line
    return _items_together([(_joined(texts, words), page) for texts, page, _ in blocks])


def _begins(before: Line, line: Line, leading: float, right: float) -> bool:
    """Return True if a line begins a paragraph, an item or a heading of its own."""
    if _ITEM.match(line.text) or line.heavy != before.heavy or abs(line.height - before.height) > 0.15 * before.height:
        return True
    ended = ENDS.search(before.text) is not None
    if line.page != before.page:
        return ended or not line.text[:1].islower()
    gap = before.base - line.base
    if gap > 1.35 * leading or gap < -0.5 * leading:
        return not (gap < 0 and not ended)  # the next column goes on with the sentence
    short = before.right < right - 12 * before.height * 0.5
    return short and (ended or (line.text[:1].isupper() and len(before.text) < 60))


def _joined(texts: Sequence[str], words: Counter[str]) -> str:
    text = texts[0]
    for more in texts[1:]:
        broken = re.search(r"([A-Za-z]+)-$", text)
        following = re.match(r"[a-z]+", more)
        if broken and following:
            first, second = broken[1].lower(), following.group()
            whole = words[f"{first}{second}"]
            keep = words[f"{first}-{second}"] > whole or (not whole and first in _KEEP_HYPHEN)
            text = f"{text if keep else text[:-1]}{more}"
        else:
            text = f"{text}{'' if re.search(r'[A-Za-z0-9][-–—]$', text) else ' '}{more}"
    return _BULLET.sub("• ", text)


def _items_together(blocks: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    for text, page in blocks:
        if kept and text.startswith("• ") and kept[-1][0].rpartition("\n")[2].startswith("• ") and kept[-1][1] == page:
            kept[-1] = (f"{kept[-1][0]}\n{text}", kept[-1][1])
        else:
            kept.append((text, page))
    return kept


def _tables(lines: Sequence[Line]) -> dict[int, str]:
    """Return, for each line that belongs to a table, the table at its first line and nothing at the others.

    A table is three lines or more in a row with the same number of cells.
    """
    found: dict[int, str] = {}
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and 1 < len(lines[stop].cells) == len(lines[at].cells):
            stop += 1
        listed = all(_ITEM.fullmatch(f"{line.cells[0]} ") for line in lines[at:stop])
        if stop - at > 2 and not listed:
            rows = [[cell.replace("|", "\\|") for cell in line.cells] for line in lines[at:stop]]
            found |= dict.fromkeys(range(at, stop), "")
            found[at] = pipe_table(rows[0], rows[1:])
        at = max(stop, at + 1)
    return found


def _leading(lines: Sequence[Line]) -> float:
    gaps = [one.base - two.base for one, two in pairwise(lines) if 0 < one.base - two.base < 4 * one.height]
    return median(gaps) if gaps else 14.0


def _title(pages: Sequence[Sequence[Line]], named: str) -> str:
    """Return the title that the first page shows in its largest or boldest lines, or that of the file if shown."""
    lines = list(next(filter(None, pages), [])[:25])
    told = [number for number, line in enumerate(lines[:12]) if is_label(line.text) or is_day(line.text)]
    head = [line for line in lines[: told[-1] + 1] if not _is_letterhead(line.text)] if told else []
    lines = [*head, *lines[len(lines[: told[-1] + 1]) :]] if told else lines
    lines = [line for line in lines if not (is_contact(line.text) or is_street(line.text) or is_label(line.text))]
    shown = " ".join(line.text for line in lines)
    named = clean_line(named) if len(named) > 10 and not _BAD_TITLE.search(named) else ""
    if named and named.lower() in shown.lower():
        return named
    if not lines:
        return named
    usual = median(line.height for page in pages for line in page)
    largest = max(line.height for line in lines)
    signs: tuple[Callable[[Line], bool], ...] = (
        lambda line: line.height >= 0.97 * largest and largest > 1.12 * usual,
        lambda line: line.heavy and not all(each.heavy for each in lines),
        lambda line: line.text.isupper(),
        lambda line: len(line.text) < 90 and not line.text.endswith("."),
    )
    for stands_out in signs:
        run: list[Line] = []
        for line in lines:
            if len(line.text) > 3 and stands_out(line) and not is_day(line.text):
                run.append(line)
            elif len(" ".join(each.text for each in run).split()) > 2:
                break
            else:
                run = []
        title = " ".join(line.text for line in run)
        if 2 < len(title.split()) < 45:
            return title
    return named


def _is_letterhead(text: str) -> bool:
    return is_organisation(text) and len(text.split()) < 8 and not text[:1].islower()


def _made(metadata: dict[str, str], text: str) -> date | None:
    found = re.match(r"D:(\d{4})(\d\d)(\d\d)", metadata.get("CreationDate", ""))
    made = read_moment("-".join(found.groups())) if found else None
    if made is None:
        return None
    return made if any(abs(each.day - made) <= _NEAR for each in days_in(text)) else None
