"""What a language model writes, cut into sentences with what each of them cites, while it is still being written.

A sentence cites at its end: ``Police seized 28 tonnes. [2: "Police seized 28 tonnes, which is a record."]``. The number
is that of a passage in the prompt, and the quote its words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_SENTENCE: Final = 4000
"""The most characters of a sentence with all that it cites; a model that writes more without a break is not writing
sentences. The longest sentence of 601 GOV.UK releases has 1,100."""

MAX_CITATIONS: Final = 12
"""The most citations after the first one of a sentence; further ones are those of a sentence without words."""

_QUOTED = re.compile(r"\[\s*(?P<number>\d{1,6})\s*:\s*[\"“](?P<quote>.*?)[\"”]\s*\]", re.DOTALL)
_BARE = re.compile(r"\[\s*(?P<number>\d{1,6})\s*\]")
_CLOSED = re.compile(r"[\"”]\s*\]")
_OPENED = re.compile(r"\[\s*\d{0,6}\s*(?::\s*(?:[\"“].*)?)?\Z", re.DOTALL)
"""A citation that has been begun and may go on."""

_ITEM = re.compile(r"\s*(?:[-*•+]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|>\s+)?")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_STOPS: Final = ".!?,;"


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation as it is written: the number of a passage, and the quote; None if nothing is quoted."""

    number: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it, or several if only the last of them cites; nothing of it is checked."""

    text: str
    cites: tuple[Reference, ...]


class DraftReader:
    """Takes a text piece by piece, and gives each sentence once what it cites is complete."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> Iterator[Draft]:
        """Yield the sentences that ``piece`` completes."""
        self._text += piece
        while (cut := self._end()) is not None:
            unit, self._text = self._text[:cut], self._text[cut:]
            yield from _drafts(unit)

    def close(self) -> Iterator[Draft]:
        """Yield what is left, at the end of the text; a citation that was not finished is none."""
        unit, self._text = self._text, ""
        yield from _drafts(unit)

    def _end(self) -> int | None:
        """Return where the first complete unit ends: after its citations, or at a line's end without any."""
        end = _end(self._text[:MAX_SENTENCE])
        return MAX_SENTENCE if end is None and len(self._text) > MAX_SENTENCE else end


def _end(text: str) -> int | None:
    at = len(text) - len(text.lstrip())
    found = _citation(text, at)
    line = text.find("\n", at)
    if line >= 0 and (found is None or line < found.start()):
        after = text[line:].lstrip()
        if not after:
            return None
        if after[0] != "[":
            return line + 1
    if found is None:
        return None
    end = found.end()
    for _ in range(MAX_CITATIONS):
        at = _blank_end(text, end)
        more = _BARE.match(text, at) or _QUOTED.match(text, at)
        if more is None:
            break
        end = more.end()
    else:
        return end
    rest = text[end:].lstrip()
    if not rest or _OPENED.match(rest):
        return None
    while end < len(text) and text[end] in _STOPS:
        end += 1
    return end if text[end:].strip() else None


def _citation(text: str, at: int) -> re.Match[str] | None:
    """Return the first complete citation from ``at`` on; in linear time."""
    closed = [each.end() for each in _CLOSED.finditer(text, at)]
    bare = _BARE.search(text, at)
    # Up to the last place where a quote is closed the first one that is opened is closed: nothing is looked for twice.
    quoted = _QUOTED.search(text, at, closed[-1]) if closed else None
    return min((each for each in (bare, quoted) if each is not None), key=re.Match.start, default=None)


def _blank_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _drafts(unit: str) -> Iterator[Draft]:
    cites: list[Reference] = []
    kept: list[str] = []
    at = 0
    while (found := _citation(unit, at)) is not None:
        cites.append(Reference(int(found["number"]), found["quote"] if found.re is _QUOTED else None))
        kept.append(unit[at : found.start()])
        at = found.end()
    text = " ".join(" ".join([*kept, unit[at:]]).split())
    text = _EMPHASIS.sub(r"\2", _ITEM.sub("", text, count=1))
    text = re.sub(r"\s+([.!?,;])", r"\1", text).strip()
    text = re.sub(r"([.!?])[.,;]+$", r"\1", text)
    if text or cites:
        yield Draft(text, tuple(cites))
