"""A sentence as words, numbers and marks that can be compared, whoever wrote it and however it is typed.

Numbers are compared as quantities: "£3bn" is "£3 billion", "twenty-two" is "22", "more than 5" is not "5". Words are
compared letter by letter: one from another alphabet that looks alike is another word.
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

_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]*\d)|\d+(?:\.\d+)?(?![\w.,]*\d))"
    r"|(?P<word>\w+(?:'\w+)*)"
    r"|(?P<mark>[,;:.!?…()\[\]\"'–—•◦▪‣]|(?<=\w)-(?=\w)|\*(?=\s))"
    r"|(?P<other>\S)"
)
_SOFT_HYPHEN: Final = "\u00ad"
_ALPHABETS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL")
_MONTH_OF: Final = {short: MONTHS[number - 1] for short, number in SHORT_MONTHS.items()}
_LETTERS = re.compile(r"[^\W\d_]+")
_MEASURING: Final = frozenset(
    """a an the of or to in out and between from more than just over well little slightly above excess exceeding upwards
    greater higher not at least minimum no fewer less low few up including maximum most many much as nearly almost close
    approaching under short below around about approximately approx roughly some circa estimated region order somewhere
    lower record breaking high plus so exactly c zero one two three four five six seven eight nine ten eleven twelve
    thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million billion trillion dozen half third thirds quarter quarters fifth fifths sixth sixths seventh
    sevenths eighth eighths ninth ninths tenth tenths k m mn bn tn per cent percent percentage point points pp basis
    pound pounds sterling gbp times time year years month months week weeks day days hour hours minute minutes second
    seconds decade decades tonne tonnes kg kilogram kilograms kilogramme kilogrammes km kilometre kilometres mile miles
    metre metres""".split()
)
"""Words of numbers, qualifiers and common units: what they say is in a quantity's value, unit and qualifier. Any other
word in a quantity says more: "one sample in six", "six consecutive months", "40 degrees Celsius"."""

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
        if self.kind != "word" or self.written == other.written:
            return True
        return (self.first or other.first) and self.written[1:] == other.written[1:]


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
        if category[0] == "L" and not character.isascii() and _is_foreign(text, at):
            return character
    return None


def _is_foreign(text: str, at: int) -> bool:
    """Whether the letter at ``at`` stands next to a letter of another alphabet, in one word."""
    own = _alphabet(text[at])
    beside = [text[i] for i in (at - 1, at + 1) if 0 <= i < len(text) and text[i].isalpha()]
    return any(_alphabet(each) != own for each in beside)


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "?").split()[0]
    return name if name in _ALPHABETS else "LATIN" if letter.isascii() else name


def tokens(text: str) -> list[Token]:
    """Return the words, numbers and marks of a text in order; blanks, and hyphens inside words, are none of them."""
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
    """Return what a quantity says: its value, unit and qualifier, and the words between them that are none of these."""
    between = frozenset(word for word in _LETTERS.findall(each.text.casefold()) if word not in _MEASURING)
    return each.value, each.value_max, each.unit, each.qualifier, between


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
            yield Token("number", (value, None, "", EXACTLY, frozenset()), written, begin, at)
        elif found["mark"]:
            if written != "-":
                yield Token("mark", written, written, begin, at)
        else:
            word = _MONTH_OF.get(written, written)
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
