"""Which cells of a table a question asks for, by the labels of its rows and columns and the time that it names.

Nothing is added up. A row is found where the question has all the words of its label, and is the only such row; a
column by its words, or as the time asked for. A question that names a row or a time that the table does not have finds
no cell: that is not answered from the next best one.

Long because rows, columns and superlatives are told apart by rules that share the table as it was understood.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from index.figures.cells import Labels, cell_period, cell_quantity, label_period, read_labels
from index.figures.periods import periods
from index.text.dates import MONTHS, SHORT_MONTHS
from index.text.tables import Row, Table
from index.text.terms import question_stems, stems
from index.types import Period, Release, Span
from qa.question import NEUTRAL, Asked, AskedTime

GENERIC = frozenset(
    stems(
        "council borough district county city town region area authority unitary metropolitan royal police force"
        " constabulary nhs trust office department local upon"
    )
)
"""Stems that a question may leave out of a label, or add to it: "Kelby" for "Kelby Borough Council"."""

_TOTAL = re.compile(
    r"(?:grand |over)?(?:total|all|overall|sum|uk|united kingdom|great britain|england)\b", re.IGNORECASE
)
_ASKS_TOTAL = re.compile(r"\b(?:total|overall|altogether|in all|nationally|nationwide)\b", re.IGNORECASE)
_MOST = re.compile(r"\b(?:most|highest|largest|biggest|greatest|longest)\b", re.IGNORECASE)
_LEAST = re.compile(r"\b(?:fewest|lowest|least|smallest|shortest)\b", re.IGNORECASE)
_WHICH = re.compile(r"\s*(?:in\s+|at\s+|for\s+)?(?:which|what|who|where)\b", re.IGNORECASE)
_WHEN = re.compile(r"\s*(?:on\s+|by\s+)?(?:when\b|what (?:day|date|time)\b)", re.IGNORECASE)
_AUXILIARY = frozenset("is are was were will did does do has have had can must".split())
_ENDS_NOUN = _AUXILIARY | frozenset("of in on at for from to with by that which".split())
_KINDS = frozenset("type kind sort category class".split())
_TIMES = frozenset(stems("year month quarter week day date period"))
_FORM = frozenset(
    stems(
        "how many much number amount figure are were was is did does do there get gets got have has had see saw seen"
        " record recorded report reported the of in at for on and year month quarter week day"
    )
)
"""Stems of words that ask for a number and say nothing of what is counted: "How many homes did Arden get?"."""

_AIMS = frozenset(stems("target goal aim budget budgeted forecast expected projected ambition quota"))
"""Stems of words for what was aimed at; a question without them asks for what came of it."""

_PLANS = _AIMS | frozenset(stems("plan planned"))
"""Those of a header; a question may speak of a plan and ask what came of it."""

_WORD = re.compile(r"[^\W_][\w’'-]*")
_MONTH_NAMES = frozenset({*MONTHS, *SHORT_MONTHS})

_WHEN_HEADS = frozenset(stems("date day time deadline when opens opened closes closed starts started ends"))
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHORT_YEAR = re.compile(r"(?<=[/–-])\d\d\b")
_LONG_CELL = 120
"""A cell of more characters is text, not a name by which a row is found."""

_SHORT_LABEL = 3
"""A label of at most so many words must be in the question whole, but for generic ones; of a longer one `_SHARE`."""

_SHARE = 0.6
_MOST_DATED = 200
"""The most rows whose days are read; set by judgement."""

MOST_CELLS = 6
"""How many cells a question may find, where words and time do not tell them apart: the reader chooses among them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell by its row and column, counted from 0; ``superlative``: it was found as that of the highest or lowest."""

    row: int
    column: int
    superlative: str = ""


class AskedTable:
    """A table of a release together with a question."""

    def __init__(self, asked: Asked, release: Release, table: Table) -> None:
        self.asked = asked
        self.body = release.body
        self.published = release.published
        self.table = table
        self.labels: Labels = read_labels(release.body, release.published, table)
        time = asked.time(release.published)
        self.time: AskedTime | None = None if time is not None and time.of_release else time
        self._context = frozenset(stems(f"{release.title} {release.publisher}")) | self._stems_of(table.caption)
        self._width = len(self.labels.columns)
        self._context |= frozenset().union(*(self._head_stems(place) for place in range(self._width)))

    def _stems_of(self, span: Span | None) -> frozenset[str]:
        return frozenset(question_stems(span.of(self.body))) if span is not None else frozenset()

    def _head_stems(self, column: int) -> frozenset[str]:
        return frozenset().union(*(self._stems_of(head) for head in self.table.heads(column)))

    @cached_property
    def words(self) -> frozenset[str]:
        """The stems of the question without those of the times that it names with their days."""
        return frozenset(stems(self._undated)) & (frozenset(self.asked.stems) | NEUTRAL)

    @cached_property
    def _undated(self) -> str:
        """The question without the times that it names with their days."""
        text = self.asked.text
        named = [each for each in periods(text, Span(0, len(text)), self.published) if each.start or each.end]
        for period in reversed(named):
            text = f"{text[: period.span.start]} {text[period.span.end :]}"
        return text

    @cached_property
    def covered(self) -> list[list[int]]:
        """For each row, the columns whose cell is named in the question."""
        return [
            [place for place, cell in enumerate(self._named_cells(row)) if self._is_named(cell)] for row in self._rows
        ]

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """The first letters of the question's words: most cells of a long table have none of them."""
        return frozenset(word[:3] for word in self.words)

    @property
    def _rows(self) -> Sequence[Row]:
        return self.table.data

    def _named_cells(self, row: Row) -> Sequence[Span | None]:
        return [row.label, *row.cells[1:]]

    def _is_named(self, cell: Span | None) -> bool:
        if cell is None:
            return False
        text = cell.of(self.body)
        folded = text.casefold()
        if len(text) > _LONG_CELL or (text.isascii() and not any(each in folded for each in self._beginnings)):
            return False
        every = frozenset(question_stems(text))
        need = (every - GENERIC) or every
        shared = need & self.words
        if not need or (len(need) <= _SHORT_LABEL and shared != need) or len(shared) < _SHARE * len(need):
            return False
        return not self._is_other_name(need, every)

    def _is_other_name(self, need: frozenset[str], label: frozenset[str]) -> bool:
        """Return True if the question's name goes on with a word that the label lacks: "North Newby", for "Newby"."""
        found = list(_WORD.finditer(self.asked.text))
        known = label | self._context | GENERIC
        for number, word in enumerate(found):
            if not (word.group()[0].isupper() and frozenset(stems(word.group())) & need):
                continue
            for beside in (number - 1, number + 1):
                if not 0 < beside < len(found):
                    continue
                other = found[beside]
                first, second = sorted((word, other), key=lambda each: each.start())
                joined = self.asked.text[first.end() : second.start()] == " "
                name = other.group()[0].isupper() and other.group() not in _MONTH_NAMES
                if joined and name and not frozenset(stems(other.group())) & known:
                    return True
        return False

    @cached_property
    def cells(self) -> list[Place]:
        """The cells that the question asks for: at most `MOST_CELLS`, none if its words or its time fit none."""
        if self._names_another_year():
            return []
        if self._superlative:
            return self._highest()
        rows = self._named_rows()
        found = self._of_the_time([Place(row, column) for row in rows for column in self._columns(row)])
        found = found or self._dated_in_words()
        return found if len(found) <= MOST_CELLS else []

    def _names_another_year(self) -> bool:
        """Whether the question names a year, and labels of the table name years, but not that one."""
        asked = set(_YEAR.findall(self.asked.text))
        labels = [head for place in range(self._width) for head in self.table.heads(place)]
        labels += [row.label for row in self._rows if row.label is not None]
        named = {year for label in labels for year in _YEAR.findall(label.of(self.body))}
        short = {f"20{year}" for label in labels for year in _SHORT_YEAR.findall(label.of(self.body))}
        of_release = self.time is None and self.asked.time(self.published) is not None
        return bool(asked and named and not of_release and not asked & (named | short))

    def settles(self, place: Place) -> bool:
        """Return True if a cell answers by the table alone: by comparison, or as its labels say all that is asked."""
        if place.superlative:
            return not self.names_a_stranger
        row = self._rows[place.row]
        said = self._context.union(*(self._stems_of(cell) for cell in (row.label, row.group)), self._named_first)
        # Of every word of the question, not only of those that find a cell: "how many more", "by how much did it rise"
        asked = frozenset(stems(self._undated))
        return self.asked.wants_figure and len(self.cells) == 1 and not asked - said - GENERIC - _FORM

    @cached_property
    def _named_first(self) -> frozenset[str]:
        """The stems of the names in the release's first paragraph, which say where and of whom its tables are."""
        lead = self.body[: self.body.find("\n")] if "\n" in self.body else self.body
        return frozenset(stems(" ".join(each for each in _WORD.findall(lead) if each[0].isupper())))

    @cached_property
    def names_a_stranger(self) -> bool:
        """Whether the question has a name that is neither in the table nor in the words about it."""
        known = self._context | GENERIC
        known = known.union(*(self._stems_of(cell) for row in self._rows for cell in row.cells))
        found = list(_WORD.finditer(self.asked.text))[1:]
        names = [each.group() for each in found if each.group()[0].isupper() and each.group() not in _MONTH_NAMES]
        return any(frozenset(question_stems(name)) - known for name in names)

    def _dated_in_words(self) -> list[Place]:
        """Return what the question asks for of the rows with a day of the time that it names: "Which opens in May"."""
        answers = [place for place in range(self._width) if self._asks_for(place)]
        time = self.time
        if time is None or time.start is None or time.end is None or len(answers) != 1 or len(self._rows) > _MOST_DATED:
            return []
        found = []
        for number, row in enumerate(self._rows):
            for place, cell in enumerate(row.cells):
                day = label_period(self.body, cell, self.published) if place != answers[0] else None
                if day and day.start and day.end and time.start <= day.start and day.end <= time.end:
                    self.covered[number].append(place)
                    found.append(Place(number, answers[0]))
        return found

    @cached_property
    def named_above(self) -> int:
        """How many words of the question stand in the caption and the headers."""
        above = self._stems_of(self.table.caption).union(*(self._head_stems(place) for place in range(self._width)))
        return len(above & self.words)

    def is_number(self, cell: Span) -> bool:
        """Return True if a cell is a number and nothing else."""
        return self._is_quantity(cell)

    def row_is_dated(self, row: int) -> bool:
        """Return True if the label of a row names a period, or with the year of a column part of it."""
        return self._dated_rows[row]

    @cached_property
    def _dated_rows(self) -> list[bool]:
        columns = range(len(self.labels.columns))
        return [
            period is not None
            or any(self._period(place) is not self._period_of(Place(number, place)) for place in columns)
            for number, period in enumerate(self.labels.rows)
        ]

    # --- rows

    def _weights(self) -> list[float]:
        """Return how much of the question each row names; words that few rows have weigh more."""
        counts: Counter[str] = Counter()
        named: list[frozenset[str]] = []
        for row, columns in zip(self._rows, self.covered, strict=True):
            cells = self._named_cells(row)
            group = self._stems_of(row.group) & self.words if row.group and self._is_named(row.group) else frozenset()
            named.append(group.union(*(self._stems_of(cells[place]) & self.words for place in columns)))
            counts.update(named[-1])
        size = len(self._rows)
        return [math.fsum(math.log(1 + size / counts[stem]) for stem in words) for words in named]

    def _named_rows(self) -> list[int]:
        weights = self._weights()
        best = max(weights, default=0.0)
        if best > 0:
            rows = [row for row, weight in enumerate(weights) if weight > best - 1e-9]
            if len(rows) < max(2, len(weights)):
                return rows
        timed = [row for row, dated in enumerate(self._dated_rows) if dated]
        if timed and 2 * len(timed) >= len(self._rows):
            return timed
        if len(self._rows) == 1:
            return [0]
        totals = [row for row, each in enumerate(self._rows) if self._is_total(each)]
        rest = self.words - self._context - NEUTRAL - GENERIC
        if len(totals) == 1 and (_ASKS_TOTAL.search(self.asked.text) or not rest):
            return totals
        return []

    def _is_total(self, row: Row) -> bool:
        return row.label is not None and _TOTAL.match(row.label.of(self.body)) is not None

    # --- columns

    def _columns(self, number: int) -> list[int]:
        """Return the columns of a row in which the answer may stand, without those by which the row was found."""
        row, named = self._rows[number], self.covered[number]
        open_columns = [
            place
            for place, cell in enumerate(row.cells)
            if cell is not None and place not in named and (place > 0 or self.labels.values[0] or self._asks_for(0))
        ]
        if self._dated_rows[number] and not self._asks_for(0):
            open_columns = [place for place in open_columns if place > 0]
        asked_for = [place for place in open_columns if self._asks_for(place)]
        if asked_for:
            return self._by_words(asked_for)
        if self.asked.wants_figure:
            numbers = [place for place in open_columns if self._is_quantity(row.cell(place))]
            open_columns = numbers or open_columns
        if not self._asks_for_aim:
            open_columns = [place for place in open_columns if not self._is_aim(place)] or open_columns
        if _WHEN.match(self.asked.text):
            times = [place for place in open_columns if self._is_when(place)]
            open_columns = times or open_columns
        return self._by_words(open_columns)

    def _asks_for(self, column: int) -> bool:
        """Return True if the question asks for what a column holds by its header: "Which region", "Which office"."""
        header = self._head_stems(column) - (NEUTRAL - _TIMES)
        return bool(header & self._asked_noun)

    @cached_property
    def _asked_noun(self) -> frozenset[str]:
        """The stems of what is asked for: "Which village hall gets", "What is the address of", "Who manages"."""
        start = _WHICH.match(self.asked.text)
        if not start:
            return frozenset()
        words = _WORD.findall(self.asked.text[start.end() :])
        begin = int(bool(words) and words[0].lower() in _AUXILIARY)
        if words[begin + 1 : begin + 2] == ["of"] and words[begin].lower() in _KINDS:  # "which type of licence"
            begin += 2
        stop = next((place for place in range(begin, len(words)) if words[place].lower() in _ENDS_NOUN), len(words))
        return frozenset(stems(" ".join(words[begin : min(stop, begin + 4)])))

    @property
    def _asks_for_aim(self) -> bool:
        """Whether the question asks for what was aimed at, rather than for what came of it."""
        return bool(_AIMS & frozenset(stems(self.asked.text)))

    def _is_aim(self, column: int) -> bool:
        """Return True if a column holds what was aimed at: "Target", "Budget"."""
        return bool(_PLANS & self._head_stems(column))

    def _is_quantity(self, cell: Span | None) -> bool:
        return cell is not None and cell_quantity(cell.of(self.body), years=True) is not None

    def _is_when(self, column: int) -> bool:
        return bool(self._head_stems(column) & _WHEN_HEADS)

    def _by_words(self, columns: Sequence[int]) -> list[int]:
        """Return the columns whose header shares most words with the question, all of them if none does."""
        heads = {place: self._header_words(place) for place in columns}
        counts = Counter(stem for words in heads.values() for stem in words)
        weights = {
            place: math.fsum(math.log(1 + len(columns) / counts[stem]) for stem in words & self.words)
            for place, words in heads.items()
        }
        best = max(weights.values(), default=0.0)
        kept = [place for place in columns if weights[place] > best - 1e-9]
        # "2024", not "2024 target"
        fewest = min((len(heads[place] - self.words) for place in kept if self._period(place)), default=0)
        return [place for place in kept if not self._period(place) or len(heads[place] - self.words) == fewest]

    def _header_words(self, column: int) -> frozenset[str]:
        words = self._head_stems(column)
        return frozenset(word for word in words if not word.isdigit()) if self._period(column) else words

    def _period(self, column: int) -> Period | None:
        return self.labels.columns[column] if column < len(self.labels.columns) else None

    # --- times

    def _of_the_time(self, places: Sequence[Place]) -> list[Place]:
        """Return the cells of exactly the time asked for or, where none is, of the latest that has begun."""
        dated = {place: self._period_of(place) for place in places}
        if self.time is not None:
            fitting = [place for place, period in dated.items() if period is not None and _is(period, self.time)]
            # "At the end of 2024" may be the column "2024" of a table that says how many there were.
            fitting = fitting or [place for place, period in dated.items() if period and _is_end(period, self.time)]
            if fitting or any(period is not None for period in dated.values()):
                return fitting
            whole = self.labels.whole
            return [] if whole is not None and _excludes(whole, self.time) else list(places)
        begun = [period.end for period in dated.values() if period and period.start and period.start <= self.published]
        if not begun or self._asks_period():
            return list(places)
        latest = max(end for end in begun if end is not None)
        return [place for place, period in dated.items() if period is None or period.end == latest]

    def _asks_period(self) -> bool:
        return _WHEN.match(self.asked.text) is not None or self._asks_for(0)

    def _period_of(self, place: Place) -> Period | None:
        return cell_period(self.body, self.published, self.labels, place.row, place.column)

    # --- highest and lowest

    @property
    def _superlative(self) -> str:
        text = self.asked.text
        if not _WHICH.match(text) or not any(self._asks_for(place) for place in range(self._width)):
            return ""
        return "highest" if _MOST.search(text) else "lowest" if _LEAST.search(text) else ""

    def _highest(self) -> list[Place]:
        """Return the label of the row with the highest or lowest number in the column asked about."""
        answers = [place for place in range(self._width) if self._asks_for(place)]
        rows = [row for row, each in enumerate(self._rows) if not self._is_total(each)]
        values = [
            place
            for place, holds_values in enumerate(self.labels.values)
            if holds_values
            and place not in answers
            and any(self._is_quantity(self._rows[row].cell(place)) for row in rows)
        ]
        dated = self._of_the_time([Place(rows[0], place) for place in values]) if rows else []
        columns = self._by_words([place.column for place in dated])
        if len(columns) != 1 or len(answers) != 1:
            return []
        numbers = []
        for row in rows:
            cell = self._rows[row].cell(columns[0])
            quantity = cell_quantity(cell.of(self.body), years=True) if cell else None
            if quantity is not None:
                numbers.append((quantity.value, row))
        wanted = max(numbers)[0] if self._superlative == "highest" else min(numbers)[0]
        best = [row for value, row in numbers if value == wanted]
        return [Place(best[0], columns[0], self._superlative)] if len(best) == 1 else []


def _is_end(period: Period, time: AskedTime) -> bool:
    """Return True if a time is the last day of a longer period."""
    return time.start == time.end == period.end and period.start != period.end


def _is(period: Period, time: AskedTime) -> bool:
    if time.by_then or time.start is None:
        return period.end == time.end
    return (period.start, period.end) == (time.start, time.end)


def _excludes(period: Period, time: AskedTime) -> bool:
    first, last = time.start or date.min, time.end or date.max
    return (period.end is not None and period.end < first) or (period.start is not None and period.start > last)
