"""The search files as collections of a Milvus server, made from the catalog at one of its generations.

Each catalog has one alias, and readers search by it. A publication upserts and deletes what changed since the last one,
then records its generation; killed on the way, it leaves the earlier record, and the next publication does the same
changes again. What needs all passages (a first publication, another model, a larger layout, `pressqa verify`) goes into
a new collection, to which the alias is switched when it is whole; readers notice nothing of it.

While a publication changes rows, a reader may see some of the changes: new passages come first and what they replace
goes last, so that for that long a text may be found in two revisions, but never in none.
"""

import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from index.catalog.changes import Delta
from index.catalog.reader import Catalog
from index.errors import STORAGE, ManifestMismatchError, SearchServerError, StorageError
from index.search.legs import Snapshot
from index.search.milvus.legs import Collection, MilvusKeywordLeg, MilvusVectorLeg
from index.search.milvus.schema import DAYS, LAYOUTS, SCHEMA, Layout, create, layout_for, row
from index.search.milvus.server import CALL_SECONDS, READ, WRITE_PATIENCE, Server
from index.search.milvus.state import State, delete_state, read_state, write_state
from index.types import Ids

_BATCH = 1_000
"""How many passages are sent in one request: about 3 MB, of the 64 MB that gRPC lets through at Milvus."""

_BUILD_SECONDS = 3_600.0
"""How long Milvus may take to seal and load a collection that was made anew."""

_IN_MEMORY = 100_000
"""Up to how many passages a reader makes an index in memory where the server holds none (set by judgement: 1 GB)."""

_VERIFY = "make what the server holds again from the catalog: pressqa verify"


class MilvusFiles:
    """The `SearchFiles` of a catalog on a Milvus server."""

    def __init__(self, catalog: Catalog, server: Server) -> None:
        self._catalog = catalog
        self._server = server
        self._alias = f"pressqa_{catalog.id[:12]}"

    def generation(self) -> int | None:
        """Return the generation of what is published; None if there is none of this catalog, model and schema."""
        _, state = self._published()
        return state.generation if state is not None and self._is_usable(state) else None

    def structure(self) -> str | None:
        """Return in a few words how the vectors are searched; None if nothing of this catalog's state is published."""
        _, state = self._published()
        if state is None or not self._is_usable(state):
            return None
        return "every vector" if state.layout == LAYOUTS[0].name else "a graph over whole vectors"

    def published_at(self) -> float | None:
        """Return when this catalog was published last, as a Unix time; None if it never was."""
        _, state = self._published()
        return state.published if state is not None else None

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published; None if there is none of this catalog's state. With ``thorough``, compare every row.

        Raises `ManifestMismatchError` if it was made by another schema or model, but not with ``thorough``, and
        `SearchServerError`.
        """
        _, state = self._published()
        if state is None:
            return None
        if not thorough:
            self._refuse_foreign(state)
        if not self._is_usable(state) or state.generation > self._catalog.generation():
            return None
        self._server.call(lambda client: client.load_collection(self._alias, timeout=CALL_SECONDS))
        snapshot = self._snapshot(state)
        if thorough and not self._is_sound(state, snapshot):
            return None
        return snapshot

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Bring the collection up to the catalog's generation. The caller must hold the write lock.

        With ``afresh`` a new collection takes its place. Raises `SearchServerError`, and `ManifestMismatchError` for a
        collection of another schema, unless it is to be made afresh.
        """
        self._catalog.read_manifest()  # another process may have embedded the index again since the catalog was opened
        collection, state = self._published()
        if state is not None and not afresh and state.schema != SCHEMA:
            self._refuse_foreign(state)
        if state is not None and (afresh or not self._is_usable(state)):
            state = None
        if state is None:
            return self._publish_afresh()
        assert collection is not None
        if state.generation == self._catalog.generation() and not state.is_changing:
            self._clear(collection)
            return self._snapshot(state)
        delta = self._catalog.delta(state.generation)
        if self._outgrows(state, len(delta.put)):
            return self._publish_afresh()
        return self._publish_changes(collection, state, delta)

    def clean(self) -> None:
        """Do nothing: the server was told to write anew what holds what was removed."""

    def maintain(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Do nothing: the server merges its segments and makes its graphs by itself."""

    def in_memory(self) -> Snapshot:
        """Make both legs in this process, if the index is small; raises `SearchServerError` if it is not.

        That is so while nothing was published yet, or the server holds the passages of an earlier embedding.
        """
        from index.search.files import LocalFiles

        passages = len(self._catalog.delta(0).put)
        if passages > _IN_MEMORY:
            raise SearchServerError(f"{self._server.address} holds none of the {passages:,} passages", _VERIFY)
        return LocalFiles(self._catalog).in_memory()

    def discard(self) -> None:
        """Delete everything that the server holds of this catalog."""
        if self._published()[0] is not None:
            self._write(lambda client: client.drop_alias(self._alias, timeout=CALL_SECONDS))
        self._clear(None)

    def _published(self) -> tuple[str | None, State | None]:
        """Return the collection that the alias leads to, and its record; None for what there is not."""
        found = self._server.find(lambda client: client.describe_alias(self._alias, timeout=CALL_SECONDS))
        if not found:
            return None, None
        collection = str(found["collection_name"])
        return collection, read_state(self._server, collection)

    def _is_usable(self, state: State) -> bool:
        """Return True if a record is of a state that this catalog was in, with the model that it has now."""
        return (
            state.schema == SCHEMA
            and state.catalog == self._catalog.id
            and state.fingerprint == self._catalog.manifest.fingerprint
            # A restored or copied catalog has the same id, but may have had other contents at that generation.
            and state.stamp == self._catalog.stamp(state.generation)
        )

    def _refuse_foreign(self, state: State) -> None:
        if state.schema != SCHEMA:
            raise ManifestMismatchError(
                f"{self._server.address} holds the index in schema {state.schema}, and this pressqa reads {SCHEMA}",
                _VERIFY if state.schema < SCHEMA else f"install the newer pressqa, or {_VERIFY}",
            )
        if state.fingerprint != self._catalog.manifest.fingerprint:
            raise ManifestMismatchError(
                f"{self._server.address} holds vectors of another model ({state.fingerprint[:12]}) than the catalog"
                f" ({self._catalog.manifest.fingerprint[:12]})",
                f"wait until pressqa ingest --reembed is done, or {_VERIFY}",
            )

    def _snapshot(self, state: State) -> Snapshot:
        collection = Collection(self._server, self._alias, state.words)
        return Snapshot(state.generation, MilvusVectorLeg(collection), MilvusKeywordLeg(collection))

    def _outgrows(self, state: State, new: int) -> bool:
        """Return True if a collection would have more passages than its layout is made for."""
        layout = next((each for each in LAYOUTS if each.name == state.layout), LAYOUTS[0])
        if layout.passages is None:
            return False
        return Collection(self._server, self._alias, state.words).held() + new > layout.passages

    def _state(self, delta: Delta, layout: str, words: int) -> State:
        return State(
            SCHEMA,
            self._catalog.id,
            delta.generation,
            self._catalog.stamp(delta.generation),
            self._catalog.manifest.fingerprint,
            layout,
            words,
            time.time(),
        )

    def _publish_afresh(self) -> Snapshot:
        delta = self._catalog.delta(0)
        layout = layout_for(len(delta.put))
        collection = f"{self._alias}_{delta.generation}_{uuid.uuid4().hex[:8]}"
        self._create(collection, layout)
        words = 0
        for rows in self._rows(delta.put):
            self._upsert(collection, rows)
            words += sum(each["length"] for each in rows)
        self._settle(collection)
        state = self._state(delta, layout.name, words)
        write_state(self._server, collection, state)
        self._switch(collection)
        self._drop_files(delta)
        self._clear(collection)
        return self._snapshot(state)

    def _publish_changes(self, collection: str, state: State, delta: Delta) -> Snapshot:
        held = Collection(self._server, self._alias, state.words)
        words = state.words
        if state.is_changing:  # the last publication was killed: count again what it left
            words = sum(int(each["length"]) for each in held.rows("id > 0", ["id", "length"]))
        else:
            write_state(self._server, collection, replace(state, is_changing=True))
        lengths = self._lengths(np.concatenate([delta.put, delta.removed]))
        new = np.array([i for i in delta.put.tolist() if i not in lengths], dtype=np.int64)
        old = np.array([i for i in delta.put.tolist() if i in lengths], dtype=np.int64)
        for ids in (new, old):  # new passages first: what they replace ends with the rows of the second kind
            for rows in self._rows(ids):
                self._upsert(collection, rows)
                words += sum(each["length"] for each in rows if each["id"] not in lengths)
        for start in range(0, len(delta.removed), _BATCH):
            some = delta.removed[start : start + _BATCH].tolist()
            self._write(lambda client, some=some: client.delete(collection, ids=some, timeout=CALL_SECONDS))
            words -= sum(lengths.get(i, 0) for i in some)
        if len(delta.removed):
            # What was deleted stays on the server's disk until segments are written anew.
            self._write(lambda client: client.compact(collection, timeout=CALL_SECONDS))
        state = self._state(delta, state.layout, words)
        write_state(self._server, collection, state)
        self._drop_files(delta)
        self._clear(collection)
        return self._snapshot(state)

    def _drop_files(self, delta: Delta) -> None:
        """Delete files from before the index was on a server, if something was removed: they would still hold it."""
        from index.search.files import FOLDER

        if not len(delta.removed):
            return
        try:
            shutil.rmtree(self._catalog.folder / FOLDER)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageError(f"cannot delete earlier search files: {error}", STORAGE) from error

    def _rows(self, ids: Ids) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of passages, in batches."""
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            vectors = dict(zip(some.tolist(), self._catalog.vectors(some), strict=True))
            yield [row(document, vectors[document.id]) for document in self._catalog.documents(some)]

    def _lengths(self, ids: Ids) -> dict[int, int]:
        """Return the number of words of those passages that the collection holds."""
        found: dict[int, int] = {}
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH].tolist()
            rows = self._server.loaded(
                self._alias,
                lambda client, some=some: client.query(  # type: ignore[misc]  # the default is typed by the loop
                    self._alias, ids=some, output_fields=["id", "length"], **READ
                ),
            )
            found |= {int(each["id"]): int(each["length"]) for each in rows}
        return found

    def _is_sound(self, state: State, snapshot: Snapshot) -> bool:
        """Return True if the collection has the rows that the catalog would give at this generation, and no others."""
        everything = self._catalog.delta(0)
        if state.is_changing or state.generation != everything.generation:
            return False
        if len(snapshot.vectors) != len(everything.put):
            return False
        fields = ["id", "publisher", *DAYS, "length", "text", "vector"]
        for rows in self._rows(everything.put):
            ids = [each["id"] for each in rows]
            stored = self._server.call(
                lambda client, ids=ids: client.query(  # type: ignore[misc]  # as above
                    self._alias, ids=ids, output_fields=fields, **READ
                )
            )
            held = {int(each["id"]): each for each in stored}
            for each in rows:
                found = held.get(each["id"])
                if found is None or any(found[name] != each[name] for name in fields[:-1]):
                    return False
                if not np.array_equal(np.asarray(found["vector"], dtype=np.float32), each["vector"]):
                    return False
        return True

    def _create(self, collection: str, layout: Layout) -> None:
        dimension = self._catalog.manifest.dimension

        def make(client: Any) -> None:
            if client.has_collection(collection, timeout=CALL_SECONDS):  # an earlier try got that far
                client.drop_collection(collection, timeout=CALL_SECONDS)
            create(client, collection, dimension, layout)

        self._write(make)

    def _upsert(self, collection: str, rows: list[dict[str, Any]]) -> None:
        self._write(lambda client: client.upsert(collection, rows, timeout=CALL_SECONDS))

    def _settle(self, collection: str) -> None:
        """Have the server write out and load what was sent, so that its indexes are made before readers come."""
        self._write(lambda client: client.flush(collection, timeout=_BUILD_SECONDS))
        self._write(lambda client: client.load_collection(collection, timeout=_BUILD_SECONDS))

    def _switch(self, collection: str) -> None:
        def switch(client: Any) -> None:
            change = client.alter_alias if self._published()[0] else client.create_alias
            change(collection, self._alias, timeout=CALL_SECONDS)

        self._write(switch)

    def _clear(self, collection: str | None) -> None:
        """Drop this catalog's collections but the one in use: earlier ones, and those that a dead writer began."""
        for name in self._server.call(lambda client: client.list_collections(timeout=CALL_SECONDS)):
            if name.startswith(f"{self._alias}_") and name != collection:
                self._write(lambda client, name=name: client.drop_collection(name, timeout=CALL_SECONDS))
                delete_state(self._server, name)

    def _write(self, ask: Any) -> None:
        self._server.call(ask, patience=WRITE_PATIENCE)
