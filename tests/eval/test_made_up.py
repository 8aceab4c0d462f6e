from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import numpy as np

from eval.bench.made_up import PASSAGES, RARE, MadeUp, fill_up
from eval.bench.scale import _until
from index.catalog.check import check
from index.catalog.writer import CatalogWriter
from index.disk.lock import writing
from index.search.files import LocalFiles
from index.types import Release, SearchFilter

TODAY = date(2026, 1, 1)


def test_made_up_releases_are_stored_and_searched_as_any(
    lab: Any, labs: Callable[[str], Any], make: Callable[..., Release]
) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    made_up = MadeUp(lab.data)
    other = labs("made up")
    with closing(CatalogWriter.create(other.data, made_up.manifest)) as catalog, writing(other.data):
        for batch, vectors in made_up.releases(1_200):
            catalog.put(batch, vectors, TODAY)
        LocalFiles(catalog).publish()
        assert check(catalog) == [], "spans lie in their texts, and vectors have the length 1"
        assert catalog.counts() == (200, 200 * PASSAGES)
        assert len(catalog.allowed(SearchFilter(publisher=RARE))) == 2 * PASSAGES
    assert not other.verify().rebuilt
    with closing(lab.catalog()) as real, closing(other.catalog()) as made:
        first, second = (each.vectors(each.allowed(SearchFilter())) for each in (real, made))
    assert np.max(second @ first.T) > 0.7, "near real ones"
    assert np.median(np.max(second @ second.T - 2 * np.eye(len(second)), axis=1)) < 0.99, "but no copies"
    item = made_up.release("zyxomma", number=10**9)
    assert item.release.id != next(iter(made_up.releases(1)))[0][0].release.id
    assert item.chunks[0].span.of(item.release.body).startswith("zyxomma ")


def test_an_index_is_filled_up_beside_the_real_one(
    lab: Any, labs: Callable[[str], Any], make: Callable[..., Release]
) -> None:
    lab.ingest(*(make(i) for i in range(30)))
    filled = labs("filled")
    assert fill_up(lab.data, filled.data, 500) >= 500
    assert {release.id for release in lab.everything()} < {release.id for release in filled.everything()}
    assert filled.ids("uniq7v0")[0] == lab.ids("uniq7v0")[0]
    assert not filled.verify().rebuilt
    assert fill_up(filled.data, labs("again").data, 500) == len(filled.rows("SELECT id FROM passage"))


def test_a_change_is_timed_until_it_is_seen() -> None:
    state: list[int] = []
    seen, done = _until(lambda: bool(state), lambda: state.append(1))
    assert 0 < seen < 10_000
    assert 0 < done < 10_000
