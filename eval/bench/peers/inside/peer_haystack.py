"""haystack: documents in memory, BM25 and embedding retrievers joined by reciprocal rank fusion, saved as JSON."""

import json
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

CANDIDATES = 10
"""How many times as many candidates each leg hands to the joiner as are asked for."""

_CPU = ComponentDevice.from_str("cpu")
_loaded: dict[str, SentenceTransformersDocumentEmbedder] = {}


def prepare(model: str) -> None:
    """Load the model and use it once, which is not part of the time of an ingest."""
    embedder = SentenceTransformersDocumentEmbedder(
        model=model, device=_CPU, batch_size=32, progress_bar=False, normalize_embeddings=True
    )
    embedder.run(documents=[Document(content="a text")])
    _loaded[model] = embedder


def build(folder: str, model: str, passages: str) -> None:
    """Embed the documents, write them into a store and save it."""
    rows = [json.loads(line) for line in Path(passages).read_text("utf-8").splitlines()]
    documents = [Document(id=row["id"], content=row["text"]) for row in rows]
    store = InMemoryDocumentStore()
    store.write_documents(_loaded[model].run(documents=documents)["documents"])
    store.save_to_disk(f"{folder}/store.json")


class Searcher:
    """The store, open, and a pipeline over it."""

    def __init__(self, folder: str, model: str) -> None:
        store = InMemoryDocumentStore.load_from_disk(f"{folder}/store.json")
        pipeline = Pipeline()
        pipeline.add_component(
            "embedder",
            SentenceTransformersTextEmbedder(model=model, device=_CPU, progress_bar=False, normalize_embeddings=True),
        )
        pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, return_embedding=False))
        pipeline.add_component("words", InMemoryBM25Retriever(store))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "vectors.query_embedding")
        pipeline.connect("vectors", "joiner")
        pipeline.connect("words", "joiner")
        pipeline.warm_up()
        self._pipeline = pipeline

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Return the ids and texts of the best passages."""
        found = self._pipeline.run(
            {
                "embedder": {"text": question},
                "vectors": {"top_k": CANDIDATES * k},
                "words": {"query": question, "top_k": CANDIDATES * k},
                "joiner": {"top_k": k},
            }
        )
        return [(document.id, document.content or "") for document in found["joiner"]["documents"]]
