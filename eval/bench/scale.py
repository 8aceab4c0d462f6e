"""What an index of many passages costs: building, opening, searching and changing it.

Run it with ``python -m eval.bench.scale --passages 10000 100000 --real DIR [--out FILE]``. ``--real`` is an index of
real releases, from which others are made up (`eval.bench.made_up`); without it one is made of the sample corpus. What
a search costs is measured in a process of its own, with the vectors of real questions computed in advance. Dense
searches ask for as many passages as the product does (100), and their recall is that of the first ten. ``--memory
normal low`` measures searches with both settings of PRESSQA_MEMORY, and prints them side by side; memory is that of the
process after its searches, models not counted. It exits with 1 when a target is missed, and holds the largest size to
the targets of a million passages.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.made_up import RARE, MadeUp
from eval.bench.timing import end, verdict
from eval.runs.provenance import commit, machine, versions
from index.catalog.reader import Catalog
from index.catalog.writer import CatalogWriter, text_key
from index.disk.lock import writing
from index.ingest import remove
from index.models.load import load_embedder
from index.open import open_index
from index.search.files import FOLDER, LocalFiles
from index.search.local import LocalIndex
from index.search.vectors import LocalVectorLeg
from index.types import Memory, Ranking, SearchFilter, Vectors
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import ingest

SAMPLE = Path(__file__).parents[1] / "data" / "home-office-summaries.txt"
QUESTIONS = Path(__file__).parents[1] / "data" / "people-questions.jsonl"
ASKED = 60
"""How many questions are asked, each several times."""

TODAY = date(2026, 1, 1)
SETTINGS: tuple[Memory, ...] = ("normal", "low")
FILTERS = {"": SearchFilter(), "_1_percent": SearchFilter(publisher=RARE)}
"""The filters that are searched with, by what is added to the names of the figures."""

REAL_ENOUGH = 500
"""How many real passages give neighbours as real ones have.

Of a million made up from the sample's 23 the lists find 0.93 of the best ten, of a million made up from 3,827 all.
"""

TARGETS = {
    "dense_ms": (5.0, True),
    "dense_recall": (0.98, False),
    "dense_recall_1_percent": (0.98, False),
    "hybrid_ms": (40.0, True),
    "hybrid_p99_ms": (100.0, True),
    "rss_mb": (3072.0, True),
    "open_s": (3.0, True),
    "added_ms": (300.0, True),
    "removed_ms": (300.0, True),
}
"""The targets for a million passages on two cores, and whether they are upper limits."""


class Asked:
    """An encoder of questions whose vectors were computed in advance."""

    def __init__(self, folder: Path) -> None:
        record = json.loads((folder / "questions.json").read_text("utf-8"))
        self.name, self.fingerprint, self.questions = record["name"], record["fingerprint"], record["questions"]
        self.vectors: Vectors = np.load(folder / "questions.npy")
        self._rows = {question: row for row, question in enumerate(self.questions)}

    def encode_question(self, text: str) -> Vectors:
        """Return the vector of one of the questions; that of the first for any other text."""
        return np.asarray(self.vectors[self._rows.get(text, 0)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size, print a table and write the figures; return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.scale", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--real", type=Path, help="an index of real releases (default: one of the sample corpus)")
    parser.add_argument("--data", type=Path, help="where indexes are made, and left (default: a temporary folder)")
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parser.add_argument(
        "--memory", nargs="+", choices=SETTINGS, default=["normal"], help="the settings of PRESSQA_MEMORY to measure"
    )
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.measure is not None:
        print(json.dumps(searched(chosen.measure, chosen.memory[0])))
        return 0
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        place = chosen.data or Path(temporary)
        real = chosen.real or _sample(place / "sample")
        for count in sorted(chosen.passages):
            results.append(measure(real, place / f"of-{count}", count, chosen.memory))
            _print(results[-1])
            if chosen.out is not None:
                record = {"machine": machine(), "versions": versions(), "commit": commit(), "sizes": results}
                chosen.out.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"\n{results[-1]['passages']:,} passages, against the targets of a million:")
    limits = [
        verdict(name, float(results[-1][name]), value, "", at_most=at_most)
        for name, (value, at_most) in TARGETS.items()
    ]
    return 0 if all(limits) else 1


def _sample(folder: Path) -> Path:
    ingest(Settings(data=folder, catalog=None), [SAMPLE], None, PlainLines("ingesting"), today=TODAY)
    return folder


def measure(real: Path, folder: Path, passages: int, settings: Sequence[Memory] = ("normal",)) -> dict[str, Any]:
    """Make an index of so many passages in ``folder`` if there is none, and return all figures.

    With both settings, the figures of searches with little memory have names that end in "_low". They come last, as
    such an index may have lists where another has none.
    """
    made_up = MadeUp(real)
    if made_up.passages < REAL_ENOUGH:
        print(
            f"made up from the {made_up.passages} passages of {real}: vectors crowd around so few as they do around no"
            " real ones, and lists find less; give --real an index of some thousand passages",
            file=sys.stderr,
        )
    figures: dict[str, Any] = {"passages": passages}
    if not folder.exists():
        figures |= build(made_up, folder, passages)
    for number, memory in enumerate(each for each in SETTINGS if each in settings):
        suffix = f"_{memory}" if number else ""
        figures |= {f"{name}{suffix}": value for name, value in maintained(folder, memory).items()}
        figures |= {f"{name}{suffix}": value for name, value in _child(folder, memory).items()}
    return {**figures, **_sizes(folder, passages), **changed(made_up, folder)}


def build(made_up: MadeUp, folder: Path, passages: int) -> dict[str, Any]:
    """Fill a catalog and publish it; return how long both took."""
    folder.mkdir(parents=True)
    _questions(made_up, folder)
    with closing(CatalogWriter.create(folder, made_up.manifest)) as catalog, writing(folder):
        begun = time.perf_counter()
        for batch, vectors in made_up.releases(passages):
            catalog.put(batch, vectors, TODAY)
        filled = time.perf_counter()
        LocalFiles(catalog).publish()
        built = time.perf_counter()
    return {"fill_s": round(filled - begun, 1), "publish_s": round(built - filled, 1)}


def maintained(folder: Path, memory: Memory) -> dict[str, Any]:
    """Merge and train what is due; return how long that took, and the most memory that this process had so far."""
    with closing(CatalogWriter(folder)) as catalog:
        begun = time.perf_counter()
        LocalFiles(catalog, memory).maintain()
        taken = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"maintain_s": round(taken, 1), "build_peak_mb": round(peak)}


def _questions(made_up: MadeUp, folder: Path) -> None:
    """Store real questions and their vectors beside the index."""
    lines = QUESTIONS.read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines[:: max(1, len(lines) // ASKED)]][:ASKED]
    embedder = load_embedder(made_up.manifest.model, folder / "models")
    np.save(folder / "questions.npy", np.stack([embedder.encode_question(question) for question in questions]))
    record = {"name": embedder.name, "fingerprint": embedder.fingerprint, "questions": questions}
    (folder / "questions.json").write_text(json.dumps(record), "utf-8")


def _sizes(folder: Path, passages: int) -> dict[str, float]:
    derived = sum(path.stat().st_size for path in (folder / FOLDER).rglob("*") if path.is_file())
    catalog = sum(path.stat().st_size for path in folder.glob("catalog.sqlite3*"))
    return {"catalog_bytes": round(catalog / passages), "search_bytes": round(derived / passages)}


def _child(folder: Path, memory: Memory) -> dict[str, Any]:
    command = [sys.executable, "-m", "eval.bench.scale", "--measure", str(folder), "--memory", memory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"measuring failed: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def searched(folder: Path, memory: Memory) -> dict[str, Any]:
    """Open an index and search it; to be called in a new process."""
    encoder = Asked(folder)
    begun = time.perf_counter()
    catalog = Catalog(folder)
    files = LocalFiles(catalog, memory)
    with closing(LocalIndex(catalog, files, lambda: encoder, Ranking())) as index:
        opened = time.perf_counter()
        index.search(encoder.questions[0], 10)
        figures: dict[str, Any] = {
            "open_s": round(time.perf_counter() - begun, 3),
            "open_only_s": round(opened - begun, 3),
        }
        snapshot = files.load()
        structure = files.structure()
        if snapshot is None or not isinstance(snapshot.vectors, LocalVectorLeg):
            raise RuntimeError("nothing is published")
        figures["structure"] = "exact" if structure is None else f"{structure.lists} lists"
        leg, depth = snapshot.vectors, index.ranking.depth
        for suffix, where in FILTERS.items():
            dense = [partial(leg.search, vector, depth, where) for vector in encoder.vectors]
            hybrid = [partial(index.search, question, 10, where) for question in encoder.questions]
            for threads in (1, 2):
                of = f"{suffix}{'' if threads == 1 else '_2_threads'}"
                figures |= _timed(f"dense{of}", dense, threads) | _timed(f"hybrid{of}", hybrid, threads)
        figures |= _memory()  # before every vector is compared, only to know what is best
        for suffix, where in FILTERS.items():
            shared = 0
            for vector in encoder.vectors:
                best = {i for i, _ in leg.compare(vector, 10, where)}
                shared += len(best & {i for i, _ in leg.search(vector, depth, where)[:10]})
            figures[f"dense_recall{suffix}"] = round(shared / (10 * len(encoder.vectors)), 4)
            figures |= _timed(
                f"compared{suffix}", [partial(leg.compare, v, depth, where) for v in encoder.vectors[:20]], 1, 1
            )
    return figures


def _timed(name: str, calls: Sequence[Callable[[], object]], threads: int, rounds: int = 4) -> dict[str, float]:
    """Return the median and the 99th percentile of calls, in milliseconds, made by so many threads at once.

    The median of the processor's time alone is what a call would take on a machine that does nothing else.
    """

    def run(_: int) -> list[tuple[float, float]]:
        taken = []
        for number in range(rounds + 1):
            for call in calls:
                begun, spent = time.perf_counter(), time.thread_time()
                call()
                if number:  # the first round warms caches
                    taken.append(((time.perf_counter() - begun) * 1e3, (time.thread_time() - spent) * 1e3))
        return taken

    with ThreadPoolExecutor(threads) as pool:
        both = [each for some in pool.map(run, range(threads)) for each in some]
    every = sorted(seconds for seconds, _ in both)
    return {
        f"{name}_ms": round(statistics.median(every), 2),
        f"{name}_p99_ms": round(every[int(len(every) * 0.99)], 2),
        f"{name}_cpu_ms": round(statistics.median(spent for _, spent in both), 2),
    }


def _memory() -> dict[str, int]:
    """Return this process's resident memory in MB, now and at most, and how much is not of files; {} where unknown."""
    path = Path("/proc/self/status")
    if not path.exists():
        return {}
    fields = dict(line.split(":", 1) for line in path.read_text("utf-8").splitlines() if ":" in line)
    names = {"rss_mb": "VmRSS", "rss_own_mb": "RssAnon", "rss_peak_mb": "VmHWM"}
    return {name: int(fields[field].split()[0]) // 1024 for name, field in names.items() if field in fields}


def changed(made_up: MadeUp, folder: Path) -> dict[str, float]:
    """Return how many milliseconds it takes until an open index shows a new release, and no longer shows it."""
    word = "zyxomma"
    item = made_up.release(word, number=10**9)
    vectors = dict(zip(map(text_key, item.texts), made_up.vectors(len(item.texts)), strict=True))
    encoder = Asked(folder)
    with (
        closing(CatalogWriter(folder)) as catalog,
        closing(open_index(folder, lambda: encoder, Ranking())) as index,
    ):
        files = LocalFiles(catalog)

        def is_seen() -> bool:
            hits = index.search(word, 1).hits
            return bool(hits) and word in hits[0].passage.text

        def add() -> None:
            catalog.put([item], vectors, TODAY)
            files.publish()

        def take() -> None:
            remove(catalog, files, [item.release.id])

        is_seen()
        with writing(folder):
            added, add_all = _until(is_seen, add)
        removed, remove_all = _until(lambda: not is_seen(), take)
    return {"added_ms": added, "add_all_ms": add_all, "removed_ms": removed, "remove_all_ms": remove_all}


def _until(is_seen: Callable[[], bool], change: Callable[[], None]) -> tuple[float, float]:
    """Make a change, and return the milliseconds until another thread saw it, and until all of it was done."""
    begun = time.perf_counter()
    seen: list[float] = []

    def watch() -> None:
        while not is_seen():
            time.sleep(0.02)  # a reader that asks without a pause would slow the writer
        seen.append(time.perf_counter())

    thread = threading.Thread(target=watch)
    thread.start()
    change()
    done = time.perf_counter()
    thread.join(60)
    return round((seen[0] - begun) * 1e3, 1), round((done - begun) * 1e3, 1)


def _print(figures: dict[str, Any]) -> None:
    print(f"\n{figures['passages']:,} passages")
    has_low = "rss_mb_low" in figures
    for name, value in figures.items():
        if has_low and name.endswith("_low"):
            continue
        low = figures.get(f"{name}_low") if has_low else None
        print(f"  {name:<36}{value:<16}{'' if low is None else f'with little memory {low}'}")


if __name__ == "__main__":
    end(main)
