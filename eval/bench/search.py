"""How long ``POST /v1/search`` takes when everything is warm, or with ``--ask`` ``POST /v1/ask``, over many passages.

Run it with ``python -m eval.bench.search --corpus PATH [PATH ...] [--ask] [--data DIR]``; it exits with 1 when the
target is missed. ``--data`` keeps the index for the next time: embedding eleven thousand passages takes a minute or
two. For searches the passages are short, so that a small corpus makes many; with
``--ask`` they are as long as a user's.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import httpx2

from eval.bench.timing import PRESSQA, end, time_calls, verdict
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import ingest

QUESTIONS = (
    "how many foreign criminals were removed?",
    "what is the total funding for police next year?",
    "which minister visited the airport?",
    "when does the new law come into force?",
    "how much will be spent on flood defences?",
)
_SHORT = 74
"""The length of short passages, in the model's tokens."""

MAX_MS = {"search": 10.0, "ask": 150.0}
"""The targets: the longest median of a call, in milliseconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when the target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.search", description=__doc__)
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="releases that make some 11,000 passages")
    parser.add_argument("--ask", action="store_true", help="time whole answers instead of searches")
    parser.add_argument("--chunk-tokens", type=int, help="passage length (default: 74, with --ask the product's)")
    parser.add_argument("--data", type=Path, help="keep the index here (default: a temporary folder)")
    parser.add_argument("--calls", type=int, default=60, help="calls of each question")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data=chosen.data or Path(temporary), catalog=None)
        tokens = chosen.chunk_tokens or (settings.chunk_tokens if chosen.ask else _SHORT)
        settings = settings.model_copy(update={"chunk_tokens": tokens})
        ingest(settings, chosen.corpus, None, PlainLines("ingesting"), today=date.today())
        return measure(settings, chosen.calls, "ask" if chosen.ask else "search")


def measure(settings: Settings, calls: int, what: str) -> int:
    """Serve the index on a free loopback port and time calls over one kept-alive connection; return 0 or 1."""
    with serving(settings.data) as address, httpx2.Client(base_url=address, timeout=60) as client:
        while client.get("/readyz").status_code != 200:
            time.sleep(0.05)
        status = client.post(f"/v1/{what}", json={"question": QUESTIONS[0]}).raise_for_status().json()["index"]
        taken: list[float] = []
        for question in QUESTIONS:
            taken += time_calls(partial(client.post, f"/v1/{what}", json={"question": question}), calls)
        stages = client.post(f"/v1/{what}", json={"question": QUESTIONS[0]}).json()["timings_ms"]
    taken.sort()
    print(f"{status['passages']:,} passages; {len(taken)} calls over HTTP on loopback")
    print(f"95th percentile {taken[int(len(taken) * 0.95)] * 1e3:.1f} ms; one call's stages in ms: {stages}")
    return (
        0
        if verdict(f"POST /v1/{what}, median", statistics.median(taken) * 1e3, MAX_MS[what], "ms", at_most=True)
        else 1
    )


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Run ``pressqa serve`` over an index, as a person would, and give its address."""
    command = [PRESSQA, "serve", "--data", str(data), "--port", "0", "--log-level", "warning"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            first = server.stdout.readline() if server.stdout else ""
            address = re.search(r"http://[^ ]+", first)
            if address is None:
                raise RuntimeError(f"pressqa serve did not say where it listens: {first!r}")
            yield address.group()
        finally:
            server.terminate()


if __name__ == "__main__":
    end(main)
