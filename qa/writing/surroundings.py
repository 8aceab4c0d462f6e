"""What stands around a sentence of a release and turns it: somebody's speech, a line that denies what follows.

Where a release leaves open whose words they are, they are taken for somebody's: a true sentence may then be dropped,
and no false one is shown.
"""

import re
from collections.abc import Iterator
from typing import Final

from index.text.sentences import sentences
from index.types import Span
from qa.writing.shortening import DENIES, TURNS
from qa.writing.words import plain, tokens

_BULLET = re.compile(r"(?:[•◦▪‣*-]|\d{1,2}[.)]|\(?[a-z]\))\s")
_SAYS = re.compile(
    r"\b(?:said|says|saying|added|adds|commented|comments|wrote|writes|stated|states|told [^.:]*|continued|tweeted)"
    r"[^.:]{0,60}:\s*\Z",
    re.IGNORECASE,
)
_SAYS_WITHIN: Final = 200
"""How many characters before the end of a paragraph may name who speaks: the time of the pattern grows with both."""

_SHORT_QUOTE = re.compile(r"‘[^’.!?\n]{1,60}’")
_CLOSES_SINGLE = re.compile(r"[.,!?…]’(?!\w)")
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Corp|Co|Plc|plc|LLC|LLP|Cos|St|Jr|Sr|Bros)\.\s*\Z")
_REACH: Final = 12
"""How many paragraphs further what was opened or introduced is believed to go on, without a heading or an end."""

_HEADING_WORDS: Final = 14
_CONTEXT: Final = frozenset(
    """up down less fewer more most least only just rise increase fall decrease each together between than plan plans
    aims proposed will report reports rule rules expect add adds""".split()
)
"""Words that turn the sentence they stand in; in a list's introduction ("Under the plans:") they turn no item."""


def is_speech(body: str, said: Span) -> bool:
    """Whether a sentence stands inside quotation marks that were opened before it, or in a block that somebody says."""
    begins = said.of(body).lstrip()[:1]
    if begins in ('"', "“") or _is_open(body, said.start):
        return True
    start = body.rfind("\n\n", 0, said.start) + 2 if "\n\n" in body[: said.start] else 0
    single = _SHORT_QUOTE.sub("", body[start : said.start])
    opened = single.rfind("‘")
    if begins == "‘" or (opened >= 0 and not _CLOSES_SINGLE.search(single, opened)):
        return True
    return _is_block(body, start)


def _is_open(body: str, at: int) -> bool:
    """Whether double quotation marks are open: a paragraph may open them again, and need not."""
    is_open, since = False, 0
    for paragraph in body[:at].split("\n\n"):
        since = since + 1 if is_open else 0
        if since > _REACH or (is_open and _is_heading(paragraph)):
            is_open = False
        marks = [each for each in paragraph if each in '“”"']
        if is_open and marks and marks[0] in '“"' and paragraph.lstrip()[:1] == marks[0]:
            marks = marks[1:]  # opened again
        for mark in marks:
            is_open = mark == "“" or (mark == '"' and not is_open)
    return is_open


def _is_block(body: str, start: int) -> bool:
    """Whether a paragraph is of a block that a line before it says somebody said, without marks of quotation."""
    paragraphs = list(_above(body, start))
    for number, above in enumerate(paragraphs):
        if _is_heading(above):
            return False
        if _SAYS.search(above[-_SAYS_WITHIN:]):
            first = paragraphs[number - 1] if number else body[start : start + 1]
            return first.lstrip()[:1] not in ('"', "“", "‘", "'")
    return False


def _above(body: str, start: int) -> Iterator[str]:
    """Yield the paragraphs before a place, the nearest first, at most `_REACH` of them."""
    above = [each for each in body[:start].split("\n\n") if each.strip()]
    yield from reversed(above[-_REACH:])


def _is_heading(paragraph: str) -> bool:
    line = paragraph.strip()
    return bool(line) and "\n" not in line and line[-1].isalnum() and len(line.split()) <= _HEADING_WORDS


def is_turned(body: str, said: Span) -> bool:
    """Whether the line that introduces a sentence turns it ("These were refused:"), or a name before it was cut.

    A list is introduced by the line above it, whatever its end; paragraphs by a heading, or by one before them that
    ends in a colon.
    """
    if _ABBREVIATED.search(body[: said.start].rstrip(" ")) and not body[: said.start].endswith("\n"):
        return True
    line = body.rfind("\n", 0, said.start) + 1
    own = frozenset(each.key for each in tokens(said.of(body)))
    if _BULLET.match(body, line):
        above = body[:line].rstrip("\n")
        while above:
            start = above.rfind("\n") + 1
            if not _BULLET.match(above, start):
                break
            above = above[:start].rstrip("\n")
        return bool(above) and _turns(above[above.rfind("\n") + 1 :], own)
    start = body.rfind("\n\n", 0, said.start) + 2 if "\n\n" in body[: said.start] else 0
    for each in _above(body, start):
        last = each.strip().rsplit("\n", 1)[-1]
        if last.endswith(":") or _is_heading(each):
            return _denies(last)
    return False


def _turns(introduction: str, own: frozenset[object]) -> bool:
    """Whether an introduction turns what follows: it denies it, or only says that it may be, and the item does not."""
    last = sentences(introduction)[-1].of(introduction) if introduction.strip() else ""
    turning = {each.key for each in tokens(last) if each.key in TURNS and each.key not in _CONTEXT}
    # "what could change: ... could send": the item says itself that it may be
    return bool(turning & DENIES) or not turning <= own or _denies(last)


def _denies(line: str) -> bool:
    return bool(_DENYING.search(plain(line)))


_DENYING = re.compile(
    r"\b(?:myths?|untrue|untruths?|false|fake|hoax(?:es)?|rumours?|claims?|allegations?|ruled out|rejected|refused"
    r"|denied|dismissed|debunked|mis(?:information|conceptions?|leading)|fictional|imagin\w+|scenarios?"
    r"|offences?|illegal|unlawful|prohibited|banned|forbidden|must not|may not|cannot)\b",
    re.IGNORECASE,
)
"""What a heading or an introduction says of claims that are not the release's own."""
