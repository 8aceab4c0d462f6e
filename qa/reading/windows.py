"""What the reader's model sees: question and passage as tokens, in windows that fit the model.

Training and answering both read through here, so that a model meets in use what it met in training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.text.dates import long_date
from index.types import Passage

QUESTION_TOKENS = 64
"""How many tokens of a question are read. The longest of our gold questions has 40."""

_TITLE_WORDS = 24
"""How many words of a release's title are read, as in training.

With 12 and 48 the sample and the Home Office questions come out the same; without a title the sample's F1 is 0.888
instead of 0.884, a difference of one question.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be read after a ``heading`` (title and date), which helps to understand it and is never an answer."""

    heading: str
    body: str


def text_of(passage: Passage) -> Text:
    """Return a passage as the reader reads it, after its release's title and date and the line that leads in to it."""
    release = passage.release
    words = release.title.split()
    title = " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")
    lead = [passage.lead.of(release.body)] if passage.lead else []
    return Text("\n".join([title, long_date(release.published), *lead]), passage.text)


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of a question and of (a part of) a text; all arrays have one row for each token.

    ``starts`` and ``ends`` are code-point offsets into the text's body, and -1 for tokens that are not of it:
    the question, the heading, special tokens. Token 0 means "no answer here".
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


def windows(
    tokenizer: Tokenizer, question: str, texts: Sequence[Text], *, length: int, stride: int
) -> list[list[Window]]:
    """Return the windows of each text: at most ``length`` tokens each, consecutive ones sharing ``stride``.

    If the question leaves fewer than ``2 * stride`` tokens for the text, windows overlap by half of what remains.
    A text without a token that can be an answer (empty, or of characters that the tokenizer drops) has no window.
    ``tokenizer`` must have no padding and no truncation set.
    """
    asked = tokenizer.encode(question, add_special_tokens=False)
    asked.truncate(min(QUESTION_TOKENS, length // 2))
    room = length - len(asked) - tokenizer.num_special_tokens_to_add(is_pair=True)
    leads = [f"{text.heading}\n" if text.heading else "" for text in texts]
    whole = [lead + text.body for lead, text in zip(leads, texts, strict=True)]
    found = []
    for lead, encoding in zip(leads, tokenizer.encode_batch(whole, add_special_tokens=False), strict=True):
        if len(encoding) > room:
            # However short the model's input, windows advance.
            encoding.truncate(room, stride=min(stride, room // 2))
        pieces = [encoding, *encoding.overflowing]
        of_text = [_window(tokenizer.post_process(asked, piece, True), len(lead)) for piece in pieces]
        found.append([window for window in of_text if (window.starts >= 0).any()])
    return found


def _window(encoding: Encoding, lead: int) -> Window:
    of_text = np.array([part == 1 for part in encoding.sequence_ids])
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2) - lead
    # A token without a width (some tokenizers mark word boundaries so) cannot be quoted.
    answerable = of_text & (offsets[:, 0] >= 0) & (offsets[:, 1] > offsets[:, 0])
    return Window(
        ids=np.array(encoding.ids, dtype=np.int64),
        types=np.array(encoding.type_ids, dtype=np.int64),
        starts=np.where(answerable, offsets[:, 0], -1).astype(np.int32),
        ends=np.where(answerable, offsets[:, 1], -1).astype(np.int32),
    )


def padded(batch: Sequence[Window]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return token ids, attention mask and token types of a batch, each of shape (windows, longest window)."""
    shape = (len(batch), max(map(len, batch)))
    ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, window in enumerate(batch):
        ids[row, : len(window)] = window.ids
        mask[row, : len(window)] = 1
        types[row, : len(window)] = window.types
    return ids, mask, types
