"""Writing the catalog: releases become revisions with passages and vectors, one transaction at a time."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from index.catalog.changes import (
    Described,
    Details,
    Withdrawal,
    describes,
    is_news,
    release_digest,
    withdraws,
)
from index.catalog.figure_rows import INSERT, to_row
from index.catalog.origins import OriginRow
from index.catalog.reader import Catalog
from index.catalog.schema import create
from index.catalog.stores import store_of
from index.catalog.validity import FOREVER
from index.text.publishers import publisher_key
from index.types import Chunk, Cursor, Figure, Manifest, PageRead, Release, Vectors


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release ready to be stored, with its passages and figures.

    For each of ``chunks``, ``texts`` is the text to embed and ``tokens`` the length in the reader's tokens; () until
    `index.prepare.counted` has counted them.
    ``stands_from`` is the day from which a changed text stands, if that is neither its day of update nor today.
    """

    release: Release
    chunks: tuple[Chunk, ...]
    tokens: tuple[int, ...]
    texts: tuple[str, ...]
    figures: tuple[Figure, ...]
    stands_from: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far sources were read, and what they gave: stored in the transaction of the releases that it led to.

    ``cursors`` are by the name of the source, ``pages`` are with it. ``origins`` are where releases were found.
    ``settings`` are the digests of what shaped the reading of each source, by its name.
    """

    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    pages: Sequence[tuple[str, PageRead]] = ()
    origins: Sequence[OriginRow] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to store."""
        return not (self.cursors or self.pages or self.origins)


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a batch did: counts of releases, and in ``passages`` of passages stored.

    ``unchanged`` releases were in the catalog already.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    passages: int = 0


_NOTHING_READ = Reading()

_REMOVED_AGAIN = "ON CONFLICT (passage_id) DO UPDATE SET generation = excluded.generation"


def text_key(text: str) -> bytes:
    """Return the key under which the vector of a text is stored: the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode()).digest()


class CatalogWriter(Catalog):
    """A catalog opened for writing. Who calls a method that writes must hold the write lock (`Database.writing`)."""

    def __init__(self, folder: Path, catalog: str | None = None) -> None:
        """Open the catalog and migrate it if needed; takes and raises what `Database` does."""
        super().__init__(folder, catalog, writable=True)

    @classmethod
    def create(cls, folder: Path, manifest: Manifest, catalog: str | None = None, *, wait: float = 0.0) -> Self:
        """Make an empty catalog, unless there is one, and open it.

        Raises `StorageError`, `CatalogServerError`, or `IndexLockedError` if another process still has the write lock
        after ``wait`` seconds.
        """
        create(store_of(folder, catalog), manifest, wait=wait)
        return cls(folder, catalog)

    def put(
        self,
        batch: Sequence[Prepared | Withdrawal | Described],
        vectors: Mapping[bytes, Vectors],
        today: date,
        reading: Reading = _NOTHING_READ,
    ) -> Stored:
        """Store releases, withdrawals and details in their order, and what was read of the sources, in one transaction.

        A known release whose text or metadata changed gets a new revision. It is valid from its ``updated`` day, or
        from its ``stands_from`` or ``today`` if that is not given or in the future; the earlier revision ends on the
        same day. Releases that are stored already change nothing. ``vectors`` are those missing from the embedding
        cache, by `text_key`. The first revision is valid from its publication, or from the last change that its
        publisher notes: the text before that is not known.
        """
        counts: Counter[str] = Counter()
        with self.transaction() as generation:
            self._store_vectors(vectors, self.manifest.fingerprint)
            for item in batch:
                if isinstance(item, Withdrawal):
                    counts["withdrawn"] += self._withdraw(item)
                    continue
                if isinstance(item, Described):
                    self._describe(item)
                    continue
                release, digest = item.release, release_digest(item.release)
                known = self.current(release.id)
                if is_news(digest, release.updated, known):
                    number, valid_from = self._supersede(release, item.stands_from or today, generation, today)
                    counts["changed" if number > 1 else "added"] += 1
                    counts["passages"] += len(item.chunks)
                    said = Details.of(release).over(known.details if known else None)
                    revision = self._insert(item, digest, number, valid_from, said)
                    self._insert_passages(revision, item, generation)
                    self._insert_figures(revision, item)
                else:
                    counts["unchanged"] += 1
            self._store_reading(reading)
        return Stored(**counts)

    def store_reading(self, reading: Reading) -> None:
        """Store what was read of the sources; the generation stays the same, because no release changes."""
        with self.guard():
            connection = self.connection
            connection.begin(write=True)
            try:
                self._store_reading(reading)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _store_reading(self, reading: Reading) -> None:
        settings = reading.settings
        self.connection.executemany(
            "INSERT INTO cursor (source, place, settings) VALUES (?, ?, ?)"
            " ON CONFLICT (source) DO UPDATE SET place = excluded.place, settings = excluded.settings",
            [(source, cursor, settings.get(source)) for source, cursor in reading.cursors.items()],
        )
        self.connection.executemany(
            "INSERT INTO page (source, address, release_id, etag, last_modified, failure, checked, settings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, address) DO UPDATE SET"
            " release_id = excluded.release_id, etag = excluded.etag, last_modified = excluded.last_modified,"
            " failure = excluded.failure, checked = excluded.checked, settings = excluded.settings",
            [
                (source, p.address, p.release_id, p.etag, p.last_modified, p.failure, p.checked, settings.get(source))
                for source, p in reading.pages
            ],
        )
        self.connection.executemany(
            "INSERT INTO origin (release_id, source, entry, address, canonical, rank, matched)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, entry) DO UPDATE SET release_id = excluded.release_id,"
            " address = excluded.address, canonical = excluded.canonical, rank = excluded.rank,"
            " matched = excluded.matched",
            [
                (row.release_id, row.source, row.entry, row.address, row.canonical, row.rank, row.matched)
                for row in reading.origins
            ],
        )

    def _withdraw(self, withdrawal: Withdrawal) -> bool:
        if not withdraws(withdrawal, self.current(withdrawal.release_id)):
            return False
        sql = "UPDATE revision SET withdrawn = ?, notice = ? WHERE release_id = ? AND valid_to = ?"
        values = (withdrawal.day.toordinal(), withdrawal.notice, withdrawal.release_id, FOREVER)
        self.connection.execute(sql, values)
        return True

    def _describe(self, item: Described) -> None:
        current = self.current(item.release_id)
        if current is not None and describes(item, current):
            said = "language = ?, content_id = ?, changes = ?, government = ?, notice = ?"
            sql = f"UPDATE revision SET {said} WHERE release_id = ?"
            values = (*_columns(item.details.over(current.details)), item.notice or current.notice, item.release_id)
            self.connection.execute(f"{sql} AND valid_to = {FOREVER}", values)

    def store_vectors(self, vectors: Mapping[bytes, Vectors], fingerprint: str) -> None:
        """Put vectors into the embedding cache in a transaction of their own."""
        with self.transaction():
            self._store_vectors(vectors, fingerprint)

    def _store_vectors(self, vectors: Mapping[bytes, Vectors], fingerprint: str) -> None:
        rows = [(fingerprint, key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        self.connection.executemany("INSERT INTO embedding VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def _supersede(self, release: Release, otherwise: date, generation: int, today: date) -> tuple[int, int]:
        """End the current revision of a release; return the number of the next one and the day it is valid from.

        That is its day of update, ``otherwise`` if it has none, and never a day to come; of the first revision it is
        the day of publication, or of the last change that the publisher notes.
        """
        published = release.published.toordinal()
        sql = "SELECT id, number, valid_from FROM revision WHERE release_id = ? AND valid_to = ?"
        row = self.connection.execute(sql, (release.id, FOREVER)).fetchone()
        if row is None:
            # What was changed before it was first read is not known: this text is that of the last noted change.
            noted = max((each.day for each in release.changes if each.day <= today), default=release.published)
            return 1, max(published, noted.toordinal())
        revision, number, valid_from = row
        day = min(release.updated or otherwise, today)
        # Never before its own beginning, whatever the clock says, and never FOREVER, which would mean "current".
        end = min(max(day.toordinal(), valid_from), FOREVER - 1)
        self.connection.execute("UPDATE revision SET valid_to = ? WHERE id = ?", (end, revision))
        # With this generation, the search files take over the new end of validity of these passages.
        sql = "UPDATE passage SET generation = ? WHERE revision_id = ?"
        self.connection.execute(sql, (generation, revision))
        return int(number) + 1, max(end, published)

    def _insert(self, item: Prepared, digest: str, number: int, valid_from: int, said: Details) -> int:
        """Insert a revision without its passages and figures; return its row id."""
        release = item.release
        inserted = self.connection.execute(
            "INSERT INTO revision (release_id, number, title, body, publisher, publisher_key, published, url, sha256,"
            " digest, valid_from, valid_to, updated, language, content_id, changes, government)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                release.id,
                number,
                release.title,
                release.body,
                release.publisher,
                publisher_key(release.publisher),
                release.published.toordinal(),
                release.url,
                release.sha256,
                digest,
                valid_from,
                FOREVER,
                release.updated.toordinal() if release.updated else None,
                *_columns(said),
            ),
        )
        return int(inserted.fetchone()[0])

    def _insert_passages(self, revision: int, item: Prepared, generation: int) -> None:
        self.connection.executemany(
            'INSERT INTO passage (revision_id, start, "end", lead_start, lead_end, sentences, tokens, text_key,'
            " generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    revision,
                    chunk.span.start,
                    chunk.span.end,
                    chunk.lead.start if chunk.lead else None,
                    chunk.lead.end if chunk.lead else None,
                    json.dumps([edge for s in chunk.sentences for edge in (s.start, s.end)]),
                    tokens,
                    text_key(text),
                    generation,
                )
                for chunk, tokens, text in zip(item.chunks, item.tokens, item.texts, strict=True)
            ],
        )

    def _insert_figures(self, revision: int, item: Prepared) -> None:
        self.connection.executemany(INSERT, [to_row(revision, figure) for figure in item.figures])

    def remove(self, release_ids: Sequence[str]) -> int:
        """Delete releases with all their revisions in one transaction; return how many of them existed.

        The vectors of their passages go too, unless another release has a passage in the same words. `scrub` then takes
        what is left of them from the disk.
        """
        deleted = 0
        with self.transaction() as generation:
            self.connection.execute("CREATE TEMP TABLE gone (text_key BLOB PRIMARY KEY)")
            for release_id in release_ids:
                of_release = "FROM passage p JOIN revision r ON r.id = p.revision_id WHERE r.release_id = ?"
                sql = f"INSERT INTO gone SELECT p.text_key {of_release} ON CONFLICT DO NOTHING"
                self.connection.execute(sql, (release_id,))
                sql = f"INSERT INTO removed (passage_id, generation) SELECT p.id, ? {of_release} {_REMOVED_AGAIN}"
                self.connection.execute(sql, (generation, release_id))
                # Their addresses hold words of the title; without them the next sync reads the pages anew.
                self.connection.execute("DELETE FROM page WHERE release_id = ?", (release_id,))
                self.connection.execute("DELETE FROM origin WHERE release_id = ?", (release_id,))
                sql = "DELETE FROM revision WHERE release_id = ?"
                deleted += self.connection.execute(sql, (release_id,)).rowcount > 0
            sql = "DELETE FROM gone WHERE EXISTS (SELECT 1 FROM passage p WHERE p.text_key = gone.text_key)"
            self.connection.execute(sql)
            # For each fingerprint by itself, because the vectors are in the order of both.
            sql = "DELETE FROM embedding WHERE fingerprint = ? AND text_key IN (SELECT text_key FROM gone)"
            for fingerprint in self._fingerprints():
                self.connection.execute(sql, (fingerprint,))
            self.connection.execute("DROP TABLE gone")
        return deleted

    def _fingerprints(self) -> list[str]:
        """Return the fingerprints of all models of which vectors are stored, without reading the vectors."""
        found: list[str] = []
        while True:
            sql = "SELECT min(fingerprint) FROM embedding WHERE fingerprint > ?"
            after = self.connection.execute(sql, (found[-1] if found else "",)).fetchone()[0]
            if after is None:
                return found
            found.append(after)

    def replace_passages(self, manifest: Manifest, batch: Iterable[tuple[int, Prepared]]) -> None:
        """Replace all passages and figures, and the manifest, in one transaction; ``batch`` holds row ids of revisions.

        The vectors must be in the embedding cache already; those of other models are deleted.
        """
        with self.transaction() as generation:
            # SQLite takes ON CONFLICT for a part of a join unless the query has a condition.
            sql = f"INSERT INTO removed (passage_id, generation) SELECT id, ? FROM passage WHERE true {_REMOVED_AGAIN}"
            self.connection.execute(sql, (generation,))
            self.connection.execute("DELETE FROM passage")
            self.connection.execute("DELETE FROM figure")
            for revision, item in batch:
                self._insert_passages(revision, item, generation)
                self._insert_figures(revision, item)
            sql = "DELETE FROM embedding WHERE fingerprint <> ?"
            self.connection.execute(sql, (manifest.fingerprint,))
            text = json.dumps(asdict(manifest))
            self.connection.execute("UPDATE meta SET value = ? WHERE key = 'manifest'", (text,))
        self.manifest = manifest


def _columns(said: Details) -> tuple[str | None, str | None, str | None, str | None]:
    """Return what is stored of details: language, content id, the notes of changes as JSON, and government."""
    notes = [[change.day.toordinal(), change.note] for change in said.changes]
    return said.language, said.content_id, json.dumps(notes, ensure_ascii=False) if notes else None, said.government
