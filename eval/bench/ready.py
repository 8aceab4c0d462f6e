"""From process start to first use: `pressqa serve` until it is ready, and `pressqa mcp` until it has answered.

    python -m eval.bench.ready DIR [--against CHECKOUT]

``DIR`` is the data folder of an index. With ``--against`` the same commands of another checkout of pressqa are run in
turn, with the same interpreter. Seconds are medians; those of the processor are of the process alone, and tell more
than the others on a machine that has other things to do.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.bench.timing import as_installed, end, verdict

QUESTION = "how many foreign criminals were removed?"
MAX_READY = 1.5
MAX_ANSWER = 2.0
"""The targets, in seconds: the server is ready, and a cold assistant has its first answer."""

HERE = Path(__file__).parents[2]
_COMMAND = [sys.executable, "-c", "from qa.cli.commands import main; main()"]
_LOOK = 0.02


def serve(root: Path, data: Path) -> tuple[float, float]:
    """Return the seconds until a server is ready, and the seconds of the processor that it took for that."""
    began = time.perf_counter()
    with _start(root, ["serve", "--port", "0", "--data", str(data), "--log-level", "error"]) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        address = re.search(r"http://[^\s]+", told)
        if address is None:
            raise RuntimeError(f"the server did not start: {told}")
        while not _is_ready(address.group()):
            time.sleep(_LOOK)
        return time.perf_counter() - began, _end(process)


def assistant(root: Path, data: Path) -> tuple[float, float]:
    """Return the seconds until an assistant has its first answer, and those of the processor."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        },
    ]
    began = time.perf_counter()
    with _start(root, ["mcp", "--data", str(data)]) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in messages:
            process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            told = json.loads(line)
            if told.get("id") == 2:
                if "structuredContent" not in told.get("result", {}):
                    raise RuntimeError(line)
                return time.perf_counter() - began, _end(process)
    raise RuntimeError("there was no answer")


def _start(root: Path, arguments: Sequence[str]) -> "subprocess.Popen[str]":
    environment = as_installed() | {"PYTHONPATH": str(root)}
    return subprocess.Popen(
        [*_COMMAND, *arguments],
        cwd=root,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def _end(process: "subprocess.Popen[str]") -> float:
    """End a process, and return the seconds of the processor that it took."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    process.kill()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as got:
            return bool(got.status == 200)
    except urllib.error.URLError:
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.ready", description=__doc__)
    parser.add_argument("data", type=Path, help="the data folder of an index")
    parser.add_argument("--against", type=Path, help="another checkout of pressqa")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args(arguments)
    roots = {"here": HERE} | ({"there": given.against.resolve()} if given.against else {})
    reached = []
    for label, measure, target in (
        ("serve: start to ready", serve, MAX_READY),
        ("mcp: start to first answer", assistant, MAX_ANSWER),
    ):
        took = _in_turn(measure, roots, given.data.resolve(), given.rounds)
        for name, pairs in took.items():
            whole, processor = (statistics.median(each) for each in zip(*pairs, strict=True))
            fits = verdict(f"{label}, {name} ({processor:.2f} s of the processor)", whole, target, "s", at_most=True)
            reached += [fits] if name == "here" else []
    return 0 if all(reached) else 1


def _in_turn(
    measure: Callable[[Path, Path], tuple[float, float]], roots: dict[str, Path], data: Path, rounds: int
) -> dict[str, list[tuple[float, float]]]:
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in roots}
    for number in range(rounds + 1):
        for name, root in roots.items():
            each = measure(root, data)
            if number:  # the first one warms the cache of the disk
                took[name].append(each)
    return took


if __name__ == "__main__":
    end(main)
