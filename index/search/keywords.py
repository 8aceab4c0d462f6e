"""The keyword leg: BM25 over passage text and release title, in a tantivy index made from the catalog."""

import contextlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.catalog.changes import KeywordDocument
from index.catalog.validity import bounds
from index.disk.links import refer
from index.disk.scratch import scratch
from index.search.legs import KeywordWeights, best
from index.search.rows import Held
from index.text.publishers import publisher_key
from index.text.terms import analyser, question_stems, terms
from index.types import Ids, SearchFilter

_SLOP = 0
"""How many words may lie between the two question terms of a pair; 0 was chosen on the development sets, over 2."""

_HEAP = 128_000_000
"""The memory in bytes that tantivy's writer may use before it writes a segment: more than a part of an index needs, so
that it becomes one segment. Less is used for less; tantivy's minimum is 15 MB a thread."""

META = "meta.json"
"""The name of the file in which tantivy lists the segments of an index."""

_DAYS = ("published", "valid_from")
"""The days that tantivy knows of a passage. When it ceased to be valid is in `index.search.rows`: that changes."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("id", *_DAYS):
        builder.add_integer_field(name, stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name="terms", index_option="position")
    builder.add_text_field("title", stored=False, tokenizer_name="terms", index_option="freq")
    builder.add_text_field("publisher", stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


def write_words(folder: Path, documents: Iterable[KeywordDocument]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Write a keyword index of documents to ``folder``, without its list of segments.

    Return the list as tantivy made it, and the names of the files. Raises OSError.
    """
    # tantivy flushes each file to the disk, one after another; whoever publishes them flushes all of them at once.
    with scratch(folder) as made:
        KeywordIndex(made).add(documents)
        paths = [path for path in index_files(made) if path.suffix != ".json"]
        for path in paths:
            shutil.copyfile(path, folder / path.name)
        return json.loads((made / META).read_text("utf-8")), tuple(path.name for path in paths)


def empty_list(folder: Path) -> dict[str, Any]:
    """Return the list that tantivy makes for an index without segments, which is made in ``folder`` for a moment."""
    with scratch(folder) as made:
        KeywordIndex(made)
        record: dict[str, Any] = json.loads((made / META).read_text("utf-8"))
        return record


def join(folder: Path, template: dict[str, Any], segments: Sequence[dict[str, Any]]) -> None:
    """Make one keyword index of segments whose files are in ``folder`` already, by writing their list.

    ``template`` is the list of any index, and ``segments`` come from the lists of those that the files were made with.
    tantivy never changes a segment's files and sums its statistics over the segments, so scores are those of one index
    over all documents. Raises OSError.
    """
    (folder / META).write_text(json.dumps(template | {"segments": list(segments)}), "utf-8")


def index_files(folder: Path) -> list[Path]:
    """Return the files of a keyword index, without the locks that tantivy makes to open it, by name."""
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".lock"))


class KeywordIndex:
    """A tantivy index in a folder, or in memory if the folder is None, of documents that stay as they were added."""

    def __init__(self, folder: Path | None) -> None:
        """Open the index in a folder, or make an empty one; raises ValueError if it holds something else."""
        self._schema = _schema()
        with contextlib.ExitStack() as stack:
            if folder is not None and not os.access(folder, os.W_OK):
                # tantivy must write a lock file to open; what it has mapped stays readable once these links are gone.
                elsewhere = tempfile.TemporaryDirectory(prefix="pressqa-", ignore_cleanup_errors=True)
                target = Path(stack.enter_context(elsewhere))
                for path in index_files(folder):
                    refer(path.resolve(), target / path.name)
                folder = target
            try:
                self._index = tantivy.Index(self._schema, path=str(folder) if folder else None)
                self._index.register_tokenizer("terms", analyser())
                self._index.reload()
                self._searcher = self._index.searcher()
            except ValueError as error:
                raise ValueError(f"not a keyword index: {folder}") from error

    def __len__(self) -> int:
        return self._searcher.num_docs

    def add(self, documents: Iterable[KeywordDocument]) -> None:
        """Add documents whose ids are not in the index, and commit all of them at once; raises OSError."""
        try:
            self._add(documents)
        except ValueError as error:  # the only class of error that tantivy raises
            raise OSError(f"keyword index: {error}") from error

    def _add(self, documents: Iterable[KeywordDocument]) -> None:
        # One thread: several would distribute documents over segments differently from run to run.
        writer = self._index.writer(_HEAP, 1)
        for item in documents:
            document = tantivy.Document()
            for name in ("id", *_DAYS):
                document.add_integer(name, getattr(item, name))
            # Our own normalisation runs first: the analyser then only splits at spaces and stems.
            document.add_text("text", " ".join(terms(item.text)))
            document.add_text("title", " ".join(terms(item.title)))
            document.add_text("publisher", publisher_key(item.publisher))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(
        self,
        question: str,
        k: int,
        where: SearchFilter,
        weights: KeywordWeights,
        sees: Callable[[Ids], NDArray[np.bool_]] | None = None,
    ) -> list[tuple[int, float]]:
        """Return up to ``k`` (document id, BM25) pairs, best first, ties by id.

        The score is BM25 of the passage (k1 = 1.2, b = 0.75; Robertson and Zaragoza 2009), plus ``weights.title``
        times BM25 of its release's title, plus ``weights.pair`` times BM25 of neighbouring question terms that are also
        neighbours in the passage (the ordered window of Metzler and Croft 2005).

        What ``where`` asks of ``valid_to`` is not known here: ``sees`` says for ids which of them may be returned, None
        that all may. A filter moves no score, so those that may not are passed over until ``k`` are found.
        """
        words = question_stems(question)
        if not words or k <= 0 or not len(self):
            return []
        query = self._query(words, where, weights)
        searcher = self._searcher

        def fetch(limit: int) -> list[tuple[int, float]]:
            asked = limit
            while True:
                hits = searcher.search(query, limit=min(asked, searcher.num_docs), count=False).hits
                ids = searcher.fast_field_values("id", [address for _, address in hits])
                pairs = [(int(i or 0), float(score)) for i, (score, _) in zip(ids, hits, strict=True)]
                if sees is not None:
                    seen = sees(np.array([i for i, _ in pairs], dtype=np.int64))
                    pairs = [pair for pair, is_seen in zip(pairs, seen.tolist(), strict=True) if is_seen]
                if len(hits) < asked or len(pairs) >= limit:
                    return pairs[:limit]
                asked *= 4

        return best(fetch, k)

    def _query(self, words: Sequence[str], where: SearchFilter, weights: KeywordWeights) -> tantivy.Query:
        clauses = []
        for word in words:
            clauses.append((tantivy.Occur.Should, self._term("text", word)))
            if weights.title > 0:
                title = tantivy.Query.boost_query(self._term("title", word), weights.title)
                clauses.append((tantivy.Occur.Should, title))
        if weights.pair > 0:
            for pair in pairwise(words):
                together = tantivy.Query.phrase_query(self._schema, "text", list(pair), _SLOP)
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(together, weights.pair)))
        query = tantivy.Query.boolean_query(clauses)
        restrictions = self._restrictions(where)
        if restrictions:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query)]
                # A constant score of zero: a filter must not move the ranking.
                + [(tantivy.Occur.Must, tantivy.Query.const_score_query(q, 0.0)) for q in restrictions]
            )
        return query

    def information(self, question: str) -> float:
        """Return the sum of the inverse document frequencies of a question's terms, as BM25 has them."""
        passages = len(self)
        holding = (self._searcher.doc_freq("text", word) for word in question_stems(question))
        return math.fsum(math.log1p((passages - count + 0.5) / (count + 0.5)) for count in holding)

    def _term(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word, index_option="freq")

    def _restrictions(self, where: SearchFilter) -> list[tantivy.Query]:
        """Return the conditions of a filter (`index.catalog.validity.bounds`) as queries that must all match."""
        rule = bounds(where)
        queries = [
            tantivy.Query.range_query(self._schema, name, tantivy.FieldType.Integer, low, high)
            for name, (low, high) in rule.days.items()
            if name in _DAYS
        ]
        if rule.publisher is not None:
            queries.append(tantivy.Query.term_query(self._schema, "publisher", rule.publisher))
        return queries


class LocalKeywordLeg:
    """The `KeywordLeg` over a keyword index and what is held of its documents. It never changes."""

    def __init__(self, index: KeywordIndex, held: Held) -> None:
        self._index = index
        self._held = held

    def __len__(self) -> int:
        return len(self._index) - self._held.removed

    def search(self, question: str, k: int, where: SearchFilter, weights: KeywordWeights) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, BM25) pairs, best first, ties by id; see `KeywordIndex.search`."""
        if self._held.is_plain:
            return self._index.search(question, k, where, weights)
        allowed = self._held.allowed(where)
        if allowed is not None and not allowed.count:
            return []

        def sees(ids: Ids) -> NDArray[np.bool_]:
            places, is_held = self._held.places(ids)
            return is_held if allowed is None else is_held & allowed.mask[places]

        return self._index.search(question, k, where, weights, sees)

    def information(self, question: str) -> float:
        """Return the sum of the inverse document frequencies of a question's terms, as BM25 has them."""
        return self._index.information(question)
