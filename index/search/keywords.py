"""The keyword leg: BM25 over passage text and release title, in a tantivy index made from the catalog."""

import contextlib
import math
import os
import shutil
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import tantivy

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER, bounds
from index.search.legs import KeywordWeights, best
from index.text.publishers import publisher_key
from index.text.terms import analyser, question_stems, terms
from index.types import SearchFilter

_SLOP = 0
"""How many words may lie between the two question terms of a pair; 0 was chosen on the development sets, over 2."""

_HEAP = 30_000_000
"""The memory in bytes that tantivy's writer may use before it writes a segment; tantivy's minimum is 15 MB a thread."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Signed on purpose: deleting by term from an unsigned field silently deletes nothing (tantivy-py 0.27).
    for name in ("id", "published", "valid_from", "valid_to"):
        builder.add_integer_field(name, stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name="terms", index_option="position")
    builder.add_text_field("title", stored=False, tokenizer_name="terms", index_option="freq")
    builder.add_text_field("publisher", stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


class KeywordIndex:
    """The `KeywordLeg` over a tantivy index in a folder, or in memory if the folder is None."""

    def __init__(self, folder: Path | None) -> None:
        self._schema = _schema()
        self._superseded: bool | None = None
        with contextlib.ExitStack() as stack:
            if folder is not None and not os.access(folder, os.W_OK):
                # tantivy must write a lock file to open; what it has mapped stays readable once the copy is gone.
                copy = tempfile.TemporaryDirectory(prefix="pressqa-", ignore_cleanup_errors=True)
                target = Path(stack.enter_context(copy))
                for path in folder.iterdir():
                    if not path.name.endswith(".lock"):
                        shutil.copyfile(path, target / path.name)
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

    def update(self, documents: Iterable[KeywordDocument], removed: Iterable[int]) -> None:
        """Add ``documents`` (replacing those with the same ids), delete ``removed``, and commit both at once.

        Raises OSError if the index cannot be written.
        """
        documents = list(documents)
        try:
            self._update(documents, removed)
        except ValueError as error:  # the only class of error that tantivy raises
            raise OSError(f"keyword index: {error}") from error

    def _update(self, documents: Iterable[KeywordDocument], removed: Iterable[int]) -> None:
        # One thread: several would distribute documents over segments differently from run to run.
        writer = self._index.writer(_HEAP, 1)
        for passage_id in removed:
            writer.delete_documents_by_term("id", passage_id)
        for item in documents:
            writer.delete_documents_by_term("id", item.id)
            document = tantivy.Document()
            for name in ("id", "published", "valid_from", "valid_to"):
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
        self._superseded = None

    def search(self, question: str, k: int, where: SearchFilter, weights: KeywordWeights) -> list[tuple[int, float]]:
        """Return up to ``k`` (passage id, BM25) pairs, best first, ties by id.

        The score is BM25 of the passage (k1 = 1.2, b = 0.75; Robertson and Zaragoza 2009), plus ``weights.title``
        times BM25 of its release's title, plus ``weights.pair`` times BM25 of neighbouring question terms that are also
        neighbours in the passage (the ordered window of Metzler and Croft 2005).
        """
        words = question_stems(question)
        if not words or k <= 0 or not len(self):
            return []
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
        searcher = self._searcher

        def fetch(limit: int) -> list[tuple[int, float]]:
            hits = searcher.search(query, limit=min(limit, searcher.num_docs), count=False).hits
            ids = searcher.fast_field_values("id", [address for _, address in hits])
            return [(int(i or 0), float(score)) for i, (score, _) in zip(ids, hits, strict=True)]

        return best(fetch, k)

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
        days = rule.days
        if where.as_of is None and not self._has_superseded():
            del days["valid_to"]  # every passage here fulfils it, and the query would cost time
        queries = [self._range(field, low, high) for field, (low, high) in days.items()]
        if rule.publisher is not None:
            queries.append(tantivy.Query.term_query(self._schema, "publisher", rule.publisher))
        return queries

    def _has_superseded(self) -> bool:
        """Return True if any passage here belongs to a superseded revision."""
        if self._superseded is None:
            earlier = self._range("valid_to", None, FOREVER - 1)
            self._superseded = bool(self._searcher.search(earlier, limit=1, count=False).hits)
        return self._superseded

    def _range(self, field: str, low: int | None, high: int | None) -> tantivy.Query:
        return tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)
