"""How fast and how exact the embedder is, compared with sentence-transformers and with what the machine can do at most.

The embedder against matrix products of the model's shapes and nothing else, an exact search against reading the same
vectors from memory: each pair in turn in the same run, by processor time, which a busy machine changes less than the
clock.

Run it with ``python -m eval.bench.encode [--corpus PATH]``; it exits with 1 when a target is missed.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from eval.bench.limits import best_rates, blas, processors, products, reading, work_of
from eval.bench.timing import end, verdict
from index.models.exports import ONNX_FILE, TOKENIZER_FILE, find_export
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL, find_default_model
from index.types import Vectors

SAMPLE = Path(__file__).parents[1] / "data" / "home-office-summaries.txt"
WORD_PIECES = 128
"""The length of every text that is encoded."""

QUESTION = "How many people were affected in the year ending June 2024?"

MIN_QUESTION_RATIO = 3.0
MIN_BULK_RATIO = 1.0
MIN_COSINE = 0.995
MIN_SHARE = 0.85
"""The targets: how many times as fast as sentence-transformers, and how near to its vectors, the embedder must be; and
which share of the machine's single-precision matrix products it must reach (in 8 bits it may exceed them)."""

_VECTORS = 200_000
"""How many vectors are searched: with 384 numbers each, ten times what a processor's cache holds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.encode", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SAMPLE, help="a text file, or JSON Lines with bodies")
    parser.add_argument("--models", type=Path, help="the folder of exports (default: a temporary one)")
    parser.add_argument("--passages", type=int, default=400, help="how many passages at most")
    parser.add_argument("--threads", type=int, default=processors(), help="threads (default: the processors there are)")
    parser.add_argument("--rounds", type=int, default=3, help="how often the bulk measurement is repeated")
    chosen = parser.parse_args(arguments)
    if not chosen.corpus.is_file():
        parser.error(f"there is no file {chosen.corpus}; name one with --corpus")
    texts = cut_texts(chosen.corpus, chosen.passages)
    if not texts:
        parser.error(f"{chosen.corpus} holds no text of {WORD_PIECES} word pieces")
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.models or Path(temporary)
        compared = measure(texts, folder, chosen.rounds)
        near = limits(texts, folder, chosen.rounds, chosen.threads)
        reached = near and compared
        print("targets reached" if reached else "a target was MISSED")
        return 0 if reached else 1


def cut_texts(corpus: Path, count: int) -> list[str]:
    """Return up to ``count`` stretches of the corpus, in its order, of 128 word pieces each."""
    tokenizer = Tokenizer.from_file(str(find_default_model() / TOKENIZER_FILE))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    content = corpus.read_text(encoding="utf-8")
    is_jsonl = corpus.suffix == ".jsonl"
    bodies = (json.loads(line)["body"] for line in content.splitlines()) if is_jsonl else iter([content])
    stretches = (
        body[offsets[start][0] : offsets[start + WORD_PIECES - 1][1]]
        for body in bodies
        for offsets in [tokenizer.encode(body, add_special_tokens=False).offsets]
        for start in range(0, len(offsets) - WORD_PIECES + 1, WORD_PIECES)
    )
    return list(islice(stretches, count))


def measure(texts: list[str], models: Path, rounds: int) -> bool:
    """Time both on ``texts`` in turn, so that a busy moment slows both; print the table, return if it is as it must."""
    ours = load_embedder(DEFAULT_MODEL, models)
    library = import_module("sentence_transformers")
    theirs = library.SentenceTransformer(str(find_default_model()), device="cpu")

    def encode_theirs(batch: str | list[str]) -> Vectors:
        vectors: Vectors = theirs.encode(batch, show_progress_bar=False)
        return vectors

    cosine = float((ours.encode_passages(texts) * encode_theirs(texts)).sum(axis=1).min())
    question = alternate(lambda: ours.encode_question(QUESTION), lambda: encode_theirs(QUESTION), 5, 20)
    bulk = alternate(lambda: ours.encode_passages(texts), lambda: encode_theirs(texts), rounds, 1)
    question_ratio, bulk_ratio = question[1] / question[0], bulk[1] / bulk[0]

    print(f"{len(texts)} passages of {WORD_PIECES} word pieces; medians, measured alternately in one run")
    print(f"{'':<24}{'ours':>12}{'sentence-t.':>14}{'ratio':>9}{'target':>10}")
    row("one question, ms", question[0] * 1e3, question[1] * 1e3, question_ratio, MIN_QUESTION_RATIO)
    row("passages a second", len(texts) / bulk[0], len(texts) / bulk[1], bulk_ratio, MIN_BULK_RATIO)
    print(f"{'smallest cosine':<24}{cosine:>12.7f}{'':>14}{'':>9}{f'>= {MIN_COSINE}':>10}")
    return question_ratio >= MIN_QUESTION_RATIO and bulk_ratio >= MIN_BULK_RATIO and cosine >= MIN_COSINE


def limits(texts: list[str], models: Path, rounds: int, threads: int) -> bool:
    """Compare the embedder and an exact search with the machine's limits; print both, return if the target is reached.

    ONNX Runtime's kernel and BLAS on all threads are both asked for the products, and the faster one is the limit.
    """
    ours = load_embedder(DEFAULT_MODEL, models, threads=threads)
    folder, record = find_export(DEFAULT_MODEL, models) or (models, None)
    work = work_of(folder / ONNX_FILE)
    special = record.max_length - record.max_tokens if record else 0
    length = WORD_PIECES + special
    operations = work.operations(length * len(texts), length)

    def embed() -> float:
        ours.encode_passages(texts)
        return operations

    embedded, *most = best_rates([embed, products(work, threads), blas(work)], rounds)
    share = embedded.cpu_second / max(each.cpu_second for each in most)
    clock = embedded.second / max(each.second for each in most)
    print(f"matrix products, GFLOP/s on {threads} threads (and in a second of processor time):")
    for label, rate in zip(("embedding", "the products alone", "the same by BLAS"), (embedded, *most), strict=True):
        print(f"  {label:<22}{rate.second / 1e9:>8.1f} ({rate.cpu_second / 1e9:.1f})")
    print(f"  share of the limit by the clock {clock:.2f}")
    reached = verdict("share of the matrix limit, by processor time", share, MIN_SHARE, "", at_most=False)

    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    vectors = np.random.default_rng(0).standard_normal((_VECTORS, ours.dimension), dtype=np.float32)
    index = faiss.IndexFlatIP(ours.dimension)
    index.add(vectors)

    def search() -> float:
        index.search(vectors[:1], 100)
        return float(vectors.nbytes)

    found, read = best_rates([search, reading(vectors)], 3 * rounds)
    seconds = vectors.nbytes / found.second
    print(f"exact search of {_VECTORS:,} vectors on one thread: {seconds * 1e3:.1f} ms")
    print(f"  reads {found.cpu_second / 1e9:.1f} GB in a second of processor time, of {read.cpu_second / 1e9:.1f} that")
    print(f"  can be read: {found.cpu_second / read.cpu_second:.2f} of the memory's bandwidth")
    return reached


def alternate(ours: Callable[[], object], theirs: Callable[[], object], rounds: int, calls: int) -> tuple[float, float]:
    """Return the median seconds of a call of each, over ``rounds`` runs of ``calls`` calls, in turn.

    Runs are longer than one call because the first call finds the caches full of the other's weights, as no user does.
    """
    ours(), theirs()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, taken in zip((ours, theirs), seconds, strict=True):
            for _ in range(calls):
                started = time.perf_counter()
                call()
                taken.append(time.perf_counter() - started)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def row(label: str, ours: float, theirs: float, ratio: float, target: float) -> None:
    """Print one line of the table."""
    print(f"{label:<24}{ours:>12.1f}{theirs:>14.1f}{ratio:>8.2f}x{f'>= {target:g}x':>10}")


if __name__ == "__main__":
    end(main)
