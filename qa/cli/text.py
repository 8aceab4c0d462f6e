"""Figures, passages and releases as text for people, and the lines that say where a text comes from."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from index.text.dates import long_date
from index.types import ChangeNote, Release, ReleaseOrigin, Revision
from qa.cli.layout import follows_links, harmless, linked, one_line, piped, prose
from qa.evidence.web_addresses import web_url
from qa.types import Citation, CitedPassage, FigureStatement
from qa.wording import CHANGES, when

INDENT = "  "

_BELOW = "   "
"""What stands before what is below a number ("1. ")."""

_ANSWER = "bold black on yellow"


def show_figures(console: Console, figures: Sequence[FigureStatement]) -> None:
    """Print figures, best first, each with what it counts, its period and the sentence that states it."""
    for number, figure in enumerate(figures, start=1):
        if number > 1:
            console.print()
        line = Text(f"{number}. ", style="cyan")
        line.append(harmless(figure.text), style="bold")
        line.append("".join(f"  {one_line(note)}" for note in _notes(figure)))
        prose(console, line, rest=_BELOW)
        show_quote(console, figure.citation, _BELOW)
        show_source(console, figure.citation, f"score {figure.score:.2f}", _BELOW)


def _notes(figure: FigureStatement) -> Iterator[str]:
    if figure.counted:
        yield figure.counted
    if figure.cell is not None and figure.cell.column and figure.cell.column != figure.counted:
        dated = figure.period is not None and figure.period.text == figure.cell.column
        yield from () if dated else [f"“{figure.cell.column}”"]
    if figure.change:
        yield f"({CHANGES[figure.change]})"
    if figure.period is not None:
        yield f"[{when(figure.period)}]"


def show_passages(console: Console, passages: Sequence[CitedPassage]) -> None:
    """Print passages whole, each with its rank and its source, with a blank line between them."""
    for number, passage in enumerate(passages):
        if number:
            console.print()
        text = Text(harmless(passage.text))
        prose(console, text, f"{passage.rank}. ", "" if piped(console) else _BELOW)
        show_source(console, passage, f"score {passage.score:.2f}", _BELOW)


def show_release(
    console: Console, release: Release, revisions: Sequence[Revision] = (), origins: Sequence[ReleaseOrigin] = ()
) -> None:
    """Print a whole release, with its revisions if it has more than one, and where it was found."""
    prose(console, Text(one_line(release.title), style="bold"))
    # Not wrapped: an id that is copied must be whole.
    source = one_line(f"{release.publisher}, {long_date(release.published)}")
    console.print(Text(f"{source}  [{release.id}]", style="dim"), soft_wrap=True)
    if release.url:
        _show_link(console, release.url, release.url, "")
    if release.updated is not None:
        console.print(Text(f"updated by the publisher on {long_date(release.updated)}", style="dim"))
    if release.withdrawn is not None:
        notice = f": {one_line(release.withdrawn_notice)}" if release.withdrawn_notice else ""
        line = f"withdrawn by the publisher on {long_date(release.withdrawn)}{notice}"
        prose(console, Text(line, style="bold red"))
    if release.government is not None:
        prose(console, Text(f"published under the {one_line(release.government)}", style="dim"))
    if release.language is not None:
        console.print(Text(f"language: {one_line(release.language)}", style="dim"))
    for revision in revisions if len(revisions) > 1 else ():
        until = f"to {revision.valid_to}" if revision.valid_to else "current"
        withdrawn = f", withdrawn {revision.withdrawn}" if revision.withdrawn else ""
        line = f"revision {revision.number}: from {revision.valid_from} {until}{withdrawn}"
        prose(console, Text(line, style="dim"))
        _show_changes(console, revision.changes, INDENT)
    if len(revisions) == 1:
        _show_changes(console, release.changes, "")
    for origin in origins:
        prose(console, Text(_origin(origin), style="dim"))
    console.print()
    prose(console, Text(harmless(release.body)))


def _show_changes(console: Console, changes: Sequence[ChangeNote], indent: str) -> None:
    for change in changes:
        line = Text(f"changed on {long_date(change.day)}: {one_line(change.note)}", style="dim")
        prose(console, line, indent, indent + INDENT)


def _origin(origin: ReleaseOrigin) -> str:
    matched = {
        "content_id": "the same document, whose page moved",
        "address": "the same web address",
        "text": "the same publisher and day, and nearly the same words",
    }
    where = f"found in {one_line(origin.source) or 'an earlier ingest'}"
    where += f" at {one_line(origin.address)}" if origin.address else ""
    notes = [matched[origin.matched]] if origin.matched in matched else []
    notes += ["its text is shown"] if origin.gives_text else []
    return f"{where} ({'; '.join(notes)})" if notes else where


def show_quote(console: Console, citation: Citation, indent: str = INDENT) -> None:
    """Print the sentences of a citation, with the answer in them marked."""
    shown = Text(harmless(citation.quote))
    shown.stylize(_ANSWER, citation.answer_start - citation.start, citation.answer_end - citation.start)
    prose(console, shown, indent, indent)


def show_source(console: Console, where: Citation | CitedPassage, note: str, indent: str = INDENT) -> None:
    """Print title, publisher and date of a source with a note, and its address on the next line."""
    source = Text()
    source.append("— ", style="dim")
    source.append(one_line(where.title), style="green")
    source.append(f" ({one_line(where.publisher)}, {long_date(where.published)}; {note})", style="dim")
    prose(console, source, indent, indent + INDENT)
    if where.withdrawn is not None:
        line = Text(f"withdrawn by the publisher on {long_date(where.withdrawn)}", style="bold red")
        prose(console, line, indent + INDENT, indent + INDENT)
    if where.url:
        target = (where.link if isinstance(where, Citation) else None) or where.url
        _show_link(console, where.url, target, indent + INDENT)


def _show_link(console: Console, url: str, target: str, indent: str) -> None:
    """Print an address; where the terminal follows links it leads to ``target``, elsewhere that is what is printed.

    One that no browser may follow is not printed: a release can claim any.
    """
    if web_url(url) is None:
        return
    shown = linked(console, one_line(url if follows_links(console) else target), "blue", target)
    console.print(Text(indent) + shown, soft_wrap=True)
