"""Files of vectors: what one machine writes for another, which embeds for an index and need not compute them again.

A file is a zip archive of NumPy arrays, as `numpy.savez` writes it, in blocks, so that neither side holds it whole:
``keys/N.npy`` (uint8, a key of 32 bytes a row) and ``vectors/N.npy`` (float32, a unit vector a row). ``about.json``
is a `VectorsHeader`. The archive holds a checksum of each of them.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk.atomic import sync_to_disk
from index.errors import SourceError, StorageError
from index.types import Vectors

FORMAT = 1
"""The number of the format in ``about.json``; a file of another format is not read."""

KEY_BYTES = 32
"""The length of a key: a SHA-256."""

MOST_SHARES = 999_999
"""Into how many shares an input may be divided."""

_ABOUT = "about.json"
_LENGTH_ERROR = 1e-3
"""How far from 1 the length of a stored vector may be; models' vectors are within 1e-6."""

_HINT = "write it again: pressqa embed"

Block = tuple[Sequence[bytes], Vectors]
"""Keys, and the vectors that belong to them, shape (len(keys), dimension)."""


@dataclass(frozen=True, slots=True)
class VectorsHeader:
    """What a file holds: vectors of ``model``, for the share ``number`` of ``shares`` (counted from 1) of an input.

    ``fingerprint`` is that of the model (`index.protocols.Embedder`).
    """

    model: str
    fingerprint: str
    dimension: int
    number: int
    shares: int


def write_vectors(path: Path, header: VectorsHeader, blocks: Iterable[Block]) -> int:
    """Write a file of vectors, whole or not at all, and return how many it holds.

    Raises `StorageError`, and whatever ``blocks`` raises; an earlier file at ``path`` then stays.
    """
    count = 0
    draft = path.with_name(f".{path.name}.new")
    try:
        try:
            with zipfile.ZipFile(draft, "w") as archive:
                for number, (keys, vectors) in enumerate(blocks):
                    rows = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES)
                    _write_array(archive, f"keys/{number}.npy", rows)
                    _write_array(archive, f"vectors/{number}.npy", np.asarray(vectors, "<f4"))
                    count += len(keys)
                archive.writestr(_ABOUT, json.dumps({"format": FORMAT, **asdict(header), "vectors": count}))
            sync_to_disk([draft])
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}", "choose another file: --out FILE") from error
    return count


def _write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    with archive.open(name, "w", force_zip64=True) as member:
        np.save(member, array, allow_pickle=False)


class VectorFile:
    """One file of vectors, open for reading. Opening it reads it whole once, so that damage is found before use."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` and check all that it holds; raises `SourceError` if it cannot be read or is damaged."""
        self.path = path
        try:
            stream = path.open("rb")
        except OSError as error:
            raise SourceError(
                f"cannot read {path}: {error.strerror or error}", "name a file: --vectors FILE"
            ) from error
        with ExitStack() as stack:
            stack.enter_context(stream)
            with self._telling("is no file of vectors, or is cut off"):
                self._archive = stack.enter_context(zipfile.ZipFile(stream))
            with self._telling():
                self.header, self.keys, self.sizes = self._check()
            self._closing = stack.pop_all()

    @contextmanager
    def _telling(self, what: str = "is damaged") -> Iterator[None]:
        """Raise `SourceError` for whatever goes wrong inside the ``with`` block."""
        try:
            yield
        except SourceError:
            raise
        except Exception as error:  # damage can make zipfile, its decompressors, JSON and NumPy raise anything
            raise SourceError(f"{self.path} {what}: {error}", _HINT) from error

    def _check(self) -> tuple[VectorsHeader, NDArray[np.bytes_], list[int]]:
        about = json.loads(self._archive.read(_ABOUT))
        if about.pop("format") != FORMAT:
            raise SourceError(f"{self.path} was written by another version of pressqa", _HINT)
        count = about.pop("vectors")
        header = _header(about)
        blocks: list[NDArray[np.uint8]] = []
        while f"keys/{len(blocks)}.npy" in self._archive.NameToInfo:
            keys = self._array(f"keys/{len(blocks)}.npy")
            vectors = self._array(f"vectors/{len(blocks)}.npy")
            if keys.dtype != np.uint8 or keys.shape != (len(vectors), KEY_BYTES):
                raise ValueError(f"block {len(blocks)} has keys of the shape {keys.shape}")
            if vectors.dtype != np.float32 or vectors.shape[1:] != (header.dimension,):
                raise ValueError(f"block {len(blocks)} has vectors of the shape {vectors.shape}")
            lengths = np.linalg.norm(vectors, axis=1)
            if not bool((np.abs(lengths - 1) < _LENGTH_ERROR).all()):
                raise ValueError(f"block {len(blocks)} has vectors that are not of length 1")
            blocks.append(keys)
        if sum(map(len, blocks)) != count:
            raise ValueError(f"it holds {sum(map(len, blocks))} vectors, not {count}")
        rows = np.concatenate([np.empty((0, KEY_BYTES), np.uint8), *blocks])
        return header, np.ascontiguousarray(rows).view(f"S{KEY_BYTES}").ravel(), [len(keys) for keys in blocks]

    def block(self, number: int) -> Vectors:
        """Read the vectors of one block; raises `SourceError` if the file was damaged after it was opened."""
        with self._telling():
            vectors: Vectors = self._array(f"vectors/{number}.npy")
        return vectors

    def _array(self, name: str) -> NDArray[Any]:
        content = self._archive.read(name)  # compares its checksum, before NumPy reads any of it
        array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
        return array

    def close(self) -> None:
        """Close the file."""
        self._closing.close()


def _header(about: dict[str, Any]) -> VectorsHeader:
    """Return the header that a file states; raises TypeError or ValueError if it is none."""
    header = VectorsHeader(**about)
    for name in ("model", "fingerprint"):
        if not isinstance(getattr(header, name), str):
            raise TypeError(f"its {name} is {getattr(header, name)!r}, and no text")
    for name in ("dimension", "number", "shares"):
        if type(getattr(header, name)) is not int:  # True is an int, too
            raise TypeError(f"its {name} is {getattr(header, name)!r}, and no whole number")
    if header.dimension < 1:
        raise ValueError(f"its dimension is {header.dimension}")
    if not 1 <= header.number <= header.shares <= MOST_SHARES:
        raise ValueError(f"it names the share {header.number}/{header.shares}")
    return header


class VectorFiles:
    """Several files of vectors as one, looked up by key. A key costs 40 bytes of memory; vectors stay on the disk."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Open the files; raises `SourceError`."""
        with ExitStack() as stack:
            self.files = [stack.enter_context(closing(VectorFile(path))) for path in paths]
            self._closing = stack.pop_all()
        keys = np.concatenate([np.empty(0, f"S{KEY_BYTES}"), *(file.keys for file in self.files)])
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]
        self._blocks = [(file, number) for file in self.files for number in range(len(file.sizes))]
        # where each block begins among all keys
        self._starts = np.cumsum([0, *(size for file in self.files for size in file.sizes)])
        # The next texts are probably in the same block of each file.
        self._read = lru_cache(maxsize=2 * len(self.files) + 1)(self._read_block)

    def __len__(self) -> int:
        return len(self._sorted)

    def places(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Return for each key the place of its vector, or -1 if no file holds it."""
        wanted = np.array(keys, dtype=f"S{KEY_BYTES}")
        if not len(self):
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, wanted), len(self) - 1)
        found: NDArray[np.int64] = np.where(self._sorted[at] == wanted, self._order[at], -1)
        return found

    def take(self, places: NDArray[np.int64], dimension: int) -> Vectors:
        """Return the vectors at places, shape (len(places), dimension)."""
        vectors = np.empty((len(places), dimension), dtype=np.float32)
        blocks = np.searchsorted(self._starts, places, side="right") - 1
        for block in np.unique(blocks):
            rows = blocks == block
            vectors[rows] = self._read(int(block))[places[rows] - self._starts[block]]
        return vectors

    def _read_block(self, block: int) -> Vectors:
        file, number = self._blocks[block]
        return file.block(number)

    def missing_shares(self) -> Iterator[str]:
        """Yield the shares that no file holds although another names them, as "2/3"; there may be very many."""
        held = {(file.header.number, file.header.shares) for file in self.files}
        for shares in sorted({shares for _, shares in held}):
            for number in range(1, shares + 1):
                if (number, shares) not in held:
                    yield f"{number}/{shares}"

    def close(self) -> None:
        """Close the files."""
        self._closing.close()
