"""LlamaIndex: a FAISS vector store and a BM25 retriever, joined by reciprocal rank fusion."""

import json
from pathlib import Path

import faiss
import Stemmer
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

CANDIDATES = 10
"""How many times as many candidates each leg hands to the fusion as are asked for."""

_loaded: dict[str, HuggingFaceEmbedding] = {}


def _model(model: str) -> HuggingFaceEmbedding:
    return HuggingFaceEmbedding(model_name=model, device="cpu", embed_batch_size=32)


def prepare(model: str) -> None:
    """Load the model and use it once, which is not part of the time of an ingest."""
    _loaded[model] = _model(model)
    _loaded[model].get_text_embedding("a text")


def build(folder: str, model: str, passages: str) -> None:
    """Make both indexes and save them."""
    rows = [json.loads(line) for line in Path(passages).read_text("utf-8").splitlines()]
    nodes = [TextNode(id_=row["id"], text=row["text"]) for row in rows]
    embedder = _loaded[model]
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(len(embedder.get_text_embedding("a text"))))
    storage = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex(nodes, storage_context=storage, embed_model=embedder, store_nodes_override=True)
    index.storage_context.persist(folder)
    BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=min(100, len(nodes)), stemmer=Stemmer.Stemmer("english"), language="english"
    ).persist(f"{folder}/bm25")


class Searcher:
    """Both indexes, open, and their fusion."""

    def __init__(self, folder: str, model: str) -> None:
        storage = StorageContext.from_defaults(
            vector_store=FaissVectorStore.from_persist_dir(folder), persist_dir=folder
        )
        self._vectors = load_index_from_storage(storage, embed_model=_model(model))
        self._words = BM25Retriever.from_persist_dir(f"{folder}/bm25")
        self._made: dict[int, QueryFusionRetriever] = {}

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Return the ids and texts of the best passages."""
        if k not in self._made:
            most = min(CANDIDATES * k, len(self._vectors.index_struct.nodes_dict))  # BM25 refuses to look for more
            self._words.similarity_top_k = most
            legs = [self._vectors.as_retriever(similarity_top_k=most), self._words]
            self._made[k] = QueryFusionRetriever(
                legs,
                llm=MockLLM(),  # one question is asked as it is, so none writes others
                similarity_top_k=k,
                num_queries=1,
                mode="reciprocal_rerank",
                use_async=False,
            )
        return [(found.node.node_id, found.node.get_content()) for found in self._made[k].retrieve(question)]
