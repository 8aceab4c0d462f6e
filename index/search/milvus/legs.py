"""The two legs of a search over a collection of Milvus.

Milvus finds the candidates; what it says of them is then made independent of how it divides its data. Its BM25 counts
words in one shard (`milvus-lite`: in one segment), so the candidates are scored again with the counts of the whole
collection, and scores of different shards and days can be compared.

The legs search by the alias: when a publication switches it, they go on in the new collection.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from index.errors import InputError
from index.search.legs import KeywordWeights, best
from index.search.milvus.expressions import expression
from index.search.milvus.schema import K1, B
from index.search.milvus.server import READ, Server
from index.search.milvus.words import asked_words
from index.types import SearchFilter, Vectors

MOST = 16_384
"""How many rows Milvus returns for a search or a query at most."""

_SCAN = 200_000
"""Up to how many passages are compared one by one where Milvus finds too few (set by judgement: a few seconds)."""

_SPARE = 4
"""How many times as many candidates as passages are asked of Milvus's BM25, whose order is that of a shard's counts.

With 2, among 3,877 passages in 16 partitions of milvus-lite, the best ten of 3 in 41 questions were not those of the
files on one machine; with 4 all were.
"""

_CANDIDATES = 400
"""How many candidates are asked for at least."""

_AT_ONCE = 1_000
"""How many vectors are fetched in one request: 1.5 MB of 384 dimensions."""

_BREADTH = 4
"""How many times as many nodes of a graph as passages are looked at; below 1, Milvus refuses the search."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection by its alias; ``words`` is the number of words in all its passages when it was published."""

    server: Server
    alias: str
    words: int
    _counts: dict[str, int] = field(default_factory=dict)

    def count(self, condition: str = "") -> int:
        """Return how many rows fulfil a condition."""
        rows = self.server.loaded(
            self.alias,
            lambda client: client.query(self.alias, filter=condition, output_fields=["count(*)"], **READ),
        )
        return int(rows[0]["count(*)"])

    def held(self) -> int:
        """Return how many passages there were when this was first asked."""
        if "" not in self._counts:
            self._counts[""] = self.count()
        return self._counts[""]

    def holding(self, word: str) -> int:
        """Return how many passages had a word when this was first asked."""
        if word not in self._counts:
            self._counts[word] = self.count(f'text_match(text, "{word}")')
        return self._counts[word]

    def rarity(self, word: str) -> float:
        """Return the inverse document frequency of a word, as BM25 has it."""
        count = min(self.holding(word), self.held())  # a publication may come between the two
        return math.log1p((self.held() - count + 0.5) / (count + 0.5))

    def search(self, field_name: str, asked: Any, limit: int, condition: str, **more: Any) -> list[Any]:
        """Return the best rows that Milvus finds in a field, as it returns them; ``asked`` is a vector or text."""
        found = self.server.loaded(
            self.alias,
            lambda client: client.search(
                self.alias,
                data=[asked],
                anns_field=field_name,
                limit=limit,
                filter=condition,
                **READ,
                **more,
            ),
        )
        return list(found[0])

    def rows(self, condition: str, fields: list[str]) -> Iterable[Any]:
        """Yield the rows that fulfil a condition, whatever their number."""
        iterator = self.server.loaded(
            self.alias,
            lambda client: client.query_iterator(
                self.alias, batch_size=_AT_ONCE, filter=condition, output_fields=fields, **READ
            ),
        )
        try:
            while batch := self.server.call(lambda _: iterator.next()):
                yield from batch
        finally:
            iterator.close()

    def vectors(self, ids: list[int]) -> dict[int, Vectors]:
        """Return the stored vectors of those ids that are held."""
        found: dict[int, Vectors] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            rows = self.server.loaded(
                self.alias,
                lambda client, some=some: client.query(  # type: ignore[misc]  # the default is typed by the loop
                    self.alias, ids=some, output_fields=["id", "vector"], **READ
                ),
            )
            found |= {row["id"]: np.asarray(row["vector"], dtype=np.float32) for row in rows}
        return found


class MilvusVectorLeg:
    """The `VectorLeg` over a collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def __len__(self) -> int:
        return self._collection.held()

    def search(self, vector: Vectors, k: int, where: SearchFilter) -> list[tuple[int, float]]:
        """Return the ``k`` best (passage id, cosine) pairs, best first, ties by id.

        A collection of the layout "flat" is searched exactly, one with a graph nearly so; fewer than ``k`` are returned
        only if the filter lets no more through. Raises `InputError` for more than Milvus can return.
        """
        if k <= 0:
            return []
        condition = expression(where)
        asked = np.asarray(vector, dtype=np.float32)

        def fetch(limit: int) -> list[tuple[int, float]]:
            limit = min(limit, MOST)
            parameters = {"metric_type": "IP", "params": {"ef": min(_BREADTH * limit, 32_768)}}
            hits = self._collection.search(
                "vector", asked.tolist(), limit, condition, output_fields=["id"], search_params=parameters
            )
            return [(int(hit["id"]), float(hit["distance"])) for hit in hits]

        pairs = best(fetch, k)
        if len(pairs) == k or (allowed := self._collection.count(condition)) <= len(pairs):
            return pairs
        # A graph leads past some of the passages of a narrow filter, and Milvus returns no more than `MOST`.
        if allowed > _SCAN:
            raise InputError(f"{k} passages are more than Milvus can rank at a time", f"ask for {MOST - 1} at most")
        rows = self._collection.rows(condition, ["id", "vector"])
        scored = ((int(row["id"]), float(np.dot(np.asarray(row["vector"], np.float32), asked))) for row in rows)
        return heapq.nsmallest(k, scored, key=lambda pair: (-pair[1], pair[0]))

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Return the exact cosine of the question to each of ``ids`` that is held."""
        asked = np.asarray(vector, dtype=np.float32)
        return {i: float(np.dot(held, asked)) for i, held in self._collection.vectors(list(ids)).items()}


class MilvusKeywordLeg:
    """The `KeywordLeg` over a collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def __len__(self) -> int:
        return self._collection.held()

    def search(self, question: str, k: int, where: SearchFilter, weights: KeywordWeights) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, BM25) pairs, best first, ties by id.

        Milvus's BM25 finds the candidates, four times as many; their scores are BM25 with the counts of the whole
        collection. Raises `InputError` if titles or pairs are to count: Milvus holds the words of passages alone.
        """
        check_weights(weights)
        words = asked_words(question)
        if not words or k <= 0 or not self._collection.held():
            return []
        limit = min(max(_SPARE * k, _CANDIDATES), MOST)
        hits = self._collection.search(
            "words",
            " ".join(words),
            limit,
            expression(where),
            output_fields=["text"],
            search_params={"metric_type": "BM25"},
        )
        if not hits:
            return []
        rarity = {word: self._collection.rarity(word) for word in words}
        average = self._collection.words / self._collection.held() or 1.0
        scored = [(int(hit["id"]), bm25(hit["entity"]["text"], rarity, average)) for hit in hits]
        return heapq.nsmallest(k, (pair for pair in scored if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))

    def information(self, question: str) -> float:
        """Return the sum of the inverse document frequencies of a question's words."""
        return math.fsum(self._collection.rarity(word) for word in asked_words(question))


def check_weights(weights: KeywordWeights) -> None:
    """Raise `InputError` if titles or pairs of words are to count."""
    if weights.title > 0 or weights.pair > 0:
        raise InputError(
            f"PRESSQA_TITLE_WEIGHT is {weights.title} and PRESSQA_PAIR_WEIGHT is {weights.pair}: in Milvus neither"
            " titles nor pairs of words are counted",
            "leave both at 0, or unset PRESSQA_INDEX",
        )


def bm25(text: str, rarity: dict[str, float], average: float) -> float:
    """Return the BM25 score of a stored text for the words in ``rarity``, which has their inverse document frequency.

    ``average`` is the number of words in a passage on average. Lengths are rounded as tantivy rounds them, so that both
    give the same scores: the weights of the fusion and the calibration of the reader were chosen with these.
    """
    counts = Counter(text.split())
    norm = K1 * (1 - B + B * kept_length(counts.total()) / average)
    return math.fsum(rare * counts[word] * (K1 + 1) / (counts[word] + norm) for word, rare in rarity.items())


def kept_length(words: int) -> int:
    """Return a length in words as tantivy and Lucene keep it in one byte: from 40 on, 24 and four significant bits."""
    dropped = max((words - 24).bit_length() - 4, 0) if words > 40 else 0
    return words - ((words - 24) & ((1 << dropped) - 1))
