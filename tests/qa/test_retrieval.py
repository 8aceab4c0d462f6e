"""Passages are ranked by what their release's best passage is worth, too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from index.protocols import PassageIndex
from index.types import Found, Hit, Passage, Release, SearchFilter, Span
from qa.retrieval import find


class Ranked:
    """An index whose search finds the same hits for every question."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))

    def search(self, question: str, k: int, where: SearchFilter) -> Found:
        return Found(tuple(self.hits[:k]), 1, {}, exhausted=k >= len(self.hits))


def hit(number: int, release: str, score: float) -> Hit:
    made = Release(release, "T", f"Ferry {number} sailed.", "P", date(2025, 1, 1))
    return Hit(Passage(number, made, 1, Span(0, len(made.body)), (Span(0, len(made.body)),), 1), score, score, score)


def found(hits: Sequence[Hit], wanted: int) -> list[Hit]:
    return find(cast(PassageIndex, Ranked(hits)), "ferries", wanted, SearchFilter())[0]


def numbers(hits: Sequence[Hit]) -> list[int]:
    return [each.passage.id for each in hits]


def test_a_passage_of_a_release_that_fits_comes_before_a_slightly_better_one_of_another() -> None:
    hits = [hit(1, "fits", 0.9), hit(2, "other", 0.5), hit(3, "fits", 0.45), hit(4, "third", 0.3)]
    assert numbers(found(hits, 3)) == [1, 3, 2]
    assert numbers(found([*hits, hit(5, "other", 0.9)], 3)) == [1, 5, 2]


def test_the_best_are_the_same_however_many_are_wanted() -> None:
    others = [hit(number, f"r{number}", 0.5 - number / 1000) for number in range(2, 40)]
    hits = [hit(1, "fits", 0.9), *others, hit(99, "fits", 0.45)]  # the last one would be second if it were compared
    assert numbers(found(hits, 40))[:5] == numbers(found(hits, 5)) == [1, 2, 3, 4, 5]


class Worded(Ranked):
    """An index that finds hits by the question."""

    def __init__(self, of: dict[str, Sequence[Hit]]) -> None:
        self.of = of

    def search(self, question: str, k: int, where: SearchFilter) -> Found:
        return Found(tuple(self.of[question][:k]), 1, {"keywords": 1.0}, exhausted=True)


def test_a_passage_that_spells_an_abbreviation_out_is_found_by_it() -> None:
    body = "The Harbour Lights Board (HLB) met."
    known = Release("explains", "T", body, "P", date(2025, 1, 1))
    explains = Hit(Passage(1, known, 1, Span(0, len(body)), (Span(0, len(body)),), 1), 0.8, 0.8, 0.8)
    index = Worded(
        {
            "hlb chair": [explains, hit(2, "other", 0.2)],
            "Harbour Lights Board chair": [hit(3, "spelt out", 0.9), replace(explains, score=0.5)],
        }
    )
    hits, found = find(cast(PassageIndex, index), "hlb chair", 3, SearchFilter())
    assert numbers(hits) == [1, 3, 2]
    assert abs(hits[0].score - 0.8) < 1e-9  # by its own words, not counted twice
    assert found.timings_ms == {"keywords": 2.0}


SCORED = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 1000)), min_size=1, max_size=120)


@given(SCORED, st.integers(1, 90), st.integers(1, 90))
def test_releases_keep_the_order_of_their_passages_and_more_wanted_only_adds(
    scored: list[tuple[str, int]], some: int, more: int
) -> None:
    hits = [hit(number, release, score / 1000) for number, (release, score) in enumerate(scored)]
    some, more = sorted((some, more))
    got = found(hits, more)
    assert numbers(found(hits, some)) == numbers(got)[:some]
    assert [each.score for each in got] == sorted((each.score for each in got), reverse=True)
    assert len(got) == min(more, len(hits))
    before = numbers(Ranked(hits).hits)
    best: dict[str, Hit] = {}
    for each in Ranked(hits).hits:
        best.setdefault(each.passage.release.id, each)
    for release, first in best.items():
        places = [before.index(number) for number in numbers([e for e in got if e.passage.release.id == release])]
        assert places == sorted(places)
        same = [each for each in got if each.passage.id == first.passage.id]
        assert all(abs(each.score - first.score) < 1e-9 for each in same)
