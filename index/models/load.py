"""Opening an embedding model by name, now or on first use; a model that has no export yet is exported first."""

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from index.errors import ModelError
from index.models.exports import ExportRecord, find_export
from index.models.hashing_embedder import HASHING_MODEL, HashingEmbedder
from index.models.onnx_embedder import OnnxEmbedder
from index.protocols import Embedder
from index.types import Vectors

logger = logging.getLogger(__name__)


def load_embedder(
    name: str,
    models: Path,
    *,
    threads: int | None = None,
    verify: bool = False,
    questions: bool = False,
    alone: bool = False,
) -> Embedder:
    """Open the embedding model ``name``; ``"hashing"`` gives the model-free `HashingEmbedder`.

    The model's export is looked for in the folder ``models``. If it is missing or damaged it is made first, which loads
    the model with sentence-transformers and takes some seconds. ``threads`` is the number of threads of one call
    (default: the physical cores that this process may use). With ``verify`` the export's files are hashed even if their
    sizes and times are the recorded ones. What encodes passages is opened at once, or with ``questions`` what encodes
    questions; the other when it is first needed. A question is encoded on one thread, or with ``alone`` on two, for
    callers that ask one after the other; its vector is the same.

    Raises `ModelError` if the model cannot be found, its weights are not the published ones, or its export gives other
    vectors, and `StorageError` if the export cannot be written.
    """
    if name == HASHING_MODEL:
        return HashingEmbedder()
    found = find_export(name, models, verify=verify) or _export(name, models)
    try:
        return OnnxEmbedder(*found, name=name, threads=threads, questions=questions, alone=alone)
    except ModelError as error:
        # Its sizes and times are the recorded ones and yet it does not load: compare the digests.
        if find_export(name, models, verify=True) is not None:
            raise
        logger.warning("%s", error)
        return OnnxEmbedder(*_export(name, models), name=name, threads=threads, questions=questions, alone=alone)


def _export(name: str, models: Path) -> tuple[Path, ExportRecord]:
    # Imported late: only an export needs the file lock and sentence-transformers.
    from index.models.export_embedder import export_model

    return export_model(name, models)


class DeferredEmbedder:
    """An `Embedder` that calls ``load`` when it is first used, once; errors of ``load`` are raised then.

    An ingest that finds nothing changed thus never loads its model.
    """

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load

    @cached_property
    def _embedder(self) -> Embedder:
        return self._load()

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """The longest input in the model's own tokens, special tokens and prompt left out."""
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens."""
        return self._embedder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, shape (len(texts), dimension), in the order given."""
        return self._embedder.encode_passages(texts)

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,)."""
        return self._embedder.encode_question(text)
