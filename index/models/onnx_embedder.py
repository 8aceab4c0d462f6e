"""Turning text into unit vectors with ONNX Runtime, without torch or a library that imports it."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from tokenizers import Encoding, Tokenizer

from index.errors import InputError, ModelError
from index.models.exports import (
    ONNX_FILE,
    PASSAGE_FILE,
    QUESTION_FILE,
    TOKENIZER_FILE,
    UNSIGNED_PASSAGE_FILE,
    ExportRecord,
)
from index.models.processor import adds_byte_products
from index.models.session import cores, open_session
from index.models.smoothing import Feed
from index.types import Vectors

_BATCH_TOKENS = 1024
"""The largest number of tokens, padding included, that are run through the model at once.

Measured on 400 passages of 128 tokens on 2 cores: batches of 512 to 2,048 tokens are equally fast; 16,384 take 1.6
times as long, because the intermediate results no longer fit into the processor's cache. Batches are run side by side,
each on one thread: threads that share one wait for each other after each of its operators.
"""

_THREADS_ALONE = 2
"""How many threads encode a question that nothing else is done beside.

On two cores two take 0.74 of the time of one, and 1.5 times its processor time: they wait for each other.
"""

_SLAB = 2048
"""How many texts are tokenised and sorted by length together, which limits the memory needed (set by judgement)."""

logger = logging.getLogger(__name__)


class OnnxEmbedder:
    """An `Embedder` that runs an exported sentence-transformers model: tokenizer, encoder, pooling, normalisation.

    Several threads may call its methods at once. Results are deterministic: the same texts in the same order give
    exactly the same vectors on the same machine with the same number of threads.
    """

    def __init__(
        self,
        folder: Path,
        record: ExportRecord,
        *,
        name: str | None = None,
        threads: int | None = None,
        questions: bool = False,
        alone: bool = False,
    ) -> None:
        """Load the export in ``folder``, on ``threads`` as `load_embedder` takes them, and for questions ``alone``.

        ``name`` is how the person named the model, if not as in ``record``. The graph for passages is opened now, or
        with ``questions`` the one for questions; the other when it is first needed. Raises `ModelError` if one does
        not load.
        """
        self._folder = folder
        self._record = record
        self._name = name or record.name
        self._threads = threads
        self._alone = alone
        try:
            self._tokenizer = self._load_tokenizer()
        except Exception as error:  # the tokenizers library raises nothing more special
            raise self._damaged(error) from error
        self._tokenizer.enable_truncation(record.max_length, direction=record.truncation_side)
        _ = self._for_questions if questions else self._for_passages

    @cached_property
    def _for_passages(self) -> "_Graph":
        return self._open(self._passage_file, 1)

    @property
    def _passage_file(self) -> str:
        if PASSAGE_FILE not in self._record.files:
            return ONNX_FILE
        return PASSAGE_FILE if adds_byte_products() else UNSIGNED_PASSAGE_FILE

    @cached_property
    def _for_questions(self) -> "_Graph":
        threads = min(_THREADS_ALONE, self._workers) if self._alone else 1
        if QUESTION_FILE in self._record.files:
            return self._open(QUESTION_FILE, threads)
        return self._for_passages if threads == 1 else self._open(self._passage_file, threads)

    def _open(self, file: str, threads: int | None) -> "_Graph":
        try:
            session = open_session(self._folder / file, threads)
        except Exception as error:  # ONNX Runtime raises classes that share no base but Exception
            raise self._damaged(error) from error
        return _Graph(session, frozenset(node.name for node in session.get_inputs()))

    def _damaged(self, error: Exception) -> ModelError:
        return ModelError(
            f"the exported model in {self._folder} does not load: {error}",
            hint=f"delete {self._folder}; the next run exports the model again",
        )

    @property
    def name(self) -> str:
        """The model's name or path, as a person gave it."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the vectors: weights, tokenizer, pooling, prompts, arithmetic."""
        return self._record.vectors

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._record.dimension

    @property
    def max_tokens(self) -> int:
        """The longest passage in the model's own tokens, special tokens and prompt left out."""
        return self._record.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special tokens and prompt left out."""
        check_texts(texts)
        counts: list[int] = []
        for start in range(0, len(texts), _SLAB):
            slab = list(texts[start : start + _SLAB])
            counts += map(len, self._counting_tokenizer.encode_batch_fast(slab, add_special_tokens=False))
        return counts

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector for each text, shape (len(texts), dimension), in the order given.

        A text longer than `max_tokens` is cut to that length. Raises `InputError` for a text with a lone surrogate.
        """
        check_texts(texts)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLAB):
            slab = [self._record.passage_prompt + text for text in texts[start : start + _SLAB]]
            encodings = self._tokenizer.encode_batch_fast(slab)
            lengths = [len(encoding) for encoding in encodings]
            batches = list(_batches(lengths, min(_BATCH_TOKENS, -(-sum(lengths) // self._workers))))
            chosen = [[encodings[i] for i in batch] for batch in batches]
            for batch, found in zip(batches, self._run_all(chosen), strict=True):
                vectors[[start + i for i in batch]] = found
        return vectors

    def encode_question(self, text: str) -> Vectors:
        """Return the question's unit vector, shape (dimension,); raises `InputError` for a lone surrogate."""
        check_texts([text])
        encodings = self._tokenizer.encode_batch_fast([self._record.question_prompt + text])
        row: Vectors = self._run(self._for_questions, encodings)[0]
        return row

    def feeds(self, texts: Sequence[str]) -> list[Feed]:
        """Return the inputs with which the model is run for each text by itself, as a question."""
        encodings = self._tokenizer.encode_batch_fast([self._record.question_prompt + text for text in texts])
        return [self._feed(self._for_passages, [encoding]) for encoding in encodings]

    @cached_property
    def _counting_tokenizer(self) -> Tokenizer:
        # A tokenizer either truncates or not, so counting needs a second one; asking a question never loads it.
        return self._load_tokenizer()

    def _load_tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    def _run_all(self, batches: Sequence[Sequence[Encoding]]) -> Iterator[Vectors]:
        """Yield the vectors of each batch, in their order."""
        graph = self._for_passages
        if min(self._workers, len(batches)) < 2:
            yield from (self._run(graph, batch) for batch in batches)
            return
        with ThreadPoolExecutor(min(self._workers, len(batches)), "embedding") as pool:
            # The longest texts come first, so that no thread is left alone with them at the end.
            done = [pool.submit(self._run, graph, batch) for batch in reversed(batches)]
            yield from (each.result() for each in reversed(done))

    @property
    def _workers(self) -> int:
        return self._threads or cores()

    def _run(self, graph: "_Graph", encodings: Sequence[Encoding]) -> Vectors:
        result: Vectors = graph.session.run(None, dict(self._feed(graph, encodings)))[0]
        return result

    def _feed(self, graph: "_Graph", encodings: Sequence[Encoding]) -> Feed:
        shape = (len(encodings), max(map(len, encodings)))
        arrays: dict[str, NDArray[np.int64]] = {
            "input_ids": np.full(shape, self._record.pad_id, dtype=np.int64),
            "attention_mask": np.zeros(shape, dtype=np.int64),
            "token_type_ids": np.full(shape, self._record.pad_type_id, dtype=np.int64),
        }
        for row, encoding in enumerate(encodings):
            length = len(encoding)
            place = slice(shape[1] - length, None) if self._record.padding_side == "left" else slice(length)
            arrays["input_ids"][row, place] = encoding.ids
            arrays["attention_mask"][row, place] = encoding.attention_mask
            arrays["token_type_ids"][row, place] = encoding.type_ids
        return {name: array for name, array in arrays.items() if name in graph.inputs}


@dataclass(frozen=True, slots=True)
class _Graph:
    """An open graph, and which inputs it takes."""

    session: InferenceSession
    inputs: frozenset[str]


def check_texts(texts: Sequence[str]) -> None:
    """Raise `InputError` for a text with a lone surrogate, which the tokenizers library calls "not a string"."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"the text has a lone surrogate (U+{ord(text[error.start]):04X}) at character {error.start}",
                hint="it was decoded wrongly: read it as UTF-8, with errors='replace' if it is damaged",
            ) from error


def _batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yield batches of positions in ``lengths``: texts of similar length, of at most ``most`` tokens with padding.

    A text that is longer is a batch of its own.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batch and (len(batch) + 1) * lengths[position] > most:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
