"""Jobs as they are kept: one SQLite file in the data folder, so that what was accepted outlives the server.

A job is on the disk before it is acknowledged. A job that was under way when its server died is done again, which
changes nothing that was done already: see `api.job_runner`. If the file is removed or replaced, as when a folder is
made anew or put back from a backup, the jobs are those of the file that is there.
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
    result TEXT,
    tried INTEGER NOT NULL DEFAULT 0,
    reached INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS job_undone ON job (number) WHERE finished IS NULL;
"""

_LATER = ("tried", "reached")
"""Columns, all numbers, that files of earlier versions lack."""

_DAMAGED = (
    "move it away, with its -wal and -shm: jobs in it that were not done are lost, the index keeps what was stored"
)

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
    """A job: for ``put`` the releases as lines of JSON Lines, for ``remove`` their ids; times are Unix times.

    ``attempts`` is how often a server died at it, or at its next entry if its entries are done one by one; ``reached``
    is how many of those are done. ``result`` is what came of them, and the problem if the job failed or has to wait.
    """

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
    reached: int


_COLUMNS = "id, kind, state, entries, total, attempts, created, started, finished, result, reached"


class JobStore:
    """The jobs of one data folder. Safe to use from several threads and processes.

    The file is opened when it is first needed, and made by the first job: a folder may be there to read alone. All
    methods raise `StorageError` if the file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def exists(self) -> bool:
        """Return True if there is a file, as there is from the first job on."""
        with self._guard():
            return self._found() is not None

    def add(self, kind: JobKind, entries: Sequence[str]) -> Job:
        """Keep a new job and return it, once it is on the disk; raises `TooManyJobsError`."""
        job_id = uuid.uuid4().hex
        with self._transaction(make=True) as connection:
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

    def begin(self, last: str = "") -> Job | None:
        """Take the oldest job that is not done, mark it as running, and return it; None if all are done.

        Only the one who holds the lock of `api.job_runner` calls this: a job that is still being tried has lost its
        server, unless it is the one that the caller took ``last``.
        """
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT id, result FROM job WHERE finished IS NULL ORDER BY number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            job_id, result = row
            connection.execute(
                "UPDATE job SET state = 'running', attempts = attempts + (tried AND id != ?), tried = 0, started = ?,"
                " result = ? WHERE id = ?",
                (last, time.time(), _with_problem(result, None), job_id),
            )
        return self.job(job_id)

    def attempt(self, job: Job) -> None:
        """Note that a job is tried now: if the server dies before anything else is noted, it has died at this."""
        with self._transaction() as connection:
            connection.execute("UPDATE job SET tried = 1 WHERE id = ?", (job.id,))

    def attempt_entry(self, job: Job, number: int, attempts: int, result: dict[str, Any]) -> None:
        """Note that an entry is tried now, how often a server died at it, and what came of those before it."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE job SET tried = 1, reached = ?, attempts = ?, result = ? WHERE id = ?",
                (number, attempts, json.dumps(result), job.id),
            )

    def put_back(self, job: Job, problem: dict[str, Any] | None = None) -> None:
        """Let a job wait again: it was stopped in good order, or by a ``problem`` that is not its own."""
        with self._transaction() as connection:
            row = connection.execute("SELECT result FROM job WHERE id = ?", (job.id,)).fetchone()
            connection.execute(
                "UPDATE job SET state = 'queued', tried = 0, started = NULL, result = ? WHERE id = ?",
                (_with_problem(row[0] if row else None, problem), job.id),
            )

    def finish(self, job: Job, state: JobState, result: dict[str, Any]) -> None:
        """Keep what came of a job, and forget its releases, which the index holds now."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE job SET state = ?, result = ?, finished = ?, tried = 0, entries = '[]' WHERE id = ?",
                (state, json.dumps(result), time.time(), job.id),
            )
        with self._lock, self._guard():
            self._opened().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT state, count(*) FROM job GROUP BY state").fetchall())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _opened(self, *, make: bool = False) -> sqlite3.Connection:
        """Return the connection to the file that is there now; to an empty store if there is none and none is made."""
        found = self._found()
        if self._connection is not None and found == self._file and (found is not None or not make):
            return self._connection
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._connection = self._connected(str(self._path) if make or found else ":memory:")
        self._file = self._found()
        return self._connection

    def _found(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _connected(self, file: str) -> sqlite3.Connection:
        if file == str(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # acknowledged is on the disk, not in a cache
            connection.execute("PRAGMA secure_delete = ON")  # a release that is removed is in no file
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA}")
            has = {row[1] for row in connection.execute("PRAGMA table_info(job)")}
            for name in _LATER:
                if name not in has:
                    connection.execute(f"ALTER TABLE job ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _transaction(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock, self._guard():
            connection = self._opened(make=make)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()  # nothing where SQLite has done it, as on a full disk
                raise

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            raise StorageError(f"cannot use {self._path}: {error}", STORAGE) from error
        except sqlite3.DatabaseError as error:
            raise StorageError(f"{self._path} is damaged: {error}", _DAMAGED) from error


def _with_problem(result: str | None, problem: dict[str, Any] | None) -> str:
    return json.dumps((json.loads(result) if result else {}) | {"problem": problem})


def _job(row: Sequence[Any]) -> Job:
    job_id, kind, state, entries, total, attempts, created, started, finished, result, reached = row
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
        reached,
    )
