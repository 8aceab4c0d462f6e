"""A reader's model on ONNX Runtime: tokens in, start and end scores out."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from index.errors import ModelError
from index.models.session import cores, open_session
from index.models.smoothing import Feed
from qa.reading.exports import ReaderFiles
from qa.reading.windows import Text, Window, padded, windows

Scores = tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]
"""The start scores and the end scores: for each window an array with a score for each token."""


class SpanModel:
    """An extractive question answering model. All methods may be called from several threads at once."""

    def __init__(self, files: ReaderFiles, *, threads: int | None = None, one_at_a_time: bool = False) -> None:
        """Load the model; raises `ModelError` if it does not load or is not a reader.

        ``threads`` is how many windows are read at the same time, each on one thread, which is twice as fast as one
        after the other on all threads; None: one for each core. With ``one_at_a_time`` the model is for single windows:
        all threads read one, unless another is being read already.
        """
        self.name = files.name
        self.fingerprint = files.fingerprint
        self._limits = files.limits
        self._graph = files.graph
        self._workers = threads or cores()
        self._one_at_a_time = one_at_a_time and self._workers > 1
        try:
            self._session = open_session(files.graph, self._workers if self._one_at_a_time else 1)
            self._tokenizer = Tokenizer.from_buffer(files.tokenizer)
        except Exception as error:  # ONNX Runtime and tokenizers raise their own, underived classes
            raise ModelError(
                f"the reader {files.name} does not load: {error}", "choose another reader with PRESSQA_READER"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._inputs = frozenset(node.name for node in self._session.get_inputs())
        outputs = [node.name for node in self._session.get_outputs()]
        if outputs != ["start_logits", "end_logits"]:
            raise ModelError(
                f"the reader {files.name} gives {', '.join(outputs)}, not start_logits and end_logits",
                "it is not an export of pressqa: name a question answering model with PRESSQA_READER",
            )
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="reading")
        self._lock = Lock()
        self._at_work = 0

    def windows(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        """Return the windows in which each text is read."""
        return windows(self._tokenizer, question, texts, length=self._limits.length, stride=self._limits.stride)

    def score(self, every: Sequence[Window]) -> Scores:
        """Return start and end scores of each token of each window, in the order given."""
        with self._at_one_more() as at_work:
            session = self._single if self._one_at_a_time and at_work > 1 else self._session
            if self._one_at_a_time or len(every) < 2 or self._workers < 2:
                read = [self._read(session, window) for window in every]
            else:
                # The longest come first, so that no thread is left alone with one at the end.
                order = sorted(range(len(every)), key=lambda place: -len(every[place]))
                done = {place: self._pool.submit(self._read, session, every[place]) for place in order}
                read = [done[place].result() for place in range(len(every))]
        return [first for first, _ in read], [last for _, last in read]

    @contextmanager
    def _at_one_more(self) -> Iterator[int]:
        """Count what is being scored at the same time, with this."""
        with self._lock:
            self._at_work += 1
            now = self._at_work
        try:
            yield now
        finally:
            with self._lock:
                self._at_work -= 1

    @cached_property
    def _single(self) -> InferenceSession:
        return open_session(self._graph, 1)

    def _read(self, session: InferenceSession, window: Window) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        first, last = session.run(None, dict(self.feed(window)))
        return first[0], last[0]

    def feed(self, window: Window) -> Feed:
        """Return the inputs of the model for one window."""
        ids, mask, types = padded([window])
        every = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return {name: values for name, values in every.items() if name in self._inputs}
