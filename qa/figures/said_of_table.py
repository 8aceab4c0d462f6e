"""What a table is of: the words of a question that its release's title, its caption and its headers have.

Two releases may have tables of the same rows and years: of visits to libraries, and of their loans.
"""

import re

from index.text.tables import Table, table_at
from index.text.terms import content_stems, stems
from index.types import Release, Span

_LAST_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])")


def said_of_table(question: str, release: Release, span: Span) -> frozenset[str] | None:
    """Return the stems of a question that are said of the table around a span; None outside a table."""
    table = table_at(release.body, span)
    if table is None:
        return None
    return frozenset(content_stems(question)) & frozenset(stems(f"{release.title} {_above(release.body, table)}"))


def is_of_other_table(question: str, mine: tuple[Release, Span], other: tuple[Release, Span]) -> bool:
    """Return True if both are in tables, and that of the other tells of less that the question names."""
    one, two = (said_of_table(question, *each) for each in (mine, other))
    return one is not None and two is not None and two < one


def _above(body: str, table: Table) -> str:
    """Return the words above the cells: the last sentence of the caption, and the headers."""
    caption = _LAST_SENTENCE.split(table.caption.of(body))[-1] if table.caption else ""
    heads = [head for column in range(len(table.data[0].cells)) for head in table.heads(column)] if table.data else []
    return " ".join([caption, *(head.of(body) for head in heads)])
