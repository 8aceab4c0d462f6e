"""Reading the catalog: one database that holds releases, revisions, passages, figures and embeddings.

The catalog is the only place where they are kept; the search files (`index.search.files`) are made from it and can be
made again. Every write, except that of a source's cursor alone, is one transaction that adds a generation; the search
files catch up by comparing generations. A release is never edited in place: a change adds a revision and ends the
earlier one.

Long because it is every question that can be put to the catalog, each of them a short query.
"""

import json
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.catalog.changes import Current, Delta, Details, KeywordDocument
from index.catalog.database import Database, repeated
from index.catalog.figure_rows import COLUMNS, from_row
from index.catalog.recent import RecentReleases
from index.catalog.validity import FOREVER, visible
from index.errors import CatalogDamagedError, UnknownPublisherError, UnknownReleaseError
from index.text.publishers import nearest_publishers, publisher_key
from index.types import (
    ChangeNote,
    Coverage,
    Cursor,
    Figure,
    Ids,
    IndexStatus,
    Passage,
    Release,
    ReleaseEntry,
    ReleaseOrigin,
    Revision,
    SearchFilter,
    Span,
    Vectors,
)

PASSAGE = """
SELECT p.id, p.start, p."end", p.lead_start, p.lead_end, p.sentences, p.tokens, p.revision_id, r.number
FROM passage p JOIN revision r ON r.id = p.revision_id
"""
"""The SQL query for the rows that `Catalog.read_passages` takes; a WHERE clause may follow."""

_MOST = 2**63 - 1
"""The largest integer that the databases take."""

_AT_ONCE = 1_000
"""How many passages `Catalog.every_passage` holds in memory at a time (set by judgement)."""

_DESCRIBED = (
    "release_id, title, publisher, published, url, updated, withdrawn, notice, language, content_id, changes,"
    " government, sha256"
)
_RELEASE = f"{_DESCRIBED}, body"
"""The columns of a revision from which a `Release` is made."""

_EVERYTHING = SearchFilter()


class Catalog(Database):
    """A catalog opened for reading: releases, passages, figures and vectors. `CatalogWriter` also writes."""

    def __init__(self, folder: Path, catalog: str | None = None, *, writable: bool = False) -> None:
        """Open the catalog at the address ``catalog``, or in ``folder``; raises what `Database` raises."""
        super().__init__(folder, catalog, writable=writable)
        self._publishers: dict[bool, tuple[int, list[str]]] = {}
        self._recent = RecentReleases()

    def counts(self) -> tuple[int, int]:
        """Return the numbers of current releases and of their passages."""
        with self.guard():
            row = self.connection.execute(
                "SELECT (SELECT count(*) FROM revision WHERE valid_to = ?), (SELECT count(*) FROM passage p"
                " JOIN revision r ON r.id = p.revision_id WHERE r.valid_to = ?)",
                (FOREVER, FOREVER),
            ).fetchone()
            return int(row[0]), int(row[1])

    def count_revisions(self) -> int:
        """Return the number of stored revisions, of all releases."""
        with self.guard():
            return int(self.connection.execute("SELECT count(*) FROM revision").fetchone()[0])

    @repeated
    def status(self) -> IndexStatus:
        """Return how much the catalog holds."""
        with self.snapshot():
            generation = self.generation()
            return IndexStatus(generation, *self.counts(), self.manifest, self.stamp(generation) or "")

    def has_unchanged(self, generation: int) -> bool:
        """Return True if at least one passage is unchanged since ``generation``, or if there are no passages."""
        with self.guard():
            sql = "SELECT min(generation) FROM passage"
            oldest = self.connection.execute(sql).fetchone()[0]
            return oldest is None or int(oldest) <= generation

    def publishers(self, *, ever: bool = False) -> list[str]:
        """Return the publishers of the current releases, or with ``ever`` of all revisions, sorted."""
        with self.guard():
            sql = "SELECT DISTINCT publisher FROM revision WHERE ? OR valid_to = ? ORDER BY publisher"
            return [row[0] for row in self.connection.execute(sql, (ever, FOREVER))]

    @repeated
    def coverage(self) -> Coverage:
        """Return which publishers and days the current releases cover."""
        with self.snapshot():
            sql = "SELECT min(published), max(published) FROM revision WHERE valid_to = ?"
            oldest, newest = self.connection.execute(sql, (FOREVER,)).fetchone()
            return Coverage(tuple(self.publishers()), _day(oldest), _day(newest))

    def check_publisher(self, where: SearchFilter) -> None:
        """Raise `UnknownPublisherError`, which names the known publishers, if no release has the filter's publisher."""
        if where.publisher is None:
            return
        # On an earlier day a release may have had another publisher.
        known = self._known_publishers(self.generation(), ever=where.as_of is not None)
        if publisher_key(where.publisher) not in map(publisher_key, known):
            near = nearest_publishers(where.publisher, known)
            some = "; ".join(known[:10]) + ("; ..." if len(known) > 10 else "")
            raise UnknownPublisherError(
                f"no release is published by {where.publisher!r}",
                f"did you mean: {'; '.join(near)}" if near else f"publishers here: {some or 'none'}",
            )

    def _known_publishers(self, generation: int, *, ever: bool) -> list[str]:
        """Return `publishers`, read once for each generation: every search that has a publisher asks for them."""
        known = self._publishers.get(ever)
        if known is None or known[0] != generation:
            known = self._publishers[ever] = generation, self.publishers(ever=ever)
        return known[1]

    def allowed(self, where: SearchFilter, generation: int | None = None) -> Ids:
        """Return the ids of the passages that a filter lets through, ascending.

        With ``generation``, a revision that was superseded after it counts as current: for search files that are behind
        the catalog. Passages that were stored after it are returned too; such search files do not hold them.
        """
        conditions, values = visible(where)
        # Superseding a revision raises the generation of its passages (`CatalogWriter`), and happens only once.
        sql = (
            "SELECT r.passage FROM (SELECT p.id AS passage, v.published, v.publisher_key, v.valid_from,"
            f" CASE WHEN p.generation > ? THEN {FOREVER} ELSE v.valid_to END AS valid_to"
            f" FROM passage p JOIN revision v ON v.id = p.revision_id) r WHERE {conditions} ORDER BY r.passage"
        )
        with self.guard():
            return _ids(self.connection.execute(sql, (_MOST if generation is None else generation, *values)))

    @repeated
    def passages(self, ids: Sequence[int], generation: int | None = None) -> dict[int, Passage]:
        """Return those of ``ids`` that still exist, by id.

        ``generation`` is one that the catalog had a moment ago: what was read of that is not read again. Raises
        `CatalogDamagedError` if a body no longer has its recorded SHA-256.
        """
        known = {} if generation is None else self._recent.passages(ids, generation)
        missing = [passage_id for passage_id in ids if passage_id not in known]
        if not missing:
            return known
        # In one snapshot, because a writer may remove a release after its passage was read and before its body is.
        with self.snapshot():
            sql = PASSAGE + "WHERE p.id IN (SELECT value FROM json_each(?))"
            rows = self.connection.execute(sql, (json.dumps(missing),)).fetchall()
            described, releases = self._known_releases({row[7] for row in rows})
            passages = list(self._passages(rows, releases))
            kept = [(described[row[7]], passage) for row, passage in zip(rows, passages, strict=True)]
            self._recent.keep_passages(kept, self._newest())
        return known | {passage.id: passage for passage in passages}

    def every_passage(self) -> Iterator[Passage]:
        """Yield the passages of every current release, in the order of their ids."""
        ids = self.allowed(_EVERYTHING).tolist()
        for start in range(0, len(ids), _AT_ONCE):
            passages = self.passages(ids[start : start + _AT_ONCE])
            yield from (passages[passage_id] for passage_id in sorted(passages))

    def read_passages(self, rows: Sequence[tuple[int, ...]]) -> Iterator[Passage]:
        """Yield the passages in rows of the query `PASSAGE`, with the texts as they are stored now.

        Raises `CatalogDamagedError` if a body no longer has its recorded SHA-256.
        """
        return self._passages(rows, self._stored_releases({row[7] for row in rows}))

    def _passages(self, rows: Sequence[tuple[int, ...]], releases: Mapping[int, Release]) -> Iterator[Passage]:
        for pid, start, end, lead_start, lead_end, sentences, tokens, revision, number in rows:
            yield Passage(
                id=pid,
                release=releases[revision],
                revision=number,
                span=Span(start, end),
                sentences=_spans(str(sentences)),
                tokens=tokens,
                lead=Span(lead_start, lead_end) if lead_start is not None else None,
            )

    def _stored_releases(self, revisions: Collection[int]) -> dict[int, Release]:
        """Return the releases of revisions, by the ids of these."""
        sql = f"SELECT {_RELEASE}, id FROM revision WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.connection.execute(sql, (json.dumps(sorted(revisions)),)).fetchall() if revisions else []
        return {row[-1]: self._release(row[:-1]) for row in rows}

    def _known_releases(self, revisions: Collection[int]) -> tuple[dict[int, Hashable], dict[int, Release]]:
        """Return what is stored of revisions but their texts, and their releases: read lately, or as stored; by id."""
        sql = f"SELECT id, {_DESCRIBED} FROM revision WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.connection.execute(sql, (json.dumps(sorted(revisions)),)).fetchall()
        described: dict[int, Hashable] = {row[0]: tuple(row) for row in rows}
        known = {revision: self._recent.get(row) for revision, row in described.items()}
        found = {revision: release for revision, release in known.items() if release is not None}
        for revision, release in self._stored_releases(described.keys() - found.keys()).items():
            self._recent.keep(described[revision], release)
            found[revision] = release
        return described, found

    def _release(self, row: tuple[Any, ...]) -> Release:
        release_id, title, publisher, published, url, updated, withdrawn = row[:7]
        notice, language, content_id, changes, government, sha256, body = row[7:]
        release = Release(
            release_id,
            title,
            body,
            publisher,
            date.fromordinal(published),
            url,
            _day(updated),
            _day(withdrawn),
            withdrawn_notice=notice,
            language=language,
            content_id=content_id,
            changes=_notes(changes),
            government=government,
        )
        if release.sha256 != sha256:
            raise CatalogDamagedError(
                f"{self.store.name}: the text of release {release_id!r} no longer has its recorded SHA-256",
                self.store.recover,
            )
        return release

    def release(self, release_id: str, where: SearchFilter = _EVERYTHING) -> Release:
        """Return the revision of a release that was current at ``where.as_of``, or is now if that is None.

        Raises `UnknownReleaseError`.
        """
        conditions, values = visible(SearchFilter(as_of=where.as_of))
        sql = f"SELECT {_RELEASE} FROM revision r WHERE {conditions} AND release_id = ?"
        with self.guard():
            try:
                row = self.connection.execute(sql, (*values, release_id)).fetchone()
            except UnicodeEncodeError:  # half of a surrogate pair: no stored id has one
                row = None
            if row is None:
                raise UnknownReleaseError(f"no release {release_id!r}", "list them: pressqa releases list")
            return self._release(row)

    def history(self, release_id: str) -> tuple[Revision, ...]:
        """Return all revisions of a release, the current one first; raises `UnknownReleaseError`."""
        sql = (
            f"SELECT number, valid_from, valid_to, withdrawn, {_RELEASE} FROM revision"
            " WHERE release_id = ? ORDER BY number DESC"
        )
        with self.guard():
            try:
                rows = self.connection.execute(sql, (release_id,)).fetchall()
            except UnicodeEncodeError:  # as in `release`
                rows = []
            if not rows:
                raise UnknownReleaseError(f"no release {release_id!r}", "list them: pressqa releases list")
            return tuple(
                Revision(
                    row[0],
                    self._release(row[4:]),
                    date.fromordinal(row[1]),
                    None if row[2] == FOREVER else date.fromordinal(row[2]),
                    _day(row[3]),
                )
                for row in rows
            )

    def origins(self, release_id: str) -> tuple[ReleaseOrigin, ...]:
        """Return where a release was found, the origin that gives its text first; () if that was not recorded."""
        with self.guard():
            sql = "SELECT source, address, matched FROM origin WHERE release_id = ? ORDER BY rank, number"
            rows = self.connection.execute(sql, (release_id,)).fetchall()
            return tuple(
                ReleaseOrigin(source, address, matched, number == 0)
                for number, (source, address, matched) in enumerate(rows)
            )

    @repeated
    def figures(self, passages: Sequence[Passage]) -> list[tuple[Figure, ...]]:
        """Return, for each passage, the figures whose span lies in it, in the order of the text."""
        sql = (
            f"SELECT {COLUMNS} FROM figure WHERE revision_id ="
            " (SELECT id FROM revision WHERE release_id = ? AND number = ?)"
            ' AND start >= ? AND start < ? AND "end" <= ? ORDER BY start'
        )
        with self.snapshot():
            return [
                tuple(
                    from_row(row)
                    for row in self.connection.execute(
                        sql,
                        (each.release.id, each.revision, each.span.start, each.span.end, each.span.end),
                    )
                )
                for each in passages
            ]

    def export(self) -> Iterator[Release]:
        """Yield every current release, oldest first, ties by id."""
        sql = f"SELECT {_RELEASE} FROM revision WHERE valid_to = ? ORDER BY published, release_id"
        with self.guard():
            for row in self.connection.stream(sql, (FOREVER,)):
                yield self._release(row)

    def entries(self, where: SearchFilter, limit: int, after: tuple[date, str] | None = None) -> list[ReleaseEntry]:
        """Return up to ``limit`` releases, newest first, ties by id, that come after the given (date, id).

        Raises `UnknownPublisherError`.
        """
        self.check_publisher(where)
        conditions, values = visible(where)
        if after is not None:
            conditions += " AND (r.published < ? OR (r.published = ? AND r.release_id > ?))"
            values = (*values, after[0].toordinal(), after[0].toordinal(), after[1])
        sql = (
            "SELECT release_id, title, publisher, published, url, number,"
            " (SELECT count(*) FROM passage p WHERE p.revision_id = r.id), withdrawn"
            f" FROM revision r WHERE {conditions} ORDER BY published DESC, release_id LIMIT ?"
        )
        with self.guard():
            return [
                ReleaseEntry(i, title, publisher, date.fromordinal(day), url, number, passages, _day(withdrawn))
                for i, title, publisher, day, url, number, passages, withdrawn in self.connection.execute(
                    sql, (*values, min(limit, _MOST))
                )
            ]

    def current(self, release_id: str) -> Current | None:
        """Return what deciding about news needs of a release's current revision; None if there is no such release."""
        # FOREVER is written into the SQL: given as a parameter, SQLite would prepare the statement for each release.
        sql = (
            "SELECT digest, updated, withdrawn, notice, language, content_id, changes, government, url FROM revision"
            f" WHERE release_id = ? AND valid_to = {FOREVER}"
        )
        with self.guard():
            row = self.connection.execute(sql, (release_id,)).fetchone()
            if row is None:
                return None
            earlier: frozenset[str] = frozenset()
            if row[1] is not None:
                sql = f"SELECT digest FROM revision WHERE release_id = ? AND valid_to <> {FOREVER}"
                earlier = frozenset(each[0] for each in self.connection.execute(sql, (release_id,)))
            said = Details(row[4], row[5], _notes(row[6]), row[7])
            return Current(row[0], _day(row[1]), _day(row[2]), earlier, row[3], said, row[8])

    def digests(self, release_id: str) -> frozenset[str]:
        """Return the `release_digest` of every revision of a release."""
        with self.guard():
            rows = self.connection.execute("SELECT digest FROM revision WHERE release_id = ?", (release_id,))
            return frozenset(row[0] for row in rows)

    def cursor(self, source: str, settings: str = "") -> Cursor | None:
        """Return how far the source of this name was read; None if no checkpoint of it was stored.

        With ``settings``, the digest of what shapes its reading, also None if it was read with others so far.
        """
        with self.guard():
            row = self.connection.execute("SELECT place, settings FROM cursor WHERE source = ?", (source,)).fetchone()
            return Cursor(row[0]) if row and settings in ("", row[1]) else None

    def embedded(self, keys: Sequence[bytes], fingerprint: str) -> set[bytes]:
        """Return those of ``keys`` (`text_key`) that have a stored vector by the model with this fingerprint."""
        sql = "SELECT 1 FROM embedding WHERE fingerprint = ? AND text_key = ?"
        with self.guard():
            found = self.connection.each(sql, ((fingerprint, key) for key in keys))
            return {key for key, row in zip(keys, found, strict=True) if row}

    @repeated
    def delta(self, since: int) -> Delta:
        """Return which passages changed after generation ``since``; 0 gives all passages."""
        with self.snapshot():
            generation = self.generation()
            # Sorted here: told to, SQLite goes through all passages by id instead of the index over generations.
            put = "SELECT id FROM passage WHERE generation > ?"
            removed = "SELECT passage_id FROM removed WHERE generation > ?"
            return Delta(
                generation,
                np.sort(_ids(self.connection.execute(put, (since,)))),
                np.sort(_ids(self.connection.execute(removed, (since,)))),
            )

    def ids_between(self, first: int, last: int) -> Ids:
        """Return the ids of the stored passages from ``first`` to ``last``, ascending, superseded ones too."""
        with self.guard():
            sql = "SELECT id FROM passage WHERE id BETWEEN ? AND ? ORDER BY id"
            return _ids(self.connection.execute(sql, (first, last)))

    def vectors(self, ids: Ids) -> Vectors:
        """Return the vectors of these passages, shape (len(ids), dimension), in the order of ``ids``.

        Raises `CatalogDamagedError` if one has no vector.
        """
        vectors = np.empty((len(ids), self.manifest.dimension), dtype=np.float32)
        sql = (
            "SELECT e.vector FROM passage p JOIN embedding e ON e.text_key = p.text_key AND e.fingerprint = ?"
            " WHERE p.id = ?"
        )
        with self.guard():
            asked = ((self.manifest.fingerprint, passage_id) for passage_id in ids.tolist())
            for row, (passage_id, stored) in enumerate(
                zip(ids.tolist(), self.connection.each(sql, asked), strict=True)
            ):
                if stored is None or len(stored[0]) != vectors.itemsize * vectors.shape[1]:
                    raise CatalogDamagedError(
                        f"{self.store.name}: passage {passage_id} has no vector", self.store.recover
                    )
                vectors[row] = np.frombuffer(stored[0], dtype="<f4")
        return vectors

    def documents(self, ids: Ids) -> Iterator[KeywordDocument]:
        """Yield what the keyword index stores for these passages, in the order of ``ids``; missing ones are skipped."""
        sql = (
            'SELECT substr(r.body, CAST(p.start + 1 AS INTEGER), CAST(p."end" - p.start AS INTEGER)), r.title,'
            " r.publisher, r.published, r.valid_from, r.valid_to"
            " FROM passage p JOIN revision r ON r.id = p.revision_id WHERE p.id = ?"
        )
        with self.guard():
            asked = ((passage_id,) for passage_id in ids.tolist())
            for passage_id, row in zip(ids.tolist(), self.connection.each(sql, asked), strict=True):
                if row is not None:
                    yield KeywordDocument(passage_id, *row)

    def revisions(self) -> Iterator[tuple[int, Release]]:
        """Yield every revision, current or superseded, with its row id."""
        with self.guard():
            # All ids are read first, because a caller may write while it goes through the revisions.
            rows = self.connection.execute("SELECT id FROM revision ORDER BY id").fetchall()
        for (row,) in rows:
            with self.guard():
                sql = f"SELECT {_RELEASE} FROM revision WHERE id = ?"
                release = self._release(self.connection.execute(sql, (row,)).fetchone())
            yield row, release


@lru_cache(maxsize=4096)
def _spans(edges: str) -> tuple[Span, ...]:
    """Return the sentences of a passage as they are stored; kept for those read last, some 3 MB of them."""
    flat = json.loads(edges)
    return tuple(Span(start, end) for start, end in zip(flat[::2], flat[1::2], strict=True))


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _notes(changes: str | None) -> tuple[ChangeNote, ...]:
    return tuple(ChangeNote(date.fromordinal(day), note) for day, note in json.loads(changes)) if changes else ()


def _ids(rows: Iterable[tuple[int]]) -> Ids:
    return np.fromiter((row[0] for row in rows), dtype=np.int64)
