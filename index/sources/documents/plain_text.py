"""Plain text as people save it: paragraphs that were wrapped to lines are joined again, bullets are made alike."""

import re
from collections.abc import Sequence

from index.sources.clean import clean_body, is_item
from index.sources.days import is_day
from index.sources.wire_contacts import is_contact, is_street
from index.sources.wire_lines import NUMBER, begins_with_label, is_label, is_sentence

_ITEM = re.compile(r"(?:[•◦▪‣*·●○–—-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)]\s)")
ENDS = re.compile(r"[.!?:;”’\"')\]]$")
"""How a line ends that ends a sentence, or leads to a list."""

_NARROW = 100
"""Up to how many characters the lines of a text may have that was wrapped to lines; set by judgement."""


_COLUMNS = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")
"""What parts two columns of a letterhead."""

_MOST_HEAD = 30
"""How many lines at the beginning may be a letterhead; set by judgement."""


_SMALL = frozenset("from with into over after than that upon amid against through under between about".split())
"""Words of four letters and more that headlines write small."""


def columns_apart(text: str) -> str:
    """Return a text with the columns of its letterhead one below the other: "Coast Office     Contact: Jo Quay".

    Lines whose last column has no label stay as they are: they may be rows of a table.
    """
    head, mark, rest = _split_after(text, _MOST_HEAD)
    lines = head.split("\n")
    begin = next((number for number, line in enumerate(lines) if is_sentence(line)), len(lines))
    return "\n".join([*map(_column_lines, lines[:begin]), *lines[begin:]]) + mark + rest


def _split_after(text: str, count: int) -> tuple[str, str, str]:
    lines = text.split("\n", count)
    return ("\n".join(lines[:count]), "\n", lines[count]) if len(lines) > count else (text, "", "")


def _column_lines(line: str) -> str:
    columns = _COLUMNS.split(line)
    return "\n".join(columns) if len(columns) == 2 and is_of_letterhead(columns[1]) else line


def is_of_letterhead(text: str) -> bool:
    """Return True for what stands in the second column of a letterhead: a label, number, day, contact or street."""
    labelled = begins_with_label(text) or is_label(text) or NUMBER.fullmatch(text)
    return bool(labelled) or is_contact(text) or is_street(text) or is_day(text)


def unwrapped(text: str) -> str:
    """Return the clean text with the lines of each wrapped paragraph joined.

    A paragraph was wrapped if it has no long line and all its lines but the last are about as long as the longest.
    Items of lists and headings stay lines of their own.
    """
    return clean_body("\n\n".join(_joined(paragraph) for paragraph in clean_body(text).split("\n\n")))


def _joined(paragraph: str) -> str:
    lines = paragraph.split("\n")
    longest = max(map(len, lines))
    if len(lines) < 2 or longest > _NARROW or longest < 40 or any("|" in line for line in lines):
        return paragraph
    if _is_headline(lines):
        return paragraph
    full = [line for line in lines[:-1] if not _ITEM.match(line)]
    if sum(len(line) > 0.6 * longest for line in full) < 0.7 * len(full):
        return paragraph
    kept = [lines[0]]
    for line in lines[1:]:
        before = kept[-1]
        if _ITEM.match(line) or is_item(line) or (len(before) < 0.5 * longest and ENDS.search(before)):
            kept.append(line)
        else:
            kept[-1] = _hyphenated(before, line)
    return "\n".join(kept)


def _is_headline(lines: Sequence[str]) -> bool:
    """Return True for a headline above a second one in another style: "Nine Piers To Reopen", "Work begins in May"."""
    if len(lines) > 3 or ENDS.search(lines[-1]) or not all(line[:1].isupper() or line[:1].isdigit() for line in lines):
        return False
    return len({_style(line) for line in lines}) > 1


def _style(line: str) -> str:
    """Return how the words of a headline are written: all in capitals, each with one, or as in a sentence."""
    if line.isupper():
        return "capitals"
    words = [word for word in re.findall(r"[^\W\d_]{4,}", line) if word not in _SMALL]
    return "titles" if all(word[0].isupper() for word in words) else "sentence"


def _hyphenated(before: str, line: str) -> str:
    """Return two lines as one: a word that was broken with a hyphen is whole again, a compound keeps its hyphen."""
    if re.search(r"[a-z]{2}-$", before) and re.match(r"[a-z]{2}", line):
        return f"{before[:-1]}{line}"
    return f"{before}{'' if before.endswith(('-', '–', '—')) and line[:1].isalnum() else ' '}{line}"
