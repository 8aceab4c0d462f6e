"""A catalog that is copied to another database is the same index, whichever the two are."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError
from index.open import copy_catalog
from index.types import Release, SearchFilter

Make = Callable[..., Release]

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
EVERYTHING = ["meta", "generation", "revision", "passage", "figure", "removed", "embedding", "cursor", "page", "origin"]


@pytest.fixture(params=BOTH)
def old(request: pytest.FixtureRequest, tmp_path: Path, new_lab: Callable[..., Any], make: Make) -> Any:
    """An index with a past: two revisions of a release, and a release that was removed last."""
    data = tmp_path / "old"
    lab = new_lab(data, kept=request.getfixturevalue("in_postgres")(data) if request.param == "postgres" else None)
    lab.ingest(*(make(n) for n in range(6)), today=date(2025, 1, 1))
    lab.ingest(make(2, version=1), make(7), today=date(2025, 2, 1))
    lab.remove("release/7")
    return lab


@pytest.fixture(params=BOTH)
def new(request: pytest.FixtureRequest, tmp_path: Path, new_lab: Callable[..., Any]) -> Any:
    data = tmp_path / "new"
    return new_lab(data, kept=request.getfixturevalue("in_postgres")(data) if request.param == "postgres" else None)


def test_a_copy_holds_everything_and_goes_on(old: Any, new: Any, make: Make) -> None:
    assert copy_catalog(old.data, new.data, catalog=old.kept, to_catalog=new.kept) == 7
    for table in EVERYTHING:
        assert sorted(new.rows(f"SELECT * FROM {table}"), key=repr) == sorted(
            old.rows(f"SELECT * FROM {table}"), key=repr
        )
    assert new.verify().rebuilt, "search files of its own"
    assert not new.verify().rebuilt
    assert new.everything() == old.everything()
    assert new.search("uniq2v0", 1, as_of=date(2025, 1, 31))[0].passage.release == make(2)
    with closing(old.catalog()) as one, closing(new.catalog()) as other:
        assert one.id == other.id
        assert one.stamp(3) == other.stamp(3)
        last = max(number for (number,) in old.rows("SELECT passage_id FROM removed"))
    assert new.ingest(make(2, version=1), make(8)).added == 1
    with closing(new.catalog()) as catalog:
        assert catalog.allowed(SearchFilter()).max() > last, "no number is given twice"
    assert new.ids("uniq8v0", 1) == ["release/8"]


def test_nothing_is_copied_over_an_index(old: Any, new: Any, make: Make) -> None:
    new.ingest(make(9))
    with pytest.raises(InputError, match=r"there is an index in .* already"):
        copy_catalog(old.data, new.data, catalog=old.kept, to_catalog=new.kept)
    assert new.everything() == [make(9)]


@pytest.mark.postgres
def test_the_command_moves_an_index_to_a_server_and_back(
    labs: Any, in_postgres: Any, make: Make, pressqa: Any, tmp_path: Path
) -> None:
    lab, address = labs("here"), in_postgres(tmp_path / "there")
    lab.ingest(make(1), make(2))
    moved = pressqa("copy", address, data=lab.data)
    assert (moved.returncode, moved.stdout) == (0, b"copied 2 revisions\n"), moved.stderr
    status = pressqa("status", data=lab.data, env={"PRESSQA_CATALOG": address})
    assert b"generation 1" in status.stdout, "its search files go on being used"
    again = pressqa("copy", address, data=lab.data)
    assert (again.returncode, len(again.stderr.decode().splitlines())) == (2, 2)
    back = pressqa("copy", tmp_path / "back", data=lab.data, env={"PRESSQA_CATALOG": address})
    assert back.returncode == 0, back.stderr
    assert labs("back").everything() == lab.everything()
