import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.errors import PressqaError
from index.models.hashing_embedder import HashingEmbedder
from index.prepare import counted, prepare
from index.sources import clean_body
from index.types import Hit, Manifest, Passage, Release, Span
from qa.evidence.citations import CitationError, check, cite, cite_passages
from qa.reading.lexical_reader import LexicalReader
from qa.types import Candidate

Ask = Callable[..., list[Candidate]]
MODEL = HashingEmbedder()
MANIFEST = Manifest(1, MODEL.name, MODEL.fingerprint, MODEL.dimension, 24, 0, "words")

pieces = st.sampled_from(
    [
        "The minister said £1.5 million.", "“Curly ‘quotes’”, she said.",
        "👩🏽‍🚀 flies.", "e\u0301te\u0301 à Besançon.",
        "مرحبا بالعالم.", "שלום עולם.", "नमस्ते दुनिया।", "日本語の文章。", "• an item", "\n\n", "\n", " ", "ﬁne ½ ﷺ.",
        "Z̷̡̛a̸l̴g̶o.", "🇬🇧 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿.", "No. 10 said:", "x" * 80,
    ]
)  # fmt: skip
bodies = st.lists(pieces | st.text(max_size=30), min_size=1, max_size=25).map("".join)


def passages_of(body: str) -> list[Passage]:
    release = Release("r", "A title", body, "Home Office", date(2025, 1, 2))
    prepared = counted(prepare(release, MODEL, MANIFEST), lambda texts: [1] * len(texts))
    return [
        Passage(number, release, 1, chunk.span, chunk.sentences, 1, chunk.lead)
        for number, chunk in enumerate(prepared.chunks, 1)
    ]


@given(bodies, st.text(max_size=40))
def test_every_citation_equals_the_text_at_its_offsets(ask: Ask, raw: str, question: str) -> None:
    try:
        body = clean_body(raw)
    except ValueError:
        assume(False)
    assume(any(mark.isalnum() for mark in body))
    hits = [Hit(passage, 0.5, 0.5, 0.5) for passage in passages_of(body)]
    candidates = ask(LexicalReader(), question, hits)
    assert len(candidates) == sum(len(hit.passage.sentences) for hit in hits)
    for candidate in candidates:
        citation = cite(candidate.hit.passage, candidate.span)
        assert body[citation.start : citation.end] == citation.quote
        assert citation.start <= citation.answer_start < citation.answer_end <= citation.end
        assert body[citation.answer_start : citation.answer_end] == candidate.span.of(body)
        assert citation.sha256 == hashlib.sha256(body.encode()).hexdigest()
    for shown in cite_passages(hits, [1] * len(hits)):
        assert body[shown.start : shown.end] == shown.text


BODY = "One is here. Two is there. Three is gone."
PASSAGE = Passage(1, Release("r", "T", BODY, "P", date(2025, 1, 1)), 1, Span(13, 41), (Span(13, 26), Span(27, 41)), 6)
HIT = Hit(PASSAGE, 0.9, 0.9, 0.9)


def test_the_quote_is_the_sentences_that_the_answer_touches() -> None:
    within = cite(PASSAGE, Span(13, 16))
    assert within.quote == "Two is there."
    across = cite(PASSAGE, Span(20, 32))
    assert across.quote == "Two is there. Three is gone."


@pytest.mark.parametrize("span", [Span(0, 3), Span(10, 20), Span(30, 42), Span(500, 501)])
def test_an_answer_outside_its_passage_is_never_cited(span: Span) -> None:
    with pytest.raises(CitationError, match="outside its passage"):
        cite(PASSAGE, span)


def test_a_passage_that_reaches_past_its_body_is_never_cited() -> None:
    beyond = replace(PASSAGE, span=Span(13, 80), sentences=(Span(13, 80),))
    with pytest.raises(CitationError, match="'r'"):
        cite(beyond, Span(60, 70))


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "Two is here."},
        {"start": 12},
        {"end": 27},
        {"end": 900},
        {"answer_start": 14},
        {"answer_end": 40},
        {"start": 27, "quote": "Three is gone.", "end": 41},
        {"start": 0, "end": 0, "quote": ""},
    ],
)
def test_a_citation_that_was_tampered_with_raises(change: dict[str, Any]) -> None:
    good = cite(PASSAGE, Span(13, 16))
    check(good, BODY, "Two")
    with pytest.raises(CitationError):
        check(replace(good, **change), BODY, "Two")


def test_a_citation_error_is_a_bug_and_not_one_of_our_messages() -> None:
    assert not issubclass(CitationError, PressqaError)
