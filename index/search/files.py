"""The derived indexes on disk: FAISS and tantivy files, stamped with the generation of the catalog they hold.

Each publication writes files of its own under new names and then swaps one pointer, ``current.json``, by rename. So a
crash leaves the earlier publication standing, and a reader that has it open keeps it. The pointer carries the
catalog's id and every file's size and SHA-256: what does not match is not used but made again from the catalog.
"""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.catalog.reader import Catalog
from index.disk.atomic import sync_to_disk
from index.disk.stamps import file_digest, stamp_file
from index.errors import STORAGE, StorageError
from index.search.keywords import KeywordIndex
from index.search.legs import Snapshot
from index.search.vectors import LocalVectorLeg, VectorIndex

FOLDER = "derived"
_POINTER = "current.json"
_FORMAT = 1

_ALWAYS_HASH = 64 * 2**20
"""Files up to this size (bytes) are hashed at every open; of larger ones size and modification time must match."""

_DEAD_SHARE = 0.01
"""tantivy's BM25 counts deleted passages until segments merge; past this share the index is built anew."""


@dataclass(frozen=True, slots=True)
class _Indexes:
    """Both indexes as of one generation."""

    generation: int
    vectors: VectorIndex
    keywords: KeywordIndex


class LocalFiles:
    """The `SearchFiles` of one data folder."""

    def __init__(self, catalog: Catalog) -> None:
        self._folder = catalog.folder / FOLDER
        self._catalog = catalog

    def generation(self) -> int | None:
        """Return the generation that the pointer names, without opening anything; None when there is none."""
        pointer = self._pointer()
        return None if pointer is None else int(pointer["generation"])

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published, or return None if it is absent, damaged, of another catalog, or ahead of it.

        ``thorough`` hashes every file whatever its size. The files are not written, but for the lock file that tantivy
        needs to open its own.
        """
        indexes = self._load(thorough=thorough)
        return self._snapshot(indexes) if indexes else None

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Bring the files up to the catalog's generation and publish them; only for the holder of the write lock.

        Starts from what is published where that is sound, and from nothing with ``afresh``. Raises `StorageError`.
        """
        base = None if afresh else self._load()
        if base is not None and base.generation == self._catalog.generation():
            with contextlib.suppress(OSError):  # what a writer left that died after it had published
                self._clear(self._published())
            return self._snapshot(base)
        try:
            return self._snapshot(self._publish(base))
        except OSError as error:
            with contextlib.suppress(OSError):  # what was half written would fill the disk still more
                self._clear(self._published())
            raise StorageError(f"cannot write the index files in {self._folder}: {error}", STORAGE) from error

    def in_memory(self) -> Snapshot:
        """Make both indexes from the whole catalog, held in memory only."""
        with self._catalog.snapshot():  # a writer may be at work
            delta = self._catalog.delta(0)
            vectors = VectorIndex(self._catalog.manifest.dimension)
            vectors.put(delta.put, self._catalog.vectors(delta.put))
            keywords = KeywordIndex(None)
            keywords.update(self._catalog.documents(delta.put), [])
        return self._snapshot(_Indexes(delta.generation, vectors, keywords))

    def _snapshot(self, indexes: _Indexes) -> Snapshot:
        return Snapshot(indexes.generation, LocalVectorLeg(indexes.vectors, self._catalog), indexes.keywords)

    def _load(self, *, thorough: bool = False) -> _Indexes | None:
        for _ in range(5):
            pointer = self._pointer()
            if pointer is None or pointer["generation"] > self._catalog.generation():
                return None
            try:
                return self._open(pointer, thorough=thorough)
            except (OSError, ValueError):
                # A writer may have published, and cleared these files away, since the pointer was read.
                if self._pointer() == pointer:
                    return None
        return None

    def _publish(self, base: _Indexes | None) -> _Indexes:
        self._folder.mkdir(exist_ok=True)
        delta = self._catalog.delta(base.generation if base else 0)
        tag = f"{delta.generation}-{uuid.uuid4().hex[:8]}"

        vectors = base.vectors.copy() if base else VectorIndex(self._catalog.manifest.dimension)
        vectors.remove(delta.removed)
        vectors.put(delta.put, self._catalog.vectors(delta.put))
        vectors_file = self._folder / f"vectors-{tag}.faiss"
        vectors.write(vectors_file)

        keywords_folder = self._folder / f"keywords-{tag}"
        keywords_folder.mkdir()
        dead = 0
        pointer = self._pointer()
        if base is not None and pointer is not None:
            replaced = int(np.isin(delta.put, base.vectors.ids).sum())
            dead = int(pointer["dead"]) + len(delta.removed) + replaced
        if base is None or pointer is None or dead > _DEAD_SHARE * len(vectors):
            dead = 0
            everything = self._catalog.delta(0)
            keywords = KeywordIndex(keywords_folder)
            keywords.update(self._catalog.documents(everything.put), [])
        else:
            _link_segments(self._folder / pointer["keywords"]["folder"], keywords_folder)
            keywords = KeywordIndex(keywords_folder)
            keywords.update(self._catalog.documents(delta.put), delta.removed.tolist())

        # A segment file that was linked, and not written since, is the file that was stamped and synced before.
        earlier = pointer["keywords"]["files"] if base is not None and pointer is not None else {}
        names = {path.name: path for path in _index_files(keywords_folder)}
        carried = {name: earlier[name] for name, path in names.items() if _is_stamped(path, earlier.get(name))}
        written = [path for name, path in names.items() if name not in carried]
        self._swap(
            {
                "format": _FORMAT,
                "catalog": self._catalog.id,
                "stamp": self._catalog.stamp(delta.generation),
                "fingerprint": self._catalog.manifest.fingerprint,
                "generation": delta.generation,
                "dead": dead,
                "vectors": {"file": vectors_file.name, **asdict(stamp_file(vectors_file))},
                "keywords": {
                    "folder": keywords_folder.name,
                    "files": carried | {path.name: asdict(stamp_file(path)) for path in written},
                },
            },
            [vectors_file, *written, keywords_folder],
        )
        self._clear(self._published())
        return _Indexes(delta.generation, vectors, keywords)

    def _pointer(self) -> dict[str, Any] | None:
        """Read the pointer; None unless it is whole, as it was written, and of a generation this catalog had."""
        try:
            pointer = json.loads((self._folder / _POINTER).read_text("utf-8"))
            if pointer.pop("sha256") != _digest(pointer):
                return None
            mine = (
                pointer["format"] == _FORMAT
                and pointer["catalog"] == self._catalog.id
                and pointer["fingerprint"] == self._catalog.manifest.fingerprint
                # A restored or copied catalog has the same id, but what it held at that number may differ.
                and pointer["stamp"] == self._catalog.stamp(pointer["generation"])
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return pointer if mine else None

    def _published(self) -> set[str]:
        """Return the names in the folder that are in use."""
        pointer = self._pointer()
        return {_POINTER, pointer["vectors"]["file"], pointer["keywords"]["folder"]} if pointer else set()

    def _open(self, pointer: dict[str, Any], *, thorough: bool) -> _Indexes:
        vectors_file = self._folder / pointer["vectors"]["file"]
        _check(vectors_file, pointer["vectors"], thorough=thorough)
        folder = self._folder / pointer["keywords"]["folder"]
        files = pointer["keywords"]["files"]
        if {path.name for path in _index_files(folder)} != files.keys():
            raise ValueError(f"files are missing from or foreign to {folder}")
        for name, stamp in files.items():
            _check(folder / name, stamp, thorough=thorough)
        return _Indexes(
            pointer["generation"],
            VectorIndex.read(vectors_file, self._catalog.manifest.dimension),
            KeywordIndex(folder),
        )

    def _swap(self, pointer: dict[str, Any], written: list[Path]) -> None:
        """Make what was written durable, then let the pointer take the place of the earlier one."""
        draft = self._folder / f"{_POINTER}.new"
        draft.write_text(json.dumps(pointer | {"sha256": _digest(pointer)}, indent=1), "utf-8")
        sync_to_disk([*written, draft])
        draft.replace(self._folder / _POINTER)
        sync_to_disk([self._folder])

    def _clear(self, keep: set[str]) -> None:
        for path in self._folder.iterdir():
            if path.name not in keep:
                # Where an open file cannot be deleted, the next publication tries again.
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _index_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".lock"))


def _link_segments(source: Path, target: Path) -> None:
    """Carry an index over: segment files are never written again, so a link will do; the lists are copied."""
    for path in _index_files(source):
        if path.name.endswith(".json"):
            shutil.copyfile(path, target / path.name)
            continue
        try:
            os.link(path, target / path.name)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, target / path.name)


def _check(path: Path, stamp: dict[str, Any], *, thorough: bool) -> None:
    status = path.stat()
    if status.st_size != stamp["size"]:
        raise ValueError(f"{path} has {status.st_size} bytes, not {stamp['size']}")
    trusted = status.st_size > _ALWAYS_HASH and status.st_mtime_ns == stamp["mtime_ns"] and not thorough
    if not trusted and file_digest(path) != stamp["sha256"]:
        raise ValueError(f"{path} has been changed")


def _is_stamped(path: Path, stamp: dict[str, Any] | None) -> bool:
    """Say whether a file of the new publication is one of the earlier, by its size and time."""
    status = path.stat()
    return stamp is not None and (status.st_size, status.st_mtime_ns) == (stamp["size"], stamp["mtime_ns"])


def _digest(pointer: dict[str, Any]) -> str:
    # Not `digest_json`: pointers on disk were hashed with the default separators.
    return hashlib.sha256(json.dumps(pointer, sort_keys=True).encode()).hexdigest()
