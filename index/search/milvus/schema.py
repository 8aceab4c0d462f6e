"""What a collection holds of a passage, and how it is laid out for its size.

A row has the id of the passage in the catalog, its unit vector, its words, and a field for each condition of a
`SearchFilter` (`index.catalog.validity.bounds`), so that Milvus filters before it scores.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.catalog.changes import KeywordDocument
from index.search.milvus.server import READ
from index.search.milvus.words import stored_words
from index.text.publishers import publisher_key
from index.types import Vectors

SCHEMA = 1
"""The number of the schema of collections: raised whenever a collection made before cannot be searched any more."""

K1, B = 1.2, 0.75
"""BM25's parameters (Robertson and Zaragoza 2009), those of the keyword index on one machine."""

DAYS = ("published", "valid_from", "valid_to")
"""The fields of days, as `date.toordinal` counts them."""

_TEXT_BYTES = 65_535
"""How many bytes a VARCHAR field takes at most."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a collection is laid out: the index over its vectors, and into how many parts publishers are divided.

    ``passages`` is the size up to which it serves; None for any size.
    """

    name: str
    passages: int | None
    partitions: int
    index_type: str
    parameters: tuple[tuple[str, int], ...]


LAYOUTS = (
    # Every vector is compared: exact, and for 100 thousand of 384 dimensions a few milliseconds.
    Layout("flat", 100_000, 1, "FLAT", ()),
    # A graph over whole vectors (Malkov and Yashunin 2018), with the parameters that Milvus itself suggests.
    Layout("graph", None, 64, "HNSW", (("M", 16), ("efConstruction", 200))),
)
"""The layouts by size, the smallest first. A publication that outgrows one makes a new collection of the next."""


def layout_for(passages: int) -> Layout:
    """Return the layout of a collection that is made with this number of passages."""
    return next(each for each in LAYOUTS if each.passages is None or passages <= each.passages)


def publisher_field(key: str) -> str:
    """Return what is stored for a publisher: a digest of its `publisher_key`, which needs no quoting in expressions."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def row(document: KeywordDocument, vector: Vectors) -> dict[str, Any]:
    """Return the row of a passage; ``vector`` has shape (dimension,)."""
    words = _fitting(stored_words(document.text))
    return {
        "id": document.id,
        "publisher": publisher_field(publisher_key(document.publisher)),
        **{name: getattr(document, name) for name in DAYS},
        "length": len(words),
        # Milvus has no word for nothing; no word of a text is both digit and letter in this order.
        "text": " ".join(words) or "0x",
        "vector": np.asarray(vector, dtype=np.float32),
    }


def _fitting(words: list[str]) -> list[str]:
    """Return as many words as a field takes; only a table of thousands of words in one passage has more."""
    room = _TEXT_BYTES
    for count, word in enumerate(words):
        room -= len(word.encode()) + 1
        if room < 0:
            return words[:count]
    return words


def create(client: Any, name: str, dimension: int, layout: Layout) -> None:
    """Make an empty collection with its indexes, and load it."""
    from pymilvus import DataType, Function, FunctionType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("publisher", DataType.VARCHAR, max_length=32, is_partition_key=True)
    for day in DAYS:
        schema.add_field(day, DataType.INT64)
    schema.add_field("length", DataType.INT64)
    analyser = {"tokenizer": "standard", "filter": ["lowercase"]}  # words are stems already
    schema.add_field(
        "text",
        DataType.VARCHAR,
        max_length=_TEXT_BYTES,
        enable_analyzer=True,
        enable_match=True,
        analyzer_params=analyser,
    )
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["text"],
            output_field_names=["words"],
        )
    )
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type=layout.index_type, metric_type="IP", params=dict(layout.parameters))
    parameters = {"bm25_k1": K1, "bm25_b": B}
    indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=parameters)
    for field in ("publisher", *DAYS):
        indexes.add_index(field, index_type="INVERTED")
    client.create_collection(
        name,
        schema=schema,
        index_params=indexes,
        num_partitions=layout.partitions,
        **READ,  # the default of those who say nothing
    )
