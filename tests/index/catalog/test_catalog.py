"""The catalog keeps every revision, whatever happens to it.

Long because each promise of the catalog has its test here.
"""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from index.catalog.changes import release_digest
from index.catalog.stores import store_of
from index.errors import (
    CatalogDamagedError,
    UnknownPublisherError,
    UnknownReleaseError,
)
from index.types import Release, SearchFilter

Make = Callable[..., Release]
PAST = SearchFilter(as_of=date(2025, 2, 28))


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


# revisions and dates


def test_a_revision_stands_from_its_day_to_the_day_before_the_next(lab: Any, make: Make) -> None:
    first, second = make(1, published=date(2025, 1, 10)), make(1, version=1, published=date(2025, 1, 10))
    lab.ingest(first, today=date(2025, 1, 12))
    lab.ingest(second, today=date(2025, 2, 1))
    with closing(lab.catalog()) as catalog:

        def at(*day: int) -> Release:
            return catalog.release(first.id, SearchFilter(as_of=date(*day)))

        with pytest.raises(UnknownReleaseError):
            at(2025, 1, 9)
        assert at(2025, 1, 10) == at(2025, 1, 31) == first
        assert at(2025, 2, 1) == at(9999, 12, 31) == catalog.release(first.id, SearchFilter()) == second
        assert catalog.entries(SearchFilter(as_of=date(2025, 1, 31)), 5, None)[0].revision == 1
        assert [entry.revision for entry in catalog.entries(SearchFilter(), 5, None)] == [2]


def test_two_changes_on_one_day_leave_the_last(lab: Any, make: Make) -> None:
    for version in range(3):
        lab.ingest(make(1, version=version), today=date(2025, 3, 1))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", SearchFilter(as_of=date(2025, 3, 1))) == make(1, version=2)
        assert catalog.release("release/1", PAST) == make(1)


def test_a_clock_that_goes_back_never_makes_two_revisions_stand_at_once(lab: Any, make: Make) -> None:
    days = [date(2025, 3, 1), date(2025, 6, 1), date(2025, 4, 1), date(2025, 5, 1)]
    for version, today in enumerate(days):
        lab.ingest(make(1, version=version), today=today)
    with closing(lab.catalog()) as catalog:
        for offset in range(0, 400, 5):
            day = date(2025, 1, 1) + timedelta(days=offset)
            revisions = catalog.entries(SearchFilter(as_of=day), 10, None)
            assert len(revisions) == (day >= make(1).published)


@pytest.mark.parametrize("published", [date.min, date.max])
def test_the_first_and_the_last_day_of_the_calendar_are_days_like_others(lab: Any, make: Make, published: date) -> None:
    lab.ingest(make(1, published=published))
    lab.ingest(make(1, version=1, published=published))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", SearchFilter()) == make(1, version=1, published=published)
        assert catalog.release("release/1", SearchFilter(as_of=date.max)) == make(1, version=1, published=published)
    assert lab.ids("uniq1v1", as_of=date.max) == ["release/1"]


def test_a_date_corrected_to_the_future_keeps_the_earlier_revision_until_today(lab: Any, make: Make) -> None:
    lab.ingest(make(1), today=date(2025, 3, 1))
    later = make(1, version=1, published=date(2025, 9, 1))
    lab.ingest(later, today=date(2025, 3, 1))
    with closing(lab.catalog()) as catalog:
        assert catalog.release("release/1", PAST) == make(1)
        with pytest.raises(UnknownReleaseError):
            catalog.release("release/1", SearchFilter(as_of=date(2025, 8, 31)))
        assert catalog.release("release/1", SearchFilter(as_of=date(2025, 9, 1))) == later


# lists and names


def test_pages_of_entries_are_newest_first_with_ties_by_id_and_lose_nothing(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i, published=date(2025, 1, 1 + i % 3)) for i in range(20)))
    with closing(lab.catalog()) as catalog:
        seen = []
        after = None
        while page := catalog.entries(SearchFilter(), 3, after):
            seen += [(entry.published, entry.id) for entry in page]
            after = seen[-1]
        assert seen == sorted(seen, key=lambda place: (-place[0].toordinal(), place[1]))
        assert len(set(seen)) == 20
        assert len(catalog.entries(SearchFilter(), 10**30, None)) == 20
        assert all(entry.passages > 0 for entry in catalog.entries(SearchFilter(), 50, None))


def test_an_unknown_publisher_is_named_with_those_there_are(lab: Any, make: Make) -> None:
    lab.ingest(make(0), make(1))
    with closing(lab.catalog()) as catalog:
        catalog.check_publisher(SearchFilter(publisher="ministère de l’ÉTÉ"))
        with pytest.raises(UnknownPublisherError, match="'Treasury'") as caught:
            catalog.check_publisher(SearchFilter(publisher="Treasury"))
        assert "Home Office; Ministère" in caught.value.hint
        with pytest.raises(UnknownPublisherError):
            catalog.check_publisher(SearchFilter(publisher="\udcff"))


def test_an_earlier_publisher_is_known_at_an_earlier_day(lab: Any, make: Make) -> None:
    lab.ingest(make(1, publisher="Old Office"))
    lab.ingest(make(1, publisher="New Office"))
    assert lab.ids("uniq1v0", publisher="old office", as_of=date(2025, 2, 1)) == ["release/1"]
    with pytest.raises(UnknownPublisherError):
        lab.ids("uniq1v0", publisher="old office")


@pytest.mark.parametrize("release_id", ["release/2", "", "\udcff", "' OR 1=1 --"])
def test_an_unknown_release_is_an_error(lab: Any, make: Make, release_id: str) -> None:
    lab.ingest(make(1))
    with closing(lab.catalog()) as catalog, pytest.raises(UnknownReleaseError):
        catalog.release(release_id, SearchFilter())


# damage


@pytest.fixture
def damaged(lab: Any, make: Make) -> Any:
    lab.ingest(*(make(i) for i in range(30)))
    return lab


def use_all(lab: Any) -> None:
    """Everything a person may do with an index; any step may find the damage."""
    with closing(lab.open()) as index:
        index.search("uniq3v0 harbour", 50)
        index.entries(SearchFilter(), 100)
        for entry in index.entries(SearchFilter(), 100):
            index.release(entry.id)
    lab.verify()


def no_number_for_a_schema(lab: Any) -> None:
    lab.edit("UPDATE meta SET value = '²' WHERE key = 'schema'")


def no_manifest(lab: Any) -> None:
    lab.edit("DELETE FROM meta WHERE key = 'manifest'")


def manifest_of_another_shape(lab: Any) -> None:
    lab.edit("UPDATE meta SET value = '[1]' WHERE key = 'manifest'")


def no_generation(lab: Any) -> None:
    lab.edit("DELETE FROM generation")


def edited_body(lab: Any) -> None:
    lab.edit("UPDATE revision SET body = replace(body, 'uniq3v0', 'uniq4v0')")


def edited_date(lab: Any) -> None:
    lab.edit("UPDATE revision SET published = published - 1 WHERE release_id = 'release/3'")


def impossible_date(lab: Any) -> None:
    lab.edit("UPDATE revision SET published = -5 WHERE release_id = 'release/3'")


def impossible_span(lab: Any) -> None:
    lab.edit('UPDATE passage SET start = "end" + 5')


def span_outside(lab: Any) -> None:
    lab.edit('UPDATE passage SET "end" = "end" + 50000 WHERE id = 3')


def sentences_of_another_shape(lab: Any) -> None:
    lab.edit("UPDATE passage SET sentences = '[1, 2, 3]'")


def vectors_gone(lab: Any) -> None:
    lab.edit("DELETE FROM embedding")


def vector_flipped(lab: Any) -> None:
    lab.edit("UPDATE embedding SET vector = ?", bytes(4 * 256))


DAMAGES = [
    no_number_for_a_schema, no_manifest, manifest_of_another_shape, no_generation, edited_body, edited_date,
    impossible_date, impossible_span, span_outside, sentences_of_another_shape, vectors_gone, vector_flipped,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_a_damaged_catalog_says_so(damaged: Any, damage: Callable[[Any], None]) -> None:
    damage(damaged)
    with pytest.raises(CatalogDamagedError, match=re.escape(store_of(damaged.data, damaged.kept).name)) as caught:
        use_all(damaged)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_an_edited_body_is_never_quoted(damaged: Any) -> None:
    edited_body(damaged)
    with closing(damaged.open()) as index, pytest.raises(CatalogDamagedError, match=r"'release/3'.*SHA-256"):
        index.search("uniq3v0", 3)


@pytest.mark.parametrize("damage", [edited_date, vector_flipped])
def test_the_command_says_what_is_damaged_in_two_lines(
    damaged: Any, damage: Callable[[Any], None], pressqa: Callable[..., Any]
) -> None:
    damage(damaged)
    result = pressqa("verify", data=damaged.data, env=damaged.env)
    assert result.returncode == 2
    assert result.stdout == b""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 2
    assert store_of(damaged.data, damaged.kept).name in lines[0]
    assert "ingest" in lines[1]


def test_a_digest_covers_every_field(make: Make) -> None:
    release = make(1)
    others = [
        replace(release, title="T"),
        replace(release, body="B"),
        replace(release, publisher="P"),
        replace(release, published=date(2000, 1, 1)),
        replace(release, url="https://example.org"),
    ]
    assert len({release_digest(each) for each in [release, *others]}) == 6
