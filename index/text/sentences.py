"""Finding the sentences of a release's body, and cutting a sentence that is too long to embed.

nupunkt (Punkt; Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection") proposes the boundaries.
Its model was trained on legal text and makes a few systematic mistakes in press releases, which the rules of `_ends`
correct. Each rule is about a kind of token, not about one text.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from index.text.abbreviations import ends_after_abbreviation, ends_after_marked_name
from index.text.tables import rows_of, tables
from index.types import Span

CountTokens = Callable[[Sequence[str]], list[int]]
"""A function that returns the length of each text in the embedding model's tokens (`Embedder.count_tokens`)."""

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# A place where a sentence could end: stops, then closing marks (quotes, brackets, emphasis, a footnote mark), then
# white space, or a capital right after a closing quotation mark. Possessive quantifiers make matching linear in time.
_STOP = re.compile(
    r"(?<![.!?…])(?P<stops>[.!?…]++)(?:[\"'”’»)\]*_†‡⁰¹²³⁴-⁹]|\[\^?\w{1,20}\])*+(?:\s++|(?<=[”’])(?=[^\W\d_a-z]))"
)
_RAISED_MARK = re.compile(r"[†‡⁰¹²³⁴-⁹]")
_OPENERS = "\"'“‘«([*_"
_LONG_RUN = re.compile(r"\S{300,}")
_ENUMERATOR = re.compile(r"(?:[•◦▪·*–-]\s*)?\(?(?:\d{1,3}|[A-Za-z]|[ivxlc]{2,5})\)?[.)]")
_ENUMERATOR_LENGTH = 12
"""The number of characters from which the beginning of a sentence is too long to be an enumerator ("• (iv)")."""

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# A word of ordinary prose: it has no full stop inside, and is not part of a web address, an e-mail or a hashtag.
_ORDINARY_WORD = re.compile(r"(?<![\w.&/@#])(?:[^\W\d_]+[-’'])*(?P<word>[^\W\d_]{2,})$")

_ABBREVIATION = re.compile(
    r"nos?|vols?|pp|eds?|figs?|paras?|ch|sec|regs?|al|etc|vs|cf|viz|approx|est|ext|tel|dept|govt|ltd|inc|co"
    r"|corp|plc|bros|ave|rd|jr|sr|sc|phil|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|mon|tues?|wed|thu|thurs?|fri|sat|sun",
    re.IGNORECASE,
)
# "Annex A.", "hepatitis C.": after these nouns a capital with a full stop is a label, not the initial of a name.
_LABEL = re.compile(
    r"\b(?:annex|appendix|article|band|block|category|chapter|class|figure|grade|group|hepatitis|influenza"
    r"|level|lot|option|part|phase|pillar|plan|schedule|section|stage|step|strand|strep|table|tier|type|vitamin"
    r"|war|zone)\s[A-Z]$",
    re.IGNORECASE,
)
# A word and the white space after it; digits in groups ("12 345 678") are one word.
_WORD = re.compile(r"\S+(?:(?<=\d) (?=\d{3}(?!\d))\S+){0,4}\s*")
_CLAUSE_ENDS = (";", ":", "—", "–")
_DIGITS = "0123456789.,"
_COMMAS = (",", ")", "”", "’")


def sentences(body: str) -> list[Span]:
    """Return the sentences of ``body`` in order, as code-point spans without white space at their ends.

    A line break always ends a sentence, so no sentence extends over two paragraphs or list items. A row of a table is
    one, whatever its cells hold. The spans do not overlap, and together they cover every character that is not white
    space.
    """
    spans: list[Span] = []
    rows = {row.start for row in rows_of(tables(body))}
    for found in _LINE.finditer(body):
        line = found.group()
        inner = [] if found.start() in rows else _boundaries(line)
        for start, end in pairwise([0, *inner, len(line)]):
            text = line[start:end]
            if text.strip():
                first = found.start() + end - len(text.lstrip())
                spans.append(Span(first, first + len(text.strip())))
    return spans


def _boundaries(line: str) -> list[int]:
    """Return the offsets in ``line`` at which a sentence begins, without that of the first."""
    from nupunkt import sentence_spans  # noqa: PLC0415  (ingest needs it; a question must start fast)

    # Text this long without white space is not prose, and for some of it nupunkt needs quadratic time.
    plain = _LONG_RUN.sub(lambda run: "x" * (len(run.group()) - 1) + run.group()[-1], line)
    proposals = [end for _, end in sentence_spans(plain)][:-1]
    boundaries: list[int] = []
    begin = seen = passed = 0
    has_words = False
    for stop in _STOP.finditer(line):
        if stop.end() == len(line):
            break
        while passed < len(proposals) and proposals[passed] <= stop.start():
            passed += 1
        is_proposed = passed < len(proposals) and proposals[passed] <= stop.end()
        has_words = has_words or bool(_LETTER_OR_DIGIT.search(line, seen, stop.start()))
        seen = stop.end()
        if has_words and _ends(line, begin, stop, is_proposed):
            boundaries.append(stop.end())
            begin, has_words = stop.end(), False
    if boundaries and not _LETTER_OR_DIGIT.search(line, boundaries[-1]):
        boundaries.pop()  # marks without a letter or digit are not a sentence
    return boundaries


def _ends(line: str, begin: int, stop: re.Match[str], is_proposed: bool) -> bool:
    """Return True if the sentence from ``begin`` ends at ``stop``; ``is_proposed`` is True if nupunkt says so."""
    if stop.end() - begin < _ENUMERATOR_LENGTH and _ENUMERATOR.fullmatch(line[begin : stop.end()].strip()):
        return False  # "2. Second"
    before = line[max(begin, stop.start() - 80) : stop.start()]
    after = line[stop.end() : stop.end() + 40].lstrip(_OPENERS).split(maxsplit=1)
    follower = after[0] if after else ""
    if follower[:1].islower() and follower.islower():
        return False  # "£1.2bn. was", "Yahoo! in"; but "iPhone" may begin a sentence
    if stop["stops"] != ".":
        goes_on = ends_after_marked_name(before + stop["stops"], follower) is False
        return is_proposed and not goes_on
    known = ends_after_abbreviation(before, follower)
    if known is not None:
        return known
    if _RAISED_MARK.search(stop.group()) and follower[:1].isupper():
        return True  # "rose by 12%.² They"
    if is_proposed or not follower[:1].isupper():
        return is_proposed
    # In legal text these words are abbreviations, here they are not: "a work of art. Famous", "we can. A small number".
    word = _ORDINARY_WORD.search(before)
    return bool(_LABEL.search(before)) or bool(word and not _ABBREVIATION.fullmatch(word["word"]))


def cut(body: str, sentence: Span, limit: int, count_tokens: CountTokens) -> list[tuple[Span, int]]:
    """Cut a ``sentence`` that is longer than ``limit`` tokens; return the pieces in order with their sizes.

    The pieces are of similar size and end after clauses where possible, otherwise between words; a word that is too
    long is cut between characters. A piece exceeds ``limit`` only if it is one character, or if the tokenizer gives
    the piece more tokens than its words have by themselves.
    """
    matches = _WORD.finditer(sentence.of(body))
    words = [Span(sentence.start + word.start(), sentence.start + word.end()) for word in matches]
    atoms = _halved(body, words, limit, count_tokens)
    total = [0, *accumulate(size for _, size in atoms)]
    pieces: list[tuple[Span, int]] = []
    begin = 0
    while begin < len(atoms):
        rest = total[-1] - total[begin]
        goal = rest / -(-rest // limit)
        end, best = begin + 1, (4, 0.0)
        for candidate in range(begin + 1, len(atoms) + 1):
            size = total[candidate] - total[begin]
            if size > limit:
                break
            if size < goal / 2:
                end = candidate
                continue
            rank = 0 if candidate == len(atoms) else _rank(atoms[candidate - 1][0].of(body))
            best, end = min((best, end), ((rank, abs(size - goal)), candidate))
        start = atoms[begin][0].start
        text = body[start : atoms[end - 1][0].end].rstrip()
        pieces.append((Span(start, start + len(text)), total[end] - total[begin]))
        begin = end
    return pieces


def _rank(word: str) -> int:
    """Return how bad it is to cut after ``word``: 0 after a clause, 1 at a comma, 2 at a space, 3 inside a word."""
    text = word.rstrip()
    if text == word:
        return 3
    if text.endswith(_CLAUSE_ENDS):
        return 0
    return 1 if text.endswith(_COMMAS) else 2


def _halved(body: str, spans: Sequence[Span], limit: int, count_tokens: CountTokens) -> list[tuple[Span, int]]:
    """Return the spans with their sizes in tokens; those above ``limit`` are cut into two or more until they fit."""
    sized: list[tuple[Span, int]] = []
    for span, size in zip(spans, count_tokens([span.of(body) for span in spans]), strict=True):
        length = span.end - span.start
        if size <= limit or length == 1:
            sized.append((span, max(1, size)))
            continue
        step = max(1, min(length * limit // size, length // 2))
        edges = [span.start]
        while edges[-1] + step < span.end:
            edges.append(_before_marks(body, edges[-1], edges[-1] + step))
        shards = [Span(start, end) for start, end in pairwise([*edges, span.end])]
        sized += _halved(body, shards, limit, count_tokens)
    return sized


def _in_number(body: str, at: int) -> bool:
    """Whether ``at`` is between two characters of one number: "12|,500"."""
    return body[at - 1] in _DIGITS and body[at] in _DIGITS


def _before_marks(body: str, start: int, edge: int) -> int:
    """Return ``edge``, moved back so that no character loses its combining marks, and no number is cut; unmoved if that
    reaches ``start``.
    """
    at = edge
    while at > start and (
        unicodedata.category(body[at])[0] == "M" or "\u200d" in body[at - 1 : at + 1] or _in_number(body, at)
    ):
        at -= 1
    return at if at > start else edge
