"""Embedding a large input on several machines: each writes the vectors of its share, and an ingest takes them all.

A vector is found by the digest of the text that was embedded, so neither the order of releases nor how they were shared
out matters; a text that no file holds is embedded as always.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from index.catalog.writer import text_key
from index.errors import InputError, ManifestMismatchError
from index.models.vector_files import MOST_SHARES, Block, VectorFiles, VectorsHeader, write_vectors
from index.prepare import Progress, passages_of
from index.protocols import Embedder, Source
from index.text.sentences import sentences
from index.types import Problem, Release, SyncProgress, Vectors

_BLOCK = 2048
"""How many texts are embedded together and written as one block: enough to sort them by length (set by judgement)."""

_SHOWN = 5
"""How many missing shares are named."""

_SHARE = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")


@dataclass(frozen=True, slots=True)
class Share:
    """One of ``shares`` parts of an input, counted from 1. A release belongs to one by the digest of its id."""

    number: int
    shares: int

    def has(self, release_id: str) -> bool:
        """Return True if the passages of this release are embedded by this share."""
        digest = hashlib.sha256(release_id.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.shares == self.number - 1


def parse_share(text: str) -> Share:
    """Return the share that "2/8" names; raises `InputError`."""
    found = _SHARE.fullmatch(text)
    number, shares = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= shares <= MOST_SHARES:
        raise InputError(f"{text!r} is no share of an input", "write it as 1/4: the first of four")
    return Share(number, shares)


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What was written: releases of this share, their texts, and the entries of the whole input that were left out."""

    releases: int
    texts: int
    problems: tuple[Problem, ...]


def embed(
    sources: Iterable[Source],
    embedder: Embedder,
    share: Share,
    path: Path,
    *,
    chunk_tokens: int,
    chunk_overlap: int,
    progress: Progress = lambda done: None,
) -> EmbedReport:
    """Write the vectors of a share of the sources' passages to a file, whole or not at all.

    Sources are read from their beginning. Raises `SourceError` if one cannot be read, and `StorageError`.
    """
    problems: list[Problem] = []
    done = {"entries": 0, "releases": 0, "passages": 0}

    def texts() -> Iterator[str]:
        for source in sources:
            for entry in source.read():
                if isinstance(entry, Problem):
                    problems.append(entry)
                done["entries"] += isinstance(entry, Problem | Release)
                if isinstance(entry, Release) and share.has(entry.id):
                    made = passages_of(entry, sentences(entry.body), embedder, chunk_tokens, chunk_overlap)[1]
                    done["releases"] += 1
                    done["passages"] += len(made)
                    yield from made
                progress(SyncProgress(done["entries"], done["passages"]))

    header = VectorsHeader(embedder.name, embedder.fingerprint, embedder.dimension, share.number, share.shares)
    count = write_vectors(path, header, _blocks(texts(), embedder))
    return EmbedReport(done["releases"], count, tuple(problems))


def _blocks(texts: Iterator[str], embedder: Embedder) -> Iterator[Block]:
    waiting: dict[bytes, str] = {}
    for text in texts:
        waiting[text_key(text)] = text
        if len(waiting) == _BLOCK:
            yield list(waiting), embedder.encode_passages(list(waiting.values()))
            waiting = {}
    if waiting:
        yield list(waiting), embedder.encode_passages(list(waiting.values()))


class StoredVectors:
    """Vectors of passages that other processes computed, and how many were ``taken`` and ``computed`` here instead."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Open files of vectors and check them whole; raises `SourceError`."""
        self.files = VectorFiles(paths)
        self.taken = 0
        self.computed = 0

    def over(self, embedder: Embedder) -> Embedder:
        """Return an embedder that gives the stored vectors, and asks ``embedder`` for the others.

        Raises `ManifestMismatchError` if a file holds the vectors of another model.
        """
        for file in self.files.files:
            held = file.header
            if (held.fingerprint, held.dimension) != (embedder.fingerprint, embedder.dimension):
                raise ManifestMismatchError(
                    f"{file.path} holds vectors of {held.model} ({held.fingerprint[:12]}, {held.dimension} numbers),"
                    f" not of {embedder.name} ({embedder.fingerprint[:12]}, {embedder.dimension})",
                    f"leave the file out, or write it again: PRESSQA_MODEL={embedder.name} pressqa embed",
                )
        return _Taking(embedder, self)

    def vectors(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, shape (len(texts), dimension), stored or computed."""
        places = self.files.places([text_key(text) for text in texts])
        vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
        held = places >= 0
        vectors[held] = self.files.take(places[held], embedder.dimension)
        missing = np.flatnonzero(~held)
        if len(missing):
            vectors[missing] = embedder.encode_passages([texts[row] for row in missing])
        self.taken += int(held.sum())
        self.computed += len(missing)
        return vectors

    def summary(self) -> str:
        """Return one line for a person: how many vectors were taken, and why others had to be computed."""
        line = f"vectors: {self.taken} taken from the files given, {self.computed} computed here"
        missing = list(islice(self.files.missing_shares(), _SHOWN + 1))
        shown = ", ".join(missing[:_SHOWN]) + (", ..." if len(missing) > _SHOWN else "")
        return f"{line}; no file holds the share {shown}" if missing and self.computed else line

    def close(self) -> None:
        """Close the files."""
        self.files.close()


class _Taking:
    """An `Embedder` whose passages' vectors are taken from files where they are there."""

    def __init__(self, embedder: Embedder, stored: StoredVectors) -> None:
        self._embedder = embedder
        self._stored = stored
        self.name = embedder.name
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self.max_tokens = embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._stored.vectors(self._embedder, texts)

    def encode_question(self, text: str) -> Vectors:
        return self._embedder.encode_question(text)
