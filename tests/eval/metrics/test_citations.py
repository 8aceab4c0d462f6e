import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import Overlap, citation_overlap, quote_holds
from index.types import Span

spans = st.tuples(st.integers(0, 30), st.integers(1, 20)).map(lambda s: Span(s[0], s[0] + s[1]))


def test_hand_computed_overlaps():
    evidence = {"r": [Span(10, 20)]}
    assert citation_overlap(("r", Span(10, 20)), evidence) == Overlap(1, 1, 1)
    assert citation_overlap(("r", Span(0, 40)), evidence) == Overlap(0.25, 1, 0.4)
    assert citation_overlap(("r", Span(15, 20)), evidence) == Overlap(1, 0.5, pytest.approx(2 / 3))
    assert citation_overlap(("r", Span(20, 30)), evidence) == Overlap(0, 0, 0)
    assert citation_overlap(("other", Span(10, 20)), evidence) == Overlap(0, 0, 0)
    assert citation_overlap(None, evidence) == Overlap(0, 0, 0)
    assert citation_overlap(("r", Span(10, 20)), {}) is None


@given(spans, st.lists(spans, min_size=1, max_size=3))
def test_agrees_with_sets_of_characters(cited, golds):
    mine = set(range(cited.start, cited.end))
    theirs = [set(range(gold.start, gold.end)) for gold in golds]
    got = citation_overlap(("r", cited), {"r": golds})
    assert got is not None
    assert got.f1 == pytest.approx(max(2 * len(mine & gold) / (len(mine) + len(gold)) for gold in theirs))


def test_a_quote_must_equal_the_text_at_its_offsets():
    body = "It cost £5 million."
    assert quote_holds(body, 8, 10, "£5")
    assert not quote_holds(body, 8, 10, "$5")
    assert not quote_holds(body, 9, 11, "£5")
    assert not quote_holds(body, 5, 5, "")
    assert not quote_holds(body, 8, 99, body[8:])
    assert not quote_holds(body, -11, -9, body[-11:-9])
