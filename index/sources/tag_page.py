"""A tag page saved as text: many releases on one page, newest first.

A page looks like this; each title is printed twice, or once::

    Tag: Home Office

      • PRESS RELEASE : A title [January 2025]

        PRESS RELEASE : A title [January 2025]

        The press release issued by the Home Office on 16 January 2025.

        One paragraph on each line, until the next title.

Publisher and date are taken from the "issued by" line, never from the tag. A date outside the month of the title is a
problem: one of the two is wrong, and the date of an answer must not be a guess. Lines at the left margin before the
first tag or title are the page's header and are ignored; any other text that belongs to no release is a problem of its
own. A release whose body breaks off cannot be told from a whole one, so it is read as a release.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from index.errors import SourceError
from index.sources.build import build_release
from index.sources.clean import EntryError, plain, printable
from index.sources.lines import MAX_CHARACTERS, Line, place, read_lines
from index.sources.tag_page_lines import (
    Heading,
    indent,
    is_issued,
    is_tag,
    match_issued,
    parse_heading,
    publisher_and_day,
    single_spaced,
)
from index.types import Cursor, Problem, Release


@dataclass(frozen=True, slots=True)
class TagPage:
    """The source of a tag page; an entry with a line of more than ``max_line`` characters is a problem."""

    path: Path
    max_line: int = MAX_CHARACTERS

    @property
    def name(self) -> str:
        """The path as it was given."""
        return place(self.path)

    def expected(self) -> int:
        """Return how many "issued by" lines there are; raises `SourceError` if the file cannot be read."""
        lines = (line.text for line in read_lines(self.path, self.max_line) if " by " in line.text)
        return sum(1 for line in lines if match_issued(single_spaced(plain(line)), ""))

    def read(self, since: Cursor | None = None) -> Iterator[Release | Problem]:
        """Yield a release or a problem for each entry, and a problem for each block of text outside them.

        ``since`` is ignored: the whole page is read each time.

        Raises:
            SourceError: the file cannot be read, or yields neither a release nor a problem.
        """
        parser = _Parser(self.path)
        empty = True
        for line in read_lines(self.path, self.max_line):
            for result in parser.feed(line):
                empty = False
                yield result
        for result in parser.close():
            empty = False
            yield result
        if empty:
            raise SourceError(
                f'{self.path} holds no release: no line like "PRESS RELEASE : A title [January 2025]"',
                "name the kind of input with --source KIND",
            )


@dataclass(slots=True)
class _Outside:
    """A run of text that belongs to no entry."""

    first: int
    last: int
    reason: str = ""


@dataclass(slots=True)
class _Entry:
    line: int
    margin: int
    heading: Heading
    issued_line: int = 0
    issued_indent: int = 0
    publisher: str = ""
    published: date | None = None
    body: list[str] = field(default_factory=list)
    fault: tuple[int, str] | None = None
    strays: list[_Outside] = field(default_factory=list)

    @property
    def indented(self) -> bool:
        """True if the page indents what belongs to an entry, so that text at the title's margin does not."""
        return self.margin < self.issued_indent

    def holds(self, text: str) -> bool:
        """Return True if its indentation shows that a line belongs to this entry."""
        return self.indented and indent(text) > self.margin

    def is_copy(self, words: str, heading: Heading | None) -> bool:
        """Return True if a line is the second copy of the entry's title, possibly cut short."""
        if any(self.body) or (heading is not None and heading.bullet):
            return False
        return words in (self.heading.title, self.heading.text) or (
            heading is not None and self.heading.text.startswith(heading.text)
        )

    def fail(self, number: int, reason: str) -> None:
        """Record why the entry cannot be a release, unless an earlier reason is recorded."""
        if self.fault is None:
            self.fault = (number, reason)


class _Parser:
    """Parses a page line by line and holds one entry at a time, so that a page of any size can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entry: _Entry | None = None
        self._outside: _Outside | None = None
        self._header = True

    def feed(self, line: Line) -> Iterator[Release | Problem]:
        """Take the next line; yield the releases and problems that it completes."""
        for text in plain(line.text).split("\n"):
            heading = parse_heading(text)
            if heading is not None and not (self._entry and self._entry.is_copy(single_spaced(text), heading)):
                yield from self.close()
                self._entry, self._header = _Entry(line.number, indent(text), heading), False
            elif is_tag(text) and not (self._entry and self._entry.holds(text)):
                yield from self.close()
                self._header = False
            elif text.strip():
                self._text(line.number, text)
            elif self._entry is not None:
                self._entry.body.append("")
        if line.fault is not None:
            if self._entry is not None and self._outside is None:
                self._entry.fail(line.number, line.fault)
            else:
                self._stray(line.number, line.fault)

    def close(self) -> Iterator[Release | Problem]:
        """Yield the entry that is open, then a problem for the text after it that does not belong to it."""
        if self._entry is not None:
            yield self._finish(self._entry)
            yield from (self._problem(stray) for stray in self._entry.strays if self._entry.fault is None)
        if self._outside is not None:
            yield self._problem(self._outside)
        self._entry = self._outside = None

    def _text(self, number: int, text: str) -> None:
        words, entry = single_spaced(text), self._entry
        if self._outside is not None:
            self._stray(number)
        elif entry is None:
            if not self._header or indent(text) or match_issued(words, ""):
                self._stray(number)
        elif entry.is_copy(words, parse_heading(words)):
            return
        elif not entry.issued_line:
            self._before_issued(entry, number, text)
        elif entry.indented and not entry.holds(text):
            self._stray(number)
        else:
            if is_issued(words, entry.heading.label):
                entry.fail(number, 'a second "issued by" line: the title of a release before it is missing')
            entry.body.append(words)

    def _before_issued(self, entry: _Entry, number: int, text: str) -> None:
        found = match_issued(single_spaced(text), entry.heading.label)
        if found is None:
            entry.strays.append(_Outside(number, number, 'text between the title and the "issued by" line'))
            return
        entry.issued_line, entry.issued_indent = number, indent(text)
        try:
            entry.publisher, entry.published = publisher_and_day(found)
        except EntryError as error:
            entry.fail(number, printable(str(error)))
            return
        day, month = entry.published, entry.heading.month
        if month is not None and month != (day.year, day.month):
            entry.fail(number, f"the date {day} is not in the month of the title, {month[0]}-{month[1]:02}")

    def _stray(self, number: int, reason: str = "") -> None:
        if self._outside is None:
            self._outside = _Outside(number, number, reason)
        self._outside.last = number

    def _finish(self, entry: _Entry) -> Release | Problem:
        if not entry.issued_line:
            entry.fail(
                entry.line,
                'no "issued by" line, so neither publisher nor date is known: add "The press release issued by NAME on'
                ' 16 January 2025."',
            )
        if entry.fault is None and entry.published is not None:
            try:
                return build_release(
                    title=entry.heading.title,
                    body="\n".join(entry.body),
                    publisher=entry.publisher,
                    published=entry.published,
                )
            except EntryError as error:
                entry.fail(entry.line, str(error))
        number, reason = entry.fault or (entry.line, "")
        return Problem(place(self._path, number), f'{reason} (in "{printable(entry.heading.text)}")')

    def _problem(self, outside: _Outside) -> Problem:
        reason = outside.reason or "text that belongs to no release"
        if outside.last > outside.first:
            reason += f", up to line {outside.last}"
        return Problem(place(self._path, outside.first), reason)
