"""The search files on disk: a FAISS index and a tantivy index, made from the catalog at one of its generations.

Each publication writes files under new names and then replaces one pointer, ``current.json``, by a rename. A crash
therefore leaves the earlier publication in use, and a reader that has it open keeps it. The pointer records the
catalog's id, the generation, and the size and SHA-256 of every file: files that do not match it are not used, and a
writer makes them again from the catalog.
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
"""The name of the folder of the search files in a data folder."""

_POINTER = "current.json"
"""The name of the file that says which search files are published."""

_FORMAT = 1
"""The number of the pointer's format; a pointer of another format is ignored."""

_ALWAYS_HASH = 64 * 2**20
"""The size in bytes up to which a file is hashed whenever it is opened.

A larger file is trusted if its size and modification time are the recorded ones, and hashed otherwise. Set by
judgement: a higher limit finds more damage, a lower one opens a large index faster.
"""

_DEAD_SHARE = 0.01
"""The number of deleted passages, as a share of all passages, above which the keyword index is built from nothing.

tantivy's BM25 statistics count deleted passages until its segments merge. Set by judgement: a higher share rebuilds
less often, a lower one keeps scores closer to those of an index without deleted passages.
"""


def published_at(folder: Path) -> float | None:
    """Return when the search files of a data folder were published last, as a Unix time; None if they never were."""
    try:
        return (folder / FOLDER / _POINTER).stat().st_mtime
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class _Indexes:
    """The vector index and the keyword index of one generation."""

    generation: int
    vectors: VectorIndex
    keywords: KeywordIndex


class LocalFiles:
    """The `SearchFiles` in one data folder."""

    def __init__(self, catalog: Catalog) -> None:
        self._folder = catalog.folder / FOLDER
        self._catalog = catalog

    def generation(self) -> int | None:
        """Return the generation that the pointer names, without opening an index; None if there is no valid pointer."""
        pointer = self._pointer()
        return None if pointer is None else int(pointer["generation"])

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published; None if it is absent, damaged, of another catalog, or newer than the catalog.

        With ``thorough`` every file is hashed, whatever its size. Nothing is written but the lock file without which
        tantivy cannot open an index.
        """
        indexes = self._load(thorough=thorough)
        return self._snapshot(indexes) if indexes else None

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Bring the files up to the catalog's generation and publish them. The caller must hold the write lock.

        What is published already is updated if it is sound; with ``afresh`` all files are made from the catalog alone.
        Raises `StorageError`.
        """
        self._catalog.read_manifest()  # another process may have embedded the index again since the catalog was opened
        base = None if afresh else self._load()
        if base is not None and base.generation == self._catalog.generation():
            with contextlib.suppress(OSError):  # files left by a writer that died after it published
                self._clear(self._published())
            return self._snapshot(base)
        try:
            return self._snapshot(self._publish(base))
        except OSError as error:
            with contextlib.suppress(OSError):  # half-written files would fill the disk further
                self._clear(self._published())
            raise StorageError(f"cannot write the index files in {self._folder}: {error}", STORAGE) from error

    def in_memory(self) -> Snapshot:
        """Make both indexes from the whole catalog, in memory only."""
        with self._catalog.snapshot():  # another process may be writing
            delta = self._catalog.delta(0)
            vectors = VectorIndex(self._catalog.manifest.dimension)
            vectors.put(delta.put, self._catalog.vectors(delta.put))
            keywords = KeywordIndex(None)
            keywords.update(self._catalog.documents(delta.put), [])
        return self._snapshot(_Indexes(delta.generation, vectors, keywords))

    def _snapshot(self, indexes: _Indexes) -> Snapshot:
        vectors = LocalVectorLeg(indexes.vectors, self._catalog, indexes.generation)
        return Snapshot(indexes.generation, vectors, indexes.keywords)

    def _load(self, *, thorough: bool = False) -> _Indexes | None:
        for _ in range(5):
            pointer = self._pointer()
            if pointer is None or pointer["generation"] > self._catalog.generation():
                return None
            try:
                return self._open(pointer, thorough=thorough)
            except (OSError, ValueError):
                # A writer may have published and deleted these files since the pointer was read.
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
            dead = int(pointer["dead"]) + replaced
        # A segment keeps the words of what was deleted from it until it is merged.
        if base is None or pointer is None or len(delta.removed) or dead > _DEAD_SHARE * len(vectors):
            dead = 0
            everything = self._catalog.delta(0)
            keywords = KeywordIndex(keywords_folder)
            keywords.update(self._catalog.documents(everything.put), [])
        else:
            _link_segments(self._folder / pointer["keywords"]["folder"], keywords_folder)
            keywords = KeywordIndex(keywords_folder)
            keywords.update(self._catalog.documents(delta.put), [])

        # A segment file that was linked and not written since was stamped and flushed by the earlier publication.
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
        """Return the pointer; None if it is missing, changed, or of another catalog than this one."""
        try:
            pointer = json.loads((self._folder / _POINTER).read_text("utf-8"))
            if pointer.pop("sha256") != _digest(pointer):
                return None
            mine = (
                pointer["format"] == _FORMAT
                and pointer["catalog"] == self._catalog.id
                and pointer["fingerprint"] == self._catalog.manifest.fingerprint
                # A restored or copied catalog has the same id, but may have had other contents at that generation.
                and pointer["stamp"] == self._catalog.stamp(pointer["generation"])
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return pointer if mine else None

    def _published(self) -> set[str]:
        """Return the names in the folder that are in use: the pointer, and what it points to."""
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
        """Flush the ``written`` files to the disk, then replace the pointer."""
        draft = self._folder / f"{_POINTER}.new"
        draft.write_text(json.dumps(pointer | {"sha256": _digest(pointer)}, indent=1), "utf-8")
        sync_to_disk([*written, draft])
        draft.replace(self._folder / _POINTER)
        sync_to_disk([self._folder])

    def _clear(self, keep: set[str]) -> None:
        for path in self._folder.iterdir():
            if path.name not in keep:
                # Some systems cannot delete an open file; the next publication tries again.
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _index_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.endswith(".lock"))


def _link_segments(source: Path, target: Path) -> None:
    """Copy a keyword index: its lists as files, its segments, which tantivy never changes, as hard links."""
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
    """Return True if a file has the size and time in ``stamp``, so that it is the earlier publication's file."""
    status = path.stat()
    return stamp is not None and (status.st_size, status.st_mtime_ns) == (stamp["size"], stamp["mtime_ns"])


def _digest(pointer: dict[str, Any]) -> str:
    # Not `digest_json`: pointers on disk were hashed with the default separators.
    return hashlib.sha256(json.dumps(pointer, sort_keys=True).encode()).hexdigest()
