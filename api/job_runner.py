"""Doing the jobs: one at a time, in the order in which they were accepted, by one server for each data folder.

Each is safe to do twice. A release that is stored already is unchanged, and one that is gone is gone. So a job that was
under way when a server died is simply done again. If a server dies at it more than once, its releases are stored one by
one, so that none is lost but the one that brings the server down. A job that is kept waiting by something else, such as
a full disk, waits.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from api.job_store import Job, JobKind, JobStore
from api.problems import PROBLEMS, kind_of
from index.errors import (
    CatalogServerError,
    IndexLockedError,
    PressqaError,
    SearchServerError,
    StorageError,
    UnknownReleaseError,
)
from index.protocols import Embedder
from index.sources.languages import READ
from index.types import SyncProgress
from qa.maintenance import Maintenance
from qa.settings import Settings

WHOLE = 2
"""How often a job is tried as a whole whose server dies; servers die for other reasons too."""

ATTEMPTS = 3
"""How often one change is tried whose server dies: a release that brings the server down must not do so for ever."""

LOCK = "jobs.lock"
"""The name of the lock file that the one server holds that does the jobs of a data folder."""

_PAUSE = 0.5
"""Seconds between looks at the store: other servers may have accepted a job."""

_HINDRANCES = (IndexLockedError, StorageError, CatalogServerError, SearchServerError)
"""What keeps any job from being done, and passes: another process that writes, a full disk, a server that is away."""

_HINDERED = 5.0
"""Seconds between tries while something keeps jobs from being done."""

_PROBLEMS = 100
"""How many entries that were left out a job reports."""

_PLACE = "releases"
"""What places of entries are counted in, as the request names them."""

_log = logging.getLogger(__name__)


class _StopError(Exception):
    """The server is stopping: the job is put back."""


@dataclass
class _Progress:
    """Follows one job; tells it to stop when the server does."""

    stop: threading.Event
    before: int = 0
    done: int = 0
    wants_total: bool = False

    def expect(self, entries: int) -> None:
        """Take the number of entries to come, which is known already."""

    def update(self, progress: SyncProgress) -> None:
        """Take how far the work has come."""
        self.done = self.before + progress.entries
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
        self._last = self._told = ""
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
        return under_way[1].done if under_way is not None and under_way[0] == job.id else job.reached

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
                self._wake.clear()  # first: a job that comes now is not missed
                if not self._store.exists():
                    self._wake.wait(_PAUSE)
                    continue
                with lock.acquire(timeout=0):
                    self._work()
            except Timeout:  # another server does them
                self._stop.wait(_PAUSE)
            except (PressqaError, OSError) as error:  # OSError: the lock cannot be made in a folder that is read-only
                self._complain(f"the jobs cannot be done now: {error}")
                self._stop.wait(_HINDERED)
            except Exception:
                _log.exception("the jobs cannot be done now; trying again")
                self._stop.wait(_HINDERED)

    def _complain(self, told: str) -> None:
        """Log what keeps jobs from being done, once as long as it lasts."""
        if told != self._told:
            _log.warning("%s", told)
            self._told = told

    def _work(self) -> None:
        while not self._stop.is_set() and self._store.exists():
            self._wake.clear()
            job = self._store.begin(self._last)
            if job is None:
                self._wake.wait(_PAUSE)
                continue
            self._last = job.id
            progress = _Progress(self._stop, job.reached, job.reached)
            self._under_way = job.id, progress
            try:
                self._do(job, progress)
            finally:
                self._under_way = None

    def _do(self, job: Job, progress: _Progress) -> None:
        try:
            result = self._put(job, progress) if job.kind == "put" else self._remove(job)
        except _StopError:
            self._store.put_back(job)
        except _HINDRANCES as error:
            self._complain(f"job {job.id} waits: {error}")
            self._store.put_back(job, _problem(kind_of(error).slug, str(error), error.hint))
            self._stop.wait(_PAUSE if isinstance(error, IndexLockedError) else _HINDERED)
        except PressqaError as error:
            _log.warning("job %s failed: %s", job.id, error)
            self._fail(job, kind_of(error).slug, str(error), error.hint)
        except Exception:
            _log.exception("job %s failed", job.id)
            detail = "the job failed for a reason that only the server's log tells"
            self._fail(job, PROBLEMS[Exception].slug, detail, f"ask whoever runs the server to look for job {job.id}")
        else:
            self._store.finish(job, "done", result)
            self._told = ""
            self._maintenance.wake()  # the next job begins meanwhile

    def _fail(self, job: Job, slug: str, detail: str, hint: str) -> None:
        self._store.finish(job, "failed", {"problem": _problem(slug, detail, hint)})

    def _put(self, job: Job, progress: _Progress) -> dict[str, Any]:
        embedder = self._model()  # before an attempt is noted: a server that dies at this does not die of the job
        if job.attempts < WHOLE:
            self._store.attempt(job)
            return self._stored(job.entries, 0, embedder, progress)
        result, attempts = job.result or {}, job.attempts
        for number, entry in enumerate(job.entries[job.reached :], job.reached):
            progress.before = progress.done = number
            if attempts < WHOLE + ATTEMPTS:
                self._store.attempt_entry(job, number, attempts, result)
                result = _together(result, self._stored([entry], number, embedder, progress))
            else:
                reason = f"the server died {ATTEMPTS} times while it stored this release"
                left_out = {"left_out": 1, "problems": [{"where": f"{_PLACE}[{number}]", "reason": reason}]}
                result = _together(result, left_out)
            attempts = WHOLE
        return result

    def _model(self) -> Embedder:
        from qa import upkeep

        name = upkeep.model_name(self._settings)
        if self._embedder is None or self._embedder[0] != name:
            self._embedder = name, upkeep.load_model(self._settings)
        return self._embedder[1]

    def _stored(self, entries: Sequence[str], first: int, embedder: Embedder, progress: _Progress) -> dict[str, Any]:
        """Store releases of a job, the first of which is at the place ``first``, and return what came of them."""
        from index.sources.jsonl import JsonTexts
        from qa import upkeep

        source = JsonTexts(_PLACE, entries, ZoneInfo(self._settings.timezone), self._languages, first)
        report = upkeep.ingest_sources(self._settings, [source], progress, today=date.today(), embedder=embedder)
        return {
            "added": report.added,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "left_out": len(report.problems),
            "problems": [{"where": each.where, "reason": each.reason} for each in report.problems[:_PROBLEMS]],
            "skipped": [{"where": each.where, "reason": each.reason} for each in report.skipped[:_PROBLEMS]],
        }

    def _remove(self, job: Job) -> dict[str, Any]:
        if job.attempts >= WHOLE + ATTEMPTS:
            raise PressqaError(f"the server died {job.attempts} times while it did this job", "send the change again")
        self._store.attempt(job)
        return {"removed": sum(1 for _ in self._removed(job.entries))}

    def _removed(self, release_ids: Sequence[str]) -> Iterator[str]:
        from qa import upkeep

        for release_id in release_ids:
            try:
                upkeep.remove(self._settings, [release_id])
            except UnknownReleaseError:
                continue  # as asked: the server may have died after it removed it
            yield release_id


def _problem(slug: str, detail: str, hint: str) -> dict[str, Any]:
    return {"type": f"/problems/{slug}", "detail": detail, "hint": hint}


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what came of releases of a job and of further ones."""
    counts = {name: one.get(name, 0) + other.get(name, 0) for name in ("added", "changed", "unchanged", "left_out")}
    told = {name: [*one.get(name, ()), *other.get(name, ())][:_PROBLEMS] for name in ("problems", "skipped")}
    return counts | told


class Jobs:
    """The jobs of a server, and the thread that does them."""

    def __init__(self, settings: Settings, languages: tuple[str, ...] = READ) -> None:
        """Keep and do the jobs of a folder; releases in none of ``languages`` are skipped."""
        self._store = JobStore(settings.data)
        self._runner = JobRunner(settings, self._store, languages)

    def start(self) -> None:
        """Begin with the jobs that were left undone."""
        self._runner.start()

    def add(self, kind: JobKind, entries: Sequence[str]) -> Job:
        """Keep a job, which will be done; raises `TooManyJobsError` or `StorageError`."""
        job = self._store.add(kind, entries)
        self._runner.wake()
        return job

    def job(self, job_id: str) -> Job:
        """Return a job by its id; raises `UnknownJobError` or `StorageError`."""
        return self._store.job(job_id)

    def will_put(self, release_id: str) -> bool:
        """Return True if a job that is not done yet puts a release of this id; raises `StorageError`."""
        return self._store.will_put(release_id)

    def done(self, job: Job) -> int:
        """Return how many entries of a job are dealt with."""
        return self._runner.done(job)

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state; raises `StorageError`."""
        return self._store.counts()

    def close(self) -> None:
        """Stop in good order."""
        self._runner.stop()
        self._store.close()
