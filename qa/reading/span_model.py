"""A reader's model on ONNX Runtime: tokens in, start and end scores out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import ModelError
from index.models.session import open_session
from qa.reading.exports import ReaderFiles
from qa.reading.windows import Text, Window, padded, windows

Scores = tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]
"""The start scores and the end scores: for each window an array with a score for each token."""


class SpanModel:
    """An extractive question answering model. All methods may be called from several threads at once."""

    def __init__(self, files: ReaderFiles, *, threads: int | None = None) -> None:
        """Load the model; raises `ModelError` if it does not load or is not a reader."""
        self.name = files.name
        self.fingerprint = files.fingerprint
        self._limits = files.limits
        try:
            self._session = open_session(files.graph, threads)
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

    def windows(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        """Return the windows in which each text is read."""
        return windows(self._tokenizer, question, texts, length=self._limits.length, stride=self._limits.stride)

    def score(self, every: Sequence[Window]) -> Scores:
        """Return start and end scores of each token of each window, in the order given.

        The model is run on one window at a time, without padding. In a batch, a model with 8-bit activations uses one
        scale for all windows, so that a window's scores would depend on the others. On 2 cores this is no slower.
        """
        starts: list[NDArray[np.float32]] = []
        ends: list[NDArray[np.float32]] = []
        for window in every:
            ids, mask, types = padded([window])
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
            first, last = self._session.run(None, {key: feed[key] for key in feed if key in self._inputs})
            starts.append(first[0])
            ends.append(last[0])
        return starts, ends
