"""A Word file (DOCX) as the text of a release: headings, lists with their numbers, tables and footnotes.

Word keeps the numbers of lists apart from the text, so they are counted here as Word counts them. Headers and footers,
deleted text and text boxes' second copies are left out.
"""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from lxml.etree import _Element

from index.sources.clean import EntryError, clean_body, clean_line, is_item
from index.sources.html.elements import RAISED
from index.sources.html.tables import pipe_table
from index.sources.wire_lines import is_label

_MOST_BYTES = 100_000_000
"""The most bytes that the parts of a file may have unpacked: a small file can unpack to any size."""

_MOST_CELLS = 50_000
_MOST_STYLES = 20
_LONG_CELL = 600
"""From how many characters on a cell is no datum but part of a laid-out page; set by judgement."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = dict.fromkeys((f"{_W}tab", f"{_W}ptab", f"{_W}br", f"{_W}cr"), "\n")
_UNREAD = frozenset(
    {
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}instrText",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)


@dataclass(frozen=True, slots=True)
class WordText:
    """What a Word file holds: a title if it shows or states one, and its clean text."""

    title: str
    text: str
    around: tuple[str, ...] = ()
    """The lines of headers and footers, and the author that the file names, which may tell the publisher."""


def read_docx(content: bytes) -> WordText:
    """Return the text of a DOCX file; raises `EntryError` if it is none, is damaged, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(each.file_size for each in packed.infolist())
            if "word/document.xml" not in packed.namelist():
                raise EntryError("it is not a Word file (DOCX)")
        if size > _MOST_BYTES:
            raise EntryError(f"the Word file unpacks to {size:,} bytes, at most {_MOST_BYTES:,} are read")
        document = Document(io.BytesIO(content))
        writer = _Writer(document)
        text = clean_body("\n\n".join(writer.blocks()))
        stated = clean_line(document.core_properties.title or "")
        around = tuple(writer.around())
        title = writer.title or (stated if stated.lower() in text.lower() else "")
    except EntryError:
        raise
    except Exception as error:  # damage can make zipfile, its decompressors, lxml and the library raise anything
        raise EntryError(f"the Word file cannot be opened: it is damaged ({type(error).__name__})") from None
    return WordText(clean_line(title), text, around)


class _Writer:
    """Reads the paragraphs and tables of a document in order."""

    def __init__(self, document: WordDocument) -> None:
        self.title = ""
        self._document = document
        self._numbers = _Numbers(document)
        self._seen_notes: list[str] = []
        self._marked = False

    def blocks(self) -> Iterator[str]:
        """Yield paragraphs, lists and tables, and the footnotes last."""
        items: list[str] = []
        for part in _inner(self._document):
            texts = [self._paragraph(part)] if isinstance(part, Paragraph) else self._table(part)
            marked = isinstance(part, Paragraph) and self._marked
            for text in texts:
                if marked or (is_item(text) and "\n" not in text):
                    items.append(text)
                    continue
                if items:
                    yield "\n".join(items)
                    items = []
                yield text
        if items:
            yield "\n".join(items)
        yield from self._footnotes()

    def around(self) -> Iterator[str]:
        """Yield the lines of the headers and footers, then the name of the author."""
        for section in self._document.sections:
            for part in (section.first_page_header, section.header, section.footer):
                for paragraph in part._element.iter(f"{_W}p"):
                    shown = paragraph.iter(f"{_W}t", *_PARTS)
                    text = "".join(_PARTS.get(node.tag, node.text or "") for node in shown)
                    yield from map(clean_line, re.split(r"\n|\s{3,}", text))
        yield clean_line(self._document.core_properties.author or "")

    def _paragraph(self, paragraph: Paragraph) -> str:
        text = self._text(paragraph._p)
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        words = clean_line(text.encode("utf-8", "replace").decode())
        if not self.title and (style == "Title" or style.startswith("Heading")) and not is_label(words):
            self.title = words
        if not words:
            self._marked = False
            return ""
        mark = self._numbers.mark(paragraph)
        self._marked = bool(mark)
        return f"{mark} {words}" if mark else text

    def _text(self, element: _Element) -> str:
        parts: list[str] = []
        stack: list[_Element] = [element]
        while stack:
            node = stack.pop()
            match node.tag:
                case tag if tag in _UNREAD:
                    continue
                case tag if tag == f"{_W}t":
                    parts.append(self._shown(node))
                case tag if tag in (f"{_W}tab", f"{_W}ptab"):
                    parts.append(" ")
                case tag if tag in (f"{_W}br", f"{_W}cr"):
                    parts.append("\n")
                case tag if tag == f"{_W}noBreakHyphen":
                    parts.append("-")
                case tag if tag == f"{_W}p" and node is not element:
                    parts.append(" ")
                case tag if tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                    parts.append(self._note(node))
                    continue
            stack.extend(reversed(node))
        return "".join(parts)

    def _shown(self, node: _Element) -> str:
        text = node.text or ""
        run = node.getparent()
        raised = run is not None and run.find(f"{_W}rPr/{_W}vertAlign[@{_W}val='superscript']") is not None
        return text.translate(RAISED) if raised else text

    def _note(self, node: _Element) -> str:
        kind = "endnotes" if node.tag.endswith("endnoteReference") else "footnotes"
        name = f"{kind}:{node.get(qn('w:id'))}"
        if name not in self._seen_notes:
            self._seen_notes.append(name)
        return str(self._seen_notes.index(name) + 1).translate(RAISED)

    def _footnotes(self) -> Iterator[str]:
        found: dict[str, str] = {}
        for kind, relation in (("footnotes", RELATIONSHIP_TYPE.FOOTNOTES), ("endnotes", RELATIONSHIP_TYPE.ENDNOTES)):
            for related in self._document.part.rels.values():
                if related.reltype == relation and not related.is_external:
                    for note in parse_xml(related.target_part.blob):
                        found[f"{kind}:{note.get(qn('w:id'))}"] = self._text(note)
        for number, name in enumerate(self._seen_notes, 1):
            if words := " ".join(found.get(name, "").split()):
                yield f"{str(number).translate(RAISED)} {words}"

    def _table(self, table: Table) -> list[str]:
        rows: list[list[str]] = []
        count = 0
        for row in table.rows:
            cells: list[str] = []
            before: _Element | None = None
            for cell in row.cells:
                count += 1
                text = " ".join(filter(None, (self._paragraph(each) for each in cell.paragraphs)))
                cells.append(" ".join(text.split()) if cell._tc is not before or len(row.cells) < 3 else "")
                before = cell._tc
            rows.append(cells)
            if count > _MOST_CELLS:
                break
        filled = [row for row in rows if any(row)]
        wide = max((len(list(filter(None, row))) for row in filled), default=0)
        if wide < 2 or len(filled) < 2 or any(len(cell) > _LONG_CELL for row in filled for cell in row):
            return [
                text for row in table.rows for cell in _own(row.cells) for text in map(self._paragraph, cell.paragraphs)
            ]
        escaped = [[cell.replace("|", "\\|") for cell in row] for row in filled]
        return [pipe_table(escaped[0], escaped[1:])]


def _inner(document: WordDocument) -> Iterator[Paragraph | Table]:
    """Yield the paragraphs and tables of a document in order, those in content controls too."""
    waiting = list(reversed(document.element.body))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}p":
            yield Paragraph(element, document._body)
        elif element.tag == f"{_W}tbl":
            yield Table(element, document._body)
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            waiting.extend(reversed(element))


def _own(cells: Sequence[_Cell]) -> list[_Cell]:
    """Return the cells of a row, a merged one once."""
    return [cell for number, cell in enumerate(cells) if not number or cell._tc is not cells[number - 1]._tc]


class _Numbers:
    """Counts the items of lists as Word does, and writes their marks."""

    def __init__(self, document: WordDocument) -> None:
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for each in numbering.findall(f"{_W}abstractNum"):
            self._levels[each.get(qn("w:abstractNumId"))] = {
                _digits(level.get(qn("w:ilvl")), 0): (
                    _value(level, "numFmt", "decimal"), _value(level, "lvlText", "%1."), _number(level, "start", 1),
                )
                for level in each.findall(f"{_W}lvl")
            }  # fmt: skip
        for each in numbering.findall(f"{_W}num"):
            self._abstract[each.get(qn("w:numId"))] = _value(each, "abstractNumId", "")

    def mark(self, paragraph: Paragraph) -> str:
        """Return the mark of a paragraph that is an item of a list, "" for any other."""
        found = paragraph._p.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.style
        for _ in range(_MOST_STYLES):  # a damaged file can base two styles on each other
            if found is not None or style is None:
                break
            found, style = style.element.find(f"{_W}pPr/{_W}numPr"), style.base_style
        if found is None:
            return ""
        name, depth = _value(found, "numId", "0"), _number(found, "ilvl", 0)
        kind, pattern, start = self._levels.get(self._abstract.get(name, ""), {}).get(depth, ("bullet", "•", 1))
        if name == "0" or kind == "none":
            return ""
        if kind == "bullet":
            return "•"
        counts = self._counts[self._abstract[name]]
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        levels = self._levels[self._abstract[name]]
        mark = pattern
        for level in range(depth + 1):
            number = counts.get(level, levels.get(level, ("decimal", "", 1))[2])
            mark = mark.replace(f"%{level + 1}", _written(number, levels.get(level, (kind, "", 1))[0]))
        return mark.strip()


def _value(element: _Element, name: str, otherwise: str) -> str:
    child = element.find(f"{_W}{name}")
    return (child.get(qn("w:val")) if child is not None else None) or otherwise


def _number(element: _Element, name: str, otherwise: int) -> int:
    return _digits(_value(element, name, ""), otherwise)


def _digits(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _written(number: int, kind: str) -> str:
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 400:
        roman = ""
        for value, mark in (
            (100, "c"),
            (90, "xc"),
            (50, "l"),
            (40, "xl"),
            (10, "x"),
            (9, "ix"),
            (5, "v"),
            (4, "iv"),
            (1, "i"),
        ):
            while number >= value:
                roman, number = roman + mark, number - value
        return roman if kind == "lowerRoman" else roman.upper()
    return str(number)
