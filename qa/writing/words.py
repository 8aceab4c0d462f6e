"""A sentence as words, numbers and marks that can be compared, whoever wrote it and however it is typed.

Numbers are compared as quantities: "£3bn" is "£3 billion", "twenty-two" is "22", "more than 5" is not "5"; what else is
said of them ("at least", "as low as", "pounds") is compared as words. Words are compared letter by letter: one from
another alphabet that looks alike is another word. Marks are compared too, and hyphens inside words.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from index.figures.qualifiers import EXACTLY
from index.figures.quantities import Quantity, quantities
from index.text.dates import MONTHS, SHORT_MONTHS
from index.text.number_words import cardinal

_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u2009": " ", "\u202f": " ", "‑": "-", "‐": "-"}
)
"""Characters that are typed in several ways -> the way in which they are compared; one for one."""

_DASHES: Final = {"—": "–", "…": "..."}
_UNITS: Final = "µμΩ"
"""Letters of other alphabets that stand before Latin ones in units: "10 µg"."""

_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]*\d)|\d+(?:\.\d+)?(?![\w.,]*\d))"
    r"|(?P<word>\w+(?:'\w+)*)"
    r"|(?P<mark>[,;:.!?…()\[\]\"'–—•◦▪‣]|(?<=\w)-(?=\w)|\*(?=\s))"
    r"|(?P<other>\S)"
)
_ALPHABETS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL")
_MONTH_OF: Final = {short: MONTHS[number - 1] for short, number in SHORT_MONTHS.items()}
_BESIDE_DAY = re.compile(r"\d\W+[A-Za-z]|[A-Za-z]\W+\d")
"""A short name of a month stands for the month beside a number: "3 Jan", "Jan 2024", and not "Jan Kowalski"."""

_LETTERS = re.compile(r"[^\W\d_]+")
_VALUED: Final = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand dozen
    per cent percent""".split()
)
"""Words of a number that its value or its unit says already."""

_SCALES: Final = {"m": "million", "mn": "million", "bn": "billion", "tn": "trillion"}
_SYMBOL: Final = 2
"""Letters that the sign of a unit has at most: "mg" is not "Mg"."""

_OPENING: Final = frozenset({"Up", "At", "No", "An", "A", "In"})
_YEAR = re.compile(r"(?:19|20)\d\d")

_LONGEST_NUMBER: Final = 40
"""Digits beyond this are no number: their value would take long to compute, and nobody writes them."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of a text, ``text[start:end]``; two with equal keys say the same.

    ``written`` is the word as it is written. ``first`` says that it begins a sentence or an item, where a capital says
    nothing.
    """

    kind: Literal["word", "number", "mark"]
    key: Hashable
    written: str
    start: int
    end: int
    first: bool = False

    def same(self, other: "Token") -> bool:
        """Whether both say the same; a capital makes another word ("May", "may") unless it begins a sentence."""
        if self.key != other.key or self.kind != other.kind:
            return False
        if self.kind == "number":
            return _typed_alike(self.written, other.written)
        if self.kind == "mark" or self.written == other.written:
            return True
        return (self.first or other.first) and self.written[1:] == other.written[1:]


def _typed_alike(one: str, other: str) -> bool:
    """Whether two numbers of one value may stand for each other: a year is not written as "2,024", "22" as any word."""
    if _YEAR.fullmatch(one) or _YEAR.fullmatch(other):
        return one == other
    if any(character.isdigit() for character in one + other):
        return True
    return one.casefold() == other.casefold()  # "twenty five-man teams" are not "twenty-five man teams"


def plain(text: str) -> str:
    """Return a text of the same length with one form of each quotation mark, apostrophe, hyphen and blank."""
    return text.translate(_PLAIN)


def hidden_character(text: str) -> str | None:
    """Return the first character that a reader does not see, or takes for another; None if there is none.

    Those are control and format characters (zero-width ones, changes of direction), unassigned and private ones,
    digits that are not 0 to 9, and a letter within a word of another alphabet.
    """
    for at, character in enumerate(text):
        if character in "\n\t":
            continue
        category = unicodedata.category(character)
        if category[0] == "C" or category in ("Zl", "Zp"):
            return character
        if category == "Nd" and not character.isascii():
            return character
        if category[0] == "L" and not character.isascii() and character not in _UNITS and _is_foreign(text, at):
            return character
    return None


def _is_foreign(text: str, at: int) -> bool:
    """Whether the letter at ``at`` stands next to a letter of another alphabet, in one word."""
    own = _alphabet(text[at])
    beside = [text[i] for i in (at - 1, at + 1) if 0 <= i < len(text) and text[i].isalpha() and text[i] not in _UNITS]
    return any(_alphabet(each) != own for each in beside)


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "?").split()[0]
    return name if name in _ALPHABETS else "LATIN" if letter.isascii() else name


def tokens(text: str) -> list[Token]:
    """Return the words, numbers and marks of a text in order, without its blanks."""
    return _with_firsts(list(_tokens(plain(text))))


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    for each in quantities(text):
        if each.value == 0 and {character for character in each.text if character.isdigit()} != {"0"}:
            continue  # "no arrests", "none of the 230": its words are compared, as 0 does not say of what there is none
        yield from _words(text, at, each.span.start)
        yield Token("number", _key(each), each.text, each.span.start, each.span.end)
        at = each.span.end
    yield from _words(text, at, len(text))


def _key(each: Quantity) -> Hashable:
    """Return what a quantity says: its value, unit and qualifier, and all of its words that these do not say."""
    words = tuple(
        _SCALES.get(word, word.casefold() if len(word) > _SYMBOL or word in _OPENING else word)
        for word in _LETTERS.findall(each.text)
        if word.casefold() not in _VALUED
    )
    return each.value, each.value_max, each.unit, each.qualifier, words


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    """Yield what stands between two quantities: words, marks, and numbers that measure nothing, such as years."""
    at = start
    while (found := _TOKEN.search(text, at, end)) is not None:
        written, begin, at = found.group(), found.start(), found.end()
        value = None
        if found["number"] and len(written) <= _LONGEST_NUMBER:
            value = Decimal(written.replace(",", ""))
        elif found["word"] and written.lower() != "one":
            value, stop = cardinal(text, begin)
            if value is not None and stop <= end:
                at, written = stop, text[begin:stop]
            else:
                value = None
        if value is not None:
            yield Token("number", (value, None, "", EXACTLY, ()), written, begin, at)
        elif found["mark"]:
            yield Token("mark", _DASHES.get(written, written), written, begin, at)
        else:
            word = _MONTH_OF.get(written, written) if _BESIDE_DAY.search(text[max(0, begin - 3) : at + 3]) else written
            yield Token("word", word.casefold(), word, begin, at)


def _with_firsts(found: list[Token]) -> list[Token]:
    """Return the tokens with ``first`` set for those that begin the text or follow the mark of a list's item."""
    begins = True
    out: list[Token] = []
    for each in found:
        if each.kind == "mark" and each.written in "•◦▪‣*\"'([":
            out.append(each)
            continue
        if begins and each.kind == "word":
            each = Token(each.kind, each.key, each.written, each.start, each.end, first=True)  # noqa: PLW2901
        begins = False
        out.append(each)
    return out
