"""What was removed is in no file of the index: not in its catalog, its log, or what is made for searching."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalog.sqlite import DELETES_SECURELY, FILE
from index.errors import IndexLockedError
from index.search.files import FOLDER, LocalFiles
from index.search.legs import KeywordWeights
from index.types import SearchFilter

FOLDERS = count()
SECRET = "Quillfeather"
"""A word of one release only."""


def holding(folder: Path, word: str) -> list[str]:
    """Return the files whose bytes hold a word."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes())


def secret(make: Any, number: int = 1, repeats: int = 1) -> Any:
    body = "\n\n".join(f"Ann {SECRET} opened berth {n} of the harbour on Monday." for n in range(repeats))
    return make(number, title=f"{SECRET} opens a berth", publisher=f"Office of {SECRET}", body=body)


def has_term(lab: Any, word: str) -> bool:
    with closing(lab.catalog()) as catalog:
        snapshot = LocalFiles(catalog).load()
        assert snapshot is not None
        return bool(snapshot.keywords.search(word, 5, SearchFilter(), KeywordWeights(1.0, 0.0)))


@pytest.mark.parametrize("repeats", [1, 400])
def test_what_is_removed_beside_a_reader_is_in_no_file(lab: Any, make: Any, repeats: int) -> None:
    lab.ingest(secret(make, repeats=repeats), *(make(n) for n in range(2, 30)))
    assert holding(lab.data, SECRET)
    assert has_term(lab, SECRET)
    with closing(lab.open()) as reader:
        assert reader.search(f"berth {SECRET}", 5).hits
        before = {path.name for path in (lab.data / FOLDER).rglob("*") if path.is_file() and path.suffix != ".lock"}
        lab.remove("release/1")
        assert holding(lab.data, SECRET) == []
        assert not has_term(lab, SECRET)
        after = {path.name for path in (lab.data / FOLDER).rglob("*") if path.is_file() and path.suffix != ".lock"}
        assert not {name for name in before & after if name not in ("current.json", "meta.json", ".managed.json")}
        assert all(hit.passage.release.id != "release/1" for hit in reader.search(f"berth {SECRET}", 5).hits)
    assert holding(lab.data, SECRET) == []


def test_earlier_revisions_go_with_it(lab: Any, make: Any) -> None:
    lab.ingest(secret(make), make(2))
    lab.ingest(make(1))  # the words that are valid now are others
    assert holding(lab.data, SECRET)
    lab.remove("release/1")
    assert holding(lab.data, SECRET) == []


def test_the_vectors_of_its_words_go_too_but_not_those_that_another_release_needs(lab: Any, make: Any) -> None:
    lab.ingest(secret(make), make(2), secret(make, 3))
    with closing(lab.catalog()) as catalog:
        before = catalog.connection.execute("SELECT count(*) FROM embedding").fetchone()[0]
    lab.remove("release/2")
    lab.remove("release/1")
    with closing(lab.catalog()) as catalog:
        passages = catalog.connection.execute("SELECT count(*) FROM passage").fetchone()[0]
        left = catalog.connection.execute("SELECT count(*) FROM embedding").fetchone()[0]
    assert passages == left < before
    assert lab.ids(f"berth {SECRET}")[0] == "release/3"


def test_a_file_of_an_earlier_pressqa_is_cleaned_of_what_that_deleted(lab: Any, make: Any) -> None:
    lab.ingest(secret(make), *(make(n) for n in range(2, 9)))
    with closing(sqlite3.connect(lab.data / FILE)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("PRAGMA user_version = 0")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM revision WHERE release_id = 'release/1'")
        connection.commit()
    assert FILE in holding(lab.data, SECRET), "an earlier version left it there"
    lab.remove("release/2")
    assert holding(lab.data, SECRET) == []
    with closing(lab.catalog()) as catalog:
        assert catalog.connection.execute("PRAGMA user_version").fetchone()[0] == DELETES_SECURELY


def test_a_reader_of_an_earlier_state_is_named_and_verify_finishes_the_work(
    lab: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.ingest(secret(make), make(2))
    with closing(lab.writer()) as writer, closing(lab.catalog()) as reader:
        writer._catalog.connection.execute("PRAGMA busy_timeout = 50")
        reader.connection.execute("BEGIN")
        reader.connection.execute("SELECT count(*) FROM revision").fetchone()
        with pytest.raises(IndexLockedError, match="still holds what was deleted") as caught:
            writer.remove(["release/1"])
        assert "pressqa verify" in caught.value.hint
        reader.connection.rollback()
        writer.verify()
        assert holding(lab.data, SECRET) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["put", "change", "remove"]), st.integers(0, 5), st.integers(1, 90)), max_size=14
    )
)
def test_whatever_is_done_what_was_removed_is_gone(labs: Any, make: Any, steps: list[tuple[str, int, int]]) -> None:
    lab = labs(f"folder {next(FOLDERS)}")
    lab.ingest(make(9))
    held: set[int] = set()
    gone: set[str] = set()
    for step, (what, number, repeats) in enumerate(steps):
        if what == "remove" and number in held:
            lab.remove(f"release/{number}")
            held.discard(number)
            gone |= {f"Word{number}x{earlier}q" for earlier in range(step)}
        elif what != "remove":
            body = f"Word{number}x{step}q opened the berth of the harbour. " * repeats
            lab.ingest(make(number, title=f"Word{number}x{step}q", body=body))
            held.add(number)
        for word in gone:
            assert holding(lab.data, word) == []
