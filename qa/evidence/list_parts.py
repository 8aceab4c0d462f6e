"""The items of an answer that names several things: those of a list, or of an enumeration in a sentence."""

import re
from collections.abc import Iterator

from index.text.tables import cell_at
from index.types import Release, Span
from qa.reading.lists import Several, lists_in, several
from qa.types import AnswerCell, AnswerPart

_SEPARATOR = re.compile(
    r"(?P<mark>[,;](?!\d{3}\b))(?:\s+(?:and|or|as well as|plus)\b)?\s+|\s+(?:and|or|as well as|plus|&)\s+"
)
_OPENS, _CLOSES = "([“‘", ")]”’"
_LEADING = re.compile(r"(?:both|either|including|namely|such as|from|between)\s+", re.IGNORECASE)


def parts_of(question: str, release: Release, answer: Span) -> tuple[AnswerPart, ...]:
    """Return the items of an answer in their order, each a slice of the release's body; () if it is not several.

    The question must ask for several things. Items are those of the lists that the answer covers, or else what commas
    and "and" part; with a number in the question there are as many, or none.
    """
    wants = several(question)
    if wants is None:
        return ()
    body = release.body
    covered = [item for each in lists_in(body) for item in each.items if answer.holds(item)]
    spans = covered if len(covered) > 1 else _enumerated(body, answer, wants)
    return tuple(AnswerPart(span.of(body), span.start, span.end) for span in spans)


def cell_of(release: Release, answer: Span) -> AnswerCell | None:
    """Return the row and column of the table's cell that holds an answer; None outside a table."""
    found = cell_at(release.body, answer)
    if found is None:
        return None
    row, column = found
    return AnswerCell(row.of(release.body) if row else None, column.of(release.body) if column else None)


def _enumerated(body: str, answer: Span, wants: Several) -> list[Span]:
    text = answer.of(body)
    breaks = list(_breaks(text))
    marked = [each for each in breaks if each["mark"]]
    if marked:
        # "A, B and C": the "and" after the last comma parts two items, one before it belongs to its item
        breaks = [each for each in breaks if each["mark"] or each.start() > marked[-1].start()]
    options = [breaks, marked] if marked else [breaks]
    for chosen in options:
        spans = _between(text, chosen, answer.start)
        if len(spans) > 1 and wants.count in (None, len(spans)) and (marked or len(spans) == 2):
            return spans
    return []


def _breaks(text: str) -> Iterator[re.Match[str]]:
    for found in _SEPARATOR.finditer(text):
        before = text[: found.start()]
        if sum(map(before.count, _OPENS)) <= sum(map(before.count, _CLOSES)):
            yield found


def _between(text: str, breaks: list[re.Match[str]], offset: int) -> list[Span]:
    edges = [0, *(edge for found in breaks for edge in found.span()), len(text)]
    spans = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        lead = _LEADING.match(text, start) if start == 0 else None
        first = lead.end() if lead else start
        if not text[first:end].strip():
            return []
        spans.append(Span(offset + first, offset + end))
    return spans
