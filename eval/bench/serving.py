"""What a server bears: searches and answers at a rate, ten times that, clients that go, and 20,000 requests.

    OMP_WAIT_POLICY=PASSIVE python -m eval.bench.serving DIR --questions GOLD.jsonl

``DIR`` is the data folder of an index; with ``--passages 11000`` a copy of it is filled up to so many with made-up
releases, which compete with the real ones. Two servers are started one after the other, without and with the second
reader, on ports of this machine; the load is that of `eval.bench.load`, from this process, which takes its part of the
processor. Each target is printed beside what was measured.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eval.bench.load import measure, read_questions, report
from eval.bench.made_up import fill_up
from eval.bench.timing import as_installed, end, verdict
from index.errors import InputError
from index.open import manifest_of

SEARCHES, ASKS, ASKS_OF_BOTH = 150.0, 5.0, 3.0
"""The rates that are to be borne, a second: searches, answers of the small reader alone, and with the second one."""

START = 60.0
"""Seconds in which a server must be ready."""

REFUSAL_MS = 50.0
SPREAD = 3.0
REQUESTS = 20_000
GROWTH = 1.1
"""The most that memory may grow from a quarter of `REQUESTS` to all of them: what differs is what a cache holds."""

SLACK = 0.98
"""The share of a rate from which it counts as borne: the last requests end after the time is over."""


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """Start a server; yield its address and the id of its process."""
    command = [sys.executable, "-c", "from qa.cli.commands import main; main()"]
    command += ["serve", "--port", "0", "--data", str(data), "--log-level", "error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=as_installed() | settings) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://[^\s]+", process.stdout.readline())
            if found is None:
                raise RuntimeError("the server did not start")
            until = time.monotonic() + START
            while not _answers(f"{found.group()}/readyz", 5.0):
                if time.monotonic() > until:
                    raise InputError(f"no server over {data} within {START:g} s", "make an index: pressqa ingest PATH")
                time.sleep(0.05)
            yield found.group(), process.pid
        finally:
            process.terminate()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.serving", description=__doc__)
    parser.add_argument("data", type=Path, help="the data folder of an index")
    parser.add_argument("--questions", type=Path, help="a file with one question on each line, or JSON Lines")
    parser.add_argument("--passages", type=int, default=0, help="how many the index should have at least")
    parser.add_argument("--seconds", type=float, default=60, help="how long each rate is kept up")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="how many for the memory; 0 leaves it out")
    given = parser.parse_args(arguments)
    questions = read_questions(given.questions)
    manifest_of(given.data)  # says at once that there is no index
    if not given.passages:
        return _measure(given, given.data, questions)
    with tempfile.TemporaryDirectory() as temporary:
        filled = Path(temporary) / "data"
        print(f"{fill_up(given.data, filled, given.passages):,} passages")
        return _measure(given, filled, questions)


def _measure(given: argparse.Namespace, data: Path, questions: list[str]) -> int:
    reached: list[bool] = []

    def load(url: str, path: str, rate: float, seconds: float, timeout: float = 60.0) -> dict[str, list[float]]:
        print(f"\n{path} at {rate:g}/s for {seconds:g} s")
        took = asyncio.run(measure(url, path, rate, seconds, questions, timeout=timeout))
        report(took, seconds)
        return took

    def bears(url: str, path: str, rate: float) -> None:
        took = load(url, path, rate, given.seconds)
        answered = len(took.get(f"{path} answered", ())) / given.seconds
        reached.append(verdict("answered", answered, rate * SLACK, "/s", at_most=False))
        reached.append(verdict("not answered", _others(took, path, "answered"), 0, "", at_most=True))
        half = load(url, path, rate / 2, given.seconds)
        times = sorted(half[f"{path} answered"])
        spread = times[int(0.99 * (len(times) - 1))] / statistics.median(times)
        reached.append(verdict("at half of it, p99 over the median", spread, SPREAD, "x", at_most=True))

    with serving(data, PRESSQA_SECOND_READER="none") as (url, process):
        bears(url, "/v1/search", SEARCHES)
        bears(url, "/v1/ask", ASKS)
        reached += _overloaded(lambda: load(url, "/v1/search", 10 * SEARCHES, 15), url, "/v1/search")
        # Clients that wait a second and go: what they asked for must not be worked on.
        reached += _overloaded(lambda: load(url, "/v1/ask", 10 * ASKS, 15, 1.0), url, "/v1/ask")
        if given.requests:
            reached.append(_memory(lambda number: load(url, "/v1/search", SEARCHES, number / SEARCHES), process, given))
    with serving(data) as (url, _):
        bears(url, "/v1/ask", ASKS_OF_BOTH)
    return 0 if all(reached) else 1


def _overloaded(load: Callable[[], dict[str, list[float]]], url: str, path: str) -> list[bool]:
    took = load()
    began = time.perf_counter()
    answered = _answers(f"{url}/v1/ask?q=how+many+were+removed", 20.0)
    after = time.perf_counter() - began if answered else float("inf")
    refused = sorted(took.get(f"{path} refused", [0.0]))
    health = sorted(took["/healthz answered"])
    fits = [
        verdict("refused within, 99 in 100", refused[int(0.99 * (len(refused) - 1))], REFUSAL_MS, "ms", at_most=True),
        verdict("/healthz meanwhile, 99 in 100", health[int(0.99 * (len(health) - 1))], 250, "ms", at_most=True),
        verdict("/healthz not answered", _others(took, "/healthz", "answered"), 0, "", at_most=True),
        verdict("a question right after it", after, 2.0, "s", at_most=True),
    ]
    told = ("answered", "refused", "TimeoutError")  # the last: it went, as it was told to
    broken = sum(len(times) for name, times in took.items() if name.startswith(path) and not name.endswith(told))
    return [*fits, verdict("neither answered nor refused", broken, 0, "", at_most=True)]


def _memory(load: Callable[[float], object], process: int, given: argparse.Namespace) -> bool:
    load(given.requests / 4)
    early = _resident(process)
    load(given.requests * 3 / 4)
    late = _resident(process)
    print(f"memory: {early:.0f} MB after a quarter of {given.requests:,} requests, {late:.0f} MB after all")
    return verdict("memory after all over a quarter", late / early, GROWTH, "x", at_most=True)


def _resident(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("ascii"))
    return int(found[1]) / 1000 if found else 0.0


def _others(took: dict[str, list[float]], path: str, outcome: str) -> int:
    return sum(len(each) for name, each in took.items() if name.startswith(f"{path} ") and not name.endswith(outcome))


def _answers(address: str, timeout: float) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=timeout) as got:
            return bool(got.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


if __name__ == "__main__":
    end(main)
