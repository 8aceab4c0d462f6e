"""Jobs as they are kept: one SQLite file in the data folder, so that what was accepted outlives the server.

A job is on the disk before it is acknowledged. A job that was under way when its server died is done again, which
changes nothing that was done already: see `api.job_runner`.
"""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index.errors import STORAGE, PressqaError, StorageError

FILE = "jobs.sqlite3"
"""The name of the file of the jobs in a data folder."""

MAX_UNDONE = 1_000
"""How many jobs may wait: a client that sends more than can be done has to hear of it."""

KEPT = 7 * 24 * 3600
"""Seconds for which a job that is done can be asked for."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    entries TEXT NOT NULL,
    total INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    result TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS job_undone ON job (number) WHERE finished IS NULL;
"""

JobKind = Literal["put", "remove"]
"""``put`` adds releases or new revisions of them, ``remove`` deletes releases."""

JobState = Literal["queued", "running", "done", "failed"]
"""A job waits, is under way, came to its end (also where entries were left out), or could not be done at all."""


class UnknownJobError(PressqaError):
    """The server has no job of this id, or not any more."""


class JobFailedError(PressqaError):
    """A change that was waited for could not be made."""


class TooManyJobsError(PressqaError):
    """More jobs wait than the server keeps."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: for ``put`` the releases as lines of JSON Lines, for ``remove`` their ids; times are Unix times."""

    id: str
    kind: JobKind
    state: JobState
    entries: tuple[str, ...]
    total: int
    attempts: int
    created: float
    started: float | None
    finished: float | None
    result: dict[str, Any] | None


_COLUMNS = "id, kind, state, entries, total, attempts, created, started, finished, result"


class JobStore:
    """The jobs of one data folder. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Open the file, which is made if there is none; raises `StorageError`."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"cannot open {self._path}: {error}", STORAGE) from error
        with self._lock, self._guard():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # acknowledged is on the disk, not in a cache
            self._connection.execute("PRAGMA secure_delete = ON")  # a release that is removed is in no file
            self._connection.executescript(_SCHEMA)

    def add(self, kind: JobKind, entries: Sequence[str]) -> Job:
        """Keep a new job and return it, once it is on the disk; raises `TooManyJobsError` or `StorageError`."""
        job_id = uuid.uuid4().hex
        with self._transaction() as connection:
            undone = connection.execute("SELECT count(*) FROM job WHERE finished IS NULL").fetchone()[0]
            if undone >= MAX_UNDONE:
                raise TooManyJobsError(f"{undone} jobs are waiting already", "try again when some are done")
            connection.execute("DELETE FROM job WHERE finished < ?", (time.time() - KEPT,))
            connection.execute(
                "INSERT INTO job (id, kind, state, entries, total, created) VALUES (?, ?, 'queued', ?, ?, ?)",
                (job_id, kind, json.dumps(list(entries)), len(entries), time.time()),
            )
        return self.job(job_id)

    def job(self, job_id: str) -> Job:
        """Return a job by its id; raises `UnknownJobError`."""
        with self._transaction() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise UnknownJobError(
                f"there is no job {job_id[:100]!r}", f"jobs are kept for {KEPT // 86_400} days after they are done"
            )
        return _job(row)

    def will_put(self, release_id: str) -> bool:
        """Return True if a job that is not done yet puts a release of this id."""
        # As it is written twice over: in the line of its release, and that in the list of lines.
        written = json.dumps(json.dumps(release_id))[1:-1]
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT entries FROM job WHERE finished IS NULL AND kind = 'put' AND instr(entries, ?)", (written,)
            ).fetchall()
        lines = (json.loads(line) for row in rows for line in json.loads(row[0]))
        return any(isinstance(line, dict) and line.get("id") == release_id for line in lines)

    def begin(self) -> Job | None:
        """Take the oldest job that is not done, mark it as running, count the attempt, and return it; None if all are.

        Only the one who holds the lock of `api.job_runner` calls this: a job that is marked as running has lost its
        server.
        """
        with self._transaction() as connection:
            row = connection.execute("SELECT id FROM job WHERE finished IS NULL ORDER BY number LIMIT 1").fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE job SET state = 'running', attempts = attempts + 1, started = ? WHERE id = ?",
                (time.time(), row[0]),
            )
        return self.job(row[0])

    def put_back(self, job: Job) -> None:
        """Let a job wait again: it was stopped in good order, which is no attempt that failed."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE job SET state = 'queued', attempts = ?, started = NULL WHERE id = ?", (job.attempts - 1, job.id)
            )

    def finish(self, job: Job, state: JobState, result: dict[str, Any]) -> None:
        """Keep what came of a job, and forget its releases, which the index holds now."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE job SET state = ?, result = ?, finished = ?, entries = '[]' WHERE id = ?",
                (state, json.dumps(result), time.time(), job.id),
            )
        with self._lock, self._guard():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT state, count(*) FROM job GROUP BY state").fetchall())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._guard():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(f"cannot use {self._path}: {error}", STORAGE) from error


def _job(row: Sequence[Any]) -> Job:
    job_id, kind, state, entries, total, attempts, created, started, finished, result = row
    return Job(
        job_id,
        kind,
        state,
        tuple(json.loads(entries)),
        total,
        attempts,
        created,
        started,
        finished,
        json.loads(result) if result else None,
    )
