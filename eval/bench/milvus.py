"""What search on a Milvus server costs, and whether it ranks as files on this machine do.

Run it with ``PRESSQA_INDEX=milvus://HOST:PORT python -m eval.bench.milvus GOLD --corpus PATH [--distractors PATH]
[--write FILE]``. It indexes the releases, asks every question of the set of both, and prints the bytes of a passage
(index/search/milvus/RUNBOOK.md works with them), how the rankings differ, and how long each took.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.bench.timing import end
from eval.runs.ask import open_model
from eval.runs.corpus import gather, indexed
from eval.runs.vector_cache import default_cache
from eval.sets.load import load_set
from index.catalog.reader import Catalog
from index.catalog.sqlite import FILE
from index.errors import PressqaError
from index.models.question_adapter import adapted
from index.open import open_index
from index.protocols import PassageIndex
from index.search.milvus.schema import row
from index.types import Hit
from qa.compose import ranking_of
from qa.settings import Settings

_DEPTH = 10
"""How many hits of each ranking are compared: as many passages as the reader reads."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """The bytes that a passage has on average, and its numbers of words, all of them and distinct ones.

    ``catalog`` are those of the catalog's file, with releases, revisions, figures and vectors.
    """

    passages: int
    vector: float
    text: float
    words: float
    distinct_words: float
    catalog: float


@dataclass(frozen=True, slots=True)
class Rankings:
    """How two rankings of the same questions differ.

    ``same_first`` and ``same_order`` are the shares of questions whose first hit, and whose best ten in their order,
    are the same; ``shared`` is the share of the best ten that both have; ``largest`` is the largest difference between
    the two scores of a passage.
    """

    questions: int
    same_first: float
    same_order: float
    shared: float
    largest: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 2 if there is no server."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.milvus", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--corpus", type=Path, nargs="+", required=True)
    parser.add_argument("--distractors", type=Path, nargs="*", default=[])
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--write", type=Path, help="a file for the result, as JSON")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    if settings.index is None:
        parser.error("PRESSQA_INDEX names no server, such as milvus://127.0.0.1:19530")
    gold = load_set(chosen.gold)
    corpus = gather(gold, chosen.corpus, chosen.distractors)
    settings = settings.model_copy(update={"models": settings.models or chosen.cache / "models"})
    embedder = open_model(settings)
    questions = [question.text for question in gold.questions]
    result: dict[str, object] = {}
    try:
        with indexed(corpus, settings, embedder, chosen.cache) as placed:
            result["bytes"] = asdict(sizes(placed.data))
            found: list[list[tuple[Hit, ...]]] = []
            for name, server in (("files", None), ("milvus", placed.index)):
                encoder = adapted(embedder, settings.adapter)
                opened = open_index(placed.data, lambda encoder=encoder: encoder, ranking_of(placed), server)  # type: ignore[misc]
                with closing(opened) as index:
                    hits, first = _timed(index, questions)
                    again, later = _timed(index, questions)
                    assert hits == again, "the same question found something else the second time"
                    found.append(hits)
                    result[f"{name}_ms"] = {"first": first, "again": later}
            result["rankings"] = asdict(compared(*found))
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        return 2
    text = json.dumps(result, indent=1)
    print(text)
    if chosen.write:
        chosen.write.write_text(text + "\n", "utf-8")
    return 0


def sizes(data: Path) -> Bytes:
    """Return what the passages of an index come to as rows of a collection."""
    with closing(Catalog(data)) as catalog:
        ids = catalog.delta(0).put
        vectors = catalog.vectors(ids)
        rows = [row(document, vector) for document, vector in zip(catalog.documents(ids), vectors, strict=True)]
    mean: Callable[[Sequence[int]], float] = statistics.fmean
    return Bytes(
        len(rows),
        float(vectors.shape[1] * vectors.itemsize),
        mean([len(each["text"].encode()) for each in rows]),
        mean([each["length"] for each in rows]),
        mean([len(set(each["text"].split())) for each in rows]),
        (data / FILE).stat().st_size / len(rows),
    )


def compared(one: Sequence[Sequence[Hit]], other: Sequence[Sequence[Hit]]) -> Rankings:
    """Return how the best hits of two indexes differ, question by question."""
    scores = [[{hit.passage.id: hit.score for hit in hits} for hits in index] for index in (one, other)]
    pairs = list(zip(*scores, strict=True))
    return Rankings(
        len(pairs),
        statistics.fmean(list(a)[:1] == list(b)[:1] for a, b in pairs),
        statistics.fmean(list(a) == list(b) for a, b in pairs),
        statistics.fmean(len(a.keys() & b.keys()) / max(len(a), len(b), 1) for a, b in pairs),
        max((abs(a[i] - b[i]) for a, b in pairs for i in a.keys() & b.keys()), default=0.0),
    )


def _timed(index: PassageIndex, questions: Sequence[str]) -> tuple[list[tuple[Hit, ...]], dict[str, float]]:
    """Return the hits for each question, and the median and longest search in milliseconds."""
    hits, taken = [], []
    for question in questions:
        begun = time.perf_counter()
        hits.append(index.search(question, _DEPTH).hits)
        taken.append((time.perf_counter() - begun) * 1e3)
    return hits, {"median": round(statistics.median(taken), 1), "longest": round(max(taken), 1)}


if __name__ == "__main__":
    end(main)
