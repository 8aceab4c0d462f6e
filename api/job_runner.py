"""Doing the jobs: one at a time, in the order in which they were accepted, by one server for each data folder.

Each is safe to do twice. A release that is stored already is unchanged, and one that is gone is gone. So a job that was
under way when a server died is simply done again, up to `ATTEMPTS` times.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from api.job_store import FILE, Job, JobKind, JobStore, UnknownJobError
from api.problems import PROBLEMS, kind_of
from index.errors import IndexLockedError, PressqaError, UnknownReleaseError
from index.protocols import Embedder
from index.sources.languages import READ
from index.types import SyncProgress
from qa.maintenance import Maintenance
from qa.settings import Settings

ATTEMPTS = 3
"""How often a job is tried whose server dies: a release that brings the server down must not do so for ever."""

LOCK = "jobs.lock"
"""The name of the lock file that the one server holds that does the jobs of a data folder."""

_PAUSE = 0.5
"""Seconds between looks at the store: other servers may have accepted a job."""

_PROBLEMS = 100
"""How many entries that were left out a job reports."""

_log = logging.getLogger(__name__)


class _StopError(Exception):
    """The server is stopping: the job is put back."""


@dataclass
class _Progress:
    """Follows one job; tells it to stop when the server does."""

    stop: threading.Event
    done: int = 0
    wants_total: bool = False

    def expect(self, entries: int) -> None:
        """Take the number of entries to come, which is known already."""

    def update(self, progress: SyncProgress) -> None:
        """Take how far the work has come."""
        self.done = progress.entries
        if self.stop.is_set():
            raise _StopError


class JobRunner:
    """A thread that does jobs until it is stopped."""

    def __init__(self, settings: Settings, store: JobStore, languages: tuple[str, ...]) -> None:
        """Do the jobs of a store; releases in none of ``languages`` are skipped."""
        self._settings = settings
        self._store = store
        self._languages = languages
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._under_way: tuple[str, _Progress] | None = None
        self._embedder: tuple[str, Embedder] | None = None
        self._maintenance = Maintenance(settings, lambda error: _log.warning("the index was not maintained: %s", error))
        self._thread = threading.Thread(target=self._run, name="jobs")

    def start(self) -> None:
        """Begin with the jobs that were left undone."""
        self._thread.start()

    def wake(self) -> None:
        """Look for a new job now."""
        self._wake.set()

    def done(self, job: Job) -> int:
        """Return how many entries of a job are dealt with."""
        under_way = self._under_way
        if job.finished is not None:
            return job.total
        return under_way[1].done if under_way is not None and under_way[0] == job.id else 0

    def stop(self) -> None:
        """Stop in good order and wait for that: a job under way is put back at its next entry."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._maintenance.stop()

    def _run(self) -> None:
        lock = FileLock(self._settings.data / LOCK)
        while not self._stop.is_set():
            try:
                with lock.acquire(timeout=0):
                    self._work()
            except Timeout:  # another server does them
                self._stop.wait(_PAUSE)
            except Exception:
                _log.exception("the jobs cannot be done now; trying again")
                self._stop.wait(10 * _PAUSE)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            job = self._store.begin()
            if job is None:
                self._wake.wait(_PAUSE)
                continue
            progress = _Progress(self._stop)
            self._under_way = job.id, progress
            try:
                self._do(job, progress)
            finally:
                self._under_way = None

    def _do(self, job: Job, progress: _Progress) -> None:
        if job.attempts > ATTEMPTS:
            detail = f"the server died {ATTEMPTS} times while it did this job"
            self._store.finish(
                job, "failed", _failure(PROBLEMS[Exception].slug, detail, "send the releases one by one")
            )
            return
        try:
            result = self._put(job.entries, progress) if job.kind == "put" else self._remove(job.entries)
        except _StopError:
            self._store.put_back(job)
        except IndexLockedError as error:  # by a command that ends some time
            _log.info("job %s waits: %s", job.id, error)
            self._store.put_back(job)
            self._stop.wait(_PAUSE)
        except PressqaError as error:
            _log.warning("job %s failed: %s", job.id, error)
            self._store.finish(job, "failed", _failure(kind_of(error).slug, str(error), error.hint))
        except Exception:
            _log.exception("job %s failed", job.id)
            detail = "the job failed for a reason that only the server's log tells"
            hint = f"ask whoever runs the server to look for job {job.id}"
            self._store.finish(job, "failed", _failure(PROBLEMS[Exception].slug, detail, hint))
        else:
            self._store.finish(job, "done", result)
            self._maintenance.wake()  # the next job begins meanwhile

    def _put(self, entries: Sequence[str], progress: _Progress) -> dict[str, Any]:
        from index.sources.jsonl import JsonTexts
        from qa import upkeep

        name = upkeep.model_name(self._settings)
        if self._embedder is None or self._embedder[0] != name:
            self._embedder = name, upkeep.load_model(self._settings)
        source = JsonTexts("releases", entries, ZoneInfo(self._settings.timezone), self._languages)
        report = upkeep.ingest_sources(
            self._settings, [source], progress, today=date.today(), embedder=self._embedder[1]
        )
        return {
            "added": report.added,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "left_out": len(report.problems),
            "problems": [{"where": each.where, "reason": each.reason} for each in report.problems[:_PROBLEMS]],
            "skipped": [{"where": each.where, "reason": each.reason} for each in report.skipped[:_PROBLEMS]],
        }

    def _remove(self, release_ids: Sequence[str]) -> dict[str, Any]:
        removed = sum(1 for _ in self._removed(release_ids))
        return {"removed": removed}

    def _removed(self, release_ids: Sequence[str]) -> Iterator[str]:
        from qa import upkeep

        for release_id in release_ids:
            try:
                upkeep.remove(self._settings, [release_id])
            except UnknownReleaseError:
                continue  # as asked: the server may have died after it removed it
            yield release_id


def _failure(slug: str, detail: str, hint: str) -> dict[str, Any]:
    return {"problem": {"type": f"/problems/{slug}", "detail": detail, "hint": hint}}


class Jobs:
    """The jobs of a server. Nothing is opened or written before there is one: a folder may be there to read alone."""

    def __init__(self, settings: Settings, languages: tuple[str, ...] = READ) -> None:
        """Keep and do the jobs of a folder; releases in none of ``languages`` are skipped."""
        self._settings = settings
        self._languages = languages
        self._lock = threading.Lock()
        self._opened: tuple[JobStore, JobRunner] | None = None

    def resume(self) -> None:
        """Go on with the jobs that were left undone, if there is a file of jobs."""
        if (self._settings.data / FILE).exists():
            self._open()

    def add(self, kind: JobKind, entries: Sequence[str]) -> Job:
        """Keep a job, which will be done; raises `TooManyJobsError` or `StorageError`."""
        store, runner = self._open()
        job = store.add(kind, entries)
        runner.wake()
        return job

    def job(self, job_id: str) -> Job:
        """Return a job by its id; raises `UnknownJobError`."""
        self.resume()
        if self._opened is None:
            raise UnknownJobError(f"there is no job {job_id[:100]!r}", "no job was accepted yet")
        return self._opened[0].job(job_id)

    def will_put(self, release_id: str) -> bool:
        """Return True if a job that is not done yet puts a release of this id."""
        self.resume()
        return self._opened is not None and self._opened[0].will_put(release_id)

    def done(self, job: Job) -> int:
        """Return how many entries of a job are dealt with."""
        return self._opened[1].done(job) if self._opened is not None else 0

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        return self._opened[0].counts() if self._opened is not None else {}

    def close(self) -> None:
        """Stop in good order."""
        if self._opened is not None:
            store, runner = self._opened
            runner.stop()
            store.close()

    def _open(self) -> tuple[JobStore, JobRunner]:
        with self._lock:
            if self._opened is None:
                store = JobStore(self._settings.data)
                self._opened = store, JobRunner(self._settings, store, self._languages)
                self._opened[1].start()
            return self._opened
