"""Load on a running server: requests at a steady rate, whether or not it keeps up, and what it is like meanwhile.

    python -m eval.bench.load http://127.0.0.1:8000 --rate 75 --seconds 60 --path /v1/search

Requests begin at their time even where earlier ones are unanswered (an open loop): a server that slows down is not
spared. Each has a connection of its own from a pool. Reported are the requests a second that were answered and refused
(503 and 429), the median and 99th percentile of both in milliseconds, errors, and the same of /healthz, asked ten
times a second. Questions are taken in turn from ``--questions``, a file with one on each line.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

from eval.bench.timing import end
from index.errors import InputError

QUESTIONS = ["how many foreign criminals were removed?", "what does the new scheme cost?", "when does it open?"]
HEALTH_RATE = 10.0
TIMEOUT = 60.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Client:
    """Sends requests over connections that are kept, and notes what became of each."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        """Take the address of a server, and the seconds after which a request is given up and its connection closed."""
        self._timeout = timeout
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._free: list[Connection] = []
        self.took: defaultdict[str, list[float]] = defaultdict(list)

    async def send(self, label: str, method: str, path: str, body: bytes = b"") -> None:
        """Send one request and note under ``label`` and its outcome how many milliseconds it took."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                status = await self._exchange(method, path, body)
            outcome = "refused" if status in (429, 503) else "answered" if status < 400 else f"status {status}"
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            outcome = type(error).__name__
        self.took[f"{label} {outcome}"].append((time.perf_counter() - begun) * 1000)

    async def _exchange(self, method: str, path: str, body: bytes) -> int:
        kept = self._free.pop() if self._free else None
        if kept is not None and not kept[0].at_eof():  # the server closes connections that are idle for long
            reader, writer = kept
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            writer.write(head.encode() + body)
            told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            headers = dict(line.split(": ", 1) for line in told[1:] if ": " in line)
            await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection") == "close":
            writer.close()
        else:
            self._free.append((reader, writer))
        return int(told[0].split()[1])

    def close(self) -> None:
        """Close the connections."""
        for _, writer in self._free:
            writer.close()


async def at_rate(
    client: Client, label: str, rate: float, seconds: float, requests: list[tuple[str, str, bytes]]
) -> None:
    """Send requests, in turn, ``rate`` times a second for ``seconds``, and wait for the last one."""
    begun = time.perf_counter()
    sent: set[asyncio.Task[None]] = set()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        task = asyncio.create_task(client.send(label, *requests[number % len(requests)]))
        sent.add(task)
        task.add_done_callback(sent.discard)
    await asyncio.gather(*sent)


async def measure(
    url: str, path: str, rate: float, seconds: float, questions: list[str], *, timeout: float = TIMEOUT
) -> dict[str, list[float]]:
    """Return for each outcome the milliseconds that requests with it took."""
    client = Client(url, timeout)
    requests = [("POST", path, json.dumps({"question": question}).encode()) for question in questions]
    health = [("GET", "/healthz", b"")]
    await asyncio.gather(
        at_rate(client, path, rate, seconds, requests), at_rate(client, "/healthz", HEALTH_RATE, seconds, health)
    )
    client.close()
    return client.took


def read_questions(path: Path | None) -> list[str]:
    """Return the questions of a file, one on each line or in the field `question` of JSON Lines.

    Raises `InputError` for a file that cannot be read, or has none.
    """
    if path is None:
        return QUESTIONS
    hint = "--questions takes a file with one question on each line, or JSON Lines that have the field question"
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        questions = [json.loads(line)["question"] for line in lines] if path.suffix == ".jsonl" else lines
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the questions in {path} cannot be read: {error}", hint) from error
    if not questions:
        raise InputError(f"there are no questions in {path}", hint)
    return questions


def report(took: dict[str, list[float]], seconds: float) -> None:
    """Print each outcome: how often, at what rate, and how long it took."""
    for outcome, values in sorted(took.items()):
        each = sorted(values)
        print(
            f"{outcome:<28}{len(each):>7}  {len(each) / seconds:8.1f}/s"
            f"  median {statistics.median(each):8.1f} ms  p99 {each[int(0.99 * (len(each) - 1))]:8.1f} ms"
        )


def main() -> int:
    """Run the load and print what came of it; return 0."""
    parser = argparse.ArgumentParser(description="Load on a running server.")
    parser.add_argument("url")
    parser.add_argument("--path", default="/v1/search", help="/v1/search or /v1/ask")
    parser.add_argument("--rate", type=float, default=75, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--questions", type=Path, help="a file with one question on each line, or JSON Lines")
    given = parser.parse_args()
    took = asyncio.run(measure(given.url, given.path, given.rate, given.seconds, read_questions(given.questions)))
    report(took, given.seconds)
    return 0


if __name__ == "__main__":
    end(main)
