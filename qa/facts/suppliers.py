"""Which company runs, builds or supplies something: the one that the contract is with, or that is called the supplier.

Releases say that a contract was awarded or a partnership announced, and people ask who runs the thing. A reader knows
few of these words for each other, and gives the person beside the company's name instead.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from index.text.terms import question_stems
from index.text.verbs import based, word_stems
from index.types import Hit, Span
from qa.question import Asked
from qa.types import Candidate

_FIRM: Final = (
    r"(?:company|companies|firm|contractor|supplier|business|operator|provider|developer|consortium|builder)s?"
)
_ASKS: Final = re.compile(
    rf"\b(?:which|what)\s(?:[\w-]+\s){{0,2}}?{_FIRM}\s(?:(?:is|was|has|have|will|to|that|been|going)\s)*"
    r"(?:runs?|running|ran|operat\w+|builds?|building|built|suppl\w+|provid\w+|deliver\w*|won|win|got|awarded|given)\b"
    rf"|\bwho\s(?:(?:has|is|was|will)\s)?(?:runs?|won|got|awarded|given)\sthe\s(?:[\w’'-]+\s){{0,6}}?(?:contract|deal)\b",
    re.IGNORECASE,
)
_ASKS_FOR_ANOTHER: Final = re.compile(
    r"\b(?:before|previous(?:ly)?|former(?:ly)?|used to|until|after|next|lost|last|other|else|not|no longer|old)\b"
    r"|n[’']t\b",
    re.IGNORECASE,
)
_SAY_LITTLE: Final = word_stems(
    "company firm contractor supplier business operator provider developer consortium builder run operate build supply"
    " provide deliver win get award give contract deal job work"
)
"""Stems of words that ask for a supplier, and do not say of what."""

_NAME: Final = r"(?<![\w’'&-])(?P<name>[A-Z][\w’'&-]*(?:\s(?:&\s)?[A-Z][\w’'&-]*){0,4})"
_ROLE: Final = r"(?:supplier|contractor|operator|provider|developer|builder)"
_SAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:contract|deal|partnership)\b(?:\s[^.;:]{{0,100}}?)??\s(?:with|(?:awarded|gone|goes|went)\sto|won\sby)\s{_NAME}",
        rf"{_NAME}(?:,[^.;,]{{1,80}},)?\s(?:(?:was|were|has\sbeen|have\sbeen)\s(?:awarded|given)|(?:has\s|have\s)?won)"
        r"\s(?:a|the)\s(?:[^.;\s]+\s){0,4}?(?:contract|deal)\b",
        rf"\b[Aa]s\s(?:the|its|our)\s(?:[\w-]+\s){{0,4}}?{_ROLE},\s{_NAME}",
        rf"{_NAME}\sas\s(?:the\s|its\s)?(?:[\w-]+\s){{0,4}}?{_ROLE}\b",
    )
)
"""How releases say whom a contract is with."""

_WORDS: Final = 2
"""How many words must say what is supplied: "the line" may be another one."""

_DOUBTED: Final = 0.5
"""The confidence of the best candidate up to which a supplier takes its place, and what it then has at least."""


def with_supplier(asked: Asked, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, the supplier of what the question names first if the best one is doubted.

    It must be the only one that a sentence with all words of the question, or its release's title, calls so; or the
    only one of them that a title names.
    """
    best = candidates[0] if candidates else None
    if best is None or best.confidence >= _DOUBTED or not _ASKS.search(asked.text):
        return list(candidates)
    if _ASKS_FOR_ANOTHER.search(asked.text) or asked.time(best.hit.passage.release.published) is not None:
        return list(candidates)
    hits = {each.hit.passage.id: each.hit for each in candidates}
    found = [place for hit in hits.values() for place in _suppliers(asked, hit)]
    titled = [(hit, name) for hit, name in found if name.of(hit.passage.release.body) in hit.passage.release.title]
    places = titled or found
    if len({name.of(hit.passage.release.body) for hit, name in places}) != 1:
        return list(candidates)
    hit, name = places[0]
    same = [each for each in candidates if each.hit.passage.id == hit.passage.id and each.span == name]
    if same and same[0].is_other:  # it was refused for what it is of
        return list(candidates)
    chosen = replace(same[0] if same else best, hit=hit, span=name, confidence=_DOUBTED, is_other=False)
    return [chosen, *(each for each in candidates if each not in same)]


def _suppliers(asked: Asked, hit: Hit) -> Iterator[tuple[Hit, Span]]:
    release = hit.passage.release
    subject = based(question_stems(asked.text)) - _SAY_LITTLE
    if len(subject) < _WORDS:
        return
    for sentence in hit.passage.sentences:
        if subject <= word_stems(f"{release.title}\n{sentence.of(release.body)}"):
            for pattern in _SAYS:
                for said in pattern.finditer(release.body, sentence.start, sentence.end):
                    yield hit, Span(*said.span("name"))
