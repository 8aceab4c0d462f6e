"""How long a first ingest takes, compared with encoding its texts with sentence-transformers, and a second one.

Run it with ``python -m eval.bench.ingest [--corpus PATH]``; it exits with 1 when a target is missed.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from importlib import import_module
from pathlib import Path

from eval.bench.timing import end, verdict
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL, find_default_model
from index.open import open_releases
from index.protocols import Embedder
from index.text.passages import embedded_text, passage_prefix
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import ingest

SAMPLE = Path(__file__).parents[1] / "data" / "home-office-summaries.txt"
MIN_FIRST, MIN_AGAIN = 1.0, 50.0
"""The targets: a first ingest is as fast as encoding its texts alone, and a second one 50 times faster."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.ingest", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SAMPLE, help="the releases (default: the sample)")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data=Path(temporary), catalog=None)
        embedder = load_embedder(DEFAULT_MODEL, settings.models_folder)  # exported before the clock starts
        first, again = (_timed(settings, chosen.corpus) for _ in range(2))
        texts = _texts(settings, embedder)
    library = import_module("sentence_transformers")
    theirs = library.SentenceTransformer(str(find_default_model()), device="cpu")
    theirs.encode(texts[:8])
    started = time.perf_counter()
    theirs.encode(texts, show_progress_bar=False)
    encoding = time.perf_counter() - started
    print(f"{len(texts)} passages: first ingest {first:.2f} s, again {again:.3f} s; encoding alone {encoding:.2f} s")
    fast = verdict(
        "first ingest, passages a second against their encoding", encoding / first, MIN_FIRST, "x", at_most=False
    )
    return 0 if verdict("ingest again, times faster", first / again, MIN_AGAIN, "x", at_most=False) and fast else 1


def _timed(settings: Settings, corpus: Path) -> float:
    started = time.perf_counter()
    ingest(settings, [corpus], None, PlainLines("ingesting"), today=date.today())
    return time.perf_counter() - started


def _texts(settings: Settings, embedder: Embedder) -> list[str]:
    """Return the texts that the ingest embedded."""
    with closing(open_releases(settings.data)) as stored:
        passages = list(stored.every_passage())
    prefixes = {
        release.id: passage_prefix(release, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens)
        for release in {passage.release.id: passage.release for passage in passages}.values()
    }
    return [embedded_text(prefixes[p.release.id], p.release.body, p) for p in passages]


if __name__ == "__main__":
    end(main)
