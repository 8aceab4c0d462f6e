"""Plain text as people save it: paragraphs that were wrapped to lines are joined again, bullets are made alike."""

import re

from index.sources.clean import clean_body, is_item

_ITEM = re.compile(r"(?:[•◦▪‣*·●○–—-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{2,4})[.)]\s)")
ENDS = re.compile(r"[.!?:;”’\"')\]]$")
"""How a line ends that ends a sentence, or leads to a list."""

_NARROW = 100
"""Up to how many characters the lines of a text may have that was wrapped to lines; set by judgement."""


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


def _hyphenated(before: str, line: str) -> str:
    """Return two lines as one: a word that was broken with a hyphen is whole again, a compound keeps its hyphen."""
    if re.search(r"[a-z]{2}-$", before) and re.match(r"[a-z]{2}", line):
        return f"{before[:-1]}{line}"
    return f"{before}{'' if before.endswith(('-', '–', '—')) and line[:1].isalnum() else ' '}{line}"
