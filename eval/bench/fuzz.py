"""Mutated inputs through the parsers of what the web sends: none may crash, hang, or take much memory.

Real items, feeds and posts are cut, doubled, mixed and spoilt byte by byte, from a seed. Run it with
``python -m eval.bench.fuzz FILE... [--count N] [--seed N]``, with files of GOV.UK's Content API (JSON), of WordPress
(JSON) and feeds (XML); it exits with 1 when an input crashes a parser or takes longer than `MAX_SECONDS`.
"""

import argparse
import random
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from eval.bench.timing import verdict
from index.errors import SourceError
from index.sources.build import LONDON
from index.sources.clean import EntryError
from index.sources.sites.feed_items import read_feed
from index.sources.sites.govuk_items import read_item
from index.sources.sites.wordpress import read_posts

MAX_SECONDS, MAX_MEGABYTES = 10.0, 300.0
"""The targets for one input: how long a parser may take, and how much memory Python may hold meanwhile."""

_SPOILERS = [
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"]]>",
    b"<![CDATA[",
    b"&#x110000;",
    b"\\ud800",
    b"{",
    b"[[[[",
    b"1e999",
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse mutated inputs, print what became of them, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.fuzz", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="real inputs to spoil")
    parser.add_argument("--count", type=int, default=10_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=20, help="the seed of the mutations")
    chosen = parser.parse_args(arguments)
    inputs = [path.read_bytes() for path in chosen.files]
    dice = random.Random(chosen.seed)
    outcomes: Counter[str] = Counter()
    slowest, most, crashes = 0.0, 0.0, 0
    for number in range(chosen.count):
        data = _mutated(dice, inputs)
        measured = number % 50 == 0
        if measured:
            tracemalloc.start()
        begin = time.perf_counter()
        try:
            outcomes[_parse(data)] += 1
        except (EntryError, SourceError):
            outcomes["refused"] += 1
        except Exception as error:
            crashes += 1
            print(f"input {number} of seed {chosen.seed}: {type(error).__name__}: {str(error)[:200]}")
        slowest = max(slowest, time.perf_counter() - begin)
        if measured:
            most = max(most, tracemalloc.get_traced_memory()[1] / 1e6)
            tracemalloc.stop()
    print(f"{chosen.count} inputs: {dict(outcomes)}, {crashes} crashes")
    is_quick = verdict("the slowest input", slowest, MAX_SECONDS, "s", at_most=True)
    is_small = verdict("the most memory, one input in 50", most, MAX_MEGABYTES, "MB", at_most=True)
    return 0 if is_quick and is_small and not crashes else 1


def _parse(data: bytes) -> str:
    if data.lstrip()[:1] not in (b"{", b"["):
        feed = read_feed(data, "https://example.org/feed", "", LONDON)
        return "feed" if feed.items else "feed without items"
    read = read_posts(data, "https://example.org")
    if read:
        return "posts"
    read_item(data, LONDON)
    return "item"


def _mutated(dice: random.Random, inputs: Sequence[bytes]) -> bytes:
    """Return an input with one to eight faults."""
    data = bytearray(dice.choice(inputs))
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(data) + 1), min(dice.randint(1, 200), len(data))
        kind = dice.randrange(6)
        if kind == 0:
            del data[at : at + length]
        elif kind == 1:
            data[at:at] = data[at : at + length] * dice.randint(1, 30)
        elif kind == 2:
            data[at:at] = dice.choice(_SPOILERS) * dice.randint(1, 300)
        elif kind == 3:
            data[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 4:
            other = dice.choice(inputs)
            start = dice.randrange(len(other) + 1)
            data[at:at] = other[start : start + length * 5]
        elif dice.random() < 0.2:
            del data[at:]
    return bytes(data)


if __name__ == "__main__":
    sys.exit(main())
