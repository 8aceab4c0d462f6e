"""Counting the tokens of a text with tiktoken, for callers with a limited number of tokens.

Passages are split by the embedding model's own tokens instead.
"""

import importlib.util
import json
from binascii import a2b_base64
from collections.abc import Sequence
from pathlib import Path

import tiktoken

from index.errors import InputError, ModelError

DEFAULT_ENCODING = "tekken"
"""The default encoding, which needs no download: Mistral's Tekken vocabulary, in the package mistral-common."""

_PACKAGE = "mistral-common"
# Both files hold the same 130,072 ranks and the same pattern; the first is smaller.
_TEKKEN_FILES = ("tekken_240718.json", "tekken_240911.json")
# tiktoken's regex engine overflows its stack on some runs of a million characters, spaces for example.
_PIECE = 50_000


class TokenCounter:
    """Counts the tokens of texts in one encoding. Text that looks like a special token is counted as ordinary text."""

    def __init__(self, name: str, encoding: tiktoken.Encoding) -> None:
        self._name = name
        self._encoding = encoding

    @property
    def name(self) -> str:
        """The name by which the encoding was loaded."""
        return self._name

    def count(self, text: str) -> int:
        """Return the number of tokens of any string; a lone surrogate counts as U+FFFD.

        Texts over 50,000 characters are counted in pieces of that length, which may add a token between two pieces.
        """
        encode = self._encoding.encode_ordinary
        return sum(len(encode(text[start : start + _PIECE])) for start in range(0, len(text), _PIECE))

    def count_batch(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return [self.count(text) for text in texts]


def load_encoding(name: str = DEFAULT_ENCODING) -> TokenCounter:
    """Load an encoding: "tekken" from an installed package, any other from tiktoken, which may download it.

    Loading takes some tenths of a second, so it is done for an ingest and not for a question. Raises `InputError` for a
    name that tiktoken does not know, and `ModelError` if the vocabulary cannot be read or downloaded.
    """
    if name == DEFAULT_ENCODING:
        return TokenCounter(name, _load_tekken())
    known = tiktoken.list_encoding_names()
    if name not in known:
        raise InputError(
            f"there is no encoding {name!r}", hint=f"choose one of {', '.join([DEFAULT_ENCODING, *known])}"
        )
    try:
        return TokenCounter(name, tiktoken.get_encoding(name))
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a wrong digest is a ValueError
        raise ModelError(
            f"tiktoken could not get the vocabulary of {name}: {type(error).__name__}",
            hint=f"it is downloaded once: connect, set TIKTOKEN_CACHE_DIR, or use {DEFAULT_ENCODING}",
        ) from error


def _load_tekken() -> tiktoken.Encoding:
    path = _find_tekken()
    try:
        content = json.loads(path.read_bytes())
        config = content["config"]
        # The first ranks are the vocabulary that models use; the list is longer.
        size = config["default_vocab_size"] - config["default_num_special_tokens"]
        ranks = {a2b_base64(entry["token_bytes"]): entry["rank"] for entry in content["vocab"][:size]}
        if sorted(ranks.values()) != list(range(size)):
            raise ValueError(f"its ranks are not 0 to {size - 1}")
        return tiktoken.Encoding(DEFAULT_ENCODING, pat_str=config["pattern"], mergeable_ranks=ranks, special_tokens={})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} is not a Tekken vocabulary: {error}",
            hint=f"pip install --force-reinstall --no-deps {_PACKAGE}",
        ) from error


def _find_tekken() -> Path:
    """Return the path of the vocabulary, without importing the package that contains it."""
    spec = importlib.util.find_spec(_PACKAGE.replace("-", "_"))
    roots = list(spec.submodule_search_locations or ()) if spec else []
    for root in roots:
        for file in _TEKKEN_FILES:
            if (path := Path(root) / "data" / file).is_file():
                return path
    raise ModelError(
        f"the package {_PACKAGE} with the {DEFAULT_ENCODING} vocabulary is not installed",
        hint=f"pip install '{_PACKAGE}>=1.8'",
    )
