"""Which languages the embedding model reads: what it does not read is reported, and not embedded.

By default that is English. A release is in the language that it declares; where its letters are those of another
script, what it declares counts for nothing: templates declare English for every page.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from index.protocols import Source
from index.sources.build import language_code
from index.types import Cursor, Entry, Release, Skipped

READ: Final = ("en",)
"""The languages of the default model."""

_SCRIPTS = {
    "ARABIC": "ar fa ur ps ku ckb sd ug",
    "ARMENIAN": "hy",
    "BENGALI": "bn as",
    "CJK": "zh ja yue",
    "CYRILLIC": "ru uk bg sr mk be kk ky mn tg",
    "DEVANAGARI": "hi mr ne",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he yi",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "bo dz",
}
"""Scripts as Unicode's names of letters begin, and the languages that are written in each."""

_EXAMINED = 4_000
"""How many characters of a body are examined for their script; set by judgement."""


_LAST_LATIN = "\u036f"
"""Letters up to here are Latin: only those after it are looked up, which takes time."""


@dataclass(frozen=True, slots=True)
class ReadableOnly:
    """A source without the releases that are in none of ``languages``: they are skipped."""

    source: Source
    languages: tuple[str, ...] = READ

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.source.name

    def expected(self) -> int | None:
        """Return how many entries the source expects."""
        return self.source.expected()

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield what the source yields, and raise what it raises."""
        for entry in self.source.read(since):
            if isinstance(entry, Release):
                yield readable(entry, f"{self.name}: {entry.title!r}", self.languages)
            else:
                yield entry


def readable(release: Release, where: str, languages: Sequence[str]) -> Release | Skipped:
    """Return a release, or what is reported in its place if it is in none of ``languages``."""
    if release.language is not None and not reads(release.language, languages):
        return unread_language(where, release.language)
    script = _unread_script(f"{release.title} {release.body[:_EXAMINED]}", languages)
    if script is not None:
        return Skipped(where, f"its letters are mostly {script.capitalize()}, which the embedding model does not read")
    return release


def reads(language: str, languages: Sequence[str]) -> bool:
    """Return True if a language is one of others: "en-GB" is "en", and "pt-BR" is itself."""
    return language.lower() in languages or language_code(language) in languages


def unread_language(where: str, language: str) -> Skipped:
    """Return what a source yields of a page in a language that the embedding model cannot read."""
    return Skipped(where, f'it is in the language "{language}", which the embedding model does not read')


def _unread_script(text: str, languages: Sequence[str]) -> str | None:
    """Return the commonest of the scripts that no language has, if more than half of the letters are in them."""
    codes = set(map(language_code, languages))
    unread = {script for script, written in _SCRIPTS.items() if codes.isdisjoint(written.split())}
    letters = [mark for mark in text if mark.isalpha()]
    scripts = Counter(unicodedata.name(mark, "").partition(" ")[0] for mark in letters if mark > _LAST_LATIN)
    foreign = Counter({script: count for script, count in scripts.items() if script in unread})
    return foreign.most_common(1)[0][0] if 2 * foreign.total() > len(letters) else None
