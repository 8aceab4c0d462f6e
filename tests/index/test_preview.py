"""A preview says what an ingest then does, whatever the sources yield and wherever its batches end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ingest
from index.errors import SourceError
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_preview
from index.search.files import LocalFiles
from index.types import (
    ChangeNote,
    Checkpoint,
    Cursor,
    Entry,
    PageRead,
    Problem,
    Release,
    Skipped,
    SyncReport,
    Withdrawn,
)

Make = Callable[..., Release]

DAY = date(2025, 1, 1)


class Scripted:
    """A source that yields what it is given, from the entry that its cursor counts, and may then break."""

    def __init__(self, name: str, rank: int, entries: Sequence[Entry], *, breaks: bool) -> None:
        self.name = name
        self.rank = rank
        self._entries = entries
        self._breaks = breaks

    def expected(self) -> int | None:
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        yield from self._entries[int(since or 0) :]
        if self._breaks:
            raise SourceError("it broke", "mend it")


def entries(make: Make) -> st.SearchStrategy[list[Entry]]:
    """Entries that collide in every way: by id, address, content id and text, with updates and withdrawals."""
    days = st.integers(0, 4).map(lambda n: DAY + timedelta(n))
    number = st.integers(0, 2)
    release = st.builds(
        lambda n, text, version, updated, address, content, note: replace(
            make(0, version=version) if text else make(n, version=version),
            id=f"release/{n}",
            title="Ferry",
            publisher="Home Office",
            published=DAY,
            updated=updated,
            url=None if address is None else f"https://example.org/{address}",
            content_id=content,
            language="en" if content else None,
            changes=(ChangeNote(DAY, note),) if note else (),
        ),
        number,
        st.booleans(),
        st.integers(0, 1),
        st.none() | days,
        st.none() | st.integers(0, 1),
        st.sampled_from([None, None, "c0", "c1"]),
        st.sampled_from([None, None, "Corrected.", "Again."]),
    )
    others = st.one_of(
        st.builds(
            lambda n, day, notice, page: Withdrawn(f"release/{n}", day, notice, page and f"https://example.org/{page}"),
            number,
            days,
            st.sampled_from([None, "Old."]),
            st.none() | st.integers(1, 2),
        ),
        st.builds(
            lambda page, n, fails, same: PageRead(
                f"https://example.org/{page}",
                1,
                n,
                failure="it fails" if fails else None,
                is_unchanged=same and not fails,
            ),
            st.integers(1, 2),
            st.none() | number.map(lambda n: f"release/{n}"),
            st.booleans(),
            st.booleans(),
        ),
        st.just(Problem("here", "bad")),
        st.just(Skipped("there", "not for us")),
        st.just(Checkpoint(Cursor("?"))),
    )

    def numbered(script: list[Entry]) -> list[Entry]:
        return [Checkpoint(Cursor(str(n))) if isinstance(e, Checkpoint) else e for n, e in enumerate(script, 1)]

    return st.lists(st.one_of(release, release, release, others), max_size=7).map(numbered)


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


def run(lab: Any, sources: Sequence[Scripted]) -> SyncReport | str:
    try:
        with closing(lab.writer()) as writer:
            report: SyncReport = writer.sync(
                HashingEmbedder(), sources, count_tokens=lambda texts: [1] * len(texts), today=DAY, recognise=True
            )
            return replace(report, passages=0, embedded=0)
    except SourceError as error:
        return str(error)


def previewed(lab: Any, sources: Sequence[Scripted]) -> SyncReport | str:
    lab.writer().close()  # makes an empty index if there is none
    try:
        with closing(open_preview(lab.data, lab.kept)) as index:
            return index.preview(sources)
    except SourceError as error:
        return str(error)


def held(lab: Any) -> list[Any]:
    """Return what the catalog holds of releases, origins, pages and cursors."""
    rows: list[Any] = []
    with closing(lab.catalog()) as catalog:
        for what in (
            "release_id, number, title, body, url, valid_from, valid_to, updated, withdrawn, notice, language,"
            " content_id, changes, government FROM revision ORDER BY 1, 2",
            "release_id, source, entry, address, rank, matched FROM origin ORDER BY number",
            "* FROM page ORDER BY source, address",
            "* FROM cursor ORDER BY source",
        ):
            rows += catalog.connection.execute(f"SELECT {what}").fetchall()
    return rows


def test_a_preview_tells_what_the_run_does_and_batches_of_any_size_do_the_same(
    make: Make, lab_at: Callable[[Path], Any]
) -> None:
    sources = st.lists(
        st.builds(
            lambda name, rank, script, breaks: (name, rank, script, breaks),
            st.sampled_from(["first", "second", "third"]),
            st.sampled_from([0, 2, 9]),
            entries(make),
            st.integers(0, 9).map(lambda n: n == 0),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda made: made[0],
    )

    examples = 15 if lab_at(Path("of a server")).kept else 60  # each makes two catalogs, which a server takes long for

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(before=sources, now=sources, size=st.integers(1, 4))
    def check(before: list[Any], now: list[Any], size: int) -> None:
        with TemporaryDirectory(prefix="pressqa-test-") as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(LocalFiles, "publish", lambda self: None)  # slow, and tested on its own
            at_once, in_parts = lab_at(Path(folder) / "one"), lab_at(Path(folder) / "other")
            for made in (before, now):
                opened = [Scripted(name, rank, script, breaks=breaks) for name, rank, script, breaks in made]
                expected = previewed(at_once, opened)
                assert run(at_once, opened) == expected
                with patch.context() as small:
                    small.setattr(ingest, "BATCH_TEXTS", size)
                    assert run(in_parts, opened) == expected
                assert held(in_parts) == held(at_once)

    check()
