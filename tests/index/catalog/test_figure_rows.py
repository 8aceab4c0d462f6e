from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.catalog.figure_rows import from_row, to_row
from index.errors import CatalogDamagedError, UnknownReleaseError
from index.figures.read import figures
from index.types import Figure, Period, Release, SearchFilter, Span

Make = Callable[..., Release]
BODY = "Removals came to 2,580 in October, up 23% on last year.\n\nBetween 5 and 10 boats cost £1.25 million."


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


def stored(lab: Any, release_id: str = "release/1", **where: Any) -> tuple[Figure, ...]:
    """Return the figures of a release's revision, from passage to passage."""
    with closing(lab.catalog()) as catalog:
        release = catalog.release(release_id, SearchFilter(**where))
        passages = catalog.passages(catalog.allowed(SearchFilter(**where)).tolist()).values()
        found = catalog.figures([passage for passage in passages if passage.release == release])
        return tuple(figure for some in found for figure in some)


def test_what_is_stored_is_what_was_read(lab: Any, make: Make) -> None:
    release = make(1, body=BODY)
    lab.ingest(release)
    found = stored(lab)
    assert list(found) == figures(BODY, release.published)
    assert [f.span.of(BODY) for f in found] == ["2,580", "23%", "Between 5 and 10", "£1.25 million"]
    rows = lab.rows("SELECT value, value_max FROM figure ORDER BY start")
    assert rows == [("2580", None), ("23", None), ("5", "10"), ("1250000", None)], "as text, whatever it looks like"


def test_each_revision_has_its_own_figures(lab: Any, make: Make) -> None:
    lab.ingest(make(1, body="We hired 100 nurses."), today=date(2025, 1, 1))
    lab.ingest(make(1, body="We hired 120 nurses in all."), today=date(2025, 2, 1))
    assert [f.value for f in stored(lab)] == [120]
    assert [f.value for f in stored(lab, as_of=date(2025, 1, 31))] == [100]
    with pytest.raises(UnknownReleaseError):
        stored(lab, as_of=date(2020, 1, 1))
    lab.remove("release/1")
    assert lab.rows("SELECT count(*) FROM figure") == [(0,)]


def test_the_figures_of_a_passage_are_those_that_lie_in_it(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(4)))
    with closing(lab.catalog()) as catalog:
        passages = list(catalog.passages(catalog.delta(0).put.tolist()).values())
        found = catalog.figures(passages)
        for passage, inside in zip(passages, found, strict=True):
            everything = figures(passage.release.body, passage.release.published)
            assert list(inside) == [
                f for f in everything if passage.span.start <= f.span.start and f.span.end <= passage.span.end
            ]
        assert any(found)
        assert catalog.figures([]) == []


def test_embedding_anew_reads_the_figures_anew(lab: Any, make: Make, models: Any) -> None:
    lab.ingest(make(1, body=BODY), today=date(2025, 1, 1))
    lab.ingest(make(1, body="We hired 120 nurses."), today=date(2025, 2, 1))
    before = stored(lab), stored(lab, as_of=date(2025, 1, 31))
    lab.edit("UPDATE figure SET value = '7'")  # as an earlier grammar might have read it
    lab.reembed(models[0](), chunk_tokens=20)
    assert (stored(lab), stored(lab, as_of=date(2025, 1, 31))) == before


@pytest.mark.parametrize(
    "change",
    ["value = 'many'", "change = 'sideways'", "period_from = 'soon'", "sentence_end = 0", "number_end = start"],
)
def test_a_damaged_row_is_an_error_not_a_figure(lab: Any, make: Make, change: str) -> None:
    lab.ingest(make(1, body=BODY))
    lab.edit(f"UPDATE figure SET {change} WHERE start = 17")
    with pytest.raises(CatalogDamagedError):
        stored(lab)


def test_verify_finds_a_figure_outside_its_release(lab: Any, make: Make) -> None:
    lab.ingest(make(1, body=BODY))
    lab.edit("UPDATE figure SET sentence_end = 9999 WHERE start = 17")
    with pytest.raises(CatalogDamagedError, match="a figure lies outside release 'release/1'"):
        lab.verify()


def test_ten_thousand_figures_in_one_release_are_stored(lab: Any, make: Make, tmp_path: Path) -> None:
    lab.ingest(make(1, body="12 towns got £5 million.\n\n" * 5_000))
    assert len(stored(lab)) == 10_000


spans = st.tuples(st.integers(0, 99), st.integers(1, 99)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
days = st.none() | st.dates()
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=10)


@given(
    st.builds(
        Figure,
        span=spans,
        number=spans,
        value=decimals,
        value_max=st.none() | decimals,
        unit=st.sampled_from(["", "GBP"]),
        qualifier=st.just("exactly"),
        counted=st.none() | spans,
        change=st.sampled_from([None, "up", "down"]),
        period=st.none() | st.builds(Period, spans, days, days),
        sentence=spans,
    )
)
def test_a_row_gives_back_the_figure(figure: Figure) -> None:
    assert from_row(to_row(1, figure)[1:]) == figure
