"""Turning text into keyword terms, in the same way for passages and questions, so that the same words match.

Press releases write one thing in many ways: "13,000" and "13000", "£150million" and "£150 million", "U.K." and
"UK", "24%" and "24 per cent", "anti-social" and "antisocial", "four" and "4". Each pair becomes the same terms.
"""

import re
import unicodedata
from functools import cache, lru_cache

import tantivy

from index.text.note_marks import SUPERSCRIPTS, unmark
from index.text.number_words import TWO_TO_TWENTY
from index.text.numerals import GROUPED, without_spaces

_TERM = re.compile(
    rf"(?P<number>{GROUPED}|\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<percent>%|per\s+cent\b)"
    r"|(?P<compound>[^\W\d_]+(?:[-‐‑][^\W\d_]+)+)"
    r"|(?P<acronym>(?:[^\W\d_]\.){2,})"
    r"|(?P<code>[^\W\d_]+\d[^\W_]*)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)"
)
_MAY_BE_MARKED = re.compile(rf"[{SUPERSCRIPTS}\[]")
"""What footnote marks are made of, but for stars, which are no term."""

_MAY_COMBINE = re.compile(r"[\u0300-\u1fff\u20d0-\U0010ffff]")
"""The ranges of Unicode that hold combining marks; text without them need not be searched character by character."""

_POSSESSIVE = re.compile(r"['’]s?$")
"""The possessive ending of a word, which is removed."""

_SHORT = 4000
"""The longest text in characters, a long passage, whose stems are kept for a while."""

_NUMBER_WORDS = {word: str(value) for word, value in TWO_TO_TWENTY.items()}
"""The words that become digits, from two to twenty; "one" and larger numbers stay words."""

_STOP_WORDS = frozenset(
    """a about also am an and any are as at be been being but by can could did do does doing for from had has have
    having he her here him his how i if in into is it its itself me more most much many my no nor not of on once only
    or other our ours out over own same she should so some such than that the their theirs them then there these they
    this those through to too under until up very was we were what when where which while who whom whose why will with
    would you your yours""".split()
)
"""The words of a question that are not searched for, unless it has no others."""


def terms(text: str) -> list[str]:
    """Return the normalised terms of ``text`` in order, not yet stemmed; [] if it has none."""
    if _MAY_BE_MARKED.search(text) and (plain := unmark(text)) is not None:
        text = plain.text
    folded = unicodedata.normalize("NFKD", text.replace("’", "'"))
    if _MAY_COMBINE.search(folded):
        folded = "".join(c for c in folded if not unicodedata.combining(c))
    folded = folded.casefold()
    found: list[str] = []
    for match in _TERM.finditer(folded):
        raw = match.group()
        match match.lastgroup:
            case "number":
                found.append(without_spaces(raw).replace(",", ""))
            case "percent":
                found.append("percent")
            case "compound":
                parts = re.split(r"[-‐‑]", raw)
                found.extend(_NUMBER_WORDS.get(part, part) for part in parts)
                found.append("".join(parts))
            case "acronym":
                found.append(raw.replace(".", ""))
            case "code":
                found.append(raw)
            case _:
                word = _POSSESSIVE.sub("", raw).replace("'", "")
                found.append(_NUMBER_WORDS.get(word, "percent" if word == "percentage" else word))
    return [term for term in found if term]


def is_stop_word(word: str) -> bool:
    """Return True if a word is not searched for unless a question has no others."""
    return word.casefold() in _STOP_WORDS


def question_terms(question: str) -> list[str]:
    """Return the distinct terms of a question without stop words; all of them if there are only stop words."""
    distinct = list(dict.fromkeys(terms(question)))
    return [term for term in distinct if term not in _STOP_WORDS] or distinct


@cache
def analyser() -> tantivy.TextAnalyzer:
    """Return the tantivy analyser for normalised terms: it splits at spaces and stems by Snowball's English stemmer."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.remove_long(64)).filter(tantivy.Filter.stemmer("english")).build()


def stems(text: str) -> list[str]:
    """Return the stems of a text's `terms` in order, as the keyword index stores them."""
    return list(_stems(text)) if len(text) <= _SHORT else _stems_anew(text)


def _stems_anew(text: str) -> list[str]:
    return analyser().analyze(" ".join(terms(text)))


@lru_cache(maxsize=512)
def _stems(text: str) -> tuple[str, ...]:
    # While a question is answered, the same passages and sentences are looked through again and again.
    return tuple(_stems_anew(text))


def content_stems(text: str) -> list[str]:
    """Return the stems of a text's `terms` in order, without those of stop words; [] if it has no others."""
    return analyser().analyze(" ".join(term for term in terms(text) if term not in _STOP_WORDS))


def question_stems(question: str) -> list[str]:
    """Return the distinct stems of a question's `question_terms`."""
    return list(_question_stems(question))


@lru_cache(maxsize=64)
def _question_stems(question: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(analyser().analyze(" ".join(question_terms(question)))))
