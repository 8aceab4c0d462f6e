"""What the server counts, for Prometheus: requests, stages, the queue, what was found, the index. Names are stable."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.admission import Admission
from index.types import IndexStatus

disable_created_metrics()  # a second time series for each, which nobody asks for

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""The bounds of the histograms, in seconds."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
"""A client can make up methods; a label may not have as many values as a client likes."""


class Metrics:
    """The counters of one server. Safe to use from several threads."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "pressqa_http_requests",
            "Requests, by address and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "pressqa_http_request_seconds",
            "Time from the first byte of a request to the last of its response.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        # Looking them up by their labels takes longer than counting.
        self._series = cache(
            lambda method, route, status: (
                self._requests.labels(method, route, str(status)),
                self._request_seconds.labels(route),
            )
        )
        self._stage_seconds = Histogram(
            "pressqa_stage_seconds",
            "Time of each stage of the work for a question; `total` is all of it.",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "pressqa_answers", "Questions answered, by whether an answer was found.", ["found"], registry=self.registry
        )
        for found in ("true", "false"):  # a rate can be made of both from the start
            self._answers.labels(found)
        self._generation = Gauge("pressqa_index_generation", "Generation of the index.", registry=self.registry)
        self._releases = Gauge("pressqa_index_releases", "Releases in the index.", registry=self.registry)
        self._passages = Gauge("pressqa_index_passages", "Passages in the index.", registry=self.registry)
        self._age = Gauge("pressqa_index_age_seconds", "Time since the index was last changed.", registry=self.registry)
        self._jobs = Gauge("pressqa_jobs", "Changes of the index, by state.", ["state"], registry=self.registry)
        self._ready = Gauge("pressqa_ready", "1 if questions can be answered, 0 if not.", registry=self.registry)
        self._queues: dict[str, Admission] = {}
        self.registry.register(_Queues(self._queues))
        build = Gauge("pressqa_build_info", "The version of the server.", ["version"], registry=self.registry)
        build.labels(version).set(1)

    def watch(self, queues: Mapping[str, Admission]) -> None:
        """Count what waits in each queue and what became of it."""
        self._queues.update(queues)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. ``route`` is the pattern of its address, so that there are as many as addresses."""
        requests, took = self._series(method if method in _METHODS else "OTHER", route, status)
        requests.inc()
        took.observe(seconds)

    def stages(self, timings_ms: Mapping[str, float]) -> None:
        """Count how long each stage of the work for a question took."""
        for stage, milliseconds in timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def answer(self, *, found: bool) -> None:
        """Count an answer, or that there was none."""
        self._answers.labels("true" if found else "false").inc()

    def jobs(self, counts: Mapping[str, int]) -> None:
        """Show how many jobs there are in each state."""
        for state in ("queued", "running", "done", "failed"):
            self._jobs.labels(state).set(counts.get(state, 0))

    def index(self, status: IndexStatus | None, changed: float | None) -> None:
        """Show the state of the index, None if it is not open; ``changed`` is when it changed last, a Unix time."""
        self._ready.set(status is not None)
        if status is not None:
            self._generation.set(status.generation)
            self._releases.set(status.releases)
            self._passages.set(status.passages)
        if changed is not None:
            self._age.set(max(0.0, time.time() - changed))


@dataclass(frozen=True, eq=False)
class _Queues(Collector):
    """Reads the queues when Prometheus asks, so that work itself counts nothing twice."""

    queues: Mapping[str, Admission]

    def collect(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily("pressqa_queue_waiting", "Work that waits for its turn.", labels=["queue"])
        working = GaugeMetricFamily("pressqa_queue_working", "Work under way.", labels=["queue"])
        ended = CounterMetricFamily(
            "pressqa_queue_ended",
            "Work that was done, refused, timed_out, or dropped because its client had gone.",
            labels=["queue", "outcome"],
        )
        for name, queue in self.queues.items():
            waiting.add_metric([name], queue.waiting)
            working.add_metric([name], queue.working)
            for outcome in ("done", "refused", "timed_out", "dropped"):
                ended.add_metric([name, outcome], queue.ended[outcome])
        return [waiting, working, ended]
