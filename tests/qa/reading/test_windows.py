import unicodedata
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.sources import clean_body
from index.types import Hit, Span
from qa.reading.windows import QUESTION_TOKENS, Text, padded, text_of, windows

QUESTION = "How many boats sailed?"
pieces = st.sampled_from(
    ["The minister said £1.5 million. ", "“Curly ‘quotes’”, ", "👩🏽‍🚀 flies ", "e\u0301te\u0301 ", "Z̷̡̛a̸l̴g̶o ",
     "日本語の文章。", "مرحبا ", "नमस्ते ", "• an item\n", "\n\n", " ", "ﬁne ½ ﷺ ",
     "🇬🇧", "x" * 120 + " ", "\u200d", "don’t "]
)  # fmt: skip
texts = st.lists(pieces | st.text(max_size=10), max_size=20).map("".join).map(clean_body)
slow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def plain(text: str) -> str:
    """What the packaged tokenizer makes of a word: lower case, without accents."""
    bare = "".join(
        c
        for c in unicodedata.normalize("NFD", text)
        if unicodedata.category(c)[0] != "C" and unicodedata.category(c) != "Mn"
    )
    return bare.lower()


@slow
@given(heading=st.just("") | texts, body=texts, length=st.integers(80, 120), stride=st.integers(0, 30))
def test_windows_cover_every_word_of_the_body_and_nothing_else(
    tokenizer: Tokenizer, heading: str, body: str, length: int, stride: int
) -> None:
    (made,) = windows(tokenizer, QUESTION, [Text(heading, body)], length=length, stride=stride)
    expected = [(start, end) for start, end in tokenizer.encode(body, add_special_tokens=False).offsets if end > start]
    seen: set[tuple[int, int]] = set()
    for window in made:
        assert len(window) <= length
        assert (window.starts[0], window.ends[0]) == (-1, -1), "token 0 stands for no answer"
        places = np.flatnonzero(window.starts >= 0)
        assert places.size
        assert ((window.starts >= 0) == (window.ends >= 0)).all()
        assert (window.types[places] == 1).all()
        assert (np.diff(places) >= 1).all()
        for place in places:
            start, end = int(window.starts[place]), int(window.ends[place])
            assert 0 <= start < end <= len(body)
            token = tokenizer.id_to_token(int(window.ids[place])).removeprefix("##")
            if token != "[UNK]":
                # A syllable of Hangul is several tokens, each with the place of the whole.
                assert token in plain(body[start:end])
                assert plain(body[start:end]) == token or end - start == 1
            seen.add((start, end))
    assert seen == set(expected)


@pytest.mark.parametrize("stride", [0, 1, 30, 40, 80, 400])
def test_consecutive_windows_share_the_stride_and_advance(tokenizer: Tokenizer, stride: int) -> None:
    body = " ".join(f"{number} ferries" for number in range(200))
    (made,) = windows(tokenizer, QUESTION, [Text("", body)], length=90, stride=stride)
    firsts = [int(window.starts[window.starts >= 0][0]) for window in made]
    assert firsts == sorted(set(firsts))
    tokens = len(tokenizer.encode(body, add_special_tokens=False))
    assert len(made) <= 1 + tokens // 20, "a stride as long as the window would make a window for each token"
    if stride == 30:
        for one, other in pairwise(made):
            assert len(set(one.starts.tolist()) & set(other.starts.tolist()) - {-1}) == 30


@pytest.mark.parametrize("body", ["", " ", "\n\n", "\u200d", "\ufe0f"])
def test_a_body_without_a_token_has_no_window(tokenizer: Tokenizer, body: str) -> None:
    assert windows(tokenizer, QUESTION, [Text("A heading", body)], length=90, stride=10) == [[]]


def test_no_texts_have_no_windows(tokenizer: Tokenizer) -> None:
    assert windows(tokenizer, QUESTION, [], length=90, stride=10) == []


def test_a_window_of_nothing_but_heading_is_left_out(tokenizer: Tokenizer) -> None:
    text = Text("heading " * 300, "Twelve boats sailed.")
    (made,) = windows(tokenizer, QUESTION, [text], length=90, stride=10)
    assert len(made) <= 2
    assert all((window.starts >= 0).any() for window in made)


@pytest.mark.parametrize("question", ["why " * 5000, "", "?", "日" * 4000])
def test_whatever_the_question_the_text_has_room(tokenizer: Tokenizer, question: str) -> None:
    (made,) = windows(tokenizer, question, [Text("Title", "Twelve boats sailed. " * 100)], length=160, stride=16)
    covered = {int(start) for window in made for start in window.starts if start >= 0}
    assert len(covered) == 400
    assert all(len(window) <= 160 for window in made)
    asked = [int((window.types == 0).sum()) - 2 for window in made]
    assert max(asked) <= QUESTION_TOKENS


def test_a_passage_is_read_after_its_title_date_and_lead(hit: Callable[..., Hit]) -> None:
    body = "The plan will:\n• cut costs\n• sail boats"
    found = hit(1, body, span=(15, 38), title="word " * 40, published=date(2025, 1, 9), lead=Span(0, 14))
    text = text_of(found.passage)
    assert text.body == "• cut costs\n• sail boats"[:23]
    title, day, lead = text.heading.split("\n")
    assert (len(title.split()), title[-1], day, lead) == (24, "…", "9 January 2025", "The plan will:")


def test_padding_is_masked(tokenizer: Tokenizer) -> None:
    made = windows(tokenizer, QUESTION, [Text("", "One."), Text("", "One, two and three.")], length=90, stride=10)
    batch = [window for each in made for window in each]
    ids, mask, types = padded(batch)
    assert ids.shape == mask.shape == types.shape == (2, max(map(len, batch)))
    assert mask.sum(axis=1).tolist() == list(map(len, batch))
    assert not ids[mask == 0].any()
    for row, window in enumerate(batch):
        assert ids[row, : len(window)].tolist() == window.ids.tolist()
