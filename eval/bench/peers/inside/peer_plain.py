"""What a person writes by hand: sentence-transformers and an exact FAISS index, vectors only."""

import json
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

_loaded: dict[str, SentenceTransformer] = {}


def prepare(model: str) -> None:
    """Load the model and use it once, which is not part of the time of an ingest."""
    _loaded[model] = SentenceTransformer(model, device="cpu")
    _loaded[model].encode(["a text"])


def build(folder: str, model: str, passages: str) -> None:
    """Make the index and keep the texts beside it."""
    rows = [json.loads(line) for line in Path(passages).read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows]
    vectors = _loaded[model].encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, f"{folder}/plain.faiss")
    Path(folder, "passages.json").write_text(json.dumps(rows), "utf-8")


class Searcher:
    """The index, open."""

    def __init__(self, folder: str, model: str) -> None:
        self._model = SentenceTransformer(model, device="cpu")
        self._index = faiss.read_index(f"{folder}/plain.faiss")
        self._rows = json.loads(Path(folder, "passages.json").read_text("utf-8"))

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Return the ids and texts of the best passages."""
        vector = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, found = self._index.search(vector, k)
        return [(self._rows[row]["id"], self._rows[row]["text"]) for row in found[0]]
