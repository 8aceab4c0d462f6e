"""Answers, figures, passages and releases as text for people."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.text.dates import long_date
from index.types import Release, ReleaseOrigin, Revision
from qa.types import (
    Answer,
    AnswerCell,
    Citation,
    CitedPassage,
    FigureStatement,
    NearestStatement,
    ReadPassage,
    TimelinePoint,
)
from qa.wording import RELATIONS, when

_ANSWER = "bold black on yellow"


def show_figures(console: Console, figures: Sequence[FigureStatement]) -> None:
    """Print figures, best first, each with what it counts, its period and the sentence that states it."""
    for number, figure in enumerate(figures, start=1):
        console.print()
        line = Text(f"{number}. ", style="cyan")
        line.append(figure.text, style="bold")
        line.append("".join(f"  {note}" for note in _notes(figure)))
        console.print(line)
        _indented(console, _highlighted(figure.citation, None))
        _source(console, figure.citation, f"score {figure.score:.2f}")


def _notes(figure: FigureStatement) -> Iterator[str]:
    if figure.counted:
        yield figure.counted
    if figure.cell is not None and figure.cell.column and figure.cell.column != figure.counted:
        dated = figure.period is not None and figure.period.text == figure.cell.column
        yield from () if dated else [f"“{figure.cell.column}”"]
    if figure.change:
        yield f"({figure.change})"
    if figure.period is not None:
        start, end = figure.period.start, figure.period.end
        dates = "" if start is None and end is None else f": {start or ''} to {end or ''}".rstrip()
        yield f"[{figure.period.text}{dates}]"


def show_answer(console: Console, answer: Answer) -> None:
    """Print the answer in its passage, where it comes from, and the other passages."""
    cited = None
    if answer.citation is None:
        console.print(Text("Not found in the releases.", style="bold"))
        if answer.nearest is not None:
            show_nearest(console, answer.nearest)
    else:
        cited = _passage_of(answer.citation, answer.passages)
        for words in [f"• {' '.join(part.text.split())}" for part in answer.parts] or [answer.answer or ""]:
            console.print(Text(words, style="bold"))
        if answer.cell is not None:
            console.print(Text(f"   {_place_in_table(answer.cell)}"))
        _source(console, answer.citation, f"confidence {answer.confidence:.2f}")
        console.print()
        _indented(console, _highlighted(answer.citation, cited))
        for citation in answer.citations[1:]:
            _source(console, citation, "says the same")
    if len(answer.timeline) > 1:
        show_timeline(console, answer.timeline)
    if answer.explanation is not None:
        show_explanation(console, answer.explanation)
    others = [passage for passage in answer.passages if passage is not cited]
    if others:
        console.print()
        console.print(Text("Other passages" if cited else "Nearest passages", style="dim"))
        show_passages(console, others)


def show_nearest(console: Console, nearest: NearestStatement) -> None:
    """Print what is stated for another time than the question names: "61,400 in 2023"."""
    line = Text("Nearest statement: ")
    line.append(" ".join(nearest.text.split()), style="bold")
    if nearest.period is not None:
        line.append(f" {when(nearest.period)}")
    console.print(line)
    _source(console, nearest.citation, "of another time")
    console.print()
    _indented(console, _highlighted(nearest.citation, None))


def _place_in_table(cell: AnswerCell) -> str:
    """Return which row and column an answer was read from, as a person reads it."""
    named = [f"{name} “{label}”" for name, label in (("row", cell.row), ("column", cell.column)) if label]
    return f"from a table: {', '.join(named)}" if named else "from a table"


def show_timeline(console: Console, timeline: Sequence[TimelinePoint]) -> None:
    """Print the statements of one figure or fact in the releases, newest first."""
    console.print()
    console.print(Text("How it changed", style="dim"))
    console.print()
    days = [long_date(point.published) for point in timeline]
    for day, point in zip(days, timeline, strict=True):
        line = Text(f"   {day.ljust(max(map(len, days)))}  ", style="cyan")
        line.append(" ".join(point.text.split()), style="bold")
        if point.measured:
            line.append(f" {' '.join(point.measured.split())}")
        if point.period:
            line.append(f", {' '.join(point.period.text.split())}")
        line.append(f"  [{RELATIONS[point.relation]}]", style="dim")
        line.append(f"  {point.citation.title}", style="green")
        console.print(line, soft_wrap=not console.is_terminal)


def show_explanation(console: Console, read: Sequence[ReadPassage]) -> None:
    """Print the passages that were read, best first, with how they were found and the spans weighed in them."""
    console.print()
    console.print(Text("What was read", style="dim"))
    for number, passage in enumerate(read, start=1):
        console.print()
        line = Text(f"{number}. ", style="cyan")
        line.append(passage.title, style="green")
        found = f"found {passage.score:.3f}: cosine {passage.dense:.3f}, keywords {passage.lexical:.3f}"
        line.append(f" ({long_date(passage.published)}, {passage.start}-{passage.end}; {found})", style="dim")
        console.print(line)
        for span in passage.spans:
            scores = f"   span {span.span_score:+6.2f}  again {span.again_score:+6.2f}  score {span.score:+6.2f}"
            numbers = f"{scores}  confidence {span.confidence:.2f}  "
            console.print(Text(numbers, style="dim"), Text(" ".join(span.text.split())), sep="")


def show_passages(console: Console, passages: Sequence[CitedPassage]) -> None:
    """Print passages with their sources, best first."""
    for passage in passages:
        console.print()
        console.print(Text(f"{passage.rank}. ", style="cyan"), Text(passage.text), sep="")
        _source(console, passage, f"score {passage.score:.2f}")


def show_release(
    console: Console, release: Release, revisions: Sequence[Revision] = (), origins: Sequence[ReleaseOrigin] = ()
) -> None:
    """Print a whole release, with its revisions if it has more than one, and where it was found."""
    console.print(Text(release.title, style="bold"))
    console.print(Text(f"{release.publisher}, {long_date(release.published)}  [{release.id}]", style="dim"))
    if release.url:
        console.print(Text(release.url, style="blue"))
    if release.updated is not None:
        console.print(Text(f"updated by the publisher on {long_date(release.updated)}", style="dim"))
    if release.withdrawn is not None:
        console.print(Text(f"withdrawn by the publisher on {long_date(release.withdrawn)}", style="bold red"))
    for revision in revisions if len(revisions) > 1 else ():
        until = f"to {revision.valid_to}" if revision.valid_to else "current"
        withdrawn = f", withdrawn {revision.withdrawn}" if revision.withdrawn else ""
        console.print(Text(f"revision {revision.number}: from {revision.valid_from} {until}{withdrawn}", style="dim"))
    for origin in origins:
        console.print(Text(_origin(origin), style="dim"))
    console.print()
    console.print(Text(release.body))


def _origin(origin: ReleaseOrigin) -> str:
    matched = {"address": "the same web address", "text": "the same publisher and day, and nearly the same words"}
    where = f"found in {origin.source or 'an earlier ingest'}"
    where += f" at {origin.address}" if origin.address else ""
    notes = [matched[origin.matched]] if origin.matched in matched else []
    notes += ["its text is shown"] if origin.gives_text else []
    return f"{where} ({'; '.join(notes)})" if notes else where


def _source(console: Console, where: Citation | CitedPassage, note: str) -> None:
    source = Text("   — ", style="dim")
    source.append(where.title, style="green")
    source.append(f" ({where.publisher}, {long_date(where.published)}; {note})", style="dim")
    console.print(source)
    if where.withdrawn is not None:
        console.print(Text(f"     withdrawn by the publisher on {long_date(where.withdrawn)}", style="bold red"))
    link = where.link if isinstance(where, Citation) else where.url
    if link:
        console.print(Text(f"     {link}", style="blue"), soft_wrap=True)


def _indented(console: Console, text: Text) -> None:
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, 2)))
        return
    # Padding needs a width and would crop: in a pipe every line is printed whole.
    for line in text.split("\n"):
        console.print(Text("  ") + line if line else "")


def _passage_of(citation: Citation, passages: Sequence[CitedPassage]) -> CitedPassage | None:
    for passage in passages:
        if passage.release_id == citation.release_id and passage.start <= citation.start < passage.end:
            return passage
    return None


def _highlighted(citation: Citation, passage: CitedPassage | None) -> Text:
    text, offset = (passage.text, passage.start) if passage else (citation.quote, citation.start)
    shown = Text(text)
    shown.stylize(_ANSWER, citation.answer_start - offset, citation.answer_end - offset)
    return shown
