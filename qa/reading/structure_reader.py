"""Lists and tables written out as sentences for a reader, which reads sentences best, and its answers led back.

The items of a list become one sentence with the line that introduces them, if the question asks for several things; a
cell of a table becomes one with the labels of its row and column. Words that are ours are never an answer: what the
reader finds is led back to the words of the release.

Long because lists and tables are written out, and led back, by the same pieces.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.text.tables import Table, tables
from index.text.terms import stems
from index.types import Figure, Hit, Passage, Release, Span
from qa.question import Asked
from qa.reading.calibration import surer
from qa.reading.cells_in_words import Piece, cell_sentence
from qa.reading.lists import ItemList, Several, lists_in, neighbours, several
from qa.reading.reader import Reader, ScoreLimits
from qa.reading.table_cells import AskedTable, Place
from qa.types import Candidate, Figures

_LONG_ITEM = 150
"""How many characters an item has that is a paragraph of its own (set by judgement)."""

_GOES_ON = re.compile(r"^(?:it|they|this|these|he|she|we)\b|\b(?:also|in addition|further|other)\b", re.IGNORECASE)
"""Words of a lead-in that goes on with what the one before it introduced."""

_MOST_TABLES = 20
"""How many tables of a release are understood; set by judgement."""

_MOST_ROWS = 12
"""How many rows of words are written out where the question names none of them; set by judgement."""


_LONG_LIST = 60
"""A list of more items is read as its passages hold it; set by judgement."""

_ODDS_OF_SETTLED = 4.0
"""How many times as likely an answer is that a table alone settles; set by judgement."""

Key = tuple[str, int]
"""A table or list: the id of its release and where it begins."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was met already while a question is read: tables as understood, each with its first passage; and lists."""

    tables: dict[Key, tuple[AskedTable, Hit]] = field(default_factory=dict)
    lists: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Written:
    """A passage as it is read: its pieces and where each begins in the text of ``hit``; ``original`` is the passage."""

    hit: Hit
    original: Hit
    pieces: tuple[Piece, ...]
    begins: tuple[int, ...]

    def back(self, span: Span) -> Span | None:
        """Return the words of the release for a span of the text that was read; None if it has none in the passage."""
        touched = [
            (begin, piece)
            for begin, piece in zip(self.begins, self.pieces, strict=True)
            if piece.place is not None and begin < span.end and span.start < begin + len(piece.text)
        ]
        touched = [item for item in touched if item[1].answers] or touched
        ends = [
            (piece.place.start + max(0, span.start - begin), piece.place.start + min(len(piece.text), span.end - begin))
            for begin, piece in touched
            if piece.place is not None
        ]
        if not ends:
            return None
        found = Span(min(start for start, _ in ends), max(end for _, end in ends))
        return found if self.original.passage.span.holds(found) else None

    def is_settled(self, span: Span) -> bool:
        """Return True if a span of the text that was read is what a table alone says is asked for."""
        return any(
            piece.settled and begin < span.end and span.start < begin + len(piece.text)
            for begin, piece in zip(self.begins, self.pieces, strict=True)
        )

    def figures(self, stated: Sequence[Figure]) -> tuple[Figure, ...]:
        """Return the figures that were written out, at their places in the text that is read."""
        found = []
        for begin, piece in zip(self.begins, self.pieces, strict=True):
            for figure in stated if piece.place is not None else ():
                if (
                    piece.place is not None
                    and piece.place.start <= figure.span.start < figure.span.end <= piece.place.end
                ):
                    found.append(_moved(figure, begin - piece.place.start, len(piece.text) + begin))
        return tuple(found)


def _moved(figure: Figure, by: int, end: int) -> Figure:
    number = Span(figure.number.start + by, figure.number.end + by)
    span = Span(figure.span.start + by, figure.span.end + by)
    return replace(
        figure, span=span, number=number, counted=None, period=None, sentence=Span(span.start, max(span.end, end))
    )


class StructureReader:
    """A reader of tables and lists: another reader reads them written out as sentences."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def reads(self) -> int:
        """How many of the best passages the other reader reads."""
        return self._reader.reads

    @property
    def score_limits(self) -> ScoreLimits:
        """How far the scores of the other reader can be believed."""
        return self._reader.score_limits

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first, each in the words of its release.

        A question for several things is answered by all the items of the list that the reader found.
        """
        wants = several(asked.text)
        written: dict[int, Written] = {}
        read: list[Hit] = []
        seen = Seen()
        for hit in hits:
            made = write_out(asked, hit, wants, seen)
            if made is None:
                read.append(hit)
            elif made.pieces:
                written[hit.passage.id] = made
                read.append(made.hit)
        for made in _far_rows(hits, seen):
            written[made.hit.passage.id] = made
            read.append(made.hit)
        if not written and len(read) == len(hits):
            return self._reader.read(asked, hits, figures, again=again)
        stated: Mapping[int, Sequence[Figure]] = {
            hit.passage.id: written[hit.passage.id].figures(figures.get(hit.passage.id, ()))
            if hit.passage.id in written
            else figures.get(hit.passage.id, ())
            for hit in read
        }
        found = self._reader.read(asked, read, stated, again=again) if read else []
        return _led_back(asked, found, written, wants)


def _far_rows(hits: Sequence[Hit], seen: Seen) -> list[Written]:
    """Return the rows that the question asks for in tables of which the search found other passages only.

    A row is a passage of its own here, with the negative of the number of the passage that was found.
    """
    made: list[Written] = []
    for (release_id, _), (table, first) in seen.tables.items():
        of_release = [hit.passage for hit in hits if hit.passage.release.id == release_id]
        spans = [table.table.data[place.row].span for place in table.cells]
        if not spans or any(passage.span.holds(span) for span in spans for passage in of_release):
            continue
        passage = first.passage
        if any(each.hit.passage.id == -passage.id for each in made) or table.named_above < max(
            each.named_above for (owner, _), (each, _) in seen.tables.items() if owner == release_id and each.cells
        ):
            continue
        row = spans[0]
        tokens = max(1, passage.tokens * (row.end - row.start) // (passage.span.end - passage.span.start))
        alone = replace(passage, id=-passage.id, span=row, sentences=(row,), tokens=tokens)
        sentences = [cell_sentence(table, place) for place in table.cells if table.table.data[place.row].span == row]
        made.append(_joined(replace(first, passage=alone), [(row, sentences)]))
    return made


def _led_back(
    asked: Asked, found: Sequence[Candidate], written: Mapping[int, Written], wants: Several | None
) -> list[Candidate]:
    kept: list[Candidate] = []
    for candidate in found:
        made = written.get(candidate.hit.passage.id)
        if made is None:
            kept.append(candidate)
            continue
        span = made.back(candidate.span)
        if span is None:
            continue
        whole = whole_list(asked, made.original.passage, span, wants) if wants else span
        if whole is None:
            continue
        span = whole
        taken = [each.span for each in kept if each.hit.passage.id == made.original.passage.id]
        if not any(span.touches(other) for other in taken):
            confidence = candidate.confidence
            if made.is_settled(candidate.span):
                confidence = surer(confidence, _ODDS_OF_SETTLED)
            kept.append(replace(candidate, hit=made.original, span=span, confidence=confidence))
    return sorted(kept, key=lambda each: -each.confidence)


def whole_list(asked: Asked, passage: Passage, span: Span, wants: Several) -> Span | None:
    """Return the items of the list that an answer is from, as one span; the answer itself if that is not wanted.

    With a number in the question, the list or the items that were found must be as many: None if they are not. A list
    next to it whose lead-in has the same words of the question belongs to the answer too.
    """
    every = [each for each in lists_in(passage.release.body) if passage.span.holds(each.span)]
    mine = next((each for each in every if _touches(each, span)), None)
    if mine is None or _are_notes(mine):
        return span
    group = [mine]
    for one, other in neighbours(every):
        for first, second in ((one, other), (other, one)):
            if first in group and second not in group and _alike(asked, passage.release, first, second):
                group.append(second)
    for lists in ([mine], group):
        items = sorted(item for each in lists for item in each.items)
        if wants.count == len(items) or (wants.count is None and lists is group):
            return Span(items[0].start, items[-1].end)
    touched = [item for item in mine.items if item.touches(span)]
    return Span(touched[0].start, touched[-1].end) if wants.count == len(touched) else None


def _are_notes(each: ItemList) -> bool:
    """Return True if items are paragraphs that nothing introduces, such as numbered notes: together no answer."""
    return each.lead is None and any(item.end - item.start > _LONG_ITEM for item in each.items)


def _touches(each: ItemList, span: Span) -> bool:
    return any(item.touches(span) for item in each.items)


def _alike(asked: Asked, release: Release, one: ItemList, other: ItemList) -> bool:
    if one.lead is None or other.lead is None:
        return False
    words = frozenset(asked.stems)
    shared = words & frozenset(stems(one.lead.of(release.body)))
    second = words & frozenset(stems(other.lead.of(release.body)))
    goes_on = _GOES_ON.search(other.lead.of(release.body)) and other.span.start > one.span.start
    return bool(second) and (shared == second or (bool(goes_on) and second <= shared))


# --- from passages to sentences


def write_out(asked: Asked, hit: Hit, wants: Several | None, seen: Seen) -> Written | None:
    """Return a passage with its lists and tables written out; None if it has none, or none that matter here.

    A passage that holds part of a list is made longer by the rest of it, but for a list that ``seen`` has already.
    """
    found = lists_in(hit.passage.release.body) if wants else []
    hit = _with_whole_lists(hit, found, seen)
    passage, body = hit.passage, hit.passage.release.body
    parts: list[tuple[Span, list[list[Piece]]]] = []
    for table in tables(body):
        if table.span.touches(passage.span):
            sentences = _table_sentences(asked, hit, table, seen)
            # Where cells are written out, they have the caption with them, and it is no answer by itself.
            understood = seen.tables.get((passage.release.id, table.span.start))
            first = table.lead.start if understood and understood[0].cells else table.span.start
            region = Span(max(first, passage.span.start), min(table.span.end, passage.span.end))
            parts.append((region, sentences))
    for each in found:
        if passage.span.holds(each.span):
            first = each.lead.start if each.lead and each.lead.start >= passage.span.start else each.span.start
            parts.append((Span(first, each.span.end), [_list_sentence(body, each)]))
    return _joined(hit, sorted(parts, key=lambda part: part[0])) if parts else None


def _with_whole_lists(hit: Hit, found: Sequence[ItemList], seen: Seen) -> Hit:
    passage = hit.passage
    span, sentences = passage.span, set(passage.sentences)
    for each in found:
        key = passage.release.id, each.span.start
        if each.span.touches(passage.span) and key not in seen.lists:
            seen.lists.add(key)
            if not span.holds(each.span) and len(each.items) <= _LONG_LIST:
                sentences.update(item for item in each.items if not passage.span.holds(item))
                span = Span(min(span.start, each.span.start), max(span.end, each.span.end))
    if span == passage.span:
        return hit
    tokens = passage.tokens * (span.end - span.start) // (passage.span.end - passage.span.start)
    return replace(hit, passage=replace(passage, span=span, sentences=tuple(sorted(sentences)), tokens=tokens))


def _joined(hit: Hit, parts: Sequence[tuple[Span, list[list[Piece]]]]) -> Written:
    passage, body = hit.passage, hit.passage.release.body
    pieces: list[Piece] = []
    begins: list[int] = []
    sentences: list[Span] = []
    length = 0

    def add(piece: Piece) -> None:
        nonlocal length
        pieces.append(piece)
        begins.append(length)
        length += len(piece.text)

    at = passage.span.start
    for region, made in [*parts, (Span(passage.span.end, passage.span.end + 1), [])]:
        for sentence in passage.sentences:
            if at <= sentence.start and sentence.end <= region.start:
                sentences.append(Span(length, length + sentence.end - sentence.start))
                add(Piece(sentence.of(body), sentence))
                add(Piece("\n"))
            elif sentence.start < region.start < sentence.end and at <= sentence.start:
                before = Span(sentence.start, region.start)
                if before.of(body).strip():
                    sentences.append(Span(length, length + len(before.of(body).rstrip())))
                    add(
                        Piece(
                            before.of(body).rstrip(), Span(before.start, before.start + len(before.of(body).rstrip()))
                        )
                    )
                    add(Piece("\n"))
        for words in made:
            start = length
            for piece in words:
                add(piece)
            sentences.append(Span(start, length))
            add(Piece("\n"))
        at = region.end
    if not sentences:
        return Written(hit, hit, (), ())
    text = "".join(piece.text for piece in pieces).rstrip("\n")
    release = replace(passage.release, body=text)
    virtual = replace(passage, release=release, span=Span(0, len(text)), sentences=tuple(sentences), lead=None)
    return Written(replace(hit, passage=virtual), hit, tuple(pieces), tuple(begins))


def _list_sentence(body: str, each: ItemList) -> list[Piece]:
    separator = "; " if any("," in item.of(body) for item in each.items) else ", "
    made = [Piece(each.lead.of(body), each.lead), Piece(" ")] if each.lead else []
    for number, item in enumerate(each.items):
        if number:
            made.append(Piece(separator))
        made.append(Piece(item.of(body), item))
    return [*made, Piece(".")]


def _table_sentences(asked: Asked, hit: Hit, table: Table, seen: Seen) -> list[list[Piece]]:
    passage, release = hit.passage, hit.passage.release
    for each in tables(release.body)[:_MOST_TABLES]:
        key = (release.id, each.span.start)
        if key not in seen.tables:
            seen.tables[key] = AskedTable(asked, release, each), hit
    if (release.id, table.span.start) not in seen.tables:
        return []
    understood, _ = seen.tables[release.id, table.span.start]
    found = understood.cells
    if found:
        # Two tables may have the same rows: what stands above them tells them apart.
        of_release = [each for (owner, _), (each, _) in seen.tables.items() if owner == release.id and each.cells]
        if understood.named_above < max(each.named_above for each in of_release):
            return []
        inside = [place for place in found if passage.span.holds(table.data[place.row].span)]
        return [cell_sentence(understood, place) for place in inside]
    if understood.asked.wants_figure or understood.names_a_stranger:
        return []
    rows = [row for row in table.data if passage.span.holds(row.span)][:_MOST_ROWS]
    written = []
    for row in rows:
        for column, cell in enumerate(row.cells):
            if column and cell is not None and not understood.is_number(cell):
                written.append(cell_sentence(understood, Place(table.data.index(row), column)))
    return written
