"""Vectors kept from run to run, so that the second run over a corpus embeds nothing."""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import platformdirs

from index.errors import StorageError
from index.protocols import Embedder
from index.types import Vectors

FILE = "embeddings.sqlite"

_WAIT = 30.0
"""How many seconds to wait while another run writes."""
_AT_ONCE = 500
"""How many keys are looked up in one query."""

logger = logging.getLogger(__name__)


def default_cache() -> Path:
    """Return the user's folder for vectors and exported models of evaluations."""
    return Path(platformdirs.user_cache_dir("pressqa", appauthor=False)) / "eval"


class EmbeddingCache:
    """Vectors in one SQLite file, found by a digest of the text and model. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        """Open or make the cache; a damaged file is deleted, since all of it can be computed again.

        Raises `StorageError` where the folder cannot be written.
        """
        self.path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = _open(self.path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                logger.warning("%s is damaged: a new one is begun: %s", self.path, error)
                for path in folder.glob(f"{FILE}*"):
                    path.unlink()
                self._connection = _open(self.path)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"cannot use the cache {self.path}: {error}", "choose another: --cache DIR") from error

    def through(self, keys: Sequence[bytes], dimension: int, make: Callable[[list[int]], Vectors]) -> Vectors:
        """Return the vectors of keys, shape (len(keys), dimension); ``make`` computes those at missing places."""
        vectors = np.empty((len(keys), dimension), dtype=np.float32)
        held = self._held(keys)
        missing: dict[bytes, int] = {}
        for place, key in enumerate(keys):
            vector = np.frombuffer(held.get(key, b""), dtype="<f4")
            if len(vector) == dimension:
                vectors[place] = vector
            else:
                missing.setdefault(key, place)
        if missing:
            made = make(list(missing.values()))
            rows = dict(zip(missing, made, strict=True))
            self._keep(rows)
            for place, key in enumerate(keys):
                if key in rows:
                    vectors[place] = rows[key]
        return vectors

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _held(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            found.update(self._connection.execute(f"SELECT key, vector FROM embedding WHERE key IN ({marks})", part))
        return found

    def _keep(self, rows: dict[bytes, Vectors]) -> None:
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO embedding (key, vector) VALUES (?, ?)",
                [(key, np.ascontiguousarray(row, dtype="<f4").tobytes()) for key, row in rows.items()],
            )


def _open(path: Path) -> sqlite3.Connection:
    # One thread at a time uses it, but not always the one that opened it.
    connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # What a crash loses is embedded again.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        with closing(connection.execute("SELECT key, vector FROM embedding LIMIT 1")) as rows:
            rows.fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class CachingEmbedder:
    """An `Embedder` that asks the model only for what the cache does not hold.

    The key is the SHA-256 of the model's fingerprint, the side (question or passage) and the text, so a changed
    model never meets the vectors of another.
    """

    def __init__(self, embedder: Embedder, cache: EmbeddingCache) -> None:
        self._embedder = embedder
        self._cache = cache

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        """The model's fingerprint."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """The model's longest passage, in its own tokens."""
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens."""
        return self._embedder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimension), in the order given."""
        return self._cache.through(
            [self._key("passage", text) for text in texts],
            self.dimension,
            lambda places: self._embedder.encode_passages([texts[place] for place in places]),
        )

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        rows = self._cache.through(
            [self._key("question", text)],
            self.dimension,
            lambda _: self._embedder.encode_question(text)[np.newaxis],
        )
        row: Vectors = rows[0]
        return row

    def _key(self, side: str, text: str) -> bytes:
        return hashlib.sha256(f"{self.fingerprint}\0{side}\0{text}".encode("utf-8", "surrogatepass")).digest()
