"""Catalogs of other schemas: an old one keeps everything it holds, a newer one is refused with both numbers.

``schema-2.sql`` is the dump of a catalog that the first released code made: release 1 in three revisions (2 January,
3 February and 4 March 2025), releases 0, 3 and 5, and release 2 removed. Two steps that are not the product's are added
here, so that the machinery is tested whatever the real ones do.
"""

import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.catalog import migrations
from index.catalog.pages import SourcePages
from index.catalog.reader import Catalog
from index.catalog.sqlite import FILE, SqliteStore
from index.disk.lock import writing
from index.errors import CatalogDamagedError, IndexLockedError, ManifestMismatchError
from index.types import PageRead, Release, SearchFilter

DUMP = Path(__file__).with_name("schema-2.sql").read_text("utf-8")
Make = Callable[..., Release]

STEPS = """
def noted(connection):
    connection.execute("CREATE TABLE note (text TEXT NOT NULL) STRICT")
    connection.execute("INSERT INTO note SELECT release_id FROM revision")

def dated(connection):
    # as SQLite wants it where a column cannot be altered: another table under the old name
    connection.execute("ALTER TABLE embedding RENAME TO earlier")
    connection.execute("CREATE TABLE embedding (fingerprint TEXT NOT NULL, text_key BLOB NOT NULL,"
        " vector BLOB NOT NULL, made TEXT, PRIMARY KEY (fingerprint, text_key)) STRICT, WITHOUT ROWID")
    connection.execute("INSERT INTO embedding SELECT *, 'then' FROM earlier")
    connection.execute("DROP TABLE earlier")

from index.catalog import migrations
real = migrations.newest()
migrations.MIGRATIONS = (*migrations.MIGRATIONS, noted, dated)
"""


@pytest.fixture
def old(lab: Any) -> Any:
    """A data folder with a catalog of schema 2 and nothing else."""
    lab.data.mkdir()
    with closing(sqlite3.connect(lab.data / FILE)) as connection:
        connection.executescript(DUMP)
    return lab


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Add two steps after the real ones; give their names."""
    monkeypatch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS)
    made: dict[str, Any] = {}
    exec(STEPS, made)
    views = dict.fromkeys(range(migrations.OLDEST, made["real"]), ()) | dict(migrations.VIEWS) | {made["real"]: ()}
    view = "CREATE TEMP VIEW embedding AS SELECT *, NULL AS made FROM main.embedding"
    monkeypatch.setattr(
        migrations, "VIEWS", {schema: (*sql, view) for schema, sql in views.items()} | {made["real"] + 1: (view,)}
    )
    return made


def schema(data: Path) -> str:
    with closing(sqlite3.connect(data / FILE)) as connection:
        return str(connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0])


def check_whole(lab: Any, make: Make) -> None:
    """Every release is there, in the revision of the day that is asked for, and found by its own word."""
    versions = {None: 2, date(2025, 3, 4): 2, date(2025, 2, 3): 1, date(2025, 2, 2): 0}
    with closing(lab.catalog()) as catalog:
        assert sorted(r.id for r in catalog.export()) == ["release/0", "release/1", "release/3", "release/5"]
        for day, version in versions.items():
            assert catalog.release("release/1", SearchFilter(as_of=day)) == make(1, version=version)
            assert catalog.vectors(catalog.allowed(SearchFilter(as_of=day))).shape[1] == 256
    for day, version in versions.items():
        assert f"uniq1v{version}" in lab.search(f"uniq1v{version}", 1, as_of=day)[0].passage.text


def test_an_index_of_schema_2_answers_without_being_written(old: Any, make: Make) -> None:
    check_whole(old, make)
    assert schema(old.data) == "2"


def test_a_writer_brings_it_up_to_date_and_ingests(old: Any, make: Make) -> None:
    assert old.verify().releases == 4
    check_whole(old, make)
    assert schema(old.data) == str(migrations.newest())
    report = old.ingest(make(0), make(1, version=2), make(5, version=1), make(7))
    assert (report.unchanged, report.changed, report.added) == (2, 1, 1)
    check_whole_after = old.search("uniq5v0", 1, as_of=date(2025, 2, 28))
    assert check_whole_after[0].passage.release == make(5)


def test_migrated_and_new_files_have_the_same_tables(old: Any, labs: Callable[[str], Any], steps: Any) -> None:
    def tables(lab: Any) -> set[Any]:
        with closing(sqlite3.connect(lab.data / FILE)) as connection:
            return set(connection.execute("SELECT type, name, replace(sql, '\"', '') FROM sqlite_master"))

    new = labs("new")
    for lab in (old, new):
        lab.writer().close()
        assert schema(lab.data) == str(migrations.newest())
        with closing(lab.catalog()) as catalog:
            assert catalog.manifest.schema == migrations.newest()
    assert tables(old) == tables(new)


def test_a_file_of_schema_4_keeps_everything_and_its_pages_are_due_again(
    old: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:2])
        migrations.migrate(SqliteStore(old.data))
    with closing(sqlite3.connect(old.data / FILE)) as connection:
        connection.execute("INSERT INTO page VALUES ('web', 'https://x.org/', 'release/1', 'e', 'm', NULL, 7)")
        connection.execute("INSERT INTO cursor VALUES ('web', '2025-01-01')")
        connection.execute("UPDATE revision SET withdrawn = 739000 WHERE release_id = 'release/3'")
        connection.commit()
    assert schema(old.data) == "4"
    for reached in ("4", str(migrations.newest())):
        check_whole(old, make)
        assert schema(old.data) == reached
        with closing(old.catalog()) as catalog:
            release = catalog.release("release/3", SearchFilter())
            assert release.withdrawn == date.fromordinal(739000)
            assert (release.language, release.content_id, release.withdrawn_notice, release.changes) == (
                None,
                None,
                None,
                (),
            )
            page = SourcePages(catalog, "web").page("https://x.org/")
            assert page == PageRead("https://x.org/", 7, "release/1", "e", "m")
            # It is not known with which settings they were read: once more, from the beginning.
            assert SourcePages(catalog, "web", "s").page("https://x.org/") == PageRead("https://x.org/", 0, "release/1")
            assert (catalog.cursor("web"), catalog.cursor("web", "s")) == ("2025-01-01", None)
        old.writer().close()


def test_a_catalog_of_schema_7_keeps_everything_and_names_no_government(
    old: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:5])
        migrations.migrate(SqliteStore(old.data))
    for reached in ("7", str(migrations.newest())):
        assert schema(old.data) == reached
        check_whole(old, make)
        with closing(old.catalog()) as catalog:
            assert catalog.release("release/3").government is None
        old.writer().close()
    said = replace(make(3), government="2024 Labour government")
    assert old.ingest(said).unchanged == 1
    with closing(old.catalog()) as catalog:
        assert catalog.release("release/3").government == "2024 Labour government"


@pytest.mark.usefixtures("steps")
def test_a_reader_sees_the_new_tables_before_and_after_a_writer_makes_them(old: Any, make: Make) -> None:
    check_whole(old, make)
    with closing(old.catalog()) as reader:
        made = "SELECT DISTINCT made FROM embedding"
        assert reader.connection.execute(made).fetchall() == [(None,)]
        assert schema(old.data) == "2"
        old.writer().close()
        assert reader.connection.execute(made).fetchall() == [("then",)]
        assert reader.release("release/1", SearchFilter(as_of=date(2025, 2, 2))) == make(1)
    check_whole(old, make)


def test_a_schema_that_cannot_be_read_unmigrated_says_what_to_do(
    old: Any, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda connection: None))
    monkeypatch.setattr(migrations, "VIEWS", {})
    with pytest.raises(ManifestMismatchError, match=f"has schema 2; .* schema {migrations.newest()}") as caught:
        old.catalog()
    assert "pressqa verify" in caught.value.hint
    old.verify()
    check_whole(old, make)


KILLED = """
import os, signal, sys
from pathlib import Path

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

class Connection:
    # passes statements on, and dies before the one that was asked for
    def __init__(self, inner):
        self.inner = inner
    def execute(self, sql, *values):
        if fatal in sql:
            die()
        return self.inner.execute(sql, *values)
    def __getattr__(self, name):
        if name == "commit" and fatal == "commit":
            die()
        return getattr(self.inner, name)
    def close(self):
        self.inner.close()

data, fatal = sys.argv[1:]
from contextlib import contextmanager
from index.catalog.sqlite import SqliteStore
from index.catalog.writer import CatalogWriter
migrating = SqliteStore.migrating

@contextmanager
def fatally(store):
    with migrating(store) as connection:
        yield Connection(connection)

SqliteStore.migrating = fatally
CatalogWriter(Path(data))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize(
    "killed",
    [
        ("INSERT INTO note", 0),
        ("UPDATE meta", 0),
        ("commit", 0),
        ("CREATE TABLE embedding", 1),
        ("DROP TABLE earlier", 1),
    ],
    ids=lambda killed: killed[0],
)
def test_killed_half_way_it_stays_at_the_last_step_that_was_done(
    lab: Any, make: Make, python: Callable[..., Any], request: pytest.FixtureRequest, killed: tuple[str, int]
) -> None:
    fatal, done = killed
    lab.ingest(make(0), make(1), today=date(2025, 1, 2))  # today's schema: the added steps are those that are killed
    lab.ingest(make(1, version=1), today=date(2025, 2, 3))
    before = migrations.newest()
    result = python(STEPS + KILLED, str(lab.data), fatal)
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert schema(lab.data) == str(before + done)
    request.getfixturevalue("steps")
    for _ in range(2):
        with closing(lab.catalog()) as catalog:
            assert catalog.release("release/1", SearchFilter(as_of=date(2025, 2, 2))) == make(1)
            assert catalog.release("release/1", SearchFilter()) == make(1, version=1)
        assert lab.ids("uniq1v1", 1) == ["release/1"]
        assert not lab.verify().rebuilt  # also brings it up to date
    assert schema(lab.data) == str(before + 2)


def test_a_step_that_fails_changes_nothing(old: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM revision")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    def dangles(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM revision WHERE id = 1")

    def commits(connection: sqlite3.Connection) -> None:
        connection.executescript("CREATE TABLE other (id)")

    real = migrations.MIGRATIONS
    for step, error in ((fails, CatalogDamagedError), (dangles, CatalogDamagedError), (commits, RuntimeError)):
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "MIGRATIONS", (*real, step))
            with pytest.raises(error):
                old.writer()
        assert schema(old.data) == str(migrations.newest())
        check_whole(old, make)


def test_the_schema_is_changed_under_the_write_lock(old: Any, steps: Any) -> None:
    with writing(old.data), pytest.raises(IndexLockedError):
        old.writer()
    assert schema(old.data) == "2"


def test_a_future_schema_names_both_numbers_and_the_way_out(
    lab: Any, make: Make, pressqa: Callable[..., Any], tmp_path: Path
) -> None:
    lab.ingest(make(1))
    with closing(sqlite3.connect(lab.data / FILE)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
        connection.commit()
    before = (lab.data / FILE).read_bytes()
    for open_it in (lab.catalog, lab.writer):
        with pytest.raises(ManifestMismatchError, match=f"has schema 99; .*{migrations.newest()}") as caught:
            open_it()
        assert "upgrade pressqa" in caught.value.hint
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in (["verify"], ["ask", "who?"], ["status"], ["ingest", empty], ["remove", "release/1"]):
        result = pressqa(*command, data=lab.data)
        assert result.returncode == 2
        assert len(result.stderr.decode().splitlines()) == 2
    assert (lab.data / FILE).read_bytes() == before


def test_no_schema_before_the_first_released_one_is_read(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    with closing(sqlite3.connect(lab.data / FILE)) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.commit()
    with pytest.raises(ManifestMismatchError, match="has schema 1; this pressqa reads schema") as caught:
        Catalog(lab.data)
    assert "pressqa ingest PATH --data DIR" in caught.value.hint


def test_a_folder_moved_from_another_machine_is_the_same_index(
    lab: Any, labs: Callable[[str], Any], make: Make
) -> None:
    lab.ingest(*(make(i) for i in range(3)))
    moved = labs("another machine's")
    lab.data.rename(moved.data)
    assert moved.ids("uniq2v0", 1) == ["release/2"]
    assert not moved.verify().rebuilt
    assert moved.ingest(make(2), make(3)).added == 1
