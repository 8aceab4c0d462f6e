"""What a later text of a release adds and takes away, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]

_WORDS = re.compile(r"\s*\S+|\s+\Z")
_PARAGRAPHS = re.compile(r"\n{2,}")
_ALIKE = 0.5
"""The share of common words from which two paragraphs are compared word by word; set by judgement."""


@dataclass(frozen=True, slots=True)
class ChangedText:
    """Words that both texts have, or only the later one (``added``), or only the earlier one (``removed``)."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph of the later or the earlier text; ``same`` is True if nothing in it changed."""

    pieces: tuple[ChangedText, ...]

    @property
    def same(self) -> bool:
        """Whether both texts have this paragraph in the same words."""
        return all(piece.change == "same" for piece in self.pieces)


def compare(earlier: str, later: str) -> tuple[ChangedParagraph, ...]:
    """Return the paragraphs of both texts in order, with what changed.

    The pieces that are not ``removed``, joined, are the later text, and those that are not ``added`` the earlier one,
    paragraph by paragraph. Paragraphs are matched first: only those that replace each other are compared by words.
    """
    before, after = (_PARAGRAPHS.split(text) if text else [] for text in (earlier, later))
    return tuple(_compare_paragraphs(before, after))


def compare_words(earlier: str, later: str) -> tuple[ChangedText, ...]:
    """Return the words of both texts in order, with what changed, as pieces as long as possible."""
    before, after = _WORDS.findall(earlier), _WORDS.findall(later)
    pieces: list[ChangedText] = []
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(ChangedText("".join(before[a:b]), "same"))
            continue
        pieces += [ChangedText("".join(before[a:b]), "removed")] if b > a else []
        pieces += [ChangedText("".join(after[c:d]), "added")] if d > c else []
    return tuple(pieces)


def _compare_paragraphs(before: list[str], after: list[str]) -> Iterator[ChangedParagraph]:
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from (ChangedParagraph((ChangedText(text, "same"),)) for text in before[a:b])
            continue
        old, new = before[a:b], after[c:d]
        for text in old[: len(old) - len(new)] if len(old) > len(new) else []:
            yield ChangedParagraph((ChangedText(text, "removed"),))
        old = old[len(old) - len(new) :] if len(old) > len(new) else old
        for number, text in enumerate(new):
            if number < len(old) and _alike(old[number], text):
                yield ChangedParagraph(compare_words(old[number], text))
                continue
            if number < len(old):
                yield ChangedParagraph((ChangedText(old[number], "removed"),))
            yield ChangedParagraph((ChangedText(text, "added"),))


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= _ALIKE
