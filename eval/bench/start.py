"""How long a question takes from process start to printed answer, compared with a script of sentence-transformers.

The script only searches, with FAISS; pressqa reads the answer too. (Before it did, the targets were 8 times as fast
and 1 second.)

Run it with ``python -m eval.bench.start [--corpus PATH]``; it exits with 1 when a target is missed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from eval.bench.timing import PRESSQA, end, time_commands, verdict
from index.models.names import find_default_model
from index.open import open_releases
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import ingest

SAMPLE = Path(__file__).parents[1] / "data" / "home-office-summaries.txt"
QUESTION = "how many foreign criminals were removed?"
MAX_SECONDS = 1.2
MIN_RATIO = 5.0
"""The targets: the longest time from start to answer, and how many times faster than the script it must be."""

BY_HAND = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
model, folder, question = sys.argv[1:]
index = faiss.read_index(folder + "/by-hand.faiss")
passages = json.load(open(folder + "/by-hand.json", encoding="utf-8"))
vector = SentenceTransformer(model, device="cpu").encode([question], normalize_embeddings=True)
_, found = index.search(vector, 5)
for i in found[0]:
    print(passages[i])
"""

MAKE = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
model, folder = sys.argv[1:]
passages = json.load(open(folder + "/by-hand.json", encoding="utf-8"))
vectors = SentenceTransformer(model, device="cpu").encode(passages, normalize_embeddings=True)
index = faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
faiss.write_index(index, folder + "/by-hand.faiss")
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.start", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SAMPLE, help="the releases to ask (default: the sample)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        report = ingest(
            Settings(data=folder, catalog=None), [chosen.corpus], None, PlainLines("ingesting"), today=date.today()
        )
        print(f"{report.added} releases, {report.passages} passages; medians of {chosen.rounds}, run in turn")
        _make_by_hand(folder)
        ours = [PRESSQA, "ask", QUESTION, "--data", temporary]
        theirs = [sys.executable, "-c", BY_HAND, str(find_default_model()), temporary, QUESTION]
        taken = time_commands({"pressqa": ours, "by hand": theirs}, chosen.rounds)
    print(f"by hand, with sentence-transformers and FAISS: {taken['by hand']:.2f} s")
    fast = verdict("pressqa ask, process start to answer", taken["pressqa"], MAX_SECONDS, "s", at_most=True)
    ratio = taken["by hand"] / taken["pressqa"]
    return 0 if verdict("times faster than by hand", ratio, MIN_RATIO, "x", at_most=False) and fast else 1


def _make_by_hand(folder: Path) -> None:
    """Give the script by hand the same passages, with their vectors stored in advance."""
    with closing(open_releases(folder)) as stored:
        passages = [passage.text for passage in stored.every_passage()]
    (folder / "by-hand.json").write_text(json.dumps(passages), "utf-8")
    subprocess.run([sys.executable, "-c", MAKE, str(find_default_model()), str(folder)], check=True)


if __name__ == "__main__":
    end(main)
