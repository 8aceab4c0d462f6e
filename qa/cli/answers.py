"""An answer on one screen: its words, its sentence and source, how it changed, and a line for each other passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from index.text.dates import MONTHS, long_date
from index.types import Coverage
from qa.cli.layout import cut, excerpt, linked, one_line, piped, prose
from qa.cli.text import INDENT, show_passages, show_quote, show_source
from qa.evidence.web_addresses import web_url
from qa.types import Answer, AnswerCell, Citation, CitedPassage, NearestStatement, ReadPassage, TimelinePoint
from qa.wording import CHANGES, RELATIONS, covered, sentence, when

_STATEMENTS = 8
"""How many statements of a timeline are printed: the newest. JSON and `pressqa plot` have them all."""

_SAME = 5
"""How many other releases that say the same are named."""

_NARROW = 60
"""Below so many columns a passage's line has its title, and no sentence."""

_SHORTEST_TITLE = 16
"""A title that would have fewer columns than this is left out of a timeline."""


class BestSentences(Protocol):
    """Finds what stands for a passage on one line."""

    def sentence(self, passage: CitedPassage) -> str:
        """Return the sentence that stands for a passage."""
        ...

    def wanted(self, word: str) -> bool:
        """Return True for a word that was asked for, and is to be seen of a sentence that is cut."""
        ...


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched, for whoever finds nothing: the whole index, or the part of it that is ``filtered``."""

    coverage: Coverage
    releases: int
    filtered: bool


def show_answer(
    console: Console, answer: Answer, *, best: BestSentences | None, where_searched: Searched | None = None
) -> None:
    """Print an answer with its source, its timeline and the other passages, or that none was found and why.

    ``best`` finds the sentences that stand for the other passages; without it these are printed whole.
    ``where_searched`` is said if nothing was found.
    """
    if answer.citation is None:
        cited = None
        _show_nothing(console, answer, where_searched)
    else:
        cited = _passage_of(answer.citation, answer.passages)
        _show_found(console, answer, answer.citation)
    if len(answer.timeline) > 1:
        show_timeline(console, answer.timeline)
    if answer.explanation is not None:
        show_explanation(console, answer.explanation)
    others = [passage for passage in answer.passages if passage is not cited]
    if others:
        console.print()
        name = "Further passages" if answer.citation else "Nearest passages"
        _heading(console, f"{name} (--passages prints them whole)" if best else name)
        if best is None:
            console.print()
            show_passages(console, others)
        else:
            _list_passages(console, others, best)


def _show_found(console: Console, answer: Answer, cited: Citation) -> None:
    if answer.parts:
        for part in answer.parts:
            prose(console, Text(f"• {one_line(part.text)}", style="bold"))
    else:
        prose(console, Text(one_line(answer.answer or ""), style="bold"))
    if answer.cell is not None:
        prose(console, Text(f"{INDENT}{_place_in_table(answer.cell)}"), rest=INDENT)
    if piped(console) or one_line(cited.quote) != one_line(answer.answer or ""):  # once is enough for a person
        console.print()
        show_quote(console, cited)
    known = f", as known on {long_date(answer.as_of)}" if answer.as_of else ""
    show_source(console, cited, f"confidence {answer.confidence:.2f}{known}")
    same = answer.citations[1:]
    if same:
        console.print()
        _heading(console, "Said in other releases too")
        dates = max(len(_short_date(each.published)) for each in same[:_SAME])
        for each in same[:_SAME]:
            _show_line(console, each, dates, each.link, whole=piped(console))
    if len(same) > _SAME:
        _heading(console, f"{INDENT}and in {len(same) - _SAME} more (--json has them all)")


def _show_nothing(console: Console, answer: Answer, where_searched: Searched | None) -> None:
    console.print(Text("Not found in the releases.", style="bold"))
    if answer.nearest is not None:
        show_nearest(console, answer.nearest)
    if where_searched is None:
        return
    console.print()
    if answer.hint is not None:  # the filters leave nothing: no word of the question could have helped
        prose(console, Text(sentence(answer.hint)))
        prose(console, Text(f"The index has {covered(where_searched.coverage, where_searched.releases)}."))
        return
    prose(console, Text("No release here states it clearly enough to be quoted. That does not mean it is not so."))
    known = f" As known on {long_date(answer.as_of)}." if answer.as_of else ""
    filters = " Your filters leave some of them out." if where_searched.filtered else ""
    prose(console, Text(f"Searched: {covered(where_searched.coverage, where_searched.releases)}.{filters}{known}"))
    prose(console, Text("Use the words that a release would use, and say what is counted, of whom or where."))


def show_nearest(console: Console, nearest: NearestStatement) -> None:
    """Print what is stated for another time than the question names: "61,400 in 2023"."""
    line = Text("Nearest statement: ")
    line.append(one_line(nearest.text), style="bold")
    if nearest.period is not None:
        line.append(f" {one_line(when(nearest.period))}")
    prose(console, line)
    console.print()
    show_quote(console, nearest.citation)
    show_source(console, nearest.citation, "of another time")


def _place_in_table(cell: AnswerCell) -> str:
    """Return which row and column an answer was read from, as a person reads it."""
    named = [f"{name} “{one_line(label)}”" for name, label in (("row", cell.row), ("column", cell.column)) if label]
    return f"from a table: {', '.join(named)}" if named else "from a table"


def show_timeline(console: Console, timeline: Sequence[TimelinePoint]) -> None:
    """Print the newest statements of one figure or fact in the releases, newest first."""
    console.print()
    _heading(console, "How it changed")
    shown = timeline if piped(console) else timeline[:_STATEMENTS]
    days = [long_date(point.published) if piped(console) else _short_date(point.published) for point in shown]
    for day, point in zip(days, shown, strict=True):
        _show_statement(console, point, day.ljust(max(map(len, days))))
    if len(shown) < len(timeline):
        _heading(console, f"{INDENT}and {len(timeline) - len(shown)} before (--json has them all)")


def _show_statement(console: Console, point: TimelinePoint, day: str) -> None:
    first = Text(INDENT) + Text(day, style="cyan") + Text("  ")
    line = Text(one_line(point.text), style="bold")
    rest = f" {one_line(point.measured)}" if point.measured else ""
    rest += f" ({CHANGES[point.change]})" if point.change else ""
    rest += f", {one_line(when(point.period))}" if point.period else ""
    line = Text() + line + Text(rest) + Text(f"  [{RELATIONS[point.relation]}]", style="dim")
    left = console.width - first.cell_len - line.cell_len - 2
    if piped(console) or left >= _SHORTEST_TITLE:
        title = one_line(point.citation.title) if piped(console) else cut(point.citation.title, left)
        console.print(first + line + Text("  ") + linked(console, title, "green", point.citation.link), soft_wrap=True)
    else:
        prose(console, line, first, " " * first.cell_len)


def show_explanation(console: Console, read: Sequence[ReadPassage]) -> None:
    """Print the passages that were read, best first, with how they were found and the spans weighed in them."""
    console.print()
    _heading(console, "What was read")
    for number, passage in enumerate(read, start=1):
        if number > 1:
            console.print()
        line = Text(f"{number}. ", style="cyan")
        line.append(one_line(passage.title), style="green")
        found = f"found {passage.score:.3f}: cosine {passage.dense:.3f}, keywords {passage.lexical:.3f}"
        line.append(f" ({long_date(passage.published)}, {passage.start}-{passage.end}; {found})", style="dim")
        prose(console, line, rest="   ")
        for span in passage.spans:
            scores = f"   span {span.span_score:+6.2f}  again {span.again_score:+6.2f}  score {span.score:+6.2f}"
            weighed = Text(f"{scores}  confidence {span.confidence:.2f}  ", style="dim")
            prose(console, weighed + Text(one_line(span.text), style="not dim"), rest=INDENT * 3)


def _list_passages(console: Console, passages: Sequence[CitedPassage], best: BestSentences) -> None:
    """Print a line for each passage: the day, the title, and the sentence that stands for the passage."""
    dates = max(len(_short_date(passage.published)) for passage in passages)
    room = console.width - len(INDENT) - dates - 2
    titles = min(max(cell_len(one_line(passage.title)) for passage in passages), room * 3 // 8)
    for passage in passages:
        if console.width < _NARROW:
            _show_line(console, passage, dates, passage.url)
            continue
        line = Text(INDENT) + Text(_short_date(passage.published).ljust(dates), style="cyan") + Text("  ")
        line += linked(console, cut(passage.title, titles), "green", passage.url)
        line += Text(" " * (len(INDENT) + dates + 2 + titles + 2 - line.cell_len))
        line += Text(excerpt(best.sentence(passage), room - titles - 2, best.wanted))
        console.print(line, soft_wrap=True)


def _show_line(
    console: Console, source: Citation | CitedPassage, dates: int, url: str | None, *, whole: bool = False
) -> None:
    """Print the day and the title of a release on one line; one that is to be ``whole`` ends with its address."""
    line = Text(INDENT) + Text(_short_date(source.published).ljust(dates), style="cyan") + Text("  ")
    title = one_line(source.title) if whole else cut(source.title, console.width - line.cell_len)
    line += linked(console, title, "green", url)
    if whole and web_url(url) is not None:
        line.append(f"  {url}")
    console.print(line, soft_wrap=True)


def _short_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _heading(console: Console, words: str) -> None:
    console.print(Text(words, style="dim"))


def _passage_of(citation: Citation, passages: Sequence[CitedPassage]) -> CitedPassage | None:
    for passage in passages:
        if passage.release_id == citation.release_id and passage.start <= citation.start < passage.end:
            return passage
    return None
