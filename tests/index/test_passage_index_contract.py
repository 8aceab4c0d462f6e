"""What every `PassageIndex`, and every pair of legs under one, has to do.

The fixture ``backend`` of ``conftest.py`` runs all of it over each backend there is: add one there. What is asserted is
the behaviour that the engine relies on, so a backend that passes can serve in the local one's place.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from index.catalog.validity import sees
from index.errors import UnknownPublisherError, UnknownReleaseError
from index.models.hashing_embedder import HashingEmbedder
from index.protocols import PassageIndex
from index.search.legs import Snapshot
from index.types import Release, SearchFilter

Make = Callable[..., Release]

FIRST, SECOND = date(2025, 1, 1), date(2025, 2, 1)
QUESTION = "harbour court 5%"
WHERE = [
    SearchFilter(),
    SearchFilter(publisher="home office"),
    SearchFilter(since=date(2024, 6, 1)),
    SearchFilter(until=date(2024, 6, 1), publisher="MINISTÈRE DE L’ÉTÉ"),
    SearchFilter(as_of=date(2024, 6, 1)),
    SearchFilter(as_of=SECOND - timedelta(days=1)),
    SearchFilter(as_of=SECOND),
    SearchFilter(as_of=date.min),
    SearchFilter(as_of=date.max),
]


@pytest.fixture
def filled(backend: Any, make: Make) -> Any:
    """24 releases, of which 0, 5, 10, 15 and 20 changed on 1 February 2025."""
    backend.ingest(*(make(number) for number in range(24)), today=FIRST)
    backend.ingest(*(make(number, version=1) for number in range(0, 24, 5)), today=SECOND)
    return backend


@pytest.fixture
def index(filled: Any) -> Iterable[PassageIndex]:
    with filled.open() as opened:
        yield opened


@pytest.fixture
def legs(filled: Any) -> Iterable[Snapshot]:
    with filled.legs() as opened:
        yield opened


def current(make: Make, day: date | None = None) -> list[Release]:
    changed = day is None or day >= SECOND
    return [make(number, version=int(changed and number % 5 == 0)) for number in range(24)]


# searching


@pytest.mark.parametrize("where", WHERE, ids=str)
def test_a_filter_lets_through_what_the_rule_says(index: PassageIndex, make: Make, where: SearchFilter) -> None:
    # A first revision is valid from its publication, whenever it was stored.
    allowed = {release for release in current(make, where.as_of) if sees(where, release)}
    found = index.search(QUESTION, 400, where).hits
    assert {hit.passage.release for hit in found} == allowed, "every passage has a cosine, so all allowed are found"


def test_fewer_hits_are_the_best_of_more_hits(index: PassageIndex) -> None:
    for where in WHERE[:4]:
        every = index.search(QUESTION, 400, where).hits
        assert list(every) == sorted(every, key=lambda hit: (-hit.score, hit.passage.id))
        for k in (1, 3, 10):
            assert index.search(QUESTION, k, where).hits == every[:k]


def test_hits_carry_their_release_and_the_parts_of_their_score(index: PassageIndex, make: Make) -> None:
    found = index.search("uniq4v0", 3)
    hit = found.hits[0]
    assert hit.passage.release == make(4)
    assert "uniq4v0" in hit.passage.text
    assert hit.passage.tokens == len(hit.passage.text.split())
    assert hit.lexical == max(each.lexical for each in found.hits) > 0
    assert all(-1.0 <= each.dense <= 1.0 + 1e-6 and 0.0 <= each.lexical <= 1.0 for each in found.hits)
    assert found.generation == index.status().generation
    assert index.search("uniq4v0", 3).hits == found.hits


def test_more_hits_are_promised_only_where_there_may_be_some(index: PassageIndex) -> None:
    for where in WHERE:
        every = index.search(QUESTION, 400, where)
        assert every.exhausted, "more were asked for than there are"
        some = len(every.hits) // 2
        if some:
            assert not index.search(QUESTION, some, where).exhausted


def test_an_earlier_day_has_its_own_revision(index: PassageIndex, make: Make) -> None:
    before = SearchFilter(as_of=SECOND - timedelta(days=1))
    assert index.search("uniq5v0", 1, before).hits[0].passage.release == make(5)
    assert index.search("uniq5v1", 1).hits[0].passage.release == make(5, version=1)
    assert index.search("uniq5v1", 1).hits[0].passage.revision == 2
    assert "uniq5v0" not in " ".join(hit.passage.text for hit in index.search("uniq5v0", 400).hits)
    assert index.release("release/5", before) == make(5)
    assert index.release("release/5") == make(5, version=1)


# reading what is stored


def test_what_is_stored_is_listed_whole(index: PassageIndex, make: Make) -> None:
    releases = sorted(current(make), key=lambda release: (release.published, release.id))
    assert list(index.export()) == releases
    passages = list(index.every_passage())
    assert [passage.id for passage in passages] == sorted({passage.id for passage in passages})
    assert {passage.release for passage in passages} == set(releases)
    assert index.publishers() == sorted({release.publisher for release in releases})
    status = index.status()
    assert (status.generation, status.releases, status.passages) == (2, len(releases), len(passages))
    assert status.manifest.fingerprint == HashingEmbedder.fingerprint


def test_a_page_of_releases_goes_on_where_the_last_one_ended(index: PassageIndex, make: Make) -> None:
    for where in WHERE:
        expected = sorted(
            (release for release in current(make, where.as_of) if sees(where, release)),
            key=lambda release: (-release.published.toordinal(), release.id),
        )
        listed = []
        after = None
        while page := index.entries(where, 5, after):
            listed += [entry.id for entry in page]
            after = (page[-1].published, page[-1].id)
        assert listed == [release.id for release in expected]


def test_the_history_of_a_release_has_every_text_and_its_days(index: PassageIndex, make: Make) -> None:
    new, old = index.history("release/5")
    assert (new.release, old.release) == (make(5, version=1), make(5))
    assert (new.number, old.number) == (2, 1)
    assert (old.valid_from, old.valid_to) == (make(5).published, SECOND)
    assert (new.valid_from, new.valid_to, new.withdrawn) == (SECOND, None, None)
    assert len(index.history("release/6")) == 1
    for unknown in ("release/99", "half a pair \ud800"):
        with pytest.raises(UnknownReleaseError):
            index.history(unknown)


def test_coverage_follows_what_is_stored(filled: Any, make: Make) -> None:
    with filled.open() as index:
        covered = index.coverage()
        days = [make(number).published for number in range(24)]
        assert (covered.oldest, covered.newest) == (min(days), max(days))
        assert list(covered.publishers) == index.publishers()
        filled.ingest(make(30, publisher="Newcomer", published=date(2030, 1, 1)), today=SECOND)
        assert "Newcomer" in index.coverage().publishers
        assert index.coverage().newest == date(2030, 1, 1)


def test_figures_lie_in_their_passages(index: PassageIndex) -> None:
    passages = [hit.passage for hit in index.search(QUESTION, 20).hits]
    stated = index.figures(passages)
    assert [len(some) for some in stated] == [len(index.figures([passage])[0]) for passage in passages]
    assert any(stated)
    for passage, figures in zip(passages, stated, strict=True):
        for figure in figures:
            assert passage.span.start <= figure.span.start < figure.span.end <= passage.span.end
    assert index.figures([]) == []


def test_what_is_not_there_is_an_error_that_says_so(index: PassageIndex) -> None:
    with pytest.raises(UnknownReleaseError, match="release/99"):
        index.release("release/99")
    with pytest.raises(UnknownReleaseError):
        index.release("release/5", SearchFilter(as_of=date(2020, 1, 1)))
    nobody = SearchFilter(publisher="Nobody at all")
    for ask in (lambda: index.search(QUESTION, 5, nobody), lambda: index.entries(nobody, 5)):
        with pytest.raises(UnknownPublisherError, match="Nobody at all") as caught:
            ask()
        assert "Home Office" in caught.value.hint


def test_a_removed_release_is_gone(filled: Any) -> None:
    with filled.open() as index:
        assert index.search("uniq7v0", 1).hits[0].passage.release.id == "release/7"
        filled.remove("release/7")
        for where in (SearchFilter(), SearchFilter(as_of=FIRST)):
            assert "release/7" not in {hit.passage.release.id for hit in index.search("uniq7v0", 400, where).hits}
        with pytest.raises(UnknownReleaseError):
            index.release("release/7")
        assert index.status().releases == 23


# the legs


def test_the_vector_leg_ranks_by_cosine_ties_by_id(legs: Snapshot) -> None:
    vector = HashingEmbedder().encode_question(QUESTION)
    every = legs.vectors.search(vector, 400, SearchFilter(as_of=date.max))
    assert len(every) == len({i for i, _ in every}) == 48
    assert every == sorted(every, key=lambda pair: (-pair[1], pair[0]))
    assert legs.vectors.search(vector, 7, SearchFilter(as_of=date.max)) == every[:7]
    assert legs.vectors.search(vector, 0, SearchFilter()) == []
    assert len(legs.vectors) == len(legs.keywords) == 58, "superseded passages are held too"


def test_a_leg_fills_its_depth_from_what_the_filter_allows(legs: Snapshot, backend: Any) -> None:
    vector = HashingEmbedder().encode_question(QUESTION)
    for where in WHERE:
        dense = legs.vectors.search(vector, 400, where)
        assert legs.vectors.search(vector, 3, where) == dense[:3]
        lexical = legs.keywords.search(QUESTION, 400, where, backend.weights)
        assert {i for i, _ in lexical} <= {i for i, _ in dense}, "both go by the same rule"
        assert legs.keywords.search(QUESTION, 3, where, backend.weights) == lexical[:3]


def test_cosines_are_exact_and_of_what_is_held(legs: Snapshot) -> None:
    vector = HashingEmbedder().encode_question(QUESTION)
    found = dict(legs.vectors.search(vector, 400, SearchFilter()))
    held = legs.vectors.cosines(vector, [*found, 10_000])
    assert held.keys() == found.keys()
    assert np.allclose([held[i] for i in found], list(found.values()), atol=1e-5)


def test_keywords_find_what_shares_a_term_and_a_filter_moves_no_score(legs: Snapshot, backend: Any) -> None:
    weights = backend.weights
    assert len(legs.keywords.search("uniq4v0", 10, SearchFilter(), weights)) == 1
    assert legs.keywords.search("zeppelin", 10, SearchFilter(), weights) == []
    assert legs.keywords.search("", 10, SearchFilter(), weights) == []
    free = dict(legs.keywords.search(QUESTION, 400, SearchFilter(), weights))
    bound = dict(legs.keywords.search(QUESTION, 400, SearchFilter(publisher="Home Office"), weights))
    assert bound
    assert bound.items() <= free.items()


def test_a_question_is_worth_more_with_each_term_and_most_with_rare_ones(legs: Snapshot) -> None:
    worth = legs.keywords.information
    assert worth("") == 0 < worth("harbour") < worth("harbour uniq4v0") < worth("harbour uniq4v0 zeppelin")
    assert worth("harbour") < worth("uniq4v0") < worth("zeppelin")
