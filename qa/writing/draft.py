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

_MARKER = re.compile(r"\[\s*(?P<number>\d{1,6})\s*(?::\s*(?P<open>[\"“])(?P<quote>.*?)[\"”]\s*)?\]", re.DOTALL)
_OPENED = re.compile(r"\[\s*\d{0,6}\s*(?::\s*(?:[\"“](?:(?![\"”]\s*\]).)*)?)?\Z", re.DOTALL)
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
        text = self._text
        if len(text) > MAX_SENTENCE:
            return MAX_SENTENCE
        at = len(text) - len(text.lstrip())
        found = _MARKER.search(text, at)
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
        while (more := _MARKER.match(text, _blank_end(text, end))) is not None:
            end = more.end()
        rest = text[end:].lstrip()
        if not rest or _OPENED.match(rest):
            return None
        while end < len(text) and text[end] in _STOPS:
            end += 1
        return end if text[end:].strip() else None


def _blank_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _drafts(unit: str) -> Iterator[Draft]:
    cites = tuple(Reference(int(each["number"]), each["quote"]) for each in _MARKER.finditer(unit))
    cut = _MARKER.sub(" ", unit)
    text = " ".join(cut.split())
    text = _EMPHASIS.sub(r"\2", _ITEM.sub("", text, count=1))
    text = re.sub(r"\s+([.!?,;])", r"\1", text).strip()
    text = re.sub(r"([.!?])[.,;]+$", r"\1", text)
    if text or cites:
        yield Draft(text, cites)
