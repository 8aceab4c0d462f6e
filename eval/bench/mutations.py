"""Whether damaged and hostile inputs crash, hang or fill the memory: real inputs, mutated, through every reader.

Run it with ``python -m eval.bench.mutations [--count 10000] [--shared ../shared] [--seed 1]``. Each input is one of the
fixtures or of our own pages, changed at random: bytes flipped, pieces cut out, doubled, repeated or moved, markup put
in. It is read as a file of its kind or, for items of GOV.UK's Content API, as what the web has sent. A
reader may yield releases and problems or refuse the input; anything else is printed with the seed that makes it again,
and the exit code is 1.
"""

import argparse
import random
import resource
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from eval.bench.extraction import SHARED, framed
from eval.bench.timing import end, verdict
from index.errors import SourceError
from index.sources import KINDS, FieldMap
from index.sources.build import LONDON
from index.sources.clean import EntryError
from index.sources.sites.govuk_items import read_item
from index.types import Problem, Release

MAX_SECONDS, MAX_MEGABYTES = 10.0, 1_500
"""The targets: the longest time for one input, and the peak of the whole run's memory."""

Seeds = Mapping[str, Sequence[bytes]]
"""For each kind of input, by its name in `index.sources.KINDS` or in `FETCHED`, contents to begin from."""

FETCHED: Mapping[str, Callable[[bytes], int]] = {
    "govuk-item": lambda content: 1 if read_item(content, LONDON) else 0,
}
"""What reads the body of an answer of the web, and returns how many items it found."""

_PIECES = (
    b"<", b">", b"</", b"<table>", b"<td colspan=99999>", b"<li>", b"<b a=1>", b"<div>", b"<script>", b"<!--",
    b"<![CDATA[", b"&#x", b"&amp;amp;", b"\0", b"\xff\xfe", b"\xc3", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"{", b"}", b"[",
    b"]", b'"', b"\\u", b",", b";", b"\t", b"|", b"---\n", b"###\n", b"-30-", b"4 July 2024", b"99/99/9999",
    b"Published: ", b"Contact: ", b"(555) 555-0100", b"%PDF", b"endobj", b"stream", b"<w:t>", b"xref", b"\r", b"\n\n",
    b"1.", b"\xe2\x80\xa2 ", b"9" * 40,
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What a run found: faults that should not be, the longest time and its seed, and how inputs ended."""

    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_seed: str = ""
    ends: dict[str, int] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.mutations", description=__doc__)
    parser.add_argument(
        "--count", type=int, default=10_000, help="how many inputs for each kind (default: %(default)s)"
    )
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with fixtures/ (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what the random numbers begin from (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    outcome = run(seeds(chosen.shared / "fixtures"), chosen.count, chosen.seed)
    for fault in outcome.faults:
        print(fault)
    print(", ".join(f"{name}: {count:,}" for name, count in sorted(outcome.ends.items())))
    print(f"slowest: {outcome.slowest_seed}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reached = [
        verdict("faults", len(outcome.faults), 0, "", at_most=True),
        verdict("longest time for one input", outcome.slowest, MAX_SECONDS, "s", at_most=True),
        verdict("peak memory", peak, MAX_MEGABYTES, "MB", at_most=True),
    ]
    return 0 if all(reached) else 1


def run(contents: Seeds, count: int, seed: int) -> Outcome:
    """Read ``count`` mutated inputs of each kind, and return what came of it."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as temporary:
        for kind, begins in contents.items():
            for number in range(count):
                name = f"{kind} {seed}.{number}"
                path = Path(temporary) / f"{kind}.{'txt' if kind == 'text' else kind}"
                content = mutated(begins, random.Random(f"{seed}.{kind}.{number}"))
                if kind not in FETCHED:
                    path.write_bytes(content)
                begin = time.perf_counter()
                try:
                    for ended in _fetched(content, kind) if kind in FETCHED else _read(path, kind):
                        outcome.ends[ended] = outcome.ends.get(ended, 0) + 1
                except Exception:
                    outcome.faults.append(f"{name}: {traceback.format_exc(limit=-3)}")
                taken = time.perf_counter() - begin
                if taken > outcome.slowest:
                    outcome.slowest, outcome.slowest_seed = taken, f"{name}, {taken:.2f} s"
    return outcome


def mutated(begins: Sequence[bytes], chance: random.Random) -> bytes:
    """Return one of the contents with one to twenty random changes, at most a few times as long."""
    content = bytearray(chance.choice(begins))
    most = 3 * len(content) + 200_000
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(content) + 1)
        size = min(int(chance.expovariate(0.01)), 20_000)
        match chance.randrange(8):
            case 0 if content:
                content[at % len(content)] ^= 1 << chance.randrange(8)
            case 1:
                del content[at : at + size]
            case 2:
                content[at:at] = content[at : at + size]
            case 3:
                content[at:at] = chance.choice(_PIECES) * min(int(chance.expovariate(0.02)), 20_000)
            case 4:
                other = chance.choice(begins)
                begin = chance.randrange(len(other) + 1)
                content[at:at] = other[begin : begin + size]
            case 5:
                content[at:at] = content[at : at + size] * chance.randint(1, 50)
            case 6:
                content[at : at + size] = content[at : at + size][::-1]
            case _:
                content[at:at] = chance.choice(_PIECES)
        del content[most:]
    return bytes(content)


def seeds(fixtures: Path) -> dict[str, list[bytes]]:
    """Return the contents to begin from: our own pages, and the fixtures that are there."""
    found: dict[str, list[bytes]] = {"html": [page.content for page in framed()]}
    for kind, patterns in {
        "html": ("html/*.html", "wordpress/*.html"),
        "pdf": ("pdf_docx/*.pdf",),
        "docx": ("pdf_docx/*.docx",),
        "json": ("wordpress/*.json", "govuk/*.json"),
        "markdown": ("datasets/*/*1*.md",),
        "text": ("wordpress/*.txt",),
        "tag-page": ("wordpress/*.txt",),
        "feed": ("feeds/*",),
        "govuk-item": ("govuk/content-*.json", "../corpus/govuk-content-examples/*.json"),
    }.items():
        for pattern in patterns:
            found.setdefault(kind, []).extend(path.read_bytes() for path in sorted(fixtures.glob(pattern)))
    lines = [path.read_bytes().split(b"\n") for path in fixtures.glob("datasets/*.jsonl")]
    found["jsonl"] = [b"\n".join(each[begin : begin + 5]) for each in lines for begin in range(0, 50, 5)]
    found["csv"] = [b'title,text,date,agency\nPiers,"A grant, of ""much""\nmoney.",4 July 2024,Coast Office\n']
    return {kind: [content for content in contents if content] for kind, contents in found.items() if any(contents)}


def _read(path: Path, kind: str) -> Iterator[str]:
    try:
        for entry in KINDS[kind](path, UTC, FieldMap(publisher_name="Somebody")).read():
            if isinstance(entry, Release):
                yield "releases"
            elif isinstance(entry, Problem):
                yield "problems"
    except SourceError:
        yield "source errors"


def _fetched(content: bytes, kind: str) -> Iterator[str]:
    try:
        yield f"{kind} read" if FETCHED[kind](content) else f"{kind} without items"
    except (EntryError, SourceError):
        yield f"{kind} refused"


if __name__ == "__main__":
    end(main)
