"""txtai's embeddings database: FAISS and BM25 (``hybrid``), texts kept in it (``content``)."""

import json
from pathlib import Path
from typing import Any

from txtai import Embeddings

_loaded: dict[str, Any] = {}


def prepare(model: str) -> None:
    """Load the model and use it once, which is not part of the time of an ingest."""
    database = Embeddings(path=model, hybrid=True, content=True, gpu=False)
    database.batchtransform(["a text"])
    _loaded[model] = database


def build(folder: str, model: str, passages: str) -> None:
    """Index the passages and save the database."""
    rows = [json.loads(line) for line in Path(passages).read_text("utf-8").splitlines()]
    _loaded[model].index([(row["id"], row["text"], None) for row in rows])
    _loaded[model].save(folder)


class Searcher:
    """The database, open."""

    def __init__(self, folder: str, model: str) -> None:
        self._database = Embeddings()
        self._database.load(folder)

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Return the ids and texts of the best passages."""
        return [(found["id"], found["text"]) for found in self._database.search(question, k)]
